"""A market with its standard, once for either kind of subject or for firms alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask

from app.accounts.models import Person, Role
from app.core.days import today
from tests.factories.accounts import make_person
from tests.workbench.market import Market
from tests.workbench.whatif.casts import CASTS, Cast

Played = tuple[Market, Cast]


@pytest.fixture(params=list(CASTS))
def played(traded: None, request: pytest.FixtureRequest) -> Played:
    """Subjects of either kind, unless a test names one: `@pytest.mark.parametrize(…, indirect)`."""
    return CASTS[request.param]()


@pytest.fixture
def made(played: Played) -> Market:
    """What was made, by name."""
    return played[0]


@pytest.fixture
def cast(played: Played) -> Cast:
    """The subjects and what is known of them."""
    return played[1]


@pytest.fixture
def head(made: Market) -> Person:
    """Who approves."""
    return make_person(Role.DISTRICT_HEAD, made.people["district"].organisation)


@pytest.fixture
def later(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], dt.date]:
    """Make it so many days later."""

    def go(days: int) -> dt.date:
        on = today() + dt.timedelta(days)
        monkeypatch.setitem(app.config, "TODAY", on)
        return on

    return go
