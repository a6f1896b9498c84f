"""Plain content → tree, refusing whatever the engine would not understand."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from app.criteria.facts import CATALOGUE
from app.criteria.facts.base import Param
from app.criteria.tree import (
    OPS,
    Fault,
    Force,
    Group,
    Guard,
    Item,
    Measure,
    Node,
    Part,
    Ref,
    Score,
    Share,
    Test,
    Tier,
    Tree,
    Use,
)
from app.criteria.units import UnitError, amount
from app.criteria.verdict import Words

KINDS = ("new", "review")
STANDINGS = ("official", "local", "own")
MARKS = ("presumed", "judgement")
NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")
CLAUSE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,11}")
Path = tuple[Any, ...]
TOP = {
    "rule", "version", "subject", "standing", "title", "short", "instrument", "document", "cite",
    "in_force", "terms", "notices", "assumptions", "applies_to", "condition",
}  # fmt: skip
COMMON = {"clause", "cite", "text", "note", "mark", "unclear", "kinds"}
#: deepest nesting and number of clauses: what a page can still show
DEEPEST, MOST_CLAUSES = 12, 32


def parse(content: Any) -> Tree:
    """The tree of a standard; Fault at the first thing that is wrong."""
    top = _mapping(content, (), TOP)
    terms = _terms(top.get("terms"), ("terms",))
    reader = _Reader(terms)
    cite = _string(top, "cite", ())
    tree = Tree(
        rule=_name(top, "rule", ()),
        version=_count(top, "version", ()),
        subject=_choice(top, "subject", ("firm",), ()),
        standing=_choice(top, "standing", STANDINGS, ()),
        title=_words(top.get("title"), ("title",)),
        short=_words(top.get("short"), ("short",)),
        instrument=_words(top.get("instrument"), ("instrument",)),
        document=_string(top, "document", ()) if top.get("document") else None,
        cite=cite,
        force=_forces(top.get("in_force"), ("in_force",)),
        terms=terms,
        notices=_list_of_words(top.get("notices", []), ("notices",)),
        assumptions=_list_of_words(top.get("assumptions", []), ("assumptions",)),
        guards=reader.guards(top.get("applies_to", []), ("applies_to",)),
        condition=reader.node(top.get("condition"), ("condition",), 0),
    )
    _whole(tree)
    return tree


def _whole(tree: Tree) -> None:
    if tree.standing != "own" and not tree.document:
        raise Fault(("document",), "an official standard names its document number")
    if tree.standing == "own" and not tree.assumptions:
        raise Fault((), "a rule of our own states its assumptions")
    names = [node.clause for node in tree.nodes() if node.clause]
    if not names:
        raise Fault(("condition",), "no clause at all")
    if len(names) > MOST_CLAUSES:
        raise Fault(("condition",), f"{len(names)} clauses, at most {MOST_CLAUSES} fit")
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise Fault(("condition",), f"clause {min(twice)} stands twice")
    for one in tree.nodes():
        if one.clause and not one.cite:
            raise Fault(("condition",), f"clause {one.clause} has no citation")
        if one.clause and not one.text.zh:
            raise Fault(("condition",), f"clause {one.clause} has no text")


class _Reader:
    def __init__(self, terms: dict[str, Any]) -> None:
        self.terms = terms

    def guards(self, content: Any, path: Path) -> tuple[Guard, ...]:
        made = []
        for n, one in enumerate(_sequence(content, path)):
            here = (*path, n)
            held = _mapping(one, here, {"test", "otherwise"})
            test = self.node(held.get("test"), (*here, "test"), 1)
            made.append(Guard(test, _words(held.get("otherwise"), (*here, "otherwise"))))
        return tuple(made)

    def node(self, content: Any, path: Path, depth: int) -> Node:
        if depth > DEEPEST:
            raise Fault(path, f"nested deeper than {DEEPEST} levels")
        if not isinstance(content, dict):
            raise Fault(path, "a condition is expected here")
        common = self._common(content, path)
        rest = {key: value for key, value in content.items() if key not in COMMON}
        for op in ("all", "any", "at_least"):
            if op in rest:
                return self._group(op, rest, common, path, depth)
        if "tier" in rest:
            return self._tier(rest, common, path, depth)
        if "standard" in rest:
            _mapping(rest, path, {"standard"})
            return Ref(**common, rule=_name(rest, "standard", path))
        return self._test(rest, common, path)

    def _common(self, content: dict[str, Any], path: Path) -> dict[str, Any]:
        clause = content.get("clause")
        if clause is not None and not CLAUSE.fullmatch(str(clause)):
            raise Fault((*path, "clause"), f"{clause!r} is no clause number")
        mark = content.get("mark", "")
        if mark and mark not in MARKS:
            raise Fault((*path, "mark"), f"{mark!r} is none of {', '.join(MARKS)}")
        kinds = tuple(_sequence(content.get("kinds", []), (*path, "kinds")))
        if set(kinds) - set(KINDS):
            raise Fault((*path, "kinds"), f"kinds are {', '.join(KINDS)}")
        given = {key: content[key] for key in ("text", "note") if key in content}
        return {
            "clause": str(clause) if clause is not None else None,
            "cite": str(content.get("cite", "")),
            "mark": mark,
            "unclear": content.get("unclear") is True,
            "kinds": kinds,
        } | {key: _words(value, (*path, key)) for key, value in given.items()}

    def _group(
        self, op: str, rest: dict[str, Any], common: dict[str, Any], path: Path, depth: int
    ) -> Node:
        held = _mapping(rest, path, {op, "of"} if op == "at_least" else {op})
        key = "of" if op == "at_least" else op
        parts = _sequence(held.get(key), (*path, key))
        if not parts:
            raise Fault((*path, key), "nothing to choose from")
        made = tuple(self.node(p, (*path, key, n), depth + 1) for n, p in enumerate(parts))
        count = _count(held, op, path) if op == "at_least" else 0
        if count > len(made):
            raise Fault((*path, op), f"{count} of {len(made)} cannot be met")
        return Group(**common, op=op, count=count, parts=made)

    def _tier(self, rest: dict[str, Any], common: dict[str, Any], path: Path, depth: int) -> Node:
        cases = _sequence(_mapping(rest, path, {"tier"})["tier"], (*path, "tier"))
        made, otherwise = [], None
        for n, one in enumerate(cases):
            here = (*path, "tier", n)
            if isinstance(one, dict) and "otherwise" in one:
                otherwise = self.node(one["otherwise"], (*here, "otherwise"), depth + 1)
                continue
            held = _mapping(one, here, {"when", "then"})
            made.append(
                (
                    self.node(held.get("when"), (*here, "when"), depth + 1),
                    self.node(held.get("then"), (*here, "then"), depth + 1),
                )
            )
        if otherwise is None or not made:
            raise Fault((*path, "tier"), "a tier has cases and an `otherwise`")
        return Tier(**common, cases=tuple(made), otherwise=otherwise)

    def _test(self, rest: dict[str, Any], common: dict[str, Any], path: Path) -> Node:
        ops = [op for op in OPS if op in rest]
        if len(ops) != 1:
            raise Fault(path, f"one of {', '.join(OPS)} is expected")
        (op,) = ops
        measure = {key: value for key, value in rest.items() if key != op}
        if "score" in measure:
            items = _sequence(_mapping(measure, path, {"score"})["score"], (*path, "score"))
            score = Score(tuple(self._item(i, (*path, "score", n)) for n, i in enumerate(items)))
            return Test(**common, measure=score, unit="points", op=self._op(op, path),
                        value=_amount(rest[op], "points", (*path, op)))  # fmt: skip
        found, unit, kind = self.measure(measure, path)
        value = self._value(rest[op], op, unit, kind, (*path, op))
        return Test(**common, measure=found, unit=unit, op=op, value=value)

    def _op(self, op: str, path: Path) -> str:
        if op not in ("ge", "gt"):
            raise Fault(path, "a score is asked for with ge or gt")
        return op

    def _value(self, value: Any, op: str, unit: str, kind: str, path: Path) -> Any:
        if kind == "flag":
            if op != "is" or not isinstance(value, bool):
                raise Fault(path, "a yes-or-no fact is asked for with `is: true` or `is: false`")
            return value
        if kind == "code":
            if op not in ("in", "not_in"):
                raise Fault(path, "a code is asked for with in or not_in")
            return tuple(str(one) for one in _sequence(value, path))
        if op in ("is", "in", "not_in"):
            raise Fault(path, "a quantity is asked for with gt, ge, lt or le")
        if isinstance(value, dict):
            held = _mapping(value, path, {"rule", "clause", "share"})
            share = _amount(held.get("share"), "share", (*path, "share"))
            return Part(_name(held, "rule", path), str(held.get("clause")), share)
        return _amount(value, unit, path)

    def measure(self, content: dict[str, Any], path: Path) -> tuple[Measure, str, str]:
        """A fact, or a share of two: with its unit and kind."""
        if "share" in content:
            held = _mapping(_mapping(content, path, {"share"})["share"], (*path, "share"),
                            {"part", "whole", "zero"})  # fmt: skip
            part, unit = self._use(held.get("part"), (*path, "share", "part"))
            whole, other = self._use(held.get("whole"), (*path, "share", "whole"))
            if unit != other:
                raise Fault((*path, "share"), f"a share of {unit} in {other}")
            return Share(part, whole, held.get("zero") == "none"), "share", "quantity"
        _mapping(content, path, {"fact", "with"})
        use, _unit = self._use(content, path)
        fact = CATALOGUE[use.fact]
        return use, fact.unit, fact.kind

    def _use(self, content: Any, path: Path) -> tuple[Use, str]:
        held = _mapping(content, path, {"fact", "with"})
        fact = CATALOGUE.get(str(held.get("fact")))
        if fact is None:
            raise Fault((*path, "fact"), f"no fact is called {held.get('fact')!r}")
        given = _mapping(held.get("with", {}), (*path, "with"), set(fact.params))
        params = {
            name: _param(param, given.get(name), name in given, (*path, "with", name))
            for name, param in fact.params.items()
        }
        for name in fact.terms:
            if name not in self.terms:
                raise Fault(("terms",), f"{name} is needed by the fact {fact.name}")
            params[name] = self.terms[name]
        return Use(fact.name, tuple(sorted(params.items()))), fact.unit

    def _item(self, content: Any, path: Path) -> Item:
        held = _mapping(content, path, {"text", "most", "measure", "bands", "best"})
        text, most = _words(held.get("text"), (*path, "text")), _count(held, "most", path)
        if "best" in held:
            parts = _sequence(held["best"], (*path, "best"))
            made = tuple(self._item(p, (*path, "best", n)) for n, p in enumerate(parts))
            return Item(text, most, best=made)
        measure, unit, _kind = self.measure(held.get("measure") or {}, (*path, "measure"))
        bands = []
        for n, band in enumerate(_sequence(held.get("bands"), (*path, "bands"))):
            here = (*path, "bands", n)
            pair = _mapping(band, here, {"ge", "points"})
            bands.append((_amount(pair.get("ge"), unit, here), _count(pair, "points", here)))
        if bands != sorted(bands, reverse=True) or any(p > most for _m, p in bands):
            raise Fault((*path, "bands"), "bands go from the highest down, none above `most`")
        assert not isinstance(measure, Score)
        return Item(text, most, measure=measure, bands=tuple(bands))


def _param(param: Param, value: Any, given: bool, path: Path) -> Any:
    if not given:
        if param.required:
            raise Fault(path, "a parameter is missing")
        return param.default
    if param.kind == "codes":
        codes = tuple(sorted(str(one) for one in _sequence(value, path)))
        if param.words and set(codes) - set(param.words):
            raise Fault(path, f"{sorted(set(codes) - set(param.words))} are no such codes")
        return codes
    if param.kind == "code":
        if value not in param.words:
            raise Fault(path, f"{value!r} is no such code")
        return str(value)
    if param.kind in ("months", "years", "days"):
        return _amount(value, param.kind, path) // (32 if param.kind == "months" else 1)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Fault(path, "a whole number is expected")
    return value


def _terms(content: Any, path: Path) -> dict[str, Any]:
    held = _mapping(content or {}, path, {"freshness", "figures_due", "sources"})
    terms: dict[str, Any] = {}
    if "freshness" in held:
        terms["freshness"] = _amount(held["freshness"], "days", (*path, "freshness"))
    if "figures_due" in held:
        text = str(held["figures_due"])
        if not re.fullmatch(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d)|(0[13-9]|1[0-2])-30", text):
            raise Fault((*path, "figures_due"), f"{text!r} is no day of a year as MM-DD")
        terms["figures_due"] = text
    if "sources" in held:
        terms["sources"] = tuple(str(s) for s in _sequence(held["sources"], (*path, "sources")))
    return terms


def _forces(content: Any, path: Path) -> tuple[Force, ...]:
    made: list[Force] = []
    for n, one in enumerate(_sequence(content, path)):
        here = (*path, n)
        held = _mapping(one, here, {"kind", "from", "until", "round"})
        kind = _choice(held, "kind", KINDS, here)
        starts = _day(held.get("from"), (*here, "from"))
        ends = _day(held["until"], (*here, "until")) if held.get("until") else None
        if ends is not None and ends <= starts:
            raise Fault((*here, "until"), "ends before it begins")
        cycle = str(held["round"]) if held.get("round") else None
        new = Force(kind, starts, ends, cycle)
        if any(overlap(new, old) for old in made):
            raise Fault(here, "in force twice at the same time")
        made.append(new)
    if not made:
        raise Fault(path, "never in force")
    return tuple(made)


def overlap(one: Force, other: Force) -> bool:
    """Whether both are in force on a day for the same kind of case and round."""
    if (one.kind, one.round) != (other.kind, other.round):
        return False
    begins = max(one.starts, other.starts)
    return all(f.ends is None or begins < f.ends for f in (one, other))


def _day(value: Any, path: Path) -> str:
    try:
        return dt.date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise Fault(path, f"{value!r} is no day as YYYY-MM-DD") from None


def _amount(value: Any, unit: str, path: Path) -> int:
    try:
        return amount(value, unit)
    except UnitError as error:
        raise Fault(path, str(error)) from None


def _mapping(value: Any, path: Path, allowed: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Fault(path, "a mapping is expected here")
    odd = sorted(str(key) for key in value if key not in allowed)
    if odd:
        raise Fault((*path, odd[0]), f"unknown word {odd[0]!r}")
    return value


def _sequence(value: Any, path: Path) -> list[Any]:
    if not isinstance(value, list):
        raise Fault(path, "a list is expected here")
    return value


def _string(held: dict[str, Any], key: str, path: Path) -> str:
    value = held.get(key)
    if not isinstance(value, str) or not value.strip():
        raise Fault((*path, key), f"{key} is missing")
    return value.strip()


def _name(held: dict[str, Any], key: str, path: Path) -> str:
    value = _string(held, key, path)
    if not NAME.fullmatch(value):
        raise Fault((*path, key), f"{value!r} is no name of a rule")
    return value


def _choice(held: dict[str, Any], key: str, allowed: tuple[str, ...], path: Path) -> str:
    value = _string(held, key, path)
    if value not in allowed:
        raise Fault((*path, key), f"{value!r} is none of {', '.join(allowed)}")
    return value


def _count(held: dict[str, Any], key: str, path: Path) -> int:
    value = held.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise Fault((*path, key), f"{key} is a whole number of at least 1")
    return value


def _words(value: Any, path: Path) -> Words:
    if not isinstance(value, dict) or set(value) != {"zh", "en"}:
        raise Fault(path, "a text in zh and en is expected")
    if not all(isinstance(one, str) and one.strip() for one in value.values()):
        raise Fault(path, "a text is empty")
    return Words(value["zh"].strip(), value["en"].strip())


def _list_of_words(value: Any, path: Path) -> tuple[Words, ...]:
    return tuple(_words(one, (*path, n)) for n, one in enumerate(_sequence(value, path)))
