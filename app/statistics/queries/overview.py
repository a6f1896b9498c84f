"""What the first page of the room shows, from as few statements as its figures need."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.carriers.models import ACCELERATOR, INCUBATOR, Carrier
from app.core.db import session
from app.statistics.asof import Count, last_year_end, month_end, pace
from app.statistics.indicators import End, Origin, Standing, Yes
from app.statistics.queries.compared import Span, span
from app.statistics.queries.cubes import entered, graduated, returns, standing
from app.statistics.queries.figures import Desk, Figure, Share
from app.statistics.queries.plan import DistrictFlow, district_flow, goals


@dataclass(frozen=True)
class Pair:
    """A figure and the same a year before."""

    now: Figure
    before: Figure


@dataclass(frozen=True)
class Year:
    """Graduations counted in a year."""

    year: int
    verified: Figure
    reported: Figure
    whole: bool

    @property
    def open(self) -> int:
        """申报未核: reported and not verified."""
        return self.reported.value - self.verified.value


def graduation_code(desk: Desk) -> str:
    """The indicator of the question's counting."""
    return "G-01" if desk.asof.count is Count.VERIFIED else "G-02"


def years(desk: Desk, last: int = 10) -> list[Year]:
    """The last years that have graduations, oldest first; the present year always."""
    this = desk.asof.year
    verified, reported = (graduated(desk, code).by("year") for code in ("G-01", "G-02"))
    shown = sorted({this, *(y for y in reported if this - last < y <= this)})
    ended = month_end(desk.asof.day) and desk.asof.day.month == 12
    return [
        Year(
            year,
            desk.figure("G-01", verified[year], year=str(year)),
            desk.figure("G-02", reported[year], year=str(year)),
            year < this or ended,
        )
        for year in shown
    ]


@dataclass(frozen=True)
class Key:
    """The key figures. `compared`: the graduations set side by side, and their span."""

    graduated: Figure
    compared: Pair | None
    span: Span
    other: Figure
    standing: dict[str, Pair]
    landed: Pair
    landed_via: Figure
    direct: Figure
    hatched: Pair
    hatched_all: Figure
    district_hnte: DistrictFlow
    registered: Pair
    entered: Pair
    works: Share
    based: Share
    unknown: Share
    goals: dict[str, Any]
    pace: int


def key(desk: Desk) -> Key:
    """The key figures of the question's day with those of a year before."""
    before, year = desk.at(desk.asof.year_before), desk.asof.year
    landed, came = (at.cube("C-03", "origin", "via", "year") for at in (desk, before))
    hatched, hatched_then = (at.cube("H-01", "year") for at in (desk, before))
    graduate = Origin.GRADUATE.value
    this = {"year": str(year)}

    def pair(code: str, now: int, then: int, **filters: str) -> Pair:
        last = filters | {"year": str(year - 1)}
        return Pair(desk.figure(code, now, **filters, **this), before.figure(code, then, **last))

    code = graduation_code(desk)
    other, side = "G-02" if code == "G-01" else "G-01", span(desk)
    works, based, unknown = retention(desk)
    return Key(
        graduated=desk.figure(code, graduated(desk, code).sum(year=year), **this),
        compared=_compared(desk, code, side),
        span=side,
        other=desk.figure(other, graduated(desk, other).sum(year=year), **this),
        standing=_standing(desk, before),
        landed=pair(
            "C-03",
            landed.sum(origin=graduate, year=year),
            came.sum(origin=graduate, year=year - 1),
            origin=graduate,
        ),
        landed_via=desk.figure(
            "C-03", landed.sum(origin=graduate, via=Yes.YES.value, year=year),
            origin=graduate, via=Yes.YES.value, **this,
        ),
        direct=desk.figure(
            "C-03", landed.sum(origin=Origin.DIRECT.value, year=year),
            origin=Origin.DIRECT.value, **this,
        ),
        hatched=pair("H-02", hatched.sum(year=year), hatched_then.sum(year=year - 1)),
        hatched_all=desk.figure("H-01", hatched.sum()),
        district_hnte=district_flow(desk, "hnte_new"),
        registered=Pair(desk.count("K-01"), before.count("K-01")),
        entered=pair("F-01", desk.held("entered", lambda: entered(desk).by("year"))[year],
                     before.count("F-01", year=str(year - 1)).value),
        works=works,
        based=based,
        unknown=unknown,
        goals=goals(desk, "incubators", "hnte_new", "graduations"),
        pace=pace(desk.asof.day),
    )  # fmt: skip


def _compared(desk: Desk, code: str, side: Span) -> Pair | None:
    """Graduations of the span in this year and the last; None where no quarter can be compared."""
    if side.quarters == 0:
        return None
    earlier, own = side.earlier(desk), side.filters
    return Pair(
        *(
            at.figure(code, side.cut(graduated(at, code)).sum(year=year), year=str(year), **own)
            for at, year in ((desk, desk.asof.year), (earlier, desk.asof.year - 1))
        )
    )


