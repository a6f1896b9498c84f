"""Subscribing to a sector of 承接机会, for the person alone."""

from __future__ import annotations

from app.accounts.queries import saved_views
from app.accounts.service import drop_view, keep_view
from app.core.access import AnyViewer
from app.core.terms import term_choices
from app.pipeline.queries.watching import SECTORS, watched


def watch_sector(*, actor: AnyViewer, sector: str) -> bool:
    """Subscribe to a sector; False for one that there is not, or that is subscribed to."""
    known = {code for code, _word in term_choices("sector")}
    if sector not in known - watched(actor):
        return False
    keep_view(actor=actor, page=SECTORS, name=sector)
    return True


def unwatch_sector(*, actor: AnyViewer, sector: str) -> bool:
    """Stop it; whether there was a subscription."""
    held = [row.id for row in saved_views(actor, SECTORS) if row.name == sector]
    return any(drop_view(actor=actor, page=SECTORS, number=number) for number in held)
