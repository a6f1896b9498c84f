"""What room firms look for, as far as a viewer may read it, and what a new form opens with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, Select, and_, false, or_, select

from app.carriers.models import Site
from app.carriers.queries import own, places
from app.core.access import AnyViewer, Permission, System
from app.core.db import Revision, session
from app.core.errors import NotFound
from app.core.text import N_
from app.firms.fields import last_carrier, may_record, open_demand, open_to
from app.firms.models import Demand, DemandState, Firm, Residency
from app.firms.queries.scope import once_hosted, runs, sees_all, tied

#: days after which a search that is still open stands out
LONG_DAYS = 90


def open_of(firm_id: int) -> Demand | None:
    """The search of a firm that is open; there is one at most."""
    statement = select(Demand).where(Demand.firm_id == firm_id, Demand.state == DemandState.OPEN)
    return session.scalars(statement).one_or_none()


def may_read(viewer: AnyViewer, firm_id: int, day: dt.date) -> bool:
    """Whether the viewer may know what the firm looks for: by relation, by its consent, or
    because it is the one who writes it down."""
    return "demand" in open_to(viewer, firm_id, day) or may_record(viewer, firm_id, day)


def demands_of(viewer: AnyViewer, firm: Firm, day: dt.date) -> list[Demand]:
    """All searches of a firm, the open one first, then the latest; NotFound where they are not
    the viewer's to read, whether or not there are any."""
    if not may_read(viewer, firm.id, day):
        raise NotFound()
    statement = select(Demand).where(Demand.firm_id == firm.id)
    ordered = statement.order_by(Demand.closed_on.is_not(None), Demand.opened_on.desc())
    return list(session.scalars(ordered.order_by(Demand.id.desc())))


def readable(viewer: AnyViewer, day: dt.date) -> Select[Demand]:
    """Searches of all firms whose demand the viewer may know, as `may_read` says of one."""
    keeps = and_(once_hosted(viewer), last_carrier().in_(own(viewer).order_by(None)))
    open_ = or_(open_demand(viewer, day), keeps if viewer.may(Permission.FIRM_RECORD) else false())
    statement = select(Demand).join(Firm, Firm.id == Demand.firm_id).where(open_)
    return statement.order_by(Demand.opened_on.desc(), Demand.id)


def readable_demand(viewer: AnyViewer, pid: str, day: dt.date) -> Demand:
    """One search by its public id alone; NotFound otherwise."""
    found = session.scalars(readable(viewer, day).where(Demand.pid == pid)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def unconfirmed(viewer: AnyViewer, day: dt.date) -> list[Demand]:
    """Open searches of the firms that the viewer hosts, not confirmed for LONG_DAYS."""
    if isinstance(viewer, System) or sees_all(viewer):
        return []
    statement = (
        select(Demand)
        .join(Firm, Firm.id == Demand.firm_id)
        .where(
            Demand.state == DemandState.OPEN,
            Demand.checked_on < day - dt.timedelta(days=LONG_DAYS),
            tied(viewer, runs(day)),
        )
    )
    return list(session.scalars(statement.order_by(Demand.checked_on, Demand.id)))


def find_demand(viewer: AnyViewer, firm: Firm, pid: str, day: dt.date) -> Demand:
    """One search of a firm; NotFound otherwise."""
    found = next((row for row in demands_of(viewer, firm, day) if row.pid == pid), None)
    if found is None:
        raise NotFound()
    return found


def versions(demand: Demand) -> list[tuple[Row[Any], dt.datetime]]:
    """A search as it was written down each time with the instant, the latest first."""
    table, past = Demand.__table__, Demand.__history__
    now = session.execute(select(table).where(table.c.id == demand.id)).all()
    held = session.execute(select(past).where(past.c.id == demand.id)).all()
    rows = sorted([*now, *held], key=lambda row: -row.rev)
    stamp = select(Revision.id, Revision.at).where(Revision.id.in_([row.rev for row in rows]))
    at = {row.id: row.at for row in session.execute(stamp.order_by(Revision.id))}
    return [(row, at[row.rev]) for row in rows]


@dataclass
class Known:
    """What a new form opens with, and where each value comes from (source text)."""

    values: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)

    def take(self, name: str, value: Any, source: str) -> None:
        """Fill a field that nothing has filled yet."""
        if value is not None and name not in self.values:
            self.values[name], self.sources[name] = value, source


#: what an earlier search still says of a later one
LASTING = (
    "uses", "regions", "rent_most", "load_kg", "height_mm", "power_kw", "exhaust", "clean",
    "assessment",
)  # fmt: skip


def known_of(firm: Firm, day: dt.date) -> Known:
    """What the register already knows: the earlier search, the rooms held now, their end."""
    found = Known()
    statement = select(Demand).where(Demand.firm_id == firm.id).order_by(Demand.opened_on.desc())
    former = session.scalars(statement.limit(1)).first()
    for name in LASTING if former is not None else ():
        found.take(name, getattr(former, name), N_("上一份需求"))
    running = (Residency.ends.is_(None)) | (Residency.ends > day)
    ties = session.scalars(
        select(Residency)
        .where(Residency.firm_id == firm.id, Residency.starts <= day, running)
        .order_by(Residency.counted.desc(), Residency.starts.desc(), Residency.id)
    ).all()
    for tie in ties:
        found.take("area_low", tie.area_m2, N_("现有场地"))
        coming = [d for d in (tie.lease_ends, tie.last_day) if d is not None and d > day]
        if coming:
            found.take("needed_by", min(coming), N_("现租期或孵化期限"))
    if ties:
        area = select(Site.area).where(
            Site.carrier_id == ties[0].carrier_id, Site.id.in_(places.standing(day)),
            Site.area.is_not(None),
        )  # fmt: skip
        here = session.scalars(area.order_by(Site.id).limit(1)).first()
        found.take("regions", (here,) if here else None, N_("现载体所在片区"))
    return found
