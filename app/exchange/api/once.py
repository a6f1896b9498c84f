"""Writes of programs: once for each Idempotency-Key, and on the version that was read.

The answer is kept in the write that it answers. Writers come one by one, so of two requests with
one key the second finds the answer of the first, however close they came.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from typing import Any

from flask import Response, request
from marshmallow import Schema
from sqlalchemy import delete, select

from app.accounts.tokens import Bearer, bearer
from app.core.access import viewer
from app.core.days import now
from app.core.db import session, write
from app.core.errors import Conflict, DomainError, register_messages
from app.core.text import N_
from app.exchange.api.door import Refused, bp, current, key, sent
from app.exchange.models import KeptAnswer

#: How long a key stands for its answer.
KEPT = dt.timedelta(hours=24)

register_messages(
    {
        "key_used": N_("这个 Idempotency-Key 已用于另一次写入，请换一个；没有写入任何内容。"),
        "match_needed": N_("改动已有记录须带 If-Match，值为读到它时的 ETag。"),
        "not_newest": N_("刚才有人改过这条记录，没有写入；请重新读取，对照后再写。"),
    }
)


class _Repeated(Exception):
    """The key was used between looking and writing."""


def matched(row: Any) -> int:
    """The revision of a record that the request is about; 428 unsaid, 412 when it has changed."""
    if "If-Match" not in request.headers:
        raise Refused(428, "match_needed")
    tags = request.if_match
    rev: int = row.rev
    if tags.star_tag or any(tag and tag.partition("-")[0] == str(rev) for tag in tags):
        return rev
    raise Refused(412, "not_newest")


@bp.before_request
def repeated() -> Response | None:
    """A repeat of a write gets the answer of the first time, whatever has become of the record."""
    held, name = bearer(), request.headers.get("Idempotency-Key", "")
    if held is None or not held.writes or request.method == "GET" or not name:
        return None
    before = _kept(held, name)
    return _again(before) if before is not None else None


def written(
    action: str, act: Callable[[], Any], shape: type[Schema], *,
    status: int = 200, note: str | None = None,
) -> Response:  # fmt: skip
    """Run an act in a write of its own and answer what it gives, or what it gave the first time.

    `act` answers (what is shown, the record's revision or None). A refusal keeps nothing: the
    same key may be sent again once the reason is mended.
    """
    held, name = bearer(), key()
    assert held is not None
    mark = _mark()
    try:
        with write(action, actor=viewer(), note=note, reason=f"token:{held.pid}"):
            if _kept(held, name) is not None:
                raise _Repeated()
            found, rev = act()
            session.flush()
            text = json.dumps(shape().dump(found), ensure_ascii=False)
            _keep(held, name, mark, status, text, rev)
    except _Repeated:
        again = _kept(held, name)
        assert again is not None
        return _again(again)
    except Conflict as error:
        if error.code == "stale" and current().matches:
            raise Refused(412, "not_newest") from error
        raise
    return sent(text, status, rev)


def _mark() -> bytes:
    """What tells two requests apart: method, address, version and body."""
    parts = (
        request.method.encode(),
        request.full_path.encode(),
        request.headers.get("If-Match", "").encode(),
        request.get_data(),
    )
    sums = hashlib.sha256()
    for part in parts:
        sums.update(len(part).to_bytes(8, "big") + part)
    return sums.digest()


def _kept(held: Bearer, name: str) -> KeptAnswer | None:
    statement = select(KeptAnswer).where(
        KeptAnswer.token_id == held.id,
        KeptAnswer.name == name,
        KeptAnswer.at > now() - KEPT,
    )
    return session.scalars(statement).one_or_none()


def _again(kept: KeptAnswer) -> Response:
    if kept.mark != _mark():
        raise DomainError("key_used")
    made = sent(kept.body, kept.status, kept.shown_rev)
    made.headers["Idempotent-Replayed"] = "true"
    return made


def _keep(held: Bearer, name: str, mark: bytes, status: int, text: str, rev: int | None) -> None:
    at = now()
    session.execute(delete(KeptAnswer).where(KeptAnswer.at <= at - KEPT))
    session.add(
        KeptAnswer(
            token_id=held.id, name=name, mark=mark, status=status, body=text, shown_rev=rev, at=at
        )
    )
    session.flush()
