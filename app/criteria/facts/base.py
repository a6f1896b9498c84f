"""What a fact is: a row source and an aggregate, declared once, with parameters from the YAML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.criteria.interval import Aggregate, Col, Interval

Params = dict[str, Any]
#: Called after the sources are joined: bounds, or the column of a code.
Finish = Callable[[], Interval | Col]


@dataclass(frozen=True)
class Rows:
    """Which rows of a table count, and for how much at least and at most."""

    low: Col
    high: Col
    day: Col


@dataclass(frozen=True)
class Param:
    """A parameter: `codes` of a closed list, one `code`, a `count`, or an amount in a unit."""

    kind: str
    words: Any = None
    default: Any = None
    required: bool = True


@dataclass(frozen=True)
class Fact:
    """One entry of the catalogue."""

    name: str
    kind: str
    unit: str
    text: str
    #: called with the stage of the subject, a key for names, and the parameters
    build: Callable[[Any, str, Params], Finish]
    params: dict[str, Param] = field(default_factory=dict)
    terms: tuple[str, ...] = ()
    #: kind of milestone whose completeness is attested; the row source for the page
    milestone: str | None = None
    rows: Callable[[Any, Params], Rows] | None = None
    aggregate: Aggregate | None = None
    #: columns of figures that it is reckoned from, where no parameter names one
    columns: tuple[str, ...] = ()
    #: how a missing value is entered: (kind, field)
    entry: tuple[str, str | None] = ("", None)
    #: where the rest is entered, once what `entry` asks for is there
    also: tuple[str, str | None] | None = None
    #: what it is a fact of: firm or carrier
    subject: str = "firm"
    #: where a value comes from that no single entry holds
    origin: str = ""


CATALOGUE: dict[str, Fact] = {}


def declare(fact: Fact) -> Fact:
    """Enter a fact into the catalogue; ValueError when the name is taken."""
    if fact.name in CATALOGUE:
        raise ValueError(f"fact {fact.name} is declared twice")
    CATALOGUE[fact.name] = fact
    return fact
