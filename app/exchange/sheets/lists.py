"""名单比对: an official list of names makes recognitions; who is not on record is only counted."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.carriers.models import Verification
from app.core.access import Permission
from app.core.db import session
from app.core.text import N_, _
from app.exchange.sheets import firms, subjects
from app.exchange.sheets.base import (
    Choice,
    Given,
    Ground,
    Kind,
    Planned,
    Sheet,
    Trouble,
    add,
)
from app.exchange.sheets.comparing import changes
from app.exchange.sheets.fields import Field, keyed
from app.exchange.sheets.firms import REASON
from app.exchange.sheets.numbers import number_trouble, prepare_numbers
from app.exchange.sheets.subjects import CODE, NAME, Known
from app.firms import service
from app.firms.models import Firm, Milestone, MilestoneKind, Title

LIST = "list"
#: What a list announces, as the column of the recognition that its day fills.
STAGES = (
    ("announced_on", N_("公示日")),
    ("filed_on", N_("备案日")),
    ("issued_on", N_("发证日")),
)
TITLE = Field("title", N_("资质名称"), "word", words=Title.choices)
FILLED = (
    Field("number", N_("证书编号"), longest=60, aliases=("编号", "证书号")),  # zh: parsed
    *(Field(key, text, "day") for key, text in STAGES),
    Field("expires_on", N_("到期日"), "day", aliases=("有效期至",)),  # zh: parsed
)
BY_KEY = keyed(TITLE, *FILLED)
#: Days within which two dates of a title speak of one recognition and not of the next.
ONE = 400
#: What stands in the column of codes where no firm on record is meant.
NONE_OF_THEM = ("都不是", "none")  # zh: parsed


def prepare(ground: Ground, rows: list[Given]) -> None:
    """Firms, rights, names without common parts, and the recognitions on record."""
    firms.prepare(ground, rows)
    held: dict[tuple[int, str], list[Milestone]] = {}
    found = select(Milestone).where(Milestone.kind == MilestoneKind.RECOGNITION)
    for entry in session.scalars(found.order_by(Milestone.day, Milestone.id)):
        held.setdefault((entry.firm_id, str(entry.title)), []).append(entry)
    ground.held["recognitions"] = held
    prepare_numbers(ground, rows)


def plan(ground: Ground, row: Given) -> Planned:
    """Match a line of the list, by code, name or former name."""
    name = row.values.get("name") or ""
    planned = Planned(Kind.NEW, name, row.values.get("code") or "")
    title = row.values.get("title")
    firm = _firm(ground, row, planned)
    if firm is None or title is None:
        return planned
    planned.subject, planned.code = firm.short_name, firm.code or ""
    if firm.id in ground.taken:
        words = _("与第 %(n)s 行是同一家企业。", n=ground.taken[firm.id])
        row.troubles.append(Trouble("name", name, words))
        return planned
    ground.taken[firm.id] = row.number
    given = {one.key: row.values[one.key] for one in FILLED if one.key in row.values}
    days = [given[key] for key, _text in STAGES if key in given]
    if not days:
        row.troubles.append(Trouble("issued_on", "", _("请填写日期。")))
        return planned
    entry = _entry(ground.held["recognitions"].get((firm.id, title), []), given, days[-1])
    now = {one.key: getattr(entry, one.key) for one in FILLED} if entry is not None else None
    differing, planned.changes = changes(row, BY_KEY, (now or {}) | {"title": title})
    if entry is not None and not differing:
        planned.kind = Kind.SAME
        return planned
    if not subjects.may_record(ground, firm):
        planned.kind, planned.changes = Kind.ABSENT, ()
        return planned
    number = given["number"] if entry is None and "number" in given else differing.get("number")
    if trouble := number_trouble(ground, row, firm.id, number):
        row.troubles.append(trouble)
    planned.kind = Kind.NEW if entry is None else Kind.UPDATE
    planned.act = _act(ground, row, firm, Title(title), entry, given, differing)
    return planned


def _firm(ground: Ground, row: Given, planned: Planned) -> Known | None:
    """The firm of a line; none on record is no error, one that may be meant is a question."""
    name, code = row.values.get("name"), row.values.get("code")
    row.troubles = [t for t in row.troubles if t.field != "code" or not (name or _denied(row))]
    held = subjects.register(ground).by_code.get(code) if code else None
    found = [held] if held is not None else subjects.named(ground, name)
    if len(found) == 1:
        return found[0]
    if found:
        words = _("有 %(n)s 家同名，请填写统一社会信用代码。", n=len(found))
        row.troubles.append(Trouble("code", name or "", words))
        return None
    planned.kind = Kind.ABSENT
    near = [] if code or _denied(row) else subjects.alike(ground, name)
    if near:
        words = _("名称相近，请选是哪一家；在表里改的，填代码或“都不是”。")
        row.troubles.append(
            Trouble("code", name or "", words, choices=_choices(ground, name, near))
        )
    return None


def _denied(row: Given) -> bool:
    """Whether somebody looked at the firms offered and said that it is none of them."""
    return row.texts.get("code", "") in NONE_OF_THEM


def _choices(ground: Ground, name: str | None, near: list[Known]) -> tuple[Choice, ...]:
    """The firms that may be meant, the only one of the same name taken beforehand, and none."""
    sure = subjects.twins(ground, name)
    found = [
        Choice(one.code, one.name, one.code, likely=[one] == sure)
        for one in near
        if one.code is not None
    ]
    return (*found, Choice(NONE_OF_THEM[0], _("都不是"))) if found else ()


def _entry(held: list[Milestone], given: dict[str, Any], day: dt.date) -> Milestone | None:
    """The recognition on record that the line speaks of: by number, else by its days."""
    number = given.get("number")
    for entry in held:
        if number and entry.number == number:
            return entry
    near = [
        entry
        for entry in held
        if entry.revoked_on is None
        and abs((entry.day - day).days) <= ONE
        and not (number and entry.number)
    ]
    return near[-1] if near else None


def _act(
    ground: Ground, row: Given, firm: Known, title: Title, entry: Milestone | None,
    given: dict[str, Any], differing: dict[str, Any],
) -> Any:  # fmt: skip
    """A list that the district brings is 名单比对; one that a carrier brings is the carrier's."""
    trusted = ground.viewer.may(Permission.FIRM_VERIFY)
    level = Verification.LIST if trusted else Verification.CARRIER
    firm_id = firm.id
    base: dict[str, Any] = {"actor": ground.viewer, "today": ground.today}

    def log() -> None:
        service.log_milestone(
            **base, firm=session.get_one(Firm, firm_id), kind=MilestoneKind.RECOGNITION,
            verification=level, title=title, remark=row.values.get("reason") or _("名单比对"),
            **given,
        )  # fmt: skip

    if entry is None:
        return log
    entry_id, rev = entry.id, entry.rev
    reason = row.values.get("reason") or _("名单比对")

    def correct() -> None:
        held = service.correct_milestone(
            **base, entry=session.get_one(Milestone, entry_id), rev=rev, reason=reason, **differing
        )
        if trusted:
            service.confirm_entry(actor=ground.viewer, row=held, verification=level)

    return correct


def init_app(app: Flask) -> None:
    """Register the sheet; it is chosen by its reader, never taken for one by its heads."""
    add(
        app,
        Sheet(LIST, N_("名单比对"), (CODE, NAME, TITLE, *FILLED, REASON), prepare, plan, firms.may,
              hint=N_("按代码、名称、曾用名匹配在册企业；其余只计数。"), manual=True),
    )  # fmt: skip
