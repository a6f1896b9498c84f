"""意向协调: who may ask, what ends it by itself, who reads what, and that nothing waits for it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Organisation, OrganisationKind, Post, Role
from app.carriers.models import PARK, CarrierSector
from app.core.db import session, write
from app.core.errors import NotFound
from app.firms.models import Consent
from app.pipeline import service
from app.pipeline.models import (
    Claim,
    ClaimState,
    ClaimStepKind,
    Mediation,
    MediationState,
    Opinion,
)
from app.pipeline.queries import mediations
from app.pipeline.words import ClaimEnd, MediationEnd
from tests.acting import do, refusal
from tests.clients import Client, sign_in
from tests.conftest import TODAY
from tests.exchange.conftest import press, read_csv
from tests.factories.accounts import make_organisation, person_with_post
from tests.factories.carriers import ACTOR, make_carrier, viewer_at
from tests.pipeline.place import Place

DAY = dt.timedelta(days=1)
S = MediationState


@pytest.fixture
def place(rules: None, app: Flask) -> Place:
    """A graduate at an incubator, courted by two parks."""
    one = Place()
    one.admit()
    one.graduate()
    one.mine, one.theirs = one.claim(one.park), one.claim(one.rival)  # type: ignore[attr-defined]
    return one


def ask(place: Place, **given: Any) -> Mediation:
    given = {"carrier": place.park, "reason": "两家条件相近"} | given
    return do(service.ask_mediation, firm=place.firm, **given)


def office(role: Role = Role.DISTRICT_CLERK) -> Post:
    unit = session.scalars(
        select(Organisation).where(Organisation.kind == OrganisationKind.DISTRICT)
    ).first()
    return person_with_post(role, unit or make_organisation(kind=OrganisationKind.DISTRICT))


def state(row: Mediation, day: dt.date = TODAY) -> tuple[MediationState, MediationEnd | None]:
    session.refresh(row)
    return mediations.standing(row, day)


def test_who_may_ask(place: Place) -> None:
    stranger = make_carrier(tier=PARK)
    for carrier in (place.park, place.incubator):
        row = do(service.ask_mediation, actor=viewer_at(carrier), firm=place.firm, carrier=carrier)
        assert (row.asked_by_id, row.host_id) == (carrier.id, place.incubator.id)
        assert row.due_on == dt.date(2026, 12, 8), "ten working days"
        assert refusal(service.ask_mediation, firm=place.firm, carrier=place.rival) == (
            "mediation:running"
        )
        do(service.withdraw_mediation, actor=viewer_at(carrier), mediation=row)
        assert state(row) == (S.WITHDRAWN, None)
    with pytest.raises(NotFound):
        do(service.ask_mediation, actor=viewer_at(stranger), firm=place.firm, carrier=stranger)
    with pytest.raises(NotFound):
        do(
            service.ask_mediation,
            actor=viewer_at(stranger),
            firm=place.firm,
            carrier=place.park,
        )


def test_nothing_to_mediate(place: Place) -> None:
    do(service.choose, claim=place.mine)  # type: ignore[attr-defined]
    assert refusal(service.ask_mediation, firm=place.firm, carrier=place.park) == "mediation:chosen"
    do(service.release, claim=place.mine, reason=ClaimEnd.PRICE)  # type: ignore[attr-defined]
    do(service.withdraw, claim=place.theirs, reason=ClaimEnd.PRICE)  # type: ignore[attr-defined]
    code = refusal(service.ask_mediation, firm=place.firm, carrier=place.incubator)
    assert code == "mediation:no_claim"


def test_an_opinion_once_and_once_more_by_another(place: Place) -> None:
    row, one, other = ask(place), office(), office(Role.DISTRICT_HEAD)
    unit = session.get_one(Organisation, one.organisation_id)
    first, second = viewer_at(unit), viewer_at(unit)
    object.__setattr__(first, "person_id", one.person_id)
    object.__setattr__(second, "person_id", other.person_id)
    do(service.advise, actor=first, mediation=row, text="建议企业实地比较两处。")
    assert state(row) == (S.ADVISED, None)
    assert refusal(service.advise, actor=second, mediation=row, text="再来") == "move:not_now"
    do(service.ask_again, actor=viewer_at(place.rival), mediation=row, reason="情况有变")
    assert row.again_by_id == place.rival.id
    assert refusal(service.advise, actor=first, mediation=row, text="同一人") == "mediation:author"
    do(service.advise, actor=second, mediation=row, text="维持前次意见。")
    assert state(row) == (S.READVISED, None)
    said = mediations.opinions([row])[row.id]
    assert [(o.number, o.turn, o.author_id) for o in said] == [
        ("XT-2026-0001", 1, one.person_id), ("XT-2026-0002", 2, other.person_id),
    ]  # fmt: skip
    assert refusal(service.ask_again, mediation=row) == "move:not_now", "once more, not twice"


def test_it_moves_nothing_and_nothing_waits(place: Place) -> None:
    row = ask(place)
    rows = session.scalars(select(Claim).order_by(Claim.id)).all()
    before = [(c.state, c.follow_until) for c in rows]
    unit = viewer_at(make_organisation(kind=OrganisationKind.DISTRICT))
    object.__setattr__(unit, "person_id", office().person_id)
    do(service.advise, actor=unit, mediation=row, text="建议与机器人谷优先洽谈。")
    assert [(c.state, c.follow_until) for c in rows] == before
    do(service.follow_up, claim=rows[1], step=ClaimStepKind.VISIT, day=TODAY)
    do(service.choose, claim=rows[1])
    assert rows[1].state == ClaimState.ACCEPTED, "the firm may choose against the opinion"
    assert state(row) == (S.ENDED, MediationEnd.CHOSEN)
    assert (row.ended_on, row.end_reason) == (TODAY, "chosen")


@pytest.mark.parametrize("way", ["land", "claims"])
def test_it_ends_by_itself(place: Place, way: str) -> None:
    row = ask(place)
    if way == "land":
        place.land(place.rival)
        assert state(row) == (S.ENDED, MediationEnd.LANDED)
    else:
        do(service.withdraw, claim=place.mine, reason=ClaimEnd.PRICE)  # type: ignore[attr-defined]
        assert state(row) == (S.ASKED, None)
        do(service.decline, claim=place.theirs, reason=ClaimEnd.NO_FIT)  # type: ignore[attr-defined]
        assert state(row) == (S.ENDED, MediationEnd.NO_CLAIM)
    assert refusal(service.advise, mediation=row, text="晚了") == "move:not_now"


def test_a_lapse_ends_it_by_the_days_and_a_new_claim_does_not_bring_it_back(
    place: Place, app: Flask
) -> None:
    row = ask(place)
    late = TODAY + 31 * DAY
    assert state(row, TODAY + 30 * DAY) == (S.ASKED, None)
    assert state(row, late) == (S.ENDED, MediationEnd.NO_CLAIM)
    assert mediations.waiting(late) == []
    app.config["TODAY"] = late
    do(service.claim, today=late, firm=place.firm, carrier=place.park, token="n" * 20)
    assert state(row, late) == (S.ENDED, MediationEnd.NO_CLAIM)
    again = do(service.ask_mediation, today=late, firm=place.firm, carrier=place.park)
    assert (again.id != row.id, state(again, late)) == (True, (S.ASKED, None))


def test_the_sides_on_one_page(place: Place, client: Client) -> None:
    """The district and the firm's carrier read all; a park its own side and how many others."""
    with write("test:sector", actor=ACTOR):
        place.firm.sector = "ic"
        session.add(CarrierSector(carrier_id=place.rival.id, sector="ic"))
    do(service.follow_up, claim=place.theirs, step=ClaimStepKind.VISIT, day=TODAY)  # type: ignore[attr-defined]
    row = ask(place)
    do(service.state_wish, mediation=row, wish="希望层高六米以上")
    posts = {
        "park": person_with_post(Role.PARK_INVEST, place.park.organisation),
        "host": person_with_post(Role.CARRIER_CLERK, place.incubator.organisation),
        "rival": person_with_post(Role.PARK_INVEST, place.rival.organisation),
        "stranger": person_with_post(Role.PARK_INVEST, make_carrier(tier=PARK).organisation),
        "office": office(),
    }
    asker = place.park.short_name
    pid, rival, firm = row.pid, place.rival.short_name, place.firm.short_name
    address, firm_id = f"/mediations/{pid}", place.firm.id
    session.rollback()
    sign_in(client, posts["park"])
    assert client.send(f"{address}/advise", {"text": "x"}, page=address).status_code == 403
    sign_in(client, posts["office"])
    assert "意向协调" in client.get("/").text, "it stands in the to-dos"
    page = client.get(address).text
    for words in (
        rival,
        place.park.short_name,
        "首谈",
        "带看",
        "希望层高六米以上",
        "定位的领域",
    ):
        assert words in page, words
    answer = client.send(f"{address}/advise", {"text": "请企业\n实地比较。"}, page=address)
    assert answer.status_code == 303
    paper = client.get(f"{address}/opinions/1").text
    assert all(words in paper for words in ("XT-2026-0001", rival, "实地比较。", "不具约束力"))
    sign_in(client, posts["host"])
    assert rival in client.get(address).text
    sign_in(client, posts["park"])
    for path in ("/mediations", address, f"{address}/opinions/1"):
        page = client.get(path).text
        assert rival not in page, path
        assert "希望层高六米以上" not in page, path
    assert "另有 1 家意向方" in page
    assert "实地比较。" in page, "the opinion goes to the sides"
    assert rival not in press(client, "/mediations", "csv").text
    with write("test:consent", actor=ACTOR):
        session.add(Consent(firm_id=firm_id, starts=TODAY))
    assert "希望层高六米以上" in client.get(address).text, "with the firm's consent"
    assert client.send(f"{address}/wish", {"wish": "x"}, page=address).status_code == 404
    sign_in(client, posts["rival"])
    for path in ("/mediations", address, f"{address}/opinions/1"):
        assert asker not in client.get(path).text, path
    assert "另一家单位" in client.get("/mediations").text
    assert asker not in press(client, "/mediations", "csv").text, "nor who asked"
    sign_in(client, posts["stranger"])
    for path in (address, f"{address}/opinions/1"):
        assert client.get(path).status_code == 404, path
    assert firm not in client.get("/mediations").text
    assert len(read_csv(press(client, "/mediations", "csv").data)) == 1


