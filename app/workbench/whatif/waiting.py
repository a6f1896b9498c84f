"""Decisions on their way about subjects whose results a draft would change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.carriers.models import Carrier, CarrierStatus, CarrierTitle, Level, Return, ReturnState
from app.carriers.queries import registered, standings
from app.core.access import Viewer
from app.core.days import Period
from app.core.db import session
from app.core.filters import DASH, period, span
from app.core.filters import day as day_text
from app.core.text import _
from app.pipeline.claim_state import LIVE, claim_state
from app.pipeline.judging import RULE as GRADUATION
from app.pipeline.models import Claim, Graduation
from app.pipeline.queries.pages import WAITING
from app.workbench.whatif.about import About, Named
from app.workbench.whatif.effect import Line

#: what a rule about carriers is the condition of: a level, or the registration (None)
GRANTS = {
    "carrier.national_incubator": Level.NATIONAL,
    "carrier.standard_incubator": Level.STANDARD,
    "carrier.pudong_incubator": None,
    "carrier.pudong_accelerator": None,
}
#: states of a return that wait for somebody
OPEN = (ReturnState.SUBMITTED, ReturnState.CHECKED, ReturnState.RETURNED)


@dataclass(frozen=True)
class Asked:
    """A draft: its rule, the version before it, its first day; and whose results change."""

    viewer: Viewer
    rule: str
    before: int
    starts: dt.date
    day: dt.date
    moved: Mapping[int, Line]

    @property
    def version(self) -> str:
        """The version before, in words."""
        return _("第 %(n)s 版", n=self.before)


@dataclass(frozen=True)
class Row:
    """One decision: whom it is about, what it is, and both results."""

    named: Named
    cells: list[str]
    before: str
    after: str


@dataclass(frozen=True)
class Panel:
    """Decisions of one kind."""

    key: str
    title: str
    remark: str
    heads: list[str]
    rows: list[Row]
    foot: str = ""


def waiting(kind: About, asked: Asked) -> list[Panel]:
    """Every kind of decision about a kind of subject."""
    return [panel(kind, asked) for panel in KINDS[kind.name]]


def _rows(
    kind: About, asked: Asked, found: Iterable[tuple[int, list[str]]]
) -> list[Row]:  # fmt: skip
    """The decisions about those whose results change."""
    held = [(one, cells) for one, cells in found if one in asked.moved]
    named = kind.named(asked.viewer, sorted({one for one, _cells in held}))
    lines = asked.moved
    return [Row(named[one], cells, lines[one].before, lines[one].after) for one, cells in held]


def graduations(kind: About, asked: Asked) -> Panel:
    """Graduations not yet 核定; none where another rule is asked about."""
    rows = session.scalars(
        select(Graduation)
        .where(Graduation.state.in_(WAITING))
        .options(joinedload(Graduation.carrier))
        .order_by(Graduation.graduated_on, Graduation.id)
    )
    found = (
        (
            row.firm_id,
            [row.carrier.short_name, day_text(row.graduated_on), row.state.label,
             _("草稿") if row.graduated_on >= asked.starts else asked.version],
        )
        for row in rows
    )  # fmt: skip
    heads = [_("企业"), _("办理载体"), _("毕业日期"), _("状态"), _("适用版本")]
    foot = _("毕业按毕业日期当天施行的版本判断；%(day)s 以前毕业的不因新版改变。",
             day=day_text(asked.starts))  # fmt: skip
    return Panel(
        "graduations", _("在途的毕业"), _("尚未核定、企业结果有变化的"), heads,
        _rows(kind, asked, found) if asked.rule == GRADUATION else [], foot,
    )  # fmt: skip


def claims(kind: About, asked: Asked) -> Panel:
    """Claims still running."""
    standing = claim_state(asked.day, Claim)
    rows = session.execute(
        select(Claim, standing)
        .where(standing.in_(LIVE))
        .options(joinedload(Claim.carrier))
        .order_by(Claim.opened_on, Claim.id)
    )
    found = (
        (row.firm_id, [row.carrier.short_name, day_text(row.opened_on), state.label])
        for row, state in rows
    )
    heads = [_("企业"), _("承接单位"), _("提交"), _("状态")]
    return Panel(
        "claims", _("在途的承接意向"), _("尚在跟进或已选定、企业结果有变化的"), heads,
        _rows(kind, asked, found),
    )  # fmt: skip


def held(kind: About, asked: Asked) -> Panel:
    """Carriers that hold what the rule is the condition of: the level, or the registration."""
    level = GRANTS.get(asked.rule)
    known = asked.rule in GRANTS
    found = (_levels(level, asked) if level else _registered(asked)) if known else ()
    heads = [_("载体"), _("现有级别或登记"), _("文号"), _("日期")]
    foot = _("现有级别和登记不因新版自动改变；按新版不再符合的，由主管部门决定是否复核。")
    return Panel(
        "held", _("现有级别和登记"), _("已取得本标准对应的级别或登记、结果有变化的"), heads,
        _rows(kind, asked, found), foot,
    )  # fmt: skip


def _levels(level: Level, asked: Asked) -> Iterable[tuple[int, list[str]]]:
    ends = CarrierTitle.ends
    rows = session.scalars(
        select(CarrierTitle)
        .where(
            CarrierTitle.level == level, CarrierTitle.starts <= asked.day,
            or_(ends.is_(None), ends > asked.day),
        )
        .order_by(CarrierTitle.starts, CarrierTitle.id)
    )  # fmt: skip
    for row in rows:
        yield row.carrier_id, [level.label, row.document or DASH, span(row.starts, row.ends)]


def _registered(asked: Asked) -> Iterable[tuple[int, list[str]]]:
    ids = [one for one in session.scalars(registered(asked.day)) if one in asked.moved]
    acts: dict[int, CarrierStatus] = standings(asked.day, ids)
    for one in ids:
        yield one, [acts[one].act.label, acts[one].document or DASH, day_text(acts[one].day)]


def returns(kind: About, asked: Asked) -> Panel:
    """Returns filed and not yet 核定: what they hold may still change, and with it the result."""
    rows = session.scalars(
        select(Return)
        .join(Carrier, Carrier.id == Return.carrier_id)
        .where(Return.state.in_(OPEN))
        .order_by(Return.year.desc(), Return.quarter.desc(), Carrier.sort_key, Return.id)
    )
    found = (
        (row.carrier_id, [period(Period(row.year, row.quarter)), row.state.label,
                          day_text(row.due_on)])
        for row in rows
    )  # fmt: skip
    heads = [_("载体"), _("报告期"), _("状态"), _("截止")]
    foot = _("报表核定前数据还可能更正，载体的结果随之变化。")
    return Panel(
        "returns", _("未核定的报表"), _("已报未核定或已退回、载体结果有变化的"), heads,
        _rows(kind, asked, found), foot,
    )  # fmt: skip


#: kind of subject → kinds of decisions about it
KINDS: dict[str, tuple[Callable[[About, Asked], Panel], ...]] = {
    "firm": (graduations, claims),
    "carrier": (held, returns),
}

__all__ = ["Asked", "Panel", "Row", "waiting"]
