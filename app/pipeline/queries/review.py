"""复查: graduations whose ground has gone since, for the district to uphold or return."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import ColumnElement, String, and_, cast, exists, literal, or_, select
from sqlalchemy.orm import aliased

from app.core.db import session
from app.core.kept import kept
from app.core.text import _, language
from app.firms.models import Figures, Milestone
from app.pipeline.judging import look
from app.pipeline.models import Graduation, GraduationState
from app.pipeline.words import clause_words


def to_review() -> list[Graduation]:
    """Verified graduations that lost ground after the district last looked at them."""
    return [session.get_one(Graduation, number) for number in kept("pipeline:review", _to_review)]


def _to_review() -> tuple[int, ...]:
    statement = (
        select(Graduation)
        .where(Graduation.state == GraduationState.VERIFIED, _touched("rev"))
        .order_by(Graduation.graduated_on.desc(), Graduation.id)
    )
    return tuple(row.id for row in session.scalars(statement) if lost_clauses(row))


def lost_ground(rows: Iterable[Graduation]) -> dict[int, str]:
    """graduation id → what it rested on and no longer can, in words.

    A record that the frozen verdict was decided on has been voided, corrected or revoked since,
    or figures of a better source stand before it, and judged anew by its day the graduation no
    longer meets that clause. What else came later or does not bear on the clause changes nothing.
    """
    held = {row.id: row for row in rows}
    touched = select(Graduation.id).where(Graduation.id.in_(sorted(held)), _touched("cut"))
    found = {}
    for number in session.scalars(touched.order_by(Graduation.id)) if held else ():
        if clauses := lost_clauses(held[number]):
            found[number] = _("、").join(_ground(held[number], code) for code in clauses)
    return found


def lost_clauses(row: Graduation) -> list[str]:
    """Clauses of the graduation's basis that by its day are no longer met; of one standard."""
    now = look(row.firm, row.graduated_on)
    if now is None or now.standard_id != row.standard_id:
        return []
    met = now.basis.split(",")
    return [code for code in row.basis.split(",") if code and code not in met]


def _touched(since: str) -> ColumnElement[bool]:
    """Whether an item of the frozen verdict was rewritten or withdrawn after a revision of the row.

    Begins at the former versions, which are few, and looks each one's graduation up.
    """
    graduation = aliased(Graduation)
    parts: list[ColumnElement[bool]] = []
    for model, before, name, after in (
        (Milestone, '"pid":"', "pid", '"'),
        (Figures, '"id":', "id", ","),
    ):
        past = model.__history__.c
        item = literal(before) + cast(past[name], String) + literal(after)
        statement = select(graduation.id).where(
            graduation.firm_id == past.firm_id,
            past.rev_to > getattr(graduation, since),
            graduation.frozen.contains(item),
        )
        parts.append(Graduation.id.in_(statement))
    parts.append(_superseded(since))
    return and_(Graduation.basis != "", or_(*parts))


def _superseded(since: str) -> ColumnElement[bool]:
    """Whether figures of another source were entered after a revision of the graduation, for a
    period whose figures the frozen verdict read."""
    read, later = aliased(Figures), aliased(Figures)
    item = literal('"id":') + cast(read.id, String) + literal(",")
    same = and_(
        read.firm_id == later.firm_id, read.year == later.year, read.quarter == later.quarter,
        read.id != later.id,
    )  # fmt: skip
    return exists(
        select(later.id)
        .join(read, same)
        .where(later.firm_id == Graduation.firm_id, later.rev > getattr(Graduation, since))
        .where(Graduation.frozen.contains(item))
        .correlate(Graduation)
    )


def _ground(row: Graduation, clause: str) -> str:
    """A lost clause with the records that it rested on and what became of them."""
    items = _items(row, clause)
    held = select(Milestone).where(Milestone.pid.in_(sorted(items)))
    now = {one.pid: one for one in session.scalars(held)}
    told = []
    for pid, words in items.items():
        entry = now.get(pid)
        if entry is None:
            told.append(_("%(record)s已作废", record=words))
        elif entry.revoked_on is not None:
            title = entry.title.label if entry.title else words
            told.append(_("%(title)s后被取消", title=title))
        elif entry.rev > row.cut:
            told.append(_("%(record)s已更正", record=words))
    why = _("；").join(told) or _("填报数据已更正")
    return _("%(clause)s：%(why)s", clause=clause_words(clause), why=why)


def _items(row: Graduation, clause: str) -> dict[str, str]:
    """Milestones of a clause in the frozen verdict: pid → what it is called, by day; one that
    bears no name is told by its day."""
    reader = language()
    return {
        str(item["pid"]): item["words"][reader] or _("%(day)s 的记录", day=item["day"])
        for finding in json.loads(row.frozen).get("findings", ())
        for item in finding["items"]
        if finding["clause"] == clause and item["pid"]
    }
