"""Carriers as these pages count, name and open them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, and_, or_, select

from app.carriers import queries
from app.carriers.models import Carrier, CarrierTitle, CarrierType, Level, Site
from app.carriers.queries import places
from app.carriers.queries.listing import ENDED
from app.carriers.queries.scope import own as own_carriers
from app.carriers.queries.scope import scope
from app.core.access import AnyViewer, Permission
from app.core.days import today
from app.core.db import session
from app.core.terms import term_choices
from app.core.text import N_, _
from app.criteria.carrier_panels import box
from app.criteria.verdict import Ask
from app.workbench.whatif import firms
from app.workbench.whatif.about import About, Filling, Ground, Named, Size

TEXTS = {
    "noun": N_("载体"),
    "unit": N_("家"),
    "in_units": N_("单位：家载体"),
    "found": N_("符合条件 %(n)s 家载体"),
    "name": N_("载体名称"),
    "below": N_("状态"),
    "place": N_("类型 / 所在地"),
    "which": N_("哪些载体受影响"),
    "affected": N_("受影响载体"),
    "empty": N_("没有符合条件的载体"),
    "no_gain": N_("两次测算都没有新增符合的载体。"),
    "unmoved": N_(
        "还没有改动。改动右侧的门槛后按“测算”，这里列出新增、不再符合和转为资料不全的载体，"
        "以及它们的类型、级别和所在地。现行标准不受影响。"
    ),
    "foot": N_(
        "新增符合：由其他结果变为符合；不再符合：由符合变为暂未达到、不符合或不适用；"
        "总面积按载体登记的面积合计，未登记的不估算；在内企业为今日计数归属在这些载体的企业。"
        "已暂停、取消或注销的载体也列出，可按状态查看。自动比对，不代替主管部门认定。"
    ),
    "calm": N_("没有现有级别或登记、未核定的报表受影响。"),
    "divided": N_("以载体的申请日划断。要改起止日期或申请种类，修改草稿的施行日期。"),
    "wanted": N_("待补载体"),
    "task": N_("%(title)s第 %(n)s 版：待补“%(what)s”"),
    "filled": N_("没有待补的载体"),
    "why_filled": N_("这一版新增的数据，本单位载体都已登记或不影响结果。"),
}
REGISTERED = "registered"


def ground(viewer: AnyViewer, day: dt.date) -> list[Ground]:
    """The viewer's carriers: type, levels held, 片区 and 街镇 of its sites, standing; its area in
    m², and the firms that count there."""
    titles = select(CarrierTitle.carrier_id, CarrierTitle.level).where(held(day))
    levels = _many((row[0], row[1].value) for row in session.execute(titles))
    there = select(Site.carrier_id, Site.area, Site.town).where(Site.id.in_(places.standing(day)))
    sites = session.execute(there).all()
    areas = _many((row.carrier_id, row.area) for row in sites)
    towns = _many((row.carrier_id, row.town) for row in sites)
    inside = Counter(pid for firm in firms.ground(viewer, day) for pid in firm.keys[0])
    own = queries.visible(viewer).with_only_columns(
        Carrier.id, Carrier.pid, Carrier.type, Carrier.area_m2
    )
    rows = session.execute(own).all()
    acts = queries.standings(day, [row.id for row in rows])
    return [
        Ground(
            row.id,
            ((row.type.value,), levels.get(row.id, ()), areas.get(row.id, ()),
             towns.get(row.id, ()), _standing(acts.get(row.id))),
            (row.area_m2, inside[row.pid]),
        )
        for row in rows
    ]  # fmt: skip


def held(day: dt.date) -> ColumnElement[bool]:
    """Condition on titles: held on a day."""
    ends = CarrierTitle.ends
    return and_(CarrierTitle.starts <= day, or_(ends.is_(None), ends > day))


def _many(pairs: Iterable[tuple[int, str | None]]) -> dict[int, tuple[str, ...]]:
    """Carrier → its codes, each once."""
    found: dict[int, set[str]] = {}
    for carrier, code in pairs:
        if code is not None:
            found.setdefault(carrier, set()).add(code)
    return {carrier: tuple(sorted(codes)) for carrier, codes in found.items()}


def _standing(act: Any) -> tuple[str, ...]:
    if act is None:
        return ()
    return (act.act.value if act.act in ENDED else REGISTERED,)


def called(_viewer: AnyViewer, way: str) -> dict[str, str]:
    """Types, levels, places and standings, as the list of carriers calls them."""
    if way == "type":
        return dict(CarrierType.choices())
    if way == "level":
        return dict(Level.choices()) | {"": _("无级别")}
    if way == "standing":
        ended = {act.value: _("已%(act)s", act=act.label) for act in ENDED}
        return {REGISTERED: _("登记有效"), **ended, "": _("未登记")}
    return dict(term_choices(way, retired=True)) | {"": _("未登记")}


def named(viewer: AnyViewer, ids: Sequence[int]) -> dict[int, Named]:
    """Carriers with their standing."""
    acts, words = queries.standings(today(), list(ids)), called(viewer, "standing")
    columns = (Carrier.id, Carrier.pid, Carrier.short_name, Carrier.name)
    rows = session.execute(select(*columns).where(Carrier.id.in_(ids)).order_by(Carrier.id))
    return {
        row.id: Named(
            row.short_name, row.name, "", words["".join(_standing(acts.get(row.id)))],
            url_for("carriers.show", pid=row.pid), _sheet(row.pid),
        )
        for row in rows
    }  # fmt: skip


def _sheet(pid: str) -> Callable[[str], str]:
    return lambda rule: url_for("criteria.carrier_sheet", pid=pid, rule=rule)


def own(viewer: AnyViewer, _day: dt.date) -> Iterator[tuple[int, str]]:
    """The viewer's own carriers."""
    mine = select(Carrier.id, Carrier.pid).where(Carrier.id.in_(own_carriers(viewer)))
    rows = session.execute(mine.order_by(Carrier.sort_key, Carrier.id))
    yield from ((row[0], row[1]) for row in rows)


