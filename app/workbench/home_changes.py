"""昨日变动: what was entered about one's firms since the last working day, and what it moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from flask import url_for
from sqlalchemy import Select, func, or_, select

from app.accounts.models import Person
from app.carriers.models import Carrier
from app.core.access import AnyViewer, Permission
from app.core.days import today
from app.core.db import session
from app.core.db.revision import Revision
from app.core.filters import period, wan
from app.core.panels import Change
from app.core.text import _
from app.criteria.effects import word
from app.criteria.models import Verdict, VerdictChange
from app.firms.models import Evidence, Figures, Firm, Milestone, Residency
from app.firms.queries.scope import area_posts, sees_all
from app.pipeline.models import Claim, Graduation
from app.workbench.doors import scope_ids
from app.workbench.home import starts_at

Scope = list[int] | Select[Any] | None
#: rows read of each kind at most; the page shows a handful
MOST = 40
FEW = 500
#: acts on a return touch the figures of all its firms; they are told where a verdict moved
OF_RETURNS = ("return:submit", "return:check", "return:verify", "return:send_back")
#: things told of one write
TOLD = 2


@dataclass
class Entry:
    """What one write did to one firm."""

    texts: list[str] = field(default_factory=list)
    outcome: str | None = None

    @property
    def text(self) -> str:
        """The first few things, and how many more there were."""
        told = _("；").join(self.texts[:TOLD])
        more = len(self.texts) - TOLD
        return _("%(told)s；另有 %(n)s 项", told=told, n=more) if more > 0 else told


def changes(viewer: AnyViewer, since: dt.date) -> Iterator[Change]:
    """One line a write and firm, for people who work with the firms' files."""
    if not viewer.may(Permission.FIRM_READ):
        return
    first = session.scalar(
        select(func.min(Revision.id)).where(Revision.at >= starts_at(since), Revision.sealed)
    )
    if first is None:
        return
    area = bool(area_posts(viewer)) and not sees_all(viewer)
    entries = collect(firms(viewer, since), first, OPEN_TO_AREAS if area else SOURCES)
    gone = left(viewer)
    entries = {key: one for key, one in entries.items() if key[0] <= gone.get(key[1], key[0])}
    revisions = {
        row.id: row
        for row in session.execute(
            select(Revision.id, Revision.at, Revision.actor, Revision.action, Person.name)
            .outerjoin(Person, Person.id == Revision.person_id)
            .where(Revision.id.in_({rev for rev, _firm in entries}))
            .order_by(Revision.id)
        )
    }
    names = {
        row.id: row
        for row in session.execute(
            select(Firm.id, Firm.pid, Firm.short_name)
            .where(Firm.id.in_({firm for _rev, firm in entries}))
            .order_by(Firm.id)
        )
    }
    for (rev, firm), entry in sorted(entries.items(), reverse=True):
        made = revisions[rev]
        if made.actor == "system:seed" or (made.action in OF_RETURNS and not entry.outcome):
            continue
        yield Change(
            at=made.at,
            subject=names[firm].short_name,
            url=url_for("workbench.firm", pid=names[firm].pid),
            text=entry.text,
            who=made.name or _("系统"),
            outcome=entry.outcome,
        )


def firms(viewer: AnyViewer, day: dt.date) -> Scope:
    """Firms that are here or left since the day, or lie in the area; None for the district: all."""
    if sees_all(viewer):
        return None
    if area_posts(viewer):
        return scope_ids(viewer, named=True)
    statement = (
        select(Residency.firm_id)
        .join(Carrier, Carrier.id == Residency.carrier_id)
        .where(
            Carrier.organisation_id.in_(viewer.organisation_ids),
            Residency.counted,
            or_(Residency.ends.is_(None), Residency.ends >= day),
        )
        .order_by(Residency.firm_id)
    )
    return list(session.scalars(statement))


def left(viewer: AnyViewer) -> dict[int, int]:
    """Firm → the revision that wrote it gone, of the firms that were here and are not: what was
    entered later is the business of whoever has them now."""
    if sees_all(viewer) or area_posts(viewer):
        return {}
    mine = select(Carrier.id).where(Carrier.organisation_id.in_(viewer.organisation_ids))
    running = or_(Residency.ends.is_(None), Residency.ends > today())
    here = select(Residency.firm_id).where(Residency.carrier_id.in_(mine), running)
    past = Residency.__history__.c
    written = select(Residency.firm_id, func.max(Residency.rev)).where(
        Residency.carrier_id.in_(mine), Residency.firm_id.not_in(here)
    )
    # until when it stood without an end: a later correction of the tie moves nothing
    ended = select(past.firm_id, func.max(past.rev_to)).where(
        past.carrier_id.in_(mine), past.firm_id.not_in(here), past.ends.is_(None)
    )
    gone = dict(session.execute(written.group_by(Residency.firm_id)).all())
    return gone | dict(session.execute(ended.group_by(past.firm_id)).all())


