"""Which firms a viewer may see at all. Every list, count and page starts here."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, exists, false, or_, select, true
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from app.accounts.models import OrganisationKind
from app.carriers.models import INCUBATOR, Carrier, Site
from app.carriers.queries import own, own_of, places
from app.core.access import AnyViewer, PostRef, System
from app.core.days import today
from app.core.db import session
from app.core.errors import NotFound
from app.firms.hooks import hooks
from app.firms.models import Firm, Place, Residency


def visible(viewer: AnyViewer) -> Select[Firm]:
    """The firms in a viewer's scope, merged ones left out, ordered by name.

    District and agency: all. Carriers and parks: firms tied to one of theirs now or formerly,
    and those that a relation from above opens. Area readers: firms placed in their area.
    """
    statement = select(Firm).where(Firm.merged_into_id.is_(None))
    condition = scope(viewer)
    if condition is not None:
        statement = statement.where(condition)
    return statement.order_by(Firm.sort_key, Firm.id)


def sees_all(viewer: AnyViewer) -> bool:
    """Whether every firm is in the viewer's scope."""
    return isinstance(viewer, System) or viewer.holds(
        OrganisationKind.DISTRICT, OrganisationKind.AGENCY
    )


def scope(viewer: AnyViewer) -> ColumnElement[bool] | None:
    """Condition on Firm for a viewer; None for those who see all.

    A firm marked 仅计数 is open to its present and former hosts and to nobody else below the
    district.
    """
    if sees_all(viewer):
        return None
    day = today()
    wider: list[ColumnElement[bool]] = [in_area(post, day) for post in area_posts(viewer)]
    if has_carrier(viewer):
        wider += [condition(viewer, day) for condition in hooks().relations.values()]
    parts = [hosted(viewer, day)] if has_carrier(viewer) else []
    if wider:
        parts.append(and_(Firm.counted_only.is_(False), or_(*wider)))
    return or_(false(), *parts)


def countable(viewer: AnyViewer) -> Select[Firm]:
    """The firms of a viewer's figures: those in scope and, for readers of an area, its firms
    marked 仅计数 as well. Only `named` ones may be named, searched or opened.
    """
    posts = area_posts(viewer)
    if sees_all(viewer) or not posts:
        return visible(viewer)
    area = or_(*(in_area(post, today()) for post in posts))
    statement = select(Firm).where(Firm.merged_into_id.is_(None))
    within = scope(viewer)
    condition = area if within is None else or_(within, area)
    return statement.where(condition).order_by(Firm.sort_key, Firm.id)


def named(viewer: AnyViewer) -> ColumnElement[bool] | None:
    """Condition on countable firms: those the viewer may name; None where that is all."""
    if sees_all(viewer) or not area_posts(viewer):
        return None
    own_ties = [hosted(viewer, today())] if has_carrier(viewer) else []
    return or_(Firm.counted_only.is_(False), *own_ties)


def nameable(viewer: AnyViewer, firm_id: Any) -> ColumnElement[bool]:
    """Condition on a row about a firm: a firm marked 仅计数 is named to its hosts, to the district
    and on no other list, whatever came of it before the mark.
    """
    if sees_all(viewer):
        return true()
    hosts = viewer.organisation_ids if has_carrier(viewer) else None
    return ~firm_id.in_(_masked(hosts, today()))  # type: ignore[no-any-return]


@lru_cache(maxsize=256)
def _masked(hosts: frozenset[int] | None, day: dt.date) -> Select[int]:
    """Firms marked 仅计数, without those of some organisations' carriers."""
    masked = select(Firm.id).where(Firm.counted_only)
    return masked if hosts is None else masked.where(~_hosted(hosts, day))


def has_carrier(viewer: AnyViewer) -> bool:
    """Whether a post in force is at a carrier, a park or an operator."""
    return viewer.holds(OrganisationKind.CARRIER, OrganisationKind.PARK, OrganisationKind.OPERATOR)


def area_posts(viewer: AnyViewer) -> list[PostRef]:
    """The viewer's posts at an area or town."""
    return [p for p in viewer.acting if p.organisation_kind == OrganisationKind.AREA]


def tied(viewer: AnyViewer, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Firms with a residency at one of the viewer's carriers, under further conditions on it."""
    return _tied(own(viewer), *conditions)


def _tied(mine: Select[int], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return Firm.id.in_(
        select(Residency.firm_id).where(Residency.carrier_id.in_(mine.order_by(None)), *conditions)
    )


def runs(day: dt.date) -> ColumnElement[bool]:
    """Condition on Residency: it has not ended by the day."""
    return or_(Residency.ends.is_(None), Residency.ends > day)


def hosted(viewer: AnyViewer, day: dt.date) -> ColumnElement[bool]:
    """Firms of which one of the viewer's carriers is the host, or was one."""
    return _hosted(viewer.organisation_ids, day)


# Scopes are asked for several times a page and follow from nothing else, so each is built once.


@lru_cache(maxsize=256)
def _hosted(organisations: frozenset[int], day: dt.date) -> ColumnElement[bool]:
    return or_(_tied(own_of(organisations), runs(day)), _once_hosted(organisations))


def once_hosted(viewer: AnyViewer) -> ColumnElement[bool]:
    """Firms that were ever tied to one of the viewer's carriers.

    A tie that an accelerator or a park has beside the count of another carrier opens the firm
    only while it runs.
    """
    return _once_hosted(viewer.organisation_ids)


@lru_cache(maxsize=256)
def _once_hosted(organisations: frozenset[int]) -> ColumnElement[bool]:
    mine, other = own_of(organisations), aliased(Residency)
    nowhere = ~exists().where(other.firm_id == Residency.firm_id, other.counted)
    incubators = mine.where(Carrier.tier == INCUBATOR).order_by(None)
    return _tied(mine, or_(Residency.counted, Residency.carrier_id.in_(incubators), nowhere))


def at_site(day: dt.date) -> ColumnElement[bool]:
    """Condition on Residency and Site: where the tie is on a day. Its own site, or any that the
    carrier is at where it names none or one given up."""
    here = places.standing(day)
    own_site = Residency.site_id == Site.id
    astray = or_(Residency.site_id.is_(None), Residency.site_id.not_in(here))
    return and_(Site.carrier_id == Residency.carrier_id, Site.id.in_(here), or_(own_site, astray))


def in_area(post: PostRef, day: dt.date) -> ColumnElement[bool]:
    """Firms registered or operating in a post's 片区 or 街镇, or at a carrier's site there.

    A firm goes with its carrier when the site of its tie has been given up.
    """
    if post.within is None:
        return false()
    name, code = post.within
    placed = select(Place.firm_id).where(
        getattr(Place, name) == code,
        Place.starts <= day,
        or_(Place.ends.is_(None), Place.ends > day),
    )
    housed = select(Residency.firm_id).where(
        getattr(Site, name) == code, Residency.starts <= day, runs(day), at_site(day)
    )
    return or_(Firm.id.in_(placed), Firm.id.in_(housed))


def pid_of(viewer: AnyViewer, firm_id: int) -> str | None:
    """The public id of a firm within the viewer's scope."""
    return session.scalar(visible(viewer).with_only_columns(Firm.pid).where(Firm.id == firm_id))


def find(viewer: AnyViewer, pid: str) -> Firm:
    """The firm of a public id within the viewer's scope; NotFound otherwise."""
    firm = session.scalars(visible(viewer).where(Firm.pid == pid)).one_or_none()
    if firm is None:
        raise NotFound()
    return firm
