"""Organisations: made and changed by the administrator of the system."""

from __future__ import annotations

import datetime as dt

from app.accounts.models import Organisation, OrganisationKind
from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.core.errors import Conflict, DomainError, register_constraints, register_messages
from app.core.text import N_

register_messages(
    {
        "organisation_name_taken": N_("已有同名单位。"),
        "organisation_parent": N_("上级单位只能是运营主体，且只有载体和园区有上级单位。"),
        "organisation_area": N_("片区、街镇单位要选一个片区或街镇。"),
        "organisation_closed": N_("单位已停用，先恢复使用。"),
    }
)
register_constraints(
    {
        "uq_organisation_name": ("organisation_name_taken", "name"),
        "organisation.name": ("organisation_name_taken", "name"),
    }
)


def create_organisation(
    *,
    actor: AnyViewer,
    today: dt.date,
    kind: OrganisationKind,
    name: str,
    short_name: str | None = None,
    code: str | None = None,
    parent: Organisation | None = None,
    area_code: str | None = None,
    town_code: str | None = None,
) -> Organisation:
    """Record an organisation that people can hold posts at."""
    actor.need(Permission.ACCOUNT_ALL)
    made = Organisation(kind=kind, name=name, short_name=(short_name or name)[:40], code=code)
    _place(made, parent, area_code, town_code)
    session.add(made)
    session.flush()
    return made


def edit_organisation(
    *,
    actor: AnyViewer,
    today: dt.date,
    organisation: Organisation,
    rev: int,
    name: str,
    short_name: str | None,
    code: str | None,
    parent: Organisation | None,
    area_code: str | None,
    town_code: str | None,
) -> None:
    """Change names and place; the kind stays for life. Conflict when somebody was faster."""
    actor.need(Permission.ACCOUNT_ALL)
    if organisation.rev != rev:
        raise Conflict("stale")
    organisation.name, organisation.short_name = name, (short_name or name)[:40]
    organisation.code = code
    _place(organisation, parent, area_code, town_code)
    session.flush()


def close_organisation(
    *, actor: AnyViewer, today: dt.date, organisation: Organisation, closed_on: dt.date | None
) -> None:
    """Take an organisation out of use from a day on, or (None) back into use.

    Effects: its posts stop counting on that day; nothing is deleted.
    """
    actor.need(Permission.ACCOUNT_ALL)
    organisation.closed_on = closed_on
    session.flush()


def _place(
    of: Organisation, parent: Organisation | None, area_code: str | None, town_code: str | None
) -> None:
    below = of.kind in (OrganisationKind.CARRIER, OrganisationKind.PARK)
    if parent is not None and not (below and parent.kind is OrganisationKind.OPERATOR):
        raise DomainError("organisation_parent", "parent")
    if of.kind is OrganisationKind.AREA and not (area_code or town_code):
        raise DomainError("organisation_area", "area")
    of.parent_id = parent.id if parent else None
    of.area_code, of.town_code = area_code, town_code
