"""How a posted form becomes a write, for every room's views."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from app.core.access import viewer
from app.core.db import write
from app.core.errors import DomainError, Forbidden, NotFound
from app.core.forms import BaseForm

F = TypeVar("F", bound=BaseForm)


def submitted(
    form: BaseForm,
    action: str,
    act: Callable[[], Any],
    note: str | None = None,
    record: Any = None,
    held: Mapping[str, Any] | None = None,
) -> bool:
    """Whether the form was posted and its act done; a refusal is put at its field.

    The page then goes out with what was typed and with the status `form.answer`. `record` is
    what a stale form is set beside, `held` as in :func:`app.core.clash.clash_of`. Raises NotFound
    when the record is gone.
    """
    if not form.validate_on_submit():
        return False
    try:
        with write(action, actor=viewer(), note=note):
            act()
    except (NotFound, Forbidden):
        raise
    except DomainError as error:
        form.refuse(error, record, held)
        if form.clash and form.clash.gone:
            raise NotFound() from error
        return False
    return True


def apart(form: F, prefix: str) -> F:
    """The form with ids of its own, where several with the same fields stand on a page."""
    for field in form:
        field.id = f"{prefix}-{field.id}"
    return form
