"""The move table of meetings (对接会). A meeting assigns nobody and moves no firm."""

from __future__ import annotations

from sqlalchemy import select

from app.carriers.models import INCUBATOR
from app.core.access import Permission as P
from app.core.db import session
from app.core.text import N_, Coded
from app.pipeline.models import MeetingState as S
from app.pipeline.models import MeetingTalk
from app.pipeline.moves.cases import MeetingCase
from app.pipeline.moves.sides import is_district
from app.pipeline.moves.table import Effect, Move, Need, Side, Table, move
from app.pipeline.queries import chain, meetings, ties
from app.pipeline.words import Absent
from app.pipeline.words import MeetingAct as A

NONE = Absent.MEETING
COMING = (S.PREPARING, S.NOTIFIED)


def _district(case: MeetingCase) -> bool:
    return is_district(case.actor) and case.actor.may(P.MEETING_PREPARE)


def _guest(case: MeetingCase) -> bool:
    """One of the actor's carriers is invited and knows of it."""
    row, carrier = case.row, case.carrier
    return (
        row is not None
        and carrier is not None
        and row.notified_on is not None
        and ties.acts_for(case.actor, carrier)
        and meetings.guest_of(row, carrier) is not None
    )


def _incubator(case: MeetingCase) -> bool:
    """The firm is at an incubator of the actor."""
    if case.carrier is None or case.carrier.tier != INCUBATOR or case.firm is None:
        return False
    tie = ties.here(case.firm, case.today)
    held = tie is not None and tie.carrier_id == case.carrier.id
    return held and ties.acts_for(case.actor, case.carrier)


def _at_table(case: MeetingCase) -> bool:
    """One of the actor's carriers is invited, or brought a firm."""
    if _guest(case):
        return True
    row, carrier = case.row, case.carrier
    if row is None or carrier is None or not ties.acts_for(case.actor, carrier):
        return False
    return any(one.host_id == carrier.id for one in meetings.entries(row))


DISTRICT: Side[MeetingCase] = Side(N_("区主管部门"), _district)
BRINGER: Side[MeetingCase] = Side(
    N_("区主管部门，或企业所在孵化器"), lambda c: _district(c) or _incubator(c)
)
INVITED: Side[MeetingCase] = Side(
    N_("受邀单位，或区主管部门代为登记"), lambda c: _district(c) or _guest(c)
)
AT_TABLE: Side[MeetingCase] = Side(
    N_("受邀单位、上会企业所在载体，或区主管部门"), lambda c: _district(c) or _at_table(c)
)

AHEAD = Need[MeetingCase](
    "meeting:past", N_("会期 %(day)s 已过，先修改日期再通知。"),
    lambda c: c.there.day >= c.today, lambda c: {"day": c.there.day.isoformat()},
)  # fmt: skip
ANSWERABLE = Need[MeetingCase](
    "meeting:late", N_("回复期限 %(day)s 已过，先修改安排再通知。"),
    lambda c: c.there.answer_by >= c.today, lambda c: {"day": c.there.answer_by.isoformat()},
)  # fmt: skip
GUESTS = Need[MeetingCase](
    "meeting:no_guests", N_("还没有邀请单位，先邀请加速器或园区。"),
    lambda c: bool(meetings.guests(c.there)),
)  # fmt: skip
FIRMS = Need[MeetingCase](
    "meeting:no_firms", N_("还没有上会企业，先列入企业。"),
    lambda c: bool(meetings.entries(c.there)),
)  # fmt: skip
ARRIVED = Need[MeetingCase](
    "meeting:early", N_("会期是 %(day)s，到那天再登记召开。"),
    lambda c: c.there.day <= c.today, lambda c: {"day": c.there.day.isoformat()},
)  # fmt: skip


def _talked(case: MeetingCase) -> bool:
    ids = [one.id for one in meetings.entries(case.there)]
    found = select(MeetingTalk.id).where(MeetingTalk.entry_id.in_(ids)).order_by(MeetingTalk.id)
    return session.scalars(found).first() is not None


TALKED = Need[MeetingCase](
    "meeting:no_talks", N_("还没有对接结果，登记至少一项再出具会议纪要。"), _talked
)


def _firm(case: MeetingCase) -> dict[str, object]:
    return {"firm": case.firm.short_name if case.firm is not None else "…"}


