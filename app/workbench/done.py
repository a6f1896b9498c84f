"""已办: what the viewer has done, the last first, with the firms or carriers that it was about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Table, select

from app.carriers.models import Carrier, Return
from app.core.access import AnyViewer
from app.core.acts import act
from app.core.db import Revision, session
from app.firms.models import Evidence, Figures, Firm, Milestone, Residency
from app.firms.queries import nameable
from app.pipeline.models import Claim, Graduation, Push, TransferRequest

#: records that say which firm a write was about
OF_FIRMS: tuple[Any, ...] = (
    Milestone, Figures, Evidence, Residency, Graduation, Claim, Push, TransferRequest,
)  # fmt: skip


@dataclass(frozen=True)
class Done:
    """One write of the viewer's."""

    rev: int
    at: Any
    text: str
    subject: str
    pid: str | None


def mine(viewer: AnyViewer) -> Select[Revision]:
    """The viewer's own writes, the last first."""
    statement = select(Revision).where(Revision.person_id == viewer.person_id, Revision.sealed)
    return statement.order_by(Revision.id.desc())


def told(viewer: AnyViewer, rows: Sequence[Revision]) -> list[Done]:
    """The writes in words; firms are named that may be named to the viewer still."""
    ids = [row.id for row in rows]
    firms = _subjects(ids, OF_FIRMS, "firm_id", Firm, nameable(viewer, Firm.id))
    carriers = _subjects(ids, (Return,), "carrier_id", Carrier)
    made = []
    for row in rows:
        name, pid = firms.get(row.id) or (carriers.get(row.id, ("", ""))[0], None)
        made.append(Done(row.id, row.at, act(row.action), name, pid))
    return made


def _subjects(
    ids: list[int], models: tuple[Any, ...], key: str, subject: Any, *conditions: Any
) -> dict[int, tuple[str, str]]:
    """revision → name and public id of what it was about, also where it was changed again."""
    found: dict[int, int] = {}
    for model in models:
        tables: list[Table] = [model.__table__, model.__history__]
        for table in tables:
            rows = select(table.c.rev, table.c[key]).where(table.c.rev.in_(ids))
            for rev, number in session.execute(rows.order_by(table.c.rev, table.c.id)):
                if number is not None:
                    found.setdefault(rev, number)
    names = {
        row.id: (row.short_name, row.pid)
        for row in session.execute(
            select(subject.id, subject.short_name, subject.pid)
            .where(subject.id.in_(set(found.values())), *conditions)
            .order_by(subject.id)
        )
    }
    return {rev: names[number] for rev, number in found.items() if number in names}
