"""The one algebra of the rule book: what is known of a figure lies between a low and a high.

Every fact is an `Interval` of SQL expressions over one subject; NULL is unbounded. `high` is
what can still be true; `seen` is the high that would hold if nothing were missing from the
record, and serves only to say 暂未达到. Nobody outside this file aggregates a fact's rows,
compares a fact, or fills a missing one: plain SQL skips NULL and would turn missing into "no".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Integer,
    and_,
    case,
    cast,
    extract,
    false,
    func,
    null,
    or_,
    true,
)

from app.criteria.exact import greatest_of, least_of, mean_growth_ge, mean_growth_gt, product_ge

Col = ColumnElement[Any]

#: One, in the ten-thousandths that ratios and distances are counted in.
WHOLE = 10_000
#: Larger than any distance.
FAR = WHOLE * WHOLE
#: `core.days.month_ord`: one month is always 32.
MONTH = 32


@dataclass(frozen=True)
class Interval:
    """Bounds of one fact for one subject. A quantity, a flag (0 or 1) or a day (`month_ord`)."""

    low: Col
    high: Col
    seen: Col

    @property
    def plain(self) -> bool:
        """Whether nothing more would be seen, were the record complete: both highs are one."""
        return self.high is self.seen

    def recorded(self) -> Interval:
        """The same, were the record complete."""
        return self if self.plain else Interval(self.low, self.seen, self.seen)


def exactly(value: Col) -> Interval:
    """A fact that is fully known, or not at all when the value is NULL."""
    return Interval(value, value, value)


def at_least_zero(value: Col) -> Interval:
    """A fact that cannot be negative: missing is [0, ∞)."""
    return Interval(func.coalesce(value, 0), value, value)


# ---- aggregates over a fact's rows -----------------------------------------------------------


class Aggregate(Protocol):
    """How the rows of a source become an interval: columns of the grouped source, then bounds."""

    def columns(self, low: Col, high: Col) -> dict[str, Col]:
        """Aggregates to compute, by suffix. Rows outside the fact give low = high = 0."""

    def interval(self, held: dict[str, Col], covered: Col | None) -> Interval:
        """Bounds from the columns; `covered` says whether the record is attested complete."""


class Total:
    """Sum over rows: a lower bound until attested. A row of unknown amount leaves it open."""

    def columns(self, low: Col, high: Col) -> dict[str, Col]:
        return {
            "lo": cast(func.sum(low), BigInteger),
            "sn": cast(func.sum(func.coalesce(high, 0)), BigInteger),
            "op": cast(func.sum(case((high.is_(None), 1), else_=0)), Integer),
        }

    def interval(self, held: dict[str, Col], covered: Col | None) -> Interval:
        seen = case((func.coalesce(held["op"], 0) == 0, func.coalesce(held["sn"], 0)))
        high = seen if covered is None else case((covered, seen))
        return Interval(func.coalesce(held["lo"], 0), high, seen)


class Count:
    """How many rows there are, each 0 or 1, never NULL: a lower bound until attested."""

    def columns(self, low: Col, high: Col) -> dict[str, Col]:
        return {end: cast(func.sum(col), BigInteger) for end, col in (("lo", low), ("sn", high))}

    def interval(self, held: dict[str, Col], covered: Col | None) -> Interval:
        seen = func.coalesce(held["sn"], 0)
        high = seen if covered is None else case((covered, seen))
        return Interval(func.coalesce(held["lo"], 0), high, seen)


class Some:
    """Whether a row, each 0 or 1, never NULL, exists: certain once one is recorded; absent only
    once attested."""

    def columns(self, low: Col, high: Col) -> dict[str, Col]:
        return {"lo": func.max(low), "sn": func.max(high)}

    def interval(self, held: dict[str, Col], covered: Col | None) -> Interval:
        seen = func.coalesce(held["sn"], 0)
        high = seen if covered is None else case((covered, seen), else_=1)
        return Interval(func.coalesce(held["lo"], 0), high, seen)


class Single:
    """The one value that rows in effect state; no row, or an empty one, is unknown."""

    def columns(self, low: Col, high: Col) -> dict[str, Col]:
        return {"lo": func.min(low), "sn": func.max(high)}

    def interval(self, held: dict[str, Col], covered: Col | None) -> Interval:
        return Interval(held["lo"], held["sn"], held["sn"])


def among(value: Col, codes: Sequence[str]) -> Col:
    """Whether a code is one of the given; unknown when NULL. Equalities keep the text final."""
    return or_(false(), *(value == code for code in codes))


def flag(condition: Col) -> Col:
    """1 where the condition holds, 0 where it does not or cannot be told."""
    return case((condition, 1), else_=0)


def first_known(values: Sequence[Col]) -> Col:
    """The first that is stated, in order of precedence."""
    return func.coalesce(*values) if len(values) > 1 else values[0]


def ordinal(day: Col, most: Col | None = None) -> Col:
    """`core.days.month_ord` of a date column, equal on both engines; its date is `most` at most."""
    year, month, date = (cast(extract(p, day), Integer) for p in ("year", "month", "day"))
    kept: Col = date if most is None else case((date > most, most), else_=date)
    return (year * 12 + month) * MONTH + kept


def year_of(day: Col) -> Col:
    """Calendar year of a date column."""
    return cast(extract("year", day), Integer)


def together(values: Sequence[Interval]) -> Interval:
    """The sum of facts: unbounded where one of them is."""
    low, high, seen = values[0].low, values[0].high, values[0].seen
    for one in values[1:]:
        low, high, seen = low + one.low, high + one.high, seen + one.seen
    return Interval(low, high, high if all(one.plain for one in values) else seen)


def less(whole: Interval, part: Interval) -> Interval:
    """What a part leaves of a whole: nothing at least, and unbounded where the whole is."""
    rest = whole.low - part.high
    low = case((rest > 0, rest), else_=0)
    return Interval(low, whole.high - part.low, whole.seen - part.seen)


def times(value: Interval, factor: int) -> Interval:
    """A fact in a finer unit: so many times as much."""
    high = value.high * factor
    return Interval(value.low * factor, high, high if value.plain else value.seen * factor)


def part_of(amount: Col, share: int) -> Col:
    """A share in ten-thousandths of an amount that is not negative; less than a fen is dropped."""
    return (amount * share) // WHOLE


# ---- comparisons -----------------------------------------------------------------------------


def decided(met: Col, fails: Col) -> Col:
    """True, false, or NULL where neither is certain."""
    return case((met, true()), (fails, false()), else_=cast(null(), Boolean))


def compare(value: Interval, op: str, mark: Any) -> Col:
    """An interval against a threshold. 以上, 不超过 include it (ge, le); 超过, 不满 do not."""
    low, high = value.low, value.high
    if op == "ge":
        return decided(low >= mark, high < mark)
    if op == "gt":
        return decided(low > mark, high <= mark)
    if op == "le":
        return decided(high <= mark, low > mark)
    if op == "lt":
        return decided(high < mark, low >= mark)
    raise ValueError(op)


def holds(value: Interval, wanted: bool) -> Col:
    """A flag against yes or no."""
    return compare(value, "ge", 1) if wanted else compare(value, "le", 0)


@dataclass(frozen=True)
class Ratio:
    """A share in ten-thousandths, never divided: compared by multiplying out.

    Decided only where the denominator is surely positive. `zero` says what a denominator of
    zero means: NULL (unknown, to be looked at) or false (the way is not open).
    """

    part: Interval
    whole: Interval
    zero: bool = False

    @property
    def plain(self) -> bool:
        """Whether nothing more would be seen, were the record complete."""
        return self.part.plain and self.whole.plain

    def recorded(self) -> Ratio:
        """The same, were the record complete."""
        return Ratio(self.part.recorded(), self.whole.recorded(), self.zero)

    def compare(self, op: str, mark: Any) -> Col:
        """The share against a threshold in ten-thousandths."""
        n, d = self.part, self.whole
        sure = {
            "ge": (n.low * WHOLE >= mark * d.high, n.high * WHOLE < mark * d.low),
            "gt": (n.low * WHOLE > mark * d.high, n.high * WHOLE <= mark * d.low),
            "le": (n.high * WHOLE <= mark * d.low, n.low * WHOLE > mark * d.high),
            "lt": (n.high * WHOLE < mark * d.low, n.low * WHOLE >= mark * d.high),
        }
        met, fails = sure[op]
        fails = and_(d.low > 0, fails)
        return decided(and_(d.low > 0, met), or_(d.high <= 0, fails) if self.zero else fails)


@dataclass(frozen=True)
class Rate:
    """Growth of a yearly figure in ten-thousandths, the oldest year first; never divided.

    Told only from a base that is positive. `mean_scored` follows 195号: by the last two years
    where the first is not positive, and none at all where the second is not. It does not speak of
    a last year below nothing, which is never reckoned with: the rate is at most that of nothing.
    """

    years: tuple[Interval, ...]
    how: str

    @property
    def plain(self) -> bool:
        """Whether nothing more would be seen, were the record complete."""
        return all(year.plain for year in self.years)

    def recorded(self) -> Rate:
        """The same, were the record complete."""
        return Rate(tuple(year.recorded() for year in self.years), self.how)

    def compare(self, op: str, mark: Any) -> Col:
        """The rate against a threshold in ten-thousandths: reached (ge) or passed (gt)."""
        if self.how in ("yearly", "compound"):
            return self._from_base(op, mark)
        first, second, last = (year.high for year in self.years)
        reach = mean_growth_ge if op == "ge" else mean_growth_gt
        mean = reach(first, second, last, mark)
        if self.how == "mean":
            return case((and_(first > 0, second > 0), mean))
        by_two = _beyond(op, last, WHOLE, second, WHOLE + mark)
        out_of_reach = case((reach(first, second, 0, mark).is_(False), false()))
        return case(
            (second <= 0, false()), (first <= 0, by_two), (last < 0, out_of_reach), else_=mean
        )

    def _from_base(self, op: str, mark: Any) -> Col:
        base, last = self.years[0], self.years[-1]
        grown = WHOLE + mark
        k, bar = (WHOLE, grown) if self.how == "yearly" else (WHOLE * WHOLE, grown * grown)
        met = _beyond(op, last.low, k, base.high, bar)
        fails = ~_beyond(op, last.high, k, base.low, bar)
        return decided(and_(base.low > 0, met), and_(base.low > 0, fails))


def _beyond(op: str, value: Col, k: Any, base: Col, bar: Any) -> Col:
    """value × k ≥ base × bar, or > it; NULL when either value is."""
    return product_ge(value, k, base, bar) if op == "ge" else ~product_ge(base, bar, value, k)


# ---- scores ----------------------------------------------------------------------------------


def banded(bands: Sequence[tuple[Col, Any, Any]]) -> tuple[Col, Col]:
    """Least points of the first band surely reached, most of the first possibly reached.

    Bands (test, least, most) go from the highest down.
    """
    low = case(*((test, least) for test, least, _most in bands), else_=0)
    high = case(*((or_(test, test.is_(None)), most) for test, _least, most in bands), else_=0)
    return low, high


def given(points: Interval, most: Any) -> tuple[Col, Col, Col]:
    """Points as somebody gave them: from nothing to the most where nobody has."""
    low = least_of(func.coalesce(points.low, 0), most)
    high, seen = (least_of(func.coalesce(end, most), most) for end in (points.high, points.seen))
    return low, high, seen


def only_where(there: Col, seen: Col, points: tuple[Col, Col, Col]) -> tuple[Col, Col, Col]:
    """Low, high and seen points of what is surely, perhaps or not there."""
    low, high, shown = points
    return (case((there, low), else_=0), case((there.is_(False), 0), else_=high),
            case((seen.is_(False), 0), else_=shown))  # fmt: skip


def capped(points: Col, most: Any) -> Col:
    """Points (never NULL), but no more than the most."""
    return least_of(points, most)


def best(values: Sequence[Col]) -> Col:
    """The greatest of values that are never NULL (points)."""
    return greatest_of(*values)


def added(values: Sequence[Col]) -> Col:
    """Sum of values that are never NULL (points)."""
    result = values[0]
    for value in values[1:]:
        result = result + value
    return result


# ---- outcomes --------------------------------------------------------------------------------


def all_of(parts: Sequence[Col]) -> Col:
    """Every part: SQL's own three-valued AND."""
    return and_(true(), *parts)


