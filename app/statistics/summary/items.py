"""The register of the form's items: words, unit, definition, and the lines an item is made of.

Names follow the national form of incubators (科技企业孵化器综合情况, GZ-007) and the yearbook;
official definitions were not found, so each item says how it is counted here. An item's value is
the sum of its lines, so that every number can be opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import url_for

from app.carriers.models import Source
from app.core.filters import period as period_words
from app.core.text import N_, _
from app.firms.models import InvestorKind, IpType
from app.statistics.indicators import Standing
from app.statistics.summary.asked import Asked, Who

#: endpoint, public id, further arguments
Entry = tuple[str, str, dict[str, str]]
RETURNEE = "returnee"
#: 天使投资 and 风险投资: what the form calls 风险投资
VENTURE = (InvestorKind.ANGEL, InvestorKind.VENTURE)
#: everybody but founders and lenders puts equity in: 投融资
FUNDED = (*VENTURE, InvestorKind.GOVERNMENT, InvestorKind.INDUSTRIAL)


@dataclass(frozen=True)
class Line:
    """One part of an item: whose, how much (None: not on record), where it is entered."""

    name: str
    amount: int | None
    #: the page where it is entered
    entry: Entry | None = None
    code: str | None = None
    note: str = ""

    @property
    def url(self) -> str | None:
        """The address of that page."""
        if self.entry is None:
            return None
        endpoint, pid, more = self.entry
        values: dict[str, Any] = {"pid": pid, **more}
        return url_for(endpoint, **values)


@dataclass(frozen=True)
class Item:
    """One cell of the form. `unit`: money (fen, shown in 千元), heads (24ths), m2, firms …"""

    code: str
    section: str
    text: str
    unit: str
    definition: str
    lines: Callable[[Asked], Iterable[Line]]
    #: whether it is told of the carrier itself, once
    single: bool = False
    #: whether the fourth quarter's sum can be held against the year's
    bridges: bool = False

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return _(self.text)


@dataclass(frozen=True)
class Value:
    """What an item comes to: the sum of what is on record, and how much of it is not."""

    item: Item
    lines: list[Line] = field(default_factory=list)

    @property
    def missing(self) -> int:
        """Lines without an amount."""
        return sum(line.amount is None for line in self.lines)

    @property
    def amount(self) -> int | None:
        """The sum; None where nothing at all is on record, never a silent zero."""
        known = [line.amount for line in self.lines if line.amount is not None]
        if not known and (self.lines or self.item.single):
            return None
        return sum(known)

    @property
    def whole(self) -> bool:
        """Whether nothing is missing from it."""
        return self.amount is not None and not self.missing


def value(item: Item, asked: Asked) -> Value:
    """An item of a carrier and period."""
    return Value(item, list(item.lines(asked)))


# ---- lines ------------------------------------------------------------------------------------


def _firm(who: Who, amount: int | None, note: str = "") -> Line:
    return Line(who.name, amount, ("workbench.firm", who.pid, {}), who.code, note)


def _own(column: str) -> Callable[[Asked], Iterable[Line]]:
    """A figure of the carrier's own."""

    def lines(asked: Asked) -> Iterable[Line]:
        entry = ("carriers.figures", asked.carrier.pid, {"period": asked.period.code})
        row = asked.own
        note = Source(row.source).label if row is not None else ""
        amount = getattr(row, column) if row is not None else None
        name = _("载体数据 %(period)s", period=period_words(asked.period))
        yield Line(name, amount, entry, None, note)

    return lines


def _stated(key: str) -> Callable[[Asked], Iterable[Line]]:
    """What the carrier states of itself; a range is no value."""

    def lines(asked: Asked) -> Iterable[Line]:
        row = asked.stated(key)
        known = row is not None and row.low is not None and row.low == row.high
        entry: Entry = ("carriers.stated", asked.carrier.pid, {})
        yield Line(_("载体自述数据"), row.low if known else None, entry)

    return lines


def _sites(asked: Asked) -> Iterable[Line]:
    entry: Entry = ("carriers.show", asked.carrier.pid, {})
    for site in asked.sites:
        yield Line(site.name, site.area_m2, entry)
    if not asked.sites:
        yield Line(_("场地"), None, entry)


def _rooms(asked: Asked) -> Iterable[Line]:
    for who in asked.inside:
        yield _firm(who, asked.areas.get(who.id))


