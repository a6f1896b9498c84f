"""国科发区〔2018〕300号 第九条, clause by clause, at and around each threshold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.core.db import last_revision, session, write
from app.core.errors import NotFound
from app.criteria import service
from app.criteria.models import Outcome, Standard, Verdict, VerdictChange
from app.criteria.plan import tree_of
from app.criteria.queries import book
from app.criteria.verdicts import judge_all
from app.firms.models import Attestation, Figures, Firm, FirmKind, Milestone, Residency
from tests.criteria.conftest import ACTOR, TODAY, money, year

RULE = "incubator.graduation"
FIVE_MILLION = 500_000_000
TEN_MILLION = 1_000_000_000
Enter = Callable[..., int]


def clause(firm: Firm, name: str, day: dt.date = TODAY) -> tuple[str, str]:
    """Outcome of a clause and how it is shown."""
    found = service.assess(RULE, firm.id, day)
    (one,) = [f for f in found.findings if f.clause == name]
    return one.outcome.value, one.display


@pytest.mark.parametrize(
    ("amount", "outcome"),
    [
        (FIVE_MILLION - 1, ("unknown", "short")),
        (FIVE_MILLION, ("unknown", "short")),
        (FIVE_MILLION + 1, ("met", "met")),
        (10**14, ("met", "met")),
    ],
)
def test_more_than_five_million_received(
    firm: Firm, enter: Enter, amount: int, outcome: tuple[str, str]
) -> None:
    enter(Milestone, **money(amount=amount))
    assert clause(firm, "9-2") == outcome


def test_exactly_five_million_is_not_met_once_attested(firm: Firm, enter: Enter) -> None:
    enter(Milestone, **money(amount=FIVE_MILLION))
    enter(Attestation, kind=None, starts=None, ends=dt.date(2026, 9, 30))
    assert clause(firm, "9-2") == ("not_met", "not_met")


@pytest.mark.parametrize(
    ("ends", "outcome"),
    [(dt.date(2026, 8, 16), "not_met"), (dt.date(2026, 8, 15), "unknown")],
)
def test_a_promise_holds_a_hundred_days(
    firm: Firm, enter: Enter, ends: dt.date, outcome: str
) -> None:
    enter(Attestation, kind=None, starts=None, ends=ends)
    assert clause(firm, "9-4")[0] == outcome


def test_promises_of_quarters_join_and_a_missing_day_parts_them(firm: Firm, enter: Enter) -> None:
    enter(Attestation, kind=None, starts=dt.date(2022, 6, 8), ends=dt.date(2026, 6, 30))
    enter(Attestation, kind="deal", starts=dt.date(2026, 7, 1), ends=dt.date(2026, 9, 30))
    enter(Attestation, kind="financing", starts=dt.date(2026, 7, 2), ends=dt.date(2026, 9, 30))
    assert clause(firm, "9-4")[0] == "not_met"
    assert clause(firm, "9-2")[0] == "unknown"


def test_agreed_money_leaves_it_open(firm: Firm, enter: Enter) -> None:
    enter(Milestone, **money(amount=420_000_000))
    late = enter(
        Milestone,
        **money(amount=300_000_000, money_state="agreed", received_on=None, name="A 轮"),
    )
    found = service.assess(RULE, firm.id, TODAY)
    assert (found.outcome, found.display) == (Outcome.UNKNOWN, "unknown")
    assert found.ask is not None
    assert (found.ask.kind, found.ask.milestone_id, found.ask.field) == (
        "milestone", late, "received_on",
    )  # fmt: skip
    assert "720.00" in str(found.ask.effect)


@pytest.mark.parametrize("investor", ["founder", "loan"])
def test_founders_and_lenders_do_not_count(firm: Firm, enter: Enter, investor: str) -> None:
    enter(Milestone, **money(amount=10**12, investor=investor))
    assert clause(firm, "9-2") == ("unknown", "short")


@pytest.mark.parametrize("investor", ["unknown", "government", "industrial"])
def test_unclear_investors_are_for_a_person(firm: Firm, enter: Enter, investor: str) -> None:
    enter(Milestone, **money(amount=10**12, investor=investor))
    assert clause(firm, "9-2") == ("unknown", "unknown")


def test_money_that_came_later_had_not_come(firm: Firm, enter: Enter) -> None:
    enter(Milestone, **money(amount=FIVE_MILLION + 1))
    assert clause(firm, "9-2", dt.date(2025, 3, 20))[0] == "met"
    assert clause(firm, "9-2", dt.date(2025, 3, 19))[0] == "unknown"


@pytest.mark.parametrize(
    ("second", "outcome"), [(0, "not_met"), (1, "met")], ids=["exactly", "one fen more"]
)
def test_two_years_revenue(firm: Firm, enter: Enter, second: int, outcome: str) -> None:
    for of, revenue in ((2022, 0), (2023, 0), (2024, TEN_MILLION // 2)):
        enter(Figures, **year(of, revenue=revenue))
    enter(Figures, **year(2025, revenue=TEN_MILLION // 2 + second))
    assert clause(firm, "9-3")[0] == outcome


def test_one_fiscal_year_is_not_two(firm: Firm, enter: Enter) -> None:
    enter(Figures, **year(2022, revenue=10 * TEN_MILLION))
    assert clause(firm, "9-3", dt.date(2023, 12, 31))[0] == "not_met"
    assert clause(firm, "9-3", dt.date(2024, 1, 1))[0] == "met"


def test_the_better_source_is_taken(firm: Firm, enter: Enter) -> None:
    enter(Figures, **year(2024, revenue=1))
    enter(Figures, **year(2025, revenue=1))
    enter(Figures, **{**year(2025, revenue=2 * TEN_MILLION), "source": "settlement"})
    enter(Figures, **{**year(2024, revenue=5 * TEN_MILLION), "source": "express"})
    found = service.assess(RULE, firm.id, TODAY)
    assert found.findings[2].low == 2 * TEN_MILLION + 1


@pytest.mark.parametrize(
    ("columns", "outcome"),
    [
        ({"announced_on": dt.date(2026, 11, 16)}, "unknown"),
        ({"filed_on": dt.date(2026, 11, 24)}, "met"),
        ({"filed_on": dt.date(2026, 11, 25)}, "unknown"),
        ({"issued_on": dt.date(2023, 11, 24)}, "met"),
        ({"issued_on": dt.date(2023, 11, 23)}, "unknown"),
        ({"issued_on": dt.date(2022, 1, 1), "expires_on": dt.date(2026, 11, 24)}, "met"),
        ({"issued_on": dt.date(2022, 1, 1), "expires_on": dt.date(2026, 11, 23)}, "unknown"),
        ({"issued_on": dt.date(2026, 1, 1), "revoked_on": dt.date(2026, 11, 24)}, "unknown"),
    ],
)
def test_a_filed_certificate_in_force(
    firm: Firm, enter: Enter, columns: dict[str, dt.date], outcome: str
) -> None:
    enter(Milestone, kind="recognition", title="hnte", day=dt.date(2022, 1, 1),
          verification="list", **columns)  # fmt: skip
    assert clause(firm, "9-1")[0] == outcome


@pytest.mark.parametrize(
    ("deal", "outcome"), [("quoted", "met"), ("acquired", "met"), ("regional", "unknown")]
)
def test_deals(firm: Firm, enter: Enter, deal: str, outcome: str) -> None:
    enter(Milestone, kind="deal", deal=deal, day=TODAY, verification="carrier")
    assert clause(firm, "9-4")[0] == outcome
    assert service.assess(RULE, firm.id, TODAY).manual_review is (deal == "regional")


def test_the_older_rule_before_2019(firm: Firm) -> None:
    assert service.assess(RULE, firm.id, dt.date(2018, 12, 31)).standard.version == 1
    assert service.assess(RULE, firm.id, dt.date(2019, 1, 1)).standard.version == 2
    with pytest.raises(NotFound):
        service.assess(RULE, firm.id, dt.date(2010, 10, 31))


def test_a_write_judges_the_firm_again(firm: Firm, enter: Enter) -> None:
    enter(Milestone, **money(amount=FIVE_MILLION + 1))
    standard = session.scalars(
        select(Standard.id).where(Standard.rule == RULE, Standard.version == 2)
    ).one()
    kept = session.scalars(
        select(Verdict).where(Verdict.standard_id == standard, Verdict.subject_id == firm.id)
    ).one()
    assert (kept.outcome, kept.display, kept.day) == (Outcome.MET, "met", TODAY)
    last = session.scalars(
        select(VerdictChange)
        .where(VerdictChange.rule == RULE, VerdictChange.subject_id == firm.id)
        .order_by(VerdictChange.id.desc())
    ).first()
    assert last is not None
    assert (last.before, last.after, last.rev) == ("unknown", "met", last_revision())
    assert judge_all(TODAY, actor=ACTOR) == 0


def test_the_past_can_be_judged_as_it_was_known(firm: Firm, enter: Enter) -> None:
    before = last_revision()
    frozen = service.assess(RULE, firm.id, TODAY).freeze()
    enter(Milestone, **money(amount=FIVE_MILLION + 1))
    assert service.assess(RULE, firm.id, TODAY).outcome is Outcome.MET
    assert service.assess(RULE, firm.id, TODAY, cut=before).freeze() == frozen


def test_every_rule_gives_one_firm_and_all_firms_the_same(firm: Firm, enter: Enter) -> None:
    enter(Milestone, **money(amount=FIVE_MILLION + 1))
    for rule in ("tech_sme", "park.ready", "incubator.incubatee", RULE):
        one = service.assess(rule, firm.id, TODAY)
        every = service.assess_many(rule, None, TODAY)[firm.id]
        some = service.assess_many(rule, [firm.id], TODAY)[firm.id]
        for other in (every, some):
            assert [(f.clause, f.outcome, f.low, f.high) for f in other.findings] == [
                (f.clause, f.outcome, f.low, f.high) for f in one.findings
            ]


def test_an_old_statement_knows_its_tests_however_many_texts_were_read(
    firm: Firm, enter: Enter
) -> None:
    enter(Milestone, **money(amount=FIVE_MILLION + 1))
    first = service.assess("incubator.incubatee", firm.id, TODAY)
    content = next(iter(book()["tech_sme"])).content
    for number in range(1, 1_100):
        tree_of(content.replace('"version":', f'"version":{number}', 1))
    again = service.assess("incubator.incubatee", firm.id, TODAY)
    assert [f.outcome for f in again.findings] == [f.outcome for f in first.findings]
    assert str(again.ask and again.ask.what) == str(first.ask and first.ask.what)


def test_teams_and_branches_are_told_why(firm: Firm) -> None:
    with write("test:branch", actor=ACTOR):
        session.get_one(Firm, firm.id).legal_form = "branch"
    found = service.assess(RULE, firm.id, TODAY)
    assert found.outcome is Outcome.NOT_APPLICABLE
    assert "分公司" in str(found.reason)
    assert FirmKind.TEAM.label


def test_without_data_there_is_no_gap_and_no_way(firm: Firm, enter: Enter) -> None:
    """Nothing on record is nothing known: neither the whole threshold as a gap nor a path."""
    found = service.assess(RULE, firm.id, TODAY)
    gaps = {f.clause: f.gap for f in found.findings}
    assert (gaps["9-2"], gaps["9-3"], found.shortest) == (None, None, None)
    enter(Milestone, **money(amount=FIVE_MILLION - 1))
    found = service.assess(RULE, firm.id, TODAY)
    assert {f.clause: f.gap for f in found.findings}["9-2"] == 1
    assert "0.01" in str(found.shortest)


def test_a_promise_of_nothing_leaves_the_whole_as_a_gap(firm: Firm, enter: Enter) -> None:
    enter(Attestation, kind=None, starts=None, ends=dt.date(2026, 9, 30))
    gaps = {f.clause: f.gap for f in service.assess(RULE, firm.id, TODAY).findings}
    assert gaps["9-2"] == FIVE_MILLION


def test_a_way_is_told_only_where_there_is_a_choice(firm: Firm, enter: Enter) -> None:
    """Of 300号 any item will do; of the Shanghai giants all are asked for."""
    enter(Figures, **year(2025, revenue=TEN_MILLION - 1, main_revenue=1))
    enter(Figures, **year(2024, revenue=0))
    assert service.assess(RULE, firm.id, TODAY).shortest is not None
    other = service.assess("sh_tech_giant", firm.id, TODAY)
    assert any(f.gap for f in other.findings)
    assert other.shortest is None


def test_of_two_that_are_asked_for_the_way_tells_both(firm: Firm, enter: Enter) -> None:
    """680号 asks for two of three: with none met, what is missing of the nearest two."""
    then = dt.date(2018, 6, 1)
    with write("test:old", actor=ACTOR):
        firm.founded_on = dt.date(2012, 1, 1)
        tie = session.scalars(select(Residency).where(Residency.firm_id == firm.id)).one()
        tie.starts = tie.agreement_on = dt.date(2014, 1, 1)
    enter(Attestation, kind=None, starts=None, ends=dt.date(2018, 5, 30))
    for of in (2016, 2017):
        enter(Figures, **year(of, revenue=TEN_MILLION // 4))
    told = str(service.assess(RULE, firm.id, then).shortest)
    assert "1 项" in told
    assert "500.00 万元" in told
