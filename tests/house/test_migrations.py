"""Migrations go up, agree with the models, go down, and up again, without losing a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Engine, inspect, select

from app.core import audit
from app.core.db import make_engine, session
from app.core.db.revision import recorded_tables
from seed.demo.run import populate
from tests.conftest import TODAY
from tests.databases import Databases, alembic_config


@pytest.fixture
def url(databases: Databases, engine_name: str, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    made = databases.empty(engine_name, tmp_path)
    yield made
    databases.drop(made)


def counts(engine: Engine) -> dict[str, int]:
    """Rows of each table."""
    with engine.connect() as connection:
        names = sorted(set(inspect(connection).get_table_names()) - {"alembic_version"})
        parts = [f"SELECT '{name}', count(*) FROM \"{name}\"" for name in names]
        if not parts:
            return {}
        rows = connection.exec_driver_sql(" UNION ALL ".join(parts)).all()
        return {str(name): int(n) for name, n in rows}


def versions(engine: Engine) -> dict[tuple[str, int, int], dict[str, object]]:
    """What every version of every record says, by table, id and revision."""
    found = {}
    with engine.connect() as connection:
        for table, history in recorded_tables():
            for source in (table, history):
                for row in connection.execute(select(*(source.c[c.name] for c in table.c))):
                    found[table.name, row.id, row.rev] = dict(row._mapping)
    return found


def lost(
    before: dict[tuple[str, int, int], dict[str, object]],
    after: dict[tuple[str, int, int], dict[str, object]],
) -> set[int]:
    """Revisions of which a step down has dropped a filled column or a filled table: the audit
    must name them."""
    assert after.keys() <= before.keys()
    gone = before.keys() - after.keys()
    assert not {table for table, _id, _rev in gone} & {table for table, _id, _rev in after}
    changed = {key for key, row in before.items() if key not in gone and row != after[key]}
    for key in changed:
        differing = {n for n, value in before[key].items() if value != after[key][n]}
        assert {after[key][n] for n in differing} <= {None, "returned"}, key
    return {rev for _table, _id, rev in changed | gone}


def test_one_line_of_revisions() -> None:
    script = ScriptDirectory.from_config(alembic_config("sqlite://"))
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1
    for revision in script.walk_revisions():
        assert revision.doc, f"{revision.revision} says not what it does"
        assert not revision.is_merge_point, f"{revision.revision} merges two lines"


def test_up_from_nothing_agrees_with_the_models(url: str) -> None:
    config = alembic_config(url)
    command.upgrade(config, "head")
    config.attributes["compare_only"] = True
    command.check(config)


@pytest.mark.slow
def test_each_step_down_and_up_keeps_every_row(url: str, make_app: Callable[..., Flask]) -> None:
    """On a populated database: a step back and forth loses no row of a table that it leaves."""
    config = alembic_config(url)
    command.upgrade(config, "head")
    app = make_app(url)
    with app.app_context():
        populate(firms=60, today=TODAY)
        assert list(audit.verify()) == []
        session.remove()
        engine = app.extensions["engine"]
        before, written = counts(engine), versions(engine)
        assert before["firm"] >= 60
        assert before["residency_history"] > 0
        script = ScriptDirectory.from_config(config)
        for revision in script.walk_revisions():
            if revision.down_revision is None:
                break
            # from the second revision on two steps: the one taken back up, and this one
            command.downgrade(config, str(revision.down_revision))
            below = counts(engine)
            kept = {name: before[name] for name in below if name in before}
            assert {name: below[name] for name in kept} == kept, revision.doc
            command.upgrade(config, revision.revision)
            again = counts(engine)
            assert {name: again[name] for name in kept} == kept, revision.doc
        command.downgrade(config, str(script.get_base()))
        command.upgrade(config, "head")
        assert {fault.rev for fault in audit.verify()} == lost(written, versions(engine))


def test_down_leaves_nothing_and_up_works_again(url: str) -> None:
    config = alembic_config(url)
    command.upgrade(config, "head")
    command.downgrade(config, "base")
    engine = make_engine(url)
    assert counts(engine) == {}
    engine.dispose()
    command.upgrade(config, "head")
    config.attributes["compare_only"] = True
    command.check(config)
