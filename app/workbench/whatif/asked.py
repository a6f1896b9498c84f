"""What the address of a list behind a number asks for, and the addresses of those numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for

from app.core.access import AnyViewer, Viewer
from app.core.text import N_, _
from app.workbench.columns import NONE
from app.workbench.whatif.about import About
from app.workbench.whatif.effect import CHANGE_WORDS, DISPLAY_WORDS, MOVES, Effect, Line

#: all subjects whose result changes
MOVED = "moved"
#: condition → its name, besides the ways of counting
CONDITIONS = {
    "change": N_("变化"), "before": N_("原结果"), "after": N_("新结果"), "bare": N_("未登记"),
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

    def listed(self, **conditions: str) -> str:
        """The subjects under some conditions."""
        given: dict[str, Any] = {key: value for key, value in conditions.items() if value}
        return url_for(f"{self.page}_list", **self.path, **{**self.held, **given})


def conditions(viewer: Viewer, kind: About, args: Mapping[str, str]) -> dict[str, str]:
    """The conditions of an address that mean something."""
    words = choices(viewer, kind)
    return {key: args[key] for key in words if args.get(key) in words[key]}


def called(kind: About, condition: str) -> str:
    """The name of a condition."""
    return _((CONDITIONS | dict(kind.ways))[condition])


def choices(viewer: AnyViewer, kind: About) -> dict[str, dict[str, str]]:
    """Condition → its values with their words."""
    displays = {key: _(text) for key, text in DISPLAY_WORDS.items()}
    found = {
        "change": {MOVED: _("结果有变化")} | {key: _(text) for key, text in CHANGE_WORDS.items()},
        "before": displays, "after": displays,
        "bare": {size.key: _(size.text) for size in kind.sizes if size.bare},
    }  # fmt: skip
    for way in kind.ways:
        held = kind.called(viewer, way)
        found[way] = {key or NONE: text for key, text in held.items()}
    return found


def within(effect: Effect, asked: Mapping[str, str]) -> list[Line]:
    """The subjects that meet the conditions."""
    return only(effect.about, effect.lines, asked)


def only(kind: About, lines: Sequence[Line], asked: Mapping[str, str]) -> list[Line]:
    """Those of some lines that meet the conditions."""
    return [line for line in lines if all(_meets(kind, line, k, v) for k, v in asked.items())]


def _meets(kind: About, line: Line, key: str, value: str) -> bool:
    if key == "change":
        return line.change in MOVES if value == MOVED else line.change == value
    if key == "bare":
        return line.sizes[[size.key for size in kind.sizes].index(value)] is None
    if key in kind.ways:
        held = line.keys[kind.place(key)]
        return not held if value == NONE else value in held
    return bool(getattr(line, key) == value)
