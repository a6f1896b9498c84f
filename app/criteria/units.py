"""Thresholds as the law writes them, in whole base units: fen, 24ths of a head, ten-thousandths."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from app.core.days import FIRST_DAY, LAST_DAY, months_between
from app.core.db import FEN_LIMIT
from app.core.text import N_
from app.criteria.verdict import said

WAN = 10_000
FEN = 100

#: unit as written, and as it stands behind a box → (unit of facts, how many base units it is)
UNITS: dict[str, tuple[str, int]] = {
    N_("元"): ("fen", FEN),
    N_("万元"): ("fen", WAN * FEN),
    N_("亿元"): ("fen", WAN * WAN * FEN),
    "%": ("share", 100),
    N_("人"): ("heads", 24),
    N_("个月"): ("months", 32),
    N_("天"): ("days", 1),
    N_("年"): ("years", 1),
    N_("项"): ("items", 1),
    N_("项/年"): ("items_year", 12),
    N_("分"): ("points", 1),
    N_("家"): ("firms", 1),
    N_("名"): ("people", 1),
    N_("平方米"): ("m2", 1),
    N_("级"): ("grade", 1),
}
#: things that can be so many for each so many others (`per1000`, kept in ten-thousandths)
PER, COUNTED = "per", ("firms", "people", "items")
#: unit of facts → the base units in one unit as shown
SHOWN = {"fen": WAN * FEN, "share": 100, "heads": 24, "months": 32, "items_year": 12}
#: the same → the largest amount in base units: what the engine's 64 bits are made for, the length
#: of the calendar, ten times the whole; of anything else a hundred million
LARGEST = {
    "fen": FEN_LIMIT,
    "share": 10 * WAN,
    "years": LAST_DAY.year - FIRST_DAY.year,
    "months": months_between(FIRST_DAY, LAST_DAY) * SHOWN["months"],
    "days": (LAST_DAY - FIRST_DAY).days,
}


#: an amount with its unit, in the digits of everybody
AMOUNT = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*(\D+)")


class UnitError(ValueError):
    """What is written is no amount, or not in the unit of the fact."""

    def __init__(self, reason: str, /, **values: Any) -> None:
        super().__init__(reason)
        #: in the reader's language where it is shown
        self.reason = said(reason, **values)


def amount(text: object, unit: str) -> int:
    """`500 万元` as fen; UnitError when it is not a whole number of the fact's base units."""
    match = AMOUNT.fullmatch(str(text).strip())
    if match is None:
        raise UnitError(
            N_("%(value)s 不是带单位的数，如 500 %(unit)s"), value=repr(text), unit=shown(unit)
        )
    known = UNITS.get(match[2].strip())
    if known is not None and unit.startswith(PER):
        known = (unit, WAN // int(unit.removeprefix(PER))) if known[0] in COUNTED else None
    if known is None or known[0] != unit:
        raise UnitError(
            N_("%(value)s 的单位与数据项（%(unit)s）不符"), value=repr(text), unit=shown(unit)
        )
    exact = Decimal(match[1]) * known[1]
    if exact != int(exact):
        raise UnitError(N_("%(value)s 比最小单位还细"), value=repr(text))
    most = largest(match[2].strip())
    if Decimal(match[1]) > most:
        raise UnitError(
            N_("%(value)s 太大，最多 %(most)s"), value=repr(text), most=f"{most} {match[2].strip()}"
        )
    return int(exact)


def largest(unit: str) -> int:
    """The largest amount that can be written in a unit, in whole units."""
    kind, each = UNITS[unit]
    return LARGEST.get(kind, WAN * WAN * each) // each


def shown(unit: str) -> str:
    """The units that an amount of a fact may be written in."""
    return " ".join(name for name, (kind, _n) in UNITS.items() if kind == unit) or unit
