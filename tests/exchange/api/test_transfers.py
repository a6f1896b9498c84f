"""Transfers and statements by the interface: the services, rights and refusals of the pages."""

from __future__ import annotations

import pytest

from app.carriers.models import CarrierType
from app.core.db import session, write
from app.firms.models import StatedFigure
from app.pipeline.models import TransferRequest
from tests.exchange.api.conftest import Program
from tests.exchange.api.test_firms import everything
from tests.exchange.api.test_writing import count, firm, send
from tests.factories.accounts import make_person
from tests.factories.chain import ROLES, SEEDER, Chain, _carrier

__all__ = ["firm"]


@pytest.fixture
def other(made: Chain) -> Chain:
    """The chain with a second incubator."""
    with write("test:other", actor=SEEDER):
        made.carriers["other"] = _carrier("川杨河孵化器", 1, CarrierType.INCUBATOR, made.today)
        place = made.carriers["other"].organisation
    made.people["other"] = make_person(ROLES["incubator"], place, login="other")
    return made


def test_a_firm_is_asked_for_and_moves(program: Program, other: Chain, firm: str) -> None:
    guest, host, park = program("other"), program("incubator"), program("park")
    code = other.firms["竹外桃电路"].code
    wanted = {"code": code, "wanted_on": "2026-11-24", "note": "已签意向"}
    assert guest.get(f"/api/v1{firm}").status_code == 404
    assert send(guest, "/transfers", wanted | {"code": "123"}).json["errors"][0]["field"] == "code"
    assert send(guest, "/transfers", wanted | {"code": "91310115MA1K4AAA0X"}).status_code == 404
    own = send(host, "/transfers", wanted)
    assert (own.status_code, own.json["code"]) == (422, "move:already_here"), own.text
    asked = send(guest, "/transfers", wanted, key="ask-key-1")
    assert asked.status_code == 201, asked.text
    assert send(guest, "/transfers", wanted, key="ask-key-1").data == asked.data
    assert count(TransferRequest) == 1
    assert (asked.json["state"], asked.json["note"]) == ("open", "已签意向")
    path = f"/transfers/{asked.json['id']}"
    for reader in (guest, host, program("district")):
        assert reader.get(f"/api/v1{path}").json == asked.json
        assert everything(reader, "/api/v1/transfers") == [asked.json]
    assert park.get(f"/api/v1{path}").status_code == 404
    mark = asked.headers["ETag"]
    own = send(guest, f"{path}/agree", {}, If_Match=mark)
    assert own.status_code in (403, 404, 422), own.text
    assert send(host, f"{path}/agree", {}).status_code == 428
    agreed = send(host, f"{path}/agree", {"note": "同意"}, If_Match=mark)
    assert (agreed.status_code, agreed.json["state"]) == (200, "agreed"), agreed.text
    assert agreed.json["answer"] == "同意"
    assert guest.get(f"/api/v1{firm}").status_code == 200
    late = send(host, f"{path}/refuse", {}, If_Match=agreed.headers["ETag"])
    assert late.status_code == 422, late.text
    assert host.get(f"/api/v1{path}").json["state"] == "agreed"


def test_what_is_stated_is_read_corrected_and_voided(
    program: Program, made: Chain, firm: str
) -> None:
    host, park = program("incubator"), program("park")
    said = {"key": "market_share", "day": "2026-05-01", "value": "12.5-20"}
    wrong = send(host, f"{firm}/stated", said | {"value": "很多"})
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "value")
    assert count(StatedFigure) == 0
    stated = send(host, f"{firm}/stated", said)
    assert stated.status_code == 201, stated.text
    assert {k: stated.json[k] for k in ("key", "day", "low", "high", "unit", "until")} == {
        "key": "market_share", "day": "2026-05-01", "low": "12.5", "high": "20", "unit": "share",
        "until": "2027-05-01",
    }  # fmt: skip
    path = f"{firm}/stated/market_share/2026-05-01"
    assert host.get(f"/api/v1{path}").json == stated.json
    assert everything(host, f"/api/v1{firm}/stated") == [stated.json]
    for part in (path, f"{firm}/stated"):
        assert park.get(f"/api/v1{part}").status_code == 404
    assert host.get(f"/api/v1{firm}/stated/market_share/2026-05-02").status_code == 404
    assert host.get(f"/api/v1{firm}/stated/nothing/2026-05-01").status_code == 404
    mark = stated.headers["ETag"]
    better = {"value": "15", "until": "2026-12-31"}
    assert send(host, path, better, "PUT").status_code == 428
    mended = send(host, path, better, "PUT", If_Match=mark)
    assert mended.status_code == 200, mended.text
    assert (mended.json["low"], mended.json["high"]) == ("15", "15")
    assert send(host, path, better, "PUT", If_Match=mark).status_code == 412
    flag = send(host, f"{firm}/stated", {"key": "own_brand", "day": "2026-05-01", "value": "yes"})
    assert (flag.json["low"], flag.json["unit"]) == ("1", "flag")
    gone = send(host, f"{path}/void", {"reason": "填错"}, If_Match=mended.headers["ETag"])
    assert gone.json == {"key": "market_share", "day": "2026-05-01"}, gone.text
    assert host.get(f"/api/v1{path}").status_code == 404
    assert count(StatedFigure) == 1
    session.rollback()
