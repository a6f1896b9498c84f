"""The list behind a figure: what its columns are called and hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.carriers.models import CarrierType
from app.core.filters import DASH, day, num, period
from app.core.terms import term
from app.core.text import N_, _
from app.pipeline.models import GraduationState
from app.pipeline.stage import Stage
from app.pipeline.words import clause_words
from app.statistics.dimensions import TIERS
from app.statistics.indicators import Credit, End, Indicator, Origin, Outcome, Standing, Yes
from app.statistics.queries.figures import Desk


@dataclass(frozen=True)
class Column:
    """A column of a list."""

    text: str
    cell: Callable[[Any], str]

    @property
    def name(self) -> str:
        """The head in the reader's language."""
        return _(self.text)


def _word(words: Any, field: str) -> Callable[[Any], str]:
    def cell(row: Any) -> str:
        value = getattr(row, field)
        return DASH if value is None else str(words(value).label)

    return cell


def _period(row: Any) -> str:
    shown = period(row)
    return _("%(period)s 补报", period=shown) if row.late else shown


def _basis(row: Any) -> str:
    return _("、").join(clause_words(code) for code in row.basis.split(",") if code) or DASH


COLUMNS: dict[str, Column] = {
    "stage": Column(N_("阶段"), _word(Stage, "stage")),
    "standing": Column(N_("类别"), _word(Standing, "standing")),
    "carrier_period": Column(N_("计入报告期"), _period),
    "basis": Column(N_("毕业条件"), _basis),
    "state": Column(N_("核定状态"), _word(GraduationState, "state")),
    "outcome": Column(N_("结果"), _word(Outcome, "outcome")),
    "origin": Column(N_("来源"), _word(Origin, "origin")),
    "via": Column(N_("经加速器"), _word(Yes, "via")),
    "end": Column(N_("去向"), _word(End, "end")),
    "credit": Column(N_("归属依据"), _word(Credit, "credit")),
    "registered": Column(N_("注册地在浦东"), _word(Yes, "registered")),
    "operating": Column(N_("经营地在浦东"), _word(Yes, "operating")),
    "document": Column(N_("文号"), lambda row: row.document or DASH),
    "capacity": Column(N_("承载能力（家）"), lambda row: num(row.capacity)),
    "return_state": Column(N_("季报状态"), lambda row: row.state.label if row.state else _("未报")),
    "due_on": Column(N_("应报日期"), lambda row: day(row.due_on)),
}


def columns(of: Indicator) -> list[Column]:
    """Columns of an indicator's list after name, carrier and sector."""
    return [
        Column(of.day_text, lambda row: day(row.day)),
        *(COLUMNS[key] for key in of.columns),
    ]


def place(row: Any) -> str:
    """街镇 and 片区 of a row."""
    words = [term("town", row.town), term("area", row.area)]
    return " · ".join(word for word in words if word) or DASH


def kind(row: Any) -> str:
    """Type and tier of a row's carrier."""
    return f"{CarrierType(row.type).label} · {_(TIERS[str(row.tier)])}" if row.type else DASH


def masked(row: Any, desk: Desk) -> bool:
    """Whether a firm that may only be counted hides its name from this reader."""
    return bool(
        row.counted_only and not desk.scope.whole and row.carrier_id not in desk.scope.carriers
    )
