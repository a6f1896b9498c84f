"""Bids and choices in plain dictionaries."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.pipeline.life import rooms
from tests.pipeline.life.ground import TIER, Day, Firm, need, over, present, stage

FOLLOW, RENEWALS = 30, 3
HELD = ("open", "accepted")


def lapsed(claim: Any, today: Day) -> bool:
    return bool(claim["state"] == "open" and claim["until"] < today)


def bids(f: Firm, today: Day) -> list[Any]:
    """Those that go on."""
    return [x for x in f["claims"] if x["state"] in HELD and not lapsed(x, today)]


def live(f: Firm, c: str, today: Day) -> Any:
    return next((x for x in bids(f, today) if x["c"] == c), None)


def chosen(f: Firm) -> Any:
    return next((x for x in f["claims"] if x["state"] == "accepted"), None)


def close(f: Firm, claim: Any, today: Day, why: str) -> None:
    if lapsed(claim, today):
        claim.update(state="released", why="lapsed", seq=f["seq"])
    else:
        to = {"open": "refused", "accepted": "released", "done": "released"}[claim["state"]]
        claim.update(state=to, why=why, seq=f["seq"])


def close_all(f: Firm, today: Day) -> None:
    for one in f["claims"]:
        if one["state"] in HELD:
            close(f, one, today, "firm_left")


def end_of_closed(f: Firm, today: Day) -> None:
    """A carrier without registration bids for nobody and asks for nobody."""
    for one in f["claims"]:
        if one["state"] in HELD and over(f["world"], one["c"], today):
            close(f, one, today, "claimant_closed")
    f["asked"] = {c: host for c, host in f["asked"].items() if not over(f["world"], c, today)}


def claim(f: Firm, today: Day, c: str, planned: Day | None = None, room: int | None = None) -> None:
    now, at = present(f, today), stage(f, today)
    need(at in ("graduated", "accelerating") or (at == "incubating" and f["push"]))
    need(TIER[c] > 1, not now or now["c"] != c, not live(f, c, today))
    need(not over(f["world"], c, today))
    for old in f["claims"]:
        if old["c"] == c and lapsed(old, today):
            close(f, old, today, "lapsed")
    made = {"c": c, "state": "open", "until": today + dt.timedelta(FOLLOW), "renewed": 0,
            "accepted": False, "why": None, "seq": f["seq"], "made": f["seq"]}  # fmt: skip
    rooms.name(f, made, today, planned, room)
    f["claims"].append(made)


def change_room(f: Firm, today: Day, n: int, planned: Day | None, room: int | None) -> None:
    one = f["claims"][n]
    need(one["state"] in HELD, not lapsed(one, today))
    rooms.name(f, one, today, planned, room)


def act_on(f: Firm, today: Day, n: int, act: str) -> None:
    one = f["claims"][n]
    need(not lapsed(one, today))
    if act == "follow":
        need(one["state"] in HELD)
        later = today + dt.timedelta(FOLLOW)
        if one["state"] == "open" and one["renewed"] < RENEWALS and later > one["until"]:
            one["renewed"] += 1
            one["until"] = later
        return
    need(one["state"] == ("accepted" if act == "release" else "open"))
    if act == "choose":
        need(not chosen(f), not over(f["world"], one["c"], today))
        rooms.keep_free(f, one, today)
        one.update(state="accepted", accepted=True)
    else:
        done = {"refuse": "refused", "withdraw": "withdrawn", "release": "released"}[act]
        one.update(state=done, why="no_fit")
    one["seq"] = f["seq"]


def arrive(f: Firm, today: Day, c: str) -> None:
    """The carrier's own claim is done; in a park the search is over, elsewhere for its like."""
    mine = live(f, c, today)
    if mine:
        mine.update(state="done", seq=f["seq"])
    for other in f["claims"]:
        if other["state"] in HELD and (TIER[other["c"]] <= TIER[c] or TIER[c] == 3):
            close(f, other, today, "landed_elsewhere")


def restore(f: Firm, today: Day, t: Any) -> None:
    """What a voided arrival did to claims is undone, unless they have been made anew since."""
    for one in f["claims"]:
        mine = one["state"] == "done" and one["c"] == t["c"]
        if one["seq"] < t["seq"] or not (mine or one["why"] == "landed_elsewhere"):
            continue
        if any(x["c"] == one["c"] and x["state"] in HELD for x in f["claims"]):
            if mine:
                close(f, one, today, "chose_other")
        else:
            keeps = one["accepted"] and not chosen(f)
            one.update(state="accepted" if keeps else "open", accepted=keeps, why=None)
            one.update({"seq": f["seq"], "from": None})
            if keeps:
                rooms.keep_again(f, one, today)
