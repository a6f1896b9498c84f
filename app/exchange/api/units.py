"""房源: rooms of the carriers within the reader's scope, as their pages tell and take them."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.carriers.models import Carrier, Clean, Exhaust, HoldKind, Unit, UnitUse
from app.carriers.service.units import add_unit, release_unit
from app.core.access import Permission, viewer
from app.core.days import today
from app.core.db import holds, session
from app.core.errors import DomainError, NotFound
from app.core.text import N_
from app.exchange.api.door import (
    Paged,
    asked,
    given,
    operation,
    page_of,
    selected,
    shown,
)
from app.exchange.api.names import CarrierName, SiteShape
from app.exchange.api.once import matched, written
from app.exchange.api.shapes import Day, Many, Money, Part, Pid, Shape, Text, Whole, Word
from app.exchange.api.typed import body, typed
from app.firms.forms.space import MOVES, StatusForm, UnitForm, UseForm
from app.firms.queries import space, unit_list
from app.firms.queries.space import Stock, UnitState
from app.firms.room import chosen_firm, may_keep
from app.firms.service import space as using
from app.firms.service import units as service

TAG = N_("房源")
READ, KEEP = (Permission.UNIT_READ,), (Permission.UNIT_EDIT,)
DM2 = {"description": N_("面积，以 0.01 ㎡ 计。")}
AMOUNT = {"description": N_("按工位出租的为工位数，否则为以 0.01 ㎡ 计的面积。")}


class UnitUserShape(Shape):
    """The firm that uses a room, as far as the reader may know it."""

    id = Pid(required=True, allow_none=True)
    name = Text(required=True, allow_none=True)


class UnitUseShape(Shape):
    """A use of a room that runs today or begins later."""

    id = Pid(required=True)
    firm = Part(UnitUserShape, required=True)
    amount = Whole(required=True, metadata=AMOUNT)
    starts = Day(required=True)
    ends = Day(required=True, allow_none=True)
    lease_ends = Day(required=True, allow_none=True)


class UnitHoldShape(Shape):
    """Days on which a room is not offered."""

    kind = Word(HoldKind, required=True)
    starts = Day(required=True)
    ends = Day(required=True, allow_none=True)
    reason = Text(required=True, allow_none=True)


class UnitShape(Shape):
    """A room that a carrier lets, with how it stands today."""

    id = Pid(required=True)
    carrier = Part(CarrierName, required=True)
    site = Part(SiteShape, required=True)
    building = Text(required=True)
    floor = Whole(low=-100, high=1000, required=True)
    floor_label = Text(required=True, allow_none=True)
    number = Text(required=True)
    area_dm2 = Whole(required=True, metadata=DM2)
    desks = Whole(required=True, allow_none=True)
    uses = Many(Word(UnitUse), required=True)
    approved = Many(Word(UnitUse), required=True)
    height_mm = Whole(required=True, allow_none=True)
    load_kg = Whole(required=True, allow_none=True)
    power_kw = Whole(required=True, allow_none=True)
    exhaust = Word(Exhaust, required=True, allow_none=True)
    clean = Word(Clean, required=True, allow_none=True)
    rent = Money(
        required=True, allow_none=True,
        metadata={"description": N_("元/㎡·天；按工位出租的为元/工位·月。")},
    )  # fmt: skip
    starts = Day(required=True)
    ends = Day(required=True, allow_none=True)
    remark = Text(required=True, allow_none=True)
    state = Word(
        UnitState, required=True, allow_none=True,
        metadata={"description": N_("今天的状态；已停用的为 null。")},
    )  # fmt: skip
    used = Whole(required=True, allow_none=True, metadata=AMOUNT)
    free = Whole(low=-(2**53) + 1, required=True, allow_none=True, metadata=AMOUNT)
    vacant_since = Day(required=True, allow_none=True)
    free_from = Day(required=True, allow_none=True)
    hold = Part(UnitHoldShape, required=True, allow_none=True)
    occupancies = Many(Part(UnitUseShape), required=True)


UnitPage = page_of(UnitShape, "UnitPage")


class UnitsAsked(Paged):
    """Which units."""

    carrier = Pid(metadata={"description": N_("某一载体的房源。")})
    use = Word(UnitUse, metadata={"description": N_("可作此用途的。")})


ADD = body("UnitBody", UnitForm, carrier=Pid(required=True))
EDIT = body("UnitEditBody", UnitForm, starts=Day(required=True))
STATUS = body(
    "UnitStatusBody", StatusForm,
    move=Word(
        MOVES, required=True,
        labels={
            "vacate": N_("腾退"), "release": N_("恢复招租"),
            **{kind.value: kind.text for kind in HoldKind},
        },
    ),
)  # fmt: skip
USE = body("UnitOccupancyBody", UseForm, amount=Whole(low=1, required=True, metadata=AMOUNT))
COLUMNS = (
    "building", "floor", "floor_label", "number", "area_dm2", "desks", "uses", "approved",
    "height_mm", "load_kg", "power_kw", "exhaust", "clean", "rent", "starts", "ends", "remark",
)  # fmt: skip
COMPUTED = ("state", "used", "free", "vacant_since", "free_from", "hold")


def shapes(rows: list[Unit]) -> list[dict[str, Any]]:
    """Units with who uses them, as their page tells them."""
    ids = [row.id for row in rows]
    found = space.stock(viewer(), today(), Unit.id.in_(ids)) if ids else []
    stocks = {one.unit.id: one for one in found}
    users = unit_list.users(viewer(), ids, today())
    return [_shape(row, stocks.get(row.id), users.get(row.id, [])) for row in rows]


def _shape(row: Unit, stock: Stock | None, users: list[unit_list.User]) -> dict[str, Any]:
    """`stock` is None of a unit that is no more."""
    return {
        "id": row.pid, "carrier": row.carrier, "site": row.site,
        **{name: getattr(row, name) for name in COLUMNS},
        **{name: getattr(stock, name) if stock else None for name in COMPUTED},
        "occupancies": [
            {
                "id": user.occupancy.pid, "firm": {"id": user.pid, "name": user.name},
                "amount": user.occupancy.amount, "starts": user.occupancy.starts,
                "ends": user.occupancy.ends, "lease_ends": user.occupancy.lease_ends,
            }
            for user in users
        ],
    }  # fmt: skip


def _one(row: Unit) -> tuple[dict[str, Any], int]:
    session.flush()
    return shapes([row])[0], row.rev


@operation(
    "GET", "/units", tag=TAG, answer=UnitPage, may=READ, query=lambda: UnitsAsked,
    summary=N_("可见范围内载体的房源，已停用的除外；别家园区的不在其中"),
)  # fmt: skip
def list_units() -> ResponseReturnValue:
    """Units of the carriers that the reader may open."""
    wanted, within = asked(), space.within(viewer())
    standing = Unit.ends.is_(None) | (Unit.ends > today())
    statement = (
        select(Unit).where(standing).options(joinedload(Unit.carrier), joinedload(Unit.site))
    )
    if within is not None:
        statement = statement.where(within)
    if wanted.get("carrier"):
        named = select(Carrier.id).where(Carrier.pid == wanted["carrier"])
        statement = statement.where(Unit.carrier_id.in_(named))
    if wanted.get("use"):
        statement = statement.where(holds(Unit.uses, UnitUse(wanted["use"])))
    return selected(UnitPage, statement, Unit.pid, shapes)


@operation("GET", "/units/<pid>", tag=TAG, answer=UnitShape, may=READ, summary=N_("一间房源"))
def get_unit(pid: str) -> ResponseReturnValue:
    """One unit."""
    row = unit_list.find_unit(viewer(), pid)
    asked()
    return shown(UnitShape, *_one(row))


def _kept(pid: str) -> Unit:
    row = unit_list.find_unit(viewer(), pid)
    if not may_keep(viewer(), row.carrier):
        raise NotFound()
    return row


def _told(form: UnitForm, carrier: Carrier, unit: Unit | None = None) -> dict[str, Any]:
    """What was sent as the service takes it; a building left out is the only one of the site."""
    sites = unit_list.sites_of(carrier)
    site = next((one for one in sites if one.pid == form.site.data), None)
    if site is None:
        raise DomainError("unit:site", "site")
    values = form.values()
    if not values["building"]:
        values["building"] = unit_list.only_building(site, unit)
    return {"actor": viewer(), "today": today(), "site": site, "values": values}


@operation(
    "POST", "/units", tag=TAG, answer=UnitShape, may=KEEP, body=ADD, status=201,
    summary=N_("登记房源"),
)  # fmt: skip
def make_unit() -> ResponseReturnValue:
    """登记房源 of one's own carrier."""
    held = given()
    pid = held.pop("carrier")
    carrier = next((one for one in unit_list.carriers(viewer()) if one.pid == pid), None)
    if carrier is None or not may_keep(viewer(), carrier):
        raise NotFound()
    form = typed(UnitForm, held)
    return written(
        "unit:add", lambda: _one(add_unit(carrier=carrier, **_told(form, carrier))), UnitShape,
        status=201,
    )  # fmt: skip


