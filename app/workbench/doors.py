"""Figures that open their list: the count and the address come from the same conditions."""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from sqlalchemy import BindParameter, Select, bindparam, func, select

from app.core.access import AnyViewer
from app.core.db import session
from app.core.kept import kept
from app.core.panels import registry
from app.firms import queries
from app.firms.models import Firm
from app.firms.queries.scope import sees_all

#: A scope of at most so many firms is read once a revision and not once a figure.
MOST = 5_000


@dataclass(frozen=True)
class Door:
    """How many firms meet the conditions, and the list of them."""

    count: int
    url: str


def door(viewer: AnyViewer, day: dt.date, **conditions: str) -> Door | None:
    """The door to the firms under some conditions; None where no room offers a condition."""
    offered = {one.key: one for one in registry().filters}
    for key, value in conditions.items():
        if key not in offered or value not in dict(offered[key].choices()):
            return None
    url = f"{url_for('workbench.firms')}?{urlencode(conditions)}"
    return Door(counted(viewer, day, conditions), url)


def counted(viewer: AnyViewer, day: dt.date, conditions: dict[str, str]) -> int:
    """How many firms meet the conditions; kept, as it follows from the posts in force alone."""
    key = ("firms", sees_all(viewer), posts(viewer), day, frozenset(conditions.items()))
    return kept(key, lambda: count(countable_where(viewer, day, conditions)))


def narrowed(
    viewer: AnyViewer,
    day: dt.date,
    args: Any,
    leave_out: str = "",
    base: Select[Any] | None = None,
) -> Select[Any]:
    """The viewer's firms under the conditions of the address; `base`: these, if read before.

    Firms that may only be counted meet conditions, but no search finds them by their name.
    """
    statement = queries.countable(viewer) if base is None else base
    if args.get("q") and leave_out != "q":
        statement = queries.search(_named(statement, viewer), args["q"])
    for one in registry().filters:
        value = args.get(one.key)
        if value and one.key != leave_out and value in dict(one.choices()):
            statement = one.apply(statement, viewer, value, day)
    return statement


def count(statement: Select[Any]) -> int:
    """How many firms a statement finds."""
    inner = statement.order_by(None).with_only_columns(Firm.id).distinct().subquery()
    return session.scalar(select(func.count()).select_from(inner)) or 0


def _named(statement: Select[Any], viewer: AnyViewer) -> Select[Any]:
    condition = queries.named(viewer)
    return statement if condition is None else statement.where(condition)


def firms_where(viewer: AnyViewer, day: dt.date, conditions: dict[str, str]) -> Select[Any]:
    """The firms under some conditions that the viewer may name."""
    return _named(countable_where(viewer, day, conditions), viewer)


def countable_where(viewer: AnyViewer, day: dt.date, conditions: dict[str, str]) -> Select[Any]:
    """The firms under some conditions, those that may only be counted among them."""
    ids = scope_ids(viewer)
    if ids is None or len(ids) > MOST:
        return narrowed(viewer, day, conditions)
    inline: BindParameter[int] = bindparam("scope", ids, expanding=True, literal_execute=True)
    known = select(Firm).where(Firm.id.in_(inline)).order_by(Firm.sort_key, Firm.id)
    return narrowed(viewer, day, conditions, base=known)


def scope_ids(viewer: AnyViewer, *, named: bool = False) -> list[int] | None:
    """Ids of the firms that a viewer counts, or of those `named` to them; None for the whole
    district."""
    if sees_all(viewer):
        return None
    key = ("scope", posts(viewer), named)
    return list(kept(key, lambda: _scope_ids(viewer, named)))


def _scope_ids(viewer: AnyViewer, named: bool) -> array[int]:
    statement = queries.visible(viewer) if named else queries.countable(viewer)
    ids = statement.with_only_columns(Firm.id).order_by(None)
    return array("q", session.scalars(ids.order_by(Firm.id)))


def posts(viewer: AnyViewer) -> Hashable:
    """What a scope follows from: the posts in force."""
    return frozenset(
        (post.role, post.organisation_id, post.area_code, post.town_code) for post in viewer.acting
    )
