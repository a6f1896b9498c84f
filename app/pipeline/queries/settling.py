"""待安置: firms and teams counted at a carrier whose registration has ended or is about to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.carriers.models import Carrier
from app.core.db import session
from app.firms.models import Firm, Residency
from app.pipeline.models import TransferRequest, TransferState


def counted_at(carrier: Carrier, day: dt.date) -> list[Residency]:
    """Counted ties that run at a carrier on a day, by the firm's name."""
    statement = (
        select(Residency)
        .join(Firm, Firm.id == Residency.firm_id)
        .where(
            Residency.carrier_id == carrier.id, Residency.counted, Residency.starts <= day,
            or_(Residency.ends.is_(None), Residency.ends > day), Firm.merged_into_id.is_(None),
        )
        .options(joinedload(Residency.firm))
        .order_by(Firm.sort_key, Firm.id)
    )  # fmt: skip
    return list(session.scalars(statement))


def open_requests_of(ids: Iterable[int]) -> dict[int, list[TransferRequest]]:
    """firm id → requests to take it over that wait for an answer."""
    statement = select(TransferRequest).where(
        TransferRequest.firm_id.in_(sorted(ids)), TransferRequest.state == TransferState.OPEN
    )
    found: dict[int, list[TransferRequest]] = {}
    for row in session.scalars(statement.order_by(TransferRequest.id)):
        found.setdefault(row.firm_id, []).append(row)
    return found


def beside(carrier: Carrier, ids: Iterable[int], day: dt.date) -> dict[int, int]:
    """firm id → how many further ties it has at the carrier on the day."""
    statement = (
        select(Residency.firm_id, func.count())
        .where(
            Residency.firm_id.in_(sorted(ids)), Residency.carrier_id == carrier.id,
            Residency.counted.is_(False), Residency.starts < day,
            or_(Residency.ends.is_(None), Residency.ends > day),
        )
        .group_by(Residency.firm_id)
        .order_by(Residency.firm_id)
    )  # fmt: skip
    return {firm: number for firm, number in session.execute(statement)}  # noqa: C416 typed rows


def left_beside(day: dt.date | ColumnElement[dt.date]) -> ColumnElement[bool]:
    """Condition on Residency: a further tie that runs on a day, of a firm that does not count at
    its carrier, or does so no more."""
    other = aliased(Residency)
    counts = exists().where(
        other.firm_id == Residency.firm_id, other.carrier_id == Residency.carrier_id,
        other.counted, or_(other.ends.is_(None), other.ends > day),
    )  # fmt: skip
    runs = or_(Residency.ends.is_(None), Residency.ends > day)
    return and_(Residency.counted.is_(False), Residency.starts < day, runs, ~counts)


def ties_beside(ids: Iterable[int], day: dt.date) -> list[Residency]:
    """Such ties at some carriers."""
    statement = select(Residency).where(Residency.carrier_id.in_(sorted(ids)), left_beside(day))
    return list(session.scalars(statement.order_by(Residency.id)))
