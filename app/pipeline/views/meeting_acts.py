"""对接会: every press on the page of a meeting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.carriers.models import INCUBATOR, Carrier
from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.errors import DomainError, NotFound, register_messages
from app.core.posting import submitted
from app.core.text import N_, _
from app.firms import queries as firm_queries
from app.firms.models import Firm
from app.pipeline import meeting_forms as forms
from app.pipeline import service
from app.pipeline.forms import ActForm, PlainForm
from app.pipeline.models import Meeting, MeetingGuest
from app.pipeline.queries import meeting_table, meetings, pages, ties
from app.pipeline.views import meetings as shown
from app.pipeline.views.blueprint import bp
from app.pipeline.words import MeetingAct as A

#: what an act does with a posted form; the sentence that says so
Run = Callable[[Meeting, Any], str]

register_messages({"meeting:code": N_("没有代码为“%(uscc)s”的企业，先登记企业再列入。")})


def _base(row: Meeting) -> dict[str, Any]:
    return {"actor": viewer(), "today": today(), "meeting": row}


def _prepares() -> bool:
    return viewer().may(Permission.MEETING_PREPARE)


def _bringer(firm: Firm) -> Carrier | None:
    """The viewer's incubator that has the firm; None for the district."""
    if _prepares():
        return None
    tie = ties.here(firm, today())
    mine = tie is not None and tie.carrier.tier == INCUBATOR
    return tie.carrier if tie is not None and mine else None


def _invite(row: Meeting, _form: ActForm) -> str:
    some = meeting_table.bidders_named(request.form.getlist("carrier"), today())
    service.invite(**_base(row), carriers=some)
    return _("已列入受邀单位；发出通知后对方可见。") if not row.notified_on else _("已邀请。")


def _uninvite(row: Meeting, _form: ActForm) -> str:
    guest = meeting_table.guest_named(row, request.form.get("carrier", ""))
    service.uninvite(**_base(row), guest=guest)
    return _("邀请已取消。")


def _asked(form: forms.CodesForm) -> list[Firm]:
    """Firms ticked, or the one of a code."""
    code = (form.code.data or "").strip().upper()
    if not code:
        return [firm_queries.find(viewer(), pid) for pid in request.form.getlist("firm")]
    found = firm_queries.by_code(code)
    try:
        return [firm_queries.find(viewer(), found.pid if found else "")]
    except NotFound:
        raise DomainError("meeting:code", "code", uscc=code) from None


def _put(row: Meeting, form: forms.CodesForm) -> str:
    firms = _asked(form)
    carrier = _bringer(firms[0]) if firms else None
    service.put_firms(**_base(row), firms=firms, carrier=carrier)
    return _("已列入 %(n)s 家企业。", n=len(firms))


def _take(row: Meeting, _form: ActForm) -> str:
    entry = meeting_table.entry_of(viewer(), row, request.form.get("firm", ""))
    service.take_firm(**_base(row), entry=entry, carrier=_bringer(entry.firm))
    return _("已移出上会名单。")


def _order(row: Meeting, _form: ActForm) -> str:
    positions = forms.read_order(request.form, meetings.entries(row))
    service.order_firms(**_base(row), positions=positions)
    return _("顺序已保存。")


def _notify(row: Meeting, _form: ActForm) -> str:
    service.notify_meeting(**_base(row))
    return _("通知已发出，受邀单位在待办中看到，回复期限 %(day)s。", day=row.answer_by.isoformat())


def _guest(row: Meeting) -> MeetingGuest:
    """The invitation that is acted upon: any for the district, else one's own."""
    guest = meeting_table.guest_named(row, request.form.get("carrier", ""))
    if not _prepares() and not ties.acts_for(viewer(), guest.carrier):
        raise NotFound()
    return guest


def _answer(row: Meeting, form: forms.AnswerInvitationForm) -> str:
    service.answer_invitation(
        **_base(row), guest=_guest(row), answer=form.given_answer(), who=form.who.data
    )
    return _("回复已记下。")


def _hold(row: Meeting, _form: ActForm) -> str:
    service.hold_meeting(**_base(row))
    return _("已登记召开。逐家单位登记对接结果，再出具会议纪要。")


def _talk(row: Meeting, _form: ActForm) -> str:
    guest, entries = _guest(row), meetings.entries(row)
    names = meetings.named(viewer(), entries)
    said = forms.read_talks(request.form, [one for one in entries if one.firm_id in names])
    changed = service.record_talks(**_base(row), guest=guest, said=said)
    return _("对接结果已保存，改动 %(n)s 项。", n=changed)


def _task(row: Meeting, form: forms.TaskForm) -> str:
    pid, firm = form.carrier.data or "", form.entry.data or ""
    whole = meeting_table.table(viewer(), row, today())
    sides = {one.pid: one for one in meeting_table.sides(viewer(), whole)}
    if pid not in sides and (pid or not _prepares()):
        raise DomainError("meeting:outsider", "carrier")
    service.assign_task(
        **_base(row), what=form.said("what"), due_on=form.said("due_on"), who=form.who.data,
        carrier=sides.get(pid), entry=meeting_table.entry_of(viewer(), row, firm) if firm else None,
    )  # fmt: skip
    return _("跟进事项已登记，进入责任单位的待办。")


def _done(row: Meeting, form: forms.FinishForm) -> str:
    task = meetings.task(viewer(), row, request.form.get("task", ""))
    service.finish_task(actor=viewer(), today=today(), task=task, note=form.note.data)
    return _("跟进事项已办结。")


def _minutes(row: Meeting, _form: ActForm) -> str:
    made = service.make_minutes(**_base(row))
    return _("会议纪要 %(number)s 已出具。", number=made.number)


def _cancel(row: Meeting, form: forms.CancelForm) -> str:
    service.cancel_meeting(**_base(row), reason=form.said("reason"))
    return _("对接会已取消。")


ACTS: dict[A, tuple[type[ActForm], Run]] = {
    A.INVITE: (PlainForm, _invite),
    A.UNINVITE: (PlainForm, _uninvite),
    A.PUT: (forms.CodesForm, _put),
    A.TAKE: (PlainForm, _take),
    A.ORDER: (PlainForm, _order),
    A.NOTIFY: (PlainForm, _notify),
    A.ANSWER: (forms.AnswerInvitationForm, _answer),
    A.HOLD: (PlainForm, _hold),
    A.TALK: (PlainForm, _talk),
    A.TASK: (forms.TaskForm, _task),
    A.DONE: (forms.FinishForm, _done),
    A.MINUTES: (PlainForm, _minutes),
    A.CANCEL: (forms.CancelForm, _cancel),
}


@bp.post("/meetings/<pid>/<act>")
@requires(*shown.READ)
def meet(pid: str, act: str) -> ResponseReturnValue:
    """One act on a meeting; a refusal comes back on its page and says what to do."""
    row = meetings.one(viewer(), pid, today())
    what = pages.known_act(act, ACTS)
    kind, run = ACTS[what]
    form: Any = kind()
    if what is A.TASK:
        form = shown.task_form(meeting_table.table(viewer(), row, today()), posted=True)
    said: list[str] = []
    if submitted(form, f"meeting:{act}", lambda: said.append(run(row, form))):
        flash(said[0], "ok")
        guest = request.form.get("carrier") if what is A.TALK else None
        return redirect(url_for(".one_meeting", pid=pid, guest=guest), 303)
    return shown.page(row, failed=form, task=form if what is A.TASK else None)
