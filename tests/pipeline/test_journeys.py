"""The chain walked at the level of services: directly, through an accelerator, and astray."""

from __future__ import annotations

import datetime as dt

import pytest

from app.accounts.models import OrganisationKind, Person
from app.carriers.models import INCUBATOR, ClosedPeriod
from app.core.db import session, write
from app.core.errors import Conflict, DomainError
from app.criteria.models import Outcome
from app.firms.models import Destination, LeaveReason, ResidencyKind, Route
from app.pipeline import service
from app.pipeline.models import ClaimState, ClaimStepKind, GraduationState
from app.pipeline.moves.graduation_effects import Report
from app.pipeline.queries import ties
from app.pipeline.stage import Stage
from app.pipeline.words import ClaimEnd, ReturnReason
from tests.acting import do
from tests.conftest import TODAY
from tests.factories.carriers import ACTOR, make_carrier, organisation, viewer_at
from tests.factories.firms import code_of
from tests.factories.pipeline import judge_says
from tests.pipeline.place import Place, stage

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def place(rules: None) -> Place:
    return Place()


def test_straight_from_incubator_to_park(place: Place) -> None:
    assert stage(place.firm) == Stage.REGISTERED
    tie = place.admit()
    assert (tie.limit_on, tie.incubated_on) == (dt.date(2028, 1, 10), dt.date(2024, 1, 10))
    graduation = place.graduate()
    assert graduation.state == GraduationState.REPORTED
    assert (graduation.period_year, graduation.period_quarter, graduation.late) == (2026, 4, False)
    held = ties.latest(place.firm, TODAY)
    assert held is not None
    assert (held.kind, held.starts) == (ResidencyKind.GRADUATE_STAY, dt.date(2026, 10, 12))
    assert held.limit_on is None
    assert stage(place.firm) == Stage.GRADUATED
    assert stage(place.firm, dt.date(2026, 10, 11)) == Stage.INCUBATING
    one, other = place.claim(place.park), place.claim(place.rival)
    do(service.choose, claim=one)
    with pytest.raises(Conflict) as refused:
        do(service.choose, claim=other)
    assert refused.value.code == "claim:taken"
    arrived = place.land(place.park, signed_on=dt.date(2026, 11, 1))
    assert arrived.route == Route.CLAIMED
    assert stage(place.firm) == Stage.SETTLED
    session.refresh(held)
    assert (held.ends, held.destination, held.leave_reason, held.leave_confirmed) == (
        dt.date(2026, 11, 20), Destination.PARK, LeaveReason.GRADUATED, True,
    )  # fmt: skip
    assert (one.state, other.state) == (ClaimState.DONE, ClaimState.REFUSED)
    assert other.end_reason == ClaimEnd.LANDED_ELSEWHERE.value


def test_all_on_the_day_of_graduation(place: Place) -> None:
    """Graduated in the morning, arrived in the afternoon: no stay between; 作废 undoes it."""
    tie = place.admit()
    place.graduate("2026-11-24")
    arrived = place.land(place.park, "2026-11-24")
    session.refresh(tie)
    assert (tie.ends, tie.destination, tie.leave_reason, tie.leave_confirmed) == (
        dt.date(2026, 11, 24), Destination.PARK, LeaveReason.GRADUATED, True,
    )  # fmt: skip
    assert [one.kind for one in session.scalars(ties.counted(place.firm))] == [
        arrived.kind, ResidencyKind.ON_SITE,
    ]  # fmt: skip
    assert stage(place.firm) == Stage.SETTLED
    do(service.void_tie, tie=arrived, reason="信用代码录错")
    held = ties.latest(place.firm, TODAY)
    assert held is not None
    assert (held.kind, held.starts, held.ends) == (ResidencyKind.GRADUATE_STAY, TODAY, None)
    assert stage(place.firm) == Stage.GRADUATED


