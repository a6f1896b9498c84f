"""Facts of the further rules in plain Python: spans of years, growth, statements, held rights."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from tests.criteria import oracle_facts as f
from tests.criteria.oracle_facts import Iv, Record, come, counted, of_kind, some

Value = bool | None


def year_of(rec: Record, column: str, year: int) -> int | None:
    """A figure of a year: as recorded, nothing before the foundation, else not known."""
    value = f.cell(rec, column, year)
    born = rec.firm["founded_on"]
    return 0 if value is None and born is not None and born.year > year else value


def last_years(day: dt.date, count: int) -> list[int]:
    """Fiscal years before that of the day, the oldest first."""
    return [day.year - back for back in range(count, 0, -1)]


def total(values: list[int | None]) -> Iv:
    """A sum in which what is not known is anything from nothing up."""
    known = [v for v in values if v is not None]
    return Iv(sum(known), None if len(known) < len(values) else sum(known))


def span(rec: Record, column: str, day: dt.date, years: int = 3) -> Iv:
    """A column over the last fiscal years."""
    return total([year_of(rec, column, y) for y in last_years(day, years)])


def research(rec: Record, day: dt.date, years: int = 3) -> Iv:
    """高企口径: as reported, else own research and four fifths of what was contracted."""

    def of(year: int) -> int | None:
        reported = year_of(rec, "rd_hnte", year)
        own, paid = (year_of(rec, c, year) for c in ("rd_internal", "rd_contracted"))
        if reported is not None:
            return reported
        return None if own is None or paid is None else own + paid * 4 // 5

    return total([of(y) for y in last_years(day, years)])


def net_assets(rec: Record, day: dt.date) -> list[int | None]:
    """Assets less liabilities of the last three years."""
    found: list[int | None] = []
    for year in last_years(day, 3):
        assets, owed = (year_of(rec, c, year) for c in ("assets", "liabilities"))
        found.append(None if assets is None or owed is None else assets - owed)
    return found


def sales(rec: Record, column: str, day: dt.date, years: int = 3) -> list[int | None]:
    """A column of the last years."""
    return [year_of(rec, column, y) for y in last_years(day, years)]


@dataclass(frozen=True)
class Most:
    """A growth that is so much at most."""

    rate: Fraction


Growth = Fraction | Most | None | str
NONE_AT_ALL = "no growth"


def scored_growth(years: list[int | None]) -> Growth:
    """195号: nothing where the second year is; the last two where the first is; else the mean. It
    is silent on a last year below nothing: nothing at all, or as much as a last year of nothing."""
    first, second, last = years
    if second is not None and second <= 0:
        return NONE_AT_ALL
    if second is None or last is None or first is None:
        return None
    late = Fraction(last, second)
    if first <= 0:
        return late - 1
    return Most(Fraction(second, first) / 2 - 1) if last < 0 else (
        Fraction(second, first) + late
    ) / 2 - 1  # fmt: skip


def reaches(growth: Growth, hundredths: int, above: bool = False) -> Value:
    """Whether growth is at least (or above) so many per cent."""
    if growth is None:
        return None
    if isinstance(growth, str):
        return False
    mark = Fraction(hundredths, 100)
    if isinstance(growth, Most):
        return None if reaches(growth.rate, hundredths, above) else False
    return growth > mark if above else growth >= mark


#: what is said of a year: 当年得分, 上年得分, 截至上年末的年数
OF_YEAR = {"platform_score", "platform_before", "segment_years"}


def stated(rec: Record, key: str, day: dt.date) -> tuple[int | None, int | None]:
    """The newest statement that holds on the day; of a year only in the year it is said in."""
    rows = [
        s
        for s in rec.stated
        if s["key"] == key
        and s["day"] <= day < s["until"]
        and (key not in OF_YEAR or s["day"].year == day.year)
    ]
    newest = max(rows, key=lambda s: s["day"], default=None)
    return (None, None) if newest is None else (newest["low"], newest["high"])


def said(rec: Record, key: str, day: dt.date) -> Value:
    """A statement of yes or no."""
    low, high = stated(rec, key, day)
    return True if low == 1 else False if high == 0 else None


def happened(rec: Record, key: str, day: dt.date, months: int) -> Value:
    """A yes that is of an event on its day, for so many months; thereafter nothing is said."""
    rows = [s for s in rec.stated if s["key"] == key and s["day"] <= day < s["until"]]
    newest = max(rows, key=lambda s: s["day"], default=None)
    if newest is not None and newest["low"] == 1 and f.shifted(newest["day"], months) < day:
        return None
    return said(rec, key, day)


def least(rec: Record, key: str, day: dt.date, mark: int) -> Value:
    """Whether something stated is at least so much."""
    low, high = stated(rec, key, day)
    return Iv(low or 0, high).least(mark)


def marks(rec: Record, key: str, day: dt.date, most: int) -> tuple[int, int]:
    """Points that somebody gave, between none and the most."""
    low, high = stated(rec, key, day)
    return min(low or 0, most), most if high is None else min(high, most)


NO_TYPES: frozenset[str] = frozenset()


def holds(
    rec: Record,
    day: dt.date,
    types: set[str],
    once: set[str] | frozenset[str] = NO_TYPES,
    obtained: set[str] | None = None,
    settled: int = 0,
) -> Iv:
    """Rights of the main product in force, not used up, got as asked, and long enough ago."""
    sure = unclear = 0
    for m in of_kind(rec, "ip", day):
        if m["ip_type"] not in types or (m["obtained_on"] and m["obtained_on"] > day):
            continue
        if m["expires_on"] is not None and m["expires_on"] < day:
            continue
        pending = m["granted_on"] is None and m["obtained_on"] is not None
        tests: list[Value] = [
            True if come(m["granted_on"], day) else None if pending else False,
            m["related"],
        ]
        if m["ip_type"] in once:
            tests.append(f.no(m["used_before"]))
        if obtained is not None:
            tests.append(m["obtained"] in obtained)
        if settled and m["obtained"] != "own":
            since = m["obtained_on"]
            tests.append(None if since is None else f.shifted(since, settled) <= day)
        told = f.all_of(*tests)
        sure += told is True
        unclear += told is None
    return counted(sure, unclear, f.complete(rec, "ip", day))


def drafted(rec: Record, day: dt.date, levels: set[str]) -> Value:
    """Took part in a standard of a level."""
    there = any(m["level"] in levels and m["day"] <= day for m in of_kind(rec, "standard", day))
    return some(there, False, f.complete(rec, "standard", day))


def grave(rec: Record, day: dt.date, since: dt.date, kinds: set[str]) -> Value:
    """A serious incident of some kinds since a day."""
    told = [
        m["incident"] == "illegal" or m["serious"]
        for m in of_kind(rec, "incident", day)
        if m["incident"] in kinds and since <= m["day"] <= day
    ]
    return some(True in told, None in told, f.complete(rec, "incident", day, since))


Bands = list[tuple[int, int, int]]


def band(bands: Bands, asked: Callable[[int], Value]) -> tuple[int, int]:
    """Bands (mark, least, most): what the first that surely holds gives, and the first that may."""
    low = next((low for mark, low, _high in bands if asked(mark) is True), 0)
    high = next((high for mark, _low, high in bands if asked(mark) is not False), 0)
    return low, high


def listed_firm(rec: Record, day: dt.date) -> Value:
    """Listed by the day."""
    there = any(m["deal"] == "listed" and m["day"] <= day for m in of_kind(rec, "deal", day))
    return some(there, False, f.complete(rec, "deal", day))


def raised(
    rec: Record, day: dt.date, months: int, counts: set[str], unclear: set[str]
) -> Iv:  # fmt: skip
    """Equity received within the months, from those who count."""
    since = f.window(day, months)
    sure = maybe = 0
    open_ended = False
    for m in of_kind(rec, "financing", day):
        if m["investor"] not in counts | unclear | {None} or m["day"] > day:
            continue
        received = m["money_state"] == "received"
        if received and not come(m["received_on"], day):
            continue
        if m["received_on"] is not None and m["received_on"] < since:
            continue
        ashore = m["onshore"] is True or (m["onshore"] is None and m["currency"] in (None, "CNY"))
        if m["amount"] is None:
            open_ended = True
        elif received and m["investor"] in counts and ashore:
            sure += m["amount"]
        else:
            maybe += m["amount"]
    return counted(sure, None if open_ended else maybe, f.complete(rec, "financing", day, since))


def titled(rec: Record, day: dt.date, name: str, months: int) -> Value:
    """A title filed or issued that is in force on the day."""
    held = False
    for m in of_kind(rec, "recognition", day):
        begun = come(m["filed_on"], day) or come(m["issued_on"], day)
        if m["title"] != name or not begun or come(m["revoked_on"], day):
            continue
        if m["expires_on"] is not None:
            held |= day <= m["expires_on"]
        else:
            held |= day <= f.shifted(m["issued_on"] or m["filed_on"], months)
    return some(held, False, f.complete(rec, "recognition", day))
