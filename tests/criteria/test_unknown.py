"""Less data only ever moves an outcome towards 资料不全: never from yes to no, nor back."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.criteria.oracle_facts import FRESH, HEADS_COLUMNS, MONEY_COLUMNS, Record, Row
from tests.criteria.oracle_firms import Maker
from tests.criteria.oracle_rules import Told
from tests.criteria.oracle_store import PARTS, carriers, judged, store

DAY = dt.date(2026, 11, 24)
#: one figure that may be entered in two ways, of which the first takes precedence
SAME = {"rd_hnte": ("rd_hnte", "rd_internal")}
#: `incubation_field` is not among them: left empty it says "none of the special fields"
PROFILE = (
    "legal_form", "founded_on", "sector", "tech_business", "banned_business", "field",
    "industry",
)  # fmt: skip


def renamed(maker: Maker, rec: Record) -> Record:
    """The same firm under other numbers."""
    twin = copy.deepcopy(rec)
    twin.firm["id"] = maker.id()
    if twin.firm["code"]:
        twin.firm["code"] = f"T{twin.firm['id']:017d}"
    for part in PARTS:
        for row in getattr(twin, part):
            row |= {"id": maker.id(), "firm_id": twin.firm["id"]}
    return twin


def covers(rec: Record, promise: Row, row: Row) -> bool:
    """Whether a promise says that a milestone would be recorded had it happened."""
    born = rec.firm["founded_on"]
    starts = promise["starts"]
    if starts is not None and born is not None and starts <= born:
        starts = None
    ends = promise["ends"] + dt.timedelta(FRESH)
    days = [value for value in row.values() if isinstance(value, dt.date)]
    right_kind = promise["kind"] in (None, row["kind"])
    return right_kind and any((starts or dt.date.min) <= day <= ends for day in days)


def lesser(maker: Maker, rec: Record) -> Iterator[tuple[str, Record]]:
    """The firm with one input unknown: a profile field, a figure, a promise, a milestone."""
    name = maker.one(*PROFILE)
    if rec.firm[name] is not None:
        twin = renamed(maker, rec)
        twin.firm[name] = None
        yield name, twin
    if rec.figures:
        twin = renamed(maker, rec)
        year, column = maker.one(*twin.figures)["year"], maker.one(*MONEY_COLUMNS, *HEADS_COLUMNS)
        for row in twin.figures:
            for name in SAME.get(column, (column,)):
                row[name] = None if row["year"] == year else row[name]
        yield f"{column} {year}", twin
    if rec.stated:
        twin = renamed(maker, rec)
        key = maker.one(*twin.stated)["key"]
        twin.stated = [row for row in twin.stated if row["key"] != key]
        yield f"statement {key}", twin
    if rec.attestations:
        twin = renamed(maker, rec)
        gone = twin.attestations.pop(maker.rng.randrange(len(twin.attestations)))
        yield f"promise {gone['kind']} {gone['starts']} {gone['ends']}", twin
    if rec.milestones:
        twin = renamed(maker, rec)
        gone = twin.milestones.pop(maker.rng.randrange(len(twin.milestones)))
        twin.attestations = [a for a in twin.attestations if not covers(twin, a, gone)]
        yield f"milestone {gone['kind']}", twin


def wrong_way(before: Told, after: Told) -> list[str]:
    """What moved otherwise than to unknown."""
    moved = [("outcome", before.outcome, after.outcome)]
    if before.outcome != "not_applicable":
        moved += [(name, word, after.clauses[name]) for name, word in before.clauses.items()]
    return [f"{name} {old} → {new}" for name, old, new in moved if new not in (old, "unknown")]


def check(firms: int, seed: int) -> None:
    """Firms and their lesser twins, judged together."""
    maker = Maker(seed, carriers())
    whole = [maker.firm(DAY) for _n in range(firms)]
    twins = [(rec, what, twin) for rec in whole for what, twin in lesser(maker, rec)]
    store([*whole, *(twin for _rec, _what, twin in twins)])
    found = judged(DAY)
    rules = sorted({rule for rule, _firm in found})
    bad, moved = [], 0
    for rec, what, twin in twins:
        for rule in rules:
            before, after = found[rule, rec.firm["id"]], found[rule, twin.firm["id"]]
            moved += before.outcome != after.outcome
            bad += [
                f"{rule}, firm {rec.firm['id']} without {what}: {one}"
                for one in wrong_way(before, after)
            ]
    assert not bad, "\n".join(bad[:40])
    assert moved > firms / 10


def test_less_data_moves_outcomes_to_unknown(app: Flask, rules: None) -> None:
    check(300, 21)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(22, 26))
def test_less_data_moves_many_outcomes_to_unknown(app: Flask, rules: None, seed: int) -> None:
    check(2_000, seed)
