"""承接机会: the pool as a park or accelerator meets it, in one light statement, then words."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, has_request_context
from sqlalchemy import case, func, or_, select

from app.carriers.models import ACCELERATOR, Carrier, CarrierSector, Site, UnitUse
from app.carriers.queries import places
from app.core.access import AnyViewer
from app.core.db import session
from app.core.kept import kept
from app.core.terms import term
from app.core.text import _
from app.firms.models import Firm, Milestone, MilestoneKind
from app.pipeline.claim_state import LIVE, claim_state
from app.pipeline.matching.score import Fit
from app.pipeline.models import Claim, Graduation, Push
from app.pipeline.queries.chain import POOL, offered_stages, own_carriers, pushed
from app.pipeline.queries.ties import bids
from app.pipeline.stage import EFFECTIVE, Stage

#: code of the choice "the viewer's own lead sectors" among sectors
LEAD = "lead"
#: code of the choice "no sector on record"
UNSAID = "none"
#: code of the tab of recommended firms
SUITING = "fit"
TABS = ("", SUITING, Stage.GRADUATED.value, "pushed", Stage.ACCELERATING.value)


@dataclass(frozen=True)
class Opening:
    """A firm of the pool: nothing that its relation does not open."""

    id: int
    sector: str | None
    stage: Stage
    carrier_id: int | None
    graduated_on: dt.date | None
    pushed_on: dt.date | None

    @property
    def since(self) -> dt.date:
        """The day since which it can be claimed, as far as it is shown."""
        return max(filter(None, (self.graduated_on, self.pushed_on)), default=dt.date.min)

    def under(self, tab: str) -> bool:
        """Whether it belongs to a tab: all, a stage, or pushed."""
        return not tab or (self.pushed_on is not None if tab == "pushed" else self.stage == tab)


@dataclass(frozen=True)
class Own:
    """The viewer's accelerators and parks, and what they look for."""

    ids: frozenset[int]
    sectors: frozenset[str]


def pool(viewer: AnyViewer, day: dt.date) -> list[Opening]:
    """Firms of the pool that are not at one of the viewer's own carriers, kept for a request.

    Nobody but accelerators and parks meets the pool.
    """
    if not bids(viewer):
        return []
    if not has_request_context():
        return _read(viewer, day)
    kept: dict[Any, list[Opening]] = g.setdefault("openings", {})
    key = (viewer, day)
    if key not in kept:
        kept[key] = _read(viewer, day)
    return kept[key]


def everything(day: dt.date) -> list[Opening]:
    """The whole pool, for whoever sees all; callers decide to whom what of it is told."""
    return kept(("pool", day), lambda: _read(None, day))


def _read(viewer: AnyViewer | None, day: dt.date) -> list[Opening]:
    told = offered_stages(day)
    running = Push.starts <= day, or_(Push.ends.is_(None), Push.ends > day)
    push = select(Push.firm_id, func.max(Push.starts).label("since")).where(*running)
    latest = push.group_by(Push.firm_id).subquery("latest_push")
    mine: Any = own_carriers(viewer) if viewer is not None else []
    here = told.c.present & told.c.carrier_id.in_(mine)
    statement = (
        select(
            Firm.id, Firm.sector, told.c.stage, case((told.c.present, told.c.carrier_id)),
            told.c.graduated_on, latest.c.since,
        )
        .join(told, told.c.firm_id == Firm.id)
        .outerjoin(latest, latest.c.firm_id == Firm.id)
        .where(
            Firm.counted_only.is_(False),
            or_(told.c.stage.in_(POOL), Firm.id.in_(pushed(day))),
            or_(~here, here.is_(None)),
        )
        .order_by(Firm.sort_key, Firm.id)
    )  # fmt: skip
    return [Opening(*row) for row in session.execute(statement)]


def own(viewer: AnyViewer) -> Own:
    """The viewer's bidders with their lead sectors."""
    bidders = own_carriers(viewer).where(Carrier.tier >= ACCELERATOR)
    ids = frozenset(session.scalars(bidders))
    return Own(ids, frozenset(code for codes in sectors_of(ids).values() for code in codes))


def ordered(rows: Sequence[Opening], fits: Mapping[int, Fit], latest: bool) -> list[Opening]:
    """The best fit first unless the latest are wanted; then by day, then by name."""
    found = sorted(rows, key=lambda r: r.since, reverse=True)
    if not latest:
        found.sort(key=lambda r: -fits[r.id].score if r.id in fits else 0)
    return found


def under(rows: Sequence[Opening], fits: Mapping[int, Fit], tab: str) -> list[Opening]:
    """Those of a tab: all, recommended, of a stage, or pushed; all where it is none of them."""
    if tab == SUITING:
        return [row for row in rows if row.id in fits and fits[row.id].suits]
    return [row for row in rows if row.under(tab)] if tab in TABS else list(rows)


def used_for(rows: Sequence[Opening], fits: Mapping[int, Fit], use: str) -> list[Opening]:
    """Those whose demand, as far as it is shown, asks for a use; all without one."""
    known = {word.value: word for word in UnitUse}
    if use not in known:
        return list(rows)
    needs = {i: one.need for i, one in fits.items() if one.need is not None}
    return [row for row in rows if row.id in needs and known[use] in needs[row.id].uses]


