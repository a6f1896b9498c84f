"""A carrier's entry: its acts of registration, titles, sites, sectors and own figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.accounts.models import Organisation, OrganisationKind
from app.carriers.models import (
    PARK,
    Carrier,
    CarrierFigures,
    CarrierSector,
    CarrierStatus,
    CarrierTitle,
    CarrierType,
    Level,
    Operator,
    Site,
    Source,
    StatusAct,
    Verification,
)
from app.carriers.queries import own
from app.core.access import AnyViewer, Permission
from app.core.days import Period
from app.core.db import session
from app.core.errors import (
    Conflict,
    DomainError,
    Forbidden,
    register_constraints,
    register_messages,
)
from app.core.pinyin import sort_key
from app.core.text import N_

register_messages(
    {
        "act_order": N_("按日期先后，“%(act)s”不能接在“%(before)s”之后。"),
        "act_first": N_("第一条应为“登记”。"),
        "act_twice": N_("同一天已登记过这一事项。"),
        "act_future": N_("日期不能晚于今天。"),
        "site_days": N_("止日应晚于起日。"),
        "carrier_name": N_("这个名称的载体已经登记。"),
    }
)

#: SQLite names the columns of a unique index, PostgreSQL the index.
register_constraints(
    {
        "uq_carrier_status_day": ("act_twice", "act"),
        "carrier_status.carrier_id, carrier_status.day, carrier_status.act": ("act_twice", "act"),
        "uq_carrier_figures": ("stale", None),
        "carrier_figures.carrier_id, carrier_figures.year": ("stale", None),
    }
)

#: standing → acts that may follow it; 变更 never changes the standing
FOLLOWS: dict[StatusAct | None, tuple[StatusAct, ...]] = {
    None: (StatusAct.REGISTERED,),
    StatusAct.REGISTERED: (StatusAct.SUSPENDED, StatusAct.WITHDRAWN, StatusAct.CLOSED),
    StatusAct.RESUMED: (StatusAct.SUSPENDED, StatusAct.WITHDRAWN, StatusAct.CLOSED),
    StatusAct.SUSPENDED: (StatusAct.RESUMED, StatusAct.WITHDRAWN, StatusAct.CLOSED),
    StatusAct.WITHDRAWN: (StatusAct.REGISTERED, StatusAct.CLOSED),
    StatusAct.CLOSED: (),
}


def _need_own(actor: AnyViewer, carrier: Carrier, permission: Permission) -> None:
    """The carrier's own people with the permission, or the district."""
    if actor.may(Permission.CARRIER_STATUS):
        return
    actor.need(permission)
    if carrier.id not in set(session.scalars(own(actor))):
        raise Forbidden()


def register_carrier(
    *,
    actor: AnyViewer,
    today: dt.date,
    name: str,
    tier: int,
    type_: CarrierType,
    operator: Operator,
    day: dt.date,
    short_name: str | None = None,
    document: str | None = None,
    batch: str | None = None,
    **more: Any,
) -> Carrier:
    """Enter a carrier with its organisation and its first act, 登记. Raises `carrier_name`."""
    actor.need(Permission.CARRIER_STATUS)
    if session.scalar(select(Carrier.id).where(Carrier.name == name)) is not None:
        raise Conflict("carrier_name", "name")
    kind = OrganisationKind.PARK if tier == PARK else OrganisationKind.CARRIER
    unit = Organisation(
        kind=kind, name=name, short_name=(short_name or name)[:40],
        parent_id=operator.organisation_id,
    )  # fmt: skip
    session.add(unit)
    session.flush()
    carrier = Carrier(
        organisation_id=unit.id,
        operator_id=operator.id,
        name=name,
        short_name=(short_name or name)[:40],
        sort_key=sort_key(name),
        tier=tier,
        type=type_,
        **more,
    )
    session.add(carrier)
    session.flush()
    add_act(
        actor=actor, today=today, carrier=carrier, act=StatusAct.REGISTERED, day=day,
        document=document, batch=batch,
    )  # fmt: skip
    return carrier


