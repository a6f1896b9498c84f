"""Services called as a request does: one act in one write, and what it refuses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from app.core.db import write
from app.core.errors import DomainError
from tests.conftest import TODAY
from tests.factories.carriers import ACTOR


def do(act: Callable[..., Any], actor: Any = ACTOR, today: dt.date = TODAY, **given: Any) -> Any:
    """Run a service in a write of its own."""
    with write("test:act", actor=actor):
        return act(actor=actor, today=today, **given)


def refused(act: Callable[..., Any], **given: Any) -> DomainError:
    """The refusal of a service that must refuse."""
    with pytest.raises(DomainError) as caught:
        do(act, **given)
    return caught.value


def refusal(act: Callable[..., Any], **given: Any) -> str:
    """The code of the refusal."""
    return refused(act, **given).code
