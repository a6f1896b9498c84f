"""What forecasts are made from: the clause, the firms' turnover, and the way of an announcement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from statistics import median
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    delete,
    func,
    insert,
    select,
    true,
    type_coerce,
)

from app.core.days import Period
from app.core.db import session
from app.core.db.aside import aside
from app.core.errors import NotFound
from app.criteria.plan import Plan
from app.criteria.queries import plan
from app.criteria.tree import Test, Use
from app.firms.models import Figures, Milestone, MilestoneKind, Title
from app.workbench.candidates.forecast import Mark, Score, Series, hindsight
from app.workbench.candidates.results import GRADUATION
from app.workbench.models import ForecastRecord

METHODS = TURNOVER, NOTICE = "turnover", "notice"
RUN = "best_run"
REVENUE = "revenue"
#: so many years back the method is put to the test
BACK = 3
#: fewer than so many forecasts, or announcements that came through, tell nothing
ENOUGH = 10
#: announced on, filed on
Notice = tuple[dt.date, dt.date | None]


def mark_of(day: dt.date) -> Mark | None:
    """The clause of graduation on turnover over consecutive years, where there is one."""
    try:
        held = plan([GRADUATION], day)
    except NotFound:
        return None
    (root,) = held.roots
    for node in root.tree.nodes():
        measure = node.measure if isinstance(node, Test) else None
        if isinstance(node, Test) and isinstance(measure, Use) and measure.fact == RUN:
            return _mark(held, node, measure, root.tree.terms)
    return None


def _mark(held: Plan, node: Test, use: Use, terms: dict[str, Any]) -> Mark | None:
    given = use.arguments
    if given.get("column") != REVENUE:
        return None
    return Mark(held.threshold(node), given["years"], node.op == "gt", terms["figures_due"])


def sources(day: dt.date) -> tuple[str, ...]:
    """Sources of yearly figures, the one that goes first in front."""
    return tuple(plan([GRADUATION], day).roots[0].tree.terms["sources"])


def series(ids: Iterable[int] | None, day: dt.date) -> dict[int, Series]:
    """Turnover of some firms, or all, by the sources' precedence; of quarters the best source."""
    of: ColumnElement[bool] = true() if ids is None else Figures.firm_id.in_(list(ids))
    rank = {source: place for place, source in enumerate(sources(day))}
    rows = session.execute(
        select(
            Figures.firm_id, Figures.year, Figures.quarter,
            type_coerce(Figures.source, String), type_coerce(Figures.revenue, BigInteger),
        )
        .where(of, Figures.revenue.is_not(None))
    )  # fmt: skip
    found: dict[int, Series] = {}
    known = [row for row in rows if row[3] in rank]
    known.sort(key=lambda row: -rank[row[3]])  # the source that goes first is written last
    for firm, year, quarter, _source, amount in known:
        one = found.setdefault(firm, Series())
        if quarter:
            one.parts[year, quarter] = amount
        else:
            one.years[year] = amount
    return found


def notices(ids: Iterable[int] | None) -> dict[int, list[Notice]]:
    """高企 announcements of some firms, or all, with the day they were filed or else issued."""
    of: ColumnElement[bool] = true() if ids is None else Milestone.firm_id.in_(list(ids))
    filed = func.coalesce(Milestone.filed_on, Milestone.issued_on)
    rows = session.execute(
        select(Milestone.firm_id, Milestone.announced_on, filed)
        .where(
            of, Milestone.kind == MilestoneKind.RECOGNITION, Milestone.title == Title.HNTE,
            Milestone.announced_on.is_not(None), Milestone.revoked_on.is_(None),
        )
        .order_by(Milestone.firm_id, Milestone.id)
    )  # fmt: skip
    found: dict[int, list[Notice]] = {}
    for firm, announced, done in rows:
        if announced is not None:
            found.setdefault(firm, []).append((announced, done))
    return found


def usual_days(every: Iterable[Notice], day: dt.date) -> int | None:
    """Median of days from announcement to filing of those that had come through by a day; None
    for too few."""
    took = [(done - since).days for since, done in every if done is not None and done <= day]
    return int(median(took)) if len(took) >= ENOUGH else None


def notice_score(every: list[Notice], days: list[dt.date], today: dt.date) -> Score:
    """How forecasts of earlier days did for announcements that were then on their way."""
    score = Score(days=days)
    for day in days:
        usual = usual_days(every, day)
        for since, done in every:
            if since > day or (done is not None and done <= day):
                continue
            due = None if usual is None else quarter_end(max(day, since + dt.timedelta(days=usual)))
            if due is None:
                score.few += 1
            elif due < today:
                score.hits += done is not None and done <= due
                score.late += done is None or done > due
    return score


def quarter_end(day: dt.date) -> dt.date:
    """The last day of the quarter of a day."""
    return Period.of(day).last_day


def check(day: dt.date) -> dict[str, ForecastRecord]:
    """Put both methods to the test on all firms on record, and keep what came out.

    Runs once a day beside the day's judging, never on a page: it reads every figure.
    """
    mark = mark_of(day)
    every = [one for of_firm in notices(None).values() for one in of_firm]
    quarters = sorted({quarter_end(before(day, back)) for back in range(1, BACK + 1)})
    scores = {NOTICE: notice_score(every, quarters, day)}
    if mark is not None:
        years = [before(day, back) for back in range(BACK, 0, -1)]
        scores[TURNOVER] = hindsight(series(None, day), mark, years)
    usual = usual_days(every, day)
    session.rollback()
    rows = [_row(method, day, score, usual) for method, score in sorted(scores.items())]
    with aside(alone=True) as connection:
        connection.execute(delete(ForecastRecord).where(ForecastRecord.method.in_(METHODS)))
        connection.execute(insert(ForecastRecord), rows)
    return records()


def _row(method: str, day: dt.date, score: Score, usual: int | None) -> dict[str, Any]:
    return {
        "method": method, "day": day, "first": score.days[0], "last": score.days[-1],
        "hits": score.hits, "late": score.late, "missed": score.missed, "few": score.few,
        "usual": usual if method == NOTICE else None,
    }  # fmt: skip


def check_due(day: dt.date) -> None:
    """The day's check, unless another process has made it."""
    if any(row.day == day for method, row in records().items() if method in METHODS):
        session.rollback()
        return
    session.rollback()
    check(day)


def records() -> dict[str, ForecastRecord]:
    """What the last check found, by method."""
    rows = session.scalars(select(ForecastRecord).order_by(ForecastRecord.method))
    return {row.method: row for row in rows}


def before(day: dt.date, years: int) -> dt.date:
    """The same day so many years before; the 28th for days that not every month has."""
    return day.replace(year=day.year - years, day=min(day.day, 28))
