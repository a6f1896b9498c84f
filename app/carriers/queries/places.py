"""Where carriers are on a day: what readers of an area are narrowed to, and lists by area."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, Select, and_, case, func, null, or_, select

from app.carriers.models import Site


def in_use(day: dt.date) -> ColumnElement[bool]:
    """Condition on Site: held on the day."""
    return and_(Site.starts <= day, or_(Site.ends.is_(None), Site.ends > day))


def standing(day: dt.date) -> Select[int]:
    """Ids of the sites where carriers are on a day: those in use, and of a carrier that has none
    left the one given up last, so that a closed one stays with the area it was in.
    """
    held = in_use(day)
    order = func.rank().over(
        partition_by=Site.carrier_id,
        order_by=(case((held, 0), else_=1), case((held, null()), else_=Site.ends).desc()),
    )
    begun = select(Site.id, order.label("place")).where(Site.starts <= day).subquery("begun_site")
    return select(begun.c.id).where(begun.c.place == 1)
