"""Organisations, people and posts for tests, made by the room's own services."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from app.accounts import service
from app.accounts.models import Organisation, OrganisationKind, Person, Post, Role
from app.accounts.posts import fits
from app.core.access import System
from app.core.days import today
from app.core.db import session, write
from tests.sharing import numbers

ACTOR = System("test")
PASSWORD = "a long sentence for tests 7"
_numbers = numbers()


def make_organisation(
    name: str | None = None, kind: OrganisationKind = OrganisationKind.DISTRICT, **more: object
) -> Organisation:
    """One organisation."""
    name = name or f"单位{next(_numbers)}"
    with write("test:organisation", actor=ACTOR):
        made = Organisation(kind=kind, name=name, short_name=name, **more)
        session.add(made)
        session.flush()
        number = made.id
    return session.get_one(Organisation, number)


def make_person(
    role: Role,
    organisation: Organisation,
    login: str | None = None,
    *,
    starts: dt.date | None = None,
    name: str = "林晓岚",
) -> Person:
    """Somebody with a password and one post."""
    login = login or f"person{next(_numbers)}"
    place = organisation.id
    with write("test:person", actor=ACTOR):
        person = service.create_person(actor=ACTOR, today=today(), name=name, login=login)
        service.give_post(
            actor=ACTOR,
            today=today(),
            person=person,
            organisation=session.get_one(Organisation, place),
            role=role,
            starts=starts or dt.date(2020, 1, 1),
        )
        service.set_password(actor=ACTOR, person=person, password=PASSWORD, today=today())
        number = person.id
    return session.get_one(Person, number)


def person_with_post(role: Role, organisation: Organisation | None = None) -> Post:
    """Somebody new in a post, at a new organisation where none is given: sign in with it."""
    if organisation is None:
        kind = next(kind for kind in OrganisationKind if fits(role, kind))
        organisation = make_organisation(kind=kind)
    person = make_person(role, organisation)
    return session.scalars(select(Post).where(Post.person_id == person.id)).one()
