"""The verdict cache: what a firm's standing is under each rule today, and how it moved.

A write to a firm re-judges it in the same transaction; once a day all are judged again. A
decision never reads this.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask import Flask, current_app
from sqlalchemy import and_, delete, exists, func, insert, or_, select, update

from app.carriers.models import Carrier
from app.core.access import Actor
from app.core.days import today
from app.core.db import SPAN, Txn, current_revision, on_seal, session, write
from app.criteria import compile as compiling
from app.criteria.batch import FIELDS, Former, judge_range, judge_set
from app.criteria.lineage import with_heirs
from app.criteria.models import Outcome, Standard, Verdict, VerdictChange
from app.criteria.plan import Plan, Version, references
from app.criteria.queries import book, every_in_force, followed, in_force, outcomes, plan
from app.criteria.stage1 import CHUNK
from app.criteria.subjects import SUBJECTS
from app.firms.models import Residency

KIND = "new"
STORED = ("standard_id", "day", *FIELDS)


def judge(ids: Sequence[int], day: dt.date, rules: Sequence[str] | None = None) -> int:
    """Judge some firms anew under every rule in force; write what changed. Returns the changes.

    Those that are not judged each day keep no verdict. Inside `write()`. One statement for all
    rules and some firms; many firms, as an import writes them, go the way of the day's judging.
    """
    held = in_force(day)
    wanted = [rule for rule in (rules or sorted(held)) if rule in held]
    if not wanted or not ids:
        return 0
    one = plan(wanted, day)
    if len(ids) > CHUNK:
        return judge_set(one, _family(one), ids, day)
    rows: list[dict[str, Any]] = []
    if here := sorted(followed(ids, day)):
        made = compiling.statement(one, "one" if len(here) == 1 else "chunk", False, brief=True)
        found = session.execute(made.query, made.bind(day, None, here))
        rows = [dict(row) for row in found.mappings()]
    return _keep(one.roots, rows, list(ids), day)


def _family(plan: Plan) -> Former:
    """Every version of each rule."""
    return {root.rule: [v.id for v in book()[root.rule]] for root in plan.roots}


def judge_all(
    day: dt.date, *, actor: Actor, rules: Sequence[str] | None = None,
    seen: Callable[[int], None] = lambda _n: None, at: dt.datetime | None = None,
    span: int = SPAN,
) -> int:  # fmt: skip
    """Judge every firm and carrier anew, a range of ids in a write of its own after the other, so
    that nobody waits long. Returns the number of changes. `seen` hears how many are done;
    `span` is how many are judged in one write."""
    changed = 0
    for subject, about in SUBJECTS.items():
        held = in_force(day, subject=subject)
        wanted = [rule for rule in (rules or sorted(held)) if rule in held]
        if not wanted:
            continue
        one = plan(wanted, day)
        former = _former(one)
        _announce(one, former, day, actor)
        for first, last, count in _ranges(about.model, span):
            with write("verdict:judge", actor=actor, at=at):
                changed += judge_range(one, former, first, last, day)
            seen(count)
    return changed


def judge_stale(day: dt.date, *, actor: Actor, at: dt.datetime | None = None) -> int:
    """Judge anew every rule of which a verdict is not of the day; the number of changes.

    A write to a firm leaves the verdicts of its carriers behind (`rejudge_touched`); after
    midnight all are behind.
    """
    old = [
        rule
        for subject in SUBJECTS
        if stale(day, list(in_force(day, subject=subject)))
        for rule in in_force(day, subject=subject)
    ]
    return judge_all(day, actor=actor, rules=old, at=at) if old else 0


def on_new_version(app: Flask, rule: str, work: Callable[[dt.date, Actor], None]) -> None:
    """Run `work` before all firms are judged by another version of a rule than before."""
    app.extensions.setdefault("new_version_hooks", []).append((rule, work))


def _announce(plan: Plan, former: Former, day: dt.date, actor: Actor) -> None:
    for root in plan.roots:
        held = former.get(root.rule)
        for rule, work in current_app.extensions.get("new_version_hooks", ()):
            if rule == root.rule and held and held[0] != root.id:
                work(day, actor)


def _former(plan: Plan) -> Former:
    """Versions of each rule that hold verdicts: the one in force first, else the newest."""
    versions = {v.id: v for root in plan.roots for v in book()[root.rule]}
    holding = session.scalars(
        select(Standard.id)
        .where(
            Standard.id.in_(versions),
            exists().where(Verdict.standard_id == Standard.id, Verdict.kind == plan.kind),
        )
        .order_by(Standard.version.desc())
    )
    found: Former = {}
    roots = {root.id for root in plan.roots}
    for number in sorted(holding, key=lambda n: n not in roots):
        found.setdefault(versions[number].rule, []).append(number)
    return found


def _ranges(model: Any, span: int) -> Iterator[tuple[int, int, int]]:
    """First and last id of runs of subjects, with their number."""
    last = 0
    while True:
        ids = select(model.id).where(model.id > last).order_by(model.id).limit(span).subquery()
        row = session.execute(
            select(func.min(ids.c.id), func.max(ids.c.id), func.count(ids.c.id))
        ).one()
        session.rollback()
        if not row[2]:
            return
        yield row[0], row[1], row[2]
        last = row[1]


def _keep(
    versions: Sequence[Version], rows: list[dict[str, Any]], ids: list[int], day: dt.date
) -> int:
    """Replace the cached rows of the firms for which any differs, and note what moved."""
    family = {v.id: root for root in versions for v in book()[root.rule]}
    table = Verdict.__table__
    of_ids = and_(
        table.c.standard_id.in_(family), table.c.kind == KIND, table.c.subject_id.in_(ids)
    )
    before: dict[tuple[str, int], Any] = {}
    for old in session.execute(select(*table.c).where(of_ids).order_by(table.c.standard_id)):
        key = family[old.standard_id].rule, old.subject_id
        if key not in before or family[old.standard_id].id == old.standard_id:
            before[key] = old
    fresh, moved = [], []
    for row in rows:
        made = [_values(version, row, day) for version in versions]
        olds = [before.get((version.rule, row["id"])) for version in versions]
        if any(
            _differs(n, o, ("standard_id", "day", *FIELDS)) for n, o in zip(made, olds, strict=True)
        ):
            fresh += made
        for version, new, was in zip(versions, made, olds, strict=True):
            same = was is not None and was.standard_id == version.id
            if _differs(new, was, ("outcome", "clauses") if same else ("outcome",)):
                moved.append(_moved(version, new, was, day))
    gone = set(ids) - {row["id"] for row in rows}
    _write(list(family), sorted(gone | {new["subject_id"] for new in fresh}), fresh, moved)
    return len(moved)


def _differs(new: dict[str, Any], old: Any, names: Sequence[str]) -> bool:
    return old is None or any(getattr(old, name) != new[name] for name in names)


def _values(version: Version, row: dict[str, Any], day: dt.date) -> dict[str, Any]:
    values = {f: row[f"r{version.id}_{f}"] for f in FIELDS}
    values["candidate"] = bool(values["candidate"])
    values["manual_review"] = bool(values["manual_review"])
    values["outcome"] = Outcome(values["outcome"])
    return values | {
        "standard_id": version.id, "kind": KIND, "subject_id": row["id"], "day": day,
    }  # fmt: skip


def _moved(version: Version, new: dict[str, Any], old: Any, day: dt.date) -> dict[str, Any]:
    same = old is not None and old.standard_id == version.id
    return {
        "rule": version.rule, "standard_id": version.id, "kind": KIND,
        "subject_id": new["subject_id"], "day": day, "rev": current_revision(),
        "before": old.outcome.value if old is not None else None,
        "after": new["outcome"].value,
        "clauses_before": old.clauses if same else None,
        "clauses_after": new["clauses"],
    }  # fmt: skip


def _write(
    standards: list[int], subjects: list[int], fresh: list[dict[str, Any]],
    moved: list[dict[str, Any]],
) -> None:  # fmt: skip
    if subjects:
        session.execute(
            delete(Verdict).where(
                Verdict.standard_id.in_(standards),
                Verdict.kind == KIND,
                Verdict.subject_id.in_(subjects),
            ),
            execution_options={"synchronize_session": False},
        )
    if fresh:
        session.execute(insert(Verdict), fresh)
    if moved:
        session.execute(insert(VerdictChange), moved)


def stale(day: dt.date, rules: Sequence[str] | None = None) -> bool:
    """Whether any rule in force (or of some rules) has verdicts that are not of the day, or of a
    version that was replaced: whoever was written to since has one of the new version alone."""
    held = every_in_force(day)
    asked = [rule for rule in (held if rules is None else rules) if rule in held]
    ids = [held[rule].id for rule in asked]
    former = [v.id for rule in asked for v in book()[rule] if v.id != held[rule].id]
    old = select(Verdict.subject_id).where(
        Verdict.kind == KIND,
        or_(
            and_(Verdict.standard_id.in_(ids), Verdict.day != day),
            Verdict.standard_id.in_(former),
        ),
    )
    if session.scalar(old.limit(1)) is not None:
        return True
    none = ~exists().where(Verdict.standard_id == Standard.id, Verdict.kind == KIND)
    anybody = or_(
        *(
            and_(Standard.subject == name, exists().where(about.model.id > 0))
            for name, about in SUBJECTS.items()
        )
    )
    seen = exists().where(
        Verdict.standard_id == Standard.id, Verdict.kind == KIND, Verdict.subject_id == Carrier.id
    )
    new = select(Standard.id).where(
        Standard.id.in_(ids), Standard.subject == "carrier", exists().where(Carrier.id > 0, ~seen)
    )
    if session.scalar(new.limit(1)) is not None:
        return True
    unjudged = select(Standard.id).where(Standard.id.in_(ids), none, anybody)
    return session.scalar(unjudged.limit(1)) is not None


def standing(rules: Sequence[str], subject: int, day: dt.date) -> dict[str, str]:
    """How the outcome of one subject is shown under some rules in force: out of the cache where
    it is of the day, else out of the records. Empty for one that is no longer judged."""
    wanted = {root.id: root.rule for root in plan(rules, day).roots}
    rows = session.execute(
        select(Verdict.standard_id, Verdict.display).where(
            Verdict.standard_id.in_(wanted),
            Verdict.kind == KIND,
            Verdict.subject_id == subject,
            Verdict.day == day,
        )
    )
    kept = {wanted[standard]: display for standard, display in rows}
    if len(kept) == len(wanted):
        return kept
    found = outcomes(rules, [subject], day).get(subject, [])
    return {rule: display for rule, _name, display in found}


def age(day: dt.date, rule: str) -> None:
    """Let the verdicts of a rule, and of those that refer to it, count as of yesterday.

    Inside `write()`, after the rule has changed: lists then judge for themselves, and the next
    judging brings the cache up to date.
    """
    held = every_in_force(day)
    touched = [v.id for name, v in held.items() if name == rule or rule in _below(held, name)]
    session.execute(
        update(Verdict).where(Verdict.standard_id.in_(touched)).values(day=day - dt.timedelta(1)),
        execution_options={"synchronize_session": False},
    )


def _below(held: dict[str, Version], rule: str) -> set[str]:
    """The rules that a rule needs, and those that these need."""
    own = {name for name in references(held[rule].tree) if name in held}
    return own.union(*(_below(held, name) for name in own))


def rejudge_touched(txn: Txn) -> None:
    """Judge the firms that a write touched, and their heirs, before it is sealed.

    Carriers are many records at once: what was said of those touched, and of those where a
    touched firm stays or stayed, counts as of yesterday until the next judging.
    """
    ids = sorted(with_heirs(txn.ids("firm")))
    if ids:
        judge(ids, today())
    carriers = txn.ids("carrier")
    if ids or carriers:
        _leave_behind(ids, sorted(carriers), today())


def _leave_behind(firms: Sequence[int], carriers: Sequence[int], day: dt.date) -> None:
    standards = [v.id for v in in_force(day, subject="carrier").values()]
    if not standards:
        return
    hosts = select(Residency.carrier_id).where(Residency.firm_id.in_(firms))
    session.execute(
        update(Verdict)
        .where(
            Verdict.standard_id.in_(standards),
            Verdict.day == day,
            or_(Verdict.subject_id.in_(carriers), Verdict.subject_id.in_(hosts)),
        )
        .values(day=day - dt.timedelta(1)),
        execution_options={"synchronize_session": False},
    )


def init_app(app: Flask) -> None:
    """Re-judge in every write."""
    on_seal(app, rejudge_touched)
