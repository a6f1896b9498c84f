"""Forms over the content of a standard: a field for each value that a page may change."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

from wtforms import StringField, TextAreaField
from wtforms.validators import Length, StopValidation

from app.core.forms import GROUPED, BaseForm, Filled
from app.core.text import _
from app.criteria.editing import ANY_TEXT, Place, changed, in_unit
from app.criteria.parse import parse
from app.criteria.tree import Fault
from app.criteria.units import UNITS, largest


class Exact:
    """A plain number, not finer than the smallest unit; read with full-width digits and commas."""

    def __init__(self, unit: str) -> None:
        self.unit = unit

    def __call__(self, form: Any, field: Any) -> None:
        text = unicodedata.normalize("NFKC", field.data or "").strip()
        if re.search(GROUPED, text):
            text = text.replace(",", "")
        whole = not self.unit
        plain = r"[0-9]{1,6}" if whole else r"[0-9]{1,12}(\.[0-9]{1,6})?"
        if not re.fullmatch(plain, text):
            if whole:
                raise StopValidation(_("填 0 或正整数，如 2。"))
            raise StopValidation(
                _("填不带单位的数，如 500 或 12.5，单位是%(unit)s。", unit=self.unit)
            )
        if not whole and (Decimal(text) * UNITS[self.unit][1]) % 1:
            raise StopValidation(_("小数位太多，比系统的最小单位还细，请减少小数位。"))
        if not whole and Decimal(text) > largest(self.unit):
            most = in_unit(f"{largest(self.unit):,}", self.unit)
            raise StopValidation(_("这个数太大，最多填 %(most)s。", most=most))
        field.data = text


class ContentForm(BaseForm):
    """What was typed for the places of a content, read as a whole; `made` is the new content."""

    content: dict[str, Any]
    places: list[Place]
    made: dict[str, Any] | None = None

    def validate(self, *args: Any, **kw: Any) -> bool:
        """Read the whole as a standard; what cannot be one is said at its field."""
        if not super().validate(*args, **kw):
            return False
        made = self.read()
        if self.errors:
            return False
        try:
            parse(made)
        except Fault as fault:
            self._say(fault.path, _("这个数超出这一项允许的范围，请对照原来的数值修改。"))
            return False
        self.made = made
        return True

    def read(self) -> dict[str, Any]:
        """The content with what was typed."""
        typed = {place.name: self._fields[place.name].data for place in self.places}
        return changed(self.content, self.places, typed)

    def _say(self, path: tuple[Any, ...], message: str) -> None:
        near = [
            p for p in self.places if p.path[: len(path)] == path or path[: len(p.path)] == p.path
        ]
        if near:
            self._fields[near[0].name].errors = [message]
        else:
            self.form_errors.append(message)


def field_of(place: Place) -> Any:
    """The field of a place."""
    if place.kind != "text":
        return StringField(place.word, [Filled(), Exact(place.unit)])
    kind = TextAreaField if place.longest == ANY_TEXT else StringField
    return kind(place.word, [Filled(), Length(max=place.longest)])


__all__ = ["ContentForm", "field_of"]
