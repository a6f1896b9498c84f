"""Firms of one's own that can be put on the list of a round."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import or_, select

from app.core.access import AnyViewer
from app.core.db import session
from app.core.errors import NotFound
from app.criteria.interval import WHOLE
from app.criteria.models import Outcome
from app.criteria.queries import assess_many
from app.criteria.verdict import Verdict
from app.firms.models import Firm, FirmKind, Residency
from app.pipeline.models import Application, ApplicationRound
from app.pipeline.queries import rounds
from app.pipeline.queries.ties import my_carriers
from app.workbench.candidates.lacking import how_far, lacks

#: the order of outcomes: whoever meets the conditions first
ORDER = (Outcome.MET, Outcome.UNKNOWN, Outcome.NOT_MET, Outcome.NOT_APPLICABLE)


@dataclass(frozen=True)
class One:
    """A firm that can be added, with what it lacks today."""

    firm: Firm
    verdict: Verdict | None

    @property
    def lacks(self) -> str | None:
        """What is missing, in words."""
        return lacks(self.verdict) if self.verdict else None

    @property
    def far(self) -> str | None:
        """How far from the thresholds."""
        return how_far(self.verdict) if self.verdict else None

    @property
    def place(self) -> tuple[int, int]:
        """The nearest to the thresholds first."""
        if self.verdict is None:
            return len(ORDER), 0
        far = self.verdict.distance
        return ORDER.index(self.verdict.outcome), WHOLE * 2 if far is None else far


def firms(viewer: AnyViewer, row: ApplicationRound, day: dt.date) -> list[Firm]:
    """Firms at carriers of one's own today, without those that apply under the rule this year."""
    taken = select(Application.firm_id).where(
        Application.rule == row.rule, Application.year == row.year
    )
    here = select(Residency.firm_id).where(
        Residency.carrier_id.in_([one.id for one in my_carriers(viewer)]),
        Residency.counted,
        Residency.starts <= day,
        or_(Residency.ends.is_(None), Residency.ends > day),
    )
    statement = select(Firm).where(
        Firm.kind == FirmKind.FIRM, Firm.id.in_(here), Firm.id.not_in(taken)
    )
    return list(session.scalars(statement.order_by(Firm.sort_key, Firm.id)))


def candidates(viewer: AnyViewer, row: ApplicationRound, day: dt.date) -> list[One]:
    """Those firms with their verdict of today under the version of the round."""
    found = firms(viewer, row, day)
    judged: dict[int, Verdict] = {}
    if found and rounds.version_in(row, day) is not None:
        judged = assess_many(
            row.rule, [one.id for one in found], day, kind=rounds.kind_in(row, day),
            cycle=rounds.cycle_of(row),
        )  # fmt: skip
    return sorted((One(one, judged.get(one.id)) for one in found), key=lambda one: one.place)


def by_pids(viewer: AnyViewer, row: ApplicationRound, pids: list[str], day: dt.date) -> list[Firm]:
    """The ticked ones among them; NotFound for any other."""
    held = {one.pid: one for one in firms(viewer, row, day)}
    if not set(pids) <= held.keys():
        raise NotFound()
    return [held[pid] for pid in dict.fromkeys(pids)]
