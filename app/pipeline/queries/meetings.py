"""Meetings (对接会): who reads which, who is invited, who is on the table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import joinedload

from app.carriers.models import ACCELERATOR, INCUBATOR, PARK, Carrier
from app.core.access import AnyViewer
from app.core.db import session
from app.core.errors import NotFound
from app.firms.models import Firm
from app.firms.queries import visible as visible_firms
from app.firms.queries.scope import sees_all
from app.pipeline.models import (
    GuestAnswer,
    Meeting,
    MeetingEntry,
    MeetingGuest,
    MeetingState,
    MeetingTalk,
    MeetingTask,
    Minutes,
)
from app.pipeline.queries import ties
from app.pipeline.queries.chain import own_carriers

COMING = (MeetingState.PREPARING, MeetingState.NOTIFIED)


def visible(viewer: AnyViewer, day: dt.date) -> Select[Meeting]:
    """The meetings that a viewer reads, the next first, then those held, the latest first.

    The district reads all; an accelerator or park those it was told that it is invited to; an
    incubator those to come, to which it may bring firms, and those at which it had one.
    """
    statement = select(Meeting)
    if not sees_all(viewer):
        invited = exists().where(
            MeetingGuest.meeting_id == Meeting.id,
            MeetingGuest.carrier_id.in_(own_carriers(viewer, ACCELERATOR, PARK)),
        )
        brought = exists().where(
            MeetingEntry.meeting_id == Meeting.id,
            MeetingEntry.host_id.in_(own_carriers(viewer, INCUBATOR)),
        )
        brings = bool(ties.my_carriers(viewer, INCUBATOR))
        ahead = and_(Meeting.state.in_(COMING), Meeting.day >= day) if brings else false()
        statement = statement.where(
            or_(and_(Meeting.notified_on.is_not(None), invited), brought, ahead)
        )
    return statement.order_by(Meeting.day.desc(), Meeting.id.desc())


def one(viewer: AnyViewer, pid: str, day: dt.date) -> Meeting:
    """One of them; NotFound for any other."""
    found = session.scalars(visible(viewer, day).where(Meeting.pid == pid)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def guests(row: Meeting) -> list[MeetingGuest]:
    """Who is invited, by name."""
    statement = (
        select(MeetingGuest)
        .join(Carrier, Carrier.id == MeetingGuest.carrier_id)
        .where(MeetingGuest.meeting_id == row.id)
        .options(joinedload(MeetingGuest.carrier))
        .order_by(Carrier.sort_key, MeetingGuest.id)
    )
    return list(session.scalars(statement))


def guest_of(row: Meeting, carrier: Carrier) -> MeetingGuest | None:
    """The invitation of one carrier."""
    statement = select(MeetingGuest).where(
        MeetingGuest.meeting_id == row.id, MeetingGuest.carrier_id == carrier.id
    )
    return session.scalars(statement).one_or_none()


def entries(row: Meeting) -> list[MeetingEntry]:
    """The firms on the table in their order."""
    statement = (
        select(MeetingEntry)
        .where(MeetingEntry.meeting_id == row.id)
        .options(joinedload(MeetingEntry.firm), joinedload(MeetingEntry.host))
        .order_by(MeetingEntry.position, MeetingEntry.id)
    )
    return list(session.scalars(statement))


def talks(row: Meeting) -> dict[tuple[int, int], MeetingTalk]:
    """(entry, guest) → what came of their talk, for the pairs that talked."""
    statement = (
        select(MeetingTalk)
        .join(MeetingEntry, MeetingEntry.id == MeetingTalk.entry_id)
        .where(MeetingEntry.meeting_id == row.id)
        .order_by(MeetingTalk.id)
    )
    return {(one.entry_id, one.guest_id): one for one in session.scalars(statement)}


def named(viewer: AnyViewer, some: Sequence[MeetingEntry]) -> set[int]:
    """Ids of the firms on a table that the viewer may name: those in its scope today."""
    ids = [entry.firm_id for entry in some]
    statement = visible_firms(viewer).where(Firm.id.in_(ids)).with_only_columns(Firm.id)
    return set(session.scalars(statement.order_by(None).order_by(Firm.id)))


def my_guests(viewer: AnyViewer, some: Iterable[MeetingGuest]) -> list[MeetingGuest]:
    """Those of some invitations that are the viewer's own."""
    return [guest for guest in some if ties.acts_for(viewer, guest.carrier)]


