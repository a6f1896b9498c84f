"""How values are written."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from markupsafe import Markup

from app.core import filters
from app.core.text import numbered


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("wan", 1_864_200_000, "1,864.20"),
        ("wan", 0, "0.00"),
        ("wan", -58_320_000, "−58.32"),
        ("wan", 5_000, "0.01"),
        ("wan", -5_000, "−0.01"),
        ("wan", 4_999, "0.00"),
        ("wan", None, "—"),
        ("wan", 10**14, "100,000,000.00"),
        ("yuan", 123_456_789, "1,234,567.89"),
        ("qian", 149_999, "1"),
        ("qian", 150_000, "2"),
        ("qian", None, "—"),
        ("num", 4389, "4,389"),
        ("num", -2, "−2"),
        ("num", Decimal("87.25"), "87.25"),
        ("num", None, "—"),
        ("pct", Decimal("0.044"), "4.4%"),
        ("pct", Decimal(1), "100.0%"),
        ("pct", None, "—"),
        ("signed", 3, "+3"),
        ("signed", -3, "−3"),
        ("signed", 0, "0"),
        ("day", dt.date(2026, 3, 1), "2026-03-01"),
        ("day", None, "—"),
        ("day_short", dt.date(2026, 3, 1), "03-01"),
        ("day_short", dt.date(2025, 3, 1), "2025-03-01"),
        ("month", dt.date(2025, 3, 1), "2025-03"),
        ("weekday", dt.date(2026, 11, 23), "周一"),
        ("instant", dt.datetime(2026, 11, 23, 16, 30, tzinfo=dt.UTC), "2026-11-24 00:30"),
        ("instant", dt.datetime(2026, 11, 23, 1, 18), "2026-11-23 09:18"),
        ("instant", None, "—"),
        ("instant_short", dt.datetime(2026, 11, 23, 1, 18, tzinfo=dt.UTC), "11-23 09:18"),
        ("instant_short", dt.datetime(2025, 12, 31, 16, 0, tzinfo=dt.UTC), "01-01 00:00"),
        ("dash", 0, 0),
        ("dash", "", '<span class="jl-3">—</span>'),
    ],
)
def test_filter(frame: Flask, name: str, value: Any, written: Any) -> None:
    assert frame.jinja_env.filters[name](value) == written


def test_here_changes_one_argument_and_keeps_the_others(frame: Flask) -> None:
    assert filters.here(page=4) == "/styleguide?q=a&q=b&page=4"
    assert filters.here(page=None, q=None) == "/styleguide"
    assert filters.here(size=50, page=None) == "/styleguide?q=a&q=b&size=50"


def test_a_number_that_is_a_link_chooses_its_word_as_any_other() -> None:
    said = "%(n)s [team|teams]"
    for shown, word in (("1", "team"), ("2", "teams"), ("11", "teams")):
        for n in (shown, Markup('<a href="/list?year=2">{}</a>').format(shown)):
            assert numbered(said, {"n": n}) == f"%(n)s {word}"
