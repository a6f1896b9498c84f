"""What the pages of 标准调整测算 show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import request, url_for

from app.core.access import Viewer
from app.core.paging import Page, page_number, page_size
from app.core.text import _
from app.criteria.editing import Place
from app.criteria.placing import standing
from app.criteria.plan import Version
from app.criteria.queries import every_in_force, version_of
from app.criteria.transition import line_of
from app.criteria.tree import versions_of
from app.criteria.trial_form import BOX, Moved, TrialForm, is_mark, renamed, trial_form
from app.workbench.models import TrialRun
from app.workbench.whatif import runs
from app.workbench.whatif.about import About, Named
from app.workbench.whatif.asked import MOVED, Doors, called, choices, conditions, only, within
from app.workbench.whatif.effect import CHANGE_WORDS, MOVES, Effect, Line
from app.workbench.whatif.subjects import KINDS, about
from app.workbench.whatif.tables import Groups, Row, grid, grid_heads, groups, way_asked

PAGE = "workbench.trial"


@dataclass(frozen=True)
class Shown:
    """An effect with its tables, ready for a page."""

    effect: Effect
    doors: Doors
    groups: Groups
    grid: list[Row]
    heads: list[str]


@dataclass(frozen=True)
class Trial:
    """The page of a rule: its boxes, and what they would change when they can be read."""

    base: Version
    form: TrialForm
    doors: Doors
    shown: Shown | None
    runs: list[TrialRun]
    run: TrialRun | None

    day: dt.date

    @property
    def about(self) -> About:
        """What the rule is about."""
        return about(self.base)

    @property
    def beside(self) -> tuple[int, int, str] | None:
        """During a transition the numbers of the new and the old version, and its end."""
        line, numbers = line_of(self.base.tree, self.day, "new", None), versions_of(self.base.tree)
        if line is None or line.transition is None or numbers is None:
            return None
        return (*numbers, line.transition)


def shown(viewer: Viewer, effect: Effect, doors: Doors) -> Shown:
    """An effect as a page shows it."""
    by = groups(viewer, effect, doors, way_asked(effect.about))
    return Shown(effect, doors, by, grid(effect, doors), grid_heads())


def boxes_asked() -> dict[str, str]:
    """The boxes of the address."""
    return {name: text for name, text in request.args.items() if name.startswith(BOX)}


def form_asked(rule: str, day: dt.date) -> tuple[Version, TrialForm]:
    """The version in force, and its form filled from the address and read."""
    base = version_of(rule, day)
    form = trial_form(base, boxes_asked())
    form.validate()
    return base, form


def doors_of(rule: str, form: TrialForm) -> Doors:
    """Addresses under the numbers of a form that was read."""
    return Doors(PAGE, {"rule": rule}, form.address)


def trial(viewer: Viewer, rule: str, day: dt.date) -> Trial:
    """The page of a rule as the address asks for it."""
    base, form = form_asked(rule, day)
    doors, kept = doors_of(rule, form), runs.kept_runs(viewer, rule)
    found = shown(viewer, runs.tried(viewer, base, form, day), doors) if form.made else None
    here = form.address if form.made else None
    names = [place.name for place in form.places]
    run = next((one for one in kept if renamed(base, one.asked, names) == here), None)
    return Trial(base, form, doors, found, kept, run, day)


def whole_address(form: TrialForm) -> bool:
    """Whether the address holds boxes that say what is in force anyway."""
    return form.made is not None and set(boxes_asked()) - set(form.strange) != set(form.address)


@dataclass(frozen=True)
class Listing:
    """The subjects behind a number."""

    about: About
    page: Page
    lines: list[Line]
    named: dict[int, Named]
    #: way of counting → its keys in words
    words: dict[str, dict[str, str]]
    asked: dict[str, str]
    tabs: list[dict[str, Any]]
    chips: list[tuple[str, str, str, str]]

    def told(self, line: Line, way: str) -> str:
        """What a subject is by a way of counting."""
        keys = line.keys[self.about.place(way)]
        return _("、").join(self.words[way].get(key, key) for key in keys)

    def told_all(self, line: Line, ways: tuple[str, ...]) -> str:
        """The same by several ways."""
        return " · ".join(filter(None, (self.told(line, way) for way in ways)))


def listing(viewer: Viewer, effect: Effect, doors: Doors) -> Listing:
    """The subjects under the conditions of the address, by name."""
    kind = effect.about
    asked = conditions(viewer, kind, request.args)
    found = within(effect, asked)
    size = page_size()
    number = min(page_number(), max(1, -(-len(found) // size)))
    lines = found[(number - 1) * size : number * size]
    return Listing(
        kind, Page(lines, number, size, len(found)), lines,
        kind.named(viewer, [line.id for line in lines]),
        {way: kind.called(viewer, way) for way in kind.ways}, asked,
        _tabs(effect, asked, doors), _chips(viewer, kind, asked, doors),
    )  # fmt: skip


def _tabs(effect: Effect, asked: Mapping[str, str], doors: Doors) -> list[dict[str, Any]]:
    rest = {key: value for key, value in asked.items() if key != "change"}
    lines = within(effect, rest)
    words = {"": _("全部"), MOVED: _("结果有变化")} | {key: _(CHANGE_WORDS[key]) for key in MOVES}
    found = []
    for key, text in words.items():
        count = len(only(effect.about, lines, {"change": key} if key else {}))
        if count or key in ("", asked.get("change")):
            found.append({"text": text, "href": doors.listed(**rest, change=key), "count": count,
                          "current": asked.get("change", "") == key})  # fmt: skip
    return found


def _chips(
    viewer: Viewer, kind: About, asked: Mapping[str, str], doors: Doors
) -> list[tuple[str, str, str, str]]:
    words = choices(viewer, kind)
    return [
        (
            called(kind, key), _("为"), words[key][value],
            doors.listed(**{k: v for k, v in asked.items() if k != key}),
        )
        for key, value in asked.items()
        if key != "change"
    ]  # fmt: skip


@dataclass(frozen=True)
class Overview:
    """Rules that can be tried, by what they are about, and the runs that were kept."""

    rules: list[tuple[str, list[Version]]]
    runs: list[TrialRun]


def overview(viewer: Viewer, day: dt.date) -> Overview:
    """All of them."""
    held = every_in_force(day)
    rules = [
        (kind.say("noun"), [held[rule] for rule in sorted(held) if about(held[rule]) is kind])
        for kind in KINDS.values()
    ]
    return Overview([one for one in rules if one[1]], runs.kept_runs(viewer))


def told(moved: Sequence[Moved]) -> list[tuple[str, str]]:
    """Numbers that were changed, in words: (clause and mark, 500 万元 → 400 万元)."""
    return [
        (
            f"{one.clause} {one.place.word}",
            f"{one.place.shown()} → {one.place.shown(one.after)}",
        )
        for one in moved
    ]  # fmt: skip


#: boxes of one part of a clause, by its name: empty where the clause has but one
Group = tuple[str, list[tuple[Any, Place]]]


@dataclass(frozen=True)
class Boxes:
    """The boxes of a clause: those it compares with, and the others, each with what is in force."""

    clause: str
    #: what the clause says
    text: str
    marks: list[Group]
    others: list[Group]

    @property
    def wrong(self) -> bool:
        """Whether one of the others cannot be read or was changed."""
        held = [one for _name, group in self.others for one in group]
        return any(f.errors or f.data != place.value for f, place in held)


def boxes(base: Version, form: TrialForm) -> list[Boxes]:
    """The boxes by clause."""
    said = {one.clause: str(one.text) for one in base.tree.clauses_all()}
    found = []
    for section in form.clauses:
        held = [(form[place.name], place) for place in section.places]
        sides = [
            _grouped(form.content, (one for one in held if is_mark(one[1]) is wanted))
            for wanted in (True, False)
        ]
        found.append(Boxes(section.title, said.get(section.clause, ""), *sides))
    return found


def _grouped(content: dict[str, Any], held: Iterable[tuple[Any, Place]]) -> list[Group]:
    """Boxes by the part of the clause that they stand in."""
    found = groupby(held, key=lambda one: standing(content, one[1].path))
    return [(name, list(group)) for name, group in found]


def href(run: TrialRun) -> str:
    """The page of a run."""
    boxes_: dict[str, Any] = dict(run.asked)
    return url_for(PAGE, rule=run.rule, **boxes_)


__all__ = [
    "Boxes", "Listing", "Overview", "Shown", "Trial", "boxes", "doors_of",
    "form_asked", "href", "listing", "overview", "shown", "told", "trial", "whole_address",
]  # fmt: skip
