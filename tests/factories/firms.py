"""Firms with valid codes, and their ties to carriers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from app.carriers.models import Carrier
from app.core.db import session, write
from app.firms import service, uscc
from app.firms.models import Firm, Milestone, MilestoneKind, Residency, ResidencyKind, Route
from tests.factories.carriers import ACTOR, numbers

TODAY = dt.date(2026, 11, 24)


def code_of(number: int, prefix: str = "91310115") -> str:
    """A code that fits both its check characters."""
    inner = f"MA{number:06d}"
    body = prefix + inner + uscc.inner_check(inner)
    return body + uscc.outer_check(body)


def make_firm(
    name: str | None = None, at: Carrier | None = None, since: str = "2024-01-01", **more: Any
) -> Firm:
    """A registered firm, counted at a carrier if one is given. Writes."""
    tie = {k: more.pop(k) for k in ("until", "counted", "kind") if k in more}
    with write("test:firm", actor=ACTOR):
        firm = add_firm(name, **more)
    if at is not None:
        host(firm, at, since, **tie)
    return firm


def add_firm(name: str | None = None, **more: Any) -> Firm:
    """A registered firm, inside a write."""
    number = next(numbers)
    given = {
        "name": name or f"上海接力{number}号科技有限公司", "code": code_of(number),
        "founded_on": dt.date(2023, 5, 8),
    } | more  # fmt: skip
    return service.register_firm(actor=ACTOR, today=TODAY, **given)


def host(
    firm: Firm,
    carrier: Carrier,
    since: str = "2024-01-01",
    until: str | None = None,
    counted: bool = True,
    kind: ResidencyKind = ResidencyKind.ON_SITE,
) -> Residency:
    """A tie written by hand; the chain's own rules are not asked. Writes."""
    with write("test:residency", actor=ACTOR):
        tie = Residency(
            firm_id=firm.id,
            carrier_id=carrier.id,
            kind=kind,
            counted=counted,
            route=Route.ADMITTED,
            starts=dt.date.fromisoformat(since),
            ends=dt.date.fromisoformat(until) if until else None,
            incubated_on=dt.date.fromisoformat(since),
        )
        session.add(tie)
    return tie


def log(firm: Firm, kind: MilestoneKind, **fields: Any) -> Milestone:
    """A milestone, entered by the system. Writes."""
    with write("test:milestone", actor=ACTOR):
        return service.log_milestone(actor=ACTOR, today=TODAY, firm=firm, kind=kind, **fields)
