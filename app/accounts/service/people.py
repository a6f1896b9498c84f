"""People and their posts. Nobody is deleted: a name stays where it stood."""

from __future__ import annotations

import datetime as dt
import re

from sqlalchemy import delete, or_, select, update

from app.accounts import handover, queries
from app.accounts.models import ApiToken, Organisation, Person, Post, Preference, Role, SignIn
from app.accounts.posts import ALONE, fits
from app.accounts.service.tokens import end_tokens
from app.accounts.throttle import plain_login
from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.core.errors import (
    Conflict,
    DomainError,
    Forbidden,
    register_constraints,
    register_messages,
)
from app.core.text import N_

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}[a-z0-9]")

register_messages(
    {
        "login_shape": N_("登录名用 3 至 64 个小写字母、数字、点、横线，例如 zhang.wei。"),
        "login_used": N_("这个登录名已有人用，请换一个。"),
        "login_taken": N_("这个登录名已有人用。若是同一个人，姓名要与登记的完全一致。"),
        "post_place": N_("这类单位没有这个岗位。"),
        "post_alone": N_("系统管理员、审计管理员不能兼任其他岗位。"),
        "post_held": N_("这段时间此人已在该单位任此岗位。"),
        "post_days": N_("结束日期要晚于开始日期。"),
        "post_over": N_("这个岗位已经结束。"),
        "last_administrator": N_("这是最后一个系统管理员岗位，先让别人接任。"),
        "handover_ahead": N_(
            "交接随即生效，不能填以后的日期；要预先安排，给接任人一个届时开始的岗位，到那天再交接。"
        ),
        "own_account": N_("不能停用自己的账号。"),
        "same_person": N_("接任人不能是本人。"),
        "nothing_to_hand": N_("此人在您管理的单位没有在任岗位。"),
        "organisation_over": N_("单位已停用，不能安排岗位。"),
    }
)
register_constraints(
    {
        "uq_person_login": ("login_taken", "login"),
        "person.login": ("login_taken", "login"),
        "uq_post_holding": ("post_held", "starts"),
        "post.person_id, post.organisation_id": ("post_held", "starts"),
    }
)


def create_person(*, actor: AnyViewer, today: dt.date, name: str, login: str) -> Person:
    """Record somebody who can be given posts. Without a password nobody can sign in as them."""
    if not (actor.may(Permission.ACCOUNT_ALL) or actor.may(Permission.ACCOUNT_COLLEAGUES)):
        raise Forbidden()
    login = plain_login(login)
    if not LOGIN.fullmatch(login):
        raise DomainError("login_shape", "login")
    if session.scalar(select(Person.id).where(Person.login == login)) is not None:
        raise DomainError("login_used", "login")
    made = Person(login=login, name=name, disabled=False)
    session.add(made)
    session.flush()
    return made


def engage(
    *,
    actor: AnyViewer,
    today: dt.date,
    name: str,
    login: str,
    organisation: Organisation,
    role: Role,
    starts: dt.date,
    ends: dt.date | None = None,
) -> tuple[Person, bool]:
    """Give a post to a newcomer, or to somebody known whose login and name are both right.

    Answers the person and whether it is a newcomer.
    """
    known = session.scalars(select(Person).where(Person.login == plain_login(login))).first()
    if known is not None and known.name != name:
        raise DomainError("login_taken", "login")
    person = known or create_person(actor=actor, today=today, name=name, login=login)
    give_post(
        actor=actor,
        today=today,
        person=person,
        organisation=organisation,
        role=role,
        starts=starts,
        ends=ends,
    )
    return person, known is None


def edit_person(*, actor: AnyViewer, today: dt.date, person: Person, rev: int, name: str) -> None:
    """Correct a name. Conflict when somebody was faster."""
    if not queries.manageable(actor, person, today):
        raise Forbidden()
    if person.rev != rev:
        raise Conflict("stale")
    person.name = name
    session.flush()


def give_post(
    *,
    actor: AnyViewer,
    today: dt.date,
    person: Person,
    organisation: Organisation,
    role: Role,
    starts: dt.date,
    ends: dt.date | None = None,
) -> Post:
    """Give a post for the days [starts, ends). It works from the next request on."""
    if role not in queries.grantable(actor, organisation):
        if not fits(role, organisation.kind):
            raise DomainError("post_place", "role")
        raise Forbidden()
    if ends is not None and ends <= starts:
        raise DomainError("post_days", "ends")
    if organisation.closed_on is not None and organisation.closed_on <= starts:
        raise DomainError("organisation_over", "organisation")
    made = Post(
        person_id=person.id, organisation_id=organisation.id, role=role, starts=starts, ends=ends
    )
    _refuse_double(made, starts, ends)
    session.add(made)
    session.flush()
    return made


def _refuse_double(post: Post, starts: dt.date, ends: dt.date | None) -> None:
    """Refuse a post that is new on days [starts, ends) beside the person's others there."""
    beside = select(Post).where(
        Post.person_id == post.person_id, or_(Post.ends.is_(None), Post.ends > starts)
    )
    if post.id is not None:
        beside = beside.where(Post.id != post.id)
    if ends is not None:
        beside = beside.where(Post.starts < ends)
    for other in session.scalars(beside.order_by(Post.id)):
        if other.role is post.role and other.organisation_id == post.organisation_id:
            raise DomainError("post_held", "starts")
        if other.role is not post.role and (post.role in ALONE or other.role in ALONE):
            raise DomainError("post_alone", "role")


