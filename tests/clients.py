"""The test client: as Flask's own, and every page it fetches is linted."""

from __future__ import annotations

import contextvars
import datetime as dt
import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from app.accounts import sessions, tokens
from app.accounts.models import ApiToken, Person, Post
from app.core.access import System
from app.core.days import now
from app.core.db import write
from app.core.db.session import AppSession, session
from tests.lint import faults, part_faults

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="csrf_token"')


@event.listens_for(AppSession, "after_flush")
def _flushed(one: Any, _context: Any) -> None:
    one.info["unsaved"] = True


@event.listens_for(AppSession, "after_commit")
@event.listens_for(AppSession, "after_rollback")
def _settled(one: Any) -> None:
    one.info.pop("unsaved", None)


def watch_leftovers(app: Any) -> None:
    """Note, as each application context ends, whether changes would be lost with it."""
    app.extensions["leftovers"] = []

    @app.teardown_appcontext
    def look(_error: BaseException | None) -> None:
        if not session.registry.has():
            return
        one = session()
        if one.info.get("unsaved") or one.new or one.dirty or one.deleted:
            app.extensions["leftovers"].append([*one.new, *one.dirty, *one.deleted] or "flushed")


class Client(FlaskClient):
    """Runs each request outside the test's own application context, then lints the answer.

    Set ``lint = False`` on one client to look at something that is deliberately broken.
    """

    lint = True

    def open(self, *args: Any, **kw: Any) -> TestResponse:
        if session.registry.has():
            assert not session().info.get("unsaved"), "the test itself left changes uncommitted"
            session.rollback()
        answer: TestResponse = contextvars.Context().run(super().open, *args, **kw)
        left = self.application.extensions["leftovers"]
        assert not left, f"{answer.request.path} left uncommitted changes: {left}"
        if (
            self.lint
            and answer.mimetype == "text/html"
            and answer.status_code not in (301, 302, 303)
        ):
            html = answer.get_data(as_text=True)
            whole = "<html" in html[:500].lower()
            found = faults(html) if whole else part_faults(html)
            lines = "\n  ".join(found)
            assert not found, f"{answer.request.method} {answer.request.path}:\n  {lines}"
        return answer

    def token(self, path: str) -> str:
        """The CSRF token of the first form on a page."""
        found = TOKEN.search(self.get(path, follow_redirects=True).get_data(as_text=True))
        assert found, f"{path} has no form to post"
        return found[1] or found[2]

    def send(self, path: str, data: dict[str, Any] | None = None, **kw: Any) -> TestResponse:
        """Post a form the way a browser does: with the token of the page it stands on.

        ``page`` names that page where it is another address than the form's own.
        """
        page = kw.pop("page", path)
        return self.post(path, data={"csrf_token": self.token(page), **(data or {})}, **kw)


def sign_in(client: FlaskClient, who: Any) -> FlaskClient:
    """Sign a browser in as a person (under all posts) or under one post, without a password."""
    person_id, post_id = (who.person_id, who.id) if isinstance(who, Post) else (who.id, None)
    session.rollback()
    sid = sessions.open_row(person_id, post_id)
    client.set_cookie(client.application.config["SESSION_ID_COOKIE"], sid)
    return client


def bear(client: FlaskClient, post: Post, *, writes: bool = True) -> str:
    """Let a client's requests carry a token of a post; answers the secret."""
    secret, at = tokens.new_secret(), now()
    made = ApiToken(
        secret_hash=sessions.hashed(secret), person_id=post.person_id, post_id=post.id,
        name="测试", writes=writes, made_at=at, expires_at=at + dt.timedelta(days=30), used_at=at,
    )  # fmt: skip
    with write("test:token", actor=System("test")):
        session.add(made)
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return secret


def post_of(person: Person) -> Post:
    """The only post of a person."""
    return session.scalars(select(Post).where(Post.person_id == person.id)).one()