def test_through_an_accelerator(place: Place) -> None:
    place.admit()
    place.graduate("2026-05-20")
    first, later = place.claim(place.accelerator), place.claim(place.park)
    do(service.choose, claim=first)
    place.land(place.accelerator, "2026-07-01")
    assert stage(place.firm) == Stage.ACCELERATING
    assert (first.state, later.state) == (ClaimState.DONE, ClaimState.OPEN)
    do(service.choose, claim=later)
    place.land(place.park)
    assert stage(place.firm) == Stage.SETTLED
    assert [stage(place.firm, dt.date(2026, m, 25)) for m in (4, 6, 8)] == [
        Stage.INCUBATING, Stage.GRADUATED, Stage.ACCELERATING,
    ]  # fmt: skip


def test_arrival_before_graduation_asks_the_former_incubator(place: Place) -> None:
    tie = place.admit()
    assert place.land(place.park).route == Route.LANDED
    session.refresh(tie)
    assert (tie.leave_confirmed, tie.leave_reason) == (False, None)
    graduation = place.graduate("2026-11-10")
    session.refresh(tie)
    assert (tie.leave_confirmed, tie.leave_reason) == (True, LeaveReason.GRADUATED)
    assert tie.ends == dt.date(2026, 11, 20)
    assert graduation.graduated_on == dt.date(2026, 11, 10)
    assert stage(place.firm) == Stage.SETTLED


def test_or_says_that_it_left_without_graduation(place: Place) -> None:
    tie = place.admit()
    place.land(place.park)
    do(service.confirm_departure, firm=place.firm, carrier=place.incubator)
    session.refresh(tie)
    assert (tie.leave_confirmed, tie.leave_reason) == (True, LeaveReason.NOT_GRADUATED)
    with pytest.raises(DomainError) as refused:
        do(service.confirm_departure, firm=place.firm, carrier=place.incubator)
    assert refused.value.code == "move:confirmed"


def test_a_voided_arrival_gives_the_firm_back(place: Place) -> None:
    tie = place.admit()
    place.graduate()
    claim = place.claim(place.park)
    do(service.choose, claim=claim)
    arrived = place.land(place.park)
    do(service.void_tie, tie=arrived, reason="信用代码录错")
    assert stage(place.firm) == Stage.GRADUATED
    assert claim.state == ClaimState.ACCEPTED
    with pytest.raises(DomainError) as refused:
        do(service.void_tie, tie=ties.latest(place.firm, TODAY), reason="x")
    assert refused.value.code == "tie:graduate_stay"
    assert tie.leave_reason == LeaveReason.GRADUATED


def test_a_firm_graduates_once(place: Place) -> None:
    place.admit()
    place.graduate()
    with pytest.raises(DomainError) as refused:
        place.graduate()
    assert refused.value.code == "move:not_now"
    do(
        service.leave, firm=place.firm, carrier=place.incubator, on=TODAY,
        destination=Destination.CITY, reason=LeaveReason.GRADUATED,
    )  # fmt: skip
    assert stage(place.firm) == Stage.LEFT
    with pytest.raises(DomainError) as again:
        place.admit(starts=TODAY)
    assert again.value.code == "move:graduated"
    do(service.stay, firm=place.firm, carrier=place.incubator, starts=TODAY)
    assert stage(place.firm) == Stage.GRADUATED


@pytest.mark.parametrize(
    ("outcome", "code"),
    [(Outcome.NOT_MET, "graduation:not_met"), (Outcome.UNKNOWN, "graduation:say_why")],
)
def test_a_graduation_rests_on_its_verdict(place: Place, outcome: Outcome, code: str) -> None:
    place.admit()
    judge_says(outcome)
    with pytest.raises(DomainError) as refused:
        place.graduate()
    assert (refused.value.code, refused.value.values) == (code, {"day": "2026-10-12"})
    assert stage(place.firm) == Stage.INCUBATING


def test_unknown_goes_on_with_a_stated_reason(place: Place) -> None:
    place.admit()
    judge_says(Outcome.UNKNOWN)
    assert place.graduate(override="投资协议原件在企业").override == "投资协议原件在企业"


