"""Chance that comes out the same each time: one stream of numbers for each thing made."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

Item = TypeVar("Item")

MASK = (1 << 64) - 1
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
PAIRS = [a + b for a in ALPHABET for b in ALPHABET]


def mix(*parts: int) -> int:
    """A well-spread 64-bit number from some integers (splitmix64)."""
    state = 0x9E3779B97F4A7C15
    for part in parts:
        state = (state ^ (part & MASK)) * 0xBF58476D1CE4E5B9 & MASK
        state = (state ^ (state >> 27)) * 0x94D049BB133111EB & MASK
        state ^= state >> 31
    return state


class Dice(Random):
    """A stream of chance for one thing; everything is drawn through `random()`."""

    def whole(self, low: int, high: int) -> int:
        """An integer from low to high, both included."""
        return low + int(self.random() * (high - low + 1))

    def chance(self, share: float) -> bool:
        """True in `share` of all cases."""
        return self.random() < share

    def one(self, items: Sequence[Item]) -> Item:
        """One of the items."""
        return items[int(self.random() * len(items))]

    def pid(self) -> str:
        """A public id, as the application makes them."""
        bits = self.getrandbits(62)
        parts = []
        for _ in range(6):
            bits, rest = divmod(bits, 961)
            parts.append(PAIRS[rest])
        return "".join(parts)


def dice(*parts: int) -> Dice:
    """The stream that belongs to these numbers."""
    return Dice(mix(*parts))


class Shares(Generic[Item]):
    """Items drawn in proportion to their weights."""

    def __init__(self, weights: dict[Item, float] | Sequence[tuple[Item, float]]) -> None:
        pairs = list(weights.items()) if isinstance(weights, dict) else list(weights)
        self.items = [item for item, _weight in pairs]
        self.sums = list(accumulate(weight for _item, weight in pairs))

    def draw(self, one: Random) -> Item:
        """One item."""
        return self.items[bisect(self.sums, one.random() * self.sums[-1], 0, len(self.items) - 1)]


def parts_of(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers in proportion to the weights that sum to `total` (largest remainder)."""
    whole = sum(weights)
    if whole <= 0:
        return [0] * len(weights)
    exact = [total * weight / whole for weight in weights]
    made = [int(x) for x in exact]
    order = sorted(range(len(exact)), key=lambda i: made[i] - exact[i])
    for i in order[: total - sum(made)]:
        made[i] += 1
    return made
