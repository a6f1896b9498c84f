"""Boxes and form of 自述数据: yes or no, points, a share, or years; a range where not sure."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from app.core.forms import BaseForm, DayField, DropField
from app.core.text import N_, _
from app.firms.forms.parts import YesNoField, decimal_of
from app.firms.stated import BY_KEY, HUNDREDTHS, KEYS, WHOLE, StatedKey

YES, NO = ("是", "有", "yes", "y", "1"), ("否", "无", "no", "n", "0")  # zh: parsed
MOST_YEARS = 200
Range = tuple[int, int]


def parse_stated(key: StatedKey, text: str) -> Range:
    """What was typed (8, 7-8, 12.5%, 是) as low and high; ValueError with words for the reader."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if key.unit == "flag":
        if plain not in YES + NO:
            raise ValueError(_("请填写“是”或“否”。"))
        value = int(plain in YES)
        return value, value
    plain = re.sub(r"[%分年\s]", "", plain)  # zh: parsed
    ends = re.split(r"[-~至]", plain)  # zh: parsed
    if len(ends) > 2:
        raise ValueError(_("请填写一个数，或“下限-上限”。"))
    low, high = _number(key, ends[0]), _number(key, ends[-1])
    if low > high:
        raise ValueError(_("上限不能小于下限。"))
    return low, high


def _number(key: StatedKey, text: str) -> int:
    most = {"points": key.most, "share": WHOLE, "years": MOST_YEARS}[key.unit]
    value = decimal_of(text) * (HUNDREDTHS if key.unit == "share" else 1)
    if value != int(value):
        raise ValueError(_("请填写整数；比例最多两位小数。"))
    if not 0 <= value <= most:
        top = most // HUNDREDTHS if key.unit == "share" else most
        raise ValueError(_("应在 0 到 %(most)s 之间。", most=top))
    return int(value)


def show_stated(key: StatedKey, low: int | None, high: int | None) -> str:
    """Low and high as they are typed."""
    if key.unit == "flag":
        return _("是") if low else _("否") if high == 0 else _("不明")
    ends = [_shown(key, end) for end in (low, high)]
    return ends[0] if low == high else "-".join(ends)


def _shown(key: StatedKey, value: int | None) -> str:
    if value is None:
        return ""
    if key.unit != "share":
        return str(value)
    whole, part = divmod(value, HUNDREDTHS)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".")


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
    needed = [InputRequired()]
    if key.unit == "flag":
        return YesNoField(key.text)
    return StatedField(key.text, needed, key=key, filters=[])


def stated_range(field: Any) -> tuple[int | None, int | None]:
    """Low and high out of a box."""
    if isinstance(field, YesNoField):
        return (None, None) if field.value is None else (int(field.value), int(field.value))
    low, high = field.data
    return low, high


class StatedForm(BaseForm):
    """What is stated, its value or range, and the days for which it holds."""

    key = DropField(N_("事项"), choices=lambda: [(k.name, k.label) for k in KEYS])
    value = StringField(N_("数值"), [InputRequired(), Length(max=40)])
    day = DayField(N_("起始日期"), [InputRequired()])
    until = DayField(N_("有效至"))

    def stated(self) -> tuple[StatedKey, Range] | None:
        """The key with its low and high; None with the error at its box."""
        key = BY_KEY[self.key.data]
        try:
            return key, parse_stated(key, self.value.data or "")
        except ValueError as error:
            self.value.errors = [*self.value.errors, str(error)]
            return None
