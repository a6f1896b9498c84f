"""What the address of these pages asks for: conditions of the list of firms, and their words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from app.core.access import AnyViewer
from app.core.paging import Page
from app.core.panels import Filter, registry
from app.core.text import _
from app.workbench.firm_list import WHOLE, told
from app.workbench.home_filters import tiers

#: conditions offered on these pages; an address may hold any of the list of firms
OFFERED = ("carrier", "sector", "area", "standing", "limit")


@dataclass(frozen=True)
class Asked:
    """The conditions in force; `start` are those of an address without any."""

    start: dict[str, str]
    now: dict[str, str]

    def url(self, endpoint: str, values: dict[str, Any], **more: str) -> str:
        """A page under these conditions and further ones; an empty one drops it."""
        rest = {key: value for key, value in (self.now | more).items() if value}
        bare = {WHOLE: "1"} if self.start and not self.keys(rest) else {}
        address = url_for(endpoint, **values)
        query = urlencode(rest | bare)
        return f"{address}?{query}" if query else address

    def keys(self, given: dict[str, str]) -> set[str]:
        """Those of some arguments that are conditions on firms."""
        return set(given) & (filters().keys() | {"q"})


@dataclass(frozen=True)
class Frame:
    """What a list of these pages shows beside its rows; `bare`: the page without conditions."""

    asked: Asked
    page: Page
    tabs: list[dict[str, Any]]
    chips: list[Any]
    filters: list[tuple[Filter, list[tuple[str, str]]]]
    bare: str


def filters() -> dict[str, Filter]:
    """The conditions that rooms offer to lists of firms."""
    return {one.key: one for one in registry().filters}


def asked(viewer: AnyViewer) -> Asked:
    """The conditions of the address; a carrier starts with the firms it has today."""
    start = {"here": "1"} if tiers(viewer) else {}
    held = filters()
    given = {k: v for k, v in request.args.items() if v and (k in held or k == "q")}
    known = {k: v for k, v in given.items() if k == "q" or v in dict(held[k].choices())}
    return Asked(start, known if known or request.args.get(WHOLE) else dict(start))


def chips(found: Asked, endpoint: str, values: dict[str, Any], **more: str) -> list[Any]:
    """(field, relation, value, address without it) of each condition."""
    return [
        (_(text), _(relation), value, found.url(endpoint, values, **more, **{key: ""}))
        for text, relation, value, key in told(found.now)
    ]


def bare(
    found: Asked, endpoint: str, values: dict[str, Any] | None = None, **more: str
) -> str:  # fmt: skip
    """The page without any condition."""
    return found.url(endpoint, values or {}, **more, **dict.fromkeys(found.now, ""))


def offered(viewer: AnyViewer) -> list[tuple[Filter, list[tuple[str, str]]]]:
    """The conditions that the page offers, with their choices."""
    held = filters()
    found = [held[key] for key in OFFERED if key in held and held[key].shows(viewer)]
    return [(one, one.choices()) for one in found]