def _other_rooms(asked: Asked) -> Iterable[Line]:
    """What is left of the site; unknown unless all of it is on record."""
    parts = [Value(item, list(item.lines(asked))) for item in ITEMS if item.code in ROOMS]
    whole, *rest = parts
    known = all(part.whole for part in parts)
    left = (whole.amount or 0) - sum(part.amount or 0 for part in rest) if known else None
    yield Line(_("总面积减在孵企业用房、公共服务用房"), left)


def _standing(*words: Standing) -> Callable[[Asked], Iterable[Line]]:
    def lines(asked: Asked) -> Iterable[Line]:
        for word in words:
            for who in asked.standing[word.value]:
                yield _firm(who, 1, word.label)

    return lines


def _inside(asked: Asked) -> Iterable[Line]:
    return (_firm(who, 1) for who in asked.inside)


def _returnees(asked: Asked) -> Iterable[Line]:
    for who in asked.inside:
        if RETURNEE in asked.tags.get(who.id, ()):
            yield _firm(who, 1)


def _graduated(year: bool) -> Callable[[Asked], Iterable[Line]]:
    def lines(asked: Asked) -> Iterable[Line]:
        for who in asked.firms("G-02"):
            if not year or who.day >= asked.first:
                yield _firm(who, 1, who.day.isoformat())
        if not year:
            yield from _stated("graduates_before")(asked)

    return lines


def _figures(column: str) -> Callable[[Asked], Iterable[Line]]:
    def lines(asked: Asked) -> Iterable[Line]:
        for who in asked.inside:
            row = asked.figures.get(who.id)
            note = Source(row.source).label if row is not None else ""
            yield _firm(who, getattr(row, column) if row is not None else None, note)

    return lines


def _money(year: bool) -> Callable[[Asked], Iterable[Line]]:
    """Angel and venture money that arrived, a line a firm that got any."""

    def lines(asked: Asked) -> Iterable[Line]:
        for who in asked.inside:
            got = [
                row for row in asked.funding
                if row.firm_id == who.id and row.investor in VENTURE
                and (not year or row.received_on >= asked.first)
            ]  # fmt: skip
            if got:
                sums = [row.amount for row in got]
                whole = None if None in sums else sum(sums)
                yield _firm(who, whole, _("%(n)s 笔", n=len(got)))

    return lines


def _funded(asked: Asked) -> Iterable[Line]:
    for who in asked.inside:
        if any(row.firm_id == who.id and row.investor in FUNDED for row in asked.funding):
            yield _firm(who, 1)


def _rights(*types: IpType) -> Callable[[Asked], Iterable[Line]]:
    def lines(asked: Asked) -> Iterable[Line]:
        for who in asked.inside:
            held = [
                row for row in asked.rights
                if row.firm_id == who.id and (not types or row.ip_type in types)
            ]  # fmt: skip
            if held:
                yield _firm(who, len(held))

    return lines


def _hnte(asked: Asked) -> Iterable[Line]:
    return (_firm(who, 1) for who in asked.inside if who.id in asked.certified)


# ---- the register -----------------------------------------------------------------------------

SPACE, OPERATION, FIRMS, MONEY = N_("场地"), N_("载体经营"), N_("企业"), N_("企业经营与融资")
SECTIONS = (SPACE, OPERATION, FIRMS, MONEY)
BY_SITE = N_("期末在用场地登记面积之和。")
OF_OWN = N_("载体数据中本期的数，取核实程度最高的来源。")
OF_FIRMS = N_("期末在孵企业本期填报数之和，每家取核实程度最高的来源；未填的不计并列出家数。")
INSIDE_NOW = N_("期末计数归属于本载体、尚未毕业的企业，口径同统计指标 S-01（加速器为 S-05）。")


def _one(code: str, section: str, text: str, unit: str, column: str) -> Item:
    return Item(code, section, text, unit, OF_OWN, _own(column), single=True)


def _sum(code: str, text: str, unit: str, column: str) -> Item:
    return Item(code, MONEY, text, unit, OF_FIRMS, _figures(column), bridges=True)


