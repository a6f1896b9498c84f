"""Fixtures of the page frame, which needs no tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.clients import Client


@pytest.fixture
def frame(make_app: Callable[..., Flask], tmp_path: Path) -> Iterator[Flask]:
    """A demo application on an empty database, in a request context."""
    app = make_app(f"sqlite:///{tmp_path / 'empty.db'}", DEMO=True)
    with app.test_request_context("/styleguide?q=a&q=b&page=3"):
        yield app


@pytest.fixture
def visitor(frame: Flask) -> Client:
    """Somebody who is not signed in."""
    made = frame.test_client()
    assert isinstance(made, Client)
    return made
