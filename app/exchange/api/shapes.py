"""What the bodies and addresses of the interface may hold: shapes that say what is wrong.

A complaint is a code, with a number after a colon where its sentence has one; the sentence is
made for its reader.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from app.core.errors import DomainError, register_messages
from app.core.forms import clean_text, parse_day
from app.core.problems import Fault
from app.core.text import N_, Coded

register_messages(
    {
        "not_text": N_("这里要文字。"),
        "not_whole": N_("这里要整数，不带引号。"),
        "not_flag": N_("这里要 true 或 false，不带引号。"),
        "not_day": N_("日期写作 2026-03-31，1990 年至 2100 年之间。"),
        "not_money": N_("金额是以元为单位的文字，最多两位小数，例如 \"6000000.00\"。"),
        "not_number": N_("数字写成文字，例如 \"12.5\"。"),
        "not_among": N_("不是允许的值，可用的值见接口说明。"),
        "not_null": N_("这一项不能为 null。"),
        "not_object": N_("这里要一个 JSON 对象。"),
        "not_code": N_("含有这一项不允许的字符。"),
        "invisible": N_("含有看不见的字符，请删去。"),
        "text_long": N_("最多 %(n)s 个字符。"),
        "number_range": N_("数值超出允许的范围。"),
        "unknown_field": N_("接口说明里没有这一项。"),
        "cursor_wrong": N_("cursor 须是上一次应答 next 中的值。"),
    }
)  # fmt: skip

Complaints = dict[str, str | list[Any] | dict[Any, Any]]
FILLED: Complaints = {"required": "field_needed", "null": "not_null"}
MILLION = 1_000_000
YEAR = r"(199\d|20\d\d|2100)"
PERIOD, QUARTER = rf"^{YEAR}(Q[1-4])?$", rf"^{YEAR}Q[1-4]$"
MONEY = r"^-?\d{1,12}(\.\d{1,2})?$"


class Shape(Schema):
    """An object of the interface: nothing in it that is not described."""

    error_messages = {
        "unknown": "unknown_field",
        "type": "not_object",
        "invalid": "not_object",
    }

    class Meta:
        """What is not described is refused, not passed over."""

        unknown = RAISE


class Text(fields.String):
    """Text without invisible characters; an empty one is none."""

    default_error_messages = FILLED | {
        "invalid": "not_text",
        "invalid_utf8": "not_text",
    }

    def __init__(self, most: int | None = None, **kw: Any) -> None:
        if most is not None:
            kw["validate"] = validate.Length(max=most, error=f"text_long:{most}")
        super().__init__(**kw)

    def _deserialize(self, value: Any, *args: Any, **kw: Any) -> str | None:  # type: ignore[override]
        if not isinstance(value, str):
            raise self.make_error("invalid")
        try:
            text = clean_text(value)
        except ValueError:
            raise ValidationError("invisible") from None
        if text is None and self.required:
            raise self.make_error("required")
        return text

    def _validate(self, value: Any) -> None:
        if value is not None:  # an empty text is none, and there is nothing to look at
            super()._validate(value)


class Patterned(Text):
    """Text of one form."""

    def __init__(self, pattern: str, error: str, **kw: Any) -> None:
        super().__init__(**kw)
        self.validators = [validate.Regexp(pattern, error=error)]


class Pid(Patterned):
    """The public id of a record."""

    def __init__(self, **kw: Any) -> None:
        super().__init__(r"^[A-Za-z0-9_-]{1,40}$", "not_code", **kw)


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals."""
    whole, part = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole}.{part:02d}"


class Money(Patterned):
    """An amount in yuan as text with two decimals: "1234.50". Inside it is fen."""

    def __init__(self, **kw: Any) -> None:
        super().__init__(MONEY, "not_money", **kw)

    def _serialize(self, value: Any, *args: Any, **kw: Any) -> str | None:
        return None if value is None else yuan(value)


