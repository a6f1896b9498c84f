"""Drafts of a rule beside the version in force: what a second person approves."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import or_, select

from app.accounts.models import Person
from app.core.db import session
from app.core.errors import DomainError
from app.criteria import reading
from app.criteria.comparing import Difference, differences
from app.criteria.gaps import Gap, gaps, key
from app.criteria.models import Standard, StandardState
from app.criteria.plan import Version, tree_of
from app.criteria.queries import book
from app.criteria.reading import Rule, told
from app.criteria.tree import Fault

OPEN = (StandardState.DRAFT, StandardState.SUBMITTED)


@dataclass(frozen=True)
class Draft:
    """A version that is not approved, with its author and what it would change."""

    row: Standard
    author: str | None
    differences: list[Difference]
    #: days without a version that its approval would leave
    gaps: list[Gap]
    #: why it cannot be read, where it cannot
    fault: str = ""

    @property
    def ticked(self) -> str:
        """What an approver sends who has read of the gaps."""
        return key(self.gaps)

    @property
    def ready(self) -> bool:
        """Whether a second person may approve it: it was submitted, or loaded from a file."""
        handed = self.row.state is StandardState.SUBMITTED or self.row.author_id is None
        return handed and not self.fault


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
    return [_draft(row, name, old) for row, name in rows]


def _draft(row: Standard, name: str | None, old: str | None) -> Draft:
    why = fault(row)
    if why:
        return Draft(row, name, [], [], why)
    return Draft(row, name, differences(old, row.content), gaps(row))


def fault(row: Standard) -> str:
    """Why a stored draft cannot be read; empty where it can."""
    try:
        tree_of(row.content)
    except Fault as error:
        return str(error.reason)
    return ""


def unreadable(rule: str, number: int) -> str:
    """That a draft cannot be read and what to do, for its reader; empty where it can or there is
    none of the number."""
    held = Standard.rule == rule, Standard.version == number, Standard.state.in_(OPEN)
    row = session.scalars(select(Standard).where(*held)).one_or_none()
    why = fault(row) if row is not None else ""
    return DomainError("standard_unreadable", reason=why).message if why else ""


def broken(rule: str | None = None) -> list[Standard]:
    """The newest draft of each rule of which nothing but drafts exists that cannot be read, by
    name; of one rule."""
    statement = select(Standard).where(Standard.state.in_(OPEN), Standard.rule.not_in(list(book())))
    if rule is not None:
        statement = statement.where(Standard.rule == rule)
    rows = list(session.scalars(statement.order_by(Standard.rule, Standard.version)))
    sound = {row.rule for row in rows if not fault(row)}
    return list({row.rule: row for row in rows if row.rule not in sound}.values())


def version_of(row: Standard) -> Version:
    """A draft as if it stood in the book, in force on no day."""
    return Version(row.id, row.pid, row.rule, row.version, row.content, row.content_hash, ())


def firsts() -> list[Version]:
    """The newest draft of each rule that has no approved version, by name."""
    rows = session.scalars(
        select(Standard)
        .where(Standard.state.in_(OPEN), Standard.rule.not_in(list(book())))
        .order_by(Standard.rule, Standard.version)
    )
    return list({row.rule: version_of(row) for row in rows if not fault(row)}.values())


def find(rule: str, day: dt.date) -> Rule:
    """A rule as its version in force says it, or its newest draft where none is approved yet;
    NotFound."""
    drafted = next((one for one in firsts() if one.rule == rule), None)
    return told(drafted, day) if drafted else reading.find(rule, day)


def waiting(person_id: int | None) -> list[Standard]:
    """Drafts of all rules that this person may approve: those that somebody else submitted, and
    loaded files."""
    statement = select(Standard).where(
        Standard.state.in_(OPEN),
        or_(Standard.state == StandardState.SUBMITTED, Standard.author_id.is_(None)),
        Standard.author_id.is_distinct_from(person_id),
    )
    rows = session.scalars(statement.order_by(Standard.rule, Standard.version))
    return [row for row in rows if not fault(row)]


__all__ = [
    "Draft", "broken", "drafts", "fault", "find", "firsts", "unreadable", "version_of", "waiting",
]  # fmt: skip
