"""A room that a claim names while its firm uses it, while it changes, and while others take it."""

from __future__ import annotations

import pytest
from flask import Flask

from app.carriers.models import PARK, Carrier, HoldKind, Unit
from app.core.db import session, write
from app.firms.models import Firm, ResidencyKind
from app.firms.service import space, units
from app.pipeline import service
from app.pipeline.models import Claim, ClaimState
from tests.acting import do, refused
from tests.conftest import TODAY
from tests.factories.carriers import ACTOR, make_carrier
from tests.factories.firms import host, make_firm
from tests.factories.units import make_unit, use
from tests.pipeline.office import Office, admitted
from tests.pipeline.test_claim_rooms import D, bid, kept, wanted


@pytest.fixture
def park(app: Flask) -> Carrier:
    return make_carrier("北河机器人园", tier=PARK)


def held(claim: Claim) -> Claim:
    session.expire_all()
    return session.get_one(Claim, claim.id)


def test_the_firms_own_use_does_not_stand_against_its_choice(park: Carrier) -> None:
    room = make_unit(park, 20_050)
    claim = bid(firm := wanted(make_carrier()), park, room, planned_on=D("2027-01-01"))
    use(firm, room, 20_050, "2026-12-01")
    do(service.choose, claim=claim)
    assert (held(claim).state, kept(room)) == (ClaimState.ACCEPTED, [])
    for day in ("2027-02-01", "2026-12-20"):  # what it has in use is kept no second time
        do(service.change_room, claim=claim, unit=room, planned_on=D(day), area_m2=201)
        assert (held(claim).area_dm2, kept(room)) == (20_050, [])
    do(service.change_room, claim=claim, unit=room)
    assert (held(claim).area_dm2, kept(room)) == (20_050, []), "what it uses, where none is said"
    more = refused(service.change_room, claim=claim, unit=room, area_m2=300)
    assert (more.code, more.field) == ("claim:left", "area_m2")


def test_a_use_that_is_over_before_the_firm_comes_keeps_nothing_from_being_kept(
    park: Carrier,
) -> None:
    room = make_unit(park, 20_000)
    claim = bid(firm := wanted(make_carrier()), park, room, planned_on=D("2027-01-01"))
    use(firm, room, 20_000, "2026-11-01", "2027-01-01")
    do(service.choose, claim=claim)
    assert kept(room) == [("2027-01-01", 20_000)]


def test_a_use_entered_by_mistake_goes_and_the_room_is_kept_again(park: Carrier) -> None:
    room = make_unit(park, 20_000)
    claim = bid(firm := wanted(make_carrier()), park, room, planned_on=D("2027-01-01"))
    do(service.choose, claim=claim)
    row = use(firm, room, 20_000, "2026-12-01")
    assert kept(room) == []
    do(space.void_occupancy, row=row)
    assert kept(room) == [("2027-01-01", 20_000)]
    row = use(firm, room, 10_000, "2026-12-01")
    use(make_firm(), room, 10_000, "2026-12-01")
    do(space.void_occupancy, row=row)
    assert (held(claim).state, kept(room)) == (ClaimState.ACCEPTED, []), "somebody has it by then"


def test_without_a_planned_day_a_room_is_meant_from_when_it_is_free(park: Carrier) -> None:
    room, claims = make_unit(park, 20_000), []
    use(make_firm(), room, 20_000, "2026-01-01", "2027-01-01")
    claims = [bid(wanted(make_carrier()), park, room, area_m2=n) for n in (150, 60)]
    do(service.choose, claim=claims[0])
    assert kept(room) == [("2027-01-01", 15_000)]
    assert refused(service.choose, claim=claims[1]).code == "claim:room"
    early = {"claim": claims[1], "unit": room, "planned_on": D("2026-12-01")}
    assert refused(service.change_room, **early).code == "claim:left"


def test_a_room_that_is_kept_neither_begins_later_nor_is_under_works(park: Carrier) -> None:
    room = make_unit(park, 20_000)
    claim = bid(wanted(make_carrier()), park, room, planned_on=D("2027-01-01"))
    do(service.choose, claim=claim)
    late = {"unit": room, "values": {"starts": D("2027-01-02")}}
    error = refused(units.edit_unit, **late)
    assert (error.code, error.field) == ("unit:kept", "starts")
    do(units.edit_unit, unit=room, values={"starts": D("2027-01-01")})
    do(units.edit_unit, unit=room, values={"starts": D("2020-01-01")})
    works = {"unit": room, "kind": HoldKind.WORKS, "starts": D("2026-12-01")}
    for ends in (None, D("2027-01-02")):
        error = refused(space.hold, **works, ends=ends)
        assert (error.code, error.field) == ("unit:kept", "on")
    do(space.hold, **works, ends=D("2027-01-01"))  # done before the firm comes
    do(space.hold, unit=room, kind=HoldKind.WITHHELD, starts=D("2027-01-01"))


