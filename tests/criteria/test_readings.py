"""What the rule book says of itself, and statements that are of a year or of an event."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from app.core.db import session, write
from app.core.errors import DomainError
from app.criteria.queries import book
from app.criteria.service import STANDARDS, assess
from app.criteria.tree import REMARK, Tier, walk
from app.criteria.tree import Test as Asked
from app.firms.models import Firm, StatedFigure
from app.firms.service import state_figure
from app.firms.stated import BY_KEY
from tests.criteria.conftest import ACTOR, TODAY

Enter = Callable[..., int]
ONE = dt.timedelta(days=1)
FILES = sorted(STANDARDS.glob("*.yaml"))
#: industries whose letter says that they make things
MAKING = "C"


def said(rule: str, firm: Firm, clause: str, day: dt.date, kind: str = "new") -> str:
    (one,) = [f for f in assess(rule, firm.id, day, kind=kind).findings if f.clause == clause]
    return one.outcome.value


def state(firm: Firm, key: str, value: int, day: dt.date, until: dt.date | None = None) -> None:
    with write("test:state", actor=ACTOR):
        held = session.get_one(Firm, firm.id)
        state_figure(
            actor=ACTOR, today=TODAY, firm=held, key=key, day=day, low=value, high=value,
            until=until or BY_KEY[key].until(day, value),
        )  # fmt: skip


def test_a_score_of_this_year_ends_with_the_year(firm: Firm) -> None:
    state(firm, "platform_score", 60, dt.date(2026, 2, 1))
    days = (dt.date(2026, 4, 1), dt.date(2026, 12, 31), dt.date(2027, 1, 1))
    assert [said("little_giant", firm, "G-7", day) for day in days] == ["met", "met", "unknown"]
    assert said("little_giant", firm, "G-7r", dt.date(2027, 1, 1), "review") == "unknown"


def test_a_score_cannot_be_stated_beyond_its_year(firm: Firm) -> None:
    with pytest.raises(DomainError) as refused:
        state(firm, "platform_score", 60, dt.date(2026, 2, 1), dt.date(2027, 1, 2))
    assert (refused.value.code, refused.value.field) == ("stated_year", "until")
    session.rollback()
    state(firm, "platform_score", 60, dt.date(2026, 2, 1), dt.date(2027, 1, 1))


def test_a_score_kept_for_longer_still_ends_with_its_year(firm: Firm, enter: Enter) -> None:
    enter(StatedFigure, key="platform_score", day=dt.date(2026, 2, 1), low=60, high=60,
          until=dt.date(2027, 6, 1), verification="carrier")  # fmt: skip
    assert said("little_giant", firm, "G-7", dt.date(2026, 12, 31)) == "met"
    assert said("little_giant", firm, "G-7", dt.date(2027, 1, 1)) == "unknown"


def test_a_contest_counts_from_the_day_of_its_list_however_long_it_is_kept(firm: Firm) -> None:
    state(firm, "maker_china_50", 1, dt.date(2022, 12, 1), dt.date(2030, 1, 1))
    last = dt.date(2025, 12, 1)
    days = (last - ONE, last, last + ONE)
    assert [said("little_giant", firm, "Z-4e", day) for day in days] == ["met", "met", "unknown"]


def test_a_ban_ends_three_years_after_its_decision(firm: Firm) -> None:
    state(firm, "data_fraud", 1, dt.date(2023, 11, 23))
    days = (TODAY - ONE, TODAY)
    found = [said("little_giant", firm, "G-8e", day) for day in days]
    assert found == ["not_met", "unknown"]
    over = assess("tech_sme", firm.id, TODAY - ONE)
    assert over.outcome is assess("tech_sme", firm.id, TODAY).outcome
    assert "不得参加评价" in str(over.reason)
    assert over.manual_review


def test_a_no_holds_for_a_year_and_the_last_word_counts(firm: Firm) -> None:
    state(firm, "data_fraud", 0, dt.date(2026, 1, 5))
    row = session.scalars(select(StatedFigure).where(StatedFigure.firm_id == firm.id)).one()
    assert row.until == dt.date(2027, 1, 5)
    session.rollback()
    assert said("little_giant", firm, "G-8e", TODAY) == "met"
    state(firm, "data_fraud", 1, dt.date(2026, 3, 2))
    assert said("little_giant", firm, "G-8e", TODAY) == "not_met"


def test_every_industry_of_the_list_that_makes_things_is_judged_as_making(rules: None) -> None:
    listed = yaml.safe_load(Path("seed/lists/industry.yaml").read_text(encoding="utf-8"))
    making = {t["code"] for t in listed["terms"] if t["code"].startswith(MAKING)}
    assert making
    for rule in ("sh_tech_giant", "sh_tech_giant_cultivation"):
        for version in book()[rule]:
            tiers = [n for n in walk(version.tree.condition) if isinstance(n, Tier)]
            named = [c.value for t in tiers for c, _ in t.cases if isinstance(c, Asked)]
            assert named
            assert all(set(codes) == making for codes in named)


def test_days_known_from_memory_say_so(rules: None) -> None:
    told = {
        (rule, version.number): {line.confidence for line in version.tree.force}
        for rule, versions in book().items()
        for version in versions
    }
    for one in (("incubator.graduation", 1), ("incubator.graduation", 2),
                ("incubator.incubatee", 1), ("carrier.national_incubator", 1)):  # fmt: skip
        assert told[one] == {"unverified"}, one


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_money_is_said_in_english_as_people_say_it(path: Path) -> None:
    content = path.read_text(encoding="utf-8")
    assert not re.search(r"\b\d?,?\d000 million", content)
    assert not re.search(r"\bbelow 10 million(?! yuan)", content)


def test_remarks_are_few_and_say_so(rules: None) -> None:
    found = {
        (rule, node.clause, bool(node.note.zh) and bool(node.note.en))
        for rule, versions in book().items()
        for version in versions
        for node in version.tree.nodes()
        if node.mark == REMARK
    }
    assert found == {
        ("incubator.incubatee", "8-3", True),
        ("little_giant", "G-5c", True),
        ("tech_sme", "160-1", True),
    }
