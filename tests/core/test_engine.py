"""What a connection keeps from one statement to the next."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from app.core.db import make_engine
from tests.databases import Databases


def test_postgresql_keeps_what_was_prepared_however_many_came_after(
    databases: Databases, tmp_path: Path
) -> None:
    url = databases.fresh("postgresql", tmp_path)
    engine = make_engine(url)
    held = text("SELECT statement, prepare_time FROM pg_prepared_statements ORDER BY 1")
    earlier = [text(f"SELECT {number} + :one") for number in range(400)]
    with engine.connect() as connection:
        for _twice in range(2):
            for statement in earlier:
                connection.execute(statement, {"one": 1}).all()
        before = connection.execute(held).all()
        assert len(before) >= len(earlier)
        for statement in earlier:
            connection.execute(statement, {"one": 1}).all()
        assert set(before) <= set(connection.execute(held).all())
    engine.dispose()
    databases.drop(url)


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
