"""Two firms at seven carriers: an act is done on the services and on the model, and compared."""

from __future__ import annotations

import datetime as dt
import pickle
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, TypeVar

from flask import current_app
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from sqlalchemy import BigInteger, Date, bindparam, select

from app.carriers.models import Carrier, CarrierStatus, CarrierSuccession, Site, UnitUse
from app.carriers.queries import over, succession
from app.carriers.service.units import add_unit
from app.core.db import known, last_revision, session, write
from app.core.errors import DomainError
from app.firms.models import Firm, Occupancy, Residency
from app.pipeline.models import Claim, Graduation, Handover, Mediation, Push, TransferRequest
from app.pipeline.queries import mediations, ties
from app.pipeline.stage import stages
from tests.factories.carriers import ACTOR, add_carrier
from tests.factories.carriers import START as FOUNDED
from tests.factories.firms import add_firm
from tests.pipeline.life import carriers as ends
from tests.pipeline.life import chain, claims, ground, papers, rooms

START = dt.date(2026, 3, 2)
T = TypeVar("T")
OF_FIRMS = (
    Residency, Graduation, Claim, Occupancy, Push, TransferRequest, Mediation, Handover,
)  # fmt: skip
OF_CARRIERS = (CarrierStatus, CarrierSuccession)


def _rows(record: Any, cut: Any = None) -> Any:
    table = known(record, cut)
    key = {CarrierStatus: "carrier_id", CarrierSuccession: "successor_id"}.get(record, "firm_id")
    mine = table.c[key].in_(bindparam("ids", expanding=True))
    return select(*table.c).where(mine).order_by(table.c.id)


CUT = bindparam("cut", type_=BigInteger)
NOW = {record: _rows(record) for record in (*OF_FIRMS, *OF_CARRIERS)}
PAST = {record: _rows(record, CUT) for record in NOW}
ONE, TWO = (select(bindparam(name, type_=BigInteger)) for name in ("one", "two"))
STAGES = select(stages(bindparam("day", type_=Date), firms=ONE.union_all(TWO)))


