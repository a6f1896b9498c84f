"""What PostgreSQL's planner knows of the data."""

from __future__ import annotations

from sqlalchemy import text

from app.core.db.session import session


def refresh_statistics() -> None:
    """Let PostgreSQL count its tables anew after a load of many rows.

    Until its own daemon does so, minutes later, it plans for empty tables: one statement took
    sixty seconds instead of two. SQLite needs nothing.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ANALYZE"))
