"""What a report can hold: tables of the room, each made from one desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.core.filters import num
from app.core.text import N_, _
from app.statistics import tables
from app.statistics.addresses import growth, percent
from app.statistics.queries import overview
from app.statistics.queries.figures import Desk, Figure, Share
from app.statistics.tables import Cell, Line, Table
from app.statistics.tables.base import cell


@dataclass(frozen=True)
class Part:
    """A table that can be chosen, under a key that stays."""

    key: str
    text: str
    make: Callable[[Desk], Table]

    @property
    def name(self) -> str:
        """Its title in the reader's language."""
        return _(self.text)


def key_figures(desk: Desk) -> Table:
    """The key figures of the day beside those of a year before."""
    key = overview.key(desk)
    lines = []
    if key.compared is not None:
        lines.append(_pair(key.compared, key.span.remark))
    lines += [_alone(key.graduated), _alone(key.other)]
    lines += [_pair(pair) for pair in key.standing.values()]
    lines += [
        _pair(key.entered),
        _pair(key.landed, _("毕业企业")),
        _alone(key.direct, _("直接引进")),
    ]
    lines += [_pair(key.hatched), _alone(key.hatched_all), _pair(key.registered)]
    lines += [_share(one) for one in (key.works, key.based, key.unknown)]
    heads = [(_("数值"), ""), (_("上年同期"), ""), (_("同比"), "")]
    codes = tuple(dict.fromkeys(one.cells[0].figure.indicator.code for one in lines
                                if one.cells[0].figure))  # fmt: skip
    return Table(_("主要指标"), "", [], heads, lines, entries=codes)


def _named(figure: Figure, remark: str = "") -> str:
    name = f"{figure.indicator.code} {figure.indicator.name}"
    return _("%(head)s（%(unit)s）", head=name, unit=remark) if remark else name


def _pair(pair: overview.Pair, remark: str = "") -> Line:
    change = growth(pair.now.value, pair.before.value)
    return Line(_named(pair.now, remark), [cell(pair.now), cell(pair.before), Cell(change)])


def _alone(figure: Figure, remark: str = "") -> Line:
    return Line(_named(figure, remark), [cell(figure), Cell(""), Cell("")])


def _share(share: Share) -> Line:
    said = _("%(a)s / %(b)s", a=num(share.part.value), b=num(share.whole.value))
    return Line(_named(share.part), [Cell(percent(share), share.part), Cell(said), Cell("")])


def coverage(desk: Desk) -> Table:
    """填报率, 初核率 and 审核率, and who is missing."""
    found = overview.coverage(desk)
    lines = [_share(one) for one in (found.filed, found.checked, found.verified)]
    lines = [Line(one.name, one.cells[:2]) for one in lines]
    late = _("未报：%(names)s", names=_("、").join(one.name for one in found.missing))
    heads = [(_("比例"), ""), (_("载体数"), "")]
    return Table(_("数据覆盖情况"), "", [], heads, lines, remark=late if found.missing else "",
                 entries=("V-01", "V-02", "V-03"))  # fmt: skip


def _graduations(by: str) -> Callable[[Desk], Table]:
    def make(desk: Desk) -> Table:
        return tables.graduations(desk, by, desk.asof.year)

    return make


PARTS = {
    one.key: one
    for one in (
        Part("key", N_("主要指标"), key_figures),
        Part("years", N_("历年毕业企业"), _graduations("year")),
        Part("carriers", N_("毕业企业按载体"), _graduations("carrier")),
        Part("types", N_("毕业企业按载体类型"), _graduations("type")),
        Part("sectors", N_("毕业企业按领域"), _graduations("sector")),
        Part("towns", N_("毕业企业按街镇"), _graduations("town")),
        Part("areas", N_("毕业企业按片区"), _graduations("area")),
        Part("clauses", N_("毕业企业按毕业条件"), _graduations("clause")),
        Part("ends", N_("毕业企业按去向"), _graduations("end")),
        Part("cohorts", N_("入孵年度与毕业率"), tables.cohort_years),
        Part("stock", N_("各层企业按领域"), lambda desk: tables.stock(desk, "sector")),
        Part("hatched", N_("孵化高企按载体"), lambda desk: tables.hatched(desk, "carrier")),
        Part("coverage", N_("数据覆盖情况"), coverage),
    )
}

#: kinds of report with the parts that are ticked at first
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "quarter": (N_("季度毕业统计"), ("key", "carriers", "sectors", "clauses", "ends", "coverage")),
    "year": (
        N_("年度毕业统计"),
        ("key", "years", "carriers", "sectors", "clauses", "ends", "cohorts", "stock", "hatched",
         "coverage"),
    ),
    "own": (N_("自选指标"), ("key",)),
}  # fmt: skip