def any_of(parts: Sequence[Col]) -> Col:
    """At least one part: SQL's own three-valued OR."""
    return or_(false(), *parts)


def at_least(count: Any, parts: Sequence[Col]) -> Col:
    """At least `count` of the parts."""
    surely = added([flag(part) for part in parts])
    maybe = added([flag(or_(part, part.is_(None))) for part in parts])
    return decided(surely >= count, maybe < count)


def tiers(cases: Sequence[tuple[Col, Col]], otherwise: Col) -> Col:
    """The outcome of the tier that applies; met only if met in every tier still possible."""
    result = otherwise
    for applies, outcome in reversed(cases):
        both = decided(and_(outcome, result), and_(outcome.is_(false()), result.is_(false())))
        result = case((applies, outcome), (applies.is_(false()), result), else_=both)
    return result


def guarded(guard: Col, outcome: Col) -> Col:
    """Another standard's outcome as a condition: where it does not apply it is not met."""
    return and_(guard, outcome)


# ---- distances -------------------------------------------------------------------------------


def distance(low: Col, mark: Any, outcome: Col) -> Col:
    """Share of the threshold still missing on what is certain, in ten-thousandths; 0 when met.

    For thresholds to be reached (以上, 超过). NULL where the threshold is nothing.
    """
    share = ((mark - low) * WHOLE) // case((mark > 0, mark), else_=1)
    told = least_of(greatest_of(share, 1), WHOLE)
    return case((outcome, 0), (mark <= 0, None), (low.is_not(None), told))


def nearest(parts: Sequence[Col]) -> Col:
    """The smallest distance that can be told; NULL when none can."""
    return func.nullif(least_of(*(func.coalesce(part, FAR) for part in parts)), FAR)


def farthest(parts: Sequence[Col]) -> Col:
    """The greatest distance; NULL when one cannot be told."""
    return func.nullif(greatest_of(*(func.coalesce(part, FAR) for part in parts)), FAR)
