"""By when firms are expected to meet a rule and its clauses, from their own yearly figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, String, select, true, type_coerce

from app.core.days import Period
from app.core.db import session
from app.core.filters import period
from app.core.text import _
from app.criteria.asking import Fold
from app.criteria.compile import Statement
from app.criteria.models import Outcome
from app.criteria.plan import Version
from app.criteria.queries import rows_of
from app.criteria.tree import Node, Test
from app.criteria.wording import quantity
from app.firms.figure_columns import BY_NAME
from app.firms.models import Figures, Firm
from app.workbench.candidates.forecast import Series, due_quarter, due_year, project, wanted
from app.workbench.outlook.measures import Ahead, Known, clauses, columns

NOW, LATER, FEW, BASE, OTHER, NONE = "now", "later", "few", "base", "other", "none"
#: outcomes after which nothing is left to tell
CLOSED = {Outcome.MET.value: NOW, Outcome.NOT_APPLICABLE.value: NONE}
#: years that are looked at, from the one that ended last
YEARS = (-1, 0, 1)
#: column → what is on record of it
Columns = dict[str, Series]


@dataclass(frozen=True)
class Answer:
    """The year with whose figures a clause is met, and what it then comes to; without a year
    `key` says why. `lacks`: years (by column) that a forecast would need."""

    key: str
    year: int | None = None
    value: str | None = None
    lacks: tuple[tuple[str, tuple[int, ...]], ...] = ()
    quarter: Period | None = None
    last: int = 0
    #: the year is over and its figures are still to be filled in: nothing is foretold
    unfiled: bool = False

    @property
    def words(self) -> str:
        """In a sentence."""
        if self.unfiled:
            text = _("%(year)s 年度数据待补填", year=self.year)
            if self.value is None:
                return _("%(told)s：按已报季度推算已达到", told=text)
            return _("%(told)s：按已报季度推算为 %(value)s", told=text, value=self.value)
        if self.quarter is not None:
            text = _("预计 %(quarter)s达到", quarter=period(self.quarter))
            if self.value is None:
                return _("%(told)s：按 %(year)s 年度推算数", told=text, year=self.year)
            return _("%(told)s：%(year)s 年度推算为 %(value)s",
                     told=text, year=self.year, value=self.value)  # fmt: skip
        if self.key == FEW:
            return _("数据太少，不预测；推算需补 %(what)s", what=_("；").join(self._lacks()))
        if self.key == BASE:
            return _("基数为零或负数，不推算")
        return _("按推算数，%(year)s 年度仍未达到", year=self.last)

    def _lacks(self) -> Iterator[str]:
        by_years: dict[tuple[int, ...], list[str]] = {}
        for column, years in self.lacks:
            by_years.setdefault(years, []).append(BY_NAME[column].label)
        for years, names in by_years.items():
            told = _("、").join(str(year) for year in years)
            yield _("%(years)s 年%(what)s", years=told, what=_("、").join(names))


@dataclass(frozen=True)
class Outlook:
    """One firm under one rule: its open clauses that ask for figures, and the rule as a whole."""

    whole: Answer
    clauses: dict[str, Answer] = field(default_factory=dict)
    #: open clauses that no figures tell
    others: int = 0

    @property
    def words(self) -> str:
        """When the rule as a whole is expected to be met."""
        if self.whole.unfiled:
            return _("%(year)s 年度数据待补填", year=self.whole.year)
        if self.whole.quarter is not None:
            return period(self.whole.quarter)
        if self.whole.key in (NOW, NONE):
            return _("已符合") if self.whole.key == NOW else _("不适用")
        if self.whole.key == OTHER:
            return _("另有 %(n)s 项不由年度数据决定，不预测", n=self.others)
        if self.whole.key == LATER:
            return _("%(year)s 年度数据内未见达到", year=self.whole.last)
        return _("数据太少，不预测")


def outlooks(rule: str, ids: Sequence[int], day: dt.date) -> dict[int, Outlook]:
    """Some firms under a rule in force. Whoever asks has made sure that their values are open."""
    return from_rows(list(rows_of(rule, ids, day)), day)


def from_rows(rows: Sequence[tuple[Statement, Any]], day: dt.date) -> dict[int, Outlook]:
    """The same from the rows of their verdicts."""
    found, held, founded = {}, None, {}
    ids = [row["id"] for _made, row in rows]
    for made, row in rows:
        (version,) = made.compiler.plan.roots
        if held is None:
            asked = columns(made.compiler.plan.facts)
            held, founded = series(ids, asked, version), years_founded(ids)
        firm = row["id"]
        found[firm] = one(made, row, held.get(firm, {}), founded.get(firm), day)
    return found


def one(
    made: Statement, row: Any, own: Columns, founded: int | None, day: dt.date
) -> Outlook:  # fmt: skip
    """One firm, from the row of its verdict and its figures."""
    (version,) = made.compiler.plan.roots
    now, known = Fold(made, row), Known(told(own, day), founded)
    outcome = row[f"r{version.id}_outcome"]
    if outcome in CLOSED:
        return Outlook(Answer(CLOSED[outcome]))
    ahead = [Ahead(made, row, known, day.year + back) for back in YEARS]
    open_ = clauses(version, lambda node: now.fold(node, {}) is not True)
    answers = {
        node.clause: _answer(node, ahead, own, version, day)
        for node in open_
        if ahead[0].rests(node)
    }
    last = day.year + YEARS[-1]
    others = len(open_) - len(answers)
    year = next((one.year for one in ahead if one.whole(version, {})), None)
    kinds = {answer.key for answer in answers.values()}
    key = FEW if kinds & {FEW, BASE} else OTHER if others else LATER
    if not answers and others:
        key = OTHER
    return Outlook(_dated(key, year, version, day, last), {k or "": a for k, a in answers.items()},
                   others)  # fmt: skip


def _answer(node: Node, ahead: list[Ahead], own: Columns, version: Version, day: dt.date) -> Answer:
    last = ahead[-1]
    for one in ahead:
        if one.fold(node, {}):
            value = one.value(node.measure) if isinstance(node, Test) else None
            said = None if value is None else str(quantity(value, node.unit))  # type: ignore[attr-defined]
            return _dated(NOW, one.year, version, day, last.year, said)
    if last.fold(node, {}) is None and ahead[-2].fold(node, {}) is None:
        asked = columns(last.uses(node))
        lacks = [(c, tuple(wanted(own.get(c, Series()), day))) for c in asked]
        lacks = [(column, years) for column, years in lacks if years and column not in _SPARE]
        return Answer(FEW, lacks=tuple(lacks)) if lacks else Answer(BASE)
    return Answer(LATER, last=last.year)


#: columns of which another one tells the same
_SPARE = ("rd_internal", "rd_contracted")


def _dated(
    key: str, year: int | None, version: Version, day: dt.date, last: int, value: str | None = None
) -> Answer:  # fmt: skip
    """The quarter in which the figures of a year are due, no earlier than the present one."""
    if year is None:
        return Answer(key, last=last)
    due = version.tree.terms["figures_due"]
    if year <= due_year(day, due):
        return Answer(NOW, year, value, unfiled=True)
    quarter = max(due_quarter(due, year), Period.of(day))
    return Answer(NOW, year, value, quarter=quarter, last=last)


def told(own: Columns, day: dt.date) -> dict[str, dict[int, int]]:
    """The years on record, with those that the figures tell."""
    return {column: project(one, day) or one.years for column, one in own.items()}


def series(
    ids: Iterable[int] | None, asked: Sequence[str], version: Version
) -> dict[int, Columns]:  # fmt: skip
    """Columns of some firms, or all, by the sources' precedence; of those that only grow within a
    year the quarters as well."""
    if not asked:
        return {}
    of: ColumnElement[bool] = true() if ids is None else Figures.firm_id.in_(list(ids))
    sources = version.tree.terms["sources"]
    rank = {source: -place for place, source in enumerate(sources)}
    values = [type_coerce(getattr(Figures, name), BigInteger) for name in asked]
    key = (Figures.firm_id, Figures.year, Figures.quarter, type_coerce(Figures.source, String))
    rows = [row for row in session.execute(select(*key, *values).where(of)) if row[3] in rank]
    rows.sort(key=lambda row: rank[row[3]])  # the source that goes first is written last
    parts = {name for name in asked if BY_NAME[name].cumulative}
    found: dict[int, Columns] = {}
    for firm, year, quarter, _source, *amounts in rows:
        held = found.setdefault(firm, {})
        for name, value in zip(asked, amounts, strict=True):
            if value is None or (quarter and name not in parts):
                continue
            one = held.get(name) or held.setdefault(name, Series())
            if quarter:
                one.parts[year, quarter] = value
            else:
                one.years[year] = value
    return found


def years_founded(ids: Iterable[int] | None) -> dict[int, int]:
    """The year in which each firm was founded."""
    of: ColumnElement[bool] = true() if ids is None else Firm.id.in_(list(ids))
    rows = session.execute(select(Firm.id, Firm.founded_on).where(of))
    return {firm: day.year for firm, day in rows if day is not None}
