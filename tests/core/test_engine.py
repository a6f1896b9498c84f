"""What a connection keeps from one statement to the next."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from app.core.access import System
from app.core.db import Revision, filling, long_texts, make_engine, session, write
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


def test_a_rollback_loses_what_was_written_and_nothing_that_was_prepared(
    databases: Databases, tmp_path: Path
) -> None:
    url = databases.fresh("postgresql", tmp_path)
    engine = make_engine(url)
    held = text(
        "SELECT name, prepare_time FROM pg_prepared_statements WHERE statement LIKE 'INSERT%'"
    )
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE note (n int)")
        connection.commit()
        for _more in range(3):
            connection.execute(text("INSERT INTO note VALUES (41)"))
        before = connection.execute(held).all()
        assert len(before) == 1
        connection.rollback()
        assert connection.exec_driver_sql("SELECT count(*) FROM note").scalar_one() == 0
        with pytest.raises(Exception, match="division by zero"):
            connection.exec_driver_sql("SELECT 1 / 0")
        connection.rollback()
        connection.execute(text("INSERT INTO note VALUES (41)"))
        assert connection.execute(held).all() == before
    engine.dispose()
    databases.drop(url)


def test_a_temporary_table_of_what_was_undone_is_found_again(
    databases: Databases, tmp_path: Path
) -> None:
    url = databases.fresh("postgresql", tmp_path)
    engine = make_engine(url)
    with engine.connect() as connection:
        for number in range(4):
            connection.exec_driver_sql("CREATE TEMPORARY TABLE kept (n bigint) ON COMMIT DROP")
            for _more in range(3):
                connection.execute(text("INSERT INTO kept VALUES (:n)"), {"n": number})
            found = connection.execute(text("SELECT n FROM kept")).scalars().all()
            assert found == [number] * 3
            connection.rollback()
    engine.dispose()
    databases.drop(url)


def test_what_a_migration_changes_below_a_connection_fails_once(
    databases: Databases, tmp_path: Path
) -> None:
    url = databases.fresh("postgresql", tmp_path)
    engine, other = make_engine(url), make_engine(url)
    read = text("SELECT n FROM note")
    with other.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE note (n int)")
    with engine.connect() as connection:
        for _more in range(3):
            assert connection.execute(read).all() == []
    for change in ("ALTER TABLE note ALTER n TYPE bigint", "DISCARD ALL"):
        where = other if change.startswith("ALTER") else engine
        with where.connect() as connection:
            driver: Any = connection.connection.dbapi_connection
            connection.rollback()
            driver.autocommit = True
            driver.pgconn.exec_(change.encode())
            driver.autocommit = False
        with pytest.raises(DBAPIError), engine.connect() as connection:
            connection.execute(read)
        for _more in range(3):
            with engine.connect() as connection:
                assert connection.execute(read).all() == []
    for one in (engine, other):
        one.dispose()
    databases.drop(url)


def test_a_rollback_says_when_the_server_is_gone(databases: Databases, tmp_path: Path) -> None:
    url = databases.fresh("postgresql", tmp_path)
    engine, other = make_engine(url), make_engine(url)
    with engine.connect() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with other.connect() as killer:
            killer.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid}).all()
        with pytest.raises(OperationalError):
            connection.rollback()
        connection.invalidate()
    for one in (engine, other):
        one.dispose()
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


def test_a_database_is_filled_without_waiting_for_the_disk_and_waits_again_afterwards(
    make_app: Callable[..., Flask], databases: Databases, tmp_path: Path
) -> None:
    def waits() -> int:
        return int(session.connection().exec_driver_sql("PRAGMA synchronous").scalar_one())

    url = databases.fresh("sqlite", tmp_path)
    with make_app(url).app_context():
        assert waits() == 2
        with filling():
            assert waits() == 1
            with write("test:fill", actor=System("test")) as txn:
                assert waits() == 1
        assert waits() == 2
        with pytest.raises(RuntimeError, match="halfway"), filling():
            raise RuntimeError("halfway")
        assert waits() == 2
        session.remove()
    alone = tmp_path / "alone.db"  # without the journal: all of it stands in the file itself
    shutil.copyfile(url.removeprefix("sqlite:///"), alone)
    with make_app(f"sqlite:///{alone}").app_context():
        assert session.scalars(select(Revision.id)).all() == [txn.rev]


def test_a_long_read_is_rewritten_once(databases: Databases, tmp_path: Path) -> None:
    url = databases.fresh("postgresql", tmp_path)
    engine = make_engine(url)
    many = ", ".join(f"CAST(:one AS integer) + {number}" for number in range(500))
    before = long_texts._sent.cache_info()
    with engine.begin() as connection:
        connection.execute(text("CREATE TEMPORARY TABLE kept (one integer)"))
        for one in (1, 7):
            read = connection.execute(text(f"SELECT {many}, '100 %'"), {"one": one}).one()
            assert read == (*range(one, one + 500), "100 %")
            rows = ", ".join(["(:one)"] * 2_000)
            connection.execute(text(f"INSERT INTO kept VALUES {rows}"), {"one": one})
        assert connection.scalar(text("SELECT SUM(one) FROM kept")) == 2_000 * 8
    after = long_texts._sent.cache_info()
    assert (after.misses - before.misses, after.hits - before.hits) == (1, 1)
    engine.dispose()
    databases.drop(url)
