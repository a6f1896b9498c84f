"""What a person keeps of 承接机会: views with their conditions, and the sectors subscribed to.

Both are the person's own and live with the saved views of other lists. A subscription tells once
a week: what became open for claims since Monday, and on Mondays in the week before.
"""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qsl

from app.accounts.queries import saved_views
from app.core.access import AnyViewer
from app.pipeline.queries import openings
from app.pipeline.queries.matches import CONDITIONS

PAGE, SECTORS = "openings", "openings:sector"


def conditions(query: str) -> dict[str, str]:
    """The conditions of the list that an address holds."""
    asked = dict(parse_qsl(query))
    return {key: asked[key] for key in CONDITIONS if asked.get(key)}


def views(viewer: AnyViewer) -> list[tuple[int, str, dict[str, str]]]:
    """(id, name, conditions) of the views that the person keeps."""
    return [(row.id, row.name, conditions(row.query)) for row in saved_views(viewer, PAGE)]


def watched(viewer: AnyViewer) -> set[str]:
    """Codes of the sectors that the person subscribed to."""
    return {row.name for row in saved_views(viewer, SECTORS)}


def since(day: dt.date) -> dt.date:
    """The first day of a digest: Monday, on Mondays the one before."""
    monday = day - dt.timedelta(days=day.weekday())
    return monday - dt.timedelta(days=7) if monday == day else monday


def digest(viewer: AnyViewer, day: dt.date) -> list[tuple[str, int]]:
    """(sector code, how many firms of it became open for claims since the digest's first day)."""
    first, counts = since(day), dict.fromkeys(sorted(watched(viewer)), 0)
    if not counts:
        return []
    for row in openings.pool(viewer, day):
        if row.sector in counts and row.since >= first:
            counts[row.sector] += 1
    return [(code, n) for code, n in counts.items() if n]
