"""Carriers, and viewers who hold posts at them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from app.accounts.models import Organisation, OrganisationKind
from app.carriers.models import (
    INCUBATOR,
    PARK,
    Carrier,
    CarrierStatus,
    CarrierType,
    Operator,
    Site,
    StatusAct,
)
from app.core.access import Permission, PostRef, System, Viewer
from app.core.db import session, write
from app.core.pinyin import sort_key
from tests import sharing

ACTOR = System("test")
START = dt.date(2020, 1, 1)
TYPES = {1: CarrierType.INCUBATOR, 2: CarrierType.ACCELERATOR, 3: CarrierType.PARK}
numbers = sharing.numbers()


def make_carrier(
    name: str | None = None, tier: int = INCUBATOR, operator: Operator | None = None, **more: Any
) -> Carrier:
    """A registered carrier with its own organisation, operator and one site. Writes."""
    with write("test:carrier", actor=ACTOR):
        return add_carrier(name, tier, operator, **more)


def add_carrier(
    name: str | None = None, tier: int = INCUBATOR, operator: Operator | None = None, **more: Any
) -> Carrier:
    """The same inside a write."""
    name = name or f"接力载体{next(numbers)}号"
    kind = OrganisationKind.PARK if tier == PARK else OrganisationKind.CARRIER
    unit = Organisation(kind=kind, name=name, short_name=name[:20])
    session.add(unit)
    if operator is None:
        runs = Organisation(
            kind=OrganisationKind.OPERATOR, name=f"{name}运营", short_name=f"{name}运营"
        )
        session.add(runs)
        session.flush()
        operator = Operator(organisation_id=runs.id, name=runs.name)
        session.add(operator)
    session.flush()
    carrier = Carrier(
        **{
            "organisation_id": unit.id,
            "operator_id": operator.id,
            "name": name,
            "short_name": name[:20],
            "sort_key": sort_key(name),
            "tier": tier,
            "type": TYPES[tier],
            **more,
        }
    )
    session.add(carrier)
    session.flush()
    session.add(CarrierStatus(carrier_id=carrier.id, act=StatusAct.REGISTERED, day=START))
    session.add(
        Site(
            carrier_id=carrier.id, name="主楼", address="科苑路 1 号", starts=START,
            area="zhangjiang", town="t01",
        )
    )  # fmt: skip
    session.flush()
    return carrier


def organisation(kind: OrganisationKind, name: str | None = None, **more: Any) -> Organisation:
    """An organisation of a kind. Writes."""
    name = name or f"{kind.value}{next(numbers)}"
    with write("test:organisation", actor=ACTOR):
        made = Organisation(kind=kind, name=name, short_name=name[:20], **more)
        session.add(made)
    return made


def viewer_at(
    unit: Organisation | Carrier,
    *permissions: Permission,
    role: str = "carrier_head",
    without: Iterable[Permission] = (),
) -> Viewer:
    """Somebody with one post; every permission unless some are named. No row is written."""
    org = unit.organisation if isinstance(unit, Carrier) else unit
    number = next(numbers)
    post = PostRef(
        id=number,
        role=role,
        organisation_id=org.id,
        organisation_pid=org.pid,
        organisation=org.short_name,
        organisation_kind=str(org.kind),
        area_code=org.area_code,
        town_code=org.town_code,
    )
    words = frozenset(permissions or Permission) - frozenset(without)
    return Viewer(
        person_id=number,
        pid=f"p{number:011d}",
        name="何俊",
        posts=(post,),
        permissions=words,
        organisation_ids=frozenset({org.id}),
        rights=frozenset((word, org.id) for word in words),
    )
