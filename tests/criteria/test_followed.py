"""Who is judged each day: a firm that has left stands on no list, and its page still tells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, g
from sqlalchemy import select, update

from app.core.access import System
from app.core.db import current_revision, session, write
from app.criteria import panels, verdicts
from app.criteria.live import verdicts as listed
from app.criteria.models import Outcome, Verdict
from app.criteria.queries import assess, assess_many, followed, in_force
from app.firms.models import Firm, Milestone, Residency
from app.pipeline.models import Graduation, GraduationState
from tests.criteria.conftest import ACTOR, TODAY, money
from tests.factories.firms import make_firm

RULE = "incubator.graduation"
DAY = dt.timedelta(days=1)
VIEWER = System("test")


def kept() -> set[int]:
    """Firms of which a verdict is kept."""
    carriers = [v.id for v in in_force(TODAY, subject="carrier").values()]
    rows = select(Verdict.subject_id).where(Verdict.standard_id.not_in(carriers))
    return set(session.scalars(rows.distinct()))


def on_list(day: dt.date) -> set[int]:
    """Firms of a list by outcome on a day, whether it is read from the cache or reckoned."""
    g.pop("rules_to_run", None)
    return set(session.scalars(select(listed(RULE, day).c.subject_id)))


def end(firm: Firm, day: dt.date | None, **more: Any) -> None:
    """End the firm's ties on a day, or let them run."""
    ident = firm.id
    with write("test:end", actor=ACTOR) as txn:
        session.execute(
            update(Residency)
            .where(Residency.firm_id == ident)
            .values({"destination": None} | more | {"ends": day, "rev": current_revision()})
        )
        txn.touch("firm", ident)


@pytest.fixture
def left(firm: Firm, enter: Callable[..., int]) -> Firm:
    """A firm with capital enough to graduate, that left yesterday without."""
    enter(Milestone, **money(amount=600_000_000))
    end(firm, TODAY - DAY, destination="building")
    return firm


def test_a_firm_that_left_is_on_no_list_but_its_page_tells(app: Flask, left: Firm) -> None:
    assert left.id not in followed([left.id], TODAY) | followed(None, TODAY)
    assert left.id not in kept() | on_list(TODAY) | on_list(TODAY + DAY)
    assert left.id not in assess_many(RULE, None, TODAY)
    assert panels.judged(VIEWER, [left.id], TODAY) == {}
    assert assess(RULE, left.id, TODAY).outcome is Outcome.MET
    assert assess_many(RULE, [left.id], TODAY)[left.id].outcome is Outcome.MET
    assert verdicts.standing([RULE], left.id, TODAY) == {RULE: "met"}


def test_the_day_of_leaving_takes_it_off(app: Flask, left: Firm) -> None:
    end(left, TODAY + DAY)
    for day, here in ((TODAY, True), (TODAY + DAY, False)):
        assert (left.id in followed([left.id], day)) is here
        assert (left.id in on_list(day)) is here
        verdicts.judge_all(day, actor=ACTOR)
        assert (left.id in kept()) is here
        assert (left.id in on_list(day)) is here
    end(left, None)
    with write("test:again", actor=ACTOR):
        verdicts.judge([left.id], TODAY + DAY)
    assert left.id in kept()


def test_many_firms_of_one_write_keep_to_the_same(
    app: Flask, left: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [make_firm(f"长亭{n}号").id for n in range(3)]
    monkeypatch.setattr(verdicts, "CHUNK", 1)
    with write("test:judge", actor=ACTOR):
        verdicts.judge([left.id, *others], TODAY)
    assert kept() >= set(others)
    assert left.id not in kept()


def test_a_firm_without_a_tie_is_judged_until_it_is_closed(app: Flask, rules: None) -> None:
    firm = make_firm("短亭一号")
    assert firm.id in kept() & on_list(TODAY)
    with write("test:close", actor=ACTOR):
        session.get_one(Firm, firm.id).closed_on = TODAY
    assert firm.id not in kept() | on_list(TODAY)
    assert firm.id in followed([firm.id], TODAY - DAY)


@pytest.mark.parametrize(("went", "here"), [("building", True), (None, True), ("city", False)])
def test_a_graduate_stays_while_it_is_in_the_district(
    app: Flask, left: Firm, went: str | None, here: bool
) -> None:
    end(left, TODAY - DAY, destination=went)
    tie = session.scalars(select(Residency).where(Residency.firm_id == left.id)).one()
    held, carrier = in_force(TODAY)[RULE].id, tie.carrier_id
    with write("test:graduate", actor=ACTOR):
        session.add(
            Graduation(
                firm_id=left.id, carrier_id=carrier, state=GraduationState.REPORTED,
                graduated_on=TODAY - DAY, period_year=TODAY.year, period_quarter=4,
                standard_id=held, frozen="{}", frozen_hash="0" * 64, judged_on=TODAY - DAY, cut=1,
                reported_on=TODAY - DAY,
            )
        )  # fmt: skip
    assert (left.id in kept()) is here
    assert (left.id in on_list(TODAY)) is here
    verdicts.judge_all(TODAY + DAY, actor=ACTOR)
    assert (left.id in kept() & on_list(TODAY + DAY)) is here
