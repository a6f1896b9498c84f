"""对接会: prepared by the district, answered by the invited, and what came of each talk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from app.carriers.models import ACCELERATOR, Carrier
from app.core.access import AnyViewer
from app.core.db import session
from app.core.errors import Conflict, DomainError, register_constraints, register_messages
from app.core.text import N_
from app.firms.models import Firm
from app.pipeline.models import (
    GuestAnswer,
    Meeting,
    MeetingEntry,
    MeetingGuest,
    MeetingState,
    MeetingTalk,
    MeetingTask,
    Minutes,
    TalkOutcome,
)
from app.pipeline.moves.cases import MeetingCase
from app.pipeline.moves.meeting import MEETING
from app.pipeline.papers import minutes as paper
from app.pipeline.queries import meetings, ties
from app.pipeline.words import MeetingAct as A

register_messages(
    {
        "meeting:answer_by": N_("回复期限不晚于会期。"),
        "meeting:hours": N_("结束时间要晚于开始时间。"),
        "meeting:none_chosen": N_("还没有选择，先勾选再按按钮。"),
        "meeting:not_bidder": N_("只邀请加速器和园区；孵化器提报企业即可。"),
        "meeting:invited": N_("这家单位已在受邀名单中。"),
        "meeting:task_day": N_("期限不早于会期 %(day)s。"),
        "meeting:outsider": N_("责任单位是受邀单位、上会企业所在载体或区主管部门。"),
        "meeting:same_minutes": N_("纪要 %(number)s 之后没有改动，不必另出一份。"),
        "meeting:past_day": N_("会期不能早于今天。"),
        "meeting:twice": N_("同一天已有同名的对接会，没有重复登记。"),
        "meeting:task_twice": N_("这一项已经登记，没有重复写入。"),
        "meeting:done_already": N_("这一项已经办结。"),
        "meeting:stayed_away": N_(
            "〔%(carrier)s〕回复不参加；实际到会的，由区主管部门先改回复，再登记结果。"
        ),
        "meeting:talked_already": N_("〔%(carrier)s〕已有对接结果，不能改为不参加。"),
        "meeting:talk_changed": N_("〔%(firm)s〕一行已被他人修改，请核对最新结果后再保存。"),
        "meeting:in_use": N_("已有对接结果或跟进事项，不能撤出；先清空结果。"),
        "meeting:reason": N_("写明取消的原因，受邀单位会看到。"),
    }
)
register_constraints(
    {
        "uq_meeting_guest": ("meeting:invited", None),
        "uq_meeting_entry": ("meeting:listed", None),
        "ck_meeting_answer_by": ("meeting:answer_by", "answer_by"),
        "ck_meeting_hours": ("meeting:hours", "ends_at"),
    }
)


#: what of a plan moves who has said that he comes
WHEN = ("day", "starts_at", "ends_at", "place")


@dataclass(frozen=True)
class Plan:
    """What a meeting is: days in Shanghai, hours as HH:MM."""

    title: str
    day: dt.date
    starts_at: str
    ends_at: str
    place: str
    host: str
    answer_by: dt.date
    agenda: str | None = None


def _check(plan: Plan, today: dt.date, held: dt.date | None = None) -> None:
    if plan.day < today and plan.day != held:
        raise DomainError("meeting:past_day", "day")
    if plan.ends_at <= plan.starts_at:
        raise DomainError("meeting:hours", "ends_at")
    if plan.answer_by > plan.day:
        raise DomainError("meeting:answer_by", "answer_by")


def prepare_meeting(*, actor: AnyViewer, today: dt.date, plan: Plan) -> Meeting:
    """筹备对接会. Incubators may bring firms from now on; nobody is told yet."""
    _check(plan, today)
    if meetings.same(plan.title, plan.day):
        raise Conflict("meeting:twice")
    draft = Meeting(**asdict(plan), state=MeetingState.PREPARING)
    case = MeetingCase(actor, today, draft=draft)
    MEETING.perform(A.PREPARE, case)
    return case.there


def edit_meeting(
    *, actor: AnyViewer, today: dt.date, meeting: Meeting, rev: int | None, plan: Plan
) -> None:
    """修改安排 of the version that was read; raises Conflict `stale` for another.

    Who has answered is asked again where the day, the hours or the place change.
    """
    _check(plan, today, meeting.day)

    def work() -> None:
        if meeting.rev != rev:
            raise Conflict("stale")
        moved = any(getattr(meeting, name) != getattr(plan, name) for name in WHEN)
        for name, value in asdict(plan).items():
            setattr(meeting, name, value)
        for guest in meetings.guests(meeting) if moved else ():
            guest.answer, guest.answered_on = GuestAnswer.WAITING, None

    _perform(A.EDIT, actor, today, meeting, work)


def invite(
    *, actor: AnyViewer, today: dt.date, meeting: Meeting, carriers: Sequence[Carrier]
) -> None:
    """邀请单位: accelerators and parks; those invited already stay as they are."""

    def work() -> None:
        if not carriers:
            raise DomainError("meeting:none_chosen")
        if any(one.tier < ACCELERATOR for one in carriers):
            raise DomainError("meeting:not_bidder")
        held = {guest.carrier_id for guest in meetings.guests(meeting)}
        new = {one.id for one in carriers} - held
        if not new:
            raise DomainError("meeting:invited")
        session.add_all(
            MeetingGuest(meeting_id=meeting.id, carrier_id=key, answer=GuestAnswer.WAITING)
            for key in sorted(new)
        )

    _perform(A.INVITE, actor, today, meeting, work)


def uninvite(*, actor: AnyViewer, today: dt.date, meeting: Meeting, guest: MeetingGuest) -> None:
    """取消邀请 of one that has neither results nor tasks."""

    def work() -> None:
        if any(key[1] == guest.id for key in meetings.talks(meeting)) or meetings.owes(
            meeting, carrier_id=guest.carrier_id
        ):
            raise DomainError("meeting:in_use")
        session.delete(guest)

    _perform(A.UNINVITE, actor, today, meeting, work)


def put_firms(
    *, actor: AnyViewer, today: dt.date, meeting: Meeting, firms: Sequence[Firm],
    carrier: Carrier | None = None,
) -> None:  # fmt: skip
    """列入企业 at the end of the table: all of them or, where one is refused, none.

    By the district, or by `carrier`, the incubator that has the firms. A firm that is not in the
    pool is refused: it is pushed first, by its own incubator.
    """
    if not firms:
        raise DomainError("meeting:none_chosen")
    for firm in firms:
        last = max((one.position for one in meetings.entries(meeting)), default=0)
        tie = ties.here(firm, today)
        entry = MeetingEntry(
            meeting_id=meeting.id, firm_id=firm.id, position=last + 1,
            host_id=tie.carrier_id if tie else None, put_by_id=carrier.id if carrier else None,
        )  # fmt: skip
        case = MeetingCase(actor, today, meeting, carrier=carrier, firm=firm)
        case.work = lambda made=entry: session.add(made)
        MEETING.perform(A.PUT, case)


def take_firm(
    *, actor: AnyViewer, today: dt.date, meeting: Meeting, entry: MeetingEntry,
    carrier: Carrier | None = None,
) -> None:  # fmt: skip
    """移出企业 by the district, or by its incubator; not one with results or tasks."""
    case = MeetingCase(actor, today, meeting, carrier=carrier, firm=entry.firm)

    def work() -> None:
        if any(key[0] == entry.id for key in meetings.talks(meeting)) or meetings.owes(
            meeting, entry_id=entry.id
        ):
            raise DomainError("meeting:in_use")
        session.delete(entry)

    case.work = work
    MEETING.perform(A.TAKE, case)


def order_firms(
    *, actor: AnyViewer, today: dt.date, meeting: Meeting, positions: Mapping[int, int]
) -> None:
    """调整顺序: entry id → wished place; equal ones keep their former order."""

    def work() -> None:
        held = meetings.entries(meeting)
        wished = sorted(held, key=lambda one: (positions.get(one.id, one.position), one.position))
        for number, one in enumerate(wished, 1):
            one.position = number

    _perform(A.ORDER, actor, today, meeting, work)


def notify_meeting(*, actor: AnyViewer, today: dt.date, meeting: Meeting) -> None:
    """发出通知: from now on the invited see the arrangements and the firms."""
    _perform(A.NOTIFY, actor, today, meeting)


def answer_invitation(
    *, actor: AnyViewer, today: dt.date, meeting: Meeting, guest: MeetingGuest,
    answer: GuestAnswer, who: str | None = None,
) -> None:  # fmt: skip
    """回复邀请 by the invited, or by the district for it (a call, a message)."""

    def work() -> None:
        talked = any(key[1] == guest.id for key in meetings.talks(meeting))
        if answer is GuestAnswer.NOT_COMING and talked:
            raise DomainError("meeting:talked_already", carrier=guest.carrier.short_name)
        guest.answer, guest.who = answer, who
        guest.answered_on = None if answer is GuestAnswer.WAITING else today

    _perform(A.ANSWER, actor, today, meeting, work, guest.carrier)


def hold_meeting(*, actor: AnyViewer, today: dt.date, meeting: Meeting) -> None:
    """登记召开, on its day or later."""
    _perform(A.HOLD, actor, today, meeting)


@dataclass(frozen=True)
class Said:
    """How a firm and an invited carrier parted; None when they did not talk.

    `seen` is the revision of the result that was read, 0 where there was none; None to write over
    whatever there is.
    """

    entry: MeetingEntry
    outcome: TalkOutcome | None
    note: str | None = None
    seen: int | None = None


def record_talks(
    *, actor: AnyViewer, today: dt.date, meeting: Meeting, guest: MeetingGuest,
    said: Sequence[Said],
) -> int:  # fmt: skip
    """登记对接结果 of one invited carrier: only what differs is written. How many did.
    One that never answered has come.

    Raises `meeting:stayed_away` for one that did not come, Conflict `meeting:talk_changed` where
    another result stands by now than the one that was read.
    """
    held, changed = meetings.talks(meeting), 0

    def work() -> None:
        nonlocal changed
        if guest.answer is GuestAnswer.NOT_COMING:
            raise DomainError("meeting:stayed_away", carrier=guest.carrier.short_name)
        for one in said:
            row = held.get((one.entry.id, guest.id))
            if (row.outcome if row else None, row.note if row else None) == (
                one.outcome, one.note if one.outcome else None,
            ):  # fmt: skip
                continue
            if one.seen is not None and one.seen != (row.rev if row else 0):
                raise Conflict("meeting:talk_changed", firm=one.entry.firm.short_name)
            changed += 1
            if one.outcome is not None and guest.answer is GuestAnswer.WAITING:
                guest.answer, guest.answered_on = GuestAnswer.COMING, today
            if one.outcome is None:
                session.delete(row)
            elif row is None:
                session.add(
                    MeetingTalk(entry_id=one.entry.id, guest_id=guest.id, outcome=one.outcome,
                                note=one.note)
                )  # fmt: skip
            else:
                row.outcome, row.note = one.outcome, one.note

    _perform(A.TALK, actor, today, meeting, work, guest.carrier)
    return changed


def assign_task(
    *, actor: AnyViewer, today: dt.date, meeting: Meeting, what: str, due_on: dt.date,
    carrier: Carrier | None = None, entry: MeetingEntry | None = None, who: str | None = None,
) -> MeetingTask:  # fmt: skip
    """登记跟进事项 of the district (no carrier), of an invited carrier, or of the firm's host."""
    if due_on < meeting.day:
        raise DomainError("meeting:task_day", "due_on", day=meeting.day.isoformat())
    if carrier is not None:
        hosts = {one.host_id for one in meetings.entries(meeting)}
        if carrier.id not in hosts and meetings.guest_of(meeting, carrier) is None:
            raise DomainError("meeting:outsider", "carrier")
    if meetings.owes(
        meeting, carrier_id=carrier.id if carrier else None,
        entry_id=entry.id if entry else None, what=what, due_on=due_on,
    ):  # fmt: skip
        raise Conflict("meeting:task_twice")
    made = MeetingTask(
        meeting_id=meeting.id, entry_id=entry.id if entry else None,
        carrier_id=carrier.id if carrier else None, what=what, who=who, due_on=due_on,
    )  # fmt: skip
    _perform(A.TASK, actor, today, meeting, lambda: session.add(made), carrier)
    return made


