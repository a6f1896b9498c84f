"""By what figures are cut: each dimension narrows rows, and says so in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, literal, select

from app.carriers.models import TIER_WORDS, Carrier, CarrierType, ReturnState
from app.core.db import session
from app.core.errors import NotFound
from app.core.terms import term
from app.core.text import N_, Coded, _
from app.firms.models import FirmKind
from app.pipeline.models import GraduationState
from app.pipeline.stage import Stage
from app.pipeline.words import clause_words
from app.statistics.indicators import Credit, End, Origin, Outcome, Standing, Yes

#: The value that stands for rows where nothing is recorded.
NONE = "none"
NOT_TOLD = N_("未注明")

QUARTERS = range(1, 5)
TIERS = {str(tier): words for tier, words in TIER_WORDS.items()}


@dataclass(frozen=True)
class Dimension:
    """One way to cut. `parse` makes a column value of the address's text or raises ValueError."""

    key: str
    text: str
    parse: Callable[[str], Any]
    word: Callable[[str], str]
    column: str = ""
    relation: str = N_("为")

    @property
    def name(self) -> str:
        """The field in the reader's language."""
        return _(self.text)

    def condition(self, rows: Any, value: str) -> ColumnElement[bool]:
        """The narrowing of rows to a value. Raises NotFound for a value of no meaning."""
        column = rows[self.column or self.key]
        if value == NONE:
            return column.is_(None)  # type: ignore[no-any-return]
        try:
            parsed = self.parse(value)
        except (ValueError, KeyError):
            raise NotFound() from None
        return self.compare(column, parsed)

    def compare(self, column: Any, value: Any) -> ColumnElement[bool]:
        """Equality; subclasses compare otherwise."""
        return column == value  # type: ignore[no-any-return]

    def words(self, value: str) -> str:
        """A value in the reader's words."""
        return _(NOT_TOLD) if value == NONE else self.word(value)


@dataclass(frozen=True)
class Since(Dimension):
    """Rows from a day on."""

    def compare(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column >= value  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Until(Dimension):
    """Rows up to and including a day or year."""

    def compare(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column <= value  # type: ignore[no-any-return]


@dataclass(frozen=True)
class OneOf(Dimension):
    """Rows whose list of codes, joined by commas, holds one."""

    def compare(self, column: Any, value: Any) -> ColumnElement[bool]:
        padded = literal(",", String).concat(column).concat(",")
        return padded.contains(f",{value},", autoescape=True)


def _carrier_id(pid: str) -> int:
    found = session.scalar(select(Carrier.id).where(Carrier.pid == pid))
    if found is None:
        raise ValueError(pid)
    return found


def _carrier_name(pid: str) -> str:
    return session.scalar(select(Carrier.short_name).where(Carrier.pid == pid)) or pid


def _coded(key: str, text: str, words: type[Coded], column: str = "") -> Dimension:
    return Dimension(key, text, lambda v: words(v).value, lambda v: words(v).label, column)


def _term(key: str, text: str) -> Dimension:
    return Dimension(key, text, str, lambda v: term(key, v))


def _year(value: str) -> int:
    year = int(value)
    if not 1990 <= year <= 2100:
        raise ValueError(value)
    return year


def _quarter(value: str) -> int:
    quarter = int(value)
    if quarter not in QUARTERS:
        raise ValueError(value)
    return quarter


def _tier(value: str) -> int:
    if value not in TIERS:
        raise ValueError(value)
    return int(value)


def _capacity(value: str) -> int:
    if not value.isdecimal() or len(value) > 6:
        raise ValueError(value)
    return int(value)


def _clause(value: str) -> str:
    if not value.replace("-", "").replace(".", "").isalnum():
        raise ValueError(value)
    return value


_ALL: tuple[Dimension, ...] = (
    Dimension("year", N_("年度"), _year, str),
    Since("year_from", N_("年度"), _year, str, "year", N_("不早于")),
    Until("year_to", N_("年度"), _year, str, "year", N_("不晚于")),
    Dimension("quarter", N_("季度"), _quarter, lambda v: _("%(n)s 季度", n=v)),
    Until(
        "quarter_to", N_("季度"), _quarter, lambda v: _("%(n)s 季度", n=v), "quarter", N_("不晚于")
    ),
    Since("since", N_("日期"), dt.date.fromisoformat, str, "day", N_("不早于")),
    Until("until", N_("日期"), dt.date.fromisoformat, str, "day", N_("不晚于")),
    Dimension("carrier", N_("载体"), _carrier_id, _carrier_name, "carrier_id"),
    Dimension("tier", N_("层次"), _tier, lambda v: _(TIERS[v])),
    _coded("type", N_("载体类型"), CarrierType),
    Dimension("capacity", N_("承载能力"), _capacity, lambda v: _("%(n)s 家", n=v)),
    _term("sector", N_("领域")),
    _term("town", N_("街镇")),
    _term("area", N_("片区")),
    OneOf("clause", N_("毕业条件"), _clause, clause_words, "basis"),
    _coded("standing", N_("类别"), Standing),
    _coded("stage", N_("阶段"), Stage),
    _coded("kind", N_("类型"), FirmKind),
    _coded("outcome", N_("结果"), Outcome),
    _coded("origin", N_("来源"), Origin),
    _coded("end", N_("去向"), End),
    _coded("via", N_("经加速器"), Yes),
    _coded("credit", N_("归属依据"), Credit),
    _coded("state", N_("核定状态"), GraduationState),
    _coded("registered", N_("注册地在浦东"), Yes),
    _coded("operating", N_("经营地在浦东"), Yes),
    _coded("filed", N_("季报已报"), Yes),
    _coded("checked", N_("季报已初核"), Yes),
    _coded("verified", N_("季报已核定"), Yes),
    _coded("return_state", N_("季报状态"), ReturnState, "state"),
)
DIMENSIONS: dict[str, Dimension] = {one.key: one for one in _ALL}

Filters = Mapping[str, str]


def in_words(filters: Filters) -> list[tuple[str, str, str, str]]:
    """(key, field, relation, value) of each filter in the reader's words."""
    return [
        (key, DIMENSIONS[key].name, _(DIMENSIONS[key].relation), DIMENSIONS[key].words(value))
        for key, value in filters.items()
    ]


def told(filters: Filters) -> str:
    """What a figure was narrowed to, in one line of words."""
    return _("；").join(
        _("%(name)s%(relation)s %(value)s", name=name, relation=how, value=value)
        for _key, name, how, value in in_words(filters)
    )
