"""Rooms and the chain: an arrival takes one, a departure gives it back, an undo restores it."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from flask import Flask
from sqlalchemy import select

from app.carriers.models import ACCELERATOR, PARK, Carrier
from app.core.db import session, write
from app.core.errors import DomainError
from app.firms.models import Destination, Firm, LeaveReason, Occupancy, Residency
from app.firms.service import units
from app.pipeline import service
from app.pipeline.models import Claim
from tests.acting import do
from tests.clients import Client
from tests.conftest import TODAY
from tests.factories.carriers import ACTOR, make_carrier
from tests.factories.firms import code_of, make_firm
from tests.factories.units import make_unit, use
from tests.pipeline.office import Office, admitted

D = dt.date.fromisoformat


def uses(firm: Firm) -> list[tuple[str, str | None, int, bool]]:
    session.expire_all()
    rows = select(Occupancy).where(Occupancy.firm_id == firm.id)
    return [
        (row.starts.isoformat(), row.ends.isoformat() if row.ends else None, row.amount, row.tied)
        for row in session.scalars(rows.order_by(Occupancy.starts, Occupancy.id))
    ]


@pytest.fixture
def park(app: Flask) -> Carrier:
    return make_carrier("北河机器人园", tier=PARK)


def test_leaving_gives_the_room_back_and_undoing_it_restores_it(park: Carrier) -> None:
    firm, room = make_firm(), make_unit(park, 10_000)
    tie = do(service.land, firm=firm, carrier=park, arrived_on=D("2026-03-01"))
    use(firm, room, 10_000, "2026-02-01")  # handed over a month before
    assert uses(firm) == [("2026-02-01", None, 10_000, True)]
    do(
        service.leave, firm=firm, carrier=park, on=D("2026-11-01"), destination=Destination.CITY,
        reason=LeaveReason.NOT_GRADUATED,
    )  # fmt: skip
    assert uses(firm) == [("2026-02-01", "2026-11-01", 10_000, True)]
    held = session.get_one(Residency, tie.id)
    given = {name: getattr(held, name) for name in (
        "area_m2", "agreement_on", "lease_ends", "signed_on", "registered_on", "taxed_on", "remark",
        "site",
    )}  # fmt: skip
    do(
        service.correct_tie, tie=held, rev=held.rev, starts=held.starts, ends=None, kind=held.kind,
        reason="没有离园", **given,
    )  # fmt: skip
    assert uses(firm) == [("2026-02-01", None, 10_000, True)]


def test_an_arrival_elsewhere_closes_the_old_room_and_voiding_it_opens_it_again(
    park: Carrier,
) -> None:
    fast = make_carrier("北岸加速器", tier=ACCELERATOR)
    firm, old, new = make_firm(), make_unit(fast, 10_000), make_unit(park, 30_000)
    do(service.land, firm=firm, carrier=fast, arrived_on=D("2026-03-01"))
    use(firm, old, 10_000, "2026-03-01")
    tie = do(service.land, firm=firm, carrier=park, arrived_on=D("2026-10-01"))
    use(firm, new, 30_000, "2026-10-01")
    assert uses(firm) == [
        ("2026-03-01", "2026-10-01", 10_000, True), ("2026-10-01", None, 30_000, True),
    ]  # fmt: skip
    do(service.void_tie, tie=session.get_one(Residency, tie.id), reason="录错")
    assert uses(firm) == [("2026-03-01", None, 10_000, True)]


def test_a_graduate_that_stays_on_keeps_its_desk(office: Office) -> None:
    admitted(office)
    desks = make_unit(office.incubator, 30_000, desks=20)
    use(office.firm, desks, 4, "2024-02-01")
    office.be("clerk")
    office.act("graduate", graduated_on="2026-10-12", eligible_on="2026-10-01")
    kinds = [tie.kind.value for tie in session.scalars(select(Residency).order_by(Residency.id))]
    assert kinds == ["on_site", "graduate_stay"]
    assert uses(office.firm) == [("2024-02-01", None, 4, True)]


def test_an_accelerator_says_why_it_takes_more_than_it_can_hold(app: Flask) -> None:
    fast = make_carrier("北岸加速器", tier=ACCELERATOR, capacity=1)
    first, second = make_firm(), make_firm()
    do(service.land, firm=first, carrier=fast, arrived_on=D("2026-03-01"))
    with pytest.raises(DomainError) as caught:
        do(service.land, firm=second, carrier=fast, arrived_on=D("2026-10-01"))
    assert (caught.value.code, caught.value.field) == ("landing:full", "remark")
    assert session.scalar(select(Residency.id).where(Residency.firm_id == second.id)) is None
    # an arrival is a fact: with the reason it is booked
    tie = do(service.land, firm=second, carrier=fast, arrived_on=D("2026-10-01"), remark="扩租二层")
    assert tie.remark == "扩租二层"


def test_the_form_of_an_arrival_takes_a_room_with_it(office: Office) -> None:
    room = make_unit(office.park, 60_050, number="301")
    desks = make_unit(office.park, 30_000, number="大开间", desks=10)
    do(units.give_up_unit, unit=desks, on=D("2027-06-01"))
    client = office.be("park")
    page = client.get("/landings/new").text
    assert "1 号楼 1 层 301 · 余 600.5 ㎡<" in page
    assert "1 号楼 1 层 大开间 · 余 10 个工位 · 至 2027-06-01<" in page
    assert 'name="amount"' in page
    given = {
        "code": office.code, "carrier": office.park.pid, "arrived_on": "2026-11-02",
        "lease_ends": "2029-11-01", "unit": room.pid,
    }  # fmt: skip
    much = client.send("/landings/new", given | {"area_m2": "602"})
    assert much.status_code == 422
    assert "只剩 600.5 ㎡" in much.text
    assert 'id="area_m2-error"' in much.text, "said where the area was asked for"
    mixed = client.send("/landings/new", given | {"amount": "2"})
    assert (mixed.status_code, "该房源按面积出租" in mixed.text) == (422, True)
    half = client.send("/landings/new", given | {"unit": desks.pid, "amount": "2.5"})
    assert (half.status_code, "工位数请填整数" in half.text) == (422, True)
    assert session.scalar(select(Residency.id)) is None
    foreign = make_unit(make_carrier("别家园区", tier=PARK), 100)
    assert client.send("/landings/new", given | {"unit": foreign.pid}).status_code == 404
    assert client.send("/landings/new", given | {"area_m2": "601"}).status_code == 303
    tie, row = office.one(Residency), office.one(Occupancy)
    assert (row.area_dm2, row.starts, row.ends, row.tied) == (60_050, D("2026-11-02"), None, True)
    assert row.lease_ends == tie.lease_ends == D("2029-11-01")
    assert (tie.area_m2, tie.site_id) == (601, room.site_id)


def graduate_claimed(office: Office, **given: str) -> tuple[Client, Claim]:
    """The park's window, and its claim for a firm that has graduated."""
    admitted(office)
    office.be("clerk")
    office.act("graduate", graduated_on="2026-10-12")
    park = office.be("park")
    bid = {"token": "t" * 20, "carrier": office.park.pid, **given}
    park.send(f"/openings/{office.pid}", bid, page="/openings")
    return park, office.one(Claim)


