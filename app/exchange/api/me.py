"""Who the token stands for, and the carriers that it may name in what it writes."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue

from app.accounts.models import OrganisationKind, Role
from app.accounts.tokens import bearer
from app.core.access import Permission, viewer
from app.core.days import today
from app.core.text import N_
from app.exchange.api.door import asked, operation, shown
from app.exchange.api.names import SiteShape
from app.exchange.api.shapes import Flag, Many, Part, Pid, Shape, Text, Whole, Word
from app.pipeline.queries import pages, ties

TAG = N_("令牌")


class OwnCarrier(Shape):
    """A carrier that the post acts for."""

    id = Pid(required=True)
    name = Text(required=True)
    tier = Whole(
        low=1,
        high=3,
        required=True,
        metadata={"description": N_("1 孵化器，2 加速器，3 特色产业园区。")},
    )
    sites = Many(Part(SiteShape), required=True)


class Me(Shape):
    """The token's person, post and rights."""

    token = Pid(required=True)
    writes = Flag(required=True)
    person = Text(required=True)
    organisation = Text(required=True)
    organisation_kind = Word(OrganisationKind, required=True)
    role = Word(Role, required=True)
    permissions = Many(Word(sorted(Permission)), required=True)
    carriers = Many(Part(OwnCarrier), required=True)


def _carriers() -> list[dict[str, Any]]:
    return [
        {"id": c.pid, "name": c.name, "tier": c.tier, "sites": pages.sites(c, today())}
        for c in ties.my_carriers(viewer())
    ]


@operation("GET", "/me", tag=TAG, answer=Me, summary=N_("令牌代表谁，能做什么"))
def get_me() -> ResponseReturnValue:
    """The token, its person, post and carriers."""
    asked()
    person, held = viewer(), bearer()
    assert held is not None
    post = person.acting[0]
    found = {
        "token": held.pid,
        "writes": held.writes,
        "person": person.name,
        "organisation": post.organisation,
        "organisation_kind": post.organisation_kind,
        "role": post.role,
        "permissions": sorted(person.permissions),
        "carriers": _carriers(),
    }
    return shown(Me, found)
