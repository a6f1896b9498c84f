"""A carrier's entry: its acts of registration, titles, sites, sectors and own figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import or_, select

from app.carriers.models import (
    Carrier,
    CarrierFigures,
    CarrierSector,
    CarrierStatus,
    CarrierTitle,
    Level,
    Site,
    Source,
    StatusAct,
    Verification,
)
from app.carriers.queries import OVER, own
from app.core.access import AnyViewer, Permission
from app.core.days import Period, add_years
from app.core.db import session
from app.core.errors import (
    Conflict,
    DomainError,
    Forbidden,
    register_constraints,
    register_messages,
)
from app.core.text import N_

register_messages(
    {
        "act_order": N_("按日期先后，“%(act)s”不能接在“%(before)s”之后。"),
        "act_announced": N_("已预告 %(day)s %(act)s；要改日期，先撤销那条预告。"),
        "act_first": N_("第一条应为“登记”。"),
        "act_twice": N_("同一天已登记过这一事项。"),
        "act_future": N_("日期不能晚于今天。"),
        "act_far": N_("预告的取消、注销不能晚于一年后的今天。"),
        "site_days": N_("止日应晚于起日。"),
        "ended": N_("已登记止日 %(day)s，没有改动。"),
        "title_overlap": N_("与 %(starts)s 起的“%(level)s”时间重叠，请先填写其止日。"),
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

#: levels of which a carrier holds one at a time
EITHER = ((Level.STANDARD, Level.EXCELLENT), (Level.PEAK, Level.PLATEAU))

#: standing → acts that may follow it; 变更 never changes the standing
FOLLOWS: dict[StatusAct | None, tuple[StatusAct, ...]] = {
    None: (StatusAct.REGISTERED,),
    StatusAct.REGISTERED: (StatusAct.SUSPENDED, StatusAct.WITHDRAWN, StatusAct.CLOSED),
    StatusAct.RESUMED: (StatusAct.SUSPENDED, StatusAct.WITHDRAWN, StatusAct.CLOSED),
    StatusAct.SUSPENDED: (StatusAct.RESUMED, StatusAct.WITHDRAWN, StatusAct.CLOSED),
    StatusAct.WITHDRAWN: (StatusAct.REGISTERED, StatusAct.CLOSED),
    StatusAct.CLOSED: (),
}


def need_own(actor: AnyViewer, carrier: Carrier, permission: Permission) -> None:
    """The carrier's own people with the permission, or the district."""
    need_own_id(actor, carrier.id, permission)


def need_own_id(actor: AnyViewer, carrier_id: int, permission: Permission) -> None:
    """As `need_own`, of something that belongs to a carrier."""
    if actor.may(Permission.CARRIER_STATUS):
        return
    actor.need(permission)
    if carrier_id not in set(session.scalars(own(actor))):
        raise Forbidden()


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

    取消 and 注销 can be announced for a day within a year. Raises `act_future`, `act_far`,
    `act_first`, `act_order`, `act_announced`.
    """
    actor.need(Permission.CARRIER_STATUS)
    if day > (add_years(today, 1) if act in OVER else today):
        raise DomainError("act_far" if act in OVER else "act_future", "day")
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
            if one is not made and one.day > today:
                raise DomainError(
                    "act_announced", "act", act=one.act.label, day=one.day.isoformat()
                )
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
    """Record a level held on [starts, ends). Raises `site_days`, `title_overlap`.

    The same level is held once at a time, and of 标准级 and 卓越级, of 高峰 and 高原 only one.
    """
    actor.need(Permission.CARRIER_STATUS)
    if ends is not None and ends <= starts:
        raise DomainError("site_days", "ends")
    barred = next((pair for pair in EITHER if level in pair), (level,))
    held = select(CarrierTitle).where(
        CarrierTitle.carrier_id == carrier.id,
        CarrierTitle.level.in_(barred),
        or_(CarrierTitle.ends.is_(None), CarrierTitle.ends > starts),
    )
    if ends is not None:
        held = held.where(CarrierTitle.starts < ends)
    other = session.scalars(held.order_by(CarrierTitle.starts)).first()
    if other is not None:
        raise Conflict("title_overlap", "starts", starts=other.starts, level=other.level.label)
    title = CarrierTitle(
        carrier_id=carrier.id, level=level, starts=starts, ends=ends, document=document
    )
    session.add(title)
    session.flush()
    return title


def end_title(
    *, actor: AnyViewer, today: dt.date, title: CarrierTitle, ends: dt.date
) -> CarrierTitle:
    """A level is no longer held from a day on. Raises `site_days`, `ended`."""
    actor.need(Permission.CARRIER_STATUS)
    _end(title, ends)
    session.flush()
    return title


def _end(row: CarrierTitle | Site, ends: dt.date) -> None:
    if row.ends is not None and row.ends != ends:
        raise Conflict("ended", "ends", day=row.ends)
    if ends <= row.starts:
        raise DomainError("site_days", "ends")
    row.ends = ends


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
    ends: dt.date | None = None,
) -> Site:
    """Add a site (a park's block) held on [starts, ends). Raises `site_days`."""
    need_own(actor, carrier, Permission.CARRIER_EDIT)
    if ends is not None and ends <= starts:
        raise DomainError("site_days", "ends")
    site = Site(
        carrier_id=carrier.id, name=name, address=address, starts=starts, ends=ends, town=town,
        area=area, area_m2=area_m2,
    )  # fmt: skip
    session.add(site)
    session.flush()
    return site


def end_site(
    *, actor: AnyViewer, today: dt.date, carrier: Carrier, site: Site, ends: dt.date
) -> Site:
    """A site is given up from a day on. Raises `site_days`, `ended`."""
    need_own(actor, carrier, Permission.CARRIER_EDIT)
    _end(site, ends)
    session.flush()
    return site


def set_sectors(
    *, actor: AnyViewer, today: dt.date, carrier: Carrier, sectors: Sequence[str]
) -> bool:
    """Make the lead sectors exactly these, the declared speciality first; whether any changed."""
    need_own(actor, carrier, Permission.CARRIER_EDIT)
    held = select(CarrierSector).where(CarrierSector.carrier_id == carrier.id)
    rows = {row.sector: row for row in session.scalars(held.order_by(CarrierSector.id)).all()}
    before = sorted(rows, key=lambda sector: (rows[sector].position, sector))
    for sector, row in rows.items():
        if sector not in sectors:
            session.delete(row)
    for position, sector in enumerate(dict.fromkeys(sectors)):
        if sector in rows:
            rows[sector].position = position
        else:
            session.add(CarrierSector(carrier_id=carrier.id, sector=sector, position=position))
    session.flush()
    return before != list(dict.fromkeys(sectors))


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
    """Enter or change a carrier's own figures of a period; money in fen.

    `rev` is that of the row the form came from; None with a row in place means that somebody
    was faster. Raises `stale`.
    """
    need_own(actor, carrier, Permission.CARRIER_FIGURES)
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
    elif row.rev != rev:
        raise Conflict("stale")
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()
    return row


def void_carrier_figures(*, actor: AnyViewer, carrier: Carrier, row: CarrierFigures) -> None:
    """Take a carrier's figures of a period out again; history keeps them."""
    need_own(actor, carrier, Permission.CARRIER_FIGURES)
    session.delete(row)
    session.flush()
