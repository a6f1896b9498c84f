"""Each page of the chain, walked by the person it is for."""

from __future__ import annotations

import datetime as dt
import re
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.access import System
from app.core.db import session, write
from app.firms.models import Destination, Figures, Firm, LegalForm, Residency, ResidencyKind
from app.pipeline import judging, rulebook
from app.pipeline.models import (
    Claim,
    ClaimState,
    Graduation,
    GraduationState,
    TransferRequest,
)
from app.pipeline.queries import ties
from app.pipeline.stage import Stage
from tests.criteria.conftest import year
from tests.factories.firms import code_of, make_firm
from tests.pipeline.office import TODAY, Office, admitted


def test_graduating_asks_with_the_same_word_as_the_firms_page(office: Office) -> None:
    judging.set_judge(office.app, rulebook.judgement)
    admitted(office)
    with write("test:figures", actor=System("test")):
        office.firm.founded_on = dt.date(2022, 6, 8)
        office.firm.legal_form = LegalForm.COMPANY
        for one in (2024, 2025):
            session.add(Figures(firm_id=office.firm.id, **year(one, revenue=100_000_000)))
    clerk = office.be("clerk")
    firm = clerk.get(f"/firms/{office.pid}").text
    page = clerk.get(f"/firms/{office.pid}/moves/graduate").text
    badges = [
        re.search(rf"{panel}.*?jl-badge[^>]*>.*?</svg>(.*?)</span>", text, re.S)
        for panel, text in (("孵化毕业", firm), ("今日核对结果", page))
    ]
    assert [found and found[1] for found in badges] == ["暂未达到"] * 2
    assert "生成毕业记录并固定核对结果" in page


def test_directly_from_incubator_to_park_on_pages(office: Office) -> None:
    admitted(office)
    office.be("clerk")
    page = office.client.get(f"/firms/{office.pid}/moves/graduate")
    assert "今日核对结果" in page.text
    office.act("graduate", graduated_on="2026-10-12")
    assert office.stage() == Stage.GRADUATED
    park = office.be("park")
    listed = park.get("/openings").text
    assert "松间月机器人" in listed
    past = {"token": "s" * 20, "carrier": office.park.pid, "planned_on": "2024.3.15"}
    early = office.client.send(f"/openings/{office.pid}", past, page="/openings")
    assert (early.status_code, "不能早于今天" in early.text) == (422, True)
    office.client.send(
        f"/openings/{office.pid}", {"token": "t" * 20, "carrier": office.park.pid,
        "planned_on": "2027-03-01", "message": "可改中试线"}, page="/openings",
    )  # fmt: skip
    claim = office.one(Claim)
    assert (claim.state, claim.follow_until) == (ClaimState.OPEN, dt.date(2026, 12, 24))
    step = {"step": "visit", "day": "2026-11-24", "note": "可让到每天三元", "next_on": "2026-12-03"}
    assert park.send(f"/claims/{claim.pid}", step, page=f"/claims/{claim.pid}").status_code == 303
    own, theirs = (office.be(who).get(f"/claims/{claim.pid}").text for who in ("park", "clerk"))
    assert ["带看" in page for page in (own, theirs)] == [True, True]
    for kept in ("可让到每天三元", "2026-12-03"):
        assert [kept in page for page in (own, theirs)] == [True, False], "a park's own notes"
    lit = [re.search(r'<a href="(/\w+)" aria-current="page"', page) for page in (own, theirs)]
    assert [found and found[1] for found in lit] == ["/claims", "/choices"]
    park = office.be("park")
    again = {"token": "u" * 20, "carrier": office.park.pid, "message": "另一个窗口"}
    twice = office.client.send(f"/openings/{office.pid}", again, page="/openings")
    assert twice.status_code == 422
    for shown in ("已有进行中的意向", "另一个窗口"):
        assert shown in twice.text
    park.send(f"/claims/{claim.pid}", {"step": "contact", "day": "2026-11-24", "note": "首谈"})
    assert "首谈" in park.get(f"/claims/{claim.pid}").text
    clerk = office.be("clerk")
    assert "北河机器人园" in clerk.get("/choices").text
    clerk.send(f"/claims/{claim.pid}/choose", page=f"/claims/{claim.pid}")
    chosen = office.one(Claim)
    assert (chosen.state, chosen.chosen_by) == (ClaimState.ACCEPTED, "host")
    park = office.be("park")
    assert office.code in park.get(f"/landings/new?code={office.code}").text
    answer = park.send("/landings/new", {"code": office.code, "arrived_on": "2026-11-20"})
    assert answer.status_code == 303
    assert office.stage() == Stage.SETTLED
    assert "企业已在本单位" in park.get(f"/landings/new?code={office.code}").text
    head = office.be("head")
    graduation = office.one(Graduation)
    page = head.get("/verification?period=2026Q4")
    assert "松间月机器人" in page.text
    head.send("/verification/verify", {"id": graduation.pid}, page="/verification?period=2026Q4")
    verified = office.one(Graduation)
    assert verified.state == GraduationState.VERIFIED
    assert verified.verified_by == office.posts["head"].person_id


