"""How forecasts of earlier days did, rule by rule: counted aside from the pages, kept for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sqlalchemy import delete, insert

from app.core.db import session
from app.core.db.aside import aside
from app.core.text import _
from app.criteria.asking import Fold
from app.criteria.compile import Statement
from app.criteria.queries import in_force, plan, rows_of
from app.criteria.tree import Node
from app.criteria.verdict import Verdict
from app.workbench.candidates.expected import score_words
from app.workbench.candidates.forecast import Score
from app.workbench.candidates.series import BACK, before, records
from app.workbench.models import ForecastRecord
from app.workbench.outlook.ahead import CLOSED, FEW, Columns, outlooks, series, told, years_founded
from app.workbench.outlook.measures import FIGURES, Ahead, Known, clauses, columns


def tested(day: dt.date) -> list[str]:
    """The rules about firms in force that ask for yearly figures."""
    found = []
    for rule in sorted(in_force(day)):
        if any(use.fact in FIGURES for use in plan([rule], day).facts):
            found.append(rule)
    return found


def hindsight(rule: str, day: dt.date) -> Score:
    """Each open clause on the same day of the last years, forecast for the year that ran then out
    of what was due by then, beside what its figures turned out to be. What figures do not tell is
    taken as it was on that day. Firms whose figures of that year are not known tell nothing."""
    held = plan([rule], day)
    (version,) = held.roots
    every = series(None, columns(held.facts), version)
    founded = years_founded(every)
    score = Score(days=[before(day, back) for back in range(BACK, 0, -1)])
    nodes: list[Node] = []
    for on in score.days:
        for made, row in rows_of(rule, None, day, on):
            own = every.get(row["id"])
            if own is None or row[f"r{version.id}_outcome"] in CLOSED:
                continue
            if any(on.year in one.years for one in own.values()):
                firm = _Firm(made, row, own, founded.get(row["id"]), on)
                nodes = nodes or firm.asking()
                firm.count(score, nodes)
    return score


class _Firm:
    """A firm on one of the earlier days."""

    def __init__(
        self, made: Statement, row: Any, own: Columns, founded: int | None, on: dt.date
    ) -> None:
        (self.version,) = made.compiler.plan.roots
        due = self.version.tree.terms["figures_due"]
        since = {column: one.until(on, due) for column, one in own.items()}
        facts = {column: one.years for column, one in own.items()}
        self.now = Fold(made, row)
        self.then = Ahead(made, row, Known(told(since, on), founded), on.year)
        self.came = Ahead(made, row, Known(facts, founded), on.year, strict=True)

    def asking(self) -> list[Node]:
        """The clauses that ask for figures."""
        return [node for node in clauses(self.version) if self.came.rests(node)]

    def count(self, score: Score, nodes: list[Node]) -> None:
        """Put those that were open to the test."""
        for node in nodes:
            if self.now.fold(node, {}) is True or (came := self.came.fold(node, {})) is None:
                continue
            forecast = self.then.fold(node, {})
            if forecast is None:
                score.few += 1
            elif forecast:
                score.hits += came
                score.late += not came
            else:
                score.missed += came


def check(rule: str, day: dt.date) -> ForecastRecord:
    """Put the forecasts of a rule to the test and keep what came out."""
    score = hindsight(rule, day)
    session.rollback()
    row = {
        "method": rule, "day": day, "first": score.days[0], "last": score.days[-1],
        "hits": score.hits, "late": score.late, "missed": score.missed, "few": score.few,
        "usual": None,
    }  # fmt: skip
    with aside(alone=True) as connection:
        connection.execute(delete(ForecastRecord).where(ForecastRecord.method == rule))
        connection.execute(insert(ForecastRecord), [row])
    return records()[rule]


def check_next(day: dt.date) -> None:
    """One rule that has not been put to the test today: the others wait for the next time, so
    that a serving process is not held up for long."""
    made = {row.method for row in records().values() if row.day == day}
    left = [rule for rule in tested(day) if rule not in made]
    session.rollback()
    if left:
        check(left[0], day)


def record_words(rule: str) -> list[str]:
    """How often forecasts by a rule's figures were right on earlier days, in numbers."""
    row = records().get(rule)
    if row is None:
        return [_("本标准的预测尚未回测；系统每日自动回测。")]
    return [score_words(_("按年度数据逐条预测"), row)]


def foretold(verdict: Verdict, brief: bool) -> Iterator[tuple[str | None, str]]:
    """By when a firm's open clauses are expected to be met, then how good such forecasts were."""
    if verdict.rule not in tested(verdict.day):
        return
    found = outlooks(verdict.rule, [verdict.subject_id], verdict.day).get(verdict.subject_id)
    if found is None or not found.clauses:
        return
    yield "", found.words
    for clause, answer in found.clauses.items():
        yield clause, _("数据太少，不预测") if brief and answer.key == FEW else answer.words
    yield from ((None, line) for line in record_words(verdict.rule))


__all__ = ["check", "check_next", "foretold", "hindsight", "record_words", "tested"]
