"""首谈 and 落地: whose contact with a firm was first on record, and who received it.

The first on record counts, in the order in which entries were written: nobody gets before another
by giving an earlier day, and nothing that is entered later changes it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, null, select

from app.carriers.models import ACCELERATOR, PARK, Carrier
from app.core.access import AnyViewer
from app.core.db import session
from app.firms.models import Firm, Residency
from app.firms.queries.scope import sees_all
from app.pipeline.models import Claim, ClaimState, ClaimStep, ClaimStepKind
from app.pipeline.queries import ties

#: Steps that are a contact with the firm. An arrival and the address that follows are no talks.
CONTACTS = (
    ClaimStepKind.CONTACT,
    ClaimStepKind.VISIT,
    ClaimStepKind.REVIEW,
    ClaimStepKind.SIGNING,
    ClaimStepKind.FIT_OUT,
)


@dataclass(frozen=True)
class Mark:
    """A carrier and a day: of its first contact with a firm, or of the firm's arrival there."""

    carrier_id: int
    carrier: str
    day: dt.date


@dataclass
class Search:
    """A firm's way to a park, or to an accelerator, until it arrived at one.

    `parties` holds the first contact of each carrier in it, the earliest entry first; `claims`
    those under which a contact was entered.
    """

    tier: int
    parties: dict[int, Mark] = field(default_factory=dict)
    claims: set[int] = field(default_factory=set)
    landed: Mark | None = None

    @property
    def first(self) -> Mark | None:
        """首谈: the contact that was on record before all others."""
        return next(iter(self.parties.values()), None)


@dataclass(frozen=True)
class Credit:
    """What a claim is credited with: its own first contact, and those of its search."""

    own: Mark | None
    first: Mark | None
    landed: Mark | None

    @property
    def is_first(self) -> bool:
        """Whether the claimant's contact was the first on record."""
        return self.own is not None and self.own == self.first


def searches(firm_ids: Iterable[int]) -> dict[int, list[Search]]:
    """firm id → its searches that anything is on record of, the latest first."""
    ids = sorted(set(firm_ids))
    found: dict[int, list[Search]] = {}
    running: dict[tuple[int, int], Search] = {}
    for firm_id, tier, mark, claim in _entries(ids):
        one = running.get((firm_id, bucket := bucket_of(tier)))
        if one is None:
            one = running[firm_id, bucket] = Search(bucket)
            found.setdefault(firm_id, []).insert(0, one)
        if claim is None:
            one.landed = mark
            # in a park the search is over, for accelerators too
            for tier_over in (bucket, ACCELERATOR) if bucket == PARK else (bucket,):
                running.pop((firm_id, tier_over), None)
        else:
            one.parties.setdefault(mark.carrier_id, mark)
            one.claims.add(claim)
    return found


def bucket_of(tier: int) -> int:
    """The tier for which carriers vie with each other: accelerators, or parks."""
    return PARK if tier >= PARK else ACCELERATOR


def _entries(ids: list[int]) -> Iterable[tuple[int, int, Mark, int | None]]:
    """(firm, tier, mark, claim) of contacts as written, and of arrivals, which have no claim."""
    if not ids:
        return []
    name = Carrier.short_name
    contacts = (
        select(
            Claim.firm_id, Carrier.tier, Claim.carrier_id, name, ClaimStep.day, ClaimStep.rev,
            ClaimStep.id, Claim.id.label("claim_id"),
        )
        .join(Claim, Claim.id == ClaimStep.claim_id)
        .join(Carrier, Carrier.id == Claim.carrier_id)
        .where(Claim.firm_id.in_(ids), ClaimStep.step.in_(CONTACTS))
        .order_by(ClaimStep.rev, ClaimStep.day, ClaimStep.id)
    )  # fmt: skip
    history: Any = Residency.__history__
    earlier = select(func.min(history.c.rev)).where(history.c.id == Residency.id).scalar_subquery()
    arrivals = (
        select(
            Residency.firm_id, Carrier.tier, Residency.carrier_id, name, Residency.starts,
            func.coalesce(earlier, Residency.rev), Residency.id, null(),
        )
        .join(Carrier, Carrier.id == Residency.carrier_id)
        .where(Residency.firm_id.in_(ids), Residency.counted, Carrier.tier >= ACCELERATOR)
        .order_by(Residency.starts, Residency.id)
    )  # fmt: skip
    rows = []
    for statement in (contacts, arrivals):
        for firm, tier, carrier, word, day, rev, number, claim in session.execute(statement):
            order = (rev, claim is None, day, number)
            rows.append((order, (firm, tier, Mark(carrier, word, day), claim)))
    return [entry for _order, entry in sorted(rows, key=lambda row: row[0])]


def of_claims(claims: Iterable[Claim]) -> dict[int, Credit]:
    """claim id → what it is credited with.

    A claim belongs to the search in which a contact was entered under it; one without any, to the
    search that ended at its carrier, or that still runs.
    """
    rows = list(claims)
    held = searches(row.firm_id for row in rows)
    return {row.id: _credit(row, held.get(row.firm_id, [])) for row in rows}


def _credit(row: Claim, found: list[Search]) -> Credit:
    some = [one for one in found if one.tier == bucket_of(row.carrier.tier)]
    search = next((one for one in some if row.id in one.claims), None)
    if search is None and row.state == ClaimState.DONE:
        arrived = [one for one in some if one.landed and one.landed.carrier_id == row.carrier_id]
        search = next(iter(arrived), None)
    elif search is None and row.state in (ClaimState.OPEN, ClaimState.ACCEPTED):
        search = next((one for one in some if one.landed is None), None)
    if search is None:
        return Credit(None, None, None)
    return Credit(search.parties.get(row.carrier_id), search.first, search.landed)


def names(viewer: AnyViewer, firm: Firm) -> bool:
    """Whether the viewer reads which other park talked with a firm first: the district, and the
    incubators and accelerators that had it; parks know of others that they are, not who.
    """
    if sees_all(viewer):
        return True
    return any(
        tie.counted and tie.carrier.tier < PARK and ties.acts_for(viewer, tie.carrier)
        for tie in ties.all_of(firm)
    )
