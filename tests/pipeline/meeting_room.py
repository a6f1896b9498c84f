"""What tests of meetings share: a graduate at an incubator, two parks, a meeting of each state."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select

from app.accounts.models import Organisation, OrganisationKind, Post, Role
from app.carriers.models import PARK, Carrier
from app.core.db import session
from app.pipeline import service
from app.pipeline.models import Meeting, TalkOutcome
from app.pipeline.queries import meetings
from tests.acting import do
from tests.conftest import TODAY
from tests.factories.accounts import make_organisation, person_with_post
from tests.factories.carriers import make_carrier
from tests.pipeline.place import Place

DAY = dt.timedelta(days=1)
ON = TODAY + 10 * DAY


def plan(**given: Any) -> service.Plan:
    held = {
        "title": "十二月空间对接会", "day": ON, "starts_at": "14:00", "ends_at": "16:00",
        "place": "张江科学会堂三楼", "host": "区科经委", "answer_by": ON - 3 * DAY,
    } | given  # fmt: skip
    return service.Plan(**held)


def prepare(**given: Any) -> Meeting:
    return do(service.prepare_meeting, plan=plan(**given))


def ready(place: Place, *guests: Carrier, day: dt.date = ON) -> Meeting:
    """A meeting that its guests know of, with the graduate on the table."""
    row = prepare(day=day, answer_by=min(day, ON - 3 * DAY))
    do(service.invite, meeting=row, carriers=list(guests or (place.park, place.rival)))
    do(service.put_firms, meeting=row, firms=[place.firm])
    do(service.notify_meeting, meeting=row)
    return row


def held(place: Place, *guests: Carrier) -> Meeting:
    row = ready(place, *guests, day=TODAY)
    do(service.hold_meeting, meeting=row)
    return row


def said(row: Meeting, carrier: Carrier, outcome: TalkOutcome | None, note: str = "") -> int:
    guest = meetings.guest_of(row, carrier)
    told = [service.Said(one, outcome, note or None) for one in meetings.entries(row)]
    return do(service.record_talks, meeting=row, guest=guest, said=told)


def office(role: Role = Role.DISTRICT_CLERK) -> Post:
    unit = session.scalars(
        select(Organisation).where(Organisation.kind == OrganisationKind.DISTRICT)
    ).first()
    return person_with_post(role, unit or make_organisation(kind=OrganisationKind.DISTRICT))


def posts_of(place: Place) -> dict[str, Post]:
    return {
        "office": office(),
        "park": person_with_post(Role.PARK_INVEST, place.park.organisation),
        "rival": person_with_post(Role.PARK_INVEST, place.rival.organisation),
        "home": person_with_post(Role.CARRIER_CLERK, place.incubator.organisation),
        "stranger": person_with_post(Role.PARK_INVEST, make_carrier(tier=PARK).organisation),
    }
