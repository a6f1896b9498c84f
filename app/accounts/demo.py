"""Demo accounts: only while `DEMO` is on, and never with a password in the database."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app
from sqlalchemy import func, select

from app.accounts.models import Credential, Organisation, Person, Post, Role
from app.core.db import session

#: Everybody may know it: it opens nothing but invented data, and only in demo mode.
DEMO_PASSWORD = "Jieli-2026-demo"  # noqa: S105


@dataclass(frozen=True)
class DemoAccount:
    """A login that the demo offers."""

    login: str
    name: str
    role: Role
    organisation: str


def offered() -> list[DemoAccount]:
    """The accounts to offer, those that the database holds; none outside of demo mode."""
    if not current_app.config["DEMO"]:
        return []
    listed = _listed()
    held = set(session.scalars(select(Person.login).where(Person.login.in_(listed))))
    return [one for login, one in listed.items() if login in held]


def _listed() -> dict[str, DemoAccount]:
    from seed.demo.people import demo_logins  # only a demo needs the seed's files

    return {
        one.login: DemoAccount(one.login, one.name, one.role, one.organisation)
        for one in demo_logins()
    }


def recognise(login: str, password: str | None) -> int | None:
    """The person of a demo account; `password` None stands for the button beside it."""
    if not current_app.config["DEMO"] or password not in (None, DEMO_PASSWORD):
        return None
    if login not in _listed():
        return None
    return session.scalar(
        select(Person.id)
        .outerjoin(Credential, Credential.person_id == Person.id)
        .where(Person.login == login, Person.disabled.is_(False), Credential.person_id.is_(None))
    )


def shared(login: str) -> bool:
    """Whether everybody signs in with this login, so that it gets no password of its own."""
    return bool(current_app.config["DEMO"]) and login in _listed()


def left_behind() -> int:
    """How many demo people the database holds."""
    return session.scalar(select(func.count()).where(Person.login.in_(_listed()))) or 0


def tiers() -> dict[str, str]:
    """login → kind of the organisation of the first post."""
    rows = session.execute(
        select(Person.login, Organisation.kind)
        .join(Post, Post.person_id == Person.id)
        .join(Organisation, Organisation.id == Post.organisation_id)
        .where(Person.login.in_(_listed()))
        .order_by(Post.id.desc())
    )
    return {login: kind.value for login, kind in rows}
