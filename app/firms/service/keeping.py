"""What is kept of a unit for firms that are to come, and whose works are their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy import or_, select

from app.carriers.models import Unit
from app.core.access import AnyViewer
from app.core.db import session
from app.core.errors import DomainError, register_messages
from app.core.filters import day as day_text
from app.core.text import N_, _
from app.firms.hooks import Kept
from app.firms.models import Firm, Residency, ResidencyKind
from app.firms.queries.scope import nameable
from app.firms.queries.unit_list import keepers

register_messages(
    {
        "unit:kept": N_(
            "“%(firm)s”的承接意向自 %(day)s 起预留了“%(unit)s”：先登记其使用，或在意向中改选房源。"
        ),
    }
)


def unkept(
    actor: AnyViewer,
    unit: Unit,
    field: str = "on",
    where: Callable[[Kept], bool] = lambda kept: True,
) -> None:
    """Refuse what a unit of which something is kept does not bear (`unit:kept`), as far as it is
    kept so; a firm that the actor may not name stays without a name."""
    for one in keepers(actor, unit):
        if where(one.kept):
            firm, day = one.name or _("仅计数企业"), day_text(one.kept.since)
            raise DomainError("unit:kept", field, firm=firm, day=day, unit=unit.number)


def called(actor: AnyViewer, firm: Firm) -> str:
    """What a refusal calls a firm that has a unit in use: one that the actor may not name stays
    without a name, as in the list of units."""
    named = select(Firm.short_name).where(Firm.id == firm.id, nameable(actor, Firm.id))
    return session.scalar(named.order_by(Firm.id)) or _("仅计数企业")


def fitting_out(firm_id: int, day: dt.date, unit: Unit) -> bool:
    """Whether the firm's own 装修期 at the carrier runs on a day, so the works are its."""
    found = select(Residency.id).where(
        Residency.firm_id == firm_id,
        Residency.carrier_id == unit.carrier_id,
        Residency.kind == ResidencyKind.FIT_OUT,
        Residency.starts <= day,
        or_(Residency.ends.is_(None), Residency.ends > day),
    )
    return session.scalar(found.limit(1)) is not None
