"""年度、季度数据: figures of firms by period and source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import partial
from types import MappingProxyType
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
from app.exchange.sheets.fields import Field, keyed, shown
from app.exchange.sheets.firms import REASON, recordable
from app.exchange.sheets.subjects import CODE, NAME, Known, Subject
from app.firms import fields, service
from app.firms.figure_columns import BY_NAME, COLUMNS, disagreements, values_of
from app.firms.models import Figures
from app.firms.queries.figures import best
from app.firms.queries.use import Uses
from app.firms.sheet import Cell, before, doubt

PERIOD = Field(
    "period", N_("报告期"), "period",
    aliases=("期间", "统计期", "年度", "季度", "Period"),  # zh: parsed
)  # fmt: skip
SOURCE = Field("source", N_("数据来源"), "word", words=Source.choices, hint=N_("不填为快报"))
ALIASES = {
    "revenue": (
        *("营收", "营业总收入", "本年收入"),  # zh: parsed
        *("营业收入合计", "营业额", "销售收入"),  # zh: parsed
    ),  # zh: parsed
    "rd_accounting": (
        *("研发费用", "研发投入", "R&D投入", "研究开发费用"),  # zh: parsed
        *("研发经费", "研发支出", "R&D经费", "R&D经费支出", "研发经费支出"),  # zh: parsed
    ),  # zh: parsed
    "net_profit": ("净利", "净利润总额", "税后利润"),  # zh: parsed
    "tax_paid": (
        *("税金", "上缴税金", "实缴税费", "实际上缴税费", "上缴税费"),  # zh: parsed
        *("上缴税费总额", "上缴税金总额", "纳税额", "纳税总额", "缴税额", "税收"),  # zh: parsed
    ),  # zh: parsed
    "staff_end": (
        *("期末人数", "从业人员", "员工人数", "从业人员期末人数"),  # zh: parsed
        *("期末从业人员数", "从业人员数", "从业人数", "年末从业人员", "职工人数"),  # zh: parsed
        *("员工数", "员工总数", "职工总数", "人数", "在职人数"),  # zh: parsed
    ),
    "staff_rd": ("研发人员数", "研究开发人员"),  # zh: parsed
    "assets": ("总资产",),  # zh: parsed
    "liabilities": ("总负债",),  # zh: parsed
}
VALUES = tuple(
    Field(one.name, one.text, one.unit, aliases=ALIASES.get(one.name, ()), signed=one.signed)
    for one in COLUMNS
)
BY_KEY = keyed(*VALUES)
NONE: Mapping[Any, Any] = MappingProxyType({})
PIECE = 2_000


Held = dict[tuple[Period, Source], Figures]


def prepare(ground: Ground, rows: list[Given]) -> None:
    """Firms, rights, and the figures of the firms and years in question."""
    subjects.prepare(ground, rows)
    subjects.know_recorders(ground)
    periods: set[Period] = {row.values["period"] for row in rows if "period" in row.values}
    years = {p.year for p in periods} | {p.year - 1 for p in periods}
    ids = sorted(subjects.register(ground).meant)
    held: dict[int, Held] = {}
    for start in range(0, len(ids), PIECE):
        some = ids[start : start + PIECE]
        statement = select(Figures).where(Figures.firm_id.in_(some), Figures.year.in_(years))
        for one in session.scalars(statement.order_by(Figures.id)):
            held.setdefault(one.firm_id, {})[Period(one.year, one.quarter), one.source] = one
    ground.held["figures"] = held
    ground.held["uses"] = Uses(held)


def plan(ground: Ground, row: Given) -> Planned:
    """Compare a row with what is held for its firm, period and source."""
    planned, subject = subjects.begin(ground, row)
    if subject is None:
        return planned
    values = row.values
    period: Period | None = values.get("period")
    if period is None:
        row.lacks("period", _("请填写报告期，例如 2026年第3季度。"))
        return planned
    source = Source(values["source"]) if "source" in values else Source.EXPRESS
    if period.year >= ground.today.year and period.starts > ground.today:
        row.troubles.append(
            Trouble("period", row.texts.get("period", ""), _("报告期还没有开始，不能填报。"))
        )
    firm_id = subject.id if isinstance(subject, Known) else 0
    key = ("figures", firm_id or planned.code, period, source)
    if key in ground.taken:
        words = _("与第 %(n)s 行是同一企业、同一报告期。", n=ground.taken[key])
        row.troubles.append(Trouble("period", row.texts.get("period", ""), words))
        return planned
    ground.taken[key] = row.number
    others: Held = ground.held["figures"].get(firm_id, NONE)
    held = others.get((period, source))
    now = values_of(held) if held is not None else None
    differing, planned.changes = changes(row, BY_KEY, now, held)
    if not differing:
        planned.kind = Kind.SAME
        return planned
    if not subjects.may_record(ground, subject) and not (
        isinstance(subject, Known)
        and fields.may_enter(ground.viewer, subject.id, period, ground.today)
    ):
        row.troubles.append(
            Trouble("code", planned.code, _("这家企业由其所在载体登记，您的岗位只能查看。"))
        )
    _doubts(row, others, period, {**now, **differing} if now else differing, differing)
    reason = values.get("reason")
    if held is not None and not reason and service.figures_used(held, ground.held["uses"]):
        words = _("这条数据已用于已报的报表或毕业核对，更正时请写明原因。")
        row.troubles.append(Trouble("reason", "", words, doubt=True))
    planned.kind = Kind.UPDATE if held else Kind.NEW
    rev = held.rev if held else None
    planned.act = partial(_enter, ground, subject, period, source, differing, rev, reason)
    return planned


def _enter(
    ground: Ground, subject: Subject, period: Period, source: Source, values: dict[str, Any],
    rev: int | None, reason: str | None,
) -> None:  # fmt: skip
    service.enter_figures(
        actor=ground.viewer, today=ground.today, firm=subjects.firm_of(subject), period=period,
        source=source, values=values, rev=rev, reason=reason, remark=reason,
    )  # fmt: skip


def _of_period(held: Held, period: Period) -> Mapping[str, int | None]:
    """The values of a period by the source that takes precedence."""
    found = best(row for (of, _source), row in held.items() if of == period)
    return values_of(next(iter(found.values()))) if found else NONE


def _doubts(
    row: Given, others: Held, period: Period, whole: Mapping[str, int | None],
    differing: dict[str, Any],
) -> None:  # fmt: skip
    """Unusual beside the period before, or sums that do not agree."""
    past = _of_period(others, before(period)) if others else NONE
    usual = not past and min(differing.values()) >= 0
    for key, value in () if usual else differing.items():
        if value < 0 and not BY_KEY[key].signed:
            row.troubles.append(Trouble(key, row.texts[key], _("这一项不能为负。")))
            continue
        if past.get(key) is None:
            continue
        words = doubt(Cell(BY_NAME[key], key, "", value=value), past[key], period)
        if words:
            words = _("%(doubt)s（上期 %(past)s）", doubt=words, past=shown(BY_KEY[key], past[key]))
            row.troubles.append(Trouble(key, row.texts[key], words, doubt=True))
    for rule in disagreements(whole):
        part, total = (shown(BY_KEY[key], whole[key]) for key in (rule.part, rule.whole))
        words = _("%(doubt)s（%(part)s 与 %(whole)s）", doubt=rule.sentence, part=part, whole=total)
        row.troubles.append(Trouble(rule.part, row.texts.get(rule.part, ""), words, doubt=True))


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
