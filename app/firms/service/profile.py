"""Places, links, tags, contacts and consent of a firm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import or_, select

from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.core.errors import Conflict, DomainError, register_messages
from app.core.text import N_
from app.firms.fields import need_record
from app.firms.models import (
    Consent,
    Contact,
    Firm,
    FirmLink,
    FirmTag,
    LinkKind,
    Place,
    PlaceKind,
)

register_messages(
    {
        "place_order": N_("起始日应晚于现登记地址的起始日 %(day)s；更正当前地址请填同一天。"),
        "link_self": N_("不能与自己建立承继关系。"),
        "link_exists": N_("这两家企业之间已登记承继关系。"),
        "contact_name": N_("请填写联系人姓名。"),
        "consent_open": N_("已有一份有效的同意。"),
    }
)


def set_place(
    *,
    actor: AnyViewer,
    today: dt.date,
    firm: Firm,
    kind: PlaceKind,
    district: str,
    starts: dt.date,
    town: str | None = None,
    area: str | None = None,
    address: str | None = None,
    rev: int | None = None,
) -> Place:
    """Record where a firm is registered, works or pays tax from a day on.

    The place before ends on that day; the same day corrects it. `rev` is the latest revision of
    the places that were read. Raises `future_day`, `place_order`, `stale`.
    """
    need_record(actor, firm.id, today)
    if starts > today:
        raise DomainError("future_day", "starts", today=today)
    place = present_place(firm, kind)
    if place is not None and starts < place.starts:
        raise DomainError("place_order", "starts", day=place.starts)
    if place is not None and starts == place.starts and rev is not None and place.rev > rev:
        raise Conflict("stale")
    if place is None or starts > place.starts:
        if place is not None:
            place.ends = starts
            session.flush()
        place = Place(firm_id=firm.id, kind=kind, starts=starts)
        session.add(place)
    place.district, place.town, place.area, place.address = district, town, area, address
    session.flush()
    return place


def present_place(firm: Firm, kind: PlaceKind) -> Place | None:
    """The place of a kind that has no end yet."""
    statement = select(Place).where(
        Place.firm_id == firm.id, Place.kind == kind, Place.ends.is_(None)
    )
    return session.scalars(statement.order_by(Place.starts.desc())).first()


def link_firms(
    *,
    actor: AnyViewer,
    today: dt.date,
    older: Firm,
    newer: Firm,
    kind: LinkKind,
    day: dt.date,
    clock_passes: bool = False,
    milestones_pass: bool = False,
) -> FirmLink:
    """承继: one code follows another; the district says what passes on.

    Raises `link_self`, `link_exists`, `future_day`.
    """
    actor.need(Permission.FIRM_VERIFY)
    if older.id == newer.id:
        raise DomainError("link_self", "code")
    if day > today:
        raise DomainError("future_day", "day", today=today)
    statement = select(FirmLink.id).where(
        or_(
            (FirmLink.from_id == older.id) & (FirmLink.to_id == newer.id),
            (FirmLink.from_id == newer.id) & (FirmLink.to_id == older.id),
        )
    )
    if session.scalar(statement.limit(1)) is not None:
        raise Conflict("link_exists", "code")
    link = FirmLink(
        from_id=older.id,
        to_id=newer.id,
        kind=kind,
        day=day,
        clock_passes=clock_passes,
        milestones_pass=milestones_pass,
    )
    session.add(link)
    session.flush()
    return link


def set_tags(
    *,
    actor: AnyViewer,
    today: dt.date,
    firm: Firm,
    tags: Iterable[str],
    seen: Iterable[str] | None = None,
) -> None:
    """Make the founder and team tags of a firm exactly these.

    With the tags that were `seen`, only the differences to them are carried over, so that what
    somebody else ticked meanwhile stays.
    """
    need_record(actor, firm.id, today)
    statement = select(FirmTag).where(FirmTag.firm_id == firm.id).order_by(FirmTag.tag)
    rows, wanted = session.scalars(statement).all(), set(tags)
    if seen is not None:
        known, ticked = set(seen), wanted
        wanted = ({row.tag for row in rows} | (ticked - known)) - (known - ticked)
    for held in rows:
        if held.tag in wanted:
            wanted.discard(held.tag)
        else:
            session.delete(held)
    session.add_all(FirmTag(firm_id=firm.id, tag=tag) for tag in sorted(wanted))
    session.flush()


def add_contact(
    *,
    actor: AnyViewer,
    today: dt.date,
    firm: Firm,
    name: str | None,
    post: str | None = None,
    phone: str | None = None,
    email: str | None = None,
) -> Contact:
    """Add a work contact; off the clocks, so that it can be erased. Raises `contact_name`.

    The same contact added twice stands once.
    """
    need_record(actor, firm.id, today)
    if not name:
        raise DomainError("contact_name", "name")
    given = {"firm_id": firm.id, "name": name, "post": post, "phone": phone, "email": email}
    held = session.scalars(select(Contact).filter_by(**given).order_by(Contact.id)).first()
    if held is not None:
        return held
    contact = Contact(**given)
    session.add(contact)
    session.flush()
    return contact


def erase_contact(*, actor: AnyViewer, today: dt.date, contact: Contact) -> None:
    """Erase a contact; nothing of it remains in this database."""
    need_record(actor, contact.firm_id, today)
    session.delete(contact)
    session.flush()


def give_consent(
    *, actor: AnyViewer, today: dt.date, firm: Firm, starts: dt.date | None = None
) -> Consent:
    """The firm agrees that parks see its contact and demand. Raises `consent_open`."""
    need_record(actor, firm.id, today)
    statement = select(Consent.id).where(Consent.firm_id == firm.id, Consent.ends.is_(None))
    if session.scalar(statement.limit(1)) is not None:
        raise Conflict("consent_open")
    consent = Consent(firm_id=firm.id, starts=starts or today)
    session.add(consent)
    session.flush()
    return consent


def end_consent(*, actor: AnyViewer, today: dt.date, firm: Firm) -> None:
    """The firm's consent ends today, at once."""
    need_record(actor, firm.id, today)
    statement = select(Consent).where(Consent.firm_id == firm.id, Consent.ends.is_(None))
    for consent in session.scalars(statement.order_by(Consent.id)).all():
        if consent.starts >= today:
            session.delete(consent)
        else:
            consent.ends = today
    session.flush()
