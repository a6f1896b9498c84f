"""The cases of a rule as people read them: what is given, what is expected, what a version says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires
from app.core.days import today
from app.core.errors import NotFound
from app.core.kept import kept
from app.core.text import _
from app.criteria import cases, citing
from app.criteria.cases import Answer, Case, Given
from app.criteria.facts import CATALOGUE
from app.criteria.models import Outcome
from app.criteria.parse import KINDS
from app.criteria.plan import Plan, Version
from app.criteria.queries import book, in_force, needed
from app.criteria.saying import measured_thing
from app.criteria.service import CASES
from app.criteria.tree import Use
from app.criteria.units import UNITS

bp = Blueprint("cases", __name__)
#: what parts the ends of a range
TO = " ~ "


@dataclass(frozen=True)
class Row:
    """One case: its name, (thing, value) of what is given, and outcomes as (what, expected,
    said by the version) with the rule first."""

    name: str
    given: list[tuple[str, str]]
    outcomes: list[tuple[str, Outcome | None, Outcome | None]]
    good: bool


@dataclass(frozen=True)
class Sheet:
    """The cases of a rule under a version, and the edges of its thresholds."""

    rows: list[Row]
    edges: int
    #: names of edges that come out wrong
    broken: list[str]

    @property
    def wrong(self) -> int:
        """How many cases differ from what is expected."""
        return sum(not row.good for row in self.rows)


def sheet(
    version: Version, day: dt.date, kind: str = "new", beside: Version | None = None
) -> Sheet:
    """The cases of a version, or of another `beside` it, as the version answers them."""
    own = cases.of_version(CASES, beside or version, kind)
    edges = cases.edges(version, kind)
    key = ("cases", version.content_hash, day, kind, beside and beside.content_hash)
    answers = kept(key, lambda: cases.run(version, [*own, *edges], day, kind))
    plan = Plan((version,), kind, needed((version,), in_force(day, kind, version.tree.subject)))
    words = {str(node.clause): str(citing.words(node.cite)) for node in version.tree.clauses_all()}
    rows = [_row(answer, plan.facts, words) for answer in answers[: len(own)]]
    broken = [str(answer.case.name) for answer in answers[len(own) :] if answer.wrong]
    return Sheet(rows, len(edges), broken)


def _row(answer: Answer, uses: Sequence[Use], words: dict[str, str]) -> Row:
    case: Case = answer.case
    outcomes: list[tuple[str, Outcome | None, Outcome | None]] = [
        (_("整项标准"), case.expected, answer.outcome)
    ]
    outcomes += [
        (words.get(clause, clause), wanted, answer.clauses.get(clause))
        for clause, wanted in case.clauses
    ]
    given = [(_thing(one, uses), _value(one)) for one in case.given]
    return Row(str(case.name), given, outcomes, not answer.wrong)


def _thing(given: Given, uses: Sequence[Use]) -> str:
    """The name of what is given, by the fact that the rule asks for."""
    use = next((one for one in uses if given.of(one)), None)
    name = str(measured_thing(use)) if use else _(CATALOGUE[given.fact].text)
    back = dict(given.arguments).get("back")
    return _("%(name)s（前 %(n)s 年）", name=name, n=back) if back else name


def _value(given: Given) -> str:
    if given.value is None:
        return _("未登记")
    if isinstance(given.value, bool):
        return _("是") if given.value else _("否")
    return TO.join(map(_amount, str(given.value).split(TO)))


def _amount(text: str) -> str:
    number, _space, unit = text.partition(" ")
    return f"{number} {_(unit)}" if unit in UNITS and unit != "%" else text


@bp.get("/standards/<rule>/cases")
@requires(Permission.STANDARD_READ)
def of_rule(rule: str) -> ResponseReturnValue:
    """The cases beside a version of a rule: the one asked for, else that in force or the newest."""
    versions = book().get(rule)
    if not versions:
        raise NotFound()
    chosen = next((v for v in versions if v.in_force(today(), "new")), versions[-1])
    asked = request.args.get("version", chosen.number, type=int)
    version = next((v for v in versions if v.number == asked), chosen)
    kinds = _kinds(version)
    kind = request.args.get("kind") if request.args.get("kind") in kinds else kinds[0]
    found = sheet(version, today(), str(kind))
    return render_template(
        "criteria/cases.html", sheet=found, version=version, kind=kind, day=today(),
        tabs=[tab for one in versions for tab in _tabs(one, version, str(kind))],
    )  # fmt: skip


def _kinds(version: Version) -> list[str]:
    """Kinds of case with cases of their own; new cases without any."""
    held = [f for f in cases.files(CASES) if (f.rule, f.version) == (version.rule, version.number)]
    return [kind for kind in KINDS if any(file.kind == kind for file in held)] or [KINDS[0]]


def _tabs(one: Version, shown: Version, kind: str) -> list[tuple[str, str, bool]]:
    """(words, address, whether it is this page) for each kind of case of a version."""
    found = []
    for held in _kinds(one):
        words = f"v{one.number}" if held == KINDS[0] else f"v{one.number} {_('复核')}"
        url = url_for(".of_rule", rule=one.rule, version=one.number, kind=held)
        found.append((words, url, one == shown and held == kind))
    return found
