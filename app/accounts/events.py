"""Security events: sign-ins, refusals, password changes. Append-only and rate-capped; no values."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import g, has_request_context, request
from sqlalchemy import func, insert, select

from app.accounts.models import SecurityEvent
from app.core.days import now
from app.core.db import aside, session
from app.core.db.base import OPEN
from app.core.text import N_, Coded

PER_MINUTE = 20
MINUTE = dt.timedelta(minutes=1)


class Event(Coded):
    """Kinds of security events."""

    SIGNED_IN = "signed_in", N_("登录")
    SIGN_IN_FAILED = "sign_in_failed", N_("登录失败")
    SIGN_IN_SLOWED = "sign_in_slowed", N_("登录限次")
    SIGNED_OUT = "signed_out", N_("退出")
    SESSION_ENDED = "session_ended", N_("会话被结束")
    POST_SWITCHED = "post_switched", N_("切换岗位")
    PASSWORD_CHANGED = "password_changed", N_("修改密码")
    FIRST_PASSWORD = "first_password", N_("发放首次密码")
    REFUSED = "refused", N_("越权被拒")
    TOKEN_REFUSED = "token_refused", N_("访问令牌被拒")
    FOREIGN_POST = "foreign_post", N_("跨站提交被拒")
    MANY = "many", N_("同类事件过多，略去其余")


def address() -> str | None:
    """Where the request comes from; None on the command line."""
    return (request.remote_addr or "")[:64] or None if has_request_context() else None


def record(kind: Event, *, person_id: int | None = None, detail: str | None = None) -> None:
    """Note an event. `detail` is a code, never what somebody typed.

    Beyond `PER_MINUTE` of a kind from one address in a minute, one line says that there were more.
    """
    at = now()
    values: dict[str, Any] = {
        "at": at,
        "kind": kind.value,
        "person_id": person_id,
        "address": address(),
        "request": g.get("request_id") if has_request_context() else None,
        "detail": detail[:80] if detail else None,
    }
    if OPEN.get() is not None:
        _add(session, values)
        return
    with aside() as connection:
        _add(connection, values)


def _add(connection: Any, values: dict[str, Any]) -> None:
    recent = select(func.count()).where(
        SecurityEvent.at > values["at"] - MINUTE,
        SecurityEvent.address == values["address"],
    )
    seen = connection.scalar(recent.where(SecurityEvent.kind == values["kind"])) or 0
    if seen >= PER_MINUTE:
        if connection.scalar(recent.where(SecurityEvent.kind == Event.MANY.value)):
            return
        values = {**values, "kind": Event.MANY.value, "person_id": None, "detail": values["kind"]}
    connection.execute(insert(SecurityEvent).values(values))
