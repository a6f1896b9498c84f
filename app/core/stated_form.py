"""The form that asks for a statement (自述数据), for every room that keeps some."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from wtforms import StringField, ValidationError
from wtforms.validators import Length

from app.core.forms import BaseForm, DayField, DropField, Filled, options
from app.core.stated import Range, StatedKey, parse_stated
from app.core.text import N_


class ValueForm(BaseForm):
    """The value or range of something stated, and the day on which it no longer holds."""

    value = StringField(N_("数值"), [Filled(), Length(max=40)])
    until = DayField(N_("有效至"))
    #: what is stated
    chosen: StatedKey | None = None
    #: low and high of the value, once it was understood
    stated: Range | None = None

    def validate_value(self, field: Any) -> None:
        """The value in the unit of the key."""
        if self.chosen is None:
            return
        try:
            self.stated = parse_stated(self.chosen, field.data or "")
        except ValueError as error:
            raise ValidationError(str(error)) from None


class StatementForm(ValueForm):
    """What is stated, its value or range, and the days for which it holds."""

    #: what can be stated, in the order of the list
    keys: ClassVar[Sequence[StatedKey]] = ()

    key = DropField(N_("事项"), [Filled()])
    day = DayField(N_("起始日期"), [Filled()])

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.key.choices = options([("", "—"), *((one.name, one.label) for one in self.keys)])

    def process(self, *args: Any, **kw: Any) -> None:
        super().process(*args, **kw)
        self.chosen = next((one for one in self.keys if one.name == self.key.data), None)
