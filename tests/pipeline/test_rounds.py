"""Rounds of applications: every move against a model, once a year under a race, one recognition."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import pytest
from flask import Flask
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from app.core.access import Permission
from app.core.db import current_revision, last_revision, session, write
from app.core.errors import Conflict, DomainError, Forbidden, NotFound
from app.criteria import service as criteria
from app.firms.models import Milestone, MilestoneKind, Title
from app.firms.service import log_milestone, merge_firms, void_entry
from app.pipeline import service
from app.pipeline.models import (
    Application,
    ApplicationRound,
    ApplicationState,
    FailReason,
    RoundKind,
)
from app.pipeline.moves.application import APPLICATION, Certificate
from app.pipeline.queries import rounds
from app.pipeline.words import ApplicationAct as A
from tests.conftest import SOAKING
from tests.factories.carriers import ACTOR, make_carrier, viewer_at
from tests.factories.firms import make_firm
from tests.pipeline.test_races import together

TODAY = dt.date(2026, 11, 24)
DUE = dt.date(2026, 12, 10)


def notice(batch: int = 1, **more: Any) -> service.Notice:
    given = {"rule": "hnte", "year": 2026, "kind": RoundKind.NEW, "district_on": DUE}
    return service.Notice(**(given | {"batch": batch} | more))


def open_round(batch: int = 1, **more: Any) -> ApplicationRound:
    with write("round:open", actor=ACTOR):
        return service.open_round(actor=ACTOR, notice=notice(batch, **more))


def do(row: Application, act: A, **more: Any) -> None:
    with write(f"application:{act}", actor=ACTOR):
        service.advance(**({"actor": ACTOR, "today": TODAY, "application": row, "act": act} | more))


def planned(firm: Any, in_: ApplicationRound, actor: Any = ACTOR) -> Application:
    with write("application:plan", actor=ACTOR):
        return service.plan(actor=actor, today=TODAY, round=in_, firm=firm)


def refused(code: str, act: Any) -> DomainError:
    before = last_revision()
    with pytest.raises(DomainError) as told:
        act()
    assert told.value.code == code
    session.rollback()
    assert last_revision() == before
    return told.value


# ---- the model --------------------------------------------------------------------------------

ORDER = ["planned", "filed", "recommended", "announced", "recognised"]
ON = {A.FILE: 1, A.RECOMMEND: 2, A.ANNOUNCE: 3, A.RECOGNISE: 4}


class Rounds(RuleBasedStateMachine):
    """One firm in two rounds of a year. An act succeeds if and only if the model allows it."""

    def __init__(self) -> None:
        super().__init__()
        #: which round, how far, failed or not
        self.at: tuple[int, int, bool] | None = None

    @initialize()
    def begin(self) -> None:
        self.firm = make_firm(at=make_carrier())
        taken = session.scalars(select(ApplicationRound.batch)).all()
        first = max(taken, default=0) + 1
        self.rounds = [open_round(first + n) for n in range(2)]

    @rule(n=st.integers(0, 1), act=st.sampled_from(list(A)))
    def anything(self, n: int, act: A) -> None:
        """Any act on any of the two rounds."""
        before, told = last_revision(), "ok"
        expected = self.expect(n, act)
        row = rounds.application_in(self.firm, self.rounds[n])
        try:
            if act is A.PLAN:
                planned(self.firm, self.rounds[n])
            elif row is None:
                return
            else:
                code = FailReason.FORM if act is A.FAIL else None
                do(row, act, reason="录错了", code=code)
        except DomainError as error:
            told = error.code
        assert (told == "ok") == (expected is not None), (act, self.at, told)
        assert last_revision() == before + (told == "ok")
        if expected is not None:
            self.at = expected[0]

    def expect(self, n: int, act: A) -> tuple[Any] | None:
        """(where the firm then is,) when the act is allowed."""
        if act is A.PLAN:
            return ((n, 0, False),) if self.at is None else None
        if self.at is None or self.at[0] != n:
            return None
        _n, step, failed = self.at
        if act is A.VOID:
            return (None,)
        if act is A.BACK:
            return ((n, step, False),) if failed else ((n, step - 1, False),) if step else None
        if failed:
            return None
        if act is A.FAIL:
            return ((n, step, True),) if 1 <= step <= 3 else None
        return ((n, step + 1, False),) if ON[act] == step + 1 else None

    @invariant()
    def agrees(self) -> None:
        """State, number of recognitions and of applications are those of the model."""
        if not hasattr(self, "firm"):
            return
        session.rollback()
        mine = select(Application).where(Application.firm_id == self.firm.id)
        rows = session.scalars(mine).all()
        entries = session.scalar(select(func.count()).where(Milestone.firm_id == self.firm.id))
        assert len(rows) == (self.at is not None)
        assert entries == (self.at is not None and self.at[1:] == (4, False))
        if self.at is not None:
            n, step, failed = self.at
            assert rows[0].round_id == self.rounds[n].id
            assert rows[0].state == ("failed" if failed else ORDER[step])


def test_machine(app: Flask) -> None:
    """Random lives of applications against the model."""
    runs, steps = (400, 60) if SOAKING else (12, 25)
    run_state_machine_as_test(
        Rounds,
        settings=settings(max_examples=runs, stateful_step_count=steps, deadline=None),
    )


# ---- by itself --------------------------------------------------------------------------------


def test_one_application_a_year_under_a_race(app: Flask) -> None:
    firm, first, second = make_firm(at=make_carrier()), open_round(1), open_round(2)
    ids = [first.id, second.id] * 4
    session.rollback()

    def act(number: int) -> None:
        row = session.get_one(ApplicationRound, number)
        service.plan(actor=ACTOR, today=TODAY, round=row, firm=session.merge(firm, load=True))

    told = together(app, [partial(act, number) for number in ids])
    assert told["ok"] == 1
    assert sum(told.values()) == 8
    assert session.scalar(select(func.count()).select_from(Application)) == 1


def test_the_constraint_holds_what_the_code_says(app: Flask) -> None:
    """Raw SQL makes no second application of the year and no other year than the round's."""
    firm, first, second = make_firm(at=make_carrier()), open_round(1), open_round(2)
    row = planned(firm, first)
    base = {
        "pid": "x" * 12, "rule": "hnte", "year": 2026, "firm_id": firm.id, "state": "planned",
        "carrier_id": row.carrier_id, "planned_on": TODAY, "made": False, "round_id": second.id,
    }  # fmt: skip
    table = Application.__table__
    for more in ({}, {"year": 2025}):
        with pytest.raises((Conflict, IntegrityError)), write("test:raw", actor=ACTOR):
            session.execute(insert(table).values(**base | more, rev=current_revision()))


