"""Each page of the chain, walked by the person it is for."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import OrganisationKind, Post, Role
from app.carriers.models import ACCELERATOR, INCUBATOR, PARK, Carrier
from app.core.db import session
from app.criteria.models import Outcome
from app.firms.models import Firm, Residency
from app.pipeline.models import (
    Claim,
    ClaimState,
    Graduation,
    GraduationState,
    TransferRequest,
    TransferState,
)
from app.pipeline.queries import ties
from app.pipeline.stage import Stage
from seed import reference
from tests.clients import Client, sign_in
from tests.factories.accounts import make_organisation, person_with_post
from tests.factories.carriers import make_carrier
from tests.factories.firms import code_of, make_firm
from tests.factories.pipeline import judge_says

TODAY = dt.date(2026, 11, 24)


class Office:
    """An incubator, an accelerator, a park and the district, each with somebody in a post."""

    def __init__(self, app: Flask, client: Client) -> None:
        self.app, self.client = app, client
        reference.load()
        self.incubator = make_carrier("青禾孵化器", tier=INCUBATOR)
        self.stranger = make_carrier("远山孵化器", tier=INCUBATOR)
        self.accelerator = make_carrier("北岸加速器", tier=ACCELERATOR)
        self.park = make_carrier("北河机器人园", tier=PARK)
        district = make_organisation(kind=OrganisationKind.DISTRICT)
        self.posts: dict[str, Post] = {
            "clerk": self._post(Role.CARRIER_CLERK, self.incubator),
            "other": self._post(Role.CARRIER_CLERK, self.stranger),
            "booster": self._post(Role.CARRIER_HEAD, self.accelerator),
            "park": self._post(Role.PARK_INVEST, self.park),
            "head": person_with_post(Role.DISTRICT_HEAD, district),
        }
        judge_says(Outcome.MET)
        self.firm = make_firm("上海松间月机器人有限公司", short_name="松间月机器人")
        self.pid, self.code = self.firm.pid, self.firm.code

    def _post(self, role: Role, carrier: Carrier) -> Post:
        return person_with_post(role, carrier.organisation)

    def be(self, who: str) -> Client:
        """Go on as somebody else."""
        sign_in(self.client, self.posts[who])
        return self.client

    def act(self, act: str, **data: Any) -> Any:
        """Post the form of an act on the firm."""
        return self.client.send(f"/firms/{self.pid}/moves/{act}", data)

    def stage(self) -> Stage:
        session.expire_all()
        firm = session.scalars(select(Firm).where(Firm.pid == self.pid)).one()
        return ties.stage_now(firm, TODAY)

    def one(self, model: Any) -> Any:
        session.expire_all()
        return session.scalars(select(model)).one()


@pytest.fixture
def office(app: Flask, client: Client) -> Office:
    return Office(app, client)


def admitted(office: Office) -> None:
    """The firm enters the incubator through the services."""
    from tests.pipeline.test_journeys import do, service  # the same short way

    do(
        service.admit, firm=office.firm, carrier=office.incubator, starts=dt.date(2024, 1, 10),
        agreement_on=dt.date(2024, 1, 8),
    )  # fmt: skip


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
    office.client.send(
        f"/openings/{office.pid}", {"token": "t" * 20, "carrier": office.park.pid,
        "planned_on": "2027-03-01", "message": "可改中试线"}, page="/openings",
    )  # fmt: skip
    claim = office.one(Claim)
    assert (claim.state, claim.follow_until) == (ClaimState.OPEN, dt.date(2026, 12, 24))
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
    head = office.be("head")
    graduation = office.one(Graduation)
    page = head.get("/verification?period=2026Q4")
    assert "松间月机器人" in page.text
    head.send("/verification/verify", {"id": graduation.pid}, page="/verification?period=2026Q4")
    verified = office.one(Graduation)
    assert verified.state == GraduationState.VERIFIED
    assert verified.verified_by == office.posts["head"].person_id


def test_a_returned_graduation_goes_back_to_the_carrier(office: Office) -> None:
    admitted(office)
    office.be("clerk")
    office.act("graduate", graduated_on="2026-10-12")
    row = office.one(Graduation)
    first, pid = row.rev, row.pid
    head = office.be("head")
    address = f"/graduations/{pid}"
    head.send(
        f"{address}/return", {"reason": "dates", "note": "与协议不符", "rev": first}, page=address
    )
    held = office.one(Graduation)
    assert held.state == GraduationState.RETURNED
    second = held.rev
    twice = {"reason": "evidence", "note": "缺协议原件", "rev": first}
    late = head.send(f"{address}/return", twice, page=address)
    assert late.status_code == 409
    assert 'value="缺协议原件"' in late.text
    clerk = office.be("clerk")
    assert "毕业被退回" in clerk.get("/").text
    assert "更正后重报" in clerk.get(address).text
    given = {"graduated_on": "2026-11-02", "rev": second}
    clerk.send(address, given)
    again = office.one(Graduation)
    assert (again.state, again.graduated_on) == (GraduationState.REPORTED, dt.date(2026, 11, 2))
    stale = clerk.send(address, given | {"graduated_on": "2026-11-09"})
    assert stale.status_code == 409
    for shown in ("改过这条记录", "2026-11-02", 'value="2026-11-09"'):
        assert shown in stale.text
    page = "/verification?period=2026Q4"
    seen = {"id": pid, "seen": second}
    changed = office.be("head").send("/verification/verify", seen, page=page)
    assert changed.status_code == 409
    assert "刚才有人改过：松间月机器人" in changed.text
    assert office.one(Graduation).state == GraduationState.REPORTED


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


@pytest.mark.parametrize(
    ("act", "given", "why", "english"),
    [
        ("graduate", {"graduated_on": "2026-10-12"}, "企业已毕业", "The firm has graduated"),
        (
            "leave", {"on": "2026-11-20", "destination": "city", "reason": "not_graduated"},
            "企业已离园", "The firm has left",
        ),
        ("land", {"arrived_on": "2026-11-20"}, "企业已转往他处", "The firm has moved elsewhere"),
    ],
)  # fmt: skip
def test_a_request_ends_when_the_firm_moves_on(
    office: Office, act: str, given: dict[str, str], why: str, english: str
) -> None:
    admitted(office)
    other = office.be("other")
    other.send(f"/transfers/new?code={office.code}", {"wanted_on": "2026-11-24"})
    if act == "land":
        office.be("park").send("/landings/new", given | {"code": office.code})
    else:
        office.be("clerk")
        office.act(act, **given)
        assert "答复转入申请" not in office.client.get("/").text
    row = office.one(TransferRequest)
    assert (row.state, row.answer) == (TransferState.ENDED, None)
    page = f"/transfers/{row.pid}"
    other = office.be("other")
    for address in ("/", "/transfers", page):
        assert why in other.get(address).text, address
    assert "撤回申请" not in other.get(page).text
    other.set_cookie("lang", "en")
    assert english in other.get(page).text
    assert "转入申请" not in office.be("head").get("/todo").text


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


def test_a_tie_is_corrected_and_voided(office: Office) -> None:
    admitted(office)
    clerk = office.be("clerk")
    tie = office.one(Residency)
    address = f"/residencies/{tie.pid}"
    given = {"starts": "2024-02-01", "reason": "录错月份", "rev": tie.rev}
    clerk.send(address, given)
    corrected = office.one(Residency)
    assert (corrected.starts, corrected.limit_on) == (dt.date(2024, 2, 1), dt.date(2028, 2, 1))
    stale = clerk.send(address, given | {"starts": "2024-03-01"})
    assert stale.status_code == 409
    for shown in ("改过这条记录", "2024-02-01", 'value="2024-03-01"', 'value="录错月份"'):
        assert shown in stale.text
    late = clerk.send(f"{address}/void", {"reason": "测试企业", "rev": given["rev"]}, page=address)
    assert late.status_code == 409
    assert 'value="测试企业"' in late.text
    clerk.send(
        f"{address}/void", {"reason": "测试企业", "rev": office.one(Residency).rev}, page=address
    )
    assert office.stage() == Stage.REGISTERED


def test_what_was_typed_survives_a_colleague_who_was_faster(office: Office) -> None:
    admitted(office)
    clerk = office.be("clerk")
    page = f"/firms/{office.pid}/moves/extend"
    rev = office.one(Residency).rev
    office.act("extend", to="2028-06-30", reason="新药在研", rev=rev)
    late = office.act("extend", to="2028-03-31", reason="另有理由", rev=rev)
    assert late.status_code == 409
    for shown in ("2028-06-30", 'value="2028-03-31"', "新药在研", 'value="另有理由"'):
        assert shown in late.text
    assert office.act("extend", to="", reason="").status_code == 422
    empty = clerk.send(page, {"to": "", "reason": ""}).text
    assert "请填写“延长至”，例如 2026-03-31。" in empty
    assert "请填写“延长理由”。" in empty
    office.act("push")
    park = office.be("park")
    park.send(
        f"/openings/{office.pid}", {"token": "t" * 20, "carrier": office.park.pid}, page="/openings"
    )
    claim = f"/claims/{office.one(Claim).pid}"
    park.send(f"{claim}/end/withdraw", {"reason": "price"}, page=claim)
    for act, given in (
        ("", {"step": "visit", "day": "2026-11-20", "note": "看过三号楼"}),
        ("/end/withdraw", {"reason": "no_fit", "note": "承重不够"}),
    ):
        refused = park.send(f"{claim}{act}", given, page=claim)
        assert refused.status_code == 422
        assert f'value="{given["note"]}"' in refused.text
    office.be("clerk")
    gone = {"on": "2026-11-20", "destination": "city", "reason": "not_graduated"}
    assert office.act("leave", **gone).status_code == 303
    again = clerk.send(f"/firms/{office.pid}/moves/leave", gone | {"remark": "已交钥匙"}, page="/")
    assert again.status_code == 409
    assert "现在不能办理" in again.text
    assert "已交钥匙" in again.text


def test_the_help_page_prints_the_tables(office: Office) -> None:
    clerk = office.be("clerk")
    for kind, act in (
        ("firm", "办理毕业"),
        ("graduation", "核定"),
        ("claim", "记录企业选定"),
        ("transfer", "同意转出"),
    ):
        page = clerk.get(f"/help/chain?kind={kind}").text
        assert act in page
        clerk.set_cookie("lang", "en")
        assert act not in clerk.get(f"/help/chain?kind={kind}").text
        clerk.set_cookie("lang", "zh")


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
