"""Which carriers a viewer may open, and which are their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, false, or_, select
from sqlalchemy.sql.elements import ColumnElement

from app.accounts.models import OrganisationKind
from app.carriers.models import Carrier, Operator, Site
from app.carriers.queries import places
from app.carriers.queries.status import over
from app.core.access import AnyViewer, System
from app.core.days import today
from app.core.db import session
from app.core.errors import NotFound
from app.core.text import _


def own(viewer: AnyViewer) -> Select[int]:
    """Ids of the carriers of the viewer's organisations; an operator's are all it runs."""
    return own_of(viewer.organisation_ids)


@lru_cache(maxsize=256)
def own_of(organisations: frozenset[int]) -> Select[int]:
    """The same for some organisations; asked some thirty times a page, so built once."""
    return (
        select(Carrier.id)
        .join(Operator, Operator.id == Carrier.operator_id)
        .where(
            or_(
                Carrier.organisation_id.in_(organisations),
                Operator.organisation_id.in_(organisations),
            )
        )
        .order_by(Carrier.id)
    )


def visible(viewer: AnyViewer) -> Select[Carrier]:
    """Carriers whose pages the viewer may open, ordered by name.

    District and agency: all. Area readers: those that are there today. Others: their own.
    """
    statement = select(Carrier)
    condition = scope(viewer)
    if condition is not None:
        statement = statement.where(condition)
    return statement.order_by(Carrier.sort_key, Carrier.id)


def scope(viewer: AnyViewer) -> ColumnElement[bool] | None:
    """Condition on Carrier for a viewer; None for those who see all."""
    if isinstance(viewer, System) or viewer.holds(
        OrganisationKind.DISTRICT, OrganisationKind.AGENCY
    ):
        return None
    parts: list[ColumnElement[bool]] = [false(), Carrier.id.in_(own(viewer).order_by(None))]
    for post in viewer.acting:
        if post.organisation_kind == OrganisationKind.AREA:
            parts.append(_with_site_in(post.within))
    return or_(*parts)


def _with_site_in(within: tuple[str, str] | None) -> ColumnElement[bool]:
    if within is None:
        return false()
    name, code = within
    there = select(Site.carrier_id).where(
        getattr(Site, name) == code, Site.id.in_(places.standing(today()))
    )
    return Carrier.id.in_(there)


def find(viewer: AnyViewer, pid: str) -> Carrier:
    """The carrier of a public id within the viewer's scope; NotFound otherwise."""
    carrier = session.scalars(visible(viewer).where(Carrier.pid == pid)).one_or_none()
    if carrier is None:
        raise NotFound()
    return carrier


def find_public(pid: str) -> Carrier:
    """The carrier of a public id, whoever asks: its name, type, sites and standing are public."""
    carrier = session.scalars(select(Carrier).where(Carrier.pid == pid)).one_or_none()
    if carrier is None:
        raise NotFound()
    return carrier


def opens(viewer: AnyViewer, carrier: Carrier) -> bool:
    """Whether a carrier's figures, people and returns are within the viewer's scope."""
    return session.scalar(visible(viewer).where(Carrier.id == carrier.id)) is not None


def directory(_viewer: AnyViewer, *tiers: int) -> list[Any]:
    """Rows (id, pid, name, short_name, tier) of all carriers of some tiers; names are public."""
    statement = select(Carrier.id, Carrier.pid, Carrier.name, Carrier.short_name, Carrier.tier)
    if tiers:
        statement = statement.where(Carrier.tier.in_(tiers))
    return list(session.execute(statement.order_by(Carrier.sort_key, Carrier.id)))


def offered(viewer: AnyViewer, without: str = "") -> list[tuple[str, str]]:
    """(public id, name) of all carriers but one, for a form: those whose registration has ended
    say so and come last.
    """
    rows = [row for row in directory(viewer) if row.pid != without]
    return [(row.pid, text) for row, text in ended_last(rows, lambda row: row.name)]


def ended_last(rows: Iterable[Any], name: Callable[[Any], str]) -> list[tuple[Any, str]]:
    """Carriers, or rows of them, with the words of a drop-down, those that have ended last."""
    gone, held = over(today()), list(rows)
    told = [(row, name(row)) for row in held if row.id not in gone]
    for row in held:
        if row.id in gone:
            act = _("已%(act)s", act=gone[row.id].act.label)
            told.append((row, _("%(name)s（%(act)s）", name=name(row), act=act)))
    return told
