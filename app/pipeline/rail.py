"""Who finds an entry of 毕业与输送 in the rail."""

from __future__ import annotations

from collections.abc import Callable

from app.core.access import AnyViewer, Permission
from app.core.text import N_
from app.pipeline.queries import ties

GROUP = N_("毕业与输送")


def shows(
    *permissions: Permission, tiers: tuple[int, ...] = (), district: Permission | None = None
) -> Callable[[AnyViewer], bool]:
    """For whoever holds one of the permissions and acts for a carrier, of some tiers or any; and
    for whoever holds the district's own."""

    def shown(viewer: AnyViewer) -> bool:
        if district is not None and viewer.may(district):
            return True
        return any(map(viewer.may, permissions)) and bool(ties.my_carriers(viewer, *tiers))

    return shown
