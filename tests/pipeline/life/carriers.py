"""Ends of carriers in plain dictionaries: acts of registration, who follows, 整体转入."""

from __future__ import annotations

from collections.abc import Iterable

from tests.pipeline.life import claims
from tests.pipeline.life.ground import (
    ENDS,
    FOUNDED,
    TIER,
    TOWARDS,
    Day,
    Firm,
    World,
    announced,
    end,
    need,
    over,
    present,
    tie,
)

AFTER = {
    None: ("registered",), "registered": ("withdrawn", "closed"),
    "withdrawn": ("registered", "closed"), "closed": (),
}  # fmt: skip


def enter(w: World, today: Day, c: str, act: str, day: Day, seq: int) -> None:
    """An act of registration; an end may be announced up to a year ahead. The acts of a carrier
    stay in a lawful order by their days."""
    leap = (today.month, today.day) == (2, 29)
    ahead = today.replace(year=today.year + 1, day=28 if leap else today.day)
    need(day <= (ahead if act in ENDS else today))
    acts = sorted([*w["acts"][c], (day, seq, act)])
    need((day, act) not in [(d, a) for d, _n, a in w["acts"][c]])
    before: str | None = None
    for _day, _n, one in acts:
        need(one in AFTER[before])
        before = one
    w["acts"][c] = acts


def recall(w: World, today: Day, c: str) -> None:
    """What was announced last does not take place."""
    ahead = [one for one in w["acts"][c] if one[2] in ENDS and one[0] > today]
    need(ahead)
    w["acts"][c].remove(max(ahead))


def leads(w: World, first: str, to: str) -> bool:
    found, ahead = {first}, [first]
    while ahead:
        ahead = [b for a, b, _day in w["links"] if a in ahead and b not in found]
        found.update(ahead)
    return to in found


def follow(w: World, old: str, new: str, day: Day) -> None:
    """From a day on one carrier goes on in another; never in a circle."""
    need(old != new, day >= FOUNDED, not leads(w, new, old), not over(w, new, day))
    need((old, new) not in [(a, b) for a, b, _day in w["links"]])
    w["links"].append((old, new, day))


def close(
    w: World, today: Day, c: str, act: str, day: Day, heir: str | None, seq: int
) -> None:  # fmt: skip
    enter(w, today, c, act, day, seq)
    if heir:
        follow(w, c, heir, day)


def heirs(w: World, today: Day) -> dict[str, str]:
    """Who stands for whom today: a chain followed to its end, a split for nobody."""
    step: dict[str, set[str]] = {}
    for old, new, day in w["links"]:
        if day <= today:
            step.setdefault(old, set()).add(new)
    found = {}
    for first in step:
        at = first
        while len(step.get(at, ())) == 1:
            (at,) = step[at]
        if at != first:
            found[first] = at
    return found


def waiting(f: Firm, today: Day) -> bool:
    """待安置: it is at a carrier that has ended or will."""
    at = present(f, today)
    return bool(at and (over(f["world"], at["c"], today) or announced(f["world"], at["c"], today)))


def resettle(some: Iterable[Firm], today: Day, old: str, new: str, day: Day) -> None:
    """Those that are at a carrier which ends pass to another of its tier, as they are."""
    firms = list(some)
    w = firms[0]["world"]
    need(day <= today, not over(w, new, day), not over(w, new, today))
    need(old != new, TIER[old] == TIER[new])
    going = [f for f in firms if waiting(f, today)]
    going = [f for f in going if present(f, today)["c"] == old and present(f, today)["s"] < day]
    need(going)
    for f in going:
        at = present(f, today)
        end(at, day, dest=TOWARDS[TIER[new]], to=new, why="carrier_closed", sure=True)
        tie(f, new, day, stay=at["stay"], route="transferred")
        mine = claims.live(f, new, today)
        if mine:
            mine.update(state="done", seq=f["seq"])
        f["push"] = None
