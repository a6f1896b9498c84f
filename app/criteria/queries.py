"""Reading the rule book and assessing: which version applies, and what it says of a firm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask import current_app, g
from sqlalchemy import func, select

from app.core.db import current_revision, last_revision, session
from app.core.errors import NotFound
from app.criteria import compile as compiling
from app.criteria import transition
from app.criteria.explain import verdict
from app.criteria.items import reached
from app.criteria.models import Outcome, Standard, StandardForce, StandardState
from app.criteria.parse import SUBJECTS
from app.criteria.plan import Plan, Version, references
from app.criteria.stage1 import CHUNK
from app.criteria.verdict import Verdict

Book = dict[str, list[Version]]


def book() -> Book:
    """Approved versions by rule, kept until a write changes them.

    What the write in progress has changed may change again in it: such a book is not kept for
    others.
    """
    if "rule_book" in g:
        held: Book = g.rule_book
        return held
    mark = tuple(
        session.execute(
            select(func.max(Standard.rev), func.count(Standard.id), func.max(StandardForce.rev))
            .select_from(Standard)
            .outerjoin(StandardForce, StandardForce.standard_id == Standard.id)
        ).one()
    )
    if max(mark[0] or 0, mark[2] or 0) > present_cut():
        fresh = g.rule_book = _read_book()
        return fresh
    kept = current_app.extensions.get("rule_book")
    if kept is None or kept[0] != mark:
        kept = current_app.extensions["rule_book"] = (mark, _read_book())
    g.rule_book = kept[1]
    return kept[1]


def forget_book() -> None:
    """Read the rule book anew: a write of this request has changed it."""
    g.pop("rule_book", None)


def _read_book() -> Book:
    forces: dict[int, list[tuple[str, str | None, dt.date, dt.date | None]]] = {}
    for row in session.execute(
        select(
            StandardForce.standard_id, StandardForce.kind, StandardForce.round,
            StandardForce.starts, StandardForce.ends,
        ).order_by(StandardForce.id)
    ):  # fmt: skip
        forces.setdefault(row.standard_id, []).append((row.kind, row.round, row.starts, row.ends))
    found: Book = {}
    for s in session.scalars(
        select(Standard)
        .where(Standard.state == StandardState.APPROVED)
        .order_by(Standard.rule, Standard.version)
    ):
        found.setdefault(s.rule, []).append(
            Version(
                s.id, s.pid, s.rule, s.version, s.content, s.content_hash,
                tuple(forces.get(s.id, ())),
            )
        )  # fmt: skip
    return found


def rules() -> list[str]:
    """Names of all rules with an approved version."""
    return sorted(book())


def version_of(rule: str, day: dt.date, kind: str = "new", cycle: str | None = None) -> Version:
    """The version in force on a day; NotFound when there is none."""
    for version in book().get(rule, []):
        if version.in_force(day, kind, cycle):
            return effective(version, day, kind, cycle)
    raise NotFound("standard_not_in_force", rule=rule, day=day.isoformat())


def in_force(day: dt.date, kind: str = "new", subject: str = "firm") -> dict[str, Version]:
    """The version on a day of every rule about a subject, firm or carrier. A rule without one for
    a review is read as for a new case."""
    found = {}
    for rule, versions in book().items():
        if versions[0].tree.subject != subject:
            continue
        for wanted in dict.fromkeys((kind, "new")):
            version = next((v for v in versions if v.in_force(day, wanted)), None)
            if version is not None:
                found[rule] = effective(version, day, wanted)
                break
    return found


def every_in_force(day: dt.date) -> dict[str, Version]:
    """The version on a day of every rule, whatever it is about."""
    return {rule: v for subject in SUBJECTS for rule, v in in_force(day, subject=subject).items()}


def version_for(rule: str, day: dt.date, kind: str, cycle: str | None) -> Version:
    """The version of a round that has its own, else the general one; NotFound without either."""
    versions = book().get(rule, []) if cycle is not None else []
    own = any(v.in_force(day, kind, cycle) for v in versions)
    return version_of(rule, day, kind, cycle if own else None)


def effective(
    version: Version, day: dt.date, kind: str = "new", cycle: str | None = None
) -> Version:
    """What a version asks on a day: during its transition with the one before it beside it."""
    line = transition.line_of(version.tree, day, kind, cycle)
    old = transition.before(book()[version.rule], line, version.content_hash) if line else None
    if line is None or line.transition is None or old is None:
        return version
    return transition.both(version, old, line.transition)


def plan(
    rules_: Sequence[str], day: dt.date, kind: str = "new", cycle: str | None = None
) -> Plan:  # fmt: skip
    """What has to be compiled to assess some rules on a day; the same object for the same case."""
    roots = tuple(version_for(rule, day, kind, cycle) for rule in rules_)
    held = in_force(day, kind, roots[0].tree.subject) if roots else {}
    texts = tuple(sorted(v.content_hash for v in held.values()))
    key = (kind, tuple((v.id, v.content_hash) for v in roots), texts)
    plans: dict[Any, Plan] = current_app.extensions.setdefault("rule_plans", {})
    kept = plans.get(key)
    if kept is None or kept.roots != roots:
        kept = plans[key] = Plan(roots, kind, needed(roots, held))
    return kept


def needed(roots: Sequence[Version], held: dict[str, Version]) -> dict[str, Version]:
    """The rules that some versions refer to, at once or through others, out of those held."""
    found: dict[str, Version] = {}

    def need(version: Version) -> None:
        for rule in references(version.tree):
            if rule in held and rule not in found:
                found[rule] = held[rule]
                need(held[rule])

    for root in roots:
        need(root)
    return found


def present_cut() -> int:
    """The revision that "now" stands for: inside a write, the one before it."""
    try:
        return current_revision() - 1
    except RuntimeError:
        return last_revision()


def assess(
    rule: str, subject_id: int, day: dt.date, cut: int | None = None, kind: str = "new",
    items: bool = True,
) -> Verdict:  # fmt: skip
    """The verdict of a rule for a firm or carrier as of a day, as known at a cut (None: now).

    Callable inside `write()`: it then reads the write's own changes. Raises NotFound for a
    subject that is not in the register, or a rule that is not in force on the day.
    """
    return assess_rules([rule], subject_id, day, cut, kind, items)[0]


def assess_rules(
    rules_: Sequence[str], subject_id: int, day: dt.date, cut: int | None = None,
    kind: str = "new", items: bool = True,
) -> list[Verdict]:  # fmt: skip
    """Verdicts of several rules for one subject from one statement."""
    wanted = plan(rules_, day, kind)
    made = compiling.statement(wanted, "one", cut is not None)
    row = session.execute(made.query, made.bind(day, cut, [subject_id])).mappings().first()
    if row is None:
        raise NotFound()
    at = cut if cut is not None else present_cut()
    held = reached(wanted, [subject_id], day, cut)[subject_id] if items else None
    return [verdict(made, v, row, day, at, held) for v in wanted.roots]


def assess_many(
    rule: str, firm_ids: Sequence[int] | None, day: dt.date, cut: int | None = None,
    kind: str = "new", cycle: str | None = None,
) -> dict[int, Verdict]:  # fmt: skip
    """Verdicts of a rule for some firms; for all (None) without the recorded things behind.

    `cycle` names a round (申报批次): its own thresholds apply where a notice has set some.
    """
    return assess_plan(plan([rule], day, kind, cycle), firm_ids, day, cut)


def assess_plan(
    wanted: Plan, ids: Sequence[int] | None, day: dt.date, cut: int | None = None
) -> dict[int, Verdict]:
    """The same of the one version of a plan, in force or not."""
    return _told(wanted, _rows(wanted, ids, day, cut), ids, day, cut)


def assess_rows(
    rule: str, rows: Sequence[tuple[compiling.Statement, Any]], day: dt.date
) -> dict[int, Verdict]:
    """The verdicts of rows that `rows_of` has read for some firms."""
    return _told(plan([rule], day), rows, [row["id"] for _made, row in rows], day, None)


def _told(
    wanted: Plan,
    rows: Iterable[tuple[compiling.Statement, Any]],
    ids: Sequence[int] | None,
    day: dt.date,
    cut: int | None,
) -> dict[int, Verdict]:
    at = cut if cut is not None else present_cut()
    (root,) = wanted.roots
    held = reached(wanted, ids, day, cut) if ids else {}
    return {row["id"]: verdict(made, root, row, day, at, held.get(row["id"])) for made, row in rows}


def rows_of(
    rule: str, firm_ids: Sequence[int] | None, day: dt.date, on: dt.date | None = None
) -> Iterator[tuple[compiling.Statement, Any]]:
    """Of a rule in force on a day the rows of some firms, or all, with everything that explains
    them, as of that day or `on` another."""
    return _rows(plan([rule], day), firm_ids, on or day, None)


def _rows(
    wanted: Plan,
    firm_ids: Sequence[int] | None,
    day: dt.date,
    cut: int | None,
    brief: bool = False,
) -> Iterator[tuple[compiling.Statement, Any]]:
    if firm_ids is None:
        made = compiling.statement(wanted, "all", cut is not None, brief)
        for row in session.execute(made.query, made.bind(day, cut, [])).mappings():
            yield made, row
        return
    ids = list(dict.fromkeys(firm_ids))
    made = compiling.statement(wanted, "chunk", cut is not None, brief)
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        for row in session.execute(made.query, made.bind(day, cut, part)).mappings():
            yield made, row


def outcomes(
    rules_: Sequence[str], ids: Sequence[int] | None, day: dt.date
) -> dict[int, list[tuple[str, str, str]]]:
    """Subject → (rule, its short name, how its outcome is shown), for a page of them or all."""
    if not rules_:
        return {}
    wanted = plan(rules_, day)
    found: dict[int, list[tuple[str, str, str]]] = {}
    for _made, row in _rows(wanted, ids, day, None, brief=True):
        found[row["id"]] = [
            (v.rule, str(v.tree.short), row[f"r{v.id}_display"]) for v in wanted.roots
        ]
    return found


def followed(ids: Sequence[int] | None, day: dt.date) -> set[int]:
    """Those of some firms, or of all, that are judged each day and so stand on its lists."""
    if ids is None:
        query, names, _world = compiling.followed("all")
        return set(session.scalars(query, compiling.parameters(names, {}, day)))
    size = 1 if len(ids) == 1 else CHUNK
    query, names, world = compiling.followed("one" if size == 1 else "chunk")
    found: set[int] = set()
    for start in range(0, len(ids), size):
        part = list(ids[start : start + size])
        values = compiling.parameters(names, {}, day) | world.subjects(part)
        found.update(session.scalars(query, values))
    return found


def limit_months(incubation_field: str | None, day: dt.date) -> int:
    """Months a firm may be incubated, as the clock's standard says on a day."""
    from app.criteria.clock import months  # the clock reads the book through this module

    return months(version_of("incubator.clock", day).tree, incubation_field)


__all__ = [
    "Outcome", "assess", "assess_many", "assess_plan", "assess_rows", "assess_rules", "book",
    "effective", "every_in_force", "followed", "forget_book", "in_force", "limit_months", "needed",
    "outcomes", "plan", "present_cut", "rows_of", "rules", "version_for", "version_of",
]  # fmt: skip
