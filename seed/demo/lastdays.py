"""The demo's last working days: acts of its people through the services, one write each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import current_app
from sqlalchemy import event, select
from sqlalchemy.orm import Session, aliased

from app.accounts import viewing
from app.accounts.models import Person, Post, Role
from app.carriers.models import INCUBATOR, Carrier, Return, ReturnState
from app.core.access import Viewer
from app.core.db import session, write
from app.core.db.base import Public, Recorded
from app.core.errors import DomainError
from app.firms.models import Evidence, Firm, FirmKind, Residency
from seed.demo.deeds import DEEDS, Deed
from seed.demo.dice import Dice, dice
from seed.demo.making import Makers
from seed.demo.papers import paper
from seed.demo.slots import SHANGHAI
from seed.files import read

Row = dict[str, Any]
#: Things that somebody at a carrier enters on an ordinary day.
ORDINARY: tuple[Row, ...] = (
    {"kind": "ip", "fields": {"ip_type": "software", "name": "数据采集软件 V1.2"}},
    {"kind": "financing", "fields": {"money_state": "received", "investor": "venture"}},
    {"kind": "ip", "fields": {"ip_type": "utility", "name": "一种快装支架"}},
    {"kind": "award", "fields": {"level": "municipal", "name": "创新创业大赛优胜奖"}},
    {"kind": "financing", "fields": {"money_state": "agreed", "investor": "angel"}},
    {"kind": "ip", "fields": {"ip_type": "invention", "name": "一种信号处理方法"}},
)
CLOSING = dt.time(17, 30)
PAPERS = {"ip": "专利或登记证书", "award": "获奖证书", "financing": "银行进账单"}


def working_days_before(day: dt.date, count: int) -> dt.date:
    """The day `count` Monday-to-Friday days earlier."""
    while count > 0:
        day -= dt.timedelta(days=1)
        count -= day.weekday() < 5
    return day


class LastDays:
    """Runs the acts of `lastdays.yaml` and of the crowd, day by day."""

    def __init__(self, make: Makers) -> None:
        self.make = make
        self.data = read("demo/lastdays.yaml")
        self.pids = dice(make.seed, 106)
        today = make.calendar.today
        self.days = {working_days_before(today, back): back for back in self.data["crowd"]}
        #: acts that a service refused; none in a population of the usual size
        self.refused: list[str] = []

    @property
    def ends_at(self) -> dt.datetime:
        """The end of the last day."""
        last = self.make.calendar.slots[-1].day
        return dt.datetime.combine(last, CLOSING, SHANGHAI).astimezone(dt.UTC)

    def run(self, day: dt.date) -> None:
        """Everything done on a day; nothing on days off."""
        back = self.days.get(day)
        if back is None:
            return
        acts = [act for act in self.data["acts"] if act["back"] == back]
        acts += self._crowd(dice(self.make.seed, 105, back), back)
        for act in sorted(acts, key=lambda act: act["at"]):
            self._act(day, act)

    def _act(self, day: dt.date, act: Row) -> None:
        code, run = DEEDS[act["act"]]
        actor = self._viewer(day, act)
        names = act.get("papers") or ([act["paper"]] if "paper" in act else [])
        papers = [paper(name, str(act.get("firm", ""))) for name in names]
        clock = dt.time.fromisoformat(act["at"])
        at = dt.datetime.combine(day, clock, SHANGHAI).astimezone(dt.UTC)
        if actor is None:
            return
        session.rollback()
        try:
            with self.numbered(at), write(code, actor=actor, at=at):
                run(Deed(actor, day, act, papers))
        except DomainError as error:
            self.refused.append(f"{act['act']} {act.get('firm', '')}: {error.code}")

    def _viewer(self, day: dt.date, act: Row) -> Viewer | None:
        """Whoever acts, under one post; None where this population has no such person."""
        statement = select(Post).join(Person, Person.id == Post.person_id)
        if "post" in act:
            statement = statement.where(Post.id == act["post"])
        else:
            statement = statement.where(Person.login == act["by"])
        if act["act"] == "engage" and Role(act["role"]).value.startswith("carrier"):
            statement = statement.where(Post.role == Role.CARRIER_ACCOUNTS)
        post = session.scalars(statement.order_by(Post.id).limit(1)).first()
        return viewing.of_post(post, day) if post else None

    # ---- the others -------------------------------------------------------------------------

    def _crowd(self, one: Dice, back: int) -> list[Row]:
        acts = self._entries(one, self.data["crowd"][back])
        for act, by, state in (
            ("checked", "fangyuan", ReturnState.SUBMITTED),
            ("verified", "liangshuyan", ReturnState.CHECKED),
        ):
            made = self._returns(state, self.data[act][back])
            acts += [
                {
                    "act": {"checked": "check", "verified": "verify"}[act],
                    "by": "xueting" if act == "checked" and number % 2 else by,
                    "sheet": sheet,
                    "at": f"{11 + 4 * (act == 'verified')}:{5 + 2 * number:02d}",
                }
                for number, sheet in enumerate(made)
            ]
        return acts

    def _entries(self, one: Dice, count: int) -> list[Row]:
        """Entries at carriers drawn from all, each by somebody of the carrier's own."""
        clerk = aliased(Post)
        held = session.execute(
            select(Firm.id, clerk.id)
            .join(Residency, Residency.firm_id == Firm.id)
            .join(Carrier, Carrier.id == Residency.carrier_id)
            .join(clerk, clerk.organisation_id == Carrier.organisation_id)
            .where(
                Residency.counted,
                Residency.ends.is_(None),
                Residency.kind == "on_site",
                Carrier.tier == INCUBATOR,
                Firm.kind == FirmKind.FIRM,
                Firm.legal_form != "individual",
                clerk.role == Role.CARRIER_CLERK,
                clerk.ends.is_(None),
            )
            .order_by(Firm.id, clerk.id)
        ).all()
        acts = []
        for number in range(count):
            firm, post = one.one(held)
            what = ORDINARY[one.whole(0, len(ORDINARY) - 1)]
            fields = what["fields"] | self._details(one, what["kind"], firm)
            at = f"{9 + number:02d}:{one.whole(10, 59)}"
            acts.append(
                {"act": "milestone", "post": post, "firm": firm, "kind": what["kind"], "at": at}
                | {"fields": fields, "paper": PAPERS[what["kind"]]}
            )
        return acts

    def _details(self, one: Dice, kind: str, firm: int) -> Row:
        ago = -one.whole(1, 12)
        if kind == "financing":
            return {"amount": one.whole(5, 60) * 10, "name": "新一轮", "day": ago}
        if kind == "ip":
            number = f"DEMO{firm:07d}{one.whole(100, 999)}"
            return {"number": number, "obtained": "own", "granted_on": ago}
        return {"day": ago}

    def _returns(self, state: ReturnState, count: int) -> list[int]:
        """The returns that have waited longest, without those that a named act will send back."""
        kept = [act["carrier"] for act in self.data["acts"] if act["act"] == "send_back"]
        statement = (
            select(Return.id)
            .join(Carrier, Carrier.id == Return.carrier_id)
            .where(Return.state == state, Carrier.name.not_in(kept))
            .order_by(Return.due_on, Return.id)
            .limit(count)
        )
        return list(session.scalars(statement))

    @contextmanager
    def numbered(self, at: dt.datetime) -> Iterator[None]:
        """Give ids, public ids and instants that are the same each time."""

        def number(open_session: Session, *_args: Any) -> None:
            for row in open_session.new:
                if isinstance(row, Recorded) and row.id is None:
                    row.id = self.make.ids.new(row.__tablename__)  # type: ignore[attr-defined]
                if isinstance(row, Public) and row.pid is None:
                    row.pid = self.pids.pid()
                if isinstance(row, Evidence):
                    row.added_at = at

        event.listen(session, "before_flush", number)
        try:
            yield
        finally:
            event.remove(session, "before_flush", number)


@contextmanager
def fixed(day: dt.date) -> Iterator[None]:
    """Let the application take `day` for today, so that what re-judges does so of that day."""
    config = current_app.config
    held = config.get("TODAY")
    config["TODAY"] = day
    try:
        yield
    finally:
        config["TODAY"] = held
