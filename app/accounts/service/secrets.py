"""Passwords and sessions of people."""

from __future__ import annotations

import datetime as dt

from flask import current_app
from sqlalchemy import delete, select

from app.accounts import demo, passwords, queries
from app.accounts.events import Event, record
from app.accounts.models import ApiToken, Credential, Organisation, Person, Post, SignIn
from app.accounts.service.tokens import end_tokens
from app.core.access import AnyViewer
from app.core.days import now
from app.core.db import session
from app.core.errors import DomainError, Forbidden, register_messages
from app.core.text import N_

register_messages(
    {
        "password_wrong": N_("现在的密码不对。"),
        "no_password": N_("演示账号没有自己的密码，也就不能修改。"),
        "password_differs": N_("两次输入的新密码不一样。"),
    }
)


def set_password(*, actor: AnyViewer, person: Person, password: str, today: dt.date) -> None:
    """Give somebody a password of their own choosing (set-up and tests).

    Effects: the credential; all sessions of the person end.
    """
    passwords.refuse_weak(password, *_own_words(person))
    _store(person, passwords.make_hash(password), one_use=False, expires=None)
    end_sessions(actor=actor, today=today, person=person)


def refuse_password(
    *, person: Person, password: str | None, new_password: str, again: str | None = None
) -> None:
    """Raise DomainError for what is wrong with a new password, before anything is hashed."""
    if again is not None and again != new_password:
        raise DomainError("password_differs", "again")
    if password == new_password:
        raise DomainError("password_same", "new_password")
    passwords.refuse_weak(new_password, *_own_words(person))


def change_password(*, actor: AnyViewer, person: Person, hashed: str, today: dt.date) -> None:
    """Put the hash of a person's own new password in place of the former one.

    Effects: the credential; every session of the person ends, this one as well. The present
    password was checked before (`entering.confirm`), outside of the writer's lock.
    """
    if actor.person_id != person.id:
        raise Forbidden()
    _store(person, hashed, one_use=False, expires=None)
    record(Event.PASSWORD_CHANGED, person_id=person.id)
    end_sessions(actor=actor, today=today, person=person)


def issue_first_password(*, actor: AnyViewer, person: Person, hashed: str, today: dt.date) -> None:
    """A password for one sign-in within `PASSWORD_FIRST_HOURS`; it must then be changed.

    Effects: the credential is replaced; all sessions and tokens of the person end. Raises
    Forbidden for somebody outside the actor's charge.
    """
    if not queries.manageable(actor, person, today):
        raise Forbidden()
    if demo.shared(person.login):
        raise DomainError("no_password")
    hours = dt.timedelta(hours=current_app.config["PASSWORD_FIRST_HOURS"])
    _store(person, hashed, one_use=True, expires=now() + hours)
    record(Event.FIRST_PASSWORD, person_id=person.id)
    end_tokens(ApiToken.person_id == person.id)
    end_sessions(actor=actor, today=today, person=person)


def end_access(*, actor: AnyViewer, today: dt.date, person: Person) -> tuple[int, int]:
    """End everything under which somebody is let in now: all sessions and tokens.

    Answers how many of each. Raises Forbidden as `end_sessions` does.
    """
    ended = end_sessions(actor=actor, today=today, person=person)
    return ended, end_tokens(ApiToken.person_id == person.id)


def end_sessions(
    *,
    actor: AnyViewer,
    today: dt.date,
    person: Person,
    only: bytes | None = None,
    keep: bytes | None = None,
) -> int:
    """End a person's sessions: all, `only` one, or all but the one to `keep`.

    Answers how many. Raises Forbidden for somebody outside the actor's charge, or with posts
    elsewhere too.
    """
    if actor.person_id != person.id and not queries.manageable(actor, person, today):
        raise Forbidden()
    statement = delete(SignIn).where(SignIn.person_id == person.id)
    if only is not None:
        statement = statement.where(SignIn.id_hash == only)
    if keep is not None:
        statement = statement.where(SignIn.id_hash != keep)
    ended = session.execute(statement).rowcount  # type: ignore[attr-defined]
    if ended:
        record(Event.SESSION_ENDED, person_id=person.id)
    return int(ended)


def _store(person: Person, hashed: str, *, one_use: bool, expires: dt.datetime | None) -> None:
    held = session.scalars(select(Credential).where(Credential.person_id == person.id)).first()
    if held is None:
        held = Credential(person_id=person.id)
        session.add(held)
    held.password_hash, held.changed_at = hashed, now()
    held.one_use, held.expires_at = one_use, expires
    session.flush()


def _own_words(person: Person) -> list[str]:
    """Words that others would try first: login, name, names of the organisations."""
    names = session.execute(
        select(Organisation.name, Organisation.short_name)
        .join(Post, Post.organisation_id == Organisation.id)
        .where(Post.person_id == person.id)
        .order_by(Organisation.id)
    )
    return [person.login, person.name, *(word for row in names for word in row)]