def finish_task(
    *, actor: AnyViewer, today: dt.date, task: MeetingTask, note: str | None = None
) -> None:
    """办结跟进事项 by whose it is, or by the district."""
    if task.done_on is not None:
        raise Conflict("meeting:done_already")

    def work() -> None:
        task.done_on, task.done_note = today, note

    _perform(A.DONE, actor, today, task.meeting, work, task.carrier)


def make_minutes(*, actor: AnyViewer, today: dt.date, meeting: Meeting) -> Minutes:
    """出具会议纪要: numbered, with everything as it stands now; a former one stays.

    Raises `meeting:same_minutes` while nothing has changed since the last.
    """
    body, digest = paper.freeze(meeting)
    last = next(iter(meetings.minutes(meeting)), None)
    if last is not None and last.digest == digest:
        raise DomainError("meeting:same_minutes", number=last.number)
    year = today.year
    made = Minutes(
        meeting_id=meeting.id, year=year, serial=Minutes.next_serial(year), day=today,
        author_id=actor.person_id, body=body, digest=digest,
    )  # fmt: skip
    _perform(A.MINUTES, actor, today, meeting, lambda: session.add(made))
    return made


def cancel_meeting(*, actor: AnyViewer, today: dt.date, meeting: Meeting, reason: str) -> None:
    """取消对接会 before it is held; the invited read why."""
    if not reason:
        raise DomainError("meeting:reason", "reason")

    def work() -> None:
        meeting.cancel_reason = reason

    _perform(A.CANCEL, actor, today, meeting, work)


def _perform(
    act: A, actor: AnyViewer, today: dt.date, row: Meeting,
    work: Callable[[], None] | None = None, carrier: Carrier | None = None,
) -> None:  # fmt: skip
    MEETING.perform(act, MeetingCase(actor, today, row, carrier=carrier, work=work))
