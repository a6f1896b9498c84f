"""预测与实际: what an approved version was foretold to change, beside what came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from sqlalchemy import select

from app.core.access import AnyViewer, Viewer
from app.core.db import session
from app.core.errors import NotFound
from app.core.filters import day as day_text
from app.core.kept import kept
from app.core.text import N_, _
from app.criteria.gaps import KINDS
from app.criteria.live import verdicts
from app.criteria.plan import Version
from app.criteria.queries import book, followed, in_force
from app.criteria.trial import CHANGES, SAME, change
from app.criteria.verdicts import KIND
from app.workbench.models import ImpactLine, ImpactRecord
from app.workbench.whatif.about import About
from app.workbench.whatif.asked import MOVED, Doors
from app.workbench.whatif.effect import CHANGE_WORDS, Effect, beside, ground
from app.workbench.whatif.subjects import about
from app.workbench.whatif.tables import Cell, Row

PAGE = "workbench.version_outcome"
#: what a page shows: the report of the approval, or the forecast beside the first day or today
REPORT, FIRST, TODAY = "report", "first", "today"
MOMENTS = {REPORT: N_("批准时的预测"), FIRST: N_("施行首日"), TODAY: N_("今天")}
#: condition of a list: what a result was foretold to do
FORETOLD = "foretold"


@dataclass(frozen=True)
class Kept:
    """One subject of a record: its results before, as foretold, and as they came."""

    before: str
    after: str
    first: str | None
    today: str | None

    def at(self, moment: str) -> tuple[str, str] | None:
        """The pair that a moment compares; None where there is nothing to compare."""
        if moment == REPORT:
            return self.before, self.after
        came = self.first if moment == FIRST else self.today
        return None if came is None else (self.after, came)


@dataclass(frozen=True)
class Outcome:
    """A record with the subjects that a viewer sees, at one moment."""

    record: ImpactRecord
    version: Version
    before: Version
    day: dt.date
    #: other lines of days of the version
    others: list[ImpactRecord]
    moments: list[str]
    moment: str
    kept: dict[int, Kept]
    effect: Effect
    #: how many of the record are judged no more, and how many came later
    gone: int
    came: int
    #: the version that has taken its place by today
    next: Version | None

    @property
    def beside(self) -> str | None:
        """The end of the transition in which the forecast was made."""
        return self.version.tree.force[self.record.number].transition

    @property
    def doors(self) -> Doors:
        """Addresses of the page as it is shown."""
        return self.doors_at(self.moment)

    def doors_at(self, moment: str) -> Doors:
        """Addresses of the page at a moment."""
        held: dict[str, Any] = {"at": moment}
        if self.record.number:
            held["line"] = self.record.number
        return Doors(PAGE, {"rule": self.version.rule, "number": self.version.number}, held)

    @property
    def tabs(self) -> list[tuple[str, str, bool]]:
        """The moments: words, address, whether it is this one."""
        return [
            (_(MOMENTS[one]), self.doors_at(one).home(), one == self.moment) for one in self.moments
        ]

    @property
    def lines(self) -> list[tuple[str, str, bool]]:
        """The lines of days of the version, in the same way."""
        path: dict[str, Any] = {"rule": self.version.rule, "number": self.version.number}
        return [
            (
                " ".join(filter(None, (_(KINDS[one.kind]), one.round or ""))),
                url_for(PAGE, **path, line=one.number), one.id == self.record.id,
            )
            for one in self.others
        ]  # fmt: skip

    @property
    def judged(self) -> dt.date:
        """The day of what came."""
        return self.day if self.moment == TODAY else self.record.day


def outcome(viewer: Viewer, rule: str, number: int, day: dt.date) -> Outcome:
    """The record that the address asks for; NotFound for a version without one."""
    versions = {v.number: v for v in book().get(rule, [])}
    version = versions.get(number)
    others = records(rule).get(number, []) if version is not None else []
    if version is None or not others:
        raise NotFound()
    at = request.args.get("line", 0, type=int)
    record = next((one for one in others if one.number == at), others[0])
    before = next(v for v in versions.values() if v.id == record.before_id)
    now = in_force(day, subject=version.tree.subject).get(rule)
    standing = record.kind == KIND and record.round is None and now is not None
    todays = standing and now is not None and now.id == version.id and record.day <= day
    every = kept(("outcome", record.id, record.first_cut, day), lambda: _read(record, todays, day))
    moments = [REPORT]
    moments += [FIRST] if record.first_cut is not None else []
    moments += [TODAY] if todays else []
    asked = request.args.get("at", moments[-1])
    moment = asked if asked in moments else moments[-1]
    kind = about(version)
    seen = {row.id for row in ground(viewer, kind)}
    if kind.name == "firm":
        seen &= followed(None, day)
    wide = kind.sees_all(viewer)
    gone = len(every.keys() - seen) if wide else 0
    came = len(seen - every.keys()) if wide else 0
    next_ = now if standing and now is not None and now.number > number else None
    return Outcome(
        record, version, before, day, others, moments, moment, every,
        _effect(viewer, kind, every, moment), gone, came, next_,
    )  # fmt: skip


def records(rule: str) -> dict[int, list[ImpactRecord]]:
    """The records of a rule by the number of the version, for each line of days."""
    found: dict[int, list[ImpactRecord]] = {}
    rows = session.scalars(
        select(ImpactRecord)
        .where(ImpactRecord.standard_id.in_([v.id for v in book().get(rule, [])]))
        .order_by(ImpactRecord.standard_id, ImpactRecord.number)
    )
    numbers = {v.id: v.number for v in book().get(rule, [])}
    for row in rows:
        found.setdefault(numbers[row.standard_id], []).append(row)
    return found


def _read(record: ImpactRecord, todays: bool, day: dt.date) -> dict[int, Kept]:
    lines = select(ImpactLine.subject_id, ImpactLine.before, ImpactLine.after, ImpactLine.first)
    rows = session.execute(lines.where(ImpactLine.record_id == record.id)).all()
    now: dict[int, str] = {}
    if todays:
        (rule,) = (v.rule for held in book().values() for v in held if v.id == record.standard_id)
        held = verdicts(rule, day)
        shown = session.execute(select(held.c.subject_id, held.c.display))
        now = {row[0]: row[1] for row in shown}
    return {row[0]: Kept(*row[1:], now.get(row[0])) for row in rows}


def _effect(viewer: AnyViewer, kind: About, every: Mapping[int, Kept], moment: str) -> Effect:
    pairs = {one: results.at(moment) for one, results in every.items()}
    return beside(viewer, kind, {one: pair for one, pair in pairs.items() if pair is not None})


def foretold(found: Outcome) -> str:
    """The condition on what was foretold, of the address."""
    asked = request.args.get(FORETOLD, "")
    return asked if asked in CHANGES and found.moment != REPORT else ""


def narrowed(found: Outcome, asked: str) -> Effect:
    """The subjects whose results were foretold to do something; all without a condition."""
    if not asked:
        return found.effect
    every = found.kept
    lines = [
        line for line in found.effect.lines
        if change(every[line.id].before, every[line.id].after) == asked
    ]  # fmt: skip
    return Effect(found.effect.about, lines)


def table(viewer: Viewer, found: Outcome) -> list[Row]:
    """What was foretold (lines): how many, then by moment how many came so and how many not."""
    moments = [one for one in found.moments if one != REPORT]
    kind, every = found.effect.about, found.kept
    by_moment = {one: _counts(_effect(viewer, kind, every, one), every) for one in moments}
    whole = _counts(_effect(viewer, kind, every, REPORT), every)
    rows = []
    for key in (*CHANGES, ""):
        words = _(CHANGE_WORDS[key]) if key else _("合计")
        report = found.doors_at(REPORT).listed(change=key)
        cells: list[Cell] = [(_sum(whole, key), report)]
        for moment in moments:
            doors, counts = found.doors_at(moment), by_moment[moment]
            for came in (True, False):
                more = {FORETOLD: key, "change": SAME if came else MOVED}
                cells.append((_sum(counts, key, came), doors.listed(**more)))
        rows.append(Row(words, cells))
    return rows


Counts = dict[tuple[str, bool], int]


def _counts(effect: Effect, every: Mapping[int, Kept]) -> Counts:
    """(what was foretold, whether it came so) → how many."""
    found: Counts = {}
    for line in effect.lines:
        one = every[line.id]
        key = change(one.before, one.after), line.change == SAME
        found[key] = found.get(key, 0) + 1
    return found


def _sum(counts: Counts, key: str, came: bool | None = None) -> int:
    return sum(
        n for (told, so), n in counts.items() if key in ("", told) and came in (None, so)
    )  # fmt: skip


def heads(found: Outcome) -> list[str]:
    """Heads of the columns of `table`."""
    words = [_("预测")]
    for moment in found.moments[1:]:
        words += [_("%(moment)s如期", moment=_(MOMENTS[moment])),
                  _("%(moment)s不同", moment=_(MOMENTS[moment]))]  # fmt: skip
    return words


def told(found: Outcome) -> list[tuple[str, str]]:
    """What is compared, in words, for a file."""
    record = found.record
    return [
        (_("标准"), f"{found.version.tree.title} v{found.version.number}"),
        (_("原版本"), f"v{found.before.number}"),
        (_("批准日期"), day_text(record.approved_on)),
        (_("预测所据修订号"), str(record.cut)),
        (_("对照时点"), f"{_(MOMENTS[found.moment])} {found.judged.isoformat()}"),
    ]


def edition_links(rule: str, viewer: AnyViewer) -> dict[int, str]:
    """Number of a version → its page, for those that have one."""
    return {number: url_for(PAGE, rule=rule, number=number) for number in records(rule)}
