"""Changing the rule book, and the calls that other rooms decide by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import select

from app.core.access import AnyViewer
from app.core.canonical import digest_of
from app.core.db import session
from app.core.errors import DomainError, NotFound
from app.core.text import N_
from app.criteria import gaps, queries, transition, verdicts
from app.criteria.models import Standard, StandardForce, StandardState
from app.criteria.parse import overlap
from app.criteria.plan import references, tree_of
from app.criteria.queries import assess, assess_many, assess_rules, limit_months, outcomes
from app.criteria.rulefile import RuleFile, read
from app.criteria.tree import Fault, Force, Part, Test, Tree
from app.criteria.verdict import Words, said

Approved = Callable[[Standard], None]

STANDARDS = Path(__file__).resolve().parents[len("ab")] / "seed" / "standards"
CASES = STANDARDS / "cases"


def load_standards(*, actor: AnyViewer, today: dt.date, folder: Path = STANDARDS) -> list[Standard]:
    """Seed the standards of a folder as approved. Equal ones are left alone; other content makes
    a draft of the next version. Returns the standards that were written."""
    files = [read(path) for path in sorted(folder.glob("*.yaml"))]
    check_references(files)
    made = [_store(file, actor, today, approved=True) for file in files]
    session.flush()
    queries.forget_book()
    for one in filter(None, made):
        transition.check(queries.book().get(one.rule, ()), one.content)
    return [one for one in made if one is not None]


def load_draft(*, actor: AnyViewer, today: dt.date, path: Path) -> Standard | None:
    """Load one file as a draft for a second person; None when the book already holds it."""
    file = read(path)
    check_references([file])
    transition.check(queries.book().get(file.tree.rule, ()), file.content)
    made = _store(file, actor, today, approved=False)
    session.flush()
    if made is not None:
        for n, new in enumerate(file.tree.force):
            for held, other in approved_days(file.tree.rule):
                if keeps(held, new):
                    raise file.overlapping(other.version, n)
    return made


def draft_of(rule: str, number: int) -> Standard:
    """A version of a rule by its number; NotFound for another."""
    found = session.scalars(
        select(Standard).where(Standard.rule == rule, Standard.version == number)
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


def approve(*, actor: AnyViewer, today: dt.date, standard: Standard, ticked: str = "") -> None:
    """Put a draft in force. Refused to its author, before that person has submitted it, where
    versions would overlap, and where days without a version would be left that were not `ticked`.

    A version that began earlier ends on the day the new one begins.
    """
    if standard.state not in (StandardState.DRAFT, StandardState.SUBMITTED):
        raise DomainError("standard_state")
    if actor.person_id is not None and actor.person_id == standard.author_id:
        raise DomainError("standard_second_person")
    if standard.state is StandardState.DRAFT and standard.author_id is not None:
        raise DomainError("standard_unsubmitted")
    try:
        forces = tree_of(standard.content).force
    except Fault as fault:
        raise DomainError("standard_unreadable", reason=fault.reason) from None
    transition.check(queries.book().get(standard.rule, ()), standard.content)
    left = gaps.gaps(standard)
    if gaps.key(left) != ticked:
        raise DomainError("standard_gap", gaps=" ".join(map(str, left)))
    _give_way(standard, forces)
    check_overlap(standard.rule, standard.version, forces)
    standard.state = StandardState.APPROVED
    standard.approver_id = actor.person_id
    standard.approved_on = today
    session.flush()
    queries.forget_book()
    verdicts.age(today, standard.rule)


def on_approval(app: Flask, prepare: Callable[[str, int, dt.date], Approved]) -> None:
    """Before a draft is approved call `prepare` with its rule, number and the day; what that
    gives is called inside the write, once the version is in the book."""
    app.extensions.setdefault("approval_hooks", []).append(prepare)


def prepared(rule: str, number: int, day: dt.date) -> list[Approved]:
    """What rooms above have to keep of an approval, reckoned outside the write."""
    hooks = current_app.extensions.get("approval_hooks", ())
    return [prepare(rule, number, day) for prepare in hooks]


def begins(standard: Standard) -> dt.date:
    """The first day on which a version applies to any kind of case."""
    return min(dt.date.fromisoformat(one.starts) for one in tree_of(standard.content).force)


def _give_way(standard: Standard, forces: tuple[Force, ...]) -> None:
    held = session.scalars(
        select(StandardForce)
        .join(Standard, Standard.id == StandardForce.standard_id)
        .where(
            Standard.rule == standard.rule,
            Standard.id != standard.id,
            Standard.state == StandardState.APPROVED,
        )
        .order_by(StandardForce.id)
    )
    for row in held:
        for new in forces:
            starts = dt.date.fromisoformat(new.starts)
            same = (row.kind, row.round) == (new.kind, new.round)
            if same and row.starts < starts and (row.ends is None or row.ends > starts):
                row.ends = starts
    session.flush()


def check_references(files: Iterable[RuleFile]) -> None:
    """Every rule and clause referred to exists, in the files or the book; no circle."""
    files = list(files)
    held: dict[str, list[Tree]] = {}
    for file in files:
        held.setdefault(file.tree.rule, []).append(file.tree)
    for versions in queries.book().values():
        for version in versions:
            held.setdefault(version.rule, []).append(version.tree)
    for file in files:
        for other in sorted(references(file.tree)):
            _check_reach(file, other, held)
        for node in file.tree.nodes():
            if isinstance(node, Test) and isinstance(node.value, Part):
                _check_part(file, node, node.value, held)


def _check_reach(file: RuleFile, first: str, held: dict[str, list[Tree]]) -> None:
    """Follow one reference of a file to its end."""
    rule, seen, ahead = file.tree.rule, {first}, [first]
    word = "standard" if f'"standard":"{first}"' in file.content else "rule"
    while ahead:
        other = ahead.pop()
        if other not in held:
            raise file.refusal(word, first, said(N_("没有名为 %(rule)s 的标准"), rule=other))
        if other == rule:
            raise file.refusal(
                word, first, said(N_("%(rule)s 经 %(first)s 引用了自己"), rule=rule, first=first)
            )
        further = {more for tree in held[other] for more in references(tree)} - seen
        seen |= further
        ahead += sorted(further)


def _check_part(file: RuleFile, node: Test, part: Part, held: dict[str, list[Tree]]) -> None:
    for tree in held[part.rule]:
        for wanted in tree.nodes():
            named = wanted.clause == part.clause and isinstance(wanted, Test)
            if named and getattr(wanted, "unit", "") == node.unit:
                return
    reason = said(
        N_("%(rule)s 没有单位为 %(unit)s 的条款 %(clause)s"),
        rule=part.rule,
        clause=part.clause,
        unit=node.unit,
    )
    raise file.refusal("clause", node.clause or part.clause, reason)


class Overlap(DomainError):
    """An approved version holds for the same case on the same day as the days given."""

    def __init__(self, title: Words, version: int, force: Force) -> None:
        super().__init__("standard_overlap", rule=title, version=version)
        self.version, self.force = version, force


def check_overlap(rule: str, version: int, forces: tuple[Force, ...]) -> None:
    """No two approved versions of a rule apply to the same case on the same day."""
    for held, other in approved_days(rule):
        for new in forces:
            if other.version != version and overlap(held, new):
                raise Overlap(tree_of(other.content).title, other.version, new)


def approved_days(rule: str) -> list[tuple[Force, Standard]]:
    """When each approved version of a rule is in force, in the order of the days."""
    rows = session.execute(
        select(StandardForce, Standard)
        .join(Standard, Standard.id == StandardForce.standard_id)
        .where(Standard.rule == rule, Standard.state == StandardState.APPROVED)
        .order_by(StandardForce.starts, StandardForce.id)
    )
    found = []
    for row, one in rows:
        ends = row.ends.isoformat() if row.ends else None
        found.append((Force(row.kind, row.starts.isoformat(), ends, row.round), one))
    return found


def keeps(held: Force, new: Force) -> bool:
    """Whether an approved version keeps its days: one that began earlier gives way, unless it
    would be in force again after the new one has ended; a later one does not."""
    if not overlap(held, new):
        return False
    resumes = held.ends is not None and new.ends is not None and new.ends < held.ends
    return held.starts >= new.starts or resumes


def _store(file: RuleFile, actor: AnyViewer, today: dt.date, approved: bool) -> Standard | None:
    """A row for a file, unless the book has its content already."""
    rows = list(
        session.scalars(
            select(Standard).where(Standard.rule == file.tree.rule).order_by(Standard.version)
        )
    )
    if any(row.content_hash == file.content_hash for row in rows):
        return None
    taken = {row.version for row in rows}
    number, changed = file.tree.version, file.tree.version in taken
    if changed:
        number = max(taken) + 1
    if approved and not changed:
        try:
            check_overlap(file.tree.rule, number, file.tree.force)
        except Overlap as error:
            raise file.overlapping(error.version, file.tree.force.index(error.force)) from None
    state = StandardState.APPROVED if approved and not changed else StandardState.DRAFT
    tree = file.tree
    row = Standard(
        rule=tree.rule, version=number, subject=tree.subject, state=state, title=tree.title.zh,
        instrument=tree.instrument.zh, document=tree.document, content=file.content,
        content_hash=file.content_hash, author_id=actor.person_id,
        approved_on=today if state is StandardState.APPROVED else None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    put_days(row, tree)
    return row


def put_days(row: Standard, tree: Tree) -> None:
    """Write when a version is in force, as its content says."""
    for one in tree.force:
        session.add(
            StandardForce(
                standard_id=row.id, kind=one.kind, round=one.round,
                starts=dt.date.fromisoformat(one.starts),
                ends=dt.date.fromisoformat(one.ends) if one.ends else None,
            )
        )  # fmt: skip


def intact(standard: Standard) -> bool:
    """Whether the content still has the hash it was approved with."""
    return digest_of(standard.content) == standard.content_hash


__all__ = [
    "approve", "assess", "assess_many", "assess_rules", "begins", "intact", "limit_months",
    "load_draft", "load_standards", "on_approval", "outcomes", "prepared", "put_days",
]  # fmt: skip
