"""企业输送(移交)单: assembled, frozen, confirmed or not; nothing waits for it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import OrganisationKind, Role
from app.carriers.models import PARK, Source, Verification
from app.core.db import session, write
from app.core.errors import NotFound
from app.firms.models import (
    Consent,
    Contact,
    Figures,
    Milestone,
    MilestoneKind,
    Title,
)
from app.pipeline import service
from app.pipeline.models import Handover, HandoverState
from app.pipeline.papers import package
from app.pipeline.queries import handovers, ties
from tests.acting import do, refusal
from tests.clients import Client, sign_in
from tests.conftest import TODAY
from tests.exchange.conftest import press
from tests.factories.accounts import make_organisation, person_with_post
from tests.factories.carriers import ACTOR, make_carrier, viewer_at
from tests.factories.demand import need
from tests.pipeline.place import Place, stage

S = HandoverState
PHONE, AMOUNT = "13900007777", "7,654.32"


@pytest.fixture
def place(rules: None, app: Flask) -> Place:
    """A graduate with figures, a title, and a contact; a park has been chosen."""
    one = Place()
    one.admit()
    one.graduate()
    with write("test:file", actor=ACTOR):
        session.add(
            Figures(
                firm_id=one.firm.id, year=2025, quarter=0, source=Source.AUDIT,
                revenue=7_654_320_000, staff_end=36, verification=Verification.CARRIER,
            )
        )  # fmt: skip
        session.add(
            Milestone(
                firm_id=one.firm.id, kind=MilestoneKind.RECOGNITION, title=Title.HNTE,
                day=dt.date(2025, 12, 1), issued_on=dt.date(2025, 12, 1), number="GR2025310001",
                expires_on=dt.date(2028, 12, 1), verification=Verification.LIST,
            )
        )  # fmt: skip
        session.add(Contact(firm_id=one.firm.id, name="沈知微", phone=PHONE))
    return one


def chosen(place: Place) -> Any:
    claim = place.claim(place.park)
    do(service.choose, claim=claim)
    return claim


def send(place: Place, **given: Any) -> Handover:
    given = {"sender": place.incubator, "receiver": place.park, "services": "对接银行两次"} | given
    return do(service.send_handover, firm=place.firm, **given)


def test_only_to_whom_the_firm_goes(place: Place) -> None:
    assert refusal(
        service.send_handover, firm=place.firm, sender=place.incubator, receiver=place.park
    ) == "handover:nowhere"  # fmt: skip
    chosen(place)
    row = send(place)
    assert (row.number, row.state, row.due_on) == ("SS-2026-0001", S.SENT, dt.date(2026, 12, 8))
    with pytest.raises(NotFound):
        send(place, actor=viewer_at(place.park))
    assert refusal(
        service.send_handover, actor=viewer_at(place.rival), firm=place.firm, sender=place.rival,
        receiver=place.park,
    ) == "handover:nowhere"  # fmt: skip
    assert refusal(
        service.send_handover, firm=place.firm, sender=place.incubator, receiver=place.rival
    ) == "handover:nowhere"  # fmt: skip


def test_a_sheet_can_follow_the_landing_and_holds_back_nothing(place: Place) -> None:
    place.land(place.park)
    assert stage(place.firm).value == "settled", "no sheet was needed"
    row = send(place)
    before = [(t.id, t.starts, t.ends) for t in ties.all_of(place.firm)]
    do(service.confirm_handover, handover=row)
    assert row.state == S.CONFIRMED
    assert [(t.id, t.starts, t.ends) for t in ties.all_of(place.firm)] == before
    do(service.leave, firm=place.firm, carrier=place.park, on=TODAY,
       destination=ties.latest(place.firm, TODAY).destination or "building",
       reason="not_graduated")  # fmt: skip


def test_a_sheet_that_nobody_confirms_stops_nothing_and_is_on_the_districts_list(
    place: Place,
) -> None:
    claim = chosen(place)
    row = send(place)
    place.land(place.park)
    assert (row.state, claim.state.value) == (S.SENT, "done")
    late = dt.date(2026, 12, 9)
    assert handovers.rows(handovers.late(ACTOR, row.due_on)) == []
    assert handovers.rows(handovers.late(ACTOR, late)) == [row]
    assert handovers.how_many(handovers.late(ACTOR, late)) == 1


def test_what_was_sent_stays_as_it_was_and_a_new_one_replaces_it(place: Place) -> None:
    chosen(place)
    first = send(place)
    kept = handovers.body_of(first)
    assert send(place).id == first.id, "the same press twice is one sheet"
    with write("test:later", actor=ACTOR):
        row = session.scalars(select(Figures).where(Figures.firm_id == place.firm.id)).one()
        row.revenue = 1_000_000_000
    assert handovers.body_of(first) == kept
    assert AMOUNT in kept
    second = send(place, needs="中试线审批未完")
    assert (first.state, second.state, second.replaces_id) == (S.REPLACED, S.SENT, first.id)
    assert second.number == "SS-2026-0002"
    assert AMOUNT not in handovers.body_of(second)
    assert package.typed(handovers.body_of(second))["needs"] == "中试线审批未完"
    assert refusal(service.confirm_handover, handover=first) == "move:not_now"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("高新技术企业", "高新技术企业"), ("2025 年度高新技术企业", "2025 年度高新技术企业"),
        ("第三批", "高新技术企业 第三批"), (None, "高新技术企业"),
    ],
)  # fmt: skip
def test_a_title_is_told_once(app: Flask, name: str | None, told: str) -> None:
    with app.test_request_context("/"):
        one = Milestone(kind=MilestoneKind.RECOGNITION, title=Title.HNTE, name=name)
        assert package._name(one) == told


def test_the_package_is_in_both_languages_and_without_contacts(place: Place) -> None:
    chosen(place)
    text = handovers.body_of(send(place))
    held = json.loads(text)
    zh, en = package.thaw(text, "zh"), package.thaw(text, "en")
    assert [len(one.sections) for one in (zh, en)] == [6, 6]
    assert [one.title for one in zh.sections] == [
        "企业情况", "入驻与毕业", "核对结果", "近三年数据（万元）", "融资、知识产权、资质等记录",
        "服务与需求",
    ]  # fmt: skip
    assert ["2025", AMOUNT] == [
        "".join(c for c in cell if c in "0123456789,.") for cell in zh.sections[3].rows[0][:2]
    ]
    assert any("GR2025310001" in row for row in zh.sections[4].rows)
    assert ["Services given", "对接银行两次"] in en.sections[5].rows
    assert (PHONE in text, "沈知微" in text) == (False, False), "contacts stay erasable"
    assert set(held) == {"zh", "en", "services", "needs"}


def test_what_the_firm_looks_for_goes_along(place: Place) -> None:
    need(place.firm, area_low=800, area_high=1_200)
    chosen(place)
    told = package.thaw(handovers.body_of(send(place)), "zh")
    (part,) = [one for one in told.sections if one.title == "空间需求"]
    assert ["面积", "800—1,200 ㎡"] in part.rows


def test_who_reads_it(place: Place, client: Client) -> None:
    claim, row = chosen(place), send(place)
    posts = {
        "host": person_with_post(Role.CARRIER_CLERK, place.incubator.organisation),
        "park": person_with_post(Role.PARK_SERVICE, place.park.organisation),
        "rival": person_with_post(Role.PARK_INVEST, place.rival.organisation),
        "stranger": person_with_post(Role.CARRIER_CLERK, make_carrier().organisation),
        "office": person_with_post(
            Role.DISTRICT_CLERK, make_organisation(kind=OrganisationKind.DISTRICT)
        ),
    }
    address, firm, pid = f"/handovers/{row.pid}", place.firm.id, claim.pid
    session.rollback()

    def reads(who: str) -> tuple[bool, bool, bool]:
        sign_in(client, posts[who])
        text = "".join(client.get(path).text for path in (address, f"{address}/paper"))
        return AMOUNT in text, PHONE in text, place_name in client.get("/handovers").text

    place_name = "SS-2026-0001"
    assert reads("host") == (True, True, True)
    assert reads("office") == (True, True, True)
    assert reads("park") == (True, False, True)
    for who in ("rival", "stranger"):
        assert reads(who) == (False, False, False), who
        assert client.get(address).status_code == 404
        assert place_name not in press(client, "/handovers", "csv").text
    with write("test:consent", actor=ACTOR):
        session.add(Consent(firm_id=firm, starts=TODAY))
    assert reads("park") == (True, True, True), "with the firm's consent"
    sign_in(client, posts["park"])
    client.send(f"/claims/{pid}/end/release", {"reason": "price"}, page=f"/claims/{pid}")
    assert reads("park") == (False, False, True), "the choice was released"
    assert client.get(f"{address}/paper").status_code == 404
    assert reads("host")[0]


def test_a_withdrawn_sheet_is_closed_to_the_receiver(place: Place) -> None:
    chosen(place)
    row, park = send(place), viewer_at(place.park)
    assert handovers.opened(park, row)
    with pytest.raises(NotFound):
        do(service.withdraw_handover, actor=park, handover=row)
    do(service.withdraw_handover, actor=viewer_at(place.incubator), handover=row)
    assert (row.state, handovers.opened(park, row)) == (S.WITHDRAWN, False)
    assert refusal(service.confirm_handover, handover=row) == "move:not_now"


def test_the_receiver_remarks_and_the_sender_is_told(place: Place, client: Client) -> None:
    chosen(place)
    row = send(place)
    park = person_with_post(Role.PARK_SERVICE, place.park.organisation)
    host = person_with_post(Role.CARRIER_CLERK, place.incubator.organisation)
    address = f"/handovers/{row.pid}"
    session.rollback()
    sign_in(client, park)
    assert "确认企业输送单" in client.get("/").text
    answer = client.send(f"{address}/confirm", {"remark": "缺环评批复"}, page=address)
    assert answer.status_code == 303
    again = client.send(f"{address}/remark", {"remark": ""}, page=address)
    assert (again.status_code, "写明说明的内容" in again.text) == (422, True)
    sign_in(client, host)
    page = client.get(address).text
    assert ("缺环评批复" in page, "已确认，有说明" in page) == (True, True)
    assert client.send(f"{address}/confirm", {}, page=address).status_code == 422
    paper = client.get(f"{address}/paper").text
    for words in ("企业输送（移交）单", "缺环评批复", "送出方负责人", "（盖章）", AMOUNT):
        assert words in paper, words


def test_after_a_landing_the_sender_says_how_the_firm_left(
    place: Place, client: Client, app: Flask
) -> None:
    """确认离园 is in its to-dos at once, and after ten working days on the district's list."""
    host = person_with_post(Role.CARRIER_CLERK, place.incubator.organisation)
    office = person_with_post(
        Role.DISTRICT_CLERK, make_organisation(kind=OrganisationKind.DISTRICT)
    )
    other = Place()
    other.admit()
    other.land(other.park)
    clerk = person_with_post(Role.CARRIER_CLERK, other.incubator.organisation)
    name = other.firm.short_name
    session.rollback()
    sign_in(client, host)
    assert "确认离园" not in client.get("/todo").text, "a graduate needs no word"
    sign_in(client, clerk)
    todo = client.get("/todo").text
    assert all(words in todo for words in ("确认离园", name))
    sign_in(client, office)
    assert "等候载体" in client.get("/transfers").text
    assert "离园未确认" not in client.get("/todo").text
    app.config["TODAY"] = dt.date(2026, 12, 7)
    assert "离园未确认" in client.get("/todo").text
    page = client.get("/transfers").text
    assert (name in page, "超期未答" in page) == (True, True)


def test_the_pages_of_sending(place: Place, client: Client) -> None:
    chosen(place)
    host = person_with_post(Role.CARRIER_CLERK, place.incubator.organisation)
    far = person_with_post(Role.PARK_INVEST, make_carrier(tier=PARK).organisation)
    pid = place.firm.pid
    session.rollback()
    sign_in(client, far)
    assert client.get(f"/firms/{pid}/handover").status_code == 404
    sign_in(client, host)
    assert "还没有发输送单" in client.get("/handovers").text
    assert "发企业输送单" in client.get("/todo").text
    page = client.get(f"/firms/{pid}/handover").text
    for words in ("近三年数据", AMOUNT, "由系统汇集", "不影响落地"):
        assert words in page, words
    answer = client.send(f"/firms/{pid}/handover", {"services": "对接银行", "needs": "中试线"})
    assert answer.status_code == 303
    assert "发企业输送单" not in client.get("/todo").text
    page = client.get(f"/firms/{pid}/handover").text
    assert ("对接银行" in page, "替代 SS-2026-0001" in page) == (True, True)
