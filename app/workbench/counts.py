"""Numbers at the right of the rail, the same as on the page that each entry opens."""

from __future__ import annotations

from app.core.access import AnyViewer
from app.core.days import today
from app.firms import queries
from app.workbench import home, list_views
from app.workbench.doors import door, scope_ids
from app.workbench.firm_list import count


def firms(viewer: AnyViewer) -> int:
    """Firms and teams of the list as it opens."""
    start = list_views.start(viewer)
    if start:
        found = door(viewer, today(), **start)
        return found.count if found is not None else 0
    ids = scope_ids(viewer)
    return count(queries.visible(viewer)) if ids is None else len(ids)


def todos(viewer: AnyViewer) -> int | None:
    """Things to do; nothing is shown when there are none."""
    return len(home.todos(viewer, today())) or None
