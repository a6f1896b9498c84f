"""首谈 and 落地 stay on record, each with whoever had it; names only where they may be read."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from flask import Flask

from app.accounts.models import OrganisationKind, Role
from app.carriers.models import PARK
from app.core.db import session
from app.firms.models import Destination, LeaveReason
from app.pipeline import service
from app.pipeline.models import Claim, ClaimStepKind
from app.pipeline.queries import credits
from app.pipeline.words import ClaimEnd
from tests.acting import do
from tests.clients import Client, sign_in
from tests.conftest import TODAY
from tests.exchange.conftest import press, read_csv
from tests.factories.accounts import make_organisation, person_with_post
from tests.factories.carriers import viewer_at
from tests.pipeline.place import Place

DAY = dt.timedelta(days=1)


def follow(claim: Claim, day: dt.date = TODAY, step: ClaimStepKind = ClaimStepKind.CONTACT) -> None:
    do(service.follow_up, claim=claim, step=step, day=day)


def credit(claim: Claim) -> credits.Credit:
    return credits.of_claims([claim])[claim.id]


def test_the_first_on_record_is_first_whatever_day_is_entered_later(place: Place) -> None:
    opened = TODAY - 9 * DAY
    one, other = (place.claim(by, today=opened) for by in (place.park, place.rival))
    assert credit(one) == credits.Credit(None, None, None)
    follow(other, TODAY - 2 * DAY)
    follow(one, TODAY - 9 * DAY)
    told, rest = credit(other), credit(one)
    assert told.first is not None
    assert (told.is_first, told.first.carrier_id, told.first.day) == (
        True, place.rival.id, TODAY - 2 * DAY,
    )  # fmt: skip
    assert rest.own is not None
    assert (rest.is_first, rest.own.day, rest.first) == (False, TODAY - 9 * DAY, told.first)
    follow(other, TODAY, ClaimStepKind.VISIT)
    assert credit(other) == told, "a later follow-up changes nothing"


def test_first_talks_and_landing_are_both_credited_for_ever(place: Place) -> None:
    one, other = place.claim(place.park), place.claim(place.rival)
    follow(other)
    follow(one)
    do(service.withdraw, claim=other, reason=ClaimEnd.PRICE)
    assert credit(one).first == credit(other).own, "a claim that has ended keeps its first talks"
    arrived = place.land(place.park)
    for row in (one, other):
        told = credit(row)
        assert told.first is not None
        assert told.landed is not None
        assert (told.first.carrier_id, told.landed.carrier_id, told.landed.day) == (
            place.rival.id, place.park.id, arrived.starts,
        )  # fmt: skip
    do(service.leave, firm=place.firm, carrier=place.park, on=TODAY, destination=Destination.PARK,
       reason=LeaveReason.NOT_GRADUATED)  # fmt: skip
    place.land(place.rival, TODAY.isoformat())
    latest, before = credits.searches([place.firm.id])[place.firm.id]
    assert latest.first is None, "nobody talked in the second search"
    assert latest.landed is not None
    assert latest.landed.carrier_id == place.rival.id
    assert before.first == credit(other).own


def test_an_arrival_is_no_talk_and_accelerators_vie_among_themselves(place: Place) -> None:
    fast = place.claim(place.accelerator, today=TODAY - DAY)
    follow(fast, TODAY - DAY)
    slow = place.claim(place.park)
    assert credit(slow).first is None
    follow(slow)
    assert credit(slow).is_first
    assert credit(fast).is_first
    place.land(place.park)
    (park,) = [one for one in credits.searches([place.firm.id])[place.firm.id] if one.tier == PARK]
    assert list(park.parties) == [place.park.id]


def test_a_park_reads_that_another_was_first_and_not_which(
    place: Place, client: Client, app: Flask
) -> None:
    one, other = place.claim(place.park, today=TODAY - DAY), place.claim(place.rival)
    follow(other)
    follow(one, TODAY - DAY)
    posts = {
        "park": person_with_post(Role.PARK_INVEST, place.park.organisation),
        "host": person_with_post(Role.CARRIER_CLERK, place.incubator.organisation),
        "office": person_with_post(
            Role.DISTRICT_CLERK, make_organisation(kind=OrganisationKind.DISTRICT)
        ),
    }
    firm, pid, rival = place.firm.pid, one.pid, place.rival.short_name
    session.rollback()
    sign_in(client, posts["park"])
    pages = {
        path: client.get(path).text for path in ("/claims", f"/claims/{pid}", f"/firms/{firm}")
    }
    for path, text in pages.items():
        assert "他家在先" in text, path
        assert rival not in text, path
    assert "顺延至 2026-12-24" in pages[f"/claims/{pid}"], "the period is stated before the press"
    sheet = read_csv(press(client, "/claims", "csv").data)
    line = dict(zip(sheet[0], sheet[1], strict=True))
    assert (line["首谈"], line["首次接洽"], line["剩余天数（天）"]) == ("否", "2026-11-23", "29")
    assert (line["其他意向（家）"], rival in str(sheet)) == ("1", False)
    sign_in(client, posts["host"])
    for path in ("/choices", f"/claims/{pid}", f"/firms/{firm}"):
        found = re.search(rf"首谈.{{0,400}}?{rival}", client.get(path).text, re.S)
        assert found, path
    assert rival in press(client, "/choices", "csv").text
    sign_in(client, posts["office"])
    assert re.search(rf"首谈.{{0,200}}?{rival}", client.get(f"/firms/{firm}").text, re.S)


def test_whoever_received_the_firm_does_not_read_who_talked_first(place: Place) -> None:
    one, other = place.claim(place.park), place.claim(place.rival)
    follow(other)
    follow(one)
    place.land(place.park)
    told: dict[Any, bool] = {
        who: credits.names(viewer_at(getattr(place, who)), place.firm)
        for who in ("park", "rival", "incubator")
    }
    assert told == {"park": False, "rival": False, "incubator": True}
