"""Programs that carry a token of each side of the chain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.accounts.models import Post, Role
from tests.clients import Client, bear, post_of
from tests.factories.accounts import make_person
from tests.factories.chain import Chain
from tests.workbench.conftest import made

__all__ = ["Program", "made", "program"]

Program = Callable[..., Client]
#: who signs for the incubator, and for the district
HEADS = {"head": Role.CARRIER_HEAD, "chief": Role.DISTRICT_HEAD}


def head_of(made: Chain, who: str) -> Post:
    """The post of a head, made when it is first asked for."""
    if who not in made.people:
        place = made.carriers["incubator"].organisation if who == "head" else made.district
        assert place is not None
        made.people[who] = make_person(HEADS[who], place, login=who)
    return post_of(made.people[who])


@pytest.fixture
def program(app: Flask, made: Chain) -> Program:
    """``program("park")``: a client with a token of somebody of the chain, or of a head."""

    def start(who: str, **more: Any) -> Client:
        client: Any = app.test_client()
        bear(client, head_of(made, who) if who in HEADS else post_of(made.people[who]), **more)
        return client  # type: ignore[no-any-return]

    return start
