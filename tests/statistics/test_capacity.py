"""What the stages of the flow can still take, against a district counted by hand."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from flask import Flask

from app.accounts.models import OrganisationKind, Role
from app.carriers.models import HoldKind, Site, StatusAct, Unit, UnitHold
from app.core.days import today
from app.core.db import last_revision, session, write
from app.firms.models import FirmKind, Occupancy
from app.statistics.asof import AsOf, now
from app.statistics.queries.capacity import Amount, Capacity, Places, capacity
from app.statistics.queries.figures import Desk
from app.statistics.scope import Scope
from tests.clients import Client
from tests.factories.accounts import make_organisation
from tests.statistics import world as w
from tests.statistics.district import TOTAL, enter, numbers

DAY = dt.date(2026, 6, 30)
ROW = re.compile(r'<tr><th scope="row"[^>]*>(.*?)</th>(.*?)</tr>', re.S)
CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.S)


def unit(at: Any, area: int, **given: Any) -> Unit:
    """A unit there since 2020 unless told otherwise; area in square decimetres."""
    site = session.query(Site).filter_by(carrier_id=at.id).first()
    values = {"starts": dt.date(2020, 1, 1), "floor": 1, "building": ""} | given
    values.setdefault("number", str(next(w.NUMBERS)))
    return w.add(Unit(carrier_id=at.id, site_id=site.id, area_dm2=area, **values))


def use(who: Any, room: Unit, since: str, until: str | None = None, **amount: int) -> None:
    ends = w.day(until) if until else None
    w.add(Occupancy(firm_id=who.id, unit_id=room.id, starts=w.day(since), ends=ends,
                    own_ends=ends, tied=False, **amount))  # fmt: skip


def fill() -> dict[str, Any]:
    """Two parks, two accelerators, an incubator, and an accelerator that is no longer registered.

    Park one: 500 ㎡ with 120.50 in use and 79.50 promised from September; 300 ㎡ under works with
    nothing in use; 40 desks with 15 in use; 200 ㎡ vacant; 90 ㎡ that come in July.
    """
    one, two = w.carrier(3, area="zhangjiang", capacity=2), w.carrier(3, area="lingang")
    fast, bare = w.carrier(2, capacity=5), w.carrier(2)
    nest, gone = w.carrier(1, capacity=3), w.carrier(2, capacity=50)
    w.status(gone, "2026-01-01", StatusAct.WITHDRAWN)
    who = [w.firm() for _n in range(3)]
    for firm in who:  # one more than it says it can take
        w.stay(firm, one, "2026-01-01")
    big = unit(one, 50_000)
    use(who[0], big, "2026-01-01", area_dm2=12_050)
    use(who[1], big, "2026-09-01", area_dm2=7_950)
    works = unit(one, 30_000)
    w.add(UnitHold(unit_id=works.id, kind=HoldKind.WORKS, starts=w.day("2026-05-01")))
    use(who[2], unit(one, 60_000, desks=40), "2026-02-01", desks=15)
    unit(one, 20_000)
    unit(one, 9_000, starts=w.day("2026-07-01"))
    w.stay(w.firm(), two, "2026-01-01")
    unit(two, 70_000)
    w.stay(w.firm(), fast, "2026-01-01")
    w.stay(w.firm(), fast, "2025-01-01", "2026-06-30")  # its last day inside was the 29th
    unit(fast, 10_000)
    w.stay(w.firm(), gone, "2025-01-01")
    unit(gone, 99_900)
    w.stay(w.firm(), bare, "2025-01-01")
    w.stay(w.firm(kind=FirmKind.TEAM), nest, "2026-01-01")
    w.stay(w.firm(), nest, "2026-01-01")
    return {"one": one.organisation_id, "two": two.organisation_id, "one_id": one.id,
            "fast": fast.organisation_id, "big": big.id}  # fmt: skip


@pytest.fixture
def ground(app: Flask) -> dict[str, Any]:
    with write("test:ground", actor=w.TESTER):
        made = fill()
    made["cut"] = last_revision()
    return made


def counted(asof: AsOf, scope: Scope | None = None) -> Capacity:
    return capacity(Desk(w.TESTER, asof, scope or Scope(whole=True)), today())


def test_each_stage_is_what_one_counts_by_hand(ground: dict[str, Any]) -> None:
    nest, fast, park = counted(now(DAY)).stages
    assert park.rooms
    assert park.rooms.area == Amount(140_000, 12_050, 7_950)
    assert park.rooms.area.left == 120_000
    assert (park.rooms.desks, park.rooms.vacant) == (Amount(40, 15, 0), 2)
    assert (park.carriers.value, park.unstated.value, park.rooms.bare) == (2, 1, 0)
    # three at a park for two; the other park states none, so its firm is not measured
    assert park.places == Places(stated=1, capacity=2, inside=3, left=0, over=1)
    assert park.inside.value == 4
    assert fast.rooms
    assert (fast.rooms.area, fast.rooms.bare) == (Amount(10_000, 0, 0), 1)
    assert fast.places == Places(stated=1, capacity=5, inside=1, left=4, over=0)
    assert (fast.carriers.value, fast.unstated.value, fast.inside.value) == (2, 1, 2)
    assert nest.places == Places(stated=1, capacity=3, inside=2, left=1, over=0)
    assert nest.rooms
    assert (nest.rooms.area, nest.rooms.bare) == (None, 1)


def test_other_days_and_what_was_known_then(ground: dict[str, Any]) -> None:
    _nest, fast, park = counted(now(DAY - dt.timedelta(days=1))).stages
    assert fast.places
    assert fast.places.inside == 2
    *_others, park = counted(now(dt.date(2026, 9, 1))).stages
    assert park.rooms
    assert park.rooms.area == Amount(149_000, 20_000, 0)
    *_others, early = counted(now(dt.date(2025, 6, 30))).stages
    assert early.rooms
    assert early.rooms.area == Amount(170_000, 0, 20_000)
    with write("test:later", actor=w.TESTER):
        big = session.get_one(Unit, ground["big"])
        big.area_dm2 = 60_000
        session.flush()
    past = AsOf(DAY, ground["cut"], current=False)
    areas = [one.stages[-1].rooms.area.total for one in (counted(past), counted(now(DAY)))]  # type: ignore[union-attr]
    assert areas == [140_000, 150_000]


def test_nothing_is_said_where_no_carrier_stands(app: Flask) -> None:
    assert counted(now(DAY)).stages == []


def table(client: Client, page: str) -> dict[str, list[str]]:
    """Words of a row → its cells in words."""
    html = client.get(page).get_data(as_text=True)
    part = html.split('id="capacity"')[1].split("</section>")[0]
    return {
        re.sub(r"<[^>]+>", "", head).strip(): [
            re.sub(r"<[^>]+>", "", cell).strip() for cell in CELL.findall(cells)
        ]
        for head, cells in ROW.findall(part)
    }


def test_the_district_reads_it_beside_the_flow(ground: dict[str, Any], client: Client) -> None:
    district = make_organisation("区科创", OrganisationKind.DISTRICT)
    enter(client, Role.DISTRICT_CLERK, district.id)
    page = f"/statistics?as_of={DAY}"
    rows = table(client, page)
    assert rows["登记有效的载体"] == ["1", "2", "2"]
    assert rows["剩余面积 ㎡"] == ["—", "100", "1,200"]
    assert rows["剩余工位 / 全部工位"] == ["—", "—", "25 / 40"]
    assert rows["未登记房源的载体"] == ["1", "1", "0"]
    assert rows["还可接收 家"] == ["1", "4", "0"]
    assert rows["超出承载能力"] == ["0", "0", "1"]
    assert rows["未填承载能力的载体"] == ["0", "1", "1"]
    part = client.get(page).text.split('id="capacity"')[1].split("</section>")[0]
    links = numbers(part)
    # firms at the accelerator that is off the register are in the list of all accelerated ones
    assert not any("S-05" in href for href in links)
    assert sum("capacity=none" in href for href in links) == 3
    for href, number in links.items():
        found = TOTAL.search(client.get(href).text)
        assert found, href
        assert found[1] == number, href
    client.send("/preferences", {"lang": "en"}, page=page)
    rows = table(client, page)
    assert rows["Free places firms"] == ["1", "4", "0"]
    assert rows["Carriers that state no capacity"] == ["0", "1", "1"]


def test_a_park_reads_its_own_only(ground: dict[str, Any], client: Client) -> None:
    enter(client, Role.PARK_INVEST, ground["one"])
    rows = table(client, f"/statistics?as_of={DAY}")
    assert rows["登记有效的载体"] == ["1"]
    assert rows["剩余面积 ㎡"] == ["500"]
    assert rows["未填承载能力的载体"] == ["0"]
    enter(client, Role.PARK_INVEST, ground["two"])
    rows = table(client, f"/statistics?as_of={DAY}")
    assert rows["剩余面积 ㎡"] == ["700"]
    assert (rows["还可接收 家"], rows["未填承载能力的载体"]) == (["—"], ["1"])
    area = make_organisation("张江", OrganisationKind.AREA, area_code="zhangjiang")
    enter(client, Role.AREA_READER, area.id)
    assert table(client, f"/statistics?as_of={DAY}")["剩余面积 ㎡"] == ["500"]


def test_vacant_units_open_as_many_where_the_list_shows_the_same(
    ground: dict[str, Any], client: Client
) -> None:
    enter(client, Role.PARK_INVEST, ground["one"])
    assert "state=vacant" not in client.get(f"/statistics?as_of={DAY}").text
    part = client.get("/statistics").text.split('id="capacity"')[1].split("</section>")[0]
    href, number = next((h, n) for h, n in numbers(part).items() if "state=vacant" in h)
    assert href == "/units?tier=3&state=vacant"
    assert f'id="list">房源<span class="jl-count">{number}<' in client.get(href).text
    other = client.get("/units?tier=1&state=vacant").text
    assert 'id="list">房源<span class="jl-count">0<' in other
    assert "以下条件看不懂" in client.get("/units?tier=9").text
    district = make_organisation("区科创", OrganisationKind.DISTRICT)
    enter(client, Role.DISTRICT_CLERK, district.id)
    part = client.get("/statistics").text.split('id="capacity"')[1].split("</section>")[0]
    links = {href: n for href, n in numbers(part).items() if "state=vacant" in href}
    # an accelerator off the register has a vacant unit, so the list of accelerators' shows more
    assert links.keys() == {"/units?tier=3&state=vacant"}
    for href, number in links.items():
        assert f'id="list">房源<span class="jl-count">{number}<' in client.get(href).text
