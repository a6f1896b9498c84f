"""Organisations and people, as far as the viewer looks after them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Select, and_, exists, false, not_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from app.accounts import handover
from app.accounts.models import (
    ApiToken,
    Credential,
    Organisation,
    Person,
    Post,
    Role,
    SavedView,
    SignIn,
    TokenState,
)
from app.accounts.posts import COLLEAGUE_ROLES, fits
from app.core.access import AnyViewer, Permission
from app.core.days import SHANGHAI
from app.core.db import session
from app.core.errors import NotFound


def charge(viewer: AnyViewer) -> frozenset[int] | None:
    """Organisations whose accounts the viewer looks after; None stands for all."""
    if viewer.may(Permission.ACCOUNT_ALL):
        return None
    return frozenset(
        place
        for place in viewer.organisation_ids
        if viewer.may_at(Permission.ACCOUNT_COLLEAGUES, place)
    )


def _place(viewer: AnyViewer) -> ColumnElement[bool] | None:
    mine = charge(viewer)
    return None if mine is None else Organisation.id.in_(mine)


def organisations(
    viewer: AnyViewer, *, q: str = "", kind: str = "", closed: bool | None = None
) -> Select[Organisation]:
    """The organisations in the viewer's charge, by name."""
    statement = select(Organisation)
    if (mine := _place(viewer)) is not None:
        statement = statement.where(mine)
    if q:
        fits_q = (Organisation.name, Organisation.short_name, Organisation.code)
        statement = statement.where(or_(*(c.icontains(q, autoescape=True) for c in fits_q)))
    if kind:
        statement = statement.where(Organisation.kind == kind)
    if closed is not None:
        gone = Organisation.closed_on.is_not(None)
        statement = statement.where(gone if closed else not_(gone))
    return statement.order_by(Organisation.name, Organisation.id)