def end_post(*, actor: AnyViewer, today: dt.date, post: Post, ends: dt.date | None) -> None:
    """End a post on a day, or (None) on none; one that would not have lasted a day is withdrawn.

    Effects: sessions under it go on without its rights from the next request on; tokens that
    carry it end with it.
    """
    mine = queries.charge(actor)
    if mine is not None and post.organisation_id not in mine:
        raise Forbidden()
    if post.ends is not None and post.ends <= today:
        raise DomainError("post_over")
    if post.role is Role.ADMINISTRATOR and ends is not None:
        _refuse_last(post, ends)
    if ends is None or ends > post.starts:
        if post.ends is not None and (ends is None or ends > post.ends):
            _refuse_double(post, post.ends, ends)
        post.ends = ends
    else:
        end_tokens(ApiToken.post_id == post.id, withdrawn=True)
        session.execute(update(SignIn).where(SignIn.post_id == post.id).values(post_id=None))
        session.execute(
            update(Preference).where(Preference.post_id == post.id).values(post_id=None)
        )
        session.delete(post)
    session.flush()


def _refuse_last(post: Post, ends: dt.date) -> None:
    """At least one administrator who can sign in must remain on the day the post ends."""
    other = (
        select(Post.id)
        .join(Person, Person.id == Post.person_id)
        .where(
            Post.role == Role.ADMINISTRATOR,
            Post.id != post.id,
            Person.disabled.is_(False),
            queries.in_force(ends),
        )
    )
    if session.scalar(other.limit(1)) is None:
        raise DomainError("last_administrator", "ends")


def disable(*, actor: AnyViewer, today: dt.date, person: Person) -> None:
    """Bar somebody from signing in. Effects: all their sessions and tokens end."""
    if not queries.manageable(actor, person, today):
        raise Forbidden()
    if person.id == actor.person_id:
        raise DomainError("own_account")
    held = session.scalars(
        select(Post)
        .where(
            Post.person_id == person.id,
            Post.role == Role.ADMINISTRATOR,
            queries.in_force(today),
        )
        .order_by(Post.id)
    )
    for post in held:
        _refuse_last(post, today)
    _bar(person)


def _bar(person: Person) -> None:
    person.disabled = True
    session.execute(delete(SignIn).where(SignIn.person_id == person.id))
    end_tokens(ApiToken.person_id == person.id)
    session.flush()


def enable(*, actor: AnyViewer, today: dt.date, person: Person) -> None:
    """Let somebody sign in again, with the password they had."""
    if not queries.manageable(actor, person, today):
        raise Forbidden()
    person.disabled = False
    session.flush()


def hand_over(
    *,
    actor: AnyViewer,
    today: dt.date,
    leaver: Person,
    successor: Person,
    day: dt.date,
    leave: bool = True,
) -> dict[str, int]:
    """离任交接 in one act: posts, saved views and whatever rooms registered.

    Effects: the leaver's posts in the actor's charge end on `day` and the successor holds them
    from then on; open work passes at once, so the day cannot lie ahead; `leave` bars the leaver
    when no post is left on that day and the account was the actor's to manage. Answers kind of
    work → number passed on.
    """
    if day > today:
        raise DomainError("handover_ahead", "day")
    if leaver.id == successor.id:
        raise DomainError("same_person", "successor")
    mine, in_charge = queries.charge(actor), queries.manageable(actor, leaver, today)
    held = [
        (post, place)
        for post, place in queries.posts(actor, leaver)
        if (post.ends is None or post.ends > day) and (mine is None or place.id in mine)
    ]
    if not held:
        raise DomainError("nothing_to_hand")
    passed = {N_("岗位"): len(held)}
    for post, place in held:
        _pass_on(actor, today, successor, post, place, day)
    move = handover.Move(
        leaver.id, successor.id, frozenset(place.id for _, place in held), actor, today
    )
    for part in handover.parts():
        passed[part.name] = part.move(move)
    if leave and in_charge and _without_post(leaver, day) and leaver.id != actor.person_id:
        _bar(leaver)  # _refuse_last has looked at each post that ended
    session.flush()
    return passed


def _pass_on(
    actor: AnyViewer,
    today: dt.date,
    successor: Person,
    post: Post,
    place: Organisation,
    day: dt.date,
) -> None:
    role, ends = post.role, post.ends
    starts = max(day, post.starts)
    has = select(Post.id).where(
        Post.person_id == successor.id,
        Post.organisation_id == place.id,
        Post.role == role,
        or_(Post.ends.is_(None), Post.ends > starts),
    )
    if session.scalar(has.limit(1)) is None:
        give_post(
            actor=actor,
            today=today,
            person=successor,
            organisation=place,
            role=role,
            starts=starts,
            ends=ends,
        )
    end_post(actor=actor, today=today, post=post, ends=day)


def _without_post(person: Person, day: dt.date) -> bool:
    left = select(Post.id).where(Post.person_id == person.id, queries.not_over(day))
    return session.scalar(left.limit(1)) is None
