"""Migrations go up, agree with the models, go down, and up again, without losing a row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, Table, func, inspect, select

from app.core.db import make_engine
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
        names = set(inspect(connection).get_table_names()) - {"alembic_version"}
        return {
            name: connection.scalar(select(func.count()).select_from(Table(name, MetaData()))) or 0
            for name in sorted(names)
        }


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
