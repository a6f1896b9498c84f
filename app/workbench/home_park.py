"""What the workbench shows to parks and accelerators: who can be courted, and one's own bids."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, or_, select

from app.carriers.models import PARK, Carrier, CarrierSector
from app.core.access import AnyViewer
from app.core.db import session
from app.core.filters import num
from app.core.panels import KeyFigure, Panel
from app.core.terms import term
from app.core.text import N_, _
from app.firms.models import Firm, Residency
from app.firms.queries import nameable
from app.pipeline.models import Claim, ClaimState, Graduation, Push
from app.pipeline.queries.openings import pool
from app.pipeline.queries.ties import bids
from app.pipeline.stage import EFFECTIVE
from app.statistics.asof import now
from app.statistics.queries.figures import Desk
from app.workbench import home_counts
from app.workbench.doors import door, firms_where
from app.workbench.home_filters import tiers

LATELY = dt.timedelta(days=90)
SHOWN = 8
LIVE = (ClaimState.OPEN, ClaimState.ACCEPTED)


@dataclass(frozen=True)
class Opening:
    """A firm that can be courted: why it shows, since when, and how many others court it."""

    pid: str
    name: str
    sector: str
    ours: bool
    why: str
    day: dt.date
    others: int
    mine: bool


def applies(viewer: AnyViewer) -> bool:
    """Whether the viewer bids for firms: an accelerator or a park."""
    return bids(viewer)


def figures(viewer: AnyViewer, day: dt.date) -> Iterator[KeyFigure]:
    """Counts of the pool and of one's own bids and firms."""
    if not applies(viewer):
        return
    park = PARK in tiers(viewer)
    here = {"standing": "settled" if park else "accelerating"}
    wanted = (
        (11, N_("推送企业"), {"pushed": "1"}, _("在孵，由孵化器推送")),
        (12, N_("本年毕业（可查看）"), {"graduated": str(day.year)},
         _("全区孵化器申报，本单位可查看的")),
        (60, N_("在园企业") if park else N_("加速期企业"), here, _("当日计数归属本单位")),
    )  # fmt: skip
    for position, text, conditions, line in wanted:
        found = door(viewer, day, **conditions)
        if found is not None:
            yield KeyFigure(text, num(found.count), _("家"), (line,), found.url, position)
    yield from _claims_figures(viewer, day)
    yield _arrivals(viewer, day)


def _claims_figures(viewer: AnyViewer, day: dt.date) -> Iterator[KeyFigure]:
    found = list(mine(viewer, day))
    open_ones = [c for c, _firm in found if c.state == ClaimState.OPEN]
    soon = sum((c.follow_until - day).days <= 7 for c in open_ones)
    yield KeyFigure(
        N_("跟进中意向"), num(len(open_ones)), _("项"),
        (_("7 天内到跟进期 %(n)s 项", n=soon),), None, 20,
    )  # fmt: skip
    chosen = len(found) - len(open_ones)
    yield KeyFigure(
        N_("企业已选定"), num(chosen), _("家"), (_("待登记落地"),), None, 30
    )  # fmt: skip


def _arrivals(viewer: AnyViewer, day: dt.date) -> KeyFigure:
    """What came this year: landings of a park (C-03); who stands at an accelerator since (S-05)."""
    desk = Desk.of(viewer, now(day))
    if PARK in tiers(viewer):
        lines = (_("首次计数归属园区"),)
        year = str(day.year)
        return home_counts.of_register(desk.count("C-03", year=year), N_("本年落地"), lines, 40)
    since = dt.date(day.year, 1, 1).isoformat()
    lines = (_("本年起计数归属，仍在本单位"),)
    return home_counts.of_register(desk.count("S-05", since=since), N_("本年新入驻"), lines, 40)


def mine(viewer: AnyViewer, day: dt.date) -> list[tuple[Claim, Firm]]:
    """Live bids of the viewer's organisations, the first to lapse on top."""
    statement = (
        select(Claim, Firm)
        .join(Firm, Firm.id == Claim.firm_id)
        .join(Carrier, Carrier.id == Claim.carrier_id)
        .where(
            Carrier.organisation_id.in_(viewer.organisation_ids),
            nameable(viewer, Firm.id),
            Claim.state.in_(LIVE),
            or_(Claim.state == ClaimState.ACCEPTED, Claim.follow_until >= day),
        )
        .order_by(Claim.follow_until, Claim.id)
    )
    return [(claim, firm) for claim, firm in session.execute(statement)]


