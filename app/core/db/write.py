"""`write()`: the only place that commits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from flask import current_app, g, has_request_context
from sqlalchemy import bindparam, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError

from app.core.access import Actor
from app.core.days import now
from app.core.db.base import OPEN
from app.core.db.revision import FIRST_HASH, Revision, RevisionNote, digest, seal_hash, unused
from app.core.db.session import session
from app.core.errors import Busy, Conflict, from_constraint

#: PostgreSQL advisory lock that lets one writer in at a time.
WRITER_LOCK = 0x6A69656C69
_HELD: Any = Revision.__table__
_THIS = _HELD.c.id == bindparam("this")
#: what each write runs, built once: the newest revision; one anew, read again, sealed
_LAST = select(_HELD.c.id, _HELD.c.hash).order_by(_HELD.c.id.desc()).limit(1)
_BEGIN = insert(_HELD)
_OPENED = select(_HELD).where(_THIS)
_CLOSE = update(_HELD).where(_THIS)
#: Records that a long job changes in one write, before others have their turn.
SPAN = 5_000


@dataclass
class Txn:
    """The write in progress."""

    rev: int
    at: dt.datetime
    actor: Actor
    touched: set[tuple[str, int]] = field(default_factory=set)

    def touch(self, table: str, row_id: int) -> None:
        """Report a record changed by a bulk statement, which the session cannot see."""
        self.touched.add((table, row_id))

    def ids(self, table: str) -> set[int]:
        """Ids of the touched records of a table."""
        return {row_id for name, row_id in self.touched if name == table}


def on_seal(app: Any, hook: Callable[[Txn], None], first: bool = False) -> None:
    """Run `hook` in each write after its service, before it is sealed (e.g. to re-judge).

    `first` puts it before those already there: it changes what they read.
    """
    hooks = app.extensions.setdefault("seal_hooks", [])
    hooks.insert(0 if first else len(hooks), hook)


def on_open(app: Any, hook: Callable[[Txn], None]) -> None:
    """Run `hook` in each write before its service (e.g. whether the actor may still act)."""
    app.extensions.setdefault("open_hooks", []).append(hook)


@contextmanager
def write(
    action: str,
    *,
    actor: Actor,
    reason: str | None = None,
    note: str | None = None,
    at: dt.datetime | None = None,
) -> Iterator[Txn]:
    """One write transaction: lock, open a revision, run the service, seal, commit.

    `action` is a code such as `claim:accept`; `reason` a code, `note` the user's words. `at` is
    for the seed only. Whatever was read before is forgotten, so load inside. Raises Conflict
    when another editor was first, Busy when the database stays locked.
    """
    if OPEN.get() is not None:
        raise RuntimeError("write() inside write()")
    session.rollback()
    token = OPEN.set(None)
    try:
        txn = _open(action, actor, reason, at)
        OPEN.set(txn.rev)
        for hook in current_app.extensions.get("open_hooks", []):
            hook(txn)
        yield txn
        session.flush()
        for hook in current_app.extensions.get("seal_hooks", []):
            hook(txn)
        _seal(txn, note)
        session.commit()
    except BaseException as error:
        session.rollback()
        translated = _translate(error)
        if translated is None:
            raise
        raise translated from error
    finally:
        OPEN.reset(token)
        session.info.pop("touched", None)


def _open(action: str, actor: Actor, reason: str | None, at: dt.datetime | None) -> Txn:
    connection = session.connection(execution_options={"writing": True})
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})
    last = session.execute(_LAST).first()
    rev = unused(connection, last.id + 1 if last else 1)
    txn = Txn(rev=rev, at=at or now(), actor=actor)
    opened = {
        "id": txn.rev,
        "at": txn.at,
        "actor": actor.code,
        "person_id": actor.person_id,
        "post_id": actor.post_id,
        "action": action,
        "sealed": False,
        "reason": reason,
        "request": g.get("request_id") if has_request_context() else None,
        "prev_hash": last.hash if last else FIRST_HASH,
    }
    connection.execute(_BEGIN, opened)
    session.info["touched"] = txn.touched
    return txn


def _seal(txn: Txn, note: str | None) -> None:
    session.flush()
    if note:
        session.execute(insert(RevisionNote).values(rev=txn.rev, note=note))
    connection = session.connection()
    row = connection.execute(_OPENED, {"this": txn.rev}).one()
    sealed = digest(connection, txn.rev, note)
    key = current_app.config["AUDIT_KEY"].encode()
    complete = SimpleNamespace(**dict(row._mapping, digest=sealed))
    given = {"this": txn.rev, "digest": sealed, "hash": seal_hash(key, complete), "sealed": True}
    connection.execute(_CLOSE, given)


def _translate(error: BaseException) -> Exception | None:
    if isinstance(error, StaleDataError | ObjectDeletedError):
        return Conflict("stale")
    if isinstance(error, IntegrityError):
        return from_constraint(str(error.orig))
    if isinstance(error, DBAPIError) and unable(error):
        return Busy()
    return None


#: What SQLite says when another writer is in the way, the disk is full, failing, or read-only.
_UNABLE = ("is locked", "disk is full", "readonly database", "disk I/O error")


def unable(error: DBAPIError) -> bool:
    """Whether the database could not write now though nothing is wrong with the statement."""
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        # 25006 read-only, 53… out of disk, memory or connections, 55P03 waited too long
        return state in ("25006", "55P03") or state.startswith("53")
    return isinstance(error, OperationalError) and any(w in str(error.orig) for w in _UNABLE)


_NEWEST = select(func.max(Revision.id))


def last_revision() -> int:
    """The newest sealed revision: the cut of "as known now"."""
    return session.scalar(_NEWEST) or 0


def cut_at(instant: dt.datetime) -> int:
    """The cut of an instant: the last revision written at or before it."""
    return session.scalar(select(func.max(Revision.id)).where(Revision.at <= instant)) or 0
