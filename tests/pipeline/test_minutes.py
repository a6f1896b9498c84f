"""会议纪要, the calendar entry, what followed, deadlines and exports of meetings."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from app.core.db import session, write
from app.core.errors import DomainError
from app.core.text import LOCALES
from app.firms.models import Consent, Demand, DemandState
from app.pipeline import service
from app.pipeline.models import ClaimStepKind, Meeting, TalkOutcome
from app.pipeline.papers import minutes as paper
from app.pipeline.queries import meeting_outcomes, meetings
from app.workbench.deadlines import ring, words
from tests.acting import do
from tests.clients import Client, sign_in
from tests.conftest import TODAY
from tests.exchange.conftest import press, read_csv
from tests.factories.carriers import ACTOR, viewer_at
from tests.pipeline.meeting_room import DAY, held, posts_of, ready, said
from tests.pipeline.place import Place


def talked(place: Place) -> Meeting:
    """Held; one park is interested, the other is not."""
    row = held(place)
    said(row, place.park, TalkOutcome.INTERESTED, "承重合适")
    said(row, place.rival, TalkOutcome.UNSUITED, "层高不够")
    return row


def test_minutes_are_numbered_and_stay_as_they_were(place: Place) -> None:
    row = held(place)
    with pytest.raises(DomainError) as error:
        do(service.make_minutes, meeting=row)
    assert error.value.code == "meeting:no_talks"
    said(row, place.park, TalkOutcome.INTERESTED, "承重合适")
    first = do(service.make_minutes, meeting=row)
    assert first.number == "DJ-2026-0001"
    kept = first.body, first.digest
    assert paper.freeze(row)[1] == first.digest, "nothing has changed"
    with pytest.raises(DomainError) as same:
        do(service.make_minutes, meeting=row)
    assert same.value.code == "meeting:same_minutes"
    said(row, place.rival, TalkOutcome.AGAIN)
    assert paper.freeze(row)[1] != first.digest
    second = do(service.make_minutes, meeting=row)
    assert second.number == "DJ-2026-0002"
    session.refresh(first)
    assert (first.body, first.digest) == kept
    assert [one.number for one in meetings.minutes(row)] == ["DJ-2026-0002", "DJ-2026-0001"]
    assert sorted(json.loads(first.body)) == sorted(LOCALES)


def test_minutes_name_no_firm_that_is_only_counted(place: Place) -> None:
    row, name = talked(place), place.firm.name
    with write("test:secret", actor=ACTOR):
        place.firm.counted_only = True
    made = do(service.make_minutes, meeting=row)
    assert name not in made.body
    assert paper.thaw(made.body, "en").unnamed == 1


def test_each_reads_the_minutes_by_its_relation(place: Place, client: Client) -> None:
    row, posts = talked(place), posts_of(place)
    do(service.assign_task, meeting=row, what="安排看房", due_on=TODAY + DAY,
       carrier=place.rival, entry=meetings.entries(row)[0])  # fmt: skip
    serial = do(service.make_minutes, meeting=row).serial
    address = f"/meetings/{row.pid}/minutes/2026/{serial}"
    name, park, rival = place.firm.name, place.park.name, place.rival.name
    firm_id = place.firm.id
    session.rollback()

    def read(who: str) -> str:
        sign_in(client, posts[who])
        answer = client.get(address)
        return answer.text if answer.status_code == 200 else str(answer.status_code)

    seen = {who: read(who) for who in ("office", "park", "rival", "home", "stranger")}
    assert seen["stranger"] == "404"
    for who in ("office", "home"):
        every = (name, park, rival, "承重合适", "层高不够", "安排看房")
        assert all(one in seen[who] for one in every), who
    assert (name in seen["park"], "承重合适" in seen["park"]) == (True, True)
    for hidden in (rival, "层高不够", "安排看房"):
        assert hidden not in seen["park"], hidden
    assert "另有 1 家谈过" in seen["park"]
    assert ("层高不够" in seen["rival"], "承重合适" in seen["rival"]) == (True, False)
    assert "DJ-2026-0001" in seen["park"]
    with write("test:secret", actor=ACTOR):
        session.get_one(type(place.firm), firm_id).counted_only = True
    later = read("park")
    assert (name in later, "另有 1 家不具名" in later) == (False, True)


def test_what_followed_within_the_days_and_for_whom(place: Place, app: Flask) -> None:
    app.config["TODAY"] = TODAY
    row = talked(place)
    late = TODAY + 200 * DAY
    mine = place.claim(place.park)
    do(service.follow_up, claim=mine, step=ClaimStepKind.VISIT, day=TODAY)

    def counts(viewer: Any) -> tuple[int, int, int]:
        came = meeting_outcomes.outcomes(viewer, [row])[row.id]
        return came.contacts, came.claims, came.landings

    assert counts(ACTOR) == (1, 1, 0)
    assert counts(viewer_at(place.park)) == (1, 1, 0)
    assert counts(viewer_at(place.rival)) == (0, 0, 0), "no word of another's claim"
    assert counts(viewer_at(place.incubator)) == (1, 1, 0)
    with write("test:days", actor=ACTOR):
        mine.opened_on = late
    assert counts(ACTOR) == (1, 0, 0), "beyond the days"
    with write("test:days", actor=ACTOR):
        mine.opened_on = TODAY
    place.land(place.park, TODAY.isoformat())
    assert counts(ACTOR) == (1, 1, 1)


def test_a_task_is_a_deadline_of_whose_it_is(place: Place, app: Flask) -> None:
    app.config["TODAY"] = TODAY
    row = talked(place)
    do(service.assign_task, meeting=row, what="安排看房", due_on=TODAY + 5 * DAY,
       carrier=place.park, entry=meetings.entries(row)[0])  # fmt: skip

    def keys(viewer: Any) -> list[tuple[str, str]]:
        found = ring.rows(viewer, TODAY)
        return [(one.key, one.note) for row in found for one in row.all if one.key == words.TALK]

    assert keys(viewer_at(place.park)) == [(words.TALK, "安排看房")]
    assert keys(viewer_at(place.rival)) == []
    with write("test:secret", actor=ACTOR):
        place.firm.counted_only = True
    assert keys(viewer_at(place.park)) == [], "a firm not named is on no list"


def test_the_calendar_entry_of_the_invited(place: Place, client: Client) -> None:
    row, posts = ready(place), posts_of(place)
    pid, name = row.pid, place.firm.short_name
    address = f"/meetings/{pid}/calendar.ics"
    session.rollback()
    sign_in(client, posts["stranger"])
    assert client.get(address).status_code == 404
    sign_in(client, posts["park"])
    answer = client.get(address)
    assert answer.content_type.startswith("text/calendar")
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert str(event["uid"]) == f"meeting-{pid}@jieli"
    start = event["dtstart"].dt
    assert start.astimezone(dt.timezone(dt.timedelta(hours=8))).strftime("%Y-%m-%d %H:%M") == (
        f"{(TODAY + 10 * DAY).isoformat()} 14:00"
    )
    assert str(event["location"]) == "张江科学会堂三楼"
    assert name not in answer.text, "no firm travels in a calendar"
    row = session.scalars(select(Meeting)).one()
    do(service.cancel_meeting, meeting=row, reason="台风")
    (event,) = Calendar.from_ical(client.get(address).data).walk("VEVENT")
    assert str(event["status"]) == "CANCELLED"


def test_exports_hold_what_the_page_shows(place: Place, client: Client) -> None:
    row, posts = talked(place), posts_of(place)
    with write("test:demand", actor=ACTOR):
        session.add(
            Demand(firm_id=place.firm.id, state=DemandState.OPEN, opened_on=TODAY,
                   checked_on=TODAY, area_low=800, area_high=1200, uses=("office",),
                   needed_by=TODAY + DAY)
        )  # fmt: skip
    page, firm_id = f"/meetings/{row.pid}", place.firm.id
    session.rollback()
    sign_in(client, posts["park"])
    told = press(client, page, "csv").text
    assert ("承重合适" in told, "层高不够" in told, "1200" in told) == (True, False, False)
    with write("test:consent", actor=ACTOR):
        session.add(Consent(firm_id=firm_id, starts=TODAY))
    assert "1200" in press(client, page, "csv").text
    sign_in(client, posts["office"])
    told = press(client, page, "csv").text
    assert "承重合适" in told
    assert "层高不够" in told
    lines = read_csv(press(client, "/meetings?tab=past", "csv").data)
    assert len(lines) == 2
    sign_in(client, posts["stranger"])
    assert len(read_csv(press(client, "/meetings?tab=past", "csv").data)) == 1


def test_a_list_asks_no_more_for_many_than_for_one(
    place: Place, queries: Callable[[], Any]
) -> None:
    def read() -> tuple[int, int]:
        session.rollback()
        with queries() as sent:
            found = meetings.told(ACTOR, TODAY)
        return len(found), len(sent)

    talked(place)
    one = read()
    for number in range(3):
        ready(place, day=TODAY + (10 + number) * DAY)
    assert (one[0], read()) == (1, (4, one[1]))
