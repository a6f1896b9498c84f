"""Attacks on sessions and rights, one test each."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text, update

from app.accounts import passwords, sessions, throttle, viewing
from app.accounts.models import (
    Attempt,
    Credential,
    OrganisationKind,
    Person,
    Post,
    Role,
    SecurityEvent,
    SignIn,
)
from app.core.access import Permission, System
from app.core.days import now, today
from app.core.db import aside, last_revision, session, write
from app.core.errors import DomainError, Forbidden
from tests.clients import Client, sign_in
from tests.factories.accounts import PASSWORD, make_organisation, make_person, person_with_post

ACTOR = System("test")
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def clerk(app: Flask) -> Person:
    return make_person(Role.CARRIER_CLERK, make_organisation("甲", OrganisationKind.CARRIER))


def age(**columns: dt.datetime) -> None:
    with aside() as connection:
        connection.execute(update(SignIn).values(columns))


def test_thirty_idle_minutes_end_a_session(client: Client, clerk: Person) -> None:
    sign_in(client, clerk)
    age(seen_at=now() - dt.timedelta(minutes=29))
    assert client.get("/me").status_code == 200
    age(seen_at=now() - dt.timedelta(minutes=31))
    assert client.get("/me").status_code == 302


def test_twelve_hours_end_a_session_however_busy(client: Client, clerk: Person) -> None:
    sign_in(client, clerk)
    begun, ends = session.execute(select(SignIn.created_at, SignIn.expires_at)).one()
    assert ends - begun == 12 * HOUR
    age(expires_at=now() - dt.timedelta(seconds=1))
    assert client.get("/me").status_code == 302


def test_the_time_of_use_is_written_once_a_minute(client: Client, clerk: Person) -> None:
    sign_in(client, clerk)
    first = session.scalars(select(SignIn.seen_at)).one()
    client.get("/me")
    session.rollback()
    assert session.scalars(select(SignIn.seen_at)).one() == first
    age(seen_at=first - dt.timedelta(minutes=2))
    client.get("/me")
    session.rollback()
    assert session.scalars(select(SignIn.seen_at)).one() >= first


def test_the_database_does_not_hold_the_id(app: Flask, client: Client, clerk: Person) -> None:
    sign_in(client, clerk)
    cookie = client.get_cookie(app.config["SESSION_ID_COOKIE"])
    assert cookie is not None
    stored = session.scalars(select(SignIn.id_hash)).one()
    assert stored == sessions.hashed(cookie.value)
    assert cookie.value.encode() not in stored


def test_the_cookie_has_all_flags(app: Flask, client: Client, clerk: Person) -> None:
    answer = client.send("/sign-in", {"login": clerk.login, "password": PASSWORD})
    made = next(h for h in answer.headers.getlist("Set-Cookie") if h.startswith("jieli-sid"))
    assert "HttpOnly" in made
    assert "SameSite=Lax" in made
    assert "Path=/" in made
    assert "Max-Age" not in made
    assert "Domain" not in made


def test_what_was_planted_before_signing_in_is_gone(app: Flask, clerk: Person) -> None:
    client = app.test_client()
    assert isinstance(client, Client)
    with client.session_transaction() as planted:
        planted["_user_id"] = clerk.pid
        planted["canary"] = "planted"
    assert client.get("/me").status_code == 302
    client.send("/sign-in", {"login": clerk.login, "password": PASSWORD})
    assert client.get("/me").status_code == 200
    assert client.get_cookie(app.config["SESSION_COOKIE_NAME"]) is None
    assert "planted" not in session.scalars(select(SignIn.data)).one()


def test_an_anonymous_row_is_nobody(client: Client, clerk: Person, app: Flask) -> None:
    sign_in(client, clerk)
    with aside() as connection:
        connection.execute(update(SignIn).values(person_id=None))
    assert client.get("/me").status_code == 302


def test_switching_posts_gives_a_new_id(app: Flask, client: Client, clerk: Person) -> None:
    sign_in(client, clerk)
    name = app.config["SESSION_ID_COOKIE"]
    before = client.get_cookie(name)
    client.send("/post", {"post": "all"}, page="/me")
    after = client.get_cookie(name)
    assert before is not None
    assert after is not None
    assert before.value != after.value
    client.set_cookie(name, before.value)
    assert client.get("/me").status_code == 302


def test_disabling_and_ending_from_outside_work_at_once(
    app: Flask, client: Client, clerk: Person
) -> None:
    sign_in(client, clerk)
    boss = app.test_client()
    sign_in(boss, person_with_post(Role.ADMINISTRATOR))
    card = f"/people/{clerk.pid}"
    boss.send(f"{card}/sessions/end", page=card)  # type: ignore[attr-defined]
    assert client.get("/me").status_code == 302
    sign_in(client, clerk)
    boss.send(f"{card}/use", {"disable": "1"}, page=card)  # type: ignore[attr-defined]
    assert client.get("/me").status_code == 302
    denied = client.send("/sign-in", {"login": clerk.login, "password": PASSWORD})
    assert denied.status_code == 422


@pytest.mark.parametrize("change", ["demoted", "moved", "ended", "closed", "barred"])
def test_a_change_of_rights_counts_at_the_next_request(
    app: Flask, client: Client, change: str
) -> None:
    """Signed in as the manager of a carrier's accounts, with a colleague's card open."""
    ours, others = (make_organisation(kind=OrganisationKind.CARRIER) for _n in range(2))
    manager = make_person(Role.CARRIER_ACCOUNTS, ours)
    card = f"/people/{make_person(Role.CARRIER_CLERK, ours).pid}"
    sign_in(client, manager)
    token, number, place = client.token(card), manager.id, others.id
    with write("test:change", actor=ACTOR):
        post = session.scalars(select(Post).where(Post.person_id == number)).one()
        if change == "demoted":
            post.role = Role.CARRIER_CLERK
        elif change == "moved":
            post.organisation_id = place
        elif change == "ended":
            post.ends = today()
        elif change == "closed":
            post.organisation.closed_on = today()
        else:
            post.person.disabled = True
    before = last_revision()
    read, written = {"moved": (404, 404), "barred": (302, 401)}.get(change, (403, 403))
    assert client.get(card).status_code == read
    answer = client.post(f"{card}/use", data={"disable": "1", "csrf_token": token})
    assert answer.status_code == written
    assert last_revision() == before


def test_a_former_colleague_is_left_alone(app: Flask, client: Client) -> None:
    """Who has moved on keeps their sessions, password and account from the former manager."""
    ours, district = make_organisation(kind=OrganisationKind.CARRIER), make_organisation()
    gone, manager = make_person(Role.CARRIER_CLERK, ours), make_person(Role.CARRIER_ACCOUNTS, ours)
    mate = f"/people/{make_person(Role.CARRIER_CLERK, ours).pid}"
    number, place, card = gone.id, district.id, f"/people/{gone.pid}"
    with write("test:move", actor=ACTOR):
        session.scalars(select(Post).where(Post.person_id == number)).one().ends = today()
        session.add(
            Post(
                person_id=number,
                organisation_id=place,
                role=Role.DISTRICT_CLERK,
                starts=today(),
            )
        )
    theirs = app.test_client()
    sign_in(theirs, session.get_one(Person, number))
    sign_in(client, manager)
    for end, data in (("sessions/end", {}), ("first-password", {}), ("use", {"disable": "1"})):
        assert client.send(f"{card}/{end}", data, page=mate).status_code == 403, end
    assert theirs.get("/me").status_code == 200


def test_no_write_under_a_post_that_ended_meanwhile(
    app: Flask, client: Client, clerk: Person
) -> None:
    """The request began with the post; the write comes after it was taken away."""
    sign_in(client, clerk)
    cookie = client.get_cookie(app.config["SESSION_ID_COOKIE"])
    assert cookie is not None
    headers = {"Cookie": f"jieli-sid={cookie.value}"}
    post = session.scalars(select(Post).where(Post.person_id == clerk.id)).one()
    viewer = viewing.of_post(post, today())
    with write("test:end", actor=ACTOR):
        session.scalars(select(Post)).one().ends = today()
    with (
        app.test_request_context("/", headers=headers),
        pytest.raises(Forbidden, match="post_ended"),
        write("test:late", actor=viewer),
    ):
        pytest.fail("the write was let in")


def test_tries_side_by_side_do_not_pass_the_limit(app: Flask, clerk: Person) -> None:
    login = clerk.login
    session.rollback()

    def attempt(_n: int) -> bool:
        with app.app_context():
            return throttle.reserve(login, "192.0.2.1").number is not None

    with ThreadPoolExecutor(8) as pool:
        let_in = sum(pool.map(attempt, range(24)))
    assert let_in == throttle.FREE_TRIES


def test_fewer_than_ten_wrong_tries_in_any_quarter_of_an_hour(app: Flask, clerk: Person) -> None:
    at = dt.datetime(2026, 11, 24, 1, tzinfo=dt.UTC)
    let_in: list[dt.datetime] = []
    with time_machine.travel(at, tick=False) as clock:
        for _ in range(400):
            if throttle.reserve(clerk.login, "192.0.2.1").number is not None:
                let_in.append(now())
            clock.shift(6)
    window = dt.timedelta(minutes=15)
    most = max(sum(a <= b < a + window for b in let_in) for a in let_in)
    assert most == 9
    assert len(let_in) > most


def test_an_unknown_login_is_slowed_like_a_known_one(app: Flask, clerk: Person) -> None:
    def waits(login: str, where: str) -> list[bool]:
        return [throttle.reserve(login, where).number is None for _ in range(6)]

    assert waits(clerk.login, "192.0.2.1") == waits("nobody.at.all", "192.0.2.2")
    held = session.scalars(select(Attempt.login_hash)).all()
    assert clerk.login not in "".join(held)


def test_a_hash_of_former_costs_is_renewed(app: Flask, client: Client, clerk: Person) -> None:
    former = passwords._hasher(2, 16, 1).hash(PASSWORD)
    with aside() as connection:
        connection.execute(update(Credential).values(password_hash=former))
    client.send("/sign-in", {"login": clerk.login, "password": PASSWORD})
    renewed = session.scalars(select(Credential.password_hash)).one()
    assert renewed != former
    assert passwords.check(renewed, PASSWORD)


@pytest.mark.parametrize(
    ("weak", "code"),
    [
        ("short", "password_short"),
        ("x" * 129, "password_long"),
        ("Password2026!!", "password_common"),
        ("P@ssw0rd-2026", "password_common"),
        ("pudong-yuanqu-2026", "password_common"),
        ("1qaz2wsx3edc", "password_common"),
        ("aaaaaaaaaaaaaa", "password_common"),
        ("lin.xiaolan-2026", "password_own"),
    ],
)
def test_weak_passwords_are_refused(app: Flask, weak: str, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        passwords.refuse_weak(weak, "lin.xiaolan", "林晓岚")
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "good", ["vivid copper lantern 9", "我家门口有三棵老樟树和一口井", "kvbt7rmp2xhqaaZ2"]
)
def test_long_uncommon_ones_are_taken(app: Flask, good: str) -> None:
    passwords.refuse_weak(good, "lin.xiaolan", "林晓岚")


def test_events_cannot_be_changed_and_a_flood_is_capped(
    app: Flask, client: Client, clerk: Person
) -> None:
    sign_in(client, clerk)
    for _ in range(25):
        assert client.get("/audit").status_code == 403
    kinds = list(session.scalars(select(SecurityEvent.kind).order_by(SecurityEvent.id)))
    assert kinds == ["refused"] * 20 + ["many"]
    for statement in ("DELETE FROM security_event", "UPDATE security_event SET kind = 'x'"):
        with pytest.raises(Exception, match="guard_sealed"), aside() as connection:
            connection.execute(text(statement))


def test_secrets_stand_in_no_log_and_no_audit(
    app: Flask, client: Client, clerk: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    canary = "canary quince hedge 41"
    client.send("/sign-in", {"login": canary, "password": canary})
    client.send("/sign-in", {"login": clerk.login, "password": PASSWORD})
    words = {"password": PASSWORD, "new_password": canary, "again": canary}
    assert client.send("/me/password", words).status_code == 303
    cookie = client.get_cookie(app.config["SESSION_ID_COOKIE"])
    assert cookie is not None
    held = []
    for table in (
        "revision",
        "revision_note",
        "security_event",
        "attempt",
        "sign_in",
        "credential",
    ):
        held += [repr(row) for row in session.execute(text(f"SELECT * FROM {table}"))]
    said = "\n".join([*held, caplog.text])
    assert canary not in said
    assert PASSWORD not in said
    assert cookie.value not in said


def test_posts_of_two_sides_are_not_combined(app: Flask, client: Client) -> None:
    carrier, district = make_organisation("甲", OrganisationKind.CARRIER), make_organisation("乙")
    person = make_person(Role.CARRIER_CLERK, carrier)
    number, place = person.id, district.id
    with write("test:post", actor=ACTOR):
        session.add(
            Post(
                person_id=number,
                organisation_id=place,
                role=Role.DISTRICT_HEAD,
                starts=dt.date(2020, 1, 1),
            )
        )
    viewer = viewing.build(number, "p", "n", today(), None)
    assert not viewer.combinable
    assert len(viewer.acting) == 1
    sign_in(client, session.get_one(Person, number))
    assert client.send("/post", {"post": "all"}, page="/me").status_code == 404


def test_a_post_at_an_operator_reaches_its_carriers(app: Flask) -> None:
    operator = make_organisation("丙", OrganisationKind.OPERATOR)
    below = make_organisation("丁", OrganisationKind.CARRIER, parent_id=operator.id)
    other = make_organisation("戊", OrganisationKind.CARRIER)
    person = make_person(Role.CARRIER_CLERK, operator)
    viewer = viewing.build(person.id, person.pid, person.name, today(), None)
    assert viewer.may_at(Permission.FIRM_RECORD, below.id)
    assert not viewer.may_at(Permission.FIRM_RECORD, other.id)
    assert below.id in viewer.organisation_ids


def test_auditor_and_administrator_stand_alone(app: Flask) -> None:
    from app.accounts import service  # the one act under test

    post = person_with_post(Role.AUDITOR)
    place = make_organisation("甲", OrganisationKind.CARRIER)
    person_id, place_id = post.person_id, place.id
    with pytest.raises(DomainError, match="post_alone"), write("test:post", actor=ACTOR):
        service.give_post(
            actor=ACTOR,
            today=today(),
            person=session.get_one(Person, person_id),
            organisation=session.get_one(type(place), place_id),
            role=Role.CARRIER_CLERK,
            starts=today(),
        )


def test_dead_sessions_are_purged(app: Flask, client: Client, clerk: Person) -> None:
    sign_in(client, clerk)
    assert sessions.purge() == 0
    age(seen_at=now() - HOUR)
    assert sessions.purge() == 1
    session.rollback()
    assert session.scalar(select(func.count()).select_from(SignIn)) == 0
