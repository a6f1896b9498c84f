"""Whether something recorded has been used: by a submitted return or by a decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import select

from app.core.db import session
from app.firms.hooks import hooks
from app.firms.models import Attestation, MilestoneKind

PIECE = 400
Promise = tuple[int, dt.date | None, dt.date, MilestoneKind | None]


class Uses:
    """What rests on the records of some firms, looked up once for all of them."""

    def __init__(self, firm_ids: Iterable[int]) -> None:
        ids = sorted(set(firm_ids))
        #: by firm: (revision, first day, last day, kind) of what returns promise
        self.promises: dict[int, list[Promise]] = {}
        #: by firm: the newest revision that a decision rests on
        self.decided: dict[int, int] = {}
        for start in range(0, len(ids), PIECE):
            self._look(ids[start : start + PIECE])

    def _look(self, ids: list[int]) -> None:
        one = Attestation
        statement = select(one.firm_id, one.rev, one.starts, one.ends, one.kind).where(
            one.firm_id.in_(ids), one.return_id.is_not(None)
        )
        for firm_id, rev, starts, ends, kind in session.execute(statement.order_by(one.id)):
            self.promises.setdefault(firm_id, []).append((rev, starts, ends, kind))
        for decided in hooks().decided:
            for firm_id, rev in decided(ids).items():
                self.decided[firm_id] = max(rev, self.decided.get(firm_id, rev))

    def rest_on(
        self, firm_id: int, rev: int, day: dt.date, kind: MilestoneKind | None = None
    ) -> bool:
        """Whether a return submitted since `rev` promises a day, or a decision rests on it.

        `kind` None asks for figures: any promise of the day counts.
        """
        if self.decided.get(firm_id, rev - 1) >= rev:
            return True
        return any(
            since >= rev
            and (starts is None or starts <= day)
            and ends >= day
            and (kind is None or of is None or of is kind)
            for since, starts, ends, of in self.promises.get(firm_id, ())
        )


def is_used(firm_id: int, rev: int, day: dt.date, kind: MilestoneKind | None = None) -> bool:
    """The same for one record."""
    return Uses([firm_id]).rest_on(firm_id, rev, day, kind)
