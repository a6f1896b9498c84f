"""Entering a new firm or team from its filled form, tied to a carrier in the same write."""

from __future__ import annotations

import datetime as dt
from typing import Any

from app.core.access import AnyViewer
from app.firms import service
from app.firms.hooks import hooks
from app.firms.models import Firm


def register(*, actor: AnyViewer, today: dt.date, form: Any, team: bool) -> Firm:
    """Register what a form of `forms.firm` holds, with the part that the chain adds to it."""
    profile = form.profile()
    if team:
        profile["leader"] = profile["leader"] or ""
        firm = service.register_team(actor=actor, today=today, name=form.name.data, **profile)
    else:
        firm = service.register_firm(
            actor=actor, today=today, name=form.name.data, code=form.code.data,
            code_reason=form.reason, **profile,
        )  # fmt: skip
    entry = hooks().entry
    if entry:
        entry.apply(actor=actor, today=today, firm=firm, form=form)
    return firm
