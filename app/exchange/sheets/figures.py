"""年度、季度数据: figures of firms by period and source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.carriers.models import Source
from app.core.access import Permission, Viewer
from app.core.days import Period
from app.core.db import session
from app.core.text import N_, _
from app.exchange.sheets import subjects
from app.exchange.sheets.base import Given, Ground, Kind, Planned, Sheet, Trouble, add
from app.exchange.sheets.comparing import changes
from app.exchange.sheets.fields import Field, shown
from app.exchange.sheets.firms import REASON, recordable
from app.exchange.sheets.subjects import CODE, NAME
from app.firms import service
from app.firms.figure_columns import BY_NAME, COLUMNS, disagreements, values_of
from app.firms.models import Figures, Firm
from app.firms.queries.figures import best
from app.firms.sheet import Cell, before, doubt

PERIOD = Field(
    "period", N_("报告期"), "period", aliases=("期间", "统计期", "年度", "季度"),  # zh: parsed
)  # fmt: skip
SOURCE = Field("source", N_("数据来源"), "word", words=Source.choices, hint=N_("不填为快报"))
ALIASES = {
    "revenue": ("营收", "营业总收入", "本年收入"),  # zh: parsed
    "rd_accounting": ("研发费用", "研发投入", "R&D投入", "研究开发费用"),  # zh: parsed
    "tax_paid": ("税金", "上缴税金", "实缴税费", "实际上缴税费", "上缴税费"),  # zh: parsed
    "staff_end": (
        *("期末人数", "从业人员", "员工人数", "从业人员期末人数"),  # zh: parsed
        *("期末从业人员数", "从业人员数", "从业人数", "年末从业人员", "职工人数"),  # zh: parsed
    ),
    "staff_rd": ("研发人员数", "研究开发人员"),  # zh: parsed
    "assets": ("总资产",),  # zh: parsed
    "liabilities": ("总负债",),  # zh: parsed
}
VALUES = tuple(
    Field(one.name, one.text, one.unit, aliases=ALIASES.get(one.name, ()), signed=one.signed)
    for one in COLUMNS
)
PIECE = 400


def prepare(ground: Ground, rows: list[Given]) -> None:
    """Firms, rights, and all figures of the years in question."""
    subjects.prepare(ground, rows)
    subjects.know_recorders(ground)
    periods = {row.values["period"] for row in rows if row.values.get("period")}
    years = {p.year for p in periods} | {p.year - 1 for p in periods}
    ids = sorted({firm.id for firm in subjects.register(ground).by_code.values()})
    found: list[Figures] = []
    for start in range(0, len(ids), PIECE):
        some = ids[start : start + PIECE]
        statement = select(Figures).where(Figures.firm_id.in_(some), Figures.year.in_(years))
        found += session.scalars(statement.order_by(Figures.id))
    ground.held["figures"] = {(f.firm_id, Period(f.year, f.quarter), f.source): f for f in found}
    ground.held["best"] = best(found)


def plan(ground: Ground, row: Given) -> Planned:
    """Compare a row with what is held for its firm, period and source."""
    planned, subject = subjects.begin(ground, row)
    if subject is None:
        return planned
    period: Period | None = row.values.get("period")
    if period is None:
        row.lacks("period", _("请填写报告期，例如 2026年第3季度。"))
        return planned
    source = Source(row.values.get("source") or Source.EXPRESS)
    if period.starts > ground.today:
        row.troubles.append(
            Trouble("period", row.texts.get("period", ""), _("报告期还没有开始，不能填报。"))
        )
    firm_id = subject.id if isinstance(subject, Firm) else 0
    key = ("figures", firm_id or planned.code, period, source)
    if key in ground.taken:
        words = _("与第 %(n)s 行是同一企业、同一报告期。", n=ground.taken[key])
        row.troubles.append(Trouble("period", row.texts.get("period", ""), words))
        return planned
    ground.taken[key] = row.number
    held: Figures | None = ground.held["figures"].get((firm_id, period, source))
    differing, planned.changes = changes(row, VALUES, values_of(held) if held else None, held)
    if not differing:
        planned.kind = Kind.SAME
        return planned
    if not subjects.may_record(ground, subject):
        row.troubles.append(
            Trouble("code", planned.code, _("这家企业由其所在载体登记，您的岗位只能查看。"))
        )
    _doubts(ground, row, firm_id, period, {**values_of(held), **differing}, differing)
    if held is not None and not row.values.get("reason") and service.figures_used(held):
        words = _("这条数据已用于已报的报表或毕业核对，更正时请写明原因。")
        row.troubles.append(Trouble("reason", "", words, doubt=True))
    rev, reason = held.rev if held else None, row.values.get("reason")
    planned.kind = Kind.UPDATE if held else Kind.NEW

    def act() -> None:
        service.enter_figures(
            actor=ground.viewer, today=ground.today, firm=subjects.firm_of(subject), period=period,
            source=source, values=differing, rev=rev, reason=reason, remark=reason,
        )  # fmt: skip

    planned.act = act
    return planned


def _doubts(
    ground: Ground, row: Given, firm_id: int, period: Period, whole: dict[str, int | None],
    differing: dict[str, Any],
) -> None:  # fmt: skip
    """Unusual beside the period before, or sums that do not agree."""
    past = values_of(ground.held["best"].get((firm_id, before(period))))
    for one in VALUES:
        if one.key not in differing:
            continue
        value = differing[one.key]
        if value is not None and value < 0 and not one.signed:
            row.troubles.append(Trouble(one.key, row.texts[one.key], _("这一项不能为负。")))
            continue
        cell = Cell(BY_NAME[one.key], one.key, "", value=value)
        words = doubt(cell, past[one.key], period)
        if words:
            words = _("%(doubt)s（上期 %(past)s）", doubt=words, past=shown(one, past[one.key]))
            row.troubles.append(Trouble(one.key, row.texts[one.key], words, doubt=True))
    for rule in disagreements(whole) if differing else ():
        row.troubles.append(
            Trouble(rule.part, row.texts.get(rule.part, ""), rule.sentence, doubt=True)
        )


def may(viewer: Viewer) -> bool:
    """Whoever records for firms."""
    return viewer.may(Permission.FIRM_RECORD) or viewer.may(Permission.FIRM_VERIFY)


def rows(viewer: Viewer, day: dt.date) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """(id, version, values) of the figures of this year and the last, of firms to write to."""
    firms = recordable(viewer, day)
    for start in range(0, len(firms), PIECE):
        some = {firm.id: firm for firm in firms[start : start + PIECE]}
        found: dict[int, list[Figures]] = {}
        statement = select(Figures).where(
            Figures.firm_id.in_(some), Figures.year.in_((day.year - 1, day.year))
        )
        order = (Figures.year, Figures.quarter, Figures.source, Figures.id)
        for one in session.scalars(statement.order_by(*order)):
            found.setdefault(one.firm_id, []).append(one)
        for firm_id, firm in some.items():
            for held in found.get(firm_id, []):
                yield str(held.id), held.rev, {
                    "code": firm.code, "name": firm.name, "source": held.source.value,
                    "period": Period(held.year, held.quarter), **values_of(held),
                }  # fmt: skip


def init_app(app: Flask) -> None:
    """Register the sheet."""
    add(
        app,
        Sheet("figures", N_("年度、季度数据"), (CODE, NAME, PERIOD, SOURCE, *VALUES, REASON),
              prepare, plan, may, rows,
              N_("季度数为 1—本季累计；同一企业、报告期、来源的，按表更新，空格不改原值。")),
    )  # fmt: skip