def test_first_talks_of_two_tiers_are_told_apart_and_the_firm_heads_the_page(
    place: Place, client: Client
) -> None:
    fast = place.claim(place.accelerator)
    for claim in (fast, place.mine):  # type: ignore[attr-defined]
        do(service.follow_up, claim=claim, step=ClaimStepKind.CONTACT, day=TODAY)
    pid, firm, post = ask(place).pid, place.firm.name, office()
    session.rollback()
    sign_in(client, post)
    page = client.get(f"/mediations/{pid}").text
    assert re.search(rf"<h1[^>]*>\s*{re.escape(firm)}\s*</h1>", page)
    told = re.findall(r'首谈</span><br><span class="jl-xs jl-3">(.*?)</span>', page)
    assert sorted(told) == sorted(
        f"{carrier.type.label}之间" for carrier in (place.accelerator, place.park)
    )
    assert "分别计首谈" in page


def test_an_opinion_keeps_the_sides_as_they_stood(place: Place, client: Client) -> None:
    row = ask(place)
    post = office()
    pid, rival = row.pid, place.rival.short_name
    session.rollback()
    sign_in(client, post)
    address = f"/mediations/{pid}"
    client.send(f"{address}/advise", {"text": "各方条件相近。"}, page=address)
    before = client.get(f"{address}/opinions/1").text
    frozen = session.scalars(select(Opinion)).one()
    kept = frozen.sides, frozen.digest
    session.rollback()
    claim = session.scalars(select(Claim).where(Claim.carrier_id == place.rival.id)).one()
    do(service.follow_up, claim=claim, step=ClaimStepKind.REVIEW, day=TODAY)
    do(service.withdraw, claim=claim, reason=ClaimEnd.PRICE)
    after = client.get(f"{address}/opinions/1").text
    assert (rival in after, "准入评审" in after) == (True, False)
    strip = [text.partition("<h1>")[2] for text in (before, after)]
    assert strip[0] == strip[1]
    frozen = session.scalars(select(Opinion)).one()
    assert (frozen.sides, frozen.digest) == kept
    assert "准入评审" in client.get(address).text, "the page shows the sides as they are now"


