"""Drafts of a rule beside the version in force: what a second person approves."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import or_, select

from app.accounts.models import Person
from app.core.db import session
from app.criteria.comparing import Difference, differences
from app.criteria.gaps import Gap, gaps, key
from app.criteria.models import Standard, StandardState
from app.criteria.queries import book

OPEN = (StandardState.DRAFT, StandardState.SUBMITTED)


@dataclass(frozen=True)
class Draft:
    """A version that is not approved, with its author and what it would change."""

    row: Standard
    author: str | None
    differences: list[Difference]
    #: days without a version that its approval would leave
    gaps: list[Gap]

    @property
    def ticked(self) -> str:
        """What an approver sends who has read of the gaps."""
        return key(self.gaps)

    @property
    def ready(self) -> bool:
        """Whether a second person may approve it: it was submitted, or loaded from a file."""
        return self.row.state is StandardState.SUBMITTED or self.row.author_id is None


def drafts(rule: str, day: dt.date) -> list[Draft]:
    """The drafts of a rule, the oldest first."""
    rows = session.execute(
        select(Standard, Person.name)
        .outerjoin(Person, Person.id == Standard.author_id)
        .where(Standard.rule == rule, Standard.state.in_(OPEN))
        .order_by(Standard.version)
    )
    held = next((v for v in book().get(rule, []) if v.in_force(day, "new")), None)
    old = held.content if held is not None else None
    return [Draft(row, name, differences(old, row.content), gaps(row)) for row, name in rows]


def waiting(person_id: int | None) -> list[Standard]:
    """Drafts of all rules that this person may approve: those that somebody else submitted, and
    loaded files."""
    statement = select(Standard).where(
        Standard.state.in_(OPEN),
        or_(Standard.state == StandardState.SUBMITTED, Standard.author_id.is_(None)),
        Standard.author_id.is_distinct_from(person_id),
    )
    return list(session.scalars(statement.order_by(Standard.rule, Standard.version)))


__all__ = ["Draft", "drafts", "waiting"]
