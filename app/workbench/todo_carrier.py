"""待办 of incubators and accelerators: money to confirm, limits passed, choices to record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from flask import url_for
from sqlalchemy import or_, select

from app.carriers.models import INCUBATOR, Carrier
from app.core.access import AnyViewer, Permission
from app.core.days import Period
from app.core.db import session
from app.core.filters import wan
from app.core.panels import Todo
from app.core.text import _
from app.firms.models import Firm, Milestone, MilestoneKind, MoneyState, Residency, ResidencyKind
from app.pipeline import clock
from app.pipeline.models import Claim
from app.pipeline.queries import pages
from app.pipeline.words import FirmAct
from app.workbench.doors import firms_where

OVER = {"limit": "over", "here": "1"}
WAITING = (MoneyState.AGREED, MoneyState.UNKNOWN)


def todos(viewer: AnyViewer, day: dt.date) -> Iterator[Todo]:
    """Whatever the records of one's own firms wait for."""
    if not viewer.may(Permission.FIRM_RECORD):
        return
    ties = _ties(viewer, day)
    yield from _money(ties, day)
    if viewer.may(Permission.RESIDENCY_MOVE):
        yield from _over(viewer, ties, day)
    if viewer.may(Permission.CLAIM_CHOOSE):
        yield from _choices(viewer, day)


def _ties(viewer: AnyViewer, day: dt.date) -> dict[int, tuple[Residency, Firm]]:
    """firm id → the counted tie of the day at an incubator of one's own, and the firm."""
    statement = (
        select(Residency, Firm)
        .join(Firm, Firm.id == Residency.firm_id)
        .join(Carrier, Carrier.id == Residency.carrier_id)
        .where(
            Carrier.organisation_id.in_(viewer.organisation_ids),
            Carrier.tier == INCUBATOR,
            Residency.counted,
            Residency.kind != ResidencyKind.GRADUATE_STAY,
            Residency.starts <= day,
            or_(Residency.ends.is_(None), Residency.ends > day),
        )
        .order_by(Firm.sort_key, Firm.id)
    )
    return {firm.id: (tie, firm) for tie, firm in session.execute(statement)}


def _money(ties: dict[int, tuple[Residency, Firm]], day: dt.date) -> Iterator[Todo]:
    """Financing entered without its receipt: to settle before the quarter is reported."""
    statement = select(Milestone).where(
        Milestone.firm_id.in_(ties),
        Milestone.kind == MilestoneKind.FINANCING,
        Milestone.money_state.in_(WAITING),
        Milestone.day <= day,
    )
    for entry in session.scalars(statement.order_by(Milestone.day.desc(), Milestone.id)):
        firm = ties[entry.firm_id][1]
        assert entry.money_state is not None
        told = [entry.name or entry.kind.label]
        if entry.amount is not None:
            told.append(_("%(n)s 万元", n=wan(entry.amount)))
        yield Todo(
            Period.of(day).last_day, _("补录到账日期"),
            _("%(what)s，%(state)s", what=" ".join(told), state=entry.money_state.label),
            firm.short_name, url_for("firms.milestone", pid=firm.pid, entry_pid=entry.pid),
            _("录入"),
        )  # fmt: skip


def _over(
    viewer: AnyViewer, ties: dict[int, tuple[Residency, Firm]], day: dt.date
) -> Iterator[Todo]:
    """Incubation beyond its limit: prolong it, or let the firm graduate or go."""
    firms = firms_where(viewer, day, OVER).with_only_columns(Firm.id).order_by(Firm.id)
    over = [ties[firm_id] for firm_id in session.scalars(firms) if firm_id in ties]
    read = clock.readings([(tie, firm.incubation_field) for tie, firm in over], day)
    for _tie, firm in over:
        clocks = read[firm.id]
        yield Todo(
            clocks.last, _("延长孵化或清退"),
            _("在孵第 %(n)s 个月，已过期限", n=clocks.used + 1), firm.short_name,
            url_for("pipeline.act", pid=firm.pid, act=FirmAct.EXTEND.value), _("处理"),
        )  # fmt: skip


def _choices(viewer: AnyViewer, day: dt.date) -> Iterator[Todo]:
    """Firms that parks court: what the firm has chosen is recorded by its carrier."""
    courted: dict[int, list[Claim]] = {}
    for claim in pages.suitors(viewer, day):
        if claim.accepted_on is None:
            courted.setdefault(claim.firm_id, []).append(claim)
    for claims in courted.values():
        names = _("、").join(claim.carrier.short_name for claim in claims)
        yield Todo(
            min(claim.follow_until for claim in claims), _("登记企业的选择"),
            _("%(n)s 家提交意向：%(names)s", n=len(claims), names=names),
            claims[0].firm.short_name, url_for("pipeline.choices"), _("记录选择"),
        )  # fmt: skip
