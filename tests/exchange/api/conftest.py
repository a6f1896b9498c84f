"""Programs that carry a token of each side of the chain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.clients import Client, bear, post_of
from tests.factories.chain import Chain
from tests.workbench.conftest import made

__all__ = ["Program", "made", "program"]

Program = Callable[..., Client]


@pytest.fixture
def program(app: Flask, made: Chain) -> Program:
    """``program("park")``: a client with a token of somebody of the chain."""

    def start(who: str, **more: Any) -> Client:
        client: Any = app.test_client()
        bear(client, post_of(made.people[who]), **more)
        return client  # type: ignore[no-any-return]

    return start
