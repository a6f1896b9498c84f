"""Everyday cases of the offices, each with what the rules must answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.carriers.models import Site
from app.core.db import session, write
from app.criteria import service
from app.criteria.models import Verdict
from app.criteria.queries import version_of
from app.firms.models import Attestation, Firm, LinkKind, Milestone, Residency
from app.firms.service import link_firms
from tests.criteria.conftest import ACTOR, TODAY, money
from tests.factories.firms import make_firm

Enter = Callable[..., int]
GRADUATION, INCUBATEE = "incubator.graduation", "incubator.incubatee"
#: the last day of the standard that asks for rights
DAY_680 = dt.date(2018, 12, 31)
PUDONG, CLOCK = "incubator.pudong_incubatee", "incubator.clock"


def profile(firm: Firm, **columns: Any) -> None:
    with write("test:profile", actor=ACTOR):
        row = session.get_one(Firm, firm.id)
        for name, value in columns.items():
            setattr(row, name, value)


def tie(firm: Firm, **columns: Any) -> None:
    with write("test:tie", actor=ACTOR):
        row = session.query(Residency).filter_by(firm_id=firm.id, counted=True).one()
        for name, value in columns.items():
            setattr(row, name, value)


def said(rule: str, firm: Firm, clause: str | None = None, day: dt.date = TODAY) -> str:
    found = service.assess(rule, firm.id, day)
    if clause is None:
        return found.display
    (one,) = [f for f in found.findings if f.clause == clause]
    return one.outcome.value


@pytest.mark.parametrize("form", ["individual", "branch"])
def test_individual_businesses_and_branches_do_not_graduate(firm: Firm, form: str) -> None:
    profile(firm, legal_form=form)
    assert said(GRADUATION, firm) == said("tech_sme", firm) == "not_applicable"


def test_an_unrecorded_legal_form_leaves_everything_open(firm: Firm, enter: Enter) -> None:
    profile(firm, legal_form=None)
    enter(Attestation, kind=None, starts=None, ends=TODAY)
    assert said(GRADUATION, firm) == "unknown"


@pytest.mark.parametrize(
    ("onshore", "outcome"), [(True, "met"), (False, "unknown"), (None, "unknown")]
)
def test_dollars_count_once_they_are_onshore(
    firm: Firm, enter: Enter, onshore: bool | None, outcome: str
) -> None:
    enter(Milestone, **money(amount=10**10, currency="USD", onshore=onshore))
    assert said(GRADUATION, firm, "9-2") == outcome


def test_a_parents_capital_is_for_a_person_to_judge(firm: Firm, enter: Enter) -> None:
    enter(Milestone, **money(amount=10**10, investor="industrial"))
    found = service.assess(GRADUATION, firm.id, TODAY)
    assert (found.display, found.manual_review) == ("unknown", True)


def test_an_office_in_pudong_counts_without_registering_in_the_incubator(firm: Firm) -> None:
    tie(firm, kind="office_only", registered_on=None)
    assert said(PUDONG, firm, "P-2") == "met"
    assert said(INCUBATEE, firm, "8-2a") == "not_met"


def test_a_site_outside_pudong_is_no_office_there(firm: Firm) -> None:
    """A carrier keeps a second house across the border: which one the firm is in must be told."""
    with write("test:site", actor=ACTOR):
        home = session.query(Site).one()
        away = Site(
            carrier_id=home.carrier_id, name="奉贤分部", address="", starts=dt.date(2020, 1, 1)
        )
        session.add(away)
        session.flush()
        inside, outside = home.id, away.id
    assert said(PUDONG, firm, "P-2") == "unknown"
    tie(firm, site_id=outside)
    assert said(PUDONG, firm, "P-2") == "unknown"
    tie(firm, site_id=inside)
    assert said(PUDONG, firm, "P-2") == "met"


@pytest.mark.parametrize(
    ("starts", "field", "outcome"),
    [
        (dt.date(2022, 11, 24), None, "met"),
        (dt.date(2022, 11, 23), None, "not_met"),
        (dt.date(2022, 11, 23), "ic", "met"),
        (dt.date(2021, 11, 24), "ic", "met"),
        (dt.date(2021, 11, 23), "ic", "not_met"),
    ],
)
def test_48_and_60_months_to_the_day(
    firm: Firm, starts: dt.date, field: str | None, outcome: str
) -> None:
    profile(firm, incubation_field=field)
    tie(firm, starts=starts, incubated_on=starts)
    assert said(INCUBATEE, firm, "8-3a") == said(CLOCK, firm, "C-1") == outcome


def test_beyond_the_limit_is_pointed_out_and_ends_no_status(firm: Firm) -> None:
    tie(firm, starts=dt.date(2022, 11, 13), incubated_on=dt.date(2022, 11, 13))
    before = service.assess(INCUBATEE, firm.id, dt.date(2026, 11, 13))
    over = service.assess(INCUBATEE, firm.id, TODAY)
    assert before.outcome is over.outcome
    assert "提示：已超期 11 天" in str(over.reason)
    assert "超期" not in str(before.reason)
    assert over.manual_review
    tie(firm, extended_to=TODAY)
    longer = service.assess(INCUBATEE, firm.id, TODAY)
    assert said(INCUBATEE, firm, "8-3") == "met"
    assert "超期" not in str(longer.reason)


@pytest.mark.parametrize(
    ("founded", "outcome"), [(dt.date(2021, 4, 12), "met"), (dt.date(2021, 4, 11), "not_met")]
)
def test_24_months_old_at_entry_to_the_day(firm: Firm, founded: dt.date, outcome: str) -> None:
    profile(firm, founded_on=founded)
    assert said(INCUBATEE, firm, "8-2b") == outcome


def test_never_checked_at_entry_does_not_bar_a_graduation(firm: Firm, enter: Enter) -> None:
    profile(firm, tech_business=False)
    enter(Milestone, **money(amount=500_000_001))
    assert said(INCUBATEE, firm) == "not_met"
    assert said(GRADUATION, firm) == "met"


def test_short_on_what_is_recorded_is_not_just_unknown(firm: Firm, enter: Enter) -> None:
    enter(Milestone, **money(amount=300_000_000))
    (one,) = [f for f in service.assess(GRADUATION, firm.id, TODAY).findings if f.clause == "9-2"]
    assert (one.display, one.gap) == ("short", 200_000_000)


@pytest.mark.parametrize(
    ("expires", "outcome"), [(TODAY, "met"), (TODAY - dt.timedelta(1), "not_met")]
)
def test_an_institution_closed_yesterday_is_none(
    firm: Firm, enter: Enter, expires: dt.date, outcome: str
) -> None:
    enter(Milestone, kind="institution", level="national", day=dt.date(2024, 1, 1),
          verification="carrier", expires_on=expires)  # fmt: skip
    enter(Attestation, kind=None, starts=None, ends=TODAY)
    assert said("tech_sme", firm, "8-3") == outcome


@pytest.mark.parametrize("passes", [True, False])
def test_milestones_pass_where_the_district_says_so(firm: Firm, rules: None, passes: bool) -> None:
    older = make_firm(founded_on=dt.date(2020, 3, 1))
    with write("test:older", actor=ACTOR):
        for amount, day in ((300, dt.date(2025, 6, 1)), (300, dt.date(2025, 9, 1))):
            session.add(Milestone(firm_id=older.id, amount=amount * 1_000_000,
                                  **money() | {"day": day, "received_on": day}))  # fmt: skip
    with write("firm:link", actor=ACTOR):
        link_firms(actor=ACTOR, today=TODAY, older=older, newer=firm, kind=LinkKind.SUCCESSION,
                   day=dt.date(2025, 6, 30), milestones_pass=passes)  # fmt: skip

    def capital() -> tuple[str, int | None]:
        session.rollback()
        (clause,) = (f for f in service.assess(GRADUATION, firm.id, TODAY).findings
                     if f.clause == "9-2")  # fmt: skip
        return clause.outcome.value, clause.low

    assert capital() == ("unknown", 300_000_000 if passes else 0)
    with write("test:promise", actor=ACTOR):
        session.add(Attestation(firm_id=firm.id, kind=None, starts=firm.founded_on, ends=TODAY))
    assert capital() == (("unknown", 300_000_000) if passes else ("not_met", 0))
    with write("test:promise", actor=ACTOR):
        session.add(Attestation(firm_id=firm.id, kind=None, starts=older.founded_on, ends=TODAY))
    assert capital()[0] == "not_met"
    with write("test:own", actor=ACTOR):
        session.add(Milestone(firm_id=firm.id, amount=200_000_001, **money()))
    assert capital()[0] == ("met" if passes else "not_met")
    kept = session.scalars(
        select(Verdict.outcome).where(
            Verdict.subject_id == firm.id,
            Verdict.standard_id == version_of(GRADUATION, TODAY).id,
        )
    ).one()
    assert kept.value == service.assess(GRADUATION, firm.id, TODAY).outcome.value


def test_a_right_on_record_for_both_firms_counts_once(firm: Firm, rules: None) -> None:
    older = make_firm(founded_on=dt.date(2020, 3, 1))
    day = dt.date(2016, 5, 1)
    with write("test:rights", actor=ACTOR):
        for owner, number in ((older, "ZL1"), (older, "ZL2"), (firm, "ZL2")):
            session.add(Milestone(firm_id=owner.id, kind="ip", ip_type="software", number=number,
                                  day=day, granted_on=day, related=True,
                                  verification="carrier"))  # fmt: skip
    with write("firm:link", actor=ACTOR):
        link_firms(actor=ACTOR, today=TODAY, older=older, newer=firm, kind=LinkKind.SUCCESSION,
                   day=dt.date(2017, 1, 1), milestones_pass=True)  # fmt: skip
    session.rollback()
    (right,) = (one for one in service.assess(GRADUATION, firm.id, DAY_680).findings
                if one.clause == "680-1")  # fmt: skip
    assert right.low == 2
    assert [str(item.words) for item in right.items] == ["ZL1（承继）", "ZL2"]
