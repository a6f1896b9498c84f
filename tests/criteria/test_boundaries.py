"""Each threshold of the shipped rules, below it, at it and above, with data that say nothing else.

The thresholds are read from the YAML, so a new one without a way to reach it here fails.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.core.db import session, write
from app.criteria import service
from app.criteria.facts import CATALOGUE
from app.criteria.models import Standard
from app.criteria.queries import assess_many, in_force, version_for
from app.criteria.tree import Group, Growth, Node, Part, Share, Tier, Tree, Use, applies
from app.criteria.tree import Test as Threshold
from tests.criteria.conftest import ACTOR
from tests.criteria.oracle_facts import House, Record, Row, shifted
from tests.criteria.oracle_firms import Maker
from tests.criteria.oracle_rules import Told
from tests.criteria.oracle_store import Key, as_told, carriers, ids_of, judged, store

DAY, OTHER_TRADE, MONTH, HEAD = dt.date(2026, 11, 24), "I65", 32, 24
HOLDS = {"gt": (0, 0, 1), "ge": (0, 1, 1), "le": (1, 1, 0), "lt": (1, 0, 0)}


class Plain(Maker):
    """Makes a firm with nothing but what a test gives it, promised complete up to a day."""

    def __init__(self, seed: int, carriers: list[House], day: dt.date = DAY) -> None:
        super().__init__(seed, carriers)
        self.day, self.year = day, day.year - 1

    def plain(self, **firm: Any) -> Record:
        """A company founded two fiscal years ago, in an incubator since then."""
        number = self.id()
        start = dt.date(self.year - 1, 1, 1)
        rec = Record(
            {
                "id": number, "kind": "firm", "code": f"T{number:017d}", "name": f"界{number}",
                "short_name": f"界{number}", "sort_key": f"{number}", "legal_form": "company",
                "founded_on": start, "mainland": True, "incubation_field": None,
            } | firm
        )  # fmt: skip
        carrier, tier, _spots = self.carriers[0]
        rec.ties.append(
            dict.fromkeys(("starts", "agreement_on", "incubated_on"), start) | {
                "id": self.id(), "firm_id": number, "carrier_id": carrier, "tier": tier,
                "site_id": None, "in_pudong": True, "kind": "on_site", "counted": True,
                "route": "admitted", "limit_on": None, "ends": None,
            }
        )  # fmt: skip
        self.promise(rec, None, None, self.day)
        return rec

    def yearly(self, rec: Record, year: int, **cells: int) -> None:
        """Audited figures of a year."""
        rec.figures.append(
            {"id": self.id(), "firm_id": rec.firm["id"], "year": year, "quarter": 0,
             "source": "audit", "verification": "carrier"} | cells
        )  # fmt: skip

    def happened(self, rec: Record, kind: str, **columns: Any) -> None:
        """A milestone on the day."""
        row: Row = self.milestone(rec, self.day, kind)
        blank = dict.fromkeys(set(row) - {"id", "firm_id", "kind", "day", "verification"})
        rec.milestones.append(row | blank | {"day": self.day} | columns)


def moved(make: Plain, rec: Record, value: int, **more: Any) -> Record:
    """The firm's stay begins so many 32nds of a month before the day."""
    start = shifted(make.day, -(value // MONTH)) - dt.timedelta(value % MONTH)
    if value % MONTH == MONTH - 1:  # a day short of the next month
        start = shifted(make.day, -(value // MONTH + 1)) + dt.timedelta(1)
    rec.ties[0] |= {"starts": start, "incubated_on": start} | more
    return rec


def equity(make: Plain, use: Use, value: int) -> Record:
    """Two rounds received that add up."""
    rec = make.plain()
    for amount in (value // 3, value - value // 3):
        make.happened(rec, "financing", investor="venture", money_state="received",
                      received_on=make.day, amount=amount)  # fmt: skip
    return rec


def run(make: Plain, use: Use, value: int) -> Record:
    """Two years that add up."""
    rec = make.plain()
    make.yearly(rec, make.year - 1, revenue=value // 3)
    make.yearly(rec, make.year, revenue=value - value // 3)
    return rec


def yearly(make: Plain, use: Use, value: int) -> Record:
    """A figure of last year, or of the year before."""
    rec = make.plain()
    back = use.arguments.get("back", 0)
    make.yearly(rec, make.year - back, **{use.arguments["column"]: value})
    return rec


def spanned(make: Plain, use: Use, value: int) -> Record:
    """So much last year, and nothing before."""
    rec = yearly(make, use, value)
    make.yearly(rec, make.year - 1, **{use.arguments["column"]: 0})
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
    return moved(make, make.plain(incubation_field=field), value)


def left(make: Plain, use: Use, value: int) -> Record:
    """So long to the limit."""
    limit = shifted(make.day, (value + 1) // MONTH)
    limit += dt.timedelta(value - (value + 1) // MONTH * MONTH)
    rec = make.plain()
    rec.ties[0] |= {"limit_on": limit}
    return rec


def registered(make: Plain, use: Use, value: int) -> Record:
    """Founded so many days before the day."""
    return make.plain(founded_on=make.day - dt.timedelta(value))


def stating(make: Plain, rec: Record, key: str, value: int) -> Record:
    """The firm with a statement of the day."""
    rec.stated.append(
        {"id": make.id(), "firm_id": rec.firm["id"], "key": key, "day": make.day,
         "until": make.day + dt.timedelta(1), "low": value, "high": value, "verification": "self"}
    )  # fmt: skip
    return rec


def stated(make: Plain, use: Use, value: int) -> Record:
    """Stated to be so much."""
    return stating(make, make.plain(), str(use.arguments["key"]), value)


#: counted by whole items or points: the oracle stands on each of them
BY_ORACLE = ("ip_count", "rights_held")


def months_old(make: Plain, use: Use, value: int) -> Record:
    """Founded so many months before the day, and registered in Pudong."""
    born = shifted(make.day, -(value // MONTH)) - dt.timedelta(value % MONTH)
    if value % MONTH == MONTH - 1:
        born = shifted(make.day, -(value // MONTH + 1)) + dt.timedelta(1)
    rec = make.plain(founded_on=born)
    rec.places.append({"id": make.id(), "firm_id": rec.firm["id"], "kind": "registered",
                       "district": "310115", "starts": born, "ends": None})  # fmt: skip
    return rec


def growth(make: Plain, grown: Growth, value: int, off: int) -> Record:
    """Years that grow by so much, the last one some fen off it."""
    rec = make.plain(founded_on=dt.date(make.year - 5, 1, 1))
    step = 10_000 + value
    amounts = [10**10, 10**6 * step, 10**2 * step * step]
    for back, amount in zip((2, 1, 0), amounts, strict=True):
        last = 0 if back else off
        make.yearly(rec, make.year - back, **{grown.years[0].arguments["column"]: amount + last})
    return rec


WAYS: dict[str, Callable[[Plain, Use, int], Record]] = {
    "equity_received": equity, "best_run": run, "yearly_money": yearly, "yearly_heads": yearly,
    "span_money": spanned,    "age_at_entry": age, "time_used": used, "time_left": left,
    "equity_recent": equity, "age_months": months_old, "age_days": registered,
    "stated_years": stated, "stated_share": stated, "expert_points": stated,
}  # fmt: skip


TOGETHER = {"Z-4a"}  # several tests under one clause: `test_ladders` stands on their borders
#: points of two years of which a review takes either
OTHER_YEAR = {"platform_score": "platform_before", "platform_before": "platform_score"}


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
    #: a plain statement that its tier asks for, and what it says
    said: tuple[str, int] | None = None


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
        make.yearly(rec, make.year - 1, **dict.fromkeys(names, 0))
    cells = dict(zip(names, (of * value // 10_000 + off, of), strict=True))
    make.yearly(rec, make.year - back, **cells)
    return rec


def thresholds(tree: Tree, book: dict[str, Tree], kind: str = "new") -> list[Asked]:
    """Every threshold that a rule asks of a kind of case."""
    found: list[Asked] = []

    def visit(
        node: Node, clause: str, most: int = 10**14, trade: str | None = None,
        said: tuple[str, int] | None = None,
    ) -> None:  # fmt: skip
        clause = node.clause or clause
        if not applies(node, kind) or clause in TOGETHER:
            return
        if isinstance(node, Group):
            for part in node.parts:
                visit(part, clause, most, trade, said)
        elif isinstance(node, Tier):
            key = None
            for when, then in node.cases:
                asked = when if isinstance(when, Threshold) else None
                top = asked.value if asked and asked.op == "le" else most
                kinds = asked.value if asked and asked.op == "in" else [None]
                if asked and isinstance(asked.measure, Use) and asked.op == "is":
                    key = str(asked.measure.arguments["key"])
                visit(then, clause, top, kinds[0], (key, 1) if key else None)
            visit(node.otherwise, clause, most, OTHER_TRADE, (key, 0) if key else None)
        elif isinstance(node, Threshold) and node.op in HOLDS:
            value = node.value
            if isinstance(value, Part):
                (other,) = [n for n in book[value.rule].nodes() if n.clause == value.clause]
                assert isinstance(other, Threshold)
                value = other.value * value.share // 10_000
            found.append(Asked(tree.rule, clause, node, value, most, trade, said))

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


def planned(make: Plain, asked: list[Asked]) -> list[tuple[Asked, int, Record]]:
    """Firms below, at and above each threshold that the oracle does not stand on, stored."""
    made = [(one, off, firm_at(make, one, off)) for one in asked for off in (-1, 0, 1)]
    found = [(one, off, rec) for one, off, rec in made if rec is not None]
    for one, _off, rec in found:
        rec.firm["industry"] = one.industry
        if one.said:
            stating(make, rec, *one.said)
        for key in {s["key"] for s in rec.stated} & set(OTHER_YEAR):
            stating(make, rec, OTHER_YEAR[key], 0)
    store([rec for _one, _off, rec in found])
    return found


def wrong(firms: list[tuple[Asked, int, Record]], found: Mapping[Key, Told]) -> list[str]:
    """What the engine says otherwise than the operator of the threshold."""
    bad = []
    for asked, off, rec in firms:
        said = found[asked.rule, rec.firm["id"]].clauses[asked.clause]
        holds = bool(HOLDS[asked.test.op][off + 1])
        if asked.clause == "N-5" and asked.test.op == "ge":
            holds = off >= 0
        if said != ("met" if holds else "not_met"):
            bad.append(f"{asked.rule} {asked.clause} {asked.test.op} {asked.value}{off:+}: {said}")
    return bad


def test_each_threshold_below_at_and_above(app: Flask, rules: None) -> None:
    book = {rule: version.tree for rule, version in in_force(DAY).items()}
    make = Plain(31, carriers())
    firms = planned(make, [one for tree in book.values() for one in thresholds(tree, book)])
    bad = wrong(firms, judged(DAY))
    assert not bad, "\n".join(bad)
    assert len(firms) > 40


#: day, kind of case and round → rules whose version there is another than for a new case today
ELSEWHERE = (
    (dt.date(2026, 3, 31), "new", None, {"little_giant", "specialised_sme"}),
    (dt.date(2026, 3, 31), "review", None, {"little_giant", "specialised_sme"}),
    (DAY, "review", None, {"hnte", "innovative_sme", "little_giant", "specialised_sme"}),
    (dt.date(2027, 1, 1), "review", None, {"little_giant"}),
    (dt.date(2025, 4, 30), "new", "2025", {"little_giant"}),
    (dt.date(2025, 4, 30), "review", "2025", {"little_giant"}),
    (dt.date(2018, 12, 31), "new", None, {"incubator.graduation"}),
)


@pytest.mark.parametrize(("day", "kind", "cycle", "asked"), ELSEWHERE)
def test_each_threshold_of_other_versions(
    app: Flask, rules: None, day: dt.date, kind: str, cycle: str | None, asked: set[str]
) -> None:
    versions = in_force(day, kind) | {r: version_for(r, day, kind, cycle) for r in asked}
    book = {rule: version.tree for rule, version in versions.items()}
    today = in_force(DAY)
    assert all(kind == "review" or versions[rule].id != today[rule].id for rule in asked)
    make = Plain(33, carriers(), day)
    firms = planned(make, [one for r in sorted(asked) for one in thresholds(book[r], book, kind)])
    assert {one.rule for one, _off, _rec in firms} == asked
    ids, found = ids_of(rec for _one, _off, rec in firms), {}
    for rule in asked:
        every = assess_many(rule, ids, day, kind=kind, cycle=cycle)
        found |= {(rule, firm): as_told(one) for firm, one in every.items()}
    bad = wrong(firms, found)
    assert not bad, "\n".join(bad)


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
    steps = [
        (f"{letter}-{n}", op, off, way(make, use, yuan * 100 + off))
        for letter, (way, op) in ways.items()
        for n, yuan in enumerate(LADDER)
        for off in (-1, 0, 1)
        if letter != "Y" or yuan * 100 + off <= 10**14
    ]
    store([rec for *_rest, rec in steps])
    found = judged(DAY)
    for clause, op, off, rec in steps:
        said = found["test.ladder", rec.firm["id"]].clauses[clause]
        assert said == ("met" if HOLDS[op][off + 1] else "not_met"), (clause, off)