def add_act(
    *,
    actor: AnyViewer,
    today: dt.date,
    carrier: Carrier,
    act: StatusAct,
    day: dt.date,
    document: str | None = None,
    batch: str | None = None,
    remark: str | None = None,
) -> CarrierStatus:
    """Record a dated act on the registration. The whole list must stay in a lawful order.

    Raises `act_future`, `act_first`, `act_order`.
    """
    actor.need(Permission.CARRIER_STATUS)
    if day > today:
        raise DomainError("act_future", "day")
    made = CarrierStatus(
        carrier_id=carrier.id, act=act, day=day, document=document, batch=batch, remark=remark
    )
    session.add(made)
    session.flush()
    acts = session.scalars(
        select(CarrierStatus)
        .where(CarrierStatus.carrier_id == carrier.id)
        .order_by(CarrierStatus.day, CarrierStatus.id)
    )
    standing: StatusAct | None = None
    for one in acts:
        if one.act is StatusAct.CHANGED and standing is not None:
            continue
        if one.act not in FOLLOWS[standing]:
            if standing is None:
                raise DomainError("act_first", "act")
            raise DomainError("act_order", "act", act=one.act.label, before=standing.label)
        standing = one.act
    return made


def add_title(
    *,
    actor: AnyViewer,
    today: dt.date,
    carrier: Carrier,
    level: Level,
    starts: dt.date,
    ends: dt.date | None = None,
    document: str | None = None,
) -> CarrierTitle:
    """Record a level held on [starts, ends). Raises `site_days`."""
    actor.need(Permission.CARRIER_STATUS)
    if ends is not None and ends <= starts:
        raise DomainError("site_days", "ends")
    title = CarrierTitle(
        carrier_id=carrier.id, level=level, starts=starts, ends=ends, document=document
    )
    session.add(title)
    session.flush()
    return title


def add_site(
    *,
    actor: AnyViewer,
    today: dt.date,
    carrier: Carrier,
    name: str,
    address: str,
    starts: dt.date,
    town: str | None = None,
    area: str | None = None,
    area_m2: int | None = None,
) -> Site:
    """Add a site (a park's block) from a day on."""
    _need_own(actor, carrier, Permission.CARRIER_EDIT)
    site = Site(
        carrier_id=carrier.id, name=name, address=address, starts=starts, town=town, area=area,
        area_m2=area_m2,
    )  # fmt: skip
    session.add(site)
    session.flush()
    return site


def set_sectors(
    *, actor: AnyViewer, today: dt.date, carrier: Carrier, sectors: Sequence[str]
) -> None:
    """Make the lead sectors exactly these, the declared speciality first."""
    _need_own(actor, carrier, Permission.CARRIER_EDIT)
    held = select(CarrierSector).where(CarrierSector.carrier_id == carrier.id)
    rows = {row.sector: row for row in session.scalars(held.order_by(CarrierSector.id)).all()}
    for sector, row in rows.items():
        if sector not in sectors:
            session.delete(row)
    for position, sector in enumerate(dict.fromkeys(sectors)):
        if sector in rows:
            rows[sector].position = position
        else:
            session.add(CarrierSector(carrier_id=carrier.id, sector=sector, position=position))
    session.flush()


def enter_carrier_figures(
    *,
    actor: AnyViewer,
    today: dt.date,
    carrier: Carrier,
    period: Period,
    source: Source,
    values: Mapping[str, int | None],
    rev: int | None = None,
) -> CarrierFigures:
    """Enter or change a carrier's own figures of a period; money in fen. Raises `stale`."""
    _need_own(actor, carrier, Permission.CARRIER_FIGURES)
    row = session.scalars(
        select(CarrierFigures).where(
            CarrierFigures.carrier_id == carrier.id,
            CarrierFigures.year == period.year,
            CarrierFigures.quarter == period.quarter,
            CarrierFigures.source == source,
        )
    ).one_or_none()
    if row is None:
        row = CarrierFigures(
            carrier_id=carrier.id,
            year=period.year,
            quarter=period.quarter,
            source=source,
            verification=Verification.CARRIER,
        )
        session.add(row)
    elif rev is not None and row.rev != rev:
        raise Conflict("stale")
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()
    return row
