"""Numbers at the right of the rail, the same as on the page that each entry opens."""

from __future__ import annotations

from app.core.access import AnyViewer
from app.firms import queries
from app.workbench.firm_list import count


def firms(viewer: AnyViewer) -> int:
    """Firms and teams in the viewer's scope."""
    return count(queries.visible(viewer))
