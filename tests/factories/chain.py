"""A small chain: an incubator, a park and the district, with firms at every step."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from app.accounts import viewing
from app.accounts.models import Organisation, OrganisationKind, Person, Post, Role
from app.carriers.models import (
    Carrier,
    CarrierSector,
    CarrierStatus,
    CarrierType,
    Operator,
    StatusAct,
    Verification,
)
from app.core.access import System, Viewer
from app.core.db import session, write
from app.criteria.models import Standard, StandardState
from app.criteria.rulefile import read
from app.criteria.service import STANDARDS
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
from app.pipeline.models import Claim, ClaimState, Graduation, GraduationState, Push
from tests.clients import Client
from tests.factories.accounts import PASSWORD, make_organisation, make_person, person_with_post

SEEDER = System("test")


#: who acts for each place of the chain
ROLES = {
    "incubator": Role.CARRIER_CLERK,
    "park": Role.PARK_INVEST,
    "rival": Role.PARK_INVEST,
    "district": Role.DISTRICT_CLERK,
}


@dataclass
class Chain:
    """What was made, by name."""

    today: dt.date
    people: dict[str, Person] = field(default_factory=dict)
    carriers: dict[str, Carrier] = field(default_factory=dict)
    firms: dict[str, Firm] = field(default_factory=dict)
    district: Organisation | None = None
    standard: Standard | None = None

    def viewer(self, kind: str) -> Viewer:
        """Somebody at the incubator, one of the parks or the district."""
        person = self.people[kind]
        return viewing.build(person.id, person.pid, person.name, self.today, None)

    def firm(self, name: str, carrier: str | None = "incubator", **tie: Any) -> Firm:
        """A firm counted at a carrier; `tie` sets days of its residency."""
        number = len(self.firms) + 1
        made = Firm(
            kind=FirmKind.FIRM, code=f"91310115MA{number:08d}", name=f"{name}有限公司",
            short_name=name, sort_key=f"{number:04d}", sector=tie.pop("sector", "ic"),
        )  # fmt: skip
        session.add(made)
        session.flush()
        self.firms[name] = made
        if carrier:
            self.tie(name, carrier, **tie)
        return made

    def tie(self, name: str, carrier: str, **tie: Any) -> Residency:
        """A counted residency."""
        given = {
            "kind": ResidencyKind.ON_SITE, "counted": True, "route": Route.ADMITTED,
            "starts": self.today - dt.timedelta(days=900),
        }  # fmt: skip
        made = Residency(
            firm_id=self.firms[name].id, carrier_id=self.carriers[carrier].id, **(given | tie)
        )
        session.add(made)
        session.flush()
        return made

    def graduation(self, name: str, day: dt.date, state: GraduationState, **more: Any) -> None:
        """A graduation from the incubator."""
        assert self.standard is not None
        session.add(
            Graduation(
                firm_id=self.firms[name].id,
                carrier_id=self.carriers["incubator"].id,
                state=state,
                graduated_on=day,
                period_year=day.year,
                period_quarter=(day.month + 2) // 3,
                standard_id=self.standard.id,
                frozen="{}",
                frozen_hash="0" * 64,
                judged_on=day,
                cut=1,
                reported_on=day,
                **more,
            )
        )
        session.flush()

    def area_reader(self, masked: str, *names: str) -> Post:
        """Somebody of 张江, where these firms operate; the masked one is only counted. Writes."""
        area = make_organisation("张江", OrganisationKind.AREA, area_code="zhangjiang")
        with write("test:place", actor=SEEDER):
            self.firms[masked].counted_only = True
            for name in (masked, *names):
                session.add(
                    Place(firm_id=self.firms[name].id, kind=PlaceKind.OPERATING,
                          district="310115", area="zhangjiang", starts=dt.date(2020, 1, 1))
                )  # fmt: skip
        return person_with_post(Role.AREA_READER, area)

    def push(self, name: str, since: dt.date) -> None:
        """The incubator shows a firm to the parks."""
        session.add(
            Push(
                firm_id=self.firms[name].id, carrier_id=self.carriers["incubator"].id, starts=since
            )
        )
        session.flush()

    def claim(self, name: str, by: str, state: ClaimState, until: dt.date, **more: Any) -> None:
        """A bid."""
        session.add(
            Claim(
                firm_id=self.firms[name].id,
                carrier_id=self.carriers[by].id,
                state=state,
                token=f"{name}-{by}",
                opened_on=until - dt.timedelta(days=30),
                follow_until=until,
                **more,
            )
        )
        session.flush()

    def title(self, name: str, title: Title, expires: dt.date, **more: Any) -> None:
        """A recognition that ends on a day."""
        session.add(
            Milestone(
                firm_id=self.firms[name].id,
                kind=MilestoneKind.RECOGNITION,
                title=title,
                day=expires - dt.timedelta(days=1095),
                issued_on=expires - dt.timedelta(days=1095),
                expires_on=expires,
                verification=Verification.LIST,
                **more,
            )
        )
        session.flush()


def enter(client: Client, kind: str) -> Client:
    """Sign in as somebody of the chain."""
    answer = client.send("/sign-in", {"login": kind, "password": PASSWORD})
    assert answer.status_code in (302, 303), answer.text
    return client


def chain(today: dt.date) -> Chain:
    """An incubator, a park, a rival park and the district; no firms yet."""
    with write("test:chain", actor=SEEDER):
        district = Organisation(
            kind=OrganisationKind.DISTRICT, name="浦东新区科经委", short_name="创新孵化科"
        )
        session.add(district)
        session.flush()
        made = Chain(today, district=district)
        for key, name, tier, kind in (
            ("incubator", "金科路青禾孵化器", 1, CarrierType.INCUBATOR),
            ("park", "北河机器人园", 3, CarrierType.PARK),
            ("rival", "南岸智造园", 3, CarrierType.PARK),
        ):
            made.carriers[key] = _carrier(name, tier, kind, today)
        standard = Standard(
            rule="incubator.graduation", version=1, subject="firm",
            state=StandardState.APPROVED, title="孵化毕业", instrument="300号", content=shipped(),
            content_hash="0" * 64,
        )  # fmt: skip
        session.add(standard)
        session.flush()
        made.standard = standard
        places = {key: one.organisation for key, one in made.carriers.items()}
    for key, place in (places | {"district": district}).items():
        made.people[key] = make_person(ROLES[key], place, login=key)
    return made


def shipped() -> str:
    """The content of the graduation standard as it is shipped."""
    return read(STANDARDS / "graduation-300.yaml").content


def _carrier(name: str, tier: int, kind: CarrierType, today: dt.date) -> Carrier:
    home = OrganisationKind.PARK if tier == 3 else OrganisationKind.CARRIER
    place = Organisation(kind=home, name=name, short_name=name)
    runner = Organisation(
        kind=OrganisationKind.OPERATOR, name=f"{name}运营", short_name=f"{name}运营"
    )
    session.add_all([place, runner])
    session.flush()
    operator = Operator(organisation_id=runner.id, name=runner.name)
    session.add(operator)
    session.flush()
    made = Carrier(
        organisation_id=place.id, operator_id=operator.id, name=name, short_name=name,
        sort_key=name, tier=tier, type=kind,
    )  # fmt: skip
    session.add(made)
    session.flush()
    session.add_all([
        CarrierSector(carrier_id=made.id, sector="robot" if tier == 3 else "ic"),
        CarrierStatus(
            carrier_id=made.id, act=StatusAct.REGISTERED, day=today - dt.timedelta(days=2000)
        ),
    ])  # fmt: skip
    session.flush()
    return made
