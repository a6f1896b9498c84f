"""Is the database fit for use? Read-only questions that `flask doctor` asks."""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from pathlib import Path
from typing import Any

import pysqlite3
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from app.core.db import guards
from app.core.db.engine import SQLITE_NEEDED

MIGRATIONS = Path(__file__).resolve().parents[3] / "migrations"
POSTGRES_NEEDED = 140_000


def library(connection: Connection) -> tuple[str, bool]:
    """Name and version of the engine, and whether it is new enough."""
    if connection.dialect.name == "sqlite":
        fit = pysqlite3.sqlite_version_info >= SQLITE_NEEDED
        return f"SQLite {pysqlite3.sqlite_version}", fit
    raw: Any = connection.connection.driver_connection
    version = raw.info.server_version
    return f"PostgreSQL {version // 10_000}.{version % 10_000}", version >= POSTGRES_NEEDED


def loose_settings(connection: Connection) -> list[str]:
    """Settings of the connection that differ from what is promised, as `name=value`."""
    if connection.dialect.name == "sqlite":
        wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0}
        ask = "PRAGMA {}"
    else:
        wanted = {"jit": "off", "server_encoding": "UTF8", "fsync": "on", "full_page_writes": "on"}
        ask = "SHOW {}"
    held = {name: connection.exec_driver_sql(ask.format(name)).scalar() for name in wanted}
    return [f"{name}={held[name]}" for name, value in wanted.items() if held[name] != value]


def corruption(connection: Connection) -> list[str]:
    """What SQLite finds wrong in its file, foreign keys included; PostgreSQL has its own tools."""
    if connection.dialect.name != "sqlite":
        return []
    said = [row[0] for row in connection.exec_driver_sql("PRAGMA quick_check(10)")]
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(10)
    return [line for line in said if line != "ok"] + [f"{row[0]} → {row[2]}" for row in orphans]


def revisions(connection: Connection) -> tuple[str | None, str | None]:
    """The migration that the database is at, and the newest one there is."""
    held = MigrationContext.configure(connection).get_current_revision()
    return held, ScriptDirectory(str(MIGRATIONS)).get_current_head()


def guard_differences(connection: Connection) -> tuple[list[str], list[str]]:
    """Guards that are missing, and guards that nobody declared."""
    held = {name for name, _ in guards.existing(connection)}
    wanted = set(guards.statements(connection))
    return sorted(wanted - held), sorted(held - wanted)


def clock_gap(connection: Connection) -> float:
    """Seconds between this machine's clock and the database server's."""
    if connection.dialect.name == "sqlite":
        return 0.0
    there = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    gap: dt.timedelta = dt.datetime.now(dt.UTC) - there
    return abs(gap.total_seconds())


def readable_by_others(engine: Engine) -> bool:
    """Whether another user of this machine could open SQLite's file."""
    name = engine.url.database
    if engine.dialect.name != "sqlite" or not name or not Path(name).exists():
        return False
    return bool(Path(name).stat().st_mode & 0o077)


def copy_file(source: Engine, place: Path) -> list[str]:
    """Copy a SQLite database while it is in use; what is wrong with the copy, normally nothing."""
    place.touch(mode=0o600)
    raw: Any = source.raw_connection()
    with closing(raw), closing(pysqlite3.connect(str(place))) as copy:
        raw.driver_connection.backup(copy)
        said = [row[0] for row in copy.execute("PRAGMA integrity_check(5)")]
    return [line for line in said if line != "ok"]
