"""The rooms of the state machine: what is asked of the services, and what must be true of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant
from sqlalchemy import select

from app.core.db import session
from app.firms.models import Occupancy
from app.firms.service import space
from app.pipeline import service
from app.pipeline.models import Claim
from app.pipeline.moves.graduation_effects import Report
from tests.factories.units import make_unit
from tests.pipeline import model, model_rooms

bidder = st.sampled_from(["fast", "park", "park", "rival"])


class Rooms:
    """One unit a bidder, which the firms claim, use and leave."""

    carriers: dict[str, Any]
    units: dict[str, Any]
    firms: list[model.Firm]
    rows: list[Any]
    ids: list[int]
    gone: set[int]
    today: dt.date
    draw: Callable[..., Any]
    act: Callable[..., None]
    some_day: Callable[[], dt.date]
    f: Callable[..., Any]
    step: int

    def furnish(self) -> None:
        """Units of this life alone: one let by desks, the others by area."""
        self.units = {
            c: make_unit(
                self.carriers[c], 30_000 if c == "fast" else total * 100,
                desks=total if c == "fast" else None,
            )
            for c, total in model_rooms.TOTAL.items()
        }  # fmt: skip

    def graduated(self, n: int, start: dt.date, chosen: str | None) -> None:
        """The firm has incubated and graduated, and may have a claim on the whole of a room."""
        day = start - dt.timedelta(200 - n)
        home = {"firm": self.rows[n], "carrier": self.carriers["a"]}
        self.act(n, self.f(n, model.admit, "a", day), service.admit, **home, starts=day,
                 agreement_on=day)  # fmt: skip
        day = start - dt.timedelta(9)
        self.act(n, self.f(n, model.graduate, "a", day, None), service.graduate, **home,
                 report=Report(day))  # fmt: skip
        if chosen:
            self.act(n, self.f(n, model.claim, chosen, None, 0), service.claim, firm=self.rows[n],
                     carrier=self.carriers[chosen], token=f"{self.ids[0]}-{self.step}",
                     **self.asked(chosen, None, 0))  # fmt: skip

    def room(self, c: str) -> tuple[dt.date | None, int | None]:
        """A day on which the firm means to come, and how much of the room."""
        after = self.draw(st.sampled_from([None, None, None, 0, 20]))
        whole = model_rooms.TOTAL[c]
        amount = self.draw(st.sampled_from([0, 0, whole // 2, whole, whole, whole + 1, None]))
        return None if after is None else self.today + dt.timedelta(int(after)), amount

    def asked(self, c: str, planned: dt.date | None, room: int | None) -> dict[str, Any]:
        """The same for the services."""
        desks = c == "fast"
        return {
            "planned_on": planned, "unit": None if room is None else self.units[c],
            "desks": room or None if desks else None, "area_m2": None if desks else room or None,
        }  # fmt: skip

    def used(self, n: int, c: str, amount: int) -> dict[str, Any]:
        return {
            "firm": self.rows[n], "unit": self.units[c],
            "amount": amount if c == "fast" else amount * 100,
        }  # fmt: skip

    def move_in(self, n: int) -> None:
        """Into a room before, beside or without an arrival, for good or for some days."""
        c, starts = self.draw(bidder), self.some_day()
        starts += dt.timedelta(int(self.draw(st.sampled_from([0, 0, 15, 40]))))
        after = self.draw(st.sampled_from([None, 10, 40]))
        ends = None if after is None else starts + dt.timedelta(int(after))
        amount = self.draw(st.sampled_from([model_rooms.TOTAL[c] // 2, model_rooms.TOTAL[c]]))
        self.act(
            n, lambda firms: model_rooms.occupy(firms[n], c, amount, starts, ends), space.occupy,
            **self.used(n, c, amount), starts=starts, ends=ends,
        )  # fmt: skip

    def vacate(self, n: int) -> None:
        found = self.uses(n)
        if not found:
            return
        k, on = self.draw(st.integers(0, len(found) - 1)), self.some_day()
        self.act(n, lambda firms: model_rooms.vacate(firms[n], k, on), space.vacate,
                 row=found[k], on=on)  # fmt: skip

    def uses(self, n: int) -> list[Any]:
        """The firm's uses of rooms in the order of the model, which is that of their making."""
        session.rollback()
        mine = select(Occupancy).where(Occupancy.firm_id == self.ids[n])
        found = list(session.scalars(mine.order_by(Occupancy.id)))
        made = sorted(self.firms[n]["uses"], key=lambda u: int(u["seq"]))
        by = dict(zip([u["seq"] for u in made], found, strict=True))
        return [by[u["seq"]] for u in self.firms[n]["uses"]]

    @invariant()
    def rooms_are_as_the_model_and_never_overfull(self) -> None:
        unit = {self.units[c].id: c for c in self.units}
        for n, f in enumerate(self.firms):
            if n in self.gone:
                continue
            for u, row in zip(f["uses"], self.uses(n), strict=True):
                amount = u["n"] if u["c"] == "fast" else u["n"] * 100
                want = (u["c"], amount, u["s"], u["e"], u["own"], u["tied"])
                told = (row.amount, row.starts, row.ends, row.own_ends, row.tied)
                assert (unit[row.unit_id], *told) == want
            claims = select(Claim).where(Claim.firm_id == self.ids[n]).order_by(Claim.id)
            kept = [
                (unit[x.unit_id], x.desks or (x.area_dm2 or 0) // 100, x.reserved_from)
                for x in session.scalars(claims) if x.state.value == "accepted" and x.reserved_from
            ]  # fmt: skip
            mine = [x for x in f["claims"] if model_rooms.keeps(x)]
            assert sorted(kept) == sorted((x["c"], x["room"], x["from"]) for x in mine)
        for c, total in model_rooms.TOTAL.items():
            spans = model_rooms.taken(self.firms[0], c)
            for day, _ends, _n in spans:
                on = [n for s, e, n in spans if s <= day and (e is None or e > day)]
                assert sum(on) <= total
        session.rollback()
