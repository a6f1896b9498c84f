"""What the form of 登记落地 books: an arrival of a known firm, or of one that nobody registered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from app.carriers.models import DM2, Carrier, Unit
from app.core.access import AnyViewer
from app.core.errors import DomainError, NotFound, register_messages
from app.core.text import N_, _
from app.firms import queries as firm_queries
from app.firms import unit_words, uscc
from app.firms.models import Firm, Residency
from app.firms.queries import space
from app.firms.queries.space import Stock
from app.firms.queries.unit_list import find_unit
from app.firms.service.space import occupy
from app.pipeline import meant, service
from app.pipeline.forms import LandForm
from app.pipeline.models import Claim
from app.pipeline.queries import pages

register_messages(
    {
        "landing:name": N_("这个代码尚未登记，请填写企业名称。"),
        "landing:code": N_("信用代码的长度或用字不对，请核对。"),
        "landing:desks": N_("工位数请填整数。"),
        "landing:by_area": N_("该房源按面积出租：请填“面积（㎡）”，工位数留空。"),
        "landing:check": N_(
            "校验码不符：请对照营业执照；确认无误的，在“校验位不符仍登记的理由”中写明理由后再登记。"
        ),
    }
)

GIVEN = ("signed_on", "registered_on", "taxed_on", "area_m2", "lease_ends", "remark")


def offered(stocks: Iterable[Stock]) -> list[tuple[str, str]]:
    """Units of which something is free, for the form: where, how much, until when if it ends."""
    return [(one.unit.pid, " · ".join(_told(one))) for one in stocks]


def with_meant(told: list[tuple[str, str]], claim: Claim | None) -> list[tuple[str, str]]:
    """The same, the room that an accepted claim keeps for the firm first."""
    if claim is None or claim.unit is None or claim.reserved_from is None:
        return told
    kept = claim.unit.pid
    words = _("%(room)s，已预留", room=meant.words(claim))
    return [(kept, words), *(one for one in told if one[0] != kept)]


def _told(one: Stock) -> Iterator[str]:
    unit = one.unit
    yield unit_words.place(unit)
    yield _("余 %(left)s", left=unit_words.amount(unit, one.free))
    if unit.ends is not None:
        yield _("至 %(day)s", day=unit.ends.isoformat())


def book(viewer: AnyViewer, day: dt.date, carrier: Carrier, form: LandForm) -> Residency:
    """Book the arrival; a code that nobody has registered makes a firm (直接引进)."""
    given: dict[str, Any] = {name: form[name].data or None for name in GIVEN}
    sites = {s.pid: s for s in pages.sites(carrier, day)}
    given["site"] = sites.get(form.site.data or "")
    firm = firm_queries.by_code(form.said("code"))
    unit, amount = _room(viewer, carrier, form, firm)
    told = "area_m2" if unit is not None and unit.desks is None else "amount"
    if unit is not None:
        given["site"] = given["site"] or unit.site
        if unit.desks is None:
            given["area_m2"] = given["area_m2"] or -(-amount // DM2)
    base: dict[str, Any] = {"actor": viewer, "today": day, "carrier": carrier}
    if firm is not None:
        tie = service.land(**base, firm=firm, arrived_on=form.said("arrived_on"), **given)
        _move_in(base, tie, unit, amount, told)
        return tie
    if uscc.shape_problem(form.said("code")):
        raise DomainError("landing:code", "code")
    if not form.name.data:
        raise DomainError("landing:name", "name")
    try:
        tie = service.land_unknown(
            **base, arrived_on=form.said("arrived_on"), name=form.name.data,
            code=form.said("code"), code_reason=form.code_reason.data, **given,
        )  # fmt: skip
    except DomainError as error:
        if error.code == "code_check":  # this form asks for the reason alone
            raise DomainError("landing:check", "code") from error
        raise
    _move_in(base, tie, unit, amount, told)
    return tie


def _room(
    viewer: AnyViewer, carrier: Carrier, form: LandForm, firm: Firm | None
) -> tuple[Unit | None, int]:
    """The unit chosen and how much of it: the desks or the area typed, else all that is free on the
    day, what is kept for the firm itself among it."""
    if not form.unit.data:
        return None, 0
    day = form.said("arrived_on")
    unit = find_unit(viewer, form.unit.data)
    if unit.carrier_id != carrier.id:
        raise NotFound()
    desks, area = form.amount.data, form.area_m2.data
    if unit.desks is None and desks is not None:
        raise DomainError("landing:by_area", "amount")
    if unit.desks is None and area:  # in whole square metres, so the last part of one is met
        asked, free = area * DM2, _free(viewer, day, unit, firm)
        return unit, free if free <= asked < free + DM2 else asked
    if desks is not None:
        if desks % DM2:
            raise DomainError("landing:desks", "amount")
        return unit, desks // DM2
    return unit, _free(viewer, day, unit, firm)


def _free(viewer: AnyViewer, day: dt.date, unit: Unit, firm: Firm | None) -> int:
    """What is free of a unit on a day, or kept for the firm."""
    stocks = space.stock(viewer, day, Unit.id == unit.id)
    kept = space.kept_rooms([unit.id])
    own = sum(one.amount for one in kept if firm is not None and one.firm_id == firm.id)
    return stocks[0].free + own if stocks else 0


def _move_in(
    base: dict[str, Any], tie: Residency, unit: Unit | None, amount: int, told: str
) -> None:
    """The firm uses the unit from the day of its arrival, as long as it stays; `told` is the
    field in which the amount was said."""
    if unit is None:
        return
    try:
        occupy(
            actor=base["actor"], today=base["today"], firm=tie.firm, unit=unit, amount=amount,
            starts=tie.starts, lease_ends=tie.lease_ends,
        )  # fmt: skip
    except DomainError as error:
        field = told if error.field == "amount" else "unit"
        raise DomainError(error.code, field, **error.values) from error
