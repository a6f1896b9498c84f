"""Pages of what an approved version was foretold to change, and what came."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission, Viewer, requires, viewer
from app.core.days import today
from app.core.text import _
from app.criteria.trial import SAME
from app.workbench.blueprint import bp
from app.workbench.whatif import filling, outcome, pages, since
from app.workbench.whatif.asked import MOVED, Doors
from app.workbench.whatif.effect import Effect
from app.workbench.whatif.pages import Listing
from app.workbench.whatif.reasons import reasons


@bp.get("/standards/<rule>/versions/<int:number>/outcome")
@requires(Permission.STANDARD_EDIT, Permission.STANDARD_APPROVE)
def version_outcome(rule: str, number: int) -> ResponseReturnValue:
    """The report that an approval was given on, and how it came."""
    if outcome.unforetold(rule, number):
        flash(_("第 %(n)s 版随系统装入，没有批准时的预测，无从对照。", n=number), "no")
        return redirect(url_for("criteria.standard", rule=rule, version=number))
    found = outcome.outcome(viewer(), rule, number, today())
    report = found.moment == since.REPORT and not found.first
    return render_template(
        "workbench/whatif/outcome.html", found=found, record=found.record, today_is=today(),
        shown=pages.shown(viewer(), found.effect, found.doors) if report else None,
        table=outcome.table(viewer(), found), heads=outcome.heads(found),
    )  # fmt: skip


@bp.get("/standards/<rule>/versions/<int:number>/outcome/list")
@requires(Permission.STANDARD_EDIT, Permission.STANDARD_APPROVE)
def version_outcome_list(rule: str, number: int) -> ResponseReturnValue:
    """The subjects behind a number of the page."""
    found = outcome.outcome(viewer(), rule, number, today())
    asked = outcome.foretold(found)
    effect, report = outcome.narrowed(found, asked), found.moment == since.REPORT
    held = found.doors
    doors = held if not asked else Doors(held.page, held.path, {**held.held, "foretold": asked})
    listed = pages.listing(viewer(), effect, doors)
    if not report:
        listed = compared(listed, effect, doors, found, asked)
    other = [line.id for line in listed.lines if line.change != SAME]
    return render_template(
        "workbench/whatif/list.html", list=listed, doors=doors, title=_("预测与实际"),
        base=found.version, told=[], today_is=found.judged,
        sides=None if report else (_("预测结果"), _("实际结果")),
        reasons=None if report else why(viewer(), found, other),
    )  # fmt: skip


@bp.get("/standards/<rule>/versions/<int:number>/data")
@requires(*filling.FILL)
def version_data(rule: str, number: int) -> ResponseReturnValue:
    """Those of one's own that lack what a new version asks for."""
    asked = request.args.get("carrier", "")
    case, rows, names = filling.listed(viewer(), rule, number, asked, today())
    whole = url_for(".version_data", rule=rule, number=number)
    chips = [(_("载体"), _("为"), names[asked], whole)] if asked in names else []
    return render_template("workbench/whatif/data.html", case=case, rows=rows, chips=chips)


def why(reader: Viewer, found: outcome.Outcome, ids: list[int]) -> dict[int, str]:
    """The reasons of a page of subjects."""
    return reasons(reader, found, ids) if ids else {}


def compared(
    listed: Listing, effect: Effect, doors: Doors, found: outcome.Outcome, asked: str
) -> Listing:
    """The list with tabs and conditions that speak of forecast and fact."""
    same = sum(line.change == SAME for line in effect.lines)
    counts = {"": len(effect.lines), MOVED: len(effect.lines) - same, SAME: same}
    words = {"": _("全部"), MOVED: _("与预测不同"), SAME: _("与预测相同")}
    now = listed.asked.get("change", "")
    tabs = [
        {"text": words[key], "href": doors.listed(change=key), "count": counts[key],
         "current": key == now}
        for key in words
    ]  # fmt: skip
    chips = list(listed.chips)
    if asked:
        bare = found.doors.listed(change=now)
        chips.append((_("预测"), _("为"), _(found.keys[asked]), bare))
    return replace(listed, tabs=tabs, chips=chips)
