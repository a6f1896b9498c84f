"""近 N 年 and terms of so many months on their very day, one day before and one day after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.carriers.models import Carrier
from app.core.days import add_months, months_between
from app.core.db import session, write
from app.criteria.interval import MONTH
from app.criteria.moments import first_within, last_elapsed
from app.criteria.queries import assess_many
from app.criteria.service import assess
from app.firms.models import Attestation, Firm, Milestone, Place, Residency
from tests.criteria.conftest import ACTOR, TODAY, money

Enter = Callable[..., int]
Days = st.dates(dt.date(1996, 1, 1), dt.date(2090, 12, 31))
ONE = dt.timedelta(days=1)
#: rule, clause, months, what happened on a day, whether the clause is met by it
HAPPENED: list[tuple[str, str, int, Callable[[dt.date], dict[str, Any]], bool]] = [
    ("innovative_sme", "I-2d", 36,
     lambda on: money(investor="venture", amount=500_000_000, day=on, received_on=on), True),
    ("specialised_sme", "B-3b", 24,
     lambda on: money(investor="venture", amount=2_000_000_000, day=on, received_on=on), True),
    ("innovative_sme", "I-2a", 36,
     lambda on: {"kind": "award", "day": on, "level": "provincial", "rank": 9}, True),
    ("tech_sme", "8-2", 60,
     lambda on: {"kind": "award", "day": on, "level": "national", "rank": 3}, True),
    ("tech_sme", "8-4", 60,
     lambda on: {"kind": "standard", "day": on, "level": "industry", "rank": 5}, True),
    ("little_giant", "G-8a", 36,
     lambda on: {"kind": "incident", "day": on, "incident": "safety", "serious": True}, False),
    ("incubator.near_graduate", "N-2", 12,
     lambda on: {"kind": "recognition", "day": on, "title": "hnte", "announced_on": on}, True),
    ("incubator.graduation", "9-1", 36,
     lambda on: {"kind": "recognition", "day": on, "title": "hnte", "issued_on": on}, True),
    ("little_giant", "G-1a", 36,
     lambda on: {"kind": "recognition", "day": on, "title": "specialised_sme", "issued_on": on},
     True),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "clause", "months", "row", "met"), HAPPENED)
def test_the_anniversary_counts_and_the_day_before_it_does_not(
    firm: Firm, enter: Enter, rule: str, clause: str, months: int,
    row: Callable[[dt.date], dict[str, Any]], met: bool,
) -> None:  # fmt: skip
    enter(Attestation, kind=None, starts=None, ends=TODAY)
    enter(Milestone, **{"verification": "carrier"} | row(add_months(TODAY, -months)))
    said = {
        off: next(
            f.outcome.value for f in assess(rule, firm.id, TODAY + off * ONE).findings
            if f.clause == clause
        )
        for off in (-1, 0, 1)
    }  # fmt: skip
    inside, outside = ("met", "not_met") if met else ("not_met", "met")
    assert said == {-1: inside, 0: inside, 1: outside}


def test_an_incident_365_days_before_counts_and_one_366_days_before_does_not(
    firm: Firm, enter: Enter
) -> None:
    enter(Attestation, kind=None, starts=None, ends=TODAY)
    happened = TODAY - 365 * ONE
    enter(
        Milestone, kind="incident", day=happened, incident="quality", serious=True,
        verification="carrier",
    )  # fmt: skip

    def said(day: dt.date) -> str:
        (one,) = [f for f in assess("hnte", firm.id, day).findings if f.clause == "11-8"]
        return one.outcome.value

    assert (said(TODAY), said(TODAY + ONE)) == ("not_met", "met")


@given(Days, st.integers(0, 72), st.integers(-40, 40))
def test_a_term_runs_from_its_first_day_to_the_same_day_of_its_last_month(
    day: dt.date, months: int, off: int
) -> None:
    began = add_months(day, -months) + off * ONE
    runs_to = add_months(began, months)
    assert (began >= first_within(day, months)) is (runs_to >= day)
    assert (began <= last_elapsed(day, months)) is (runs_to <= day)


@pytest.mark.parametrize(
    ("began", "months", "last"),
    [
        (dt.date(2023, 11, 24), 36, dt.date(2026, 11, 24)),
        (dt.date(2024, 2, 29), 36, dt.date(2027, 2, 28)),
        (dt.date(2021, 2, 28), 36, dt.date(2024, 2, 28)),
        (dt.date(2025, 8, 31), 6, dt.date(2026, 2, 28)),
    ],
)
def test_the_last_day_of_a_term(began: dt.date, months: int, last: dt.date) -> None:
    assert first_within(last, months) <= began < first_within(last + ONE, months)


#: founded on, months that a clause asks for, the first day on which they are full
FULL = [
    ("2024-02-29", 36, "2027-02-28"), ("2020-02-29", 36, "2023-02-28"),
    ("2023-02-28", 36, "2026-02-28"), ("2025-02-28", 36, "2028-02-28"),
    ("2025-08-31", 6, "2026-02-28"), ("2025-08-29", 6, "2026-02-28"),
    ("2025-12-31", 6, "2026-06-30"), ("2025-08-30", 6, "2026-02-28"),
]  # fmt: skip


@pytest.mark.parametrize(("founded", "months", "full"), FULL)
def test_months_are_full_with_the_anniversary_or_the_last_day_of_its_month(
    firm: Firm, house: Carrier, founded: str, months: int, full: str
) -> None:
    """Founded on a day that the month does not have, its last day is the anniversary (民法典
    第二百零二条): the same day by columns in SQL and by bounds in Python."""
    born, on = dt.date.fromisoformat(founded), dt.date.fromisoformat(full)
    rule, clause, one = ("sh_tech_giant", "7-1", firm.id)
    if months == 6:
        rule, clause, one = ("carrier.pudong_incubator", "L-5", house.id)
    with write("test:born", actor=ACTOR):
        firm.founded_on = house.founded_on = born
        session.add(Place(firm_id=firm.id, kind="registered", district="310115", starts=born))

    def said(day: dt.date) -> str:
        findings = assess_many(rule, [one], day)[one].findings
        return next(f.outcome.value for f in findings if f.clause == clause)

    assert [said(on + off * ONE) for off in (-1, 0, 1)] == ["not_met", "met", "met"]
    assert last_elapsed(on, months) >= born > last_elapsed(on - ONE, months)
    assert months_between(born, on) == months
    assert months_between(born, on - ONE) == months - 1


#: founded on, months up to which an entry is allowed, the last day of them
ENTRY = [
    ("2024-02-29", "2026-02-28"), ("2023-02-28", "2025-02-28"), ("2022-02-28", "2024-02-28"),
    ("2024-01-31", "2026-01-31"), ("2023-05-04", "2025-05-04"),
]  # fmt: skip


@pytest.mark.parametrize(("founded", "last"), ENTRY)
def test_age_at_entry_is_full_with_the_anniversary_or_the_last_day_of_its_month(
    firm: Firm, founded: str, last: str
) -> None:
    """24 months on their last day, of which a leap day's anniversary is one; more a day later."""
    born, on = dt.date.fromisoformat(founded), dt.date.fromisoformat(last)
    tie = session.scalars(select(Residency).where(Residency.firm_id == firm.id)).one()

    def said(entry: dt.date) -> tuple[str, int]:
        with write("test:enter", actor=ACTOR):
            firm.founded_on, tie.starts, tie.incubated_on = born, entry, None
        findings = assess("incubator.incubatee", firm.id, TODAY).findings
        found = next(f for f in findings if f.clause == "8-2b")
        return found.outcome.value, (found.low or 0) // MONTH

    assert [said(on + off * ONE) for off in (-1, 0, 1)] == [
        ("met", 23), ("met", 24), ("not_met", 24),
    ]  # fmt: skip