class Number(Patterned):
    """A decimal number as text, so that no digit is lost."""

    def __init__(self, **kw: Any) -> None:
        super().__init__(r"^-?\d{1,12}(\.\d{1,8})?$", "not_number", **kw)


class Rate(Number):
    """CNY for one unit of a currency, as text. Inside it is for a million units."""

    def _serialize(self, value: Any, *args: Any, **kw: Any) -> str | None:
        return None if value is None else f"{(Decimal(value) / MILLION).normalize():f}"


class Whole(fields.Integer):
    """A whole number."""

    default_error_messages = FILLED | {
        "invalid": "not_whole",
        "too_large": "number_range",
    }

    def __init__(self, low: int = 0, high: int = 2**53 - 1, **kw: Any) -> None:
        kw["validate"] = validate.Range(low, high, error="number_range")
        super().__init__(strict=True, **kw)

    def _deserialize(self, value: Any, *args: Any, **kw: Any) -> int | None:  # type: ignore[override]
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        return value


class AskedWhole(Whole):
    """A whole number in an address."""

    def _deserialize(self, value: Any, *args: Any, **kw: Any) -> int | None:  # type: ignore[override]
        if not re.fullmatch(r"\d{1,9}", str(value), re.ASCII):
            raise self.make_error("invalid")
        return int(value)


class Flag(fields.Boolean):
    """True or false."""

    default_error_messages = FILLED | {"invalid": "not_flag"}

    def _deserialize(self, value: Any, *args: Any, **kw: Any) -> bool | None:  # type: ignore[override]
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Day(fields.Date):
    """A business day in Shanghai, ISO."""

    default_error_messages = FILLED | {"invalid": "not_day"}

    def _deserialize(self, value: Any, *args: Any, **kw: Any) -> dt.date | None:  # type: ignore[override]
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            raise self.make_error("invalid")
        try:
            return parse_day(value)
        except ValueError:
            raise self.make_error("invalid") from None


class Instant(fields.AwareDateTime):
    """An instant in UTC, ISO; only ever answered."""

    def __init__(self, **kw: Any) -> None:
        super().__init__(format="iso", dump_only=True, **kw)


class Word(Text):
    """A code of a closed list; what each means is said in its description."""

    def __init__(
        self,
        words: type[Coded] | Iterable[str],
        labels: Mapping[str, str] | None = None,
        **kw: Any,
    ) -> None:
        super().__init__(**kw)
        self.codes = [str(getattr(w, "value", w)) for w in words]
        #: what each code means, in Chinese or in the reader's language
        self.labels = dict(labels or {})
        if isinstance(words, type):
            self.labels = {word.value: word.text for word in words}
        self.validators = [validate.OneOf(self.codes, error="not_among")]

    def widen(self, other: Word) -> None:
        """Allow the codes of another list as well."""
        self.labels = other.labels | self.labels
        self.codes = list(dict.fromkeys([*other.codes, *self.codes]))
        self.validators = [validate.OneOf(self.codes, error="not_among")]

    def _serialize(self, value: Any, *args: Any, **kw: Any) -> str | None:
        return None if value is None else str(getattr(value, "value", value))


class Part(fields.Nested):
    """An object inside another."""

    default_error_messages = FILLED | {"type": "not_object"}


class Many(fields.List[Any]):
    """A list."""

    default_error_messages = FILLED | {"invalid": "not_object"}


def named(name: str, /, **held: fields.Field[Any]) -> type[Shape]:
    """A shape under a name that the description uses."""
    return type(name, (Shape,), held)


def faults(messages: Any, place: str = "") -> Iterator[Fault]:
    """Each complaint of a shape with its place and its sentence."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            name = "" if key == "_schema" else str(key)
            yield from faults(inner, ".".join(part for part in (place, name) if part))
        return
    for message in messages:
        code, _colon, number = str(message).partition(":")
        error = DomainError(code, n=number) if number else DomainError(code)
        yield code, place, error.message
