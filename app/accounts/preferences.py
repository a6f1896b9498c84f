"""What a person set for the pages; kept with the account, off the clocks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update

from app.accounts.models import Preference
from app.core.access import Viewer
from app.core.db import aside
from app.core.shell import theme
from app.core.text import language

COLUMNS = {"lang": "locale", "theme": "theme", "post": "post_id"}


def save(viewer: Viewer, name: str, value: Any) -> None:
    """Keep language (`lang`), `theme`, or the `post` last used (its id; None for all)."""
    values = {COLUMNS[name]: value}
    held = select(Preference.person_id).where(Preference.person_id == viewer.person_id)
    change = update(Preference).where(Preference.person_id == viewer.person_id)
    first = {"locale": language(), "theme": theme(), "post_id": None}
    with aside(alone=True) as connection:
        if connection.scalar(held) is None:
            made = {"person_id": viewer.person_id, **first, **values}
            connection.execute(insert(Preference).values(made))
        else:
            connection.execute(change.values(values))
