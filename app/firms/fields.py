"""Who sees what of a firm: one table of field sets per relation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from flask import has_request_context, request
from sqlalchemy import ScalarSelect, and_, exists, false, func, or_, select, true
from sqlalchemy.sql.elements import ColumnElement

from app.carriers.queries import own
from app.core.access import AnyViewer, Permission
from app.core.days import Period
from app.core.db import session
from app.core.errors import Forbidden
from app.firms.hooks import Relation, hooks
from app.firms.models import Consent, Firm, Residency
from app.firms.queries.returns import asked_of
from app.firms.queries.scope import (
    area_posts,
    has_carrier,
    in_area,
    once_hosted,
    runs,
    sees_all,
    tied,
)

#: name: name, code, sector, stage · path: days and places of the chain · profile: the rest of
#: the register entry · outcomes: results in words · values: clauses with value, gap, forecast ·
#: milestones, figures, evidence, history · terms: area and lease · demand, contact
BASIC = frozenset({"name", "path", "outcomes"})
FILE = BASIC | {"profile", "values", "milestones", "figures", "demand"}
WHOLE = FILE | {"evidence", "history", "terms", "contact"}

#: relation → what it opens. Under pool and open claim a park reads outcomes in words only.
FIELD_SETS: dict[Relation, frozenset[str]] = {
    Relation.NONE: frozenset(),
    Relation.AREA: BASIC | {"profile", "milestones"},
    Relation.POOL: BASIC,
    Relation.OPEN_CLAIM: BASIC | {"profile"},
    Relation.FORMER: BASIC | {"profile", "milestones", "figures"},
    Relation.ACCEPTED: FILE,
    Relation.HOSTING: WHOLE,
    Relation.DISTRICT: WHOLE,
}

#: What a park may see beyond its relation once the firm has consented.
WITH_CONSENT = frozenset({"demand", "contact"})
COURTING = (Relation.POOL, Relation.OPEN_CLAIM, Relation.ACCEPTED)
STRENGTH = {relation: place for place, relation in enumerate(Relation)}


def relations_of(
    viewer: AnyViewer, firm_ids: Iterable[int], day: dt.date
) -> dict[int, frozenset[Relation]]:
    """firm id → every relation in which the viewer stands to it on a day.

    While a page is read, which writes nothing, the same firms are asked for once.
    """
    ids = sorted(set(firm_ids))
    if not ids:
        return {}
    if sees_all(viewer):
        return {i: frozenset({Relation.DISTRICT}) for i in ids}
    if not has_request_context() or request.method != "GET":
        return _relations(viewer, ids, day)
    held = request.environ.setdefault("jieli.relations", {})
    key = viewer, day, tuple(ids)
    if key not in held:
        held[key] = _relations(viewer, ids, day)
    return dict(held[key])


def _relations(viewer: AnyViewer, ids: list[int], day: dt.date) -> dict[int, frozenset[Relation]]:
    found: dict[int, set[Relation]] = {i: set() for i in ids}
    for one, condition in _conditions(viewer, day):
        statement = select(Firm.id).where(Firm.id.in_(ids), condition)
        for firm_id in session.scalars(statement.order_by(Firm.id)):
            found[firm_id].add(one)
    for held in found.values():
        if Relation.HOSTING in held:
            held.discard(Relation.FORMER)
    return {i: frozenset(held) for i, held in found.items()}


def _conditions(
    viewer: AnyViewer, day: dt.date
) -> list[tuple[Relation, ColumnElement[bool]]]:  # fmt: skip
    """Each relation that a viewer can stand in, with the condition on Firm for it."""
    found: list[tuple[Relation, ColumnElement[bool]]] = []
    wider: list[tuple[Relation, ColumnElement[bool]]] = []
    if has_carrier(viewer):
        found = [
            (Relation.HOSTING, tied(viewer, runs(day))),
            (Relation.FORMER, once_hosted(viewer)),
        ]
        wider = [(r, condition(viewer, day)) for r, condition in hooks().relations.items()]
    wider += [(Relation.AREA, in_area(post, day)) for post in area_posts(viewer)]
    listed = Firm.counted_only.is_(False)
    return found + [(one, and_(listed, condition)) for one, condition in wider]


def opening(viewer: AnyViewer, field: str, day: dt.date) -> ColumnElement[bool]:
    """Condition on Firm: one of the viewer's relations opens a field; for sorts and filters."""
    if sees_all(viewer):
        return true()
    conditions = _conditions(viewer, day)
    return or_(false(), *(c for one, c in conditions if field in FIELD_SETS[one]))


def current(viewer: AnyViewer, field: str, day: dt.date) -> ColumnElement[bool]:
    """The same without former hosts, who see nothing new; for lists of what holds today."""
    if sees_all(viewer):
        return true()
    held = [(one, c) for one, c in _conditions(viewer, day) if one is not Relation.FORMER]
    return or_(false(), *(c for one, c in held if field in FIELD_SETS[one]))


