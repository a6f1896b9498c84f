"""The ground that tests stand on: fresh databases, a client that loses nothing."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import inspect, text

from app.core.access import public
from app.core.db import session
from tests.clients import Client, watch_leftovers


def test_each_engine_has_a_migrated_database(app: Flask, engine_name: str) -> None:
    assert session.connection().dialect.name == engine_name
    assert {"firm", "firm_history", "revision"} <= set(
        inspect(session.connection()).get_table_names()
    )


def test_a_fresh_database_is_empty(app: Flask) -> None:
    assert session.execute(text("SELECT count(*) FROM revision")).scalar_one() == 0


def test_the_client_fails_when_changes_are_left(app: Flask) -> None:
    @app.get("/tests/leaves")
    @public
    def leaves() -> str:
        session().info["unsaved"] = True
        return "<p>x</p>"

    watch_leftovers(app)
    with pytest.raises(AssertionError, match="left uncommitted"):
        app.test_client().get("/tests/leaves")


def test_the_client_lints_pages(app: Flask, client: Client) -> None:
    @app.get("/tests/bare")
    @public
    def bare() -> str:
        return "<html><h1>x</h1></html>"

    with pytest.raises(AssertionError, match="lang"):
        client.get("/tests/bare")


def test_requests_do_not_share_the_tests_context(app: Flask, client: Client) -> None:
    from flask import g

    g.mark = "test"

    @app.get("/tests/mark")
    @public
    def mark() -> str:
        return f"<p>{g.get('mark', 'own')}</p>"

    assert client.get("/tests/mark").get_data(as_text=True) == "<p>own</p>"
