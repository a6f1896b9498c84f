"""The sheet of 房源: recorded, updated, the same again, refused by the row, taken back, out."""

from __future__ import annotations

from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Person, Role
from app.carriers.models import PARK, Carrier, Site, Unit, UnitUse
from app.core.db import session, write
from tests.clients import Client, sign_in
from tests.exchange.conftest import press, read_csv, read_xlsx
from tests.exchange.test_imports import commit, counts, preview, send, undone_page, workbook
from tests.factories.accounts import make_person
from tests.factories.carriers import ACTOR, make_carrier
from tests.factories.firms import make_firm
from tests.factories.units import START, make_unit, use

HEAD = [
    "楼栋", "楼层", "房号", "建筑面积（㎡）", "可作用途", "层高（米）", "承重（kg/㎡）", "供电",
    "洁净等级", "租金（元/㎡·天）", "工位数", "可租日期",
]  # fmt: skip


@pytest.fixture
def park(app: Flask) -> Carrier:
    return make_carrier("北河机器人园", tier=PARK)


@pytest.fixture
def keeper(client: Client, park: Carrier) -> Person:
    person = make_person(Role.PARK_INVEST, park.organisation)
    sign_in(client, person)
    return person


def test_a_months_stock_comes_in_and_goes_back(
    client: Client, park: Carrier, keeper: Person
) -> None:
    old = make_unit(park, 12_635, building="1 号楼", floor=3, number="301", rent=300)
    where, page = preview(
        client,
        workbook(("房源", [
            HEAD,
            ["1 号楼", 3, "301", 126.35, "办公、研发", None, None, None, None, "3.85", None, None],
            ["1 号楼", "3F", "302", "1,200.5㎡", "研发+中试", 4.5, 800, 120, "万级", 4.2, None,
             "2027.1.1"],
            ["2号楼", "B1", "B01", 300, "办公", None, None, None, None, 900, 50, None],
            ["1 号楼", "三", "303", 100, "城堡", None, None, None, None, 4.123, None, None],
            ["1 号楼", 3, "302", 100, None, None, None, None, None, None, None, None],
            ["1 号楼", 5, "501", None, None, None, None, None, None, None, None, None],
        ])),
    )  # fmt: skip
    text = unescape(page)
    for words in (
        "请填写楼层，例如 3", "没有“城堡”这一项", "最多 2 位小数", "与第 3 行是同一间房源",
        "请填写建筑面积",
    ):  # fmt: skip
        assert words in text, words
    found = counts(page)
    assert (found["新增"], found["更新"], found["错误"]) == (2, 1, 3)
    assert commit(client, where, page).status_code == 303
    session.rollback()
    units = {u.number: u for u in session.scalars(select(Unit))}
    assert set(units) == {"301", "302", "B01"}
    lab, desks = units["302"], units["B01"]
    assert (lab.area_dm2, lab.height_mm, lab.load_kg, lab.rent) == (120_050, 4_500, 800, 420)
    assert lab.uses == (UnitUse.RESEARCH, UnitUse.PILOT)
    assert (lab.floor, lab.starts.isoformat(), lab.carrier_id) == (3, "2027-01-01", park.id)
    assert (desks.floor, desks.desks, desks.building) == (-1, 50, "2号楼")
    assert units["301"].rent == 385
    out = client.send("/imports/data/units", page="/imports")
    again = client.get(send(client, out.data).location).get_data(as_text=True)
    lines = len(next(iter(read_xlsx(out.data).values()))) - 1
    assert counts(again)["不变"] == lines == 3
    undone = undone_page(client, where)
    assert "撤回新增 2 条" in undone
    assert "恢复原值 1 条" in undone
    session.rollback()
    left = session.scalars(select(Unit)).one()
    assert (left.id, left.rent) == (old.id, 300)


def test_of_several_sites_the_row_says_which(client: Client, park: Carrier, keeper: Person) -> None:
    with write("test:site", actor=ACTOR):
        for name in ("东区", "西区"):
            session.add(Site(carrier_id=park.id, name=name, address="1 号", starts=START))
    head = ["场地", "楼层", "房号", "建筑面积"]
    lines = [[None, 1, "101", 100], ["西区", 1, "101", 100], ["北区", 1, "102", 100]]
    where, page = preview(client, workbook(("房源", [head, *lines])))
    text = unescape(page)
    for words in ("请填写场地。可填：", "没有这处场地。可填："):
        assert words in text, words
    assert (counts(page)["新增"], counts(page)["错误"]) == (1, 2)
    assert commit(client, where, page).status_code == 303
    session.rollback()
    assert session.scalars(select(Unit)).one().site.name == "西区"


def test_an_imported_unit_in_use_stays_when_the_import_is_undone(
    client: Client, park: Carrier, keeper: Person
) -> None:
    head = ["楼栋", "楼层", "房号", "建筑面积"]
    where, page = preview(client, workbook(("房源", [head, ["1 号楼", 1, "101", 100]])))
    commit(client, where, page)
    session.rollback()
    unit = session.scalars(select(Unit)).one()
    use(make_firm(), unit, 100, "2026-11-24")
    assert "不能作废" in undone_page(client, where)
    session.rollback()
    assert session.scalars(select(Unit)).one().id == unit.id


def test_less_area_than_is_in_use_is_refused_when_written(
    client: Client, park: Carrier, keeper: Person
) -> None:
    unit = make_unit(park, 10_000, building="1 号楼", floor=1, number="101")
    use(make_firm(), unit, 9_000, "2026-01-01")
    head = ["楼栋", "楼层", "房号", "建筑面积"]
    where, page = preview(client, workbook(("房源", [head, ["1 号楼", 1, "101", 80]])))
    answer = commit(client, where, page)
    assert answer.status_code == 409
    assert "在用的面积（工位）会超出房源" in answer.get_data(as_text=True)
    session.rollback()
    assert session.scalars(select(Unit.area_dm2)).one() == 10_000


def test_the_list_is_exported_as_it_is_narrowed(
    client: Client, park: Carrier, keeper: Person
) -> None:
    room = make_unit(park, 12_635, number="301", rent=437)
    make_unit(park, 50_000, number="302")
    use(make_firm("上海松间月机器人有限公司"), room, 12_635, "2026-01-01")
    make_unit(make_carrier("另一园区", tier=PARK), 1_000, number="金丝雀", rent=999)
    rows = read_csv(press(client, "/units?state=full", "csv").data)
    flat = [cell for row in rows for cell in row]
    assert "301" in flat
    assert "126.35" in flat
    assert "上海松间月机器人有限公司" in flat
    assert "302" not in flat
    tiers = [press(client, f"/units?tier={tier}", "csv").data.decode("utf-8-sig") for tier in "13"]
    assert ["302" in text for text in tiers] == [False, True]
    assert "特色产业园区" in str(read_xlsx(press(client, "/units?tier=3").data))
    whole = press(client, "/units").data
    book = read_xlsx(whole)
    cells = [str(cell) for rows in book.values() for row in rows for cell in row]
    assert "金丝雀" not in cells
    assert {"301", "302"} <= set(cells)
