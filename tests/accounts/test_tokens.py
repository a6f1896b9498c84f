"""Personal tokens: made and ended by their person, and worth nothing without what they rest on."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.accounts import service, sessions, tokens
from app.accounts.events import Event
from app.accounts.models import (
    ApiToken,
    Organisation,
    OrganisationKind,
    Person,
    Post,
    Role,
    SecurityEvent,
)
from app.core.days import now
from app.core.db import Revision, aside, session, write
from app.core.errors import Forbidden
from tests.clients import Client, bear, sign_in
from tests.conftest import TODAY
from tests.factories.accounts import ACTOR, PASSWORD, make_organisation, person_with_post

ME = "/api/v1/me"
SECRET = re.compile(r"jieli_[A-Za-z0-9_-]{43}")


@pytest.fixture
def clerk(app: Flask) -> Post:
    """Somebody at an incubator."""
    return person_with_post(Role.CARRIER_CLERK)


def form(held: Post, **more: str) -> dict[str, str]:
    return {"name": "每日同步", "post": str(held.id), "scope": "read", "until": "2027-05-24"} | more


def make(client: Client, post: Post, **more: str) -> str:
    page = client.send("/me/tokens", form(post, **more))
    assert page.status_code == 200
    found = SECRET.search(page.text)
    assert found
    return found[0]


def ask(client: Client, secret: str, path: str = ME) -> Any:
    return client.get(path, headers={"Authorization": f"Bearer {secret}"})


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_token_is_shown_once_and_kept_as_a_hash(
    app: Flask, client: Client, clerk: Post, lang: str
) -> None:
    client.set_cookie("lang", lang)
    sign_in(client, clerk)
    assert client.get("/me/tokens").status_code == client.get("/me/api").status_code == 200
    secret = make(client, clerk, scope="write")
    assert not SECRET.search(client.get("/me/tokens").text)
    row = session.scalars(select(ApiToken)).one()
    assert row.secret_hash == sessions.hashed(secret)
    assert (
        secret.encode() not in repr([getattr(row, c.name) for c in ApiToken.__table__.c]).encode()
    )
    said = ask(app.test_client(), secret).json
    assert (said["writes"], said["role"], said["token"]) == (True, "carrier_clerk", row.pid)
    actions = session.scalars(select(Revision.action).order_by(Revision.id.desc())).first()
    assert actions == "account:token:make"


@pytest.mark.parametrize(
    "wrong",
    [
        {"until": TODAY.isoformat()},
        {"until": (TODAY + dt.timedelta(days=366)).isoformat()},
        {"until": "nonsense"},
        {"name": ""},
        {"post": "999"},
        {"scope": "all"},
    ],
    ids=str,
)
def test_what_a_token_may_not_be(client: Client, clerk: Post, wrong: dict[str, str]) -> None:
    sign_in(client, clerk)
    assert client.send("/me/tokens", form(clerk, **wrong)).status_code == 422
    assert session.scalars(select(ApiToken)).all() == []


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR, Role.CARRIER_ACCOUNTS])
def test_a_post_without_anything_to_read_has_none(client: Client, role: Role) -> None:
    post = person_with_post(role)
    sign_in(client, post)
    page = client.get("/me/tokens")
    assert 'name="until"' not in page.text
    assert client.send("/me/tokens", form(post), page="/me/password").status_code == 422
    assert client.get("/me/api").status_code == 200


def test_another_persons_token_cannot_be_ended(client: Client, clerk: Post) -> None:
    bear(client, person_with_post(Role.CARRIER_CLERK))
    pid = session.scalars(select(ApiToken.pid)).one()
    sign_in(client, clerk)
    assert client.send(f"/me/tokens/{pid}/end", page="/me/tokens").status_code == 404
    assert session.scalars(select(ApiToken.ended_at)).one() is None


def test_a_session_opens_nothing_to_programs_and_a_token_no_page(
    app: Flask, client: Client, clerk: Post
) -> None:
    sign_in(client, clerk)
    refused = client.get(ME)
    assert (refused.status_code, refused.mimetype) == (401, "application/problem+json")
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert refused.json["code"] == "token_needed"
    program: Any = app.test_client()
    bear(program, clerk)
    assert program.get(ME).status_code == 200
    assert program.get("/me").status_code == 302
    assert "Set-Cookie" not in program.get(ME).headers


def test_the_language_follows_the_request(client: Client) -> None:
    said = {
        lang: client.get(ME, headers={"Accept-Language": lang}).json["detail"]
        for lang in ("zh-CN", "en-GB", "fr")
    }
    assert said["en-GB"].isascii() is False  # it shows what a token looks like, with an ellipsis
    assert said["en-GB"].startswith("Give an access token")
    assert said["zh-CN"] == said["fr"] != said["en-GB"]


def end_by_hand(client: Client, post: Post) -> None:
    sign_in(client, post)
    pid = session.scalars(select(ApiToken.pid)).one()
    assert client.send(f"/me/tokens/{pid}/end", page="/me/tokens").status_code == 303


def end_the_post(_client: Client, post: Post) -> None:
    with write("test:end", actor=ACTOR):
        held = session.scalars(select(Post).where(Post.id == post.id)).one()
        service.end_post(actor=ACTOR, today=TODAY, post=held, ends=TODAY)


def withdraw_the_post(_client: Client, post: Post) -> None:
    with write("test:end", actor=ACTOR):
        held = session.scalars(select(Post).where(Post.id == post.id)).one()
        service.end_post(actor=ACTOR, today=TODAY, post=held, ends=held.starts)


def bar_and_let_in_again(_client: Client, post: Post) -> None:
    for act in (service.disable, service.enable):
        with write("test:bar", actor=ACTOR):
            person = session.scalars(select(Person).where(Person.id == post.person_id)).one()
            act(actor=ACTOR, today=TODAY, person=person)


def give_a_first_password(_client: Client, post: Post) -> None:
    with write("test:password", actor=ACTOR):
        person = session.scalars(select(Person).where(Person.id == post.person_id)).one()
        service.issue_first_password(actor=ACTOR, person=person, hashed="x", today=TODAY)
        service.set_password(actor=ACTOR, person=person, password=PASSWORD, today=TODAY)


def end_all_access(client: Client, post: Post) -> None:
    boss = client.application.test_client()
    sign_in(boss, person_with_post(Role.ADMINISTRATOR))  # type: ignore[arg-type]
    card = f"/people/{post.person.pid}"
    before = boss.get(card).get_data(as_text=True)
    assert "结束全部会话和访问令牌" in before
    boss.send(f"{card}/sessions/end", page=card)  # type: ignore[attr-defined]
    assert "1 个访问令牌" in boss.get(card).get_data(as_text=True)


def run_out(_client: Client, _post: Post) -> None:
    with write("test:time", actor=ACTOR):
        session.execute(update(ApiToken).values(expires_at=now()))


def close_the_organisation(_client: Client, post: Post) -> None:
    with write("test:close", actor=ACTOR):
        place = session.scalars(
            select(Organisation).where(Organisation.id == post.organisation_id)
        ).one()
        place.closed_on = TODAY


@pytest.mark.parametrize(
    "how",
    [
        end_by_hand, end_the_post, withdraw_the_post, bar_and_let_in_again, give_a_first_password,
        run_out, close_the_organisation, end_all_access,
    ],
)  # fmt: skip
def test_a_token_ends(app: Flask, client: Client, clerk: Post, how: Any) -> None:
    program: Any = app.test_client()
    bear(program, clerk)
    assert program.get(ME).status_code == 200
    how(client, clerk)
    refused = program.get(ME)
    assert (refused.status_code, refused.json["code"]) == (401, "token_refused")


def test_nothing_is_written_under_a_token_that_ended_meanwhile(app: Flask, clerk: Post) -> None:
    """The request had begun and was recognised; the token ends before its write."""
    secret = bear(app.test_client(), clerk)
    session.rollback()
    with app.test_request_context(ME, headers={"Authorization": f"Bearer {secret}"}):
        person = tokens.recognise()
        with aside() as connection:
            connection.execute(update(ApiToken).values(ended_at=now()))
        with pytest.raises(Forbidden), write("test:late", actor=person):
            pass


def test_a_token_carries_one_post_of_several(app: Flask, client: Client, clerk: Post) -> None:
    other = make_organisation("另一家", OrganisationKind.CARRIER).id
    with write("test:post", actor=ACTOR):
        service.give_post(
            actor=ACTOR, today=TODAY, role=Role.CARRIER_HEAD, starts=dt.date(2020, 1, 1),
            person=session.get_one(Person, clerk.person_id),
            organisation=session.get_one(Organisation, other),
        )  # fmt: skip
    sign_in(client, clerk)
    said = ask(client, make(client, clerk)).json
    assert said["role"] == "carrier_clerk"
    assert "return:sheet:submit" not in said["permissions"]


def test_wrong_tokens_wait_and_people_still_sign_in(
    app: Flask, client: Client, clerk: Post
) -> None:
    wrong = f"jieli_{'x' * 43}"
    answers = [ask(client, wrong) for _ in range(6)]
    assert [a.status_code for a in answers][:3] == [401, 401, 401]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    events = session.scalars(select(SecurityEvent.kind)).all()
    assert events.count(Event.TOKEN_REFUSED.value) == 6
    login = session.scalars(select(Person.login).where(Person.id == clerk.person_id)).one()
    entered = client.send("/sign-in", {"login": login, "password": PASSWORD})
    assert entered.status_code in (302, 303)


def test_the_last_use_is_noted(app: Flask, client: Client, clerk: Post) -> None:
    sign_in(client, clerk)
    secret = make(client, clerk)
    assert "从未" in client.get("/me/tokens").text
    ask(client, secret)
    assert "从未" not in client.get("/me/tokens").text
