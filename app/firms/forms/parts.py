"""Fields that only this room needs: heads, exchange rates, yes or no, files."""

from __future__ import annotations

import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage
from wtforms import Field, IntegerField
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import TextInput

from app.core.forms import PickField
from app.core.stated import decimal_of
from app.core.text import N_, _
from app.firms.figure_columns import HEAD

#: A rate is CNY for this many units of the currency.
RATE_UNITS = 1_000_000
MOST_HEADS = 1_000_000


def parse_heads(text: str) -> int:
    """Heads as typed (12, 12.5) in 24ths, to the nearest one."""
    plain = unicodedata.normalize("NFKC", text).strip().removesuffix("人")  # zh: parsed
    heads = decimal_of(plain)
    if not 0 <= heads <= MOST_HEADS:
        raise ValueError(_("人数应在 0 到 1,000,000 之间。"))
    return int((heads * HEAD).to_integral_value(ROUND_HALF_UP))


def parse_items(text: str) -> int:
    """A whole number of items as typed."""
    items = decimal_of(unicodedata.normalize("NFKC", text).strip().removesuffix("项"))  # zh: parsed
    if not 0 <= items <= MOST_HEADS or items != int(items):
        raise ValueError(_("请填写整数。"))
    return int(items)


def show_heads(value: int | None) -> str:
    """24ths as heads, with at most two decimals."""
    if value is None:
        return ""
    exact = (Decimal(value) / HEAD).quantize(Decimal("0.01"), ROUND_HALF_UP).normalize()
    return f"{exact:f}"


class _TypedField(Field):
    """A field whose text is parsed and shown by two functions."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.show(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist and valuelist[0].strip():
            self.data = self.parse(valuelist[0])

    def worded(self, value: int) -> str:
        """A value as a sentence says it."""
        return f"{self.show(value)} {_(getattr(self, 'unit', ''))}".strip()

    def parse(self, text: str) -> int:
        """The typed text as it is kept."""
        raise NotImplementedError

    def show(self, value: int | None) -> str:
        """What is kept as text."""
        raise NotImplementedError


class HeadsField(_TypedField):
    """A head count, kept in 24ths."""

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.unit = N_("人")

    def parse(self, text: str) -> int:
        return parse_heads(text)

    def show(self, value: int | None) -> str:
        return show_heads(value)


class ItemsField(_TypedField):
    """A whole number of items."""

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.unit = N_("项")

    def parse(self, text: str) -> int:
        return parse_items(text)

    def show(self, value: int | None) -> str:
        return "" if value is None else str(value)


class RateField(_TypedField):
    """CNY for one unit of a currency, kept for a million units."""

    def parse(self, text: str) -> int:
        rate = decimal_of(text)
        if not 0 < rate < RATE_UNITS:
            raise ValueError(_("汇率应大于 0。"))
        return int((rate * RATE_UNITS).to_integral_value(ROUND_HALF_UP))

    def show(self, value: int | None) -> str:
        if value is None:
            return ""
        return f"{(Decimal(value) / RATE_UNITS).normalize():f}"


class CountField(IntegerField):
    """A whole number that may stay empty."""

    def __init__(self, label: str, low: int = 0, high: int = 100_000_000, **kw: Any) -> None:
        super().__init__(label, [Optional(), NumberRange(low, high)], **kw)


class YesNoField(PickField):
    """Yes, no, or not known."""

    def __init__(self, label: str, **kw: Any) -> None:
        words = [("yes", _("是")), ("no", _("否")), ("", _("不明"))]
        super().__init__(label, choices=words, optional=True, **kw)

    def process_data(self, value: Any) -> None:
        self.data = {True: "yes", False: "no", None: ""}[value]

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist else ""

    @property
    def value(self) -> bool | None:
        """True, False, or None when not known."""
        return {"yes": True, "no": False}.get(self.data or "")


class PapersField(MultipleFileField):
    """Files of evidence; empty slots left out."""

    @property
    def files(self) -> list[FileStorage]:
        """What was really chosen."""
        return [f for f in self.data or () if isinstance(f, FileStorage) and f.filename]