def test_the_works_of_the_firm_that_has_chosen_are_its_own(park: Carrier) -> None:
    room = make_unit(park, 20_000)
    claim = bid(firm := wanted(make_carrier()), park, room, planned_on=D("2027-01-01"))
    do(service.choose, claim=claim)
    host(firm, park, "2026-11-20", counted=False, kind=ResidencyKind.FIT_OUT)
    do(space.hold, unit=room, kind=HoldKind.WORKS, starts=D("2026-12-01"))


def test_a_room_let_by_another_measure_is_meant_by_no_open_claim(park: Carrier) -> None:
    home, room, hall = make_carrier(), make_unit(park, 20_000), make_unit(park, 30_000, desks=10)
    claims = [bid(wanted(home), park, room, area_m2=150), bid(wanted(home), park, hall, desks=4)]
    do(units.edit_unit, unit=hall, values={"desks": 8})  # fewer, but desks they are
    assert held(claims[1]).desks == 4
    do(units.edit_unit, unit=room, values={"desks": 10})
    do(units.edit_unit, unit=hall, values={"desks": None})
    for claim in claims:
        assert (held(claim).unit_id, claim.area_dm2, claim.desks) == (None, None, None)
    do(service.change_room, claim=claims[0], unit=room, desks=4)
    do(service.choose, claim=claims[0])
    error = refused(units.edit_unit, unit=room, values={"desks": None})
    assert (error.code, error.field) == ("unit:kept", "desks")


# ---- on pages ------------------------------------------------------------------------------------


def chosen(office: Office, room: Unit) -> str:
    """The address of the claim of the park that the firm has chosen, on a room."""
    path = bidden(office, room)
    do(service.choose, claim=office.one(Claim))
    return path


def bidden(office: Office, room: Unit) -> str:
    admitted(office)
    do(service.push, firm=office.firm, carrier=office.incubator)
    return f"/claims/{bid(office.firm, office.park, room).pid}"


def test_a_firm_only_counted_is_not_named_where_its_room_is_kept(office: Office) -> None:
    room = make_unit(office.park, 20_000)
    chosen(office, room)
    with write("test:mask", actor=ACTOR):
        session.get_one(Firm, office.firm.id).counted_only = True
    page = office.be("park").send(
        f"/units/{room.pid}/end", {"on": "2027-06-01"}, page=f"/units/{room.pid}"
    )
    assert page.status_code == 422
    assert "“仅计数企业”的承接意向自" in page.text
    assert "松间月" not in page.text


def test_the_claimant_reads_that_too_little_is_left(office: Office) -> None:
    room = make_unit(office.park, 20_000)
    path, told = bidden(office, room), "房源余量已不够，请改选"
    assert told not in office.be("park").get(path).text
    use(make_firm(), room, 10_000, TODAY.isoformat())
    assert told in office.be("park").get(path).text
    assert told not in office.be("clerk").get(path).text, "it is not told which room it is"
    office.be("park").send(f"{path}/room", {"unit": room.pid, "area_m2": "100"}, page=path)
    assert told not in office.be("park").get(path).text


def test_the_page_says_that_a_chosen_room_is_not_kept(office: Office) -> None:
    room, told = make_unit(office.park, 20_000), "未预留，请改选房源"
    path = chosen(office, room)
    assert told not in office.be("park").get(path).text
    row = use(office.firm, room, 10_000, TODAY.isoformat())
    use(make_firm(), room, 10_000, TODAY.isoformat())
    assert told not in office.be("park").get(path).text, "the firm is in"
    do(space.void_occupancy, row=row)
    for who in ("park", "clerk"):
        assert told in office.be(who).get(path).text


def test_no_firm_comes_while_works_go_on(park: Carrier) -> None:
    room = make_unit(park, 20_050)
    claim = bid(wanted(make_carrier()), park, None, planned_on=D("2027-01-10"))
    do(space.hold, unit=room, kind=HoldKind.WORKS, starts=TODAY, ends=D("2027-03-26"))
    early = refused(service.change_room, claim=claim, unit=room, planned_on=D("2027-01-10"))
    assert (early.code, early.field) == ("claim:works", "planned_on")
    assert "2027-03-26" in early.message
    do(service.change_room, claim=claim, unit=room, planned_on=D("2027-03-26"))
    do(service.choose, claim=claim)
    assert held(claim).reserved_from == D("2027-03-26")
