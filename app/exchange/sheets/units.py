"""房源: the units of a carrier, as a park sends its stock each month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.carriers.models import Carrier, Clean, Exhaust, Site, Unit, UnitUse
from app.carriers.service.units import add_unit
from app.core.access import Permission, Viewer
from app.core.db import session
from app.core.text import N_, _
from app.exchange.sheets import firms
from app.exchange.sheets.base import Given, Ground, Kind, Planned, Sheet, Trouble, add
from app.exchange.sheets.carriers import CARRIER
from app.exchange.sheets.comparing import changes
from app.exchange.sheets.fields import Field, keyed, same_name
from app.firms.forms.space import MOST
from app.firms.room import may_keep
from app.firms.service.units import edit_unit
from app.pipeline.queries.ties import my_carriers

SITE = Field("site", N_("场地"), aliases=("园区", "地块"),  # zh: parsed
             hint=N_("只有一处场地的可不填"))  # fmt: skip
PLACE = (
    Field("building", N_("楼栋"), longest=40, aliases=("楼号", "幢号", "楼宇")),  # zh: parsed
    Field("floor", N_("楼层"), "text", sample="3", aliases=("层", "层数"),  # zh: parsed
          hint=N_("数字，地下为负，用于排序")),
    Field("number", N_("房号"), needed=True, longest=24, sample="301",
          aliases=("房源", "单元", "房间号", "室号", "单元号")),  # zh: parsed
)  # fmt: skip
VALUES = (
    Field("floor_label", N_("楼层标识"), longest=12),
    Field("area_dm2", N_("建筑面积"), "scaled", unit_word="㎡", most=10**7,
          sample="126.35", aliases=("面积", "出租面积", "租赁面积")),  # zh: parsed
    Field("desks", N_("工位数"), "count", aliases=("工位",)),  # zh: parsed
    Field("uses", N_("可作用途"), "words", words=UnitUse.choices, sample=N_("研发、中试"),
          aliases=("用途", "房屋用途")),  # zh: parsed
    Field("approved", N_("环评覆盖用途"), "words", words=UnitUse.choices,
          aliases=("环评",)),  # zh: parsed
    Field("height_mm", N_("层高"), "scaled", unit_word=N_("米"), places=3, most=100,
          sample="4.5"),
    Field("load_kg", N_("承重"), "count", unit_word="kg/㎡", aliases=("荷载",)),  # zh: parsed
    Field("power_kw", N_("供电"), "count", unit_word="kW",
          aliases=("配电", "用电", "电力")),  # zh: parsed
    Field("exhaust", N_("排风"), "word", words=Exhaust.choices),
    Field("clean", N_("洁净等级"), "word", words=Clean.choices),
    Field("rent", N_("租金"), "scaled", unit_word=N_("元/㎡·天"), most=10_000, sample="4.5",
          aliases=("租金单价", "报价", "单价"),  # zh: parsed
          hint=N_("按工位出租的为元/工位·月")),
    Field("starts", N_("启用日期"), "day", aliases=("可租日期", "交付日期")),  # zh: parsed
    Field("remark", N_("备注")),
)  # fmt: skip
COLUMNS = (*PLACE, *VALUES)
BY_KEY = keyed(*VALUES)
Key = tuple[int, str, int, str]


def floor_of(text: str | None) -> int | None:
    """3, 3F, 3 层, B1 or -1 as a number; None where it is none."""
    plain = same_name(text or "").rstrip("层楼f")  # zh: parsed
    if plain.startswith("b"):
        plain = f"-{plain[1:]}"
    plain = plain.removesuffix(".0")
    return int(plain) if plain.removeprefix("-").isdecimal() and len(plain) < 5 else None


def values_of(unit: Unit) -> dict[str, Any]:
    """Column → value."""
    return {one.key: getattr(unit, one.key) for one in VALUES}


def kept(viewer: Viewer) -> list[Carrier]:
    """Carriers whose units the viewer keeps."""
    return [one for one in my_carriers(viewer) if may_keep(viewer, one)]


def prepare(ground: Ground, _rows: list[Given]) -> None:
    """The viewer's carriers, their sites and all their units."""
    ground.held["carriers"] = kept(ground.viewer)
    ids = [carrier.id for carrier in ground.held["carriers"]]
    sites: dict[int, list[Site]] = {}
    rows = select(Site).where(Site.carrier_id.in_(ids), Site.ends.is_(None))
    for site in session.scalars(rows.order_by(Site.starts, Site.id)):
        sites.setdefault(site.carrier_id, []).append(site)
    ground.held["sites"] = sites
    units = select(Unit).where(Unit.carrier_id.in_(ids), Unit.ends.is_(None))
    ground.held["units"] = {
        (u.site_id, u.building, u.floor, u.number): u
        for u in session.scalars(units.order_by(Unit.id))
    }