def test_no_agreement_no_graduation(place: Place) -> None:
    place.admit(agreement_on=None)
    with pytest.raises(DomainError) as refused:
        place.graduate()
    assert refused.value.code == "graduation:no_agreement"
    place.graduate(agreement_on=dt.date(2024, 1, 8))


def test_a_closed_period_counts_in_the_current_one(place: Place) -> None:
    place.admit()
    with write("test:close", actor=ACTOR):
        for quarter in (1, 2):
            session.add(ClosedPeriod(year=2026, quarter=quarter, closed_on=TODAY))
    graduation = place.graduate("2026-05-06", eligible_on=dt.date(2025, 12, 1))
    assert (graduation.period_year, graduation.period_quarter, graduation.late) == (2026, 4, True)
    assert graduation.eligible_on == dt.date(2025, 12, 1)


def test_returned_then_reported_again(place: Place) -> None:
    tie = place.admit()
    graduation = place.graduate()
    do(service.return_graduation, graduation=graduation, reason=ReturnReason.DATES, note="见函")
    assert (graduation.state, graduation.return_code) == (GraduationState.RETURNED, "dates")
    assert stage(place.firm) == Stage.GRADUATED, "only 核定数 loses it"
    report = Report(graduated_on=dt.date(2026, 11, 2))
    do(service.repeat, graduation=graduation, report=report)
    assert (graduation.state, graduation.return_code) == (GraduationState.REPORTED, None)
    session.refresh(tie)
    assert tie.ends == dt.date(2026, 11, 2)
    assert stage(place.firm) == Stage.GRADUATED
    do(service.withdraw_graduation, graduation=graduation, reason="企业要求")
    session.refresh(tie)
    assert (tie.ends, tie.leave_reason, stage(place.firm)) == (None, None, Stage.INCUBATING)


@pytest.mark.parametrize("config_changes", [{"GRADUATION_MODE": "approve"}])
def test_the_gate(place: Place) -> None:
    place.admit()
    graduation = place.graduate()
    assert (graduation.state, stage(place.firm)) == (GraduationState.PROPOSED, Stage.INCUBATING)
    do(service.approve, graduations=[graduation])
    assert (graduation.state, stage(place.firm)) == (GraduationState.VERIFIED, Stage.GRADUATED)


def test_nobody_verifies_their_own_entry(place: Place) -> None:
    place.admit()
    graduation = place.graduate()
    with write("test:person", actor=ACTOR):
        people = [Person(login=f"p{n}", name="王") for n in range(2)]
        session.add_all(people)
        session.flush()
        graduation.reported_by = people[0].id
    district = viewer_at(organisation(OrganisationKind.DISTRICT))
    own = type(district)(**{**district.__dict__, "person_id": people[0].id})
    other = type(district)(**{**district.__dict__, "person_id": people[1].id})
    for act in (service.check, service.verify):
        with pytest.raises(DomainError) as refused:
            do(act, actor=own, graduations=[graduation])
        assert refused.value.code == "move:own_entry"
    assert do(service.check, actor=other, graduations=[graduation]) == 1
    assert do(service.verify, actor=other, graduations=[graduation]) == 1
    assert (graduation.checked_by, graduation.verified_by) == (people[1].id, people[1].id)
    with pytest.raises(DomainError) as late:
        do(service.withdraw_graduation, graduation=graduation, reason="晚了")
    assert late.value.code == "move:not_now"


def test_transfer_keeps_the_clock(place: Place) -> None:
    tie = place.admit()
    sister = make_carrier(tier=INCUBATOR, operator=place.incubator.operator)
    moved = do(service.transfer, firm=place.firm, carrier=sister, on=dt.date(2025, 6, 1))
    assert (moved.limit_on, moved.incubated_on) == (dt.date(2028, 1, 10), dt.date(2024, 1, 10))
    assert moved.agreement_on == tie.agreement_on
    stranger = make_carrier(tier=INCUBATOR)
    with pytest.raises(DomainError) as refused:
        do(service.transfer, firm=place.firm, carrier=stranger, on=TODAY)
    assert refused.value.code == "move:ask_first"
    wanted = dt.date(2026, 11, 20)
    request = do(service.ask_transfer, firm=place.firm, carrier=stranger, wanted_on=wanted)
    assert request.due_on == dt.date(2026, 12, 1)
    with pytest.raises(DomainError) as early:
        do(service.decide_transfer, request=request)
    assert early.value.code == "transfer:not_due"
    do(service.agree_transfer, request=request)
    held = ties.latest(place.firm, TODAY)
    assert held is not None
    assert (held.carrier_id, held.limit_on) == (stranger.id, dt.date(2028, 1, 10))
    assert stage(place.firm) == Stage.INCUBATING


