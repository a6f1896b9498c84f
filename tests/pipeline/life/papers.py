"""Handover sheets and mediations in plain dictionaries. Nothing waits for either."""

from __future__ import annotations

from typing import Any

from tests.pipeline.life import claims
from tests.pipeline.life.ground import TIER, Day, Firm, last, need

STANDS = ("sent", "confirmed", "remarked")
GOES_ON = ("asked", "advised", "again", "readvised")


# ---- 企业输送单 ----------------------------------------------------------------------------------


def receivers(f: Firm, sender: str) -> list[str]:
    """Whom the firm has chosen while it is at the sender, and where it went next after it."""
    own = max((t for t in f["ties"] if t["c"] == sender), key=lambda t: t["s"], default=None)
    if own is None:
        return []
    chosen, found = claims.chosen(f), []
    if chosen and own["e"] is None:
        found.append(chosen["c"])
    after = [t for t in f["ties"] if own["e"] and t["s"] >= own["e"]]
    following = min(after, key=lambda t: t["s"], default=None)
    if following and TIER[following["c"]] > 1:
        found.append(following["c"])
    return [c for c in found if c != sender]


def send(f: Firm, sender: str, receiver: str) -> None:
    """A new sheet takes the place of the one that stands."""
    need(receiver in receivers(f, sender))
    for one in f["sheets"]:
        if (one["from"], one["to"]) == (sender, receiver) and one["state"] in STANDS:
            one["state"] = "replaced"
    f["sheets"].append({"from": sender, "to": receiver, "state": "sent", "made": f["seq"]})


def answer(f: Firm, n: int, act: str) -> None:
    one = f["sheets"][n]
    if act == "remark":
        need(one["state"] in ("sent", "confirmed"))
    else:
        need(one["state"] == "sent")
    one["state"] = {"confirm": "confirmed", "remark": "remarked", "withdraw": "withdrawn"}[act]


# ---- 意向协调 ------------------------------------------------------------------------------------


def running(f: Firm) -> Any:
    return next((m for m in f["talks"] if m["state"] in GOES_ON), None)


def settle(f: Firm, today: Day, seq: int | None = None) -> None:
    """What has ended a mediation ends it for good: choice, arrival, or nobody left who bids.
    `seq`: the act in which that is asked; the one that is being done unless given.

    Passing to another carrier because the former one closed is no arrival, and a bid made in the
    same act comes too late.
    """
    one, at, seq = running(f), last(f), seq or f["seq"]
    if one is None:
        return
    old = [x for x in claims.bids(f, today) if x["made"] < seq]
    arrived = at and TIER[at["c"]] > 1 and at["c"] != one["host"] and at["route"] != "transferred"
    if claims.chosen(f) or arrived or not (old or one["made"] == seq):
        one.update(state="ended", chosen=bool(claims.chosen(f)))


def party(f: Firm, today: Day, c: str) -> bool:
    at = last(f)
    return bool(claims.live(f, c, today)) or bool(at and at["c"] == c)


def ask(f: Firm, today: Day, c: str) -> None:
    need(party(f, today, c), claims.bids(f, today), not claims.chosen(f), not running(f))
    at = last(f)
    f["talks"].append({"state": "asked", "by": c, "host": at["c"] if at else None, "author": None,
                       "chosen": False, "made": f["seq"]})  # fmt: skip


def advise(f: Firm, n: int, author: int) -> None:
    """The first opinion, or once more by somebody else."""
    one = f["talks"][n]
    if one["state"] == "again":
        need(author != one["author"])
        one["state"] = "readvised"
        return
    need(one["state"] == "asked")
    one.update(state="advised", author=author)


def step(f: Firm, today: Day, n: int, act: str, c: str) -> None:
    """Asking again by a side, the firm's wish by its carrier, letting go before any opinion."""
    one = f["talks"][n]
    if act == "again":
        need(one["state"] == "advised", party(f, today, c))
        one["state"] = "again"
    elif act == "wish":
        need(one["state"] in GOES_ON, last(f))
    else:
        need(one["state"] == "asked")
        one["state"] = "withdrawn"


def merge(f: Firm, into: Firm) -> None:
    """Two sheets between the same two cannot both stand, nor two mediations both go on."""
    pairs = [{(x["from"], x["to"]) for x in one["sheets"] if x["state"] in STANDS}
             for one in (f, into)]  # fmt: skip
    need(not pairs[0] & pairs[1], not (running(f) and running(into)))
    for name in ("sheets", "talks"):
        into[name] = sorted([*f[name], *into[name]], key=lambda x: int(x["made"]))
        f[name] = []
