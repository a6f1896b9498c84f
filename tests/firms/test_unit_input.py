"""What is typed on pages of 房源: desks, areas, buildings and days that cannot be."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Role
from app.carriers.models import PARK, Carrier, Site, Unit, UnitUse
from app.core.db import session
from app.firms.models import Occupancy
from app.firms.unit_words import place
from tests.clients import Client, sign_in
from tests.factories.accounts import make_person
from tests.factories.carriers import make_carrier
from tests.factories.firms import make_firm
from tests.factories.units import make_unit, use


@pytest.fixture
def park(app: Flask, client: Client) -> Carrier:
    made = make_carrier("北河机器人园", tier=PARK)
    make_unit(made, 30_000, number="301", floor=3)
    sign_in(client, make_person(Role.PARK_INVEST, made.organisation))
    return made


def typed(**more: object) -> dict[str, object]:
    """What makes a unit of the only site."""
    site = session.scalars(select(Site.pid)).one()
    given = {"site": site, "floor": "3", "number": "302", "area_dm2": "100", "starts": "2026-01-01"}
    return given | more


def test_three_desks_are_three(client: Client, park: Carrier) -> None:
    desks, firm = make_unit(park, 30_000, desks=10), make_firm(at=park)
    page = f"/units/{desks.pid}"
    given = {"firm": firm.pid, "amount": "3", "starts": "2026-11-01"}
    half = client.send(f"{page}/uses", given | {"amount": "0.03"}, page=page)
    assert (half.status_code, "请填整数" in half.text) == (422, True)
    assert 'value="0.03"' in half.text
    over = client.send(f"{page}/uses", given | {"amount": "11"}, page=page)
    assert "只剩 10 个工位" in over.text
    assert client.send(f"{page}/uses", given, page=page).status_code == 303
    row = session.scalars(select(Occupancy).where(Occupancy.unit_id == desks.id)).one()
    assert (row.desks, row.area_dm2) == (3, None)
    resize = f"{page}/uses/{row.pid}/resize"
    half = client.send(resize, {"amount": "2.5", "on": "2026-11-10"}, page=page)
    assert (half.status_code, "请填整数" in half.text) == (422, True)
    assert client.send(resize, {"amount": "5", "on": "2026-11-10"}, page=page).status_code == 303
    session.expire_all()
    of_unit = select(Occupancy.desks).where(Occupancy.unit_id == desks.id)
    assert sorted(session.scalars(of_unit)) == [3, 5]


def test_an_area_of_nothing_is_refused_in_words(client: Client, park: Carrier) -> None:
    unit = session.scalars(select(Unit)).one()
    for address in ("/units/new", f"/units/{unit.pid}/edit"):
        for area, words in (("0", "建筑面积应大于 0"), ("0.00", "应大于 0"), ("-5", "不能小于 0")):
            bad = client.send(address, typed(area_dm2=area))
            assert (bad.status_code, words in bad.text) == (422, True), (address, area)
    odd = client.send("/units/new", typed(power_kw="abc"))
    assert odd.status_code == 422
    assert "应在" not in odd.text
    assert session.scalars(select(Unit.area_dm2)).all() == [30_000]


def test_the_main_button_leads_to_the_form(client: Client, park: Carrier) -> None:
    for address in ("/units", "/units?state=vacant"):
        page = client.get(address).text
        assert "carrier=&" not in page
        assert 'carrier="' not in page
        assert 'href="/units/new"' in page
    assert client.get("/units/new?carrier=").status_code == 200
    assert client.get("/units/new?carrier=nobody").status_code == 404


def test_a_building_left_out_is_the_only_one(client: Client, park: Carrier) -> None:
    assert client.send("/units/new", typed()).status_code == 303
    assert set(session.scalars(select(Unit.building))) == {"1 号楼"}
    assert client.send("/units/new", typed(number="B1", building="2 号楼")).status_code == 303
    assert client.send("/units/new", typed(number="303")).status_code == 303
    assert session.scalars(select(Unit.building).where(Unit.number == "303")).one() == ""


def test_the_next_one_opens_with_what_the_last_one_had(client: Client, park: Carrier) -> None:
    given = typed(
        floor="5", uses=["pilot"], height_mm="4.5", rent="3.85", more="1", remark="朝南", desks="",
        building="3 号楼",
    )  # fmt: skip
    done = client.send("/units/new", given)
    page = client.get(done.location).text
    for words in ('value="5"', 'value="3 号楼"', 'value="4.5"', 'value="3.85"'):
        assert words in page, words
    for words in ('value="302"', 'value="100"', "朝南"):
        assert words not in page.split("<form")[-1], words
    done = client.send(done.location, typed(number="303", floor="5", building="3 号楼"))
    assert done.status_code == 303
    assert session.scalars(select(Unit.uses).where(Unit.number == "302")).one() == (UnitUse.PILOT,)
    stranger = make_unit(make_carrier(tier=PARK))
    assert client.get(f"/units/new?like={stranger.pid}").status_code == 404


def test_a_voided_unit_is_not_promised_a_page(client: Client, park: Carrier) -> None:
    unit = session.scalars(select(Unit)).one()
    page = f"/units/{unit.pid}/void"
    done = client.send(page, {"reason": "重复登记"})
    said = client.get(done.location).text
    assert "房源 301 已作废，不再显示" in said
    assert "留在历史中" not in said


def test_days_that_contradict_one_another_are_named(client: Client, park: Carrier) -> None:
    unit, firm = session.scalars(select(Unit)).one(), make_firm(at=park)
    page = f"/units/{unit.pid}"
    given = {"firm": firm.pid, "amount": "100", "starts": "2026-11-01"}
    for more, words in (
        ({"lease_ends": "2026-10-31"}, "租期至不能早于起始日 2026-11-01"),
        ({"starts": "1999-01-01"}, "房源自 2020-01-01 起启用"),
    ):
        bad = client.send(f"{page}/uses", given | more, page=page)
        assert (bad.status_code, words in bad.text) == (422, True), words
        assert "会超出" not in bad.text
    row = use(firm, unit, 100, "2026-01-01")
    early = client.send(
        f"{page}/uses/{row.pid}/resize", {"amount": "5", "on": "2026-01-01"}, page=page
    )
    assert "调整日期须晚于开始日 2026-01-01" in early.text
    late = client.send(f"{page}/edit", typed(number="301", area_dm2="300", starts="2026-01-02"))
    assert (late.status_code, "自 2026-01-01 起有企业使用" in late.text) == (422, True)
    session.expire_all()
    assert session.get_one(Unit, unit.id).starts == dt.date(2020, 1, 1)


def test_a_stale_form_shows_what_differs_only(client: Client, park: Carrier) -> None:
    unit = session.scalars(select(Unit)).one()
    old = unit.rev
    page = f"/units/{unit.pid}/edit"
    base = typed(number="301", area_dm2="300", building="1 号楼", uses=["office", "research"])
    assert client.send(page, base | {"rev": old, "rent": "4"}).status_code == 303
    stale = client.send(page, base | {"rev": old, "rent": "5"})
    assert stale.status_code == 409
    table = stale.text.split("<table")[1].split("</table>")[0]
    assert "租金" in table
    assert "环评覆盖用途" not in table


def test_conditions_that_cannot_be_read_are_named(client: Client, park: Carrier) -> None:
    page = client.get("/units?area=abc&by=2026-13-01&state=zz&use=casino").text
    for words in ("“abc”", "“2026-13-01”", "“zz”", "“casino”", "没有用来筛选"):
        assert words.replace("“", "") in page.replace("“", ""), words
    assert "301" in page
    assert "没有用来筛选" not in client.get("/units?area=100&by=2026-12-01&state=free").text


def test_the_place_of_a_unit_is_said_with_its_floor(park: Carrier) -> None:
    assert place(make_unit(park, number="803", floor=8)) == "1 号楼 8 层 803"
    assert place(make_unit(park, number="M1", floor=2, floor_label="M", building="")) == "M M1"
