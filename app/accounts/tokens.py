"""Who a program is: the bearer of a personal token. Neither a cookie nor a session is looked at.

The secret has 256 random bits, so its plain hash is enough, as with sessions. A token that is not
known costs a try, counted as wrong sign-ins are, apart from those of people.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request
from sqlalchemy import Select, select, update
from sqlalchemy.exc import SQLAlchemyError

from app.accounts import throttle, viewing
from app.accounts.events import Event, address, record
from app.accounts.models import ApiToken, Credential, Person
from app.accounts.sessions import SEEN_EVERY, hashed
from app.core.access import Viewer
from app.core.days import now, today
from app.core.db import aside, session
from app.core.errors import Busy, DomainError, register_messages
from app.core.text import N_

SHAPE = re.compile(r"Bearer (jieli_[A-Za-z0-9_-]{43})", re.I)

register_messages(
    {
        "token_needed": N_("请在 Authorization 中给出访问令牌：Bearer jieli_…。"),
        "token_refused": N_("访问令牌不对、已过期或已结束，请在“我的账号”中另建一个。"),
        "token_wait": N_("访问令牌多次不对，请 %(n)s 秒后再试。"),
    }
)


class Unknown(DomainError):
    """Nobody that we know."""

    status = 401


class Wait(DomainError):
    """The token was not even looked at; `seconds` says for how long."""

    status = 429

    def __init__(self, seconds: int) -> None:
        super().__init__("token_wait", n=seconds)
        self.seconds = seconds


@dataclass(frozen=True)
class Bearer:
    """A token in use, as one statement reads it."""

    id: int
    pid: str
    post_id: int
    writes: bool
    used_at: dt.datetime | None
    person_id: int
    person_pid: str
    name: str


def new_secret() -> str:
    """A secret: shown once, stored nowhere."""
    return f"jieli_{secrets.token_urlsafe(32)}"


def bearer() -> Bearer | None:
    """The token of this request, once it was recognised."""
    found: Bearer | None = g.get("bearer")
    return found


def recognise() -> Viewer:
    """The viewer that the token of this request stands for: its person under its one post.

    Raises Unknown without a token in use, Wait where there were too many wrong ones.
    """
    given = SHAPE.fullmatch(request.headers.get("Authorization", ""))
    if given is None:
        raise Unknown("token_needed")
    row = session.execute(_live().where(ApiToken.secret_hash == hashed(given[1]))).one_or_none()
    held = Bearer(*row) if row is not None else None
    person = _viewer(held) if held is not None else None
    if held is None or person is None:
        raise _refusal(given[1], held)
    g.bearer = held
    _used(held)
    return person


def _viewer(held: Bearer) -> Viewer | None:
    """The person under the token's post; None when the post is over."""
    found = viewing.build(held.person_id, held.person_pid, held.name, today(), held.post_id)
    return found if {post.id for post in found.acting} == {held.post_id} else None


def _live() -> Select[*tuple[Any, ...]]:
    """Tokens in use, of people who may sign in and owe no change of a first password."""
    return (
        select(
            ApiToken.id,
            ApiToken.pid,
            ApiToken.post_id,
            ApiToken.writes,
            ApiToken.used_at,
            Person.id,
            Person.pid,
            Person.name,
        )
        .join(Person, Person.id == ApiToken.person_id)
        .outerjoin(Credential, Credential.person_id == Person.id)
        .where(
            ApiToken.ended_at.is_(None),
            ApiToken.expires_at > now(),
            ApiToken.post_id.is_not(None),
            Person.disabled.is_(False),
            Credential.one_use.is_not(True),
        )
    )


def _refusal(secret: str, held: Bearer | None) -> DomainError:
    one = throttle.reserve(secret, f"token {address() or '-'}"[:64])
    person_id = held.person_id if held is not None else None
    record(Event.TOKEN_REFUSED, person_id=person_id)
    if one.number is None:
        return Wait(one.wait)
    return Unknown("token_refused")


def _used(held: Bearer) -> None:
    """Note the use, at most once a minute."""
    at = now()
    if held.used_at is not None and at - held.used_at < SEEN_EVERY:
        return
    try:
        with aside() as connection:
            mine = update(ApiToken).where(ApiToken.id == held.id)
            connection.execute(mine.values(used_at=at))
    except (Busy, SQLAlchemyError):
        current_app.logger.warning("token not updated", extra={"request": g.get("request_id")})


def alive() -> bool:
    """Whether the token of this request is still in use; True where there is none."""
    held = bearer()
    if held is None:
        return True
    return session.execute(_live().where(ApiToken.id == held.id)).first() is not None
