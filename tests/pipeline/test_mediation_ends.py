"""What ends a mediation and what does not, where firms are merged or their carrier closes."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask

from app.carriers import service as carriers
from app.carriers.models import ACCELERATOR, PARK, Carrier
from app.core.db import session
from app.firms.models import Destination, Firm, LeaveReason
from app.firms.service import merge_firms
from app.pipeline import service
from app.pipeline.models import Mediation, MediationState
from app.pipeline.queries import mediations
from app.pipeline.words import MediationEnd
from tests.acting import do
from tests.conftest import TODAY
from tests.factories.carriers import make_carrier
from tests.factories.firms import make_firm

pytestmark = pytest.mark.usefixtures("rules")
LATE = TODAY + dt.timedelta(days=31)
S = MediationState


def courted(fast: Carrier, park: Carrier, arrived: str = "2026-11-02") -> Firm:
    """A firm at an accelerator for which a park bids."""
    firm = make_firm()
    do(service.land, firm=firm, carrier=fast, arrived_on=dt.date.fromisoformat(arrived))
    do(service.claim, firm=firm, carrier=park, token=f"t-{firm.pid}-{park.pid}")
    return firm


def state(row: Mediation, day: dt.date) -> tuple[MediationState, MediationEnd | None]:
    session.refresh(row)
    return mediations.standing(row, day)


def test_one_that_ran_out_of_claims_does_not_come_back_with_a_merger(app: Flask) -> None:
    fast, park, rival = (make_carrier(tier=tier) for tier in (ACCELERATOR, PARK, PARK))
    firm, into = courted(fast, park), make_firm()
    row = do(service.ask_mediation, firm=firm, carrier=park)
    app.config["TODAY"] = LATE
    assert state(row, LATE) == (S.ENDED, MediationEnd.NO_CLAIM)
    do(
        service.leave, today=LATE, firm=firm, carrier=fast, on=dt.date(2026, 12, 1),
        destination=Destination.BUILDING, reason=LeaveReason.NOT_GRADUATED,
    )  # fmt: skip
    do(service.land, today=LATE, firm=into, carrier=fast, arrived_on=dt.date(2026, 12, 2))
    do(service.claim, today=LATE, firm=into, carrier=rival, token="u" * 20)
    do(merge_firms, today=LATE, firm=firm, into=into, reason="重复")
    assert row.firm_id == into.id
    assert state(row, LATE) == (S.ENDED, MediationEnd.NO_CLAIM)


def test_two_that_ran_out_of_claims_bar_no_merger(app: Flask) -> None:
    fast, park, rival = (make_carrier(tier=tier) for tier in (ACCELERATOR, PARK, PARK))
    firm, into = courted(fast, park), make_firm()
    do(
        service.leave, firm=firm, carrier=fast, on=dt.date(2026, 11, 10),
        destination=Destination.BUILDING, reason=LeaveReason.NOT_GRADUATED,
    )  # fmt: skip
    do(service.land, firm=into, carrier=fast, arrived_on=dt.date(2026, 11, 12))
    do(service.claim, firm=into, carrier=rival, token="u" * 20)
    rows = [do(service.ask_mediation, firm=one, carrier=by)
            for one, by in ((firm, park), (into, rival))]  # fmt: skip
    app.config["TODAY"] = LATE
    do(merge_firms, today=LATE, firm=firm, into=into, reason="重复")
    assert [state(row, LATE)[0] for row in rows] == [S.ENDED] * 2


def test_passing_to_another_accelerator_is_no_arrival(app: Flask) -> None:
    """整体转入 is nobody's choice: what the parks are about goes on, until the firm does arrive."""
    fast, swift, park = (make_carrier(tier=tier) for tier in (ACCELERATOR, ACCELERATOR, PARK))
    firm = courted(fast, park)
    row = do(service.ask_mediation, firm=firm, carrier=park)
    do(carriers.close_carrier, carrier=fast, day=dt.date(2026, 11, 20))
    do(service.resettle, carrier=fast, receiver=swift, day=dt.date(2026, 11, 20))
    assert state(row, TODAY) == (S.ASKED, None)
    do(service.land, firm=firm, carrier=park, arrived_on=TODAY)
    assert state(row, TODAY) == (S.ENDED, MediationEnd.LANDED)
