"""里程碑: one sheet a kind, with the fields of its form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.core.access import Permission, Viewer
from app.core.db import session
from app.core.text import N_, _
from app.exchange.sheets import subjects
from app.exchange.sheets.base import Given, Ground, Kind, Plan, Planned, Sheet, Trouble, add
from app.exchange.sheets.comparing import changes
from app.exchange.sheets.fields import Field, keyed
from app.exchange.sheets.firms import REASON, recordable
from app.exchange.sheets.numbers import number_trouble, prepare_numbers
from app.exchange.sheets.subjects import CODE, NAME, Known
from app.firms import service
from app.firms.forms.milestone import FOREIGN, LABELS, OWN_LABELS, QUICK, WORDS
from app.firms.kinds import SHAPES, typed_fields
from app.firms.models import Milestone, MilestoneKind
from app.firms.queries.use import Uses

PIECE = 400
MONEY, FLAGS = ("amount", "original"), ("onshore", "related", "used_before", "serious")
LENGTHS = {"name": 160, "number": 60, "investor_name": 120, "remark": 1_000}
#: Fields whose key another column of the sheet has already.
KEYS = {"name": "title_name"}
COLUMNS = {key: name for name, key in KEYS.items()}
KIND_WORDS = {
    MilestoneKind.FINANCING: N_("轮次"), MilestoneKind.IP: N_("知识产权名称"),
    MilestoneKind.DEAL: N_("对方或市场"), MilestoneKind.AWARD: N_("奖项名称"),
    MilestoneKind.INSTITUTION: N_("机构名称"), MilestoneKind.STANDARD: N_("标准名称"),
    MilestoneKind.INCIDENT: N_("异常名称"), MilestoneKind.OTHER: N_("事项名称"),
    MilestoneKind.RECOGNITION: N_("批次或名称"),
}  # fmt: skip


#: Other heads of a column, by kind and by column.
K = MilestoneKind
ALIASES: dict[tuple[MilestoneKind, str], tuple[str, ...]] = {
    (K.FINANCING, "name"): ("融资轮次",),  # zh: parsed
    (K.FINANCING, "day"): ("融资日期", "融资时间", "签约日期"),  # zh: parsed
    (K.FINANCING, "amount"): ("融资金额", "融资额", "投资金额"),  # zh: parsed
    (K.FINANCING, "investor"): ("投资方类型", "投资方类别"),  # zh: parsed
    (K.FINANCING, "investor_name"): ("投资方名称", "投资机构名称", "投资人"),  # zh: parsed
    (K.FINANCING, "received_on"): ("到账时间", "到账日"),  # zh: parsed
    (K.IP, "name"): (
        *("专利名称", "软件名称", "软著名称", "发明名称", "成果名称", "名称"),  # zh: parsed
    ),
    (K.IP, "ip_type"): (
        *("类别", "类型", "种类", "专利类型", "专利类别", "知识产权类型"),  # zh: parsed
    ),
    (K.IP, "number"): (
        *("专利号", "登记号", "申请号", "专利申请号", "授权号", "证书号"),  # zh: parsed
    ),
    (K.IP, "obtained"): ("取得形式", "获得方式", "获取方式"),  # zh: parsed
    (K.IP, "applied_on"): ("申请日期", "申请时间"),  # zh: parsed
    (K.IP, "granted_on"): (
        *("授权公告日", "授权日期", "授权时间", "授权公告日期", "登记日期"),  # zh: parsed
    ),
    (K.RECOGNITION, "title"): ("资质", "资质类型", "资质类别", "称号"),  # zh: parsed
    (K.RECOGNITION, "number"): ("证书号", "编号"),  # zh: parsed
    (K.RECOGNITION, "issued_on"): (
        *("发证日期", "发证时间", "认定日期", "认定时间", "获证日期"),  # zh: parsed
    ),
    (K.RECOGNITION, "expires_on"): ("有效期至", "到期日期", "有效期截止日"),  # zh: parsed
    (K.AWARD, "name"): ("奖项", "获奖名称"),  # zh: parsed
    (K.AWARD, "day"): ("获奖日期", "获奖时间"),  # zh: parsed
    (K.AWARD, "level"): ("奖项级别", "获奖级别"),  # zh: parsed
}


def _field(kind: MilestoneKind, name: str) -> Field:
    aliases = ALIASES.get((kind, name), ())
    key, text = KEYS.get(name, name), OWN_LABELS.get((kind, name)) or LABELS[name]
    if name == "name":
        text = KIND_WORDS[kind]
    if name in WORDS:
        return Field(key, text, "word", words=WORDS[name].choices, aliases=aliases)
    if name == "currency":
        return Field(key, text, "word", words=lambda: [(c or "CNY", _(t)) for c, t in FOREIGN])
    kinds = {**dict.fromkeys(MONEY, "money"), **dict.fromkeys(FLAGS, "flag"),
             "rate": "rate", "rank": "count"}  # fmt: skip
    day = name == "day" or name.endswith("_on")
    return Field(key, text, "day" if day else kinds.get(name, "text"),
                 longest=LENGTHS.get(name, 120), aliases=aliases)  # fmt: skip


def fields_of(kind: MilestoneKind) -> tuple[Field, ...]:
    """The columns of a kind, those of the quick form first."""
    quick = QUICK[kind]
    names = (*quick, *(name for name in typed_fields(kind) if name not in quick))
    return tuple(_field(kind, name) for name in names)


def coded(values: dict[str, Any]) -> dict[str, Any]:
    """Values by column as the service takes them."""
    found = {COLUMNS.get(key, key): value for key, value in values.items()}
    return {k: WORDS[k](v) if k in WORDS and v is not None else v for k, v in found.items()}


def held_values(entry: Milestone, columns: tuple[Field, ...]) -> dict[str, Any]:
    """An entry by the keys of the sheet."""
    return {one.key: getattr(entry, COLUMNS.get(one.key, one.key)) for one in columns}


def prepare_for(kind: MilestoneKind) -> Callable[[Ground, list[Given]], None]:
    """Look up firms and their entries of a kind."""

    def prepare(ground: Ground, rows: list[Given]) -> None:
        subjects.prepare(ground, rows)
        subjects.know_recorders(ground)
        ids = sorted(subjects.register(ground).meant)
        found: dict[int, list[Milestone]] = {}
        for start in range(0, len(ids), PIECE):
            some = ids[start : start + PIECE]
            statement = select(Milestone).where(Milestone.firm_id.in_(some), Milestone.kind == kind)
            for entry in session.scalars(statement.order_by(Milestone.id)):
                found.setdefault(entry.firm_id, []).append(entry)
        ground.held[f"milestones:{kind}"] = found
        ground.held["uses"] = Uses(found)
        if kind is MilestoneKind.RECOGNITION:
            prepare_numbers(ground, rows)

    return prepare


def twin(kind: MilestoneKind, given: dict[str, Any], held: list[Milestone]) -> Milestone | None:
    """The entry that a row means: the same by what makes two entries of the kind the same."""
    days = [given.get(name) for name in ("day", *SHAPES[kind].days) if given.get(name)]
    whole = {"day": days[0] if days else None, **given}
    if kind is MilestoneKind.RECOGNITION and not any(given.get(n) for n in SHAPES[kind].days):
        whole["issued_on"] = whole["day"]
    for group in SHAPES[kind].same:
        telling = [name for name in group if name not in ("name", "investor_name")]
        if any(whole.get(name) is None for name in telling):
            continue
        for entry in held:
            if all(getattr(entry, name) == whole.get(name) for name in group):
                return entry
    return None


def plan_for(kind: MilestoneKind, columns: tuple[Field, ...]) -> Plan:
    """Plan rows of a kind."""
    by_key = keyed(*columns)
    needs = [one for one in columns if COLUMNS.get(one.key, one.key) in SHAPES[kind].needs]

    def plan(ground: Ground, row: Given) -> Planned:
        planned, subject = subjects.begin(ground, row)
        if subject is None:
            return planned
        given = coded({one.key: row.values[one.key] for one in columns if one.key in row.values})
        held: list[Milestone] = []
        if isinstance(subject, Known):
            held = ground.held[f"milestones:{kind}"].get(subject.id, [])
        entry = twin(kind, given, held)
        now = held_values(entry, columns) if entry is not None else None
        differing, planned.changes = changes(
            row, by_key, now, entry, lambda key: COLUMNS.get(key, key)
        )
        if not any(one.key in row.texts for one in columns):
            # it only names its firm, as forms sent round have
            planned.kind, row.troubles = Kind.SAME, [t for t in row.troubles if t.field == "code"]
            return planned
        if not _once(ground, row, (kind, planned.code), given):
            return planned
        if entry is not None and not differing:
            planned.kind = Kind.SAME
            return planned
        if not subjects.may_record(ground, subject):
            words = _("这家企业由其所在载体登记，您的岗位只能查看。")
            row.troubles.append(Trouble("code", planned.code, words))
        if entry is None:
            _check(ground, row, kind, given, needs)
            one = subject.id if isinstance(subject, Known) else None
            _check_number(ground, row, kind, one, given)
            planned.act = lambda: service.log_milestone(
                actor=ground.viewer, today=ground.today, firm=subjects.firm_of(subject), kind=kind,
                **given,
            )  # fmt: skip
            return planned
        planned.kind = Kind.UPDATE
        _check_number(ground, row, kind, entry.firm_id, differing)
        planned.act = _correct(ground, row, entry, coded(differing))
        return planned

    return plan


def _correct(
    ground: Ground, row: Given, entry: Milestone, values: dict[str, Any]
) -> Callable[[], Any]:
    entry_id, rev, reason = entry.id, entry.rev, row.values.get("reason")
    if not reason and service.used(entry, ground.held["uses"]):
        words = _("这条数据已用于已报的报表或毕业核对，更正时请写明原因。")
        row.troubles.append(Trouble("reason", "", words, doubt=True))
    return lambda: service.correct_milestone(
        actor=ground.viewer, today=ground.today, entry=session.get_one(Milestone, entry_id),
        rev=rev, reason=reason, **values,
    )  # fmt: skip


def _once(ground: Ground, row: Given, start: Any, given: dict[str, Any]) -> bool:
    """Whether no earlier row of the file says the very same thing."""
    key = ("milestone", start, tuple(sorted((k, str(v)) for k, v in given.items())))
    if key in ground.taken:
        words = _("与第 %(n)s 行内容相同。", n=ground.taken[key])
        row.troubles.append(Trouble("code", row.texts.get("code", ""), words))
        return False
    ground.taken[key] = row.number
    return True


def _check(
    ground: Ground, row: Given, kind: MilestoneKind, given: dict[str, Any], needs: list[Field]
) -> None:
    """What the service would refuse for want of a field, and days ahead."""
    wrong = {trouble.field for trouble in row.troubles}
    for one in needs:
        if one.key not in row.values and one.key not in wrong:
            row.troubles.append(Trouble(one.key, "", _("请填写“%(field)s”。", field=one.label)))
    days = ("day", *SHAPES[kind].days)
    if not any(given.get(name) for name in days) and not wrong & set(days):
        row.troubles.append(Trouble("day", "", _("请填写日期。")))
    for name in days:
        if given.get(name) and given[name] > ground.today:
            words = _("日期不能晚于今天 %(today)s。", today=ground.today)
            row.troubles.append(Trouble(name, row.texts.get(name, ""), words))


def _check_number(
    ground: Ground, row: Given, kind: MilestoneKind, firm_id: int | None, given: dict[str, Any]
) -> None:
    """A certificate that is on record for a firm that is no kin; its 说明 becomes the remark."""
    if kind is not MilestoneKind.RECOGNITION or given.get("remark"):
        return
    trouble = number_trouble(ground, row, firm_id or 0, given.get("number"))
    if trouble is not None and row.values.get("reason"):
        given["remark"] = row.values["reason"]
    elif trouble is not None:
        row.troubles.append(trouble)


def may(viewer: Viewer) -> bool:
    """Whoever records for firms."""
    return viewer.may(Permission.FIRM_RECORD) or viewer.may(Permission.FIRM_VERIFY)


def rows_for(kind: MilestoneKind, columns: tuple[Field, ...]) -> Any:
    """The entries of a kind that the viewer may write to."""

    def rows(viewer: Viewer, day: dt.date) -> Iterator[tuple[str, int, dict[str, Any]]]:
        firms = {firm.id: firm for firm in recordable(viewer, day)}
        statement = select(Milestone).where(Milestone.kind == kind)
        for entry in session.scalars(statement.order_by(Milestone.day, Milestone.id)):
            firm = firms.get(entry.firm_id)
            if firm is not None:
                yield entry.pid, entry.rev, {
                    "code": firm.code, "name": firm.name, **held_values(entry, columns),
                }  # fmt: skip

    return rows


def init_app(app: Flask) -> None:
    """Register a sheet a kind."""
    for kind in MilestoneKind:
        columns = fields_of(kind)
        add(
            app,
            Sheet(f"milestone-{kind.value}", kind.text, (CODE, NAME, *columns, REASON),
                  prepare_for(kind), plan_for(kind, columns), may, rows_for(kind, columns),
                  N_("与已登记的同一条（编号、名称和日期相同）按表更新，其余新登记。")),
        )  # fmt: skip
