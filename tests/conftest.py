"""Fixtures: an application on a fresh migrated database of either engine, a linting client,
a query recorder, a real browser."""

from __future__ import annotations

import contextvars
import datetime as dt
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import event

from app import create_app
from app.core.access import System
from app.core.collector import settle
from app.core.db import session, write
from config import Config
from seed import reference
from tests import browser as browsers
from tests.clients import Client, watch_leftovers
from tests.databases import ENGINES, Databases, serve
from tests.sharing import share_routes, share_statements, share_templates

TODAY = dt.date(2026, 11, 24)
SECRET = "tests-only-" + "abcdefghijklmnopqrstuvwxyz" * 2


SOAKING = os.environ.get("SOAK") == "1"
hypothesis.settings.register_profile(
    "ci", max_examples=60, stateful_step_count=40, deadline=None, derandomize=True, database=None
)
hypothesis.settings.register_profile(
    "soak", max_examples=20_000, stateful_step_count=100, deadline=None, print_blob=True
)
hypothesis.settings.load_profile("soak" if SOAKING else "ci")
share_routes()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the soak to ``./dev soak``: deselected and counted, never skipped."""
    if SOAKING:
        return
    left = [item for item in items if item.get_closest_marker("soak")]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def pytest_collection_finish() -> None:
    settle()  # as the server does


def pytest_configure(config: pytest.Config) -> None:
    """Start one PostgreSQL server for all workers of a run."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    server, templates = serve()
    config.stash[SERVER] = server
    config.stash[PLACE] = (str(server.home), str(templates))


SERVER: pytest.StashKey[Any] = pytest.StashKey()
PLACE: pytest.StashKey[tuple[str, str]] = pytest.StashKey()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell each worker where the server and the templates are."""
    node.workerinput["databases"] = node.config.stash[PLACE]


def pytest_unconfigure(config: pytest.Config) -> None:
    if SERVER in config.stash:
        config.stash[SERVER].drop()


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """Hands out fresh migrated (or empty) databases of both engines."""
    config = request.config
    place = getattr(config, "workerinput", {}).get("databases") or config.stash[PLACE]
    made = Databases(place[0], Path(place[1]))
    yield made
    made.lender.close()


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """``sqlite``, then ``postgresql``: a test that asks for it runs on both."""
    return str(request.param)


def settings(url: str, folder: Path, **changes: Any) -> Config:
    """Settings of an application under test: fixed day, cheap password hashes."""
    given: dict[str, Any] = {
        "ENV": "testing",
        "TESTING": True,
        "TODAY": TODAY,
        "SECRET_KEY": SECRET,
        "AUDIT_KEY": SECRET[::-1],
        "DATABASE_URL": url,
        "EVIDENCE_URL": f"file://{folder / 'evidence'}",
        "TLS": False,
        "SESSION_COOKIE_SECURE": False,
        "SESSION_COOKIE_NAME": "jieli-state",
        "SESSION_ID_COOKIE": "jieli-sid",
        "ARGON2_TIME_COST": 1,
        "ARGON2_MEMORY_KIB": 8,
        "ARGON2_PARALLELISM": 1,
    }
    return Config(**(given | changes))


@pytest.fixture
def database_url(
    request: pytest.FixtureRequest, databases: Databases, engine_name: str, tmp_path: Path
) -> Iterator[str]:
    """The address of a migrated database that only this test uses; it holds what `rules` or
    `shipped` promise to whoever asks for one of them."""
    fill = next((FILLS[name] for name in FILLS if name in request.fixturenames), None)
    url = databases.lend(engine_name, tmp_path, fill)
    yield url
    databases.drop(url)


def load_rules(url: str, folder: Path, *first: Callable[[], object]) -> None:
    """Put the rule book as shipped into a database."""
    app = create_app(settings(url, folder))
    from app.criteria.service import load_standards  # only once all models are there

    with app.app_context():
        for step in first:
            step()
        with write("standard:load", actor=System("test")):
            load_standards(actor=System("test"), today=TODAY)
        session.remove()
    app.extensions["engine"].dispose()


def load_all(url: str, folder: Path) -> None:
    """Put terms, parks and the rule book as shipped into a database."""
    load_rules(url, folder, reference.load)


def load_market(url: str, folder: Path) -> None:
    """Put the firms of the market into a database that holds all that is shipped."""
    from tests.workbench.market import market  # only once all models are there

    load_all(url, folder)
    app = create_app(settings(url, folder))
    with app.app_context():
        market()
        session.remove()
    app.extensions["engine"].dispose()


def load_district(url: str, folder: Path) -> None:
    """Put the small district into a database that holds all that is shipped, and leave word."""
    from tests.factories.accounts import make_organisation  # only once all models are there
    from tests.statistics import district, world

    load_all(url, folder)
    app = create_app(settings(url, folder))
    with app.app_context():
        with write("test:fill", actor=world.TESTER):
            made = district.fill()
        made["district"] = make_organisation("浦东新区科经委").id
        session.remove()
    app.extensions["engine"].dispose()
    (folder / "made.json").write_text(json.dumps(made))


#: what the database holds from the start for whoever asks for a fixture
FILLS: dict[str, Callable[[str, Path], None]] = {
    "settled": load_district, "traded": load_market, "shipped": load_all, "rules": load_rules,
}  # fmt: skip


@pytest.fixture
def rules(app: Flask) -> None:
    """The rule book as shipped is in the database from the start."""


@pytest.fixture
def shipped(app: Flask) -> None:
    """Terms, parks and the rule book as shipped are in the database from the start."""


@pytest.fixture
def traded(app: Flask) -> None:
    """The market stands in the database from the start: `standing()` finds it."""


@pytest.fixture
def settled(app: Flask, databases: Databases, engine_name: str) -> dict[str, Any]:
    """The small district stands in the database from the start; what is where in it."""
    made = databases.place(engine_name, load_district) / "made.json"
    told: dict[str, Any] = json.loads(made.read_text())
    return told


@pytest.fixture
def config_changes(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Settings that differ in a test: ``@pytest.mark.parametrize("config_changes", [{…}])``."""
    return getattr(request, "param", {})


