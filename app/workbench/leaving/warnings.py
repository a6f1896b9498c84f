"""迁出预警: firms that look for room where nobody courts them. For their own carrier and the
district only; never printed, exported, or shown to a park."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import Select, or_, select

from app.accounts.models import OrganisationKind
from app.carriers.models import ACCELERATOR, INCUBATOR, PARK, Carrier
from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.core.text import _
from app.firms.models import Demand, DemandState, Firm, Residency, ResidencyKind
from app.pipeline.claim_state import LIVE, claim_state
from app.pipeline.models import Claim
from app.pipeline.queries import chain, ties
from app.workbench.deadlines.leases import lease_ends


@dataclass(frozen=True)
class Warning:
    """A firm that may move away, with every reason; `strong` where both clocks meet."""

    pid: str
    name: str
    carrier: str
    strong: bool
    reasons: tuple[str, ...]
    lease: dt.date | None


def applies(viewer: AnyViewer) -> bool:
    """Whether the viewer may know: incubators and accelerators of theirs, and the district."""
    return viewer.holds(OrganisationKind.DISTRICT) or (
        viewer.may(Permission.RESIDENCY_MOVE)
        and bool(ties.my_carriers(viewer, INCUBATOR, ACCELERATOR))
    )


def rows(viewer: AnyViewer, day: dt.date) -> list[Warning]:
    """Firms of incubators and accelerators that look for room (an open demand, pushed, or a
    graduate that stays on), with no live claim, and for longer than EXODUS_DEMAND_DAYS or with a
    lease that ends within EXODUS_LEASE_DAYS. Those for which both hold come first."""
    if not applies(viewer):
        return []
    looking = session.execute(_looking(viewer, day)).all()
    ids = [row.firm_id for row in looking]
    live, all_of_them = _claims(ids, day)
    ends = lease_ends(viewer, ids, day)
    found = []
    for row in looking:
        if row.firm_id in live:
            continue
        lease = ends.get(row.firm_id)
        reasons = _reasons(row.opened_on, lease, all_of_them.get(row.firm_id, 0), day)
        if reasons is not None:
            strong, told = reasons
            found.append(Warning(row.pid, row.short_name, row.carrier, strong, told, lease))
    return sorted(found, key=lambda one: (not one.strong, one.lease or dt.date.max, one.name))


def _reasons(
    asked: dt.date | None, lease: dt.date | None, claims: int, day: dt.date
) -> tuple[bool, tuple[str, ...]] | None:
    """Whether both clocks meet, and every reason in words; None where neither does."""
    long = current_app.config["EXODUS_DEMAND_DAYS"]
    soon = current_app.config["EXODUS_LEASE_DAYS"]
    reasons = []
    if asked is not None and (day - asked).days > long:
        reasons.append(_("空间需求已登记 %(n)s 天，仍在寻找", n=(day - asked).days))
    if lease is not None and (lease - day).days <= soon:
        left = (lease - day).days
        reasons.append(
            _("租期还有 %(n)s 天", n=left) if left >= 0 else _("租期已过 %(n)s 天", n=-left)
        )
    if not reasons:
        return None
    none = _("没有有效的承接意向")
    if claims:
        none = _("没有有效的承接意向（曾有 %(n)s 项，均已结束）", n=claims)
    return len(reasons) > 1, (*reasons, none)


def _looking(viewer: AnyViewer, day: dt.date) -> Select[*tuple[Any, ...]]:
    """Firms of the viewer's incubators and accelerators, or of all, that look for room."""
    hosts = select(Carrier.id).where(Carrier.tier < PARK)
    if not viewer.holds(OrganisationKind.DISTRICT):
        hosts = chain.own_carriers(viewer, INCUBATOR, ACCELERATOR)
    return (
        select(
            Residency.firm_id, Firm.pid, Firm.short_name,
            Carrier.short_name.label("carrier"), Demand.opened_on,
        )
        .join(Firm, Firm.id == Residency.firm_id)
        .join(Carrier, Carrier.id == Residency.carrier_id)
        .outerjoin(Demand, (Demand.firm_id == Firm.id) & (Demand.state == DemandState.OPEN))
        .where(
            Residency.carrier_id.in_(list(session.scalars(hosts.order_by(Carrier.id)))),
            Residency.counted, Residency.starts <= day,
            or_(Residency.ends.is_(None), Residency.ends > day),
            Firm.merged_into_id.is_(None), Firm.closed_on.is_(None),
            or_(
                Residency.kind == ResidencyKind.GRADUATE_STAY,
                Demand.id.is_not(None),
                Residency.firm_id.in_(chain.pushed(day)),
            ),
        )
        .order_by(Firm.sort_key, Firm.id)
    )  # fmt: skip


def _claims(ids: list[int], day: dt.date) -> tuple[set[int], dict[int, int]]:
    """Firms with a live claim; firm id → how many claims there ever were."""
    statement = select(Claim.firm_id, claim_state(day)).where(Claim.firm_id.in_(ids))
    live: set[int] = set()
    count: dict[int, int] = {}
    for firm_id, standing in session.execute(statement.order_by(Claim.firm_id, Claim.id)):
        count[firm_id] = count.get(firm_id, 0) + 1
        if standing in LIVE:
            live.add(firm_id)
    return live, count
