"""The forecast of an approved version: frozen with the approval, and closed after the first day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import bindparam, select, update

from app.core.days import SHANGHAI
from app.core.db import cut_at, insert_rows, last_revision, session
from app.core.db.aside import aside
from app.core.errors import NotFound
from app.criteria import drafts
from app.criteria.models import Standard
from app.criteria.queries import book, effective
from app.criteria.tree import Force
from app.criteria.trial import NO_ROW, compared, results, results_known
from app.workbench.models import ImpactLine, ImpactRecord
from app.workbench.whatif.firsts import is_first
from app.workbench.whatif.impact import Case, cases

LINES: Any = ImpactLine.__table__


@dataclass(frozen=True)
class Foretold:
    """What is foretold of one line of days of a draft: subject → its results before and after. The
    first version of a rule follows none: both are its own."""

    number: int
    line: Force
    day: dt.date
    before: int | None
    content_hash: str
    pairs: Mapping[int, tuple[str, str]]


def foresee(rule: str, number: int, day: dt.date) -> Callable[[Standard], None]:
    """What a draft would change for every subject, reckoned before the approval's write; the answer
    is called inside it and keeps that."""
    cut = last_revision()
    found = _firsts(rule, number, day) if is_first(rule) else _cases(rule, number, day)

    def keep(standard: Standard) -> None:
        for one in found:
            if one.content_hash == standard.content_hash:
                _keep(standard, one, day, cut)

    return keep


def _cases(rule: str, number: int, day: dt.date) -> list[Foretold]:
    try:
        found = cases(rule, number, day)
    except NotFound:  # no such draft: the approval says so
        return []
    return [
        Foretold(one.number, one.line, one.day, one.before.id, one.drafted.content_hash,
                 dict(_pairs(one)))
        for one in found
    ]  # fmt: skip


def _pairs(one: Case) -> Iterator[tuple[int, tuple[str, str]]]:
    was, now = (results(v, one.day, one.line.kind) for v in (one.before, one.after))
    yield from compared(was, now).items()


def _firsts(rule: str, number: int, day: dt.date) -> list[Foretold]:
    held = next((one for one in drafts.drafts(rule, day) if one.row.version == number), None)
    if held is None or held.fault:
        return []
    version, found = replace(drafts.version_of(held.row), id=NO_ROW), []
    for n, line in enumerate(version.tree.force):
        on = max(day, dt.date.fromisoformat(line.starts))
        pairs = {one: (shown, shown) for one, shown in results(version, on, line.kind).items()}
        found.append(Foretold(n, line, on, None, version.content_hash, pairs))
    return found


def _keep(standard: Standard, one: Foretold, day: dt.date, cut: int) -> None:
    record = ImpactRecord(
        standard_id=standard.id, number=one.number, before_id=one.before or standard.id,
        kind=one.line.kind, round=one.line.round, day=one.day, approved_on=day, cut=cut,
    )  # fmt: skip
    session.add(record)
    session.flush()
    rows = [
        {"record_id": record.id, "subject_id": subject, "before": was, "after": now}
        for subject, (was, now) in one.pairs.items()
    ]
    if rows:
        insert_rows(LINES, rows)


def close_due(day: dt.date) -> None:
    """Keep how all stood on the first day of each version, once that day is over: as of that
    day, as known at its end. Later entries do not change it."""
    due = select(ImpactRecord).where(ImpactRecord.first_cut.is_(None), ImpactRecord.day < day)
    held = [(row.id, row.standard_id, row.day, row.kind, row.round,
             row.standard.rule, row.cut)
            for row in session.scalars(due.order_by(ImpactRecord.id))]  # fmt: skip
    session.rollback()
    for one in held:
        _close(*one)


def _close(
    record: int, standard: int, first: dt.date, kind: str, cycle: str | None, rule: str, known: int
) -> None:  # fmt: skip
    midnight = dt.datetime.combine(first + dt.timedelta(days=1), dt.time(), SHANGHAI)
    cut = max(known, cut_at(midnight - dt.timedelta(microseconds=1)))
    approved = next(v for v in book()[rule] if v.id == standard)
    version = effective(approved, first, kind, cycle)
    found = [{"subject": one, "shown": shown} for one, shown in
             results_known(version, first, kind, cut).items()]  # fmt: skip
    session.rollback()
    with aside(alone=True) as connection:
        if found:
            mine = LINES.c.record_id == record
            connection.execute(
                update(LINES)
                .where(mine, LINES.c.subject_id == bindparam("subject"))
                .values(first=bindparam("shown")),
                found,
            )
        closed = update(ImpactRecord).where(ImpactRecord.id == record).values(first_cut=cut)
        connection.execute(closed)
