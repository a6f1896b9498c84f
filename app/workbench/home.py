"""The workbench (工作台): what the rooms have for this viewer today, in order of urgency."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from flask import g

from app.core.access import AnyViewer
from app.core.days import SHANGHAI
from app.core.panels import Change, KeyFigure, Panel, Todo, collect, registry
from app.core.text import _

FIGURES = 6
TODOS = 10
CHANGES = 8


@dataclass
class Home:
    """All that the page shows."""

    todos: list[Todo]
    changes: list[Change]
    since: dt.date
    figures: list[KeyFigure]
    panels: dict[str, list[Panel]] = field(default_factory=dict)
    day: dt.date = dt.date.min

    @property
    def first_todos(self) -> list[Todo]:
        """The most urgent ones; the rest stand on a page of their own."""
        return self.todos[:TODOS]

    @property
    def sentence(self) -> str:
        """One line of facts below the heading."""
        late = sum(todo.due < self.day for todo in self.todos)
        soon = sum(self.day <= todo.due <= self.day + dt.timedelta(days=7) for todo in self.todos)
        if not self.todos:
            return _("没有待办事项")
        return _("待办 %(n)s 项，其中逾期 %(late)s 项，7 天内到期 %(soon)s 项",
                 n=len(self.todos), late=late, soon=soon)  # fmt: skip


def build(viewer: AnyViewer, day: dt.date) -> Home:
    """The page of a viewer as of today."""
    since = last_working_day(day)
    panels = collect(registry().home, viewer, day)
    return Home(
        todos=todos(viewer, day),
        changes=changes(viewer, since)[:CHANGES],
        since=since,
        figures=sorted(collect(registry().figures, viewer, day), key=lambda f: f.position)[
            :FIGURES
        ],
        panels={
            place: sorted((p for p in panels if p.place == place), key=lambda p: p.position)
            for place in ("main", "side")
        },
        day=day,
    )


def todos(viewer: AnyViewer, day: dt.date) -> list[Todo]:
    """Everything to do, the earliest due first. Collected once a request."""
    held: dict[tuple[str, dt.date], list[Todo]] = g.setdefault("todos", {})
    key = (viewer.code, day)
    if key not in held:
        found = collect(registry().todos, viewer, day)
        held[key] = sorted(found, key=lambda todo: (todo.due, not todo.primary, todo.title))
    return held[key]


def changes(viewer: AnyViewer, since: dt.date) -> list[Change]:
    """What the rooms report since the beginning of a day, the latest first."""
    found = collect(registry().changes, viewer, since)
    return sorted(found, key=lambda change: change.at, reverse=True)


def last_working_day(day: dt.date) -> dt.date:
    """The last Monday-to-Friday day before a day."""
    day -= dt.timedelta(days=1)
    while day.weekday() > 4:
        day -= dt.timedelta(days=1)
    return day


def starts_at(day: dt.date) -> dt.datetime:
    """The instant a business day begins."""
    return dt.datetime.combine(day, dt.time(), SHANGHAI).astimezone(dt.UTC)
