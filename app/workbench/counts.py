"""Numbers at the right of the rail, the same as on the page that each entry opens."""

from __future__ import annotations

from app.core.access import AnyViewer
from app.core.days import today
from app.core.kept import kept_count
from app.workbench import home, list_views
from app.workbench.doors import counted


def firms(viewer: AnyViewer) -> int:
    """Firms and teams of the list as it opens."""
    return counted(viewer, today(), list_views.start(viewer))


@kept_count
def todos(viewer: AnyViewer) -> int | None:
    """Things to do; nothing is shown when there are none."""
    return len(home.todos(viewer, today())) or None
