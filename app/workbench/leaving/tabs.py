"""The pages of 去向与跟踪 beside each other."""

from __future__ import annotations

from collections.abc import Callable

from flask import url_for

from app.core.access import AnyViewer, viewer
from app.core.text import N_, _
from app.workbench.leaving import following, warnings, whereabouts

Shows = Callable[[AnyViewer], bool]
#: page, its words, whether the viewer has it; others add theirs
TABS: dict[str, tuple[str, Shows]] = {
    "whereabouts": (N_("去向待查"), whereabouts.applies),
    "warnings": (N_("迁出预警"), warnings.applies),
    "following": (N_("毕业企业年度数据"), following.applies),
}


def tabs(here: str) -> list[tuple[str, str, bool]]:
    """The pages that this viewer has."""
    return [
        (_(text), url_for(f"workbench.{name}"), name == here)
        for name, (text, shows) in TABS.items()
        if shows(viewer())
    ]
