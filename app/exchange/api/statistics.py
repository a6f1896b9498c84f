"""统计指标: the register, and a figure as of a day and as known then, in the scope of the post."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask.typing import ResponseReturnValue

from app.core.access import Permission, viewer
from app.core.days import today
from app.core.db import steady
from app.core.errors import register_messages
from app.core.problems import Unreadable
from app.core.text import N_
from app.exchange.api.door import asked, listed, operation, page_of, shown
from app.exchange.api.shapes import AskedWhole, Day, Flag, Shape, Text, Whole, Word
from app.statistics.asof import Count
from app.statistics.dimensions import DIMENSIONS
from app.statistics.forms import ask
from app.statistics.indicators import REGISTER, Indicator, indicator
from app.statistics.queries.figures import Desk

TAG = N_("统计指标")
READ = (Permission.STATISTICS_READ,)
register_messages({"slip": N_("统计时点或数据截至读不懂，或晚于今天。")})


class IndicatorShape(Shape):
    """A defined figure."""

    code = Text(required=True)
    name = Text(required=True)
    definition = Text(required=True)
    unit = Text(required=True)
    source = Text(required=True)
    version = Whole(required=True)
    share = Flag(required=True, metadata={"description": N_("占比：value 为分子，whole 为分母。")})


class StatisticShape(IndicatorShape):
    """A figure with what it was asked for; asked again with this cut it stays the same."""

    as_of = Day(required=True)
    cut = Whole(required=True, metadata={"description": N_("数据截至的修订号。")})
    count = Word(Count, required=True)
    value = Whole(required=True)
    whole = Whole(required=True, allow_none=True)


IndicatorPage = page_of(IndicatorShape, "IndicatorPage")


@cache
def asking() -> type[Shape]:
    """The question: when, as known when, which graduations count, cut by which dimensions."""
    held: dict[str, Any] = {
        "as_of": Day(metadata={"description": N_("统计时点，默认今天。")}),
        "cut": AskedWhole(metadata={"description": N_("数据截至的修订号，默认最新。")}),
        "count": Word(Count),
    }
    cuts = {key: Text(40, metadata={"description": one.text}) for key, one in DIMENSIONS.items()}
    return type("StatisticAsked", (Shape,), cuts | held)


def _entry(one: Indicator) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "definition": one.words("definition"),
        "unit": one.words("unit"),
        "source": one.words("source"),
        "version": one.version,
        "share": one.is_share,
    }


@operation(
    "GET", "/statistics", tag=TAG, answer=IndicatorPage, may=READ,
    summary=N_("统计指标的目录与口径"),
)  # fmt: skip
def list_statistics() -> ResponseReturnValue:
    """The register of indicators."""
    rows = REGISTER.values()
    return listed(IndicatorPage, rows, lambda one: one.code, lambda some: list(map(_entry, some)))


@operation(
    "GET", "/statistics/<code>", tag=TAG, answer=StatisticShape, may=READ, query=asking,
    summary=N_("一个指标的数值；筛选与统计名单页相同，口径范围为令牌的岗位"),
)  # fmt: skip
def get_statistic(code: str) -> ResponseReturnValue:
    """One figure."""
    entry = indicator(code)
    wanted = asked()
    person = viewer()
    steady()
    args = {k: str(wanted[k]) for k in ("as_of", "cut", "count") if wanted.get(k) is not None}
    question = ask(args, today())
    if question.slips:
        raise Unreadable([("slip", "as_of", said) for said in question.slips], "slip")
    desk = Desk.of(person, question.asof)
    filters = {k: v for k, v in wanted.items() if k in DIMENSIONS and v is not None}
    if entry.is_share:
        share = desk.share(code, **filters)
        value, whole = share.part.value, share.whole.value
    else:
        value, whole = desk.count(code, **filters).value, None
    asof = question.asof
    told = {"as_of": asof.day, "cut": asof.cut, "count": asof.count, "value": value, "whole": whole}
    return shown(StatisticShape, _entry(entry) | told)