def test_a_recognition_is_made_once_with_its_certificate(app: Flask) -> None:
    firm = make_firm(at=make_carrier())
    row = planned(firm, open_round())
    for act, day in ((A.FILE, 1), (A.RECOMMEND, 5), (A.ANNOUNCE, 10)):
        do(row, act, day=dt.date(2026, 11, day))
    paper = Certificate("GR202631000001", dt.date(2026, 11, 20), dt.date(2029, 11, 20))
    do(row, A.RECOGNISE, day=dt.date(2026, 11, 18), certificate=paper)
    entry = session.scalars(select(Milestone)).one()
    assert (entry.title, entry.number) == (Title.HNTE, "GR202631000001")
    assert (entry.announced_on, entry.filed_on, entry.issued_on, entry.expires_on) == (
        dt.date(2026, 11, 10), dt.date(2026, 11, 18), dt.date(2026, 11, 20), dt.date(2029, 11, 20),
    )  # fmt: skip
    assert (row.milestone_id, row.made) == (entry.id, True)

    def void() -> None:
        with write("milestone:void", actor=ACTOR):
            void_entry(actor=ACTOR, today=TODAY, row=entry, reason="录错")

    told = refused("void:recognised", void)
    assert "2026 年第 1 批 高新技术企业" in told.message
    do(row, A.BACK, reason="证书录错")
    assert session.scalars(select(Milestone)).all() == []
    assert row.state is ApplicationState.ANNOUNCED


def test_a_recognition_entered_before_is_linked_and_completed(app: Flask) -> None:
    firm = make_firm(at=make_carrier())
    row = planned(firm, open_round())
    for act, day in ((A.FILE, 1), (A.RECOMMEND, 5), (A.ANNOUNCE, 10)):
        do(row, act, day=dt.date(2026, 11, day))
    with write("milestone:log", actor=ACTOR):
        log_milestone(
            actor=ACTOR, today=TODAY, firm=firm, kind=MilestoneKind.RECOGNITION, title=Title.HNTE,
            issued_on=dt.date(2026, 11, 12),
        )  # fmt: skip
    do(row, A.RECOGNISE, certificate=Certificate("GR202631000002"))
    entry = session.scalars(select(Milestone)).one()
    assert (entry.number, row.milestone_id, row.made) == ("GR202631000002", entry.id, False)
    do(row, A.VOID, reason="不是这个批次")
    assert session.scalars(select(Milestone)).one().number == "GR202631000002"
    assert session.scalars(select(Application)).all() == []


def test_days_stand_in_their_order(app: Flask) -> None:
    row = planned(make_firm(at=make_carrier()), open_round(district_on=TODAY))
    refused("future_day", lambda: do(row, A.FILE, day=DUE))
    do(row, A.FILE, day=dt.date(2026, 11, 5))
    early = {"day": dt.date(2026, 11, 4)}
    refused("application:order", lambda: do(row, A.RECOMMEND, **early))
    refused("application:fail_code", lambda: do(row, A.FAIL))
    refused("application:fail_note", lambda: do(row, A.FAIL, code=FailReason.OTHER))
    refused("application:reason", lambda: do(row, A.BACK))
    told = refused("application:order", lambda: do(row, A.FAIL, code=FailReason.FORM, **early))
    assert "2026-11-05" in told.message


