"""A changed standard judged beside another over all its subjects; nothing is written.

Both sides run the engine on the same records, so that equal contents give equal results.
"""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.core.canonical import canonical, digest_of
from app.core.db import session
from app.core.kept import kept
from app.criteria import compile as compiling
from app.criteria.models import Outcome
from app.criteria.plan import Plan, Version
from app.criteria.queries import assess_plan, book, in_force, needed
from app.criteria.stage1 import CHUNK
from app.criteria.verdict import SHORT, Verdict

MET, UNKNOWN = Outcome.MET.value, Outcome.UNKNOWN.value
#: how a verdict is shown, in the order of tables
DISPLAYS = (MET, SHORT, UNKNOWN, Outcome.NOT_MET.value, Outcome.NOT_APPLICABLE.value)
GAINED, LOST, UNDECIDED, OTHER, SAME = "gained", "lost", "undecided", "other", "same"
#: what a result can do; each subject does exactly one of these
CHANGES = (GAINED, LOST, UNDECIDED, OTHER, SAME)
#: the row of a content that is not in the book
NO_ROW = 0


@dataclass(frozen=True)
class Results:
    """Subject → how its verdict is shown, kept small: ids beside places in `DISPLAYS`."""

    ids: array[int]
    shown: bytes

    def items(self) -> Iterator[tuple[int, str]]:
        """(subject, display), by subject."""
        return zip(self.ids, (DISPLAYS[n] for n in self.shown), strict=True)


def changed_version(base: Version, content: dict[str, Any]) -> Version:
    """A version with another content, as if it stood in the book instead of `base`."""
    text = canonical(content)
    return replace(base, id=NO_ROW, content=text, content_hash=digest_of(text))


def results(
    version: Version, day: dt.date, kind: str = "new", beside: Version | None = None
) -> Results:
    """How every subject stands on a day under a version, of the book or not; the rules it refers
    to are those in force, with `beside` in place of its rule's. Kept until the next write."""
    held = in_force(day, kind, version.tree.subject)
    if beside is not None:
        held = held | {beside.rule: beside}
    plan = Plan((version,), kind, needed((version,), held))
    return kept(("trial", plan.kind, plan.hashes, day), lambda: _results(plan, day))


def results_known(version: Version, day: dt.date, kind: str, cut: int) -> Results:
    """The same under a version of the book, as known at a cut."""
    plan = Plan((version,), kind, needed((version,), in_force(day, kind, version.tree.subject)))
    return _results(plan, day, cut)


def shown_of(version: Version, ids: Sequence[int], day: dt.date) -> dict[int, str]:
    """Subject → how its verdict is shown on a day under any version of the book alone, for some."""
    plan = _alone(version, day)
    made, found = compiling.statement(plan, "chunk", False, brief=True), dict[int, str]()
    for start in range(0, len(ids), CHUNK):
        part = list(ids[start : start + CHUNK])
        for row in session.execute(made.query, made.bind(day, None, part)).mappings():
            found[row["id"]] = row[f"r{version.id}_display"]
    return found


def told_of(version: Version, ids: Sequence[int], day: dt.date) -> dict[int, Verdict]:
    """Subject → its verdict in the same way, with what is missing."""
    return assess_plan(_alone(version, day), ids, day)


def _alone(version: Version, day: dt.date) -> Plan:
    held = in_force(day, "new", version.tree.subject)
    return Plan((version,), "new", needed((version,), held))


def leaning(rule: str, day: dt.date, kind: str = "new") -> list[Version]:
    """The rules in force on a day that refer to a rule, at once or through others."""
    held = in_force(day, kind, book()[rule][0].tree.subject)
    return [held[name] for name in sorted(held) if rule in needed((held[name],), held)]


def _results(plan: Plan, day: dt.date, cut: int | None = None) -> Results:
    (root,) = plan.roots
    own = any(version.id == NO_ROW for version in (root, *plan.book.values()))
    made = (
        compiling.once(plan)
        if own
        else compiling.statement(plan, "all", cut is not None, brief=True)
    )
    # a text that is asked once is not worth its room among those that are kept
    options = {"compiled_cache": None} if own else {}
    rows = session.execute(made.query, made.bind(day, cut, []), execution_options=options)
    held = sorted((row["id"], row[f"r{root.id}_display"]) for row in rows.mappings())
    places = {name: n for n, name in enumerate(DISPLAYS)}
    return Results(array("q", [one for one, _d in held]), bytes(places[d] for _one, d in held))


def change(before: str, after: str) -> str:
    """What a result does: 资料不全 counts as undecided, 暂未达到 as not reached."""
    if before == after:
        return SAME
    if after == MET:
        return GAINED
    if after == UNKNOWN:
        return UNDECIDED
    return LOST if before == MET else OTHER


def compared(before: Results, after: Results) -> dict[int, tuple[str, str]]:
    """Subject → its result on both sides, for those that stand on both."""
    held = dict(before.items())
    return {one: (held[one], shown) for one, shown in after.items() if one in held}


__all__ = [
    "CHANGES", "DISPLAYS", "GAINED", "LOST", "MET", "OTHER", "SAME", "UNDECIDED", "Results",
    "change", "changed_version", "compared", "leaning", "results", "results_known",
    "shown_of", "told_of",
]  # fmt: skip