def test_the_paper_tells_no_more_of_the_way_than_its_reader_may_read(
    place: Place, client: Client
) -> None:
    pid, host, post = ask(place).pid, place.incubator.name, office()
    rival = person_with_post(Role.PARK_INVEST, place.rival.organisation)
    session.rollback()
    sign_in(client, post)
    address = f"/mediations/{pid}"
    client.send(f"{address}/advise", {"text": "请实地比较。"}, page=address)
    sign_in(client, rival)
    assert host in client.get(f"{address}/opinions/1").text, "while it courts the firm"
    place.land(place.park)
    paper = client.get(f"{address}/opinions/1").text
    assert ("请实地比较。" in paper, host in paper, "准备情况" in paper) == (True, False, False)
    sign_in(client, post)
    assert host in client.get(f"{address}/opinions/1").text


def test_a_list_of_mediations_asks_no_more_for_many_than_for_one(
    place: Place, queries: Callable[[], Any]
) -> None:
    def read() -> tuple[list[Any], int]:
        session.rollback()
        with queries() as sent:
            found = [
                [
                    (one.state, one.asker, one.row.firm.sector)
                    for one in mediations.told(ACTOR, TODAY)
                ],
                len(mediations.waiting(TODAY)),
            ]
        return found, len(sent)

    ask(place)
    asker = place.park.short_name
    one, few = read()
    for _number in range(3):
        other = Place()
        other.admit()
        other.graduate()
        other.claim(other.park)
        do(service.ask_mediation, firm=other.firm, carrier=other.park)
    four, many = read()
    assert (one, four[1], len(four[0])) == ([[(S.ASKED, asker, None)], 1], 4, 4)
    assert many == few


def test_a_park_asks_from_its_claim(place: Place, client: Client) -> None:
    post = person_with_post(Role.PARK_INVEST, place.park.organisation)
    firm, claim = place.firm.pid, place.mine.pid  # type: ignore[attr-defined]
    session.rollback()
    sign_in(client, post)
    answer = client.send(
        f"/firms/{firm}/mediation", {"reason": "两家都说已谈妥"}, page=f"/claims/{claim}"
    )
    assert answer.status_code == 303
    assert "看协调" in client.get(f"/claims/{claim}").text
    again = client.send(f"/firms/{firm}/mediation", {}, page=f"/claims/{claim}")
    assert (again.status_code, "已有一项意向协调" in again.text) == (409, True)
    assert session.scalars(select(Mediation)).one().reason == "两家都说已谈妥"
