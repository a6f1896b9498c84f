"""Places on the life line."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.core.lifeline import LEFT, WIDTH, Bar, Drawing, Lane, Mark, Placed, draw, text_width

TODAY = dt.date(2026, 11, 24)
DAYS = st.dates(dt.date(2012, 1, 1), dt.date(2029, 12, 31))
WORDS = st.text("融资年A1 ", min_size=1, max_size=14)


def span(text: Placed) -> tuple[float, float]:
    width = text_width(text.text)
    return (text.x - width, text.x) if text.anchor == "end" else (text.x, text.x + width)


def test_an_empty_line_shows_today_and_a_year_around() -> None:
    drawing = draw([Lane("入驻")], TODAY)
    assert LEFT < drawing.today < WIDTH
    assert drawing.bars == []
    assert drawing.marks == []


def test_an_open_bar_ends_today_and_a_closed_one_on_its_day() -> None:
    bars = [
        Bar(dt.date(2023, 4, 12), None, "实地"),
        Bar(dt.date(2022, 6, 1), dt.date(2023, 4, 12), "仅注册", "loose"),
    ]
    drawing = draw([Lane("入驻", bars)], TODAY)
    counted, loose = drawing.bars
    assert round(counted.x + counted.width, 1) == drawing.today
    assert round(loose.x + loose.width, 1) == counted.x
    assert (counted.kind, loose.kind) == ("r1", "rh")


def test_long_names_of_lanes_get_their_room() -> None:
    drawing = draw([Lane("Intellectual property", marks=[Mark(TODAY, "x")])], TODAY)
    assert min(x for x, _year in drawing.years) > LEFT
    assert min(x for x, _year in drawing.years) >= text_width("Intellectual property")


def test_marks_keep_shape_and_state() -> None:
    marks = [Mark(dt.date(2024, 1, 1), "天使"), Mark(dt.date(2027, 1, 1), "到期", "end", "open")]
    drawing = draw([Lane("融资", marks=marks)], TODAY)
    assert [m.kind for m in drawing.marks] == ["dot mk", "end mo"]
    assert drawing.marks[0].x < drawing.today < drawing.marks[1].x


@given(st.lists(st.tuples(DAYS, WORDS), max_size=12))
def test_labels_of_a_lane_never_overlap_and_stay_inside(marks: list[tuple[dt.date, str]]) -> None:
    drawing = draw([Lane("融资", marks=[Mark(d, w) for d, w in marks])], TODAY)
    assert len(drawing.marks) == len(marks)
    check(drawing)


def check(drawing: Drawing) -> None:
    spans = sorted(span(t) for t in drawing.texts)
    for left, right in spans:
        assert left >= LEFT
        assert right <= WIDTH
    for (_, right), (left, _) in pairwise(spans):
        assert right <= left
    for mark in drawing.marks:
        assert LEFT <= mark.x <= WIDTH