def test_the_form_opens_with_the_claim_and_the_only_site(office: Office) -> None:
    room = make_unit(office.park, 60_000)
    client, claim = graduate_claimed(office, area_m2="420")
    client.send(f"/claims/{claim.pid}", {"step": "visit", "day": TODAY.isoformat()})
    link = re.search(r'href="(/landings/new\?[^"]*)"', client.get(f"/claims/{claim.pid}").text)
    assert link is not None
    page = client.get(html.unescape(link[1])).text
    for name, value in (("arrived_on", TODAY.isoformat()), ("area_m2", "420")):
        assert re.search(rf'name="{name}"[^>]*value="{value}"', page), name
    assert f'<option selected value="{room.site.pid}">' in page
    assert "已毕业，现在" in page
    assert "尚未毕业的" not in page
    assert 'name="amount"' not in page, "nothing is let by desks"


def test_a_doubtful_code_is_refused_in_words_of_this_form(office: Office) -> None:
    client, good = office.be("park"), code_of(4711)
    bad = good[:-1] + ("0" if good[-1] != "0" else "1")
    given = {"code": bad, "arrived_on": "2026-11-02", "name": "上海云帆航电有限公司"}
    answer = client.send("/landings/new", given)
    assert answer.status_code == 422
    assert "在“校验位不符仍登记的理由”中写明" in answer.text
    assert "勾选" not in answer.text
    assert client.send("/landings/new", given | {"code_reason": "营业执照如此"}).status_code == 303


def test_a_chosen_claim_has_no_period_left(office: Office) -> None:
    park, claim = graduate_claimed(office, planned_on="2027-03-01")
    path = f"/claims/{claim.pid}"
    assert 'value="registration"' not in park.get(path).text
    early = park.send(path, {"step": "registration", "day": TODAY.isoformat()})
    assert early.status_code == 422
    for when in ("2026-11-23", "2020-01-01"):
        past = park.send(path, {"step": "visit", "day": when})
        assert (past.status_code, "不能早于提交意向的 2026-11-24" in past.text) == (422, True)
    assert "不占用顺延次数" in park.get(path).text
    for page in (path, "/claims"):
        assert "12-24" in park.get(page).text, page
    office.be("clerk").send(f"{path}/choose", page=path)
    park = office.be("park")
    for page in (path, "/claims", "/todo"):
        assert "12-24" not in park.get(page).text, page
    assert 'value="registration"' in park.get(path).text
    todo = park.get("/todo").text
    assert "企业已选定，登记落地" in todo
    assert f"/landings/new?code={office.code}" in todo


def test_a_full_accelerator_is_told_on_the_form(office: Office) -> None:
    with write("test:capacity", actor=ACTOR):
        session.get_one(Carrier, office.accelerator.id).capacity = 1
    make_firm(at=office.accelerator)
    client = office.be("booster")
    assert "承载能力 1 家，已满" in client.get("/landings/new").text
    given = {
        "code": office.code, "carrier": office.accelerator.pid, "arrived_on": "2026-11-02",
    }  # fmt: skip
    refused = client.send("/landings/new", given)
    assert (refused.status_code, "承载能力为 1 家，已满" in refused.text) == (422, True)
    assert client.send("/landings/new", given | {"remark": "临时加位"}).status_code == 303
    assert "已满：再登记落地须写明原因" in client.get(f"/carriers/{office.accelerator.pid}").text
