"""Where the chain is walked at the level of services."""

from __future__ import annotations

import datetime as dt
from typing import Any

from app.carriers.models import ACCELERATOR, INCUBATOR, PARK, Carrier
from app.criteria.models import Outcome
from app.firms.models import Firm
from app.pipeline import service
from app.pipeline.models import Claim
from app.pipeline.moves.graduation_effects import Report
from app.pipeline.queries import ties
from app.pipeline.stage import Stage
from tests.acting import do
from tests.conftest import TODAY
from tests.factories.carriers import make_carrier
from tests.factories.firms import make_firm
from tests.factories.pipeline import judge_says


def stage(firm: Firm, day: dt.date = TODAY) -> Stage:
    """Where a firm stands."""
    return ties.stage_now(firm, day)


class Place:
    """One carrier of each tier and a firm that entered the incubator in 2024."""

    def __init__(self) -> None:
        self.incubator = make_carrier(tier=INCUBATOR)
        self.accelerator = make_carrier(tier=ACCELERATOR)
        self.park, self.rival = make_carrier(tier=PARK), make_carrier(tier=PARK)
        self.firm = make_firm()
        judge_says(Outcome.MET)

    def admit(self, **given: Any) -> Any:
        given = {"starts": dt.date(2024, 1, 10), "agreement_on": dt.date(2024, 1, 8)} | given
        return do(service.admit, firm=self.firm, carrier=self.incubator, **given)

    def graduate(self, on: str = "2026-10-12", **given: Any) -> Any:
        report = Report(graduated_on=dt.date.fromisoformat(on), **given)
        return do(service.graduate, firm=self.firm, carrier=self.incubator, report=report)

    def claim(self, carrier: Carrier, token: str | None = None, **given: Any) -> Claim:
        token = token or f"t-{carrier.pid}"
        return do(service.claim, firm=self.firm, carrier=carrier, token=token, **given)

    def land(self, carrier: Carrier, on: str = "2026-11-20", **given: Any) -> Any:
        day = dt.date.fromisoformat(on)
        return do(service.land, firm=self.firm, carrier=carrier, arrived_on=day, **given)
