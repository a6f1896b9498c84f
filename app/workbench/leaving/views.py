"""Pages of 去向与跟踪."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.carriers.models import Source
from app.core.access import Permission, requires, viewer
from app.core.days import Period, today
from app.core.db import write
from app.core.errors import NotFound
from app.core.kept import kept
from app.core.paging import page_of
from app.core.text import _
from app.firms import sheet
from app.firms.figure_columns import for_period
from app.firms.queries.scope import sees_all
from app.workbench.blueprint import bp
from app.workbench.leaving import following, warnings, whereabouts
from app.workbench.leaving.tabs import tabs

LEAVERS = (Permission.RESIDENCY_MOVE, Permission.TRANSFER_DECIDE)
FIGURES = (Permission.FIRM_RECORD, Permission.FIRM_VERIFY)


@bp.get("/leavers", endpoint="whereabouts")
@requires(*LEAVERS)
def leavers() -> ResponseReturnValue:
    """去向待查: leavers of one's own carriers, or of all."""
    found = whereabouts.rows(viewer(), today())
    return render_template(
        "workbench/leaving/whereabouts.html", tabs=tabs("whereabouts"), page=page_of(found),
        district=sees_all(viewer()),
    )  # fmt: skip


@bp.get("/leavers/warnings", endpoint="warnings")
@requires(*LEAVERS)
def may_leave() -> ResponseReturnValue:
    """迁出预警, for carriers of firms and the district; nobody else learns that it is there."""
    if not warnings.applies(viewer()):
        raise NotFound()
    return render_template(
        "workbench/leaving/warnings.html", tabs=tabs("warnings"),
        page=page_of(warnings.rows(viewer(), today())), district=sees_all(viewer()),
    )  # fmt: skip


@bp.get("/following", endpoint="following")
@requires(*FIGURES)
def followed() -> ResponseReturnValue:
    """Graduates with their years, and how far each year is."""
    found = kept(("following", viewer()), lambda: following.rows(viewer(), today()))
    return render_template(
        "workbench/leaving/following.html", tabs=tabs("following"), page=page_of(found),
        years=following.columns(found), coverage=following.coverage(found, today()),
        fills=viewer().may(Permission.FIRM_RECORD), district=sees_all(viewer()),
    )  # fmt: skip


@bp.route("/following/<int:year>", methods=["GET", "POST"])
@requires(Permission.FIRM_RECORD)
def following_year(year: int) -> ResponseReturnValue:
    """The grid of a year: the graduates that the viewer's carriers are asked for."""
    firms = following.firms_of(following.rows(viewer(), today()), year)
    if not firms:
        raise NotFound()
    period = Period(year)
    typed = request.form if request.method == "POST" else None
    rows = sheet.rows_of(viewer(), firms, period, Source.EXPRESS, typed)
    saved = 0
    if typed is not None:
        with write("figures:enter", actor=viewer()):
            saved = sheet.save_rows(actor=viewer(), today=today(), period=period, rows=rows)
    left = [row for row in rows if row.held_back]
    if typed is not None and not left:
        flash(_("已保存 %(n)s 家。", n=saved), "ok")
        return redirect(url_for("workbench.following"), 303)
    page = render_template(
        "workbench/leaving/grid.html", rows=rows, year=year, period=period, left=left,
        last=sheet.before(period), due=following.due(year, today()), saved=saved,
        columns=for_period(0),
    )  # fmt: skip
    return page, 422 if left else 200
