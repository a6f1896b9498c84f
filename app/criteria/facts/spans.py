"""Facts of several fiscal years together, and of what is reckoned from two columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.core.text import N_
from app.criteria.facts.base import Finish, Param, Params
from app.criteria.facts.figures import BACK, UNSIGNED, declare_yearly
from app.criteria.interval import (
    WHOLE,
    Col,
    Interval,
    at_least_zero,
    exactly,
    first_known,
    part_of,
    times,
    together,
)
from app.firms.figure_columns import COLUMNS

if TYPE_CHECKING:
    from app.criteria.stage1 import Stage

#: Averages of a year are kept in twelfths.
TWELFTHS = 12
COUNTED = sorted(column.name for column in COLUMNS if column.unit == "items")
SPAN = Param("years")


def _column(stage: Stage, column: str, back: int, p: Params) -> Callable[[], Interval]:
    name = stage.years.of(column, back, p["sources"])
    return lambda: stage.years.value(name, back, False)


def _span(stage: Stage, _key: str, p: Params) -> Finish:
    """The sum of a column over the last fiscal years; those before the foundation are nothing."""
    years = [_column(stage, p["column"], back, p) for back in range(p["span"])]
    return lambda: together([year() for year in years])


def _research(stage: Stage, _key: str, p: Params) -> Finish:
    """R&D as 195号 counts it: as reported, else own work and a share of what was contracted."""
    years = [
        tuple(_column(stage, c, back, p) for c in ("rd_hnte", "rd_internal", "rd_contracted"))
        for back in range(p["span"])
    ]

    def counted(reported: Interval, own: Interval, contracted: Interval) -> Interval:
        reckoned: Col = own.high + part_of(contracted.high, p["outsourced"])
        return at_least_zero(first_known([reported.high, reckoned]))

    return lambda: together([counted(*(column() for column in year)) for year in years])


def _net_assets(stage: Stage, _key: str, p: Params) -> Finish:
    assets, owed = (_column(stage, c, p["back"], p) for c in ("assets", "liabilities"))
    return lambda: exactly(assets().high - owed().high)


def _mean(stage: Stage, _key: str, p: Params) -> Finish:
    """Items a year on the average of the last fiscal years."""
    sum_up = _span(stage, _key, p)

    def mean() -> Interval:
        found = sum_up()
        assert isinstance(found, Interval)
        return times(found, TWELFTHS // p["span"])

    return mean


declare_yearly(
    name="span_money",
    unit="fen",
    text=N_("近几个会计年度合计"),
    build=_span,
    params={"column": Param("code", UNSIGNED), "span": SPAN},
)
declare_yearly(
    name="research_counted",
    unit="fen",
    text=N_("研发费用（高企口径）合计"),
    build=_research,
    params={"span": SPAN, "outsourced": Param("share", range(WHOLE + 1))},
    columns=("rd_hnte",),
)
declare_yearly(
    name="net_assets",
    unit="fen",
    text=N_("净资产"),
    build=_net_assets,
    params={"back": BACK},
    columns=("assets", "liabilities"),
)
declare_yearly(
    name="mean_items",
    unit="items_year",
    text=N_("年均项数"),
    build=_mean,
    params={
        "column": Param("code", COUNTED),
        "span": Param("years", tuple(n for n in range(1, TWELFTHS) if TWELFTHS % n == 0)),
    },
)
