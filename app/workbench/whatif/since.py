"""The days with which the forecast of a version is compared, and how all stood on them.

The first day is kept once it is over. The end of every quarter since is read from history when it
is asked for: as of that day, as known at its end. Today is read from the cache of verdicts, or
judged, where the cache keeps none of the kind of case.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import select

from app.core.days import SHANGHAI, Period
from app.core.db import cut_at, session
from app.core.errors import NotFound
from app.core.filters import period as period_words
from app.core.text import N_, _
from app.criteria.live import verdicts
from app.criteria.plan import Version
from app.criteria.queries import book, effective, version_for
from app.criteria.trial import results, results_known
from app.criteria.verdicts import KIND
from app.workbench.models import ImpactLine, ImpactRecord

#: what a page shows: the report of the approval, or the forecast beside the first day or today
REPORT, FIRST, TODAY = "report", "first", "today"
MOMENTS = {REPORT: N_("批准时的预测"), FIRST: N_("施行首日"), TODAY: N_("今天")}


def called(moment: str) -> str:
    """A moment in words."""
    if moment in MOMENTS:
        return _(MOMENTS[moment])
    return _("%(period)s末", period=period_words(Period.parse(moment)))


def standing(record: ImpactRecord, version: Version, day: dt.date) -> Version | None:
    """The version that decides the record's case on a day; None where there is none."""
    try:
        return version_for(version.rule, day, record.kind, record.round)
    except NotFound:
        return None


def quarters(record: ImpactRecord, version: Version, day: dt.date) -> list[str]:
    """Codes of the quarters that have ended since the first day, while the version decided; the
    latest first."""
    found, one = [], Period.of(record.day)
    while one.last_day < day:
        if one.last_day > record.day and version.in_force(one.last_day, record.kind, record.round):
            found.append(one.code)
        one = Period.of(one.ends)
    return found[::-1]


def day_of(record: ImpactRecord, moment: str, day: dt.date) -> dt.date:
    """The day of what came."""
    if moment == TODAY:
        return day
    return record.day if moment in MOMENTS else Period.parse(moment).last_day


def cut_of(record: ImpactRecord, moment: str) -> int | None:
    """The last revision that was known then; None for all that is."""
    if moment in MOMENTS:
        return record.first_cut if moment == FIRST else None
    midnight = dt.datetime.combine(Period.parse(moment).ends, dt.time(), SHANGHAI)
    return max(record.cut, cut_at(midnight - dt.timedelta(microseconds=1)))


def came(record: ImpactRecord, moment: str, day: dt.date) -> dict[int, str]:
    """Subject → how it stood at a moment."""
    return dict(_came(record, moment, day))


def _came(record: ImpactRecord, moment: str, day: dt.date) -> Iterator[tuple[int, str]]:
    if moment == FIRST:
        rows = select(ImpactLine.subject_id, ImpactLine.first)
        for one, shown in session.execute(rows.where(ImpactLine.record_id == record.id)):
            if shown is not None:
                yield one, shown
        return
    (approved,) = (v for held in book().values() for v in held if v.id == record.standard_id)
    on, cut = day_of(record, moment, day), cut_of(record, moment)
    version = effective(approved, on, record.kind, record.round)
    if cut is not None:
        yield from results_known(version, on, record.kind, cut).items()
    elif (record.kind, record.round) == (KIND, None):
        held = verdicts(approved.rule, on)
        for one, shown in session.execute(select(held.c.subject_id, held.c.display)):
            yield one, shown
    else:
        yield from results(version, on, record.kind).items()


__all__ = [
    "FIRST", "MOMENTS", "REPORT", "TODAY", "called", "came", "cut_of", "day_of", "quarters",
    "standing",
]  # fmt: skip
