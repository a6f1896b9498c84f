"""Drafts written on a page: made from a version, edited, submitted, withdrawn by their author."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import delete, func, select

from app.core.access import AnyViewer
from app.core.canonical import canonical, digest_of
from app.core.db import session
from app.core.errors import Conflict, DomainError, Forbidden, register_messages
from app.core.text import N_
from app.criteria import transition
from app.criteria.editing import same, spans
from app.criteria.models import Standard, StandardForce, StandardState
from app.criteria.plan import tree_of
from app.criteria.queries import book
from app.criteria.service import approved_days, keeps, put_days
from app.criteria.tree import Force

register_messages(
    {
        "standard_same": N_("与第 %(version)s 版没有任何不同。请先修改门槛、文字或日期。"),
        "standard_days_taken": N_(
            "第 %(version)s 版自 %(starts)s 起施行，与这里的日期重叠。"
            "请把止日填到 %(starts)s 或更早，或改起日。"
        ),
        "standard_not_open": N_("这一版已不是草稿，不能再改。"),
    }
)


def create(*, actor: AnyViewer, origin: Standard, content: dict[str, Any]) -> Standard:
    """Keep an edited copy of a version as a draft of the next number.

    Refused where nothing differs, or where its days meet an approved version that would not end.
    """
    if same(content, json.loads(origin.content)):
        raise DomainError("standard_same", version=origin.version)
    _check_lines(origin, content)
    last = session.scalar(select(func.max(Standard.version)).where(Standard.rule == origin.rule))
    row = Standard(rule=origin.rule, version=(last or 0) + 1, subject=origin.subject,
                   state=StandardState.DRAFT)  # fmt: skip
    _fill(row, content, actor)
    session.add(row)
    session.flush()
    put_days(row, tree_of(row.content))
    session.flush()
    return row


def change(
    *, actor: AnyViewer, standard: Standard, rev: int | None, content: dict[str, Any]
) -> None:
    """Keep an edited draft; one that was submitted must be submitted anew."""
    need_author(actor, standard)
    if rev != standard.rev:
        raise Conflict("stale")
    _check_lines(standard, content)
    _fill(standard, content, actor)
    standard.state = StandardState.DRAFT
    session.execute(delete(StandardForce).where(StandardForce.standard_id == standard.id))
    put_days(standard, tree_of(standard.content))
    session.flush()


def submit(*, actor: AnyViewer, standard: Standard) -> None:
    """Hand a draft to a second person, who may then approve it."""
    need_author(actor, standard)
    if standard.state is not StandardState.DRAFT:
        raise DomainError("standard_not_open")
    standard.state = StandardState.SUBMITTED
    session.flush()


def withdraw(*, actor: AnyViewer, standard: Standard) -> None:
    """Take a draft back for good. Its row and number stay."""
    need_author(actor, standard)
    standard.state = StandardState.WITHDRAWN
    session.flush()


def is_open(standard: Standard) -> bool:
    """Whether it is still a draft, submitted or not."""
    return standard.state in (StandardState.DRAFT, StandardState.SUBMITTED)


def mine(actor: AnyViewer, standard: Standard) -> bool:
    """Whether this person wrote it; a loaded file belongs to whoever takes it up."""
    return standard.author_id is None or standard.author_id == actor.person_id


def need_author(actor: AnyViewer, standard: Standard) -> None:
    """Forbidden to others than the author; refused where it is no draft any more."""
    if not is_open(standard):
        raise DomainError("standard_not_open")
    if not mine(actor, standard):
        raise Forbidden()


def _fill(row: Standard, content: dict[str, Any], actor: AnyViewer) -> None:
    row.content = canonical({**content, "version": row.version})
    row.content_hash = digest_of(row.content)
    tree = tree_of(row.content)
    row.title, row.instrument, row.document = tree.title.zh, tree.instrument.zh, tree.document
    row.author_id = actor.person_id


def _check_lines(origin: Standard, content: dict[str, Any]) -> None:
    """The days of an edited content; what is wrong is said at the row of the form that `origin`
    gave, whichever of its rows were filled."""
    rows = spans(json.loads(origin.content))
    for one in content["in_force"]:
        wanted = (one["kind"], one.get("round"))
        row = f"d{rows.index(wanted)}" if wanted in rows else None
        _check_days(origin.rule, one, row and f"{row}__ends")
        alone = canonical({**content, "in_force": [one]})
        transition.check(book().get(origin.rule, ()), alone, row and f"{row}__transition")


def _check_days(rule: str, line: dict[str, Any], field: str | None) -> None:
    """Days that an approved version keeps."""
    new = Force(line["kind"], line["from"], line.get("until"), line.get("round"))
    for old, one in approved_days(rule):
        if old.starts >= new.starts and keeps(old, new):
            raise DomainError("standard_days_taken", field, version=one.version, starts=old.starts)


__all__ = ["change", "create", "is_open", "mine", "need_author", "submit", "withdraw"]
