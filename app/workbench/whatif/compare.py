"""Two kept runs of a rule beside each other, both on today's records."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from flask import request

from app.core.access import Viewer
from app.core.text import _
from app.criteria.plan import Version
from app.criteria.queries import version_of
from app.criteria.trial import GAINED, LOST, MET, UNDECIDED
from app.criteria.trial_form import Moved
from app.workbench.columns import NONE
from app.workbench.models import TrialRun
from app.workbench.whatif import runs
from app.workbench.whatif.about import About
from app.workbench.whatif.asked import Doors
from app.workbench.whatif.effect import CHANGE_WORDS, Effect
from app.workbench.whatif.pages import doors_of
from app.workbench.whatif.subjects import about
from app.workbench.whatif.tables import Cell, sizes, way_asked

BOTH = len("ab")


@dataclass(frozen=True)
class Side:
    """One of the two runs."""

    run: TrialRun
    effect: Effect
    doors: Doors
    moved: list[Moved]


@dataclass(frozen=True)
class Pair:
    """The two, with the lines of their tables: each a name, then a cell for either."""

    base: Version
    sides: tuple[Side, Side]
    #: (clause and mark, in force, one, other)
    numbers: list[tuple[str, str, str, str]]
    figures: list[tuple[str, Cell, Cell]]
    way: str
    rows: list[tuple[str, Cell, Cell]]

    @property
    def about(self) -> About:
        """What the rule is about."""
        return about(self.base)


def pair(viewer: Viewer, day: dt.date) -> Pair | None:
    """The two runs of the address; None unless it names two of one rule that can be read."""
    found = [runs.find(viewer, pid) for pid in dict.fromkeys(request.args.getlist("run"))]
    if len(found) != BOTH or found[0].rule != found[1].rule:
        return None
    base = version_of(found[0].rule, day)
    one, other = (_side(viewer, base, run, day) for run in found)
    if one is None or other is None:
        return None
    way = way_asked(about(base))
    return Pair(
        base, (one, other), _numbers(one, other), _figures(one, other), way,
        _rows(viewer, one, other, way),
    )  # fmt: skip


def _side(viewer: Viewer, base: Version, run: TrialRun, day: dt.date) -> Side | None:
    form = runs.form_of(run, day)
    if form.made is None:
        return None
    found = runs.tried(viewer, base, form, day)
    return Side(run, found, doors_of(run.rule, form), form.moved)


def _numbers(one: Side, other: Side) -> list[tuple[str, str, str, str]]:
    """What either changed; the other side then has what is in force."""
    held = [{moved.place.name: moved for moved in side.moved} for side in (one, other)]
    found = []
    for name, moved in (held[1] | held[0]).items():
        place = moved.place
        a, b = (place.shown(s[name].after if name in s else None) for s in held)
        found.append((f"{moved.clause} {place.word}", place.shown(), a, b))
    return found


def _figures(one: Side, other: Side) -> list[tuple[str, Cell, Cell]]:
    both, kind = (one, other), one.effect.about

    def united(what: str, unit: str = kind.say("unit")) -> str:
        return _("%(what)s（%(unit)s）", what=what, unit=unit)

    met = [(side.effect.after(), side.doors.listed(after=MET)) for side in both]
    found = [(united(_("调整后符合")), met[0], met[1])]
    for change in (GAINED, LOST, UNDECIDED):
        cells = [
            (side.effect.whole.counts[change], side.doors.listed(change=change)) for side in both
        ]
        found.append((united(_(CHANGE_WORDS[change])), cells[0], cells[1]))
    summed = [sizes(kind, side.effect.whole, side.doors, {}) for side in both]
    for size, (a, a_bare), (b, b_bare) in zip(kind.sizes, *summed, strict=True):
        found.append((united(_(size.gained), _(size.unit)), (a, ""), (b, "")))
        if size.bare and a_bare and b_bare:
            found.append((united(_(size.bare)), a_bare, b_bare))
    return found


def _rows(viewer: Viewer, one: Side, other: Side, way: str) -> list[tuple[str, Cell, Cell]]:
    """新增符合 by one way, the largest first."""
    held = [side.effect.by(way) for side in (one, other)]
    called, found = one.effect.about.called(viewer, way), []
    for key in {**held[0], **held[1]}:
        cells = [
            (
                tallies[key].counts[GAINED] if key in tallies else 0,
                side.doors.listed(change=GAINED, **{way: key or NONE}),
            )
            for tallies, side in zip(held, (one, other), strict=True)
        ]
        if cells[0][0] or cells[1][0]:
            found.append((called.get(key, key), cells[0], cells[1]))
    return sorted(found, key=lambda row: (-max(row[1][0], row[2][0]), row[0]))


__all__ = ["Pair", "Side", "pair"]
