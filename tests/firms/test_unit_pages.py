"""房源 on pages: list and filters, floor table, quick status, use, split, and what others see."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from app.accounts.models import OrganisationKind, Person, Role
from app.carriers.models import PARK, Carrier, HoldKind, Unit, UnitHold, UnitUse
from app.core.db import session, write
from app.firms.models import Firm, Occupancy
from app.firms.queries import space, unit_list
from app.firms.views.units import GRID, shares
from app.pipeline.moves import rooms
from tests.clients import Client, sign_in
from tests.conftest import TODAY
from tests.exchange.conftest import press, read_csv
from tests.factories.accounts import make_person
from tests.factories.carriers import ACTOR, make_carrier, organisation
from tests.factories.firms import make_firm
from tests.factories.units import make_unit, use


@dataclass
class Place:
    """A park with two rooms, one of them in use, and the people who look at it."""

    park: Carrier
    taken: Unit
    empty: Unit
    firm: Firm
    row: Occupancy
    keeper: Person
    rival: Person
    district: Person


@pytest.fixture
def place(app: Flask, client: Client) -> Place:
    park, other = make_carrier("北河机器人园", tier=PARK), make_carrier("南岸园", tier=PARK)
    office = organisation(OrganisationKind.DISTRICT)
    firm = make_firm("上海松间月机器人有限公司", short_name="松间月", at=park)
    taken = make_unit(park, 60_050, number="301", floor=3, rent=437)
    empty = make_unit(park, 30_000, number="302", floor=3, uses=(UnitUse.PILOT,))
    made = Place(
        park, taken, empty, firm, use(firm, taken, 40_000, "2025-01-01"),
        make_person(Role.PARK_INVEST, park.organisation),
        make_person(Role.PARK_INVEST, other.organisation),
        make_person(Role.DISTRICT_CLERK, office),
    )  # fmt: skip
    sign_in(client, made.keeper)
    return made


def held(row: Any) -> Any:
    session.expire_all()
    return session.get_one(type(row), row.id)


def test_the_list_tells_use_and_vacancy_and_keeps_its_filters(client: Client, place: Place) -> None:
    page = client.get("/units").text
    for words in ("301", "600.5", "部分在用", "松间月", "4.37", "302", "空置", "2519", "现在"):
        assert words in page.replace(",", ""), words
    assert "44.4" in page  # 400 of 900.5 ㎡
    some = client.get("/units?use=pilot&area=300&state=free").text
    assert ("302" in some, "301" in some) == (True, False)
    assert 'value="300"' in some
    assert "302" not in client.get("/units?area=301&state=free").text
    assert "301" in client.get("/units?q=松间月").text
    assert "302" not in client.get("/units?q=松间月").text
    assert "没有符合条件的房源" in client.get("/units?state=works").text
    assert client.get("/units?by=rubbish&area=x&sort=-zzz&carrier=nobody").status_code == 200


def test_the_floor_table_is_a_table_that_prints_words(client: Client, place: Place) -> None:
    page = client.get("/units/floors").text
    assert page.count('class="jl-unit ') == 2
    assert 'class="jl-unit partly"' in page
    assert 'class="jl-unit long"' in page
    assert "余 200 ㎡" in page  # in whole square metres, never more than there is
    assert "601 ㎡" in page  # of 600.5
    assert "600.5" not in page.split('<table class="jl-floors"')[1]
    assert page.index("3 层") < page.index("301") < page.index("302")
    assert client.get(f"/units/floors?carrier={place.park.pid}").status_code == 200
    assert client.get("/units/floors?carrier=nothing").status_code == 404


@pytest.mark.parametrize(
    "areas", [[1], [1, 1], [1, 1000], [1000, 1, 1, 1], [7] * 40, [1] * 200, [900_000, 60]]
)
def test_each_unit_has_a_share_of_its_floor_and_none_is_lost(areas: list[int]) -> None:
    spans = shares(areas, sum(areas))
    assert min(spans) >= 1
    assert sum(spans) <= max(GRID, len(areas))
    by_area = sorted(zip(areas, spans, strict=True))
    assert [span for _area, span in by_area] == sorted(spans)


def test_quick_status_frees_a_unit_and_goes_back_to_where_it_was_pressed(
    client: Client, place: Place
) -> None:
    back = "/units/floors?carrier="
    given = {"move": "vacate", "on": "2026-11-24", "back": back}
    done = client.send(f"/units/{place.taken.pid}/status", given, page="/units/floors")
    assert (done.status_code, done.location) == (303, f"{back}#u-{place.taken.pid}")
    assert held(place.row).ends == TODAY
    assert 'class="jl-unit vacant"' in client.get("/units/floors").text
    away = {"move": "works", "on": "2026-11-24", "back": "https://example.org/x"}
    done = client.send(f"/units/{place.taken.pid}/status", away, page="/units")
    assert done.location == f"/units/{place.taken.pid}#u-{place.taken.pid}"
    hold = session.scalars(select(UnitHold)).one()
    assert (hold.kind, hold.starts) == (HoldKind.WORKS, TODAY)
    twice = client.send(f"/units/{place.taken.pid}/status", away, page="/units")
    assert twice.status_code == 409
    assert "先恢复招租" in twice.text
    bad = {"move": "vacate", "on": "2026-13-01"}
    assert client.send(f"/units/{place.taken.pid}/status", bad, page="/units").status_code == 422
    assert (
        client.send(f"/units/{place.taken.pid}/status", {"move": "burn"}, page="/units").status_code
        == 404
    )


def test_a_firm_moves_in_adjusts_moves_out_and_is_voided(client: Client, place: Place) -> None:
    page = f"/units/{place.empty.pid}"
    form = {"firm": place.firm.pid, "amount": "300.01", "starts": "2026-11-01"}
    full = client.send(f"{page}/uses", form, page=page)
    assert full.status_code == 422
    assert "只剩 300 ㎡" in full.text
    assert 'value="300.01"' in full.text
    nobody = client.send(f"{page}/uses", form | {"firm": ""}, page=page)
    assert "请选择企业" in nobody.text
    stranger = make_firm("上海另一家有限公司")
    done = client.send(
        f"{page}/uses", {"code": stranger.code, "amount": "100", "starts": "2026-10-01"}, page=page
    )
    assert done.status_code == 303
    row = session.scalars(select(Occupancy).where(Occupancy.unit_id == place.empty.id)).one()
    assert (row.area_dm2, row.tied) == (10_000, False)
    shown = client.get(page).text
    assert "无入驻记录" in shown
    assert f"/firms/{stranger.pid}" not in shown  # its file is not this park's to read
    use_url = f"{page}/uses/{row.pid}"
    sent = client.send(f"{use_url}/resize", {"amount": "120.5", "on": "2026-11-01"}, page=page)
    assert sent.status_code == 303
    rows = session.scalars(
        select(Occupancy).where(Occupancy.unit_id == place.empty.id).order_by(Occupancy.starts)
    ).all()
    assert [(r.area_dm2, r.starts, r.ends) for r in rows] == [
        (10_000, dt.date(2026, 10, 1), dt.date(2026, 11, 1)),
        (12_050, dt.date(2026, 11, 1), None),
    ]
    late = f"{page}/uses/{rows[1].pid}"
    early = client.send(f"{late}/vacate", {"on": "2026-11-01"}, page=page)
    assert (early.status_code, "腾退日期须晚于开始日" in early.text) == (422, True)
    assert client.send(f"{late}/vacate", {"on": "2027-03-01"}, page=page).status_code == 303
    assert client.send(f"{late}/void", {"reason": ""}, page=page).status_code == 422
    assert client.send(f"{late}/void", {"reason": "录错企业"}, page=page).status_code == 303
    gone = session.scalars(select(Occupancy.pid).where(Occupancy.unit_id == place.empty.id)).all()
    assert gone == [row.pid]


def test_units_are_added_edited_and_clash_openly(client: Client, place: Place) -> None:
    site = session.scalars(select(Unit.site_id).where(Unit.id == place.empty.id)).one()
    assert site
    page = client.get("/units/new").text
    given = {
        "site": page.split('name="site"')[1].split('value="')[1].split('"')[0],
        "building": "2 号楼", "floor": "-1", "number": "B01", "area_dm2": "1,126.35㎡",
        "uses": ["pilot", "gmp"], "approved": ["pilot"], "height_mm": "6.25", "load_kg": "1500",
        "power_kw": "200", "exhaust": "process", "clean": "c10k", "rent": "3.85",
        "starts": "2026-12-01",
    }  # fmt: skip
    done = client.send("/units/new", given)
    assert done.status_code == 303
    unit = session.scalars(select(Unit).where(Unit.number == "B01")).one()
    assert (unit.area_dm2, unit.height_mm, unit.rent, unit.floor) == (112_635, 6250, 385, -1)
    assert (unit.uses, unit.approved) == ((UnitUse.PILOT, UnitUse.GMP), (UnitUse.PILOT,))
    for field, value, words in (
        ("area_dm2", "126.351", "最多 2 位小数"), ("area_dm2", "大约一百", "请填数字"),
        ("floor", "x", "请填整数"), ("number", "", "请填写“房号”"), ("desks", "0", "应在 1 到"),
        ("uses", "casino", "没有这一选项"), ("site", "zzz", "请选择本载体的场地"),
    ):  # fmt: skip
        bad = client.send("/units/new", given | {"number": "B02", field: value})
        assert bad.status_code == 422, field
        assert words in bad.text, field
    taken = client.send("/units/new", given)
    assert (taken.status_code, "已有这个房号" in taken.text) == (409, True)
    address = f"/units/{unit.pid}/edit"
    old = unit.rev
    assert client.send(address, given | {"rev": old, "rent": "4"}).status_code == 303
    stale = client.send(address, given | {"rev": old, "rent": "5"})
    assert stale.status_code == 409
    assert 'value="5"' in stale.text
    assert held(unit).rent == 400


def test_a_unit_is_split_and_merged_again_on_pages(client: Client, place: Place) -> None:
    address = f"/units/{place.taken.pid}/split"
    parts = {"on": "2026-11-24", "number1": "301A", "amount1": "400", "number2": "301B"}
    short = client.send(address, parts | {"amount2": "200"})
    assert (short.status_code, "各间合计 600 ㎡" in short.text) == (422, True)
    unnamed = client.send(address, parts | {"number1": "", "amount2": "200.5"})
    assert "每一间都要写房号" in unnamed.text
    assert client.send(address, parts | {"amount2": "200.5"}).status_code == 303
    first = session.scalars(select(Unit).where(Unit.number == "301A")).one()
    second = session.scalars(select(Unit).where(Unit.number == "301B")).one()
    now = session.scalars(select(Occupancy).where(Occupancy.unit_id == first.id)).one()
    assert (now.area_dm2, now.starts) == (40_000, TODAY)
    assert "停用：拆分为多间" in client.get(f"/units/{place.taken.pid}").text
    merge = {"on": "2026-11-25", "number": "301", "units": [second.pid]}
    assert client.send(f"/units/{first.pid}/merge", merge).status_code == 303
    whole = session.scalars(select(Unit).where(Unit.number == "301", Unit.ends.is_(None))).one()
    assert whole.area_dm2 == 60_050
    assert "301A" in client.get(f"/units/{whole.pid}").text
    empty = f"/units/{place.empty.pid}"
    assert client.send(f"{empty}/void", {"reason": "重复登记"}).status_code == 303
    assert client.get(empty).status_code == 404


def test_other_parks_see_neither_rooms_nor_rents_and_the_district_does(
    client: Client, place: Place
) -> None:
    with write("test:canary", actor=ACTOR):
        one = session.get_one(Unit, place.taken.id)
        one.remark, one.number = "金丝雀的话", "金丝雀室"
    secrets = ("金丝雀室", "金丝雀的话", "4.37", place.taken.pid)
    sign_in(client, place.rival)
    for address in (
        "/units", "/units?state=vacant", "/units/floors", "/", f"/carriers/{place.park.pid}",
        "/carriers", f"/units?carrier={place.park.pid}", "/openings", f"/units?q={'金丝雀'}",
        f"/units?q={place.firm.code}",
    ):  # fmt: skip
        page = client.get(address).text
        assert not [s for s in secrets if s in page], address
    for address in (f"/units/{place.taken.pid}", f"/units/floors?carrier={place.park.pid}"):
        assert client.get(address).status_code == 404
    theirs = client.send(
        f"/units/{place.taken.pid}/status", {"move": "vacate", "on": "2026-11-24"}, page="/"
    )
    assert theirs.status_code == 404
    sign_in(client, place.district)
    assert "4.37" in client.get("/units").text
    page = client.get(f"/units/{place.taken.pid}").text
    assert "金丝雀的话" in page
    assert "登记使用" not in page
    assert client.get(f"/units/{place.taken.pid}/edit").status_code == 403


def test_carrier_firm_and_home_tell_of_rooms(client: Client, place: Place) -> None:
    page = client.get(f"/carriers/{place.park.pid}").text
    assert "房源与使用" in page
    assert "在用 400 ㎡，可租 900.5 ㎡" in page
    assert "44.4%" in page
    firm = client.get(f"/firms/{place.firm.pid}").text
    assert "使用房源" in firm
    assert f"/units/{place.taken.pid}" in firm
    home = client.get("/").text
    assert "空置超过 90 天" in home
    assert "302" in home
    sign_in(client, place.rival)
    assert "空置超过 90 天" not in client.get("/").text


def test_a_masked_tenant_is_named_to_its_host_and_the_district_only(
    client: Client, place: Place
) -> None:
    with write("test:mask", actor=ACTOR):
        session.get_one(Firm, place.firm.id).counted_only = True
    assert "松间月" in client.get(f"/units/{place.taken.pid}").text
    other = make_firm("上海影子有限公司", short_name="影子", counted_only=True)
    use(other, place.empty, 100, "2026-01-01")
    page = client.get(f"/units/{place.empty.pid}").text
    assert "影子" not in page
    assert "仅计数企业" in page


def test_many_units_are_exported_without_a_value_a_unit(
    client: Client, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A statement of SQLite takes 32,766 values; the file of a district has more units."""
    for module in (space, unit_list, rooms):
        monkeypatch.setattr(module, "PIECE", 1)
    other = make_unit(place.park, 30_000)
    use(place.firm, other, 10_000, "2026-01-01")
    few: list[int] = []

    def note(_c: Any, _cursor: Any, text: str, values: Any, *_rest: Any) -> None:
        if text.startswith("SELECT"):
            few.append(len(values))

    most = []
    for added in (0, 6):
        for _n in range(added):
            make_unit(place.park)
        sign_in(client, place.keeper)
        event.listen(session.get_bind(), "before_cursor_execute", note)
        try:
            few.clear()
            lines = read_csv(press(client, "/units", "csv").data)
        finally:
            event.remove(session.get_bind(), "before_cursor_execute", note)
        most.append(max(few))
    assert most[0] == most[1]
    found = {row[3]: row[-1] for row in lines if len(row) > 3}
    name = place.firm.name
    assert (found["301"], found[other.number], found["302"]) == (name, name, "")
    assert len(found) == 10  # the head, and nine units
