"""Boxes and form of 自述数据: yes or no, points, a share, or years; a range where not sure."""

from __future__ import annotations

from typing import Any

from wtforms import StringField

from app.core.forms import Filled
from app.core.stated import StatedKey, parse_stated
from app.core.stated_form import StatementForm
from app.firms.forms.parts import YesNoField
from app.firms.stated import KEYS


class StatedField(StringField):
    """One value or range of a key; `data` is its low and high."""

    def __init__(self, label: str, *args: Any, key: StatedKey, **kw: Any) -> None:
        super().__init__(label, *args, **kw)
        self.key = key
        self.unit = key.unit_text

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist and valuelist[0].strip():
            self.data = parse_stated(self.key, valuelist[0])

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else ""


def stated_box(key: StatedKey) -> Any:
    """The box for one key."""
    needed = [Filled()]
    if key.unit == "flag":
        return YesNoField(key.text)
    return StatedField(key.text, needed, key=key, filters=[])


def stated_range(field: Any) -> tuple[int | None, int | None]:
    """Low and high out of a box."""
    if isinstance(field, YesNoField):
        return (None, None) if field.value is None else (int(field.value), int(field.value))
    low, high = field.data
    return low, high


class StatedForm(StatementForm):
    """What a firm or an expert states."""

    keys = KEYS
