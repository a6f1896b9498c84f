"""Which claims a voided landing brings back: those that it ended, and none ended long before."""

from __future__ import annotations

import datetime as dt

import pytest

from app.carriers.models import PARK
from app.core.db import session
from app.firms.models import Destination, Firm, LeaveReason, Residency
from app.firms.service import merge_firms, space
from app.pipeline import service
from app.pipeline.models import Claim, ClaimState
from tests.acting import do
from tests.factories.carriers import make_carrier
from tests.factories.firms import make_firm
from tests.factories.units import make_unit

pytestmark = pytest.mark.usefixtures("rules")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


class Story:
    """A firm chose one park with a room, landed at another, and went away again."""

    def __init__(self) -> None:
        home = make_carrier()
        self.park, self.rival = make_carrier(tier=PARK), make_carrier(tier=PARK)
        self.firm = make_firm()
        self.room = make_unit(self.rival, 20_000)
        do(service.admit, firm=self.firm, carrier=home, starts=day("01-05"),
           agreement_on=day("01-05"))  # fmt: skip
        do(service.push, firm=self.firm, carrier=home)
        claim = do(
            service.claim, firm=self.firm, carrier=self.rival, token="t" * 20, unit=self.room
        )
        do(service.choose, claim=claim)
        self.claim_id = claim.id
        do(service.land, firm=self.firm, carrier=self.park, arrived_on=day("05-02"))
        do(
            service.leave, firm=self.firm, carrier=self.park, on=day("08-28"),
            destination=Destination.BUILDING, reason=LeaveReason.NOT_GRADUATED,
        )  # fmt: skip

    def state(self) -> ClaimState:
        session.rollback()
        return session.get_one(Claim, self.claim_id).state

    def arrive(self) -> Residency:
        made: Residency = do(
            service.land, firm=self.firm, carrier=self.rival, arrived_on=day("11-14")
        )
        return made

    def void(self, tie: Residency) -> None:
        do(service.void_tie, tie=session.get_one(Residency, tie.id), reason="录错")


def test_moving_into_the_room_brings_no_old_claim_back() -> None:
    one = Story()
    tie = one.arrive()
    do(space.occupy, firm=one.firm, unit=one.room, amount=20_000, starts=day("11-14"))
    one.void(tie)
    assert one.state() is ClaimState.RELEASED, "it ended half a year before, by another landing"


def test_merging_two_records_brings_no_old_claim_back() -> None:
    one = Story()
    into: Firm = make_firm()
    tie = one.arrive()
    do(merge_firms, firm=one.firm, into=into, reason="重复")
    one.void(tie)
    assert one.state() is ClaimState.RELEASED


def test_voiding_the_landing_that_ended_it_does() -> None:
    home, park, rival, firm = (*(make_carrier(tier=t) for t in (1, PARK, PARK)), make_firm())
    do(service.admit, firm=firm, carrier=home, starts=day("01-05"), agreement_on=day("01-05"))
    do(service.push, firm=firm, carrier=home)
    claim = do(service.claim, firm=firm, carrier=rival, token="t" * 20)
    do(service.choose, claim=claim)
    tie = do(service.land, firm=firm, carrier=park, arrived_on=day("05-02"))
    assert session.get_one(Claim, claim.id).state is ClaimState.RELEASED
    do(service.void_tie, tie=session.get_one(Residency, tie.id), reason="录错")
    session.rollback()
    assert session.get_one(Claim, claim.id).state is ClaimState.ACCEPTED
