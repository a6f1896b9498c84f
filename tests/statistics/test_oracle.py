"""Every indicator equals its second implementation: any day, any revision, both engines."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from random import Random
from typing import Any

import pytest

from app.core.db import session
from app.statistics.asof import AsOf, Count
from app.statistics.indicators import REGISTER
from app.statistics.queries.figures import Desk
from app.statistics.scope import Scope
from tests.statistics import book, histories, oracle
from tests.statistics import world as w

COLUMNS = ("firm_id", "carrier_id", "tier", "sector", "town", "area", "day")
#: Further columns of rows, in both implementations.
MORE = {
    "S-10": ("standing",), "S-11": ("stage", "kind"), "V-01": ("filed", "checked", "verified"),
    "G-01": ("year", "quarter", "state", "basis"), "G-02": ("year", "quarter", "state", "basis"),
    "F-01": ("year", "outcome", "seen_on", "graduated_on"), "C-03": ("year", "origin", "via"),
    "P-01": ("origin", "end", "via"), "P-02": ("origin", "end", "via", "year"),
    "R-01": ("registered", "operating", "end"), "H-01": ("year", "credit"),
}  # fmt: skip
#: One code for each way of making rows; the others are the same rows or a part of them.
KINDS = (*MORE, "H-03", "K-03", "K-04")
#: Numbers of the plan's kind: shares and their parts.
SHARES = ("F-02", "V-01", "V-02", "V-03", "R-01", "R-02", "R-03")

Rows = Counter[tuple[Any, ...]]


def theirs(at: Desk, code: str) -> Rows:
    """Rows of the program."""
    rows, statement = at.filtered(code, {})
    wanted = [rows.c[name] for name in (*COLUMNS, *MORE.get(code, ()))]
    found = session.execute(statement.with_only_columns(*wanted, maintain_column_froms=True))
    return Counter(tuple(book.plain(value) for value in row) for row in found)


def ours(plain: oracle.Count, code: str, scope: Scope) -> Rows:
    """Rows of the second implementation within a scope."""
    names = (*COLUMNS, *MORE.get(code, ()))
    return Counter(
        tuple(getattr(row, name) for name in names)
        for row in plain.rows(code)
        if scope.whole or row.carrier_id in scope.carriers or row.area in scope.areas
    )


def differs(rows: Any, asof: AsOf, scope: Scope, codes: tuple[str, ...]) -> list[str]:
    """Which indicators differ, in words that name the rows."""
    told = oracle.Count.at(rows, asof.cut, asof.day, asof.count is Count.VERIFIED)
    at, found = Desk(w.TESTER, asof, scope), []
    for code in codes:
        if code in ("G-01", "G-02"):
            told.verified_only = code == "G-01"
        have, want = theirs(at, code), ours(told, code, scope)
        told.verified_only = asof.count is Count.VERIFIED
        if have != want:
            found.append(f"{code} {asof} {scope}: only SQL {have - want}, only plain {want - have}")
    return found


def shares(rows: Any, asof: AsOf) -> list[str]:
    """Shares whose part or whole differs; of nothing there is no share."""
    told = oracle.Count.at(rows, asof.cut, asof.day, asof.count is Count.VERIFIED)
    at, found = Desk(w.TESTER, asof, Scope(whole=True)), []
    for code in SHARES:
        share = at.share(code)
        (column, wanted), *_rest = REGISTER[code].part
        listed = list(told.rows(code))
        part = sum(getattr(row, column) == wanted for row in listed)
        if (share.part.value, share.whole.value) != (part, len(listed)):
            found.append(f"{code} {asof}: {share.part.value} of {share.whole.value}, not {part}")
        if not listed and share.value is not None:
            found.append(f"{code}: a share of nothing")
    return found


def scopes(r: Random, rows: Any) -> Scope:
    one = r.choice(rows["carriers"])["id"]
    return r.choice((
        Scope(whole=True), Scope(whole=True), Scope(carriers=frozenset({one})),
        Scope(areas=frozenset({"zhangjiang"})),
    ))  # fmt: skip


def asked(r: Random, cuts: list[int]) -> AsOf:
    newest = max(cuts)
    cut = r.choice((newest, r.choice(cuts)))
    current = cut == newest and r.random() < 0.7
    first = r.choice((dt.date(2019, 1, 1), dt.date(2026, 1, 1)))
    day = histories.some_day(r, first, dt.date(2026, 11, 24))
    return AsOf(day, cut, current, r.choice(list(Count)))


def block(seed: int, number: int, keep: int) -> None:
    """Histories one upon the other, each compared; kept answers stay as they were."""
    r, cuts, kept = Random(seed), [], []
    for _ in range(number):
        cuts += histories.grow(r)
        rows, asof = book.export(), asked(r, cuts)
        assert not differs(rows, asof, scopes(r, rows), KINDS)
        if len(kept) < keep:
            past = AsOf(asof.day, asof.cut, False, asof.count)
            at = Desk(w.TESTER, past, Scope(whole=True))
            kept.append((past, {code: theirs(at, code) for code in KINDS}))
    for asof, answers in kept:
        at = Desk(w.TESTER, asof, Scope(whole=True))
        for code, answer in answers.items():
            assert theirs(at, code) == answer, f"{code} {asof} changed by later writes"
    whole = AsOf(dt.date(2026, 11, 24), cuts[-1])
    rows = book.export()
    assert not differs(rows, whole, Scope(whole=True), tuple(REGISTER))
    assert not shares(rows, whole)
    assert not shares(rows, AsOf(dt.date(2010, 1, 1), cuts[-1]))


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("seed", [1, 2])
def test_figures_equal_their_second_implementation(seed: int) -> None:
    block(seed, number=12, keep=4)


@pytest.mark.soak
@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("seed", range(100, 150))
def test_figures_equal_over_many_histories(seed: int) -> None:
    block(seed, number=40, keep=50)
