"""What an export holds comes back the same, whatever people have typed."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exchange.out import csv, xlsx
from app.exchange.out.book import Book, Head, Table
from app.exchange.reading import read

#: Everything that a form accepts: no control characters but line breaks, no lone halves.
PLAIN = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn"))
ODD = st.sampled_from([*"=+-@'\",;\n㐂𠮷﨑＝＋－＠、（）·\u3000é", "\t"])
TEXT = st.text(st.one_of(PLAIN, ODD), min_size=1, max_size=24)
DAY = st.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31))
#: 万元 to the fen, as far as a spreadsheet is exact.
WAN = st.integers(-(10**14), 10**14).map(lambda fen: Decimal(fen) / 1_000_000)
ROW = st.tuples(TEXT, WAN, DAY)
HEADS = [Head("a"), Head("b", "wan"), Head("c", "day")]


def written(row: tuple[Any, ...]) -> list[str]:
    """A row as text: what reading has to give."""
    name, amount, day = row
    return [name, f"{amount.normalize():f}", day.isoformat()]


def as_read(row: list[str]) -> list[str]:
    """A row that was read, its number without trailing zeros or an exponent."""
    return [row[0], f"{Decimal(row[1]).normalize():f}", row[2]]


@pytest.mark.property
@given(st.lists(ROW, min_size=1, max_size=6))
def test_csv_comes_back(rows: list[tuple[Any, ...]]) -> None:
    content = b"".join(csv.pieces(Book("b", [Table("t", HEADS, rows)])))
    back = read("x.csv", content)
    assert back.encoding == "UTF-8 (BOM)"
    assert [as_read(row) for row in back.sheets[0].rows[1:]] == [written(row) for row in rows]


@pytest.mark.property
@settings(max_examples=600 if settings.default.max_examples > 1_000 else 5)
@given(st.lists(ROW, min_size=60, max_size=80))
def test_workbooks_come_back(rows: list[tuple[Any, ...]]) -> None:
    held = io.BytesIO()
    xlsx.write(Book("b", [Table("t", HEADS, rows)]), held, [])
    back = read("x.xlsx", held.getvalue()).sheets[1].rows[1:]
    assert [as_read(row) for row in back] == [written(row) for row in rows]
