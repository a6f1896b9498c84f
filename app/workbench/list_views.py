"""Views of the list of firms that everybody of a role starts from, with their counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from app.carriers.models import ACCELERATOR, INCUBATOR
from app.core.access import AnyViewer
from app.core.text import N_, _
from app.workbench.doors import door
from app.workbench.home_filters import tiers

Views = tuple[tuple[str, dict[str, str]], ...]
HERE = {"here": "1"}
CARRIER = (
    (N_("在孵企业"), {"standing": "incubating"}),
    (N_("创业团队"), {"standing": "team"}),
    (N_("资料不全"), {"graduation": "unknown"} | HERE),
    (N_("期限临近"), {"limit": "soon"} | HERE),
    (N_("超过孵化期限"), {"limit": "over"} | HERE),
)
ACCELERATING = ((N_("加速期企业"), {"standing": "accelerating"}), (N_("推送"), {"pushed": "1"}))
BIDDER = ((N_("在园企业"), {"standing": "settled"}), (N_("推送"), {"pushed": "1"}))
DISTRICT = (
    (N_("在孵企业"), {"standing": "incubating"}),
    (N_("创业团队"), {"standing": "team"}),
    (N_("准毕业企业"), {"near": "1"}),
    (N_("资料不全"), {"graduation": "unknown"}),
    (N_("期限临近"), {"limit": "soon"}),
    (N_("超过孵化期限"), {"limit": "over"}),
)


def views(viewer: AnyViewer, day: dt.date) -> Iterator[tuple[str, dict[str, str], int]]:
    """(words, conditions, how many): the same count as the list that opens."""
    own = tiers(viewer)
    if not own:
        offered: Views = DISTRICT
    else:
        offered = {INCUBATOR: CARRIER, ACCELERATOR: ACCELERATING}.get(min(own), BIDDER)
    for text, conditions in offered:
        found = door(viewer, day, **conditions)
        if found is not None:
            yield _(text), conditions, found.count
