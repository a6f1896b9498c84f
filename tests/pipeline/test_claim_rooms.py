"""A claim names a room: open it is only said, accepted it is kept for the firm alone."""

from __future__ import annotations

import datetime as dt
import re
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.accounts.models import Role
from app.carriers import queries as carrier_queries
from app.carriers import service as carriers
from app.carriers.models import PARK, Carrier, Unit
from app.core.db import current_revision, session, write
from app.core.errors import Conflict
from app.firms import unit_words
from app.firms.models import Firm, Occupancy, Residency
from app.firms.queries import space as queries
from app.firms.queries.space import UnitState
from app.firms.service import space, units
from app.pipeline import meant, service
from app.pipeline.models import Claim, ClaimState
from app.pipeline.papers import layout
from app.pipeline.queries import pages
from app.pipeline.words import ClaimEnd
from tests.acting import do, refused
from tests.clients import Client, sign_in
from tests.conftest import TODAY
from tests.factories.accounts import person_with_post
from tests.factories.carriers import ACTOR, make_carrier, viewer_at
from tests.factories.firms import make_firm
from tests.factories.units import make_unit, use
from tests.pipeline.office import Office, admitted
from tests.pipeline.test_races import together

D = dt.date.fromisoformat


@pytest.fixture
def park(app: Flask) -> Carrier:
    return make_carrier("北河机器人园", tier=PARK)


def wanted(home: Carrier, **given: Any) -> Firm:
    """A firm of an incubator that it shows to parks."""
    firm = make_firm(at=home, **given)
    do(service.push, firm=firm, carrier=home)
    return firm


def bid(firm: Firm, park: Carrier, unit: Unit | None = None, **given: Any) -> Claim:
    token = f"{firm.id}-{park.id}-{len(session.scalars(select(Claim.id)).all())}"
    return do(service.claim, firm=firm, carrier=park, token=token, unit=unit, **given)


def kept(unit: Unit) -> list[tuple[str, int]]:
    session.expire_all()
    return [(one.since.isoformat(), one.amount) for one in queries.kept_rooms([unit.id])]


def state(unit: Unit, day: dt.date = TODAY) -> tuple[UnitState, int]:
    session.expire_all()
    (one,) = queries.stock(ACTOR, day, Unit.id == unit.id)
    return one.state, one.free


def test_only_a_choice_keeps_the_room_and_every_end_gives_it_back(park: Carrier) -> None:
    home, room = make_carrier(), make_unit(park, 20_000)
    one, two = wanted(home), wanted(home)
    first = bid(one, park, room, planned_on=D("2027-01-01"), area_m2=150)
    second = bid(two, park, room, area_m2=60)
    assert (first.area_dm2, first.desks, kept(room)) == (15_000, None, [])
    do(service.choose, claim=first)
    assert kept(room) == [("2027-01-01", 15_000)]
    # in use is nothing, so the rate does not rise; free for good is what the firm leaves
    assert state(room) == (UnitState.VACANT, 5_000)
    error = refused(service.choose, claim=second)
    assert (error.code, error.status) == ("claim:room", 409)
    assert session.get_one(Claim, second.id).state is ClaimState.OPEN
    do(service.change_room, claim=second, unit=room, area_m2=50)
    do(service.choose, claim=second)
    assert kept(room) == [(TODAY.isoformat(), 5_000), ("2027-01-01", 15_000)]
    assert state(room)[1] == 0
    do(service.release, claim=first, reason=ClaimEnd.PRICE)
    assert kept(room) == [(TODAY.isoformat(), 5_000)]
    do(service.land, firm=two, carrier=park, arrived_on=TODAY)  # into another room
    assert (kept(room), state(room)) == ([], (UnitState.VACANT, 20_000))


def test_nobody_else_moves_into_a_room_that_is_kept(park: Carrier) -> None:
    home, room = make_carrier(), make_unit(park, 20_000)
    claim = bid(wanted(home), park, room, planned_on=D("2027-03-01"))
    assert (claim.area_dm2, claim.area_m2) == (20_000, 200), "all that is free"
    do(service.choose, claim=claim)
    guest = make_firm()
    given = {"firm": guest, "unit": room, "amount": 10_000, "starts": TODAY}
    assert refused(space.occupy, **given).code == "unit:full"
    do(space.occupy, **given, ends=D("2027-03-01"))  # until the firm comes it may be let
    for act, more in (
        (units.split_unit, {"parts": [("a", 10_000), ("b", 10_000)]}), (units.give_up_unit, {}),
    ):  # fmt: skip
        assert refused(act, unit=room, on=D("2027-06-01"), **more).code == "unit:kept"
    smaller = refused(units.edit_unit, unit=room, values={"area_dm2": 19_999})
    assert smaller.code == "unit:room", "the database itself keeps it"


