"""One return: its sheet, submitting, checking, verifying, and the paper to sign."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.queries import name_of
from app.carriers import service as carriers
from app.carriers.models import Return, ReturnState
from app.carriers.queries.returns import find_return
from app.core.access import Permission, requires, viewer
from app.core.days import Period, today
from app.core.db import write
from app.core.errors import DomainError
from app.core.text import _
from app.firms import service, sheet
from app.firms.figure_columns import for_period
from app.firms.forms.milestone import VoidForm
from app.firms.hooks import hooks
from app.firms.models import MilestoneKind
from app.firms.papers import keep
from app.firms.queries.evidence import READ_RETURN, of_return
from app.firms.queries.returns import firms_of
from app.firms.steps import next_step, stations
from app.firms.views.blueprint import bp
from app.firms.views.evidence import PaperForm

EDITABLE = (ReturnState.DRAFT, ReturnState.RETURNED)
#: columns that fit side by side on an upright A4 page
ON_PAPER = 7


def _fills(one: Return) -> bool:
    return viewer().may(Permission.CARRIER_FIGURES) and one.state in EDITABLE


def _broken(one: Return) -> list[str]:
    """What does not agree in the forms of the return, while it can still be mended."""
    if not viewer().may(Permission.RETURN_SUBMIT) or one.state not in EDITABLE:
        return []
    return [words for broken in hooks().broken for words in broken(viewer(), one, today())]


def _page(
    one: Return, rows: list[sheet.Row], status: int = 200, **more: Any
) -> ResponseReturnValue:
    period = Period(one.year, one.quarter)
    page = render_template(
        "firms/return.html",
        one=one,
        period=period,
        last=sheet.before(period),
        rows=rows,
        tally=sheet.tally(rows),
        totals=sheet.totals(rows),
        columns=for_period(one.quarter),
        stations=stations(one, name_of),
        step=next_step(one, viewer(), today()),
        may_fill=_fills(one),
        may_submit=viewer().may(Permission.RETURN_SUBMIT) and one.state in EDITABLE,
        may_check=viewer().may(Permission.RETURN_CHECK),
        may_verify=viewer().may(Permission.RETURN_VERIFY),
        kinds=list(MilestoneKind),
        left_out=set(request.form.getlist("except")),
        sheets=[link(one) for link in hooks().sheets],
        broken=_broken(one),
        explained=request.form.get("explained", one.explained or ""),
        papers=of_return(viewer(), one.id),
        paper=PaperForm(formdata=None),
        **more,
    )
    return page, status


@bp.get("/returns/<pid>")
@requires(*READ_RETURN)
def return_sheet(pid: str) -> ResponseReturnValue:
    """The sheet of one carrier and period."""
    one = find_return(viewer(), pid)
    return _page(one, sheet.build(viewer(), one, today()))


@bp.get("/returns/<pid>/print")
@requires(*READ_RETURN)
def return_print(pid: str) -> ResponseReturnValue:
    """The sheet on A4, to be signed and stamped."""
    one = find_return(viewer(), pid)
    rows = sheet.build(viewer(), one, today())
    columns = for_period(one.quarter)
    return render_template(
        "firms/return_paper.html",
        one=one,
        period=Period(one.year, one.quarter),
        rows=rows,
        totals=sheet.totals(rows),
        columns=columns,
        parts=[slice(n, n + ON_PAPER) for n in range(0, len(columns), ON_PAPER)],
        finer=[
            (row.firm.short_name, cell.column.label, exact)
            for row in rows
            for cell in row.cells
            if (exact := cell.hidden(cell.value))
        ],
    )


def _keep(one: Return, rows: list[sheet.Row]) -> int:
    with write("return:fill", actor=viewer()):
        return sheet.save(actor=viewer(), today=today(), sheet=one, rows=rows)


@bp.post("/returns/<pid>")
@requires(Permission.CARRIER_FIGURES)
def return_save(pid: str) -> ResponseReturnValue:
    """Save what was typed; rows that are wrong or unexplained stay on the page as typed."""
    one = find_return(viewer(), pid)
    rows = sheet.build(viewer(), one, today(), request.form)
    try:
        done = _keep(one, rows)
    except DomainError as error:
        return _page(one, rows, error.status, problem=error.message)
    left = [row for row in rows if row.held_back]
    if left:
        return _page(one, rows, 422, saved=done, left=left)
    flash(_("已保存 %(n)s 家企业的数据。", n=done), "ok")
    return redirect(url_for("firms.return_sheet", pid=pid), 303)


@bp.post("/returns/<pid>/submit")
@requires(Permission.RETURN_SUBMIT)
def return_submit(pid: str) -> ResponseReturnValue:
    """报送 with the promise and its exceptions; what was typed on the sheet is saved first."""
    one = find_return(viewer(), pid)
    rows = sheet.build(viewer(), one, today(), request.form)
    if _fills(one) and any(row.changed for row in rows):
        try:
            done = _keep(one, rows)
        except DomainError as error:
            return _page(one, rows, error.status, problem=error.message)
        left = [row for row in rows if row.held_back]
        if left:
            return _page(one, rows, 422, saved=done, left=left)
        one = find_return(viewer(), pid)
    return _act(
        one,
        "return:submit",
        lambda: service.file_return(
            actor=viewer(), today=today(), sheet=one, exceptions=_exceptions(one),
            promised="promised" in request.form,
            since_founding=request.form.get("since") == "founding", rev=_seen(),
            explained=request.form.get("explained", "").strip() or None,
        ),
        _("已报送。"),
    )  # fmt: skip


def _seen() -> int | None:
    """The revision of the return on the page that was pressed."""
    return request.form.get("rev", type=int)


def _exceptions(one: Return) -> list[tuple[int, MilestoneKind | None]]:
    kinds: list[MilestoneKind | None] = [None, *MilestoneKind]
    wanted = {f"{f.pid}:{k or ''}": (f.id, k) for f in firms_of(one, today()) for k in kinds}
    return [wanted[v] for v in request.form.getlist("except") if v in wanted]


def _act(
    one: Return, action: str, act: Any, said: str, note: str | None = None, **typed: Any
) -> ResponseReturnValue:
    """One step of the return; a refusal says why on its page, as it stands now, with what was
    `typed`.
    """
    try:
        with write(action, actor=viewer(), note=note):
            act()
    except DomainError as error:
        rows = sheet.build(viewer(), one, today())
        return _page(one, rows, error.status, problem=error.message, **typed)
    flash(said, "ok")
    return redirect(url_for("firms.return_sheet", pid=one.pid), 303)


@bp.post("/returns/<pid>/check")
@requires(Permission.RETURN_CHECK)
def return_check(pid: str) -> ResponseReturnValue:
    """初核."""
    one = find_return(viewer(), pid)
    return _act(
        one,
        "return:check",
        lambda: carriers.check_return(actor=viewer(), today=today(), sheet=one, rev=_seen()),
        _("已初核。"),
    )


@bp.post("/returns/<pid>/verify")
@requires(Permission.RETURN_VERIFY)
def return_verify(pid: str) -> ResponseReturnValue:
    """核定."""
    one = find_return(viewer(), pid)
    return _act(
        one,
        "return:verify",
        lambda: service.verify_return(actor=viewer(), today=today(), sheet=one, rev=_seen()),
        _("已核定。"),
    )


@bp.post("/returns/<pid>/send-back")
@requires(Permission.RETURN_CHECK)
def return_send_back(pid: str) -> ResponseReturnValue:
    """退回 with a reason."""
    one = find_return(viewer(), pid)
    form = VoidForm()
    return _act(
        one,
        "return:send_back",
        lambda: service.send_back_return(
            actor=viewer(), today=today(), sheet=one, reason=form.reason.data, rev=_seen()
        ),
        _("已退回，原因已告知载体。"),
        note=form.reason.data,
        sent_back=form.reason.data,
    )


@bp.post("/returns/<pid>/papers")
@requires(Permission.RETURN_SUBMIT)
def return_paper(pid: str) -> ResponseReturnValue:
    """Attach the signed and stamped scan."""
    one = find_return(viewer(), pid)
    form = PaperForm()

    def act() -> None:
        for stored in kept:
            service.add_return_paper(actor=viewer(), today=today(), sheet=one, stored=stored)

    try:
        kept = [keep(f.stream, f.filename or "") for f in form.files.files]
    except DomainError as error:
        return _page(one, sheet.build(viewer(), one, today()), 422, problem=error.message)
    if not kept:
        problem = _("请选择“%(field)s”的文件。", field=_("盖章扫描件"))
        return _page(one, sheet.build(viewer(), one, today()), 422, problem=problem)
    return _act(one, "evidence:add", act, _("已保存 %(n)s 份佐证材料。", n=len(kept)))
