"""整体转入: the firms of a carrier that ends, in one act, with their clocks; and undoing it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import OrganisationKind
from app.carriers import service as carriers
from app.carriers.models import (
    ACCELERATOR,
    PARK,
    Carrier,
    CarrierStatus,
    Site,
    Unit,
    UnitUse,
)
from app.core.access import Permission
from app.core.db import session, write
from app.core.errors import Conflict, DomainError, Forbidden
from app.criteria.models import Outcome
from app.firms.models import (
    Demand,
    DemandState,
    Destination,
    Firm,
    LeaveReason,
    Occupancy,
    Residency,
    ResidencyKind,
    Route,
)
from app.firms.service.space import occupy
from app.pipeline import service
from app.pipeline.models import TransferState
from app.pipeline.moves.graduation_effects import Report
from app.pipeline.queries import ties
from app.pipeline.service.resettling import plan
from app.pipeline.stage import Stage
from app.workbench.leaving import whereabouts
from tests.acting import do
from tests.conftest import TODAY
from tests.factories.carriers import ACTOR, make_carrier, organisation, viewer_at
from tests.factories.firms import make_firm
from tests.factories.pipeline import judge_says

pytestmark = pytest.mark.usefixtures("rules")
START, DAY = dt.date(2024, 1, 10), dt.date(2026, 11, 1)


def admitted(carrier: Carrier, starts: dt.date = START, **given: Any) -> Firm:
    firm = make_firm()
    do(service.admit, firm=firm, carrier=carrier, starts=starts, agreement_on=starts, **given)
    return firm


def close(one: Carrier, day: dt.date = DAY, heir: Carrier | None = None) -> None:
    do(carriers.close_carrier, carrier=one, day=day, successor=heir)


def move(old: Carrier, new: Carrier, day: dt.date = DAY, **more: Any) -> list[Residency]:
    made: list[Residency] = do(service.resettle, carrier=old, receiver=new, day=day, **more)
    return made


def looked(old: Carrier, new: Carrier, day: dt.date = DAY) -> Any:
    return plan(actor=ACTOR, today=TODAY, carrier=old, receiver=new, day=day)


def test_the_clock_goes_on_as_if_nothing_had_happened() -> None:
    old, new = make_carrier(), make_carrier()
    firms = [admitted(old), admitted(old, dt.date(2025, 5, 20))]
    do(service.extend, firm=firms[0], carrier=old, to=dt.date(2029, 1, 1), reason="在研")
    before = {f.id: ties.latest(f, TODAY) for f in firms}
    kept = {k: (t.incubated_on, t.limit_on, t.last_day) for k, t in before.items() if t}
    close(old, heir=new)
    made = move(old, new, remark="老载体注销")
    assert {t.firm_id for t in made} == {f.id for f in firms}
    for tie in made:
        assert (tie.incubated_on, tie.limit_on, tie.last_day) == kept[tie.firm_id]
        assert (tie.carrier_id, tie.starts, tie.ends, tie.route, tie.remark) == (
            new.id, DAY, None, Route.TRANSFERRED, "老载体注销",
        )  # fmt: skip
        former = before[tie.firm_id]
        assert former is not None
        session.refresh(former)
        assert (former.ends, former.destination, former.destination_id, former.leave_reason) == (
            DAY, Destination.INCUBATOR, new.id, LeaveReason.CARRIER_CLOSED,
        )  # fmt: skip
        assert former.leave_confirmed
        assert former.agreement_on == tie.agreement_on
    assert [ties.stage_now(f, TODAY) for f in firms] == [Stage.INCUBATING] * 2
    district = viewer_at(organisation(OrganisationKind.DISTRICT), role="district_head")
    assert whereabouts.rows(district, TODAY) == []


def test_every_tier_goes_on_within_itself_and_a_graduate_stays_one() -> None:
    judge_says(Outcome.MET)
    old, new = make_carrier(), make_carrier()
    fast, faster = make_carrier(tier=ACCELERATOR), make_carrier(tier=ACCELERATOR)
    park, other = make_carrier(tier=PARK), make_carrier(tier=PARK)
    graduate, quick, settled = admitted(old), make_firm(), make_firm()
    do(
        service.graduate,
        firm=graduate,
        carrier=old,
        report=Report(graduated_on=dt.date(2026, 10, 12)),
    )
    for firm, place in ((quick, fast), (settled, park)):
        do(service.land, firm=firm, carrier=place, arrived_on=START)
    with write("test:demand", actor=ACTOR):
        session.add(
            Demand(
                firm_id=quick.id, state=DemandState.OPEN, opened_on=START, checked_on=START,
                area_low=1, area_high=2, uses=(UnitUse.OFFICE,), needed_by=TODAY,
            )
        )  # fmt: skip
    for one in (old, fast, park):
        close(one)
    for a, b in ((old, new), (fast, faster), (park, other)):
        assert len(move(a, b)) == 1
    stay = ties.latest(graduate, TODAY)
    assert stay is not None
    assert (stay.kind, stay.carrier_id, stay.limit_on) == (
        ResidencyKind.GRADUATE_STAY, new.id, None,
    )  # fmt: skip
    stages = [ties.stage_now(f, TODAY) for f in (graduate, quick, settled)]
    assert stages == [Stage.GRADUATED, Stage.ACCELERATING, Stage.SETTLED]
    # it was moved, not helped: what it looks for stays open
    assert session.scalars(select(Demand)).one().state is DemandState.OPEN


def test_who_cannot_go_is_told_why_and_the_others_go() -> None:
    old, new, asker = make_carrier(), make_carrier(capacity=1), make_carrier()
    early, late = admitted(old), admitted(old, dt.date(2026, 11, 10))
    asked = do(service.ask_transfer, firm=early, carrier=asker, wanted_on=TODAY)
    do(service.push, firm=early, carrier=old)
    do(service.add_tie, firm=early, carrier=old, kind=ResidencyKind.EXTENSION, starts=START)
    close(old)
    found = looked(old, new)
    lines = {line.firm.id: line for line in found.lines}
    assert [r.to_id for r in lines[early.id].requests] == [asker.id]
    assert (lines[early.id].pushed, lines[early.id].others, lines[early.id].goes) == (True, 1, True)
    refusal = lines[late.id].refusal
    assert refusal is not None
    assert (refusal.code, refusal.values) == ("resettle:later", {"day": "2026-11-10"})
    assert (found.hosted, found.after, found.excess) == (0, 1, 0)
    assert [t.firm_id for t in move(old, new, seen=found.digest)] == [early.id]
    session.expire_all()
    assert asked.state is TransferState.ENDED
    assert looked(old, new).excess == 0
    assert looked(old, new, TODAY).excess == 1  # one there, one more to come
    assert {t.ends for t in ties.all_of(early) if t.carrier_id == old.id} == {DAY}
    held = ties.latest(late, TODAY)
    assert held is not None
    assert held.carrier_id == old.id


def test_nobody_goes_where_nothing_is_registered_yet() -> None:
    old, new = make_carrier(), make_carrier()
    admitted(old)
    close(old)
    first = session.scalars(
        select(CarrierStatus).where(CarrierStatus.carrier_id == new.id).order_by(CarrierStatus.day)
    ).first()
    assert first is not None
    with write("test:later", actor=ACTOR):
        session.get_one(CarrierStatus, first.id).day = DAY + dt.timedelta(days=3)
    with pytest.raises(DomainError) as early:
        move(old, new)
    assert early.value.code == "resettle:unborn"
    assert len(move(old, new, day=DAY + dt.timedelta(days=3))) == 1


@pytest.mark.parametrize("config_changes", [{"GRADUATION_MODE": "approve"}])
def test_a_graduation_that_waits_is_settled_first() -> None:
    judge_says(Outcome.MET)
    old, new = make_carrier(), make_carrier()
    firm = admitted(old)
    do(service.graduate, firm=firm, carrier=old, report=Report(graduated_on=dt.date(2026, 10, 20)))
    close(old)
    (line,) = looked(old, new).lines
    assert line.refusal is not None
    assert (line.refusal.code, line.goes) == ("move:proposed", False)


def test_what_changed_since_the_preview_is_refused_whole() -> None:
    old, new = make_carrier(), make_carrier()
    one, two = admitted(old), admitted(old)
    close(old)
    seen = looked(old, new).digest
    do(service.extend, firm=two, carrier=old, to=dt.date(2030, 1, 1), reason="在研")
    with pytest.raises(Conflict) as refused:
        move(old, new, seen=seen)
    assert refused.value.code == "resettle:changed"
    assert {t.carrier_id for f in (one, two) if (t := ties.latest(f, TODAY))} == {old.id}
    seen = looked(old, new).digest  # of all; who of them goes is ticked on it
    assert [t.firm_id for t in move(old, new, seen=seen, chosen=[one.pid])] == [one.id]
    with pytest.raises(Conflict):
        move(old, new, seen=seen, chosen=[two.pid])


def test_it_needs_a_carrier_that_ends_one_that_stands_and_the_district() -> None:
    old, new, gone = make_carrier(), make_carrier(), make_carrier()
    park = make_carrier(tier=PARK)
    firm = admitted(old)
    close(gone, dt.date(2025, 1, 1))

    def why(receiver: Carrier, day: dt.date = DAY) -> str | None:
        line = looked(old, receiver, day).lines[0]
        return line.refusal.code if line.refusal else None

    assert why(new) == "move:carrier_stands"
    close(old, TODAY + dt.timedelta(days=30))  # announced
    assert why(new) is None
    assert why(park) == "move:other_tier"
    assert why(gone) == "move:carrier_over"
    for receiver, day, code in (
        (gone, DAY, "resettle:over"), (new, TODAY + dt.timedelta(days=1), "resettle:before"),
    ):  # fmt: skip
        found = looked(old, receiver, day)
        assert found.refusal is not None
        assert (found.refusal.code, found.going) == (code, [])
    for receiver, day, code in (
        (new, TODAY + dt.timedelta(days=1), "resettle:before"), (gone, TODAY, "resettle:over"),
        (park, DAY, "resettle:none"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as refused:
            move(old, receiver, day)
        assert refused.value.code == code
    shut = make_carrier()
    close(shut, TODAY)  # who receives has to stand today too
    assert why(shut) == "move:carrier_over"
    host = viewer_at(old, without=(Permission.TRANSFER_DECIDE,))
    line = plan(actor=host, today=TODAY, carrier=old, receiver=new, day=DAY).lines[0]
    assert isinstance(line.refusal, Forbidden)
    assert [t.firm_id for t in move(old, new)] == [firm.id]


def test_rooms_end_with_the_stay() -> None:
    old, new = make_carrier(), make_carrier()
    firm = admitted(old)
    with write("test:unit", actor=ACTOR):
        site = session.scalars(select(Site).where(Site.carrier_id == old.id)).one()
        unit = Unit(
            carrier_id=old.id, site_id=site.id, building="A", floor=1, number="101",
            uses=(UnitUse.OFFICE,), approved=(), area_dm2=10_000, starts=START,
        )  # fmt: skip
        session.add(unit)
    do(occupy, firm=firm, unit=unit, amount=5_000, starts=START)
    close(old)
    move(old, new)
    assert session.scalars(select(Occupancy)).one().ends == DAY


def test_one_move_is_undone_by_voiding_it() -> None:
    old, new = make_carrier(), make_carrier()
    one, two = admitted(old), admitted(old)
    close(old)
    made = {t.firm_id: t for t in move(old, new)}
    do(service.void_tie, tie=made[one.id], reason="不该转")
    back, other = ties.latest(one, TODAY), ties.latest(two, TODAY)
    assert back is not None
    assert other is not None
    assert (back.carrier_id, back.ends, back.leave_reason, back.destination) == (
        old.id, None, None, None,
    )  # fmt: skip
    assert other.carrier_id == new.id
    do(
        service.correct_tie, tie=other, rev=other.rev, starts=dt.date(2026, 11, 5), reason="日期",
        agreement_on=START,
    )  # fmt: skip
    former = next(t for t in ties.all_of(two) if t.carrier_id == old.id)
    assert (former.ends, other.incubated_on) == (dt.date(2026, 11, 5), START)


def test_a_claim_of_the_receiver_is_done_and_those_of_others_stay() -> None:
    judge_says(Outcome.MET)
    fast, faster, park = make_carrier(tier=2), make_carrier(tier=2), make_carrier(tier=3)
    firm = make_firm()
    do(service.land, firm=firm, carrier=fast, arrived_on=START)
    own = do(service.claim, firm=firm, carrier=faster, token="t-own")
    others = do(service.claim, firm=firm, carrier=park, token="t-park")
    close(fast)
    move(fast, faster)
    assert (own.state, others.state) == ("done", "open")


def beside(firm: Firm, carrier: Carrier, kind: ResidencyKind, starts: dt.date) -> Residency:
    made: Residency = do(service.add_tie, firm=firm, carrier=carrier, kind=kind, starts=starts)
    return made


def test_further_ties_come_back_with_the_one_that_is_voided() -> None:
    old, new = make_carrier(), make_carrier()
    firm = admitted(old)
    service_tie = beside(firm, old, ResidencyKind.EMPOWERED, dt.date(2025, 3, 1))
    ended = beside(firm, old, ResidencyKind.EXTENSION, START)
    with write("test:ended", actor=ACTOR):  # by itself, before the carrier did
        session.get_one(Residency, ended.id).ends = DAY
    close(old)
    (tie,) = move(old, new)
    do(
        service.correct_tie, tie=tie, rev=tie.rev, starts=dt.date(2026, 11, 5), reason="日期",
        agreement_on=START,
    )  # fmt: skip
    session.refresh(service_tie)
    assert (service_tie.ends, service_tie.leave_reason) == (
        dt.date(2026, 11, 5), LeaveReason.CARRIER_CLOSED,
    )  # fmt: skip
    with pytest.raises(DomainError) as early:
        do(
            service.correct_tie, tie=tie, rev=tie.rev, starts=dt.date(2025, 2, 1), reason="日期",
            agreement_on=START,
        )  # fmt: skip
    assert early.value.code == "tie:side_later"
    do(service.void_tie, tie=tie, reason="不该转")
    session.expire_all()
    assert (service_tie.ends, service_tie.leave_reason) == (None, None)
    assert ended.ends == DAY


def test_a_further_tie_that_had_ended_by_itself_ends_so_again() -> None:
    """The move is dated back before that end, and entered after it."""
    old, new = make_carrier(), make_carrier()
    firm, own_end = admitted(old), dt.date(2026, 11, 12)
    side = beside(firm, old, ResidencyKind.EXTENSION, START)
    with write("test:ended", actor=ACTOR):
        row = session.get_one(Residency, side.id)
        row.ends, row.leave_reason = own_end, LeaveReason.OVER_LIMIT
    close(old)
    (tie,) = move(old, new)
    session.refresh(side)
    assert (side.ends, side.leave_reason) == (DAY, LeaveReason.CARRIER_CLOSED)
    for day, ends in ((own_end - dt.timedelta(days=1), "day"), (own_end, "own")):
        do(
            service.correct_tie, tie=tie, rev=tie.rev, starts=day, reason="日期",
            agreement_on=START,
        )  # fmt: skip
        session.refresh(side)
        assert side.ends == (day if ends == "day" else own_end)
    assert side.leave_reason is LeaveReason.OVER_LIMIT
    other = admitted(old_again := make_carrier())
    side = beside(other, old_again, ResidencyKind.EXTENSION, START)
    with write("test:ended", actor=ACTOR):
        row = session.get_one(Residency, side.id)
        row.ends, row.leave_reason = own_end, LeaveReason.OVER_LIMIT
    close(old_again)
    (tie,) = move(old_again, new)
    do(service.void_tie, tie=tie, reason="不该转")
    session.expire_all()
    assert (side.ends, side.leave_reason) == (own_end, LeaveReason.OVER_LIMIT)


def test_no_further_tie_stays_open_where_the_carrier_has_ended() -> None:
    old, new = make_carrier(), make_carrier()
    firm, other = admitted(old), admitted(old)
    late = dt.date(2026, 11, 10)
    side = beside(firm, old, ResidencyKind.EMPOWERED, late)
    early = beside(other, old, ResidencyKind.EMPOWERED, START)
    close(old)
    found = {line.firm.id: line.refusal for line in looked(old, new).lines}
    refusal = found[firm.id]
    assert found[other.id] is None
    assert refusal is not None
    assert (refusal.code, refusal.values["day"]) == ("tie:side_later", "2026-11-10")
    assert [t.firm_id for t in move(old, new)] == [other.id]
    assert [t.firm_id for t in move(old, new, day=late + dt.timedelta(days=1))] == [firm.id]
    session.refresh(side)
    assert side.ends == late + dt.timedelta(days=1)
    again = make_carrier()
    open_one = beside(admitted(again), again, ResidencyKind.EMPOWERED, START)
    close(again)
    with pytest.raises(DomainError) as moved:  # nor by way of a correction
        do(
            service.correct_tie, tie=open_one, rev=open_one.rev, starts=late, reason="日期",
        )  # fmt: skip
    assert (moved.value.code, moved.value.field) == ("move:carrier_over", "starts")
    assert early.ends == DAY
