"""What a citation holds for good: one figure, what it was asked for, and its words.

As in a report the list is not copied: the cut is in the past and the past does not change, so
that the figure can be counted again, and its list be opened, at any later time.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from flask_babel import force_locale
from sqlalchemy import select

from app.carriers.models import Carrier
from app.core.canonical import Frozen, canonical, digest_of
from app.core.db import session
from app.core.errors import NotFound
from app.core.filters import num
from app.core.terms import term
from app.core.text import LOCALES, _
from app.statistics.addresses import percent
from app.statistics.asof import AsOf, Count
from app.statistics.dimensions import told
from app.statistics.forms import Question
from app.statistics.indicators import REGISTER, Indicator, indicator
from app.statistics.queries.figures import Desk, Figure
from app.statistics.scope import Scope

ENTRIES = ("definition", "unit", "source", "rounding", "numerator", "denominator")


@dataclass(frozen=True)
class Cited(Frozen):
    """A frozen figure, read from its text."""

    @property
    def question(self) -> str:
        """SHA-256 of what was asked, by which definition and of whose figures."""
        return digest_of(canonical(self.content["asked"]))

    @property
    def asked(self) -> dict[str, Any]:
        """What was asked."""
        return self.content["asked"]  # type: ignore[no-any-return]

    @property
    def asof(self) -> AsOf:
        """Its two clocks and counting; the cut is in the past."""
        held = self.asked
        day, count, joined = dt.date.fromisoformat(held["as_of"]), held["count"], held["joined"]
        stands = dt.date.fromisoformat(joined) if joined else None
        return AsOf(day, held["cut"], False, Count(count), stands)

    @property
    def known_on(self) -> dt.date:
        """The day that the cut stood for when it was cited."""
        return dt.date.fromisoformat(self.content["known_on"])

    @property
    def scope(self) -> Scope:
        """Whose figures it is made of."""
        return scope_in(canonical(self.asked["scope"]))

    @property
    def filters(self) -> dict[str, str]:
        """Its conditions."""
        return dict(self.asked["filters"])

    @property
    def numbers(self) -> tuple[int, int | None]:
        """(number, or numerator of a share; denominator of a share)."""
        return self.content["value"], self.content["whole"]

    @property
    def entry(self) -> Indicator | None:
        """The register's entry, if it still defines the figure as it was cited."""
        held = REGISTER.get(self.asked["indicator"])
        return held if held and held.version == self.asked["version"] else None

    def words(self, language: str) -> dict[str, str]:
        """Name, conditions, number and definition as they were told then."""
        return self.content["words"][language]  # type: ignore[no-any-return]

    def figure(self, asof: AsOf, value: int) -> Figure:
        """The figure at another cut; of a share its numerator. KeyError without `entry`."""
        entry = indicator(self.asked["indicator"])
        return Figure(entry, asof, value, tuple((self.filters | dict(entry.part)).items()))


def freeze(desk: Desk, question: Question, code: str, filters: Mapping[str, str]) -> Cited:
    """The figure as it stands at the desk. Raises NotFound for what the register does not have,
    and for a list that is neither the whole nor the part of its share.
    """
    entry = indicator(code)
    if entry.cuts(filters):
        raise NotFound()
    filters = dict(sorted(entry.outside(filters).items()))
    value, whole = counted(desk, entry, filters)
    asof = desk.asof
    words = {}
    for language in LOCALES:
        with force_locale(language):
            words[language] = _words(desk, entry, filters, value, whole)
    content = {
        "asked": {
            "indicator": entry.code,
            "version": entry.version,
            "as_of": asof.day.isoformat(),
            "cut": asof.cut,
            "count": asof.count.value,
            "joined": asof.joined.isoformat() if asof.joined else None,
            "filters": list(filters.items()),
            "scope": json.loads(scope_text(desk.scope)),
        },
        "known_on": question.known_on.isoformat(),
        "value": value,
        "whole": whole,
        "words": words,
    }
    return Cited(canonical(content))


def counted(desk: Desk, entry: Indicator, filters: Mapping[str, str]) -> tuple[int, int | None]:
    """The number of rows; of a share its numerator and denominator."""
    if not entry.is_share:
        return desk.count(entry.code, **filters).value, None
    share = desk.share(entry.code, **filters)
    return share.part.value, share.whole.value


def shown(entry: Indicator, value: int, whole: int | None) -> str:
    """The number as it is told: 425, 87.2%, or a dash for a share of nothing."""
    if whole is None:
        return num(value)
    return percent(Fraction(value, whole) if whole else None)


def _words(
    desk: Desk, entry: Indicator, filters: Mapping[str, str], value: int, whole: int | None
) -> dict[str, str]:
    held = {name: entry.words(name) if getattr(entry, name) else "" for name in ENTRIES}
    return held | {
        "name": entry.name,
        "whose": whose(desk.scope),
        "conditions": told(filters),
        "shown": shown(entry, value, whole),
    }


def whose(scope: Scope) -> str:
    """Whose figures, in words: the district, carriers or areas by name."""
    if scope.whole:
        return _("全区")
    named = select(Carrier.short_name).where(Carrier.id.in_(scope.carriers))
    names = list(session.scalars(named.order_by(Carrier.sort_key)))
    names += [str(term("area", code)) for code in sorted(scope.areas)]
    names += [str(term("town", code)) for code in sorted(scope.towns)]
    return _("、").join(names)


def scope_text(scope: Scope) -> str:
    """A scope as canonical JSON."""
    parts: dict[str, Any] = {
        "carriers": sorted(scope.carriers),
        "areas": sorted(scope.areas),
        "towns": sorted(scope.towns),
    }
    return canonical({"whole": True} if scope.whole else parts)


def scope_in(text: str) -> Scope:
    """The scope of a text made by `scope_text`."""
    held = json.loads(text)
    if held.get("whole"):
        return Scope(whole=True)
    return Scope(False, *(frozenset(held[name]) for name in ("carriers", "areas", "towns")))


def holds(outer: Scope, inner: Scope) -> bool:
    """Whether all figures of one scope are also in another's."""
    if outer.whole or inner.whole:
        return outer.whole
    return (
        inner.carriers <= outer.carriers
        and inner.areas <= outer.areas
        and inner.towns <= outer.towns
    )


def recounted(cited: Cited, desk: Desk) -> tuple[int, int | None] | None:
    """The figure counted again at a desk; None when the register defines it otherwise by now."""
    entry = cited.entry
    return counted(replace(desk, scope=cited.scope), entry, cited.filters) if entry else None
