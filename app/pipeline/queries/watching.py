"""What a person keeps of 承接机会: views with their conditions, and the sectors subscribed to.

Both are the person's own and live with the saved views of other lists. A subscription tells once
a week: what became open for claims since Monday, and on Mondays in the week before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import select

from app.accounts.models import SavedView
from app.core.access import AnyViewer, Viewer
from app.core.db import session
from app.core.terms import term_choices
from app.pipeline.queries import openings
from app.pipeline.queries.matches import CONDITIONS

PAGE, SECTORS = "openings", "openings:sector"
LONGEST = 40


def _mine(viewer: AnyViewer, page: str) -> list[SavedView]:
    statement = select(SavedView).where(
        SavedView.person_id == viewer.person_id, SavedView.page == page
    )
    return list(session.scalars(statement.order_by(SavedView.id)))


def views(viewer: AnyViewer) -> list[tuple[int, str, dict[str, str]]]:
    """(id, name, conditions) of the views that the person keeps."""
    return [(row.id, row.name, dict(parse_qsl(row.query))) for row in _mine(viewer, PAGE)]


def watched(viewer: AnyViewer) -> set[str]:
    """Codes of the sectors that the person subscribed to."""
    return {row.name for row in _mine(viewer, SECTORS)}


def change(viewer: Viewer, given: Mapping[str, str]) -> str:
    """Do what a form of the list asks: `watch` or `unwatch` a sector, `keep` the conditions of
    `query` under a name, `drop` a view by id. Returns which was done:
    watched, unwatched, kept, dropped; "" for anything else, which changes nothing."""
    known = {code for code, _word in term_choices("sector")}
    held, wanted = watched(viewer), given.get("watch", "")
    done = ""
    if wanted in known - held:
        done = "watched"
        _add(viewer, SECTORS, wanted, "")
    for row in _mine(viewer, SECTORS):
        if row.name == given.get("unwatch"):
            done = "unwatched"
            session.delete(row)
    name = (given.get("keep") or "").strip()[:LONGEST]
    asked = dict(parse_qsl(given.get("query", "")))
    kept = {key: asked[key] for key in CONDITIONS if asked.get(key)}
    if name:
        done = "kept"
        for row in _mine(viewer, PAGE):
            if row.name == name:
                session.delete(row)
        _add(viewer, PAGE, name, urlencode(kept))
    for row in _mine(viewer, PAGE):
        if str(row.id) == given.get("drop"):
            done = "dropped"
            session.delete(row)
    session.flush()
    return done


def _add(viewer: Viewer, page: str, name: str, query: str) -> None:
    session.add(SavedView(person_id=viewer.person_id, page=page, name=name, query=query))
    session.flush()


def since(day: dt.date) -> dt.date:
    """The first day of a digest: Monday, on Mondays the one before."""
    monday = day - dt.timedelta(days=day.weekday())
    return monday - dt.timedelta(days=7) if monday == day else monday


def digest(viewer: AnyViewer, day: dt.date) -> list[Any]:
    """(sector code, how many firms of it became open for claims since the digest's first day)."""
    first, counts = since(day), dict.fromkeys(sorted(watched(viewer)), 0)
    if not counts:
        return []
    for row in openings.pool(viewer, day):
        if row.sector in counts and row.since >= first:
            counts[row.sector] += 1
    return [(code, n) for code, n in counts.items() if n]
