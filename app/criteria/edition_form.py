"""The form of a version of a standard: a field for each value, a line of days for each kind."""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from decimal import Decimal
from typing import Any

from wtforms import StringField, TextAreaField
from wtforms.validators import Length, StopValidation

from app.core.forms import GROUPED, BaseForm, DayField, Filled, RevField
from app.core.text import N_, _
from app.criteria.editing import ANY_TEXT, Place, changed, sections, spans
from app.criteria.parse import overlap, parse
from app.criteria.tree import Fault, Force
from app.criteria.units import UNITS


class Exact:
    """A plain number, not finer than the smallest unit; read with full-width digits and commas."""

    def __init__(self, unit: str) -> None:
        self.unit = unit

    def __call__(self, form: Any, field: Any) -> None:
        text = unicodedata.normalize("NFKC", field.data or "").strip()
        if re.search(GROUPED, text):
            text = text.replace(",", "")
        whole = not self.unit
        if not re.fullmatch(r"\d{1,6}" if whole else r"\d{1,12}(\.\d{1,6})?", text):
            if whole:
                raise StopValidation(_("填 0 或正整数，如 2。"))
            raise StopValidation(
                _("填不带单位的数，如 500 或 12.5，单位是%(unit)s。", unit=self.unit)
            )
        if not whole and (Decimal(text) * UNITS[self.unit][1]) % 1:
            raise StopValidation(_("小数位太多，比系统的最小单位还细，请减少小数位。"))
        field.data = text


class EditionForm(BaseForm):
    """What all versions have; `form_of` adds the fields of one content."""

    rev = RevField()
    content: dict[str, Any]
    places: list[Place]
    spans: list[tuple[str, str | None]]
    made: dict[str, Any] | None = None

    def validate(self, *args: Any, **kw: Any) -> bool:
        """Read the whole as a standard; what cannot be one is said at its field."""
        if not super().validate(*args, **kw):
            return False
        forces = self._forces()
        if self.errors:
            return False
        typed = {place.name: self._fields[place.name].data for place in self.places}
        made = changed(self.content, self.places, typed) | {"in_force": forces}
        try:
            parse(made)
        except Fault as fault:
            self._say(fault.path, _("这个数超出这一项允许的范围，请对照原来的数值修改。"))
            return False
        self.made = made
        return True

    def days(self, n: int) -> tuple[Any, Any]:
        """The two fields of a line of days."""
        return self._fields[f"d{n}__starts"], self._fields[f"d{n}__ends"]

    def _forces(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        held: list[Force] = []
        for n, (kind, cycle) in enumerate(self.spans):
            starts, ends = self.days(n)
            if starts.data is None:
                if ends.data is not None:
                    starts.errors = [_("填了止日就要填起日。")]
                continue
            if ends.data is not None and ends.data <= starts.data:
                ends.errors = [_("止日要晚于起日；止日当天起不再施行。")]
                continue
            until = ends.data.isoformat() if ends.data else None
            one = Force(kind, starts.data.isoformat(), until, cycle)
            if any(overlap(one, other) for other in held):
                starts.errors = [_("与上面一行的日期重叠，请改起止日期。")]
            held.append(one)
            found.append(
                {"kind": kind, "from": one.starts}
                | ({"until": until} if until else {})
                | ({"round": cycle} if cycle else {})
            )
        if not held and not self.errors:
            self.days(0)[0].errors = [_("至少填一行起日，否则这一版永远不施行。")]
        return found

    def _say(self, path: tuple[Any, ...], message: str) -> None:
        near = [
            p for p in self.places if p.path[: len(path)] == path or path[: len(p.path)] == p.path
        ]
        if near:
            self._fields[near[0].name].errors = [message]
        else:
            self.form_errors.append(message)


def form_of(content: str, *, fresh: bool, rev: int | None = None) -> EditionForm:
    """The form of a stored content; a fresh version has no days yet."""
    plain = json.loads(content)
    found = sections(plain)
    places = [place for section in found for place in section.places]
    lines = spans(plain)
    fields: dict[str, Any] = {place.name: _field(place) for place in places}
    values: dict[str, Any] = {place.name: place.value for place in places} | {"rev": rev}
    for n in range(len(lines)):
        fields |= {f"d{n}__starts": DayField(N_("起日")), f"d{n}__ends": DayField(N_("止日"))}
        if not fresh and n < len(plain["in_force"]):
            held = plain["in_force"][n]
            values[f"d{n}__starts"] = dt.date.fromisoformat(held["from"])
            until = held.get("until")
            values[f"d{n}__ends"] = dt.date.fromisoformat(until) if until else None
    made: EditionForm = type("ThisEdition", (EditionForm,), fields)(data=values)
    made.content, made.places, made.spans = plain, places, lines
    return made


def _field(place: Place) -> Any:
    if place.kind != "text":
        return StringField(place.word, [Filled(), Exact(place.unit)])
    kind = TextAreaField if place.longest == ANY_TEXT else StringField
    return kind(place.word, [Filled(), Length(max=place.longest)])


__all__ = ["EditionForm", "form_of"]
