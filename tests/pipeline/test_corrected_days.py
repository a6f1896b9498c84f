"""Days of a tie corrected against one another: refused in words, or moved as a whole."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from app.carriers.models import PARK
from app.core.db import session
from app.firms.models import Destination, LeaveReason, Residency
from app.pipeline import service
from tests.acting import do, refused
from tests.factories.carriers import make_carrier
from tests.factories.firms import make_firm

pytestmark = pytest.mark.usefixtures("rules")
ENTERED, ARRIVED, LEFT = dt.date(2026, 6, 1), dt.date(2026, 6, 20), dt.date(2026, 6, 25)


@pytest.fixture
def tie() -> Residency:
    """Five days at a park, straight from an incubator."""
    home, park, firm = make_carrier(), make_carrier(tier=PARK), make_firm()
    do(service.admit, firm=firm, carrier=home, starts=ENTERED, agreement_on=ENTERED)
    made = do(service.land, firm=firm, carrier=park, arrived_on=ARRIVED)
    do(
        service.leave, firm=firm, carrier=park, on=LEFT, destination=Destination.BUILDING,
        reason=LeaveReason.NOT_GRADUATED,
    )  # fmt: skip
    return session.get_one(Residency, made.id)


def corrected(tie: Residency, starts: dt.date, ends: dt.date | None) -> dict[str, Any]:
    rest = ("agreement_on", "lease_ends", "signed_on", "registered_on", "taxed_on", "area_m2")
    return {"tie": tie, "rev": None, "reason": "录错", "starts": starts, "ends": ends} | (
        dict.fromkeys(rest)
    )


@pytest.mark.parametrize("days", [0, 1, 9])
def test_a_start_on_or_after_the_end_is_refused(tie: Residency, days: int) -> None:
    late = LEFT + dt.timedelta(days)
    error = refused(service.correct_tie, **corrected(tie, late, LEFT))
    assert (error.code, error.values["day"]) == ("tie:before_start", late.isoformat())


def test_a_tie_moves_as_a_whole_beyond_its_former_end(tie: Residency) -> None:
    later = dt.timedelta(days=30)
    do(service.correct_tie, **corrected(tie, ARRIVED + later, LEFT + later))
    session.refresh(tie)
    assert (tie.starts, tie.ends) == (ARRIVED + later, LEFT + later)
    former = session.query(Residency).filter(Residency.id < tie.id).one()
    assert former.ends == ARRIVED + later, "the stay before it follows"
