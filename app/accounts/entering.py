"""Signing in: the throttle, then the password, then a fresh session."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select, update

from app.accounts import demo, passwords, sessions, throttle, viewing
from app.accounts.events import Event, address, record
from app.accounts.models import Credential, Person, Preference
from app.core.days import now, today
from app.core.db import aside, session
from app.core.errors import DomainError, register_messages
from app.core.text import N_


class TooMany(DomainError):
    """The try was not even looked at."""

    status = 429


register_messages(
    {
        "sign_in_wrong": N_("登录名或密码不对。忘记密码请找本单位账号管理员。"),
        "sign_in_wait": N_("尝试太多次，请 %(n)s 秒后再试。"),
        "sign_in_wait_long": N_("尝试太多次，请 %(n)s 分钟后再试。"),
        "first_password_over": N_("首次密码已用过或已过期，请找账号管理员重新发放。"),
    }
)


@dataclass(frozen=True)
class _Known:
    person_id: int
    stored: str
    one_use: bool
    over: bool


def enter(*, login: str, password: str) -> None:
    """Sign in with a password, or raise DomainError; every try is counted before it is checked.

    Effects: a new session, the former one of this browser ends; a first password is used up;
    the hash is renewed when its costs are no longer the present ones.
    """
    one = throttle.reserve(login, address())
    if one.number is None:
        record(Event.SIGN_IN_SLOWED)
        raise _wait(one.wait)
    known = _look_up(login)
    if known is None and (person_id := demo.recognise(throttle.plain_login(login), password)):
        throttle.forgive(one)
        open_for(person_id)
        return
    if not passwords.check(known.stored if known else None, password) or known is None:
        record(Event.SIGN_IN_FAILED, person_id=known.person_id if known else None)
        raise DomainError("sign_in_wrong")
    throttle.forgive(one)
    if known.over:
        record(Event.SIGN_IN_FAILED, person_id=known.person_id, detail="first_password_over")
        raise DomainError("first_password_over")
    _settle(known, password)
    open_for(known.person_id)


def confirm(*, login: str, password: str, person_id: int) -> None:
    """Throttle the guessing of a present password from within a session; raises when wrong."""
    one = throttle.reserve(login, address())
    if one.number is None:
        record(Event.SIGN_IN_SLOWED, person_id=person_id)
        raise _wait(one.wait)
    known = _look_up(login)
    if known is None or not passwords.check(known.stored, password):
        record(Event.SIGN_IN_FAILED, person_id=person_id, detail="password_change")
        raise DomainError("password_wrong", "password")
    throttle.forgive(one)


def _wait(seconds: int) -> TooMany:
    if seconds < 90:
        return TooMany("sign_in_wait", n=seconds)
    return TooMany("sign_in_wait_long", n=-(-seconds // 60))


def _look_up(login: str) -> _Known | None:
    row = session.execute(
        select(Person.id, Credential.password_hash, Credential.one_use, Credential.expires_at)
        .join(Credential, Credential.person_id == Person.id)
        .where(Person.login == throttle.plain_login(login), Person.disabled.is_(False))
    ).one_or_none()
    if row is None:
        return None
    over = row.expires_at is not None and row.expires_at <= now()
    return _Known(row.id, row.password_hash, row.one_use, over)


def _settle(known: _Known, password: str) -> None:
    changes: dict[str, object] = {}
    if known.one_use:
        changes["expires_at"] = now()
    if passwords.outdated(known.stored):
        changes["password_hash"] = passwords.make_hash(password)
    if changes:
        with aside() as connection:
            connection.execute(
                update(Credential).where(Credential.person_id == known.person_id).values(changes)
            )


def open_for(person_id: int) -> None:
    """Start the session of a person, under the post last used."""
    last = session.scalar(select(Preference.post_id).where(Preference.person_id == person_id))
    held = {post.id for post in viewing.posts_of(person_id, today())}
    session.rollback()
    sessions.begin(person_id, last if last in held else None)
    record(Event.SIGNED_IN, person_id=person_id)
    current_app.logger.info("signed in", extra={"person": person_id})
