"""Units and demands by the interface: whose they are, paged, written once and on what was read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.carriers.models import Site, Unit, UnitUse
from app.core.db import session, write
from app.firms.models import Consent, Demand, DemandState, Firm
from app.firms.queries import demand as reads
from app.pipeline.models import Claim
from tests.conftest import TODAY
from tests.exchange.api.conftest import Program
from tests.exchange.api.test_firms import everything
from tests.exchange.api.test_writing import count, send
from tests.factories.chain import SEEDER, Chain

UNITS, DEMANDS = "/api/v1/units", "/api/v1/demands"
ROOM = {"building": "A", "floor": 2, "number": "201", "area_dm2": 12635, "uses": ["office"],
        "height_mm": 4500, "rent": "4.50", "starts": "2024-01-01"}  # fmt: skip
WISH = {"area_low": 300, "area_high": 500, "uses": ["research", "pilot"],
        "needed_by": "2027-03-31", "rent_most": "5.00", "height_mm": 5400}  # fmt: skip


@pytest.fixture
def site(made: Chain) -> Site:
    """A site of the park."""
    with write("test:site", actor=SEEDER):
        one = Site(
            carrier_id=made.carriers["park"].id, name="一号楼", address="金科路1号",
            starts=dt.date(2020, 1, 1),
        )  # fmt: skip
        session.add(one)
    return one


def test_a_unit_is_registered_corrected_used_and_hidden_from_others(
    program: Program, made: Chain, site: Site
) -> None:
    park, rival, host = program("park"), program("rival"), program("incubator")
    wanted = ROOM | {"carrier": made.carriers["park"].pid, "site": site.pid}
    assert send(rival, "/units", wanted).status_code == 404
    assert send(park, "/units", wanted | {"site": "zzz"}).json["errors"][0]["field"] == "site"
    new = send(park, "/units", wanted, key="unit-key-1")
    assert new.status_code == 201, new.text
    assert send(park, "/units", wanted, key="unit-key-1").data == new.data
    assert count(Unit) == 1
    assert {k: new.json[k] for k in ROOM} == ROOM
    assert (new.json["state"], new.json["free"], new.json["used"]) == ("vacant", 12635, 0)
    path = f"/units/{new.json['id']}"
    for other in (rival, host):
        assert other.get(f"/api/v1{path}").status_code == 404
        assert everything(other, UNITS) == []
        assert send(other, path, ROOM | {"site": site.pid}, "PUT").status_code in (403, 404)
    district = program("district")
    assert district.get(f"/api/v1{path}").json == new.json
    assert send(district, path, ROOM | {"site": site.pid}, "PUT").status_code == 403
    body = ROOM | {"site": site.pid, "rent": "6.00"}
    assert send(park, path, body, "PUT").status_code == 428
    less = {key: value for key, value in body.items() if key != "starts"}
    undated = send(park, path, less, "PUT", If_Match=new.headers["ETag"])
    assert (undated.status_code, undated.json["errors"][0]["field"]) == (422, "starts")
    mended = send(park, path, body, "PUT", If_Match=new.headers["ETag"])
    assert (mended.status_code, mended.json["rent"]) == (200, "6.00"), mended.text
    assert send(park, path, body, "PUT", If_Match=new.headers["ETag"]).status_code == 412
    held = send(park, f"{path}/status", {"move": "withheld", "on": "2026-11-01", "reason": "自用"})
    assert (held.json["state"], held.json["hold"]["reason"]) == ("withheld", "自用"), held.text
    assert send(park, f"{path}/status", {"move": "release"}).json["state"] == "vacant"
    code = made.firms["竹外桃电路"].code
    much = send(park, f"{path}/occupancies", {"amount": 99999, "code": code})
    assert much.status_code in (404, 422), much.text


def test_units_are_paged_and_narrowed(program: Program, made: Chain, site: Site) -> None:
    park = program("park")
    with write("test:units", actor=SEEDER):
        session.add_all(
            Unit(
                carrier_id=site.carrier_id, site_id=site.id, floor=1, number=str(n), area_dm2=100,
                uses=(UnitUse.GMP if n % 2 else UnitUse.OFFICE,), starts=dt.date(2024, 1, 1),
            )
            for n in range(7)
        )  # fmt: skip
    assert {one["number"] for one in everything(park, UNITS)} == {str(n) for n in range(7)}
    assert len(everything(park, f"{UNITS}?use=gmp")) == 3
    assert len(everything(park, f"{UNITS}?carrier={made.carriers['park'].pid}")) == 7
    assert everything(park, f"{UNITS}?carrier={made.carriers['rival'].pid}") == []
    assert park.get(f"{UNITS}?use=nothing").status_code == 422


@pytest.fixture
def looking(made: Chain) -> dict[str, Firm]:
    """Every firm of the chain looks for room."""
    with write("test:demands", actor=SEEDER):
        session.add_all(
            Demand(
                firm_id=firm.id, state=DemandState.OPEN, opened_on=TODAY, checked_on=TODAY,
                area_low=1, area_high=2, uses=(UnitUse.OFFICE,), needed_by=TODAY,
            )
            for firm in made.firms.values()
        )  # fmt: skip
    return made.firms


@pytest.mark.parametrize("who", ["incubator", "park", "rival", "district"])
def test_the_list_of_demands_holds_just_those_that_one_may_read(
    program: Program, made: Chain, looking: dict[str, Firm], who: str
) -> None:
    pooled = made.firms["砚池云数据"]
    for agreed in (False, True):
        if agreed:
            with write("test:consent", actor=SEEDER):
                session.add(Consent(firm_id=pooled.id, starts=TODAY))
        viewer = made.viewer(who)
        may = {f.name for f in looking.values() if reads.may_read(viewer, f.id, TODAY)}
        told = everything(program(who), DEMANDS)
        assert {one["firm"]["name"] for one in told} == may
        rows = session.scalars(select(Demand).order_by(Demand.id)).all()
        got = {r.firm.name: program(who).get(f"{DEMANDS}/{r.pid}").status_code for r in rows}
        assert got == {f.name: 200 if f.name in may else 404 for f in looking.values()}


def test_a_demand_is_recorded_changed_closed_and_opened_again(
    program: Program, made: Chain
) -> None:
    host, park = program("incubator"), program("park")
    firm = made.firms["竹外桃电路"].pid
    assert send(park, "/demands", WISH | {"firm": firm}).status_code in (403, 404)
    bad = send(host, "/demands", WISH | {"firm": firm, "uses": ["palace"]})
    assert (bad.status_code, bad.json["errors"][0]["field"][:4]) == (422, "uses")
    new = send(host, "/demands", WISH | {"firm": firm})
    assert new.status_code == 201, new.text
    assert {k: new.json[k] for k in WISH} == WISH
    assert send(host, "/demands", WISH | {"firm": firm}).json["code"] == "demand_held"
    path = f"/demands/{new.json['id']}"
    assert send(host, path, WISH, "PUT").status_code == 428
    more = send(host, path, WISH | {"area_high": 800}, "PUT", If_Match=new.headers["ETag"])
    assert (more.status_code, more.json["area_high"]) == (200, 800), more.text
    over = {"reason": "other", "on": TODAY.isoformat(), "note": "不要了"}
    late = send(host, f"{path}/close", over, If_Match=new.headers["ETag"])
    assert late.status_code == 412, late.text
    shut = send(host, f"{path}/close", over, If_Match=more.headers["ETag"])
    assert (shut.status_code, shut.json["end_note"]) == (200, "不要了"), shut.text
    mark = shut.headers["ETag"]
    assert send(host, path, WISH, "PUT", If_Match=mark).json["code"] == "demand_closed"
    again = send(host, f"{path}/reopen", {}, If_Match=mark)
    assert (again.status_code, again.json["state"]) == (200, "open"), again.text
    gone = send(host, f"{path}/void", {"reason": "录错"}, If_Match=again.headers["ETag"])
    assert gone.json == {"id": new.json["id"]}, gone.text
    assert host.get(f"/api/v1{path}").status_code == 404


def test_claims_are_read_in_one_go_however_many(
    program: Program, made: Chain, queries: Callable[[], Any]
) -> None:
    park = program("park")
    park.get("/api/v1/claims")
    with queries() as before:
        park.get("/api/v1/claims")
    with write("test:claims", actor=SEEDER):
        one = session.scalars(
            select(Claim).where(Claim.carrier_id == made.carriers["park"].id).limit(1)
        ).one()
        for number in range(3):
            firm = made.firm(f"又一家{number}", None)
            session.add(
                Claim(
                    firm_id=firm.id, carrier_id=one.carrier_id, state=one.state,
                    opened_on=one.opened_on, follow_until=one.follow_until, token=f"t-{number}",
                )
            )  # fmt: skip
    with queries() as after:
        park.get("/api/v1/claims")
    assert len(after) == len(before)
