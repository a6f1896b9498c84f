"""Random firms on their way into the database in bulk, and the engine's answers out of it."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update

from app.carriers.models import Site
from app.core.db import current_revision, session, write
from app.criteria import compile as compiling
from app.criteria.batch import FIELDS
from app.criteria.models import Outcome, Verdict
from app.criteria.queries import in_force, plan, version_of
from app.criteria.stage1 import CHUNK
from app.criteria.verdict import Verdict as Assessed
from app.criteria.verdicts import judge_all
from app.firms.models import (
    Attestation,
    Figures,
    Firm,
    FirmLink,
    Milestone,
    Place,
    Residency,
    StatedFigure,
)
from tests.criteria.conftest import ACTOR
from tests.criteria.oracle_book import RULES
from tests.criteria.oracle_facts import House, Record, Row
from tests.criteria.oracle_firms import Maker
from tests.criteria.oracle_rules import Told
from tests.factories.carriers import make_carrier

PARTS: dict[str, Any] = {
    "ties": Residency, "milestones": Milestone, "figures": Figures, "attestations": Attestation,
    "places": Place, "stated": StatedFigure,
}  # fmt: skip
LETTERS = {"m": "met", "n": "not_met", "u": "unknown", "s": "unknown", "x": "not_applicable"}
Key = tuple[str, int]
HOUSES = ((1, True), (1, False), (1, True, False), (2, True), (3, True))


def carriers() -> list[House]:
    """Three incubators, an accelerator and a park: the second at a place nobody told, the third
    there with one of its two sites. Writes.
    """
    return [_house(tier, *told) for tier, *told in HOUSES]


def _house(tier: int, *told: bool) -> House:
    carrier = make_carrier(tier=tier).id
    with write("test:sites", actor=ACTOR):
        session.execute(delete(Site).where(Site.carrier_id == carrier))
        made = [
            Site(
                carrier_id=carrier, name="楼", address="", starts=dt.date(2010, 1, 1),
                town="t01" if here else None,
            )
            for here in told
        ]  # fmt: skip
        session.add_all(made)
        session.flush()
        spots = [(site.id, here) for site, here in zip(made, told, strict=True)]
    return carrier, tier, [(None, all(told)), *spots]


def _stored(row: Row) -> Row:
    return {key: value for key, value in row.items() if key not in ("tier", "in_pudong")}


def store(records: Iterable[Record]) -> int:
    """Write firms with all their rows in one revision; returns its number."""
    held = list(records)
    with write("test:firms", actor=ACTOR):
        rev = current_revision()
        insert_all(Firm, [r.firm for r in held], rev)
        for part, model in PARTS.items():
            insert_all(model, [row for r in held for row in getattr(r, part)], rev)
        insert_all(FirmLink, [link for r in held for link, _older in r.links], rev)
    return rev


def insert_all(model: Any, rows: Sequence[Row], rev: int) -> None:
    """Write rows that say nothing of a column as NULL, so that they are all alike.

    Rows that name different columns take a statement for each set of names: thousands.
    """
    if not rows:
        return
    columns = model.__table__.columns
    named = {key for row in rows for key in _stored(row)}
    nothing = {n: None for n in named if columns[n].default is columns[n].server_default is None}
    session.execute(
        insert(model).execution_options(render_nulls=True),
        [nothing | _said(row) | {"rev": rev} for row in rows],
    )


def _said(row: Row) -> Row:
    return {key: value for key, value in _stored(row).items() if value is not None}


def amend(maker: Maker, records: Sequence[Record], day: dt.date) -> list[Record]:
    """Withdraw, correct and add rows in one revision; the firms as they are known afterwards."""
    after = copy.deepcopy(list(records))
    with write("test:amend", actor=ACTOR):
        rev = current_revision()
        for rec in after:
            for _n in range(maker.one(0, 1, 2)):
                part = maker.one(*PARTS)
                if part == "ties" or not getattr(rec, part):
                    _add(maker, rec, day, rev)
                elif maker.chance(0.5):
                    _withdraw(maker, rec, part)
                else:
                    _correct(maker, rec, part, day, rev)
            if maker.chance(0.1):
                rec.firm["legal_form"] = maker.one("company", None, "branch")
                session.execute(
                    update(Firm.__table__)
                    .where(Firm.__table__.c.id == rec.firm["id"])
                    .values(legal_form=rec.firm["legal_form"], rev=rev)
                )
    return after


def _add(maker: Maker, rec: Record, day: dt.date, rev: int) -> None:
    row = maker.milestone(rec, day, maker.one("financing", "recognition", "deal", "ip"))
    rec.milestones.append(row)
    insert_all(Milestone, [row], rev)


def _withdraw(maker: Maker, rec: Record, part: str) -> None:
    row = getattr(rec, part).pop(maker.rng.randrange(len(getattr(rec, part))))
    session.execute(delete(PARTS[part].__table__).where(PARTS[part].id == row["id"]))


def _correct(maker: Maker, rec: Record, part: str, day: dt.date, rev: int) -> None:
    row = maker.one(*getattr(rec, part))
    if part == "milestones":
        new = maker.milestone(rec, day, row["kind"]) | {"number": row["number"]}
    elif part == "figures":
        new, _rest = maker.year(rec, row["year"], row["source"], 0)
        new["quarter"] = row["quarter"]
    elif part == "places":
        new = {"district": maker.one("310115", "310104")}
    elif part == "stated":
        new = {"until": max(maker.by(day), row["day"] + dt.timedelta(1))}
    else:
        new = {"kind": maker.one(None, "financing", "deal")}
    row |= new | {"id": row["id"]}
    session.execute(
        update(PARTS[part].__table__)
        .where(PARTS[part].__table__.c.id == row["id"])
        .values(_stored(row) | {"rev": rev})
    )


def ids_of(records: Iterable[Record]) -> list[int]:
    """Ids of firms."""
    return [rec.firm["id"] for rec in records]


def told(records: Sequence[Record], day: dt.date) -> dict[Key, Told]:
    """The oracle's answers by rule and firm, for the rules in force on the day."""
    return {
        (rule, rec.firm["id"]): RULES[rule](rec, day) for rule in in_force(day) for rec in records
    }


