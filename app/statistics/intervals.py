"""Exact 95 % intervals, without floating point.

Bounds are found by bisection over whole millionths and always rounded outwards, so two machines
give the same digits and an interval is never narrower than it should be.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

#: One side of a 95 % interval.
TAIL = Decimal("0.025")
#: The normal deviate that leaves TAIL on each side, and its square.
DEVIATE = Decimal("1.959963984540054")
SQUARE = Fraction(DEVIATE) ** 2
#: Bounds are whole numbers of this part.
PARTS = 1_000_000

_EXACT = Context(prec=40)


class Interval(NamedTuple):
    """Lower and upper bound."""

    low: Fraction
    high: Fraction


def rounded(value: Fraction, places: int, rounding: str | None = None) -> Decimal:
    """A fraction as a decimal number, half up unless said otherwise."""
    scale = 10**places
    whole, rest = divmod(value.numerator * scale, value.denominator)
    if rounding == ROUND_CEILING:
        whole += bool(rest)
    elif rounding != ROUND_FLOOR:
        whole += 2 * rest >= value.denominator
    return Decimal(whole).scaleb(-places)


def _last_true(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The largest n in [low, high] where `holds`, which is true up to some n and then false."""
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low


def _at_most(count: int, mean: Decimal) -> Decimal:
    """Chance of at most `count` events where `mean` are expected (Poisson)."""
    term = total = Decimal(1)
    for k in range(1, count + 1):
        term = _EXACT.divide(_EXACT.multiply(term, mean), Decimal(k))
        total = _EXACT.add(total, term)
    return _EXACT.multiply(total, _EXACT.exp(-mean))


@lru_cache(maxsize=4096)
def poisson(events: int) -> Interval:
    """Garwood's interval of the number expected where `events` were seen."""
    if events < 0:
        raise ValueError(events)

    def mean(part: int) -> Decimal:
        return Decimal(part).scaleb(-6)

    low = 0
    if events:
        # P(X ≥ events) grows with the mean: the last mean at which it is still in the tail
        low = _last_true(
            0,
            events * PARTS,
            lambda part: 1 - _at_most(events - 1, mean(part)) <= TAIL,
        )
    top = (events + 10 + 10 * int(Decimal(events + 1).sqrt())) * PARTS
    high = 1 + _last_true(events * PARTS, top, lambda part: _at_most(events, mean(part)) > TAIL)
    return Interval(Fraction(low, PARTS), Fraction(high, PARTS))


@lru_cache(maxsize=4096)
def wilson(part: int, whole: int) -> Interval:
    """Wilson's interval of a share where `part` of `whole` were seen; [0, 1] for none of none."""
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole}")
    if whole == 0:
        return Interval(Fraction(0), Fraction(1))

    def inside(share: int) -> bool:
        # (seen − p)² ≤ z² p (1 − p) / n, everything times whole² and PARTS²
        gap = part * PARTS - share * whole
        return gap * gap <= SQUARE * share * (PARTS - share) * whole

    seen = part * PARTS // whole
    low = _last_true(0, seen, lambda share: not inside(share)) if not inside(0) else 0
    high = PARTS if inside(PARTS) else 1 + _last_true(-(-part * PARTS // whole), PARTS, inside)
    return Interval(Fraction(low, PARTS), Fraction(high, PARTS))


def rate(events: int, exposure: Fraction, per: int = 100) -> tuple[Fraction, Interval] | None:
    """Events per `per` units of exposure with its interval; None without any exposure."""
    if exposure <= 0:
        return None
    seen = poisson(events)
    return (
        Fraction(events * per) / exposure,
        Interval(seen.low * per / exposure, seen.high * per / exposure),
    )


def change(now: int, before: int) -> Fraction | None:
    """同比: the relative change; None where nothing was before."""
    return Fraction(now - before, before) if before else None


def share(part: int, whole: int) -> Fraction | None:
    """占比: a part of a whole; None of nothing."""
    return Fraction(part, whole) if whole else None
