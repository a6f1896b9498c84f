"""Whose figures a viewer may read: the district all, a carrier its own, an area reader its area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select, true

from app.carriers.models import Carrier
from app.core.access import AnyViewer, PostRef
from app.core.db import session

#: Kinds of organisation whose posts read the figures of the whole district.
WHOLE = ("district", "agency")


@dataclass(frozen=True)
class Scope:
    """What rows a viewer's figures and lists are made of."""

    whole: bool = False
    carriers: frozenset[int] = frozenset()
    areas: frozenset[str] = frozenset()
    towns: frozenset[str] = frozenset()

    @property
    def only_carrier(self) -> int | None:
        """The carrier whose figures they are; None for several, an area or the district."""
        if self.whole or self.areas or self.towns or len(self.carriers) != 1:
            return None
        return next(iter(self.carriers))

    def condition(self, rows: Any) -> ColumnElement[bool]:
        """The narrowing of rows that have `carrier_id`, `area` and `town`."""
        if self.whole:
            return true()
        parts = []
        for column, codes in (
            (rows.carrier_id, self.carriers),
            (rows.area, self.areas),
            (rows.town, self.towns),
        ):
            if codes:
                parts.append(column.in_(sorted(codes)))
        return or_(*parts) if parts else false()


def _within(readers: list[PostRef], name: str) -> frozenset[str]:
    held = (post.within for post in readers)
    return frozenset(code for kind, code in filter(None, held) if kind == name)


def scope_of(viewer: AnyViewer) -> Scope:
    """The scope of the viewer's posts in force, put together."""
    if viewer.holds(*WHOLE):
        return Scope(whole=True)
    own = select(Carrier.id).where(Carrier.organisation_id.in_(viewer.organisation_ids))
    readers = [post for post in viewer.acting if post.organisation_kind == "area"]
    return Scope(
        carriers=frozenset(session.scalars(own.order_by(Carrier.id))),
        areas=_within(readers, "area"),
        towns=_within(readers, "town"),
    )
