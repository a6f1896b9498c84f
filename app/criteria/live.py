"""Lists by verdict on a day for which the cache does not stand: the rule itself is run."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from flask import g
from sqlalchemy import BindParameter, Select, func, select
from sqlalchemy.sql import visitors

from app.core.db import SPAN, session
from app.criteria import compile as compiling
from app.criteria.queries import in_force, plan
from app.criteria.subjects import SUBJECTS
from app.criteria.verdicts import stale

#: with more subjects than this a list waits for the day's judging
MOST = 10 * SPAN


def showing(rule: str, shown: str, day: dt.date) -> Select[Any] | None:
    """Ids of subjects for which a rule shows an outcome on a day, out of the records.

    None where the cache is of the day, or there are too many; it may then be read.
    """
    if not any(rule in in_force(day, subject=one) for one in SUBJECTS) or not _needed(rule, day):
        return None
    wanted = plan([rule], day)
    made = compiling.statement(wanted, "all", False, brief=True)
    rows = _own(made.query, made.bind(day, None, [])).subquery()
    (root,) = wanted.roots
    return select(rows.c.id).where(rows.c[f"r{root.id}_display"] == shown)


def _own(query: Select[Any], values: dict[str, Any]) -> Select[Any]:
    """The statement with its values under names of its own: two rules in one list may not share
    the numbers of their thresholds."""

    def replace(element: Any, **_kw: Any) -> Any:
        if isinstance(element, BindParameter) and element.key in values:
            return BindParameter(None, values[element.key], element.type, unique=True)
        return None

    made: Any = visitors.replacement_traverse(query, {}, replace)
    return cast(Select[Any], made)


def _needed(rule: str, day: dt.date) -> bool:
    held: dict[Any, bool] = g.setdefault("rules_to_run", {})
    if (rule, day) not in held:
        (root,) = plan([rule], day).roots
        model = SUBJECTS[root.tree.subject].model
        few = (session.scalar(select(func.count(model.id))) or 0) <= MOST
        held[rule, day] = few and stale(day, [rule])
    return held[rule, day]
