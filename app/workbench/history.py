"""变动记录 of one firm: who entered, corrected or voided what, old beside new, latest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from app.accounts.models import Person
from app.carriers.stated import BY_KEY as carrier_keys
from app.core.access import AnyViewer
from app.core.db import Fen, session
from app.core.db.revision import Revision
from app.core.filters import wan
from app.core.panels import Panel
from app.core.stated import show_stated
from app.core.text import N_, Coded, _
from app.firms import fields
from app.firms.models import Attestation, Demand, Figures, Firm, Milestone, Residency, StatedFigure
from app.firms.stated import BY_KEY as firm_keys
from app.pipeline.models import Graduation
from app.workbench.panel_figures import period, written

SHOWN = 6
#: columns whose change is told, with their words; others say only that something changed
WORDS: dict[str, dict[str, str]] = {
    "firm": {
        "name": N_("企业名称"),
        "code": N_("统一社会信用代码"),
        "founded_on": N_("成立日期"),
        "leader": N_("负责人"),
        "business": N_("主营业务"),
    },
    "milestone": {
        "day": N_("日期"),
        "name": N_("名称"),
        "number": N_("编号"),
        "amount": N_("金额"),
        "money_state": N_("资金"),
        "received_on": N_("到账日期"),
        "granted_on": N_("授权日期"),
        "filed_on": N_("备案日期"),
        "issued_on": N_("发证日期"),
        "expires_on": N_("有效期至"),
        "verification": N_("核验"),
    },
    "figures": {
        "revenue": N_("营业收入"),
        "rd_accounting": N_("研发费用"),
        "net_profit": N_("净利润"),
        "tax_paid": N_("实缴税金"),
        "staff_end": N_("期末从业人员（人）"),
        "verification": N_("核验"),
    },
    "residency": {
        "starts": N_("起始日期"),
        "ends": N_("终止日期"),
        "area_m2": N_("面积"),
        "lease_ends": N_("场地租期"),
        "extended_to": N_("延长至"),
        "destination": N_("去向"),
    },
    "demand": {
        "area_low": N_("面积（至少）"),
        "area_high": N_("面积（至多）"),
        "needed_by": N_("最迟入驻日"),
        "state": N_("状态"),
        "end_reason": N_("结果"),
    },
    "graduation": {"state": N_("状态"), "graduated_on": N_("毕业日期")},
    "attestation": {},
    "stated_figure": {"range": N_("数值"), "until": N_("有效至"), "verification": N_("核验")},
}
#: what can be stated, by the table that keeps it
STATED = {"stated_figure": firm_keys, "carrier_stated": carrier_keys}


#: records of a carrier by the word that names them, and the columns that tell one from another
PLAIN = {
    "carrier": N_("载体信息"),
    "carrier_status": N_("登记与变更"),
    "carrier_title": N_("级别"),
    "carrier_sector": N_("主导领域"),
    "carrier_figures": N_("载体数据"),
    "carrier_succession": N_("前身与承接"),
    "site": N_("场地"),
}
LABELS = ("act", "level", "source", "kind")


@dataclass(frozen=True)
class Entry:
    """One change of one record."""

    rev: int
    kind: str
    text: str


@dataclass(frozen=True)
class Told:
    """The change with who and when."""

    text: str
    kind: str
    who: str
    at: dt.datetime


def subject(name: str, row: Any) -> str:
    """What the record is, in a few words."""
    if name == "milestone":
        return " ".join(
            str(part)
            for part in (
                row.kind.label,
                *(w.label for w in (row.ip_type, row.title) if w),
                row.name if not row.title or row.name != row.title.label else None,
            )
            if part
        )
    if name == "figures":
        return f"{_('填报数据')} {period(row)} {row.source.label}"
    if name == "residency":
        return f"{_('入驻')} {row.kind.label}"
    if name == "attestation":
        kind = row.kind.label if row.kind else _("全部类型")
        return _("填报承诺 %(kind)s，至 %(day)s", kind=kind, day=row.ends.isoformat())
    if name in STATED and row.key in STATED[name]:
        label = STATED[name][row.key].label
        return _("自述数据 %(what)s，自 %(day)s", what=label, day=row.day.isoformat())
    if name == "demand":
        return _("空间需求，%(day)s 提出", day=row.opened_on.isoformat())
    if name in PLAIN:
        label = next((w.label for w in (getattr(row, c, None) for c in LABELS) if w), "")
        when = period(row) if name == "carrier_figures" else ""
        return " ".join(filter(None, (_(PLAIN[name]), when, label or getattr(row, "name", ""))))
    return _("毕业记录") if name == "graduation" else _("企业信息")


def value(name: str, column: Any, held: Any) -> str:
    """A column's value as the page writes it."""
    if held is None:
        return "—"
    if isinstance(held, Coded):
        return held.label
    if isinstance(column.type, Fen):
        return _("%(n)s 万元", n=wan(held))
    if name == "staff_end":
        return written(name, held)
    return str(held)