def test_the_firm_moves_in_and_what_was_kept_is_its_own(park: Carrier) -> None:
    home, room = make_carrier(), make_unit(park, 20_000)
    firm = wanted(home)
    do(service.choose, claim=bid(firm, park, room, planned_on=D("2027-01-01")))
    do(space.occupy, firm=firm, unit=room, amount=20_000, starts=D("2026-12-01"))
    assert (kept(room), state(room)) == ([], (UnitState.RESERVED, 0))


def test_voiding_the_landing_keeps_the_room_again_unless_it_is_gone(park: Carrier) -> None:
    home, room = make_carrier(), make_unit(park, 20_000)
    firm, claim = wanted(home), None
    for again in (True, False):
        claim = claim or bid(firm, park, room)
        if claim.state is ClaimState.OPEN:
            do(service.choose, claim=claim)
        tie = do(service.land, firm=firm, carrier=park, arrived_on=TODAY)
        mine = use(firm, room, 20_000, TODAY.isoformat())
        if not again:
            do(space.vacate, row=mine, on=D("2026-12-01"))
            use(make_firm(), room, 20_000, "2026-12-01")
        do(service.void_tie, tie=session.get_one(Residency, tie.id), reason="录错")
        claim = session.get_one(Claim, claim.id)
        assert claim.state is ClaimState.ACCEPTED
        assert kept(room) == ([(TODAY.isoformat(), 20_000)] if again else [])


def test_desks_add_up_and_the_database_refuses_what_the_services_would(park: Carrier) -> None:
    home, hall = make_carrier(), make_unit(park, 30_000, desks=10)
    first, second = (bid(wanted(home), park, hall, desks=n) for n in (6, 5))
    do(service.choose, claim=first)
    error = refused(service.change_room, claim=second, unit=hall, desks=5)
    assert (error.code, error.field, error.values["left"]) == ("claim:left", "amount", "4 个工位")
    room = make_unit(park, 10_000)
    asked = refused(service.change_room, claim=second, unit=room, desks=5)
    assert (asked.code, asked.field) == ("claim:by_area", "amount")
    elsewhere = make_unit(make_carrier("南岸智造园", tier=PARK), 10_000)
    assert refused(service.change_room, claim=second, unit=elsewhere).code == "claim:unit"

    def raw(**values: Any) -> None:
        with write("test:raw", actor=ACTOR):
            session.execute(
                update(Claim).where(Claim.id == second.id).values(rev=current_revision(), **values)
            )

    accepted = {"state": ClaimState.ACCEPTED, "accepted_on": TODAY, "reserved_from": TODAY}
    for wrong in (accepted, accepted | {"desks": 4, "reserved_from": D("2019-12-31")},
                  accepted | {"desks": None, "area_dm2": 1}):  # fmt: skip
        with pytest.raises(Conflict) as caught:
            raw(**wrong)
        assert caught.value.code == "unit:room"
    raw(**accepted | {"desks": 4})
    assert sum(amount for _since, amount in kept(hall)) == 10


def test_of_many_choices_at_once_the_room_bears_as_many_as_it_has(
    app: Flask, park: Carrier
) -> None:
    home, room = make_carrier(), make_unit(park, 20_000)
    claims = [bid(wanted(home), park, room, area_m2=80).id for _ in range(6)]
    guests = [make_firm().id for _ in range(4)]
    ids = room.id
    session.rollback()

    def choose(one: int) -> None:
        service.choose(actor=ACTOR, today=TODAY, claim=session.get_one(Claim, one))

    def occupy(one: int) -> None:
        space.occupy(
            actor=ACTOR, today=TODAY, firm=session.get_one(Firm, one), amount=8_000,
            unit=session.get_one(Unit, ids), starts=TODAY,
        )  # fmt: skip

    told = together(
        app, [*(partial(choose, one) for one in claims), *(partial(occupy, g) for g in guests)]
    )
    assert told["ok"] == 2
    assert told["claim:room"] + told["unit:full"] == 8, told
    held = len(session.scalars(select(Claim).where(Claim.state == ClaimState.ACCEPTED)).all())
    used = len(session.scalars(select(Occupancy)).all())
    assert held + used == 2
    session.rollback()