def test_out_of_scope_is_not_found(office: Office) -> None:
    admitted(office)
    office.be("clerk")
    office.act("push")
    tie = office.one(Residency)
    park = office.be("park")
    park.send(
        f"/openings/{office.pid}", {"token": "t" * 20, "carrier": office.park.pid}, page="/openings"
    )
    claim = office.one(Claim)
    other = office.be("other")
    for address in (
        f"/firms/{office.pid}/moves/graduate", f"/residencies/{tie.pid}", f"/claims/{claim.pid}",
    ):  # fmt: skip
        assert other.get(address).status_code == 404, address
    park = office.be("park")
    assert park.get(f"/firms/{office.pid}/moves/leave").status_code == 404
    assert park.get(f"/residencies/{tie.pid}").status_code == 404


def test_a_firm_held_elsewhere_is_asked_for(office: Office) -> None:
    admitted(office)
    other = office.be("other")
    address = f"/transfers/new?code={office.code}"
    other.send(address, {"wanted_on": "2026-11-24", "note": "产业方向更合"})
    page = office.be("clerk").get("/transfers").text
    assert "松间月机器人" in page
    row = office.one(TransferRequest)
    assert "答复转入申请" in office.client.get("/").text
    office.client.send(f"/transfers/{row.pid}/agree", page=f"/transfers/{row.pid}")
    firm = session.scalars(select(Firm).where(Firm.pid == office.pid)).one()
    held = ties.latest(firm, TODAY)
    assert held is not None
    assert held.carrier.name == "远山孵化器"


def test_one_that_left_comes_in_again_elsewhere_by_its_code(office: Office) -> None:
    admitted(office)
    office.be("clerk")
    office.act("leave", on="2025-01-10", destination="lost", reason="not_graduated", registered="y")
    kinds = [(t.kind.value, t.starts, t.ends) for t in ties.all_of(office.firm)]
    day = dt.date(2025, 1, 10)
    assert kinds == [("registered_only", day, None), ("on_site", dt.date(2024, 1, 10), day)]
    assert office.stage() == Stage.LEFT
    other = office.be("other")
    address = f"/transfers/new?code={office.code}"
    looked = other.get(f"/firms/new?code={office.code}").text
    assert "现不在任何载体名下" in looked
    assert f'href="{address}">办理入孵</a>' in looked
    assert other.get(f"/firms/{office.pid}").status_code == 404
    assert "松间月机器人" in other.get(address).text
    asked = {"starts": "2026-11-02", "agreement_on": "2026-11-01", "kind": "on_site"}
    assert other.send(address, asked).location == f"/firms/{office.pid}"
    firm = session.scalars(select(Firm).where(Firm.pid == office.pid)).one()
    held = ties.latest(firm, TODAY)
    assert held is not None
    assert (held.carrier.name, office.stage()) == ("远山孵化器", Stage.INCUBATING)
    assert held.limit_on is not None
    assert held.limit_on < dt.date(2030, 11, 2)


