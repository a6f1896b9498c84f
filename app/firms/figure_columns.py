"""The columns of 填报数据: their words, units, and the sums that must agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.text import N_, _
from app.firms.models import Figures

#: Head counts are kept in 24ths: averages over twelve months of (begin + end) / 2.
HEAD = 24


@dataclass(frozen=True)
class FigureColumn:
    """One figure: `unit` is money (fen, shown in 万元), heads (24ths, shown in 人) or items."""

    name: str
    text: str
    unit: str = "money"
    signed: bool = False
    #: whether the quarterly sheet asks for it; the yearly one asks for all
    quarterly: bool = False
    #: whether it can only grow within a year
    cumulative: bool = True

    @property
    def label(self) -> str:
        """The word in the reader's language."""
        return _(self.text)

    @property
    def unit_text(self) -> str:
        """The unit in the reader's language."""
        words = {"money": _("万元"), "heads": _("人"), "items": _("项")}
        return words[self.unit]


COLUMNS = (
    FigureColumn("revenue", N_("营业收入"), quarterly=True),
    FigureColumn("main_revenue", N_("主营业务收入")),
    FigureColumn("hitech_revenue", N_("高新技术产品（服务）收入")),
    FigureColumn("total_income", N_("总收入")),
    FigureColumn("cost_expenses", N_("成本费用总额")),
    FigureColumn("net_profit", N_("净利润"), signed=True, quarterly=True, cumulative=False),
    FigureColumn("tax_paid", N_("实缴税金"), quarterly=True),
    FigureColumn("rd_accounting", N_("研发费用（会计口径）"), quarterly=True),
    FigureColumn("rd_hnte", N_("研发费用（高企口径）")),
    FigureColumn("rd_internal", N_("其中内部研发（高企口径）")),
    FigureColumn("rd_contracted", N_("委托外部研发发生额（高企口径）")),
    FigureColumn("rd_deduction", N_("研发费用（加计扣除口径）")),
    FigureColumn("rd_outsourced", N_("其中委托外部研发")),
    FigureColumn("rd_domestic", N_("其中境内研发")),
    FigureColumn("assets", N_("资产总额"), cumulative=False),
    FigureColumn("liabilities", N_("负债总额"), cumulative=False),
    FigureColumn("staff_end", N_("期末从业人员"), "heads", quarterly=True, cumulative=False),
    FigureColumn("staff", N_("平均从业人员"), "heads", cumulative=False),
    FigureColumn("staff_insured", N_("平均社保人数"), "heads", cumulative=False),
    FigureColumn("staff_tech", N_("科技人员"), "heads", cumulative=False),
    FigureColumn("staff_rd", N_("研发人员"), "heads", cumulative=False),
    FigureColumn("staff_rd_end", N_("期末研发人员"), "heads", cumulative=False),
    FigureColumn("transformed", N_("科技成果转化"), "items"),
)
BY_NAME = {column.name: column for column in COLUMNS}
QUARTERLY = tuple(c for c in COLUMNS if c.quarterly)


def for_period(quarter: int) -> tuple[FigureColumn, ...]:
    """The columns that a sheet of a quarter (or of the year, 0) asks for."""
    return QUARTERLY if quarter else COLUMNS


Values = Mapping[str, int | None]


@dataclass(frozen=True)
class Agreement:
    """勾稽: the first figure may not pass the second."""

    part: str
    whole: str

    @property
    def sentence(self) -> str:
        """What does not agree, in the reader's language."""
        return _(
            "“%(part)s”大于“%(whole)s”",
            part=BY_NAME[self.part].label,
            whole=BY_NAME[self.whole].label,
        )


AGREEMENTS = (
    Agreement("main_revenue", "revenue"),
    Agreement("revenue", "total_income"),
    Agreement("hitech_revenue", "total_income"),
    Agreement("rd_outsourced", "rd_accounting"),
    Agreement("rd_domestic", "rd_hnte"),
    Agreement("rd_internal", "rd_hnte"),
    Agreement("staff_tech", "staff"),
    Agreement("staff_rd", "staff"),
    Agreement("staff_rd_end", "staff_end"),
)
#: By the figure that others may not pass: a row has few of them.
BY_WHOLE = {
    whole: tuple(rule for rule in AGREEMENTS if rule.whole == whole)
    for whole in dict.fromkeys(rule.whole for rule in AGREEMENTS)
}


def disagreements(values: Values) -> list[Agreement]:
    """The agreements that a row of figures breaks: both are known and the part is larger."""
    return [
        rule
        for whole, rules in BY_WHOLE.items()
        if (most := values.get(whole)) is not None
        for rule in rules
        if (part := values.get(rule.part)) is not None and part > most
    ]


def values_of(row: Figures | None) -> dict[str, int | None]:
    """Column → value of a row; all None where there is no row."""
    return {c.name: getattr(row, c.name) if row is not None else None for c in COLUMNS}
