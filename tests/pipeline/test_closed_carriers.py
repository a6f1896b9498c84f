"""A carrier without registration admits, receives and claims nobody; what was stays on record."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import event

from app.carriers import service as carriers
from app.carriers.models import ACCELERATOR, INCUBATOR, PARK, Carrier, StatusAct
from app.core.db import session, write
from app.core.errors import DomainError
from app.criteria.models import Outcome
from app.firms.models import Firm, LeaveReason, Residency, ResidencyKind
from app.pipeline import closing, service
from app.pipeline.models import ClaimState, TransferState
from app.pipeline.moves.graduation_effects import Report
from app.pipeline.queries import ties
from app.pipeline.words import ClaimEnd, TransferEnd
from tests.acting import do
from tests.conftest import TODAY
from tests.factories.carriers import ACTOR, make_carrier
from tests.factories.firms import make_firm
from tests.factories.pipeline import judge_says

pytestmark = pytest.mark.usefixtures("rules")
START = dt.date(2024, 1, 10)
OVER = "move:carrier_over"


def close(one: Carrier, day: dt.date = TODAY, act: StatusAct = StatusAct.CLOSED) -> None:
    do(carriers.close_carrier, carrier=one, day=day, how=act)


@pytest.mark.parametrize("act", [StatusAct.CLOSED, StatusAct.WITHDRAWN])
def test_it_admits_and_receives_nobody(act: StatusAct) -> None:
    judge_says(Outcome.MET)
    home, one = make_carrier(), make_carrier()
    sister = make_carrier(operator=one.operator)
    fast, park = make_carrier(tier=ACCELERATOR), make_carrier(tier=PARK)
    new, held, graduate = make_firm(), make_firm(), make_firm()
    do(service.admit, firm=held, carrier=sister, starts=START)
    do(service.admit, firm=graduate, carrier=home, starts=START, agreement_on=START)
    do(
        service.graduate, firm=graduate, carrier=home,
        report=Report(graduated_on=dt.date(2026, 10, 12)),
    )  # fmt: skip
    for carrier in (one, fast, park):
        close(carrier, act=act)
    tries = (
        (service.admit, {"firm": new, "carrier": one, "starts": TODAY}),
        (service.transfer, {"firm": held, "carrier": one, "on": TODAY}),
        (service.ask_transfer, {"firm": graduate, "carrier": one, "wanted_on": TODAY}),
        (service.land, {"firm": held, "carrier": fast, "arrived_on": TODAY}),
        (service.land, {"firm": held, "carrier": park, "arrived_on": TODAY}),
        (service.claim, {"firm": graduate, "carrier": park, "token": "t-1"}),
        (service.add_tie, {
            "firm": new, "carrier": one, "kind": ResidencyKind.EMPOWERED, "starts": TODAY,
        }),
    )  # fmt: skip
    for verb, given in tries:
        with pytest.raises(DomainError) as refused:
            do(verb, **given)
        expected = "move:not_now" if verb is service.ask_transfer else OVER
        assert refused.value.code == expected, verb
    kept = ties.latest(held, TODAY)
    assert kept is not None
    assert kept.carrier_id == sister.id


def test_until_its_day_an_announced_end_bars_nothing() -> None:
    one, firm = make_carrier(), make_firm()
    close(one, TODAY + dt.timedelta(days=1))
    do(service.admit, firm=firm, carrier=one, starts=TODAY)
    with pytest.raises(DomainError) as refused:
        do(service.admit, firm=make_firm(), carrier=one, starts=TODAY + dt.timedelta(days=1),
           today=TODAY + dt.timedelta(days=1))  # fmt: skip
    assert refused.value.code == OVER


def test_registered_anew_it_receives_again() -> None:
    one = make_carrier()
    close(one, dt.date(2025, 1, 1), StatusAct.WITHDRAWN)
    with write("test:act", actor=ACTOR):
        carriers.add_act(
            actor=ACTOR, today=TODAY, carrier=one, act=StatusAct.REGISTERED, day=dt.date(2025, 6, 1)
        )
    assert do(service.admit, firm=make_firm(), carrier=one, starts=TODAY).carrier_id == one.id


def test_its_claims_and_requests_end_with_it_and_nobody_can_agree() -> None:
    judge_says(Outcome.MET)
    home, asker, park = (make_carrier(tier=t) for t in (INCUBATOR, INCUBATOR, PARK))
    firm, other = make_firm(), make_firm()
    do(service.admit, firm=firm, carrier=home, starts=START, agreement_on=START)
    do(service.admit, firm=other, carrier=home, starts=START)
    asked = do(service.ask_transfer, firm=other, carrier=asker, wanted_on=TODAY)
    do(service.graduate, firm=firm, carrier=home, report=Report(graduated_on=dt.date(2026, 10, 12)))
    claim = do(service.claim, firm=firm, carrier=park, token="t-9")
    close(asker)
    close(park, act=StatusAct.WITHDRAWN)
    session.expire_all()
    assert (asked.state, asked.end_reason) == (TransferState.ENDED, TransferEnd.CLOSED.value)
    assert (claim.state, claim.end_reason) == (
        ClaimState.REFUSED, ClaimEnd.CLAIMANT_CLOSED.value,
    )  # fmt: skip
    with pytest.raises(DomainError):
        do(service.choose, claim=claim)


def test_its_history_stays_under_its_name() -> None:
    one, firm = make_carrier("从前的孵化器"), make_firm()
    tie = do(service.admit, firm=firm, carrier=one, starts=START)
    close(one, dt.date(2026, 6, 30))
    session.expire_all()
    assert (tie.carrier.name, tie.ends) == ("从前的孵化器", None)
    # what it had can still be put right and left
    do(service.correct_tie, tie=tie, rev=tie.rev, starts=dt.date(2024, 2, 1), reason="录错")
    assert tie.starts == dt.date(2024, 2, 1)


def test_what_came_before_the_end_can_be_booked_after_it() -> None:
    one, fast, park = (make_carrier(tier=t) for t in (INCUBATOR, ACCELERATOR, PARK))
    sister, host = make_carrier(operator=one.operator), make_carrier()
    held = make_firm()
    do(service.admit, firm=held, carrier=sister, starts=START)
    end, before = dt.date(2026, 11, 10), dt.date(2026, 10, 20)
    for carrier in (one, fast, park):
        close(carrier, end)

    def tries(day: dt.date) -> list[tuple[Any, dict[str, Any]]]:
        return [
            (service.admit, {"firm": new, "carrier": one, "starts": day}),
            (service.add_tie, {
                "firm": new, "carrier": park, "kind": ResidencyKind.EMPOWERED, "starts": day,
            }),
            (service.transfer, {"firm": held, "carrier": one, "on": day}),
            (service.land, {"firm": landed, "carrier": fast, "arrived_on": day}),
            (service.land, {"firm": settled, "carrier": park, "arrived_on": day}),
        ]  # fmt: skip

    new, landed, settled = make_firm(), make_firm(), make_firm()
    for verb, given in tries(end):
        with pytest.raises(DomainError) as refused:
            do(verb, **given)
        assert refused.value.code == OVER, verb
    for verb, given in tries(before):
        do(verb, **given)
    for firm, place in ((new, one), (held, one), (landed, fast), (settled, park)):
        tie = ties.latest(firm, TODAY)
        assert tie is not None
        assert (tie.carrier_id, tie.starts) == (place.id, before)
    # what is decided today is asked of today
    with pytest.raises(DomainError) as refused:
        do(service.ask_transfer, firm=do_admit(host), carrier=one, wanted_on=before)
    assert refused.value.code == OVER


def do_admit(carrier: Carrier) -> Firm:
    firm = make_firm()
    do(service.admit, firm=firm, carrier=carrier, starts=START)
    return firm


def test_a_write_that_ends_nothing_asks_once() -> None:
    one, firm = make_carrier(), make_firm()
    close(one, dt.date(2026, 6, 30))
    asked: list[str] = []

    def note(*args: Any) -> None:
        asked.append(args[2])

    with write("test:quiet", actor=ACTOR) as txn:
        event.listen(session.get_bind(), "before_cursor_execute", note)
        try:
            closing.end_of_closed(txn)
        finally:
            event.remove(session.get_bind(), "before_cursor_execute", note)
        firm.short_name = "改名"
    assert len(asked) == 1


def test_a_further_tie_ends_with_its_carrier_where_the_firm_counts_elsewhere() -> None:
    home, beside, later = make_carrier(), make_carrier(), make_carrier(tier=PARK)
    firm, there = make_firm(), do_admit(beside)
    do(service.admit, firm=firm, carrier=home, starts=START)
    kind, end, late = ResidencyKind.EMPOWERED, dt.date(2026, 11, 1), dt.date(2026, 11, 10)
    side = do(service.add_tie, firm=firm, carrier=beside, kind=kind, starts=START)
    young = do(service.add_tie, firm=firm, carrier=beside, kind=kind, starts=late)
    own = do(service.add_tie, firm=there, carrier=beside, kind=kind, starts=START)
    close(beside, end)  # entered after the young one had begun
    session.expire_all()
    assert [(t.ends, t.leave_reason) for t in (side, young)] == [
        (end, LeaveReason.CARRIER_CLOSED), (late + dt.timedelta(days=1), LeaveReason.CARRIER_CLOSED)
    ]  # fmt: skip
    assert own.ends is None, "it goes where the firm goes"
    with pytest.raises(DomainError) as refused:
        do(service.correct_tie, tie=side, rev=side.rev, starts=START, reason="没有结束")
    assert (refused.value.code, refused.value.field) == (OVER, "ends")
    do(service.land, firm=there, carrier=later, arrived_on=dt.date(2026, 11, 20))
    session.expire_all()
    assert (own.ends, own.leave_reason) == (dt.date(2026, 11, 20), LeaveReason.CARRIER_CLOSED)


def test_an_announced_end_ends_a_further_tie_on_its_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home, beside, firm = make_carrier(), make_carrier(), make_firm()
    do(service.admit, firm=firm, carrier=home, starts=START)
    kind = ResidencyKind.REGISTERED_ONLY
    side = do(service.add_tie, firm=firm, carrier=beside, kind=kind, starts=START)
    day = TODAY + dt.timedelta(days=20)
    close(beside, day)
    session.expire_all()
    assert side.ends is None
    monkeypatch.setattr(closing, "today", lambda: day + dt.timedelta(days=3))
    do_admit(home)  # the next write, whatever it is
    session.expire_all()
    assert (side.ends, side.leave_reason) == (day, LeaveReason.CARRIER_CLOSED)
    assert session.get_one(Residency, side.id).carrier_id == beside.id


def test_a_further_tie_is_ended_by_a_correction() -> None:
    home, beside, firm = make_carrier(), make_carrier(), make_firm()
    do(service.admit, firm=firm, carrier=home, starts=START)
    side = do(
        service.add_tie, firm=firm, carrier=beside, kind=ResidencyKind.EMPOWERED, starts=START
    )
    for ends, code in ((START, "tie:before_start"), (TODAY + dt.timedelta(days=1), "tie:future")):
        with pytest.raises(DomainError) as refused:
            do(service.correct_tie, tie=side, rev=side.rev, starts=START, ends=ends, reason="结束")
        assert (refused.value.code, refused.value.field) == (code, "ends")
    do(service.correct_tie, tie=side, rev=side.rev, starts=START, ends=TODAY, reason="结束")
    session.expire_all()
    assert side.ends == TODAY
    assert side.leave_reason is None
