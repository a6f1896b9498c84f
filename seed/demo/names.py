"""Invented names: lines of verse cut short, with a word of the trade; and people."""

from __future__ import annotations

from math import gcd

from seed.demo.dice import Dice, mix
from seed.files import read

_PARTS = read("demo/names.yaml")
NOUNS, MIDDLES, ENDS, BEGINS, SURNAMES, GIVEN = (
    "".join(_PARTS[key].split())
    for key in ("nouns", "middles", "ends", "begins", "surnames", "given")
)
WORDS: dict[str, list[str]] = {sector: words.split() for sector, words in _PARTS["words"].items()}
#: Words whose firms work in a field with a longer limit of incubation.
SPECIAL = {"微电子": "ic", "集成电路设计": "ic", "半导体": "ic", "种业科技": "agriculture"}

FIRST = len(NOUNS) * len(MIDDLES) * len(ENDS)
SECOND = len(BEGINS) * len(NOUNS) * len(ENDS)
STEMS = FIRST + SECOND


class Names:
    """Names by number: each number gives another name, in an order that looks like chance."""

    def __init__(self, seed: int) -> None:
        self.offset = mix(seed, 11) % STEMS
        step = mix(seed, 12) % STEMS
        while gcd(step, STEMS) != 1:
            step += 1
        self.step = step

    def stem(self, number: int) -> str:
        """Three characters out of an invented verse."""
        place = (self.offset + number * self.step) % STEMS
        if place < FIRST:
            rest, end = divmod(place, len(ENDS))
            noun, middle = divmod(rest, len(MIDDLES))
            return NOUNS[noun] + MIDDLES[middle] + ENDS[end]
        rest, end = divmod(place - FIRST, len(ENDS))
        begin, noun = divmod(rest, len(NOUNS))
        return BEGINS[begin] + NOUNS[noun] + ENDS[end]

    def firm(self, number: int, sector: str, word: int) -> tuple[str, str]:
        """(short name, word of the trade) of the `number`-th firm."""
        words = WORDS[sector]
        trade = words[(word + number // STEMS) % len(words)]
        return self.stem(number) + trade, trade


def person(one: Dice) -> str:
    """An invented person."""
    given = one.whole(0, len(GIVEN) // 2 - 1) * 2
    return one.one(SURNAMES) + GIVEN[given : given + 2]
