"""Which firms a viewer may see at all. Every list, count and page starts here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app
from sqlalchemy import Select, and_, exists, false, or_, select
from sqlalchemy.sql.elements import ColumnElement

from app.accounts.models import OrganisationKind
from app.carriers.models import Carrier, Site
from app.core.access import AnyViewer, System
from app.core.db import session
from app.core.errors import NotFound
from app.firms.models import Firm, Place, Residency

#: A room above adds a relation: viewer → condition on Firm (e.g. the pool that parks see).
Relation = Callable[[Any], ColumnElement[bool]]


def relations() -> list[Relation]:
    """Relations that rooms above registered with this application."""
    return current_app.extensions.setdefault("firm_relations", [])  # type: ignore[no-any-return]


def visible(viewer: AnyViewer) -> Select[Firm]:
    """The firms in a viewer's scope, merged ones left out, ordered by name."""
    statement = select(Firm).where(Firm.merged_into_id.is_(None))
    condition = scope(viewer)
    if condition is not None:
        statement = statement.where(condition)
    return statement.order_by(Firm.sort_key, Firm.id)


def scope(viewer: AnyViewer) -> ColumnElement[bool] | None:
    """Condition on Firm for a viewer; None for those who see all."""
    if isinstance(viewer, System) or viewer.holds(
        OrganisationKind.DISTRICT, OrganisationKind.AGENCY
    ):
        return None
    parts: list[ColumnElement[bool]] = [false()]
    if viewer.holds(OrganisationKind.CARRIER, OrganisationKind.PARK, OrganisationKind.OPERATOR):
        parts.append(own_tie(viewer))
        parts += [relation(viewer) for relation in relations()]
    for post in viewer.acting:
        if post.organisation_kind == OrganisationKind.AREA:
            parts.append(in_area(post.area_code, post.town_code))
    return or_(*parts)


def own_tie(viewer: AnyViewer) -> ColumnElement[bool]:
    """Firms that are or were tied to a carrier of the viewer's organisations."""
    return Firm.id.in_(
        select(Residency.firm_id)
        .join(Carrier, Carrier.id == Residency.carrier_id)
        .where(Carrier.organisation_id.in_(viewer.organisation_ids))
    )


def in_area(area: str | None, town: str | None) -> ColumnElement[bool]:
    """Firms registered or operating in an area (片区) or town, or at a carrier's site there."""
    places = [Place.firm_id == Firm.id, Place.ends.is_(None)]
    sites = [
        Residency.firm_id == Firm.id,
        Residency.ends.is_(None),
        Site.carrier_id == Residency.carrier_id,
        or_(Residency.site_id.is_(None), Residency.site_id == Site.id),
    ]
    wanted_place = Place.area == area if area else Place.town == town
    wanted_site = Site.area == area if area else Site.town == town
    return or_(
        exists().where(and_(*places, wanted_place)), exists().where(and_(*sites, wanted_site))
    )


def find(viewer: AnyViewer, pid: str) -> Firm:
    """The firm of a public id within the viewer's scope; NotFound otherwise."""
    firm = session.scalars(visible(viewer).where(Firm.pid == pid)).one_or_none()
    if firm is None:
        raise NotFound()
    return firm
