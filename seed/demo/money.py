"""A firm's revenue year by year, shaped by how it does and on what its graduation rests."""

from __future__ import annotations

from seed.demo.dice import Dice
from seed.demo.life import Life

#: Fen in 万元, and the step to which reported figures are rounded (100 yuan).
WAN = 1_000_000
STEP = 10_000
#: Thresholds of 300号 第九条 in fen, around which the demo puts its boundary cases.
MONEY_LINE, REVENUE_LINE = 500 * WAN, 1_000 * WAN


def rounded(fen: float) -> int:
    """A reported amount."""
    return int(fen // STEP) * STEP


def yearly(life: Life, first: int, last: int, closed: int) -> dict[int, int]:
    """Revenue in fen of the years first..last; `closed`: last year known at the decisive day."""
    one = life.one
    if last < first:
        return {}
    if life.edge is not None and life.edge >= 3:
        return _edge(life, first, last, closed)
    rich = life.basis in ("revenue", "old") or (life.mood == "met" and one.chance(0.3))
    near = life.mood == "near" and one.chance(0.6)
    if (rich or near) and closed - 1 >= first:
        pair = REVENUE_LINE * (1.02 + one.random() ** 2 * 3) if rich else 0
        if near and not rich:
            pair = REVENUE_LINE * (0.81 + one.random() * 0.18)
        return _from_pair(one, rounded(pair), first, last, closed)
    top = one.lognormvariate(0, 1.1) * 110 * WAN
    if life.special == "biomedicine" and one.chance(0.5):
        top *= 0.12
    top = min(top, 0.39 * REVENUE_LINE) if life.basis is None or one.chance(0.6) else top
    return _backwards(one, top, first, last)


def _backwards(one: Dice, top: float, first: int, last: int) -> dict[int, int]:
    made = {}
    value = top
    for year in range(last, first - 1, -1):
        made[year] = rounded(value)
        value *= 0.45 + one.random() * 0.5
    return made


def _from_pair(one: Dice, pair: int, first: int, last: int, closed: int) -> dict[int, int]:
    """Years in which the two up to `closed` sum to `pair`."""
    high = rounded(pair * (0.52 + one.random() * 0.2))
    made = _backwards(one, (pair - high) * 0.6, first, closed - 2)
    made[closed - 1], made[closed] = pair - high, high
    value = float(high)
    for year in range(closed + 1, last + 1):
        value *= 0.95 + one.random() * 0.45
        made[year] = rounded(value)
    return made


def _edge(life: Life, first: int, last: int, closed: int) -> dict[int, int]:
    """Two years that sum to exactly the line, or one fen above or below it."""
    fen = {3: 0, 4: 1, 5: -1}[life.edge or 3]
    if closed - 1 < first:
        return _backwards(life.one, 200 * WAN, first, last)
    made = _from_pair(life.one, REVENUE_LINE, first, last, closed)
    made[closed] += fen
    for year in range(closed + 1, last + 1):
        made[year] = min(made[year], made[closed - 1])
    return made
