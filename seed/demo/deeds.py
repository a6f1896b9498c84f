"""What people of the demo do by hand: one function an act, each through the service of its page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from app.accounts import service as accounts
from app.accounts.models import Organisation, Role
from app.carriers import service as carriers
from app.carriers.models import Carrier, Return, ReturnState, Source, Verification
from app.core.access import Viewer
from app.core.days import Period
from app.core.db import session
from app.core.text import _
from app.firms import service as firms
from app.firms.models import (
    AwardLevel,
    Figures,
    Firm,
    InvestorKind,
    IpObtained,
    IpType,
    Milestone,
    MilestoneKind,
    MoneyState,
    Residency,
    Title,
)
from app.firms.papers import Stored
from app.pipeline import service as chain
from app.pipeline.models import Claim, ClaimState, ClaimStepKind, Graduation, GraduationState
from app.pipeline.moves.graduation_effects import Report as Reporting
from app.pipeline.words import ReturnReason
from app.statistics.asof import last_quarter, now
from app.statistics.models import Report, ReportState
from app.statistics.queries.figures import Desk
from app.statistics.reports import service as reports
from app.statistics.reports.frozen import freeze
from app.statistics.reports.moves import ReportAct
from app.statistics.reports.parts import KINDS
from seed.demo.money import WAN

Row = dict[str, Any]
CODES: dict[str, Any] = {
    "investor": InvestorKind,
    "money_state": MoneyState,
    "ip_type": IpType,
    "obtained": IpObtained,
    "title": Title,
    "level": AwardLevel,
}


@dataclass
class Deed:
    """One act about to be done: who, on which day, what the file says, papers already kept."""

    actor: Viewer
    day: dt.date
    given: Row
    papers: list[Stored] = field(default_factory=list)

    def after(self, days: int) -> dt.date:
        """A day counted from the act."""
        return self.day + dt.timedelta(days=days)

    def firm(self) -> Firm:
        """The firm, by its short name or number."""
        name = self.given["firm"]
        known = Firm.id == name if isinstance(name, int) else Firm.short_name == name
        return session.scalars(select(Firm).where(known).order_by(Firm.id).limit(1)).one()

    def carrier(self, key: str = "to") -> Carrier:
        """The carrier or park, by its name."""
        statement = select(Carrier).where(Carrier.name == self.given[key])
        return session.scalars(statement.order_by(Carrier.id).limit(1)).one()

    def at(self) -> Carrier:
        """The carrier at which the firm's counted tie runs."""
        statement = select(Residency).where(
            Residency.firm_id == self.firm().id, Residency.counted, Residency.ends.is_(None)
        )
        return session.scalars(statement.order_by(Residency.id).limit(1)).one().carrier


def fen(amount: float | int) -> int:
    """万元 in fen."""
    return int(Decimal(str(amount)) * WAN)


def milestone(one: Deed) -> None:
    """记一笔."""
    values: Row = {}
    for name, value in one.given["fields"].items():
        if name in CODES:
            value = CODES[name](value)
        elif name == "amount":
            value = fen(value)
        elif name == "day" or name.endswith("_on"):
            value = one.after(value)
        values[name] = value
    firms.log_milestone(
        actor=one.actor, today=one.day, firm=one.firm(), kind=MilestoneKind(one.given["kind"]),
        papers=one.papers, **values,
    )  # fmt: skip


def confirm(one: Deed) -> None:
    """区级核实 of a title."""
    statement = select(Milestone).where(
        Milestone.firm_id == one.firm().id, Milestone.title == Title(one.given["title"])
    )
    entry = session.scalars(statement.order_by(Milestone.day.desc(), Milestone.id)).first()
    assert entry is not None
    firms.confirm_entry(actor=one.actor, row=entry, verification=Verification.DISTRICT)


def evidence(one: Deed) -> None:
    """佐证材料 to a firm's file."""
    for stored in one.papers:
        firms.add_evidence(actor=one.actor, today=one.day, firm=one.firm(), stored=stored)