def collect(
    scope: Scope, first: int, sources: tuple[tuple[Any, Any], ...]
) -> dict[tuple[int, int], Entry]:
    """(revision, firm) → what was done, the latest ones."""
    entries: dict[tuple[int, int], Entry] = {}
    for model, words in sources:
        statement = select(model).where(model.rev >= first)
        statement = statement.order_by(model.rev.desc(), model.id)
        for row in _within(scope, statement, model.firm_id):
            if row.firm_id is not None:
                entry = entries.setdefault((row.rev, row.firm_id), Entry())
                entry.texts.append(words(row))
    moved = _verdicts(scope, first)
    shown = _shown(moved)
    for change in moved:
        entry = entries.setdefault((change.rev, change.subject_id), Entry())
        before = word(change.before) if change.before else _("未核对")
        entry.outcome = shown.get((change.subject_id, change.after), change.after)
        entry.texts.insert(
            1,
            _("毕业条件由 %(before)s 变为 %(after)s", before=before, after=word(entry.outcome)),
        )
    return entries


def _shown(moved: list[VerdictChange]) -> dict[tuple[int, str], str]:
    """(firm, outcome) → how the page of the firm words it, where that outcome stands."""
    statement = select(Verdict.subject_id, Verdict.outcome, Verdict.display).where(
        Verdict.subject_id.in_({one.subject_id for one in moved}),
        Verdict.standard_id.in_({one.standard_id for one in moved}),
        Verdict.kind == "new",
    )
    return {(firm, outcome.value): display for firm, outcome, display in session.execute(statement)}


def _verdicts(scope: Scope, first: int) -> list[VerdictChange]:
    """Graduation verdicts whose outcome moved; a change of single clauses is not told here."""
    statement = select(VerdictChange).where(
        VerdictChange.rev >= first,
        VerdictChange.rule == "incubator.graduation",
        VerdictChange.before.is_not(None),
        VerdictChange.before != VerdictChange.after,
    )
    return _within(scope, statement.order_by(VerdictChange.id.desc()), VerdictChange.subject_id)


def _within(scope: Scope, statement: Select[Any], key: Any) -> list[Any]:
    """The first rows about firms in scope; beyond a few firms it is quicker to pick them here."""
    if isinstance(scope, list) and len(scope) > FEW:
        wanted = set(scope)
        rows = session.scalars(statement.execution_options(yield_per=MOST))
        return list(islice((row for row in rows if getattr(row, key.key) in wanted), MOST))
    if scope is not None:
        statement = statement.where(key.in_(scope))
    return list(session.scalars(statement.limit(MOST)))


def _milestone(row: Milestone) -> str:
    parts = [row.kind.label, row.title.label if row.title else "", row.name or ""]
    if row.amount is not None:
        parts.append(_("%(n)s 万元", n=wan(row.amount)))
        parts.append(row.money_state.label if row.money_state else "")
    return " ".join(part for part in parts if part)


def _figures(row: Figures) -> str:
    shown = period(row)
    return _("填报数据 %(period)s %(source)s", period=shown, source=row.source.label)


def _evidence(row: Evidence) -> str:
    return _("佐证材料 %(name)s", name=row.name)


def _residency(row: Residency) -> str:
    told = {"carrier": row.carrier.short_name, "kind": row.kind.label}
    if row.ends is None:
        return _("%(carrier)s %(kind)s，自 %(day)s 起", day=row.starts.isoformat(), **told)
    return _("%(carrier)s %(kind)s，到 %(day)s 止", day=row.ends.isoformat(), **told)


def _graduation(row: Graduation) -> str:
    return _("毕业 %(state)s", state=row.state.label)


def _claim(row: Claim) -> str:
    return _(
        "%(carrier)s 承接意向 %(state)s", carrier=row.carrier.short_name, state=row.state.label
    )


SOURCES: tuple[tuple[Any, Any], ...] = (
    (Milestone, _milestone),
    (Figures, _figures),
    (Evidence, _evidence),
    (Residency, _residency),
    (Graduation, _graduation),
    (Claim, _claim),
)
#: What readers of an area may know of a firm: no figures, no files, no bids.
OPEN_TO_AREAS = tuple(one for one in SOURCES if one[0] in (Milestone, Residency, Graduation))
