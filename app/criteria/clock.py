"""The clock of incubation: one definition for the fact 已孵化时间 and for the day 在孵期限.

Months add up over the counted stays in incubation of a firm and of those whose clock passes to
it. A day on which several of them stay counts once. A stretch from one day to another counts its
calendar months and, beyond them, the difference of the days of the month, a month being 32 of
them (`core.days.month_ord`), so that stays that follow without a gap count as one and an
anniversary completes a month. A graduation ends the clock: what lies before it does not count.
The limit's last day is the last on which the months used are not more than those allowed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import Integer, and_, case, cast, func, or_, select, union_all
from sqlalchemy.sql.selectable import CTE

from app.carriers.models import INCUBATOR, Carrier
from app.core.days import day_by_ord, month_ord
from app.criteria import moments
from app.criteria.interval import MONTH, ordinal
from app.criteria.lineage import CLOCK, lineage
from app.criteria.tree import Test, Tier, Tree, Use, walk
from app.firms.models import Residency

if TYPE_CHECKING:
    from app.criteria.stage1 import World

Span = tuple[dt.date, dt.date]


def spent(spans: Iterable[Span]) -> int:
    """Months used by stays on days [start, end), in 32nds."""
    used, reach = 0, dt.date.min
    for starts, ends in sorted(spans):
        if ends > reach:
            used += month_ord(ends) - month_ord(max(starts, reach))
            reach = ends
    return used


def last_day(months: int, starts: dt.date, used: int) -> dt.date:
    """The last day within so many months for a stay that begins with so much used, in 32nds."""
    return day_by_ord(month_ord(starts) + months * MONTH - used)


def stretches(world: World) -> CTE:
    """(firm_id, spent): what each stay adds to the months used by the day, in 32nds."""
    stays = _stays(world)
    closed = func.max(stays.c.closed).over(partition_by=stays.c.firm_id).label("last_closed")
    marked = select(*stays.c, closed).cte("clock_marked")
    reach = func.max(marked.c.until).over(
        partition_by=marked.c.firm_id, order_by=(marked.c.starts, marked.c.until), rows=(None, -1)
    )
    running = (
        select(marked.c.firm_id, marked.c.starts, marked.c.until, reach.label("reach"))
        .where(or_(marked.c.last_closed.is_(None), marked.c.until > marked.c.last_closed))
        .cte("clock_running")
    )
    since = case((running.c.reach > running.c.starts, running.c.reach), else_=running.c.starts)
    whole = ordinal(running.c.until) - ordinal(since)
    added = case((running.c.reach >= running.c.until, 0), else_=whole)
    return select(running.c.firm_id, added.label("spent")).cte("clock")


def _stays(world: World) -> CTE:
    """Stays begun by the day: the firm's own, and those of firms whose clock passes to it."""
    line, day = lineage(world, CLOCK), moments.day()
    parts = []
    for name in ("own", "passed"):
        r = world.table(Residency).alias(f"clock_{name}")
        c = world.table(Carrier).alias(f"clock_{name}_at")
        source = r.join(c, c.c.id == r.c.carrier_id)
        ended = r.c.ends <= day
        # as an expression: with its index SQLite walks the stays at all incubators for one firm
        tier = cast(c.c.tier, Integer)
        owner = r.c.firm_id if name == "own" else line.c.subject
        query = select(
            owner.label("firm_id"), r.c.starts.label("starts"),
            case((ended, r.c.ends), else_=day).label("until"),
            case((and_(r.c.leave_reason == "graduated", ended), r.c.ends)).label("closed"),
        ).where(
            tier == INCUBATOR, r.c.counted, r.c.kind != "graduate_stay", r.c.starts <= day,
        )  # fmt: skip
        if name == "own":
            parts.append(query.select_from(source).where(*world.scope(r.c.firm_id)))
        else:
            parts.append(query.select_from(source.join(line, line.c.holder == r.c.firm_id)))
    return union_all(*parts).cte("clock_stays")


def months(tree: Tree, incubation_field: str | None) -> int:
    """Full months of the first tier of the standard that a field falls in."""
    for node in walk(tree.condition):
        if not isinstance(node, Tier):
            continue
        for when, then in node.cases:
            if isinstance(when, Test) and isinstance(then, Test) and _hits(when, incubation_field):
                return int(then.value) // MONTH
        if isinstance(node.otherwise, Test):
            return int(node.otherwise.value) // MONTH
    raise ValueError(f"{tree.rule} has no tiers of months")


def _hits(when: Test, code: str | None) -> bool:
    return isinstance(when.measure, Use) and code is not None and code in when.value
