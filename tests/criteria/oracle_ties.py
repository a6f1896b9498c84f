"""What the law asks of a firm's ties and places, in plain Python over plain rows."""

from __future__ import annotations

import datetime as dt

from tests.criteria.oracle_facts import (
    MONTH,
    NOTHING_KNOWN,
    Iv,
    Record,
    Row,
    before,
    come,
    shifted,
    some,
    span,
)


def runs(row: Row, day: dt.date) -> bool:
    """Whether a dated row holds on a day; its last day is not included."""
    return row["starts"] <= day and (row["ends"] is None or row["ends"] > day)


def stays(rec: Record, day: dt.date) -> list[Row]:
    """Counted stays in incubation begun by the day, in order."""
    found = [
        t
        for t in rec.ties
        if t["counted"] and t["tier"] == 1 and t["kind"] != "graduate_stay" and t["starts"] <= day
    ]
    return sorted(found, key=lambda t: t["starts"])


def present(rec: Record, day: dt.date) -> Row | None:
    """The stay in incubation on the day."""
    return next((t for t in stays(rec, day) if runs(t, day)), None)


def agreement(rec: Record, day: dt.date) -> bool | None:
    """An incubation agreement with an incubator; a stay without a recorded day may have one."""
    signed = any(t["tier"] == 1 and come(t["agreement_on"], day) for t in rec.ties)
    unsaid = any(
        t["tier"] == 1 and t["counted"] and t["starts"] <= day and t["agreement_on"] is None
        for t in rec.ties
    )
    return some(signed, unsaid, True)


WORKS = {"on_site", "office_only"}


def works_inside(rec: Record, day: dt.date) -> bool | None:
    """Works in the incubator that counts; in another one or beside it, a person must look."""
    stay = present(rec, day)
    sure = stay is not None and stay["kind"] in WORKS
    beside = any(
        t["tier"] == 1 and not t["counted"] and t["kind"] in WORKS | {"extension"} and runs(t, day)
        for t in rec.ties
    )
    return some(sure, beside, True)


def works_in_a_carrier(rec: Record, day: dt.date) -> bool | None:
    """Works in any carrier of the district; one at a place nobody told may lie outside."""
    there = [t for t in rec.ties if t["kind"] in WORKS | {"extension"} and runs(t, day)]
    return some(any(t["in_pudong"] for t in there), bool(there), True)


def registered_inside(rec: Record, day: dt.date) -> bool | None:
    """Registered at the address of the incubator that counts."""
    stay = present(rec, day)
    beside = any(
        t["tier"] == 1 and not t["counted"] and t["kind"] == "registered_only" and runs(t, day)
        for t in rec.ties
    )
    if stay is None:
        return some(False, beside, True)
    sure = stay["kind"] == "registered_only" or come(stay["registered_on"], day)
    unsaid = stay["registered_on"] is None and stay["kind"] != "office_only"
    return some(sure, unsaid or beside, True)


def on_the_clock(rec: Record, day: dt.date) -> list[Row]:
    """Stays that add up: all but those that have ended in graduation by the day."""
    return [t for t in stays(rec, day) if t["leave_reason"] != "graduated" or runs(t, day)]


def age_at_entry(rec: Record, day: dt.date) -> Iv:
    """Months from founding to first moving in, in 32nds."""
    entries = [t["incubated_on"] or t["starts"] for t in on_the_clock(rec, day)]
    born = rec.firm["founded_on"]
    if not entries or born is None:
        return Iv(None, None)
    age = gone(born, min(entries))
    return Iv(age, age)


def time_used(rec: Record, day: dt.date) -> Iv:
    """Months of incubation so far, of the firm and of those whose clock it carries on.

    Stays add up; days on which two of them stay count once; a graduation ends the clock.
    """
    ties = stays(rec, day)
    for older in before(rec, day, "clock_passes"):
        ties += stays(older, day)
    closed = [t["ends"] for t in ties if t["leave_reason"] == "graduated" and come(t["ends"], day)]
    spans = sorted((t["starts"], day if runs(t, day) else t["ends"]) for t in ties)
    used, reach = 0, dt.date.min
    spans = [(a, b) for a, b in spans if not closed or b > max(closed)]
    if not spans:
        return Iv(None, None)
    for starts, ends in spans:
        if ends > reach:
            used += span(max(starts, reach), ends)
            reach = ends
    return Iv(used, used)


def time_left(rec: Record, day: dt.date) -> Iv:
    """Months to the last day of the limit, or of a recorded extension."""
    stay = present(rec, day)
    ends = [stay[key] for key in ("limit_on", "extended_to") if stay[key]] if stay else []
    if not ends:
        return Iv(None, None)
    left = span(day, max(ends))
    return Iv(left, left)


def extended(rec: Record, day: dt.date) -> bool:
    """An extension is recorded and not over; its last day is included."""
    stay = present(rec, day)
    return stay is not None and come(day, stay["extended_to"] or dt.date.min)


def within_limit(rec: Record, day: dt.date) -> bool | None:
    """48 months; 60 where one of the special fields is recorded."""
    special = rec.firm["incubation_field"] in {"biomedicine", "agriculture", "ic"}
    return time_used(rec, day).most((60 if special else 48) * MONTH)


def place_in(rec: Record, day: dt.date, kind: str, district: str = "310115") -> bool | None:
    """Whether the place of a kind lies in a district on the day."""
    there = [p["district"] for p in rec.places if p["kind"] == kind and runs(p, day)]
    return district in there if there else None


def shanghai(rec: Record, day: dt.date) -> bool | None:
    """Whether the registered place lies in Shanghai on the day."""
    there = [p["district"] for p in rec.places if p["kind"] == "registered" and runs(p, day)]
    return any(district.startswith("31") for district in there) if there else None


def months_since(rec: Record, day: dt.date) -> Iv:
    """Months since the foundation, in 32nds."""
    born = rec.firm["founded_on"]
    if born is None:
        return NOTHING_KNOWN
    return Iv(gone(born, day), gone(born, day))


def gone(born: dt.date, day: dt.date) -> int:
    """Months from one day to another, in 32nds: full with the anniversary, or with the last day
    of a month that has no such day."""
    full = (day.year - born.year) * 12 + day.month - born.month
    return full * MONTH if shifted(born, full) == day else span(born, day)
