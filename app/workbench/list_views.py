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


def offered(viewer: AnyViewer) -> Views:
    """The views of the viewer's role."""
    own = tiers(viewer)
    if not own:
        return DISTRICT
    return {INCUBATOR: CARRIER, ACCELERATOR: ACCELERATING}.get(min(own), BIDDER)


def start(viewer: AnyViewer) -> dict[str, str]:
    """Conditions of a list that asks for none: a carrier sees those it has today."""
    return dict(offered(viewer)[0][1]) if tiers(viewer) else {}


def views(viewer: AnyViewer, day: dt.date) -> Iterator[tuple[str, dict[str, str], int]]:
    """(words, conditions, how many): the same count as the list that opens."""
    for text, conditions in offered(viewer):
        found = door(viewer, day, **conditions)
        if found is not None:
            yield _(text), conditions, found.count
