"""Facts of a firm's places on the day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, or_

from app.core.text import N_
from app.criteria import moments
from app.criteria.facts.base import Fact, Finish, Param, Params, declare
from app.criteria.interval import Col, Interval, Single, among
from app.firms.models import PlaceKind

if TYPE_CHECKING:
    from app.criteria.stage1 import Stage


def told_here(site: Any) -> Col:
    """A site's 街镇 or 片区 is on record: the lists hold those of Pudong only."""
    return or_(site.town.is_not(None), site.area.is_not(None))


def _place(stage: Stage, key: str, p: Params) -> Finish:
    place, day = stage.place, moments.day()
    here = and_(
        place.kind == p["kind"],
        place.starts <= day,
        or_(place.ends.is_(None), place.ends > day),
    )
    inside = case((here, case((among(place.district, p["districts"]), 1), else_=0)))
    finish = stage.collect(stage.places, key, inside, inside, Single())

    def opened() -> Interval:
        stated = finish()
        assert isinstance(stated, Interval)
        low, high = func.coalesce(stated.low, 0), func.coalesce(stated.high, 1)
        return Interval(low, high, stated.seen)

    return opened


declare(
    Fact(
        name="place_in",
        kind="flag",
        unit="flag",
        text=N_("所在行政区"),
        build=_place,
        params={
            "kind": Param("code", [one.value for one in PlaceKind]),
            "districts": Param("codes"),
        },
        entry=("place", "kind"),
    )
)
