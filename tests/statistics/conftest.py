"""The small district, read by its official."""

from __future__ import annotations

from typing import Any

import pytest

from app.accounts.models import Role
from tests.clients import Client
from tests.statistics.district import enter


@pytest.fixture
def district(settled: dict[str, Any], client: Client) -> dict[str, Any]:
    """A filled district, read by its official."""
    enter(client, Role.DISTRICT_CLERK, settled["district"])
    return settled
