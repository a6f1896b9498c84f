"""A use of a room that ended before the firm arrived is a fact: no later write voids it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.carriers.models import PARK
from app.core.db import session
from app.firms.models import Occupancy, Residency
from app.firms.service import space
from app.pipeline import service
from tests.acting import do
from tests.factories.carriers import make_carrier
from tests.factories.firms import make_firm
from tests.factories.units import make_unit, use

BEFORE, LEFT, ARRIVED = dt.date(2026, 8, 20), dt.date(2026, 9, 2), dt.date(2026, 9, 3)


def vacate(row: Occupancy) -> None:
    do(space.vacate, row=row, on=LEFT)


def vacate_unit(row: Occupancy) -> None:
    do(space.vacate_unit, unit=row.unit, on=LEFT)


def correct(row: Occupancy) -> None:
    do(space.correct_occupancy, row=row, amount=row.amount, starts=BEFORE, ends=LEFT)


def resize(row: Occupancy) -> None:
    do(space.resize, row=row, on=LEFT, amount=row.amount // 2)


@pytest.mark.parametrize("end", [vacate, vacate_unit, correct, resize])
def test_it_stays_on_record_whatever_is_written_later(
    app: Flask, end: Callable[[Any], None]
) -> None:
    park, firm = make_carrier(tier=PARK), make_firm()
    use(firm, make_unit(park, 20_000), 20_000, BEFORE.isoformat())
    tie = do(service.land, firm=firm, carrier=park, arrived_on=ARRIVED)
    row = session.scalars(select(Occupancy)).one()
    assert row.tied
    end(row)
    do(
        service.correct_tie, tie=session.get_one(Residency, tie.id), rev=None, reason="录错",
        starts=ARRIVED + dt.timedelta(days=1),
    )  # fmt: skip
    session.expire_all()
    kept, *rest = session.scalars(select(Occupancy).order_by(Occupancy.starts)).all()
    assert [one.tied for one in rest] == ([True] if end is resize else [])
    assert (kept.starts, kept.ends, kept.own_ends, kept.tied) == (BEFORE, LEFT, LEFT, False)
