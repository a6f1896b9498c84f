"""空间需求: what room firms look for; a row changes the open search of its firm or begins one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.carriers.models import Clean, Exhaust, UnitUse
from app.core.access import Viewer
from app.core.db import session
from app.core.text import N_, _
from app.exchange.sheets import firms, subjects
from app.exchange.sheets.base import Given, Ground, Kind, Planned, Sheet, Trouble, add
from app.exchange.sheets.comparing import changes
from app.exchange.sheets.fields import Field, keyed
from app.exchange.sheets.subjects import CODE, NAME, Known
from app.firms import service
from app.firms.forms.demand import regions
from app.firms.models import Demand, DemandState

COLUMNS = (
    Field("area_low", N_("面积（至少）"), "count", unit_word="㎡",
          aliases=("需求面积", "面积", "面积下限")),  # zh: parsed
    Field("area_high", N_("面积（至多）"), "count", unit_word="㎡",
          aliases=("面积上限",), hint=N_("不填即与“至少”相同")),  # zh: parsed
    Field("uses", N_("用途"), "words", words=UnitUse.choices, sample=N_("研发、中试"),
          aliases=("场地用途",)),  # zh: parsed
    Field("needed_by", N_("最迟入驻日"), "day",
          aliases=("入驻时间", "计划入驻日期")),  # zh: parsed
    Field("regions", N_("意向片区"), "words", words=regions, sample=N_("张江、金桥"),
          aliases=("意向区域", "片区")),  # zh: parsed
    Field("rent_most", N_("租金预算上限"), "scaled", unit_word=N_("元/㎡·天"), most=1_000,
          sample="4.5", aliases=("租金预算",)),  # zh: parsed
    Field("load_kg", N_("楼面承重"), "count", unit_word="kg/㎡",
          aliases=("承重",), hint=N_("没有要求填 0")),  # zh: parsed
    Field("height_mm", N_("层高"), "scaled", unit_word=N_("米"), places=3, most=100, sample="5.4",
          hint=N_("没有要求填 0")),
    Field("power_kw", N_("供电"), "count", unit_word="kW",
          aliases=("用电", "电力"), hint=N_("没有要求填 0")),  # zh: parsed
    Field("exhaust", N_("排风"), "word", words=Exhaust.choices),
    Field("clean", N_("洁净等级"), "word", words=Clean.choices),
    Field("assessment", N_("需要环评"), "flag"),
    Field("talents", N_("人才需求人数"), "count", unit_word=N_("人")),
    Field("talent_note", N_("需要哪类人才")),
    Field("finance", N_("融资需求"), "money"),
    Field("finance_note", N_("融资方式与用途")),
    Field("remark", N_("其他要求"), longest=500),
)  # fmt: skip
BY_KEY = keyed(*COLUMNS)
NEEDED = ("area_low", "uses", "needed_by")


def prepare(ground: Ground, rows: list[Given]) -> None:
    """Firms, rights, and the searches that are open."""
    subjects.prepare(ground, rows)
    subjects.know_recorders(ground)
    held: dict[int, Demand] = {}
    ids = sorted(subjects.register(ground).meant)
    for start in range(0, len(ids), subjects.PIECE):
        some = Demand.firm_id.in_(ids[start : start + subjects.PIECE])
        statement = select(Demand).where(some, Demand.state == DemandState.OPEN)
        held |= {row.firm_id: row for row in session.scalars(statement.order_by(Demand.id))}
    ground.held["demands"] = held


def plan(ground: Ground, row: Given) -> Planned:
    """Compare with the open search of the firm; without one all that matching uses is asked for."""
    planned, subject = subjects.begin(ground, row)
    if subject is None:
        return planned
    held: Demand | None = None
    if isinstance(subject, Known):
        if not subjects.may_record(ground, subject):
            words = _("这家企业由其所在载体登记，您的岗位只能查看。")
            row.troubles.append(Trouble("code", planned.code, words))
            return planned
        held = ground.held["demands"].get(subject.id)
    values = {one.key: getattr(held, one.key) for one in COLUMNS} if held is not None else None
    differing, planned.changes = changes(row, BY_KEY, values, held)
    if held is not None and not differing:
        planned.kind = Kind.SAME
        return planned
    _check(ground, row, values or {}, planned)
    given = dict(differing)
    if held is None:
        given.setdefault("area_high", given.get("area_low"))
    planned.kind = Kind.NEW if held is None else Kind.UPDATE
    rev = held.rev if held is not None else None
    planned.act = lambda: service.record_demand(
        actor=ground.viewer, today=ground.today, firm=subjects.firm_of(subject), rev=rev, **given
    )
    return planned


def _check(ground: Ground, row: Given, held: dict[str, Any], planned: Planned) -> None:
    """What the service would refuse, said beside its cell."""
    key = ("demand", planned.code)
    if key in ground.taken:
        words = _("与第 %(n)s 行是同一家企业，只留一行。", n=ground.taken[key])
        row.troubles.append(Trouble("code", planned.code, words))
    ground.taken[key] = row.number
    now = held | row.values
    said = {
        "area_low": _("请填写至少要多少平方米。"),
        "uses": _("请填写用途，例如 研发、中试。"),
        "needed_by": _("请填写最迟入驻日，例如 2026-03-31。"),
    }
    for name in NEEDED:
        if not now.get(name):
            row.lacks(name, said[name])
    low, high, last = now.get("area_low"), now.get("area_high"), now.get("needed_by")
    if low and high and high < low:
        words = _("面积上限不能小于下限。")
        row.troubles.append(Trouble("area_high", row.texts.get("area_high", ""), words))
    if last and last < ground.today:
        words = _("最迟入驻日 %(day)s 已过，请与企业确认新的日期。", day=last.isoformat())
        row.troubles.append(Trouble("needed_by", row.texts.get("needed_by", ""), words))


def rows(viewer: Viewer, day: dt.date) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """(id, version, values) of the open searches of firms that the viewer may write to."""
    mine = {firm.id: firm for firm in firms.recordable(viewer, day)}
    statement = select(Demand).where(Demand.state == DemandState.OPEN)
    for row in session.scalars(statement.order_by(Demand.firm_id)):
        firm = mine.get(row.firm_id)
        if firm is not None:
            said = {one.key: getattr(row, one.key) for one in COLUMNS}
            yield row.pid, row.rev, {"code": firm.code, "name": firm.name, **said}


def init_app(app: Flask) -> None:
    """Register the sheet."""
    add(
        app,
        Sheet("demands", N_("空间需求"), (CODE, NAME, *COLUMNS), prepare, plan, firms.may, rows,
              N_("一家企业一行；有寻找中的需求就更新它，没有就新登记。空格不改原值。")),
    )  # fmt: skip