def judged(day: dt.date, records: Sequence[Record] = ()) -> dict[Key, Told]:
    """The engine's answers: whoever is on a list of the day judged by the set-based statement and
    read from the cache; the others, of whom nothing may be kept, as a page would judge them."""
    judge_all(day, actor=ACTOR)
    kept = cached(day)
    listed = {firm for _rule, firm in kept}
    ids = {rec.firm["id"] for rec in records}
    assert listed & ids == {rec.firm["id"] for rec in records if stays(rec, day)}
    every = session.scalars(select(Firm.id).where(Firm.merged_into_id.is_(None)))
    return kept | asked(day, sorted(set(every) - listed))


def stays(rec: Record, day: dt.date) -> bool:
    """Whether a firm stands on lists of a day: it has no tie yet, or not only ended ones."""
    return not rec.ties or any(tie["ends"] is None or tie["ends"] > day for tie in rec.ties)


def asked(day: dt.date, ids: Sequence[int]) -> dict[Key, Told]:
    """What is said of some firms when they are asked for, without the cache."""
    names = _clauses(day)
    one = plan(sorted(rule for rule, _clauses in names.values()), day)
    made, found = compiling.statement(one, "chunk", False, brief=True), {}
    for start in range(0, len(ids), CHUNK):
        part = list(ids[start : start + CHUNK])
        for row in session.execute(made.query, made.bind(day, None, part)).mappings():
            for number, (rule, clauses) in names.items():
                told_ = {name: row[f"r{number}_{name}"] for name in FIELDS}
                found[rule, row["id"]] = _told(told_, clauses)
    return found


def _clauses(day: dt.date) -> dict[int, tuple[str, list[str]]]:
    names = {}
    for rule in in_force(day):
        version = version_of(rule, day)
        names[version.id] = (rule, [n.clause for n in version.tree.nodes() if n.clause])
    return names


def _told(row: Mapping[str, Any], clauses: Sequence[str]) -> Told:
    words = dict(zip(clauses, (LETTERS[c] for c in row["clauses"]), strict=True))
    low = row["score_low"]
    score = None if low is None else (low, row["score_high"])
    return Told(str(Outcome(row["outcome"])), bool(row["candidate"]), words, score=score)


def cached(day: dt.date) -> dict[Key, Told]:
    """The verdicts that are kept."""
    names = _clauses(day)
    rows = session.execute(
        select(Verdict.standard_id, Verdict.subject_id, Verdict.outcome, Verdict.candidate,
               Verdict.clauses, Verdict.score_low, Verdict.score_high)
        .where(Verdict.standard_id.in_(names), Verdict.day == day)
    ).mappings()  # fmt: skip
    found = {}
    for row in rows:
        rule, clauses = names[row["standard_id"]]
        found[rule, row["subject_id"]] = _told(dict(row), clauses)
    return found


def as_told(found: Assessed) -> Told:
    """An assessment with all its findings in the oracle's shape."""
    words = {one.clause: one.outcome.value for one in found.findings}
    if found.outcome is Outcome.NOT_APPLICABLE:
        words = dict.fromkeys(words, "not_applicable")
    score = None if found.score_low is None else (found.score_low, found.score_high or 0)
    return Told(found.outcome.value, found.candidate, words, score=score)


def difference(mine: Told, theirs: Told) -> str | None:
    """What differs, in words; None when nothing does."""
    parts = []
    if mine.outcome != theirs.outcome:
        parts.append(f"outcome {mine.outcome} / {theirs.outcome}")
    if mine.candidate != theirs.candidate:
        parts.append(f"candidate {mine.candidate} / {theirs.candidate}")
    asked = [c for c, word in theirs.clauses.items() if word != "not_applicable"]
    names = [*mine.clauses, *(c for c in asked if c not in mine.clauses)]
    for name in names:
        one, other = mine.clauses.get(name), theirs.clauses.get(name)
        if one != other:
            parts.append(f"{name} {one} / {other}")
    if mine.score is not None and mine.score != theirs.score and mine.outcome != "not_applicable":
        parts.append(f"score {mine.score} / {theirs.score}")
    return "; ".join(parts) or None