def test_silence_brings_the_district(place: Place) -> None:
    place.admit()
    stranger = make_carrier(tier=INCUBATOR)
    asked = dt.date(2026, 11, 2)
    request = do(
        service.ask_transfer, today=asked, firm=place.firm, carrier=stranger, wanted_on=asked
    )
    assert request.due_on == dt.date(2026, 11, 9)
    do(service.decide_transfer, request=request, note="按企业意愿")
    held = ties.latest(place.firm, TODAY)
    assert held is not None
    assert held.carrier_id == stranger.id


def test_a_claim_lapses_and_can_be_made_again(place: Place) -> None:
    place.admit()
    place.graduate("2026-06-01")
    opened = dt.date(2026, 9, 1)
    claim = do(
        service.claim, today=opened, firm=place.firm, carrier=place.park, token="a"
    )  # fmt: skip
    follow = {"claim": claim, "step": ClaimStepKind.CONTACT}
    day = dt.date(2026, 9, 20)
    do(service.follow_up, today=day, day=day, **follow)
    assert (claim.follow_until, claim.renewals) == (dt.date(2026, 10, 20), 1)
    with pytest.raises(DomainError) as refused:
        do(service.follow_up, day=TODAY, **follow)
    assert refused.value.code == "move:not_now"
    again = place.claim(place.park, "b")
    assert (claim.state, claim.end_reason) == (ClaimState.RELEASED, "lapsed")
    assert again.state == ClaimState.OPEN
    assert place.claim(place.park, "b").id == again.id
    with pytest.raises(DomainError) as live:
        place.claim(place.park, "c")
    assert live.value.code == "claim:live"


def test_direct_arrival_of_a_firm_unknown_before(place: Place) -> None:
    tie = do(
        service.land_unknown, carrier=place.park, arrived_on=TODAY, name="上海云帆航电有限公司",
        code=code_of(987654),
    )  # fmt: skip
    assert (tie.route, stage(tie.firm)) == (Route.DIRECT, Stage.SETTLED)


def test_nobody_leaves_as_a_graduate_without_a_graduation(place: Place) -> None:
    """It would close the clock, and a return would begin a new one."""
    place.admit()
    with pytest.raises(DomainError) as refused:
        do(
            service.leave, firm=place.firm, carrier=place.incubator, on=TODAY,
            destination=Destination.BUILDING, reason=LeaveReason.GRADUATED,
        )  # fmt: skip
    assert (refused.value.code, refused.value.field) == ("tie:not_graduated", "reason")
    assert stage(place.firm) == Stage.INCUBATING


def test_months_add_up_over_stays(place: Place) -> None:
    place.admit(starts=dt.date(2022, 1, 10))
    do(
        service.leave, firm=place.firm, carrier=place.incubator, on=dt.date(2023, 3, 15),
        destination=Destination.BUILDING, reason=LeaveReason.NOT_GRADUATED,
    )  # fmt: skip
    assert stage(place.firm) == Stage.LEFT
    tie = place.admit(starts=dt.date(2025, 1, 1))
    # 14 months and 5 days were used: 34 months from 2025-01-01, less 5 days, 32 to a month
    assert tie.limit_on == dt.date(2027, 10, 28)
    do(
        service.extend, firm=place.firm, carrier=place.incubator, to=dt.date(2028, 6, 30),
        reason="新药在研",
    )  # fmt: skip
    assert tie.extended_to == dt.date(2028, 6, 30)
