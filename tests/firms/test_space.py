"""Units and what is used of them: never more than there is, and what follows from it by itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from app.carriers.models import ACCELERATOR, PARK, Carrier, HoldKind, Unit, UnitEnd, UnitHold
from app.carriers.service import units as stock_service
from app.core.access import Permission
from app.core.db import current_revision, new_pid, session, write
from app.core.errors import Conflict, Forbidden
from app.firms.models import Occupancy, ResidencyKind
from app.firms.queries import space as queries
from app.firms.queries.space import Stock, UnitState
from app.firms.service import merge_firms, space, units
from tests.acting import do, refused
from tests.factories.carriers import ACTOR, make_carrier, viewer_at
from tests.factories.firms import host, make_firm
from tests.factories.units import TODAY, make_unit, use

D = dt.date.fromisoformat


@pytest.fixture
def park(app: Flask) -> Carrier:
    return make_carrier("北河机器人园", tier=PARK)


def seen(unit: Unit, day: str | dt.date = TODAY) -> Stock:
    """The unit as of a day, read anew."""
    session.expire_all()
    on = D(day) if isinstance(day, str) else day
    (one,) = queries.stock(ACTOR, on, Unit.id == unit.id)
    return one


def raw(unit: Unit, firm: Any, starts: str, ends: str | None, **amount: int) -> None:
    """An occupancy written past the service."""
    last = D(ends) if ends else None
    with write("test:raw", actor=ACTOR):
        session.execute(
            insert(Occupancy).values(
                pid=new_pid(), rev=current_revision(), firm_id=firm.id, unit_id=unit.id,
                starts=D(starts), ends=last, own_ends=last, tied=False, **amount,
            )
        )  # fmt: skip


def test_two_firms_share_a_room_and_a_third_finds_no_space(park: Carrier) -> None:
    room = make_unit(park, 20_000)
    one, two, three = make_firm(), make_firm(), make_firm()
    use(one, room, 12_050, "2026-01-01")
    use(two, room, 7_950, "2026-02-01")
    error = refused(space.occupy, firm=three, unit=room, amount=1, starts=D("2026-03-01"))
    assert (error.code, error.field, error.values) == ("unit:full", "amount", {"left": "0 ㎡"})
    at = seen(room)
    assert (at.state, at.used, at.free) == (UnitState.FULL, 20_000, 0)
    assert (seen(room, "2026-01-15").state, seen(room, "2026-01-15").free) == (
        UnitState.PARTLY, 0,
    )  # fmt: skip
    # what the second firm has from February on is promised, so only nothing is free in January
    assert seen(room, "2025-12-31").state is UnitState.RESERVED


def test_the_database_itself_keeps_a_unit_from_overflowing(park: Carrier) -> None:
    room, firm = make_unit(park, 20_000), make_firm()
    raw(room, firm, "2026-01-01", "2026-06-01", area_dm2=15_000)
    raw(room, firm, "2026-06-01", None, area_dm2=15_000)
    for starts, ends in (("2025-01-01", None), ("2026-05-31", "2026-06-02"), ("2027-01-01", None)):
        with pytest.raises(Conflict) as caught:
            raw(room, firm, starts, ends, area_dm2=5_001)
        assert caught.value.code == "unit:room"
    raw(room, firm, "2025-01-01", None, area_dm2=5_000)
    with pytest.raises(Conflict):
        raw(room, firm, "2026-01-01", "2026-01-02", desks=1)  # it is let by area
    with pytest.raises(Conflict):
        raw(room, firm, "2019-12-31", "2020-01-01", area_dm2=1)  # it was not there yet
    for values in ({"area_dm2": 19_999}, {"desks": 100}, {"starts": D("2025-01-02")}):
        with pytest.raises(Conflict), write("test:raw", actor=ACTOR):
            session.execute(
                update(Unit).where(Unit.id == room.id).values(rev=current_revision(), **values)
            )
    with pytest.raises(Conflict), write("test:raw", actor=ACTOR):
        session.execute(
            update(Occupancy)
            .where(Occupancy.area_dm2 == 5_000)
            .values(rev=current_revision(), area_dm2=5_001)
        )


def test_an_open_space_is_let_by_desks(park: Carrier) -> None:
    space_ = make_unit(park, 30_000, desks=40)
    firm, other = make_firm(), make_firm()
    use(firm, space_, 25, "2026-01-01")
    assert refused(space.occupy, firm=other, unit=space_, amount=16, starts=TODAY).values == {
        "left": "15 个工位"
    }
    use(other, space_, 15, "2026-02-01", "2026-12-01")
    at = seen(space_)
    assert (at.total, at.used, at.state) == (40, 40, UnitState.FULL)
    assert at.free_from == D("2026-12-01")
    with pytest.raises(Conflict):
        raw(space_, firm, "2026-12-05", None, area_dm2=1)


def test_one_firm_has_several_rooms_but_not_one_room_twice(park: Carrier) -> None:
    room, other, firm = make_unit(park), make_unit(park), make_firm()
    use(firm, room, 5_000, "2026-01-01")
    use(firm, other, 5_000, "2026-01-01")
    error = refused(space.occupy, firm=firm, unit=room, amount=100, starts=TODAY)
    assert (error.code, error.status) == ("unit:twice", 409)


def test_vacant_since_and_free_from_follow_by_themselves(park: Carrier) -> None:
    room, firm, next_ = make_unit(park, 10_000), make_firm(), make_firm()
    assert (seen(room).vacant_since, seen(room).free_from) == (D("2020-01-01"), TODAY)
    row = use(firm, room, 10_000, "2024-01-01")
    assert (seen(room).vacant_since, seen(room).free_from) == (None, None)
    do(space.vacate, row=row, on=D("2026-08-01"))
    at = seen(room)
    assert (at.vacant_since, at.vacant_days) == (D("2026-08-01"), 115)
    assert at.long_vacant
    assert not seen(room, "2026-10-30").long_vacant  # 90 days are not more than 90
    assert seen(room, "2026-10-31").long_vacant
    assert seen(room, "2024-01-01").vacant_since is None
    assert seen(room, "2023-12-31").vacant_since == D("2020-01-01")
    use(next_, room, 10_000, "2027-01-01", "2028-01-01")
    at = seen(room)
    assert (at.state, at.free, at.free_from) == (UnitState.RESERVED, 0, D("2028-01-01"))
    assert at.vacant_since == D("2026-08-01")


def test_a_hold_takes_it_off_the_market_and_works_end_the_vacancy(park: Carrier) -> None:
    room, firm = make_unit(park, 10_000), make_firm()
    do(stock_service.hold_unit, unit=room, kind=HoldKind.WORKS, starts=D("2026-10-01"),
       ends=D("2027-02-01"), reason="换新风")  # fmt: skip
    at = seen(room)
    assert (at.state, at.free_from) == (UnitState.WORKS, D("2027-02-01"))
    assert (at.vacant_since, at.vacant_days) == (None, None)  # nobody could use it
    assert seen(room, "2026-09-30").vacant_since == D("2020-01-01")
    assert seen(room, "2027-02-11").vacant_days == 10
    assert not at.long_vacant
    with pytest.raises(Conflict) as caught:
        do(stock_service.hold_unit, unit=room, kind=HoldKind.WITHHELD, starts=D("2027-01-31"))
    assert caught.value.code == "unit:held"
    error = refused(space.occupy, firm=firm, unit=room, amount=100, starts=D("2026-11-01"))
    assert (error.code, error.field) == ("unit:works", "starts")
    use(firm, room, 5_000, "2027-02-01")  # from the day on which they are done
    fitting = make_firm()
    host(fitting, park, "2026-11-01", kind=ResidencyKind.FIT_OUT)
    use(fitting, room, 5_000, "2026-11-01")  # the works are its own
    assert seen(room).used == 5_000
    do(stock_service.release_unit, unit=room, on=TODAY)
    assert session.scalars(select(UnitHold)).one().ends == TODAY
    assert refused(stock_service.release_unit, unit=room, on=TODAY).code == "unit:not_held"


def test_the_rate_counts_areas_and_desks_apart(park: Carrier) -> None:
    rooms = [make_unit(park, 10_000) for _ in range(3)]
    desks = make_unit(park, 30_000, desks=20)
    make_unit(park, 5_000, starts=D("2027-01-01"))
    firm = make_firm()
    use(firm, rooms[0], 10_000, "2026-01-01")
    use(firm, rooms[1], 2_500, "2026-01-01")
    use(firm, desks, 5, "2026-01-01")
    do(stock_service.hold_unit, unit=rooms[2], kind=HoldKind.WITHHELD, starts=D("2026-06-01"))
    got = queries.filling(ACTOR, park, TODAY)
    assert (got.used, got.lettable, got.rate) == (12_500, 20_000, 62.5)
    assert (got.desks_used, got.desks, got.desk_rate) == (5, 20, 25.0)
    assert (got.units, got.vacant) == (4, 0)
    before = queries.filling(ACTOR, park, D("2025-12-31"))
    assert (before.used, before.lettable, before.rate) == (0, 30_000, 0.0)
    assert queries.filling(ACTOR, make_carrier(), TODAY).rate is None


def test_units_of_others_are_not_there(park: Carrier) -> None:
    room, rival = make_unit(park), make_carrier("另一园区", tier=PARK)
    mine, theirs = viewer_at(park), viewer_at(rival)
    assert [one.unit.id for one in queries.stock(mine, TODAY)] == [room.id]
    assert queries.stock(theirs, TODAY) == []
    firm = make_firm()
    row = use(firm, room, 100, "2026-01-01")
    for act, given in (
        (stock_service.edit_unit, {"unit": room, "values": {"rent": 1}}),
        (stock_service.hold_unit, {"unit": room, "kind": HoldKind.WORKS, "starts": TODAY}),
        (space.occupy, {"unit": room, "firm": firm, "amount": 1, "starts": TODAY}),
        (space.vacate, {"row": row, "on": TODAY}),
        (units.split_unit, {"unit": room, "on": TODAY, "parts": []}),
    ):
        for who in (theirs, viewer_at(park, without=[Permission.UNIT_EDIT])):
            with pytest.raises(Forbidden), write("test:act", actor=ACTOR):
                act(actor=who, today=TODAY, **given)


# ---- the stay at the carrier --------------------------------------------------------------------


def reread(row: Occupancy) -> tuple[dt.date | None, dt.date | None, bool]:
    session.expire_all()
    found = session.get_one(Occupancy, row.id)
    return found.ends, found.own_ends, found.tied


def test_rooms_end_with_the_stay_and_run_on_when_that_is_undone(park: Carrier) -> None:
    room, firm = make_unit(park, 10_000), make_firm()
    tie = host(firm, park, "2025-01-01")
    row = use(firm, room, 6_000, "2025-01-01")
    assert reread(row) == (None, None, True)
    with write("test:tie", actor=ACTOR):
        tie = session.merge(tie)
        tie.ends = D("2026-09-01")
    assert reread(row) == (D("2026-09-01"), None, True)
    assert seen(room).vacant_since == D("2026-09-01")
    with write("test:tie", actor=ACTOR):
        tie = session.merge(tie)
        tie.ends = None
    assert reread(row) == (None, None, True)


def test_a_room_given_away_meanwhile_does_not_come_back(park: Carrier) -> None:
    room, firm, other = make_unit(park, 10_000), make_firm(), make_firm()
    tie = host(firm, park, "2025-01-01")
    row = use(firm, room, 6_000, "2025-01-01")
    with write("test:tie", actor=ACTOR):
        tie = session.merge(tie)
        tie.ends = D("2026-09-01")
    use(other, room, 5_000, "2026-10-01")
    with write("test:tie", actor=ACTOR):
        tie = session.merge(tie)
        tie.ends = None
    assert reread(row) == (D("2026-09-01"), D("2026-09-01"), True)
    assert seen(room).used == 5_000


def test_a_graduate_that_stays_on_keeps_its_room(park: Carrier) -> None:
    room, firm = make_unit(park, 10_000), make_firm()
    host(firm, park, "2025-01-01", "2026-06-01")
    host(firm, park, "2026-06-01")
    row = use(firm, room, 6_000, "2025-03-01")
    assert reread(row) == (None, None, True)
    assert seen(room).used == 6_000


def test_a_stay_that_never_was_leaves_no_use_behind(park: Carrier) -> None:
    room, firm = make_unit(park, 10_000), make_firm()
    tie = host(firm, park, "2026-01-01")
    row = use(firm, room, 6_000, "2025-11-01")  # handed over before the firm moved in
    with write("test:tie", actor=ACTOR):
        session.delete(session.merge(tie))
    assert session.get(Occupancy, row.id) is None
    session.rollback()
    past = Occupancy.__history__
    assert [r.id for r in session.execute(select(past.c.id).where(past.c.tied))] == [row.id]


def test_a_tenant_without_a_stay_belongs_to_nobodys_tie(park: Carrier) -> None:
    room, firm, home = make_unit(park, 10_000), make_firm(), make_carrier()
    tie = host(firm, home, "2025-01-01")
    row = use(firm, room, 6_000, "2025-03-01")
    with write("test:tie", actor=ACTOR):
        tie = session.merge(tie)
        tie.ends = D("2026-09-01")
    assert reread(row) == (None, None, False)


def test_merging_two_entries_of_one_firm_moves_its_rooms(park: Carrier) -> None:
    room, firm, into = make_unit(park, 10_000), make_firm(), make_firm()
    row = use(firm, room, 6_000, "2025-03-01")
    do(merge_firms, firm=firm, into=into, reason="重复")
    session.expire_all()
    assert session.get_one(Occupancy, row.id).firm_id == into.id


# ---- splitting and merging ----------------------------------------------------------------------


def test_a_split_keeps_the_past_and_who_is_in(park: Carrier) -> None:
    room, firm, later = make_unit(park, 20_000, number="301"), make_firm(), make_firm()
    use(firm, room, 12_000, "2026-01-01")
    use(later, room, 8_000, "2027-01-01", "2028-01-01")
    parts = [("301", 8_000), ("302", 12_000)]
    made = do(units.split_unit, unit=room, on=TODAY, parts=parts)
    assert [(u.number, u.area_dm2, u.starts) for u in made] == [
        ("301", 8_000, TODAY), ("302", 12_000, TODAY),
    ]  # fmt: skip
    assert (room.ends, room.end_reason) == (TODAY, UnitEnd.SPLIT)
    assert seen(made[1]).state is UnitState.FULL
    assert (seen(made[0]).state, seen(made[0]).free_from) == (UnitState.RESERVED, D("2028-01-01"))
    assert queries.filling(ACTOR, park, D("2026-11-23")).used == 12_000
    assert queries.filling(ACTOR, park, TODAY).used == 12_000
    assert queries.filling(ACTOR, park, TODAY).units == 2


def test_a_split_must_add_up_and_have_room(park: Carrier) -> None:
    room, firm = make_unit(park, 20_000), make_firm()
    use(firm, room, 12_000, "2026-01-01")
    parts = [("a", 8_000), ("b", 11_999)]
    error = refused(units.split_unit, unit=room, on=TODAY, parts=parts)
    assert (error.code, error.values) == ("unit:sum", {"sum": "199.99 ㎡", "whole": "200 ㎡"})
    parts = [("a", 10_000), ("b", 10_000)]
    assert refused(units.split_unit, unit=room, on=TODAY, parts=parts).code == "unit:no_part"
    assert seen(room).used == 12_000
    assert refused(units.split_unit, unit=room, on=TODAY, parts=parts[:1]).code == "unit:parts"


def test_two_units_become_one_with_both_tenants(park: Carrier) -> None:
    one = make_unit(park, 10_000, number="301", load_kg=800, power_kw=50)
    two = make_unit(park, 15_000, number="302", load_kg=500, power_kw=30)
    firm, other = make_firm(), make_firm()
    use(firm, one, 10_000, "2026-01-01")
    use(other, two, 5_000, "2026-01-01")
    whole = do(units.merge_units, units=[two, one], on=TODAY, number="301")
    assert (whole.area_dm2, whole.load_kg, whole.power_kw) == (25_000, 500, 80)
    assert seen(whole).used == 15_000
    elsewhere = make_unit(park, 10_000, floor=2)
    error = refused(units.merge_units, units=[whole, elsewhere], on=D("2026-11-25"), number="x")
    assert error.code == "unit:merge"


def test_a_unit_in_use_is_neither_given_up_nor_voided(park: Carrier) -> None:
    room, firm = make_unit(park, 10_000), make_firm()
    row = use(firm, room, 10_000, "2026-01-01", "2026-12-31")
    assert refused(units.give_up_unit, unit=room, on=TODAY).code == "unit:in_use"
    assert refused(units.void_unit, unit=room).code == "unit:void_used"
    do(units.give_up_unit, unit=room, on=D("2026-12-31"))
    assert refused(space.occupy, firm=firm, unit=room, amount=1, starts=TODAY).code == "unit:twice"
    error = refused(space.occupy, firm=make_firm(), unit=room, amount=1, starts=D("2026-12-31"))
    assert (error.code, error.field) == ("unit:ends", "starts")
    do(space.void_occupancy, row=session.merge(row))
    empty = make_unit(park)
    do(units.void_unit, unit=empty)
    assert session.scalar(select(Unit.id).where(Unit.id == empty.id)) is None


def test_a_number_is_taken_once_on_a_floor(park: Carrier) -> None:
    make_unit(park, number="301")
    with pytest.raises(Conflict) as caught:
        make_unit(park, number="301")
    assert (caught.value.code, caught.value.field) == ("unit:number_taken", "number")
    make_unit(park, number="301", floor=2)


def test_what_an_accelerator_can_still_take(app: Flask) -> None:
    fast = make_carrier(tier=ACCELERATOR, capacity=2)
    make_firm(at=fast)
    make_firm(at=fast, since="2026-12-01")
    assert queries.capacity_left(fast, TODAY) == 1
    assert queries.capacity_left(fast, D("2026-12-01")) == 0
    assert queries.capacity_left(make_carrier(tier=ACCELERATOR), TODAY) is None