OFFERED = Need[MeetingCase](
    "meeting:not_offered",
    N_("〔%(firm)s〕不在承接机会中，园区看不到它：未毕业的先由所在孵化器推送，再列入。"),
    lambda c: c.firm is None or chain.in_pool(c.firm, c.today),
    _firm,
)
OPEN_NAME = Need[MeetingCase](
    "meeting:secret", N_("〔%(firm)s〕仅计数、不具名，不列入对接会。"),
    lambda c: c.firm is None or not c.firm.counted_only, _firm,
)  # fmt: skip
UNLISTED = Need[MeetingCase](
    "meeting:listed", N_("〔%(firm)s〕已在上会名单中。"),
    lambda c: c.firm is None or all(e.firm_id != c.firm.id for e in meetings.entries(c.there)),
    _firm,
)  # fmt: skip


def _set(state: S) -> Effect[MeetingCase]:
    words = {
        S.NOTIFIED: N_("受邀单位看到安排和上会企业，待其回复"),
        S.HELD: N_("可登记对接结果和跟进事项"),
        S.CANCELLED: N_("安排作废，受邀单位和上会企业所在孵化器在待办中看到原因"),
    }

    def run(case: MeetingCase) -> None:
        row = case.there
        row.state = state
        if state is S.NOTIFIED:
            row.notified_on = case.today
        case.run()

    return Effect(words[state], run)


MADE: Effect[MeetingCase] = Effect(N_("记下安排；孵化器可提报企业"), MeetingCase.insert)
KEPT: Effect[MeetingCase] = Effect(N_("记下改动"), MeetingCase.run)
ON_TABLE: Effect[MeetingCase] = Effect(N_("企业上会；受邀单位所见与承接机会相同"), MeetingCase.run)
SAID: Effect[MeetingCase] = Effect(N_("记下是否参加和参会人"), MeetingCase.run)
TOLD: Effect[MeetingCase] = Effect(
    N_("记下结果；所在载体看到本载体企业的结果，不影响任何一步"), MeetingCase.run
)
OWED: Effect[MeetingCase] = Effect(N_("进入责任单位的待办和到期提醒"), MeetingCase.run)
FROZEN: Effect[MeetingCase] = Effect(N_("编号存档；之后的改动另出一份"), MeetingCase.run)


def _moves() -> dict[tuple[Coded, Coded], Move[MeetingCase]]:
    prepare, read = P.MEETING_PREPARE, P.FIRM_READ
    offered = (OPEN_NAME, OFFERED, UNLISTED)
    moves: dict[tuple[Coded, Coded], Move[MeetingCase]] = {
        (NONE, A.PREPARE): move(S.PREPARING, prepare, DISTRICT, MADE),
        (S.PREPARING, A.NOTIFY): move(
            S.NOTIFIED,
            prepare,
            DISTRICT,
            _set(S.NOTIFIED),
            needs=(AHEAD, ANSWERABLE, GUESTS, FIRMS),
        ),
        (S.NOTIFIED, A.HOLD): move(S.HELD, prepare, DISTRICT, _set(S.HELD), needs=(ARRIVED,)),
        (S.NOTIFIED, A.ANSWER): move(S.NOTIFIED, read, INVITED, SAID),
        (S.HELD, A.ANSWER): move(S.HELD, prepare, DISTRICT, SAID),
        (S.HELD, A.PUT): move(S.HELD, prepare, DISTRICT, ON_TABLE, needs=offered),
        (S.HELD, A.INVITE): move(S.HELD, prepare, DISTRICT, KEPT),
        (S.HELD, A.UNINVITE): move(S.HELD, prepare, DISTRICT, KEPT),
        (S.HELD, A.TAKE): move(S.HELD, prepare, DISTRICT, KEPT),
        (S.HELD, A.TALK): move(S.HELD, read, INVITED, TOLD),
        (S.HELD, A.TASK): move(S.HELD, read, AT_TABLE, OWED),
        (S.HELD, A.DONE): move(S.HELD, read, AT_TABLE, KEPT),
        (S.HELD, A.MINUTES): move(S.HELD, prepare, DISTRICT, FROZEN, needs=(TALKED,)),
    }
    for state in COMING:
        for act in (A.EDIT, A.INVITE, A.UNINVITE, A.ORDER):
            moves[state, act] = move(state, prepare, DISTRICT, KEPT)
        moves[state, A.PUT] = move(state, read, BRINGER, ON_TABLE, needs=offered)
        moves[state, A.TAKE] = move(state, read, BRINGER, KEPT)
        moves[state, A.CANCEL] = move(S.CANCELLED, prepare, DISTRICT, _set(S.CANCELLED))
    return moves


MEETING: Table[MeetingCase] = Table(N_("对接会"), (*S, NONE), A, _moves())
