"""Each threshold of the shipped rules, below it, at it and above, with data that say nothing else.

The thresholds are read from the YAML, so a new one without a way to reach it here fails.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from app.core.db import session, write
from app.criteria import service
from app.criteria.facts import CATALOGUE
from app.criteria.models import Standard
from app.criteria.queries import in_force
from app.criteria.tree import Group, Growth, Node, Part, Share, Tier, Tree, Use, applies
from app.criteria.tree import Test as Threshold
from tests.criteria.conftest import ACTOR
from tests.criteria.oracle_facts import Record, Row, shifted
from tests.criteria.oracle_firms import Maker
from tests.criteria.oracle_store import carriers, judged, store

DAY = dt.date(2026, 11, 24)
OTHER_TRADE = "I65"
MONTH, HEAD = 32, 24
HOLDS = {"gt": (0, 0, 1), "ge": (0, 1, 1), "le": (1, 1, 0), "lt": (1, 0, 0)}


class Plain(Maker):
    """Makes a firm with nothing but what a test gives it, promised complete."""

    def plain(self, **firm: Any) -> Record:
        """A company founded at the turn of 2024, in an incubator since then."""
        number = self.id()
        start = dt.date(2024, 1, 1)
        rec = Record(
            {
                "id": number, "kind": "firm", "code": f"T{number:017d}", "name": f"界{number}",
                "short_name": f"界{number}", "sort_key": f"{number}", "legal_form": "company",
                "founded_on": start, "mainland": True, "incubation_field": None,
            } | firm
        )  # fmt: skip
        carrier, tier = self.carriers[0]
        rec.ties.append(
            {
                "id": self.id(), "firm_id": number, "carrier_id": carrier, "tier": tier,
                "kind": "on_site", "counted": True, "route": "admitted", "starts": start,
                "ends": None, "agreement_on": start, "incubated_on": start, "limit_on": None,
            }
        )  # fmt: skip
        self.promise(rec, None, None, DAY)
        return rec

    def yearly(self, rec: Record, year: int, **cells: int) -> None:
        """Audited figures of a year."""
        rec.figures.append(
            {"id": self.id(), "firm_id": rec.firm["id"], "year": year, "quarter": 0,
             "source": "audit", "verification": "carrier"} | cells
        )  # fmt: skip

    def happened(self, rec: Record, kind: str, **columns: Any) -> None:
        """A milestone on the day."""
        row: Row = self.milestone(rec, DAY, kind)
        blank = dict.fromkeys(set(row) - {"id", "firm_id", "kind", "day", "verification"})
        rec.milestones.append(row | blank | {"day": DAY} | columns)


def moved(rec: Record, value: int, **more: Any) -> Record:
    """The firm's stay begins so many 32nds of a month before the day."""
    start = shifted(DAY, -(value // MONTH)) - dt.timedelta(value % MONTH)
    if value % MONTH == MONTH - 1:  # a day short of the next month
        start = shifted(DAY, -(value // MONTH + 1)) + dt.timedelta(1)
    rec.ties[0] |= {"starts": start, "incubated_on": start} | more
    return rec


def equity(make: Plain, use: Use, value: int) -> Record:
    """Two rounds received that add up."""
    rec = make.plain()
    for amount in (value // 3, value - value // 3):
        make.happened(rec, "financing", investor="venture", money_state="received",
                      received_on=DAY, amount=amount)  # fmt: skip
    return rec


def run(make: Plain, use: Use, value: int) -> Record:
    """Two years that add up."""
    rec = make.plain()
    make.yearly(rec, 2024, revenue=value // 3)
    make.yearly(rec, 2025, revenue=value - value // 3)
    return rec


def yearly(make: Plain, use: Use, value: int) -> Record:
    """A figure of last year, or of the year before."""
    rec = make.plain()
    make.yearly(rec, 2025 - use.arguments.get("back", 0), **{use.arguments["column"]: value})
    return rec


def spanned(make: Plain, use: Use, value: int) -> Record:
    """So much last year, and nothing before."""
    rec = yearly(make, use, value)
    make.yearly(rec, 2024, **{use.arguments["column"]: 0})
    return rec


def age(make: Plain, use: Use, value: int) -> Record:
    """Founded so long before moving in."""
    rec = make.plain()
    born = shifted(rec.ties[0]["starts"], -(value // MONTH)) - dt.timedelta(value % MONTH)
    if value % MONTH == MONTH - 1:
        born = shifted(rec.ties[0]["starts"], -(value // MONTH + 1)) + dt.timedelta(1)
    rec.firm["founded_on"] = born
    return rec


def used(make: Plain, use: Use, value: int) -> Record:
    """Incubated so long; in a special field where 60 months are asked."""
    field = "ic" if value > 50 * MONTH else None
    return moved(make.plain(incubation_field=field), value)


def left(make: Plain, use: Use, value: int) -> Record:
    """So long to the limit."""
    limit = shifted(DAY, (value + 1) // MONTH)
    limit += dt.timedelta(value - (value + 1) // MONTH * MONTH)
    rec = make.plain()
    rec.ties[0] |= {"limit_on": limit}
    return rec


def registered(make: Plain, use: Use, value: int) -> Record:
    """Founded so many days before the day."""
    return make.plain(founded_on=DAY - dt.timedelta(value))


def stated(make: Plain, use: Use, value: int) -> Record:
    """Stated to be so much."""
    rec = make.plain()
    rec.stated.append(
        {"id": make.id(), "firm_id": rec.firm["id"], "key": use.arguments["key"], "day": DAY,
         "until": DAY + dt.timedelta(1), "low": value, "high": value, "verification": "self"}
    )  # fmt: skip
    return rec


#: counted by whole items or points: the oracle stands on each of them
BY_ORACLE = ("ip_count", "rights_held")


def months_old(make: Plain, use: Use, value: int) -> Record:
    """Founded so many months before the day, and registered in Pudong."""
    born = shifted(DAY, -(value // MONTH)) - dt.timedelta(value % MONTH)
    if value % MONTH == MONTH - 1:
        born = shifted(DAY, -(value // MONTH + 1)) + dt.timedelta(1)
    rec = make.plain(founded_on=born)
    rec.places.append({"id": make.id(), "firm_id": rec.firm["id"], "kind": "registered",
                       "district": "310115", "starts": born, "ends": None})  # fmt: skip
    return rec


def growth(make: Plain, grown: Growth, value: int, off: int) -> Record:
    """Years that grow by so much, the last one some fen off it."""
    rec = make.plain(founded_on=dt.date(2020, 1, 1))
    step = 10_000 + value
    amounts = [10**10, 10**6 * step, 10**2 * step * step]
    for year, amount in zip((2023, 2024, 2025), amounts, strict=True):
        last = off if year == 2025 else 0
        make.yearly(rec, year, **{grown.years[0].arguments["column"]: amount + last})
    return rec


WAYS: dict[str, Callable[[Plain, Use, int], Record]] = {
    "equity_received": equity, "best_run": run, "yearly_money": yearly, "yearly_heads": yearly,
    "span_money": spanned,    "age_at_entry": age, "time_used": used, "time_left": left,
    "equity_recent": equity, "age_months": months_old, "age_days": registered,
    "stated_years": stated, "stated_share": stated, "expert_points": stated,
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A threshold, and the clause in which it shows."""

    rule: str
    clause: str
    test: Threshold
    value: int
    #: the largest whole that keeps a firm in the tier
    most: int = 10**14
    #: the industry of its tier
    industry: str | None = None


#: the column that a fact reckons with first, where no parameter names one
COLUMN = {"research_counted": "rd_hnte"}


def share(make: Plain, part: Use, whole: Use, value: int, off: int, most: int) -> Record:
    """A share to the last fen or 24th, of the largest whole that the record and the tier take.

    Over several years the whole lies in the last one; the others are nothing.
    """
    of = most if CATALOGUE[part.fact].unit == "fen" else 100 * HEAD
    rec = make.plain()
    names = [COLUMN.get(use.fact) or use.arguments["column"] for use in (part, whole)]
    back = part.arguments.get("back", 0)
    if not back:
        make.yearly(rec, 2024, **dict.fromkeys(names, 0))
    make.yearly(rec, 2025 - back, **dict(zip(names, (of * value // 10_000 + off, of), strict=True)))
    return rec


def thresholds(tree: Tree, book: dict[str, Tree]) -> list[Asked]:
    """Every threshold of a rule."""
    found: list[Asked] = []

    def visit(
        node: Node, clause: str, most: int = 10**14, trade: str | None = None
    ) -> None:  # fmt: skip
        clause = node.clause or clause
        if not applies(node, "new"):
            return
        if isinstance(node, Group):
            for part in node.parts:
                visit(part, clause, most, trade)
        elif isinstance(node, Tier):
            for when, then in node.cases:
                top = when.value if isinstance(when, Threshold) and when.op == "le" else most
                kinds = when.value if isinstance(when, Threshold) and when.op == "in" else [None]
                visit(then, clause, top, kinds[0])
            visit(node.otherwise, clause, most, OTHER_TRADE)
        elif isinstance(node, Threshold) and node.op in HOLDS:
            value = node.value
            if isinstance(value, Part):
                (other,) = [n for n in book[value.rule].nodes() if n.clause == value.clause]
                assert isinstance(other, Threshold)
                value = other.value * value.share // 10_000
            found.append(Asked(tree.rule, clause, node, value, most, trade))

    visit(tree.condition, "")
    return found


def firm_at(make: Plain, asked: Asked, off: int) -> Record | None:
    """A firm at a threshold, or so many base units off it; None where the oracle goes instead."""
    measure = asked.test.measure
    if isinstance(measure, Share):
        return share(make, measure.part, measure.whole, asked.value, off, asked.most)
    if isinstance(measure, Growth):
        return growth(make, measure, asked.value, off)
    if not isinstance(measure, Use) or measure.fact in BY_ORACLE:
        return None
    return WAYS[measure.fact](make, measure, asked.value + off)


def test_each_threshold_below_at_and_above(app: Flask, rules: None) -> None:
    book = {rule: version.tree for rule, version in in_force(DAY).items()}
    make = Plain(31, carriers())
    planned: list[tuple[Asked, int, Record]] = []
    for tree in book.values():
        for asked in thresholds(tree, book):
            made = [(off, firm_at(make, asked, off)) for off in (-1, 0, 1)]
            for _off, rec in made:
                if rec is not None:
                    rec.firm["industry"] = asked.industry
            planned += [(asked, off, rec) for off, rec in made if rec is not None]
    store([rec for _asked, _off, rec in planned])
    found = judged(DAY)
    wrong = []
    for asked, off, rec in planned:
        said = found[asked.rule, rec.firm["id"]].clauses[asked.clause]
        holds = bool(HOLDS[asked.test.op][off + 1])
        if asked.clause == "N-5" and asked.test.op == "ge":
            holds = off >= 0
        if said != ("met" if holds else "not_met"):
            wrong.append(
                f"{asked.rule} {asked.clause} {asked.test.op} {asked.value}{off:+}: {said}"
            )
    assert not wrong, "\n".join(wrong)
    assert len(planned) > 40


LADDER = [10**k for k in range(6, 13)]


def ladder() -> str:
    """A rule of our own with a clause for each sum from a million to a trillion yuan."""
    clauses = "".join(
        f"    - clause: {letter}-{n}\n      cite: 第{n}条\n      text: {{zh: 阶, en: Step}}\n"
        f"      fact: {fact}\n      with: {more}\n      {op}: {yuan // 10_000} 万元\n"
        for letter, fact, more, op in (
            ("M", "equity_received", "{counts: [venture]}", "gt"),
            ("R", "best_run", "{column: revenue, years: 2 年}", "ge"),
            ("Y", "yearly_money", "{column: revenue}", "le"),
        )
        for n, yuan in enumerate(LADDER)
    )
    return (
        "rule: test.ladder\nversion: 1\nsubject: firm\nstanding: own\n"
        "title: {zh: 阶梯, en: Ladder}\nshort: {zh: 阶梯, en: Ladder}\n"
        "instrument: {zh: 试验, en: Trial}\ncite: 全部\n"
        "in_force:\n  - {kind: new, from: 2019-01-01}\n"
        "terms: {freshness: 100 天, figures_due: 04-30, sources: [audit]}\n"
        "assumptions:\n  - {zh: 试验, en: Trial}\ncondition:\n  any:\n" + clauses
    )


def test_one_fen_from_a_million_to_a_trillion_yuan(app: Flask, rules: None, tmp_path: Path) -> None:
    file = tmp_path / "ladder.yaml"
    file.write_text(ladder(), encoding="utf-8")
    with write("test:ladder", actor=ACTOR):
        made = service.load_draft(actor=ACTOR, today=DAY, path=file)
        assert isinstance(made, Standard)
        service.approve(actor=ACTOR, today=DAY, standard=made)
    session.rollback()
    make = Plain(32, carriers())
    ways = {"M": (equity, "gt"), "R": (run, "ge"), "Y": (yearly, "le")}
    use = Use("yearly_money", (("column", "revenue"),))
    planned = [
        (f"{letter}-{n}", op, off, way(make, use, yuan * 100 + off))
        for letter, (way, op) in ways.items()
        for n, yuan in enumerate(LADDER)
        for off in (-1, 0, 1)
        if letter != "Y" or yuan * 100 + off <= 10**14
    ]
    store([rec for *_rest, rec in planned])
    found = judged(DAY)
    for clause, op, off, rec in planned:
        said = found["test.ladder", rec.firm["id"]].clauses[clause]
        assert said == ("met" if HOLDS[op][off + 1] else "not_met"), (clause, off)
