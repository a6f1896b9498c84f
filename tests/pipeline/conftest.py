"""The office in which the pages of the chain are walked."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.clients import Client
from tests.pipeline.office import Office
from tests.pipeline.place import Place

pytest.register_assert_rewrite("tests.pipeline.life")


@pytest.fixture
def office(shipped: None, app: Flask, client: Client) -> Office:
    """Everybody at their desk, the firm registered."""
    return Office(app, client)


@pytest.fixture
def place(rules: None, app: Flask) -> Place:
    """A graduate at an incubator; two parks; nobody has claimed it."""
    one = Place()
    one.admit()
    one.graduate()
    return one
