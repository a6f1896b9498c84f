"""How a recorded value is written in a cell, whatever its column."""

from __future__ import annotations

import datetime as dt
from typing import Any

from app.core.filters import DASH, day, num, wan
from app.core.text import Coded, _

#: Columns of money in fen (or hundredths of another currency).
MONEY = frozenset({"amount", "original"})


def show(name: str, value: Any) -> str:
    """The value of a column in the reader's language; a dash where there is none."""
    if value is None or value == "":
        return DASH
    if isinstance(value, Coded):
        return value.label
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, dt.date):
        return day(value)
    if name in MONEY:
        return f"{wan(value)} {_('万元') if name == 'amount' else ''}".strip()
    return num(value) if isinstance(value, int) else str(value)
