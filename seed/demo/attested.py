"""Promises of completeness that came with the returns of a firm's carrier."""

from __future__ import annotations

import datetime as dt
from typing import Any

from seed.demo.life import Life
from seed.demo.making import Makers
from seed.demo.returns import Returns

#: How many of the newest returns leave their promises; older ones say no more.
NEWEST = 4


class Attested:
    """Makes the attestations of firms in incubation."""

    def __init__(self, make: Makers, returns: Returns) -> None:
        self.make, self.returns = make, returns

    def write(self, life: Life, firm_id: int) -> None:
        """One promise a return, for all kinds; some firms were taken out as exceptions."""
        if life.is_team or life.fate not in ("current", "leaver", "graduate"):
            return
        one = life.one
        for stay in life.stays:
            if not stay.counted or stay.house.tier > 1:
                continue
            for sheet in self.returns.sheets(stay.house.id)[-NEWEST:]:
                inside = stay.starts < sheet.ends and (stay.ends is None or stay.ends >= sheet.ends)
                if not inside or sheet.submitted is None or one.chance(0.1):
                    continue
                row: dict[str, Any] = {
                    "id": self.make.ids.new("attestation"),
                    "firm_id": firm_id,
                    "kind": None,
                }
                row |= {"starts": None, "ends": dt.date.fromordinal(sheet.ends - 1)}
                row["return_id"] = sheet.id
                slot = self.make.calendar.slot(sheet.submitted)
                self.make.stream.add(slot, "attestation", row)
