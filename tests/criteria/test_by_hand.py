"""高新技术企业认定 by hand, against which the bench times the engine: the same to the letter."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import text

from app.core.db import session
from app.criteria import compile as compiling
from app.criteria.queries import plan
from bench.hnte import COLUMNS, days, full, lean
from tests.criteria.oracle_firms import Maker
from tests.criteria.oracle_store import carriers, store

FLAGS = ("candidate", "manual_review")


def rows_of_both(day: dt.date) -> tuple[dict[int, tuple[object, ...]], ...]:
    """(engine, hand): the row of each firm."""
    planned = plan(["hnte"], day)
    made = compiling.statement(planned, "all", False, brief=True)
    engine = session.execute(made.query, made.bind(day, None, []))
    named = list(engine.keys())
    assert [name.split("_", 1)[-1] for name in named] == list(COLUMNS)
    hand = session.execute(text(full(session.get_bind().dialect.name)), days(day))
    assert list(hand.keys()) == list(COLUMNS)
    both = []
    for result in (engine, hand):
        found = [row._mapping for row in result]
        keys = list(result.keys())
        values = [dict(zip(COLUMNS, (row[k] for k in keys), strict=True)) for row in found]
        both.append(
            {r["id"]: tuple(bool(v) if k in FLAGS else v for k, v in r.items()) for r in values}
        )
    return both[0], both[1]


@pytest.mark.parametrize("day", [dt.date(2026, 4, 30), dt.date(2028, 2, 29)])
def test_both_say_the_same_of_every_firm(app: Flask, rules: None, day: dt.date) -> None:
    store(Maker(41, carriers()).firms(600, (day,)))
    engine, hand = rows_of_both(day)
    assert 300 < len(engine) < 600, "those that have left are not judged"
    assert {f: (engine[f], hand.get(f)) for f in engine if engine[f] != hand.get(f)} == {}
    assert set(hand) == set(engine)
    alone = session.execute(text(lean(session.get_bind().dialect.name)), days(day))
    assert {row.id: row.outcome for row in alone} == {f: row[1] for f, row in engine.items()}
    column = {name: n for n, name in enumerate(COLUMNS)}
    outcomes = {row[column["display"]] for row in engine.values()}
    assert outcomes >= {"met", "not_met", "unknown", "not_applicable"}
    assert {bool(row[column["candidate"]]) for row in engine.values()} == {True, False}
