"""Registration of a carrier: its operator, first act, titles and sites; changes of either."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import Organisation, OrganisationKind
from app.carriers.models import (
    ACCELERATOR,
    INCUBATOR,
    PARK,
    Carrier,
    CarrierStatus,
    CarrierType,
    Level,
    Operator,
    StatusAct,
    SuccessionKind,
)
from app.carriers.service.life import add_succession
from app.carriers.service.profile import add_act, add_site, add_title, set_sectors
from app.core import codes
from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.core.errors import Conflict, DomainError, register_messages
from app.core.pinyin import sort_key
from app.core.text import N_

register_messages(
    {
        "carrier_name": N_("这个名称的载体已经登记。"),
        "organisation_name": N_("已有同名单位，请写全称以示区别。"),
        "operator_check": N_(
            "统一社会信用代码的校验位应为“%(right)s”，请对照营业执照；确认无误请勾选后再保存。"
        ),
        "operator_name": N_("这个代码已登记为“%(name)s”，名称不一致。"),
    }
)

TIERS = {CarrierType.ACCELERATOR: ACCELERATOR, CarrierType.PARK: PARK}


@dataclass(frozen=True)
class Document:
    """The paper behind an act: its 文号 and batch."""

    number: str | None = None
    batch: str | None = None


@dataclass(frozen=True)
class FirstSite:
    """Where a new carrier works."""

    name: str
    address: str
    town: str | None = None
    area: str | None = None
    area_m2: int | None = None


def tier_of(type_: CarrierType) -> int:
    """The tier that a sub-type belongs to."""
    return TIERS.get(type_, INCUBATOR)


def operator_for(*, actor: AnyViewer, name: str, code: str | None, sure: bool = False) -> Operator:
    """The operator of a code, or else of a name; recorded with its organisation when new.

    Raises `code_length`, `code_character` for a code that cannot be one, `operator_check` for
    one whose check character does not fit (unless `sure`), `operator_name` when the code is
    another's.
    """
    actor.need(Permission.CARRIER_STATUS)
    if code:
        code = codes.parse(code, "operator_code")
        right = codes.outer_check(code[:17])
        if code[17] != right and not sure:
            raise DomainError("operator_check", "operator_code", right=right)
    by = Operator.code == code if code else Operator.name == name
    held = session.scalars(select(Operator).where(by).order_by(Operator.id)).first()
    if held is not None and held.name != name:
        raise Conflict("operator_name", "operator_name", name=held.name)
    if held is None and code:
        nameless = select(Operator).where(Operator.name == name, Operator.code.is_(None))
        held = session.scalars(nameless.order_by(Operator.id)).first()
        if held is not None:
            held.code = code
    if held is not None:
        return held
    unit = _organisation(OrganisationKind.OPERATOR, name, None, None, code, "operator_name")
    made = Operator(organisation_id=unit.id, name=name, code=code)
    session.add(made)
    session.flush()
    return made


def _organisation(
    kind: OrganisationKind,
    name: str,
    short_name: str | None,
    parent_id: int | None,
    code: str | None,
    field: str,
) -> Organisation:
    if session.scalar(select(Organisation.id).where(Organisation.name == name)) is not None:
        raise Conflict("organisation_name", field)
    unit = Organisation(
        kind=kind, name=name, short_name=(short_name or name)[:40], parent_id=parent_id, code=code
    )
    session.add(unit)
    session.flush()
    return unit


def register_carrier(
    *,
    actor: AnyViewer,
    today: dt.date,
    name: str,
    type_: CarrierType,
    operator: Operator,
    day: dt.date,
    site: FirstSite,
    short_name: str | None = None,
    document: Document = Document(),
    level: Level | None = None,
    sectors: Sequence[str] = (),
    predecessor: Carrier | None = None,
    **more: Any,
) -> Carrier:
    """Enter a carrier with its organisation, first act 登记, level, lead sectors and site.

    `predecessor` goes on in it from `day` on (更名设立). Effects: people can be given posts at
    its organisation from now on; it counts from `day`. Raises `carrier_name`, `act_future`,
    `organisation_name`.
    """
    actor.need(Permission.CARRIER_STATUS)
    if session.scalar(select(Carrier.id).where(Carrier.name == name)) is not None:
        raise Conflict("carrier_name", "name")
    tier = tier_of(type_)
    kind = OrganisationKind.PARK if tier == PARK else OrganisationKind.CARRIER
    unit = _organisation(kind, name, short_name, operator.organisation_id, None, "name")
    carrier = Carrier(
        organisation_id=unit.id, operator_id=operator.id, name=name, short_name=unit.short_name,
        sort_key=sort_key(name), tier=tier, type=type_, **more,
    )  # fmt: skip
    session.add(carrier)
    session.flush()
    add_act(
        actor=actor, today=today, carrier=carrier, act=StatusAct.REGISTERED, day=day,
        document=document.number, batch=document.batch,
    )  # fmt: skip
    if level is not None:
        add_title(
            actor=actor, today=today, carrier=carrier, level=level, starts=day,
            document=document.number,
        )  # fmt: skip
    set_sectors(actor=actor, today=today, carrier=carrier, sectors=sectors)
    add_site(
        actor=actor, today=today, carrier=carrier, name=site.name, address=site.address,
        starts=day, town=site.town, area=site.area, area_m2=site.area_m2,
    )  # fmt: skip
    _set_up_anew(actor, today, predecessor, carrier, day, document)
    return carrier


def _set_up_anew(
    actor: AnyViewer, today: dt.date, old: Carrier | None, new: Carrier, day: dt.date,
    document: Document,
) -> None:  # fmt: skip
    if old is None:
        return
    add_succession(
        actor=actor, today=today, predecessor=old, successor=new, kind=SuccessionKind.SET_UP,
        day=day, document=document.number,
    )  # fmt: skip


def change_registration(
    *,
    actor: AnyViewer,
    today: dt.date,
    carrier: Carrier,
    day: dt.date,
    name: str,
    operator: Operator,
    document: Document = Document(),
    rev: int | None = None,
) -> CarrierStatus:
    """变更: another name or operator from a day on, with what it was in the act's remark.

    Effects: the carrier's organisation takes the name and the operator as its parent, so that
    the new operator's people look after it. Raises `carrier_name`, `act_first`, `act_twice`,
    `stale`.
    """
    actor.need(Permission.CARRIER_STATUS)
    if rev is not None and carrier.rev != rev:
        raise Conflict("stale")
    told = []
    if name != carrier.name:
        taken = select(Carrier.id).where(Carrier.name == name, Carrier.id != carrier.id)
        if session.scalar(taken) is not None:
            raise Conflict("carrier_name", "name")
        told.append(N_("名称：%(old)s → %(new)s") % {"old": carrier.name, "new": name})
        if carrier.short_name == carrier.name[:40]:
            carrier.short_name = name[:40]
        carrier.name, carrier.sort_key = name, sort_key(name)
        carrier.organisation.name = name
    if operator.id != carrier.operator_id:
        old = carrier.operator.name
        told.append(N_("运营主体：%(old)s → %(new)s") % {"old": old, "new": operator.name})
        carrier.operator_id = operator.id
        carrier.organisation.parent_id = operator.organisation_id
    session.flush()
    return add_act(
        actor=actor, today=today, carrier=carrier, act=StatusAct.CHANGED, day=day,
        document=document.number, batch=document.batch, remark="; ".join(told)[:200] or None,
    )  # fmt: skip


def edit_profile(
    *,
    actor: AnyViewer,
    today: dt.date,
    carrier: Carrier,
    sectors: Sequence[str],
    rev: int | None = None,
    **values: Any,
) -> Carrier:
    """Short name, areas, foundation, remark, lead sectors. Raises `stale`."""
    if rev is not None and carrier.rev != rev:
        raise Conflict("stale")
    if set_sectors(actor=actor, today=today, carrier=carrier, sectors=sectors):
        # The next form that was opened before must count as stale, though no column changes.
        flag_modified(carrier, "sort_key")
    for column, value in values.items():
        setattr(carrier, column, value)
    session.flush()
    return carrier
