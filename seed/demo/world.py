"""What firms move among: carriers with their sites and days, and who works there."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from seed.demo.dice import Dice, Shares

#: A day later than any other.
NEVER = 1 << 30

SECTOR_MIX: dict[str, float] = {
    "electronics": 0.22,
    "biomedicine": 0.18,
    "ai": 0.17,
    "smart_manufacturing": 0.14,
    "online_economy": 0.13,
    "materials": 0.08,
    "automotive": 0.05,
    "aviation": 0.03,
}
SECTORS = Shares(SECTOR_MIX)


@dataclass(slots=True)
class Spot:
    """A site: where in Pudong."""

    id: int
    town: str
    area: str
    address: str
    #: ordinal days of opening and closing
    opens: int = 0
    closes: int = NEVER


@dataclass(slots=True)
class House:
    """A carrier as the lives of firms see it. Days are ordinals."""

    id: int
    name: str
    tier: int
    sectors: list[str]
    spots: list[Spot]
    weight: float
    opens: int
    closes: int = NEVER
    #: its registration ended by then though firms are still there: it admits nobody
    shut: int = NEVER
    organisation_id: int = 0
    operator: int = 0
    kind: str = ""
    area_m2: int = 0
    late: bool = False
    #: filed its last return, which nobody has looked at yet
    filed: bool = False
    #: whose firms it took over when that one closed
    heir_of: int | None = None
    staff: list[int] = field(default_factory=list)

    def takes(self, start: int, end: int) -> bool:
        """Whether a firm can come on a day and stay to another one."""
        return self.opens <= start < min(self.shut, self.closes) and self.closes > end

    def spot(self, one: Dice, day: int) -> Spot:
        """One of the sites open on a day; the first is the most likely."""
        live = [s for s in self.spots if s.opens <= day < s.closes] or self.spots[:1]
        return live[0] if one.chance(0.6) else one.one(live)


class Places:
    """Draws carriers of one tier that are open for a whole stay."""

    def __init__(self, houses: Sequence[House], first: int, last: int, step: int = 91) -> None:
        self.first, self.step = first, step
        self.tables: list[tuple[list[House], list[float]]] = []
        for day in range(first, last + step, step):
            live = [h for h in houses if h.opens <= day < h.closes]
            live = live or [min(houses, key=lambda h: h.opens)]
            self.tables.append((live, list(accumulate(h.weight for h in live))))

    def draw(self, one: Dice, start: int, end: int, sector: str | None = None) -> House:
        """A carrier open from start to end, one in the sector rather than another."""
        index = min(max((start - self.first) // self.step, 0), len(self.tables) - 1)
        houses, sums = self.tables[index]
        found = houses[0]
        for attempt in range(12):
            found = houses[bisect(sums, one.random() * sums[-1], 0, len(houses) - 1)]
            if not found.takes(start, end):
                continue
            if sector is None or sector in found.sectors or attempt > 3:
                return found
        fit = [house for house in houses if house.takes(start, end)]
        return found if found in fit else max(fit or houses, key=lambda h: (h.closes, h.weight))


@dataclass
class World:
    """All carriers by tier, and the tables to draw from."""

    incubators: list[House]
    accelerators: list[House]
    parks: list[House]
    first: int
    last: int

    def __post_init__(self) -> None:
        open_ones = [h for h in self.incubators if h.weight > 0]
        self.in_incubators = Places(open_ones, self.first, self.last)
        self.in_accelerators = Places(self.accelerators, self.first, self.last, 182)
        self.in_parks = Places(self.parks, self.first, self.last, 182)
        self.by_name = {h.name: h for h in self.incubators + self.accelerators + self.parks}

    @property
    def all(self) -> list[House]:
        """Every carrier."""
        return self.incubators + self.accelerators + self.parks
