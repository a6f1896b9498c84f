"""Every value of a standard that a page may change, at the line of a comparison that it belongs
to, with its place in words."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.core.text import _, language
from app.criteria import citing
from app.criteria.editing import Path, sections
from app.criteria.saying import measured_thing
from app.criteria.showing import SIGNS
from app.criteria.tree import Use
from app.criteria.verdict import Text, Words

#: kinds of group whose parts are conditions, and those whose parts are parts of a score
PARTS, SCORED = ("all", "any", "of"), ("score", "sum", "best")
TONGUES = ("zh", "en")
#: what stands above the conditions → its line
HEAD = {"title": "title", "short": "title", "instrument": "source", "document": "source",
        "cite": "source"}  # fmt: skip


@dataclass(frozen=True)
class Value:
    """A value in words; `path` leads to it from the line that it belongs to."""

    path: Path
    word: str
    shown: Text | str
    #: whether it is a text; texts in two languages stand at two paths
    text: bool
    #: whether the words of its line say it already
    said: bool = False

    @property
    def key(self) -> tuple[Path, str]:
        """What it has in common with the same value of another version."""
        return self.path, self.word

    def __str__(self) -> str:
        return str(self.shown) if self.path[-1] == "cite" else f"{self.word} {self.shown}"


def values(content: dict[str, Any], roots: Mapping[Path, Any]) -> dict[Any, tuple[Value, ...]]:
    """Key of a line → its values in their order. `roots`: path of a line in the content → its
    key; a value belongs to the longest path that leads to it."""
    found: dict[Any, tuple[Value, ...]] = {}
    for section in sections(content):
        for place in section.places:
            root = max(
                (one for one in roots if place.path[: len(one)] == one),
                key=len,
                default=(),
            )
            inner = place.path[len(root) :]
            word = " ".join(filter(None, [" · ".join(spots(at(content, root), inner)), place.word]))
            key = roots[root] if root else HEAD.get(place.path[0])
            cited = place.path[-1] == "cite"
            shown = citing.words(place.value) if cited else place.shown()
            one = Value(inner, word, shown, place.kind == "text")
            found[key] = (*found.get(key, ()), one)
    return found


def at(content: Any, path: Path) -> Any:
    """What a path leads to."""
    for step in path:
        content = content[step]
    return content


def blank(content: dict[str, Any]) -> dict[str, Any]:
    """The content without the values that a page may change: what is left is its structure."""
    made = copy.deepcopy(content)
    for section in sections(content):
        for place in section.places:
            at(made, place.path[:-1])[place.path[-1]] = "#"
    return made


def standing(content: dict[str, Any], path: Path) -> str:
    """Where in its clause a value stands, in words; the bands of one part stand together."""
    above = [n for n in range(len(path)) if _is_clause(at(content, path[:n]))]
    start = max(above, default=0)
    inner = path[start:]
    if "bands" in inner:
        inner = inner[: inner.index("bands") + 1]
    return " · ".join(spots(at(content, path[:start]), inner))


def _is_clause(part: Any) -> bool:
    return isinstance(part, dict) and bool(part.get("clause") and part.get("cite"))


def spots(part: Any, path: Path) -> list[str]:
    """Where in a part a value stands: which step of a ladder, which of several conditions, what
    is measured there."""
    found: list[str] = []
    for n, step in enumerate(path[:-1]):
        held = at(part, path[: n + 1])
        group = path[n - 1] if n else ""
        if isinstance(step, int):
            found += _member(str(group), step, held)
        elif step == "when":
            found.append(_("适用范围"))
        elif group == "share" and step in ("part", "whole"):
            found.append(_("分子") if step == "part" else _("分母"))
    signs = [n for n, step in enumerate(path) if step in SIGNS]
    if signs and signs[0]:
        found += filter(None, [_measured(at(part, path[: signs[0]]))])
    return found


def _member(group: str, number: int, held: Any) -> Iterator[str]:
    """One of the parts of a group, in words."""
    if group in PARTS:
        yield _("第 %(n)s 项", n=number + 1)
    elif group == "tier":
        yield _("其余情形") if "otherwise" in held else _("第 %(n)s 档", n=number + 1)
    elif group == "bands":
        yield _("第 %(n)s 级", n=number + 1)
    elif group in SCORED:
        yield str(Words(held["text"]["zh"], held["text"]["en"]))


def _measured(part: dict[str, Any]) -> str:
    """What a condition measures, by name."""
    if "share" in part:
        return f"{_measured(part['share']['part'])} / {_measured(part['share']['whole'])}"
    if "growth" in part:
        return _measured(part["growth"])
    if "fact" not in part:
        return ""
    named = {key: one for key, one in part.get("with", {}).items() if key in ("column", "key")}
    return str(measured_thing(Use(part["fact"], tuple(named.items()))))


def read_here(path: Path) -> bool:
    """Whether a text is in the language of the reader, or in both."""
    return path[-1] not in TONGUES or path[-1] == ("en" if language() == "en" else "zh")


def beside(path: Path) -> Path:
    """The same text in the other language."""
    return (*path[:-1], TONGUES[1 - TONGUES.index(path[-1])]) if path[-1] in TONGUES else path


__all__ = ["Value", "at", "beside", "blank", "read_here", "standing", "values"]
