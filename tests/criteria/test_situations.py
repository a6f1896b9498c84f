"""Everyday cases of the offices, each with what the rules must answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from app.core.db import session, write
from app.criteria import service
from app.firms.models import Attestation, Firm, Milestone, Residency
from tests.criteria.conftest import ACTOR, TODAY, money

Enter = Callable[..., int]
GRADUATION, INCUBATEE = "incubator.graduation", "incubator.incubatee"
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
    assert said(INCUBATEE, firm, "8-3") == said(CLOCK, firm, "C-1") == outcome


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
