"""The rules about carriers a second time: plain Python over plain rows, from the regulations.

A share is met when it is so whatever is still open, not met when it cannot be so any more.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.criteria.oracle_facts import shifted

Row = dict[str, Any]
Truth = bool | None
INCUBATORS = ("maker_space", "incubator", "science_park", "goi")
PATENTS = ("invention", "utility", "design")
EQUITY = ("angel", "venture", "government", "industrial")
SOURCES = ("hnte_report", "settlement", "audit", "express")
WAN = 1_000_000


@dataclass
class Guest:
    """A firm or team with its tie to the carrier and all that is recorded of it."""

    firm: Row
    tie: Row
    milestones: list[Row] = field(default_factory=list)
    figures: list[Row] = field(default_factory=list)
    attestations: list[Row] = field(default_factory=list)
    places: list[Row] = field(default_factory=list)
    graduated_on: dt.date | None = None


@dataclass
class House:
    """A carrier with its guests and all that is recorded of it."""

    row: Row
    guests: list[Guest] = field(default_factory=list)
    figures: list[Row] = field(default_factory=list)
    stated: list[Row] = field(default_factory=list)
    returns: list[Row] = field(default_factory=list)
    sectors: list[str] = field(default_factory=list)
    graduations: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Span:
    """From low to high; a high of None is open."""

    low: int
    high: int | None

    def least(self, mark: int) -> Truth:
        """At least so much."""
        if self.low >= mark:
            return True
        return False if self.high is not None and self.high < mark else None


def share(part: Span, whole: Span, numerator: int, denominator: int = 100) -> Truth:
    """Part of whole at least a fraction; open where the whole may be nothing."""
    if whole.low <= 0:
        return None
    mark = Fraction(numerator, denominator)
    if whole.high is not None and Fraction(part.low, whole.high) >= mark:
        return True
    return False if part.high is not None and Fraction(part.high, whole.low) < mark else None


def every(*parts: Truth) -> Truth:
    if False in parts:
        return False
    return None if None in parts else True


def either(*parts: Truth) -> Truth:
    if True in parts:
        return True
    return None if None in parts else False


# ---- guests ----------------------------------------------------------------------------------


def standing(guest: Guest, tier: int, day: dt.date) -> str | None:
    """What a guest is on the day; None when the tie does not run."""
    firm, tie = guest.firm, guest.tie
    if tie["starts"] > day or (tie["ends"] is not None and tie["ends"] <= day):
        return None
    if tier == 2:
        return "accelerating"
    founded = firm["founded_on"]
    if guest.graduated_on is not None and guest.graduated_on <= day:
        return "staying"
    if firm["kind"] == "team" or (founded is not None and founded > day):
        return "team"
    served = firm["legal_form"] in ("branch", "individual")
    return "served" if served or tie["kind"] in ("registered_only", "empowered") else "incubating"


def complete(guest: Guest, kind: str, day: dt.date, since: dt.date | None = None) -> bool:
    """Whether somebody promised that all of a kind is recorded, not longer ago than 100 days."""
    for one in guest.attestations:
        begins = one["starts"] is None or (since is not None and one["starts"] <= since)
        founded = guest.firm["founded_on"]
        begins = begins or (founded is not None and one["starts"] <= founded)
        fresh = one["ends"] >= day - dt.timedelta(100)
        if one["kind"] in (None, kind) and begins and fresh:
            return True
    return False


def financed(guest: Guest, day: dt.date, counts: tuple[str, ...], year: int | None) -> Truth:
    """Whether money of such investors arrived, ever or in a calendar year."""
    rows = [m for m in guest.milestones if m["kind"] == "financing"]
    open_ = not complete(guest, "financing", day, dt.date(year, 1, 1) if year else None)
    for m in rows:
        arrived = m["money_state"] == "received"
        if m["day"] > day or (arrived and m["received_on"] > day):
            continue
        if year and (m["received_on"] or m["day"]).year != year and arrived:
            continue
        if year and not arrived and m["day"] >= dt.date(year + 1, 1, 1):
            continue
        if arrived and m["investor"] in counts and m["amount"]:
            return True
        if m["investor"] in (*counts, "unknown", None) and m["amount"] != 0:
            open_ = True
    return None if open_ else False


def holds_right(guest: Guest, day: dt.date) -> Truth:
    """Whether it has a right that was granted and is in force."""
    open_ = not complete(guest, "ip", day)
    for m in guest.milestones:
        if m["kind"] != "ip" or (m["expires_on"] is not None and m["expires_on"] < day):
            continue
        if m["granted_on"] is not None and m["granted_on"] <= day:
            return True
        if m["granted_on"] is None and m["obtained_on"] is not None and m["obtained_on"] <= day:
            open_ = True
    return None if open_ else False


def has_applied(guest: Guest, day: dt.date) -> Truth:
    """Whether it applied for a patent itself."""
    open_ = not complete(guest, "ip", day)
    for m in guest.milestones:
        if m["kind"] != "ip" or m["ip_type"] not in PATENTS:
            continue
        days = [d for d in (m["applied_on"], m["granted_on"]) if d is not None]
        done = any(d <= day for d in days) or not days
        if m["obtained"] == "own" and days and done:
            return True
        if m["obtained"] in ("own", None) and done:
            open_ = True
    return None if open_ else False


def grown(guest: Guest, day: dt.date) -> Truth:
    """Whether revenue or R&D grew by more than a fifth on the year before."""
    found = []
    for column in ("revenue", "rd_accounting"):
        ends = []
        for year in (day.year - 2, day.year - 1):
            known = [
                f[column] for f in guest.figures if f["year"] == year and f[column] is not None
            ]
            founded = guest.firm["founded_on"]
            unborn = founded is not None and founded.year > year
            ends.append(known[0] if known else 0 if unborn else None)
        base, last = ends
        if base is None or base <= 0:
            found.append(None)
        else:
            found.append(None if last is None else 5 * last > 6 * base)
    return either(*found)


def local(guest: Guest, tier: int, day: dt.date) -> Truth:
    """Registered in Pudong (a team need not be) and working there."""
    there: dict[str, Truth] = {"registered": None, "operating": None}
    for place in guest.places:
        if place["starts"] <= day and (place["ends"] is None or place["ends"] > day):
            there[place["kind"]] = place["district"] == "310115"
    on_site = guest.tie["kind"] in ("on_site", "office_only", "extension")
    registered = True if standing(guest, tier, day) == "team" else there["registered"]
    return every(registered, either(on_site, there["operating"]))


# ---- carriers --------------------------------------------------------------------------------


class Facts:
    """What is known of one carrier on a day."""

    def __init__(self, house: House, day: dt.date) -> None:
        self.house, self.day, self.row = house, day, house.row

    def guests(self, *words: str) -> list[Guest]:
        tier = self.row["tier"]
        return [g for g in self.house.guests if standing(g, tier, self.day) in words]

    def count(self, *words: str) -> Span:
        n = len(self.guests(*words))
        return Span(n, n)

    @staticmethod
    def told(answers: list[Truth]) -> Span:
        return Span(answers.count(True), len(answers) - answers.count(False))

    def said(self, key: str) -> Span:
        held = [s for s in self.house.stated
                if s["key"] == key and s["day"] <= self.day < s["until"]]  # fmt: skip
        newest = max(held, key=lambda s: s["day"], default=None)
        return Span(newest["low"], newest["high"]) if newest else Span(0, None)

    def yes(self, key: str) -> Truth:
        said = self.said(key)
        return None if said.high is None else bool(said.low)

    def barred(self, key: str, wanted: int) -> Truth:
        """A yes that is of a decision on its day and bars for so many months from it."""
        held = [s for s in self.house.stated
                if s["key"] == key and s["day"] <= self.day < s["until"]]  # fmt: skip
        newest = max(held, key=lambda s: s["day"], default=None)
        over = newest is not None and newest["low"] and shifted(newest["day"], wanted) < self.day
        return None if over else self.yes(key)

    def months(self, wanted: int) -> Truth:
        founded = self.row["founded_on"]
        if founded is None:
            return None
        return shifted(founded, wanted) <= self.day

    @property
    def area(self) -> Span:
        area = self.row["area_m2"]
        return Span(area or 0, area)

    def figure(self, column: str, last_year: bool = False) -> Span:
        """The newest figure since the last fiscal year, the better source first."""
        last = self.day.year - 1
        best: tuple[Any, int] | None = None
        for f in self.house.figures:
            ends = dt.date(f["year"], 3 * (f["quarter"] or 4), 30)
            whole = f["year"] == last and f["quarter"] in (0, 4)
            late = f["year"] >= last and f["quarter"] > 0 and ends <= self.day
            if f[column] is None or not (whole or (late and not last_year)):
                continue
            place = (f["year"], f["quarter"] == 0, f["quarter"], -SOURCES.index(f["source"]))
            if best is None or place > best[0]:
                best = place, f[column]
        return Span(best[1], best[1]) if best else Span(0, None)

    def reported(self) -> Truth:
        due = self.day.year - (1 if (self.day.month, self.day.day) >= (4, 30) else 2)
        done = [r for r in self.house.returns if r["state"] != "draft"]
        filed = {r["year"] for r in done if r["quarter"] in (0, 4)}
        return True if {due, due - 1} <= filed else self.yes("statistics_kept")

    def graduates(self) -> Span:
        before = self.said("graduates_before")
        held = [g for g in self.house.graduations if g["graduated_on"] <= self.day]
        verified = sum(g["state"] == "verified" for g in held)
        return Span(verified + before.low,
                    None if before.high is None else len(held) + before.high)  # fmt: skip


def national(house: House, day: dt.date) -> dict[str, Truth]:
    """300号 第七条, by clause; the whole under ""."""
    f = Facts(house, day)
    own, firms = f.guests("incubating"), f.count("incubating")
    used, public = house.row["incubating_m2"], f.said("public_m2")
    area = Span((used or 0) + public.low,
                None if used is None or public.high is None else used + public.high)  # fmt: skip
    lead = house.sectors[0] if house.sectors else None
    alike = [None if lead is None or g.firm["sector"] is None else g.firm["sector"] == lead
             for g in own]  # fmt: skip
    pro = f.figure("staff_professional")
    c: dict[str, Truth] = {
        "7-1": f.yes("independent"),
        "7-2": f.months(36),
        "7-3": f.reported(),
        "7-4": f.area.least(10_000),
        "7-5": share(area, f.area, 75),
        "7-6": f.figure("fund_total").least(500 * WAN),
        "7-7": share(f.told([financed(g, day, EQUITY, None) for g in own]), firms, 10),
        "7-8": f.said("fund_cases").least(3),
        "7-9": share(pro, f.figure("staff"), 80),
        "7-10": share(pro, firms, 1, 10),
        "7-11": share(f.figure("mentors"), firms, 1, 10),
        "7-12a": share(f.told([has_applied(g, day) for g in own]), firms, 50),
        "7-12b": share(f.told([holds_right(g, day) for g in own]), firms, 30),
        "7-a1": firms.least(50),
        "7-a2": share(firms, f.area, 3, 1000),
        "7-a3": f.graduates().least(20),
        "7-b1": firms.least(30),
        "7-b2": share(firms, f.area, 2, 1000),
        "7-b3": f.graduates().least(15),
        "7-b4": share(f.told(alike), firms, 75),
    }
    c["7-12"] = either(c["7-12a"], c["7-12b"])
    c["7-13a"] = every(*(c[f"7-a{n}"] for n in (1, 2, 3)))
    c["7-13b"] = every(*(c[f"7-b{n}"] for n in (1, 2, 3, 4)))
    c["7-13"] = either(c["7-13a"], c["7-13b"])
    barred = f.barred("fraud", 24)
    c["16-1"] = None if barred is None else not barred
    c[""] = every(*(c[f"7-{n}"] for n in range(1, 14)), c["16-1"])
    return c


def pudong(house: House, day: dt.date) -> dict[str, Truth]:
    """浦东新区创新型孵化器."""
    f = Facts(house, day)
    here = [local(g, house.row["tier"], day) for g in f.guests("incubating", "team")]
    c: dict[str, Truth] = {
        "L-1": f.area.least(1_000),
        "L-2": f.told(here).least(5),
        "L-3": f.yes("local_operator"),
        "L-4": f.said("paid_in").least(50 * WAN),
        "L-5": f.months(6),
        "L-6": f.said("lease_years").least(1),
        "L-7": f.figure("staff").least(3),
        "L-8": f.yes("exit_mechanism"),
        "L-9": True if house.sectors else None,
    }
    return c | {"": every(*c.values())}


def accelerator(house: House, day: dt.date) -> dict[str, Truth]:
    """浦东新区科技企业加速器, 第二条. Every carrier of the test has its site in Pudong."""
    f = Facts(house, day)
    c: dict[str, Truth] = {
        "2-1": f.yes("independent"),
        "2-2": f.yes("local_operator"),
        "2-3": True,
        "2-4": True if house.sectors else None,
        "2-5": f.area.least(10_000),
        "2-6": share(f.said("high_growth_m2"), f.area, 70),
        "2-7": f.said("lease_years").least(1),
        "2-8": f.count("accelerating", "incubating").least(7),
    }
    return c | {"": every(*c.values())}


def standard(house: House, day: dt.date) -> dict[str, Truth]:
    """131号, what was published of it."""
    f = Facts(house, day)
    own, firms = f.guests("incubating", "accelerating"), f.count("incubating", "accelerating")
    year = day.year - 1
    total, rent = f.figure("total_income", True), f.figure("property_income", True)
    known = total.high is not None and rent.high is not None
    rest = Span(max(total.low - rent.low, 0) if known else 0,
                total.low - rent.low if known else None)  # fmt: skip
    if total.high is not None and rent.high is None:
        rest = Span(0, total.high)
    invested = [financed(g, day, EQUITY, year) for g in own]
    funded = [financed(g, day, (*EQUITY, "loan"), year) for g in own]
    c: dict[str, Truth] = {
        "S-1a": share(f.told(invested), firms, 10),
        "S-1b": share(f.told(funded), firms, 20),
        "S-2": share(f.told([grown(g, day) for g in own]), firms, 30),
        "S-3": f.yes("service_accounts"),
        "S-4": share(rest, total, 30),
        "S-5": None,
    }
    c["S-1"] = either(c["S-1a"], c["S-1b"])
    return c | {"": every(*(c[f"S-{n}"] for n in range(1, 6)))}


RULES = {
    "carrier.national_incubator": (national, INCUBATORS),
    "carrier.pudong_incubator": (pudong, INCUBATORS),
    "carrier.pudong_accelerator": (accelerator, ("accelerator",)),
    "carrier.standard_incubator": (standard, (*INCUBATORS, "accelerator")),
}


def told(house: House, day: dt.date) -> dict[str, tuple[str, dict[str, Truth]]]:
    """Rule → outcome and clauses."""
    found = {}
    for rule, (of, types) in RULES.items():
        clauses = of(house, day)
        whole = clauses.pop("")
        word = {True: "met", False: "not_met", None: "unknown"}[whole]
        found[rule] = (word if house.row["type"] in types else "not_applicable", clauses)
    return found
