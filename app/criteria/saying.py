"""What is missing, in words: the name of the input, the question for it, and what it would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.carriers.forms import COUNTS, MONEY
from app.carriers.stated import BY_KEY as CARRIER_KEYS
from app.core.filters import wan
from app.core.text import N_
from app.criteria import citing
from app.criteria.facts import CATALOGUE
from app.criteria.items import Reached
from app.criteria.models import Outcome
from app.criteria.plan import Plan, Version, nodes
from app.criteria.tree import Growth, Node, Points, Ref, Score, Share, Test, Tier, Use, measured
from app.criteria.verdict import NOTHING, Ask, Item, Text, said
from app.firms.figure_columns import BY_NAME
from app.firms.models import MilestoneKind
from app.firms.stated import BY_KEY

#: what settles an open entry of a kind: what is asked, and the column where one settles it
SETTLING = {
    "financing": (N_("%(name)s的到账日期"), "received_on"),
    "ip": (N_("%(name)s是否与主要产品相关"), "related"),
    "deal": (N_("%(name)s是否计入并购上市"), None),
    "award": (N_("%(name)s的获奖排名"), "rank"),
    "standard": (N_("%(name)s的起草单位排名"), "rank"),
    "incident": (N_("%(name)s是否属于重大或严重"), "serious"),
}


OWN_FIGURES = "carrier_figures"


@dataclass(frozen=True)
class Input:
    """One thing that can be entered: where, for which fact, and which row, year or column."""

    kind: str
    fact: str
    key: Any
    field: str | None = None


def thing(test: Test | None) -> Text:
    """What a test measures, by name."""
    if test is None or isinstance(test.measure, Share | Growth):
        return test.text if test is not None else NOTHING
    if isinstance(test.measure, Points):
        return test.text
    if isinstance(test.measure, Score):
        return said(N_("综合得分"))
    return measured_thing(test.measure)


def measured_thing(use: Use) -> Text:
    """The name of a fact with its parameters."""
    arguments, fact = use.arguments, CATALOGUE[use.fact]
    if fact.subject == "carrier":
        return said(_own_word(arguments.get("key"), arguments.get("column")) or fact.text)
    column = BY_NAME.get(arguments.get("column", ""))
    if "key" in arguments:
        return said(BY_KEY[arguments["key"]].text)
    if column is None:
        return said(fact.text)
    if "span" in arguments:
        return said(N_("近 %(n)s 年%(what)s"), n=arguments["span"], what=said(column.text))
    if "years" in arguments:
        return said(N_("连续 %(n)s 年%(what)s"), n=arguments["years"], what=said(column.text))
    return said(column.text)


def _own_word(key: str | None, column: str | None) -> str | None:
    """The word for what a carrier states or fills in."""
    if key in CARRIER_KEYS:
        return CARRIER_KEYS[key].text
    return (MONEY | COUNTS).get(column or "")


def cited(version: Version, node: Node) -> Text:
    """A clause as people know it: official ones by their number, our own by what they ask."""
    if version.tree.standing == "own":
        return said(N_("“%(clause)s”"), clause=node.text)
    return citing.words(node.cite)


def clause_of(version: Version, test: Test, plan: Plan) -> Node:
    """The clause that a test belongs to: its own, or the nearest one above it."""
    for guard in version.tree.guards:
        if test is guard.test:
            return Node(clause="", cite=version.tree.cite, text=guard.otherwise)
    found = _above(version.tree.condition, test, plan, None)
    return found if found is not None else version.tree.condition


def _above(node: Node, test: Test, plan: Plan, above: Node | None) -> Node | None:
    here = node if node.clause else above
    if node is test:
        return here
    if isinstance(node, Ref):
        other = plan.book.get(node.rule)
        return here if other is not None and _reaches(other, test, plan) else None
    below = [*getattr(node, "parts", ())]
    if isinstance(node, Tier):
        below = [one for case in node.cases for one in case] + [node.otherwise]
    for child in below:
        found = _above(child, test, plan, here)
        if found is not None:
            return found
    return None


def _reaches(version: Version, test: Test, plan: Plan) -> bool:
    for node in nodes(version.tree):
        if node is test:
            return True
        if (
            isinstance(node, Ref)
            and node.rule in plan.book
            and _reaches(plan.book[node.rule], test, plan)
        ):
            return True
    return False


def asked(
    one: Input, test: Test, version: Version, reached: Reached, row: Mapping[Any, Any],
    plan: Plan, outcomes: tuple[Outcome, ...], settles: bool,
) -> Ask:  # fmt: skip
    """The ask for an input."""
    clause = clause_of(version, test, plan)
    cite = cited(version, clause)
    uses = [u for u in measured(test.measure) if u.fact == one.fact]
    effect: Text = said(N_("录入后核对%(cite)s"), cite=cite)
    milestone = None
    if one.kind == "milestone":
        use, item = next((u, i) for u in uses for i in reached.items.get(u, ()) if i.id == one.key)
        milestone, (what, words, effect, field) = item.id, _settle(item, test, use, row, plan, cite)
    elif one.kind == "figures":
        column, field = said(BY_NAME[one.field or ""].text), one.field
        what = said(N_("%(year)s 年%(column)s"), year=one.key, column=column)
        words = said(N_("%(year)s 年%(column)s是多少？"), year=one.key, column=column)
        effect = _needed(one, test, uses[0], reached, plan, cite) or effect
    elif one.kind == "attestation":
        field = one.field
        kind = said(MilestoneKind(one.key).text) if one.key else said(N_("各类大事记"))
        what = said(N_("%(kind)s的填报承诺"), kind=kind)
        words = said(N_("%(kind)s是否已全部登记？"), kind=kind)
        if one.key:
            effect = said(N_("作出填报承诺后，%(cite)s按已登记的核对"), cite=cite)
        else:
            effect = said(N_("作出填报承诺后，各项按已登记的核对"))
    else:
        stated = BY_KEY[one.key].text if one.kind == "stated" else None
        own = _own_word(one.key, one.key) if one.kind in ("carrier_stated", OWN_FIGURES) else None
        what, field = said(stated or own or CATALOGUE[one.fact].text), one.field
        open_ = N_("“%(what)s”中有的企业资料不全") if one.kind == "records" else N_(
            "“%(what)s”尚未登记"
        )  # fmt: skip
        words = said(open_, what=what)
    return Ask(
        kind=one.kind, clause=clause.clause or "", words=words, effect=effect,
        milestone_id=milestone, field=field, year=one.key if one.kind == "figures" else None,
        fact=one.fact, what=what, outcomes=outcomes, settles=settles,
    )  # fmt: skip


def _settle(
    item: Item, test: Test, use: Use, row: Mapping[Any, Any], plan: Plan, cite: Text
) -> tuple[Text, Text, Text, str | None]:
    kind = CATALOGUE[use.fact].milestone or ""
    noun, field = SETTLING.get(kind, (N_("%(name)s的核对"), None))
    name: Text = item.words if str(item.words) else said(MilestoneKind(kind).text)
    what = said(noun, name=name)
    effect: Text = said(N_("登记后核对%(cite)s"), cite=cite)
    if kind != "financing":
        return what, said(N_("请核对：%(what)s"), what=what), effect, field
    if item.high is None:
        question = said(N_("%(name)s的金额是多少？"), name=name)
        return said(N_("%(name)s的金额"), name=name), question, effect, "amount"
    total = (row[f"f{plan.fact(use)}_lo"] or 0) - (item.low or 0) + item.high
    mark = plan.threshold(test)
    reached = total > mark if test.op == "gt" else total >= mark
    text = N_("到账后累计 %(sum)s 万元，%(cite)s为符合") if reached else N_(
        "到账后累计 %(sum)s 万元"
    )  # fmt: skip
    words = said(N_("%(name)s %(sum)s 万元何时到账？"), name=name, sum=wan(item.high))
    return what, words, said(text, sum=wan(total), cite=cite), field


def _needed(
    one: Input, test: Test, use: Use, reached: Reached, plan: Plan, cite: Text
) -> Text | None:  # fmt: skip
    """How much a missing year has to bring, where the best run beside it can tell."""
    span = use.arguments.get("years")
    if span is None or test.op not in ("ge", "gt"):
        return None
    held, mark = reached.years.get(use, {}), plan.threshold(test)
    born = reached.founded.year if reached.founded else None
    beside = []
    for first in range(one.key - span + 1, one.key + 1):
        others = [y for y in range(first, first + span) if y != one.key]
        if all(y in held or (born is not None and y < born) for y in others):
            beside.append(sum(held.get(y, 0) for y in others))
    if not beside or mark <= max(beside):
        return None
    need = wan(mark - max(beside))
    text = N_("%(year)s 年超过 %(sum)s 万元时，%(cite)s为符合") if test.op == "gt" else N_(
        "%(year)s 年达到 %(sum)s 万元时，%(cite)s为符合"
    )  # fmt: skip
    return said(text, year=one.key, sum=need, cite=cite)
