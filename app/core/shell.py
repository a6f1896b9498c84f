"""What frames every page: the rail, the bar, theme and language of the reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, g, redirect, request, url_for

from app.core.access import PostRef, Viewer, public
from app.core.panels import NavEntry, registry
from app.core.text import LOCALES, language

THEMES = ("light", "dark")
#: entries of a group that are read at a glance
LONG = 5
ONE_YEAR = 365 * 24 * 3600
blueprint = Blueprint("shell", __name__)

SavePreference = Callable[[Viewer, str, str], None]


@dataclass
class Shell:
    """What the accounts room adds: words for posts, names, and a place to keep preferences."""

    role_label: Callable[[PostRef], str] = field(default=lambda post: post.role)
    name_of: Callable[[int], str | None] = field(default=lambda _person_id: None)
    save_preference: SavePreference | None = None


@dataclass(frozen=True)
class RailEntry:
    """One line of the rail as it is drawn."""

    text: str
    url: str
    icon: str
    count: int | None
    hot: bool
    current: bool
    folded: bool = False


def shell() -> Shell:
    """The shell of the running application."""
    held: Shell = current_app.extensions["shell"]
    return held


def theme() -> str:
    """The reader's theme: of the account, else of the browser's cookie, else light."""
    wanted = g.get("theme") or request.cookies.get("theme")
    return wanted if wanted in THEMES else "light"


def rail() -> list[tuple[str, list[RailEntry]]]:
    """Groups of the rail for the present viewer, in order of position."""
    person = g.get("viewer")
    if person is None:
        return []
    shown = [e for e in sorted(registry().nav, key=lambda e: e.position) if e.shows(person)]
    here = _current([url_for(entry.endpoint) for entry in shown])
    seldom = {url_for(entry.endpoint) for entry in shown if entry.seldom}
    groups: dict[str, list[RailEntry]] = {}
    for entry in shown:
        groups.setdefault(entry.group, []).append(_drawn(entry, person, here))
    return [(group, _folded(entries, seldom)) for group, entries in groups.items()]


def _folded(entries: list[RailEntry], seldom: set[str]) -> list[RailEntry]:
    """What is seldom wanted goes last and folded, where a group is long and there are several."""
    some = [entry for entry in entries if entry.url in seldom]
    if len(entries) <= LONG or len(some) < 2:
        return entries
    often = [entry for entry in entries if entry.url not in seldom]
    return often + [replace(entry, folded=True) for entry in some]


def _drawn(entry: NavEntry, person: Any, here: str | None) -> RailEntry:
    url = url_for(entry.endpoint)
    count = entry.count(person) if entry.count else None
    return RailEntry(entry.text, url, entry.icon, count, entry.hot, url == here)


def stand_under(url: str) -> None:
    """Light the entry of this address: for a page that two entries lead to."""
    g.stands_under = url


def _current(urls: list[str]) -> str | None:
    """The entry whose address begins the present one, the longest if there are several."""
    path = g.get("stands_under") or request.path
    above = [u for u in urls if path == u or (u != "/" and path.startswith(u + "/"))]
    return max(above, key=len, default=None)


def has_endpoint(name: str) -> bool:
    """Whether a view of this name is there; the frame leaves out what is not."""
    return name in current_app.view_functions


def safe_next(target: str | None, fallback: str = "/") -> str:
    """A path inside this site, never another one."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return fallback
    parts = urlsplit(target)
    clean = not parts.scheme and not parts.netloc and "\\" not in target
    return target if clean and target.isprintable() else fallback


def came_from() -> str:
    """The page of this site that the request was sent from, else the home page."""
    came = urlsplit(request.referrer or "")
    if came.netloc != request.host:
        return "/"
    return safe_next(came.path + (f"?{came.query}" if came.query else ""))


@blueprint.post("/preferences")
@public
def preferences() -> Response:
    """Keep theme or language: with the account when signed in, and in the browser."""
    response = redirect(safe_next(request.form.get("next")), 303)
    for name, allowed in (("theme", THEMES), ("lang", LOCALES)):
        value = request.form.get(name)
        if value not in allowed:
            continue
        response.set_cookie(
            name,
            value,
            max_age=ONE_YEAR,
            secure=current_app.config.get("SESSION_COOKIE_SECURE", True),
            httponly=True,
            samesite="Lax",
        )
        person, keep = g.get("viewer"), shell().save_preference
        if person is not None and keep is not None:
            keep(person, name, value)
    return response  # type: ignore[return-value]


def _context() -> dict[str, Any]:
    return {"reader": g.get("viewer")}


def init_app(app: Flask) -> None:
    """Frame functions for templates, and the switch of theme and language."""
    app.extensions["shell"] = Shell()
    app.register_blueprint(blueprint)
    app.context_processor(_context)
    app.jinja_env.globals.update(
        theme=theme,
        rail=rail,
        has_endpoint=has_endpoint,
        language=language,
        role_label=lambda post: shell().role_label(post),
    )
