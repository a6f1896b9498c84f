"""Keeping blank forms: each change of a map is a version of its own, the file with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import func, select

from app.core.access import AnyViewer, Permission
from app.core.days import now
from app.core.db import new_pid, session
from app.core.errors import Conflict, DomainError, Forbidden, NotFound, register_messages
from app.core.text import N_
from app.exchange.blank.book import checked, opened, suggested
from app.exchange.models import BlankForm
from app.firms.queries.evidence import READ_RETURN
from app.statistics.summary.form import Form
from app.statistics.summary.items import BY_CODE
from app.statistics.summary.words import in_unit

register_messages(
    {
        "blank_name": N_("请填写表名。"),
        "blank_stale": N_("这张套表已有更新的一版，请在新版上修改。"),
    }
)
#: units a form may ask money in → fen in one of them
MONEY = {"thousand": 100_000, "wan": 1_000_000, "yuan": 100}


def _need(viewer: AnyViewer) -> None:
    """Whoever reads returns reads the forms made of them."""
    if not any(viewer.may(word) for word in READ_RETURN):
        raise Forbidden()


def forms(viewer: AnyViewer) -> list[BlankForm]:
    """The latest version of each form, the newest first."""
    _need(viewer)
    newest = select(func.max(BlankForm.id)).group_by(BlankForm.series)
    statement = select(BlankForm).where(BlankForm.id.in_(newest))
    return list(session.scalars(statement.order_by(BlankForm.year.desc(), BlankForm.id.desc())))


def find(viewer: AnyViewer, pid: str) -> BlankForm:
    """One version; NotFound for an unknown one."""
    _need(viewer)
    found = session.scalars(select(BlankForm).where(BlankForm.pid == pid)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def versions(row: BlankForm) -> list[BlankForm]:
    """All versions of a form, the newest first."""
    statement = select(BlankForm).where(BlankForm.series == row.series)
    return list(session.scalars(statement.order_by(BlankForm.number.desc())))


def cells_of(row: BlankForm) -> dict[str, str]:
    """Item, or `item:before`, → full cell name."""
    found: dict[str, str] = json.loads(row.cells)
    return found


def receive(*, actor: AnyViewer, name: str, year: int, file_name: str, content: bytes) -> BlankForm:
    """A blank form with the boxes that its own words suggest. Raises Refused, `blank_name`."""
    actor.need(Permission.RETURN_CHECK)
    if not name.strip():
        raise DomainError("blank_name", "name")
    cells = suggested(opened(content))
    series = new_pid()
    row = BlankForm(
        pid=series, series=series, number=1, name=name.strip()[:120], year=year, money="thousand",
        file_name=file_name[:160], content=content, cells=json.dumps(cells, ensure_ascii=False),
        person_id=actor.person_id, added_at=now(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def remap(
    *, actor: AnyViewer, row: BlankForm, name: str, year: int, money: str, typed: Mapping[str, str]
) -> BlankForm:
    """The next version with another map. Raises what `checked` raises, `blank_name`, and Conflict
    `blank_stale` when the version is not the newest."""
    actor.need(Permission.RETURN_CHECK)
    if not name.strip():
        raise DomainError("blank_name", "name")
    newest = versions(row)[0]
    if newest.id != row.id:
        raise Conflict("blank_stale")
    cells = checked(opened(row.content), typed)
    made = BlankForm(
        series=row.series, number=row.number + 1, name=name.strip()[:120], year=year,
        money=money if money in MONEY else "thousand", file_name=row.file_name,
        content=row.content, cells=json.dumps(cells, ensure_ascii=False),
        person_id=actor.person_id, added_at=now(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def numbers(row: BlankForm, form: Form) -> dict[str, Decimal | None]:
    """Full cell name → the number of a return's form in the unit that the blank form asks."""
    found: dict[str, Decimal | None] = {}
    for key, cell in cells_of(row).items():
        value = form.values[key]
        item = BY_CODE[key.partition(":")[0]]
        if item.unit == "money":
            amount = value.amount
            found[cell] = None if amount is None else Decimal(amount) / MONEY[row.money]
        else:
            found[cell] = in_unit(item.unit, value.amount)
    return found
