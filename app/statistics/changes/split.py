"""The difference of two figures along one path, as terms that always add up to it.

The path leads from one question to the other: first what became known meanwhile, then the
counting of graduations, then the business day. In each step a firm (or carrier) whose rows grow
or shrink in number is put under one term, so nothing is told twice and nothing is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from app.core.text import N_, Coded
from app.statistics.asof import AsOf, Count
from app.statistics.changes.traces import traces
from app.statistics.dimensions import Filters
from app.statistics.indicators import Indicator, indicator
from app.statistics.queries.figures import Desk, Figure

Members = Mapping[int, int]


class Term(Coded):
    """Why rows came or went."""

    LATE = "late", N_("补录")
    CORRECTED = "corrected", N_("数据更正")
    REVIEWED = "reviewed", N_("核定与退回")
    REGROUPED = "regrouped", N_("归类更正")
    COUNTING = "counting", N_("口径不同")
    NEW = "new", N_("本期新增")
    GONE = "gone", N_("本期减少")
    MOVED = "moved", N_("本期归类变动")


#: what each term means, in words
MEANINGS: dict[Term, str] = {
    Term.LATE: N_("起点之后才录入，所记的事不晚于起点的统计时点"),
    Term.CORRECTED: N_("起点之后改动或作废了已录入的内容"),
    Term.REVIEWED: N_("起点之后由区级核定或退回，载体办理的内容未变"),
    Term.REGROUPED: N_("起点之后更正了领域、载体或地点等归类，企业仍在名单内"),
    Term.COUNTING: N_("两端分别用核定数和申报数"),
    Term.NEW: N_("两个统计时点之间新符合统计口径"),
    Term.GONE: N_("两个统计时点之间不再符合统计口径"),
    Term.MOVED: N_("两个统计时点之间换了载体或阶段，企业仍在名单内"),
}


@dataclass(frozen=True)
class Part:
    """A term of the split: whose rows came, as counted at one end of the step, and whose went."""

    term: Term
    before: AsOf
    after: AsOf
    came: Members
    went: Members

    @property
    def plus(self) -> int:
        """Rows that came."""
        return sum(self.came.values())

    @property
    def minus(self) -> int:
        """Rows that went."""
        return sum(self.went.values())

    @property
    def net(self) -> int:
        """What the term adds."""
        return self.plus - self.minus


@dataclass(frozen=True)
class Split:
    """Two figures and the terms between them."""

    then: Figure
    now: Figure
    parts: tuple[Part, ...]

    @property
    def difference(self) -> int:
        """The later figure less the earlier one."""
        return self.now.value - self.then.value

    def part(self, term: str) -> Part | None:
        """The part of a term, None where it has none."""
        return next((one for one in self.parts if one.term.value == term), None)


def split(desk: Desk, then: AsOf, code: str, filters: Filters) -> Split:
    """Why a figure at the desk's question is not what it was at another one.

    Raises NotFound for an unknown indicator or a filter that it does not have.
    """
    entry, asked = indicator(code), tuple(filters.items())
    here, held = then, desk.at(then).members(code, filters)
    first = Figure(entry, then, sum(held.values()), asked)
    parts: list[Part] = []
    for there in _path(then, desk.asof):
        after = desk.at(there).members(code, filters)
        parts += _step(desk, entry, filters, (here, held), (there, after))
        here, held = there, after
    return Split(first, Figure(entry, desk.asof, sum(held.values()), asked), tuple(parts))


def _path(then: AsOf, now: AsOf) -> Iterator[AsOf]:
    """The questions between two, one thing changed at a time."""
    known = replace(then, cut=now.cut, current=now.current)
    if known.cut != then.cut:
        yield known
    counted = known.counting(now.count)
    if counted != known:
        yield counted
    if now.day != then.day:
        yield now


def _step(
    desk: Desk, entry: Indicator, filters: Filters,
    one: tuple[AsOf, Members], other: tuple[AsOf, Members],
) -> Iterator[Part]:  # fmt: skip
    (here, before), (there, after) = one, other
    moved = {
        subject: after.get(subject, 0) - before.get(subject, 0)
        for subject in {*before, *after}
        if after.get(subject, 0) != before.get(subject, 0)
    }
    if not moved:
        return
    if here.cut != there.cut:
        why = _learned(desk, entry, filters, one, other, set(moved))
    elif here.count is not there.count:
        why = dict.fromkeys(moved, Term.COUNTING)
    else:
        why = {
            subject: Term.MOVED if subject in before and subject in after
            else Term.NEW if by > 0 else Term.GONE
            for subject, by in moved.items()
        }  # fmt: skip
    for term in Term:
        mine = {subject: by for subject, by in moved.items() if why[subject] is term}
        if mine:
            came = {subject: by for subject, by in mine.items() if by > 0}
            went = {subject: -by for subject, by in mine.items() if by < 0}
            yield Part(term, here, there, came, went)


def _learned(
    desk: Desk, entry: Indicator, filters: Filters,
    one: tuple[AsOf, Members], other: tuple[AsOf, Members], moved: set[int],
) -> dict[int, Term]:  # fmt: skip
    """Why knowledge changed the rows of some: reviewed, regrouped, corrected, else entered late."""
    (here, before), (there, after) = one, other
    found = traces(entry.code, moved, here.cut, there.cut)
    why: dict[int, Term] = {}
    if any(trace.decided for held in found.values() for trace in held):
        reviewed = _reviewed(desk, entry, filters, here, there, moved)
        why = dict.fromkeys(reviewed, Term.REVIEWED)
    for subject in moved - set(why):
        if subject in before and subject in after:
            why[subject] = Term.REGROUPED
        elif any(trace.corrects for trace in found.get(subject, ())):
            why[subject] = Term.CORRECTED
        else:
            why[subject] = Term.LATE
    return why


#: an indicator of verified graduations and the one of all that were reported
REPORTED = {"G-01": "G-02"}


def _reviewed(
    desk: Desk, entry: Indicator, filters: Filters, here: AsOf, there: AsOf, moved: set[int]
) -> set[int]:
    """Those whose rows would not have changed if every reported graduation counted."""
    if "state" in filters:
        return moved
    if here.count is Count.REPORTED and entry.code not in REPORTED:
        return set()
    code = REPORTED.get(entry.code, entry.code)
    before, after = (
        desk.at(asof.counting(Count.REPORTED)).members(code, filters) for asof in (here, there)
    )
    return {
        subject for subject in moved
        if before.get(subject) == after.get(subject) is not None
    }  # fmt: skip