def find_organisation(viewer: AnyViewer, pid: str) -> Organisation:
    """One organisation in the viewer's charge; NotFound otherwise."""
    found = session.scalars(organisations(viewer).where(Organisation.pid == pid)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def in_force(day: dt.date) -> ColumnElement[bool]:
    """Condition: the post is held on the day."""
    return and_(Post.starts <= day, or_(Post.ends.is_(None), Post.ends > day))


def not_over(day: dt.date) -> ColumnElement[bool]:
    """Condition: the post is held on the day, or will be."""
    return or_(Post.ends.is_(None), Post.ends > day)


def people(
    viewer: AnyViewer,
    day: dt.date,
    *,
    q: str = "",
    state: str = "",
    role: str = "",
    organisation: Organisation | None = None,
) -> Select[Person]:
    """People who hold or held a post in the viewer's charge, by login.

    `state`: here (holds a post), gone (holds none), disabled.
    """
    mine = charge(viewer)
    ours: list[ColumnElement[bool]] = [Post.person_id == Person.id]
    if mine is not None:
        ours.append(Post.organisation_id.in_(mine) if mine else false())
    if organisation is not None:
        ours.append(Post.organisation_id == organisation.id)
    if role:
        ours.append(Post.role == role)
    statement = select(Person)
    if mine is not None or organisation is not None or role:
        statement = statement.where(exists().where(*ours))
    if q:
        statement = statement.where(
            or_(
                Person.name.icontains(q, autoescape=True),
                Person.login.icontains(q, autoescape=True),
            )
        )
    holds = exists().where(*ours, in_force(day))
    if state == "here":
        statement = statement.where(holds, Person.disabled.is_(False))
    elif state == "gone":
        statement = statement.where(not_(holds), Person.disabled.is_(False))
    elif state == "disabled":
        statement = statement.where(Person.disabled.is_(True))
    return statement.order_by(Person.login, Person.id)


def find_person(viewer: AnyViewer, pid: str, day: dt.date) -> Person:
    """One person in the viewer's charge; NotFound otherwise."""
    found = session.scalars(people(viewer, day).where(Person.pid == pid)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def myself(viewer: AnyViewer) -> Person:
    """The viewer's own row; NotFound for the system."""
    found = session.scalars(select(Person).where(Person.id == viewer.person_id)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def manageable(viewer: AnyViewer, person: Person, day: dt.date) -> bool:
    """Whether password and account as a whole are the viewer's to manage.

    All for the administrator; for a carrier's administrator of accounts whoever holds posts
    there and nowhere else.
    """
    mine = charge(viewer)
    if mine is None:
        return True
    held = set(
        session.scalars(
            select(Post.organisation_id).where(Post.person_id == person.id, not_over(day))
        )
    )
    return bool(held) and held <= mine


def saved_views(viewer: AnyViewer, page: str) -> list[SavedView]:
    """What the person keeps of a page, the oldest first."""
    mine = SavedView.person_id == viewer.person_id, SavedView.page == page
    return list(session.scalars(select(SavedView).where(*mine).order_by(SavedView.id)))


def name_of(person_id: int) -> str | None:
    """The name behind a mark in the audit."""
    return session.scalar(select(Person.name).where(Person.id == person_id))


def posts(viewer: AnyViewer, person: Person) -> list[tuple[Post, Organisation]]:
    """A person's posts in the viewer's charge, the newest first."""
    statement = (
        select(Post, Organisation)
        .join(Organisation, Organisation.id == Post.organisation_id)
        .where(Post.person_id == person.id)
        .order_by(Post.starts.desc(), Post.id.desc())
    )
    mine = charge(viewer)
    if mine is not None and person.id != viewer.person_id:
        statement = statement.where(Post.organisation_id.in_(mine))
    return [(post, place) for post, place in session.execute(statement)]


def find_post(viewer: AnyViewer, pid: str) -> Post:
    """A post in the viewer's charge; NotFound otherwise."""
    statement = select(Post).where(Post.pid == pid)
    mine = charge(viewer)
    if mine is not None:
        statement = statement.where(Post.organisation_id.in_(mine))
    found = session.scalars(statement.order_by(Post.id)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def posts_of_many(
    viewer: AnyViewer, person_ids: list[int], day: dt.date
) -> dict[int, list[tuple[Post, Organisation]]]:
    """person id → posts held on the day in the viewer's charge."""
    statement = (
        select(Post, Organisation)
        .join(Organisation, Organisation.id == Post.organisation_id)
        .where(Post.person_id.in_(person_ids), in_force(day))
        .order_by(Organisation.short_name, Post.id)
    )
    mine = charge(viewer)
    if mine is not None:
        statement = statement.where(Post.organisation_id.in_(mine))
    found: dict[int, list[tuple[Post, Organisation]]] = {}
    for post, place in session.execute(statement):
        found.setdefault(post.person_id, []).append((post, place))
    return found


def grantable(viewer: AnyViewer, organisation: Organisation) -> list[Role]:
    """Posts that the viewer may give at an organisation."""
    mine = charge(viewer)
    if mine is not None and organisation.id not in mine:
        return []
    allowed = Role if mine is None else [r for r in Role if r in COLLEAGUE_ROLES]
    return [role for role in allowed if fits(role, organisation.kind)]


def colleagues(viewer: AnyViewer, person: Person, day: dt.date) -> list[Person]:
    """Who may take over from somebody: holders of posts at the same organisations."""
    places = select(Post.organisation_id).where(Post.person_id == person.id, not_over(day))
    statement = people(viewer, day, state="here").where(
        Person.id != person.id,
        exists().where(
            Post.person_id == Person.id, in_force(day), Post.organisation_id.in_(places)
        ),
    )
    return list(session.scalars(statement))


@dataclass(frozen=True)
class OpenSession:
    """A live session as it is shown: never its id."""

    handle: str
    id_hash: bytes
    created_at: dt.datetime
    seen_at: dt.datetime
    address: str | None
    agent: str | None


def sessions_of(person: Person, at: dt.datetime, idle: dt.timedelta) -> list[OpenSession]:
    """A person's live sessions, the one used last first."""
    rows = session.scalars(
        select(SignIn)
        .where(SignIn.person_id == person.id, SignIn.expires_at > at, SignIn.seen_at > at - idle)
        .order_by(SignIn.seen_at.desc(), SignIn.id_hash)
    )
    return [
        OpenSession(
            row.id_hash.hex()[:16], row.id_hash, row.created_at, row.seen_at, row.address, row.agent
        )
        for row in rows
    ]


@dataclass(frozen=True)
class HeldToken:
    """A token as its person sees it: never the secret. `state` is a word."""

    pid: str
    name: str
    place: str | None
    role: Role | None
    writes: bool
    made_at: dt.datetime
    used_at: dt.datetime | None
    expires_at: dt.datetime
    state: TokenState

    @property
    def last_day(self) -> dt.date:
        """The last day on which it is good."""
        return (self.expires_at - dt.timedelta(seconds=1)).astimezone(SHANGHAI).date()


def tokens_of(person: Person, at: dt.datetime, day: dt.date) -> list[HeldToken]:
    """A person's tokens: those in use first, the newest on top; ended ones for a year."""
    rows = session.execute(
        select(ApiToken, Post, Organisation.short_name)
        .outerjoin(Post, Post.id == ApiToken.post_id)
        .outerjoin(Organisation, Organisation.id == Post.organisation_id)
        .where(
            ApiToken.person_id == person.id,
            ApiToken.expires_at > at - dt.timedelta(days=366),
        )
        .order_by(ApiToken.id.desc())
    ).all()
    held = set(session.scalars(select(Post.id).where(Post.person_id == person.id, in_force(day))))
    found = [
        HeldToken(
            token.pid, token.name, place, post.role if post else None, token.writes,
            token.made_at, token.used_at, token.expires_at, _state(token, at, held),
        )
        for token, post, place in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.state is not TokenState.IN_USE)


def _state(token: ApiToken, at: dt.datetime, held: set[int]) -> TokenState:
    if token.ended_at is not None:
        return TokenState.ENDED
    if token.expires_at <= at:
        return TokenState.EXPIRED
    return TokenState.IN_USE if token.post_id in held else TokenState.POST_OVER


def find_token(person: Person, pid: str) -> ApiToken:
    """One of a person's own tokens; NotFound otherwise."""
    mine = select(ApiToken).where(ApiToken.person_id == person.id, ApiToken.pid == pid)
    found = session.scalars(mine).one_or_none()
    if found is None:
        raise NotFound()
    return found


def credential(person: Person) -> Credential | None:
    """When the password was set, and whether it is a first one. Never shown: its hash."""
    return session.scalars(
        select(Credential).where(Credential.person_id == person.id).order_by(Credential.person_id)
    ).one_or_none()


def open_work(person: Person) -> list[tuple[str, int]]:
    """What a person would leave behind, in words with counts."""
    return [(part.name, count) for part in handover.parts() if (count := part.count(person.id))]
