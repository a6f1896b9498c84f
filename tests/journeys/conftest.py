"""An application on the small demo population, as `flask seed --demo --firms 60` leaves it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import create_app
from seed.demo import run
from tests.conftest import TODAY, settings
from tests.databases import Databases

FIRMS = 60


def fill(url: str, folder: Path) -> None:
    """Seed an empty migrated database."""
    app = create_app(settings(url, folder, DEMO=True))
    with app.app_context():
        run.populate(firms=FIRMS, today=TODAY)
    app.extensions["engine"].dispose()


@pytest.fixture(scope="session")
def seeded(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, Path], str]:
    """Makes seeded databases; on SQLite as copies of one that a worker seeds once."""
    kept: list[Path] = []

    def make(engine: str, folder: Path) -> str:
        url = databases.fresh(engine, folder)
        if engine != "sqlite":
            fill(url, folder)
            return url
        file = Path(url.removeprefix("sqlite:///"))
        if not kept:
            place = tmp_path_factory.mktemp("seeded")
            first = databases.fresh(engine, place)
            fill(first, place)
            kept.append(Path(first.removeprefix("sqlite:///")))
        shutil.copyfile(kept[0], file)
        return url

    return make


@pytest.fixture
def app(
    seeded: Callable[[str, Path], str],
    make_app: Callable[..., Flask],
    databases: Databases,
    engine_name: str,
    tmp_path: Path,
) -> Iterator[Any]:
    """The seeded application; nothing of the test runs inside its context."""
    url = seeded(engine_name, tmp_path)
    yield make_app(url, DEMO=True)
    databases.drop(url)
