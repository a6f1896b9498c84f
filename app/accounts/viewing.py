"""Who is looking: the viewer of a request, read from the database each time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import or_, select

from app.accounts import posts as table
from app.accounts.models import Organisation, OrganisationKind, Person, Post
from app.core.access import Permission, PostRef, Viewer
from app.core.db import session


def posts_of(person_id: int, day: dt.date) -> tuple[PostRef, ...]:
    """The posts a person holds on a day at organisations that are open, by name of these."""
    held = session.execute(
        select(Post, Organisation)
        .join(Organisation, Organisation.id == Post.organisation_id)
        .where(
            Post.person_id == person_id,
            Post.starts <= day,
            or_(Post.ends.is_(None), Post.ends > day),
            or_(Organisation.closed_on.is_(None), Organisation.closed_on > day),
        )
        .order_by(Organisation.short_name, Post.id)
    )
    return tuple(
        PostRef(
            post.id,
            post.role.value,
            place.id,
            place.pid,
            place.short_name,
            place.kind.value,
            place.area_code,
            place.town_code,
        )
        for post, place in held
    )


def build(
    person_id: int, pid: str, name: str, day: dt.date, post_id: int | None, *, locked: bool = False
) -> Viewer:
    """The viewer under one post, or under all where these may be combined.

    `post_id` names the post chosen; one that has ended, and None where posts may not be combined,
    give the first post. `locked` leaves only the right to one's own account (a first password).
    """
    held = posts_of(person_id, day)
    together = table.combinable(_Held(p.role, p.organisation_kind) for p in held)
    chosen = post_id if any(p.id == post_id for p in held) else None
    if len(held) == 1 or (held and chosen is None and not together):
        chosen = held[0].id
    acting = [p for p in held if chosen in (None, p.id)]
    rights = set() if locked else _rights(acting)
    words = frozenset(p for p, _ in rights) | {Permission.ACCOUNT_OWN}
    places = frozenset(p.organisation_id for p in acting) | {place for _, place in rights}
    return Viewer(
        person_id, pid, name, held, chosen, words, places, frozenset(rights), combinable=together
    )


class _Held:
    def __init__(self, role: str, organisation_kind: str) -> None:
        self.role, self.organisation_kind = role, organisation_kind


def _rights(acting: Iterable[PostRef]) -> set[tuple[Permission, int]]:
    """(permission, organisation) of each post; one at an operator holds at its carriers too."""
    acting = list(acting)
    operators = [p for p in acting if p.organisation_kind == OrganisationKind.OPERATOR]
    below: dict[int, list[int]] = {}
    if operators:
        rows = session.execute(
            select(Organisation.parent_id, Organisation.id)
            .where(Organisation.parent_id.in_({p.organisation_id for p in operators}))
            .order_by(Organisation.id)
        )
        for parent, child in rows:
            below.setdefault(parent or 0, []).append(child)
    return {
        (word, place)
        for post in acting
        for place in (post.organisation_id, *below.get(post.organisation_id, ()))
        for word in table.permissions(post.role)
    }


def of_post(post: Post, day: dt.date) -> Viewer:
    """The viewer that somebody is under a given post (commands, tests)."""
    person = session.scalars(select(Person).where(Person.id == post.person_id)).one()
    return build(person.id, person.pid, person.name, day, post.id)


def still_holds(viewer: Viewer, day: dt.date) -> bool:
    """Whether person and posts are what they were when the request began."""
    alive = session.scalar(
        select(Person.id).where(Person.id == viewer.person_id, Person.disabled.is_(False))
    )
    if alive is None:
        return False
    now_held = {p.id for p in posts_of(viewer.person_id, day)}
    return {p.id for p in viewer.acting} <= now_held
