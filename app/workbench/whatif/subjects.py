"""The kinds of subjects that standards are about."""

from __future__ import annotations

from app.criteria.plan import Version
from app.workbench.whatif import carriers, firms
from app.workbench.whatif.about import About

KINDS = {one.name: one for one in (firms.ABOUT, carriers.ABOUT)}


def about(version: Version) -> About:
    """What a standard is about."""
    return KINDS[version.tree.subject]


__all__ = ["KINDS", "about"]
