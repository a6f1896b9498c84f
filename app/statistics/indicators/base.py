"""What a figure is: its entry in the register, and the rows it counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, select

from app.core.text import N_, _
from app.statistics.ground import Ground

WHOLE_NUMBER = N_("整数")
PERCENT = N_("百分数，四舍五入到一位小数")
ONE_PLACE = N_("四舍五入到一位小数")

#: Columns that every row of every indicator has.
ROW = ("firm_id", "carrier_id", "tier", "type", "sector", "town", "area", "day")

Rows = Callable[[Ground], Select[Any]]


@dataclass(frozen=True)
class Indicator:
    """A defined figure (统计指标). A count has `rows`; a share has two counts.

    `version` grows with each change of what is counted, so that an issued figure says which
    definition it was made by.
    """

    code: str
    text: str
    definition: str
    unit: str
    source: str
    rows: Rows
    day_text: str
    measure: str = "flow"
    subject: str = "firm"
    rounding: str = WHOLE_NUMBER
    numerator: str = ""
    denominator: str = ""
    #: filters that make the numerator out of the rows of a share
    part: tuple[tuple[str, str], ...] = ()
    #: further columns of its list
    columns: tuple[str, ...] = ()
    version: int = 1

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return _(self.text)

    def words(self, entry: str) -> str:
        """An entry of the register in the reader's language."""
        return _(str(getattr(self, entry)))

    @property
    def subject_column(self) -> str:
        """The column that tells whom a row is about."""
        return "carrier_id" if self.subject == "carrier" else "firm_id"

    @property
    def is_share(self) -> bool:
        """Whether it is a share of its rows and not their number."""
        return bool(self.part)

    def outside(self, filters: Mapping[str, str]) -> dict[str, str]:
        """Filters that narrow the whole of a share, without those that make its part."""
        own = dict(self.part)
        return {key: value for key, value in filters.items() if own.get(key) != value}

    def cuts(self, filters: Mapping[str, str]) -> bool:
        """Whether filters leave other rows than the part of a share, so that no share stands."""
        return any(filters.get(key, value) != value for key, value in self.part)


def firm_rows(
    ground: Ground, tie: FromClause, day: ColumnElement[Any], *more: ColumnElement[Any]
) -> Select[Any]:
    """One row for each firm that has the tie: who, where, when, and whatever else."""
    firm = ground.firm.c
    return (
        select(
            firm.id.label("firm_id"),
            tie.c.carrier_id,
            tie.c.tier,
            tie.c.type,
            firm.sector,
            tie.c.town,
            tie.c.area,
            day.label("day"),
            *more,
        )
        .select_from(ground.firm.join(tie, tie.c.firm_id == firm.id))
        .where(ground.single)
    )
