"""The whole form of a return: values beside those of the year before, checks, the bridge from
the fourth quarter to the year, and what was corrected since it was handed in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property

from app.carriers.models import Return
from app.core.access import AnyViewer
from app.core.days import Period
from app.core.errors import NotFound
from app.statistics.summary.asked import Asked, handed_in
from app.statistics.summary.checks import Finding, check
from app.statistics.summary.items import BY_CODE, ITEMS, SECTIONS, Item, Line, Value, value


@dataclass(frozen=True)
class Bridge:
    """Fourth quarter against year of one item, over the firms that have both."""

    item: Item
    quarter: int
    year: int
    both: int
    lines: list[tuple[Line, Line]]

    @property
    def differs(self) -> list[tuple[Line, Line]]:
        """Firms whose two figures are not the same."""
        return [pair for pair in self.lines if pair[0].amount != pair[1].amount]


@dataclass(frozen=True)
class Row:
    """One line of the form: the value, that of the year before, and the one known today."""

    value: Value
    before: Value
    now: Value | None = None

    @property
    def corrected(self) -> bool:
        """Whether it would be another number today."""
        return self.now is not None and self.now.amount != self.value.amount


@dataclass(frozen=True)
class Form:
    """The form of one carrier and period."""

    one: Return
    asked: Asked

    @cached_property
    def values(self) -> dict[str, Value]:
        """Item code → value; the year before under `code:before`."""
        before = self.asked.year_before
        now = {item.code: value(item, self.asked) for item in ITEMS}
        return now | {f"{item.code}:before": value(item, before) for item in ITEMS}

    @cached_property
    def findings(self) -> list[Finding]:
        """Every rule of 勾稽."""
        return list(check(self.values))

    @property
    def broken(self) -> list[Finding]:
        """Rules that the form breaks and that need an explanation."""
        return [finding for finding in self.findings if finding.broken]

    @cached_property
    def sections(self) -> list[tuple[str, list[Row]]]:
        """The lines of the form by section."""
        late = replace(self.asked, cut=None) if self.asked.cut is not None else None
        return [
            (section, [
                Row(
                    self.values[item.code], self.values[f"{item.code}:before"],
                    value(item, late) if late is not None else None,
                )
                for item in ITEMS if item.section == section
            ])
            for section in SECTIONS
        ]  # fmt: skip

    @property
    def corrected(self) -> int:
        """How many values would be others today."""
        return sum(row.corrected for _section, rows in self.sections for row in rows)

    @cached_property
    def bridges(self) -> list[Bridge]:
        """季年衔接 of a yearly form; a quarter has none."""
        if self.asked.period.quarter:
            return []
        fourth = self.asked.fourth
        return [bridge(item, self.asked, fourth) for item in ITEMS if item.bridges]


def bridge(item: Item, year: Asked, fourth: Asked) -> Bridge:
    """One item: firms inside at the year's end that have a figure of both."""
    quarterly = {line.code or line.name: line for line in item.lines(fourth)}
    pairs = [
        (held, line)
        for line in item.lines(year)
        if (held := quarterly.get(line.code or line.name)) is not None
        and held.amount is not None
        and line.amount is not None
    ]
    first, second = (sum(pair[n].amount or 0 for pair in pairs) for n in (0, 1))
    return Bridge(item, first, second, len(pairs), pairs)


def form_of(viewer: AnyViewer, one: Return, today: dt.date) -> Form:
    """The form of a return that the viewer has found: as handed in, else as of now."""
    period = Period(one.year, one.quarter)
    return Form(one, Asked(viewer, one.carrier, period, today, handed_in(one)))


def item_of(code: str) -> Item:
    """An item of the register; NotFound for an unknown code."""
    if code not in BY_CODE:
        raise NotFound()
    return BY_CODE[code]
