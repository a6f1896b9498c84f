"""What an entry is worth: by whom it was made, and after somebody corrected it."""

from __future__ import annotations

from app.accounts.models import OrganisationKind
from app.carriers.models import Verification
from app.core.access import AnyViewer

#: in rising order
TRUST = tuple(Verification)


def entered_by(actor: AnyViewer) -> Verification:
    """The trust that an entry carries from whoever makes it."""
    if actor.holds(OrganisationKind.DISTRICT):
        return Verification.DISTRICT
    return Verification.CARRIER


def trust_after(held: Verification, actor: AnyViewer) -> Verification:
    """The trust of a corrected record: what was confirmed is no longer what stands, so it falls
    to the corrector's; it never rises by itself."""
    return min(held, entered_by(actor), key=TRUST.index)
