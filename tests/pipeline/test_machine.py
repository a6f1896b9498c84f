"""Random lives of firms on the services, each step compared with the model in dictionaries."""

from __future__ import annotations

import copy
import datetime as dt
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask, current_app
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import BigInteger, Date, bindparam, func, select

from app.core.db import known, last_revision, session, write
from app.core.errors import DomainError
from app.criteria.models import Outcome
from app.firms.models import Destination, LeaveReason, Occupancy, Residency
from app.firms.service import merge_firms, space
from app.pipeline import service
from app.pipeline.models import Claim, ClaimStepKind, Graduation, TransferRequest, TransferState
from app.pipeline.moves.graduation_effects import Report
from app.pipeline.queries import chain, ties
from app.pipeline.stage import stages
from app.pipeline.words import ClaimEnd, ReturnReason
from tests.conftest import SOAKING
from tests.factories.carriers import ACTOR, make_carrier
from tests.factories.firms import make_firm
from tests.factories.pipeline import judge_says
from tests.pipeline import model, model_rooms
from tests.pipeline.machine_rooms import Rooms, bidder

START = dt.date(2026, 3, 2)
RECORDS = (Residency, Graduation, Claim, Occupancy)
who = st.integers(0, 1)
incubator = st.sampled_from(["a", "a", "sister", "far"])
IN_POOL = f"claim claim {'on_claim ' * 5} land void correct leave judge judge move_in"
#: What is likely in each stage.
SENSIBLE = {
    "registered": "admit admit admit land",
    "incubating": "graduate graduate push unpush transfer ask agree agree claim on_claim land leave"
    " judge correct void confirm move_in",
    "graduated": f"{IN_POOL} stay graduate",
    "accelerating": f"{IN_POOL} graduate confirm merge",
    "settled": "land leave confirm graduate judge void correct on_claim merge move_in vacate",
    "left": "admit admit stay land graduate judge correct void confirm merge vacate",
}


def _rows(record: Any, cut: Any = None) -> Any:
    table = known(record, cut)
    mine = table.c.firm_id.in_(bindparam("ids", expanding=True))
    return select(*table.c).where(mine).order_by(table.c.id)


CUT = bindparam("cut", type_=BigInteger)
NOW = [_rows(record) for record in RECORDS]
PAST = [_rows(record, CUT) for record in RECORDS]
ONE, TWO = (select(bindparam(name, type_=BigInteger)) for name in ("one", "two"))
STAGES = select(stages(bindparam("day", type_=Date), firms=ONE.union_all(TWO)))