@operation(
    "PUT", "/units/<pid>", tag=TAG, answer=UnitShape, may=KEEP, body=EDIT, matches=True,
    summary=N_("更正房源；未给的一律清空"),
)  # fmt: skip
def correct_unit(pid: str) -> ResponseReturnValue:
    """Change what is recorded of a unit; what it was stays in the history."""
    row = _kept(pid)
    form, rev = typed(UnitForm, given()), matched(row)
    return written(
        "unit:edit",
        lambda: _one(service.edit_unit(unit=row, rev=rev, **_told(form, row.carrier, row))),
        UnitShape,
    )


@operation(
    "POST", "/units/<pid>/status", tag=TAG, answer=UnitShape, may=KEEP, body=STATUS,
    summary=N_("自某日起腾退、暂不出租、施工或恢复招租"),
)  # fmt: skip
def set_unit_status(pid: str) -> ResponseReturnValue:
    """Free, off the market or back on it from a day."""
    row, held = _kept(pid), given()
    move = held.pop("move")
    form = typed(StatusForm, held)
    by: dict[str, Any] = {"actor": viewer(), "today": today(), "unit": row}

    def act() -> tuple[dict[str, Any], int]:
        on = form.on.data or today()
        if move == "vacate":
            using.vacate_unit(**by, on=on)
        elif move == "release":
            release_unit(**by, on=on)
        else:
            using.hold(
                **by, kind=HoldKind(move), starts=on, ends=form.ends.data, reason=form.reason.data
            )
        return _one(row)

    codes = {"vacate": "use:vacate", "release": "unit:release"}
    return written(codes.get(move, "unit:hold"), act, UnitShape)


@operation(
    "POST", "/units/<pid>/occupancies", tag=TAG, answer=UnitShape, may=KEEP, body=USE, status=201,
    summary=N_("登记企业使用房源；日期在后的为预留"),
)  # fmt: skip
def use_unit(pid: str) -> ResponseReturnValue:
    """A firm moves in, or reserves for a day to come."""
    row, held = _kept(pid), given()
    amount = held.pop("amount")
    form = typed(UseForm, held | {"amount": "1"})  # which is read above: its unit is the room's

    def act() -> tuple[dict[str, Any], int]:
        firm = chosen_firm(viewer(), row.carrier, form.firm.data, form.code.data, today())
        using.occupy(
            actor=viewer(), today=today(), firm=firm, unit=row, amount=amount,
            starts=form.starts.data or today(), ends=form.ends.data,
            lease_ends=form.lease_ends.data, remark=form.remark.data,
        )  # fmt: skip
        return _one(row)

    return written("use:start", act, UnitShape, status=201)
