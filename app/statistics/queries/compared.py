"""Which part of the year graduations are set against the year before (同比).

The district verifies by quarter, so the quarters it has not come to would set an unfinished year
against a finished one. Verified figures are compared up to the last quarter of the year in which
nothing waits; reported ones up to the day.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core.text import _
from app.pipeline.models import GraduationState
from app.statistics.asof import Count
from app.statistics.queries.cubes import Cube, graduated
from app.statistics.queries.figures import Desk

WAITING = (GraduationState.REPORTED, GraduationState.CHECKED)


@dataclass(frozen=True)
class Span:
    """The first `quarters` of the year, 0 to 3; None: to the day, as the year before."""

    quarters: int | None = None

    @property
    def filters(self) -> dict[str, str]:
        """What a list of the span is narrowed by."""
        return {"quarter_to": str(self.quarters)} if self.quarters else {}

    @property
    def growth_text(self) -> str:
        """What the relative change is called."""
        if not self.quarters:
            return _("同比")
        if self.quarters == 1:
            return _("第 1 季度同比")
        return _("第 1–%(n)s 季度同比", n=self.quarters)

    @property
    def before_text(self) -> str:
        """What the figure of the year before is called."""
        if not self.quarters:
            return _("上年同期")
        if self.quarters == 1:
            return _("上年第 1 季度")
        return _("上年第 1–%(n)s 季度", n=self.quarters)

    @property
    def remark(self) -> str:
        """Why the comparison ends before the day; nothing where it does not."""
        if self.quarters is None:
            return ""
        return _("第 %(n)s 季度还有待核定的毕业，同比只比较此前各季度", n=self.quarters + 1)

    def cut(self, cube: Cube) -> Cube:
        """The rows of a cube with `quarter` that fall within."""
        last = self.quarters
        return cube if last is None else cube.where("quarter", lambda quarter: quarter <= last)

    def earlier(self, desk: Desk) -> Desk:
        """The desk of the year before: whole quarters need no other day."""
        return desk.at(desk.asof.year_before) if self.quarters is None else desk


def span(desk: Desk, year: int | None = None) -> Span:
    """The span to compare of a year; years before that of the day are compared whole."""
    if desk.asof.count is Count.REPORTED or (year or desk.asof.year) != desk.asof.year:
        return Span()
    rows = graduated(desk, "G-02").cut(year=desk.asof.year)
    waiting = [quarter for state in WAITING for quarter in rows.cut(state=state).by("quarter")]
    return Span(min(waiting) - 1 if waiting else None)