def _standing(desk: Desk, before: Desk) -> dict[str, Pair]:
    codes = dict(zip(Standing, ("S-02", "S-01", "S-03", "S-04", "S-05", "S-06"), strict=True))
    now, then = standing(desk).by("standing"), standing(before).by("standing")
    return {
        word.value: Pair(
            desk.figure(code, now[word.value]),
            before.figure(code, then[word.value]),
        )
        for word, code in codes.items()
    }


def retention(desk: Desk) -> tuple[Share, Share, Share]:
    """留区率 by place of work and by registration, and the share of unknown destinations."""
    numbers = desk.groups("R-01", "operating", "registered", "end")
    whole = sum(numbers.values())

    def share(code: str, place: int, wanted: str, **part: str) -> Share:
        mine = sum(n for key_, n in numbers.items() if key_[place] == wanted)
        return Share(desk.figure(code, mine, **part), desk.figure(code, whole))

    return (
        share("R-01", 0, Yes.YES.value, operating=Yes.YES.value),
        share("R-02", 1, Yes.YES.value, registered=Yes.YES.value),
        share("R-03", 2, End.UNKNOWN.value, end=End.UNKNOWN.value),
    )


@dataclass(frozen=True)
class Link:
    """A stream of the flow picture."""

    origin: Origin
    via: bool
    end: End
    figure: Figure


@dataclass(frozen=True)
class Flow:
    """The flow of a whole year."""

    day: dt.date
    graduates: Figure
    links: list[Link]
    unknown: Figure


def flow(desk: Desk) -> Flow:
    """Destinations of the last whole year's graduates, and who was accelerating as it began."""
    day = desk.asof.day
    end = day if (day.month, day.day) == (12, 31) else last_year_end(day)
    at = desk.at(desk.asof.at_day(end))
    numbers = at.groups("P-01", "origin", "via", "end")
    links = []
    for origin in (Origin.GRADUATE, Origin.ACCELERATING):
        for via in (Yes.YES, Yes.NO):
            for where in End:
                n = numbers.get((origin.value, via.value, where.value), 0)
                if n:
                    asked = {"origin": origin.value, "via": via.value, "end": where.value}
                    figure = at.figure("P-01", n, **asked)
                    links.append(Link(origin, via is Yes.YES, where, figure))
    graduates = sum(n for (o, _v, _e), n in numbers.items() if o == Origin.GRADUATE.value)
    lost = sum(n for (_o, _v, e), n in numbers.items() if e == End.UNKNOWN.value)
    return Flow(
        end,
        at.figure("P-01", graduates, origin=Origin.GRADUATE.value),
        links,
        at.figure("P-01", lost, end=End.UNKNOWN.value),
    )


@dataclass(frozen=True)
class Missing:
    """A carrier whose return has not come."""

    pid: str
    name: str
    due_on: dt.date | None
    inside: Figure


@dataclass(frozen=True)
class Coverage:
    """Returns of the last quarter: due, filed, checked, verified; and who is missing."""

    filed: Share
    checked: Share
    verified: Share
    missing: list[Missing]
    missing_figure: Figure


def coverage(desk: Desk) -> Coverage:
    """填报率, 初核率 and 审核率 of the last quarter that had ended."""
    numbers = returns(desk)
    whole = desk.figure("V-01", numbers.sum())

    def share(code: str, column: str) -> Share:
        mine = numbers.sum(**{column: Yes.YES.value})
        return Share(
            desk.figure(code, mine, **{column: Yes.YES.value}), desk.figure(code, whole.value)
        )

    filed = share("V-01", "filed")
    late = desk.figure("V-01", whole.value - filed.part.value, filed=Yes.NO.value)
    return Coverage(
        filed, share("V-02", "checked"), share("V-03", "verified"), _missing(desk), late
    )


def _missing(desk: Desk) -> list[Missing]:
    """Carriers without a filed return, those with most firms first."""
    inside = standing(desk).cut(standing=Standing.INCUBATING.value).by("carrier_id")
    found = [
        Missing(
            row.carrier_pid,
            row.carrier_name,
            row.due_on,
            desk.figure("S-01", inside[row.carrier_id], carrier=row.carrier_pid),
        )
        for row in session.execute(desk.listed("V-01", {"filed": Yes.NO.value}))
    ]
    return sorted(found, key=lambda one: (-one.inside.value, one.name))


def tiers(desk: Desk) -> set[int]:
    """Tiers of the viewer's own carriers; for the district and areas those of incubators."""
    if desk.scope.whole or not desk.scope.carriers:
        return {INCUBATOR, ACCELERATOR}
    wanted = select(Carrier.tier).where(Carrier.id.in_(desk.scope.carriers)).distinct()
    return set(session.scalars(wanted.order_by(Carrier.tier)))
