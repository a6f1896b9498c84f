"""Who is judged each day: whoever a list of today can name.

Of the register those firms count that stand on the chain: tied to a carrier or about to be, not
yet tied to any, or graduated and still in the district. One that has left belongs to no list of
today: what it comes to is reckoned when somebody opens its page. Carriers are judged all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.sql.selectable import CTE

from app.criteria import moments
from app.firms.models import Firm, Residency

if TYPE_CHECKING:
    from app.criteria.stage1 import World

Within = Callable[[Any], list[ColumnElement[bool]]]
#: what a room above keeps on the lists: ids of firms as of the bound day, within a scope
Kept = Callable[["World", Within], Select[Any]]


def keep(app: Flask, kept: Kept) -> None:
    """Follow further firms, that have no running tie any more."""
    app.extensions.setdefault("followed_hooks", []).append(kept)


def firms(world: World, within: Within) -> CTE:
    """`id` of the firms within a scope that are judged as of the bound day."""
    f, r, day = world.table(Firm), world.table(Residency), moments.day()
    running = case((or_(r.c.ends.is_(None), r.c.ends > day), 1), else_=0)
    ties = (
        select(r.c.firm_id, func.max(running).label("running"))
        .where(*within(r.c.firm_id))
        .group_by(r.c.firm_id)
        .cte("followed_ties")
        .prefix_with("MATERIALIZED")
    )
    hooks = current_app.extensions.get("followed_hooks", ())
    open_ = or_(f.c.closed_on.is_(None), f.c.closed_on > day)
    wanted = or_(
        ties.c.running == 1,
        and_(ties.c.running.is_(None), open_),
        *(f.c.id.in_(hook(world, within)) for hook in hooks),
    )
    return (
        select(f.c.id)
        .select_from(f.outerjoin(ties, ties.c.firm_id == f.c.id))
        .where(f.c.merged_into_id.is_(None), wanted, *within(f.c.id))
        .cte("followed")
        .prefix_with("MATERIALIZED")
    )