def test_a_room_entered_by_mistake_goes_from_open_claims(park: Carrier) -> None:
    home, room = make_carrier(), make_unit(park, 20_000)
    claim = bid(wanted(home), park, room)
    do(units.void_unit, unit=room)
    session.expire_all()
    held = session.get_one(Claim, claim.id)
    assert (held.unit_id, held.area_dm2, held.area_m2) == (None, None, 200)


# ---- on pages ------------------------------------------------------------------------------------


def offered(page: str) -> list[str]:
    select_ = re.search(r'<select[^>]*name="unit".*?</select>', page, re.DOTALL)
    return re.findall(r"<option[^>]*>([^<]*)", select_[0]) if select_ else []


def test_from_the_form_of_a_claim_to_the_landing(office: Office) -> None:
    room, hall = make_unit(office.park, 60_050, number="301"), make_unit(
        office.park, 30_000, number="大开间", desks=10
    )  # fmt: skip
    foreign = make_unit(make_carrier("别家园区", tier=PARK), 100)
    admitted(office)
    office.be("clerk")
    office.act("push")
    park = office.be("park")
    page = park.get(f"/openings?firm={office.pid}").text
    assert offered(page) == [
        "暂不指定", "1 号楼 1 层 301 · 余 600.5 ㎡", "1 号楼 1 层 大开间 · 余 10 个工位",
    ]  # fmt: skip
    given = {"token": "t" * 20, "carrier": office.park.pid, "planned_on": "2026-12-15"}
    path = f"/openings/{office.pid}"
    assert park.send(path, given | {"unit": foreign.pid}, page="/openings").status_code == 404
    much = park.send(path, given | {"unit": room.pid, "area_m2": "700"}, page="/openings")
    assert (much.status_code, "自 2026-12-15 起只余 600.5 ㎡" in much.text) == (422, True)
    assert park.send(path, given | {"unit": room.pid}, page="/openings").status_code == 303
    claim = f"/claims/{office.one(Claim).pid}"
    assert "301 · 600.5 ㎡" in park.get(claim).text
    host = office.be("clerk")
    assert "301" not in host.get(claim).text, "the firm's side is told after the choice"
    park = office.be("park")
    changed = {"unit": hall.pid, "amount": "4", "planned_on": "2026-12-20"}
    assert park.send(f"{claim}/room", changed, page=claim).status_code == 303
    assert office.be("clerk").send(f"{claim}/choose", page=claim).status_code == 303
    told = host.get(claim).text
    assert "大开间 · 4 个工位" in told
    assert "2026-12-20" in told
    lands(office, hall, room)


def lands(office: Office, hall: Unit, room: Unit) -> None:
    """The park reads on the unit for whom it is kept, changes its mind, and books the arrival."""
    park = office.be("park")
    assert "自 2026-12-20 起预留 4 个工位" in park.get(f"/units/{hall.pid}").text
    claim = f"/claims/{office.one(Claim).pid}"
    whole = {"unit": room.pid, "planned_on": "2026-12-20", "area_m2": ""}
    assert park.send(f"{claim}/room", whole, page=claim).status_code == 303
    assert "自 2026-12-20 起预留" in park.get(claim).text
    assert "已预留" in park.get("/units?state=reserved").text
    page = park.get(f"/landings/new?code={office.code}&carrier={office.park.pid}").text
    assert f'<option selected value="{room.pid}">1 号楼 1 层 301 · 600.5 ㎡，已预留' in page
    given = {"code": office.code, "carrier": office.park.pid, "arrived_on": TODAY.isoformat()}
    assert park.send("/landings/new", given | {"unit": room.pid}).status_code == 303
    row = office.one(Occupancy)
    assert (row.unit_id, row.area_dm2, row.tied) == (room.id, 60_050, True)
    assert office.one(Claim).state is ClaimState.DONE