class Machine(RuleBasedStateMachine):
    """An act succeeds if and only if the model allows it; a refusal leaves no trace, a success is
    one revision, and what was before it can still be read."""

    #: two people of the district who write opinions
    officials: tuple[Any, ...]
    #: how often which verb was done and refused
    told: Counter[tuple[str, str]] = Counter()
    verb = "begin"
    draw: Callable[..., int]
    today: dt.date
    #: step, and the newest revision
    step: int
    rev: int

    def pick(self, some: Sequence[T]) -> T:
        return some[self.draw(st.integers(0, len(some) - 1))]

    @initialize(data=st.data())
    def begin(self, data: Any) -> None:
        self.draw = data.draw
        ahead = self.pick(range(4))
        self.today, self.step, self.turn = START, 0, 0
        current_app.config["TODAY"] = START
        self.firms = ground.new_firms(2)
        self.gone: set[int] = set()
        with write("test:life", actor=ACTOR):
            self._found()
        session.remove()
        self.rev = last_revision()
        self.now = self._read(NOW)
        for n in range(2 if ahead else 0):  # mostly both can be claimed from the first day on
            self.graduated(n, START, "park" if ahead == 1 else None)

    def _found(self) -> None:
        """Carriers, rooms and firms of this life alone."""
        made: dict[str, Carrier] = {}
        for name, tier in ground.TIER.items():
            host = made["a"].operator if name == "sister" else None
            made[name] = add_carrier(tier=tier, operator=host)
        self.places = {name: one.id for name, one in made.items()}
        self.units = {name: self._room(made[name]).id for name in rooms.TOTAL}
        some = [add_firm() for _ in self.firms]
        self.ids, self.pids = [one.id for one in some], [one.pid for one in some]

    def _room(self, carrier: Carrier) -> Any:
        site = session.scalars(select(Site).where(Site.carrier_id == carrier.id)).one()
        name = next(c for c, number in self.places.items() if number == carrier.id)
        total, desks = rooms.TOTAL[name], name in rooms.DESKS
        values = {
            "building": "1 号楼", "floor": 1, "number": "101", "uses": (UnitUse.OFFICE,),
            "starts": FOUNDED, "area_dm2": 30_000 if desks else total * 100,
            "desks": total if desks else None,
        }  # fmt: skip
        return add_unit(actor=ACTOR, today=START, carrier=carrier, site=site, values=values)

    # ---- what acts are given -----------------------------------------------------------------

    def firm(self, n: int) -> Firm:
        return session.get_one(Firm, self.ids[n])

    def at(self, c: str) -> Carrier:
        return session.get_one(Carrier, self.places[c])

    def mine(self, record: Any, n: int) -> list[Any]:
        """The rows of a firm as they were read after the last act."""
        return [row for row in self.now[record] if row.firm_id == self.ids[n]]

    def name(self, carrier_id: int | None) -> str | None:
        return next((c for c, number in self.places.items() if number == carrier_id), None)

    def some_day(self) -> dt.date:
        back = self.pick([0, 0, 1, 2, 5, 9, 30])
        return self.today - dt.timedelta(int(back))

    # ---- an act on both sides ----------------------------------------------------------------

    def act(
        self, n: int, expected: Callable[[Any], Any], run: Callable[..., Any],
        records: Sequence[Any] = OF_FIRMS,
    ) -> None:  # fmt: skip
        """Do it: `expected` on firms in dictionaries, `run` with actor and day inside a write.

        `records`: what it may change.
        """
        if n in self.gone:
            return
        self.step, self.turn = self.step + 1, n
        current_app.config["TODAY"] = self.today  # what runs as a write is sealed asks for it
        for one in self.firms:
            one["seq"] = self.step
            papers.settle(one, self.today)  # days end some things, whatever is done now
        trial = pickle.loads(pickle.dumps(self.firms))
        try:
            expected(trial)
            for one in trial:
                self._settle(one)
            allowed = True
        except ground.Refused:
            allowed = False
        told = "ok"
        try:
            with write("test:act", actor=ACTOR):
                run(actor=ACTOR, today=self.today)
        except DomainError as error:
            told = error.code
        session.remove()
        assert (told == "ok") == allowed, f"told {told}; the model says {allowed}"
        self.told[self.verb, "done" if allowed else "refused"] += 1
        self._look(allowed, records)
        if allowed:
            self.firms = trial

    def _settle(self, one: Any) -> None:
        """What follows by itself when something is written."""
        chain.end_overtaken(one, self.today)
        claims.end_of_closed(one, self.today)
        rooms.follow(one)
        papers.settle(one, self.today)

    def _read(self, asked: Any, *records: Any, **more: Any) -> dict[Any, list[Any]]:
        sides = {one: list(self.places.values()) for one in OF_CARRIERS}
        connection = session.connection()
        return {
            one: connection.execute(
                asked[one], {"ids": sides.get(one, self.ids)} | more
            ).all()
            for one in records or asked
        }  # fmt: skip

    def _look(self, allowed: bool, records: Sequence[Any]) -> None:
        """Read all of it anew; nothing changed by a refusal, and no past by a success."""
        assert last_revision() == self.rev + allowed
        now = self.now | self._read(NOW, *records)
        changed = [one for one in records if now[one] != self.now[one]]
        if not allowed:
            assert not changed, "a refusal left something behind"
        elif changed:
            past = self._read(PAST, *changed, cut=self.rev)
            assert past == {one: self.now[one] for one in changed}, "history differs"
        self.now, self.rev = now, self.rev + allowed

    # ---- what must be true -------------------------------------------------------------------

    @invariant()
    def rows_are_as_the_model(self) -> None:
        for n, f in enumerate(self.firms):
            if n in self.gone:
                assert not any(self.mine(one, n) for one in OF_FIRMS)
                continue
            self._ties(n, f)
            self._claims(n, f)
            self._papers(n, f)
        session.remove()

    def _ties(self, n: int, f: Any) -> None:
        rows = sorted((t for t in self.mine(Residency, n) if t.counted), key=lambda t: t.starts)
        told = [
            (self.name(t.carrier_id), t.starts, t.ends, t.kind == "graduate_stay",
             t.destination and t.destination.value, self.name(t.destination_id),
             t.leave_reason and t.leave_reason.value, t.leave_confirmed) for t in rows
        ]  # fmt: skip
        keys = ("c", "s", "e", "stay", "dest", "to", "why", "sure")
        ordered = sorted(f["ties"], key=lambda t: t["s"])
        assert told == [tuple(t[k] for k in keys) for t in ordered]
        for one, after in pairwise(rows):
            assert one.ends is not None
            assert one.ends <= after.starts, "two counted ties share a day"
        held = [(row.state.value, row.graduated_on) for row in self.mine(Graduation, n)]
        assert held == ([(f["grad"]["state"], f["grad"]["on"])] if f["grad"] else [])
        day = self.today
        pushed = [
            p for p in self.mine(Push, n) if p.starts <= day and not (p.ends and p.ends <= day)
        ]
        assert len(pushed) == bool(f["push"])
        waiting = [r for r in self.mine(TransferRequest, n) if r.state == "open"]
        asked = {self.name(r.to_id): self.name(r.from_id) for r in waiting}
        assert asked == f["asked"]
        assert len(waiting) == len(asked), "one carrier asked twice"

    def _claims(self, n: int, f: Any) -> None:
        found = self.mine(Claim, n)
        want = Counter((x["c"], x["state"]) for x in f["claims"])
        assert Counter((self.name(x.carrier_id), x.state.value) for x in found) == want
        assert sum(x.state == "accepted" for x in found) <= 1, "two are accepted"
        held = [x.carrier_id for x in found if x.state.value in claims.HELD]
        assert len(held) == len(set(held)), "one carrier bids twice"

    def _papers(self, n: int, f: Any) -> None:
        sheets = [(self.name(x.from_id), self.name(x.to_id), x.state.value)
                  for x in self.mine(Handover, n)]  # fmt: skip
        assert sheets == [(x["from"], x["to"], x["state"]) for x in f["sheets"]]
        rows = self.mine(Mediation, n)
        going = [row.id for row in rows if row.state in mediations.LIVE]
        some = select(Mediation).where(Mediation.id.in_(going)).order_by(Mediation.id)
        why = mediations.over(session.scalars(some).all(), self.today) if going else {}
        told = []
        for row in rows:
            reason = why.get(row.id) or row.end_reason
            state = "ended" if row.id in why else row.state.value
            told.append((self.name(row.asked_by_id), state, reason == "chosen"))
        papers.settle(f, self.today, self.step + 1)
        assert told == [(m["by"], m["state"], m["chosen"]) for m in f["talks"]]

    @invariant()
    def stages_are_as_the_model_and_sum_up(self) -> None:
        asked = {"day": self.today, "one": self.ids[0], "two": self.ids[1]}
        rows = {r.firm_id: r.stage.value for r in session.execute(STAGES, asked)}
        alive = [n for n in range(2) if n not in self.gone]
        want = {self.ids[n]: chain.stage(self.firms[n], self.today) for n in alive}
        assert rows == want
        if self.turn in alive:
            told = ties.stage_now(self.firm(self.turn), self.today).value
            assert told == want[self.ids[self.turn]]
        assert len(self.now[Graduation]) == len({g.firm_id for g in self.now[Graduation]})
        session.remove()

    def carriers_are_as_the_model(self) -> None:
        """After an act on a carrier."""
        w, day = self.firms[0]["world"], self.today
        closed, heirs = over(day), succession.heirs(day)
        held = {(self.name(x.predecessor_id), self.name(x.successor_id), x.day)
                for x in self.now[CarrierSuccession]}  # fmt: skip
        assert held == set(w["links"])
        told = {self.name(old): self.name(new) for old, new in heirs.items()}
        told.pop(None, None)
        assert told == ends.heirs(w, day)
        for c, number in self.places.items():
            assert (number in closed) == ground.over(w, c, day)
        session.remove()
