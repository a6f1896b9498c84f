"""What firms and experts stated: marks of experts, yes or no, shares, years in the segment."""

from __future__ import annotations

import datetime as dt
from typing import Any

from app.core.days import add_months
from app.firms.stated import KEYS, StatedKey
from seed.demo.dice import Dice, dice
from seed.demo.life import Life
from seed.demo.making import Makers

#: Share of firms that were looked at by experts, and the youngest such firm in days.
ASSESSED, YOUNGEST = 0.045, 420
#: Of those, how good experts find the best and the worst.
WORST, BEST = 0.35, 1.0
STREAM = 71


class Stated:
    """Makes the statements of firms that prepare an application."""

    def __init__(self, make: Makers) -> None:
        self.make = make
        self.today = make.calendar.today

    def write(self, life: Life, firm_id: int) -> None:
        """One statement of each thing that was said, within the last year."""
        if life.is_team or life.fate in ("registered", "leaver"):
            return
        one = dice(self.make.seed, STREAM, firm_id)
        likely = ASSESSED * (2.5 if life.basis == "hnte" or life.mood == "met" else 1.0)
        if self.today.toordinal() - life.founded < YOUNGEST or not one.chance(likely):
            return
        good = WORST + (BEST - WORST) * one.random()
        day = self.today - dt.timedelta(days=one.whole(20, 300))
        slot = max(self.make.calendar.slot(day.toordinal()), life.known)
        for key in KEYS:
            if not one.chance(0.9):
                continue
            low, high = _said(one, key, good)
            row: dict[str, Any] = {"id": self.make.ids.new("stated_figure"), "firm_id": firm_id}
            row |= {"key": key.name, "day": day, "until": add_months(day, key.months)}
            row |= {"low": low, "high": high, "verification": "carrier"}
            self.make.stream.add(slot, "stated_figure", row)


def _said(one: Dice, key: StatedKey, good: float) -> tuple[int, int]:
    """Low and high: experts mostly agree, the rest is a plain answer."""
    if key.unit == "flag":
        value = int(one.chance(0.25 + 0.7 * good))
        return value, value
    if key.unit == "years":
        value = one.whole(1, 7)
        return value, value
    if key.unit == "share":
        value = int(one.random() * good * 3000) // 50 * 50
        return value, value
    high = min(round(key.most * (good + one.random() * 0.25)), key.most)
    low = max(high - (1 if one.chance(0.4) else 0), 0)
    return low, high
