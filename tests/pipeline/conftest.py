"""The office in which the pages of the chain are walked."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.clients import Client
from tests.pipeline.office import Office


@pytest.fixture
def office(shipped: None, app: Flask, client: Client) -> Office:
    """Everybody at their desk, the firm registered."""
    return Office(app, client)
