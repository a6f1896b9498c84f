"""A firm at an incubator, with people there, elsewhere and at the district."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from app.accounts.models import OrganisationKind, Person, Role
from app.carriers.models import Carrier
from app.firms.models import Firm
from tests.clients import Client, sign_in
from tests.factories.accounts import make_person
from tests.factories.carriers import make_carrier, organisation
from tests.factories.firms import make_firm


@dataclass
class Ground:
    """What stands there."""

    firm: Firm
    home: Carrier
    mine: Person
    theirs: Person
    district: Person


@pytest.fixture
def ground(app: Flask, client: Client) -> Ground:
    """The firm and the people; whoever is at its incubator is signed in."""
    home, other = make_carrier("金科路青禾孵化器"), make_carrier("张江北岸孵化器")
    office = organisation(OrganisationKind.DISTRICT, "浦东新区科技和经济委员会")
    made = Ground(
        firm=make_firm("上海石上泉传感技术有限公司", at=home),
        home=home,
        mine=make_person(Role.CARRIER_HEAD, home.organisation),
        theirs=make_person(Role.CARRIER_HEAD, other.organisation),
        district=make_person(Role.DISTRICT_HEAD, office),
    )
    sign_in(client, made.mine)
    return made
