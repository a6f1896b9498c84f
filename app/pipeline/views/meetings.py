"""对接会: the list, one meeting, and its preparation."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.carriers.models import ACCELERATOR, INCUBATOR, PARK
from app.core.access import Permission, requires, viewer
from app.core.days import today, working_days_after
from app.core.errors import NotFound
from app.core.paging import page_of
from app.core.posting import apart, submitted
from app.core.terms import term
from app.core.text import _, language
from app.firms import demand_words
from app.firms.queries.scope import sees_all
from app.pipeline import meeting_forms as forms
from app.pipeline import service
from app.pipeline.models import GuestAnswer, Meeting, MeetingState, TalkOutcome
from app.pipeline.moves.cases import MeetingCase
from app.pipeline.moves.meeting import MEETING
from app.pipeline.moves.sides import is_district
from app.pipeline.papers import minutes as paper
from app.pipeline.queries import meeting_advice, meeting_outcomes, meeting_table, meetings, ties
from app.pipeline.views.blueprint import bp
from app.pipeline.words import MeetingAct as A

READ = (Permission.MEETING_JOIN, Permission.MEETING_PREPARE)
#: how long before a new meeting's day it is proposed, in working days, and the time to answer
AHEAD, ANSWER = 15, 10


def offers(row: Meeting) -> dict[A, str | None]:
    """Acts that the district has on a meeting → the reason why not, or None."""
    found: dict[A, str | None] = {}
    for offer in MEETING.offers(MeetingCase(viewer(), today(), row)):
        found[A(offer.action.value)] = offer.refusal.message if offer.refusal else None
    return found


@bp.get("/meetings")
@requires(*READ)
def meeting_list() -> ResponseReturnValue:
    """Meetings that the viewer reads; those to come first."""
    if not (is_district(viewer()) or ties.my_carriers(viewer())):
        raise NotFound()
    ahead = request.args.get("tab") != "past"
    told = meetings.told(viewer(), today())
    counts = {kind: sum(one.ahead is kind for one in told) for kind in (True, False)}
    page = page_of([one for one in told if one.ahead is ahead])
    return render_template(
        "pipeline/meetings/list.html", page=page, days=meeting_outcomes.window(),
        came=meeting_outcomes.outcomes(viewer(), [one.row for one in page.items]),
        counts=counts, ahead=ahead,
        district=viewer().may(Permission.MEETING_PREPARE),
    )  # fmt: skip


def _host() -> str:
    return next((p.organisation for p in viewer().acting if p.organisation_kind == "district"), "")


@bp.route("/meetings/new", methods=["GET", "POST"])
@requires(Permission.MEETING_PREPARE)
def prepare_meeting() -> ResponseReturnValue:
    """筹备对接会."""
    day = working_days_after(today(), AHEAD)
    form = forms.MeetingForm(
        data=None if request.method == "POST" else {
            "day": day, "answer_by": working_days_after(today(), ANSWER), "host": _host(),
            "starts_at": "14:00", "ends_at": "16:00",
        }
    )  # fmt: skip
    made: list[Meeting] = []

    def run() -> None:
        made.append(
            service.prepare_meeting(actor=viewer(), today=today(), plan=form.plan())
        )  # fmt: skip

    if submitted(form, "meeting:prepare", run):
        flash(_("已开始筹备。邀请单位、列入企业，再发出通知。"), "ok")
        return redirect(url_for(".one_meeting", pid=made[0].pid), 303)
    return render_template("pipeline/meetings/edit.html", form=form, row=None), form.answer


@bp.route("/meetings/<pid>/arrangements", methods=["GET", "POST"])
@requires(Permission.MEETING_PREPARE)
def edit_meeting(pid: str) -> ResponseReturnValue:
    """修改安排, before it is held."""
    row = meetings.one(viewer(), pid, today())
    why = MEETING.refusal(A.EDIT, MeetingCase(viewer(), today(), row))
    form = forms.MeetingForm(obj=row)

    def run() -> None:
        service.edit_meeting(
            actor=viewer(), today=today(), meeting=row, rev=form.rev.data, plan=form.plan()
        )

    if submitted(form, "meeting:edit", run, record=row):
        flash(_("安排已修改；受邀单位看到的是新安排。"), "ok")
        return redirect(url_for(".one_meeting", pid=pid), 303)
    page = render_template("pipeline/meetings/edit.html", form=form, row=row, why=why)
    return page, 409 if why and form.is_submitted() else form.answer


def task_form(whole: meeting_table.Table, posted: bool = False) -> forms.TaskForm:
    """The form of a task with whom it can be given to, as the viewer may."""
    form = forms.TaskForm() if posted else forms.TaskForm(formdata=None)
    some = meeting_table.sides(viewer(), whole)
    every = [("", _("区主管部门"))] if viewer().may(Permission.MEETING_PREPARE) else []
    form.carrier.choices = [*every, *((one.pid, one.short_name) for one in some)]
    firms = [(line.entry.firm.pid, line.entry.firm.short_name) for line in whole.rows]
    form.entry.choices = [("", _("整场会议")), *firms]
    if not posted:
        form.due_on.data = working_days_after(today(), ANSWER)
    return apart(form, "task")


def _answers(whole: meeting_table.Table) -> dict[str, forms.AnswerInvitationForm]:
    """carrier pid → the form of its answer, for those that the viewer answers for."""
    state, district = whole.row.state, viewer().may(Permission.MEETING_PREPARE)
    late = state is MeetingState.HELD and district
    if state is not MeetingState.NOTIFIED and not late:
        return {}
    some = whole.guests if district else whole.mine
    found = {}
    for guest in some:
        first = guest.answer is GuestAnswer.WAITING and not district
        data = {"reply": (GuestAnswer.COMING if first else guest.answer).value, "who": guest.who}
        form = forms.AnswerInvitationForm(formdata=None, data=data)
        found[guest.carrier.pid] = apart(form, f"answer-{guest.carrier.pid}")
    return found


def page(
    row: Meeting, failed: Any = None, task: forms.TaskForm | None = None
) -> ResponseReturnValue:
    """A meeting with the forms of what can be done with it; `failed` is one that came back."""
    day = today()
    whole = meeting_table.table(viewer(), row, day)
    acts, wanted = offers(row), request.args.get("guest") or request.form.get("carrier")
    prepares = viewer().may(Permission.MEETING_PREPARE)
    recorders = [g for g in whole.present if prepares or g in whole.mine]
    held = row.state is MeetingState.HELD
    chosen = next((g for g in recorders if g.carrier.pid == wanted), None) or (
        recorders[0] if recorders else None
    )
    by = "demand" if request.args.get("by") == "demand" else "match"
    open_ = prepares and row.state in meetings.COMING
    brings = row.state in meetings.COMING and row.day >= day
    bring = meeting_table.may_bring(viewer(), row, day) if brings else []
    papers = meetings.minutes(row)
    body = render_template(
        "pipeline/meetings/show.html", row=row, whole=whole, acts=acts, failed=failed,
        outcomes=TalkOutcome, recorders=recorders if held else [], chosen=chosen if held else None,
        answers=_answers(whole), task=(task or task_form(whole)) if held else None,
        tasks=meetings.tasks(viewer(), row), bring=bring,
        unpushed=meeting_table.unpushed(viewer(), day) if brings and not prepares else [],
        term=term, said=demand_words,
        cancel=apart(forms.CancelForm(formdata=None), "cancel"), minutes=papers,
        same=bool(papers) and prepares and paper.freeze(row)[1] == papers[0].digest,
        came=meeting_outcomes.outcomes(viewer(), [row]).get(row.id), days=meeting_outcomes.window(),
        district=prepares, mine=_mine, typed=_typed(failed), token=_token,
        by=by, advised=meeting_advice.firms(viewer(), row, by, day) if open_ else [],
        bidders=meeting_advice.bidders(viewer(), row, day) if open_ or (prepares and held) else [],
        fill=meeting_advice.FILL, past=row.day < day, codes=forms.CodesForm(formdata=None),
    )  # fmt: skip
    return body, failed.answer if failed is not None else 200


@bp.get("/meetings/<pid>/minutes/<int:year>/<int:serial>")
@requires(*READ)
def meeting_minutes(pid: str, year: int, serial: int) -> ResponseReturnValue:
    """会议纪要 on A4, each reader with what its relation opens today."""
    row = meetings.one(viewer(), pid, today())
    one = meetings.minutes_of(row, year, serial)
    told = paper.thaw(one.body, language())
    if not sees_all(viewer()):
        held = meetings.entries(row)
        names = meetings.named(viewer(), held)
        told = paper.told_to(
            told, names=[entry.firm.pid for entry in held if entry.firm_id in names],
            mine=[c.pid for c in ties.my_carriers(viewer(), ACCELERATOR, PARK)],
            homes=[c.pid for c in ties.my_carriers(viewer(), INCUBATOR)],
        )  # fmt: skip
    return render_template("pipeline/meetings/minutes.html", row=row, one=one, told=told)


def _typed(failed: Any) -> Mapping[str, str]:
    """What came back of the results, shown again with why."""
    talks = failed is not None and (request.view_args or {}).get("act") == A.TALK.value
    return request.form if talks else {}


def _mine(one: Any) -> bool:
    return one is not None and ties.acts_for(viewer(), one)


def _token() -> str:
    return secrets.token_urlsafe(18)


@bp.get("/meetings/<pid>")
@requires(*READ)
def one_meeting(pid: str) -> ResponseReturnValue:
    """The meeting: arrangements, who comes, the firms, results and tasks."""
    return page(meetings.one(viewer(), pid, today()))
