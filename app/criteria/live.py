"""Lists by verdict on a day for which the cache does not stand: the rule itself is run."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import g
from sqlalchemy import Select, func, select

from app.core.db import SPAN, session
from app.criteria import compile as compiling
from app.criteria.queries import in_force, plan
from app.criteria.verdicts import stale
from app.firms.models import Firm

#: with more firms than this a list waits for the day's judging
MOST = 10 * SPAN


def showing(rule: str, shown: str, day: dt.date) -> Select[Any] | None:
    """Ids of firms for which a rule shows an outcome on a day, out of the records.

    None where the cache is of the day, or there are too many firms; it may then be read.
    """
    if rule not in in_force(day) or not _needed(rule, day):
        return None
    wanted = plan([rule], day)
    made = compiling.statement(wanted, "all", False, brief=True)
    rows = made.query.params(**made.bind(day, None, [])).subquery()
    (root,) = wanted.roots
    return select(rows.c.id).where(rows.c[f"r{root.id}_display"] == shown)


def _needed(rule: str, day: dt.date) -> bool:
    held: dict[Any, bool] = g.setdefault("rules_to_run", {})
    if (rule, day) not in held:
        few = (session.scalar(select(func.count(Firm.id))) or 0) <= MOST
        held[rule, day] = few and stale(day, [rule])
    return held[rule, day]
