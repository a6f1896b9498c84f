"""What carriers stated of themselves: most of them everything, some a part, some nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from app.carriers.stated import KEYS, StatedKey
from app.core.days import add_months
from app.core.stated import WAN
from seed.demo.dice import Dice, dice
from seed.demo.making import Makers
from seed.demo.world import House

#: Shares of carriers that stated everything, and at least a part.
WHOLE, SOME = 0.55, 0.85
STREAM = 107


def state(make: Makers, house: House) -> None:
    """Statements of a carrier within the last months."""
    one = dice(make.seed, STREAM, house.id)
    draw = one.random()
    if draw > SOME:
        return
    day = make.calendar.today - dt.timedelta(days=one.whole(10, 200))
    slot = make.calendar.slot(max(day.toordinal(), house.opens))
    for key in KEYS:
        if draw > WHOLE and one.chance(0.5):
            continue
        value = _value(one, key, house.area_m2)
        row: dict[str, Any] = {"id": make.ids.new("carrier_stated"), "carrier_id": house.id}
        row |= {"key": key.name, "day": day, "until": add_months(day, key.months)}
        row |= {"low": value, "high": value, "verification": "carrier"}
        make.stream.add(slot, "carrier_stated", row)


def _value(one: Dice, key: StatedKey, area_m2: int) -> int:
    if key.unit == "flag":
        return int(one.chance(0.96))
    if key.unit == "m2":
        share = one.whole(60, 90) if key.name == "high_growth_m2" else one.whole(8, 20)
        return area_m2 * share // 100
    if key.unit == "years":
        return one.whole(0, 9) if one.chance(0.2) else one.whole(1, 9)
    if key.unit == "fen":
        return one.whole(3, 60) * 10 * WAN
    return one.whole(1, 9) if key.unit == "items" else one.whole(0, 12)
