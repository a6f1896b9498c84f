"""Signing in and out, and the attacks on it."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import OrganisationKind, Post, Role, SecurityEvent, SignIn
from app.core.access import System
from app.core.db import session, write
from tests.clients import Client
from tests.factories.accounts import PASSWORD, make_organisation, make_person


@pytest.fixture
def clerk(app: Flask) -> str:
    place = make_organisation("浦东新区科经委")
    return make_person(Role.DISTRICT_CLERK, place, "shen.zhiyuan", name="沈知远").login


def enter(client: Client, login: str, password: str = PASSWORD, **more: str) -> int:
    answer = client.send("/sign-in", {"login": login, "password": password, **more})
    return answer.status_code


def test_a_page_asks_to_sign_in_and_comes_back(client: Client, clerk: str) -> None:
    asked = client.get("/firms?q=a")
    assert (asked.status_code, asked.location) == (302, "/sign-in?next=/firms?q%3Da")
    done = client.send("/sign-in", {"login": clerk, "password": PASSWORD, "next": "/firms?q=a"})
    assert (done.status_code, done.location) == (303, "/firms?q=a")
    assert client.get("/firms").status_code == 200


@pytest.mark.parametrize(
    "bad", ["//evil.example", "https://evil.example", "/\\evil", "javascript:1"]
)
def test_no_open_redirect(client: Client, clerk: str, bad: str) -> None:
    done = client.send("/sign-in", {"login": clerk, "password": PASSWORD, "next": bad})
    assert done.location == "/"


def test_a_wrong_password_says_nothing_about_the_login(client: Client, clerk: str) -> None:
    wrong = client.send("/sign-in", {"login": clerk, "password": "wrong"})
    nobody = client.send("/sign-in", {"login": "nobody.here", "password": "wrong"})
    assert wrong.status_code == nobody.status_code == 422
    assert "登录名或密码不对" in wrong.get_data(as_text=True)
    assert "登录名或密码不对" in nobody.get_data(as_text=True)


def test_guessing_is_slowed(client: Client, clerk: str) -> None:
    codes = [enter(client, clerk, f"guess {n} guess") for n in range(12)]
    assert codes.count(422) < 10
    assert codes[-1] == 429
    assert enter(client, clerk) == 429


def test_a_copied_cookie_is_worthless_after_signing_out(
    app: Flask, client: Client, clerk: str
) -> None:
    enter(client, clerk)
    name = app.config["SESSION_ID_COOKIE"]
    copied = client.get_cookie(name)
    assert copied is not None
    client.send("/sign-out", page="/me")
    thief = app.test_client()
    thief.set_cookie(name, copied.value)
    assert thief.get("/me").status_code == 302
    assert session.scalar(select(func.count()).select_from(SignIn)) == 0


def test_signing_in_gives_a_new_id_and_keeps_nothing_planted(
    app: Flask, client: Client, clerk: str
) -> None:
    name = app.config["SESSION_ID_COOKIE"]
    client.set_cookie(name, "A" * 43)
    enter(client, clerk)
    fresh = client.get_cookie(name)
    assert fresh is not None
    assert fresh.value != "A" * 43


def test_changing_the_password_ends_the_other_session(
    app: Flask, client: Client, clerk: str
) -> None:
    other = app.test_client()
    enter(client, clerk)
    enter(other, clerk)  # type: ignore[arg-type]
    assert other.get("/me").status_code == 200
    done = client.send(
        "/me/password",
        {
            "password": PASSWORD,
            "new_password": "quite another one 8",
            "again": "quite another one 8",
        },
    )
    assert done.status_code == 303
    assert client.get("/me").status_code == 200
    assert other.get("/me").status_code == 302


def test_a_post_taken_away_counts_at_the_next_request(
    app: Flask, client: Client, clerk: str
) -> None:
    enter(client, clerk)
    assert client.get("/firms").status_code == 200
    with write("test:end", actor=System("test")):
        post = session.scalars(select(Post)).one()
        post.ends = dt.date(2026, 11, 24)
    assert client.get("/firms").status_code == 403


def test_posts_of_two_carriers_are_switched(app: Flask, client: Client) -> None:
    one = make_organisation("甲", OrganisationKind.CARRIER)
    two = make_organisation("乙", OrganisationKind.CARRIER)
    person = make_person(Role.CARRIER_CLERK, one, "lin.xiaolan")
    number, second = person.id, two.id
    with write("test:post", actor=System("test")):
        session.add(
            Post(
                person_id=number,
                organisation_id=second,
                role=Role.CARRIER_CLERK,
                starts=dt.date(2020, 1, 1),
            )
        )
    enter(client, "lin.xiaolan")
    chosen = session.scalars(select(Post.id).where(Post.organisation_id == second)).one()
    assert client.send("/post", {"post": str(chosen)}, page="/me").status_code == 303
    assert session.scalars(select(SignIn.post_id)).one() == chosen
    client.send("/post", {"post": "all"}, page="/me")
    assert session.scalars(select(SignIn.post_id)).one() is None
    client.send("/post", {"post": "99999"}, page="/me")
    assert session.scalars(select(SignIn.post_id)).one() is None


def test_a_post_from_another_site_is_refused(client: Client, clerk: str) -> None:
    enter(client, clerk)
    answer = client.send("/sign-out", page="/me", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert client.get("/me").status_code == 200


def test_what_happened_is_noted_without_words_typed(client: Client, clerk: str) -> None:
    enter(client, clerk, "canary-secret-1")
    enter(client, clerk)
    kinds = list(session.scalars(select(SecurityEvent.kind).order_by(SecurityEvent.id)))
    assert kinds == ["sign_in_failed", "signed_in"]
    rows = session.execute(select(SecurityEvent)).all()
    assert "canary-secret-1" not in repr([vars(r[0]) for r in rows])


def test_the_demo_button_opens_nothing_outside_the_demo(client: Client, clerk: str) -> None:
    answer = client.send("/sign-in/demo", {"login": clerk}, page="/sign-in")
    assert answer.status_code == 404
