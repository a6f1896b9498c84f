"""The list of units, as the page shows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import Flask

from app.carriers.models import UnitUse
from app.core.access import Permission, Viewer
from app.core.paging import asked
from app.core.text import _
from app.exchange.out.book import Book, Export, Head, Table, Value, offer
from app.firms import unit_words
from app.firms.queries import unit_list
from app.firms.queries.space import Stock, whole
from app.firms.queries.unit_list import User


def part(value: int | None, whole: int) -> Decimal | None:
    """A whole number of the last decimal place as the number it stands for."""
    return None if value is None else Decimal(value) / whole


def rows(
    found: Sequence[Stock], users: Mapping[int, list[User]], homes: Mapping[int, str]
) -> Iterator[list[Value]]:
    """One row a unit."""
    for one in found:
        unit = one.unit
        by_area = unit.desks is None
        used = [user.name or _("仅计数企业") for user in users.get(unit.id, [])]
        yield [
            homes.get(unit.carrier_id), unit.building or None, unit.floor_label or str(unit.floor),
            unit.number, _("、").join(use.label for use in unit.uses) or None,
            _("、").join(use.label for use in unit.approved) or None,
            part(unit.area_dm2, 100), unit.desks, part(unit.height_mm, 1_000), unit.load_kg,
            unit.power_kw, unit.exhaust.label if unit.exhaust else None,
            unit.clean.label if unit.clean else None, part(unit.rent, 100),
            _("元/㎡·天") if by_area else _("元/工位·月"), one.state.label,
            part(one.used, 100) if by_area else None, None if by_area else one.used,
            one.vacant_since, one.vacant_days, one.free_from, _("、").join(used) or None,
        ]  # fmt: skip


def conditions(given: Mapping[str, str], homes: Mapping[str, str]) -> list[tuple[str, str]]:
    """The conditions of the list in words."""
    words: dict[str, tuple[str, str | None]] = {
        "carrier": (_("载体"), homes.get(given.get("carrier", ""))),
        "tier": (_("载体层次"), unit_words.tier(given.get("tier", ""))),
        "state": (_("状态"), dict(unit_words.states()).get(given.get("state", ""))),
        "use": (_("用途"), dict(UnitUse.choices()).get(given.get("use", ""))),
        "building": (_("楼栋"), given.get("building")),
        "area": (_("可租面积不小于（㎡）"), given.get("area")),
        "by": (_("可租日期不晚于"), given.get("by")),
        "q": (_("房号、楼栋、企业"), given.get("q")),
    }
    return [(text, value) for text, value in words.values() if value]


def build(viewer: Viewer, day: dt.date, _path: Mapping[str, Any]) -> Book:
    """The units under the conditions of the address, within the viewer's carriers."""
    given = {key: asked(key) for key in unit_list.KEYS if asked(key)}
    found = whole(unit_list.listed(viewer, given, day, asked("sort")))
    carriers = unit_list.carriers(viewer)
    users = unit_list.users(viewer, [one.unit.id for one in found], day)
    number = "number"
    heads = [
        Head(_("载体")), Head(_("楼栋")), Head(_("楼层")), Head(_("房号")), Head(_("可作用途")),
        Head(_("环评覆盖用途")), Head(_("建筑面积"), "exact", "㎡"), Head(_("工位数"), number),
        Head(_("层高"), "exact", _("米")), Head(_("承重"), number, "kg/㎡"),
        Head(_("供电"), number, "kW"), Head(_("排风")), Head(_("洁净等级")),
        Head(_("租金"), "exact"), Head(_("租金单位")), Head(_("状态")),
        Head(_("在用面积"), "exact", "㎡"), Head(_("在用工位"), number), Head(_("空置自"), "day"),
        Head(_("空置天数"), number), Head(_("可租自"), "day"), Head(_("使用企业")),
    ]  # fmt: skip
    table = Table(
        _("房源"), heads, rows(found, users, {one.id: one.short_name for one in carriers})
    )
    said = conditions(given, {one.pid: one.short_name for one in carriers})
    return Book(_("房源清单"), [table], conditions=said)


def init_app(app: Flask) -> None:
    """Register it."""
    offer(app, Export("firms.units", (Permission.UNIT_READ,), build))