def test_an_address_alone_is_served_and_bars_nobody(office: Office) -> None:
    code = code_of(7655)
    page = f"/firms/new?code={code}"
    given = {"code": code, "name": "上海云上集群商务有限公司", "tie_carrier": office.incubator.pid,
             "tie_starts": "2026-10-10", "tie_kind": "registered_only"}  # fmt: skip
    made = office.be("clerk").send("/firms/new", given, page=page)
    assert "云上集群" in office.client.get(made.location).text
    tie = office.one(Residency)
    assert (tie.kind, tie.counted, tie.limit_on) == (ResidencyKind.REGISTERED_ONLY, False, None)
    assert "云上集群" not in office.client.get("/firms?standing=incubating").text
    assert "云上集群" in office.client.get("/firms?standing=served").text
    served = office.client.get("/statistics/list?indicator=S-03").text
    assert "云上集群" in served
    other = office.be("other")
    address = f"/transfers/new?code={code}"
    assert f'href="{address}">办理入孵</a>' in other.get(page).text
    other.send(address, {"starts": "2026-11-02", "kind": "on_site"})
    assert "云上集群" in other.get("/firms?standing=incubating").text
    assert "云上集群" not in office.be("clerk").get("/firms?standing=served").text


def test_a_graduate_that_has_gone_is_not_asked_where_it_goes(office: Office) -> None:
    admitted(office)
    office.be("park").send(
        "/landings/new", {"code": office.code, "arrived_on": "2026-11-20"}, page="/landings/new"
    )
    clerk = office.be("clerk")
    page = clerk.get(f"/firms/{office.pid}/moves/graduate").text
    assert 'name="graduated_on"' in page
    assert 'name="destination"' not in page
    assert office.act("graduate", graduated_on="2026-11-20").status_code == 303
    stays = {tie.carrier_id: tie for tie in ties.all_of(office.firm)}
    assert stays[office.incubator.id].destination is Destination.PARK
    assert office.stage() == Stage.SETTLED


def test_direct_arrival_and_departure_to_confirm(office: Office) -> None:
    admitted(office)
    park = office.be("park")
    unknown = park.send("/landings/new", {"code": code_of(7654), "arrived_on": "2026-11-01"})
    assert unknown.status_code == 422
    assert "请填写企业名称" in unknown.text
    park.send("/landings/new", {"code": office.code, "arrived_on": "2026-11-20"})
    clerk = office.be("clerk")
    assert "未毕业离园" in clerk.get("/transfers").text
    office.act("confirm")
    assert office.stage() == Stage.SETTLED
    assert "没有待确认的离园" in clerk.get("/transfers").text


@pytest.mark.parametrize("act", ["leave", "extend", "tie", "push"])
def test_each_act_of_an_incubating_firm_has_its_page(office: Office, act: str) -> None:
    admitted(office)
    office.be("clerk")
    data = {
        "leave": {"on": "2026-11-20", "destination": "city", "reason": "not_graduated"},
        "extend": {"to": "2028-06-30", "reason": "新药在研"},
        "tie": {"kind": "extension", "starts": "2026-01-01"},
        "push": {},
    }
    assert office.act(act, **data[act]).status_code == 303
    wanted = Stage.LEFT if act == "leave" else Stage.INCUBATING
    assert office.stage() == wanted


def test_the_help_page_prints_the_tables(office: Office) -> None:
    clerk = office.be("clerk")
    for kind, act in (
        ("firm", "办理毕业"),
        ("graduation", "核定"),
        ("claim", "记录企业选定"),
        ("transfer", "同意转出"),
        ("report", "按线下签批件签发"),
    ):
        page = clerk.get(f"/help/chain?kind={kind}").text
        assert act in page
        clerk.set_cookie("lang", "en")
        assert act not in clerk.get(f"/help/chain?kind={kind}").text
        clerk.set_cookie("lang", "zh")


