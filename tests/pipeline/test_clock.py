"""期限 and the rule on it are one clock: it turns the day after the limit, whatever the history."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.carriers.models import Carrier
from app.core.access import System
from app.core.days import add_months, day_by_ord, month_ord
from app.core.db import last_revision, session, write
from app.criteria import service as rulebook
from app.criteria import verdicts
from app.criteria.models import Outcome, Verdict
from app.criteria.queries import assess, version_of
from app.criteria.subjects import SUBJECTS
from app.firms import service
from app.firms.models import Firm, LeaveReason, LinkKind, Residency, ResidencyKind, Route
from app.pipeline import clock
from tests.factories.carriers import ACTOR, make_carrier
from tests.factories.firms import TODAY, make_firm

RULE = "incubator.clock"
JANUARY = dt.date(2020, 1, 31)
LEFT = (LeaveReason.TRANSFER, LeaveReason.NOT_GRADUATED, LeaveReason.GRADUATED)


@dataclass(frozen=True)
class Told:
    """Days of a stay, days until the next one, and how it ended."""

    length: int
    gap: int
    left: LeaveReason


@dataclass(frozen=True)
class History:
    """Former stays of the firm and of a predecessor, what passes on, the field, an extension."""

    first: dt.date
    own: tuple[Told, ...]
    older: tuple[Told, ...]
    passes: bool
    special: bool
    extended: int


told = st.builds(
    Told, st.integers(1, 400), st.one_of(st.just(0), st.integers(1, 200)), st.sampled_from(LEFT)
)
histories = st.builds(
    History,
    st.dates(dt.date(2019, 1, 1), dt.date(2022, 12, 31)),
    st.lists(told, max_size=3).map(tuple),
    st.lists(told, max_size=2).map(tuple),
    st.booleans(), st.booleans(), st.sampled_from((0, 0, 1, 400)),
)  # fmt: skip


@pytest.fixture
def houses(rules: None) -> tuple[Carrier, Carrier]:
    """Two incubators under the shipped rule book."""
    return make_carrier(), make_carrier()


def stay(firm: Firm, house: Carrier, starts: dt.date, **more: Any) -> Residency:
    """A counted stay, wound as the chain does. Inside `write()`."""
    tie = Residency(
        firm_id=firm.id, carrier_id=house.id, kind=ResidencyKind.ON_SITE, counted=True,
        route=Route.ADMITTED, starts=starts, **more,
    )  # fmt: skip
    clock.wind(firm, tie, TODAY)
    session.add(tie)
    session.flush()
    return tie


def live(
    firm: Firm, houses: tuple[Carrier, Carrier], begin: dt.date, past: tuple[Told, ...]
) -> Any:
    """Former stays in turn; returns the day on which the next one begins. Inside `write()`."""
    for n, one in enumerate(past):
        ends = begin + dt.timedelta(one.length)
        stay(firm, houses[n % len(houses)], begin, ends=ends, leave_reason=one.left)
        begin = ends + dt.timedelta(one.gap)
    return begin


def outcome(firm: Firm, day: dt.date) -> Outcome:
    return assess(RULE, firm.id, day).outcome


def shown(firm: Firm, tie_id: int, day: dt.date, months: int | None) -> None:
    """Pages turn with the rule: within the months on the last day, past them on the next."""
    tie = session.get_one(Residency, tie_id)
    read = [
        clock.readings([(tie, firm.incubation_field)], at)[firm.id]
        for at in (day, day + dt.timedelta(1))
    ]
    if months is not None and not tie.extended_to:
        assert [one.allowed for one in read] == [months, months]
        assert read[0].used <= months <= read[1].used
        assert read[0].month(day) <= months < read[1].month(day + dt.timedelta(1))


@given(histories)
@example(History(dt.date(2020, 2, 29), (), (), False, False, 0))
@example(History(JANUARY, (Told(1, 40, LEFT[1]), Told(60, 0, LEFT[0])), (), False, True, 1))
@example(History(JANUARY, (Told(90, 9, LEFT[2]),), (Told(400, 0, LEFT[0]),), True, False, 0))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_rule_turns_the_day_after_the_limit(
    houses: tuple[Carrier, Carrier], made: History
) -> None:
    older = make_firm()
    firm = make_firm(incubation_field="ic" if made.special else None)
    with write("test:history", actor=ACTOR):
        begin = live(older, houses, made.first, made.older)
        entry = live(firm, houses, begin, made.own)
        tie = stay(firm, houses[-1], entry)
    if made.older:
        with write("firm:link", actor=ACTOR):
            service.link_firms(
                actor=ACTOR, today=TODAY, older=older, newer=firm, kind=LinkKind.SUCCESSION,
                day=begin, clock_passes=made.passes,
            )  # fmt: skip
    limit = session.get_one(Residency, tie.id).limit_on
    assert limit is not None
    last = limit
    if made.extended:
        last = max(limit, entry) + dt.timedelta(made.extended)
        with write("test:extend", actor=ACTOR):
            session.get_one(Residency, tie.id).extended_to = last
    if last >= entry:
        assert outcome(firm, last) is Outcome.MET
    assert outcome(firm, max(last + dt.timedelta(1), entry)) is Outcome.NOT_MET

    months = 60 if made.special else 48
    shown(firm, tie.id, max(limit, entry), months if limit >= entry else None)
    past = (made.older if made.passes else ()) + made.own
    anew = bool(past) and past[-1].left is LeaveReason.GRADUATED
    if anew or not past:
        assert limit == add_months(entry, months)
    elif all(one.gap == 0 and one.left is not LeaveReason.GRADUATED for one in past):
        first = made.first if made.passes or not made.older else begin
        assert limit == add_months(first, months)
    else:
        assert limit < add_months(entry, months)


def test_link_and_predecessor_wind_and_judge_the_successor_at_once(
    houses: tuple[Carrier, Carrier],
) -> None:
    older, firm = make_firm(), make_firm()
    with write("test:history", actor=ACTOR):
        stay(older, houses[0], dt.date(2019, 3, 1), ends=dt.date(2023, 3, 1))
        tie = stay(firm, houses[1], dt.date(2025, 1, 10))

    def kept() -> tuple[Any, Any]:
        session.rollback()
        verdict = session.scalars(
            select(Verdict.outcome).where(
                Verdict.subject_id == firm.id,
                Verdict.standard_id == version_of(RULE, TODAY).id,
            )
        ).one()
        return session.get_one(Residency, tie.id).limit_on, verdict

    assert kept() == (dt.date(2029, 1, 10), Outcome.MET)
    with write("firm:link", actor=ACTOR):
        link = service.link_firms(
            actor=ACTOR, today=TODAY, older=older, newer=firm, kind=LinkKind.SUCCESSION,
            day=dt.date(2025, 1, 10), clock_passes=True,
        )  # fmt: skip
    assert kept() == (dt.date(2025, 1, 10), Outcome.NOT_MET)
    with write("test:correct", actor=ACTOR):
        former = session.scalars(select(Residency).where(Residency.firm_id == older.id)).one()
        former.ends = dt.date(2020, 3, 1)
    assert kept() == (dt.date(2028, 1, 10), Outcome.MET)
    with write("firm:field", actor=ACTOR):
        session.get_one(Firm, firm.id).incubation_field = "ic"
    assert kept() == (dt.date(2029, 1, 10), Outcome.MET)
    with write("firm:unlink", actor=ACTOR):
        session.delete(session.merge(link))
    assert kept() == (dt.date(2030, 1, 10), Outcome.MET)


def test_a_new_version_of_the_clock_winds_every_limit_anew(
    app: Flask, houses: tuple[Carrier, Carrier], tmp_path: Path
) -> None:
    firm, chip = make_firm(), make_firm(incubation_field="ic")
    with write("test:history", actor=ACTOR):
        ties = [stay(one, houses[0], dt.date(2024, 1, 10)).id for one in (firm, chip)]
    verdicts.judge_all(TODAY, actor=ACTOR)
    text = (rulebook.STANDARDS / "clock.yaml").read_text("utf-8")
    day = TODAY + dt.timedelta(1)
    file = tmp_path / "clock.yaml"
    file.write_text(
        text.replace("48 个月", "36 个月").replace("2019-01-01", day.isoformat()), "utf-8"
    )
    with write("standard:load", actor=ACTOR):
        draft = rulebook.load_draft(actor=System("author"), today=TODAY, path=file)
        assert draft is not None
        rulebook.approve(actor=ACTOR, today=TODAY, standard=draft)

    def limits() -> list[dt.date | None]:
        session.rollback()
        return [session.get_one(Residency, one).limit_on for one in ties]

    before = [dt.date(2028, 1, 10), dt.date(2029, 1, 10)]
    verdicts.judge_all(TODAY, actor=ACTOR)
    assert limits() == before
    app.config["TODAY"] = day
    verdicts.judge_all(day, actor=ACTOR)
    assert limits() == [dt.date(2027, 1, 10), before[1]]
    revision = last_revision()
    verdicts.judge_all(day, actor=ACTOR)
    assert last_revision() == revision + len(SUBJECTS)  # the judging alone


@given(st.dates(dt.date(1991, 1, 1), dt.date(2099, 12, 31)), st.integers(-600, 600))
def test_months_added_and_months_counted_agree(day: dt.date, months: int) -> None:
    assert day_by_ord(month_ord(day)) == day
    assert day_by_ord(month_ord(day) + 32 * months) == add_months(day, months)
