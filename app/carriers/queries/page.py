"""What a carrier's page shows of the carrier itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from app.carriers.models import (
    Carrier,
    CarrierFigures,
    CarrierSector,
    CarrierStatus,
    CarrierTitle,
    Site,
    Source,
)
from app.carriers.queries.status import standing
from app.core.access import AnyViewer
from app.core.days import Period
from app.core.db import session


@dataclass(frozen=True)
class Facts:
    """Standing, acts, titles, sites and sectors of one carrier."""

    standing: CarrierStatus | None
    acts: list[CarrierStatus]
    titles: list[CarrierTitle]
    sites: list[Site]
    sectors: list[str]


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
    )


def figures_row(_viewer: AnyViewer, carrier: Carrier, period: Period) -> CarrierFigures | None:
    """The carrier's 快报 row of a period."""
    statement = select(CarrierFigures).where(
        CarrierFigures.carrier_id == carrier.id,
        CarrierFigures.year == period.year,
        CarrierFigures.quarter == period.quarter,
        CarrierFigures.source == Source.EXPRESS,
    )
    return session.scalars(statement).one_or_none()
