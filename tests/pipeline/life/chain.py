"""Ties and graduations in plain dictionaries: what each act should do."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from tests.pipeline.life import claims, papers
from tests.pipeline.life.ground import (
    NEARBY,
    OPERATOR,
    TIER,
    Day,
    Firm,
    end,
    graduated,
    last,
    need,
    over,
    present,
    stage,
    tie,
)


def admit(f: Firm, today: Day, c: str, day: Day) -> None:
    need(stage(f, today) in ("registered", "left"), TIER[c] == 1, not graduated(f))
    need(not over(f["world"], c, day))
    tie(f, c, day)


def stay(f: Firm, today: Day, c: str, day: Day) -> None:
    need(stage(f, today) in ("graduated", "left"), TIER[c] == 1, graduated(f))
    need(not present(f, today), not over(f["world"], c, day))
    tie(f, c, day, stay=True, route="stayed")


def transfer(f: Firm, today: Day, c: str, day: Day, asked: bool = False) -> None:
    need(stage(f, today) == "incubating", TIER[c] == 1)
    old = present(f, today)
    same = OPERATOR.get(c, c) == OPERATOR.get(old["c"], old["c"])
    need(old["c"] != c, asked or same)
    need(not over(f["world"], c, today if asked else day))
    end(old, day, dest="incubator", to=c, why="transfer")
    tie(f, c, day, route="transferred")
    f["push"] = None


def ask(f: Firm, today: Day, c: str) -> None:
    need(stage(f, today) == "incubating", TIER[c] == 1, c not in f["asked"])
    need(not over(f["world"], c, today))
    old = present(f, today)["c"]
    need(old != c, OPERATOR.get(c, c) != OPERATOR.get(old, old))
    f["asked"][c] = old


def end_overtaken(f: Firm, today: Day) -> None:
    """Requests wait only while the firm incubates at the carrier that was asked."""
    at = present(f, today)["c"] if stage(f, today) == "incubating" else None
    f["asked"] = {c: host for c, host in f["asked"].items() if host == at}


def agree(f: Firm, today: Day, c: str, wanted: Day) -> None:
    need(stage(f, today) == "incubating")
    old = present(f, today)
    need(old["c"] == f["asked"][c])
    day = min(wanted, today)
    transfer(f, today, c, today if day <= old["s"] else day, asked=True)
    del f["asked"][c]


def leave(f: Firm, today: Day, day: Day, dest: str) -> None:
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
        claims.close_all(f, today)


def push(f: Firm, today: Day) -> None:
    need(stage(f, today) == "incubating", f["push"] is None)
    f["push"] = present(f, today)["c"]


def unpush(f: Firm, today: Day) -> None:
    need(stage(f, today) == "incubating", f["push"] is not None)
    f["push"] = None


def never_stayed(f: Firm, stay: Any) -> Any:
    """Gone on the day of its graduation: the incubation before it is the last tie."""
    f["ties"].remove(stay)
    before = last(f)
    need(before and before["e"] == stay["s"])
    return before


def land(f: Firm, today: Day, c: str, day: Day) -> None:
    now = present(f, today)
    need(TIER[c] > 1, not now or now["c"] != c, not over(f["world"], c, day))
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
    tie(f, c, day, route="landed")
    claims.arrive(f, today, c)
    f["push"] = None


def confirm(f: Firm, today: Day, c: str) -> None:
    own = max((t for t in f["ties"] if t["c"] == c), key=lambda t: t["s"], default=None)
    need(own, not own["sure"] if own else False)
    own.update(sure=True, why="not_graduated")


def _incubation(f: Firm, c: str) -> Any:
    found = [t for t in f["ties"] if t["c"] == c and not t["stay"]]
    return max(found, key=lambda t: t["s"], default=None)


def _report(f: Firm, today: Day, c: str, day: Day, dest: str | None) -> None:
    own = _incubation(f, c)
    need(own, own and day > own["s"] and (own["e"] is None or day <= own["e"]))
    f["grad"] = {"state": "reported", "on": day, "c": c, "dest": dest}
    graduate_tie(f)
    f["push"] = None
    if dest not in NEARBY:
        claims.close_all(f, today)


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


def graduate(f: Firm, today: Day, c: str, day: Day, dest: str | None) -> None:
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


def judge(f: Firm, today: Day, act: str, day: Day | None = None) -> None:
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


def void(f: Firm, today: Day, n: int) -> None:
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
    if TIER[t["c"]] > 1:
        claims.restore(f, today, t)


def correct(f: Firm, today: Day, n: int, s: Day, e: Day | None) -> None:
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
    need(not (f["grad"] and into["grad"]), not (claims.chosen(f) and claims.chosen(into)))
    ties = sorted([*f["ties"], *into["ties"]], key=lambda t: t["s"])
    need(all(a["e"] is not None and a["e"] <= b["s"] for a, b in pairwise(ties)))
    held = {x["c"] for x in into["claims"] if x["state"] in claims.HELD}
    need(not any(x["c"] in held and x["state"] in claims.HELD for x in f["claims"]))
    need(not set(f["asked"]) & set(into["asked"]))
    papers.merge(f, into)
    into.update(ties=ties, grad=into["grad"] or f["grad"])
    into["claims"] = sorted([*f["claims"], *into["claims"]], key=lambda x: int(x["made"]))
    into.update(push=into["push"] or f["push"], asked={**f["asked"], **into["asked"]})
    into["uses"] += f["uses"]
    f.update(ties=[], grad=None, claims=[], uses=[], push=None, asked={})
