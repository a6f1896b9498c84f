"""How rooms add to pages below them: navigation, to-dos, panels, columns, key figures.

A room registers in its `init_app`; the page that shows the parts asks here and never imports
the room. Providers are called with the viewer and decide themselves whether they apply.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app


@dataclass(frozen=True)
class NavEntry:
    """One line of the rail. `count` gives the number at its right; `text` is Chinese source.

    `seldom` ones are folded away where their group is long.
    """

    group: str
    text: str
    endpoint: str
    icon: str
    position: int
    shows: Callable[[Any], bool]
    count: Callable[[Any], int | None] | None = None
    hot: bool = False
    seldom: bool = False


@dataclass(frozen=True)
class Todo:
    """One thing to do, due on a day. `title` and `detail` are already in the reader's words."""

    due: dt.date
    title: str
    detail: str
    subject: str
    url: str
    action: str
    primary: bool = False


@dataclass(frozen=True)
class Change:
    """One line of 昨日变动."""

    at: dt.datetime
    subject: str
    url: str
    text: str
    who: str
    outcome: str | None = None


@dataclass(frozen=True)
class KeyFigure:
    """A figure with its unit, lines below it, and the list it opens."""

    text: str
    value: str
    unit: str
    lines: tuple[str, ...] = ()
    url: str | None = None
    position: int = 50
    progress: int | None = None
    pace: int | None = None


@dataclass(frozen=True)
class Panel:
    """A part of a page: a template with its own data."""

    key: str
    template: str
    data: dict[str, Any]
    position: int = 50
    place: str = "main"


@dataclass(frozen=True)
class Column:
    """A column that a room offers to a list."""

    key: str
    text: str
    unit: str = ""
    cells: Callable[[Any, list[int], dt.date], dict[int, Any]] | None = None
    template: str | None = None
    numeric: bool = False
    default: bool = True
    position: int = 50
    sort: Callable[[Any, dt.date], Any] | None = None
    shows: Callable[[Any], bool] = lambda _viewer: True


@dataclass(frozen=True)
class Filter:
    """A condition that a room offers to a list; `apply` narrows a statement. `shows` says for
    which viewers it is."""

    key: str
    text: str
    choices: Callable[[], list[tuple[str, str]]]
    apply: Callable[[Any, Any, str, dt.date], Any]
    position: int = 50
    shows: Callable[[Any], bool] = lambda _viewer: True


Provider = Callable[..., Iterable[Any]]


@dataclass
class Registry:
    """All that the rooms of one application registered."""

    nav: list[NavEntry] = field(default_factory=list)
    todos: list[Provider] = field(default_factory=list)
    changes: list[Provider] = field(default_factory=list)
    figures: list[Provider] = field(default_factory=list)
    home: list[Provider] = field(default_factory=list)
    firm: list[Provider] = field(default_factory=list)
    firm_actions: list[Provider] = field(default_factory=list)
    carrier: list[Provider] = field(default_factory=list)
    carrier_filters: list[Filter] = field(default_factory=list)
    carrier_columns: list[Column] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    views: list[Provider] = field(default_factory=list)
    #: a rule, the viewer → number of a version → page on how it turned out
    editions: list[Callable[[str, Any], dict[int, str]]] = field(default_factory=list)
    #: a firm's verdict, whether to be brief → forecasts: sentences by clause ("": the rule as a
    #: whole), remarks under None
    foretell: list[Provider] = field(default_factory=list)


def init_app(app: Flask) -> None:
    """Give the application an empty registry."""
    app.extensions["panels"] = Registry()


def registry(app: Flask | None = None) -> Registry:
    """The registry of an application."""
    return (app or current_app).extensions["panels"]  # type: ignore[no-any-return]


def collect(providers: list[Provider], *args: Any) -> list[Any]:
    """Everything the providers give, in order."""
    return [item for provider in providers for item in provider(*args)]
