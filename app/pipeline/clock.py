"""The clock of incubation on the record: 入孵日期 and 在孵期限 of a tie.

How months are counted is defined once, in `app.criteria.clock`, for these days and for the rule
book's 已孵化时间 alike: a firm is within the limit by the rule exactly up to `limit_on`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.carriers.models import INCUBATOR, Carrier
from app.core.access import Actor
from app.core.days import months_between
from app.core.days import today as business_day
from app.core.db import Txn, session, write
from app.core.errors import NotFound
from app.criteria.clock import last_day, spent
from app.criteria.interval import MONTH
from app.criteria.lineage import CLOCK, forebears, with_heirs
from app.criteria.queries import limit_months
from app.firms.models import Firm, LeaveReason, Residency, ResidencyKind

CLOCK_RULE = "incubator.clock"


@dataclass(frozen=True)
class Reading:
    """The clock of a firm as pages show it: full months used and allowed, and the last day
    within the limit, both with an extension.
    """

    used: int
    allowed: int
    last: dt.date

    def month(self, day: dt.date) -> int:
        """Which month runs on a day: the last day within the limit is still of the last month."""
        return self.used if day == self.last else self.used + 1


@dataclass(frozen=True)
class Stay:
    """A counted stay in incubation on days [starts, ends)."""

    starts: dt.date
    ends: dt.date | None


def allowed_months(field: str | None, day: dt.date) -> int | None:
    """Months that a firm of an incubation field may be incubated by the standard in force; None
    without one.
    """
    try:
        return limit_months(field, day)
    except NotFound:
        return None


def limit_on(months: int, starts: dt.date, earlier: Iterable[Stay]) -> dt.date:
    """The last day within the limit for a stay that begins on `starts` after earlier ones.

    The anniversary itself is still within the limit.
    """
    spans = [
        (stay.starts, starts if stay.ends is None else min(stay.ends, starts))
        for stay in earlier
        if stay.starts < starts
    ]
    return last_day(months, starts, spent(spans))


def began_on(starts: dt.date, earlier: Iterable[Stay]) -> dt.date:
    """入孵日期: the first day of the stretch of stays without a gap that `starts` continues."""
    ended = {stay.ends: stay.starts for stay in earlier if stay.ends is not None}
    while starts in ended:
        starts = ended[starts]
    return starts


def stays(ids: Collection[int]) -> dict[int, dict[int, Stay]]:
    """By firm and number of the tie: counted stays of incubation whose clock still runs, also of
    the firms whose clock passes on. What ended by a graduation, and all before it, does not count.
    """
    before = forebears(ids, CLOCK)
    holders = set(ids).union(*before.values())
    rows = session.execute(
        select(
            Residency.firm_id, Residency.id, Residency.starts, Residency.ends,
            Residency.leave_reason,
        )
        .where(
            Residency.firm_id.in_(holders),
            Residency.counted,
            Residency.kind != ResidencyKind.GRADUATE_STAY,
            # a join lets SQLite begin with all incubators
            Residency.carrier_id.in_(select(Carrier.id).where(Carrier.tier == INCUBATOR)),
        )
        .order_by(Residency.starts, Residency.id)
    ).all()  # fmt: skip
    by_holder: dict[int, list[Any]] = {}
    for row in rows:
        by_holder.setdefault(row.firm_id, []).append(row)
    found = {}
    for one in ids:
        held = (row for holder in {one, *before[one]} for row in by_holder.get(holder, ()))
        own = sorted(held, key=lambda row: (row.starts, row.id))
        closed = max(
            (row.ends for row in own if row.leave_reason == LeaveReason.GRADUATED and row.ends),
            default=dt.date.min,
        )
        found[one] = {
            row.id: Stay(row.starts, row.ends)
            for row in own
            if row.ends is None or row.ends > closed
        }
    return found


def readings(ties: Iterable[tuple[Residency, str | None]], day: dt.date) -> dict[int, Reading]:
    """By firm, what the clock of a tie with a limit shows on a day; with each tie the firm's
    incubation field. Earlier stays count as they do for the limit itself.
    """
    limited = {tie.firm_id: (tie, tie.limit_on, field) for tie, field in ties if tie.limit_on}
    held = stays(limited) if limited else {}
    found = {}
    for firm_id, (tie, limit, field) in limited.items():
        spans = [
            (stay.starts, day if stay.ends is None else min(stay.ends, day))
            for stay in held[firm_id].values()
            if stay.starts < day
        ]
        allowed = _allowed(tie, limit, field, day)
        found[firm_id] = Reading(spent(spans) // MONTH, allowed, tie.last_day or limit)
    return found


def _allowed(tie: Residency, limit: dt.date, field: str | None, day: dt.date) -> int:
    """By the standard in force, else as recorded; and what an extension adds to it."""
    months = allowed_months(field, day)
    if months is None:
        day_after = limit + dt.timedelta(days=1)
        months = months_between(tie.incubated_on or tie.starts, day_after)
    return months + months_between(limit, tie.last_day or limit)


def rewind(firm: Firm, today: dt.date) -> None:
    """After a correction: 入孵日期 and limit of every incubation tie whose clock runs."""
    session.flush()
    _rewind({firm.id}, today)


def wind(firm: Firm, tie: Residency, today: dt.date) -> None:
    """Write 入孵日期 and, where a standard is in force, the limit on an incubation tie, from all
    stays before it."""
    _write(tie, firm, stays([firm.id])[firm.id], today)


def rewind_touched(txn: Txn) -> None:
    """Before a write is sealed: the limits of the firms that it is about, and of their heirs,
    whatever it changed (a stay, a link, the field of the firm)."""
    ids = sorted(with_heirs(txn.ids("firm")))
    for part in _parts(ids):
        _rewind(part, business_day())
    session.flush()


def rewind_for_new_standard(day: dt.date, actor: Actor) -> None:
    """Before the first judging by a version of the clock's standard: every limit that runs."""
    with write("clock:rewind", actor=actor):
        running = select(Residency.firm_id).where(
            Residency.counted, Residency.limit_on.is_not(None), Residency.ends.is_(None)
        )
        for part in _parts(sorted(session.scalars(running.order_by(Residency.firm_id)))):
            _rewind(part, day)


def _parts(ids: list[int], size: int = 500) -> Iterator[set[int]]:
    for start in range(0, len(ids), size):
        yield set(ids[start : start + size])


def _rewind(ids: set[int], today: dt.date) -> None:
    rows = session.execute(
        select(Residency, Firm)
        .join(Firm, Firm.id == Residency.firm_id)
        .where(Residency.firm_id.in_(ids), Residency.counted, Residency.limit_on.is_not(None))
        .order_by(Residency.starts, Residency.id)
    ).all()
    held = stays({tie.firm_id for tie, _firm in rows}) if rows else {}
    for tie, firm in rows:
        _write(tie, firm, held[firm.id], today)


def _write(tie: Residency, firm: Firm, held: dict[int, Stay], today: dt.date) -> None:
    """Without a standard in force a recorded limit stands."""
    earlier = [stay for number, stay in held.items() if number != tie.id]
    months = allowed_months(firm.incubation_field, today)
    tie.incubated_on = began_on(tie.starts, earlier)
    if months is not None:
        tie.limit_on = limit_on(months, tie.starts, earlier)
