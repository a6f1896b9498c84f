"""Where a firm stands and which carriers there are, in plain dictionaries."""

from __future__ import annotations

import datetime as dt
from typing import Any

Firm = dict[str, Any]
World = dict[str, Any]
Day = dt.date

TIER = {"a": 1, "sister": 1, "far": 1, "fast": 2, "swift": 2, "park": 3, "rival": 3}
OPERATOR = {"a": "x", "sister": "x"}
NEARBY = (None, "accelerator", "park", "incubator", "building")
HOLDS = ("reported", "checked", "verified", "returned")
TOWARDS = {1: "incubator", 2: "accelerator", 3: "park"}
#: on which all carriers were registered
FOUNDED = dt.date(2020, 1, 1)
ENDS = ("withdrawn", "closed")


class Refused(Exception):
    """The act should be refused, and nothing changed."""


def need(*conditions: object) -> None:
    if not all(conditions):
        raise Refused


def new_world() -> World:
    """Seven carriers, registered and nothing more: acts (day, step, act), and who follows whom."""
    return {"acts": {c: [(FOUNDED, 0, "registered")] for c in TIER}, "links": []}


def new_firms(count: int) -> list[Firm]:
    """Firms of which nothing is known; they share the carriers and the rooms of the carriers."""
    world, made = new_world(), [_new() for _ in range(count)]
    for one in made:
        one.update(all=made, world=world)
    return made


def _new() -> Firm:
    return {"ties": [], "grad": None, "claims": [], "push": None, "asked": {}, "uses": [],
            "sheets": [], "talks": [], "seq": 0}  # fmt: skip


def over(w: World, c: str, day: Day) -> bool:
    """Whether the registration has ended by the day and was not renewed since."""
    last = max(one for one in w["acts"][c] if one[0] <= day)
    return last[2] in ENDS


def announced(w: World, c: str, day: Day) -> bool:
    return not over(w, c, day) and any(a in ENDS and d > day for d, _n, a in w["acts"][c])


def last(f: Firm) -> Any:
    return max(f["ties"], key=lambda t: t["s"], default=None)


def present(f: Firm, today: Day) -> Any:
    tie = last(f)
    return tie if tie and (tie["e"] is None or tie["e"] > today) else None


def graduated(f: Firm) -> bool:
    return f["grad"] is not None and f["grad"]["state"] in HOLDS


def stage(f: Firm, today: Day) -> str:
    tie = last(f)
    if tie is None:
        return "registered"
    tier = TIER[tie["c"]]
    if present(f, today):
        if tier > 1:
            return "accelerating" if tier == 2 else "settled"
        return "graduated" if graduated(f) else "incubating"
    return "graduated" if graduated(f) and tier < 3 and tie["dest"] in NEARBY else "left"


def tie(f: Firm, c: str, s: Day, **more: Any) -> Any:
    """A counted tie without end; no other may run on or after its first day."""
    need(all(t["e"] is not None and t["e"] <= s for t in f["ties"]))
    made = {"c": c, "s": s, "e": None, "stay": False, "dest": None, "to": None, "why": None,
            "sure": True, "route": "admitted", "seq": f["seq"], **more}  # fmt: skip
    f["ties"].append(made)
    return made


def end(t: Any, day: Day, **how: Any) -> None:
    need(day > t["s"])
    t.update({"e": day, **how})