def shown(table: Any, name: str, row: Any) -> str:
    """A column of a row, or the low and high of something stated, as the page writes it."""
    if name == "range":
        key = STATED[table.name].get(row.key)
        return f"{show_stated(key, row.low, row.high)} {key.unit_text}".strip() if key else "—"
    return value(name, table.c[name], getattr(row, name))


def entries(firm: Firm) -> list[Entry]:
    """Every change of the firm's records, in order of revision."""
    found: list[Entry] = []
    sources: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
        (Firm, lambda table: table.c.id == firm.id),
        (Milestone, lambda table: table.c.firm_id == firm.id),
        (Figures, lambda table: table.c.firm_id == firm.id),
        (Residency, lambda table: table.c.firm_id == firm.id),
        (Graduation, lambda table: table.c.firm_id == firm.id),
        (Attestation, lambda table: table.c.firm_id == firm.id),
        (StatedFigure, lambda table: table.c.firm_id == firm.id),
        (Demand, lambda table: table.c.firm_id == firm.id),
    )
    for model, condition in sources:
        table, past = model.__table__, model.__history__
        now = session.execute(select(table).where(condition(table)).order_by(table.c.id))
        old = session.execute(select(past).where(condition(past)).order_by(past.c.id, past.c.rev))
        found += compared(table, list(now), list(old))
    return sorted(found, key=lambda entry: -entry.rev)


def compared(table: Any, now: list[Any], old: list[Any]) -> Iterator[Entry]:
    """What was entered, changed and voided between the versions of one table's records."""
    versions: dict[int, list[Any]] = {}
    for row in [*old, *now]:
        versions.setdefault(row.id, []).append(row)
    present = {row.id for row in now}
    for record, rows in versions.items():
        rows.sort(key=lambda row: row.rev)
        yield Entry(rows[0].rev, "new", subject(table.name, rows[0]))
        for before, after in pairwise(rows):
            yield Entry(after.rev, "changed", _difference(table, before, after))
        if record not in present:
            yield Entry(rows[-1].rev_to, "voided", subject(table.name, rows[-1]))


def _difference(table: Any, before: Any, after: Any) -> str:
    pairs = [
        (_(word), shown(table, name, before), shown(table, name, after))
        for name, word in WORDS[table.name].items()
    ]
    changed = [
        _("%(what)s %(old)s → %(new)s", what=word, old=old, new=new)
        for word, old, new in pairs
        if old != new
    ]
    told = _("；").join(changed) if changed else _("其他内容有更新")
    return f"{subject(table.name, after)}{_('：')}{told}"


def told(found: Iterable[Entry]) -> list[Told]:
    """The entries with the people behind them."""
    held = list(found)
    made = {
        row.id: row
        for row in session.execute(
            select(Revision.id, Revision.at, Person.name)
            .outerjoin(Person, Person.id == Revision.person_id)
            .where(Revision.id.in_({entry.rev for entry in held}))
            .order_by(Revision.id)
        )
    }
    return [
        Told(entry.text, entry.kind, made[entry.rev].name or _("系统"), made[entry.rev].at)
        for entry in held
    ]


def panels(viewer: AnyViewer, firm: Firm, day: dt.date) -> Iterator[Panel]:
    """The latest changes, for whoever may see the history."""
    if "history" not in fields.open_to(viewer, firm.id, day):
        return
    found = entries(firm)
    yield Panel(
        "history",
        "workbench/firm_history_panel.html",
        {"rows": told(found[:SHOWN]), "total": len(found)},
        30,
        "side",
    )
