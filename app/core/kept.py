"""Numbers that the process keeps until something is written.

What follows from the recorded data, the day and the key alone holds until the next revision.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any, TypeVar

from flask import current_app

from app.core.days import today
from app.core.db import last_revision
from app.core.db.base import OPEN

#: where the process keeps them, and how many at most
KEPT = "jieli.kept"
ROOM = 20_000

T = TypeVar("T")


def kept(key: Hashable, made: Callable[[], T]) -> T:
    """The value of a key, made once a revision and day.

    The revision is asked for first, so that what is kept under it is never older than it. Inside
    a write nothing is kept: it may yet be undone.
    """
    if OPEN.get() is not None:
        return made()
    mark = (last_revision(), today())
    held: tuple[Any, dict[Any, Any]] = current_app.extensions.get(KEPT, (None, {}))
    if held[0] != mark or len(held[1]) > ROOM:
        held = current_app.extensions[KEPT] = (mark, {})
    if key not in held[1]:
        held[1][key] = made()
    return held[1][key]  # type: ignore[no-any-return]


def kept_count(count: Callable[[Any], T]) -> Callable[[Any], T]:
    """A count for a viewer, asked once a revision: it follows from nothing else but the day."""

    def held(viewer: Any) -> T:
        return kept((count, viewer), partial(count, viewer))

    return held
