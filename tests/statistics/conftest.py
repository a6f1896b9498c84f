"""The small district, read by its official."""

from __future__ import annotations

from typing import Any

import pytest

from app.accounts.models import Role
from app.core.db import write
from tests.clients import Client
from tests.factories.accounts import make_organisation
from tests.statistics import world as w
from tests.statistics.district import enter, fill


@pytest.fixture
def district(shipped: None, client: Client) -> dict[str, Any]:
    """A filled district, read by its official."""
    with write("test:fill", actor=w.TESTER):
        made = fill()
    made["district"] = make_organisation("浦东新区科经委").id
    enter(client, Role.DISTRICT_CLERK, made["district"])
    return made
