"""What the database itself promises equals what the models and `core/db/guards.py` declare."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect

from app.core.db import Base, make_engine
from app.core.db import guards as declared
from app.registry import load_models
from tests.databases import Databases


@pytest.fixture
def connection(databases: Databases, engine_name: str, tmp_path: Path) -> Iterator[Connection]:
    """A connection to a migrated database."""
    url = databases.fresh(engine_name, tmp_path)
    engine = make_engine(url)
    with engine.connect() as made:
        yield made
    engine.dispose()
    databases.drop(url)


def definitions(connection: Connection) -> dict[str, str]:
    """Each trigger and exclusion with the text that the catalogue holds."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = (
            "SELECT tgname, pg_get_triggerdef(t.oid) || prosrc FROM pg_trigger t "
            "JOIN pg_proc p ON p.oid = tgfoid WHERE NOT tgisinternal UNION ALL "
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'x'"
        )
    return {row[0]: row[1] for row in connection.exec_driver_sql(query)}


def test_the_catalogue_holds_exactly_the_declared_guards(connection: Connection) -> None:
    held = {name for name, _ in declared.existing(connection)}
    assert held == set(declared.statements(connection))


def test_each_guard_is_worded_as_declared(connection: Connection) -> None:
    before = definitions(connection)
    assert before
    declared.rebuild(connection)
    assert definitions(connection) == before


def test_each_recorded_table_has_its_history_and_guard(connection: Connection) -> None:
    load_models()
    tables = set(inspect(connection).get_table_names())
    recorded = {t.name for t in Base.metadata.tables.values() if f"{t.name}_history" in tables}
    assert recorded, "no recorded table at all"
    guarded = {table for _, table in declared.existing(connection)}
    assert recorded <= guarded
    assert {f"{name}_history" for name in recorded} <= guarded


def shape(connection: Connection) -> dict[str, Any]:
    """Tables with columns, keys, checks and indexes, as the engine reports them."""
    look = inspect(connection)
    found: dict[str, Any] = {}
    for table in look.get_table_names():
        if table == "alembic_version":
            continue
        found[table] = {
            "columns": {
                c["name"]: (str(c["type"]), c["nullable"], c["default"])
                for c in look.get_columns(table)
            },
            "primary": look.get_pk_constraint(table)["constrained_columns"],
            "unique": sorted(
                (u["name"], u["column_names"]) for u in look.get_unique_constraints(table)
            ),
            "foreign": sorted(
                (_key(table, f), f["constrained_columns"], f["referred_table"], str(f["options"]))
                for f in look.get_foreign_keys(table)
            ),
            "checks": sorted((c["name"], c["sqltext"]) for c in look.get_check_constraints(table)),
            "indexes": sorted(
                (i["name"], i["column_names"], i["unique"], _where(i))
                for i in look.get_indexes(table)
                if not str(i["name"]).startswith("ex_")
            ),
        }
    return found


def _key(table: str, key: Any) -> str:
    """Name of a foreign key; SQLite's reflection drops it where a column was added with its key.

    PostgreSQL tells every name, so a wrong one is seen there.
    """
    return key["name"] or f"fk_{table}_{'_'.join(key['constrained_columns'])}"


def _where(index: Any) -> str:
    options = index.get("dialect_options", {})
    found = (options.get(f"{name}_where") for name in ("sqlite", "postgresql"))
    return next((str(where) for where in found if where is not None), "")


def test_migrations_make_exactly_what_the_models_declare(
    connection: Connection, databases: Databases, engine_name: str, tmp_path: Path
) -> None:
    """Stricter than Alembic's own comparison, which looks at neither checks nor conditions."""
    load_models()
    url = databases.empty(engine_name, tmp_path)
    engine = make_engine(url)
    with engine.begin() as fresh:
        Base.metadata.create_all(fresh)
        wanted = shape(fresh)
    engine.dispose()
    databases.drop(url)
    held = shape(connection)
    assert set(held) == set(wanted)
    for table, parts in wanted.items():
        assert held[table] == parts, f"{table} differs"
