"""One session an application context; it reads freely and writes only inside `write()`."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from app.core.db.base import Recorded


class AppSession(Session):
    """Finds its engine through the application, so that several can live in one process."""

    def get_bind(self, *_args: Any, **_kw: Any) -> Engine:
        return current_app.extensions["engine"]  # type: ignore[no-any-return]


session: scoped_session[AppSession] = scoped_session(
    sessionmaker(class_=AppSession, autoflush=True),
    scopefunc=lambda: id(g._get_current_object()),
)


@event.listens_for(AppSession, "after_flush")
def _note_touched(one: Session, _context: Any) -> None:
    """Remember which records a write touches, for whoever re-judges them before it is sealed."""
    touched = one.info.get("touched")
    if touched is None:
        return
    for row in (*one.new, *one.dirty, *one.deleted):
        if not isinstance(row, Recorded):
            continue
        touched.add((row.__tablename__, row.id))  # type: ignore[attr-defined]
        touched |= row.touches()


def steady() -> None:
    """Read everything that follows from one snapshot, also while others write.

    SQLite's read transactions are snapshots already; PostgreSQL needs to be told at the start
    of the transaction, so the one in progress is ended.
    """
    session.rollback()
    if engine().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def engine() -> Engine:
    """The engine of the current application."""
    return current_app.extensions["engine"]  # type: ignore[no-any-return]


def init_app(app: Flask, made: Engine) -> None:
    """Attach the engine and close sessions with their context."""
    app.extensions["engine"] = made

    @app.teardown_appcontext
    def close(_error: BaseException | None) -> None:
        session.remove()
