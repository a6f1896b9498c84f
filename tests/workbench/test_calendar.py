"""The calendar files: whole, safe, the same twice, and only what a relation opens."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar, Event
from sqlalchemy import select

from app.carriers.models import UnitUse, Verification
from app.core.db import session, write
from app.firms.models import Demand, DemandState, Firm, Milestone, MilestoneKind, Residency, Title
from app.pipeline.models import ClaimState, TransferRequest, TransferState
from app.workbench import deadlines
from tests.clients import Client, sign_in
from tests.conftest import TODAY
from tests.factories.chain import SEEDER, Chain, enter

DAY = dt.timedelta(days=1)
OWN = "/deadlines.ics"


def events(content: bytes) -> dict[str, Event]:
    """UID → entry; each is whole."""
    calendar = Calendar.from_ical(content)
    assert not calendar.errors
    found = {str(one["uid"]): one for one in calendar.walk("VEVENT")}
    assert len(found) == len(calendar.walk("VEVENT"))
    return found


def told(content: bytes) -> dict[str, dt.date]:
    """What the entries say → their day."""
    return {str(one["summary"]): one["dtstart"].dt for one in events(content).values()}


def of_firm(client: Client, firm: Firm) -> Any:
    return client.get(f"/firms/{firm.pid}/deadlines.ics")


def test_ones_own_firms_and_returns_on_whole_days(client: Client, made: Chain) -> None:
    answer = enter(client, "incubator").get(OWN)
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert (
        "filename*=UTF-8''%E5%88%B0%E6%9C%9F%E6%8F%90%E9%86%92"
        in (answer.headers["Content-Disposition"])
    )
    assert told(answer.data) == {
        "苇间雪软件：在孵期限": dt.date(2026, 9, 17),
        "金科路青禾孵化器：报表截止": dt.date(2026, 11, 20),
        "竹外桃电路：高企有效期": dt.date(2026, 12, 16),
        "石上泉传感：场地租期": dt.date(2027, 3, 31),
        "石上泉传感：在孵期限": dt.date(2027, 4, 11),
    }
    for one in events(answer.data).values():
        assert one["dtstart"].params["VALUE"] == "DATE"
        assert one["dtend"].dt - one["dtstart"].dt == DAY
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))
    assert answer.data.count(b"\n") == answer.data.count(b"\r\n")


def test_an_entry_moves_when_the_file_is_imported_again(client: Client, made: Chain) -> None:
    enter(client, "incubator")
    first = events(client.get(OWN).data)
    with write("test:lease", actor=SEEDER):
        held = select(Residency).where(Residency.lease_ends == dt.date(2027, 3, 31))
        tie = session.scalars(held).one()
        tie.lease_ends = dt.date(2027, 6, 30)
    second = events(client.get(OWN).data)
    assert set(first) == set(second)
    moved = [uid for uid in first if first[uid]["dtstart"].dt != second[uid]["dtstart"].dt]
    assert [second[uid]["dtstart"].dt for uid in moved] == [dt.date(2027, 6, 30)]
    assert all(second[uid]["sequence"] > first[uid]["sequence"] for uid in first)


def test_in_english(client: Client, made: Chain) -> None:
    enter(client, "incubator").set_cookie("lang", "en")
    said = told(client.get(OWN).data)
    assert not [one for one in said if "期限" in one or "报表" in one]
    assert len(said) == 5


HOSTILE = "坏\r\nEND:VEVENT\nATTACH:http://x.example/;a,b\\n\x07\u2028\u202e:名"


def test_a_name_cannot_add_a_line_or_turn_the_text_round(client: Client, made: Chain) -> None:
    with write("test:name", actor=SEEDER):
        session.get_one(Firm, made.firms["竹外桃电路"].id).short_name = HOSTILE
    enter(client, "incubator")
    for content in (client.get(OWN).data, of_firm(client, made.firms["竹外桃电路"]).data):
        lines = content.replace(b"\r\n ", b"").split(b"\r\n")
        assert not [one for one in lines if one.startswith(b"ATTACH")]
        assert b"\x07" not in content
        assert "\u202e" not in content.decode()
        said = [one for one in told(content) if one.startswith("坏")]
        assert "坏 END:VEVENT ATTACH:http://x.example/;a,b\\n :名：高企有效期" in said


def test_the_firms_page_offers_its_own_file(client: Client, made: Chain) -> None:
    firm = made.firms["石上泉传感"]
    enter(client, "incubator")
    assert f'href="/firms/{firm.pid}/deadlines.ics"' in client.get(f"/firms/{firm.pid}").text
    assert told(of_firm(client, firm).data) == {
        "石上泉传感：报表截止": dt.date(2026, 11, 20),
        "石上泉传感：场地租期": dt.date(2027, 3, 31),
        "石上泉传感：在孵期限": dt.date(2027, 4, 11),
    }


def test_answers_departures_and_follow_ups_are_clocks(client: Client, made: Chain) -> None:
    with write("test:wait", actor=SEEDER):
        mine, park = made.carriers["incubator"], made.carriers["park"]
        session.add(
            TransferRequest(
                firm_id=made.firms["石上泉传感"].id, from_id=mine.id, to_id=park.id,
                state=TransferState.OPEN, asked_on=TODAY, due_on=TODAY + 6 * DAY, wanted_on=TODAY,
            )
        )  # fmt: skip
        left = select(Residency).where(Residency.firm_id == made.firms["鹿鸣溪器械"].id)
        gone = session.scalars(left).one()
        gone.leave_confirmed = False
        gone.ends = dt.date(2026, 11, 20)
        made.claim("砚池云数据", "park", ClaimState.OPEN, TODAY + 3 * DAY)
    said = told(enter(client, "incubator").get(OWN).data)
    assert said["石上泉传感：转入申请答复"] == TODAY + 6 * DAY
    assert said["鹿鸣溪器械：确认离园"] == dt.date(2026, 12, 4)  # ten working days on
    assert said["砚池云数据：跟进期届满"] == TODAY + 3 * DAY


CANARY_LIMIT, CANARY_LEASE = dt.date(2027, 5, 5), dt.date(2027, 6, 6)
CANARY_TITLE, CANARY_FOLLOW = dt.date(2027, 7, 7), dt.date(2026, 12, 8)
PRIVATE = {"在孵期限": CANARY_LIMIT, "场地租期": CANARY_LEASE}
CANARY_MOVE = dt.date(2027, 8, 8)
TITLE = {"小巨人有效期": CANARY_TITLE, "最迟入驻日": CANARY_MOVE}
RELATIONS: dict[str, dict[str, dt.date]] = {
    "none": {},
    "pool": {},
    "open claim": {"跟进期届满": TODAY + 9 * DAY},
    "accepted": TITLE,
    "hosting": PRIVATE | TITLE | {"跟进期届满": CANARY_FOLLOW, "报表截止": dt.date(2026, 11, 20)},
    "former host": {},
    "district": PRIVATE | TITLE
    | {"跟进期届满": CANARY_FOLLOW, "报表截止": dt.date(2026, 11, 20)},
}  # fmt: skip


@pytest.mark.parametrize("relation", RELATIONS)
def test_only_what_the_relation_opens(
    app: Flask, client: Client, made: Chain, relation: str
) -> None:
    """The days of a firm are canaries: each may be met in the file of its own relations only."""
    name = "金丝雀"
    bidder = {"open claim": "park", "accepted": "park"}.get(relation)
    with write("test:canary", actor=SEEDER):
        firm = made.firm(
            name, incubated_on=dt.date(2024, 5, 6), limit_on=CANARY_LIMIT, lease_ends=CANARY_LEASE
        )
        session.add(
            Milestone(
                firm_id=firm.id, kind=MilestoneKind.RECOGNITION, title=Title.LITTLE_GIANT,
                day=dt.date(2024, 7, 8), issued_on=dt.date(2024, 7, 8), expires_on=CANARY_TITLE,
                verification=Verification.LIST,
            )
        )  # fmt: skip
        session.add(
            Demand(
                firm_id=firm.id, state=DemandState.OPEN, opened_on=TODAY, checked_on=TODAY,
                area_low=300, area_high=500, uses=(UnitUse.OFFICE,), needed_by=CANARY_MOVE,
            )
        )  # fmt: skip
        if relation != "none":
            made.push(name, TODAY - 20 * DAY)
            made.claim(name, "rival", ClaimState.OPEN, CANARY_FOLLOW)
        if relation == "former host":
            made.tie(name, "park", starts=dt.date(2020, 1, 1), ends=dt.date(2021, 1, 1))
        if bidder:
            state = ClaimState.ACCEPTED if relation == "accepted" else ClaimState.OPEN
            chosen = {"accepted_on": TODAY} if relation == "accepted" else {}
            made.claim(name, bidder, state, TODAY + 9 * DAY, **chosen)
    who = {"hosting": "incubator", "district": "district"}.get(relation, "park")
    sign_in(client, made.people[who])
    answer = of_firm(client, firm)
    expected = {f"{name}：{what}": day for what, day in RELATIONS[relation].items()}
    assert (told(answer.data) if expected else answer.status_code) == (expected or 404)
    others = {k: v for k, v in told(client.get(OWN).data).items() if k.startswith(name)} if (
        who != "district") else {}  # fmt: skip
    said = {k: v for k, v in expected.items() if not k.endswith("报表截止")}
    assert others == (said if who != "district" else {})
    page = client.get(f"/firms/{firm.pid}").text if relation != "none" else ""
    hidden = {CANARY_LIMIT, CANARY_LEASE, CANARY_TITLE, CANARY_FOLLOW, CANARY_MOVE} - set(
        expected.values()
    )
    assert not [day for day in hidden if day.isoformat() in page]


def test_a_firm_of_others_is_not_in_the_list(app: Flask, made: Chain) -> None:
    rows = deadlines.rows(made.viewer("rival"), TODAY)
    assert [row.name for row in rows] == ["松间月机器人"]  # by its own bid
    assert rows[0].ends == {"follow": TODAY + 9 * DAY}
