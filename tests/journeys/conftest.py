"""An application on the small demo population, as `flask seed --demo --firms 60` leaves it."""

from __future__ import annotations

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


@pytest.fixture
def app(
    make_app: Callable[..., Flask], databases: Databases, engine_name: str, tmp_path: Path
) -> Iterator[Any]:
    """The seeded application; nothing of the test runs inside its context."""
    url = databases.lend(engine_name, tmp_path, fill)
    yield make_app(url, DEMO=True)
    databases.drop(url)
