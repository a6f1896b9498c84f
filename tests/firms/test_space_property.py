"""Random uses of two units against a count of every day by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from app.carriers.models import PARK, Unit
from app.core.db import session, write
from app.core.errors import DomainError
from app.firms.models import Firm, Occupancy
from app.firms.queries.space import Stock, stock
from app.firms.service import space
from tests.conftest import SOAKING
from tests.factories.carriers import ACTOR, make_carrier
from tests.factories.firms import make_firm
from tests.factories.units import make_unit

FIRST = dt.date(2026, 1, 1)
SPAN = 24
TOTAL = {"area": 200, "desks": 10}
#: what counts as free at least: a square metre, a desk
LEAST = {"area": 100, "desks": 1}
days = st.integers(0, SPAN - 1)
Step = tuple[str, str, int, int, int, int]
steps = st.lists(
    st.tuples(
        st.sampled_from(["occupy", "occupy", "occupy", "vacate", "resize", "void", "correct"]),
        st.sampled_from(sorted(TOTAL)), st.integers(0, 2), days, st.integers(1, SPAN),
        st.integers(1, 100),
    ),
    min_size=1, max_size=14,
)  # fmt: skip


@dataclass
class Held:
    """One use as the model keeps it: firm, first day, day after the last, amount."""

    firm: int
    starts: int
    ends: int
    amount: int

    def on(self, day: int) -> bool:
        return self.starts <= day < self.ends


class Model:
    """What is in use of each unit, day by day."""

    def __init__(self) -> None:
        self.held: dict[str, list[Held]] = {name: [] for name in TOTAL}

    def fits(self, unit: str, new: Held, old: Held | None = None) -> bool:
        others = [one for one in self.held[unit] if one is not old]
        if new.starts >= new.ends or not 0 < new.amount:
            return False
        for day in range(SPAN + 1):
            if new.on(day):
                if any(one.on(day) and one.firm == new.firm for one in others):
                    return False
                if sum(o.amount for o in others if o.on(day)) + new.amount > TOTAL[unit]:
                    return False
        return True

    def used(self, unit: str, day: int) -> int:
        return sum(one.amount for one in self.held[unit] if one.on(day))

    def vacant_since(self, unit: str, day: int) -> int | None:
        """The first day of the run of empty days that the day ends; -1: since the unit exists."""
        if self.used(unit, day):
            return None
        while day >= 0 and not self.used(unit, day):
            day -= 1
        return day + 1 if day >= 0 else -1

    def free_from(self, unit: str, day: int) -> int | None:
        for start in range(day, SPAN + 1):
            most = max(self.used(unit, later) for later in range(start, SPAN + 1))
            if TOTAL[unit] - most >= LEAST[unit]:
                return start
        return None


def at(day: int) -> dt.date:
    return FIRST + dt.timedelta(days=day)


def last(day: int) -> dt.date | None:
    """The end of a use; one that reaches the end of the span has none."""
    return None if day >= SPAN else at(day)


def row_of(unit: Unit, firm: Firm, held: Held) -> Occupancy:
    session.expire_all()
    return session.scalars(
        select(Occupancy).where(
            Occupancy.unit_id == unit.id, Occupancy.firm_id == firm.id,
            Occupancy.starts == at(held.starts),
        )
    ).one()  # fmt: skip


def apply(model: Model, units: dict[str, Unit], firms: list[Firm], step: Step) -> None:
    """Do a step on both; the services accept exactly what the model does."""
    act, name, who, day, length, amount = step
    unit, firm = units[name], firms[who]
    held, amount = model.held[name], max(amount * TOTAL[name] // 100, 1)
    mine = [one for one in held if one.firm == who]
    base: dict[str, Any] = {"actor": ACTOR, "today": FIRST}
    ends = min(day + length, SPAN + 1) if day + length < SPAN else SPAN + 1
    new = Held(who, day, ends, amount)
    if act != "occupy" and not mine:
        return
    old = mine[amount % len(mine)] if mine else new
    try:
        with write("test:step", actor=ACTOR):
            if act == "occupy":
                wanted = model.fits(name, new)
                space.occupy(
                    **base, firm=firm, unit=unit, amount=amount, starts=at(day), ends=last(ends)
                )
                held.append(new)
            elif act == "void":
                wanted = True
                space.void_occupancy(**base, row=row_of(unit, firm, old))
                held.remove(old)
            elif act == "vacate":
                wanted = old.starts < day < old.ends
                space.vacate(**base, row=row_of(unit, firm, old), on=at(day))
                old.ends = day
            elif act == "correct":
                wanted = model.fits(name, new, old)
                space.correct_occupancy(
                    **base,
                    row=row_of(unit, firm, old),
                    amount=amount,
                    starts=at(day),
                    ends=last(ends),
                )
                held[held.index(old)] = new
            else:
                part = Held(who, day, old.ends, amount)
                before = Held(who, old.starts, day, old.amount)
                rest = [one for one in held if one is not old]
                wanted = old.starts < day < old.ends and _fits_beside(model, name, rest, part)
                space.resize(**base, row=row_of(unit, firm, old), on=at(day), amount=amount)
                held[held.index(old)] = before
                held.append(part)
    except DomainError:
        assert not wanted, (step, "was refused")
        return
    assert wanted, (step, "was accepted")


def _fits_beside(model: Model, name: str, rest: list[Held], part: Held) -> bool:
    probe = Model()
    probe.held[name] = rest
    return probe.fits(name, part)


def check(model: Model, found: dict[int, Stock], units: dict[str, Unit], day: int) -> None:
    for name, unit in units.items():
        one = found[unit.id]
        since = model.vacant_since(name, day)
        free = model.free_from(name, day)
        assert one.used == model.used(name, day) <= TOTAL[name]
        assert one.vacant_since == (
            None if since is None else one.unit.starts if since < 0 else at(since)
        )
        assert one.free_from == (None if free is None else at(free))


def test_uses_never_exceed_a_unit_and_vacancy_is_right(app: Flask) -> None:
    park = make_carrier(tier=PARK)
    units = {
        "area": make_unit(park, TOTAL["area"]), "desks": make_unit(park, 999, desks=TOTAL["desks"]),
    }  # fmt: skip
    firms = [make_firm() for _ in range(3)]

    @settings(
        max_examples=400 if SOAKING else 40,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(steps)
    def run(made: list[Step]) -> None:
        with write("test:clear", actor=ACTOR):
            session.execute(delete(Occupancy))
        model = Model()
        for step in made:
            apply(model, units, firms, step)
        session.expire_all()
        for day in range(0, SPAN, 3):
            found = {one.unit.id: one for one in stock(ACTOR, at(day))}
            check(model, found, units, day)

    run()
