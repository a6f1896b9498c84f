"""What the auditor reads: who did what when, and on which kinds of records. Never values.

Words given with a write stand in another table that nothing here reads; of the records that a
write touched only the kind and the number are told.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Select, func, select

from app.accounts.models import Organisation, Person, Post, SecurityEvent
from app.core import acts
from app.core.access import AnyViewer, Permission
from app.core.days import SHANGHAI
from app.core.db import Revision, session
from app.core.db.revision import recorded_tables
from app.core.errors import NotFound


def _from(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), SHANGHAI)


def revisions(
    viewer: AnyViewer,
    *,
    action: str = "",
    who: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> Select[*tuple[Any, ...]]:
    """(revision, name, login) of each write, the last first. `until` is included."""
    viewer.need(Permission.AUDIT_READ)
    statement = (
        select(Revision, Person.name, Person.login, Post.role, Organisation.short_name)
        .outerjoin(Person, Person.id == Revision.person_id)
        .outerjoin(Post, Post.id == Revision.post_id)
        .outerjoin(Organisation, Organisation.id == Post.organisation_id)
    )
    if action:
        statement = statement.where(
            Revision.action.startswith(action, autoescape=True)
            | Revision.action.in_(acts.codes(action))
        )
    if who:
        statement = statement.where(
            Person.name.icontains(who, autoescape=True)
            | Person.login.icontains(who, autoescape=True)
            | Revision.actor.icontains(who, autoescape=True)
        )
    if since:
        statement = statement.where(Revision.at >= _from(since))
    if until:
        statement = statement.where(Revision.at < _from(until + dt.timedelta(days=1)))
    return statement.order_by(Revision.id.desc())


def find(viewer: AnyViewer, number: int) -> Any:
    """One write; NotFound otherwise."""
    found = session.execute(revisions(viewer).where(Revision.id == number)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def touched(viewer: AnyViewer, number: int) -> list[tuple[str, int, int]]:
    """(table, versions begun, versions ended) of a write, tables that it touched only."""
    viewer.need(Permission.AUDIT_READ)
    found = []
    for table, history in recorded_tables():
        begun = sum(
            session.scalar(select(func.count()).where(source.c.rev == number)) or 0
            for source in (table, history)
        )
        ended = session.scalar(select(func.count()).where(history.c.rev_to == number)) or 0
        if begun or ended:
            found.append((table.name, begun, ended))
    return found


def events(
    viewer: AnyViewer,
    *,
    kind: str = "",
    who: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> Select[*tuple[Any, ...]]:
    """(event, name, login), the last first."""
    viewer.need(Permission.AUDIT_READ)
    statement = select(SecurityEvent, Person.name, Person.login).outerjoin(
        Person, Person.id == SecurityEvent.person_id
    )
    if kind:
        statement = statement.where(SecurityEvent.kind == kind)
    if who:
        statement = statement.where(
            Person.name.icontains(who, autoescape=True)
            | Person.login.icontains(who, autoescape=True)
        )
    if since:
        statement = statement.where(SecurityEvent.at >= _from(since))
    if until:
        statement = statement.where(SecurityEvent.at < _from(until + dt.timedelta(days=1)))
    return statement.order_by(SecurityEvent.id.desc())
