"""Firms at two incubators that stand at known distances from graduation."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from app.accounts.models import Organisation, OrganisationKind, Post, Role
from app.carriers.models import Carrier
from app.core.access import System
from app.core.days import today
from app.core.db import session, write
from app.firms.models import Attestation, Figures, Firm, LegalForm, Residency
from app.pipeline.models import Push
from tests.factories.accounts import make_organisation, person_with_post
from tests.factories.carriers import make_carrier
from tests.factories.firms import make_firm

ACTOR = System("test")
WAN = 1_000_000
YEARS = (2023, 2024, 2025)
CARRIERS = {"north": "north孵化器", "south": "south孵化器", "park": "西港园"}
#: name → (incubator, sector, revenue of these years in 万元)
FIRMS = {
    "阿里山传感": ("north", "electronics", (0, 600, 500)),
    "白帝城医药": ("north", "biomedicine", (0, 400, 550)),
    "沧浪亭软件": ("north", "electronics", (0, 300, 300)),
    "大明湖机器人": ("north", "smart_manufacturing", None),
    "峨眉雪电路": ("south", "electronics", (0, 500, 490)),
    "凤凰台数据": ("south", "biomedicine", (0, 100, 100)),
}


@dataclass
class Market:
    """What was made, by name."""

    carriers: dict[str, Carrier] = field(default_factory=dict)
    firms: dict[str, Firm] = field(default_factory=dict)
    people: dict[str, Post] = field(default_factory=dict)

    def enter(self, name: str, model: Any, **columns: Any) -> None:
        """A record of a firm, after which it is judged anew."""
        with write("test:enter", actor=ACTOR):
            row = model(firm_id=self.firms[name].id, **columns)
            session.add(row)


def yearly(firm_id: int, wan: dict[int, int]) -> list[Figures]:
    """Audited turnover of years."""
    given: dict[str, Any] = {"quarter": 0, "source": "audit", "verification": "carrier"}
    return [
        Figures(firm_id=firm_id, year=year, revenue=amount * WAN, **given)
        for year, amount in wan.items()
    ]


def _own(carrier: Carrier) -> Organisation:
    return session.get_one(Organisation, carrier.organisation_id)


def standing() -> Market:
    """The market that is in the database already."""

    def post(role: Role, key: str | None = None) -> Post:
        statement = select(Post).where(Post.role == role)
        if key is not None:
            statement = statement.where(Post.organisation_id == made.carriers[key].organisation_id)
        return session.scalars(statement).one()

    made = Market()
    named = {one.name: one for one in session.scalars(select(Carrier))}
    made.carriers = {key: named[name] for key, name in CARRIERS.items()}
    firms = {one.name: one for one in session.scalars(select(Firm))}
    made.firms = {name: firms[f"{name}有限公司"] for name in FIRMS}
    made.people = {
        "district": post(Role.DISTRICT_CLERK), "north": post(Role.CARRIER_CLERK, "north"),
        "south": post(Role.CARRIER_CLERK, "south"), "park": post(Role.PARK_INVEST, "park"),
        "area": post(Role.AREA_READER),
    }  # fmt: skip
    return made


def market() -> Market:
    """Two incubators with firms, and somebody of each side; under what is `shipped`."""
    made = Market()
    for key, name in CARRIERS.items():
        made.carriers[key] = make_carrier(name, tier=3 if key == "park" else 1)
    for name, (place, sector, revenue) in FIRMS.items():
        made.firms[name] = make_firm(
            f"{name}有限公司", at=made.carriers[place], since="2024-03-01", sector=sector,
            founded_on=dt.date(2023, 6, 1), legal_form=LegalForm.COMPANY,
        )  # fmt: skip
        with write("test:agreement", actor=ACTOR):
            tie = session.scalars(
                select(Residency).where(Residency.firm_id == made.firms[name].id)
            ).one()
            tie.agreement_on = tie.starts
            if revenue:
                session.add(Attestation(firm_id=made.firms[name].id, kind=None, ends=today()))
                session.add_all(yearly(made.firms[name].id, dict(zip(YEARS, revenue, strict=True))))
    with write("test:push", actor=ACTOR):
        session.add(
            Push(
                firm_id=made.firms["白帝城医药"].id, carrier_id=made.carriers["north"].id,
                starts=today() - dt.timedelta(days=9),
            )
        )  # fmt: skip
    made.people = {
        "district": person_with_post(Role.DISTRICT_CLERK),
        "north": person_with_post(Role.CARRIER_CLERK, _own(made.carriers["north"])),
        "south": person_with_post(Role.CARRIER_CLERK, _own(made.carriers["south"])),
        "park": person_with_post(Role.PARK_INVEST, _own(made.carriers["park"])),
        "area": person_with_post(
            Role.AREA_READER, make_organisation(kind=OrganisationKind.AREA, area_code="zhangjiang")
        ),
    }
    return made
