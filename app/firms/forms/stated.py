"""Boxes and form of 自述数据: yes or no, points, a share, or years; a range where not sure."""

from __future__ import annotations

from typing import Any

from wtforms import Field, StringField
from wtforms.validators import Length
from wtforms.widgets import TextInput

from app.carriers.models import CarrierStated
from app.core.forms import Filled, RevField
from app.core.stated import StatedKey, parse_stated, show_stated
from app.core.stated_form import StatementForm, ValueForm
from app.core.text import N_
from app.firms.forms.parts import PapersField, YesNoField
from app.firms.models import StatedFigure
from app.firms.stated import KEYS


class StatedField(Field):
    """One value or range of a key; `data` is its low and high."""

    widget = TextInput()

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
    return StatedField(key.text, needed, key=key)


def stated_range(field: Any) -> tuple[int | None, int | None]:
    """Low and high out of a box."""
    if isinstance(field, YesNoField):
        return (None, None) if field.value is None else (int(field.value), int(field.value))
    low, high = field.data
    return low, high


class StatedForm(StatementForm):
    """What a firm or an expert states."""

    keys = KEYS
    reason = StringField(N_("原因"), [Length(max=200)])
    files = PapersField(N_("佐证材料"))


class StatedEdit(ValueForm):
    """What was stated under a key for a day, corrected."""

    rev = RevField()
    reason = StringField(N_("原因"), [Length(max=200)])
    files = PapersField(N_("佐证材料"))

    @classmethod
    def of(cls, key: StatedKey, row: CarrierStated | StatedFigure) -> StatedEdit:
        """The form of a statement, filled with what is held or what was posted."""
        shown = show_stated(key, row.low, row.high)
        form = cls(data={"value": shown, "until": row.until, "rev": row.rev})
        form.chosen = key
        form.value.unit = key.unit_text
        return form
