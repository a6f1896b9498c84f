"""An incubator, an accelerator, a park and the district on pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.accounts.models import OrganisationKind, Post, Role
from app.carriers.models import ACCELERATOR, INCUBATOR, PARK, Carrier
from app.core.db import session
from app.criteria.models import Outcome
from app.firms.models import Firm
from app.pipeline import service
from app.pipeline.queries import ties
from app.pipeline.stage import Stage
from tests.acting import do
from tests.clients import Client, sign_in
from tests.factories.accounts import make_organisation, person_with_post
from tests.factories.carriers import make_carrier
from tests.factories.firms import make_firm
from tests.factories.pipeline import judge_says

TODAY = dt.date(2026, 11, 24)


class Office:
    """An incubator, an accelerator, a park and the district, each with somebody in a post."""

    def __init__(self, app: Flask, client: Client) -> None:
        self.app, self.client = app, client
        self.incubator = make_carrier("青禾孵化器", tier=INCUBATOR)
        self.stranger = make_carrier("远山孵化器", tier=INCUBATOR)
        self.accelerator = make_carrier("北岸加速器", tier=ACCELERATOR)
        self.park = make_carrier("北河机器人园", tier=PARK)
        district = make_organisation(kind=OrganisationKind.DISTRICT)
        self.posts: dict[str, Post] = {
            "clerk": self._post(Role.CARRIER_CLERK, self.incubator),
            "other": self._post(Role.CARRIER_CLERK, self.stranger),
            "booster": self._post(Role.CARRIER_HEAD, self.accelerator),
            "park": self._post(Role.PARK_INVEST, self.park),
            "head": person_with_post(Role.DISTRICT_HEAD, district),
        }
        judge_says(Outcome.MET)
        self.firm = make_firm("上海松间月机器人有限公司", short_name="松间月机器人")
        self.pid, self.code = self.firm.pid, self.firm.code

    def _post(self, role: Role, carrier: Carrier) -> Post:
        return person_with_post(role, carrier.organisation)

    def be(self, who: str) -> Client:
        """Go on as somebody else."""
        sign_in(self.client, self.posts[who])
        return self.client

    def act(self, act: str, **data: Any) -> Any:
        """Post the form of an act on the firm."""
        return self.client.send(f"/firms/{self.pid}/moves/{act}", data)

    def stage(self) -> Stage:
        session.expire_all()
        firm = session.scalars(select(Firm).where(Firm.pid == self.pid)).one()
        return ties.stage_now(firm, TODAY)

    def one(self, model: Any) -> Any:
        session.expire_all()
        return session.scalars(select(model)).one()


def admitted(office: Office) -> None:
    """The firm enters the incubator through the services."""
    do(
        service.admit, firm=office.firm, carrier=office.incubator, starts=dt.date(2024, 1, 10),
        agreement_on=dt.date(2024, 1, 8),
    )  # fmt: skip
