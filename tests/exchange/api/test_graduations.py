"""Graduations, pushes and stays by the interface: what the pages do, for programs."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.db import session, write
from app.criteria.models import Outcome
from app.firms.models import Residency, ResidencyKind
from app.pipeline.models import Graduation, GraduationState
from tests.conftest import TODAY
from tests.exchange.api.conftest import Program
from tests.exchange.api.test_firms import everything
from tests.exchange.api.test_writing import count, send
from tests.factories.chain import SEEDER, Chain
from tests.factories.pipeline import judge_says

LIST = "/api/v1/graduations"
DAY = dt.timedelta(days=1)


@pytest.fixture
def ready(app: Flask, made: Chain) -> str:
    """The address of a firm that may graduate: its conditions are met, its agreement is there."""
    judge_says(Outcome.MET)
    firm = made.firms["竹外桃电路"]
    with write("test:agreement", actor=SEEDER):
        tie = session.scalars(select(Residency).where(Residency.firm_id == firm.id)).one()
        tie.agreement_on = tie.starts
    return f"/firms/{firm.pid}"


def test_a_firm_graduates_is_checked_and_verified(program: Program, ready: str) -> None:
    host, clerk, chief = program("incubator"), program("district"), program("chief")
    report = {"graduated_on": (TODAY - DAY).isoformat()}
    made = send(host, f"{ready}/graduation", report, key="graduate-1")
    assert (made.status_code, made.json["state"]) == (201, "reported"), made.text
    assert (made.json["basis"], made.json["late"]) == (["9-2"], False)
    assert send(host, f"{ready}/graduation", report, key="graduate-1").data == made.data
    assert send(host, f"{ready}/graduation", report).status_code == 422
    assert host.get(f"/api/v1{ready}").json["stage"] == "graduated"
    kinds = {one["kind"] for one in host.get(f"/api/v1{ready}/residencies").json["items"]}
    assert ResidencyKind.GRADUATE_STAY.value in kinds
    path = f"/graduations/{made.json['id']}"
    held = clerk.get(f"/api/v1{path}")
    assert held.json == made.json
    mark = held.headers["ETag"]
    assert send(clerk, f"{path}/verify", {}, If_Match=mark).status_code == 403
    assert send(host, f"{path}/check", {}, If_Match=mark).status_code == 403
    assert send(clerk, f"{path}/check", {}).status_code == 428
    checked = send(clerk, f"{path}/check", {}, If_Match=mark)
    assert (checked.status_code, checked.json["state"]) == (200, "checked"), checked.text
    assert send(chief, f"{path}/verify", {}, If_Match=mark).status_code == 412
    done = send(chief, f"{path}/verify", {}, If_Match=checked.headers["ETag"])
    assert (done.json["state"], done.json["verified_on"]) == ("verified", TODAY.isoformat())


def test_one_is_returned_repeated_and_withdrawn(program: Program, ready: str) -> None:
    host, clerk = program("incubator"), program("district")
    report = {"graduated_on": (TODAY - 3 * DAY).isoformat()}
    made = send(host, f"{ready}/graduation", report)
    path, mark = f"/graduations/{made.json['id']}", made.headers["ETag"]
    wrong = send(clerk, f"{path}/return", {"reason": "none of these"}, If_Match=mark)
    assert (wrong.status_code, wrong.json["errors"][0]["code"]) == (422, "not_among")
    said = {"reason": "dates", "note": "日期与协议不符"}
    back = send(clerk, f"{path}/return", said, If_Match=mark)
    assert (back.json["state"], back.json["return_reason"]) == ("returned", "dates"), back.text
    better = {"graduated_on": (TODAY - 2 * DAY).isoformat()}
    assert send(clerk, path, better, "PUT", If_Match=back.headers["ETag"]).status_code == 403
    again = send(host, path, better, "PUT", If_Match=back.headers["ETag"])
    assert (again.status_code, again.json["state"]) == (200, "reported"), again.text
    assert again.json["graduated_on"] == better["graduated_on"]
    bare = send(host, f"{path}/withdrawal", {}, If_Match=again.headers["ETag"])
    assert bare.status_code == 422
    gone = send(host, f"{path}/withdrawal", {"reason": "误办"}, If_Match=again.headers["ETag"])
    assert gone.json == {"id": made.json["id"]}, gone.text
    assert host.get(f"/api/v1{path}").status_code == 404
    assert host.get(f"/api/v1{ready}").json["stage"] == "incubating"


def test_whom_a_graduation_shows_itself(program: Program, made: Chain) -> None:
    district, host, park = program("district"), program("incubator"), program("park")
    all_of_them = [one["id"] for one in everything(district, LIST, limit=2)]
    assert len(all_of_them) == count(Graduation) == 3
    assert sorted(one["id"] for one in everything(host, LIST)) == sorted(all_of_them)
    landed = made.firms["半亩塘医药"].name  # the park hosts it; of the others it sees outcomes only
    assert {one["firm"]["name"] for one in everything(park, LIST)} == {landed}
    with write("test:late", actor=SEEDER):
        row = session.scalars(select(Graduation).where(Graduation.basis == "9-2")).one()
        row.state, wanted = GraduationState.VERIFIED, row.pid
    assert park.get(f"{LIST}/{wanted}").status_code == 404
    assert {one["state"] for one in everything(district, f"{LIST}?state=verified")} == {"verified"}
    quarter = {one["id"] for one in everything(district, f"{LIST}?period=2026Q4")}
    assert quarter == {wanted}
    for wrong in ("2026", "3628Q1", "1989Q4"):
        assert district.get(f"{LIST}?period={wrong}").status_code == 422


def test_a_push_opens_the_firm_to_parks_until_it_ends(program: Program, ready: str) -> None:
    host, park = program("incubator"), program("park")
    assert park.get(f"/api/v1{ready}").status_code == 404
    pushed = send(host, f"{ready}/push", {})
    assert (pushed.status_code, pushed.json["pushed_on"]) == (200, TODAY.isoformat()), pushed.text
    assert send(host, f"{ready}/push", {}).status_code in (409, 422)
    assert park.get(f"/api/v1{ready}").json["pushed_on"] == TODAY.isoformat()
    assert send(park, f"{ready}/push/end", {}).status_code in (403, 404)
    ended = send(host, f"{ready}/push/end", {})
    assert (ended.status_code, ended.json["pushed_on"]) == (200, None)
    assert park.get(f"/api/v1{ready}").status_code == 404


def test_a_stay_is_extended_corrected_and_voided(program: Program, ready: str) -> None:
    host, park = program("incubator"), program("park")
    (tie,) = host.get(f"/api/v1{ready}/residencies").json["items"]
    path = f"{ready}/residencies/{tie['id']}"
    held = host.get(f"/api/v1{path}")
    mark = held.headers["ETag"]
    assert held.json == tie
    body = {"to": "2028-06-30", "reason": "三类医疗器械在注册"}
    assert send(host, f"{path}/extension", body).status_code == 428
    longer = send(host, f"{path}/extension", body, If_Match=mark)
    assert (longer.status_code, longer.json["extended_to"]) == (200, "2028-06-30"), longer.text
    assert send(host, f"{path}/extension", body, If_Match=mark).status_code == 412
    assert send(park, f"{path}/extension", body, If_Match=mark).status_code == 404
    given = {
        "kind": "on_site", "starts": tie["starts"], "agreement_on": tie["agreement_on"],
        "area_m2": 320, "reason": "面积登记有误",
    }  # fmt: skip
    mark = longer.headers["ETag"]
    other = send(host, path, given | {"kind": "registered_only"}, "PUT", If_Match=mark)
    assert (other.status_code, other.json["code"]) == (422, "tie:other_kind")
    mended = send(host, path, given, "PUT", If_Match=mark)
    assert (mended.status_code, mended.json["area_m2"]) == (200, 320), mended.text
    assert mended.json["extended_to"] == "2028-06-30"
    void = {"reason": "重复登记"}
    gone = send(host, f"{path}/void", void, If_Match=mended.headers["ETag"])
    assert gone.json == {"id": tie["id"]}, gone.text
    assert host.get(f"/api/v1{ready}/residencies").status_code in (200, 404)
