"""差距清单: where chosen firms stand on the graduation conditions, and what they still owe us."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from app.core.access import Viewer
from app.core.db import session
from app.core.text import _
from app.criteria.panels import judged
from app.firms import queries
from app.firms.models import Firm
from app.workbench.columns import carrier_cells

#: A list of chosen firms is one page of the list at most.
MOST = 100


@dataclass(frozen=True)
class Gap:
    """One firm: where it is, how it stands, why, and the capital received in 万元.

    What the viewer may not see is None.
    """

    firm: Firm
    carrier: str | None
    display: str | None
    reason: str | None
    money: str | None

    @property
    def reminder(self) -> str:
        """One line to send: the firm and what is open."""
        return _("%(firm)s：%(what)s", firm=self.firm.name, what=self.reason or "—")


def build(viewer: Viewer, pids: Sequence[str], day: dt.date) -> list[Gap]:
    """The chosen firms within the viewer's scope, in the order of their names."""
    wanted = queries.visible(viewer).where(Firm.pid.in_(list(pids)[:MOST]))
    firms = list(session.scalars(wanted.order_by(None).order_by(Firm.sort_key, Firm.id)))
    ids = [firm.id for firm in firms]
    held, places = judged(viewer, ids, day), carrier_cells(viewer, ids, day)
    rows = []
    for firm in firms:
        one = held.get(firm.id, {})
        rows.append(
            Gap(firm, places[firm.id]["carrier"], one.get("display"), one.get("reason"),
                one.get("money"))
        )  # fmt: skip
    return rows
