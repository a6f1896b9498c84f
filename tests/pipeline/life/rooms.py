"""Rooms in plain dictionaries: who uses how much of which, what a chosen claim keeps, what follows.

One unit a bidder: those of accelerators are let by desks, those of parks by whole square metres.
`f["all"]` are all firms, as they share the rooms.
"""

from __future__ import annotations

from typing import Any

from tests.pipeline.life.ground import Day, Firm, Refused, need

TOTAL = {"fast": 10, "swift": 10, "park": 200, "rival": 200}
#: those whose room is let by desks
DESKS = ("fast", "swift")


def meet(s: Day, e: Day | None, other_s: Day, other_e: Day | None) -> bool:
    return (e is None or e > other_s) and (other_e is None or other_e > s)


def taken(f: Firm, c: str, but: Any = None) -> list[tuple[Day, Day | None, int]]:
    """All that is used of a room, and all that is kept of it by claims."""
    uses = [u for one in f["all"] for u in one["uses"] if u["c"] == c and u is not but]
    kept = [x for one in f["all"] for x in one["claims"] if x["c"] == c and keeps(x)]
    return [(u["s"], u["e"], u["n"]) for u in uses] + [(x["from"], None, x["room"]) for x in kept]


def keeps(claim: Any) -> bool:
    return bool(claim["state"] == "accepted" and claim["from"])


def left(f: Firm, c: str, s: Day, e: Day | None, but: Any = None) -> int:
    """What can be taken on each day of a span."""
    met = [one for one in taken(f, c, but) if meet(s, e, one[0], one[1])]
    days = {s, *(one[0] for one in met if one[0] > s)}
    most = max(sum(n for a, b, n in met if a <= d and (b is None or b > d)) for d in days)
    return TOTAL[c] - most


def since(f: Firm, claim: Any, today: Day) -> Day:
    """The day planned; else the first from which anything is free for good, if there is one."""
    if claim["planned"]:
        return max(claim["planned"], today)
    ends = {e for _s, e, _n in taken(f, claim["c"]) if e is not None and e > today}
    return next((d for d in sorted({today, *ends}) if left(f, claim["c"], d, None) > 0), today)


def own(f: Firm, claim: Any, today: Day) -> int:
    """What the firm itself uses of the room when it means to come, or will later."""
    day = max(claim["planned"] or today, today)
    mine = [u for u in f["uses"] if u["c"] == claim["c"]]
    return max((u["n"] for u in mine if u["e"] is None or u["e"] > day), default=0)


def name(f: Firm, claim: Any, today: Day, planned: Day | None, room: int | None) -> None:
    """Say how much of the claimant's room is meant: 0 all that is free, None none of it."""
    claim.update(planned=planned, room=None)
    claim["from"] = None
    if room is None:
        return
    day, mine = since(f, claim, today), own(f, claim, today)
    free = left(f, claim["c"], day, None)
    amount = room or mine or free
    need(amount > 0, amount <= (TOTAL[claim["c"]] if mine else free))
    claim["room"] = amount
    if claim["state"] == "accepted" and not mine:
        claim["from"] = day


def keep_free(f: Firm, claim: Any, today: Day) -> None:
    if claim["room"] is None or own(f, claim, today):
        return
    day = since(f, claim, today)
    need(claim["room"] <= left(f, claim["c"], day, None))
    claim["from"] = day


def keep_again(f: Firm, claim: Any, today: Day) -> None:
    claim["from"] = None
    follow(f)
    try:
        keep_free(f, claim, today)
    except Refused:
        return


def occupy(f: Firm, c: str, n: int, s: Day, e: Day | None = None) -> None:
    for claim in f["claims"]:
        if claim["c"] == c:
            claim["from"] = None
    need(e is None or e > s)
    need(not any(u["c"] == c and meet(s, e, u["s"], u["e"]) for u in f["uses"]))
    need(n <= left(f, c, s, e))
    f["uses"].append(
        {"c": c, "n": n, "s": s, "e": e, "own": e, "tied": False, "seq": f["seq"]}
    )  # fmt: skip
    follow(f)


def vacate(f: Firm, today: Day, k: int, on: Day) -> None:
    use = f["uses"][k]
    need(use["e"] is None or use["e"] > on, on > use["s"])
    use.update(e=on, own=on, tied=False)
    follow(f)
    for claim in f["claims"]:
        if claim["c"] == use["c"] and claim["state"] == "accepted" and claim["room"]:
            keep_again(f, claim, max(on, today))


def follow(f: Firm) -> None:
    """Uses last as long as the firm's stay at the carrier: ties that touch one another."""
    for use in sorted(f["uses"], key=lambda u: (u["s"], u["seq"])):
        ties = sorted((t for t in f["ties"] if t["c"] == use["c"]), key=lambda t: t["s"])
        met = [t for t in ties if meet(use["s"], use["own"], t["s"], t["e"])]
        if not met:
            if use["tied"]:
                f["uses"].remove(use)
            continue
        use["tied"], until = True, met[0]["e"]
        for t in met[1:]:
            if until is not None and t["s"] <= until:
                until = t["e"] and max(until, t["e"])
        ends = min((d for d in (use["own"], until) if d is not None), default=None)
        longer = use["e"] is not None and (ends is None or ends > use["e"])
        if longer and use["n"] > left(f, use["c"], use["e"], ends, use):
            use["own"] = use["e"]
        else:
            use["e"] = ends
