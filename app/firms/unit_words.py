"""Units in words: where one is, an amount of it, what a list of them can be narrowed to."""

from __future__ import annotations

from typing import Any

from app.core.filters import m2
from app.core.text import _
from app.firms.queries.space import LONG, UnitState
from app.firms.queries.unit_list import FREE, LONG_VACANT


def place(unit: Any) -> str:
    """Where a unit is, as one asks for it in a sentence: 1 号楼 8 层 803."""
    floor = unit.floor_label or _("%(n)s 层", n=unit.floor)
    return " ".join(filter(None, (unit.building, floor, unit.number)))


def amount(unit: Any, value: int) -> str:
    """An amount of a unit: desks where it is let by desks, else ㎡."""
    return f"{m2(value)} ㎡" if unit.desks is None else _("%(n)s 个工位", n=value)


def states() -> list[tuple[str, str]]:
    """How a list of units can be narrowed by how they stand."""
    return [
        (FREE, _("现在可租")),
        (LONG_VACANT, _("空置超过 %(n)s 天", n=LONG)),
        *UnitState.choices(),
    ]
