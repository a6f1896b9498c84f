"""Ends of carriers: announced and in force, recalled, followed by others, their firms resettled."""

from __future__ import annotations

import datetime as dt
from typing import Any

from app.carriers import service as register
from app.carriers.models import CarrierStatus, StatusAct, SuccessionKind
from app.core.db import session
from app.pipeline import service
from app.pipeline.service.resettling import plan
from tests.pipeline.life import carriers, chain, ground
from tests.pipeline.life.machine import NOW, Machine

CARRIERS = tuple(ground.TIER)


class Ends(Machine):
    """What happens to the carriers, and to their firms because of it."""

    def _place(self, n: int) -> str:
        """Often the one where the firm is."""
        at = chain.present(self.firms[n], self.today)
        return str(self.pick([at["c"]] * 5) if at else self.pick(CARRIERS))

    def _like(self, c: str) -> str:
        """Another one, mostly of the same tier."""
        same = [one for one, tier in ground.TIER.items() if tier == ground.TIER[c] and one != c]
        return str(self.pick([*same * 3, "a", "park"]))

    def _world(self, n: int, expected: Any, run: Any) -> None:
        self.act(n, lambda firms: expected(firms[0]["world"]), run, tuple(NOW))
        self.carriers_are_as_the_model()

    def close(self, n: int) -> None:
        """取消 or 注销, now, before or announced, with somebody who goes on or without."""
        c, ahead = self._place(n), self.pick([-9, 0, 0, 5, 20, 40, 400])
        act = self.pick(["withdrawn", "withdrawn", "closed"])
        day = self.today + dt.timedelta(int(ahead))
        heir = self.pick([None, self._like(c)])
        step = self.step + 1
        self._world(
            n, lambda w: carriers.close(w, self.today, c, act, day, heir, step),
            lambda **by: register.close_carrier(
                **by, carrier=self.at(c), day=day, how=StatusAct(act),
                successor=self.at(heir) if heir else None,
            ),
        )  # fmt: skip

    def register(self, n: int) -> None:
        """登记 anew, which a 取消 allows; mostly of one that has ended."""
        w = self.firms[n]["world"]
        ended = [c for c in sorted(w["acts"]) if ground.over(w, c, self.today)]
        c = self.pick([*ended * 3, "park"])
        day, step = self.some_day(), self.step + 1
        self._world(
            n, lambda w: carriers.enter(w, self.today, c, "registered", day, step),
            lambda **by: register.add_act(
                **by, carrier=self.at(c), act=StatusAct.REGISTERED, day=day
            ),
        )  # fmt: skip

    def recall(self, n: int) -> None:
        """An announced end does not take place."""
        c = self._place(n)
        number = self.places[c]
        ahead = [x for x in self.now[CarrierStatus] if x.carrier_id == number
                 and x.act.value in ground.ENDS]  # fmt: skip
        if not ahead:
            return
        row = max(ahead, key=lambda x: (x.day, x.id))
        self._world(
            n, lambda w: carriers.recall(w, self.today, c),
            lambda **by: register.void_announced(
                **by, row=session.get_one(CarrierStatus, row.id)
            ),
        )  # fmt: skip

    def follow(self, n: int) -> None:
        """One carrier goes on in another, whatever becomes of its own registration."""
        c = self._place(n)
        heir, day = self._like(c), self.some_day()
        self._world(
            n, lambda w: carriers.follow(w, c, heir, day),
            lambda **by: register.add_succession(
                **by, predecessor=self.at(c), successor=self.at(heir), day=day,
                kind=SuccessionKind.MERGED,
            ),
        )  # fmt: skip

    def resettle(self, n: int) -> None:
        """All firms of a carrier, or one of them, exactly as previewed."""
        old = self._place(n)
        new, day, every = self._like(old), self.some_day(), self.pick((True, False))
        chosen = None if every else {self.pids[n]}

        def run(**by: Any) -> None:
            given = {"carrier": self.at(old), "receiver": self.at(new), "day": day}
            seen = plan(**by, **given, chosen=chosen).digest
            service.resettle(**by, **given, chosen=chosen, seen=seen)

        self.act(
            n, lambda firms: carriers.resettle(
                firms if every else [firms[n]], self.today, old, new, day
            ), run,
        )  # fmt: skip
