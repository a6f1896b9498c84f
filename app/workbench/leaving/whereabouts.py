"""去向待查: firms that left a carrier and of which nobody has said where they went."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from app.carriers.models import Carrier
from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.core.kept import kept
from app.firms.models import Destination, Firm, LeaveReason, Residency
from app.firms.queries.scope import sees_all
from app.pipeline.models import Graduation
from app.pipeline.queries.chain import own_carriers
from app.pipeline.stage import EFFECTIVE


@dataclass(frozen=True)
class Leaver:
    """A firm that left, by its last tie; `told`: what was said of where it went, if anything."""

    pid: str
    name: str
    carrier: str
    carrier_pid: str
    left: dt.date
    reason: LeaveReason | None
    told: Destination | None


def applies(viewer: AnyViewer) -> bool:
    """Whether the viewer answers for leavers: of carriers of their own, or of the district."""
    return viewer.may(Permission.RESIDENCY_MOVE) or viewer.may(Permission.TRANSFER_DECIDE)


def rows(viewer: AnyViewer, day: dt.date) -> list[Leaver]:
    """Leavers to be found, by their last carrier, the latest departure first.

    A firm is on the list while its last counted tie has ended, no other runs, and neither the
    tie nor its graduation names a destination. A firm that closed has ended, not gone.
    The rail, the to-dos and the page ask for the same, so it is kept.
    """
    return list(kept(("leavers", viewer, day), lambda: _rows(viewer, day)))


def _rows(viewer: AnyViewer, day: dt.date) -> list[Leaver]:
    later = aliased(Residency)
    told = func.coalesce(Residency.destination, Graduation.destination)
    statement = (
        select(
            Firm.pid, Firm.short_name, Carrier.short_name.label("carrier"),
            Carrier.pid.label("carrier_pid"), Residency.ends, Residency.leave_reason,
            told.label("told"),
        )
        .join(Firm, Firm.id == Residency.firm_id)
        .join(Carrier, Carrier.id == Residency.carrier_id)
        .outerjoin(
            Graduation,
            (Graduation.firm_id == Residency.firm_id) & Graduation.state.in_(EFFECTIVE),
        )
        .where(
            Residency.counted,
            Residency.ends <= day,
            or_(told.is_(None), told == Destination.UNKNOWN),
            Firm.merged_into_id.is_(None),
            Firm.closed_on.is_(None),
            ~select(later.id)
            .where(
                later.firm_id == Residency.firm_id, later.counted,
                later.starts > Residency.starts, later.starts <= day,
            )
            .exists(),
        )
        .order_by(Carrier.sort_key, Carrier.id, Residency.ends.desc(), Firm.sort_key, Firm.id)
    )  # fmt: skip
    if not sees_all(viewer):
        statement = statement.where(Residency.carrier_id.in_(own_carriers(viewer)))
    return [
        Leaver(
            row.pid, row.short_name, row.carrier, row.carrier_pid, row.ends, row.leave_reason,
            row.told,
        )
        for row in session.execute(statement)
    ]  # fmt: skip


def by_carrier(found: list[Leaver]) -> dict[str, list[Leaver]]:
    """The same by the name of the carrier, in its order."""
    held: dict[str, list[Leaver]] = {}
    for one in found:
        held.setdefault(one.carrier, []).append(one)
    return held
