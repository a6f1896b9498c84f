"""Figures that open their list: the count and the address come from the same conditions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import url_for

from app.core.access import AnyViewer
from app.core.panels import registry
from app.workbench.firm_list import count, narrowed


@dataclass(frozen=True)
class Door:
    """How many firms meet the conditions, and the list of them."""

    count: int
    url: str


def door(viewer: AnyViewer, day: dt.date, **conditions: str) -> Door | None:
    """The door to the firms under some conditions; None where no room offers a condition."""
    offered = {one.key: {code for code, _word in one.choices()} for one in registry().filters}
    if any(value not in offered.get(key, ()) for key, value in conditions.items()):
        return None
    url = f"{url_for('workbench.firms')}?{urlencode(conditions)}"
    return Door(count(narrowed(viewer, day, conditions)), url)
