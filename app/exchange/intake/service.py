"""Keeping an upload, writing its plan, dropping it. Each runs inside `write()` or `aside()`."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select, update

from app.core.access import Viewer
from app.core.days import now
from app.core.db import aside, current_revision, new_pid, session
from app.core.errors import Conflict, DomainError, NotFound, register_messages
from app.core.text import N_, _
from app.exchange.intake.content import LEAVE, REFUSED, TAKE, Kept, edits_of, keep, pack, together
from app.exchange.intake.plan import Line, Plan, build
from app.exchange.models import Intake, IntakeState
from app.exchange.reading import Refused, Upload
from app.exchange.sheets import subjects
from app.exchange.sheets.base import WAITING, Sheet

register_messages(
    {
        "plan_changed": N_(
            "预览之后数据有变动，没有写入。下面是按现在的数据重新核对的结果，"
            "请看过再写入。"
        ),
        "plan_empty": N_("没有可以写入的行。"),
        "rows_refused": N_(
            "有 %(n)s 行不能写入（第 %(first)s 行：%(why)s）。整个文件都没有写入；"
            "这些行已列入错误，其余行可以再次写入。"
        ),
        "none_read": N_("%(why)s"),
        "intake_closed": N_("这次导入已经取消或撤销。"),
    }
)  # fmt: skip

#: Content and edits of an upload of which no row waits.
EMPTY = "[]", "{}"
#: Characters of one cell typed in the preview.
LONGEST = 500
#: Rows that are written under one savepoint.
BATCH = 100


#: Told how far a write is: rows done, rows in all.
Tick = Callable[[int, int], object]


def silent(_done: int, _of: int) -> None:
    """Nobody asks how far it is."""


class RowsRefused(DomainError):
    """Records' own services refused rows: nothing of the file was written.

    `rows`: the reason by `sheet:row`.
    """

    status = 409

    def __init__(self, rows: dict[str, str], first: int) -> None:
        super().__init__("rows_refused", n=len(rows), first=first, why=next(iter(rows.values())))
        self.rows = rows


def find(viewer: Viewer, pid: str) -> Intake:
    """An upload of the viewer's own; NotFound otherwise."""
    found = session.scalars(
        select(Intake).where(Intake.pid == pid, Intake.person_id == viewer.person_id)
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


def mine(viewer: Viewer, limit: int = 20) -> list[Intake]:
    """The viewer's uploads, the last first."""
    statement = select(Intake).where(Intake.person_id == viewer.person_id)
    return list(session.scalars(statement.order_by(Intake.id.desc()).limit(limit)))


def receive(
    viewer: Viewer, uploads: Sequence[Upload], offered: Iterable[Sheet],
    defaults: dict[str, str] | None = None, unread: Iterable[str] = (),
) -> str:  # fmt: skip
    """Keep one or several files as one plan; its id. Nothing is written.

    `unread`: what to tell of files that could not be read. One of several in which nothing is
    known is told as well, and the others are kept; Refused when none is left.
    """
    choices, pid, kept, left = list(offered), new_pid(), list[list[Kept]](), list(unread)
    for one in uploads:
        try:
            kept.append(keep(one, choices, defaults))
        except Refused as error:
            if len(uploads) + len(left) == 1:
                raise
            left.append(_("“%(name)s”没有读取：%(why)s", name=one.name, why=error.message))
    if not kept:
        raise Refused("none_read", why="".join(left))
    whole = together(kept, left)
    encodings = dict.fromkeys(one.encoding for one in uploads if one.encoding)
    first, more = uploads[0], len(uploads) - 1
    name = _("%(name)s 等 %(n)s 个文件", name=first.name, n=more + 1) if more else first.name
    with aside() as connection:
        connection.execute(
            Intake.__table__.insert().values(  # type: ignore[attr-defined]
                pid=pid, person_id=viewer.person_id, state=IntakeState.OPEN,
                name=_plain(name), added_at=now(),
                encoding=", ".join(encodings)[:20],
                lines=sum(len(one.rows) for one in whole), content=pack(whole), edits="{}", revs="",
                written=0,
            )
        )  # fmt: skip
    return pid


def _plain(name: str) -> str:
    """A file's name without folders and characters that cannot be seen."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable())[:160] or "—"


def amend(intake: Intake, typed: Mapping[str, Mapping[str, str]], *, again: bool = False) -> None:
    """Keep what was typed in the preview, by `sheet:row` and field.

    `again`: rows that a write refused are looked at once more.
    """
    if intake.state not in (IntakeState.OPEN, IntakeState.DONE):
        raise Conflict("intake_closed")
    edits = edits_of(intake)
    for held in edits.values() if again else ():
        held.pop(REFUSED, None)
    for key, values in typed.items():
        held = edits.setdefault(key, {})
        for name, text in values.items():
            if name == LEAVE and text not in ("1", "0"):
                continue
            if name.startswith(TAKE) and text not in ("mine", "held"):
                continue
            held[name] = text[:LONGEST]
    with aside() as connection:
        connection.execute(
            update(Intake).where(Intake.id == intake.id).values(
                edits=json.dumps(edits, ensure_ascii=False, separators=(",", ":"))
            )
        )  # fmt: skip


def leave_out(
    viewer: Viewer, today: dt.date, pid: str, digest: str, typed: Mapping[str, Mapping[str, str]]
) -> str | None:
    """Leave the rows out that were marked beside a plan that was seen: the digest of what is left
    of it. None when without them anything else would be written than was seen.

    Raises Conflict `plan_changed` when the plan that was seen is not the present one.
    """
    seen = build(viewer, today, find(viewer, pid))
    if seen.digest != digest:
        raise Conflict("plan_changed")
    amend(find(viewer, pid), typed)
    session.rollback()
    plan = build(viewer, today, find(viewer, pid))
    before = {line.key: line.kind for line in seen.writes}
    if any(before.get(line.key) != line.kind for line in plan.writes):
        return None
    return plan.digest


def commit(viewer: Viewer, today: dt.date, pid: str, digest: str, tick: Tick = silent) -> Plan:
    """Write exactly the plan that was seen, whole or not at all; `tick` is told how far it is.

    The rows are forgotten once none of them waits: an undo needs the revisions only.
    Raises Conflict `plan_changed` when the records give another plan by now, RowsRefused with all
    rows that records' own services refuse.
    """
    intake = find(viewer, pid)
    if intake.state not in (IntakeState.OPEN, IntakeState.DONE):
        raise Conflict("intake_closed")
    plan = build(viewer, today, intake)
    writes = plan.writes
    if plan.digest != digest:
        raise Conflict("plan_changed")
    if not writes:
        raise DomainError("plan_empty")
    refused = _written(plan, tick)
    if refused:
        rows = {line.key: why for line, why in refused}
        raise RowsRefused(rows, refused[0][0].row.number)
    intake.state = IntakeState.DONE
    intake.revs = ",".join([*(intake.revs.split(",") if intake.revs else []),
                            str(current_revision())])  # fmt: skip
    intake.written += len(writes)
    if not plan.of(*WAITING):
        intake.content, intake.edits = EMPTY
    session.flush()
    return plan


def _written(plan: Plan, tick: Tick) -> list[tuple[Line, str]]:
    """Write the rows of a plan, many at once; the rows that were refused, each with the reason.

    A refusal takes its batch back; it is written again row by row, so that every row that is
    refused is told.
    """
    writes, refused = plan.writes, list[tuple[Line, str]]()
    firms = subjects.firms_of(plan.ground)  # held, so that each is read once
    for start in range(0, len(writes), BATCH):
        tick(start, len(writes))
        some = writes[start : start + BATCH]
        try:
            with session.begin_nested():
                for line in some:
                    _act(line)
        except DomainError:
            session.expire_all()
            refused += _one_by_one(some)
    tick(len(writes), len(writes))
    del firms
    return refused


def _one_by_one(some: list[Line]) -> list[tuple[Line, str]]:
    """The same of a batch in which a row was refused."""
    refused = []
    for line in some:
        try:
            with session.begin_nested():
                _act(line)
        except DomainError as error:
            refused.append((line, error.message))
            session.expire_all()
    return refused


def _act(line: Line) -> None:
    assert line.planned.act is not None
    line.planned.act()


def keep_refusals(viewer: Viewer, pid: str, error: RowsRefused) -> None:
    """Keep with each row why its record's own service refused it: the next plan says so."""
    amend(find(viewer, pid), {key: {REFUSED: why} for key, why in error.rows.items()})


def drop(intake: Intake) -> None:
    """取消: the rows that were not written are forgotten; what was written stays."""
    if intake.state not in (IntakeState.OPEN, IntakeState.DONE):
        raise Conflict("intake_closed")
    content, edits = EMPTY
    values: dict[str, Any] = {"content": content, "edits": edits}
    if intake.state is IntakeState.OPEN:
        values["state"] = IntakeState.DROPPED
    with aside() as connection:
        connection.execute(update(Intake).where(Intake.id == intake.id).values(values))
