"""填报承诺: what is recorded of a firm is complete up to a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.core.access import Viewer
from app.core.db import session
from app.core.text import N_, _
from app.exchange.sheets import firms, subjects
from app.exchange.sheets.base import Given, Ground, Kind, Planned, Sheet, Trouble, add
from app.exchange.sheets.comparing import changes
from app.exchange.sheets.fields import Field, keyed
from app.exchange.sheets.subjects import CODE, NAME, Known
from app.firms import service
from app.firms.models import Attestation, MilestoneKind

ALL = "all"
KIND = Field(
    "kind", N_("承诺的内容"), "word", aliases=("里程碑种类", "承诺种类"),  # zh: parsed
    words=lambda: [(ALL, _("全部种类")), *MilestoneKind.choices()], hint=N_("不填为全部种类"),
)  # fmt: skip
STARTS = Field("starts", N_("承诺期起"), "day", hint=N_("不填为自成立之日起"))
ENDS = Field("ends", N_("承诺期止"), "day", aliases=("承诺截至日",))  # zh: parsed
COLUMNS = (KIND, STARTS, ENDS)
BY_KEY = keyed(*COLUMNS)


def prepare(ground: Ground, rows: list[Given]) -> None:
    """Firms, rights, and the promises that stand."""
    subjects.prepare(ground, rows)
    subjects.know_recorders(ground)
    held: set[tuple[int, str, dt.date | None, dt.date]] = set()
    ids = sorted(subjects.register(ground).meant)
    for start in range(0, len(ids), subjects.PIECE):
        some = Attestation.firm_id.in_(ids[start : start + subjects.PIECE])
        for one in session.scalars(select(Attestation).where(some).order_by(Attestation.id)):
            held.add((one.firm_id, one.kind.value if one.kind else ALL, one.starts, one.ends))
    ground.held["promises"] = held


def plan(ground: Ground, row: Given) -> Planned:
    """A promise that stands already is no change; promises are never rewritten."""
    planned, subject = subjects.begin(ground, row)
    if subject is None:
        return planned
    kind, starts, ends = row.values.get("kind") or ALL, row.values.get("starts"), None
    ends = row.values.get("ends")
    if ends is None:
        row.lacks("ends", _("请填写承诺期的最后一天。"))
        return planned
    firm_id = subject.id if isinstance(subject, Known) else 0
    key = ("promise", firm_id or planned.code, kind, starts, ends)
    if (firm_id, kind, starts, ends) in ground.held["promises"] or key in ground.taken:
        planned.kind = Kind.SAME
        return planned
    ground.taken[key] = row.number
    _differing, planned.changes = changes(row, BY_KEY, None)
    if ends > ground.today:
        words = _("日期不能晚于今天 %(today)s。", today=ground.today)
        row.troubles.append(Trouble("ends", row.texts.get("ends", ""), words))
    if starts is not None and starts > ends:
        words = _("承诺期止不能早于承诺期起。")
        row.troubles.append(Trouble("ends", row.texts.get("ends", ""), words))
    if not subjects.may_record(ground, subject):
        words = _("这家企业由其所在载体登记，您的岗位只能查看。")
        row.troubles.append(Trouble("code", planned.code, words))
    planned.act = lambda: service.attest(
        actor=ground.viewer, today=ground.today, firm=subjects.firm_of(subject), ends=ends,
        starts=starts, kind=None if kind == ALL else MilestoneKind(kind),
    )  # fmt: skip
    return planned


def rows(viewer: Viewer, day: dt.date) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """(id, version, values) of the promises for the firms that the viewer may write to."""
    mine = {firm.id: firm for firm in firms.recordable(viewer, day)}
    statement = select(Attestation).order_by(Attestation.firm_id, Attestation.ends, Attestation.id)
    for one in session.scalars(statement):
        firm = mine.get(one.firm_id)
        if firm is not None:
            yield str(one.id), one.rev, {
                "code": firm.code, "name": firm.name, "starts": one.starts, "ends": one.ends,
                "kind": one.kind.value if one.kind else ALL,
            }  # fmt: skip


def init_app(app: Flask) -> None:
    """Register the sheet."""
    add(
        app,
        Sheet("promises", N_("填报承诺"), (CODE, NAME, *COLUMNS), prepare, plan,
              firms.may, rows,
              N_("承诺某一期间的登记是完整的；相同的承诺只登记一次。")),
    )  # fmt: skip
