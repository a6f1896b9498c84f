"""Personal tokens: made by their person, ended by them or with what they rest on."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, and_, func, select, update

from app.accounts.models import ApiToken
from app.accounts.posts import permissions
from app.core.access import Permission, Viewer
from app.core.days import SHANGHAI, add_years, now
from app.core.db import session
from app.core.errors import DomainError, NotFound, register_messages
from app.core.text import N_

#: Tokens of a person that are in use at once.
MOST = 20

register_messages(
    {
        "token_post": N_("这个岗位没有可通过接口读写的内容。"),
        "token_days": N_("有效期至须在明天和一年以内。"),
        "token_many": N_("最多同时有 %(n)s 个访问令牌，请先结束不用的。"),
    }
)


def carries(role: str) -> bool:
    """Whether a post can do anything by the interface: those of the chain and its offices."""
    return Permission.FIRM_READ in permissions(role)


def make_token(
    *,
    actor: Viewer,
    today: dt.date,
    post_id: int,
    name: str,
    writes: bool,
    until: dt.date,
    secret_hash: bytes,
    held: int,
) -> ApiToken:
    """A token for one of the actor's own posts; it lasts through the day `until`.

    `held`: how many the person has in use. The secret was made outside and is shown once.
    Raises `token_post`, `token_days` (more than a year), `token_many`, NotFound for a post that
    is not the actor's.
    """
    post = next((one for one in actor.posts if one.id == post_id), None)
    if post is None:
        raise NotFound()
    if not carries(post.role):
        raise DomainError("token_post", "post")
    if not today < until <= add_years(today, 1):
        raise DomainError("token_days", "until")
    if held >= MOST:
        raise DomainError("token_many", n=MOST)
    over = dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), SHANGHAI)
    made = ApiToken(
        secret_hash=secret_hash,
        person_id=actor.person_id,
        post_id=post.id,
        name=name,
        writes=writes,
        made_at=now(),
        expires_at=over,
    )
    session.add(made)
    session.flush()
    return made


def end_token(*, actor: Viewer, today: dt.date, token: ApiToken) -> None:
    """End one of one's own tokens; nothing is accepted under it from the next request on."""
    if token.person_id != actor.person_id:
        raise NotFound()
    end_tokens(ApiToken.id == token.id)


def end_tokens(condition: ColumnElement[bool], *, withdrawn: bool = False) -> int:
    """End the tokens in use that meet a condition; `withdrawn`: their post is being deleted.

    Answers how many of them could still be used.
    """
    at = now()
    lasting = and_(condition, ApiToken.ended_at.is_(None), ApiToken.expires_at > at)
    usable = session.scalars(select(func.count()).select_from(ApiToken).where(lasting)).one()
    ended = update(ApiToken).where(condition, ApiToken.ended_at.is_(None)).values(ended_at=at)
    session.execute(ended)
    if withdrawn:
        session.execute(update(ApiToken).where(condition).values(post_id=None))
    return int(usable)