def panels(viewer: AnyViewer, day: dt.date) -> Iterator[Panel]:
    """New graduates and pushed firms, one's own lead sectors first; one's own bids."""
    if not applies(viewer):
        return
    found = openings(viewer, day)
    yield Panel(
        "openings",
        "workbench/home_openings.html",
        {
            "rows": found[:SHOWN],
            "total": len(found),
            "since": day - LATELY,
            "pool": len(pool(viewer, day)),
        },
        10,
    )
    yield Panel(
        "claims", "workbench/home_claims.html", {"rows": mine(viewer, day)[:SHOWN]}, 10, "side"
    )


def openings(viewer: AnyViewer, day: dt.date) -> list[Opening]:
    """Firms that graduated lately or are pushed today, within the viewer's scope."""
    scope = firms_where(viewer, day, {}).with_only_columns(Firm.id).order_by(None)
    reasons = _graduated(scope, day) + _pushed(scope, day)
    ids = {firm_id for firm_id, _why, _day in reasons}
    gone = _settled(ids, day)
    lead = set(session.scalars(_own_sectors(viewer)))
    others, own = _courted(viewer, ids, day)
    firms = {f.id: f for f in session.scalars(select(Firm).where(Firm.id.in_(ids - gone)))}
    rows = [
        Opening(
            pid=firms[firm_id].pid,
            name=firms[firm_id].short_name,
            sector=term("sector", firms[firm_id].sector) or "",
            ours=firms[firm_id].sector in lead,
            why=why,
            day=since,
            others=others.get(firm_id, 0),
            mine=firm_id in own,
        )
        for firm_id, why, since in reasons
        if firm_id in firms
    ]
    return sorted(rows, key=lambda row: (not row.ours, -row.day.toordinal(), row.name))


def _graduated(scope: Select[Any], day: dt.date) -> list[tuple[int, str, dt.date]]:
    statement = (
        select(Graduation.firm_id, Graduation.graduated_on)
        .where(
            Graduation.firm_id.in_(scope),
            Graduation.graduated_on > day - LATELY,
            Graduation.graduated_on <= day,
            Graduation.state.in_(EFFECTIVE),
        )
        .order_by(Graduation.id)
    )
    return [(firm, _("毕业"), when) for firm, when in session.execute(statement)]


def _pushed(scope: Select[Any], day: dt.date) -> list[tuple[int, str, dt.date]]:
    statement = (
        select(Push.firm_id, Push.starts)
        .where(
            Push.firm_id.in_(scope),
            Push.starts <= day,
            or_(Push.ends.is_(None), Push.ends > day),
            Push.firm_id.not_in(
                select(Graduation.firm_id).where(Graduation.graduated_on > day - LATELY)
            ),
        )
        .order_by(Push.id)
    )
    return [(firm, _("推送"), since) for firm, since in session.execute(statement)]


def _settled(ids: set[int], day: dt.date) -> set[int]:
    """Those that have since landed in a park."""
    statement = (
        select(Residency.firm_id)
        .where(
            Residency.firm_id.in_(ids),
            Residency.counted,
            Residency.starts <= day,
            or_(Residency.ends.is_(None), Residency.ends > day),
            # a join lets SQLite begin with all parks
            Residency.carrier_id.in_(select(Carrier.id).where(Carrier.tier == PARK)),
        )
        .order_by(Residency.firm_id)
    )
    return set(session.scalars(statement))


def _own_sectors(viewer: AnyViewer) -> Select[Any]:
    return (
        select(CarrierSector.sector)
        .join(Carrier, Carrier.id == CarrierSector.carrier_id)
        .where(Carrier.organisation_id.in_(viewer.organisation_ids))
        .order_by(CarrierSector.id)
    )


def _courted(viewer: AnyViewer, ids: set[int], day: dt.date) -> tuple[dict[int, int], set[int]]:
    """Live bids of others by firm, and the firms one courts oneself."""
    statement = (
        select(Claim.firm_id, Carrier.organisation_id)
        .join(Carrier, Carrier.id == Claim.carrier_id)
        .where(
            Claim.firm_id.in_(ids),
            Claim.state.in_(LIVE),
            or_(Claim.state == ClaimState.ACCEPTED, Claim.follow_until >= day),
        )
        .order_by(Claim.id)
    )
    others: dict[int, int] = {}
    own = set()
    for firm, organisation in session.execute(statement):
        if organisation in viewer.organisation_ids:
            own.add(firm)
        else:
            others[firm] = others.get(firm, 0) + 1
    return others, own
