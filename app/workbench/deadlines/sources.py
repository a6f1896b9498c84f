"""Where the clocks of some firms are read, each held to what its reader's relation opens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import ColumnElement, func, or_, select, true

from app.carriers.models import ACCELERATOR, INCUBATOR, Carrier, Return
from app.carriers.queries.returns import FILED
from app.core.access import AnyViewer, Permission
from app.core.days import Period, working_days_after
from app.core.db import session
from app.core.filters import period as period_words
from app.firms import fields
from app.firms.hooks import Relation
from app.firms.models import (
    Demand,
    DemandState,
    Firm,
    Milestone,
    MilestoneKind,
    Residency,
)
from app.firms.queries import nameable, reissues, visible
from app.firms.queries.scope import sees_all
from app.pipeline import clock
from app.pipeline.claim_state import LIVE, claim_state
from app.pipeline.models import (
    Application,
    ApplicationRound,
    ApplicationState,
    Claim,
    MeetingEntry,
    MeetingTask,
    RoundKind,
    TransferRequest,
    TransferState,
)
from app.pipeline.queries.chain import own_carriers
from app.workbench.deadlines import leases, words
from app.workbench.deadlines.leases import ours, runs

LITTLE_GIANT = "little_giant"


@dataclass(frozen=True)
class Deadline:
    """One clock of a firm: its last day, and whose it is where a firm can have several.

    `mark` tells apart those of one kind and stays the same while the clock moves.
    """

    day: dt.date
    firm_id: int
    key: str
    mark: str = ""
    note: str = ""


def opened(viewer: AnyViewer, ids: list[int], day: dt.date) -> dict[int, frozenset[str]]:
    """firm id → the fields that its present relations open; a former host is told nothing new."""
    held = fields.relations_of(viewer, ids, day)
    return {
        i: frozenset().union(
            *(fields.allowed(one) for one in found if one is not Relation.FORMER)
        )
        for i, found in held.items()
    }  # fmt: skip


def of_firms(viewer: AnyViewer, ids: list[int], day: dt.date) -> Iterator[Deadline]:
    """Every clock of some firms that the viewer may read, unsorted."""
    if not ids:
        return
    seen = opened(viewer, ids, day)

    def with_(*wanted: str) -> list[int]:
        return [i for i in ids if seen[i].issuperset(wanted)]

    yield from _limits(with_("terms"), day)
    yield from _leases(viewer, with_("terms"), day)
    yield from _titles(with_("milestones"), day)
    yield from _rounds(with_("milestones"), day)
    for firm_id, due in reissues(with_("terms", "milestones"), day).items():
        yield Deadline(due, firm_id, words.RENAME)
    yield from _moves(with_("demand"))
    yield from _follow_ups(viewer, ids, day)
    yield from _answers(viewer, ids)
    yield from _departures(viewer, ids)
    yield from _talks(viewer, ids)
    yield from _reports(viewer, with_("terms"), day)


def _limits(ids: list[int], day: dt.date) -> Iterator[Deadline]:
    statement = (
        select(Residency)
        .where(
            Residency.firm_id.in_(ids), Residency.counted, Residency.limit_on.is_not(None),
            *runs(Residency, day),
        )
        .order_by(Residency.firm_id, Residency.id)
    )  # fmt: skip
    for tie in session.scalars(statement):
        if tie.last_day is not None:
            yield Deadline(tie.last_day, tie.firm_id, words.LIMIT)


def _leases(viewer: AnyViewer, ids: list[int], day: dt.date) -> Iterator[Deadline]:
    """The next end of a lease of each firm, by the rule that the warnings follow too."""
    for firm_id, end in leases.lease_ends(viewer, ids, day).items():
        if end >= day:
            yield Deadline(end, firm_id, words.LEASE)


def _titles(ids: list[int], day: dt.date) -> Iterator[Deadline]:
    """The last valid end of each recognition."""
    statement = (
        select(Milestone.firm_id, Milestone.title, func.max(Milestone.expires_on))
        .where(
            Milestone.firm_id.in_(ids),
            Milestone.kind == MilestoneKind.RECOGNITION,
            Milestone.title.in_(words.TITLES),
            Milestone.expires_on >= day,
            Milestone.revoked_on.is_(None),
        )
        .group_by(Milestone.firm_id, Milestone.title)
        .order_by(Milestone.firm_id, Milestone.title)
    )
    for firm_id, title, end in session.execute(statement):
        if end is not None:
            yield Deadline(end, firm_id, str(title))


def _rounds(ids: list[int], day: dt.date) -> Iterator[Deadline]:
    """The next last day of a round in which a firm is planned and has not handed in; that of a
    小巨人 review by its own name."""
    statement = (
        select(Application.firm_id, ApplicationRound)
        .join(ApplicationRound, ApplicationRound.id == Application.round_id)
        .where(
            Application.firm_id.in_(ids),
            Application.state == ApplicationState.PLANNED,
            ApplicationRound.district_on >= day,
        )
        .order_by(Application.firm_id, ApplicationRound.district_on, ApplicationRound.id)
    )
    told = set()
    for firm_id, one in session.execute(statement):
        review = one.kind is RoundKind.REVIEW and LITTLE_GIANT in one.rule
        key = words.REVIEW if review else words.ROUND
        if (firm_id, key) not in told:
            told.add((firm_id, key))
            yield Deadline(one.district_on, firm_id, key)


def _moves(ids: list[int]) -> Iterator[Deadline]:
    """The last day on which a firm that looks for room can still move."""
    statement = select(Demand.firm_id, Demand.needed_by).where(
        Demand.firm_id.in_(ids), Demand.state == DemandState.OPEN
    )
    for firm_id, needed_by in session.execute(statement.order_by(Demand.firm_id)):
        yield Deadline(needed_by, firm_id, words.MOVE)


def _follow_ups(viewer: AnyViewer, ids: list[int], day: dt.date) -> Iterator[Deadline]:
    """Ends of the follow-up periods of one's own claims and, for the incubator or accelerator
    that records the firm's choice and for the district, of all; a park learns of no other's."""
    hosted = select(Residency.firm_id).where(
        Residency.carrier_id.in_(own_carriers(viewer, INCUBATOR, ACCELERATOR)),
        Residency.counted, *runs(Residency, day),
    )  # fmt: skip
    told = or_(Claim.carrier_id.in_(own_carriers(viewer)), Claim.firm_id.in_(hosted))
    statement = (
        select(Claim, Carrier.short_name)
        .join(Carrier, Carrier.id == Claim.carrier_id)
        .where(Claim.firm_id.in_(ids), claim_state(day).in_(LIVE), Claim.accepted_on.is_(None))
        .where(true() if sees_all(viewer) else told)
        .order_by(Claim.follow_until, Claim.id)
    )
    for claim, bidder in session.execute(statement):
        yield Deadline(claim.follow_until, claim.firm_id, words.FOLLOW, claim.pid, bidder)


def _answers(viewer: AnyViewer, ids: list[int]) -> Iterator[Deadline]:
    """Requests that wait for the present host; told to both sides and to whoever decides."""
    mine = own_carriers(viewer)
    sides = or_(TransferRequest.from_id.in_(mine), TransferRequest.to_id.in_(mine))
    statement = (
        select(TransferRequest)
        .where(TransferRequest.firm_id.in_(ids), TransferRequest.state == TransferState.OPEN)
        .where(true() if viewer.may(Permission.TRANSFER_DECIDE) else sides)
        .order_by(TransferRequest.due_on, TransferRequest.id)
    )
    for row in session.scalars(statement):
        yield Deadline(row.due_on, row.firm_id, words.ANSWER, row.pid, row.to_carrier.short_name)


def _owed(viewer: AnyViewer) -> list[ColumnElement[bool]]:
    """Conditions: a follow-up of a meeting that is not done, of the viewer's own carriers; the
    office that prepares meetings reads all."""
    office = sees_all(viewer) and viewer.may(Permission.MEETING_PREPARE)
    mine = true() if office else MeetingTask.carrier_id.in_(own_carriers(viewer))
    return [MeetingTask.done_on.is_(None), mine]


def _talks(viewer: AnyViewer, ids: list[int]) -> Iterator[Deadline]:
    """What was agreed at a meeting about a firm and is still to be done."""
    statement = (
        select(MeetingTask, MeetingEntry.firm_id)
        .join(MeetingEntry, MeetingEntry.id == MeetingTask.entry_id)
        .where(MeetingEntry.firm_id.in_(ids), *_owed(viewer))
        .order_by(MeetingTask.due_on, MeetingTask.id)
    )
    for task, firm_id in session.execute(statement):
        yield Deadline(task.due_on, firm_id, words.TALK, task.pid, task.what)


def _departures(viewer: AnyViewer, ids: list[int]) -> Iterator[Deadline]:
    """Departures that their carrier has still to confirm."""
    limit = current_app.config["DEPARTURE_CONFIRM_DAYS"]
    statement = (
        select(Residency.pid, Residency.firm_id, Residency.ends)
        .where(Residency.firm_id.in_(ids), Residency.leave_confirmed.is_(False))
        .where(ours(viewer, Residency.carrier_id))
        .order_by(Residency.ends, Residency.id)
    )
    for pid, firm_id, ended in session.execute(statement):
        if ended is not None:
            yield Deadline(working_days_after(ended, limit), firm_id, words.CONFIRM, pid)


def _reports(viewer: AnyViewer, ids: list[int], day: dt.date) -> Iterator[Deadline]:
    """The next return that speaks for each firm and has not been filed."""
    statement = (
        select(Residency.firm_id, Return.due_on, Return.year, Return.quarter)
        .join(Return, Return.carrier_id == Residency.carrier_id)
        .where(
            Residency.firm_id.in_(ids), Residency.counted, *runs(Residency, day),
            Return.state.not_in(FILED), ours(viewer, Return.carrier_id),
        )
        .order_by(Residency.firm_id, Return.due_on, Return.id)
    )  # fmt: skip
    told = set()
    for firm_id, due, year, quarter in session.execute(statement):
        period = Period(year, quarter)
        if firm_id not in told and period.starts <= day:
            told.add(firm_id)
            yield Deadline(due, firm_id, words.REPORT, period.code, period_words(period))


def subjects(viewer: AnyViewer, day: dt.date) -> list[int]:
    """Firms with a clock that concerns the viewer's own carriers: those counted there, those they
    court, those they asked for, and those whose departure they have to confirm."""
    mine = own_carriers(viewer)
    hosted = select(Residency.firm_id).where(
        Residency.carrier_id.in_(mine), Residency.counted, *runs(Residency, day)
    )
    left = select(Residency.firm_id).where(
        Residency.carrier_id.in_(mine), Residency.leave_confirmed.is_(False)
    )
    courted = select(Claim.firm_id).where(
        Claim.carrier_id.in_(mine), claim_state(day).in_(LIVE), nameable(viewer, Claim.firm_id)
    )
    asked = select(TransferRequest.firm_id).where(
        TransferRequest.to_id.in_(mine), TransferRequest.state == TransferState.OPEN,
        nameable(viewer, TransferRequest.firm_id),
    )  # fmt: skip
    agreed = (
        select(MeetingEntry.firm_id)
        .join(MeetingTask, MeetingTask.entry_id == MeetingEntry.id)
        .where(
            *_owed(viewer),
            MeetingEntry.firm_id.in_(visible(viewer).order_by(None).with_only_columns(Firm.id)),
        )
    )
    found: set[int] = set()
    for statement in (hosted, left, courted, asked, agreed):
        found.update(session.scalars(statement.order_by(statement.selected_columns[0])))
    return sorted(found)


def months(ids: list[int], day: dt.date) -> dict[int, clock.Reading]:
    """firm id → what the clock of incubation shows; for firms of one's own."""
    statement = (
        select(Residency, Firm.incubation_field)
        .join(Firm, Firm.id == Residency.firm_id)
        .where(Residency.firm_id.in_(ids), Residency.counted, *runs(Residency, day))
        .order_by(Residency.firm_id, Residency.id)
    )
    rows = [(tie, field) for tie, field in session.execute(statement)]
    return clock.readings(rows, day)
