"""Handover sheets and mediations by the interface: whose they are, and as far as a page tells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask

from app.accounts.models import OrganisationKind, Role
from app.carriers.models import PARK, Carrier
from app.core.db import session
from app.pipeline import service
from app.pipeline.models import ClaimStepKind
from tests.acting import do
from tests.clients import Client, bear
from tests.conftest import TODAY
from tests.exchange.api.test_firms import everything
from tests.factories.accounts import make_organisation, person_with_post
from tests.factories.carriers import make_carrier, viewer_at
from tests.pipeline.place import Place

Side = Callable[..., Client]


@pytest.fixture
def place(rules: None, app: Flask) -> Place:
    """A graduate at an incubator, courted by two parks."""
    one = Place()
    one.admit()
    one.graduate()
    one.claim(one.rival)
    return one


@pytest.fixture
def side(app: Flask, place: Place) -> Side:
    """A client with a token of a carrier, or of the district."""

    def start(carrier: Carrier | None = None) -> Client:
        if carrier is None:
            role, unit = Role.DISTRICT_CLERK, make_organisation(kind=OrganisationKind.DISTRICT)
        else:
            role = Role.PARK_INVEST if carrier.tier == PARK else Role.CARRIER_CLERK
            unit = carrier.organisation
        client = app.test_client()
        assert isinstance(client, Client)
        bear(client, person_with_post(role, unit))
        return client

    return start


def test_a_sheet_is_read_by_its_two_sides_and_the_district(place: Place, side: Side) -> None:
    do(service.choose, claim=place.claim(place.park))
    row = do(
        service.send_handover, firm=place.firm, sender=place.incubator, receiver=place.park,
        services="对接银行两次",
    )  # fmt: skip
    path, number = f"/api/v1/handovers/{row.pid}", row.number
    told = [side(place.incubator), side(place.park), side()]
    for reader in told:
        (listed,) = everything(reader, "/api/v1/handovers")
        whole = reader.get(path)
        assert whole.status_code == 200, whole.text
        assert {key: whole.json[key] for key in listed} == listed
        assert (listed["number"], listed["state"], listed["due_on"]) == (
            number, "sent", "2026-12-08",
        )  # fmt: skip
        assert "对接银行两次" in whole.text
        assert everything(reader, "/api/v1/handovers?state=confirmed") == []
        assert everything(reader, "/api/v1/handovers?state=sent") == [listed]
        assert reader.get("/api/v1/handovers?state=lost").status_code == 422
    for stranger in (side(place.rival), side(make_carrier(tier=PARK))):
        assert everything(stranger, "/api/v1/handovers") == []
        assert stranger.get(path).status_code == 404


def test_what_was_taken_back_is_listed_and_closed_to_its_receiver(place: Place, side: Side) -> None:
    do(service.choose, claim=place.claim(place.park))
    row = do(
        service.send_handover, firm=place.firm, sender=place.incubator, receiver=place.park,
        services="对接银行两次",
    )  # fmt: skip
    path, sender = f"/api/v1/handovers/{row.pid}", viewer_at(place.incubator)
    do(service.withdraw_handover, actor=sender, handover=row)
    assert side(place.incubator).get(path).json["state"] == "withdrawn"
    assert side(place.park).get(path).status_code == 404


def test_each_side_of_a_mediation_reads_its_own(place: Place, side: Side) -> None:
    mine = place.claim(place.park, planned_on=TODAY + dt.timedelta(30))
    do(service.follow_up, claim=mine, step=ClaimStepKind.VISIT, day=TODAY, note="看过场地")
    row = do(service.ask_mediation, firm=place.firm, carrier=place.park, reason="两家条件相近")
    path, park, rival = f"/api/v1/mediations/{row.pid}", place.park.name, place.rival.name
    session.commit()
    for reader, seen, hidden in (
        (side(), {park, rival}, 0), (side(place.incubator), {park, rival}, 0),
        (side(place.park), {park}, 1), (side(place.rival), {rival}, 1),
    ):  # fmt: skip
        (listed,) = everything(reader, "/api/v1/mediations")
        whole = reader.get(path)
        assert whole.status_code == 200, whole.text
        assert {key: whole.json[key] for key in listed} == listed
        assert (listed["state"], listed["due_on"]) == ("asked", "2026-12-08")
        assert {one["carrier"]["name"] for one in whole.json["sides"]} == seen
        assert whole.json["hidden"] == hidden
        assert (rival in whole.text) is (rival in seen)
        for one in whole.json["sides"]:
            if one["carrier"]["name"] == park:
                days = (one["opened_on"], one["contact_on"], one["planned_on"])
                assert days == ("2026-11-24", "2026-11-24", "2026-12-24")
                assert (one["first"], one["follow_ups"]) == (True, 1)
    stranger = side(make_carrier(tier=PARK))
    assert everything(stranger, "/api/v1/mediations") == []
    assert stranger.get(path).status_code == 404