def called_off(viewer: AnyViewer, day: dt.date) -> list[tuple[Meeting, Carrier]]:
    """Cancelled meetings whose day has not passed, with the viewer's carrier that had been told
    that it is invited and not said no, or that had a firm on the table.
    """
    mine = own_carriers(viewer)
    off = and_(Meeting.state == MeetingState.CANCELLED, Meeting.day >= day)
    invited = (
        select(Meeting, Carrier)
        .join(MeetingGuest, MeetingGuest.meeting_id == Meeting.id)
        .join(Carrier, Carrier.id == MeetingGuest.carrier_id)
        .where(
            off, Meeting.notified_on.is_not(None), MeetingGuest.carrier_id.in_(mine),
            MeetingGuest.answer != GuestAnswer.NOT_COMING,
        )
    )  # fmt: skip
    brought = (
        select(Meeting, Carrier)
        .join(MeetingEntry, MeetingEntry.meeting_id == Meeting.id)
        .join(Carrier, Carrier.id == MeetingEntry.host_id)
        .where(off, MeetingEntry.host_id.in_(own_carriers(viewer, INCUBATOR)))
    )
    found = {
        (row.id, carrier.id): (row, carrier)
        for some in (invited, brought)
        for row, carrier in session.execute(some.order_by(Meeting.day, Meeting.id, Carrier.id))
    }
    return sorted(found.values(), key=lambda one: (one[0].day, one[0].id, one[1].id))


def is_host(viewer: AnyViewer, entry: MeetingEntry) -> bool:
    """Whether the firm came from one of the viewer's incubators."""
    host = entry.host
    return host is not None and host.tier == INCUBATOR and ties.acts_for(viewer, host)


def tasks(viewer: AnyViewer, row: Meeting) -> list[MeetingTask]:
    """What is to be done after a meeting as the viewer reads it, the first due on top.

    The district reads all; a carrier its own, and those on firms that it brought.
    """
    statement = (
        select(MeetingTask)
        .outerjoin(MeetingEntry, MeetingEntry.id == MeetingTask.entry_id)
        .where(MeetingTask.meeting_id == row.id)
    )
    if not sees_all(viewer):
        brought = MeetingEntry.host_id.in_(own_carriers(viewer, INCUBATOR))
        statement = statement.where(or_(MeetingTask.carrier_id.in_(own_carriers(viewer)), brought))
    statement = statement.order_by(
        MeetingTask.done_on.is_not(None), MeetingTask.due_on, MeetingTask.id
    )
    return list(session.scalars(statement))


def all_tasks(row: Meeting) -> list[MeetingTask]:
    """Everything that is to be done after a meeting, the first due on top; for its minutes."""
    statement = select(MeetingTask).where(MeetingTask.meeting_id == row.id)
    return list(session.scalars(statement.order_by(MeetingTask.due_on, MeetingTask.id)))


def task(viewer: AnyViewer, row: Meeting, pid: str) -> MeetingTask:
    """One of them; NotFound for any other."""
    found = next((one for one in tasks(viewer, row) if one.pid == pid), None)
    if found is None:
        raise NotFound()
    return found


def owes(row: Meeting, **given: object) -> bool:
    """Whether a meeting has a follow-up with these values."""
    found = select(MeetingTask.id).filter_by(meeting_id=row.id, **given).order_by(MeetingTask.id)
    return session.scalars(found).first() is not None


def same(title: str, day: dt.date) -> bool:
    """Whether a meeting of a name stands for a day."""
    found = select(Meeting.id).where(
        Meeting.title == title, Meeting.day == day, Meeting.state != MeetingState.CANCELLED
    )
    return session.scalars(found.order_by(Meeting.id)).first() is not None


