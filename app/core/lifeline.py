"""Geometry of a life line: lanes of bars and marks over the years, laid out in view units.

Callers give days and words; this module gives numbers for `ui/life.html`, which draws them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH = 718.0
LEFT = 80.0
TOP = 20.0
LANE = 26.0
SIGN = 10.0
#: rough width of a character at 12 px: Chinese is square, Latin about half
WIDE, NARROW = 12.0, 6.6


@dataclass(frozen=True)
class Bar:
    """A span of days [starts, ends); `ends` None goes on. tone: counted · extra · loose."""

    starts: dt.date
    ends: dt.date | None
    text: str
    tone: str = "counted"


@dataclass(frozen=True)
class Mark:
    """A day. shape: dot (融资) · square (知识产权) · diamond (资质) · end (时限).

    state: done · open (not yet certain) · wait (expected, amber).
    """

    day: dt.date
    text: str
    shape: str = "dot"
    state: str = "done"


@dataclass(frozen=True)
class Lane:
    """One kind of thing, in one row."""

    text: str
    bars: Sequence[Bar] = ()
    marks: Sequence[Mark] = ()


@dataclass(frozen=True)
class Placed:
    """A text or shape with its place."""

    x: float
    y: float
    kind: str
    text: str = ""
    width: float = 0.0
    anchor: str = "start"


@dataclass
class Drawing:
    """All that the template draws."""

    height: float
    today: float
    years: list[tuple[float, str]]
    names: list[Placed] = field(default_factory=list)
    rules: list[float] = field(default_factory=list)
    bars: list[Placed] = field(default_factory=list)
    marks: list[Placed] = field(default_factory=list)
    texts: list[Placed] = field(default_factory=list)
    width: float = WIDTH


def text_width(text: str) -> float:
    """Width of a label in view units, near enough to keep labels apart."""
    return sum(WIDE if ord(c) > 0x2E7F else NARROW for c in text)


class Scale:
    """Days to view units between two days."""

    def __init__(self, first: dt.date, last: dt.date, left: float) -> None:
        self.first, self.days, self.left = first, max(1, (last - first).days), left

    def x(self, day: dt.date) -> float:
        """Place of a day, held inside the drawing."""
        share = (day - self.first).days / self.days
        return round(self.left + (WIDTH - self.left) * min(1.0, max(0.0, share)), 1)


def draw(lanes: Sequence[Lane], today: dt.date, tail_days: int = 400) -> Drawing:
    """Lay the lanes out from the earliest day to `tail_days` after today (or the last deadline)."""
    days = [d for lane in lanes for d in _days(lane)]
    first = min([*days, today - dt.timedelta(days=365)])
    last = min(
        max([*days, today + dt.timedelta(days=tail_days)]),
        today + dt.timedelta(days=3 * 365),
    )
    left = max([LEFT, *(text_width(lane.text) + SIGN for lane in lanes)])
    scale = Scale(first, last, left)
    drawing = Drawing(
        height=TOP + LANE * len(lanes) + 6,
        today=scale.x(today),
        years=_years(scale, first, last, scale.x(today)),
    )
    for k, lane in enumerate(lanes):
        top = TOP + LANE * k
        drawing.names.append(Placed(0, top + 18, "s", lane.text))
        if k:
            drawing.rules.append(top)
        _draw_bars(drawing, scale, lane, top, today)
        _draw_marks(drawing, scale, lane, top + LANE / 2)
    return drawing


def _days(lane: Lane) -> list[dt.date]:
    ends = [bar.ends for bar in lane.bars if bar.ends]
    return [bar.starts for bar in lane.bars] + ends + [mark.day for mark in lane.marks]


def _years(scale: Scale, first: dt.date, last: dt.date, today: float) -> list[tuple[float, str]]:
    """Where each year begins; one whose number would touch the word 今天 keeps its line only."""
    places: list[tuple[float, str]] = []
    for year in range(first.year + 1, last.year + 1):
        x = scale.x(dt.date(year, 1, 1))
        if not places or x - places[-1][0] >= 34:
            places.append((x, str(year)))
    if not places or places[0][0] - scale.left >= 34:
        places.insert(0, (scale.left, str(first.year)))
    else:
        places.insert(0, (scale.left, ""))
    return [(x, "" if today - 52 < x < today + 14 else year) for x, year in places]


def _draw_bars(drawing: Drawing, scale: Scale, lane: Lane, top: float, today: dt.date) -> None:
    kinds = {"counted": "r1", "extra": "r2", "loose": "rh"}
    for bar in lane.bars:
        left, right = scale.x(bar.starts), scale.x(bar.ends or today)
        width = max(3.0, round(right - left, 1))
        drawing.bars.append(Placed(left, top + 4, kinds[bar.tone], bar.text, width))
        _label(drawing, scale, bar, top + 17, (left, right, width))


def _label(
    drawing: Drawing, scale: Scale, bar: Bar, y: float, place: tuple[float, float, float]
) -> None:
    """The words of a bar inside it, before it or after it; else only what stands before the dot."""
    left, right, width = place
    for text in (bar.text, bar.text.partition(" · ")[0]):
        room = text_width(text)
        if bar.tone != "extra" and room + 14 <= width:
            tone = "" if bar.tone == "loose" else "rt"
            drawing.texts.append(Placed(left + 7, y, tone, text))
        elif left - 6 - room > scale.left and bar.tone == "extra":
            drawing.texts.append(Placed(left - 6, y, "", text, anchor="end"))
        elif right + 6 + room < WIDTH and bar.tone == "extra":
            drawing.texts.append(Placed(right + 6, y, "", text))
        else:
            continue
        return


def _draw_marks(drawing: Drawing, scale: Scale, lane: Lane, middle: float) -> None:
    """Shapes first; each label goes right of its shape, left of it, or past the line of today."""
    states = {"done": "mk", "open": "mo", "wait": "mx"}
    marks = sorted(lane.marks, key=lambda mark: mark.day)
    places = [scale.x(mark.day) for mark in marks]
    used = scale.left
    for k, (mark, x) in enumerate(zip(marks, places, strict=True)):
        drawing.marks.append(Placed(x, middle, f"{mark.shape} {states[mark.state]}", mark.text))
        room = text_width(mark.text)
        after = places[k + 1] - SIGN if k + 1 < len(places) else WIDTH
        before = max(used, places[k - 1] + SIGN if k else scale.left)
        right = x + SIGN
        if x < drawing.today < right + room:
            right = max(right, drawing.today + 6)
            if x - SIGN - room >= before:
                right = WIDTH
        if right + room <= after:
            drawing.texts.append(Placed(right, middle + 4, "", mark.text))
            used = right + room
        elif x - SIGN - room >= before:
            drawing.texts.append(Placed(x - SIGN, middle + 4, "", mark.text, anchor="end"))
            used = x
