"""Acts on ties and graduations: admit, transfer, graduate, push, leave, correct, undo, merge."""

from __future__ import annotations

import datetime as dt
from typing import Any

from app.core.db import session
from app.firms.models import Destination, LeaveReason, Residency
from app.firms.service import merge_firms
from app.pipeline import service
from app.pipeline.models import Graduation, TransferRequest
from app.pipeline.moves.graduation_effects import Report
from app.pipeline.words import ReturnReason
from tests.pipeline.life import chain, ground
from tests.pipeline.life.machine import Machine

INCUBATORS = ("a", "a", "sister", "far")
PARTICULARS = ("lease_ends", "signed_on", "registered_on", "taxed_on", "area_m2")


class Ties(Machine):
    """What happens to a firm itself."""

    def graduated(self, n: int, start: dt.date, chosen: str | None) -> None:
        """The firm has incubated and graduated, and may have a claim on the whole of a room."""
        self._admit(n, "a", start - dt.timedelta(200 - n))
        self._graduate(n, "a", start - dt.timedelta(9), None)
        if chosen:
            self.bid(n, chosen, None, 0)

    def there(self, n: int) -> str:
        """Where the model has the firm."""
        now = chain.present(self.firms[n], self.today)
        return str(now["c"]) if now else "far"

    def former(self, n: int) -> str:
        """Mostly an incubator that knows the firm."""
        known = [t["c"] for t in self.firms[n]["ties"] if ground.TIER[t["c"]] == 1]
        return str(self.pick([*known[-1:] * 4, "a", "far"]))

    def ties(self, n: int) -> list[Any]:
        """The firm's counted ties in the order of the model."""
        found = {t.starts: t for t in self.mine(Residency, n) if t.counted}
        return [found[t["s"]] for t in self.firms[n]["ties"]]

    def admit(self, n: int) -> None:
        self._admit(n, self.pick(INCUBATORS), self.some_day())

    def _admit(self, n: int, c: str, day: dt.date) -> None:
        self.act(
            n, lambda firms: chain.admit(firms[n], self.today, c, day),
            lambda **by: service.admit(
                **by, firm=self.firm(n), carrier=self.at(c), starts=day, agreement_on=day
            ),
        )  # fmt: skip

    def stay(self, n: int) -> None:
        c, day = self.pick(INCUBATORS), self.some_day()
        self.act(
            n, lambda firms: chain.stay(firms[n], self.today, c, day),
            lambda **by: service.stay(
                **by, firm=self.firm(n), carrier=self.at(c), starts=day, agreement_on=day
            ),
        )  # fmt: skip

    def transfer(self, n: int) -> None:
        c, day = self.pick(INCUBATORS), self.some_day()
        self.act(
            n, lambda firms: chain.transfer(firms[n], self.today, c, day),
            lambda **by: service.transfer(**by, firm=self.firm(n), carrier=self.at(c), on=day),
        )  # fmt: skip

    def ask(self, n: int) -> None:
        c, day = self.pick(INCUBATORS), self.today
        self.act(
            n, lambda firms: chain.ask(firms[n], day, c),
            lambda **by: service.ask_transfer(
                **by, firm=self.firm(n), carrier=self.at(c), wanted_on=day
            ),
        )  # fmt: skip

    def agree(self, n: int) -> None:
        waiting = [r for r in self.mine(TransferRequest, n) if r.state == "open"]
        if not waiting:
            return
        row = self.pick(waiting)
        c, wanted = self.name(row.to_id), row.wanted_on

        def answer(verb: Any) -> Any:
            return lambda **by: verb(**by, request=session.get_one(TransferRequest, row.id))

        if self.pick(range(3 + 1)) == 0:
            self.act(n, lambda firms: firms[n]["asked"].pop(c), answer(service.refuse_transfer))
            return
        self.act(
            n, lambda firms: chain.agree(firms[n], self.today, str(c), wanted),
            answer(service.agree_transfer),
        )  # fmt: skip

    def graduate(self, n: int) -> None:
        c, day = self.former(n), self.some_day()
        self._graduate(n, c, day, self.pick([None, None, "building", "city"]))

    def _graduate(self, n: int, c: str, day: dt.date, dest: str | None) -> None:
        report = Report(day, destination=Destination(dest) if dest else None)
        self.act(
            n, lambda firms: chain.graduate(firms[n], self.today, c, day, dest),
            lambda **by: service.graduate(
                **by, firm=self.firm(n), carrier=self.at(c), report=report
            ),
        )  # fmt: skip

    def judge(self, n: int) -> None:
        held = self.mine(Graduation, n)
        if not held:
            return
        act = self.pick(["check", "verify", "return", "withdraw", "repeat"])
        day = self.some_day()

        def run(**by: Any) -> None:
            row = session.get_one(Graduation, held[0].id)
            if act in ("check", "verify"):
                getattr(service, act)(**by, graduations=[row])
            elif act == "return":
                service.return_graduation(**by, graduation=row, reason=ReturnReason.DATES)
            elif act == "withdraw":
                service.withdraw_graduation(**by, graduation=row, reason="x")
            else:
                service.repeat(**by, graduation=row, report=Report(day))

        self.act(n, lambda firms: chain.judge(firms[n], self.today, act, day), run)

    def push(self, n: int) -> None:
        c = self.there(n)
        self.act(
            n, lambda firms: chain.push(firms[n], self.today),
            lambda **by: service.push(**by, firm=self.firm(n), carrier=self.at(c)),
        )  # fmt: skip

    def unpush(self, n: int) -> None:
        c = self.there(n)
        self.act(
            n, lambda firms: chain.unpush(firms[n], self.today),
            lambda **by: service.unpush(**by, firm=self.firm(n), carrier=self.at(c)),
        )  # fmt: skip

    def leave(self, n: int) -> None:
        day, c = self.some_day(), self.there(n)
        dest = self.pick(["building", "city", "abroad", "incubator"])
        self.act(
            n, lambda firms: chain.leave(firms[n], self.today, day, dest),
            lambda **by: service.leave(
                **by, firm=self.firm(n), carrier=self.at(c), on=day,
                destination=Destination(dest), reason=LeaveReason.NOT_GRADUATED,
            ),
        )  # fmt: skip

    def confirm(self, n: int) -> None:
        c = self.former(n)
        self.act(
            n, lambda firms: chain.confirm(firms[n], self.today, c),
            lambda **by: service.confirm_departure(**by, firm=self.firm(n), carrier=self.at(c)),
        )  # fmt: skip

    def void(self, n: int) -> None:
        found = self.ties(n)
        if not found:
            return
        k = self.pick([len(found) - 1, 0])
        self.act(
            n, lambda firms: chain.void(firms[n], self.today, k),
            lambda **by: service.void_tie(
                **by, tie=session.get_one(Residency, found[k].id), reason="x"
            ),
        )  # fmt: skip

    def correct(self, n: int) -> None:
        found = self.ties(n)
        if not found:
            return
        k = self.pick(range(len(found)))
        by_days = dt.timedelta(int(self.pick([-9, -2, -1, 1, 3, 14])))
        what, tie = self.pick(["starts", "ends", "reopen"]), found[k]
        starts = tie.starts + by_days if what == "starts" else tie.starts
        ends = None if what == "reopen" else tie.ends
        if what == "ends" and tie.ends:
            ends = tie.ends + by_days
        rest = dict.fromkeys(PARTICULARS) | {"agreement_on": tie.agreement_on}
        self.act(
            n, lambda firms: chain.correct(firms[n], self.today, k, starts, ends),
            lambda **by: service.correct_tie(
                **by, tie=session.get_one(Residency, tie.id), rev=tie.rev, reason="x",
                starts=starts, ends=ends, **rest,
            ),
        )  # fmt: skip

    def merge(self, n: int) -> None:
        if self.gone or self.step < 12:
            return
        self.act(
            n, lambda firms: chain.merge(firms[n], firms[1 - n]),
            lambda **by: merge_firms(
                **by, firm=self.firm(n), into=self.firm(1 - n), reason="x"
            ),
        )  # fmt: skip
        if self.firm(n).merged_into_id is not None:
            self.gone.add(n)
        session.remove()
