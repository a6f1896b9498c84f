"""A new day: lists judge for themselves, and one process alone brings the cache up to date."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask, g
from sqlalchemy import func, select

from app.core.days import now
from app.core.db import Revision, last_revision, session, write
from app.criteria import daily, service, verdicts
from app.criteria.models import Standard, StandardState, Verdict
from app.criteria.queries import in_force
from app.firms.models import Firm, Milestone
from app.workbench.verdict_filters import judged
from tests.criteria.conftest import ACTOR, TODAY

RULE = "incubator.graduation"
TOMORROW = TODAY + dt.timedelta(days=1)
Enter = Callable[..., int]
#: rules whose verdict rests on the certificate: graduation and those near it, park and
#: accelerator, technology and innovative SME, both technology giants of Shanghai
RESTING = 8


@pytest.fixture
def expiring(firm: Firm, enter: Enter) -> Firm:
    """A high-tech enterprise whose certificate ends today."""
    day = dt.date(2023, 11, 25)
    enter(
        Milestone, kind="recognition", day=day, verification="list", title="hnte", filed_on=day,
        issued_on=day, expires_on=TODAY,
    )  # fmt: skip
    carriers = list(in_force(TODAY, subject="carrier"))
    verdicts.judge_all(TODAY, actor=ACTOR, rules=carriers, at=now() - dt.timedelta(hours=1))
    return firm


def listed(shown: str, day: dt.date) -> list[int]:
    g.pop("rules_to_run", None)  # each page asks anew
    return list(session.scalars(judged(select(Firm.id), RULE, shown, day).order_by(Firm.id)))


def days() -> set[dt.date]:
    return set(session.scalars(select(Verdict.day).distinct()))


def test_a_list_of_the_next_day_is_judged_as_of_that_day(app: Flask, expiring: Firm) -> None:
    assert (listed("met", TODAY), listed("unknown", TODAY)) == ([expiring.id], [])
    before = last_revision()
    assert (listed("met", TOMORROW), listed("unknown", TOMORROW)) == ([], [expiring.id])
    assert (last_revision(), days()) == (before, {TODAY})


def test_a_list_equals_the_assessment_of_each_firm(app: Flask, expiring: Firm) -> None:
    for day in (TODAY, TOMORROW):
        for shown in ("met", "not_met", "unknown", "short", "not_applicable"):
            one = service.assess(RULE, expiring.id, day).display
            assert listed(shown, day) == ([expiring.id] if one == shown else [])


def test_one_of_several_processes_judges_the_new_day(app: Flask, expiring: Firm) -> None:
    app.config["TODAY"] = TOMORROW
    found: list[int | None] = []
    gate = threading.Barrier(4)

    def work() -> None:
        with app.app_context():
            gate.wait()
            found.append(daily.judge_day())

    threads = [threading.Thread(target=work) for _n in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    session.rollback()
    assert sorted(found, key=str) == [RESTING, None, None, None]
    assert days() == {TOMORROW}
    takes = select(func.count(Revision.id)).where(Revision.action == daily.TAKE)
    assert session.scalar(takes) == 1


def test_a_judging_that_fell_silent_is_taken_over(app: Flask, expiring: Firm) -> None:
    app.config["TODAY"] = TOMORROW
    assert daily.take(TOMORROW)
    assert not daily.take(TOMORROW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(daily, "LEASE", dt.timedelta(0))
        assert daily.judge_day() == RESTING
    assert not verdicts.stale(TOMORROW)


def test_the_timer_says_what_it_did(
    app: Flask, expiring: Firm, command: Callable[..., Result]
) -> None:
    assert command("judge", "--if-stale").output == "verdicts are of today\n"
    app.config["TODAY"] = TOMORROW
    assert command("judge", "--if-stale").output == f"{RESTING} changes\n"
    assert command("judge", "--if-stale").output == "verdicts are of today\n"


def test_an_approved_rule_is_applied_to_lists_at_once(app: Flask, expiring: Firm) -> None:
    with write("standard:test", actor=ACTOR):
        service.queries.forget_book()
        verdicts.age(TODAY, RULE)
    assert verdicts.stale(TODAY, [RULE])
    assert verdicts.stale(TODAY, ["incubator.near_graduate"])
    assert not verdicts.stale(TODAY, ["tech_sme"])
    assert StandardState.APPROVED in set(session.scalars(select(Standard.state)))
    assert listed("met", TODAY) == [expiring.id]
