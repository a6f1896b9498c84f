"""A database that was lent is set back to what it held, or it is not lent again."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from app import create_app
from app.accounts.models import OrganisationKind
from app.core.db import make_engine, session
from tests.conftest import load_rules, settings
from tests.databases import Databases, _where
from tests.factories.carriers import organisation
from tests.lending import TABLES, content

numbers = itertools.count(1)


@pytest.fixture
def own(databases: Databases) -> Iterator[Databases]:
    """A lender beside that of this run."""
    made = Databases(databases.socket_folder, databases.templates)
    made.prefix = f"l{next(numbers)}{made.prefix}"
    yield made
    made.lender.close()


def write_to(url: str, folder: Path) -> None:
    """Write through the application, as a test does, and let go."""
    app = create_app(settings(url, folder))
    with app.app_context():
        organisation(OrganisationKind.DISTRICT)
        session.remove()
    app.extensions["engine"].dispose()


def held(url: str) -> dict[str, object]:
    """What a database holds, in whatever order; for a table the number of rows and their digest."""
    found: dict[str, object] = {"sequences": content(_where(url)).sequences}
    with psycopg.connect(_where(url)) as connection:
        for (table,) in connection.execute(TABLES).fetchall():
            digest = "md5(string_agg(t::text, '|' ORDER BY t::text))"
            statement = f'SELECT count(*), {digest} FROM "{table}" t'
            found[table] = connection.execute(statement.encode()).fetchone()
    return found


def test_rows_and_numbers_are_set_back(own: Databases, tmp_path: Path) -> None:
    url = own.lend("postgresql", tmp_path)
    before = held(url)
    write_to(url, tmp_path)
    after = held(url)
    changed = {name for name in before if after[name] != before[name]}
    assert {"organisation", "revision", "sequences"} <= changed
    own.drop(url)
    assert own.lend("postgresql", tmp_path) == url
    assert held(url) == before


def test_what_is_filled_in_gives_way_to_what_is_wanted_next(own: Databases, tmp_path: Path) -> None:
    url = own.lend("postgresql", tmp_path)
    empty = held(url)
    own.drop(url)
    copy = own.holding("postgresql", tmp_path, load_rules)
    filled = held(copy)
    own.drop(copy)
    assert filled["standard"] != empty["standard"]
    for fill, holds in ((load_rules, filled), (None, empty), (load_rules, filled)):
        assert own.lend("postgresql", tmp_path, fill) == url
        assert held(url) == holds
        write_to(url, tmp_path)
        own.drop(url)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE organisation ADD COLUMN more int",
        "ALTER TABLE organisation ALTER COLUMN name DROP NOT NULL",
        "ALTER TABLE organisation DISABLE TRIGGER ALL",
        "CREATE TABLE more (id int)",
        "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE INDEX more ON organisation (name)",
        "ANALYZE organisation",
    ],
)
def test_a_database_of_another_shape_is_not_lent_again(
    own: Databases, tmp_path: Path, statement: str
) -> None:
    url = own.lend("postgresql", tmp_path)
    write_to(url, tmp_path)
    with psycopg.connect(_where(url)) as connection:
        connection.execute(statement.encode())
    own.drop(url)
    assert own.lend("postgresql", tmp_path) != url


def test_a_database_that_is_still_in_use_is_not_lent_again(own: Databases, tmp_path: Path) -> None:
    url = own.lend("postgresql", tmp_path)
    left = psycopg.connect(_where(url))
    own.drop(url)
    assert own.lend("postgresql", tmp_path) != url
    left.close()


def test_whoever_asks_for_two_gets_two(own: Databases, tmp_path: Path) -> None:
    urls = [own.lend("postgresql", tmp_path) for _each in range(2)]
    assert urls[0] != urls[1]
    for url in urls:
        own.drop(url)
    assert own.lend("postgresql", tmp_path) == urls[0]


def test_connections_go_from_one_test_to_the_next(own: Databases, tmp_path: Path) -> None:
    seen = []
    for _each in range(2):
        url = own.lend("postgresql", tmp_path)
        engine = make_engine(url)
        pool = own.lender.attach(engine, url)
        with engine.connect() as connection:
            seen.append(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
        own.lender.detach(engine, pool)
        own.drop(url)
    assert seen[0] == seen[1]