def opened(_viewer: AnyViewer, ids: Sequence[int], _day: dt.date) -> set[int]:
    """All of one's own."""
    return set(ids)


def where(viewer: AnyViewer, ids: Sequence[int]) -> Callable[[int, Ask], str | None]:
    """The page where an input of one of some carriers is entered, as on the carrier's page."""
    rows = session.scalars(select(Carrier).where(Carrier.id.in_(ids)).order_by(Carrier.id))
    found = {carrier.id: carrier for carrier in rows}
    return lambda carrier, ask: box(viewer, ask, found[carrier])


def left(_ids: Sequence[int], _since: dt.date, _until: dt.date) -> dict[int, str]:
    """Nothing: what ends a registration changes no condition of these rules."""
    return {}


ABOUT = About(
    name="carrier",
    texts=TEXTS,
    ways={
        "type": N_("类型"), "level": N_("级别"), "area": N_("片区"), "town": N_("街镇"),
        "standing": N_("状态"),
    },
    by={
        "type": N_("按类型"), "level": N_("按级别"), "area": N_("按片区"), "town": N_("按街镇"),
        "standing": N_("按状态"),
    },
    several=frozenset({"level", "area", "town"}),
    shown=(("type", "level"), ("area", "town")),
    sizes=(
        Size("area", N_("新增总面积"), N_("总面积"), "㎡", N_("面积未登记")),
        Size("inside", N_("新增在内企业"), N_("在内企业"), N_("家")),
    ),
    ground=ground,
    sees_all=lambda viewer: scope(viewer) is None,
    called=called,
    named=named,
    left=left,
    filling=Filling(Permission.CARRIER_FIGURES, own, opened, where),
)  # fmt: skip
