"""对接会: what a press must not do, whoever presses, whenever, twice, or from an old page."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from flask import Flask

from app.carriers.models import PARK
from app.core.access import Permission
from app.core.db import session
from app.core.errors import DomainError, NotFound
from app.pipeline import convening, service
from app.pipeline.models import GuestAnswer, Meeting, TalkOutcome
from app.pipeline.queries import meetings
from app.workbench.deadlines.sources import subjects
from tests.acting import do, refusal
from tests.clients import Client, sign_in
from tests.conftest import TODAY
from tests.factories.carriers import make_carrier, viewer_at
from tests.factories.firms import make_firm
from tests.pipeline.meeting_room import (
    DAY,
    ON,
    held,
    plan,
    posts_of,
    prepare,
    ready,
    said,
)
from tests.pipeline.place import Place


def second(one: Place) -> Any:
    """Another graduate of the incubator."""
    firm = make_firm(short_name="后一家")
    do(service.admit, firm=firm, carrier=one.incubator, starts=TODAY - 400 * DAY,
       agreement_on=TODAY - 410 * DAY)  # fmt: skip
    do(service.push, firm=firm, carrier=one.incubator)
    return firm


def page_of(row: Meeting) -> str:
    found = f"/meetings/{row.pid}"
    session.rollback()
    return found


def test_enter_in_a_box_of_the_order_saves_the_order(client: Client, place: Place) -> None:
    row, who = ready(place), posts_of(place)
    do(service.put_firms, meeting=row, firms=[second(place)])
    there = page_of(row)
    sign_in(client, who["office"])
    page = client.get(there).text
    form = page[page.index(f'action="{there}/order"') :]
    first = re.search(r"<button[^>]*>", form)
    assert first, "Enter presses the first button of the form"
    assert "formaction" not in first[0]


def test_a_refused_answer_is_said_on_the_page(client: Client, place: Place) -> None:
    row, who, pid = ready(place), posts_of(place), place.park.pid
    there = page_of(row)
    sign_in(client, who["park"])
    long = client.send(f"{there}/answer", {"carrier": pid, "reply": "coming", "who": "人" * 121},
                       page=there)  # fmt: skip
    assert long.status_code == 422
    none = client.send(f"{there}/answer", {"carrier": pid, "reply": ""}, page=there)
    assert none.status_code == 422
    do(service.cancel_meeting, meeting=session.get_one(Meeting, row.id), reason="台风")
    session.rollback()
    late = client.send(f"{there}/answer", {"carrier": pid, "reply": "coming"}, page=there)
    assert (late.status_code, "已取消召开" in late.text) == (422, True)


def test_nobody_learns_who_else_is_invited(place: Place) -> None:
    row = ready(place, place.rival)
    for guest in (place.rival, place.park):
        for mine in (place.park, place.incubator):
            with pytest.raises(NotFound):
                do(service.invite, actor=viewer_at(mine), meeting=row, carriers=[guest])


def test_a_firm_out_of_sight_is_named_nowhere(app: Flask, client: Client, place: Place) -> None:
    firm = second(place)
    row, who, name = ready(place, place.park, day=TODAY), posts_of(place), firm.short_name
    do(service.put_firms, meeting=row, firms=[firm])
    do(service.hold_meeting, meeting=row)
    entry = next(one for one in meetings.entries(row) if one.firm_id == firm.id)
    do(service.assign_task, meeting=row, what="安排看房", due_on=TODAY + DAY, carrier=place.park,
       entry=entry)  # fmt: skip
    mine, number = viewer_at(place.park), firm.id
    assert number in subjects(mine, TODAY)
    do(service.unpush, firm=firm, carrier=place.incubator)
    session.rollback()
    assert number not in subjects(mine, TODAY)
    sign_in(client, who["park"])
    home = client.get("/").text
    assert ("安排看房" in home, name in home, "不具名" in home) == (True, False, True)


def test_a_refusal_is_read_by_whoever_pressed(client: Client, place: Place) -> None:
    row, who, firm = ready(place), posts_of(place), place.firm.pid
    there = page_of(row)
    sign_in(client, who["home"])
    assert "先勾选再按按钮" in client.send(f"{there}/put", {}, page=there).text
    assert "已在上会名单中" in client.send(f"{there}/put", {"firm": [firm]}, page=there).text
    now = held(place)
    there = page_of(now)
    sign_in(client, who["office"])
    page = client.send(f"{there}/put", {"code": "91310000MA1K00000X"}, page=there).text
    assert "没有代码为" in page
    assert re.search(r"<details[^>]* open[^>]*><summary[^>]*>补记", page)


def test_results_of_who_stayed_away(place: Place) -> None:
    row = ready(place, day=TODAY)
    park, rival = (meetings.guest_of(row, one) for one in (place.park, place.rival))
    assert park is not None
    assert rival is not None
    do(service.answer_invitation, meeting=row, guest=park, answer=GuestAnswer.NOT_COMING)
    do(service.hold_meeting, meeting=row)
    with pytest.raises(DomainError) as away:
        said(row, place.park, TalkOutcome.INTERESTED)
    assert away.value.code == "meeting:stayed_away"
    do(service.answer_invitation, meeting=row, guest=park, answer=GuestAnswer.COMING)
    assert said(row, place.park, TalkOutcome.INTERESTED) == 1
    gone = {"meeting": row, "guest": park, "answer": GuestAnswer.NOT_COMING}
    assert refusal(service.answer_invitation, **gone) == "meeting:talked_already"


def test_who_talked_has_come_and_a_place_is_a_number(client: Client, place: Place) -> None:
    row, who = held(place, place.park), posts_of(place)
    guest = meetings.guest_of(row, place.park)
    assert guest is not None
    assert guest.answer is GuestAnswer.WAITING
    said(row, place.park, TalkOutcome.AGAIN)
    assert (guest.answer, guest.answered_on) == (GuestAnswer.COMING, TODAY)
    coming, pid = prepare(title="下一场"), place.firm.pid
    do(service.put_firms, meeting=coming, firms=[place.firm])
    there = page_of(coming)
    sign_in(client, who["office"])
    answer = client.send(f"{there}/order", {f"p-{pid}": "x"}, page=there)
    assert (answer.status_code, "的顺序请填数字" in answer.text) == (422, True)


def test_an_old_page_does_not_undo_a_result(client: Client, place: Place) -> None:
    row, who, firm, park = held(place), posts_of(place), place.firm.pid, place.park.pid
    there = page_of(row)
    typed = {"carrier": park, f"o-{firm}": "again", f"t-{firm}": "下月再看", f"r-{firm}": "0"}
    said(session.get_one(Meeting, row.id), place.park, TalkOutcome.INTERESTED, "承重合适")
    session.rollback()
    sign_in(client, who["office"])
    answer = client.send(f"{there}/talk", typed, page=there)
    assert answer.status_code == 409
    assert "已被他人修改" in answer.text
    assert "下月再看" in answer.text, "what was typed is still there"
    (talk,) = meetings.talks(session.get_one(Meeting, row.id)).values()
    assert (talk.outcome, talk.note) == (TalkOutcome.INTERESTED, "承重合适")
    session.rollback()
    alone = client.send(f"{there}/talk", typed | {f"o-{firm}": ""}, page=there)
    assert "请选结果" in alone.text
    assert "下月再看" in alone.text


def test_another_day_asks_everybody_again(place: Place) -> None:
    row = ready(place)
    guest = meetings.guest_of(row, place.park)
    assert guest is not None
    do(service.answer_invitation, meeting=row, guest=guest, answer=GuestAnswer.COMING, who="韩经理")
    do(service.edit_meeting, meeting=row, rev=row.rev, plan=plan(agenda="一、介绍"))
    assert guest.answer is GuestAnswer.COMING
    do(service.edit_meeting, meeting=row, rev=row.rev, plan=plan(day=ON + DAY))
    assert (guest.answer, guest.who) == (GuestAnswer.WAITING, "韩经理")
    assert guest in meetings.unanswered(viewer_at(place.park), TODAY)


def test_what_was_added_by_mistake_goes_until_it_is_talked_about(place: Place) -> None:
    row = held(place, place.park)
    do(service.invite, meeting=row, carriers=[place.rival])
    do(service.put_firms, meeting=row, firms=[second(place)])
    wrong, astray = meetings.guest_of(row, place.rival), meetings.entries(row)[-1]
    assert wrong is not None
    task = {"meeting": row, "what": "安排看房", "due_on": TODAY + DAY, "carrier": place.park}
    made = do(service.assign_task, **task)
    assert refusal(service.assign_task, **task) == "meeting:task_twice"
    do(service.finish_task, task=made)
    assert refusal(service.finish_task, task=made) == "meeting:done_already"
    do(service.uninvite, meeting=row, guest=wrong)
    do(service.take_firm, meeting=row, entry=astray)
    assert len(meetings.entries(row)) == 1
    said(row, place.park, TalkOutcome.AGAIN)
    talked = meetings.guest_of(row, place.park)
    assert refusal(service.uninvite, meeting=row, guest=talked) == "meeting:in_use"
    entry = meetings.entries(row)[0]
    assert refusal(service.take_firm, meeting=row, entry=entry) == "meeting:in_use"


def test_an_incubator_reads_who_is_invited_once_they_know(client: Client, place: Place) -> None:
    row, who, name = prepare(), posts_of(place), place.park.short_name
    do(service.invite, meeting=row, carriers=[place.park])
    do(service.put_firms, meeting=row, firms=[place.firm])
    there = page_of(row)
    sign_in(client, who["home"])
    assert name not in client.get(there).text
    do(service.notify_meeting, meeting=session.get_one(Meeting, row.id))
    session.rollback()
    assert name in client.get(there).text


def test_who_was_told_of_a_meeting_is_told_that_it_is_cancelled(app: Flask, place: Place) -> None:
    row = ready(place)
    do(
        service.answer_invitation, meeting=row, guest=meetings.guest_of(row, place.rival),
        answer=GuestAnswer.NOT_COMING,
    )  # fmt: skip
    sides = {"park": place.park, "rival": place.rival, "home": place.incubator}
    no = (Permission.MEETING_PREPARE,)
    who = {name: viewer_at(side, without=no) for name, side in sides.items()}

    def told(day: dt.date = TODAY) -> dict[str, list[str]]:
        with app.test_request_context():
            return {
                name: [one.subject for one in convening.todos(viewer, day)
                       if one.title == "对接会取消"]
                for name, viewer in who.items()
            }  # fmt: skip

    assert told() == {"park": [], "rival": [], "home": []}
    do(service.cancel_meeting, meeting=session.get_one(Meeting, row.id), reason="台风")
    park, home = place.park.short_name, place.incubator.short_name
    assert told() == {"park": [park], "rival": [], "home": [home]}
    assert told(row.day + DAY) == {"park": [], "rival": [], "home": []}
    with pytest.raises(NotFound):
        meetings.one(viewer_at(make_carrier(tier=PARK)), row.pid, TODAY)
