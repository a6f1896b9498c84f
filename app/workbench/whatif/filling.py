"""新标准补数据: what a new version asks of carriers or their firms and the one before it did not.

Nothing is stored: a subject is on the list while the version before it decides and the new one,
for want of such an input, cannot; it leaves the list with the entry that settles it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select

from app.carriers.models import Carrier
from app.core.access import AnyViewer, Viewer
from app.core.db import session
from app.core.errors import Forbidden, NotFound
from app.core.kept import kept
from app.core.panels import Todo
from app.core.text import _
from app.criteria.items import columns_of
from app.criteria.models import Outcome
from app.criteria.plan import Plan, Version
from app.criteria.queries import book, every_in_force, in_force, needed
from app.criteria.tree import Use
from app.criteria.trial import UNKNOWN, shown_of, told_of
from app.criteria.verdict import Ask
from app.workbench.doors import posts
from app.workbench.models import ImpactRecord
from app.workbench.whatif.about import About, Named
from app.workbench.whatif.subjects import KINDS, about

PAGE = "workbench.version_data"
#: who may enter what either kind of subject is asked for
FILL = tuple(dict.fromkeys(kind.filling.permission for kind in KINDS.values()))


@dataclass(frozen=True)
class Case:
    """A version approved and not replaced, beside the one before it."""

    version: Version
    before: Version
    #: the day by which the data is wanted: its first, or the end of its transition; and the day
    #: that both are judged as of, each alone
    due: dt.date
    day: dt.date
    now: dt.date
    #: whether the data is wanted by the end of a transition
    passing: bool

    @property
    def about(self) -> About:
        """What the version is about."""
        return about(self.version)


@dataclass(frozen=True)
class Lack:
    """A subject with its carrier's public id, how the version before decides, and what the new
    one asks of it beyond that."""

    subject: int
    carrier: str
    before: str
    asks: tuple[Ask, ...]


@dataclass(frozen=True)
class Row:
    """The same on a page: each input with the page where it is entered."""

    named: Named
    carrier: str
    before: str
    inputs: list[tuple[Ask, str | None]]


def cases(day: dt.date) -> list[Case]:
    """Every version with a record of its approval that is to come, or holds today."""
    rows = session.scalars(
        select(ImpactRecord)
        .where(ImpactRecord.kind == "new", ImpactRecord.round.is_(None))
        .order_by(ImpactRecord.day, ImpactRecord.id)
    )
    versions = {v.id: v for held in book().values() for v in held}
    found = []
    for row in rows:
        if row.before_id == row.standard_id:  # the first of its rule decides nothing anew
            continue
        version, before = versions[row.standard_id], versions[row.before_id]
        on = max(day, row.day)
        held = every_in_force(on).get(version.rule)
        if held is not None and held.id == version.id:
            due = _due(version, row)
            found.append(Case(version, before, due, on, day, due > row.day))
    return found


def _due(version: Version, row: ImpactRecord) -> dt.date:
    """The first day on which the version before may no longer be relied on."""
    beside = version.tree.force[row.number].transition
    return dt.date.fromisoformat(beside) if beside else row.day


def lacking(viewer: AnyViewer, case: Case) -> list[Lack]:
    """What the viewer's own carriers are asked for that lack what the version newly asks of them
    or of their firms, by name."""
    key = ("new version's data", posts(viewer), case.version.id, case.day)
    return kept(key, lambda: _lacking(viewer, case))


def _lacking(viewer: AnyViewer, case: Case) -> list[Lack]:
    new, filling = inputs(case), case.about.filling
    held = dict(filling.own(viewer, case.now)) if new else {}
    was = shown_of(case.before, list(held), case.day)
    decided = [one for one in held if was.get(one, UNKNOWN) != UNKNOWN]
    now = shown_of(case.version, decided, case.day)
    open_ = [one for one in decided if now.get(one) == UNKNOWN]
    seen = filling.opened(viewer, open_, case.now)
    told = told_of(case.version, [one for one in open_ if one in seen], case.day)
    found = []
    for one in open_:
        if one in told and told[one].outcome is Outcome.UNKNOWN:
            asks = tuple(ask for ask in told[one].asks if any(_asks(ask, use) for use in new))
            if asks:
                found.append(Lack(one, held[one], was[one], asks))
    return found


def inputs(case: Case) -> list[Use]:
    """The facts that the new version asks for and the one before it did not."""
    standing = in_force(case.day, subject=case.about.name)
    held = [
        Plan((v,), "new", needed((v,), standing)).facts for v in (case.before, case.version)
    ]  # fmt: skip
    return [use for use in held[1] if use not in held[0]]


def _asks(ask: Ask, use: Use) -> bool:
    """Whether an input is one of a fact's."""
    if ask.fact != use.fact:
        return False
    arguments = use.arguments
    if ask.kind == "figures":
        return ask.field in columns_of(use)
    named = {arguments[one] for one in ("key", "column") if one in arguments}
    return not named or ask.field is None or ask.field in named


def todos(viewer: AnyViewer, day: dt.date) -> Iterator[Todo]:
    """One for each carrier and version, with what is on the list that it opens."""
    for case in cases(day):
        if not viewer.may(case.about.filling.permission):
            continue
        by_carrier: dict[str, list[Lack]] = {}
        for one in lacking(viewer, case):
            by_carrier.setdefault(one.carrier, []).append(one)
        for carrier, name in _named(list(by_carrier)):
            lacks = by_carrier[carrier]
            asked = dict.fromkeys(str(ask.what) for one in lacks for ask in one.asks)
            yield Todo(
                case.due, _("新标准补数据"),
                case.about.say("task", title=case.version.tree.short, n=case.version.number,
                               k=len(lacks), what=next(iter(asked))),
                name,
                url_for(PAGE, rule=case.version.rule, number=case.version.number, carrier=carrier),
                _("补数据"),
            )  # fmt: skip


def _named(pids: Sequence[str]) -> list[tuple[str, str]]:
    rows = session.execute(
        select(Carrier.pid, Carrier.short_name)
        .where(Carrier.pid.in_(pids))
        .order_by(Carrier.short_name, Carrier.id)
    )
    return [(row[0], row[1]) for row in rows]


def listed(
    viewer: Viewer, rule: str, number: int, carrier: str, day: dt.date
) -> tuple[Case, list[Row], dict[str, str]]:
    """The version, what is on its list at a carrier (at all of one's own without one), and the
    names of the carriers; NotFound for a version that asks nobody for anything, Forbidden to
    those who enter nothing of its subjects."""
    case = next((c for c in cases(day) if (c.version.rule, c.version.number) == (rule, number)),
                None)  # fmt: skip
    if case is None:
        raise NotFound()
    kind = case.about
    if not viewer.may(kind.filling.permission):
        raise Forbidden()
    every = lacking(viewer, case)
    names = dict(_named(list({one.carrier for one in every})))
    some = [one for one in every if not carrier or one.carrier == carrier]
    ids = [one.subject for one in some]
    named, where = kind.named(viewer, ids), kind.filling.where(viewer, ids)
    rows = [
        Row(named[one.subject], names[one.carrier], one.before,
            [(ask, where(one.subject, ask)) for ask in one.asks])
        for one in some
    ]  # fmt: skip
    return case, rows, names
