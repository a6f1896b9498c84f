"""The plan's baselines and goals beside what is so; stock and flow are kept apart."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from app.core.db import session
from app.statistics.models import OutsideFigure, Target, TargetSet
from app.statistics.queries.figures import Desk, Figure

#: Goal → the register's indicator that counts it.
COUNTED = {
    "incubators": "K-01",
    "accelerators": "K-02",
    "incubators_accelerators": "K-04",
    "parks": "K-03",
}
#: Goal of the whole district → the same among the carriers' firms (其中载体内), stock or flow.
WITHIN = {"hnte_new": "H-02", "hnte_valid": "H-03"}
#: Flows whose goal is a yearly average over the plan's years.
AVERAGED = ("hnte_new",)
#: Targets and outside figures are kept in hundredths of their unit.
HUNDREDTHS = 100


@dataclass(frozen=True)
class Outside:
    """A value told from outside this system."""

    day: dt.date
    value: Fraction
    source: str


@dataclass(frozen=True)
class Goal:
    """One line of the plan with its actual value."""

    target: Any
    baseline: Fraction | None
    goal: Fraction | None
    counted: Figure | None = None
    outside: Outside | None = None
    #: how many whole years an average is made of; 0 for no average
    years: int = 0
    average: Fraction | None = None
    within: Figure | None = None

    @property
    def actual(self) -> Fraction | None:
        """What stands against the goal."""
        if self.counted is not None:
            return Fraction(self.counted.value)
        if self.average is not None:
            return self.average
        return self.outside.value if self.outside else None

    @property
    def done(self) -> Fraction | None:
        """完成率."""
        if self.actual is None or not self.goal:
            return None
        return self.actual / self.goal

    @property
    def reached(self) -> bool | None:
        """Whether the goal is passed; 超过 is strict, equal is not enough."""
        if self.actual is None or self.goal is None:
            return None
        return self.actual > self.goal if self.target.strict else self.actual >= self.goal


def part(value: int | None) -> Fraction | None:
    """A value kept in hundredths."""
    return None if value is None else Fraction(value, HUNDREDTHS)


def outside_figures(desk: Desk) -> dict[str, list[Outside]]:
    """Values from outside up to the day, oldest first, per goal."""
    f = desk.asof.at(OutsideFigure, "outside_", "id indicator day value source").c
    statement = (
        select(f.indicator, f.day, f.value, f.source)
        .where(f.day <= desk.asof.day)
        .order_by(f.indicator, f.day)
    )
    found: dict[str, list[Outside]] = {}
    for row in session.execute(statement):
        told = Outside(row.day, Fraction(row.value, HUNDREDTHS), row.source)
        found.setdefault(row.indicator, []).append(told)
    return found


def latest_of_year(told: list[Outside], year: int) -> Outside | None:
    """The last value told within a year: of a flow, the year to date."""
    return next((one for one in reversed(told) if one.day.year == year), None)


def _year_ends(told: list[Outside], first: dt.date, until: dt.date) -> list[Fraction]:
    """Values of whole years [first, until)."""
    return [
        one.value
        for one in told
        if first <= one.day < until and (one.day.month, one.day.day) == (12, 31)
    ]


def _sets(desk: Desk) -> list[Any]:
    names = "id code zh en source starts ends"
    sets = desk.asof.at(TargetSet, "set_", names).c
    wanted = select(*(sets[name] for name in names.split()))
    return list(session.execute(wanted.order_by(sets.starts, sets.code)).all())


def plan(desk: Desk) -> list[tuple[Any, list[Goal]]]:
    """Sets of targets with their goals, in order."""
    targets, told = _targets(desk), outside_figures(desk)
    return [
        (one, [_goal(desk, one, target, told.get(target.indicator, [])) for target in targets
               if target.set_code == one.code])
        for one in _sets(desk)
    ]  # fmt: skip


def _targets(desk: Desk) -> list[Any]:
    names = (
        "set_code indicator zh en unit measure baseline baseline_on goal strict clause remark "
        "position id"
    )
    t = desk.asof.at(Target, "target_", names).c
    statement = select(*(t[name] for name in names.split())).order_by(t.position, t.id)
    return list(session.execute(statement).all())


def _goal(desk: Desk, of: Any, target: Any, told: list[Outside]) -> Goal:
    given: dict[str, Any] = {
        "target": target, "baseline": part(target.baseline), "goal": part(target.goal),
    }  # fmt: skip
    code = COUNTED.get(target.indicator)
    if code:
        return Goal(counted=desk.count(code), **given)
    within = WITHIN.get(target.indicator)
    if within:
        year = {"year": str(desk.asof.year)} if target.measure == "flow" else {}
        given["within"] = desk.count(within, **year)
    given |= _average(of, target, told)
    return Goal(outside=told[-1] if told else None, **given)


def _average(of: Any, target: Any, told: list[Outside]) -> dict[str, Any]:
    """The yearly average over the whole years of the plan, where the goal is one."""
    whole = _year_ends(told, of.starts, of.ends) if target.indicator in AVERAGED else []
    return {"years": len(whole), "average": sum(whole, Fraction(0)) / len(whole)} if whole else {}


@dataclass(frozen=True)
class DistrictFlow:
    """A flow of the whole district: the year so far, and the yearly average with its goal."""

    told: Outside | None = None
    goal: Goal | None = None


def district_flow(desk: Desk, indicator: str) -> DistrictFlow:
    """What official lists say of a flow; the average and its goal are those of `plan`."""
    if not desk.scope.whole:
        return DistrictFlow()
    told, sets = outside_figures(desk).get(indicator, []), {one.code: one for one in _sets(desk)}
    goals_ = [
        Goal(target=t, baseline=part(t.baseline), goal=part(t.goal),
             **_average(sets[t.set_code], t, told))
        for t in _targets(desk)
        if t.indicator == indicator and t.goal
    ]  # fmt: skip
    return DistrictFlow(latest_of_year(told, desk.asof.year), goals_[0] if goals_ else None)


def goals(desk: Desk, *indicators: str) -> dict[str, Fraction]:
    """Goals by indicator, for the pages that show them beside a figure."""
    return {
        t.indicator: Fraction(t.goal, HUNDREDTHS)
        for t in _targets(desk)
        if t.indicator in indicators and t.goal
    }
