"""The room's blueprint, and how a post becomes one write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint

from app.core.access import viewer
from app.core.db import write
from app.core.errors import Conflict, DomainError, Forbidden, NotFound
from app.core.forms import BaseForm

bp = Blueprint("pipeline", __name__)


def submitted(
    form: BaseForm, action: str, act: Callable[[], Any], reason: str | None = None
) -> bool:
    """Whether the form was posted and its act done; a refusal is put at its field."""
    if not form.validate_on_submit():
        return False
    try:
        with write(action, actor=viewer(), note=reason):
            act()
    except (NotFound, Forbidden):
        raise
    except Conflict as error:
        if "rev" not in form:
            raise
        form.refuse(error)
        return False
    except DomainError as error:
        form.refuse(error)
        return False
    return True
