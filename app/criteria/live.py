"""Lists by verdict on a day for which the cache does not stand: the rule itself is run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask import g
from sqlalchemy import Select, Subquery, func, select

from app.core.db import SPAN, session
from app.core.kept import kept
from app.criteria import compile as compiling
from app.criteria.models import Verdict
from app.criteria.plan import Plan
from app.criteria.queries import in_force, plan
from app.criteria.subjects import SUBJECTS
from app.criteria.verdicts import KIND, stale

#: with more subjects than this a list waits for the day's judging
MOST = 10 * SPAN
#: what a list tells of a verdict
TOLD = ("outcome", "display", "candidate", "clauses", "distance")


def verdicts(rule: str, day: dt.date) -> Subquery:
    """`subject_id` and what a list tells of the verdict of every subject under a rule in force:
    out of the cache where it is of the day or there are too many, else out of the records.
    """
    wanted = plan([rule], day)
    (root,) = wanted.roots
    if not _needed(rule, day):
        cached = (Verdict.standard_id == root.id, Verdict.kind == KIND)
        columns = [getattr(Verdict, name).label(name) for name in TOLD]
        return select(Verdict.subject_id, *columns).where(*cached).subquery()
    rows = _own(wanted, day).subquery()
    columns = [rows.c[f"r{root.id}_{name}"].label(name) for name in TOLD]
    return select(rows.c.id.label("subject_id"), *columns).subquery()


def showing(rule: str, shown: str, day: dt.date) -> Select[Any] | None:
    """Ids of subjects for which a rule shows an outcome on a day, out of the records.

    None where the cache is of the day, or there are too many; it may then be read.
    """
    if not any(rule in in_force(day, subject=one) for one in SUBJECTS) or not _needed(rule, day):
        return None
    wanted = plan([rule], day)
    rows = _own(wanted, day).subquery()
    (root,) = wanted.roots
    return select(rows.c.id).where(rows.c[f"r{root.id}_display"] == shown)


def _own(plan: Plan, day: dt.date) -> Select[Any]:
    """The statement of a plan for all subjects with its values written to it, under names of its
    own: two rules in one list may share neither thresholds nor the names of layers.
    """
    key = (plan.key, plan.hashes, "apart", day)
    made: Select[Any] = compiling.kept(key, lambda: compiling.apart(plan, day))
    return made


def behind(rules: Sequence[str], day: dt.date) -> bool:
    """Whether verdicts of some rules are not of the day. Asked once a revision: only a write
    changes them."""
    return kept(("verdicts behind", day, tuple(rules)), lambda: stale(day, rules))


def _needed(rule: str, day: dt.date) -> bool:
    held: dict[Any, bool] = g.setdefault("rules_to_run", {})
    if (rule, day) not in held:
        (root,) = plan([rule], day).roots
        model = SUBJECTS[root.tree.subject].model
        few = (session.scalar(select(func.count(model.id))) or 0) <= MOST
        held[rule, day] = few and behind([rule], day)
    return held[rule, day]
