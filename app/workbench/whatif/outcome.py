"""预测与实际: what an approved version was foretold to change, beside what came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from sqlalchemy import select

from app.core.access import AnyViewer, Viewer
from app.core.db import session
from app.core.errors import NotFound
from app.core.filters import day as day_text
from app.core.kept import kept
from app.core.text import _
from app.criteria.gaps import KINDS
from app.criteria.plan import Version
from app.criteria.queries import book, followed
from app.criteria.trial import CHANGES, DISPLAYS, SAME, change
from app.workbench.models import ImpactLine, ImpactRecord
from app.workbench.whatif import since
from app.workbench.whatif.about import About
from app.workbench.whatif.asked import MOVED, Doors
from app.workbench.whatif.effect import CHANGE_WORDS, DISPLAY_WORDS, Effect, beside, ground
from app.workbench.whatif.since import FIRST, REPORT, TODAY
from app.workbench.whatif.subjects import about
from app.workbench.whatif.tables import Cell, Row

PAGE = "workbench.version_outcome"
#: condition of a list: what a result was foretold to do
FORETOLD = "foretold"


@dataclass(frozen=True)
class Kept:
    """One subject of a record: its results before, as foretold, and as they came by moment."""

    before: str
    after: str
    came: Mapping[str, str]

    def at(self, moment: str) -> tuple[str, str] | None:
        """The pair that a moment compares; None where there is nothing to compare."""
        if moment == REPORT:
            return self.before, self.after
        came = self.came.get(moment)
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
    #: quarters whose end can be compared, the latest first
    quarters: list[str]
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
    def first(self) -> bool:
        """Whether it is the first version of its rule: a result is foretold, and no change."""
        return self.before.id == self.version.id

    def told(self, one: Kept) -> str:
        """What was foretold of a subject: what its result does, of a first version the result."""
        return one.after if self.first else change(one.before, one.after)

    @property
    def keys(self) -> dict[str, str]:
        """What can be foretold, with its words."""
        return DISPLAY_WORDS if self.first else CHANGE_WORDS

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
    def choices(self) -> list[tuple[str, str, bool]]:
        """The quarters: code, words, whether it is compared."""
        return [(one, since.called(one), one in self.moments) for one in self.quarters]

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
        return since.day_of(self.record, self.moment, self.day)


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
    now = since.standing(record, version, day)
    moments, quarters = [REPORT], since.quarters(record, version, day)
    moments += [FIRST] if record.first_cut is not None else []
    asked = request.args.get("at", "")
    moments += [asked] if asked in quarters else []
    moments += [TODAY] if now and now.id == version.id and record.day <= day else []
    moment = asked if asked in moments else moments[-1]
    every = _read(record, moments, day)
    kind = about(version)
    seen = {row.id for row in ground(viewer, kind)}
    if kind.name == "firm":
        seen &= followed(None, day)
    wide = kind.sees_all(viewer)
    gone = len(every.keys() - seen) if wide else 0
    came = len(seen - every.keys()) if wide else 0
    next_ = now if now is not None and now.number > number else None
    return Outcome(
        record, version, before, day, others, moments, moment, quarters, every,
        _effect(viewer, kind, every, moment), gone, came, next_,
    )  # fmt: skip


def unforetold(rule: str, number: int) -> bool:
    """Whether a version is in the book without a forecast of its approval: one that was loaded
    with the system."""
    held = any(v.number == number for v in book().get(rule, []))
    return held and number not in records(rule)


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


def _read(record: ImpactRecord, moments: Sequence[str], day: dt.date) -> dict[int, Kept]:
    lines = select(ImpactLine.subject_id, ImpactLine.before, ImpactLine.after)
    rows = session.execute(lines.where(ImpactLine.record_id == record.id)).all()
    found = {one: _came(record, one, day) for one in moments if one != REPORT}
    return {
        row[0]: Kept(*row[1:], {one: held[row[0]] for one, held in found.items() if row[0] in held})
        for row in rows
    }


def _came(record: ImpactRecord, moment: str, day: dt.date) -> dict[int, str]:
    key = ("came", record.id, record.first_cut, moment, day)
    return kept(key, lambda: since.came(record, moment, day))


def _effect(viewer: AnyViewer, kind: About, every: Mapping[int, Kept], moment: str) -> Effect:
    pairs = {one: results.at(moment) for one, results in every.items()}
    return beside(viewer, kind, {one: pair for one, pair in pairs.items() if pair is not None})


def foretold(found: Outcome) -> str:
    """The condition on what was foretold, of the address."""
    asked = request.args.get(FORETOLD, "")
    return asked if asked in found.keys and found.moment != REPORT else ""


def narrowed(found: Outcome, asked: str) -> Effect:
    """The subjects whose results were foretold to do something; all without a condition."""
    if not asked:
        return found.effect
    lines = [one for one in found.effect.lines if found.told(found.kept[one.id]) == asked]
    return Effect(found.effect.about, lines)


def table(viewer: Viewer, found: Outcome) -> list[Row]:
    """What was foretold (lines): how many, then by moment how many came so and how many not."""
    moments = [one for one in found.moments if one != REPORT]
    kind, every = found.effect.about, found.kept
    by_moment = {one: _counts(found, _effect(viewer, kind, every, one)) for one in moments}
    whole = _counts(found, _effect(viewer, kind, every, REPORT))
    asked = "after" if found.first else "change"
    rows = []
    for key in (*(DISPLAYS if found.first else CHANGES), ""):
        words = _(found.keys[key]) if key else _("合计")
        report = found.doors_at(REPORT).listed(**{asked: key})
        cells: list[Cell] = [(_sum(whole, key), report)]
        for moment in moments:
            doors, counts = found.doors_at(moment), by_moment[moment]
            for came in (True, False):
                more = {FORETOLD: key, "change": SAME if came else MOVED}
                cells.append((_sum(counts, key, came), doors.listed(**more)))
        rows.append(Row(words, cells))
    return rows


Counts = dict[tuple[str, bool], int]


def _counts(found: Outcome, effect: Effect) -> Counts:
    """(what was foretold, whether it came so) → how many."""
    counts: Counts = {}
    for line in effect.lines:
        key = found.told(found.kept[line.id]), line.change == SAME
        counts[key] = counts.get(key, 0) + 1
    return counts


def _sum(counts: Counts, key: str, came: bool | None = None) -> int:
    return sum(
        n for (told, so), n in counts.items() if key in ("", told) and came in (None, so)
    )  # fmt: skip


def heads(found: Outcome) -> list[str]:
    """Heads of the columns of `table`."""
    words = [_("预测")]
    for moment in found.moments[1:]:
        words += [_("%(moment)s如期", moment=since.called(moment)),
                  _("%(moment)s不同", moment=since.called(moment))]  # fmt: skip
    return words


def told(found: Outcome) -> list[tuple[str, str]]:
    """What is compared, in words, for a file."""
    record = found.record
    return [
        (_("标准"), f"{found.version.tree.title} v{found.version.number}"),
        (_("原版本"), _("无，首版") if found.first else f"v{found.before.number}"),
        (_("批准日期"), day_text(record.approved_on)),
        (_("预测所据修订号"), str(record.cut)),
        (_("对照时点"), f"{since.called(found.moment)} {found.judged.isoformat()}"),
    ]


def edition_links(rule: str, viewer: AnyViewer) -> dict[int, str]:
    """Number of a version → its page, for those that have one."""
    return {number: url_for(PAGE, rule=rule, number=number) for number in records(rule)}