def figures(one: Deed) -> None:
    """更正 of a year's figures."""
    firm, period = one.firm(), Period(one.day.year - one.given["year"])
    source = Source(one.given["source"])
    values = {name: fen(value) for name, value in one.given["values"].items()}
    held = select(Figures.rev).where(
        Figures.firm_id == firm.id, Figures.year == period.year, Figures.quarter == 0
    )
    firms.enter_figures(
        actor=one.actor, today=one.day, firm=firm, period=period, source=source, values=values,
        rev=0 if session.scalar(held.limit(1)) else None, reason=one.given["reason"],
        remark=one.given["reason"],
    )  # fmt: skip


def graduate(one: Deed) -> None:
    """办理毕业, on the day of the act; the firm stays for now."""
    carrier = one.at()
    agreed = session.scalars(
        select(Residency.incubated_on).where(
            Residency.firm_id == one.firm().id, Residency.counted, Residency.ends.is_(None)
        )
    ).one()
    report = Reporting(graduated_on=one.day, agreement_on=agreed)
    chain.graduate(actor=one.actor, today=one.day, firm=one.firm(), carrier=carrier, report=report)


def return_graduation(one: Deed) -> None:
    """退回 of a graduation."""
    row = session.scalars(select(Graduation).where(Graduation.firm_id == one.firm().id)).one()
    chain.return_graduation(
        actor=one.actor, today=one.day, graduation=row,
        reason=ReturnReason(one.given["reason"]), note=one.given["note"],
    )  # fmt: skip


def _resting(one: Deed) -> tuple[Graduation, Milestone] | None:
    """A verified graduation that rests on one record of one clause, and that record.

    The act names the clause and how many are passed over, from the latest day of graduation.
    """
    only = (
        select(Graduation.id, func.max(Milestone.id).label("entry"))
        .join(Milestone, Milestone.firm_id == Graduation.firm_id)
        .where(
            Graduation.state == GraduationState.VERIFIED,
            Graduation.basis == one.given["clause"],
            Milestone.kind == MilestoneKind(one.given["kind"]),
            Graduation.frozen.contains('"pid":"' + Milestone.pid + '"'),
        )
        .group_by(Graduation.id, Graduation.graduated_on)
        .having(func.count() == 1)
        .order_by(Graduation.graduated_on.desc(), Graduation.id)
    )
    found = session.execute(only.offset(one.given["skip"]).limit(1)).first()
    if found is None:
        return None
    return session.get_one(Graduation, found.id), session.get_one(Milestone, found.entry)


def revoke(one: Deed) -> None:
    """取消 of a title, from a day before the graduation that it carried."""
    if found := _resting(one):
        row, entry = found
        before = row.graduated_on - dt.timedelta(one.given["days"])
        since = max(entry.issued_on or entry.day, before)
        firms.correct_milestone(
            actor=one.actor, today=one.day, entry=entry, reason=one.given["reason"],
            revoked_on=since,
        )  # fmt: skip


def void(one: Deed) -> None:
    """作废 of a record that a graduation rested on."""
    if found := _resting(one):
        firms.void_entry(actor=one.actor, today=one.day, row=found[1], reason=one.given["reason"])


def claim(one: Deed) -> None:
    """提交承接意向."""
    firm, carrier = one.firm(), one.carrier()
    chain.claim(
        actor=one.actor, today=one.day, firm=firm, carrier=carrier,
        token=f"demo-{firm.id}-{carrier.id}", planned_on=one.after(one.given["planned"]),
        area_m2=one.given["area"], message=one.given.get("message"),
    )  # fmt: skip