def test_after_the_last_day_nobody_is_added_and_nothing_filed(app: Flask) -> None:
    late, home = open_round(district_on=TODAY - dt.timedelta(days=1)), make_carrier()
    firm = make_firm(at=home)
    refused("application:closed", lambda: planned(firm, late))
    row = planned(make_firm(at=home), open_round(2))
    with write("round:edit", actor=ACTOR):
        service.edit_round(
            actor=ACTOR, round=row.round, rev=row.round.rev,
            notice=notice(2, district_on=TODAY - dt.timedelta(days=1)),
        )  # fmt: skip
    refused("application:late", lambda: do(row, A.FILE))
    do(row, A.FILE, day=TODAY - dt.timedelta(days=1))


def test_each_side_has_its_own_moves(app: Flask) -> None:
    home, other = make_carrier(), make_carrier()
    words = (Permission.APPLICATION_MAKE, Permission.FIRM_RECORD, Permission.FIRM_READ)
    clerk, stranger = viewer_at(home, *words), viewer_at(other, *words)
    firm, row = make_firm(at=home), open_round()
    with pytest.raises(NotFound):
        planned(firm, row, stranger)
    made = planned(firm, row, clerk)
    with pytest.raises(NotFound):
        do(made, A.FILE, actor=stranger)
    do(made, A.FILE, actor=clerk)
    for act in (A.RECOMMEND, A.FAIL, A.VOID):
        with pytest.raises(Forbidden):
            do(made, act, actor=clerk, reason="试试")
    with pytest.raises(Forbidden):
        open_round_by(clerk)
    do(made, A.BACK, actor=clerk, reason="企业补材料")
    assert made.state is ApplicationState.PLANNED


def open_round_by(actor: Any) -> None:
    with write("round:open", actor=ACTOR):
        service.open_round(actor=actor, notice=notice(9))


def test_a_round_is_corrected_and_voided(app: Flask) -> None:
    row = open_round()
    with pytest.raises(Conflict):
        open_round()
    session.rollback()
    refused("round:days", lambda: open_round(2, city_on=DUE - dt.timedelta(days=1)))
    refused("round:rule", lambda: open_round(2, rule="incubator.graduation"))
    made = planned(make_firm(at=make_carrier()), row)

    def edit(**more: Any) -> None:
        with write("round:edit", actor=ACTOR):
            service.edit_round(actor=ACTOR, round=row, notice=notice(**more), rev=row.rev)

    refused("round:held", lambda: edit(year=2025))
    edit(batch=3, city_on=DUE)
    assert (row.batch, row.city_on) == (3, DUE)

    def void(reason: str | None) -> None:
        with write("round:void", actor=ACTOR):
            service.void_round(actor=ACTOR, round=row, reason=reason, rev=row.rev)

    refused("void_reason", lambda: void(None))
    refused("round:not_empty", lambda: void("录错"))
    do(made, A.VOID, reason="录错")
    void("录错")
    assert session.scalars(select(ApplicationRound)).all() == []


def test_a_merge_takes_the_application_along(app: Flask) -> None:
    firm, into = make_firm(at=make_carrier()), make_firm()
    row = planned(firm, open_round())
    with write("firm:merge", actor=ACTOR):
        merge_firms(actor=ACTOR, today=TODAY, firm=firm, into=into, reason="重复")
    assert row.firm_id == into.id


def test_a_firm_is_judged_by_the_version_of_its_round(app: Flask) -> None:
    with write("standard:load", actor=ACTOR):
        criteria.load_standards(actor=ACTOR, today=TODAY)
    own = open_round(rule="little_giant", year=2025)
    day = dt.date(2025, 6, 1)
    version = rounds.version_in(own, day)
    assert version is not None
    assert "2025" in str(version.tree.title)
    assert rounds.cycle_of(own) == "2025"
    other = open_round(rule="little_giant", year=2026)
    general = rounds.version_in(other, day)
    assert general is not None
    assert general.id != version.id
    assert rounds.cycle_of(other) is None
    review = open_round(2, kind=RoundKind.REVIEW)
    assert rounds.kind_in(review, TODAY) in ("new", "review")


def test_every_pair_names_its_words(app: Flask) -> None:
    """Each act has a state in which it is legal, and each state a way on or back."""
    acts = {act for _state, act in APPLICATION.moves}
    assert acts == set(A)
    assert {state for state, _act in APPLICATION.moves} == set(APPLICATION.states)
