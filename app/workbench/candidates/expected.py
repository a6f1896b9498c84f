"""When a firm is expected to meet the conditions of graduation, from its own record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from app.core.days import Period
from app.core.filters import day as day_text
from app.core.filters import pct, period
from app.core.text import N_, _
from app.criteria.models import Outcome
from app.workbench.candidates import series as source
from app.workbench.candidates.forecast import Answer, Mark, Series, forecast, wanted
from app.workbench.models import ForecastRecord

NOW, UNFILED, LATER, FEW, CLOSED = "now", "unfiled", "later", "few", "closed"
#: what stands where no quarter is forecast
WORDS = {
    NOW: N_("已符合，可办理毕业"),
    UNFILED: N_("上年数据待补填"),
    LATER: N_("明年底前未见达到"),
    FEW: N_("数据太少，不预测"),
}


@dataclass(frozen=True)
class Expected:
    """The quarter a firm is expected in, and why; `key` names the quarter, or says why none."""

    key: str
    quarter: Period | None = None
    why: str = ""

    @property
    def words(self) -> str:
        """For a cell: the quarter, or why there is none."""
        return period(self.quarter) if self.quarter else _(WORDS[self.key])


def expected(outcomes: dict[int, str], day: dt.date) -> dict[int, Expected]:
    """For firms with their outcome of the graduation conditions."""
    open_ = [one for one, outcome in outcomes.items() if outcome != Outcome.MET.value]
    mark = source.mark_of(day)
    held = source.series(open_, day) if mark else {}
    told, usual = source.notices(open_), usual_now()
    found = {}
    for one, outcome in outcomes.items():
        if outcome == Outcome.MET.value:
            found[one] = Expected(NOW)
            continue
        ways = [_notice(told.get(one, ()), usual, day)]
        answer = forecast(held[one], mark, day) if mark and one in held else Answer(few=True)
        ways.append(_turnover(answer, mark, day))
        quarters = [way for way in ways if way is not None and way.quarter is not None]
        if quarters:
            found[one] = min(quarters, key=lambda way: way.quarter.starts if way.quarter else day)
        elif ways[-1] is not None:
            found[one] = ways[-1]
        else:
            only = _("只按营业收入推算，融资不预测")
            few = answer.few
            found[one] = Expected(FEW, why=_needs(held.get(one), day)) if few else Expected(
                LATER, why=only
            )  # fmt: skip
    return found


def _needs(held: Series | None, day: dt.date) -> str:
    """The years of turnover that a forecast would need."""
    years = [str(year) for year in wanted(held or Series(), day)]
    return _("推算需补 %(years)s 年营业收入", years=_("、").join(years)) if years else ""


def usual_now() -> int | None:
    """Days from announcement to filing, as the last check found them."""
    row = source.records().get(source.NOTICE)
    return row.usual if row is not None else None


def _notice(told: Collection[source.Notice], usual: int | None, day: dt.date) -> Expected | None:
    """By an announcement that has not come through; one that takes twice the usual is not told."""
    open_ = [since for since, done in told if done is None and since <= day]
    if not open_ or usual is None:
        return None
    since = max(open_)
    if since + dt.timedelta(days=2 * usual) < day:
        return None
    quarter = Period.of(max(day, since + dt.timedelta(days=usual)))
    why = _("高企 %(day)s 公示，公示至备案通常 %(n)s 天", day=day_text(since), n=usual)
    return Expected(quarter.code, quarter, why)


def _turnover(answer: Answer, mark: Mark | None, day: dt.date) -> Expected | None:
    """By turnover: the quarter in which the figures of the year are due. A year that is over is
    not foretold: its figures are to be filled in."""
    if mark is None or answer.year is None:
        return None
    if mark.overdue(answer.year, day):
        why = _("%(year)s 年度营业收入未填，按已报季度推算已达到", year=answer.year)
        return Expected(UNFILED, why=why)
    quarter = max(mark.quarter(answer.year), Period.of(day), key=lambda one: one.starts)
    why = _("按本企业营业收入推算，计至 %(year)s 年度达到", year=answer.year)
    return Expected(quarter.code, quarter, why)


def record_words() -> list[str]:
    """How often each way of forecasting was right on earlier days, in numbers."""
    held = source.records()
    if not held:
        return [_("预测方法尚未回测；系统每日自动回测一次。")]
    said = []
    if source.TURNOVER in held:
        said.append(score_words(_("按营业收入预测"), held[source.TURNOVER]))
    if source.NOTICE in held:
        said.append(score_words(_("按高企公示预测"), held[source.NOTICE]))
    return said


def score_words(what: str, row: ForecastRecord) -> str:
    """One method's score; of too few forecasts no rate."""
    if row.number < source.ENOUGH:
        return _("%(what)s：历年可回测的预测只有 %(n)s 次，不足 %(least)s 次，不计命中率。",
                 what=what, n=row.number, least=source.ENOUGH)  # fmt: skip
    told = _(
        "%(what)s：以 %(a)s 至 %(b)s 各年同日已报的数据回测，"
        "预测 %(n)s 次，如期 %(hits)s 次，命中率 %(rate)s",
        what=what, a=day_text(row.first), b=day_text(row.last), n=row.number, hits=row.hits,
        rate=pct(Decimal(row.hits) / row.number),
    )  # fmt: skip
    if not row.missed:
        return told
    return _("%(told)s；另有 %(n)s 家次未作预测而达到", told=told, n=row.missed)