ITEMS: tuple[Item, ...] = (
    Item("A1", SPACE, N_("场地面积"), "m2", BY_SITE, _sites),
    Item(
        "A2", SPACE, N_("其中在孵企业用房"), "m2",
        N_("期末在孵企业计数入驻记录的面积之和；没有登记面积的不计并列出家数。"), _rooms,
    ),
    Item(
        "A3", SPACE, N_("其中公共服务用房"), "m2", N_("载体自述的公共服务场地面积，期末有效的。"),
        _stated("public_m2"), single=True,
    ),
    Item(
        "A4", SPACE, N_("其中其他用房"), "m2", N_("总面积减前两项；任一项不全时不计算。"),
        _other_rooms, single=True,
    ),
    _one("B1", OPERATION, N_("总收入"), "money", "total_income"),
    _one("B2", OPERATION, N_("其中综合服务收入"), "money", "service_income"),
    _one("B3", OPERATION, N_("其中物业收入"), "money", "property_income"),
    _one("B4", OPERATION, N_("其中投资收入"), "money", "investment_income"),
    _one("B5", OPERATION, N_("其中其他收入"), "money", "other_income"),
    _one("B6", OPERATION, N_("净利润"), "money", "net_profit"),
    _one("B7", OPERATION, N_("上缴税金"), "money", "tax_paid"),
    _one("B8", OPERATION, N_("获得财政资助"), "money", "grants"),
    _one("B9", OPERATION, N_("孵化基金总额"), "money", "fund_total"),
    _one("B10", OPERATION, N_("固定资产"), "money", "fixed_assets"),
    _one("B11", OPERATION, N_("管理机构从业人员"), "count", "staff"),
    _one("B12", OPERATION, N_("其中专业技术人员"), "count", "staff_professional"),
    _one("B13", OPERATION, N_("创业导师"), "count", "mentors"),
    _one("B14", OPERATION, N_("创业活动"), "events", "events"),
    Item(
        "C1", FIRMS, N_("孵化器内企业总数"), "firms",
        N_("期末在孵、服务和毕业留驻企业之和，口径同统计指标 S-07；加速器另加加速期企业。"),
        _standing(
            Standing.INCUBATING, Standing.SERVED, Standing.STAYING, Standing.ACCELERATING
        ),
    ),
    Item("C2", FIRMS, N_("在孵企业"), "firms", INSIDE_NOW, _inside),
    Item(
        "C3", FIRMS, N_("其中留学人员创办"), "firms",
        N_("在孵企业中登记了“留学人员”创办标签的。"), _returnees,
    ),
    Item(
        "C4", FIRMS, N_("创业团队"), "teams", N_("口径同统计指标 S-02。"), _standing(Standing.TEAM),
    ),
    Item("C5", FIRMS, N_("有效高新技术企业"), "firms", N_("在孵企业中证书在期末有效的。"), _hnte),
    Item(
        "C6", FIRMS, N_("当年毕业企业"), "firms",
        N_("毕业日期在当年、期末前的毕业企业，按申报数，口径同统计指标 G-02。"), _graduated(True),
    ),
    Item(
        "C7", FIRMS, N_("累计毕业企业"), "firms",
        N_("期末前的全部毕业企业，另加载体自述的系统启用前毕业企业。"), _graduated(False),
    ),
    _sum("D1", N_("在孵企业从业人员"), "heads", "staff_end"),
    _sum("D2", N_("在孵企业营业收入"), "money", "revenue"),
    _sum("D3", N_("在孵企业研发投入"), "money", "rd_accounting"),
    _sum("D4", N_("在孵企业实缴税金"), "money", "tax_paid"),
    Item(
        "D5", MONEY, N_("当年获得风险投资额"), "money",
        N_("在孵企业当年到账的天使投资和风险投资。"), _money(True),
    ),
    Item(
        "D6", MONEY, N_("累计获得风险投资额"), "money",
        N_("在孵企业期末前到账的全部天使投资和风险投资。"), _money(False),
    ),
    Item(
        "D7", MONEY, N_("累计获得投融资企业数"), "firms",
        N_("有股权融资到账的在孵企业，按家数不按笔数；不含创始人出资和借款。"), _funded,
    ),
    Item(
        "D8", MONEY, N_("拥有有效知识产权数"), "items", N_("在孵企业期末前已授权、期末仍有效的。"),
        _rights(),
    ),
    Item(
        "D9", MONEY, N_("其中发明专利"), "items", N_("同上，只计发明专利。"),
        _rights(IpType.INVENTION),
    ),
)  # fmt: skip
ROOMS = ("A1", "A2", "A3")
BY_CODE = {item.code: item for item in ITEMS}

UNITS: dict[str, Any] = {
    "money": N_("千元"), "m2": N_("㎡"), "heads": N_("人"), "count": N_("人"),
    "firms": N_("家"), "teams": N_("个"), "items": N_("件"), "events": N_("场"),
}  # fmt: skip
