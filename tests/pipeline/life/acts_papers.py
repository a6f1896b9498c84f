"""Handover sheets and mediations, as the sides and the district act on them."""

from __future__ import annotations

from typing import Any

from app.core.db import session
from app.pipeline import service
from app.pipeline.models import Handover, Mediation
from tests.factories.carriers import viewer_at
from tests.pipeline.life import claims, ground, papers
from tests.pipeline.life.machine import Machine


class Papers(Machine):
    """Sent, answered, taken back; asked for, advised upon, asked for once more."""

    def send(self, n: int) -> None:
        """To whom the firm goes, mostly; pressed twice, at times, it is one sheet."""
        f = self.firms[n]
        known = [(t["c"], to) for t in f["ties"] for to in papers.receivers(f, t["c"])]
        anywhere = ("a", "park")
        sender, receiver = self.pick([*known * 3, anywhere])
        again = self.pick(range(4)) == 0

        def run(**by: Any) -> None:
            given = {"firm": self.firm(n), "sender": self.at(sender)}
            given |= {"receiver": self.at(receiver), "services": f"第 {self.step} 次"}
            made = service.send_handover(**by, **given)
            assert not again or service.send_handover(**by, **given) is made

        self.act(n, lambda firms: papers.send(firms[n], sender, receiver), run)

    def answer(self, n: int) -> None:
        found = self.mine(Handover, n)
        if not found:
            return
        k = self.pick([len(found) - 1, 0])
        act = self.pick(["confirm", "confirm", "remark", "withdraw"])

        def run(**by: Any) -> None:
            row = session.get_one(Handover, found[k].id)
            if act == "withdraw":
                service.withdraw_handover(**by, handover=row)
            elif act == "remark":
                service.remark_handover(**by, handover=row, remark="缺审计报告")
            else:
                service.confirm_handover(**by, handover=row)

        self.act(n, lambda firms: papers.answer(firms[n], k, act), run)

    def side(self, n: int) -> str:
        """Mostly a bidder or the firm's carrier."""
        f = self.firms[n]
        at = ground.last(f)
        known = [x["c"] for x in claims.bids(f, self.today)] + ([at["c"]] if at else [])
        return str(self.pick([*known * 3, "rival", "far"]))

    def ask_talk(self, n: int) -> None:
        c = self.side(n)
        self.act(
            n, lambda firms: papers.ask(firms[n], self.today, c),
            lambda **by: service.ask_mediation(**by, firm=self.firm(n), carrier=self.at(c)),
        )  # fmt: skip

    def talk(self, n: int) -> None:
        found = self.mine(Mediation, n)
        if not found:
            return
        k = self.pick([len(found) - 1, len(found) - 1, 0])
        act = self.pick(["advise", "advise", "again", "wish", "withdraw"])
        if act == "advise":
            self._advise(n, k, found[k].id)
            return
        c = self.side(n)

        def run(**by: Any) -> None:
            row = session.get_one(Mediation, found[k].id)
            if act == "again":
                by["actor"] = viewer_at(self.at(c))
                service.ask_again(**by, mediation=row, reason="情况有变")
            elif act == "wish":
                service.state_wish(**by, mediation=row, wish="倾向离上海张江近的")
            else:
                service.withdraw_mediation(**by, mediation=row)

        self.act(n, lambda firms: papers.step(firms[n], self.today, k, act, c), run)

    def _advise(self, n: int, k: int, number: int) -> None:
        author = self.pick(range(1 + 1))

        def run(today: Any, **_by: Any) -> None:
            row = session.get_one(Mediation, number)
            official = self.officials[author]
            service.advise(actor=official, today=today, mediation=row, text="建议实地比较。")

        self.act(n, lambda firms: papers.advise(firms[n], k, author), run)
