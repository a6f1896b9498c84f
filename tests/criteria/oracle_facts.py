"""The law's facts of one firm, in plain Python over plain rows: no SQL, no code of the engine.

Written from the regulations' words and the house's reading of them: a fact is an interval, a
missing figure is anything from nothing up, a year before the firm existed is nothing, what is
recorded is all there is only where somebody promised so, and a promise stays fresh for 100 days.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
#: a carrier, its tier, and where a tie can be: (site or none, whether that is told to be in Pudong)
House = tuple[int, int, list[tuple[int | None, bool]]]
FRESH = 100
DUE = (4, 30)
SOURCES = ("hnte_report", "settlement", "audit", "express")
MONTH = 32
MONEY_COLUMNS = (
    "revenue", "cost_expenses", "rd_accounting", "assets", "liabilities", "main_revenue",
    "hitech_revenue", "total_income", "net_profit", "rd_hnte", "rd_internal", "rd_contracted",
    "rd_domestic",
)  # fmt: skip
HEADS_COLUMNS = ("staff", "staff_tech", "staff_end", "staff_rd_end", "transformed")


@dataclass
class Record:
    """Everything that is recorded of one firm; a tie carries the tier of its carrier."""

    firm: Row
    ties: list[Row] = field(default_factory=list)
    milestones: list[Row] = field(default_factory=list)
    figures: list[Row] = field(default_factory=list)
    attestations: list[Row] = field(default_factory=list)
    places: list[Row] = field(default_factory=list)
    stated: list[Row] = field(default_factory=list)
    #: links from firms before it, each with the record it leads back to
    links: list[tuple[Row, Record]] = field(default_factory=list)


@dataclass(frozen=True)
class Iv:
    """Low and high of a quantity; None is unbounded."""

    low: int | None
    high: int | None

    def over(self, t: int) -> bool | None:
        """More than t."""
        return self._told(lambda v: v > t, lambda v: v <= t)

    def least(self, t: int) -> bool | None:
        """At least t."""
        return self._told(lambda v: v >= t, lambda v: v < t)

    def most(self, t: int) -> bool | None:
        """At most t."""
        return no(self.over(t))

    def _told(self, yes: Callable[[int], bool], never: Callable[[int], bool]) -> bool | None:
        if self.low is not None and yes(self.low):
            return True
        return False if self.high is not None and never(self.high) else None


NOTHING_KNOWN = Iv(0, None)


def no(value: bool | None) -> bool | None:
    """Not, where unknown stays unknown."""
    return None if value is None else not value


def all_of(*values: bool | None) -> bool | None:
    """One no is a no; else one unknown is unknown."""
    return False if False in values else None if None in values else True


def any_of(*values: bool | None) -> bool | None:
    """One yes is a yes; else one unknown is unknown."""
    return True if True in values else None if None in values else False


def at_least(count: int, *values: bool | None) -> bool | None:
    """So many yes, whatever the unknown ones turn out to be."""
    if values.count(True) >= count:
        return True
    return False if len(values) - values.count(False) < count else None


def shifted(day: dt.date, months: int) -> dt.date:
    """The same day of another month, or that month's last one."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def window(day: dt.date, months: int) -> dt.date:
    """近 N 个月: the first day that was so many months ago or less; a term that began on it runs
    to the day, its last."""
    first = shifted(day, -months) - dt.timedelta(4)
    while shifted(first, months) < day:
        first += dt.timedelta(1)
    return first


