"""The chain in plain dictionaries: what each act should do, written without looking at the rows."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

from tests.pipeline import model_rooms as rooms
from tests.pipeline.model_rooms import Firm, Refused, need

__all__ = ["Firm", "Refused", "need"]
TIER = {"a": 1, "sister": 1, "far": 1, "fast": 2, "park": 3, "rival": 3}
OPERATOR = {"a": "x", "sister": "x"}
NEARBY = (None, "accelerator", "park", "incubator", "building")
HOLDS = ("reported", "checked", "verified", "returned")
FOLLOW, RENEWALS = 30, 3


def new_firm() -> Firm:
    return {"ties": [], "grad": None, "claims": [], "push": None, "asked": {}, "uses": []}


def last(f: Firm) -> Any:
    return max(f["ties"], key=lambda t: t["s"], default=None)


def present(f: Firm, today: dt.date) -> Any:
    tie = last(f)
    return tie if tie and (tie["e"] is None or tie["e"] > today) else None


def graduated(f: Firm) -> bool:
    return f["grad"] is not None and f["grad"]["state"] in HOLDS


def stage(f: Firm, today: dt.date) -> str:
    tie = last(f)
    if tie is None:
        return "registered"
    tier = TIER[tie["c"]]
    if present(f, today):
        if tier > 1:
            return "accelerating" if tier == 2 else "settled"
        return "graduated" if graduated(f) else "incubating"
    return "graduated" if graduated(f) and tier < 3 and tie["dest"] in NEARBY else "left"


def tie(f: Firm, c: str, s: dt.date, **more: Any) -> Any:
    """A counted tie without end; no other may run on or after its first day."""
    need(all(t["e"] is not None and t["e"] <= s for t in f["ties"]))
    made = {"c": c, "s": s, "e": None, "stay": False, "dest": None, "to": None, "why": None,
            "sure": True, "route": "admitted", "seq": f["seq"], **more}  # fmt: skip
    f["ties"].append(made)
    return made


def end(t: Any, day: dt.date, **how: Any) -> None:
    need(day > t["s"])
    t.update({"e": day, **how})


def lapsed(claim: Any, today: dt.date) -> bool:
    return bool(claim["state"] == "open" and claim["until"] < today)


def live(f: Firm, c: str, today: dt.date) -> Any:
    held = [x for x in f["claims"] if x["c"] == c and x["state"] in ("open", "accepted")]
    return next((x for x in held if not lapsed(x, today)), None)


def chosen(f: Firm) -> Any:
    return next((x for x in f["claims"] if x["state"] == "accepted"), None)


def close(f: Firm, claim: Any, today: dt.date, why: str) -> None:
    if lapsed(claim, today):
        claim.update(state="released", why="lapsed", seq=f["seq"])
    else:
        to = {"open": "refused", "accepted": "released", "done": "released"}[claim["state"]]
        claim.update(state=to, why=why, seq=f["seq"])


def close_all(f: Firm, today: dt.date) -> None:
    for claim in f["claims"]:
        if claim["state"] in ("open", "accepted"):
            close(f, claim, today, "firm_left")


def admit(f: Firm, today: dt.date, c: str, day: dt.date) -> None:
    need(stage(f, today) in ("registered", "left"), TIER[c] == 1, not graduated(f))
    tie(f, c, day)


def stay(f: Firm, today: dt.date, c: str, day: dt.date) -> None:
    need(stage(f, today) in ("graduated", "left"), TIER[c] == 1, graduated(f))
    need(not present(f, today))
    tie(f, c, day, stay=True, route="stayed")


def transfer(f: Firm, today: dt.date, c: str, day: dt.date, asked: bool = False) -> None:
    need(stage(f, today) == "incubating", TIER[c] == 1)
    old = present(f, today)
    same = OPERATOR.get(c, c) == OPERATOR.get(old["c"], old["c"])
    need(old["c"] != c, asked or same)
    end(old, day, dest="incubator", to=c, why="transfer")
    tie(f, c, day, route="transferred")
    f["push"] = None


def ask(f: Firm, today: dt.date, c: str) -> None:
    need(stage(f, today) == "incubating", TIER[c] == 1, c not in f["asked"])
    old = present(f, today)["c"]
    need(old != c, OPERATOR.get(c, c) != OPERATOR.get(old, old))
    f["asked"][c] = old


def end_overtaken(f: Firm, today: dt.date) -> None:
    """Requests wait only while the firm incubates at the carrier that was asked."""
    at = present(f, today)["c"] if stage(f, today) == "incubating" else None
    f["asked"] = {c: host for c, host in f["asked"].items() if host == at}


def agree(f: Firm, today: dt.date, c: str, wanted: dt.date) -> None:
    need(stage(f, today) == "incubating")
    old = present(f, today)
    need(old["c"] == f["asked"][c])
    day = min(wanted, today)
    transfer(f, today, c, today if day <= old["s"] else day, asked=True)
    del f["asked"][c]


def leave(f: Firm, today: dt.date, day: dt.date, dest: str) -> None:
    now = present(f, today)
    need(now)
    if now["stay"] and now["s"] == day:
        now = never_stayed(f, now)
        now["dest"] = dest
    else:
        end(now, day, dest=dest, why="not_graduated")
    if TIER[now["c"]] == 1:
        f["push"] = None
    if dest not in NEARBY:
        close_all(f, today)


def push(f: Firm, today: dt.date) -> None:
    need(stage(f, today) == "incubating", f["push"] is None)
    f["push"] = present(f, today)["c"]


def unpush(f: Firm, today: dt.date) -> None:
    need(stage(f, today) == "incubating", f["push"] is not None)
    f["push"] = None


def claim(
    f: Firm, today: dt.date, c: str, planned: dt.date | None = None, room: int | None = None
) -> None:
    now, at = present(f, today), stage(f, today)
    need(at in ("graduated", "accelerating") or (at == "incubating" and f["push"]))
    need(TIER[c] > 1, not now or now["c"] != c, not live(f, c, today))
    for old in f["claims"]:
        if old["c"] == c and lapsed(old, today):
            close(f, old, today, "lapsed")
    made = {"c": c, "state": "open", "until": today + dt.timedelta(FOLLOW), "renewed": 0,
            "accepted": False, "why": None, "seq": f["seq"]}  # fmt: skip
    rooms.name(f, made, today, planned, room)
    f["claims"].append(made)


def change_room(
    f: Firm, today: dt.date, n: int, planned: dt.date | None, room: int | None
) -> None:  # fmt: skip
    one = f["claims"][n]
    need(one["state"] in ("open", "accepted"), not lapsed(one, today))
    rooms.name(f, one, today, planned, room)


def never_stayed(f: Firm, stay: Any) -> Any:
    """Gone on the day of its graduation: the incubation before it is the last tie."""
    f["ties"].remove(stay)
    before = last(f)
    need(before and before["e"] == stay["s"])
    return before


def act_on_claim(f: Firm, today: dt.date, n: int, act: str) -> None:
    one = f["claims"][n]
    need(not lapsed(one, today))
    if act == "follow":
        need(one["state"] in ("open", "accepted"))
        later = today + dt.timedelta(FOLLOW)
        if one["state"] == "open" and one["renewed"] < RENEWALS and later > one["until"]:
            one["renewed"] += 1
            one["until"] = later
        return
    need(one["state"] == ("accepted" if act == "release" else "open"))
    if act == "choose":
        need(not chosen(f))
        rooms.keep_free(f, one, today)
        one.update(state="accepted", accepted=True)
    else:
        done = {"refuse": "refused", "withdraw": "withdrawn", "release": "released"}[act]
        one.update(state=done, why="no_fit")
    one["seq"] = f["seq"]


def land(f: Firm, today: dt.date, c: str, day: dt.date) -> None:
    now = present(f, today)
    need(TIER[c] > 1, not now or now["c"] != c)
    if now:
        if now["stay"] and now["s"] == day:
            now = never_stayed(f, now)
        else:
            end(now, day)
        now.update(dest="accelerator" if TIER[c] == 2 else "park", to=c)
        if TIER[now["c"]] > 1:
            now["why"] = "transfer"
        elif graduated(f):
            now["why"] = "graduated"
        else:
            now["sure"] = False
    mine = live(f, c, today)
    tie(f, c, day, route="landed")
    if mine:
        mine.update(state="done", seq=f["seq"])
    for other in f["claims"]:
        held = other["state"] in ("open", "accepted")
        if held and (TIER[other["c"]] <= TIER[c] or TIER[c] == 3):
            close(f, other, today, "landed_elsewhere")
    f["push"] = None


def confirm(f: Firm, today: dt.date, c: str) -> None:
    own = max((t for t in f["ties"] if t["c"] == c), key=lambda t: t["s"], default=None)
    need(own, not own["sure"] if own else False)
    own.update(sure=True, why="not_graduated")


def _incubation(f: Firm, c: str) -> Any:
    found = [t for t in f["ties"] if t["c"] == c and not t["stay"]]
    return max(found, key=lambda t: t["s"], default=None)


def _report(f: Firm, today: dt.date, c: str, day: dt.date, dest: str | None) -> None:
    own = _incubation(f, c)
    need(own, own and day > own["s"] and (own["e"] is None or day <= own["e"]))
    f["grad"] = {"state": "reported", "on": day, "c": c, "dest": dest}
    graduate_tie(f)
    f["push"] = None
    if dest not in NEARBY:
        close_all(f, today)


def graduate_tie(f: Firm) -> None:
    g = f["grad"]
    own = _incubation(f, g["c"])
    own.update(why="graduated", sure=True)
    if own["e"] is None:
        own["e"] = g["on"]
        if g["dest"]:
            own["dest"] = g["dest"]
        else:
            tie(f, g["c"], g["on"], stay=True, route="stayed")


def graduate(f: Firm, today: dt.date, c: str, day: dt.date, dest: str | None) -> None:
    at, now = stage(f, today), present(f, today)
    need(at not in ("registered", "graduated"), f["grad"] is None, TIER[c] == 1)
    need(at != "incubating" or now["c"] == c)
    _report(f, today, c, day, dest)


def _undo(f: Firm) -> None:
    g = f["grad"]
    own = _incubation(f, g["c"])
    if own["why"] != "graduated":
        return
    own["why"] = "not_graduated"
    made = next((t for t in f["ties"] if t["stay"] and (t["c"], t["s"]) == (g["c"], g["on"])), None)
    if made and own["e"] == g["on"]:
        f["ties"].remove(made)
        own.update(e=made["e"], dest=made["dest"], to=made["to"])
        if made["e"] is None:
            own["why"] = None


def judge(f: Firm, today: dt.date, act: str, day: dt.date | None = None) -> None:
    g = f["grad"]
    need(g)
    at = g["state"]
    if act == "check":
        need(at == "reported")
        g["state"] = "checked"
    elif act == "verify":
        need(at in ("reported", "checked"))
        g["state"] = "verified"
    elif act == "return":
        need(at in ("reported", "checked", "verified"))
        g["state"] = "returned"
    elif act == "withdraw":
        need(at in ("reported", "returned"))
        born = (g["c"], g["on"])
        need(all((t["c"], t["s"]) == born for t in f["ties"] if t["stay"]))
        _undo(f)
        f["grad"] = None
    else:
        assert day
        need(at == "returned")
        _undo(f)
        _report(f, today, g["c"], day, None)


def basis(f: Firm, t: Any) -> bool:
    g = f["grad"]
    return bool(g and not t["stay"] and t["c"] == g["c"] and t["s"] < g["on"]
                and (t["e"] is None or t["e"] >= g["on"]))  # fmt: skip


def born(f: Firm, t: Any) -> bool:
    g = f["grad"]
    return bool(g and t["stay"] and (t["c"], t["s"]) == (g["c"], g["on"]))


def void(f: Firm, today: dt.date, n: int) -> None:
    t = f["ties"][n]
    need(t is last(f), not born(f, t), not basis(f, t))
    f["ties"].remove(t)
    f["push"] = None
    before = last(f)
    if before and before["e"] == t["s"] and before["to"] == t["c"] and t["route"] != "admitted":
        again = graduated(f) and basis(f, before)
        before.update(e=None, dest=None, to=None, why=None, sure=True)
        if again:
            graduate_tie(f)
    if TIER[t["c"]] == 1:
        return
    for one in f["claims"]:
        mine = one["state"] == "done" and one["c"] == t["c"]
        if one["seq"] < t["seq"] or not (mine or one["why"] == "landed_elsewhere"):
            continue
        if any(x["c"] == one["c"] and x["state"] in ("open", "accepted") for x in f["claims"]):
            if mine:
                close(f, one, today, "chose_other")
        else:
            keeps = one["accepted"] and not chosen(f)
            one.update(state="accepted" if keeps else "open", accepted=keeps, why=None)
            one.update({"seq": f["seq"], "from": None})
            if keeps:
                rooms.keep_again(f, one, today)


def correct(f: Firm, today: dt.date, n: int, s: dt.date, e: dt.date | None) -> None:
    t = f["ties"][n]
    based = basis(f, t)
    if s != t["s"]:
        need(s <= today, not born(f, t))
        before = max((x for x in f["ties"] if x["s"] < t["s"]), key=lambda x: x["s"], default=None)
        if before and before["e"] == t["s"]:
            need(s > before["s"], not basis(f, before) or s >= f["grad"]["on"])
            before["e"] = s
        t["s"] = s
    if e != t["e"] and t["e"] is not None:
        need(not any(x["s"] == t["e"] for x in f["ties"]), not basis(f, t))
        need(e is None or e <= today)
        if e is None:
            t.update(dest=None, to=None, why=None, sure=True)
        t["e"] = e
    need(t["e"] is None or t["e"] > t["s"], not based or basis(f, t))
    for x in f["ties"]:
        need(x is t or (x["e"] is not None and x["e"] <= t["s"])
             or (t["e"] is not None and t["e"] <= x["s"]))  # fmt: skip


def merge(f: Firm, into: Firm) -> None:
    need(not (f["grad"] and into["grad"]), not (chosen(f) and chosen(into)))
    ties = sorted([*f["ties"], *into["ties"]], key=lambda t: t["s"])
    need(all(a["e"] is not None and a["e"] <= b["s"] for a, b in pairwise(ties)))
    held = {x["c"] for x in into["claims"] if x["state"] in ("open", "accepted")}
    need(not any(x["c"] in held and x["state"] in ("open", "accepted") for x in f["claims"]))
    need(not set(f["asked"]) & set(into["asked"]))
    into.update(ties=ties, grad=into["grad"] or f["grad"], claims=[*f["claims"], *into["claims"]])
    into.update(push=into["push"] or f["push"], asked={**f["asked"], **into["asked"]})
    into["uses"] += f["uses"]
    f.update(claims=[], uses=[])
