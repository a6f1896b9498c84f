"""Server-side sessions: a row for each sign-in; the browser holds nothing but a random id.

Somebody who is not signed in has Flask's signed cookie instead (a token for forms, messages).
The two never mix: signing in starts from an empty row, and with a row the signed cookie is not
even read. So nothing planted before survives, and a copied id is worthless once the row is gone.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import secrets
from dataclasses import dataclass
from typing import Any

from flask import Flask, Request, Response, current_app, g, has_request_context, request
from flask import session as flask_session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import CallbackDict

from app.accounts.models import Credential, Person, Preference, SignIn
from app.core.days import now
from app.core.db import aside, session
from app.core.errors import Busy
from app.core.problems import PREFIX

#: A session is written to at most this often for nothing but the time it was last used.
SEEN_EVERY = dt.timedelta(minutes=1)
#: Seconds that noting the last use may wait for a long write: it is made up for next time.
NOTING = 0.5
SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Standing:
    """What one statement reads about a live session and its person."""

    id_hash: bytes
    person_id: int
    pid: str
    name: str
    login: str
    post_id: int | None
    seen_at: dt.datetime
    expires_at: dt.datetime
    locale: str | None
    theme: str | None
    one_use: bool | None
    changed_at: dt.datetime | None


class RowSession(CallbackDict[str, Any], SessionMixin):
    """The data of one row. `standing` is None when the database could not be read."""

    def __init__(self, data: dict[str, Any], standing: Standing | None) -> None:
        def changed(one: CallbackDict[str, Any]) -> None:
            one.modified = True  # type: ignore[attr-defined]

        super().__init__(data, changed)
        self.modified = False
        self.standing = standing


def hashed(sid: str) -> bytes:
    """What the table holds of an id. Plain SHA-256 will do: the id has 256 random bits."""
    return hashlib.sha256(sid.encode()).digest()


class DatabaseSessions(SecureCookieSessionInterface):
    """Flask's way in and out of a session."""

    def open_session(self, app: Flask, request: Request) -> Any:
        """The row's data if the id is of a live session, else the signed cookie's.

        Files and programs have none: the cookie is not even read.
        """
        if request.path.startswith(("/assets/", PREFIX)):
            return RowSession({}, None)
        sid = request.cookies.get(app.config["SESSION_ID_COOKIE"], "")
        if SHAPE.fullmatch(sid):
            try:
                found = _live(hashed(sid), app)
            except SQLAlchemyError as error:
                g.session_fault = error
                return RowSession({}, None)
            if found is not None:
                return found
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write what changed, and the time of use once a minute; hand out a new id."""
        if isinstance(session, RowSession):
            if session.standing is not None and "new_sid" not in g:
                response.vary.add("Cookie")
                _keep(session.standing.id_hash, session, session.standing.seen_at)
        elif "new_sid" not in g:
            super().save_session(app, session, response)
        if "new_sid" in g:
            self._hand_out(app, response, g.new_sid)

    def _hand_out(self, app: Flask, response: Response, sid: str | None) -> None:
        name, flags = app.config["SESSION_ID_COOKIE"], self._flags(app)
        if sid is None:
            response.delete_cookie(name, **flags)
        else:
            response.set_cookie(name, sid, **flags)
        response.delete_cookie(app.config["SESSION_COOKIE_NAME"], **flags)

    def _flags(self, app: Flask) -> dict[str, Any]:
        secure = self.get_cookie_secure(app)
        return {"path": "/", "secure": secure, "httponly": True, "samesite": "Lax"}


def _live(id_hash: bytes, app: Flask) -> RowSession | None:
    at = now()
    row = session.execute(
        select(
            SignIn.id_hash,
            SignIn.person_id,
            Person.pid,
            Person.name,
            Person.login,
            SignIn.post_id,
            SignIn.seen_at,
            SignIn.expires_at,
            Preference.locale,
            Preference.theme,
            Credential.one_use,
            Credential.changed_at,
            SignIn.data,
        )
        .join(Person, Person.id == SignIn.person_id)
        .outerjoin(Preference, Preference.person_id == Person.id)
        .outerjoin(Credential, Credential.person_id == Person.id)
        .where(
            SignIn.id_hash == id_hash,
            SignIn.expires_at > at,
            SignIn.seen_at > at - app.config["SESSION_IDLE"],
            Person.disabled.is_(False),
        )
    ).one_or_none()
    if row is None:
        return None
    *standing, data = row
    return RowSession(json.loads(data), Standing(*standing))


def _keep(id_hash: bytes, data: RowSession, seen_at: dt.datetime) -> None:
    at = now()
    changes: dict[str, Any] = {}
    if at - seen_at >= SEEN_EVERY:
        changes["seen_at"] = at
    if data.modified:
        changes["data"] = json.dumps(dict(data))
    if not changes:
        return
    try:
        patience = None if "data" in changes else NOTING
        with aside(patience=patience) as connection:
            connection.execute(update(SignIn).where(SignIn.id_hash == id_hash).values(changes))
    except (Busy, SQLAlchemyError):
        # The answer stands by itself; a lost message or time of use is made up for next time.
        current_app.logger.warning("session not updated", extra={"request": g.get("request_id")})


def standing() -> Standing | None:
    """The live session of this request, if somebody is signed in."""
    if not has_request_context():
        return None
    return getattr(flask_session, "standing", None)


def alive() -> bool:
    """Whether the session of this request is still there; True outside of one."""
    held = standing()
    if held is None:
        return True
    return session.scalar(select(SignIn.id_hash).where(SignIn.id_hash == held.id_hash)) is not None


def begin(person_id: int, post_id: int | None) -> None:
    """Start a session with a new id; the one that this request came with ends."""
    former = standing()
    if former is not None:
        with aside() as connection:
            connection.execute(delete(SignIn).where(SignIn.id_hash == former.id_hash))
    g.new_sid = open_row(person_id, post_id)


def open_row(person_id: int, post_id: int | None = None) -> str:
    """Make the row of a new session and answer its id: the value of the cookie."""
    at = now()
    sid = secrets.token_urlsafe(32)
    with aside() as connection:
        connection.execute(delete(SignIn).where(SignIn.expires_at <= at))
        connection.execute(insert(SignIn).values(_fresh(sid, person_id, post_id, at)))
    return sid


def _fresh(sid: str, person_id: int, post_id: int | None, at: dt.datetime) -> dict[str, Any]:
    asked = request if has_request_context() else None
    agent = asked.headers.get("User-Agent", "") if asked else ""
    return {
        "id_hash": hashed(sid),
        "person_id": person_id,
        "post_id": post_id,
        "data": json.dumps({"csrf_token": secrets.token_hex(20)}),
        "created_at": at,
        "seen_at": at,
        "expires_at": at + current_app.config["SESSION_ABSOLUTE"],
        "address": (asked.remote_addr or "")[:64] or None if asked else None,
        "agent": agent[:200] or None,
    }


def switch(post_id: int | None) -> None:
    """Go on under another post (None: under all) and another id, with the same end of life."""
    held = standing()
    if held is None:
        return
    sid = secrets.token_urlsafe(32)
    with aside() as connection:
        connection.execute(
            update(SignIn)
            .where(SignIn.id_hash == held.id_hash)
            .values(id_hash=hashed(sid), post_id=post_id, seen_at=now())
        )
    g.new_sid = sid


def end() -> None:
    """End the session of this request."""
    held = standing()
    if held is not None:
        with aside() as connection:
            connection.execute(delete(SignIn).where(SignIn.id_hash == held.id_hash))
    g.new_sid = None


def purge() -> int:
    """Remove dead sessions; answers how many there were."""
    at = now()
    idle = at - current_app.config["SESSION_IDLE"]
    with aside() as connection:
        dead = delete(SignIn).where((SignIn.expires_at <= at) | (SignIn.seen_at <= idle))
        return connection.execute(dead).rowcount