class Chain(Rooms, RuleBasedStateMachine):
    """Two firms at six carriers. An act succeeds if and only if the model allows it."""

    carriers: dict[str, Any]
    draw: Callable[..., Any]

    @initialize(ahead=st.integers(0, 3))
    def begin(self, ahead: int) -> None:
        self.today, self.step = START, 0
        self.rows = [make_firm() for _ in range(2)]
        self.firms: list[model.Firm] = [model.new_firm() for _ in self.rows]
        for one in self.firms:
            one["all"] = self.firms
        self.ids = [row.id for row in self.rows]
        self.gone: set[int] = set()
        self.furnish()
        for n in range(2 if ahead else 0):  # mostly both can be claimed from the first day on
            self.graduated(n, START, "park" if ahead == 1 else None)

    def act(
        self, n: int, expected: Callable[[Any], Any], run: Callable[..., Any], **given: Any
    ) -> None:
        """Do it on both sides; a refusal leaves no trace, a success is one revision."""
        if n in self.gone:
            return
        self.step += 1
        current_app.config["TODAY"] = self.today  # what runs as a write is sealed asks for it
        trial = copy.deepcopy(self.firms)
        for one in trial:
            one["seq"] = self.step
        try:
            expected(trial)
            for one in trial:
                model.end_overtaken(one, self.today)
                model_rooms.follow(one)
            allowed = True
        except model.Refused:
            allowed = False
        before, held = last_revision(), self.held()
        told = "ok"
        try:
            with write("test:act", actor=ACTOR):
                run(actor=ACTOR, today=self.today, **given)
        except DomainError as error:
            told = error.code
        assert (told == "ok") == allowed, f"told {told}; the model says {allowed}"
        if allowed:
            self.firms = trial
        assert last_revision() == before + allowed
        past = self.held(before)
        assert past == held, "history does not give the rows back as they were"

    def held(self, cut: int | None = None) -> list[list[Any]]:
        """All rows of these firms, now or as they were known."""
        session.rollback()
        given = {"ids": self.ids} | ({} if cut is None else {"cut": cut})
        asked = NOW if cut is None else PAST
        return [[tuple(row) for row in session.execute(one, given)] for one in asked]

    def f(self, n: int, act: Callable[..., None], *args: Any) -> Callable[[Any], None]:
        return lambda firms: act(firms[n], self.today, *args)

    def there(self, n: int) -> Any:
        """The carrier where the model has the firm."""
        now = model.present(self.firms[n], self.today)
        return self.carriers[now["c"] if now else "far"]

    @rule(n=who, days=st.sampled_from([0, 0, 0, 1, 2, 12, 31]), astray=st.integers(0, 7),
          data=st.data())  # fmt: skip
    def something_happens(self, n: int, days: int, astray: int, data: Any) -> None:
        """Mostly what makes sense in the firm's stage, sometimes anything."""
        n = 1 - n if n in self.gone else n
        self.today += dt.timedelta(days)
        self.draw = data.draw
        sensible = SENSIBLE[model.stage(self.firms[n], self.today)].split()
        acts = sorted(set(" ".join(SENSIBLE.values()).split())) if astray == 0 else sensible
        getattr(self, data.draw(st.sampled_from(acts)))(n)

    def some_day(self) -> dt.date:
        back = self.draw(st.sampled_from([0, 0, 1, 2, 5, 9, 30]))
        return self.today - dt.timedelta(int(back))

    def former(self, n: int) -> str:
        """Mostly an incubator that knows the firm."""
        known = [t["c"] for t in self.firms[n]["ties"] if model.TIER[t["c"]] == 1]
        return str(self.draw(st.sampled_from([*known[-1:] * 4, "a", "far"])))

    def admit(self, n: int) -> None:
        c, day = self.draw(incubator), self.some_day()
        self.act(
            n, self.f(n, model.admit, c, day), service.admit, firm=self.rows[n],
            carrier=self.carriers[c], starts=day, agreement_on=day,
        )  # fmt: skip

    def stay(self, n: int) -> None:
        c, day = self.draw(incubator), self.some_day()
        self.act(n, self.f(n, model.stay, c, day), service.stay, firm=self.rows[n],
                 carrier=self.carriers[c], starts=day, agreement_on=day)  # fmt: skip

    def transfer(self, n: int) -> None:
        c, day = self.draw(incubator), self.some_day()
        self.act(n, self.f(n, model.transfer, c, day), service.transfer,
                 firm=self.rows[n], carrier=self.carriers[c], on=day)  # fmt: skip

    def ask(self, n: int) -> None:
        c = self.draw(incubator)
        self.act(n, self.f(n, model.ask, c), service.ask_transfer, firm=self.rows[n],
                 carrier=self.carriers[c], wanted_on=self.today)  # fmt: skip

    def agree(self, n: int) -> None:
        if not self.firms[n]["asked"]:
            return
        c = self.draw(st.sampled_from(sorted(self.firms[n]["asked"])))
        session.rollback()
        row = session.scalars(
            select(TransferRequest).where(
                TransferRequest.firm_id == self.ids[n],
                TransferRequest.to_id == self.carriers[c].id,
                TransferRequest.state == TransferState.OPEN,
            )
        ).one()
        self.act(n, self.f(n, model.agree, c, row.wanted_on), service.agree_transfer, request=row)

    def graduate(self, n: int) -> None:
        c, day = self.former(n), self.some_day()
        dest = self.draw(st.sampled_from([None, None, "building", "city"]))
        report = Report(day, destination=Destination(dest) if dest else None)
        self.act(n, self.f(n, model.graduate, c, day, dest), service.graduate,
                 firm=self.rows[n], carrier=self.carriers[c], report=report)  # fmt: skip

    def judge(self, n: int) -> None:
        session.rollback()
        row = ties.graduation_of(self.rows[n])
        if row is None:
            return
        act = self.draw(st.sampled_from(["check", "verify", "return", "withdraw", "repeat"]))
        day = self.some_day()
        runs: dict[str, Callable[..., Any]] = {
            "check": lambda **kw: service.check(graduations=[row], **kw),
            "verify": lambda **kw: service.verify(graduations=[row], **kw),
            "return": lambda **kw: service.return_graduation(
                graduation=row, reason=ReturnReason.DATES, **kw
            ),
            "withdraw": lambda **kw: service.withdraw_graduation(graduation=row, reason="x", **kw),
            "repeat": lambda **kw: service.repeat(graduation=row, report=Report(day), **kw),
        }
        self.act(n, self.f(n, model.judge, act, day), runs[act])

    def push(self, n: int) -> None:
        self.act(n, self.f(n, model.push), service.push, firm=self.rows[n], carrier=self.there(n))

    def unpush(self, n: int) -> None:
        self.act(n, self.f(n, model.unpush), service.unpush, firm=self.rows[n],
                 carrier=self.there(n))  # fmt: skip

    def claim(self, n: int) -> None:
        c = self.draw(bidder)
        planned, room = self.room(c)
        self.act(n, self.f(n, model.claim, c, planned, room), service.claim, firm=self.rows[n],
                 carrier=self.carriers[c], token=f"{self.ids[0]}-{self.step}",
                 **self.asked(c, planned, room))  # fmt: skip

    def on_claim(self, n: int) -> None:
        session.rollback()
        mine = select(Claim).where(Claim.firm_id == self.ids[n])
        found = list(session.scalars(mine.order_by(Claim.id)))
        if not found:
            return
        k = self.draw(st.integers(0, len(found) - 1))
        acts = ["choose", "choose", "choose", "follow", "refuse", "withdraw", "release", "room"]
        act = self.draw(st.sampled_from(acts))
        if act == "room":
            c = self.firms[n]["claims"][k]["c"]
            planned, room = self.room(c)
            self.act(n, self.f(n, model.change_room, k, planned, room), service.change_room,
                     claim=found[k], **self.asked(c, planned, room))  # fmt: skip
            return
        ends: dict[str, Callable[..., Any]] = {
            "refuse": service.decline, "withdraw": service.withdraw, "release": service.release,
        }  # fmt: skip
        given: dict[str, Any] = {"claim": found[k]}
        run: Callable[..., Any] = service.choose
        if act == "follow":
            run, given = service.follow_up, given | {"step": ClaimStepKind.VISIT, "day": self.today}
        elif act in ends:
            run, given = ends[act], given | {"reason": ClaimEnd.NO_FIT}
        self.act(n, self.f(n, model.act_on_claim, k, act), run, **given)

    def land(self, n: int) -> None:
        c, day = self.draw(bidder), self.some_day()
        whole = model_rooms.TOTAL[c]
        amount = self.draw(st.sampled_from([None, None, whole // 2, whole]))

        def expected(firms: Any) -> None:
            model.land(firms[n], self.today, c, day)
            if amount is not None:
                model_rooms.occupy(firms[n], c, amount, day)

        def run(**base: Any) -> None:
            firm = self.rows[n]
            service.land(**base, firm=firm, carrier=self.carriers[c], arrived_on=day)
            if amount is not None:
                space.occupy(**base, **self.used(n, c, amount), starts=day)

        self.act(n, expected, run)

    def leave(self, n: int) -> None:
        day = self.some_day()
        dest = self.draw(st.sampled_from(["building", "city", "abroad", "incubator"]))
        self.act(n, self.f(n, model.leave, day, dest), service.leave, firm=self.rows[n],
                 carrier=self.there(n), on=day, destination=Destination(dest),
                 reason=LeaveReason.NOT_GRADUATED)  # fmt: skip

    def confirm(self, n: int) -> None:
        c = self.former(n)
        self.act(n, self.f(n, model.confirm, c), service.confirm_departure, firm=self.rows[n],
                 carrier=self.carriers[c])  # fmt: skip

    def void(self, n: int) -> None:
        found = self.ties(n)
        if found:
            k = self.draw(st.sampled_from([len(found) - 1, 0]))
            self.act(n, self.f(n, model.void, k), service.void_tie, tie=found[k], reason="x")

    def correct(self, n: int) -> None:
        found = self.ties(n)
        if not found:
            return
        k = self.draw(st.integers(0, len(found) - 1))
        by = dt.timedelta(int(self.draw(st.sampled_from([-9, -2, -1, 1, 3, 14]))))
        what, tie = self.draw(st.sampled_from(["starts", "ends", "reopen"])), found[k]
        starts = tie.starts + by if what == "starts" else tie.starts
        ends = None if what == "reopen" else tie.ends
        if what == "ends" and tie.ends:
            ends = tie.ends + by
        rest = dict.fromkeys(("lease_ends", "signed_on", "registered_on", "taxed_on", "area_m2"))
        self.act(
            n, self.f(n, model.correct, k, starts, ends), service.correct_tie, tie=tie, rev=tie.rev,
            reason="x", starts=starts, ends=ends, agreement_on=tie.agreement_on, **rest,
        )  # fmt: skip

    def merge(self, n: int) -> None:
        if self.gone or self.step < 12:
            return
        self.act(n, lambda firms: model.merge(firms[n], firms[1 - n]), merge_firms,
                 firm=self.rows[n], into=self.rows[1 - n], reason="x")  # fmt: skip
        session.rollback()
        session.refresh(self.rows[n])
        if self.rows[n].merged_into_id is not None:
            self.gone.add(n)

    def ties(self, n: int) -> list[Any]:
        """The firm's counted ties in the order of the model."""
        session.rollback()
        found = {t.starts: t for t in ties.all_of(self.rows[n]) if t.counted}
        return [found[t["s"]] for t in self.firms[n]["ties"]]

    @invariant()
    def rows_are_as_the_model(self) -> None:
        for n, f in enumerate(self.firms):
            if n in self.gone:
                continue
            rows = sorted(self.ties(n), key=lambda t: t.starts)
            names = {c.id: name for name, c in self.carriers.items()}
            told = [
                (names[t.carrier_id], t.starts, t.ends, t.kind == "graduate_stay",
                 t.destination and t.destination.value, t.leave_reason and t.leave_reason.value,
                 t.leave_confirmed) for t in rows
            ]  # fmt: skip
            keys = ("c", "s", "e", "stay", "dest", "why", "sure")
            ordered = sorted(f["ties"], key=lambda t: t["s"])
            assert told == [tuple(t[k] for k in keys) for t in ordered]
            for one, after in pairwise(rows):
                assert one.ends is not None
                assert one.ends <= after.starts, "two counted ties share a day"
            row = ties.graduation_of(self.rows[n])
            assert (row and (row.state.value, row.graduated_on)) == (
                f["grad"] and (f["grad"]["state"], f["grad"]["on"])
            )
            assert (chain.push_of(self.rows[n], self.today) is not None) == bool(f["push"])
            asked = select(TransferRequest.to_id).where(
                TransferRequest.firm_id == self.ids[n], TransferRequest.state == TransferState.OPEN
            )
            assert {names[to] for to in session.scalars(asked)} == set(f["asked"])
            claims = select(Claim).where(Claim.firm_id == self.ids[n])
            found = list(session.scalars(claims.order_by(Claim.id)))
            want = Counter((x["c"], x["state"]) for x in f["claims"])
            assert Counter((names[x.carrier_id], x.state.value) for x in found) == want
            assert sum(x.state == "accepted" for x in found) <= 1

    @invariant()
    def stages_are_as_the_model_and_sum_up(self) -> None:
        asked = {"day": self.today, "one": self.ids[0], "two": self.ids[1]}
        rows = {r.firm_id: r.stage.value for r in session.execute(STAGES, asked)}
        alive = [n for n in range(2) if n not in self.gone]
        want = {self.ids[n]: model.stage(self.firms[n], self.today) for n in alive}
        assert rows == want
        for n in alive:
            assert ties.stage_now(self.rows[n], self.today).value == want[self.ids[n]]
        once = select(func.count(), func.count(Graduation.firm_id.distinct()))
        total, firms = session.execute(once.where(Graduation.firm_id.in_(self.ids))).one()
        assert total == firms
        session.rollback()


def test_a_life_is_as_the_model_says(app: Flask, engine_name: str) -> None:
    judge_says(Outcome.MET)
    app.config["CLAIM_RENEWALS"] = model.RENEWALS
    home = make_carrier("甲孵化器")
    Chain.carriers = {
        name: home if name == "a" else make_carrier(
            tier=tier, operator=home.operator if name == "sister" else None
        )
        for name, tier in model.TIER.items()
    }  # fmt: skip
    lives = 20 if engine_name == "sqlite" else 8
    small = settings(max_examples=lives, stateful_step_count=40, deadline=None)
    run_state_machine_as_test(Chain, settings=settings() if SOAKING else small)


pytestmark = pytest.mark.usefixtures("app")
