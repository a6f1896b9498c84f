"""Bids, choices, landings and the rooms that they are about."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis.stateful import invariant

from app.carriers.models import Unit
from app.core.db import session
from app.firms.models import Occupancy
from app.firms.service import space
from app.pipeline import service
from app.pipeline.models import Claim, ClaimStepKind
from app.pipeline.words import ClaimEnd
from tests.pipeline.life import chain, claims, rooms
from tests.pipeline.life.machine import Machine

BIDDERS = ("fast", "swift", "park", "park", "rival")


class Rooms(Machine):
    """One unit a bidder, which the firms claim, use and leave."""

    def room(self, c: str) -> tuple[dt.date | None, int | None]:
        """A day on which the firm means to come, and how much of the room."""
        after = self.pick([None, None, None, 0, 20])
        whole = rooms.TOTAL[c]
        amount = self.pick([0, 0, whole // 2, whole, whole, whole + 1, None])
        return None if after is None else self.today + dt.timedelta(int(after)), amount

    def unit(self, c: str) -> Unit:
        return session.get_one(Unit, self.units[c])

    def asked(self, c: str, planned: dt.date | None, room: int | None) -> dict[str, Any]:
        """The same for the services."""
        desks = c in rooms.DESKS
        return {
            "planned_on": planned, "unit": None if room is None else self.unit(c),
            "desks": room or None if desks else None, "area_m2": None if desks else room or None,
        }  # fmt: skip

    def used(self, n: int, c: str, amount: int) -> dict[str, Any]:
        return {
            "firm": self.firm(n), "unit": self.unit(c),
            "amount": amount if c in rooms.DESKS else amount * 100,
        }  # fmt: skip

    def claim(self, n: int) -> None:
        c = self.pick(BIDDERS)
        self.bid(n, c, *self.room(c))

    def bid(self, n: int, c: str, planned: dt.date | None, room: int | None) -> None:
        """Pressed twice: the second press gives what the first one made."""

        def run(**by: Any) -> None:
            given = {"firm": self.firm(n), "carrier": self.at(c), **self.asked(c, planned, room)}
            token = f"{self.ids[0]}-{self.step}"
            made = service.claim(**by, token=token, **given)
            assert service.claim(**by, token=token, **given).id == made.id

        self.act(n, lambda firms: claims.claim(firms[n], self.today, c, planned, room), run)

    def on_claim(self, n: int) -> None:
        found = self.mine(Claim, n)
        if not found:
            return
        k = self.pick(range(len(found)))
        acts = ["choose", "choose", "choose", "follow", "refuse", "withdraw", "release", "room"]
        act = self.pick(acts)
        if act == "room":
            self._other_room(n, k, found[k].id)
            return
        ends = {
            "refuse": service.decline, "withdraw": service.withdraw, "release": service.release,
        }  # fmt: skip

        def run(**by: Any) -> None:
            row = session.get_one(Claim, found[k].id)
            if act == "follow":
                service.follow_up(**by, claim=row, step=ClaimStepKind.VISIT, day=self.today)
            elif act == "choose":
                service.choose(**by, claim=row)
            else:
                ends[act](**by, claim=row, reason=ClaimEnd.NO_FIT)

        self.act(n, lambda firms: claims.act_on(firms[n], self.today, k, act), run)

    def _other_room(self, n: int, k: int, claim_id: int) -> None:
        c = self.firms[n]["claims"][k]["c"]
        planned, room = self.room(c)
        self.act(
            n, lambda firms: claims.change_room(firms[n], self.today, k, planned, room),
            lambda **by: service.change_room(
                **by, claim=session.get_one(Claim, claim_id), **self.asked(c, planned, room)
            ),
        )  # fmt: skip

    def land(self, n: int) -> None:
        c, day = self.pick(BIDDERS), self.some_day()
        whole = rooms.TOTAL[c]
        amount = self.pick([None, None, whole // 2, whole])

        def expected(firms: Any) -> None:
            chain.land(firms[n], self.today, c, day)
            if amount is not None:
                rooms.occupy(firms[n], c, amount, day)

        def run(**by: Any) -> None:
            service.land(**by, firm=self.firm(n), carrier=self.at(c), arrived_on=day)
            if amount is not None:
                space.occupy(**by, **self.used(n, c, amount), starts=day)

        self.act(n, expected, run)

    def move_in(self, n: int) -> None:
        """Into a room before, beside or without an arrival, for good or for some days."""
        c, starts = self.pick(BIDDERS), self.some_day()
        starts += dt.timedelta(int(self.pick([0, 0, 15, 40])))
        after = self.pick([None, 10, 40])
        ends = None if after is None else starts + dt.timedelta(int(after))
        amount = self.pick([rooms.TOTAL[c] // 2, rooms.TOTAL[c]])
        self.act(
            n, lambda firms: rooms.occupy(firms[n], c, amount, starts, ends),
            lambda **by: space.occupy(
                **by, **self.used(n, c, amount), starts=starts, ends=ends
            ),
        )  # fmt: skip

    def vacate(self, n: int) -> None:
        found = self.uses(n)
        if not found:
            return
        k, on = self.pick(range(len(found))), self.some_day()
        self.act(
            n, lambda firms: rooms.vacate(firms[n], self.today, k, on),
            lambda **by: space.vacate(
                **by, row=session.get_one(Occupancy, found[k].id), on=on
            ),
        )  # fmt: skip

    def uses(self, n: int) -> list[Any]:
        """The firm's uses of rooms in the order of the model, which is that of their making."""
        made = sorted(self.firms[n]["uses"], key=lambda u: int(u["seq"]))
        by = dict(zip([u["seq"] for u in made], self.mine(Occupancy, n), strict=True))
        return [by[u["seq"]] for u in self.firms[n]["uses"]]

    @invariant()
    def rooms_are_as_the_model_and_never_overfull(self) -> None:
        unit = {number: c for c, number in self.units.items()}
        for n, f in enumerate(self.firms):
            if n in self.gone:
                continue
            for u, row in zip(f["uses"], self.uses(n), strict=True):
                desks = u["c"] in rooms.DESKS
                want = (u["c"], u["n"] if desks else u["n"] * 100, u["s"], u["e"], u["own"])
                told = (row.desks if desks else row.area_dm2, row.starts, row.ends, row.own_ends)
                assert (unit[row.unit_id], *told, row.tied) == (*want, u["tied"])
            kept = [
                (unit[x.unit_id], x.desks or (x.area_dm2 or 0) // 100, x.reserved_from)
                for x in self.mine(Claim, n) if x.state.value == "accepted" and x.reserved_from
            ]  # fmt: skip
            mine = [x for x in f["claims"] if rooms.keeps(x)]
            assert sorted(kept) == sorted((x["c"], x["room"], x["from"]) for x in mine)
        for c, total in rooms.TOTAL.items():
            spans = rooms.taken(self.firms[0], c)
            for day, _ends, _n in spans:
                on = [n for s, e, n in spans if s <= day and (e is None or e > day)]
                assert sum(on) <= total