def follow(one: Deed) -> None:
    """记跟进."""
    statement = select(Claim).where(
        Claim.firm_id == one.firm().id, Claim.carrier_id == one.carrier().id,
        Claim.state == ClaimState.OPEN,
    )  # fmt: skip
    chain.follow_up(
        actor=one.actor, today=one.day, claim=session.scalars(statement).one(),
        step=ClaimStepKind(one.given["step"]), day=one.day, note=one.given["note"],
        next_on=one.after(one.given["next"]),
    )  # fmt: skip


def ask(one: Deed) -> None:
    """申请转入."""
    chain.ask_transfer(
        actor=one.actor, today=one.day, firm=one.firm(), carrier=one.carrier(),
        wanted_on=one.after(one.given["wanted"]), note=one.given["note"],
    )  # fmt: skip


def land(one: Deed) -> None:
    """登记落地."""
    chain.land(
        actor=one.actor, today=one.day, firm=one.firm(), carrier=one.carrier(),
        arrived_on=one.after(one.given["arrived"]), area_m2=one.given["area"],
    )  # fmt: skip


def _sheet(one: Deed) -> Return:
    known = select(Return).where(Return.id == one.given.get("sheet"))
    if "carrier" in one.given:
        known = select(Return).where(
            Return.carrier_id == one.carrier("carrier").id, Return.state == ReturnState.SUBMITTED
        )
    return session.scalars(known.order_by(Return.due_on.desc(), Return.id).limit(1)).one()


def send_back(one: Deed) -> None:
    """退回 of the carrier's newest return."""
    firms.send_back_return(
        actor=one.actor, today=one.day, sheet=_sheet(one), reason=one.given["reason"]
    )


def check(one: Deed) -> None:
    """初核 of a return."""
    carriers.check_return(actor=one.actor, today=one.day, sheet=_sheet(one))


def verify(one: Deed) -> None:
    """核定 of a return."""
    firms.verify_return(actor=one.actor, today=one.day, sheet=_sheet(one))


def engage(one: Deed) -> None:
    """A newcomer with a post."""
    place = select(Organisation).where(Organisation.short_name == one.given["organisation"])
    accounts.engage(
        actor=one.actor, today=one.day, name=one.given["name"], login=one.given["login"],
        organisation=session.scalars(place.order_by(Organisation.id).limit(1)).one(),
        role=Role(one.given["role"]), starts=one.day,
        ends=one.after(one.given["ends"]) if "ends" in one.given else None,
    )  # fmt: skip


def report(one: Deed) -> None:
    """生成 of the report on the last quarter."""
    ended = last_quarter(one.day)
    body = freeze(Desk.of(one.actor, now(ended.last_day)), KINDS["quarter"][1])
    span = _("%(year)s 年第 %(n)s 季度", year=ended.year, n=ended.quarter)
    reports.add(one.actor, _("%(span)s毕业统计", span=span), body)


def sign_report(one: Deed) -> None:
    """签发 of the report that waits."""
    waiting = select(Report.pid).where(Report.state == ReportState.PENDING).order_by(Report.id)
    reports.act(one.actor, session.scalars(waiting.limit(1)).one(), ReportAct.SIGN)


#: act in the file → (code of the write, what it does)
DEEDS: dict[str, tuple[str, Callable[[Deed], None]]] = {
    "milestone": ("milestone:log", milestone),
    "confirm": ("milestone:confirm", confirm),
    "evidence": ("evidence:add", evidence),
    "figures": ("figures:enter", figures),
    "graduate": ("firm:graduate", graduate),
    "return_graduation": ("graduation:return", return_graduation),
    "revoke": ("milestone:correct", revoke),
    "void": ("milestone:void", void),
    "claim": ("claim:open", claim),
    "follow": ("claim:follow", follow),
    "ask": ("firm:ask", ask),
    "land": ("firm:land", land),
    "send_back": ("return:send_back", send_back),
    "check": ("return:check", check),
    "verify": ("return:verify", verify),
    "engage": ("account:person:engage", engage),
    "report": ("report:make", report),
    "sign_report": ("report:sign", sign_report),
}
