"""What the address of a list behind a number asks for, and the addresses of those numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import url_for

from app.carriers.queries import directory
from app.core.access import Viewer
from app.core.terms import term_choices
from app.core.text import N_, _
from app.workbench.columns import NONE
from app.workbench.whatif.effect import CHANGE_WORDS, DISPLAY_WORDS, MOVES, Line

#: all firms whose result changes
MOVED = "moved"
#: condition → its name
CONDITIONS = {
    "change": N_("变化"), "before": N_("原结果"), "after": N_("新结果"), "carrier": N_("载体"),
    "sector": N_("领域"), "area": N_("面积"),
}  # fmt: skip


@dataclass(frozen=True)
class Doors:
    """Addresses of one effect: its page, and the lists behind its numbers."""

    page: str
    path: Mapping[str, Any]
    #: what says which effect it is, such as the numbers that were changed
    held: Mapping[str, Any] = field(default_factory=dict)

    def home(self, **more: str) -> str:
        """The page itself."""
        return url_for(self.page, **self.path, **{**self.held, **more})

    def firms(self, **conditions: str) -> str:
        """The firms under some conditions."""
        given: dict[str, Any] = {key: value for key, value in conditions.items() if value}
        return url_for(f"{self.page}_firms", **self.path, **{**self.held, **given})


def names(viewer: Viewer, way: str) -> dict[str, str]:
    """Key of a line of a table → its name; "" are firms at no carrier, or without a sector."""
    if way == "carrier":
        return {row.pid: row.short_name for row in directory(viewer)} | {"": _("不在载体")}
    return dict(term_choices("sector", retired=True)) | {"": _("未登记")}


def conditions(viewer: Viewer, args: Mapping[str, str]) -> dict[str, str]:
    """The conditions of an address that mean something."""
    words = choices(viewer)
    return {key: args[key] for key in CONDITIONS if args.get(key) in words[key]}


def choices(viewer: Viewer) -> dict[str, dict[str, str]]:
    """Condition → its values with their words."""
    displays = {key: _(text) for key, text in DISPLAY_WORDS.items()}
    found = {
        "change": {MOVED: _("结果有变化")} | {key: _(text) for key, text in CHANGE_WORDS.items()},
        "before": displays, "after": displays, "area": {NONE: _("未登记")},
    }  # fmt: skip
    for way in ("carrier", "sector"):
        held = names(viewer, way)
        found[way] = {key or NONE: text for key, text in held.items()}
    return found


def within(lines: list[Line], asked: Mapping[str, str]) -> list[Line]:
    """The firms that meet the conditions."""
    return [line for line in lines if all(_meets(line, k, v) for k, v in asked.items())]


def _meets(line: Line, key: str, value: str) -> bool:
    if key == "change":
        return line.change in MOVES if value == MOVED else line.change == value
    if key == "area":
        return line.area is None
    held: str = getattr(line, key)
    return held == ("" if value == NONE else value)
