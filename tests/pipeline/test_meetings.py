"""对接会: from its preparation to what came of it; who reads what; refusals that say what to do."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from app.carriers.models import INCUBATOR, PARK, Carrier, CarrierSector
from app.core.db import session, write
from app.core.errors import DomainError, NotFound
from app.firms.models import Consent, Demand, DemandState, Firm
from app.pipeline import service
from app.pipeline.models import (
    Claim,
    GuestAnswer,
    MeetingState,
    MeetingTask,
    TalkOutcome,
)
from app.pipeline.queries import meeting_advice, meeting_table, meetings, openings
from tests.acting import do, refusal
from tests.clients import Client, sign_in
from tests.conftest import TODAY
from tests.factories.carriers import ACTOR, make_carrier, viewer_at
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


def test_the_way_of_a_meeting(place: Place) -> None:
    row = prepare()
    assert row.state is MeetingState.PREPARING
    assert refusal(service.notify_meeting, meeting=row) == "meeting:no_guests"
    do(service.invite, meeting=row, carriers=[place.park, place.rival])
    assert refusal(service.notify_meeting, meeting=row) == "meeting:no_firms"
    do(service.put_firms, meeting=row, firms=[place.firm])
    assert refusal(service.put_firms, meeting=row, firms=[place.firm]) == "meeting:listed"
    assert refusal(service.invite, meeting=row, carriers=[place.park]) == "meeting:invited"
    assert refusal(service.invite, meeting=row, carriers=[place.incubator]) == "meeting:not_bidder"
    do(service.notify_meeting, meeting=row)
    assert (row.state, row.notified_on) == (MeetingState.NOTIFIED, TODAY)
    assert refusal(service.hold_meeting, meeting=row) == "meeting:early"
    do(service.hold_meeting, today=ON, meeting=row)
    assert refusal(service.cancel_meeting, meeting=row, reason="台风") == "move:not_now"
    assert said(row, place.park, TalkOutcome.INTERESTED, "下周看房") == 1
    assert said(row, place.park, TalkOutcome.INTERESTED, "下周看房") == 0, "only what differs"
    assert said(row, place.park, None) == 1
    assert meetings.talks(row) == {}, "a mistake is taken back"


def test_hours_days_and_cancelling_are_refused_with_what_to_do(place: Place) -> None:
    with pytest.raises(DomainError) as hours:
        prepare(ends_at="14:00")
    assert (hours.value.code, hours.value.field) == ("meeting:hours", "ends_at")
    with pytest.raises(DomainError) as answer:
        prepare(answer_by=ON + DAY)
    assert (answer.value.code, answer.value.field) == ("meeting:answer_by", "answer_by")
    row = ready(place)
    assert refusal(service.cancel_meeting, meeting=row, reason="") == "meeting:reason"
    past = plan(day=TODAY - DAY, answer_by=TODAY - DAY)
    assert refusal(service.edit_meeting, meeting=row, rev=row.rev, plan=past) == "meeting:past_day"
    assert refusal(service.edit_meeting, meeting=row, rev=row.rev - 1, plan=plan()) == "stale"
    do(service.cancel_meeting, meeting=row, reason="场地临时占用")
    assert (row.state, row.cancel_reason) == (MeetingState.CANCELLED, "场地临时占用")
    assert refusal(service.prepare_meeting, plan=past) == "meeting:past_day"
    late = prepare()
    assert refusal(service.prepare_meeting, plan=plan()) == "meeting:twice"
    do(service.invite, meeting=late, carriers=[place.park])
    do(service.put_firms, meeting=late, firms=[place.firm])
    assert refusal(service.notify_meeting, meeting=late, today=ON + DAY) == "meeting:past"
    assert refusal(service.notify_meeting, meeting=late, today=ON) == "meeting:late"


def test_an_incubator_brings_its_own_firms_once_parks_may_see_them(place: Place) -> None:
    row, mine = prepare(), viewer_at(place.incubator)
    near = make_firm()
    do(service.admit, firm=near, carrier=place.incubator, starts=dt.date(2024, 1, 10),
       agreement_on=dt.date(2024, 1, 8))  # fmt: skip
    bring = {"actor": mine, "meeting": row, "carrier": place.incubator}
    assert [one.id for one in meeting_table.may_bring(mine, row, TODAY)] == [place.firm.id]
    assert refusal(service.put_firms, **bring, firms=[near]) == "meeting:not_offered"
    assert meeting_table.unpushed(mine, TODAY) == []
    with write("test:demand", actor=ACTOR):
        session.add(
            Demand(firm_id=near.id, state=DemandState.OPEN, opened_on=TODAY, checked_on=TODAY,
                   area_low=800, area_high=1200, uses=("office",), needed_by=ON)
        )  # fmt: skip
    assert [one.id for one in meeting_table.unpushed(mine, TODAY)] == [near.id]
    assert meeting_table.unpushed(viewer_at(place.park), TODAY) == []
    do(service.push, firm=near, carrier=place.incubator)
    assert meeting_table.unpushed(mine, TODAY) == []
    do(service.put_firms, **bring, firms=[place.firm, near])
    assert [(one.firm_id, one.put_by_id) for one in meetings.entries(row)] == [
        (place.firm.id, place.incubator.id), (near.id, place.incubator.id),
    ]  # fmt: skip
    stranger = make_carrier(tier=INCUBATOR)
    other = make_firm()
    with pytest.raises(NotFound):
        do(service.put_firms, actor=viewer_at(stranger), meeting=row, firms=[other],
           carrier=stranger)  # fmt: skip
    first = meetings.entries(row)[0]
    with pytest.raises(NotFound):
        do(service.take_firm, actor=viewer_at(stranger), meeting=row, entry=first,
           carrier=stranger)  # fmt: skip
    do(service.take_firm, actor=mine, meeting=row, entry=first, carrier=place.incubator)
    assert [one.firm_id for one in meetings.entries(row)] == [near.id]


def test_a_firm_for_counting_only_is_never_put_on_the_table(place: Place) -> None:
    row = prepare()
    with write("test:secret", actor=ACTOR):
        place.firm.counted_only = True
    assert refusal(service.put_firms, meeting=row, firms=[place.firm]) == "meeting:secret"


def test_the_order_of_the_firms(place: Place) -> None:
    row, others = prepare(), [Place() for _ in range(2)]
    for one in others:
        one.admit()
        one.graduate()
    do(service.put_firms, meeting=row, firms=[place.firm, *(one.firm for one in others)])
    ids = [one.id for one in meetings.entries(row)]
    do(service.order_firms, meeting=row, positions={ids[2]: 1, ids[0]: 3, ids[1]: 2})
    assert [(one.id, one.position) for one in meetings.entries(row)] == [
        (ids[2], 1), (ids[1], 2), (ids[0], 3),
    ]  # fmt: skip


def test_who_reads_which_meeting(place: Place) -> None:
    row = prepare()
    do(service.invite, meeting=row, carriers=[place.park])
    do(service.put_firms, meeting=row, firms=[place.firm])
    park, rival, home = (viewer_at(c) for c in (place.park, place.rival, place.incubator))
    stranger = viewer_at(make_carrier(tier=INCUBATOR))

    def readers(day: dt.date = TODAY) -> list[bool]:
        every = (park, rival, home, stranger)
        return [bool(list(session.scalars(meetings.visible(one, day)))) for one in every]

    assert readers() == [False, False, True, True], "the invited once they are told"
    do(service.notify_meeting, meeting=row)
    assert readers() == [True, False, True, True]
    assert readers(ON + DAY) == [True, False, True, False], "others' when it is past: no more"
    with pytest.raises(NotFound):
        meetings.one(rival, row.pid, TODAY)
    guest = meetings.guest_of(row, place.park)
    with pytest.raises(NotFound):
        do(service.answer_invitation, actor=rival, meeting=row, guest=guest,
           answer=GuestAnswer.COMING)  # fmt: skip
    do(service.answer_invitation, actor=park, meeting=row, guest=guest,
       answer=GuestAnswer.COMING, who="招商部 韩经理")  # fmt: skip
    assert (guest.answer, guest.answered_on) == (GuestAnswer.COMING, TODAY)  # type: ignore[union-attr]


def test_a_park_reads_its_own_results_and_of_others_how_many(place: Place) -> None:
    row = held(place)
    said(row, place.park, TalkOutcome.INTERESTED, "承重合适")
    said(row, place.rival, TalkOutcome.UNSUITED, "层高不够")
    park = meeting_table.table(viewer_at(place.park), row, TODAY)
    line = park.rows[0]
    assert [one.note for one in line.talks.values()] == ["承重合适"]
    assert (line.others, line.interested) == (1, 0)
    assert ([g.carrier_id for g in park.guests], park.hidden) == ([place.park.id], 1)
    rival = meeting_table.table(viewer_at(place.rival), row, TODAY).rows[0]
    assert (rival.others, rival.interested) == (1, 1)
    home = meeting_table.table(viewer_at(place.incubator), row, TODAY).rows[0]
    assert sorted(one.note or "" for one in home.talks.values()) == ["层高不够", "承重合适"]
    with pytest.raises(NotFound):
        do(service.record_talks, actor=viewer_at(place.rival), meeting=row,
           guest=meetings.guest_of(row, place.park), said=[])  # fmt: skip


def test_a_firm_out_of_ones_scope_is_counted_and_not_named(place: Place) -> None:
    row = held(place)
    with write("test:secret", actor=ACTOR):
        place.firm.counted_only = True
    for carrier, named in ((place.park, 0), (place.incubator, 1)):
        told = meeting_table.table(viewer_at(carrier), row, TODAY)
        assert (len(told.rows), told.unnamed) == (named, 1 - named)
    assert len(meeting_table.table(ACTOR, row, TODAY).rows) == 1


def test_demands_are_shown_with_consent_only(place: Place) -> None:
    row = ready(place)
    with write("test:demand", actor=ACTOR):
        session.add(
            Demand(firm_id=place.firm.id, state=DemandState.OPEN, opened_on=TODAY,
                   checked_on=TODAY, area_low=800, area_high=1200, uses=("office",),
                   needed_by=ON)
        )  # fmt: skip
    park = viewer_at(place.park)
    assert meeting_table.table(park, row, TODAY).rows[0].demand is None
    assert meeting_table.table(ACTOR, row, TODAY).rows[0].demand is not None
    with write("test:consent", actor=ACTOR):
        session.add(Consent(firm_id=place.firm.id, starts=TODAY))
    assert meeting_table.table(park, row, TODAY).rows[0].demand is not None


def test_tasks_are_whose_they_are(place: Place) -> None:
    row = held(place)
    entry = meetings.entries(row)[0]
    give = {"meeting": row, "due_on": TODAY + 7 * DAY}
    own = do(service.assign_task, **give, what="安排看房", carrier=place.park, entry=entry)
    do(service.assign_task, **give, what="协调环评", carrier=None)
    do(service.assign_task, actor=viewer_at(place.rival), **give, what="发平面图",
       carrier=place.rival)  # fmt: skip
    with pytest.raises(NotFound):
        do(service.assign_task, actor=viewer_at(place.rival), **give, what="替别人",
           carrier=place.park)  # fmt: skip
    stranger = make_carrier(tier=PARK)
    assert refusal(service.assign_task, **give, what="不相干", carrier=stranger) == (
        "meeting:outsider"
    )
    early = {"meeting": row, "what": "早", "due_on": TODAY - DAY}
    assert refusal(service.assign_task, **early) == "meeting:task_day"

    def read(carrier: Carrier) -> list[str]:
        return [one.what for one in meetings.tasks(viewer_at(carrier), row)]

    assert (read(place.park), read(place.rival)) == (["安排看房"], ["发平面图"])
    assert read(place.incubator) == ["安排看房"], "what is about its firm"
    assert len(meetings.tasks(ACTOR, row)) == 3
    with pytest.raises(NotFound):
        do(service.finish_task, actor=viewer_at(place.rival), task=own)
    do(service.finish_task, actor=viewer_at(place.park), task=own, note="已看两处")
    assert (own.done_on, own.done_note) == (TODAY, "已看两处")


def test_whom_to_invite_and_what_to_bring(place: Place) -> None:
    with write("test:sector", actor=ACTOR):
        place.firm.sector = "ic"
        session.add(CarrierSector(carrier_id=place.rival.id, sector="ic"))
        session.add(
            Demand(firm_id=place.firm.id, state=DemandState.OPEN, opened_on=TODAY,
                   checked_on=TODAY, area_low=800, area_high=1200, uses=("office",),
                   needed_by=ON)
        )  # fmt: skip
    row = prepare()
    found = meeting_advice.bidders(ACTOR, row, TODAY)
    assert {one.carrier.id for one in found} == {
        place.park.id, place.rival.id, place.accelerator.id,
    }  # fmt: skip
    assert [one.firm.id for one in meeting_advice.firms(ACTOR, row, "demand", TODAY)] == [
        place.firm.id
    ]
    assert meeting_advice.firms(ACTOR, row, "match", TODAY) == [], "nobody is invited"
    paired = meeting_advice.fits([place.park.id, place.rival.id], openings.everything(TODAY), TODAY)
    scores = {one.carrier_id: one.score for one in paired[place.firm.id]}
    assert scores[place.rival.id] > scores[place.park.id]
    with pytest.raises(NotFound):
        meeting_advice.bidders(viewer_at(place.park), row, TODAY)


def test_two_records_of_a_firm_on_one_table_become_one(place: Place) -> None:
    other = make_firm()
    row = ready(place)
    do(service.admit, firm=other, carrier=place.incubator, starts=dt.date(2024, 1, 10),
       agreement_on=dt.date(2024, 1, 8))  # fmt: skip
    do(service.push, firm=other, carrier=place.incubator)
    do(service.put_firms, meeting=row, firms=[other])
    from app.pipeline.merging import _merge_tables  # the firms' room asks for both in one act

    with write("test:merge", actor=ACTOR):
        _merge_tables(other, place.firm)
        session.flush()
    assert [one.firm_id for one in meetings.entries(row)] == [place.firm.id]


def test_the_day_on_the_pages(place: Place, client: Client) -> None:
    """The clerk prepares and tells, the park answers, talks and claims, the incubator reads."""
    posts = posts_of(place)
    firm, park, rival = place.firm.pid, place.park.pid, place.rival.pid
    name, rival_name = place.firm.short_name, place.rival.short_name
    session.rollback()
    sign_in(client, posts["office"])
    assert "没有将召开的对接会" in client.get("/meetings").text
    typed = {
        "title": "十二月对接会", "day": TODAY.isoformat(), "starts_at": "9：30",
        "ends_at": "11:30", "place": "科学会堂", "host": "区科经委",
        "answer_by": TODAY.isoformat(), "agenda": "一、介绍\n二、对接",
    }  # fmt: skip
    bad = client.send("/meetings/new", typed | {"ends_at": "十点"}, page="/meetings/new")
    assert (bad.status_code, "14:00 这样的时间" in bad.text) == (422, True)
    made = client.send("/meetings/new", typed, page="/meetings/new")
    page = made.headers["Location"]
    assert "09:30" in client.get(page).text

    def press(act: str, status: int = 303, **data: Any) -> str:
        answer = client.send(f"{page}/{act}", data, page=page)
        assert answer.status_code == status, (act, answer.status_code)
        return answer.text

    assert "先勾选再按按钮" in press("invite", 422)
    press("invite", carrier=[park, rival])
    assert "没有代码为" in press("put", 422, code="91310000MA1K00000X")
    press("put", firm=[firm])
    press("notify")
    sign_in(client, posts["stranger"])
    assert client.get(page).status_code == 404
    sign_in(client, posts["park"])
    assert "十二月对接会" in client.get("/").text, "it stands in the to-dos"
    told = client.get(page).text
    assert (name in told, rival_name in told, "另有 1 家受邀单位" in told) == (True, False, True)
    press("answer", carrier=park, reply="coming", who="韩经理")
    press("answer", 404, carrier=rival, reply="coming")
    press("hold", 403)
    sign_in(client, posts["office"])
    press("hold")
    press("talk", carrier=rival, **{f"o-{firm}": "again", f"t-{firm}": "对手的话"})
    sign_in(client, posts["park"])
    press("talk", carrier=park, **{f"o-{firm}": "interested", f"t-{firm}": "承重合适"})
    told = client.get(page).text
    assert ("承重合适" in told, "对手的话" in told) == (True, False)
    assert "提交承接意向" in told
    press("task", what="安排看房", carrier=park, entry=firm,
          due_on=(TODAY + DAY).isoformat())  # fmt: skip
    assert "安排看房" in client.get("/").text
    answer = client.send(f"/openings/{firm}", {"carrier": park, "token": "x" * 20}, page=page)
    assert answer.status_code == 303
    assert session.scalars(select(Claim)).one().carrier_id == place.park.id
    session.rollback()
    assert "已提交" in client.get(page).text
    sign_in(client, posts["home"])
    told = client.get(page).text
    assert all(words in told for words in ("承重合适", "对手的话", rival_name))
    sign_in(client, posts["office"])
    task = session.scalars(select(MeetingTask)).one().pid
    session.rollback()
    press("done", task=task, note="已看")
    assert "已看" in client.get(page).text
    assert session.scalars(select(Firm.id).where(Firm.pid == firm)).one()
