"""A plan becomes statements, built once a plan and shape and kept for the life of the process."""

from __future__ import annotations

import datetime as dt
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.selectable import CTE
from sqlalchemy.sql.visitors import InternalTraversal

from app.criteria import moments
from app.criteria.plan import Plan
from app.criteria.stage1 import World
from app.criteria.stage2 import Compiler
from app.criteria.subjects import SUBJECTS

CODE = re.compile(r"[A-Za-z0-9_*-]*")
KEPT = 100


class Constant(BindParameter[Any]):
    """A structural constant written into the text: 0, 1, a code. Never anything from outside."""

    inherit_cache = True
    _traverse_internals = [
        ("value", InternalTraversal.dp_plain_obj),
        ("type", InternalTraversal.dp_type),
    ]
    # what is written into the text belongs to the key of the text, unlike what is bound
    _gen_cache_key = ColumnElement._gen_cache_key  # noqa: SLF001


@compiles(Constant)
def _constant(element: Constant, compiler: Any, **kw: Any) -> str:
    value = element.value
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        lite = compiler.dialect.name == "sqlite"
        return str(int(value)) if lite else str(value).lower()
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if not CODE.fullmatch(text):
        raise ValueError(f"{text!r} may not stand in a statement")
    return f"'{text}'"


def inline(statement: Select[Any]) -> tuple[Select[Any], set[str]]:
    """The statement with its constants written out, and the names of what stays bound.

    It is changed in place: a copy of some hundred layers takes most of the time of a build.
    """
    names: set[str] = set()
    for element in elements(statement):
        if isinstance(element, BindParameter) and not isinstance(element, Constant):
            if element.expanding:  # a list stays bound, under a name of its own
                continue
            if element.unique:
                element.__class__ = Constant
            else:
                names.add(element.key)
    return statement, names


def elements(statement: Select[Any]) -> Iterator[Any]:
    """Each part of a statement once, though many layers read it."""
    seen: dict[int, Any] = {}
    ahead: list[Any] = [statement]
    while ahead:
        element = ahead.pop()
        if id(element) in seen:
            continue
        seen[id(element)] = element
        ahead.extend(element.get_children())
        yield element


def parameters(names: frozenset[str], numbers: dict[str, int], day: dt.date) -> dict[str, Any]:
    """Days and numbers of the law that a statement binds."""
    return moments.values(names, day) | {k: n for k, n in numbers.items() if k in names}


_marks = count()


def marked(query: Select[Any]) -> Select[Any]:
    """The statement with a short key in SQLAlchemy's store of texts.

    Its own counts every part of some hundred layers and is hashed anew at each execution, which
    takes longer than the execution. The object is kept, so a number does. Copies lose it.
    """
    whole = query._generate_cache_key()  # noqa: SLF001
    if whole is not None:
        short = whole._replace(key=("rules", next(_marks)))
        assert "_generate_cache_key" in query._memoized_keys  # noqa: SLF001  what copies leave out
        query.__dict__["_generate_cache_key"] = lambda: short
    return query


@dataclass(frozen=True)
class Statement:
    """A statement with the names it binds and the law's numbers as they stand in the book."""

    query: Select[Any]
    names: frozenset[str]
    numbers: dict[str, int]
    world: World
    compiler: Compiler

    def bind(self, day: dt.date, cut: int | None, ids: list[int]) -> dict[str, Any]:
        """Every parameter of an execution: always the full set."""
        values = parameters(self.names, self.numbers, day) | self.world.subjects(ids)
        if "cut" in self.names:
            values["cut"] = cut
        return values


_statements: OrderedDict[tuple[Any, ...], Any] = OrderedDict()


def statement(plan: Plan, shape: str, past: bool, brief: bool = False) -> Statement:
    """The statement of a plan in a shape; `brief` leaves out what only explains."""
    key = (plan.key, plan.hashes, shape, past, brief)
    made: Statement = kept(key, lambda: _build(plan, World(shape, past, plan.subject), brief))
    return made


def once(plan: Plan) -> Statement:
    """The brief statement of a plan for all subjects, made to be asked once and not kept."""
    return _build(plan, World("all", False, plan.subject), True)


def apart(plan: Plan, day: dt.date) -> Select[Any]:
    """A statement for all subjects that can stand in another beside those of other plans: what
    it binds is written to it, and its layers and values have the plan's own names.

    Built anew and changed in place, as `inline` does.
    """
    made = _build(plan, World("all", False, plan.subject), True)
    values, own = made.bind(day, None, []), "_".join(str(root.id) for root in plan.roots)
    for element in elements(made.query):
        if isinstance(element, CTE):
            element.name = f"{element.name}_of_{own}"
        elif isinstance(element, BindParameter) and element.key in values:
            element.value, element.required = values[element.key], False
            element.key = f"{element.key}_of_{own}"
    return made.query


def followed(shape: str) -> tuple[Select[Any], frozenset[str], World]:
    """Ids of those of the firms in a shape that are judged each day, and what it binds."""

    def build() -> tuple[Select[Any], frozenset[str], World]:
        world = World(shape, False)
        query, names = inline(select(world.followed.c.id))
        return marked(query), frozenset(names), world

    made: tuple[Select[Any], frozenset[str], World] = kept(("followed", shape), build)
    return made


def kept(key: tuple[Any, ...], build: Callable[[], Any]) -> Any:
    """What was built for a key, or build it; the oldest goes when there are too many."""
    found = _statements.get(key)
    if found is None:
        found = _statements[key] = build()
        if len(_statements) > KEPT:
            _statements.popitem(last=False)
    return found


def _build(plan: Plan, world: World, brief: bool) -> Statement:
    facts = SUBJECTS[plan.subject].stage(world).facts(plan.facts)
    compiler = Compiler(plan, facts)
    layers = compiler.build()
    query, names = inline(compiler.summaries() if brief else compiler.everything())
    return Statement(marked(query), frozenset(names), dict(layers.params), world, compiler)
