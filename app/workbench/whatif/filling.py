"""新标准补数据: what a new version asks of a carrier's firms that the one before it did not.

Nothing is stored: a firm is on the list while the version before it decides and the new one, for
want of such an input, cannot; it leaves the list with the entry that settles it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import or_, select

from app.carriers.models import Carrier
from app.core.access import AnyViewer, Permission, Viewer
from app.core.db import session
from app.core.errors import NotFound
from app.core.kept import kept
from app.core.panels import Todo
from app.core.text import _
from app.criteria.items import columns_of
from app.criteria.models import Outcome
from app.criteria.plan import Plan, Version
from app.criteria.queries import assess_many, book, in_force, needed
from app.criteria.tree import Use
from app.criteria.trial import UNKNOWN, shown_of
from app.criteria.verdict import Ask
from app.firms import fields
from app.firms.models import Firm, Residency
from app.workbench.doors import posts
from app.workbench.models import ImpactRecord

PAGE = "workbench.version_data"


@dataclass(frozen=True)
class Case:
    """A version approved and not replaced, beside the one before it."""

    version: Version
    before: Version
    #: its first day, by which the data is wanted, and the day that both are judged as of
    due: dt.date
    day: dt.date
    now: dt.date


@dataclass(frozen=True)
class Lack:
    """A firm with its carrier's public id, how the version before decides, and what the new one
    asks of it beyond that."""

    firm_id: int
    carrier: str
    before: str
    asks: tuple[Ask, ...]


@dataclass(frozen=True)
class Row:
    """The same on a page: each input with the page where it is entered."""

    firm: Firm
    carrier: str
    before: str
    inputs: list[tuple[Ask, str]]


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
        version, before = versions[row.standard_id], versions[row.before_id]
        on = max(day, row.day)
        held = in_force(on).get(version.rule)
        if held is not None and held.id == version.id:
            found.append(Case(version, before, row.day, on, day))
    return found


def lacking(viewer: AnyViewer, case: Case) -> list[Lack]:
    """The firms at the viewer's own carriers that lack what the version newly asks, by name."""
    key = ("new version's data", posts(viewer), case.version.id, case.day)
    return kept(key, lambda: _lacking(viewer, case))


def _lacking(viewer: AnyViewer, case: Case) -> list[Lack]:
    new = inputs(case)
    held = dict(_own(viewer, case.now)) if new else {}
    was = shown_of(case.before, list(held), case.day)
    decided = [one for one in held if was.get(one, UNKNOWN) != UNKNOWN]
    now = shown_of(case.version, decided, case.day)
    open_ = [one for one in decided if now.get(one) == UNKNOWN]
    seen = fields.open_to_each(viewer, open_, case.now) if open_ else {}
    told = assess_many(
        case.version.rule, [one for one in open_ if "values" in seen[one]], case.day
    )  # fmt: skip
    found = []
    for one in open_:
        if one in told and told[one].outcome is Outcome.UNKNOWN:
            asks = tuple(ask for ask in told[one].asks if any(_asks(ask, use) for use in new))
            if asks:
                found.append(Lack(one, held[one], was[one], asks))
    return found


def inputs(case: Case) -> list[Use]:
    """The facts that the new version asks for and the one before it did not."""
    held = [
        Plan((v,), "new", needed((v,), in_force(case.day))).facts
        for v in (case.before, case.version)
    ]
    return [use for use in held[1] if use not in held[0]]


def _asks(ask: Ask, use: Use) -> bool:
    """Whether an input is one of a fact's."""
    if ask.fact != use.fact:
        return False
    arguments = use.arguments
    if ask.kind == "figures":
        return ask.field in columns_of(use)
    return "key" not in arguments or ask.field in (None, arguments["key"])


def _own(viewer: AnyViewer, day: dt.date) -> Iterator[tuple[int, str]]:
    """(firm, public id of the carrier) at the viewer's own carriers, by name."""
    rows = session.execute(
        select(Firm.id, Carrier.pid)
        .join(Residency, Residency.firm_id == Firm.id)
        .join(Carrier, Carrier.id == Residency.carrier_id)
        .where(
            Carrier.organisation_id.in_(viewer.organisation_ids),
            Firm.merged_into_id.is_(None), Residency.counted, Residency.starts <= day,
            or_(Residency.ends.is_(None), Residency.ends > day),
        )
        .order_by(Firm.sort_key, Firm.id)
    )  # fmt: skip
    yield from ((row[0], row[1]) for row in rows)


def todos(viewer: AnyViewer, day: dt.date) -> Iterator[Todo]:
    """One for each carrier and version, with the number of firms on the list that it opens."""
    if not viewer.may(Permission.FIRM_RECORD):
        return
    for case in cases(day):
        by_carrier: dict[str, list[Lack]] = {}
        for one in lacking(viewer, case):
            by_carrier.setdefault(one.carrier, []).append(one)
        for carrier, name in _named(list(by_carrier)):
            firms = by_carrier[carrier]
            asked = dict.fromkeys(str(ask.what) for one in firms for ask in one.asks)
            yield Todo(
                case.due, _("新标准补数据"),
                _("%(title)s第 %(n)s 版：%(k)s 家待补“%(what)s”", title=case.version.tree.short,
                  n=case.version.number, k=len(firms), what=next(iter(asked))),
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
    """The version, the firms on its list at a carrier (at all of one's own without one), and the
    names of the carriers; NotFound for a version that asks nobody for anything."""
    case = next((c for c in cases(day) if (c.version.rule, c.version.number) == (rule, number)),
                None)  # fmt: skip
    if case is None:
        raise NotFound()
    every = lacking(viewer, case)
    names = dict(_named(list({one.carrier for one in every})))
    some = [one for one in every if not carrier or one.carrier == carrier]
    firms = {
        firm.id: firm
        for firm in session.scalars(select(Firm).where(Firm.id.in_([one.firm_id for one in some])))
    }
    rows = [
        Row(firms[one.firm_id], names[one.carrier], one.before,
            [(ask, where(firms[one.firm_id], ask)) for ask in one.asks])
        for one in some
    ]  # fmt: skip
    return case, rows, names


def where(firm: Firm, ask: Ask) -> str:
    """The page where an input is entered."""
    if ask.kind == "figures":
        return url_for("firms.figures", pid=firm.pid, period=str(ask.year))
    if ask.kind == "attestation":
        return url_for("firms.promises", pid=firm.pid)
    if ask.kind == "stated":
        return url_for("firms.stated", pid=firm.pid)
    if ask.kind == "milestone":
        return url_for("workbench.firm", pid=firm.pid)
    return url_for("firms.edit", pid=firm.pid)
