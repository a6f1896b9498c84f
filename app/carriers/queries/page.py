"""What a carrier's page shows of the carrier itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import Organisation, OrganisationKind, Person, Post, Role
from app.accounts.queries import in_force
from app.carriers.models import (
    Carrier,
    CarrierSector,
    CarrierStated,
    CarrierStatus,
    CarrierSuccession,
    CarrierTitle,
    Return,
    Site,
)
from app.carriers.queries import succession
from app.carriers.queries.returns import returns
from app.carriers.queries.status import announced, standing
from app.core.access import AnyViewer
from app.core.db import session


@dataclass(frozen=True)
class Facts:
    """Standing, acts, titles, sites and sectors of one carrier."""

    standing: CarrierStatus | None
    acts: list[CarrierStatus]
    titles: list[CarrierTitle]
    sites: list[Site]
    sectors: list[str]
    #: what it came from, and what it goes on in
    befores: list[CarrierSuccession]
    afters: list[CarrierSuccession]
    #: the 取消 or 注销 that is entered for a day still to come
    announced: CarrierStatus | None


def facts(_viewer: AnyViewer, carrier: Carrier, day: dt.date) -> Facts:
    """The carrier's own entry; the caller has found it within the viewer's scope."""
    mine = carrier.id
    acts = select(CarrierStatus).where(CarrierStatus.carrier_id == mine)
    titles = select(CarrierTitle).where(CarrierTitle.carrier_id == mine)
    sites = select(Site).where(Site.carrier_id == mine)
    sectors = select(CarrierSector.sector).where(CarrierSector.carrier_id == mine)
    return Facts(
        standing=standing(mine, day),
        acts=list(session.scalars(acts.order_by(CarrierStatus.day.desc(), CarrierStatus.id))),
        titles=list(session.scalars(titles.order_by(CarrierTitle.starts.desc()))),
        sites=list(session.scalars(sites.order_by(Site.starts, Site.id))),
        sectors=list(session.scalars(sectors.order_by(CarrierSector.position))),
        befores=succession.befores(mine),
        afters=succession.afters(mine),
        announced=announced(day).get(mine),
    )


@dataclass(frozen=True)
class Holder:
    """Somebody with a post at the carrier or its operator."""

    name: str
    role: str
    place: str
    starts: dt.date


def people(viewer: AnyViewer, carrier: Carrier, day: dt.date) -> list[Holder] | None:
    """Who holds posts at the carrier today; None where the viewer may not know.

    The district, the agency and the carrier's own people may.
    """
    own_people = carrier.organisation_id in viewer.organisation_ids or (
        carrier.operator.organisation_id in viewer.organisation_ids
    )
    if not own_people and not viewer.holds(OrganisationKind.DISTRICT, OrganisationKind.AGENCY):
        return None
    places = (carrier.organisation_id, carrier.operator.organisation_id)
    statement = (
        select(Person.name, Post.role, Organisation.short_name, Post.starts)
        .join(Post, Post.person_id == Person.id)
        .join(Organisation, Organisation.id == Post.organisation_id)
        .where(Post.organisation_id.in_(places), in_force(day), Person.disabled.is_(False))
        .order_by(Post.role, Person.name, Post.id)
    )
    return [Holder(n, Role(r).label, p, s) for n, r, p, s in session.execute(statement)]


def stated_of(_viewer: AnyViewer, carrier: Carrier) -> list[CarrierStated]:
    """What the carrier stated, the newest first; the caller has found it within scope."""
    rows = select(CarrierStated).where(CarrierStated.carrier_id == carrier.id)
    return list(
        session.scalars(
            rows.order_by(CarrierStated.day.desc(), CarrierStated.key, CarrierStated.id)
        )
    )


def returns_of(viewer: AnyViewer, carrier: Carrier, limit: int = 6) -> list[Return]:
    """The carrier's latest returns within the viewer's scope."""
    return list(
        session.scalars(returns(viewer).where(Return.carrier_id == carrier.id).limit(limit))
    )
