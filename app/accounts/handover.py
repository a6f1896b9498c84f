"""离任交接: what of a person's open work passes to the successor. Rooms add their parts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app
from sqlalchemy import func, select, update

from app.accounts.models import SavedView
from app.core.access import AnyViewer
from app.core.db import session
from app.core.text import N_


@dataclass(frozen=True)
class Move:
    """Who leaves, who follows, at which organisations, by whom and when."""

    leaver_id: int
    successor_id: int
    organisation_ids: frozenset[int]
    actor: AnyViewer
    today: dt.date


@dataclass(frozen=True)
class Part:
    """One kind of open work: its Chinese name, how many a person has, and the act of passing on.

    `move` runs inside the write of the handover and answers how many it passed on.
    """

    name: str
    count: Callable[[int], int]
    move: Callable[[Move], int]


def register(app: Flask, part: Part) -> None:
    """Add a kind of open work (in a room's `init_app`)."""
    app.extensions.setdefault("handover", []).append(part)


def parts() -> list[Part]:
    """All kinds that rooms registered."""
    return list(current_app.extensions.get("handover", []))


def _views(person_id: int) -> int:
    mine = select(func.count()).where(SavedView.person_id == person_id)
    return session.scalar(mine) or 0


def _move_views(move: Move) -> int:
    mine = update(SavedView).where(SavedView.person_id == move.leaver_id)
    return int(
        session.execute(mine.values(person_id=move.successor_id)).rowcount  # type: ignore[attr-defined]
    )


SAVED_VIEWS = Part(N_("保存的视图"), _views, _move_views)