def test_a_room_given_back_before_the_landing_is_kept_again(park: Carrier) -> None:
    home, room = make_carrier(), make_unit(park, 20_000)
    firm = wanted(home)
    claim = bid(firm, park, room, planned_on=D("2027-03-01"))
    do(service.choose, claim=claim)
    early = do(space.occupy, firm=firm, unit=room, amount=20_000, starts=D("2026-11-01"))
    assert kept(room) == []
    do(space.vacate, row=early, on=D("2026-12-01"))
    assert kept(room) == [("2027-03-01", 20_000)]
    # without a planned day from the day of giving back on; the whole room at once
    second, hall = wanted(home), make_unit(park, 30_000)
    do(service.choose, claim=bid(second, park, hall))
    do(space.occupy, firm=second, unit=hall, amount=30_000, starts=D("2026-11-01"))
    do(space.vacate_unit, unit=hall, on=D("2026-12-15"))
    assert kept(hall) == [("2026-12-15", 30_000)]
    # somebody else has it by then: it stays given
    third, loft = wanted(home), make_unit(park, 10_000)
    do(service.choose, claim=bid(third, park, loft))
    mine = do(space.occupy, firm=third, unit=loft, amount=10_000, starts=D("2026-11-01"),
              ends=D("2027-01-01"))  # fmt: skip
    use(make_firm(), loft, 10_000, "2027-01-01")
    do(space.vacate, row=session.get_one(Occupancy, mine.id), on=D("2026-12-15"))
    assert kept(loft) == []


def test_the_area_shown_is_the_one_that_is_kept(park: Carrier) -> None:
    home, room = make_carrier(), make_unit(park, 204_002)
    claim = bid(wanted(home), park, room, area_m2=2041)
    assert (claim.area_dm2, str(pages.area(claim))) == (204_002, "2040.02")
    whole = bid(wanted(home), park, None, area_m2=300)
    assert str(pages.area(whole)) == "300"
    assert pages.area(bid(wanted(home), park)) is None


def test_a_mediation_tells_the_area_as_far_as_its_reader_may_read_the_room(park: Carrier) -> None:
    home, room = make_carrier(), make_unit(park, 204_002)
    firm = wanted(home)
    claim = bid(firm, park, room, area_m2=2041)
    row = do(service.ask_mediation, firm=firm, carrier=park, reason="两家都要")
    host, own = viewer_at(home), viewer_at(park)

    def told(reader: Any = None) -> str | int | None:
        (side,) = layout.lay_out(row, [claim], TODAY, reader).sides
        return side.area

    assert (told(own), told(host), told()) == ("2040.02", "2041", "2041")
    do(service.choose, claim=claim)
    assert (told(own), told(host), told()) == ("2040.02", "2040.02", "2040.02")


def test_a_form_lists_the_best_rooms_and_takes_any_other_by_its_number(
    park: Carrier, client: Client
) -> None:
    home = make_carrier()
    rooms = [make_unit(park, 20_000) for _ in range(meant.MOST + 3)]
    firm = wanted(home)
    sign_in(client, person_with_post(Role.PARK_INVEST, park.organisation))
    page = client.get(f"/openings?firm={firm.pid}").get_data(as_text=True)
    (listed,) = re.findall(r'<select[^>]*name="unit".*?</select>', page, re.S)
    assert listed.count("<option") == meant.MOST + 1
    left = next(room for room in rooms if room.pid not in listed)
    token = re.search(r'name="token"[^>]*value="([^"]+)"', page)
    assert token
    form = {"token": token.group(1), "carrier": park.pid, "unit": "", "unit_number": "没有这间"}
    there = f"/openings/{firm.pid}"
    wrong = client.send(there, form, page=f"/openings?firm={firm.pid}")
    assert (wrong.status_code, "没有房号为“没有这间”的房源" in wrong.text) == (422, True)
    other = next(room for room in rooms if room.pid in listed)
    both = form | {"unit": other.pid, "unit_number": left.number}
    refused = client.send(there, both, page=f"/openings?firm={firm.pid}")
    assert (refused.status_code, "不是同一间" in refused.text) == (422, True)
    typed = form | {"unit_number": f" {unit_words.place(left)} "}
    assert client.send(there, typed, page=f"/openings?firm={firm.pid}").status_code == 303
    assert session.scalars(select(Claim.unit_id)).one() == left.id


def test_carriers_that_have_ended_come_last_and_say_so(app: Flask) -> None:
    first, second = make_carrier("甲孵化器"), make_carrier("乙孵化器")
    do(carriers.close_carrier, carrier=first, day=TODAY)
    with app.test_request_context():
        found = [text for _pid, text in carrier_queries.offered(ACTOR)]
    assert found == [second.name, f"{first.name}（已注销）"]