def sectors(rows: Sequence[Opening], mine: Own) -> list[tuple[str, str, int]]:
    """(code, words, count) of the sectors in a list, the viewer's own as one choice on top."""
    counts = Counter(row.sector for row in rows)
    lead = sum(n for code, n in counts.items() if code in mine.sectors)
    named = [(code, term("sector", code) or code, n) for code, n in counts.items() if code]
    named.sort(key=lambda one: -one[2])
    top = [(LEAD, _("本单位主导产业"), lead)] if mine.sectors else []
    left = [(UNSAID, _("领域未填"), counts[None])] if counts[None] else []
    return [*top, *named, *left]


def sector_name(code: str) -> str:
    """A choice among sectors in words."""
    said = {LEAD: _("本单位主导产业"), UNSAID: _("领域未填")}
    return said.get(code) or term("sector", code)


def within(rows: Sequence[Opening], mine: Own, sector: str) -> list[Opening]:
    """Those of a sector; of the viewer's lead sectors, or without one, by the codes above."""
    if sector == LEAD:
        return [row for row in rows if row.sector in mine.sectors]
    return [row for row in rows if not sector or (row.sector or UNSAID) == sector]


def sectors_of(carrier_ids: Iterable[int]) -> dict[int, list[str]]:
    """carrier id → its declared speciality and its other lead sectors, in this order."""
    lead = select(CarrierSector).where(CarrierSector.carrier_id.in_(sorted(carrier_ids)))
    found: dict[int, list[str]] = {}
    for row in session.scalars(lead.order_by(CarrierSector.position, CarrierSector.id)):
        found.setdefault(row.carrier_id, []).append(row.sector)
    return found


def inside_of(carrier_ids: Iterable[int]) -> dict[int, set[int]]:
    """carrier id → carriers that lie in it."""
    lies = select(Carrier.host_id, Carrier.id).where(Carrier.host_id.in_(sorted(carrier_ids)))
    found: dict[int, set[int]] = {}
    for host, one in session.execute(lies.order_by(Carrier.id)):
        found.setdefault(host or 0, set()).add(one)
    return found


def areas_of(carrier_ids: set[int], day: dt.date) -> dict[int, set[str]]:
    """carrier id → 片区 it is in on the day."""
    statement = select(Site.carrier_id, Site.area).where(
        Site.carrier_id.in_(carrier_ids), Site.area.is_not(None),
        Site.id.in_(places.standing(day)),
    )  # fmt: skip
    found: dict[int, set[str]] = {}
    for carrier_id, area in session.execute(statement.order_by(Site.id)):
        found.setdefault(carrier_id, set()).add(area or "")
    return found


def firms(ids: Sequence[int]) -> dict[int, Firm]:
    """Firms of a page, by id."""
    return {f.id: f for f in session.scalars(select(Firm).where(Firm.id.in_(ids)))}


def others(firm_ids: Sequence[int], viewer: AnyViewer, day: dt.date) -> dict[int, int]:
    """firm id → how many other carriers have a live claim."""
    statement = (
        select(Claim.firm_id, func.count())
        .where(
            Claim.firm_id.in_(firm_ids),
            claim_state(day).in_(LIVE),
            Claim.carrier_id.not_in(own_carriers(viewer)),
        )
        .group_by(Claim.firm_id)
        .order_by(Claim.firm_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def my_live(viewer: AnyViewer, firm_ids: Sequence[int], day: dt.date) -> dict[int, Claim]:
    """firm id → the viewer's own live claim for it."""
    statement = select(Claim).where(
        Claim.firm_id.in_(firm_ids),
        Claim.carrier_id.in_(own_carriers(viewer)),
        claim_state(day).in_(LIVE),
    )
    return {row.firm_id: row for row in session.scalars(statement.order_by(Claim.id))}


def titles(firm_ids: Sequence[int], day: dt.date) -> dict[int, list[Milestone]]:
    """firm id → recognitions in force on the day; the words alone are public."""
    statement = (
        select(Milestone)
        .where(
            Milestone.firm_id.in_(firm_ids),
            Milestone.kind == MilestoneKind.RECOGNITION,
            or_(Milestone.issued_on <= day, Milestone.filed_on <= day),
            or_(Milestone.expires_on.is_(None), Milestone.expires_on >= day),
            or_(Milestone.revoked_on.is_(None), Milestone.revoked_on > day),
        )
        .order_by(Milestone.firm_id, Milestone.day)
    )
    found: dict[int, list[Milestone]] = {}
    for row in session.scalars(statement):
        found.setdefault(row.firm_id, []).append(row)
    return found


def graduation_of(firm_id: int) -> Graduation | None:
    """The graduation that holds, with its carrier: where a firm comes from."""
    statement = select(Graduation).where(
        Graduation.firm_id == firm_id, Graduation.state.in_(EFFECTIVE)
    )
    return session.scalars(statement).one_or_none()
