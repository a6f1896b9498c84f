"""What a follow-up and a lease may say: days in order, renewals only where the period moves."""

from __future__ import annotations

import datetime as dt

import pytest

from app.core.errors import DomainError
from app.pipeline import service
from app.pipeline.models import ClaimStepKind
from app.pipeline.stage import Stage
from tests.acting import do
from tests.conftest import TODAY
from tests.pipeline.place import Place, stage


@pytest.fixture
def place(rules: None) -> Place:
    return Place()


def test_a_follow_up_neither_predates_its_claim_nor_wastes_a_renewal(place: Place) -> None:
    place.admit()
    place.graduate()
    opened = dt.date(2026, 11, 10)
    claim = do(service.claim, today=opened, firm=place.firm, carrier=place.park, token="a")
    follow = {"claim": claim, "step": ClaimStepKind.CONTACT}
    with pytest.raises(DomainError) as early:
        do(service.follow_up, day=opened - dt.timedelta(1), **follow)
    assert (early.value.code, early.value.field, early.value.values) == (
        "claim:before", "day", {"day": "2026-11-10"},
    )  # fmt: skip
    for _time in range(3):  # the period ends 30 days after the opening anyway
        do(service.follow_up, day=opened, **follow)
    assert (claim.follow_until, claim.renewals) == (dt.date(2026, 12, 10), 0)
    do(service.follow_up, day=TODAY, **follow)
    do(service.follow_up, day=TODAY, **follow)
    assert (claim.follow_until, claim.renewals) == (dt.date(2026, 12, 24), 1)


@pytest.mark.parametrize("step", [ClaimStepKind.ARRIVAL, ClaimStepKind.REGISTRATION])
def test_nobody_moves_in_before_the_firm_has_chosen(place: Place, step: ClaimStepKind) -> None:
    place.admit()
    place.graduate()
    claim = place.claim(place.park)
    do(service.follow_up, claim=claim, step=ClaimStepKind.VISIT, day=TODAY)
    with pytest.raises(DomainError) as refused:
        do(service.follow_up, claim=claim, step=step, day=TODAY)
    assert (refused.value.code, refused.value.field) == ("claim:unchosen", "step")
    do(service.choose, claim=claim)
    do(service.follow_up, claim=claim, step=step, day=TODAY)


@pytest.mark.parametrize(("until", "fits"), [("2026-11-19", False), ("2026-11-20", True)])
def test_a_lease_does_not_end_before_the_arrival(place: Place, until: str, fits: bool) -> None:
    place.admit()
    place.graduate()
    given = {"signed_on": dt.date(2026, 11, 23), "lease_ends": dt.date.fromisoformat(until)}
    if fits:  # signing after the arrival happens
        assert place.land(place.park, **given).lease_ends == given["lease_ends"]
        return
    with pytest.raises(DomainError) as refused:
        place.land(place.park, **given)
    assert (refused.value.code, refused.value.field) == ("tie:lease", "lease_ends")
    assert stage(place.firm) == Stage.GRADUATED
