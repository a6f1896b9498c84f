"""What is asked for: only what can turn the outcome, with what it would do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask

from app.core.db import session, write
from app.criteria import asking, queries, service
from app.criteria.models import Outcome
from app.criteria.verdict import Ask
from app.firms.models import Attestation, Figures, Firm, Milestone
from tests.criteria.conftest import ACTOR, TODAY, money, year

RULE = "incubator.graduation"
WAN = 1_000_000
Enter = Callable[..., int]


def asked(firm: Firm, rule: str = RULE) -> list[Ask]:
    return list(service.assess(rule, firm.id, TODAY).asks)


def all_years(enter: Enter, revenue: int = 100 * WAN) -> None:
    for of in range(2022, 2026):
        enter(Figures, **year(of, revenue=revenue))


def test_the_second_payment_is_asked_for_first(firm: Firm, enter: Enter) -> None:
    all_years(enter)
    enter(Attestation, kind=None, starts=None, ends=dt.date(2026, 9, 30))
    enter(Milestone, **money(amount=420 * WAN))
    open_ = enter(
        Milestone,
        **money(amount=300 * WAN, name="A 轮", money_state="agreed", received_on=None),
    )
    (one,) = asked(firm)
    assert (one.kind, one.milestone_id, one.field) == ("milestone", open_, "received_on")
    assert one.outcomes == (Outcome.MET,)
    assert str(one.words) == "A 轮 300.00 万元何时到账？"
    assert str(one.effect) == "到账后累计 720.00 万元，第九条（二）为符合"


def test_a_payment_that_cannot_reach_the_mark_is_not_asked_for(firm: Firm, enter: Enter) -> None:
    all_years(enter)
    enter(Attestation, kind=None, starts=None, ends=dt.date(2026, 9, 30))
    enter(Milestone, **money(amount=30 * WAN, money_state="agreed", received_on=None))
    assert service.assess(RULE, firm.id, TODAY).outcome is Outcome.NOT_MET
    assert asked(firm) == []


def test_a_missing_year_is_asked_with_what_it_would_have_to_bring(firm: Firm, enter: Enter) -> None:
    for of in (2022, 2023, 2024):
        enter(Figures, **year(of, revenue=400 * WAN))
    enter(Attestation, kind=None, starts=None, ends=dt.date(2026, 9, 30))
    (one,) = asked(firm)
    assert (one.kind, one.field, one.year) == ("figures", "revenue", 2025)
    assert (one.outcomes, one.settles) == ((Outcome.MET, Outcome.NOT_MET), True)
    assert str(one.effect) == "2025 年超过 600.00 万元时，第九条（三）为符合"
    found = service.assess(RULE, firm.id, TODAY)
    assert str(found.reason) == "再补 1 项即可判定：2025 年营业收入"


def test_a_promise_decides_where_nothing_else_is_missing(firm: Firm, enter: Enter) -> None:
    all_years(enter)
    (one,) = asked(firm)
    assert (one.kind, one.field, one.outcomes) == ("attestation", None, (Outcome.NOT_MET,))
    enter(Attestation, kind=None, starts=None, ends=dt.date(2026, 9, 30))
    assert service.assess(RULE, firm.id, TODAY).outcome is Outcome.NOT_MET


def test_several_missing_things_are_counted(firm: Firm, enter: Enter) -> None:
    enter(Attestation, kind=None, starts=None, ends=dt.date(2026, 9, 30))
    enter(Figures, **year(2025, revenue=100 * WAN, rd_accounting=20 * WAN, assets=WAN))
    with write("test:profile", actor=ACTOR):
        row = session.get_one(Firm, firm.id)
        row.mainland, row.banned_business = True, False
    found = service.assess("tech_sme", firm.id, TODAY)
    assert [(a.kind, a.field) for a in found.asks] == [
        ("figures", "staff"), ("figures", "staff_tech"), ("figures", "cost_expenses"),
    ]  # fmt: skip
    assert str(found.reason) == "待补 3 项：2025 年平均从业人员等"


@pytest.mark.parametrize("revenue", [None, 100 * WAN, 501 * WAN])
def test_supposing_nothing_gives_the_outcome_of_the_database(
    firm: Firm, enter: Enter, revenue: int | None
) -> None:
    if revenue:
        all_years(enter, revenue)
    words = {"met": True, "unknown": None}
    for rule in queries.in_force(TODAY):
        plan = queries.plan([rule], TODAY)
        (root,) = plan.roots
        for made, row in queries._rows(plan, [firm.id], TODAY, None):
            outcome = row[f"r{root.id}_outcome"]
            assert asking.Fold(made, row).whole(root, {}) is words.get(outcome, False), rule


def test_what_an_ask_promises_comes_true(app: Flask, firm: Firm, enter: Enter) -> None:
    """Each single input that can make the rule met is entered: the rule is met."""
    enter(Milestone, **money(amount=420 * WAN))
    for of in (2022, 2023, 2024):
        enter(Figures, **year(of, revenue=400 * WAN))
    enter(Attestation, kind=None, starts=None, ends=dt.date(2026, 9, 30))
    (one,) = asked(firm)
    enter(Figures, **year(one.year or 0, revenue=600 * WAN))
    found = service.assess(RULE, firm.id, TODAY)
    assert (found.outcome, found.asks) == (Outcome.NOT_MET, ())
    assert str(found.reason) == "连续 2 年营业收入已到 1,000.00 万元，须超过此数"
