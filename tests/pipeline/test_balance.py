"""空间供需: each figure is the sum of its list; what does not fit in adds up over the quarters."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import OrganisationKind, Role
from app.carriers.models import INCUBATOR, PARK, Carrier, CarrierSector, Unit
from app.core.db import session, write
from app.firms.service.units import split_unit
from app.pipeline.queries import balance as reads
from app.pipeline.queries import matches
from tests.clients import Client, sign_in
from tests.factories.accounts import make_organisation, person_with_post
from tests.factories.carriers import ACTOR, make_carrier, viewer_at
from tests.factories.demand import need
from tests.factories.firms import TODAY, make_firm
from tests.factories.units import make_unit, use


@pytest.fixture
def market(shipped: None, app: Flask) -> None:
    """Three searches and three units of one park; another at an incubator, which offers none."""
    park, home = make_carrier("北河园", tier=PARK), make_carrier("青禾", tier=INCUBATOR)
    with write("test:sector", actor=ACTOR):
        session.add(CarrierSector(carrier_id=park.id, sector="ai", position=0))
    make_unit(park, 30_000)
    make_unit(home, 90_000)
    busy = make_unit(park, 50_000)
    use(make_firm(), busy, 50_000, "2024-01-01", "2027-02-01")
    never = make_unit(park, 70_000)
    use(make_firm(), never, 70_000, "2024-01-01")
    for sector, low, by, regions in (
        ("ai", 400, dt.date(2026, 12, 20), ("zhangjiang",)),
        ("ai", 250, dt.date(2027, 3, 1), ("zhangjiang", "lingang")),
        (None, 1_000, dt.date(2027, 8, 1), ("any",)),
        ("materials", 77, dt.date(2028, 1, 1), None),
    ):
        firm = make_firm(at=home, sector=sector)
        need(firm, area_low=low, area_high=low * 2, needed_by=by, regions=regions)


def test_demand_and_supply_meet_by_quarter(market: None) -> None:
    found = reads.balance(ACTOR, "sector", TODAY)
    assert [(q.year, q.quarter) for q in found.quarters] == [
        (2026, 4),
        (2027, 1),
        (2027, 2),
        (2027, 3),
    ]
    lines = {line.code: [(c.demand, c.supply, c.over) for c in line.cells] for line in found.lines}
    assert lines["ai"] == [(400, 300, 100), (250, 500, 0), (0, 0, 0), (0, 0, 0)]
    assert lines["none"] == [(0, 0, 0), (0, 0, 0), (0, 0, 0), (1_000, 0, 1_000)]
    total = [(c.demand, c.supply, c.over) for c in found.total.cells]
    assert total == [(400, 300, 100), (250, 500, 0), (0, 0, 0), (1_000, 0, 850)]
    assert (found.later_demand, found.later_supply) == (77, 0)
    regions = {
        line.code: line.cells[0].demand for line in reads.balance(ACTOR, "region", TODAY).lines
    }
    assert regions == {"zhangjiang": 400, "several": 0, "none": 0}


def test_a_planned_split_counts_its_area_once(market: None) -> None:
    """The halves count from their day; the whole, which ends then, is no longer offered."""
    park = session.scalars(select(Carrier).where(Carrier.short_name == "北河园")).one()
    unit = make_unit(park, 40_000)
    held = {u.id for u in session.scalars(select(Unit))} - {unit.id}

    def area() -> int:
        return sum(
            one.m2 for one in reads.items(ACTOR, TODAY) if one.kind == reads.SUPPLY
        )  # fmt: skip

    before = area()
    with write("test:split", actor=ACTOR):
        split_unit(
            actor=ACTOR, today=TODAY, unit=session.get_one(Unit, unit.id),
            on=dt.date(2027, 4, 1), parts=[("801A", 15_000), ("801B", 25_000)],
        )  # fmt: skip
    assert area() == before
    assert matches.free_m2(viewer_at(park), TODAY) == before
    rooms = {room.id: room for room in matches.offers([park.id], TODAY)[park.id].rooms}
    new = set(rooms) - held
    assert unit.id not in rooms
    assert {(rooms[i].area, rooms[i].free_from) for i in new} == {
        (150, dt.date(2027, 4, 1)), (250, dt.date(2027, 4, 1)),
    }  # fmt: skip


def test_rows_without_a_region_overflow_nowhere(market: None) -> None:
    """A search for one of several regions meets no row's rooms: only the sum tells of it."""
    found = reads.balance(ACTOR, "region", TODAY)
    over = {line.code: [one.over for one in line.cells] for line in found.lines}
    assert over["several"] == over["none"] == [None] * 4
    assert found.over == 850
    assert all(one.over is not None for one in found.total.cells)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_the_head_line_names_the_sector_that_overflows(market: None, client: Client) -> None:
    park = session.scalars(select(Carrier).where(Carrier.short_name == "北河园")).one()
    make_unit(park, 500_000)
    office = make_organisation(kind=OrganisationKind.DISTRICT)
    sign_in(client, person_with_post(Role.DISTRICT_CLERK, office))
    page = client.get("/space-balance").text
    assert "合计可供面积够用，但 领域未填 有溢出" in page
    assert "可供面积大于需求" not in page
    assert "可供面积够用<" in client.get("/space-balance?by=region").text


@pytest.mark.parametrize("by", ["sector", "region"])
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_each_figure_opens_its_list(market: None, client: Client, by: str) -> None:
    office = make_organisation(kind=OrganisationKind.DISTRICT)
    sign_in(client, person_with_post(Role.DISTRICT_CLERK, office))
    page = client.get(f"/space-balance?by={by}").text
    doors = re.findall(r'href="(/space-balance/list[^"]+)">([\d,]+)<', page)
    assert len(doors) >= 9
    for address, figure in doors:
        rows = client.get(address.replace("&amp;", "&")).text
        told = re.search(r"(\d+) 条，合计 ([\d,]+) ㎡", rows)
        assert told, address
        assert told[2] == figure, address
        cells = re.findall(r'<td class="n">([\d,]+)</td>', rows)
        assert len(cells) == int(told[1])
        assert sum(int(c.replace(",", "")) for c in cells) == int(figure.replace(",", ""))
    table = client.send("/exports/pipeline.balance", {"format": "csv"}, page="/space-balance").text
    assert "1000" in table
    for wrong in (
        "row=ai",
        "row=ai&quarter=9&kind=demand",
        "quarter=1&kind=castle",
        "by=x&quarter=1",
    ):
        assert client.get(f"/space-balance/list?{wrong}").status_code == 404
    assert client.get("/space-balance?by=nonsense").status_code == 404


@pytest.mark.parametrize("role", [Role.CARRIER_HEAD, Role.PARK_INVEST, Role.AREA_READER])
@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_vacancies_of_all_parks_are_the_district_s_alone(
    market: None, client: Client, role: Role
) -> None:
    sign_in(client, person_with_post(role))
    for page in ("/space-balance", "/space-balance/list?quarter=0&kind=supply"):
        assert client.get(page).status_code in (403, 404)
