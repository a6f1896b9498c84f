"""Who keeps which units, and which firms can be given a room."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from app.carriers.models import Carrier
from app.carriers.queries import own
from app.core.access import AnyViewer, Permission, System
from app.core.db import session
from app.core.errors import DomainError, register_messages
from app.core.text import N_
from app.firms.models import Firm, Residency
from app.firms.queries import look_up
from app.firms.queries.scope import runs
from app.firms.service.space import ROOMED

register_messages(
    {
        "use:nobody": N_("请选择企业，或填写它的统一社会信用代码。"),
        "use:unknown": N_("没有登记过这个代码，请核对；新企业先登记落地或登记企业。"),
    }
)


def may_keep(viewer: AnyViewer, carrier: Carrier) -> bool:
    """Whether the viewer keeps the units of a carrier."""
    if not viewer.may(Permission.UNIT_EDIT):
        return False
    return isinstance(viewer, System) or carrier.id in own_ids(viewer)


def own_ids(viewer: AnyViewer) -> frozenset[int]:
    """Ids of the viewer's own carriers."""
    return frozenset(session.scalars(own(viewer)))


def present_firms(carrier: Carrier, day: dt.date) -> list[Firm]:
    """Firms that have a stay with rooms at a carrier on a day, by name."""
    there = select(Residency.firm_id).where(
        Residency.carrier_id == carrier.id, Residency.kind.in_(ROOMED), runs(day)
    )
    return list(
        session.scalars(select(Firm).where(Firm.id.in_(there)).order_by(Firm.sort_key, Firm.id))
    )


def chosen_firm(
    viewer: AnyViewer, carrier: Carrier, pid: str | None, code: str | None, day: dt.date
) -> Firm:
    """The firm chosen by its place at the carrier or by its exact code.

    Raises `use:nobody`, `use:unknown`.
    """
    if code:
        holder = look_up(viewer, code.strip().upper(), day)
        if holder is None or holder.masked:
            raise DomainError("use:unknown", "code")
        return holder.firm
    found = next((firm for firm in present_firms(carrier, day) if firm.pid == pid), None)
    if found is None:
        raise DomainError("use:nobody", "firm")
    return found
