"""The engine against a second implementation, on random firms at the boundaries of the law.

Whoever changes a rule changes ``oracle_rules.py`` from the regulation, not from the engine.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Mapping

import pytest
from flask import Flask

from app.criteria.queries import assess_many, in_force, plan
from tests.criteria.oracle_firms import Maker
from tests.criteria.oracle_rules import Told
from tests.criteria.oracle_sme import giant, giant_of_2025, specialised
from tests.criteria.oracle_store import (
    Key,
    amend,
    as_told,
    carriers,
    difference,
    ids_of,
    judged,
    stays,
    store,
    told,
)

#: 680号's last day, and the first on which last year's figures are due
DAYS = (dt.date(2018, 12, 31), dt.date(2026, 4, 30))
#: 300号's first day, the day before figures are due, a leap day, and the end of a February without
MORE = (dt.date(2019, 1, 1), dt.date(2026, 4, 29), dt.date(2028, 2, 29), dt.date(2027, 2, 28))
#: clauses on what the register always says
KNOWN = {
    ("incubator.clock", "C-1"), ("incubator.clock", "C-2"), ("incubator.incubatee", "8-3"),
    ("incubator.incubatee", "8-3a"), ("incubator.incubatee", "8-3b"), ("tech_sme", "6-1"),
}  # fmt: skip


def agree(mine: Mapping[Key, Told], theirs: Mapping[Key, Told]) -> None:
    """Fail with each kind of difference (oracle / engine), how often, and one firm."""
    assert set(mine) == set(theirs)
    wrong: Counter[str] = Counter()
    first: dict[str, int] = {}
    for (rule, firm), answer in mine.items():
        bad = difference(answer, theirs[rule, firm])
        if bad:
            wrong[f"{rule}: {bad}"] += 1
            first.setdefault(f"{rule}: {bad}", firm)
    lines = [f"{count} × {what}, such as firm {first[what]}" for what, count in wrong.most_common()]
    assert not wrong, "\n".join(lines[:60])


def population(seed: int, firms: int, days: tuple[dt.date, ...]) -> None:
    """Firms around each of the days, judged on all of them; every clause was met by some, not met
    by some, and unknown for some."""
    maker = Maker(seed, carriers())
    records = maker.firms(firms, days)
    store(records)
    outcomes: Counter[str] = Counter()
    seen: dict[tuple[str, str], set[str]] = {}
    for day in days:
        mine = told(records, day)
        agree(mine, judged(day, records))
        outcomes.update(one.outcome for one in mine.values())
        for (rule, _firm), one in mine.items():
            for clause, outcome in one.clauses.items():
                seen.setdefault((rule, clause), set()).add(outcome)
    ways = {"met", "not_met", "unknown"}
    assert {key for key, outcomes_of in seen.items() if not ways <= outcomes_of} <= KNOWN
    assert min(outcomes[o] for o in ("met", "not_met", "unknown", "not_applicable")) > firms / 10


def test_engine_and_oracle_agree(app: Flask, rules: None) -> None:
    population(3, 2_000, DAYS)


def test_they_agree_on_the_last_day_of_the_former_tiers(app: Flask, rules: None) -> None:
    day = dt.date(2026, 3, 31)
    records = Maker(7, carriers()).firms(120, (day,))
    store(records)
    agree(told(records, day), judged(day, records))


def test_they_agree_on_reviews(app: Flask, rules: None) -> None:
    days = (dt.date(2026, 11, 24), dt.date(2027, 1, 1))
    maker = Maker(8, carriers())
    records = maker.firms(100, days)
    store(records)
    for day in days:
        for rule, told_of in (("little_giant", giant), ("specialised_sme", specialised)):
            mine = {(rule, rec.firm["id"]): told_of(rec, day, "review") for rec in records}
            asked = assess_many(rule, ids_of(records), day, kind="review")
            agree(mine, {(rule, firm): as_told(one) for firm, one in asked.items()})


def test_they_agree_on_a_round_with_its_own_thresholds(app: Flask, rules: None) -> None:
    day = dt.date(2025, 4, 30)
    records = Maker(9, carriers()).firms(100, (day,))
    store(records)
    for kind in ("new", "review"):
        mine = {("giant", r.firm["id"]): giant_of_2025(r, day, kind) for r in records}
        asked = assess_many("little_giant", ids_of(records), day, kind=kind, cycle="2025")
        agree(mine, {("giant", firm): as_told(one) for firm, one in asked.items()})
    (general,) = plan(["little_giant"], day).roots
    (of_round,) = plan(["little_giant"], day, cycle="2025").roots
    (of_another,) = plan(["little_giant"], day, cycle="2024").roots
    assert (general.number, of_round.number, of_another.number) == (1, 3, 1)


def test_they_agree_where_february_has_no_anniversary(app: Flask, rules: None) -> None:
    """Firms founded on 29 February are three years old on 28 February, for both."""
    day = dt.date(2027, 2, 28)
    records = Maker(14, carriers()).firms(150, (day,))
    leap = [r for r in records if r.firm["founded_on"] == dt.date(2024, 2, 29)]
    assert len(leap) > 5
    store(records)
    mine = told(records, day)
    agree(mine, judged(day, records))
    assert all(mine["sh_tech_giant", r.firm["id"]].clauses["7-1"] != "not_met" for r in leap)


@pytest.mark.soak
def test_engine_and_oracle_agree_on_many(app: Flask, rules: None) -> None:
    """One part of the soak: other firms in each, drawn from its number."""
    part, firms = (int(os.environ.get(name, "0")) for name in ("SOAK_PART", "SOAK_SIZE"))
    population(20 + part, firms or 4_000, MORE)


@pytest.mark.soak
def test_engine_and_oracle_agree_on_the_two_days(app: Flask, rules: None) -> None:
    population(12, 2_000, DAYS)


def test_what_was_known_before_is_judged_as_before(app: Flask, rules: None) -> None:
    day = dt.date(2028, 2, 29)
    maker = Maker(11, carriers())
    before = maker.firms(120, (day,))
    cut = store(before)
    after = amend(maker, before, day)
    assert sum(a != b for a, b in zip(before, after, strict=True)) > 40
    agree(told(after, day), judged(day, after))
    past = {
        (rule, firm): as_told(found)
        for rule in in_force(day)
        for firm, found in assess_many(rule, ids_of(before), day, cut=cut).items()
    }
    agree(told(before, day), past)
    listed = {rec.firm["id"] for rec in before if stays(rec, day)}
    assert 0 < len(listed) < len(before)
    for rule in in_force(day):
        every = assess_many(rule, None, day, cut=cut)
        assert set(every) == listed
        agree(
            {(rule, firm): as_told(one) for firm, one in every.items()},
            {(rule, firm): past[rule, firm] for firm in listed},
        )
