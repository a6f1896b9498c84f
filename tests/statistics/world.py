"""A small district to count in: rows written as they are, without the services' rules."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from typing import Any

from app.accounts.models import Organisation, OrganisationKind
from app.carriers.models import (
    Carrier,
    CarrierSector,
    CarrierStatus,
    CarrierType,
    Operator,
    Return,
    ReturnState,
    Site,
    StatusAct,
    Verification,
)
from app.core.access import System
from app.core.db import session, write
from app.criteria.models import Standard, StandardState
from app.firms.models import (
    Firm,
    FirmKind,
    Milestone,
    MilestoneKind,
    Place,
    PlaceKind,
    Residency,
    ResidencyKind,
    Route,
    Title,
)
from app.pipeline.models import Graduation, GraduationState
from tests.factories.chain import shipped
from tests.sharing import numbers

TESTER = System("test")
NUMBERS = numbers()
Day = dt.date
KINDS = {1: OrganisationKind.CARRIER, 2: OrganisationKind.CARRIER, 3: OrganisationKind.PARK}
TYPES = {1: CarrierType.INCUBATOR, 2: CarrierType.ACCELERATOR, 3: CarrierType.PARK}


class Undone(Exception):
    """Raised to leave `trial` without a trace."""


@contextmanager
def trial() -> Any:
    """A write that is rolled back at its end: each example begins with an empty database."""
    try:
        with write("test:trial", actor=TESTER):
            yield
            raise Undone
    except Undone:
        pass


def day(text: str | Day) -> Day:
    return text if isinstance(text, dt.date) else Day.fromisoformat(text)


def add(row: Any) -> Any:
    session.add(row)
    session.flush()
    return row


def carrier(tier: int = 1, **given: Any) -> Carrier:
    """A carrier with an organisation, an operator, one site and a registration."""
    n = next(NUMBERS)
    town, area = given.pop("town", None), given.pop("area", None)
    sector, since = given.pop("sector", None), day(given.pop("since", "2010-01-01"))
    registered = given.pop("registered", True)
    unit = add(Organisation(kind=KINDS[tier], name=f"载体{n}", short_name=f"载体{n}"))
    owner = add(
        Organisation(kind=OrganisationKind.OPERATOR, name=f"主体{n}", short_name=f"主体{n}")
    )
    operator = add(Operator(organisation_id=owner.id, name=f"主体{n}"))
    values = {"type": TYPES[tier], "sort_key": f"{n:06}"} | given
    made = add(
        Carrier(
            organisation_id=unit.id, operator_id=operator.id, name=f"载体{n}号",
            short_name=f"载体{n}号", tier=tier, **values,
        )
    )  # fmt: skip
    add(Site(carrier_id=made.id, name="一号楼", address="", town=town, area=area, starts=since))
    if sector:
        add(CarrierSector(carrier_id=made.id, sector=sector, position=0))
    if registered:
        status(made, since, StatusAct.REGISTERED)
    return made


def status(of: Carrier, on: str | Day, act: StatusAct) -> CarrierStatus:
    return add(CarrierStatus(carrier_id=of.id, day=day(on), act=act))


def firm(**given: Any) -> Firm:
    """A firm; `kind=FirmKind.TEAM` makes a team."""
    n = next(NUMBERS)
    values = {"kind": FirmKind.FIRM, "name": f"企业{n}", "short_name": f"企业{n}"} | given
    if values["kind"] is FirmKind.FIRM:
        values.setdefault("code", f"91310115MA{n:08}")
    return add(Firm(sort_key=f"{n:06}", **values))


def stay(
    who: Firm, at: Carrier, starts: str | Day, ends: str | Day | None = None, **given: Any
) -> Residency:
    """A counting tie on [starts, ends)."""
    values = {"kind": ResidencyKind.ON_SITE, "counted": True, "route": Route.ADMITTED} | given
    return add(
        Residency(
            firm_id=who.id,
            carrier_id=at.id,
            starts=day(starts),
            ends=day(ends) if ends else None,
            **values,
        )
    )


def standard() -> Standard:
    """The standard that graduations refer to; made once."""
    found = session.query(Standard).first()
    return found or add(
        Standard(
            rule="incubator.graduation", version=1, subject="firm", title="毕业",
            state=StandardState.APPROVED, instrument="300", content=shipped(), content_hash="0",
        )
    )  # fmt: skip


def graduate(who: Firm, at: Carrier, on: str | Day, **given: Any) -> Graduation:
    """A verified graduation, counted in the quarter of its day unless told otherwise."""
    on = day(on)
    values: dict[str, Any] = {
        "state": GraduationState.VERIFIED,
        "period_year": on.year,
        "period_quarter": (on.month + 2) // 3,
        "basis": "9-2",
        "reported_on": on,
    }
    return add(
        Graduation(
            firm_id=who.id, carrier_id=at.id, graduated_on=on, standard_id=standard().id,
            frozen="{}", frozen_hash="0", judged_on=on, cut=0, **(values | given),
        )
    )  # fmt: skip


def certificate(who: Firm, issued: str | Day, **given: Any) -> Milestone:
    """An HNTE certificate."""
    on = day(issued)
    values = {"expires_on": Day(on.year + 3, on.month, min(on.day, 28))} | given
    return add(
        Milestone(
            firm_id=who.id, kind=MilestoneKind.RECOGNITION, day=on, title=Title.HNTE,
            issued_on=on, verification=Verification.LIST, **values,
        )
    )  # fmt: skip


def place(who: Firm, kind: PlaceKind, district: str, starts: str | Day, ends: Any = None) -> Place:
    return add(
        Place(
            firm_id=who.id, kind=kind, district=district, starts=day(starts),
            ends=day(ends) if ends else None,
        )
    )  # fmt: skip


def sheet(of: Carrier, year: int, quarter: int, state: ReturnState) -> Return:
    """A quarterly return."""
    return add(
        Return(carrier_id=of.id, year=year, quarter=quarter, state=state, due_on=Day(year, 12, 31))
    )