def owed(viewer: AnyViewer) -> list[MeetingTask]:
    """What the viewer's carriers have still to do, or the district itself."""
    statement = (
        select(MeetingTask)
        .where(MeetingTask.done_on.is_(None))
        .options(joinedload(MeetingTask.meeting))
        .order_by(MeetingTask.due_on, MeetingTask.id)
    )
    if sees_all(viewer):
        statement = statement.where(MeetingTask.carrier_id.is_(None))
    else:
        statement = statement.where(MeetingTask.carrier_id.in_(own_carriers(viewer)))
    return list(session.scalars(statement))


def minutes(row: Meeting) -> list[Minutes]:
    """The minutes of a meeting, the latest first."""
    statement = select(Minutes).where(Minutes.meeting_id == row.id)
    return list(session.scalars(statement.order_by(Minutes.year.desc(), Minutes.serial.desc())))


def minutes_of(row: Meeting, year: int, serial: int) -> Minutes:
    """One of them; NotFound for any other."""
    found = next((one for one in minutes(row) if (one.year, one.serial) == (year, serial)), None)
    if found is None:
        raise NotFound()
    return found


def unanswered(viewer: AnyViewer, day: dt.date) -> list[MeetingGuest]:
    """Invitations of the viewer's carriers that wait for an answer, the first due on top."""
    statement = (
        select(MeetingGuest)
        .join(Meeting, Meeting.id == MeetingGuest.meeting_id)
        .where(
            Meeting.state == MeetingState.NOTIFIED, Meeting.day >= day,
            MeetingGuest.answer == GuestAnswer.WAITING,
            MeetingGuest.carrier_id.in_(own_carriers(viewer)),
        )
        .options(joinedload(MeetingGuest.meeting), joinedload(MeetingGuest.carrier))
        .order_by(Meeting.answer_by, MeetingGuest.id)
    )  # fmt: skip
    return list(session.scalars(statement))


def to_prepare() -> list[Meeting]:
    """Meetings that are neither held nor cancelled, and held ones without minutes."""
    written = select(Minutes.meeting_id)
    statement = select(Meeting).where(
        or_(
            Meeting.state.in_(COMING),
            and_(Meeting.state == MeetingState.HELD, Meeting.id.not_in(written)),
        )
    )
    return list(session.scalars(statement.order_by(Meeting.day, Meeting.id)))


@dataclass(frozen=True)
class Told:
    """A meeting in a list, with how many were invited, come, and are on the table."""

    row: Meeting
    invited: int
    coming: int
    firms: int
    numbers: tuple[str, ...]

    @property
    def ahead(self) -> bool:
        """Whether it is still to come."""
        return self.row.state in COMING


def told(viewer: AnyViewer, day: dt.date) -> list[Told]:
    """The meetings a viewer reads: those to come, the next first; then the others."""
    rows = list(session.scalars(visible(viewer, day).limit(500)))
    ids = [row.id for row in rows]
    count, column = func.count(), MeetingGuest.meeting_id
    answered = (
        select(column, MeetingGuest.answer, count)
        .where(column.in_(ids))
        .group_by(column, MeetingGuest.answer)
        .order_by(column)
    )
    invited: dict[int, int] = {}
    coming: dict[int, int] = {}
    for meeting_id, answer, number in session.execute(answered):
        invited[meeting_id] = invited.get(meeting_id, 0) + number
        if answer == GuestAnswer.COMING:
            coming[meeting_id] = number
    entry = MeetingEntry.meeting_id
    listed = select(entry, count).where(entry.in_(ids)).group_by(entry).order_by(entry)
    firms: dict[int, int] = dict(session.execute(listed).all())
    numbers: dict[int, list[str]] = {}
    papers = select(Minutes).where(Minutes.meeting_id.in_(ids))
    for paper in session.scalars(papers.order_by(Minutes.year.desc(), Minutes.serial.desc())):
        numbers.setdefault(paper.meeting_id, []).append(paper.number)
    found = [
        Told(row, invited.get(row.id, 0), coming.get(row.id, 0), firms.get(row.id, 0),
             tuple(numbers.get(row.id, ())))
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: (0, one.row.day.toordinal()) if one.ahead else (1, 0))
