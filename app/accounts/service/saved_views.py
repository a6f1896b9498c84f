"""What a person keeps of a list: a name, and the conditions of an address under it."""

from __future__ import annotations

from app.accounts.models import SavedView
from app.accounts.queries import saved_views
from app.core.access import AnyViewer
from app.core.db import session

LONGEST = 40


def keep_view(*, actor: AnyViewer, page: str, name: str, query: str = "") -> None:
    """Keep conditions of a page under a name; what was under this name before gives way."""
    name = name.strip()[:LONGEST]
    for row in saved_views(actor, page):
        if row.name == name:
            session.delete(row)
    session.add(SavedView(person_id=actor.person_id, page=page, name=name, query=query))
    session.flush()


def drop_view(*, actor: AnyViewer, page: str, number: int) -> bool:
    """Forget one of the person's own by its number; whether there was one."""
    found = [row for row in saved_views(actor, page) if row.id == number]
    for row in found:
        session.delete(row)
    session.flush()
    return bool(found)
