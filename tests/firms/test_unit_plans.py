"""What is planned for a unit on a day to come: used until then, and taken back at will."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Role
from app.carriers.models import PARK, Carrier, HoldKind, Unit, UnitHold, UnitLink
from app.carriers.service import units as stock_service
from app.core.db import session
from app.firms.models import Firm, Occupancy, ResidencyKind
from app.firms.queries import space as queries
from app.firms.queries.space import Stock, UnitState
from app.firms.service import space, units
from tests.acting import do, refused
from tests.clients import Client, sign_in
from tests.factories.accounts import make_person
from tests.factories.carriers import ACTOR, make_carrier
from tests.factories.firms import host, make_firm
from tests.factories.units import TODAY, make_unit, use

D = dt.date.fromisoformat
LATER = D("2027-06-01")


@pytest.fixture
def park(app: Flask) -> Carrier:
    return make_carrier("北河机器人园", tier=PARK)


def uses(*rooms: Unit) -> list[tuple[int, int, dt.date, dt.date | None]]:
    session.expire_all()
    found = select(Occupancy).where(Occupancy.unit_id.in_([room.id for room in rooms]))
    rows = session.scalars(found.order_by(Occupancy.firm_id, Occupancy.starts))
    return [(row.firm_id, row.amount, row.starts, row.ends) for row in rows]


def stock(unit: Unit) -> Stock:
    session.expire_all()
    (one,) = queries.stock(ACTOR, TODAY, Unit.id == unit.id)
    return one


def split(room: Unit, *amounts: int) -> list[Unit]:
    parts = [(f"{room.number}{letter}", area) for letter, area in zip("ABC", amounts, strict=False)]
    made: list[Unit] = do(units.split_unit, unit=room, on=LATER, parts=parts)
    return made


def test_a_unit_is_used_until_the_day_on_which_it_ends(park: Carrier) -> None:
    room, firm = make_unit(park, 20_000), make_firm()
    split(room, 12_000, 8_000)
    row = do(space.occupy, firm=firm, unit=room, amount=5_000, starts=TODAY)
    assert (row.ends, row.own_ends) == (LATER, LATER)
    error = refused(
        space.occupy, firm=make_firm(), unit=room, amount=1, starts=TODAY, ends=D("2027-06-02")
    )
    assert (error.code, error.field) == ("unit:ends", "ends")
    do(stock_service.edit_unit, unit=room, values={"rent": 400})
    error = refused(stock_service.edit_unit, unit=room, values={"area_dm2": 30_000})
    assert error.code == "unit:planned"
    assert refused(units.give_up_unit, unit=room, on=D("2027-01-01")).code == "unit:planned"
    assert refused(stock_service.edit_unit, unit=room, values={"starts": LATER}).code == "unit:days"


def test_a_planned_split_is_taken_back_with_who_goes_on(park: Carrier) -> None:
    room, firm, later = make_unit(park, 20_000, number="301"), make_firm(), make_firm()
    use(firm, room, 12_000, "2026-01-01")
    use(later, room, 8_000, "2027-09-01", "2028-01-01")
    before = uses(room)
    do(stock_service.hold_unit, unit=room, kind=HoldKind.WITHHELD, starts=D("2027-03-01"))
    made = split(room, 12_000, 8_000)
    assert uses(room) == [(firm.id, 12_000, D("2026-01-01"), LATER)]
    assert do(units.keep_unit, unit=room) == [room]
    assert uses(room) == before
    held = session.get_one(Unit, room.id)
    assert (held.ends, held.end_reason) == (None, None)
    ids = [part.id for part in made]
    assert not session.scalars(select(Unit).where(Unit.id.in_(ids))).all()
    assert not session.scalars(select(UnitLink)).all()
    assert len(session.scalars(select(UnitHold)).all()) == 1
    assert refused(units.keep_unit, unit=room).code == "unit:not_planned"


def test_a_planned_merger_is_taken_back_for_all_of_it(park: Carrier) -> None:
    one, two = make_unit(park, 10_000, number="301"), make_unit(park, 15_000, number="302")
    firm, other, third = make_firm(), make_firm(), make_firm()
    use(firm, one, 10_000, "2026-01-01")
    use(other, two, 5_000, "2026-01-01", "2028-01-01")
    before = uses(one, two)
    whole = do(units.merge_units, units=[one, two], on=LATER, number="301")
    use(third, whole, 10_000, "2027-07-01")
    do(units.keep_unit, unit=two)
    assert uses(one, two) == [*before, (third.id, 10_000, D("2027-07-01"), None)]
    assert session.get_one(Unit, one.id).ends is None


def test_what_no_longer_fits_keeps_the_plan(park: Carrier) -> None:
    one, two = make_unit(park, 10_000, number="301"), make_unit(park, 10_000, number="302")
    whole = do(units.merge_units, units=[one, two], on=LATER, number="301")
    use(make_firm(), whole, 15_000, "2027-07-01")
    assert refused(units.keep_unit, unit=one).code == "unit:no_back"
    assert session.get_one(Unit, one.id).ends == LATER
    parts = [("a", 15_000), ("b", 5_000)]
    do(units.split_unit, unit=whole, on=D("2027-08-01"), parts=parts)
    assert refused(units.keep_unit, unit=one).code == "unit:parts_changed"


def test_a_past_end_is_not_taken_back_and_a_planned_one_is(park: Carrier) -> None:
    room, gone = make_unit(park, 10_000), make_unit(park, 10_000)
    do(units.give_up_unit, unit=gone, on=TODAY)
    assert refused(units.keep_unit, unit=gone).code == "unit:not_planned"
    assert (
        refused(space.occupy, firm=make_firm(), unit=gone, amount=1, starts=TODAY).code
        == "unit:gone"
    )
    do(units.give_up_unit, unit=room, on=LATER)
    do(units.keep_unit, unit=room)
    assert session.get_one(Unit, room.id).ends is None


def test_who_leaves_before_a_split_does_not_come_back_in_a_part(park: Carrier) -> None:
    room, firm = make_unit(park, 20_000, number="301"), make_firm()
    row = use(firm, room, 12_000, "2026-01-01")
    made = split(room, 12_000, 8_000)
    do(space.vacate, row=session.merge(row), on=D("2027-01-01"))
    assert uses(room, *made) == [(firm.id, 12_000, D("2026-01-01"), D("2027-01-01"))]


def test_works_and_use_exclude_one_another(park: Carrier) -> None:
    room, firm = make_unit(park, 20_000), make_firm()
    row = use(firm, room, 5_000, "2026-01-01")
    works: dict[str, Any] = {"unit": room, "kind": HoldKind.WORKS}
    error = refused(space.hold, **works, starts=TODAY)
    assert (error.code, error.field) == ("unit:works_used", "on")
    do(space.hold, unit=room, kind=HoldKind.WITHHELD, starts=TODAY, ends=D("2026-12-01"))
    do(space.vacate, row=session.merge(row), on=D("2026-12-01"))
    do(space.hold, **works, starts=D("2026-12-01"), ends=D("2027-01-01"))
    assert refused(space.occupy, firm=firm, unit=room, amount=1, starts=TODAY).code == "unit:works"
    fitting, other = make_firm(), make_unit(park, 20_000)
    host(fitting, park, "2026-06-01", kind=ResidencyKind.FIT_OUT)
    use(fitting, other, 5_000, "2026-06-01")
    do(space.hold, unit=other, kind=HoldKind.WORKS, starts=TODAY)


def test_less_than_a_square_metre_is_no_room(park: Carrier) -> None:
    room = make_unit(park, 20_000)
    row = use(make_firm(), room, 19_901, "2026-01-01")
    at = stock(room)
    assert (at.state, at.free, at.free_from) == (UnitState.FULL, 0, None)
    assert queries.free_units(ACTOR, TODAY) == []
    do(space.resize, row=session.merge(row), on=TODAY, amount=19_900)
    at = stock(room)
    assert (at.state, at.free, at.free_from) == (UnitState.PARTLY, 100, TODAY)
    tiny = make_unit(park, 60)
    assert (stock(tiny).state, stock(tiny).free) == (UnitState.VACANT, 60)


def test_the_page_says_what_is_planned_and_takes_it_back(client: Client, park: Carrier) -> None:
    room, firm = make_unit(park, 20_000, number="301"), make_firm(at=park)
    sign_in(client, make_person(Role.PARK_INVEST, park.organisation))
    page = f"/units/{room.pid}"
    parts = {"number1": "301A", "amount1": "120", "number2": "301B", "amount2": "80"}
    assert client.send(f"{page}/split", parts | {"on": "2027-06-01"}).status_code == 303
    shown = client.get(page).text
    assert "将于 2027-06-01 停用：拆分为多间" in shown
    assert f"{page}/edit" in shown
    assert f"{page}/split" not in shown
    given = {"firm": firm.pid, "amount": "50", "starts": "2026-11-24"}
    assert client.send(f"{page}/uses", given, page=page).status_code == 303
    assert "2027-06-01" in client.get(page).text
    again = client.get(f"{page}/end")
    assert again.status_code == 303
    assert "已安排于 2027-06-01 停用" in client.get(page).text
    assert client.send(f"{page}/keep", {}, page=page).status_code == 303
    shown = client.get(page).text
    assert "已撤销，房源照常使用" in shown
    assert f"{page}/split" in shown
    assert client.send(f"{page}/keep", {}, page=page).status_code == 422
    firms = session.scalars(select(Firm.id).join(Occupancy, Occupancy.firm_id == Firm.id)).all()
    assert firms == [firm.id]
