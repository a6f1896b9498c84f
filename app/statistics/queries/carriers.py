"""Incubators side by side: three years, rates with intervals, no rank for small ones."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, case, func, literal, not_, or_, select

from app.carriers.models import INCUBATOR, Carrier, CarrierType, ReturnState
from app.core.db import session
from app.core.db.spans import days_between
from app.statistics.asof import Count
from app.statistics.ground import SERVED_FORMS, SERVED_TIES, Ground
from app.statistics.indicators import Standing
from app.statistics.intervals import Interval, rate
from app.statistics.joined import heirs
from app.statistics.queries.cubes import Cube, entered, graduated, returns, standing
from app.statistics.queries.figures import Desk, Figure

YEARS = 3
#: A carrier that held fewer firms than this on average is not compared (样本不足).
ENOUGH = 10
NAMED = "id pid short_name sort_key tier type"


@dataclass(frozen=True)
class CarrierLine:
    """One incubator (or all of them) over the window."""

    pid: str | None
    name: str
    type: CarrierType | None
    sector: str | None
    inside: Figure
    entered: Figure
    graduated: Figure
    exposure: Fraction
    rate: tuple[Fraction, Interval] | None
    sheet: ReturnState | None = None
    due: bool = False

    @property
    def weak(self) -> bool:
        """Whether the sample is too small to compare."""
        return self.exposure < ENOUGH * YEARS


@dataclass(frozen=True)
class Comparison:
    """All lines, the best measured first and the small ones last, and the sum."""

    since: dt.date
    lines: list[CarrierLine]
    total: CarrierLine

    @property
    def weak(self) -> int:
        """How many are too small to compare."""
        return sum(line.weak for line in self.lines)


def spells(desk: Desk, since: dt.date) -> Select[Any]:
    """Days inside from a day to the question's day: (carrier_id, begins, ends) of each tie.

    A firm is inside from the day it is a firm until it leaves or graduates.
    """
    ground = Ground(desk.asof)
    until = desk.asof.day + dt.timedelta(days=1)
    tie, held, firm = ground.ties, ground.holding(), ground.firm.c
    begins: ColumnElement[Any] = case(
        (firm.founded_on > tie.c.starts, firm.founded_on), else_=tie.c.starts
    )
    ends: ColumnElement[Any] = case(
        (held.c.graduated_on < func.coalesce(tie.c.ends, until), held.c.graduated_on),
        else_=func.coalesce(tie.c.ends, until),
    )
    return (
        select(
            tie.c.carrier_id,
            case((begins < since, literal(since, Date)), else_=begins).label("begins"),
            case((ends > until, literal(until, Date)), else_=ends).label("ends"),
        )
        .select_from(ground.firm.join(tie, tie.c.firm_id == firm.id))
        .outerjoin(held, held.c.firm_id == tie.c.firm_id)
        .where(ground.single, not_(ground.team), tie.c.tier == INCUBATOR)
        .where(tie.c.kind.not_in(SERVED_TIES), desk.scope.condition(tie.c))
        .where(or_(firm.legal_form.is_(None), firm.legal_form.not_in(SERVED_FORMS)))
        .where(or_(tie.c.ends.is_(None), tie.c.ends > since))
    )


def exposure(desk: Desk, since: dt.date) -> dict[int, Fraction]:
    """Firm-years of incubation per carrier over the window that ends with the question's day.

    A year is a third of the window of three years, so that leap days do not tilt it.
    """
    spell = spells(desk, since).subquery("spell").c
    inside = func.sum(days_between(spell.begins, spell.ends))
    statement = (
        select(spell.carrier_id, inside).where(spell.begins < spell.ends).group_by(spell.carrier_id)
    )
    window = (desk.asof.day - since).days + 1
    stands, found = heirs(desk.asof), dict[int, Fraction]()
    for carrier, days in session.execute(statement):
        key = stands.get(carrier, carrier)
        found[key] = found.get(key, Fraction(0)) + Fraction(int(days) * YEARS, window)
    return found


def compare(desk: Desk) -> Comparison:
    """Incubators of the viewer's scope that stood, took in or graduated anybody in the window."""
    since = desk.asof.window(YEARS)
    graduations = "G-01" if desk.asof.count is Count.VERIFIED else "G-02"
    span = {"since": since.isoformat()}

    def lately(made: Cube) -> Counter[Any]:
        return made.where("day", lambda day: day >= since).by("carrier_id")

    counts = {
        "inside": standing(desk).cut(standing=Standing.INCUBATING.value).by("carrier_id"),
        "entered": desk.held(("lately", since), lambda: lately(entered(desk))),
        "graduated": lately(graduated(desk, graduations)),
    }
    years = desk.held(("exposure", since), lambda: exposure(desk, since))
    sheets = _sheets(desk)

    def line(pid: str | None, key: int | None, **about: Any) -> CarrierLine:
        own = {"carrier": pid} if pid else {}

        def of(kind: str) -> int:
            held = counts[kind]
            return held[key] if key else sum(held.values())

        seen = years.get(key, Fraction(0)) if key else sum(years.values(), Fraction(0))
        graduated = desk.figure(graduations, of("graduated"), **span, **own)
        return CarrierLine(
            pid=pid,
            inside=desk.figure("S-01", of("inside"), **own),
            entered=desk.figure("F-01", of("entered"), **span, **own),
            graduated=graduated,
            exposure=seen,
            rate=rate(graduated.value, seen),
            **about,
        )

    counted = {*years, *(k for c in counts.values() for k in c)} - heirs(desk.asof).keys()
    shown = counted | sheets.keys()  # a predecessor that owes a return of its own stays a line
    lines = [
        line(
            row.pid, row.id, name=row.short_name, type=row.type, sector=row.lead,
            sheet=sheets.get(row.id), due=row.id in sheets,
        )
        for row in _incubators(desk, shown)
    ]  # fmt: skip
    lines.sort(key=lambda one: (one.weak, -(one.rate[0] if one.rate else 0), one.name))
    total = line(None, None, name="", type=None, sector=None)
    return Comparison(since, lines, total)


def _incubators(desk: Desk, wanted: set[int]) -> list[Any]:
    """Names of the incubators that have something to show."""
    carrier, ground = desk.asof.at(Carrier, "line_carrier", NAMED), Ground(desk.asof)
    c, placed = carrier.c, ground.carriers.c
    statement = (
        select(c.id, c.pid, c.short_name, c.type, placed.lead)
        .join(ground.carriers, placed.id == c.id)
        .where(c.tier == INCUBATOR)
        .order_by(c.sort_key, c.id)
    )
    return [row for row in session.execute(statement) if row.id in wanted]


def _sheets(desk: Desk) -> dict[int, ReturnState | None]:
    """State of the last quarter's return for each incubator that owes one."""
    return dict(returns(desk).columns("carrier_id", "state"))
