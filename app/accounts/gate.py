"""What every request passes before its view: origin, session, viewer, language; default deny."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from app.accounts import sessions, tokens, viewing
from app.accounts.events import Event, record
from app.accounts.sessions import Standing
from app.core.access import Viewer
from app.core.days import now, today
from app.core.db import Txn
from app.core.errors import Busy, Forbidden, register_messages
from app.core.handlers import wanted_path
from app.core.problems import asked_by_program
from app.core.refusals import page as error_page
from app.core.shell import ONE_YEAR
from app.core.text import LOCALES, N_

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
#: Where somebody may go whose password must be changed first.
LOCKED_FREE = ("accounts.password", "accounts.sign_out", "shell.preferences")

register_messages(
    {
        "foreign_post": N_("这次提交来自别的网站，没有写入。"),
        "token_reads": N_("这个访问令牌只能读取，没有写入任何内容。"),
        "post_ended": N_("您的岗位刚刚变动，这次没有写入。刷新页面后再看您能办理什么。"),
    }
)


def admit() -> ResponseReturnValue | None:
    """Find out who asks; turn away whoever the view is not for."""
    if fault := g.get("session_fault"):
        raise fault
    if asked_by_program():
        _admit_program()
        return None
    if _foreign():
        record(Event.FOREIGN_POST, detail=request.endpoint)
        raise Forbidden("foreign_post")
    held = sessions.standing()
    locked = held is not None and must_change(held)
    _language(held)
    if held is not None:
        g.viewer = viewing.build(
            held.person_id, held.pid, held.name, today(), held.post_id, locked=locked
        )
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or getattr(view, "permissions", None) == ():
        return None
    if g.get("viewer") is None:
        return _sign_in_first()
    if locked and request.endpoint not in LOCKED_FREE:
        return redirect(url_for("accounts.password"), 303)
    return None


def _admit_program() -> None:
    """A token instead of a session: no cookie counts, so that no other site can use one.

    One that only reads is refused every other method before anything is loaded.
    """
    g.locale = request.accept_languages.best_match(LOCALES, LOCALES[0])
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or getattr(view, "permissions", None) == ():
        return
    g.viewer = tokens.recognise()
    held = tokens.bearer()
    if request.method not in SAFE_METHODS and not (held and held.writes):
        raise Forbidden("token_reads")


def _foreign() -> bool:
    """Whether a write comes from another site, as far as the browser says where it comes from."""
    if request.method in SAFE_METHODS:
        return False
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host


def must_change(held: Standing) -> bool:
    """Whether the password was a first one, or is older than the deployment allows."""
    if held.one_use:
        return True
    days = current_app.config["PASSWORD_MAX_AGE_DAYS"]
    changed = held.changed_at
    return bool(days and changed is not None and changed < now() - dt.timedelta(days=days))


def _language(held: Standing | None) -> None:
    """Language and theme of the account; a `?lang=` in the address goes before both."""
    if held is not None:
        g.locale, g.theme = held.locale, held.theme
    asked = request.args.get("lang")
    if request.method == "GET" and asked in LOCALES:
        g.locale = asked


def _sign_in_first() -> ResponseReturnValue:
    path = wanted_path()
    target = url_for("accounts.sign_in", next=path if path != "/" else None)
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": target})
    if request.method in SAFE_METHODS:
        return redirect(target)
    return error_page(401)


def see_off(response: Response) -> Response:
    """Keep the language asked for in the address; note who was refused what."""
    asked = request.args.get("lang")
    if request.method == "GET" and asked in LOCALES and g.get("viewer") is None:
        response.set_cookie(
            "lang",
            asked,
            max_age=ONE_YEAR,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
    person = g.get("viewer")
    if response.status_code == 403 and isinstance(person, Viewer):
        try:
            record(Event.REFUSED, person_id=person.person_id, detail=request.endpoint)
        except (Busy, SQLAlchemyError):
            # The refusal stands, though it cannot be noted now: the log has it.
            current_app.logger.warning("refusal not noted", extra={"request": g.get("request_id")})
    return response


def recheck(txn: Txn) -> None:
    """At the start of each write: the actor's posts still hold, and so does session or token.

    Whoever takes a post away writes too, and writers come one by one: from that write on
    nothing is accepted under the post, however early the request had begun.
    """
    if not isinstance(txn.actor, Viewer):
        return
    if sessions.standing() is None and tokens.bearer() is None:
        return
    alive = sessions.alive() and tokens.alive()
    if not viewing.still_holds(txn.actor, today()) or not alive:
        raise Forbidden("post_ended")


def init_app(app: Flask) -> None:
    """Stand before every view."""
    app.before_request(admit)
    app.after_request(see_off)
