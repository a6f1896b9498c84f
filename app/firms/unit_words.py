"""Units in words: where one is, an amount of it, what a list of them can be narrowed to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.carriers.models import TIER_WORDS, Carrier
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


def tiers(carriers: Iterable[Carrier]) -> list[tuple[str, str]]:
    """The tiers of some carriers, by which a list of their units can be narrowed."""
    held = {one.tier for one in carriers}
    return [(str(tier), _(word)) for tier, word in TIER_WORDS.items() if tier in held]


def tier(code: str) -> str | None:
    """The word of a tier in an address; None for one that cannot be read."""
    known = {str(one): word for one, word in TIER_WORDS.items()}
    return _(known[code]) if code in known else None
