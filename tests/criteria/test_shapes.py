"""One firm, some and all give the same findings; the cache and what is frozen say the same."""

from __future__ import annotations

import datetime as dt
from itertools import product

from flask import Flask

from app.core.db import last_revision, session, write
from app.criteria.models import Outcome
from app.criteria.queries import assess_many, assess_rules, followed, in_force
from app.criteria.verdict import Verdict
from app.criteria.verdicts import standing
from app.firms.models import Firm, Milestone
from tests.criteria.conftest import ACTOR, TODAY, money
from tests.criteria.oracle_firms import Maker
from tests.criteria.oracle_store import (
    amend,
    as_told,
    cached,
    carriers,
    difference,
    judged,
    stays,
    store,
)


def numbers(found: Verdict) -> list[tuple[object, ...]]:
    """What a finding says, without its items."""
    head = (found.outcome, found.display, found.candidate, found.score_low, found.score_high)
    return [head, *((f.clause, f.outcome, f.display, f.low, f.high, f.gap) for f in found.findings)]


def test_one_some_and_all_say_the_same(app: Flask, rules: None) -> None:
    maker = Maker(41, carriers())
    records = [maker.firm(TODAY) for _n in range(30)]
    cut = store(records)
    ids = [rec.firm["id"] for rec in records]
    answers = judged(TODAY, records)
    names = sorted(in_force(TODAY))
    every = {rule: assess_many(rule, None, TODAY) for rule in names}
    some = {rule: assess_many(rule, ids, TODAY) for rule in names}
    listed = {rec.firm["id"] for rec in records if stays(rec, TODAY)}
    assert 0 < len(listed) < len(ids)
    assert all(set(found) == listed == followed(ids, TODAY) for found in every.values())
    for firm in ids:
        for found in assess_rules(names, firm, TODAY):
            if firm in listed:
                assert numbers(found) == numbers(every[found.rule][firm])
            assert numbers(found) == numbers(some[found.rule][firm])
            assert difference(as_told(found), answers[found.rule, firm]) is None
    frozen = {(v.rule, f): v.freeze() for f in ids[:5] for v in assess_rules(names, f, TODAY, cut)}
    amend(maker, records, TODAY)
    again = {(v.rule, f): v.freeze() for f in ids[:5] for v in assess_rules(names, f, TODAY, cut)}
    assert again == frozen


def test_the_cache_follows_each_write(app: Flask, rules: None) -> None:
    maker = Maker(42, carriers())
    records = [maker.firm(TODAY) for _n in range(12)]
    store(records)
    judged(TODAY)
    for rec in records:
        with write("test:touch", actor=ACTOR):
            firm = session.get_one(Firm, rec.firm["id"])
            firm.sector = "ai" if firm.sector != "ai" else None
            session.add(Milestone(firm_id=firm.id, **money(amount=500_000_001)))
    ids = [rec.firm["id"] for rec in records]
    kept = cached(TODAY)
    assert {firm for _rule, firm in kept} == followed(ids, TODAY)
    assert last_revision() > len(ids)
    met, names = 0, sorted(in_force(TODAY))
    for firm, day in product(ids[:4], (TODAY, TODAY + dt.timedelta(40))):
        shown = {found.rule: found.display for found in assess_rules(names, firm, day)}
        assert standing(names, firm, day) == shown
    for firm in ids:
        for found in assess_rules(sorted(in_force(TODAY)), firm, TODAY):
            if firm in followed(ids, TODAY):
                assert difference(as_told(found), kept[found.rule, firm]) is None
            met += found.outcome is Outcome.MET
    assert met
