"""The rule engine beside plain SQL, timed in the same run.

``./dev bench rules [--firms N] [--rounds N] [--database URL]`` times the conditions of a high-tech
enterprise over all firms as the engine asks them against a statement by hand with the same
columns and against a lean one with the outcome alone, and those of graduation against one that
only says yes or no; then all rules over all firms with the cache brought up to date, and one firm
again as a write does it; last what a higher pass mark of the evaluation of technology SMEs would
change, as an impact report asks it. ``--only hnte`` leaves out all but the first. Ratios may be
compared between machines, seconds only on one quiet machine.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import text

from app.core.access import System
from app.core.days import add_months, today
from app.core.db import session, write
from app.core.kept import KEPT
from app.criteria import compile as compiling
from app.criteria import trial
from app.criteria.editing import changed, sections
from app.criteria.queries import followed, in_force, plan, version_of
from app.criteria.trial import results
from app.criteria.verdicts import judge, judge_all
from bench import hnte
from bench.pages import FIRMS, population
from config import load

ROOT = Path(__file__).resolve().parent.parent
ACTOR = System("bench")
RULE, SCORED = "incubator.graduation", "tech_sme"
ONES = 200
#: 第九条 by hand: met or not on what is recorded, nothing about what is missing.
LEAN = (
    """
WITH money AS (
    SELECT firm_id, SUM(amount) AS received FROM milestone
    WHERE kind = 'financing' AND money_state = 'received' AND received_on <= :day
      AND investor IN ('angel', 'venture') GROUP BY firm_id),
titles AS (
    SELECT DISTINCT firm_id FROM milestone WHERE kind = 'recognition' AND title = 'hnte'
      AND (filed_on <= :day OR issued_on <= :day) AND (revoked_on IS NULL OR revoked_on > :day)
      AND COALESCE(expires_on >= :day, COALESCE(issued_on, filed_on) > :three)),
deals AS (
    SELECT DISTINCT firm_id FROM milestone WHERE kind = 'deal' AND day <= :day
      AND deal IN ('merged', 'acquired', 'listed', 'quoted')),
years AS (
    SELECT firm_id, year, COALESCE(MAX(CASE WHEN source = 'hnte_report' THEN revenue END),
        MAX(CASE WHEN source = 'settlement' THEN revenue END),
        MAX(CASE WHEN source = 'audit' THEN revenue END),
        MAX(CASE WHEN source = 'express' THEN revenue END)) AS revenue
    FROM figures WHERE quarter = 0 AND year <= :fiscal GROUP BY firm_id, year),
pairs AS (
    SELECT one.firm_id, MAX(one.revenue + two.revenue) AS best FROM years AS one
    JOIN years AS two ON two.firm_id = one.firm_id AND two.year = one.year + 1
    GROUP BY one.firm_id)
SELECT firm.id, CASE WHEN titles.firm_id IS NOT NULL OR money.received > 500000000
    OR pairs.best > 1000000000 OR deals.firm_id IS NOT NULL THEN 1 ELSE 0 END AS met
FROM firm LEFT JOIN money ON money.firm_id = firm.id LEFT JOIN titles ON titles.firm_id = firm.id
LEFT JOIN deals ON deals.firm_id = firm.id LEFT JOIN pairs ON pairs.firm_id = firm.id
WHERE """
    + hnte.FOLLOWED
)


def seconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def by_engine(rule: str) -> list[Any]:
    """Every column of the verdict's row."""
    made = compiling.statement(plan([rule], today()), "all", False, brief=True)
    return list(session.execute(made.query, made.bind(today(), None, [])))


def graduation_by_hand() -> list[Any]:
    """Yes or no."""
    day = today()
    values = {"day": day, "three": add_months(day, -36), "fiscal": day.year - 1}
    return list(session.execute(text(LEAN), values))


def compared(rule: str, hands: dict[str, Callable[[], Any]], rounds: int) -> None:
    """Print the medians of the engine and of statements by hand, each in turn within a round."""
    works = {"engine": lambda: by_engine(rule), **hands}
    firms = {name: len(work()) for name, work in works.items()}
    assert len(set(firms.values())) == 1, firms
    times = [{name: seconds(work) for name, work in works.items()} for _ in range(rounds)]
    engine = statistics.median(one["engine"] for one in times)
    print(f"{rule}: {firms['engine']} firms, engine {engine:.3f} s", flush=True)
    for name in hands:
        hand = statistics.median(one[name] for one in times)
        ratio = statistics.median(one["engine"] / one[name] for one in times)
        print(f"  {name} {hand:.3f} s, ratio {ratio:.2f}", flush=True)


def hnte_by_hand(statement: str) -> Callable[[], list[Any]]:
    """A statement of `bench.hnte` for today."""
    return lambda: list(session.execute(text(statement), hnte.days(today())))


def one_by_one() -> float:
    """Median seconds of judging one firm that is followed under every rule inside a write."""
    ids = sorted(followed(None, today()))[:ONES]
    with write("bench:judge", actor=ACTOR):
        judge(ids[:1], today())
        return statistics.median(seconds(lambda n=n: judge([n], today())) for n in ids)


def whole_book() -> None:
    """Print the seconds of all rules over all firms, and the milliseconds of one firm."""
    judge_all(today(), actor=ACTOR)
    whole = statistics.median(seconds(lambda: judge_all(today(), actor=ACTOR)) for _ in range(3))
    print(f"all {len(in_force(today()))} rules over all firms, cache written: {whole:.2f} s")
    print(f"one firm again under all rules: {one_by_one() * 1000:.1f} ms")


def impact(rounds: int) -> None:
    """Print the seconds of a rule with a score as it stands and with a higher pass mark, over
    all firms; what is kept between two pages is let go, so each run is the first one."""
    base = version_of(SCORED, today())
    plain = json.loads(base.content)
    marks = [p for s in sections(plain) for p in s.places if p.unit == "分"]  # zh: parsed
    other = trial.changed_version(base, changed(plain, marks[:1], {p.name: "80" for p in marks}))
    times, moved = [], 0
    for _round in range(rounds):
        session.rollback()
        current_app.extensions.pop(KEPT, None)
        begun = time.perf_counter()
        found = trial.compared(results(base, today()), results(other, today()))
        moved = sum(before != after for before, after in found.values())
        times.append(time.perf_counter() - begun)
    shown = f"{statistics.median(times):.2f} s, {moved} of {len(found)} move"
    print(f"{SCORED} with a higher pass mark beside the one in force: {shown}")


def main(args: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./dev bench rules")
    parser.add_argument("--firms", type=int, default=FIRMS)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", choices=["hnte"], help="nothing but the run of this rule")
    parser.add_argument("--database", help="address; default: SQLite under .run/")
    chosen = parser.parse_args(args)
    url = chosen.database or f"sqlite:///{ROOT / '.run' / f'bench-{chosen.firms}.db'}"
    (ROOT / ".run").mkdir(exist_ok=True)
    app = population(
        load({"APP_ENV": "development", "DEMO": "1", "DATABASE_URL": url}), chosen.firms
    )
    with app.app_context():
        engine = session.get_bind().dialect.name
        print(f"{chosen.rounds} rounds, {engine}")
        hands = {
            "the same columns by hand": hnte_by_hand(hnte.full(engine)),
            "the outcome alone by hand": hnte_by_hand(hnte.lean(engine)),
        }
        compared("hnte", hands, chosen.rounds)
        if chosen.only:
            return 0
        compared(RULE, {"yes or no by hand": graduation_by_hand}, chosen.rounds)
        session.rollback()
        whole_book()
        impact(chosen.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
