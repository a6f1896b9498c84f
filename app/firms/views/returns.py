"""Returns: the list, the sheet, submitting, checking and verifying."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from app.carriers import service as carriers
from app.carriers.models import Return, ReturnState
from app.carriers.queries.returns import filing, find_return, newest_period, returns
from app.core.access import Permission, requires, viewer
from app.core.days import Period, today
from app.core.db import write
from app.core.errors import DomainError
from app.core.forms import BaseForm, DayField
from app.core.paging import paginate
from app.core.text import N_, _
from app.firms import service, sheet
from app.firms.figure_columns import for_period
from app.firms.forms.milestone import VoidForm
from app.firms.models import MilestoneKind
from app.firms.papers import keep
from app.firms.queries.evidence import of_return
from app.firms.queries.returns import firms_of
from app.firms.views.blueprint import bp
from app.firms.views.evidence import PaperForm

READ = (Permission.RETURN_SUBMIT, Permission.RETURN_CHECK, Permission.CARRIER_FIGURES)
EDITABLE = (ReturnState.DRAFT, ReturnState.RETURNED)


class OpenForm(BaseForm):
    """布置填报: a period and the day it is due."""

    period = SelectField(N_("报告期"))
    due_on = DayField(N_("截止日"), [InputRequired()])

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        now = Period.of(today())
        periods = [now, now.previous, now.previous.previous, Period(now.year - 1)]
        self.period.choices = [SelectChoice(p.code, p.code) for p in periods]
        self.period.label.text = _("报告期")
        self.due_on.label.text = _("截止日")


@bp.get("/returns")
@requires(*READ)
def returns_list() -> ResponseReturnValue:
    """Returns in scope, with 填报率 of a period and who is late."""
    statement = returns(viewer())
    asked = request.args.get("period", "")
    try:
        period = Period.parse(asked)
    except ValueError:
        period = newest_period(viewer()) or Period.of(today()).previous
    if asked:
        statement = statement.where(Return.year == period.year, Return.quarter == period.quarter)
    opens = OpenForm(formdata=None) if viewer().may(Permission.RETURN_CHECK) else None
    return render_template(
        "firms/returns.html",
        page=paginate(statement),
        period=period,
        filing=filing(viewer(), period, today()),
        opens=opens,
    )


@bp.post("/returns/open")
@requires(Permission.RETURN_CHECK)
def returns_open() -> ResponseReturnValue:
    """布置填报 for a period."""
    form = OpenForm()
    due_on = form.due_on.data
    if not form.validate_on_submit() or due_on is None:
        flash(_("没有布置：请填写报告期和截止日。"), "no")
        return redirect(url_for("firms.returns_list"), 303)
    try:
        with write("return:open", actor=viewer()):
            count = carriers.open_returns(
                actor=viewer(), today=today(), period=Period.parse(form.period.data),
                due_on=due_on,
            )  # fmt: skip
    except DomainError as error:
        flash(error.message, "no")
        return redirect(url_for("firms.returns_list"), 303)
    flash(_("已向 %(n)s 家载体布置填报。", n=count), "ok")
    return redirect(url_for("firms.returns_list", period=form.period.data), 303)


def _page(
    one: Return, rows: list[sheet.Row], status: int = 200, **more: Any
) -> ResponseReturnValue:
    mine = viewer().may(Permission.CARRIER_FIGURES) and one.state in EDITABLE
    page = render_template(
        "firms/return.html",
        one=one,
        period=Period(one.year, one.quarter),
        last=sheet.before(Period(one.year, one.quarter)),
        rows=rows,
        columns=for_period(one.quarter),
        may_fill=mine,
        may_submit=viewer().may(Permission.RETURN_SUBMIT) and one.state in EDITABLE,
        may_check=viewer().may(Permission.RETURN_CHECK),
        may_verify=viewer().may(Permission.RETURN_VERIFY),
        kinds=list(MilestoneKind),
        papers=of_return(viewer(), one.id),
        **more,
    )
    return page, status


@bp.get("/returns/<pid>")
@requires(*READ)
def return_sheet(pid: str) -> ResponseReturnValue:
    """The sheet of one carrier and period."""
    one = find_return(viewer(), pid)
    return _page(one, sheet.build(viewer(), one, today()))


@bp.post("/returns/<pid>")
@requires(Permission.CARRIER_FIGURES)
def return_save(pid: str) -> ResponseReturnValue:
    """Save what was typed; rows that are wrong or unexplained stay on the page as typed."""
    one = find_return(viewer(), pid)
    rows = sheet.build(viewer(), one, today(), request.form)
    try:
        with write("return:fill", actor=viewer()):
            done = sheet.save(actor=viewer(), today=today(), sheet=one, rows=rows)
    except DomainError as error:
        return _page(one, rows, error.status, problem=error.message)
    left = [row for row in rows if row.changed and (row.wrong or row.doubtful)]
    if left:
        return _page(one, rows, 422, saved=done, left=left)
    flash(_("已保存 %(n)s 家企业的数据。", n=done), "ok")
    return redirect(url_for("firms.return_sheet", pid=pid), 303)


@bp.post("/returns/<pid>/submit")
@requires(Permission.RETURN_SUBMIT)
def return_submit(pid: str) -> ResponseReturnValue:
    """报送 with the promise and its exceptions."""
    one = find_return(viewer(), pid)
    kinds: list[MilestoneKind | None] = [None, *MilestoneKind]
    firms = firms_of(one, today())
    wanted = {f"{f.pid}:{k or ''}": (f.id, k) for f in firms for k in kinds}
    named = [wanted[v] for v in request.form.getlist("except") if v in wanted]
    return _act(
        one,
        "return:submit",
        lambda: service.file_return(
            actor=viewer(), today=today(), sheet=one, exceptions=named,
            promised="promised" in request.form,
            since_founding=request.form.get("since") == "founding",
        ),
        _("已报送。"),
    )  # fmt: skip


def _act(
    one: Return, action: str, act: Any, said: str, note: str | None = None
) -> ResponseReturnValue:
    try:
        with write(action, actor=viewer(), note=note):
            act()
    except DomainError as error:
        rows = sheet.build(viewer(), one, today())
        return _page(one, rows, error.status, problem=error.message)
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
        lambda: carriers.check_return(actor=viewer(), today=today(), sheet=one),
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
        lambda: service.verify_return(actor=viewer(), today=today(), sheet=one),
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
            actor=viewer(), today=today(), sheet=one, reason=form.reason.data
        ),
        _("已退回，原因已告知载体。"),
        note=form.reason.data,
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
    return _act(one, "evidence:add", act, _("已保存 %(n)s 份佐证材料。", n=len(kept)))
