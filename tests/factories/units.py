"""Units of a carrier, and who uses them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select

from app.carriers.models import Carrier, Site, Unit, UnitUse
from app.carriers.service.units import add_unit
from app.core.db import session, write
from app.firms.models import Firm, Occupancy
from app.firms.service import space
from tests.factories.carriers import ACTOR, START, numbers

TODAY = dt.date(2026, 11, 24)


def make_unit(carrier: Carrier, area: int = 20_000, **more: Any) -> Unit:
    """A unit of a carrier's first site, there since 2020; `area` in square decimetres. Writes."""
    held = select(Site).where(Site.carrier_id == carrier.id).order_by(Site.id).limit(1)
    if session.scalar(held.with_only_columns(Site.id)) is None:
        with write("test:site", actor=ACTOR):
            session.add(Site(carrier_id=carrier.id, name="主楼", address="1 号", starts=START))
    site = session.scalars(held).one()
    given = {
        "building": "1 号楼", "floor": 1, "number": f"{100 + next(numbers)}", "area_dm2": area,
        "uses": (UnitUse.OFFICE, UnitUse.RESEARCH), "starts": START,
    } | more  # fmt: skip
    with write("test:unit", actor=ACTOR):
        return add_unit(actor=ACTOR, today=TODAY, carrier=carrier, site=site, values=given)


def use(firm: Firm, unit: Unit, amount: int, since: str, until: str | None = None) -> Occupancy:
    """A firm uses an amount of a unit on days. Writes."""
    with write("test:use", actor=ACTOR):
        return space.occupy(
            actor=ACTOR, today=TODAY, firm=firm, unit=unit, amount=amount,
            starts=dt.date.fromisoformat(since),
            ends=dt.date.fromisoformat(until) if until else None,
        )  # fmt: skip
