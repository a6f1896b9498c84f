"""Cases beside the rules: what is given of an imagined subject, and what a rule should say of it.

A case is judged by the same conditions as real subjects; its facts come from the file instead of
the register. What is not given is unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Integer, Select, String, cast, literal, null, select, union_all

from app.core.db import session
from app.core.text import N_
from app.criteria.compile import inline, parameters
from app.criteria.facts import CATALOGUE
from app.criteria.interval import WHOLE
from app.criteria.models import Outcome
from app.criteria.parse import KINDS
from app.criteria.plan import Plan, Version
from app.criteria.queries import in_force, needed
from app.criteria.rulefile import line_of, loaded, refusal
from app.criteria.stage1 import fenced
from app.criteria.stage2 import MET, NOT_ASKED, NOT_MET, SHORT, UNKNOWN, Compiler
from app.criteria.tree import Fault, Share, Test, Use, applies
from app.criteria.units import UnitError, amount
from app.criteria.verdict import Words

#: letters of a clause string → outcomes of the files
LETTERS = {
    MET: Outcome.MET, NOT_MET: Outcome.NOT_MET, UNKNOWN: Outcome.UNKNOWN, SHORT: Outcome.UNKNOWN,
    NOT_ASKED: Outcome.NOT_APPLICABLE,
}  # fmt: skip
Where = tuple[Any, ...]
RANGE, LEAST = "~", "≥"
#: bounds of a flag of which nothing is known
OPEN_FLAG = (0, 1)
#: comparison → whether it holds a unit below the number, at it, and above it
HOLDS = {
    "gt": (False, False, True), "ge": (False, True, True), "le": (True, True, False),
    "lt": (True, False, False),
}  # fmt: skip


class Base(int):
    """A number in the base unit of its fact, such as fen."""


@dataclass(frozen=True)
class Given:
    """One thing that is given: a fact, its value as written, and which of several is meant: a
    parameter must be this, or hold it where it is a list."""

    fact: str
    arguments: tuple[tuple[str, Any], ...]
    value: Any

    def of(self, use: Use) -> bool:
        """Whether a fact that a rule asks for is meant."""
        if use.fact != self.fact:
            return False
        held = [(use.arguments.get(key), value) for key, value in self.arguments]
        return all(own == one or (isinstance(own, tuple) and one in own) for own, one in held)


@dataclass(frozen=True)
class Case:
    """An imagined subject with the outcomes that are expected, of the rule and of its clauses."""

    name: Words
    given: tuple[Given, ...]
    #: of the rule; None where only clauses matter
    expected: Outcome | None
    clauses: tuple[tuple[str, Outcome], ...]


@dataclass(frozen=True)
class Answer:
    """What a version says of a case."""

    case: Case
    outcome: Outcome | None
    clauses: dict[str, Outcome]
    #: facts that are given and that the version does not ask for; it is then not judged
    unasked: tuple[str, ...] = ()

    @property
    def wrong(self) -> list[tuple[str, Outcome | None, Outcome | None]]:
        """(clause, "" for the rule; expected; said) of all that differs."""
        found: list[tuple[str, Outcome | None, Outcome | None]] = []
        if self.unasked or self.outcome is not (self.case.expected or self.outcome):
            found.append(("", self.case.expected, self.outcome))
        for clause, wanted in self.case.clauses:
            if self.clauses.get(clause) is not wanted:
                found.append((clause, wanted, self.clauses.get(clause)))
        return found


@dataclass(frozen=True)
class CaseFile:
    """The cases of one version of a rule for a kind of case, new or review."""

    path: Path
    rule: str
    version: int
    kind: str
    cases: tuple[Case, ...]

    def suits(self, version: Version) -> bool:
        """Whether a version has every clause that the cases speak of."""
        held = {str(node.clause) for node in version.tree.clauses_all()}
        return all(clause in held for one in self.cases for clause, _wanted in one.clauses)


def read(path: Path) -> CaseFile:
    """Read one file; DomainError `standard_file` names the line of what cannot be read."""
    return _checked(path, path.read_text(encoding="utf-8"))


@lru_cache
def _checked(path: Path, text: str) -> CaseFile:
    content, lines = loaded(path, text)
    try:
        _has(content, (), "rule", "version", "cases")
        kind = content.get("kind", "new")
        if kind not in KINDS:
            raise Fault(
                ("kind",),
                N_("没有 %(kind)s 这种申请，只有 %(among)s"),
                kind=repr(kind),
                among=", ".join(KINDS),
            )
        always = _things(content.get("always", []), ("always",))
        cases = [_case(one, ("cases", n), always) for n, one in enumerate(content["cases"])]
        return CaseFile(path, content["rule"], content["version"], kind, tuple(cases))
    except Fault as fault:
        raise refusal(path, line_of(fault.path, lines), fault.reason) from None


def _has(plain: Any, path: Where, *keys: str) -> None:
    missing = [key for key in keys if not isinstance(plain, dict) or key not in plain]
    if missing:
        raise Fault(path, N_("缺少 %(key)s"), key=missing[0])


def _case(plain: Any, path: Where, always: list[Given]) -> Case:
    _has(plain, path, "name", "expect")
    _has(plain["name"], (*path, "name"), "zh", "en")
    own = _things(plain.get("given", []), (*path, "given"))
    taken = {(one.fact, one.arguments) for one in own}
    kept = [one for one in always if (one.fact, one.arguments) not in taken]
    clauses = [
        (str(key), _outcome(word, (*path, "clauses", key)))
        for key, word in plain.get("clauses", {}).items()
    ]
    name = Words(plain["name"]["zh"], plain["name"]["en"])
    expected = _outcome(plain["expect"], (*path, "expect"))
    return Case(name, (*kept, *own), expected, tuple(clauses))


def _outcome(word: Any, path: Where) -> Outcome:
    try:
        return Outcome(word)
    except ValueError:
        known = ", ".join(one.value for one in Outcome)
        raise Fault(
            path, N_("没有 %(word)s 这种结果，只有 %(known)s"), word=repr(word), known=known
        ) from None


def _things(plain: Any, path: Where) -> list[Given]:
    found = []
    for n, one in enumerate(plain):
        if not isinstance(one, dict) or not one:
            raise Fault((*path, n), N_("数据项写作 数据项: 值"))
        (fact, value), *more = one.items()
        if fact not in CATALOGUE:
            raise Fault((*path, n), N_("没有名为 %(fact)s 的数据项"), fact=fact)
        try:
            bounds(value, CATALOGUE[fact].unit)
        except UnitError as error:
            raise Fault((*path, n), error.reason) from None
        found.append(Given(fact, tuple(more), value))
    return found


def run(version: Version, cases: Sequence[Case], day: dt.date, kind: str = "new") -> list[Answer]:
    """What a version, of the book or not, says of some cases, in their order."""
    plan = Plan((version,), kind, needed((version,), in_force(day, kind, version.tree.subject)))
    unasked = [_unasked(one, plan.facts) for one in cases]
    answers = {n: Answer(cases[n], None, {}, facts) for n, facts in enumerate(unasked) if facts}
    rows = [_row(n, one, plan.facts) for n, one in enumerate(cases) if n not in answers]
    if not rows:
        return [answers[n] for n in range(len(cases))]
    compiler = Compiler(plan, fenced(select(union_all(*rows).subquery()), "facts"))
    layers = compiler.build()
    query, names = inline(compiler.summaries())
    bound = parameters(frozenset(names), layers.params, day)
    found = session.execute(query, bound, execution_options={"compiled_cache": None}).mappings()
    codes = [str(node.clause) for node in version.tree.clauses_all()]
    for row in found:
        letters = zip(codes, row[f"r{version.id}_clauses"], strict=True)
        said = {code: LETTERS[letter] for code, letter in letters}
        number, outcome = row["id"], Outcome(row[f"r{version.id}_outcome"])
        answers[number] = Answer(cases[number], outcome, said)
    return [answers[n] for n in range(len(cases))]


def _unasked(case: Case, uses: list[Use]) -> tuple[str, ...]:
    return tuple(one.fact for one in case.given if not any(one.of(use) for use in uses))


def _row(number: int, case: Case, uses: list[Use]) -> Select[Any]:
    columns: list[Any] = [cast(literal(number), Integer).label("id")]
    for n, use in enumerate(uses):
        said = [one.value for one in case.given if one.of(use)]
        columns += _columns(n, use, said[-1] if said else None)
    return select(*columns)


def _columns(n: int, use: Use, value: Any) -> Iterator[Any]:
    unit = CATALOGUE[use.fact].unit
    if unit == "code":
        yield cast(null() if value is None else literal(str(value)), String).label(f"f{n}")
        return
    low, high = bounds(value, unit)
    for end, number in (("lo", low), ("hi", high)):
        yield cast(null() if number is None else literal(number), BigInteger).label(f"f{n}_{end}")


def bounds(value: Any, unit: str) -> tuple[int | None, int | None]:
    """Low and high of a value as written: 550 万元, 300 万元 ~ 600 万元, ≥ 300 万元, true."""
    if value is None:
        return OPEN_FLAG if unit == "flag" else (None if unit == "day" else 0, None)
    if isinstance(value, Base) or (unit == "flag" and isinstance(value, bool)):
        return int(value), int(value)
    if unit == "code":
        return None, None
    if unit == "flag":
        raise UnitError(N_("%(value)s 不是 true 也不是 false"), value=repr(value))
    text = str(value)
    if text.startswith(LEAST):
        return amount(text.removeprefix(LEAST), unit), None
    low, _sign, high = text.partition(RANGE)
    least = amount(low, unit)
    return least, amount(high, unit) if high else least


def edges(version: Version, kind: str = "new") -> list[Case]:
    """Each clause that compares one figure or share with a number of its own: a base unit below
    the number, at it, and above it. The comparison that the standard writes says what is met.
    What is not asked in a kind of case has none in it."""
    found = []
    for node in version.tree.clauses_all():
        if not applies(node, kind):
            continue
        if isinstance(node, Test) and node.op in HOLDS and isinstance(node.value, int):
            for step, holds in zip((-1, 0, 1), HOLDS[node.op], strict=True):
                given = _measured(node, int(node.value) + step)
                if given and int(node.value) + step >= 0:
                    wanted = Outcome.MET if holds else Outcome.NOT_MET
                    name = f"{node.clause} {node.op} {node.value} {step:+d}"
                    clauses = ((str(node.clause), wanted),)
                    found.append(Case(Words(name, name), given, None, clauses))
    return found


def _measured(node: Test, value: int) -> tuple[Given, ...]:
    """What gives a clause's measure a value: of a share, its part in ten thousand of the whole."""
    if isinstance(node.measure, Use):
        return (_exact(node.measure, value),)
    if isinstance(node.measure, Share):
        return (_exact(node.measure.part, value), _exact(node.measure.whole, WHOLE))
    return ()


def _exact(use: Use, value: int) -> Given:
    return Given(use.fact, tuple(use.arguments.items()), Base(value))


def files(folder: Path) -> list[CaseFile]:
    """Every file of a folder, by name."""
    return [read(path) for path in sorted(folder.glob("*.yaml"))]


def of_version(folder: Path, version: Version, kind: str = "new") -> list[Case]:
    """The cases of a version. One without its own, such as a draft, has those of the newest
    version with the same clauses, else of the newest; a review without its own those of a new
    case."""
    held = [one for one in files(folder) if one.rule == version.rule]

    def near(one: CaseFile) -> tuple[bool, bool, bool, int]:
        own = one.version == version.number
        return own, one.suits(version), one.kind == kind, one.version

    usable = [one for one in held if one.kind in (kind, "new")]
    return list(max(usable, key=near).cases) if usable else []


__all__ = ["Answer", "Case", "CaseFile", "bounds", "edges", "files", "of_version", "read", "run"]
