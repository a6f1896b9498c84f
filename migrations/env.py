"""Runs migrations. Guards are dropped before and made anew after, from the catalogue."""

from __future__ import annotations

import os
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from app.core.db import Base, Code, Codes, Fen, Instant, make_engine
from app.core.db.guards import drop, rebuild
from app.registry import load_models
from config import database_fault, load

load_models()
config = context.config


def include_object(_object: object, name: str | None, kind: str, _r: bool, _c: object) -> bool:
    """Leave out what the guards own."""
    return not (kind in ("index", "unique_constraint") and (name or "").startswith("ex_"))


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our column types as the plain ones they are stored as."""
    if kind == "type":
        if isinstance(item, Fen):
            return "sa.BigInteger()"
        if isinstance(item, Code):
            return "sa.String(24)"
        if isinstance(item, Codes):
            return f"sa.String({item.size})"
        if isinstance(item, Instant):
            return "sa.DateTime(timezone=True)"
    return False


def run(connection: Connection) -> None:
    """Migrate on a connection, in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
        transaction_per_migration=False,
        compare_type=True,
        include_object=include_object,
        render_item=render_item,
    )
    autogenerate = bool(getattr(config.cmd_opts, "autogenerate", False))
    if autogenerate or config.attributes.get("compare_only"):
        context.run_migrations()
        return
    with context.begin_transaction():
        drop(connection)
        context.run_migrations()
        rebuild(connection)


def main() -> None:
    """Use the connection or address given by the caller, else the environment's."""
    connection = config.attributes.get("connection")
    if connection is not None:
        run(connection)
        return
    url = config.attributes.get("url") or os.environ.get("DATABASE_URL")
    if not url:
        url = load().DATABASE_URL
    if fault := database_fault("DATABASE_URL", url):
        raise SystemExit(fault)
    engine = make_engine(url)
    try:
        engine.connect().close()
    except OperationalError as error:
        shown = engine.url.render_as_string(hide_password=True)
        raise SystemExit(
            f"The database {shown} cannot be reached: {str(error.orig).strip()}\n"
            "Look at DATABASE_URL, and whether the database is running and has been created."
        ) from None
    try:
        with engine.connect().execution_options(writing=True) as made:
            if made.dialect.name == "sqlite":
                made.exec_driver_sql("PRAGMA foreign_keys=OFF")
                made.commit()
            with made.begin():
                run(made)
    finally:
        engine.dispose()


main()
