"""Values of the form as they are written: money in 千元, heads whole, a dash for none."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from app.core.filters import DASH, num
from app.core.text import _
from app.statistics.summary.items import UNITS, Value

#: fen in a 千元, parts in a head
PARTS = {"money": 100_000, "heads": 24}


def exact(value: Value) -> Decimal | None:
    """The value in its unit with all its places (heads to two)."""
    return in_unit(value.item.unit, value.amount)


def in_unit(unit: str, amount: int | None) -> Decimal | None:
    """An amount as recorded, in the unit of the form."""
    if amount is None:
        return None
    found = Decimal(amount) / PARTS.get(unit, 1)
    return found.quantize(Decimal("0.01")) if unit == "heads" else found


def written(unit: str, amount: int | None) -> str:
    """An amount in whole units, half up; a dash for none."""
    found = in_unit(unit, amount)
    if found is None:
        return DASH
    return num(int(found.quantize(Decimal(1), ROUND_HALF_UP)))


def shown(value: Value) -> str:
    """The value to be read."""
    return written(value.item.unit, value.amount)


def hidden(value: Value) -> str | None:
    """All places of a value that is shown rounded."""
    found = exact(value)
    if found is None or found == found.to_integral_value():
        return None
    return f"{found.normalize():f}"


def unit(value: Value) -> str:
    """The unit in the reader's language."""
    return _(UNITS[value.item.unit])