@pytest.mark.parametrize("who", ["clerk", "other", "booster", "park"])
def test_only_accelerators_and_parks_meet_the_pool(office: Office, who: str) -> None:
    admitted(office)
    office.be("clerk")
    assert office.act("push").status_code == 303
    reader = office.be(who)
    bids, mine = who in ("booster", "park"), who == "clerk"
    for address in ("/openings", "/claims"):
        assert reader.get(address).status_code == (200 if bids else 404)
    seen = [reader.get(address).text for address in ("/", "/openings", "/firms", "/firms?q=松间")]
    assert any("松间月机器人" in page for page in seen) is (bids or mine)


@pytest.mark.parametrize(("mode", "there", "absent"), [
    ("report", "办理毕业", "提请毕业"), ("approve", "提请毕业", "办理毕业"),
])  # fmt: skip
def test_the_help_page_knows_the_mode_of_the_district(
    app: Flask, office: Office, mode: str, there: str, absent: str
) -> None:
    app.config["GRADUATION_MODE"] = mode
    acts = re.findall(
        r'<th scope="row"[^>]*>([^<]+)</th>', office.be("clerk").get("/help/chain").text
    )
    assert (there in acts, absent in acts) == (True, False)


def test_both_languages(office: Office) -> None:
    admitted(office)
    clerk = office.be("clerk")
    clerk.set_cookie("lang", "en")
    for address in ("/choices", "/transfers", "/help/chain", f"/firms/{office.pid}/moves/graduate"):
        assert clerk.get(address).status_code == 200


def test_a_park_records_the_choice_with_the_letter_of_the_firm(office: Office) -> None:
    admitted(office)
    office.be("clerk")
    office.act("push")
    park = office.be("park")
    park.send(
        f"/openings/{office.pid}", {"token": "t" * 20, "carrier": office.park.pid}, page="/openings"
    )
    page = f"/claims/{office.one(Claim).pid}"
    bare = park.send(f"{page}/choose", page=page)
    assert bare.status_code == 422
    assert "须附企业的选定函" in bare.text
    assert office.one(Claim).state == ClaimState.OPEN
    letter = (BytesIO(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"), "选定函.pdf")
    park.send(f"{page}/choose", {"letter": letter}, page=page)
    chosen = office.one(Claim)
    assert (chosen.state, chosen.chosen_by) == (ClaimState.ACCEPTED, "claimant")
    assert chosen.letter.firm_id == office.one(Firm).id
    assert "选定函.pdf" in park.get(page).text


def test_the_quarter_says_what_waits_and_cites_the_clause(office: Office) -> None:
    admitted(office)
    office.be("clerk")
    office.act("graduate", graduated_on="2026-10-12")
    head = office.be("head")
    waiting = head.get("/verification?period=2026Q4").text
    assert "第九条（二）" in waiting
    assert "已勾选 1 家，例外 0 家，已核定 0 家" in waiting
    row = office.one(Graduation)
    head.send("/verification/verify", {"id": row.pid}, page="/verification?period=2026Q4")
    done = head.get("/verification?period=2026Q4").text
    assert "这个季度的毕业都已办理完毕" in done
    assert "已核定和退回 1 家" in done
    for page in (waiting, done, head.get(f"/graduations/{row.pid}").text):
        assert "9-2" not in page
        assert ">2026Q4" not in page


def test_a_code_tells_a_park_neither_name_nor_place_of_a_firm_for_counting_only(
    office: Office,
) -> None:
    secret = make_firm("上海金丝雀密码有限公司", office.stranger, counted_only=True)
    code, name = secret.code, "金丝雀"
    for page in (f"/landings/new?code={code}", f"/firms/new?code={code}"):
        told = office.be("park").get(page).text
        assert code in told
        assert "仅计数企业" in told
        assert name not in told
        assert "远山" not in told
    sent = office.be("other").get(f"/firms/new?code={code}")
    assert name in office.client.get(sent.location).text
