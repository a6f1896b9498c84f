"""Each page as each role: who may see it, and that it is in order in both languages."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Credential, Organisation, OrganisationKind, Person, Post, Role
from app.core.db import session
from tests.clients import Client, sign_in
from tests.factories.accounts import PASSWORD, make_organisation, make_person, person_with_post

ADMIN = ("/people", "/people/new", "/organisations", "/organisations/new")
AUDIT = ("/audit", "/audit/events", "/audit/check", "/audit/check?run=1", "/audit/1")
ALLOWED = {
    Role.ADMINISTRATOR: {*ADMIN},
    Role.CARRIER_ACCOUNTS: {"/people", "/people/new"},
    Role.AUDITOR: {*AUDIT},
}


@pytest.mark.parametrize("role", list(Role))
def test_each_page_opens_for_its_role_only(app: Flask, client: Client, role: Role) -> None:
    sign_in(client, person_with_post(role))
    for path in (*ADMIN, *AUDIT):
        expected = 200 if path in ALLOWED.get(role, set()) else 403
        assert client.get(path).status_code == expected, path
    assert client.get("/me").status_code == 200
    if role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.CARRIER_ACCOUNTS):
        assert client.get("/firms").status_code == 403


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_are_in_order(app: Flask, client: Client, lang: str) -> None:
    client.set_cookie("lang", lang)
    post = person_with_post(Role.ADMINISTRATOR)
    place = make_organisation("甲", OrganisationKind.CARRIER)
    somebody = make_person(Role.CARRIER_CLERK, place)
    make_person(Role.CARRIER_HEAD, place)
    sign_in(client, post)
    for path in (
        *ADMIN,
        f"/people/{somebody.pid}",
        f"/people/{somebody.pid}/handover",
        f"/organisations/{place.pid}",
        "/people?q=nobody",
        "/people?state=gone",
        f"/people?organisation={place.pid}",
        "/me",
        "/me/password",
    ):
        assert client.get(path).status_code == 200, path
    sign_in(client, person_with_post(Role.AUDITOR))
    for path in (*AUDIT, "/audit?who=nobody", "/audit?since=2026-11-24&action=test"):
        assert client.get(path).status_code == 200, path


def test_a_newcomer_signs_in_once_and_changes_the_password(app: Flask, client: Client) -> None:
    sign_in(client, person_with_post(Role.ADMINISTRATOR))
    place = make_organisation("甲", OrganisationKind.CARRIER)
    page = client.send(
        "/people/new",
        {
            "name": "何俊",
            "login": "he.jun",
            "organisation": place.pid,
            "role": "carrier_clerk",
            "starts": "2026-11-24",
        },
    )
    assert page.status_code == 200
    made = page.text.split('class="jl-code fs-4">')[1].split("<")[0]
    other = app.test_client()
    assert isinstance(other, Client)
    done = other.send("/sign-in", {"login": "he.jun", "password": made})
    assert done.status_code == 303
    assert other.get("/firms").location == "/me/password"
    again = app.test_client()
    assert isinstance(again, Client)
    assert again.send("/sign-in", {"login": "he.jun", "password": made}).status_code == 422
    words = {
        "password": made,
        "new_password": "drei Tannen im Wind",
        "again": "drei Tannen im Wind",
    }
    assert other.send("/me/password", words).status_code == 303
    assert other.get("/firms").status_code == 200


def test_a_carrier_looks_after_its_own_people_only(app: Flask, client: Client) -> None:
    ours = make_organisation("甲", OrganisationKind.CARRIER)
    theirs = make_organisation("乙", OrganisationKind.CARRIER)
    manager = make_person(Role.CARRIER_ACCOUNTS, ours)
    mine, stranger = make_person(Role.CARRIER_CLERK, ours), make_person(Role.CARRIER_CLERK, theirs)
    sign_in(client, manager)
    page = client.get("/people").text
    assert mine.login in page
    assert stranger.login not in page
    assert client.get(f"/people/{stranger.pid}").status_code == 404
    card = f"/people/{mine.pid}"
    for end in ("first-password", "use", "sessions/end", "name", "posts"):
        denied = client.send(f"/people/{stranger.pid}/{end}", {"name": "x", "rev": "1"}, page=card)
        assert denied.status_code in (404, 422), end
    give = {"organisation": theirs.pid, "role": "carrier_clerk", "starts": "2026-11-24"}
    assert client.send(f"{card}/posts", give, page=card).status_code == 422
    give = {"organisation": ours.pid, "role": "administrator", "starts": "2026-11-24"}
    assert client.send(f"{card}/posts", give, page=card).status_code == 422
    assert session.scalars(select(Post.role).where(Post.person_id == stranger.id)).one()


@pytest.mark.parametrize("keeper", [Role.ADMINISTRATOR, Role.CARRIER_ACCOUNTS])
def test_handing_over_moves_the_post_and_bars_the_leaver(
    app: Flask, client: Client, keeper: Role
) -> None:
    place = make_organisation("甲", OrganisationKind.CARRIER)
    leaver, successor = (
        make_person(Role.CARRIER_HEAD, place),
        make_person(Role.CARRIER_CLERK, place),
    )
    gone = app.test_client()
    sign_in(gone, leaver)
    assert gone.get("/firms").status_code == 200
    sign_in(client, person_with_post(keeper, place if keeper is Role.CARRIER_ACCOUNTS else None))
    unsaid = client.send(f"/people/{leaver.pid}/handover", {"day": "2026-11-24", "leave": "y"})
    assert unsaid.status_code == 422
    given = {"successor": successor.pid, "day": "2026-11-25", "leave": "y"}
    ahead = client.send(f"/people/{leaver.pid}/handover", given)
    assert ahead.status_code == 422
    assert "不能填以后的日期" in ahead.text
    done = client.send(f"/people/{leaver.pid}/handover", given | {"day": "2026-11-24"})
    assert done.status_code == 303
    assert gone.get("/firms").status_code == 302
    held = session.scalars(
        select(Post.role).where(Post.person_id == successor.id, Post.ends.is_(None))
    )
    assert set(held) == {Role.CARRIER_CLERK, Role.CARRIER_HEAD}
    assert session.scalars(select(Person.disabled).where(Person.id == leaver.id)).one()


def test_an_organisation_is_registered_changed_and_closed(app: Flask, client: Client) -> None:
    sign_in(client, person_with_post(Role.ADMINISTRATOR))
    made = client.send(
        "/organisations/new", {"kind": "carrier", "name": "甲孵化器", "short_name": "甲"}
    )
    assert made.status_code == 303
    address = made.location
    twice = client.send("/organisations/new", {"kind": "carrier", "name": "甲孵化器"})
    assert twice.status_code == 409
    rev = session.scalars(select(Organisation.rev).where(Organisation.name == "甲孵化器")).one()
    form = {"kind": "carrier", "name": "乙孵化器", "rev": str(rev)}
    assert client.send(address, form).status_code == 303
    assert client.send(address, form).status_code == 409
    closed = client.send(f"{address}/use", {"close": "1"}, page=address)
    assert closed.status_code == 303
    assert session.scalars(
        select(Organisation.closed_on).where(Organisation.name == "乙孵化器")
    ).one()


def test_a_first_password_takes_the_former_one_away(app: Flask, client: Client) -> None:
    somebody = make_person(Role.CARRIER_CLERK, make_organisation("甲", OrganisationKind.CARRIER))
    theirs = app.test_client()
    sign_in(theirs, somebody)
    sign_in(client, person_with_post(Role.ADMINISTRATOR))
    card = f"/people/{somebody.pid}"
    assert client.send(f"{card}/first-password", page=card).status_code == 200
    assert theirs.get("/me").status_code == 302
    assert session.scalars(
        select(Credential.one_use).where(Credential.person_id == somebody.id)
    ).one()
    fresh = app.test_client()
    assert isinstance(fresh, Client)
    wrong = fresh.send("/sign-in", {"login": somebody.login, "password": PASSWORD})
    assert wrong.status_code == 422
