"""Views of the list of firms that everybody of a role starts from, with their counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from app.carriers.models import PARK
from app.core.access import AnyViewer
from app.core.text import N_, _
from app.workbench.doors import door
from app.workbench.home_filters import tiers

HERE = {"here": "1"}
CARRIER = (
    (N_("在孵"), {"stage": "incubating"} | HERE),
    (N_("资料不全"), {"graduation": "unknown"} | HERE),
    (N_("期限临近"), {"limit": "soon"} | HERE),
    (N_("超过孵化期限"), {"limit": "over"} | HERE),
)
BIDDER = ((N_("在园"), HERE), (N_("推送"), {"pushed": "1"}))
DISTRICT = (
    (N_("在孵"), {"stage": "incubating"}),
    (N_("准毕业企业"), {"near": "1"}),
    (N_("资料不全"), {"graduation": "unknown"}),
    (N_("期限临近"), {"limit": "soon"}),
    (N_("超过孵化期限"), {"limit": "over"}),
)


def views(viewer: AnyViewer, day: dt.date) -> Iterator[tuple[str, dict[str, str], int]]:
    """(words, conditions, how many): the same count as the list that opens."""
    own = tiers(viewer)
    offered = DISTRICT if not own else BIDDER if min(own) >= PARK else CARRIER
    for text, conditions in offered:
        found = door(viewer, day, **conditions)
        if found is not None:
            yield _(text), conditions, found.count