def _at(ground: Ground, row: Given) -> tuple[Carrier, Site] | Trouble:
    """Carrier and site of a row; either may be left out where there is only one."""
    carrier = firms.carrier_of(ground, row) or Trouble("carrier", "", _("请填写载体名称。"))
    if isinstance(carrier, Trouble):
        return carrier
    found: list[Site] = ground.held["sites"].get(carrier.id, [])
    typed = row.values.get("site") or ""
    named = [site for site in found if same_name(site.name) == same_name(typed)] if typed else found
    if len(named) == 1 or (typed and named):
        return carrier, named[0]
    names = _("、").join(site.name for site in found[:5]) or "—"
    if named:
        return Trouble("site", typed, _("请填写场地。可填：%(names)s。", names=names))
    return Trouble("site", typed, _("没有这处场地。可填：%(names)s。", names=names))


def plan(ground: Ground, row: Given) -> Planned:
    """The unit on that place, changed where the sheet says otherwise; else a new one."""
    planned = Planned(Kind.NEW, row.values.get("number") or "")
    whose = _at(ground, row)
    if isinstance(whose, Trouble):
        row.troubles.append(whose)
        return planned
    carrier, site = whose
    key = _key(row, site)
    if key is None:
        return planned
    planned.code = f"{key[1]} {key[2]}F".strip()
    if ("unit", key) in ground.taken:
        words = _("与第 %(n)s 行是同一间房源，只留一行。", n=ground.taken["unit", key])
        row.troubles.append(Trouble("number", key[3], words))
        return planned
    ground.taken["unit", key] = row.number
    held: Unit | None = ground.held["units"].get(key)
    differing, planned.changes = changes(
        row, BY_KEY, values_of(held) if held is not None else None, held
    )
    if held is not None and not differing:
        planned.kind = Kind.SAME
        return planned
    _check(row, held)
    planned.kind = Kind.NEW if held is None else Kind.UPDATE
    unit_id, rev = (held.id, held.rev) if held is not None else (None, None)
    place = {"building": key[1], "floor": key[2], "number": key[3]}

    def act() -> None:
        base: dict[str, Any] = {"actor": ground.viewer, "today": ground.today}
        if unit_id is not None:
            unit = session.get_one(Unit, unit_id)
            edit_unit(**base, unit=unit, values=coded(differing), rev=rev)
        else:
            owner, at = session.get_one(Carrier, carrier.id), session.get_one(Site, site.id)
            add_unit(**base, carrier=owner, site=at, values=coded(differing) | place)

    planned.act = act
    return planned


def _key(row: Given, site: Site) -> Key | None:
    floor, number = floor_of(row.values.get("floor")), row.values.get("number")
    if floor is None:
        typed = row.texts.get("floor", "")
        row.troubles.append(Trouble("floor", typed, _("请填写楼层，例如 3，地下为 -1。")))
    elif not -9 <= floor <= 200:
        row.troubles.append(Trouble("floor", str(floor), _("楼层应在 -9 到 200 之间。")))
        floor = None
    if not number:
        row.lacks("number", _("请填写房号。"))
    if floor is None or not number:
        return None
    return site.id, row.values.get("building") or "", floor, number


def _check(row: Given, held: Unit | None) -> None:
    if held is None and not row.values.get("area_dm2"):
        row.lacks("area_dm2", _("请填写建筑面积，例如 126.35。"))
    for name, most in (("load_kg", MOST["load"]), ("power_kw", MOST["power"])):
        if (row.values.get(name) or 0) > most:
            words = _("不能大于 %(max)s。", max=most)
            row.troubles.append(Trouble(name, row.texts[name], words))


def coded(values: dict[str, Any]) -> dict[str, Any]:
    """Values of the sheet as the service wants them."""
    found = dict(values)
    for name in ("uses", "approved"):
        if name in found:
            found[name] = tuple(UnitUse(code) for code in found[name] or ())
    for name, words in (("exhaust", Exhaust), ("clean", Clean)):
        if found.get(name):
            found[name] = words(found[name])
    if "starts" in found and found["starts"] is None:
        del found["starts"]
    return found


def may(viewer: Viewer) -> bool:
    """Whoever keeps units."""
    return viewer.may(Permission.UNIT_EDIT)


def rows(viewer: Viewer, _day: dt.date) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """(id, version, values) of the units that the viewer keeps."""
    mine = {carrier.id: carrier for carrier in kept(viewer)}
    statement = select(Unit).where(Unit.carrier_id.in_(mine), Unit.ends.is_(None))
    order = (Unit.carrier_id, Unit.building, Unit.floor, Unit.number, Unit.id)
    for unit in session.scalars(statement.order_by(*order)):
        yield unit.pid, unit.rev, {
            "carrier": mine[unit.carrier_id].short_name, "site": unit.site.name,
            "building": unit.building, "floor": str(unit.floor), "number": unit.number,
            **values_of(unit),
        }  # fmt: skip


def init_app(app: Flask) -> None:
    """Register the sheet."""
    add(
        app,
        Sheet("units", N_("房源"), (CARRIER, SITE, *COLUMNS), prepare, plan, may, rows,
              N_("同一场地、楼栋、楼层、房号的，按表更新；没有的新登记。空格不改原值，谁在用不从表中来。"),
              subject=("number",)),
    )  # fmt: skip