def span(start: dt.date, end: dt.date) -> int:
    """Calendar months from start to end in 32nds: whole months are multiples of 32."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months * MONTH + end.day - start.day


def come(day: dt.date | None, by: dt.date) -> bool:
    """Whether a day is recorded and not later than another."""
    return day is not None and day <= by


def before(rec: Record, day: dt.date, passes: str) -> list[Record]:
    """The firms whose clock (or milestones) it carries on, over links made by the day."""
    found: list[Record] = []
    ahead = [rec]
    while ahead:
        for link, older in ahead.pop().links:
            new = older is not rec and all(older is not one for one in found)
            if link[passes] and link["day"] <= day and new:
                found.append(older)
                ahead.append(older)
    return found


def passed(rec: Record, day: dt.date) -> list[tuple[Record, dt.date]]:
    """The firms whose milestones it carries on, each with the day up to which they pass."""
    found: list[tuple[Record, dt.date]] = []
    for older in before(rec, day, "milestones_pass"):
        days = _days(rec, older, day, day, (rec,))
        found.append((older, max(days)))
    return found


def _days(
    rec: Record, older: Record, day: dt.date, until: dt.date, been: tuple[Record, ...]
) -> list[dt.date]:
    """Over each way back from a firm to an older one, the earliest day of a link."""
    found = []
    for link, one in rec.links:
        if not link["milestones_pass"] or link["day"] > day:
            continue
        if one is older:
            found.append(min(until, link["day"]))
        if all(one is not other for other in been):
            found += _days(one, older, day, min(until, link["day"]), (*been, one))
    return found


# --- promises ---------------------------------------------------------------------------------


def complete(rec: Record, kind: str, day: dt.date, since: dt.date | None = None) -> bool:
    """Whether all of a kind from `since` (or the firm's beginning) to the day is recorded."""
    births = [one.firm["founded_on"] for one in (rec, *(older for older, _ in passed(rec, day)))]
    born = None if None in births else min(births)
    begins = max((d for d in (born, since) if d is not None), default=None)
    spans = sorted(
        (a["starts"] or dt.date.min, a["ends"])
        for a in rec.attestations
        if a["kind"] in (None, kind)
    )
    reach: dt.date | None = None
    for starts, ends in spans:
        from_the_start = starts <= (begins or dt.date.min)
        if from_the_start or (reach is not None and starts <= reach + dt.timedelta(1)):
            reach = max(reach or ends, ends)
    return reach is not None and reach + dt.timedelta(FRESH) >= day


def counted(sure: int, unclear: int | None, whole: bool) -> Iv:
    """Recorded for certain, at most so much more by what is recorded, and whether that is all."""
    return Iv(sure, sure + unclear if whole and unclear is not None else None)


def some(sure: bool, unclear: bool, whole: bool) -> bool | None:
    """Whether there is one: yes, perhaps, or no where nothing can be missing."""
    return True if sure else None if unclear or not whole else False


def of_kind(rec: Record, kind: str, day: dt.date) -> Iterable[Row]:
    """Milestones of a kind, its own and those that pass to it; one number counts once."""
    found = [m for m in rec.milestones if m["kind"] == kind]
    numbers = {m["number"] for m in found}
    handed = [
        m
        for older, until in passed(rec, day)
        for m in older.milestones
        if m["kind"] == kind and m["day"] <= until
    ]
    for m in sorted(handed, key=lambda m: int(m["id"]), reverse=True):
        if m["number"] is None or m["number"] not in numbers:
            found.append(m)
        numbers.add(m["number"])
    return found


# --- milestones -------------------------------------------------------------------------------

COUNTS, UNCLEAR = {"angel", "venture"}, {"unknown", "government", "industrial", None}


def equity(rec: Record, day: dt.date) -> Iv:
    """Angel and venture money received by the day, in fen."""
    sure, unclear = 0, 0
    open_ended = False
    for m in of_kind(rec, "financing", day):
        if m["investor"] not in COUNTS | UNCLEAR or m["day"] > day:
            continue
        received = m["money_state"] == "received"
        if received and not come(m["received_on"], day):
            continue
        ashore = m["onshore"] is True or (m["onshore"] is None and m["currency"] in (None, "CNY"))
        certain = received and m["investor"] in COUNTS and ashore
        if m["amount"] is None:
            open_ended = True
        elif certain:
            sure += m["amount"]
        else:
            unclear += m["amount"]
    return counted(sure, None if open_ended else unclear, complete(rec, "financing", day))


def deal(rec: Record, day: dt.date) -> bool | None:
    """Merged, acquired, listed or quoted by the day; a regional market is for a person."""
    kinds = {m["deal"] for m in of_kind(rec, "deal", day) if m["day"] <= day}
    return some(
        bool(kinds & {"merged", "acquired", "listed", "quoted"}),
        "regional" in kinds,
        complete(rec, "deal", day),
    )


def title(rec: Record, day: dt.date, months: int = 36) -> bool | None:
    """A filed or issued HNTE certificate that is in force on the day."""
    held = False
    for m in of_kind(rec, "recognition", day):
        begun = come(m["filed_on"], day) or come(m["issued_on"], day)
        if m["title"] != "hnte" or not begun or come(m["revoked_on"], day):
            continue
        from_day = m["issued_on"] or m["filed_on"]
        if m["expires_on"] is not None:
            held |= day <= m["expires_on"]
        else:
            held |= day <= shifted(from_day, months)
    return some(held, False, complete(rec, "recognition", day))


def announced(rec: Record, day: dt.date, months: int = 12) -> bool | None:
    """In public notice: announced within the months, neither filed nor issued nor revoked yet."""
    there = any(
        m["title"] == "hnte"
        and come(m["announced_on"], day)
        and day <= shifted(m["announced_on"], months)
        and not come(m["filed_on"], day)
        and not come(m["issued_on"], day)
        and not come(m["revoked_on"], day)
        for m in of_kind(rec, "recognition", day)
    )
    return some(there, False, complete(rec, "recognition", day, window(day, months)))


FIRST_CLASS = {"invention", "plant", "crop", "drug", "herbal", "layout"}
SECOND_CLASS = {"utility", "design", "software"}


def rights(rec: Record, day: dt.date, types: set[str], related: bool) -> Iv:
    """Rights granted and in force; those of the main product only, where the law says so.

    A right taken over was the firm's from that day; without its day of grant it may be pending.
    """
    sure = unclear = 0
    for m in of_kind(rec, "ip", day):
        taken_over = come(m["obtained_on"], day)
        if m["ip_type"] not in types or (m["obtained_on"] and not taken_over):
            continue
        if m["expires_on"] is not None and m["expires_on"] < day:
            continue
        granted = come(m["granted_on"], day)
        perhaps = granted or (m["granted_on"] is None and taken_over)
        serves = m["related"] if related else True
        if granted and serves:
            sure += 1
        elif perhaps and serves is not False:
            unclear += 1
    return counted(sure, unclear, complete(rec, "ip", day))


def led(rec: Record, day: dt.date, kind: str, levels: set[str], rank: int) -> bool | None:
    """An award or a standard of the last five years with a place among the first."""
    since = window(day, 60)
    ranks = [
        m["rank"]
        for m in of_kind(rec, kind, day)
        if m["level"] in levels and since <= m["day"] <= day
    ]
    return some(
        any(r is not None and r <= rank for r in ranks),
        None in ranks,
        complete(rec, kind, day, since),
    )


def institution(rec: Record, day: dt.date) -> bool | None:
    """An R&D institution of provincial or ministerial level or above."""
    held = any(
        m["level"] in {"international", "national", "provincial"}
        and m["day"] <= day
        and (m["expires_on"] is None or m["expires_on"] >= day)
        for m in of_kind(rec, "institution", day)
    )
    return some(held, False, complete(rec, "institution", day))


def serious(rec: Record, day: dt.date) -> bool | None:
    """A serious accident, offence or dishonesty last year or this year."""
    since = dt.date(day.year - 1, 1, 1)
    told = [
        m["serious"]
        for m in of_kind(rec, "incident", day)
        if m["incident"] in {"safety", "quality", "environment", "dishonesty"}
        and since <= m["day"] <= day
    ]
    return some(True in told, None in told, complete(rec, "incident", day, since))


LISTS = {"abnormal", "illegal"}


def listed(rec: Record, day: dt.date, lists: Collection[str] = LISTS) -> bool | None:
    """On the list of abnormal operation or of serious illegality on the day."""
    on = any(
        m["incident"] in lists
        and m["day"] <= day
        and (m["ended_on"] is None or m["ended_on"] > day)
        for m in of_kind(rec, "incident", day)
    )
    return some(on, False, complete(rec, "incident", day))


# --- figures ----------------------------------------------------------------------------------


def cell(rec: Record, column: str, year: int) -> int | None:
    """A yearly figure from the best source that has it."""
    for source in SOURCES:
        for row in rec.figures:
            asked = (row["year"], row["quarter"], row["source"]) == (year, 0, source)
            if asked and row[column] is not None:
                return int(row[column])
    return None


def yearly(rec: Record, column: str, day: dt.date) -> Iv:
    """A figure of the last fiscal year; nothing where the firm was not yet founded."""
    year = day.year - 1
    value = cell(rec, column, year)
    if value is not None:
        return Iv(value, value)
    born = rec.firm["founded_on"]
    return Iv(0, 0) if born is not None and born.year > year else NOTHING_KNOWN


def best_pair(rec: Record, day: dt.date) -> Iv:
    """Revenue of the best two neighbouring fiscal years that the firm has lived through.

    Last year's figures are not missing before the day they are due: what is known is then all.
    """
    born, last = rec.firm["founded_on"], day.year - 1
    values = {y: cell(rec, "revenue", y) for y in range(1990, last + 1)}
    recorded = [y for y, v in values.items() if v is not None]
    first = born.year if born is not None else min(recorded, default=last)
    due = (day.month, day.day) >= DUE
    lows, highs = [0], [0]
    for year in range(first + 1, last + 1):
        pair = (values[year - 1], values[year])
        if year == last and values[year] is None and not due:
            pair = (values[year - 1], 0)
        lows.append(sum(v or 0 for v in pair))
        highs.append(None if None in pair else sum(v or 0 for v in pair))
    high = None if born is None or None in highs else max(h or 0 for h in highs)
    return Iv(max(lows), high)
