"""What the workbench shows to those who look after accounts, and to the auditor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from flask import url_for
from sqlalchemy import ColumnElement, Select, func, select

from app.accounts import audit, queries
from app.accounts.events import Event
from app.accounts.models import Organisation, Person, Post
from app.core.access import AnyViewer, Permission
from app.core.acts import act
from app.core.db import Revision, session
from app.core.filters import num
from app.core.panels import KeyFigure, Panel, Todo
from app.core.text import N_, _
from app.workbench.home import last_working_day, starts_at

P = Permission
SHOWN = 10
SOON = dt.timedelta(days=30)
#: events that an auditor looks at first
ODD = (Event.SIGN_IN_FAILED, Event.SIGN_IN_SLOWED, Event.REFUSED, Event.FOREIGN_POST, Event.MANY)


def manages(viewer: AnyViewer) -> bool:
    """Whether the viewer looks after accounts."""
    return viewer.may(P.ACCOUNT_ALL) or viewer.may(P.ACCOUNT_COLLEAGUES)


def _posts(viewer: AnyViewer, *conditions: ColumnElement[bool]) -> Select[Post]:
    statement = select(Post).join(Person, Person.id == Post.person_id).where(*conditions)
    mine = queries.charge(viewer)
    if mine is not None:
        statement = statement.where(Post.organisation_id.in_(mine))
    return statement.order_by(Post.ends, Post.id)


def _count(statement: Select[Post] | Select[Person] | Select[Organisation]) -> int:
    rows = statement.order_by(None).subquery()
    return session.scalar(select(func.count()).select_from(rows)) or 0


def _ending(viewer: AnyViewer, day: dt.date) -> Select[Post]:
    return _posts(viewer, Post.starts <= day, Post.ends > day, Post.ends <= day + SOON)


def figures(viewer: AnyViewer, day: dt.date) -> Iterator[KeyFigure]:
    """People, posts and organisations in charge; or the writes and events of yesterday."""
    if manages(viewer):
        people = url_for("accounts.people", state="here")
        here = queries.people(viewer, day, state="here")
        yield KeyFigure(N_("在任人员"), num(_count(here)), _("人"), (), people, 70)
        held = _posts(viewer, queries.in_force(day))
        yield KeyFigure(N_("在任岗位"), num(_count(held)), _("个"), (), None, 71)
        soon = _count(_ending(viewer, day))
        yield KeyFigure(N_("30 天内到期岗位"), num(soon), _("个"), (), None, 72)
    if viewer.may(P.ACCOUNT_ALL):
        places = queries.organisations(viewer, closed=False)
        url = url_for("accounts.organisations")
        yield KeyFigure(N_("单位"), num(_count(places)), _("家"), (), url, 73)
    if viewer.may(P.AUDIT_READ):
        yield from _watched(viewer, day)


def _watched(viewer: AnyViewer, day: dt.date) -> Iterator[KeyFigure]:
    since = last_working_day(day)
    told = (_("%(day)s 起", day=since.isoformat()),)
    writes = select(func.count(), func.count(Revision.person_id.distinct())).where(
        Revision.at >= starts_at(since)
    )
    made, people = session.execute(writes).one()
    log = url_for("accounts.audit_log", since=since.isoformat())
    yield KeyFigure(N_("写入"), num(made), _("次"), told, log, 80)
    yield KeyFigure(N_("经手人员"), num(people), _("人"), told, None, 81)
    events = audit.events(viewer, since=since).subquery()
    odd = select(func.count()).where(events.c.kind.in_([kind.value for kind in ODD]))
    url = url_for("accounts.security_events", since=since.isoformat())
    total = session.scalar(select(func.count()).select_from(events)) or 0
    yield KeyFigure(N_("安全事件"), num(total), _("条"), told, url, 82)
    yield KeyFigure(N_("失败与越权"), num(session.scalar(odd) or 0), _("条"), told, None, 83)


def todos(viewer: AnyViewer, day: dt.date) -> Iterator[Todo]:
    """Posts about to end: prolong them, or let somebody take over."""
    if not manages(viewer):
        return
    rows = session.execute(
        _ending(viewer, day)
        .join(Organisation, Organisation.id == Post.organisation_id)
        .with_only_columns(Post.ends, Post.role, Person.pid, Person.name, Organisation.short_name)
    )
    for row in rows:
        yield Todo(
            row.ends, _("岗位到期"),
            _("%(place)s · %(role)s", place=row.short_name, role=row.role.label), row.name,
            url_for("accounts.person", pid=row.pid), _("续任或交接"),
        )  # fmt: skip


def panels(viewer: AnyViewer, day: dt.date) -> Iterator[Panel]:
    """The newest posts given; the newest writes and events."""
    if manages(viewer):
        rows = session.execute(
            _posts(viewer, queries.not_over(day))
            .join(Organisation, Organisation.id == Post.organisation_id)
            .with_only_columns(
                Post.starts, Post.role, Person.pid, Person.name, Organisation.short_name
            )
            .order_by(None)
            .order_by(Post.starts.desc(), Post.id.desc())
            .limit(SHOWN)
        ).all()
        yield Panel("posts", "workbench/home_posts.html", {"rows": rows}, 10)
    if viewer.may(P.AUDIT_READ):
        writes = session.execute(audit.revisions(viewer).limit(SHOWN)).all()
        yield Panel("writes", "workbench/home_writes.html", {"rows": writes, "act": act}, 10)
        seen = session.execute(audit.events(viewer).limit(SHOWN)).all()
        yield Panel(
            "events",
            "workbench/home_events.html",
            {"rows": seen, "words": dict(Event.choices())},
            10,
            "side",
        )