@pytest.fixture
def make_app(databases: Databases, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Builds applications on a given database, and lets go of them afterwards."""
    made: list[tuple[Any, Any]] = []

    def make(url: str, **changes: Any) -> Flask:
        app = create_app(settings(url, tmp_path, **changes))
        share_templates(app)
        app.test_client_class = Client
        watch_leftovers(app)
        engine = app.extensions["engine"]
        share_statements(engine)
        made.append((engine, databases.lender.attach(engine, url)))
        return app

    yield make
    for engine, own in made:
        share_statements(engine)
        databases.lender.detach(engine, own)


@pytest.fixture
def app(
    make_app: Callable[..., Flask], database_url: str, config_changes: dict[str, Any]
) -> Iterator[Flask]:
    """An application on its own database, with an application context for direct calls."""
    one = make_app(database_url, **config_changes)
    with one.app_context():
        yield one


@pytest.fixture
def client(app: Flask) -> Client:
    """A browser without a screen; see :class:`tests.clients.Client`."""
    made = app.test_client()
    assert isinstance(made, Client)
    return made


@pytest.fixture
def command(app: Flask) -> Callable[..., Result]:
    """Runs a `flask` command: ``command("firm", "show", code)``; exceptions pass through."""

    def run(*args: str, **kw: Any) -> Result:
        if session.registry.has():
            session.rollback()
        runner = app.test_cli_runner()
        options = {"args": args, "catch_exceptions": False, **kw}
        done: Result = contextvars.Context().run(partial(runner.invoke, **options))
        return done

    return run


class Queries(list[str]):
    """Statements sent to the database; ``selects`` are those that only read."""

    @property
    def selects(self) -> list[str]:
        return [q for q in self if re.match(r"\s*(SELECT|WITH)\b", q, re.I)]


@pytest.fixture
def queries(app: Flask) -> Callable[[], Any]:
    """``with queries() as seen: …`` records every statement of the block."""

    @contextmanager
    def record() -> Iterator[Queries]:
        seen = Queries()

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        engine = app.extensions["engine"]
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return record


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One Chromium for all browser tests of a worker."""
    with browsers.chromium() as browser:
        yield browser


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """The address at which the application answers a real browser."""
    with browsers.served(app) as address:
        yield address


@pytest.fixture
def screen(chromium: Any, served: str) -> Iterator[browsers.Screen]:
    """A fresh browser window on the served application."""
    with browsers.screen(chromium, served) as one:
        yield one


@pytest.fixture
def screens(chromium: Any, served: str) -> Callable[..., Any]:
    """Makes further windows: ``with screens(locale="en-GB", color_scheme="dark") as s: …``."""
    return lambda **options: browsers.screen(chromium, served, **options)
