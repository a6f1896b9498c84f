"""What a connection to SQLite keeps from one statement to the next."""

from __future__ import annotations

from pathlib import Path

from app.core.db import make_engine


def test_a_statement_is_prepared_once_however_many_came_before(tmp_path: Path) -> None:
    prepared: list[int] = []
    engine = make_engine(f"sqlite:///{tmp_path / 'kept.db'}")
    with engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        assert driver is not None
        # SQLite asks for leave while it prepares, never while it runs
        driver.set_authorizer(lambda *_asked: prepared.append(1) or 0)
        earlier = [f"SELECT {number}" for number in range(400)]
        for statement in (*earlier, *earlier, "SELECT 'one'", "SELECT 'other'"):
            connection.exec_driver_sql(statement).all()
        before = len(prepared)
        assert before >= len(earlier)
        for statement in ("SELECT 'one'", "SELECT 'other'", *earlier):
            connection.exec_driver_sql(statement).all()
        assert len(prepared) == before
    engine.dispose()
