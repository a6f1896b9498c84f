"""Random lives of firms and teams, and corrections of what was entered about them."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from app.carriers.models import Return, ReturnState, Site, StatusAct
from app.core.db import last_revision, session, write
from app.firms.models import (
    Destination,
    Firm,
    FirmKind,
    LegalForm,
    Milestone,
    PlaceKind,
    Residency,
    ResidencyKind,
)
from app.pipeline.models import Graduation, GraduationState
from tests.statistics import world as w

Day = dt.date
#: Days that rules stumble on: leap day, year's and quarter's ends, and days beside them.
EDGES = tuple(Day.fromisoformat(text) for text in (
    "2020-02-29", "2024-02-29", "2023-02-28", "2024-03-01", "2023-12-31", "2024-01-01",
    "2025-12-31", "2026-01-01", "2026-03-31", "2026-06-30", "2026-09-30", "2026-10-01",
))  # fmt: skip
FIRST, LAST = Day(2018, 1, 1), Day(2026, 11, 20)
FORMS = (None, None, None, *LegalForm)
KINDS = (*[ResidencyKind.ON_SITE] * 5, *ResidencyKind)


def some_day(r: Random, first: Day = FIRST, last: Day = LAST) -> Day:
    """A day in [first, last], often one of the edges."""
    near = [day for day in EDGES if first <= day <= last]
    if near and r.random() < 0.35:
        return r.choice(near)
    return first + dt.timedelta(days=r.randint(0, (last - first).days))


def given_up(r: Random, begun: Day) -> Day | None:
    """The day from which a site is no longer held; most are."""
    return some_day(r, begun + dt.timedelta(days=1), Day(2027, 3, 1)) if r.random() < 0.3 else None


def carriers(r: Random) -> list[Any]:
    """Incubators, an accelerator and a park with their standing, sites and returns."""
    made = []
    for tier in (1, 1, 2, 3):
        one = w.carrier(
            tier, town=r.choice((None, "t01", "t02")), area=r.choice(("zhangjiang", "lingang")),
            sector=r.choice((None, "ai")), since=some_day(r, FIRST, Day(2020, 12, 31)),
        )  # fmt: skip
        if r.random() < 0.4:
            begun = some_day(r)
            w.add(Site(carrier_id=one.id, name="二号楼", address="", town="t03",
                       area="jinqiao", starts=begun, ends=given_up(r, begun)))  # fmt: skip
        first = session.query(Site).filter_by(carrier_id=one.id).order_by(Site.id).first()
        first.ends = given_up(r, first.starts)
        for act in r.sample(sorted(StatusAct), r.randint(0, 2)):
            if act is not StatusAct.REGISTERED:
                w.status(one, some_day(r, Day(2021, 1, 1)), act)
        for quarter in (1, 2, 3):
            if r.random() < 0.6:
                w.sheet(one, 2026, quarter, r.choice(list(ReturnState)))
        made.append(one)
    return made


def life(r: Random, held: list[Any]) -> None:
    """One firm or team: ties with gaps, same-day moves and re-entries, and what came of it."""
    team = r.random() < 0.15
    founded = some_day(r) if r.random() < 0.3 else None
    who = w.firm(
        kind=FirmKind.TEAM if team else FirmKind.FIRM, sector=r.choice((None, "ai", "bio")),
        founded_on=founded, legal_form=r.choice(FORMS), counted_only=r.random() < 0.05,
    )  # fmt: skip
    day, ties = some_day(r, FIRST, Day(2025, 6, 30)), []
    for _ in range(r.randint(0, 3)):
        if day > LAST:
            break
        at = r.choice((held[0], held[0], *held))
        ends = None if r.random() < 0.4 else some_day(r, day, Day(2027, 3, 1))
        if ends == day:
            ends = day + dt.timedelta(days=1)
        sites = session.query(Site).filter_by(carrier_id=at.id).all()
        ties.append(w.stay(
            who, at, day, ends, kind=r.choice(KINDS),
            site_id=r.choice((None, *(site.id for site in sites))),
            incubated_on=some_day(r, FIRST, day) if r.random() < 0.3 else None,
            destination=r.choice((None, *Destination)) if ends else None,
        ))  # fmt: skip
        if ends is None:
            break
        day = ends if r.random() < 0.6 else some_day(r, ends, Day(2027, 6, 1))
    for _ in range(r.choice((0, 0, 1, 2))):
        begun = some_day(r)
        w.stay(who, r.choice(held), begun, r.choice((None, Day(2027, 1, 1))), counted=False,
               kind=r.choice((ResidencyKind.REGISTERED_ONLY, ResidencyKind.EMPOWERED,
                              ResidencyKind.EXTENSION)))  # fmt: skip
    inside = [tie for tie in ties if tie.carrier_id in (held[0].id, held[1].id)]
    if inside and not team and r.random() < 0.5:
        graduate(r, who, r.choice(inside), held)
    for _ in range(r.randint(0, 2) if not team else 0):
        issued = some_day(r)
        w.certificate(who, issued, revoked_on=some_day(r, issued) if r.random() < 0.2 else None)
    for kind in (PlaceKind.REGISTERED, PlaceKind.OPERATING):
        if r.random() < 0.7:
            moved = some_day(r, Day(2019, 1, 1)) if r.random() < 0.3 else None
            w.place(who, kind, r.choice(("310115", "310104")), Day(2018, 1, 1), moved)
            if moved:
                w.place(who, kind, r.choice(("310115", "310104")), moved)


def graduate(r: Random, who: Firm, tie: Residency, held: list[Any]) -> None:
    """A graduation inside a tie or at its end; some are counted late, some not at all."""
    home = next(one for one in held if one.id == tie.carrier_id)
    last = min(tie.ends or LAST, LAST)
    on = some_day(r, tie.starts, max(last, tie.starts))
    given: dict[str, Any] = {"state": r.choice(list(GraduationState))}
    if r.random() < 0.2:
        given |= {"period_year": 2026, "period_quarter": r.randint(1, 4), "late": True,
                  "reported_on": some_day(r, Day(2026, 1, 1))}  # fmt: skip
    w.graduate(who, home, on, destination=r.choice((None, *Destination)), **given)


def add(r: Random, firms: int = 10) -> None:
    """A history: a few carriers and the firms that pass through them."""
    held = carriers(r)
    for _ in range(firms):
        life(r, held)
    tricky(r, held)


def grow(r: Random) -> list[int]:
    """A history, then corrections of what was entered; the revision after each."""
    cuts = []
    for action, work in (("test:history", add), ("test:correct", correct)):
        with write(action, actor=w.TESTER):
            work(r)
        cuts.append(last_revision())
    return cuts


def tricky(r: Random, held: list[Any]) -> None:
    """Lives on the edge of a rule: the reach of a certificate, a late report, a way back."""
    one, other, fast, park = held
    left, who = some_day(r, Day(2019, 1, 1), Day(2022, 6, 30)), w.firm()
    w.stay(who, one, Day(2018, 1, 1), left)
    months = (left.year + 3, left.month, min(left.day, 28))
    w.certificate(who, Day(*months) + dt.timedelta(days=r.randint(-20, 20)))
    who = w.firm()
    w.stay(who, other, Day(2022, 1, 1), Day(2025, 6, 1))
    w.graduate(who, other, Day(2025, 5, 1), period_year=2026, period_quarter=r.randint(1, 2),
               late=True, reported_on=some_day(r, Day(2026, 7, 1)))  # fmt: skip
    who, back = w.firm(), some_day(r, Day(2026, 1, 1), Day(2026, 6, 30))
    w.stay(who, fast, Day(2025, 3, 1), back)
    w.stay(who, one, back)
    w.graduate(who, one, back)
    who, turn = w.firm(), some_day(r, Day(2024, 1, 1), Day(2026, 1, 1))
    w.stay(who, one, Day(2021, 1, 1), turn)
    w.graduate(who, one, turn)
    w.stay(who, r.choice((park, fast)), turn)


def correct(r: Random, changes: int = 6) -> None:
    """Later entries about earlier days: ends, states, dates, revocations, merges, returns."""
    for _ in range(changes):
        kind = r.choice((Residency, Graduation, Milestone, Firm, Return))
        every = session.query(kind).order_by(kind.id).all()
        if every:
            _correct(r, r.choice(every))
    session.flush()


def _correct(r: Random, row: Any) -> None:
    if isinstance(row, Residency):
        if row.ends is not None:
            row.ends = row.starts + (row.ends - row.starts) // 2 + dt.timedelta(days=1)
            row.destination = r.choice((None, *Destination))
    elif isinstance(row, Graduation):
        row.state = r.choice(list(GraduationState))
    elif isinstance(row, Milestone):
        row.revoked_on = r.choice((None, some_day(r, row.issued_on)))
    elif isinstance(row, Return):
        row.state = r.choice(list(ReturnState))
    elif row.merged_into_id is None and r.random() < 0.3:
        others = session.query(Firm).filter(Firm.id != row.id, Firm.merged_into_id.is_(None))
        row.merged_into_id = r.choice(others.order_by(Firm.id).all()).id
    else:
        row.sector = r.choice((None, "ai", "bio"))
        row.founded_on = some_day(r)
