"""The table of one meeting as its reader may see it: firms, what each may know, and results."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from app.carriers.models import ACCELERATOR, INCUBATOR, PARK, Carrier
from app.core.access import AnyViewer
from app.core.db import session
from app.core.errors import NotFound
from app.firms.models import Demand, DemandState, Firm, Residency
from app.firms.queries.scope import sees_all
from app.pipeline.models import (
    Claim,
    GuestAnswer,
    Meeting,
    MeetingEntry,
    MeetingGuest,
    MeetingState,
    MeetingTalk,
    TalkOutcome,
)
from app.pipeline.queries import chain, matches, meetings, openings, ties
from app.pipeline.stage import Stage


@dataclass(frozen=True)
class Row:
    """A firm on the table. `talks` are those that the reader may see, by guest; `interested` how
    many others said 有意向, `others` how many others talked at all."""

    entry: MeetingEntry
    stage: Stage
    demand: Demand | None
    talks: dict[int, MeetingTalk]
    others: int
    interested: int
    claim: Claim | None
    #: whether it is a firm of the reader's own incubator
    own: bool


@dataclass(frozen=True)
class Table:
    """A meeting before its reader. `unnamed` firms are on the table and not named to the reader;
    `guests` are those whose names the reader sees, `hidden` how many more are invited."""

    row: Meeting
    rows: list[Row]
    unnamed: int
    guests: list[MeetingGuest]
    hidden: int
    #: the reader's own invitations
    mine: list[MeetingGuest]
    #: of all invited, by answer
    answers: Counter[GuestAnswer]
    tally: Counter[str] = field(default_factory=Counter)

    @property
    def present(self) -> list[MeetingGuest]:
        """Guests whose results can be shown or recorded: those that did not stay away."""
        return [one for one in self.guests if one.answer is not GuestAnswer.NOT_COMING]


def table(viewer: AnyViewer, row: Meeting, day: dt.date) -> Table:
    """The meeting as the viewer reads it.

    The district reads all. An invited carrier reads the firms as the pool shows them, its own
    results, and of others how many; an incubator its own firms with all results on them.
    """
    guests, entries = meetings.guests(row), meetings.entries(row)
    whole, mine = sees_all(viewer), meetings.my_guests(viewer, guests)
    brings = bool(ties.my_carriers(viewer, INCUBATOR))
    shown = guests if whole or (brings and not mine and row.notified_on) else mine
    names, held = meetings.named(viewer, entries), meetings.talks(row)
    listed = [one for one in entries if one.firm_id in names]
    ids = [one.firm_id for one in listed]
    demands = matches.shown_demands(viewer, ids, day)
    claims = openings.my_live(viewer, ids, day) if mine else {}
    own = {guest.id for guest in mine}

    def line(entry: MeetingEntry) -> Row:
        host = meetings.is_host(viewer, entry)
        some = {key[1]: talk for key, talk in held.items() if key[0] == entry.id}
        seen = {key: talk for key, talk in some.items() if whole or host or key in own}
        hidden = [talk for key, talk in some.items() if key not in seen]
        stage = Stage(ties.stage_now(entry.firm, day))
        wants = sum(one.outcome is TalkOutcome.INTERESTED for one in hidden)
        return Row(
            entry, stage, demands.get(entry.firm_id), seen, len(hidden), wants,
            claims.get(entry.firm_id), host,
        )  # fmt: skip

    rows = [line(one) for one in listed]
    answers = Counter(one.answer for one in guests)
    tally = Counter(talk.outcome.value for one in rows for talk in one.talks.values())
    return Table(
        row, rows, len(entries) - len(listed), shown, len(guests) - len(shown), mine, answers, tally
    )


def may_bring(viewer: AnyViewer, row: Meeting, day: dt.date) -> list[Firm]:
    """Firms of the viewer's incubators that the pool shows and that are not on the table."""
    if row.state not in meetings.COMING:
        return []
    statement = _at_home(viewer, day).where(
        chain.pool(day),
        Firm.id.not_in(select(MeetingEntry.firm_id).where(MeetingEntry.meeting_id == row.id)),
    )
    return list(session.scalars(statement))


def unpushed(viewer: AnyViewer, day: dt.date) -> list[Firm]:
    """Firms of the viewer's incubators that look for room and that no park may see yet."""
    searching = select(Demand.firm_id).where(Demand.state == DemandState.OPEN)
    statement = _at_home(viewer, day).where(
        Firm.id.in_(searching), ~chain.pool(day), Firm.counted_only.is_(False)
    )
    return list(session.scalars(statement))


def _at_home(viewer: AnyViewer, day: dt.date):  # type: ignore[no-untyped-def]
    here = select(Residency.firm_id).where(
        Residency.counted, Residency.starts <= day,
        Residency.ends.is_(None) | (Residency.ends > day),
        Residency.carrier_id.in_(chain.own_carriers(viewer, INCUBATOR)),
    )  # fmt: skip
    return (
        select(Firm)
        .where(Firm.id.in_(here), Firm.merged_into_id.is_(None))
        .order_by(Firm.sort_key, Firm.id)
    )


def sides(viewer: AnyViewer, whole: Table) -> list[Carrier]:
    """Carriers to whom the viewer may give a task: the invited and the firms' hosts; of a carrier
    only its own."""
    every = [guest.carrier for guest in whole.guests]
    every += [line.entry.host for line in whole.rows if line.entry.host is not None]
    found = {one.id: one for one in every if sees_all(viewer) or ties.acts_for(viewer, one)}
    return sorted(found.values(), key=lambda one: (one.sort_key, one.id))


def claims_as(guest: MeetingGuest) -> bool:
    """Whether an invited carrier may claim firms at all."""
    return guest.carrier.tier in (ACCELERATOR, PARK)


def open_for_bringing(row: Meeting, day: dt.date) -> bool:
    """Whether incubators may bring firms."""
    return row.state in (MeetingState.PREPARING, MeetingState.NOTIFIED) and row.day >= day


def bidders_named(pids: Sequence[str], day: dt.date) -> list[Carrier]:
    """Accelerators and parks that can be invited, of some public ids."""
    statement = select(Carrier).where(Carrier.pid.in_(pids), Carrier.id.in_(matches.bidders(day)))
    return list(session.scalars(statement.order_by(Carrier.sort_key, Carrier.id)))


def entry_of(viewer: AnyViewer, row: Meeting, pid: str) -> MeetingEntry:
    """A firm on the table that the viewer may name; NotFound for any other."""
    held = meetings.entries(row)
    names = meetings.named(viewer, held)
    found = next((one for one in held if one.firm.pid == pid and one.firm_id in names), None)
    if found is None:
        raise NotFound()
    return found


def guest_named(row: Meeting, pid: str) -> MeetingGuest:
    """The invitation of the carrier of a public id; NotFound for any other."""
    found = next((one for one in meetings.guests(row) if one.carrier.pid == pid), None)
    if found is None:
        raise NotFound()
    return found