def open_demand(viewer: AnyViewer, day: dt.date) -> ColumnElement[bool]:
    """Condition on Firm: its demand is open to the viewer, by a relation or by its consent."""
    if sees_all(viewer):
        return true()
    agreed = exists().where(
        Consent.firm_id == Firm.id, Consent.starts <= day,
        or_(Consent.ends.is_(None), Consent.ends > day),
    )  # fmt: skip
    courted = [c for one, c in _conditions(viewer, day) if one in COURTING]
    return or_(opening(viewer, "demand", day), and_(agreed, or_(false(), *courted)))


def reached(field: str) -> Callable[[AnyViewer], bool]:
    """Whether a viewer's posts can open a field of any firm: what columns are offered to whom."""

    def within(viewer: AnyViewer) -> bool:
        held = [Relation.DISTRICT] if sees_all(viewer) else []
        held += [Relation.AREA] if area_posts(viewer) else []
        held += [Relation.HOSTING, *hooks().relations] if has_carrier(viewer) else []
        return any(field in FIELD_SETS[one] for one in held)

    return within


def relation(viewer: AnyViewer, firm_id: int, day: dt.date) -> Relation:
    """The strongest relation of the viewer to a firm on a day."""
    held = relations_of(viewer, [firm_id], day)[firm_id]
    return max(held, key=STRENGTH.__getitem__, default=Relation.NONE)


def allowed(one: Relation) -> frozenset[str]:
    """The field set of a relation, without what a consent adds."""
    return FIELD_SETS[one]


def open_to(viewer: AnyViewer, firm_id: int, day: dt.date) -> frozenset[str]:
    """Everything the viewer may see of a firm on a day: all relations together, and consent."""
    return open_to_each(viewer, [firm_id], day)[firm_id]


def open_to_each(
    viewer: AnyViewer, firm_ids: Iterable[int], day: dt.date
) -> dict[int, frozenset[str]]:
    """firm id → what the viewer may see of it; for lists."""
    held = relations_of(viewer, firm_ids, day)
    courted = [i for i, relations in held.items() if relations.intersection(COURTING)]
    agreed = consents(courted, day)
    return {
        i: frozenset().union(
            *(FIELD_SETS[r] for r in relations), WITH_CONSENT if i in agreed else ()
        )
        for i, relations in held.items()
    }


def consents(firm_ids: Iterable[int], day: dt.date) -> set[int]:
    """Firms that agree on a day to their contact and demand being shown to parks."""
    ids = list(firm_ids)
    if not ids:
        return set()
    statement = select(Consent.firm_id).where(
        Consent.firm_id.in_(ids),
        Consent.starts <= day,
        or_(Consent.ends.is_(None), Consent.ends > day),
    )
    return set(session.scalars(statement.order_by(Consent.firm_id)))


def seen_until(viewer: AnyViewer, firm_id: int, day: dt.date) -> dt.date | None:
    """The day from which a former host sees nothing new; None where nothing is held back."""
    held = relations_of(viewer, [firm_id], day)[firm_id]
    strong = {r for r in held if "milestones" in FIELD_SETS[r] and r is not Relation.FORMER}
    if strong or Relation.FORMER not in held:
        return None
    left = select(func.max(Residency.ends)).where(
        Residency.firm_id == firm_id, Residency.carrier_id.in_(own(viewer).order_by(None))
    )
    return session.scalar(left)


def may_record(viewer: AnyViewer, firm_id: int, day: dt.date) -> bool:
    """Whether the viewer may write to a firm's file.

    The district and whoever hosts it may; the last host may go on while nobody else hosts it,
    so that graduates who moved to a building of their own are still followed.
    """
    held = relations_of(viewer, [firm_id], day)[firm_id]
    if Relation.DISTRICT in held:
        return viewer.may(Permission.FIRM_VERIFY)
    if not viewer.may(Permission.FIRM_RECORD):
        return False
    if Relation.HOSTING in held:
        return True
    if Relation.FORMER not in held:
        return False
    last = select(last_carrier()).where(Firm.id == firm_id)
    return session.scalar(last) in set(session.scalars(own(viewer)))


def last_carrier() -> ScalarSelect[int]:
    """The carrier of the tie of a Firm that runs, or else ended last."""
    statement = select(Residency.carrier_id).where(Residency.firm_id == Firm.id)
    days = (Residency.ends.desc().nulls_first(), Residency.starts.desc(), Residency.id)
    return statement.order_by(*days).limit(1).correlate(Firm).scalar_subquery()


def need_record(viewer: AnyViewer, firm_id: int, day: dt.date) -> None:
    """Forbidden unless the viewer may write to the firm's file."""
    if not may_record(viewer, firm_id, day):
        raise Forbidden("not_recorder")


def may_enter(viewer: AnyViewer, firm_id: int, period: Period, day: dt.date) -> bool:
    """Whether the viewer may enter a firm's figures of a period: whoever may write to its file,
    and a carrier whose open return speaks for a firm that has moved on since."""
    return may_record(viewer, firm_id, day) or (
        viewer.may(Permission.CARRIER_FIGURES) and asked_of(viewer, firm_id, period)
    )


def need_enter(viewer: AnyViewer, firm_id: int, period: Period, day: dt.date) -> None:
    """Forbidden unless the viewer may enter the firm's figures of a period."""
    if not may_enter(viewer, firm_id, period, day):
        raise Forbidden("not_recorder")
