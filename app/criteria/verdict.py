"""What an assessment answers: a verdict with its findings, ready for page, paper and freezing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from typing import Any

from app.core.canonical import canonical, digest_of
from app.core.text import _, language
from app.criteria.models import Outcome

#: Bumped when the meaning of any fact changes; replay compares under equal versions.
CATALOGUE_VERSION = 8

#: How an outcome is shown: as it is, or 暂未达到 when unknown but short on what is recorded.
SHORT = "short"


@dataclass(frozen=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.en if language() == "en" else self.zh


NOTHING = Words("", "")


@dataclass(frozen=True)
class Said:
    """A sentence of our own with its values, said in the reader's language."""

    sentence: str
    values: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        return _(self.sentence, **{key: str(value) for key, value in self.values})


def said(sentence: str, /, **values: Any) -> Said:
    """A sentence marked with N_ and its values."""
    return Said(sentence, tuple(values.items()))


Text = Words | Said


@dataclass(frozen=True)
class Item:
    """One recorded thing that a clause rests on; `low` and `high` in the clause's unit."""

    source: str
    id: int
    day: dt.date | None
    words: Text
    low: int | None
    high: int | None
    verification: str | None = None
    evidence: int = 0
    #: public id of the record; of something stated its key
    pid: str | None = None


@dataclass(frozen=True)
class Points:
    """Points of one part of a score: at least, at most, and the most there are."""

    text: Words
    low: int
    high: int
    most: int
    depth: int = 0


@dataclass(frozen=True)
class Finding:
    """A clause's outcome. Figures are in the base unit (fen, 24ths of a head, month_ord …)."""

    clause: str
    cite: str
    text: Words
    outcome: Outcome
    display: str
    low: int | None = None
    high: int | None = None
    unit: str | None = None
    op: str | None = None
    threshold: int | None = None
    gap: int | None = None
    items: tuple[Item, ...] = ()
    verification: str | None = None
    judgement: bool = False
    presumed: bool = False
    #: it or a clause above it is shown and takes no part in the outcome
    remark: bool = False
    parent: str | None = None
    note: Words = NOTHING
    attested_to: dt.date | None = None
    #: the citation, and what stands in brackets at its end: 第九条（二）, （二）
    cited: Words = NOTHING
    label: Words = NOTHING
    #: what is measured, by name: 到账股权融资; the fact behind it, when there is just one
    thing: Text = NOTHING
    fact: str | None = None
    #: how the value came about, where it is counted and not entered
    counted: tuple[Text, ...] = ()
    #: where a score is asked for, the points of its parts
    points: tuple[Points, ...] = ()
    #: where a code is asked for, the word of the one that is recorded
    coded: Words = NOTHING


@dataclass(frozen=True)
class StandardInfo:
    """The version that was applied."""

    id: int
    pid: str
    rule: str
    version: int
    standing: str
    title: Words
    short: Words
    instrument: Words
    document: str | None
    clause: Words
    content_hash: str
    notices: tuple[Words, ...] = ()
    any_one: bool = False


@dataclass(frozen=True)
class Ask:
    """One input that is missing, and what entering it could make of the outcome.

    `kind` is where it is entered: `milestone` (an entry left open: `milestone_id`, and `field`
    where one column settles it), `figures` (`field` is the column, `year` the fiscal year),
    `attestation` (`field` is the kind of milestone, None for all kinds), `firm`, `residency` or
    `place` (`field` is the column); of a carrier `carrier`, `carrier_figures` and `carrier_stated`,
    or `records` for those of its firms. `outcomes` holds what the rule can become by this entry
    alone; it is empty where more is missing. `settles` says that any answer decides the rule.
    """

    kind: str
    clause: str
    words: Text
    effect: Text
    milestone_id: int | None = None
    field: str | None = None
    year: int | None = None
    fact: str = ""
    #: what is missing, as a noun: 2025 年研发费用（会计口径）
    what: Text = NOTHING
    outcomes: tuple[Outcome, ...] = ()
    settles: bool = False


@dataclass(frozen=True)
class Verdict:
    """All findings of one standard for a subject, as of a day and as known at a cut."""

    standard: StandardInfo
    kind: str
    day: dt.date
    cut: int
    subject_id: int
    outcome: Outcome
    display: str
    candidate: bool
    manual_review: bool
    score_low: int | None
    score_high: int | None
    distance: int | None
    findings: tuple[Finding, ...] = ()
    reason: Text = NOTHING
    shortest: Text | None = None
    asks: tuple[Ask, ...] = ()
    references: dict[str, str] = field(default_factory=dict)

    @property
    def standard_id(self) -> int:
        """The version's row."""
        return self.standard.id

    @property
    def ask(self) -> Ask | None:
        """The next thing to enter."""
        return self.asks[0] if self.asks else None

    @property
    def rule(self) -> str:
        """The rule's name."""
        return self.standard.rule

    @property
    def met_clauses(self) -> list[str]:
        """Clauses that are met, in the order of the regulation."""
        return [f.clause for f in self.findings if f.outcome is Outcome.MET]

    def freeze(self) -> tuple[str, str]:
        """Canonical JSON of everything the decision rests on, and its SHA-256."""
        content = canonical(plain(self) | {"catalogue": CATALOGUE_VERSION})
        return content, digest_of(content)


def plain(value: Any) -> Any:
    """Only what JSON knows; days as ISO text, what has fields by their names."""
    if value is None or isinstance(value, str | int):
        return value.value if isinstance(value, Enum) else value
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, dt.date) else value
