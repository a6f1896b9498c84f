"""去向与跟踪: leavers nobody has found yet, firms that may move away, graduates' later years."""

from __future__ import annotations

from flask import Flask

from app.core.access import AnyViewer
from app.core.days import today
from app.core.kept import kept_count
from app.core.panels import NavEntry, registry
from app.core.text import N_
from app.firms.queries.scope import sees_all
from app.workbench.leaving import todo, views, whereabouts


def _waiting(viewer: AnyViewer) -> int | None:
    """Leavers that a carrier has to find; the district has the list, not the work."""
    return None if sees_all(viewer) else len(whereabouts.rows(viewer, today())) or None


def init_app(app: Flask) -> None:
    """Register the rail's entry and what waits for whom."""
    held = registry(app)
    held.todos.append(todo.todos)
    held.nav.append(
        NavEntry(
            N_("毕业与输送"), N_("去向与跟踪"), "workbench.whereabouts", "geo-alt", 37,
            whereabouts.applies, kept_count(_waiting), seldom=True,
        )
    )  # fmt: skip


__all__ = ["init_app", "views"]
