"""Column types that carry meaning: money, coded words, instants."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, DateTime, String, type_coerce
from sqlalchemy.types import TypeDecorator

from app.core.text import Coded

#: No amount in this system may pass 10^14 fen (one trillion yuan). The rule algebra multiplies
#: amounts by small constants in 64 bits and relies on this bound.
FEN_LIMIT = 10**14


class Fen(TypeDecorator[int]):
    """Money in fen as a 64-bit integer, bounded by a CHECK that the base class adds.

    `signed=False` additionally forbids negative amounts, wherever a negative makes no sense.
    """

    impl = BigInteger
    cache_ok = True

    def __init__(self, signed: bool = False) -> None:
        super().__init__()
        self.signed = signed

    def check(self, column: str) -> str:
        """The CHECK text for a column of this type."""
        low = f"-{FEN_LIMIT}" if self.signed else "0"
        return f"{column} >= {low} AND {column} <= {FEN_LIMIT}"


class Code(TypeDecorator[Coded]):
    """A word of a closed list, stored as its code, with a CHECK that the base class adds."""

    impl = String
    cache_ok = True

    def __init__(self, words: type[Coded]) -> None:
        super().__init__(24)
        self.words = words
        # calling the enumeration takes ten times as long, and a page reads thousands
        self.known: dict[str, Coded] = {word.value: word for word in words}

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        return None if value is None else self._word(value).value

    def process_result_value(self, value: Any, dialect: Any) -> Coded | None:
        return None if value is None else self._word(value)

    def _word(self, value: Any) -> Coded:
        found = self.known.get(value)
        return self.words(value) if found is None else found

    def check(self, column: str) -> str:
        """The CHECK text for a column of this type."""
        codes = ", ".join(f"'{word.value}'" for word in self.words)
        return f"{column} IN ({codes})"


class Codes(TypeDecorator[tuple[Coded, ...]]):
    """Several words of a closed list in one column, in the order of the list, none for "".

    Kept as the codes between blanks (` office research `), so that a condition on one word is
    plain text on both engines (`holds`), a version of a row is one row of its history, and the
    CHECK that the base class adds lets nothing else in.
    """

    impl = String
    cache_ok = True

    def __init__(self, words: type[Coded]) -> None:
        self.size = sum(len(word.value) + 1 for word in words) + 1
        super().__init__(self.size)
        self.words = words

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        if value is None:
            return None
        wanted = {self.words(one) for one in value}
        kept = [word.value for word in self.words if word in wanted]
        return f" {' '.join(kept)} " if kept else ""

    def process_result_value(self, value: Any, dialect: Any) -> tuple[Coded, ...] | None:
        return None if value is None else tuple(self.words(code) for code in value.split())

    def check(self, column: str) -> str:
        """The CHECK text for a column of this type: nothing is left without its codes."""
        rest = column
        for word in self.words:
            rest = f"replace({rest}, ' {word.value} ', ' ')"
        return f"{column} = '' OR {rest} = ' '"


def holds(column: Any, word: Coded) -> ColumnElement[bool]:
    """Condition on a column of `Codes`: it has the word."""
    return type_coerce(column, String).contains(f" {word.value} ", autoescape=True)


class CodeList(TypeDecorator[tuple[str, ...]]):
    """Several codes of a list that is kept as data (core.terms), between blanks; NULL: not said."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        return f" {' '.join(value)} " if value else None

    def process_result_value(self, value: Any, dialect: Any) -> tuple[str, ...] | None:
        return tuple(value.split()) if value else None


class Instant(TypeDecorator[dt.datetime]):
    """An instant in UTC. Naive values are refused; SQLite stores it without the zone."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(dt.UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)
