"""What followed from meetings: contacts, claims and arrivals of the pairs that met."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import or_, select

from app.carriers.models import INCUBATOR, Carrier
from app.core.access import AnyViewer
from app.core.db import session
from app.firms.models import Firm, Residency
from app.firms.queries.scope import sees_all
from app.pipeline.models import (
    Claim,
    ClaimStep,
    GuestAnswer,
    Meeting,
    MeetingEntry,
    MeetingGuest,
    MeetingState,
)
from app.pipeline.queries import meetings
from app.pipeline.queries.chain import own_carriers
from app.pipeline.queries.credits import CONTACTS


def window() -> int:
    """Days after a meeting within which something counts as having followed from it."""
    return int(current_app.config["MEETING_DAYS"])


@dataclass
class Pair:
    """A firm and a carrier that met, and the first day of each thing that followed."""

    firm: Firm
    carrier: Carrier
    contact_on: dt.date | None = None
    claim: Claim | None = None
    landed_on: dt.date | None = None

    @property
    def any(self) -> bool:
        """Whether anything followed."""
        return bool(self.contact_on or self.claim or self.landed_on)


@dataclass(frozen=True)
class Outcome:
    """Of one meeting, as its reader may see it: the pairs from which something followed."""

    pairs: list[Pair]

    @property
    def contacts(self) -> int:
        """Pairs that talked on."""
        return sum(one.contact_on is not None for one in self.pairs)

    @property
    def claims(self) -> int:
        """Pairs with a claim."""
        return sum(one.claim is not None for one in self.pairs)

    @property
    def landings(self) -> int:
        """Firms that arrived at a carrier they met there."""
        return sum(one.landed_on is not None for one in self.pairs)


def outcomes(viewer: AnyViewer, rows: Sequence[Meeting]) -> dict[int, Outcome]:
    """meeting id → what followed, for those of some meetings that were held.

    The district reads all; an invited carrier what it did itself; an incubator what became of
    its firms. Firms that the viewer may not name are left out.
    """
    held = {row.id: row for row in rows if row.state is MeetingState.HELD}
    found = {key: _pairs(viewer, row) for key, row in held.items()}
    every = [pair for pairs in found.values() for pair in pairs.values()]
    firms = sorted({pair.firm.id for pair in every})
    carriers = sorted({pair.carrier.id for pair in every})
    if every:
        _fill(found, held, firms, carriers)
    return {
        key: Outcome([one for one in pairs.values() if one.any]) for key, pairs in found.items()
    }


Pairs = dict[tuple[int, int], Pair]


def _pairs(viewer: AnyViewer, row: Meeting) -> Pairs:
    statement = (
        select(MeetingEntry, MeetingGuest)
        .join(MeetingGuest, MeetingGuest.meeting_id == MeetingEntry.meeting_id)
        .where(
            MeetingEntry.meeting_id == row.id, MeetingGuest.answer != GuestAnswer.NOT_COMING
        )
        .order_by(MeetingEntry.position, MeetingGuest.id)
    )  # fmt: skip
    if not sees_all(viewer):
        statement = statement.where(
            or_(
                MeetingGuest.carrier_id.in_(own_carriers(viewer)),
                MeetingEntry.host_id.in_(own_carriers(viewer, INCUBATOR)),
            )
        )
    both = list(session.execute(statement))
    names = meetings.named(viewer, [entry for entry, _guest in both])
    return {
        (entry.firm_id, guest.carrier_id): Pair(entry.firm, guest.carrier)
        for entry, guest in both if entry.firm_id in names
    }  # fmt: skip


def _fill(
    found: dict[int, Pairs], held: dict[int, Meeting], firms: list[int], carriers: list[int]
) -> None:
    """Write the first of each thing within the window of each meeting into its pairs."""
    days = dt.timedelta(days=window())

    def hits(firm: int, carrier: int, day: dt.date) -> Iterable[Pair]:
        for key, pairs in found.items():
            pair = pairs.get((firm, carrier))
            if pair is not None and held[key].day <= day <= held[key].day + days:
                yield pair

    courted = select(Claim).where(Claim.firm_id.in_(firms), Claim.carrier_id.in_(carriers))
    for claim in session.scalars(courted.order_by(Claim.opened_on, Claim.id)):
        for pair in hits(claim.firm_id, claim.carrier_id, claim.opened_on):
            pair.claim = pair.claim or claim
    steps = (
        select(Claim.firm_id, Claim.carrier_id, ClaimStep.day)
        .join(Claim, Claim.id == ClaimStep.claim_id)
        .where(
            Claim.firm_id.in_(firms), Claim.carrier_id.in_(carriers), ClaimStep.step.in_(CONTACTS)
        )
        .order_by(ClaimStep.day, ClaimStep.id)
    )
    for firm, carrier, day in session.execute(steps):
        for pair in hits(firm, carrier, day):
            pair.contact_on = pair.contact_on or day
    arrived = select(Residency.firm_id, Residency.carrier_id, Residency.starts).where(
        Residency.firm_id.in_(firms), Residency.carrier_id.in_(carriers), Residency.counted
    )
    for firm, carrier, day in session.execute(arrived.order_by(Residency.starts, Residency.id)):
        for pair in hits(firm, carrier, day):
            pair.landed_on = pair.landed_on or day
