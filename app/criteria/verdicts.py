"""The verdict cache: what a firm's standing is under each rule today, and how it moved.

A write to a firm re-judges it in the same transaction; once a day all are judged again. A
decision never reads this.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask import Flask
from sqlalchemy import delete, insert, select

from app.core.days import today
from app.core.db import Txn, current_revision, on_seal, session
from app.criteria import compile as compiling
from app.criteria.models import Outcome, Verdict, VerdictChange
from app.criteria.plan import Version
from app.criteria.queries import in_force, plan
from app.criteria.stage1 import CHUNK
from app.firms.models import Firm

FIELDS = (
    "outcome", "display", "candidate", "manual_review", "clauses", "distance", "score_low",
    "score_high",
)  # fmt: skip
KIND = "new"
#: rows written at once
BATCH = 1_000


def judge(ids: Sequence[int], day: dt.date, rules: Sequence[str] | None = None) -> int:
    """Judge some firms anew under every rule in force; write what changed. Returns the changes.

    Inside `write()`. One statement a chunk of firms for all rules.
    """
    held = in_force(day)
    wanted = [rule for rule in (rules or sorted(held)) if rule in held]
    if not wanted or not ids:
        return 0
    one = plan(wanted, day)
    shape = "one" if len(ids) == 1 else "chunk"
    made = compiling.statement(one, shape, False)
    size = 1 if shape == "one" else CHUNK
    changed = 0
    for start in range(0, len(ids), size):
        part = list(ids[start : start + size])
        rows = session.execute(made.query, made.bind(day, None, part)).mappings().all()
        changed += _keep(list(one.roots), [dict(row) for row in rows], part, day)
    return changed


def judge_all(
    day: dt.date, rules: Sequence[str] | None = None,
    seen: Callable[[int], None] = lambda _n: None,
) -> int:  # fmt: skip
    """Judge every firm anew, one rule after the other. Returns the number of changes.

    The very first judging by a standard moves nothing: there was no verdict to move from.
    """
    held = in_force(day)
    changed = 0
    for rule in rules or sorted(held):
        one = plan([rule], day)
        made = compiling.statement(one, "all", False, root=0)
        (version,) = one.roots
        kept = select(Verdict.subject_id).where(Verdict.standard_id == version.id).limit(1)
        first = session.scalar(kept) is None
        for part in _parts(session.execute(made.query, made.bind(day, None, [])).mappings()):
            rows = [_prefixed(version, row) for row in part]
            changed += _keep([version], rows, [row["id"] for row in rows], day, first)
            seen(len(rows))
        _drop_old(version)
    return changed


def _prefixed(version: Version, row: Any) -> dict[str, Any]:
    return {"id": row["subject_id"]} | {f"r{version.id}_{f}": row[f] for f in FIELDS}


def _parts(rows: Any) -> Iterator[list[Any]]:
    part: list[Any] = []
    for row in rows.all():
        part.append(row)
        if len(part) == BATCH:
            yield part
            part = []
    if part:
        yield part


def _keep(
    versions: list[Version], rows: list[dict[str, Any]], ids: list[int], day: dt.date,
    first: bool = False,
) -> int:  # fmt: skip
    """Replace the cached rows of some firms where they differ, and note what moved."""
    standards = [v.id for v in versions]
    low, high = min(ids), max(ids)
    before = {
        (row.standard_id, row.subject_id): row
        for row in session.execute(
            select(*Verdict.__table__.c)
            .where(
                Verdict.standard_id.in_(standards),
                Verdict.kind == KIND,
                Verdict.subject_id.in_(ids) if len(ids) <= CHUNK
                else Verdict.subject_id.between(low, high),
            )
            .order_by(Verdict.standard_id, Verdict.subject_id)
        )
    }  # fmt: skip
    fresh, moved = [], []
    for row in rows:
        for version in versions:
            new = _values(version, row, day)
            old = before.get((version.id, row["id"]))
            if old is not None and all(getattr(old, f) == new[f] for f in (*FIELDS, "day")):
                continue
            fresh.append(new)
            if first or (
                old is not None and (old.outcome, old.clauses) == (new["outcome"], new["clauses"])
            ):
                continue
            moved.append(_moved(version, new, old, day))
    _write(fresh, moved)
    return len(moved)


def _values(version: Version, row: dict[str, Any], day: dt.date) -> dict[str, Any]:
    values = {f: row[f"r{version.id}_{f}"] for f in FIELDS}
    values["candidate"] = bool(values["candidate"])
    values["manual_review"] = bool(values["manual_review"])
    values["outcome"] = Outcome(values["outcome"])
    return values | {
        "standard_id": version.id, "kind": KIND, "subject_id": row["id"], "day": day,
    }  # fmt: skip


def _moved(version: Version, new: dict[str, Any], old: Any, day: dt.date) -> dict[str, Any]:
    return {
        "rule": version.rule, "standard_id": version.id, "kind": KIND,
        "subject_id": new["subject_id"], "day": day, "rev": current_revision(),
        "before": old.outcome.value if old is not None else None,
        "after": new["outcome"].value,
        "clauses_before": old.clauses if old is not None else None,
        "clauses_after": new["clauses"],
    }  # fmt: skip


def _write(fresh: list[dict[str, Any]], moved: list[dict[str, Any]]) -> None:
    if fresh:
        by_standard: dict[int, list[int]] = {}
        for new in fresh:
            by_standard.setdefault(new["standard_id"], []).append(new["subject_id"])
        for standard, subjects in by_standard.items():
            session.execute(
                delete(Verdict).where(
                    Verdict.standard_id == standard,
                    Verdict.kind == KIND,
                    Verdict.subject_id.in_(subjects),
                ),
                execution_options={"synchronize_session": False},
            )
        session.execute(insert(Verdict), fresh)
    if moved:
        session.execute(insert(VerdictChange), moved)


def _drop_old(version: Version) -> None:
    """Forget verdicts of firms that are no longer in the register."""
    gone = select(Firm.id).where(Firm.merged_into_id.is_(None))
    session.execute(
        delete(Verdict).where(Verdict.standard_id == version.id, Verdict.subject_id.not_in(gone)),
        execution_options={"synchronize_session": False},
    )


def stale(day: dt.date) -> bool:
    """Whether any rule in force has firms whose cached verdict is not of the day."""
    ids = [version.id for version in in_force(day).values()]
    if not ids:
        return False
    old = select(Verdict.subject_id).where(Verdict.standard_id.in_(ids), Verdict.day != day)
    return session.scalar(old.limit(1)) is not None


def rejudge_touched(txn: Txn) -> None:
    """Judge the firms that a write touched, before it is sealed."""
    ids = sorted(txn.ids("firm"))
    if ids:
        judge(ids, today())


def init_app(app: Flask) -> None:
    """Re-judge in every write."""
    on_seal(app, rejudge_touched)
