"""标准调整测算: equal numbers give the live result, others what the rule in the book would say."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from dataclasses import replace
from itertools import count

import pytest
from flask import Flask, g
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.core.db import session
from app.criteria.models import Verdict, VerdictChange
from app.criteria.plan import Version
from app.criteria.queries import assess, assess_many, book, forget_book, in_force, version_of
from app.criteria.trial import (
    CHANGES,
    DISPLAYS,
    GAINED,
    LOST,
    UNDECIDED,
    change,
    changed_version,
    compared,
    results,
)
from app.criteria.trial_form import numbers, trial_form
from tests.criteria.oracle_firms import Maker
from tests.criteria.oracle_store import carriers, store

DAY = dt.date(2026, 11, 24)
GRADUATION = "incubator.graduation"
MONEY, RUN = "p__condition__any__1__gt", "p__condition__any__2__gt"
ROWS = count(90_000)
RULES = (GRADUATION, "hnte", "tech_sme", "accelerator.admission", "incubator.near_graduate")


@pytest.fixture
def firms(app: Flask, rules: None) -> list[int]:
    records = Maker(7, carriers()).firms(200, (DAY,))
    store(records)
    judged = assess_many(GRADUATION, None, DAY)  # those that stand on the chain
    assert len(judged) > len(records) // 2
    return [rec.firm["id"] for rec in records if rec.firm["id"] in judged]


def changed(rule: str, **boxes: str) -> Version:
    """A rule in force with other numbers, as the page makes it."""
    base = version_of(rule, DAY)
    form = trial_form(base, boxes)
    assert form.validate(), form.errors
    assert form.made is not None
    return changed_version(base, form.made)


def in_book(version: Version) -> None:
    """Let the book of this test hold a version in place of the one in force."""
    own = replace(version, id=next(ROWS))
    versions = [own if v.number == own.number else v for v in book()[version.rule]]
    g.rule_book = book() | {version.rule: versions}


@pytest.mark.parametrize("kind", ["new", "review"])
def test_live_numbers_give_the_live_result(firms: list[int], kind: str) -> None:
    held = {r: v for r, v in in_force(DAY, kind).items() if v.in_force(DAY, kind)}
    assert "hnte" in held
    for rule, version in held.items():
        content = json.loads(version.content) | {"version": 999}  # not the text that is kept
        same = changed_version(version, content)
        assert same.content_hash != version.content_hash
        live = {one: v.display for one, v in assess_many(rule, None, DAY, kind=kind).items()}
        assert set(firms) <= set(live)
        found = dict(results(same, DAY, kind).items())
        assert found == live, rule
        pairs = compared(results(version, DAY, kind), results(same, DAY, kind))
        assert {change(*pair) for pair in pairs.values()} == {"same"}, rule
        assert {one for one, _after in pairs.values()} <= set(DISPLAYS)


def test_a_lower_mark_gains_and_a_higher_one_loses(firms: list[int]) -> None:
    base = version_of(GRADUATION, DAY)
    seen: Counter[str] = Counter()
    for mark, never in (("1", LOST), ("900000", GAINED)):
        other = changed(GRADUATION, **{MONEY: mark, RUN: mark})
        pairs = compared(results(base, DAY), results(other, DAY))
        moved = Counter(change(*pair) for pair in pairs.values())
        assert not moved[never]
        assert sum(moved.values()) == len(firms)
        seen += moved
    assert min(seen[GAINED], seen[LOST], seen[UNDECIDED]) > 0
    assert set(seen) <= set(CHANGES)


def test_nothing_is_written(firms: list[int]) -> None:
    held = [session.scalar(select(func.count()).select_from(m)) for m in (Verdict, VerdictChange)]
    results(changed(GRADUATION, **{MONEY: "1"}), DAY)
    assert not session.new
    assert not session.dirty
    assert held == [
        session.scalar(select(func.count()).select_from(m)) for m in (Verdict, VerdictChange)
    ]


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_numbers_give_what_the_book_would_say(firms: list[int], data: st.DataObject) -> None:
    rule = data.draw(st.sampled_from(RULES))
    base = version_of(rule, DAY)
    boxes = {}
    for section in numbers(json.loads(base.content)):
        for place in section.places:
            if place.kind == "amount" and data.draw(st.booleans()):
                factor = data.draw(st.sampled_from((0, 1, 2, 5, 9, 11, 20, 40)))
                scaled = float(place.value) * factor / 10
                boxes[place.name] = str(max(1, round(scaled))) if place.unit != "%" else place.value
    form = trial_form(base, boxes)
    if not form.validate():  # bands out of their order, and windows beyond what is kept
        assert form.errors
        return
    assert form.made is not None
    other = changed_version(base, form.made)
    before = {one: assess(rule, one, DAY, items=False).display for one in firms[:40]}
    pairs = compared(results(base, DAY), results(other, DAY))
    try:
        in_book(other)
        after = {one: assess(rule, one, DAY, items=False).display for one in firms[:40]}
    finally:
        forget_book()
    assert {one: pairs[one] for one in firms[:40]} == {
        one: (before[one], after[one]) for one in firms[:40]
    }


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("met", "met", "same"), ("short", "met", "gained"), ("unknown", "met", "gained"),
        ("not_met", "met", "gained"), ("met", "short", "lost"), ("met", "not_met", "lost"),
        ("met", "not_applicable", "lost"), ("met", "unknown", "undecided"),
        ("not_met", "unknown", "undecided"), ("short", "unknown", "undecided"),
        ("unknown", "not_met", "other"), ("not_met", "short", "other"),
    ],
)  # fmt: skip
def test_words_of_a_change(before: str, after: str, said: str) -> None:
    assert change(before, after) == said


def test_an_equal_number_spelt_otherwise_changes_nothing(app: Flask, rules: None) -> None:
    base = version_of(GRADUATION, DAY)
    form = trial_form(base, {MONEY: "５００.00", RUN: "1,000"})
    assert form.validate()
    assert form.moved == []
    assert changed_version(base, form.made or {}).content_hash == base.content_hash


def test_a_box_that_is_no_number_is_said_at_it(app: Flask, rules: None) -> None:
    form = trial_form(version_of(GRADUATION, DAY), {MONEY: "五百万", "p__nowhere__gt": "3"})
    assert not form.validate()
    assert set(form.errors) == {MONEY}
    assert form.strange == ["p__nowhere__gt"]


@pytest.mark.parametrize(
    ("rule", "field", "longest"),
    [
        ("little_giant", "p__condition__all__0__with__months", 1331),
        ("little_giant", "p__condition__all__6__with__span", 110),
        ("hnte", "p__condition__all__10__with__days", 40541),
        ("little_giant", "p__terms__freshness", 40541),
    ],
)
def test_a_window_is_no_longer_than_the_calendar(
    app: Flask, rules: None, rule: str, field: str, longest: int
) -> None:
    """Before, a window of 99,999 months ended the page with an error, one of 100,000 years the
    process."""
    base = version_of(rule, DAY)
    form = trial_form(base, {field: str(longest)})
    assert form.validate(), form.errors
    results(changed_version(base, form.made or {}), DAY)
    form = trial_form(base, {field: str(longest + 1)})
    assert not form.validate()
    assert set(form.errors) == {field}
