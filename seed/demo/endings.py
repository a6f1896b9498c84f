"""Incubators that end: one merged long ago, one closed with firms still counted there, one that is
announced to close."""

from __future__ import annotations

import datetime as dt
from typing import Any

from seed.demo.making import Makers
from seed.demo.world import NEVER, House

#: days from today on which the one that closed did so, and on which the announced one will
CLOSED, ANNOUNCED = -6, 33


def end_some(make: Makers, houses: list[House], spared: set[str]) -> None:
    """Add the acts and who goes on with whom. The smallest end, so that few firms wait."""
    today = make.calendar.today.toordinal()
    gone = sorted((h for h in houses if h.closes < today - 1_000), key=lambda h: h.closes)
    live = [h for h in houses if h.closes == NEVER and h.opens < today - 1_500]
    small = sorted((h for h in live if h.name not in spared), key=lambda h: (h.weight, h.id))
    if len(small) < 3 or len(live) < 5:
        return
    closed, announced, heir = small[0], small[1], small[-1]
    if gone:
        older = next((h for h in live if h.opens < gone[0].closes and h not in small[:2]), heir)
        _goes_on(make, gone[0], older, "merged", gone[0].closes)
    for house, offset in ((closed, CLOSED), (announced, ANNOUNCED)):
        house.shut = today + offset
        paper = _closes(make, house, house.shut)
        _goes_on(make, house, heir, "taken_over", today + offset, paper)


def _closes(make: Makers, house: House, day: int) -> str:
    when = dt.date.fromordinal(day)
    paper = f"演示文号〔{when.year}〕销字{house.id}号"  # zh: the number of an invented paper
    row: dict[str, Any] = {"id": make.ids.new("carrier_status"), "carrier_id": house.id}
    row |= {"act": "closed", "day": when, "document": paper, "batch": None, "remark": None}
    make.stream.add(_slot(make, day), "carrier_status", row)
    return paper


def _goes_on(
    make: Makers, old: House, new: House, kind: str, day: int, paper: str | None = None
) -> None:
    row: dict[str, Any] = {"id": make.ids.new("carrier_succession"), "predecessor_id": old.id}
    row |= {"successor_id": new.id, "kind": kind, "day": dt.date.fromordinal(day)}
    make.stream.add(
        _slot(make, day), "carrier_succession", row | {"document": paper, "remark": None}
    )


def _slot(make: Makers, day: int) -> int:
    """What is announced was entered by today."""
    return make.calendar.slot(min(day, make.calendar.today.toordinal()))
