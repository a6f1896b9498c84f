"""已办: what the viewer has done, the last first, with the firms or carriers that it was about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Table, select

from app.carriers.models import Carrier, Return
from app.core.access import AnyViewer
from app.core.db import Revision, session
from app.core.text import N_, Coded, _
from app.firms.models import Evidence, Figures, Firm, Milestone, Residency
from app.pipeline.models import Claim, Graduation, Push, TransferRequest
from app.pipeline.words import ClaimAct, FirmAct, GraduationAct, TransferAct

ACTS: dict[str, type[Coded]] = {
    "firm": FirmAct, "claim": ClaimAct, "graduation": GraduationAct, "transfer": TransferAct,
}  # fmt: skip
WORDS = {
    "account:password:change": N_("修改密码"),
    "account:password:issue": N_("发放首次密码"),
    "account:person:disable": N_("停用账号"),
    "account:person:edit": N_("更正姓名"),
    "account:person:engage": N_("登记人员"),
    "account:person:handover": N_("离任交接"),
    "account:post:end": N_("结束岗位"),
    "account:post:give": N_("安排岗位"),
    "carrier:figures": N_("填报载体数据"),
    "consent:end": N_("撤回展示同意"),
    "consent:give": N_("记录展示同意"),
    "evidence:add": N_("上传佐证材料"),
    "evidence:void": N_("作废佐证材料"),
    "figures:enter": N_("填报企业数据"),
    "firm:land": N_("登记落地"),
    "firm:register": N_("登记企业"),
    "firm:void": N_("作废登记"),
    "milestone:confirm": N_("核实里程碑"),
    "milestone:correct": N_("更正里程碑"),
    "milestone:log": N_("记一笔"),
    "milestone:void": N_("作废里程碑"),
    "organisation:create": N_("登记单位"),
    "organisation:edit": N_("变更单位"),
    "return:check": N_("初核报表"),
    "return:fill": N_("填报报表"),
    "return:open": N_("发起报表"),
    "return:send_back": N_("退回报表"),
    "return:submit": N_("报送报表"),
    "return:verify": N_("核定报表"),
    "standard:load": N_("装入标准"),
    "view:save": N_("保存视图"),
}
#: records that say which firm a write was about
OF_FIRMS: tuple[Any, ...] = (
    Milestone, Figures, Evidence, Residency, Graduation, Claim, Push, TransferRequest,
)  # fmt: skip


@dataclass(frozen=True)
class Done:
    """One write of the viewer's."""

    rev: int
    at: Any
    text: str
    subject: str
    pid: str | None


def mine(viewer: AnyViewer) -> Select[Revision]:
    """The viewer's own writes, the last first."""
    statement = select(Revision).where(Revision.person_id == viewer.person_id, Revision.sealed)
    return statement.order_by(Revision.id.desc())


def word(action: str) -> str:
    """What an action is called on pages; its code where no page does it."""
    if action in WORDS:
        return _(WORDS[action])
    room, _colon, act = action.partition(":")
    known = ACTS.get(room)
    if known is not None and act in {one.value for one in known}:
        return known(act).label
    return action


def told(rows: Sequence[Revision]) -> list[Done]:
    """The writes in words."""
    ids = [row.id for row in rows]
    firms = _subjects(ids, OF_FIRMS, "firm_id", Firm)
    carriers = _subjects(ids, (Return,), "carrier_id", Carrier)
    made = []
    for row in rows:
        name, pid = firms.get(row.id) or (carriers.get(row.id, ("", ""))[0], None)
        made.append(Done(row.id, row.at, word(row.action), name, pid))
    return made


def _subjects(
    ids: list[int], models: tuple[Any, ...], key: str, subject: Any
) -> dict[int, tuple[str, str]]:
    """revision → name and public id of what it was about, also where it was changed again."""
    found: dict[int, int] = {}
    for model in models:
        tables: list[Table] = [model.__table__, model.__history__]
        for table in tables:
            rows = select(table.c.rev, table.c[key]).where(table.c.rev.in_(ids))
            for rev, number in session.execute(rows.order_by(table.c.rev, table.c.id)):
                if number is not None:
                    found.setdefault(rev, number)
    names = {
        row.id: (row.short_name, row.pid)
        for row in session.execute(
            select(subject.id, subject.short_name, subject.pid)
            .where(subject.id.in_(set(found.values())))
            .order_by(subject.id)
        )
    }
    return {rev: names[number] for rev, number in found.items() if number in names}
