"""The form of 标准调整测算: a box for each number of a standard, filled from an address."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict

from app.criteria.content_form import ContentForm, field_of
from app.criteria.editing import Place, Section, sections
from app.criteria.plan import Version
from app.criteria.showing import SIGNS

#: how the name of a box begins, that of one of the condition, and in a transition of the new one
BOX, CONDITION = "p__", "p__condition__"
BESIDE = f"{CONDITION}any__0__all__0__"


@dataclass(frozen=True)
class Moved:
    """A number that was changed, with the clause it stands in."""

    clause: str
    place: Place
    after: str


class TrialForm(ContentForm):
    """The boxes of one content. Nothing is kept, so it carries no token."""

    clauses: list[Section]
    #: boxes of the address that the content does not have
    strange: list[str]

    @property
    def moved(self) -> list[Moved]:
        """What differs from the content, in its order; nothing until all can be read."""
        return self._differing() if self.made is not None else []

    def _differing(self) -> list[Moved]:
        """An equal number spelt otherwise does not differ."""
        return [
            Moved(section.title, place, self._fields[place.name].data)
            for section in self.clauses
            for place in section.places
            if not same(place.value, self._fields[place.name].data)
        ]

    @property
    def address(self) -> dict[str, str]:
        """The boxes that differ, as an address holds them."""
        return {one.place.name: one.after for one in self.moved}

    def read(self) -> dict[str, Any]:
        """The content with the numbers that differ."""
        held = {one.place.name for one in self._differing()}
        for place in self.places:
            if place.name not in held:
                self._fields[place.name].data = place.value
        return super().read()


def same(one: str, other: str) -> bool:
    """Whether two texts are the same number."""
    return Decimal(one) == Decimal(other)


def numbers(content: dict[str, Any]) -> list[Section]:
    """The numbers of a content by clause: those it compares with, windows, counts and points."""
    found = [
        replace(one, places=[place for place in one.places if place.kind != "text"])
        for one in sections(content)
    ]
    return [one for one in found if one.places]


def is_mark(place: Place) -> bool:
    """Whether a number is what a figure is compared with."""
    return place.path[-1] in SIGNS


def renamed(version: Version, given: Mapping[str, str], held: Iterable[str]) -> dict[str, str]:
    """The boxes of an address by the names that the content holds them under: during a transition
    the condition of the new version stands elsewhere than before and after it."""
    passes, names = any(line.transition for line in version.tree.force), set(held)
    found = {}
    for name, text in given.items():
        ways = [name]
        if passes:
            ways += [f"{BESIDE}{name.removeprefix(CONDITION)}",
                     f"{CONDITION}{name.removeprefix(BESIDE)}"]  # fmt: skip
        found[next((one for one in ways if one in names), name)] = text
    return found


def trial_form(version: Version, given: Mapping[str, str]) -> TrialForm:
    """The form of a version with the boxes of an address; the others hold what is in force."""
    content = json.loads(version.content)
    found = numbers(content)
    places = [place for section in found for place in section.places]
    values = {place.name: place.value for place in places}
    boxes = {name: text for name, text in given.items() if name.startswith(BOX)}
    typed = renamed(version, boxes, values)
    fields = {place.name: field_of(place) for place in places}
    made: TrialForm = type("ThisTrial", (TrialForm,), fields)(
        formdata=MultiDict(values | {n: t for n, t in typed.items() if n in values}),
        meta={"csrf": False},
    )
    made.content, made.places, made.clauses = content, places, found
    made.strange = sorted(set(typed) - set(values))
    return made


__all__ = ["BOX", "Moved", "TrialForm", "is_mark", "numbers", "renamed", "same", "trial_form"]
