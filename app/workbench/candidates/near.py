"""准毕业企业清单: who is near graduation, what each lacks, and the quarter it is expected in."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import case, select

from app.core.access import Viewer
from app.core.db import session
from app.core.kept import kept
from app.core.paging import page_of
from app.core.text import _
from app.criteria.live import verdicts
from app.criteria.models import Outcome
from app.criteria.queries import assess_many, in_force
from app.firms import fields
from app.firms.models import Firm
from app.workbench.candidates.asked import Asked, Frame, asked, bare, chips, offered
from app.workbench.candidates.expected import (
    CLOSED,
    FEW,
    LATER,
    NOW,
    UNFILED,
    Expected,
    expected,
    usual_now,
)
from app.workbench.candidates.lacking import lacks
from app.workbench.candidates.results import GRADUATION, NEAR_BY, standing
from app.workbench.columns import carrier_cells, months_cells
from app.workbench.doors import posts
from app.workbench.firm_list import named_ids

PAGE = "workbench.near"
RULE = NEAR_BY[GRADUATION]


@dataclass(frozen=True)
class One:
    """A firm that is near, as the whole list knows it. `basis`: the clauses by which."""

    id: int
    basis: tuple[int, ...]
    expected: Expected


@dataclass(frozen=True)
class Row:
    """The same on a page; None for what its reader may not see."""

    one: One
    firm: Firm | None
    place: dict[str, Any]
    basis: list[str]
    lacks: str | None
    months: dict[str, Any] | None


@dataclass(frozen=True)
class Listing(Frame):
    """Everything the page shows."""

    when: str
    rows: list[Row]
    rule: Any


def everybody(viewer: Viewer, day: dt.date, found: Asked) -> list[One]:
    """All near-graduates under the conditions, the earliest expected first; those whose values
    are closed to the viewer come last, by name."""
    if RULE not in in_force(day) or GRADUATION not in in_force(day):
        return []
    key = (PAGE, posts(viewer), day, frozenset(found.now.items()), usual_now())
    return kept(key, lambda: _everybody(viewer, day, found))


def _everybody(viewer: Viewer, day: dt.date, found: Asked) -> list[One]:
    near, graduation = standing(viewer, RULE, day), verdicts(GRADUATION, day)
    open_ = case((fields.opening(viewer, "values", day), 1), else_=0)
    rows = session.execute(
        near.firms(viewer, day, found.now)
        .join(graduation, graduation.c.subject_id == Firm.id)
        .where(near.within(Outcome.MET.value))
        .order_by(None)
        .order_by(Firm.sort_key, Firm.id)
        .with_only_columns(
            Firm.id, near.rows.c.clauses, graduation.c.display, graduation.c.distance,
            open_.label("open"), maintain_column_froms=True,
        )
    ).all()  # fmt: skip
    told = expected({row.id: row.display for row in rows if row.open}, day)
    far = {row.id: row.distance for row in rows}
    held = [
        One(
            row.id,
            tuple(n for n, letter in enumerate(row.clauses) if letter == "m" and row.open),
            told.get(row.id, Expected(CLOSED)),
        )
        for row in rows
    ]
    return sorted(held, key=lambda one: _order(one, far[one.id]))


def _order(one: One, distance: int | None) -> tuple[int, str, int]:
    place = {NOW: 0, LATER: 3, FEW: 4, CLOSED: 5, UNFILED: 2}.get(one.expected.key, 1)
    if place == 5 or distance is None:
        return place, one.expected.key, 0 if place == 5 else 1 << 30
    return place, one.expected.key, distance


def when_asked() -> str:
    """The quarter, or the reason for none, of the address."""
    return request.args.get("when", "")


def chosen(every: list[One], when: str) -> list[One]:
    """Those expected then."""
    return [one for one in every if not when or one.expected.key == when]


def build(viewer: Viewer, day: dt.date) -> Listing:
    """The list as the address asks for it."""
    found, when = asked(viewer), when_asked()
    every = everybody(viewer, day, found)
    page = page_of(chosen(every, when))
    return Listing(
        found, page, tabs(found, every, when), chips(found, PAGE, {}, when=when), offered(viewer),
        bare(found, PAGE), when, rows(viewer, list(page.items), day), in_force(day).get(RULE),
    )  # fmt: skip


def tabs(found: Asked, every: list[One], when: str) -> list[dict[str, Any]]:
    """All, then each quarter that somebody is expected in, then those without one."""
    counts = Counter(one.expected.key for one in every)
    words = {one.expected.key: one.expected.words for one in every if one.expected.key != CLOSED}
    first = {"text": _("全部"), "href": found.url(PAGE, {}), "count": len(every),
             "current": not when}  # fmt: skip
    return [first] + [
        {"text": words[key], "href": found.url(PAGE, {}, when=key), "count": counts[key],
         "current": key == when}
        for key in words
    ]  # fmt: skip


def rows(viewer: Viewer, some: list[One], day: dt.date) -> list[Row]:
    """What the viewer may see of some of them."""
    ids = named_ids(viewer, [one.id for one in some])
    firms = {f.id: f for f in session.scalars(select(Firm).where(Firm.id.in_(ids)))}
    open_ = [one.id for one in some if one.id in firms and one.expected.key != CLOSED]
    judged = assess_many(GRADUATION, open_, day) if open_ else {}
    places = carrier_cells(viewer, ids, day) if ids else {}
    months = months_cells(viewer, ids, day) if ids else {}
    clauses = in_force(day)[RULE].tree.clauses_all() if some else []
    return [
        Row(
            one, firms.get(one.id), places.get(one.id, {}),
            [str(clauses[n].text) for n in one.basis if n < len(clauses)],
            lacks(judged[one.id]) if one.id in judged else None, months.get(one.id),
        )
        for one in some
    ]  # fmt: skip
