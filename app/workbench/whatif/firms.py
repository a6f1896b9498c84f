"""Firms as these pages count, name and open them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence

from flask import url_for
from sqlalchemy import and_, or_, select

from app.carriers.models import Carrier
from app.carriers.queries import directory
from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.core.filters import day as day_text
from app.core.terms import term_choices
from app.core.text import N_, _
from app.criteria.verdict import Ask
from app.firms import fields
from app.firms.models import Firm, Residency
from app.firms.queries.scope import sees_all
from app.workbench.columns import counting
from app.workbench.doors import countable_where
from app.workbench.whatif.about import About, Filling, Ground, Named, Size

TEXTS = {
    "noun": N_("企业"),
    "unit": N_("家"),
    "in_units": N_("单位：家"),
    "found": N_("符合条件 %(n)s 家"),
    "name": N_("企业名称"),
    "below": N_("统一社会信用代码"),
    "place": N_("载体 / 领域"),
    "which": N_("哪些企业受影响"),
    "affected": N_("受影响企业"),
    "empty": N_("没有符合条件的企业"),
    "no_gain": N_("两次测算都没有新增符合的企业。"),
    "unmoved": N_(
        "还没有改动。改动右侧的门槛后按“测算”，这里列出新增、不再符合和转为资料不全的企业，"
        "以及它们所在的载体和领域。现行标准不受影响。"
    ),
    "foot": N_(
        "新增符合：由其他结果变为符合；不再符合：由符合变为暂未达到、不符合或不适用；"
        "现用面积按企业当前计数载体登记的入驻面积合计，未登记的不估算。"
        "自动比对，不代替主管部门认定。"
    ),
    "calm": N_("没有尚未核定的毕业或在途的承接意向受影响。"),
    "divided": N_("以企业的申请日或毕业日期划断。要改起止日期或申请种类，修改草稿的施行日期。"),
    "wanted": N_("待补企业"),
    "task": N_("%(title)s第 %(n)s 版：%(k)s 家待补“%(what)s”"),
    "filled": N_("没有待补的企业"),
    "why_filled": N_("这一版新增的数据，所在企业都已登记或不影响结果。"),
}


def ground(viewer: AnyViewer, day: dt.date) -> list[Ground]:
    """The viewer's firms: where each counts, its sector, the area in use there in m²."""
    statement = (
        countable_where(viewer, day, {})
        .outerjoin(Residency, and_(Residency.firm_id == Firm.id, counting(day)))
        .outerjoin(Carrier, Carrier.id == Residency.carrier_id)
        .with_only_columns(
            Firm.id, Carrier.pid, Firm.sector, Residency.area_m2, maintain_column_froms=True
        )
    )
    rows = session.execute(statement)
    return [
        Ground(one, ((pid,) if pid else (), (sector,) if sector else ()), (area,))
        for one, pid, sector, area in rows
    ]


def called(viewer: AnyViewer, way: str) -> dict[str, str]:
    """Carriers or sectors."""
    if way == "carrier":
        return {row.pid: row.short_name for row in directory(viewer)} | {"": _("不在载体")}
    return dict(term_choices("sector", retired=True)) | {"": _("未登记")}


def named(_viewer: AnyViewer, ids: Sequence[int]) -> dict[int, Named]:
    """Firms with their codes."""
    columns = (Firm.id, Firm.pid, Firm.short_name, Firm.name, Firm.code)
    rows = session.execute(select(*columns).where(Firm.id.in_(ids)).order_by(Firm.id))
    return {
        row.id: Named(
            row.short_name, row.name, row.code or "", "" if row.code else _("创业团队"),
            url_for("workbench.firm", pid=row.pid), _sheet(row.pid),
        )
        for row in rows
    }  # fmt: skip


def _sheet(pid: str) -> Callable[[str], str]:
    return lambda rule: url_for("criteria.sheet", pid=pid, rule=rule)


def left(ids: Sequence[int], since: dt.date, until: dt.date) -> dict[int, str]:
    """Firms whose counted stay ended in the meantime."""
    rows = session.execute(
        select(Residency.firm_id, Residency.ends, Carrier.short_name)
        .join(Carrier, Carrier.id == Residency.carrier_id)
        .where(
            Residency.firm_id.in_(ids), Residency.counted, Residency.ends > since,
            Residency.ends <= until,
        )
        .order_by(Residency.ends, Residency.id)
    )  # fmt: skip
    return {
        firm: _("%(day)s 离开%(carrier)s", day=day_text(ends), carrier=name)
        for firm, ends, name in rows
        if ends is not None
    }


def own(viewer: AnyViewer, day: dt.date) -> Iterator[tuple[int, str]]:
    """Firms that count at the viewer's own carriers."""
    rows = session.execute(
        select(Firm.id, Carrier.pid)
        .join(Residency, Residency.firm_id == Firm.id)
        .join(Carrier, Carrier.id == Residency.carrier_id)
        .where(
            Carrier.organisation_id.in_(viewer.organisation_ids),
            Firm.merged_into_id.is_(None), Residency.counted, Residency.starts <= day,
            or_(Residency.ends.is_(None), Residency.ends > day),
        )
        .order_by(Firm.sort_key, Firm.id)
    )  # fmt: skip
    yield from ((row[0], row[1]) for row in rows)


def opened(viewer: AnyViewer, ids: Sequence[int], day: dt.date) -> set[int]:
    """Firms whose values are open to the viewer."""
    seen = fields.open_to_each(viewer, ids, day) if ids else {}
    return {one for one in ids if "values" in seen.get(one, ())}


#: where an input of a firm is entered, by its kind; else in its register entry
PAGES = {"attestation": "firms.promises", "stated": "firms.stated", "milestone": "workbench.firm"}


def where(_viewer: AnyViewer, ids: Sequence[int]) -> Callable[[int, Ask], str | None]:
    """The page where an input of one of some firms is entered."""
    held = select(Firm.id, Firm.pid).where(Firm.id.in_(ids)).order_by(Firm.id)
    pids = {row.id: row.pid for row in session.execute(held)}

    def page(firm: int, ask: Ask) -> str:
        if ask.kind == "figures":
            return url_for("firms.figures", pid=pids[firm], period=str(ask.year))
        return url_for(PAGES.get(ask.kind, "firms.edit"), pid=pids[firm])

    return page


ABOUT = About(
    name="firm",
    texts=TEXTS,
    ways={"carrier": N_("载体"), "sector": N_("领域")},
    by={"carrier": N_("按载体"), "sector": N_("按领域")},
    several=frozenset(),
    shown=(("carrier",), ("sector",)),
    sizes=(Size("area", N_("新增企业现用面积"), N_("现用面积"), "㎡", N_("面积未登记")),),
    ground=ground,
    sees_all=sees_all,
    called=called,
    named=named,
    left=left,
    filling=Filling(Permission.FIRM_RECORD, own, opened, where),
)
