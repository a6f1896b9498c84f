"""The form of a version of a standard: a field for each value, a line of days for each kind."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from app.core.forms import DayField, RevField
from app.core.text import N_, _
from app.criteria.content_form import ContentForm, field_of
from app.criteria.editing import sections, spans
from app.criteria.parse import overlap
from app.criteria.tree import Force

#: the days of a line
ENDS = {"starts": N_("起日"), "ends": N_("止日"), "transition": N_("过渡期至")}


class EditionForm(ContentForm):
    """What all versions have; `form_of` adds the fields of one content."""

    rev = RevField()
    spans: list[tuple[str, str | None]]

    def read(self) -> dict[str, Any]:
        """With the days typed."""
        return super().read() | {"in_force": self._forces()}

    def days(self, n: int) -> tuple[Any, Any, Any]:
        """The fields of a line of days: first day, end, end of the transition."""
        starts, ends, beside = (self._fields[f"d{n}__{end}"] for end in ENDS)
        return starts, ends, beside

    def _forces(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        held: list[Force] = []
        known = {
            (one["kind"], one.get("round"), one["from"]): one["confidence"]
            for one in self.content["in_force"]
            if "confidence" in one
        }
        for n, (kind, cycle) in enumerate(self.spans):
            starts, ends, beside = self.days(n)
            if starts.data is None:
                if ends.data is not None or beside.data is not None:
                    starts.errors = [_("填了止日就要填起日。")]
                continue
            if ends.data is not None and ends.data <= starts.data:
                ends.errors = [_("止日要晚于起日；止日当天起不再施行。")]
                continue
            last = beside.data
            if last is not None and not starts.data < last <= (ends.data or last):
                beside.errors = [_("过渡期要在起日之后结束，并且不晚于止日。")]
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
                | ({"transition": last.isoformat()} if last else {})
                | _confidence(known.get((kind, cycle, one.starts)))
            )
        if not held and not self.errors:
            self.days(0)[0].errors = [_("至少填一行起日，否则这一版永远不施行。")]
        return found


def _confidence(known: str | None) -> dict[str, Any]:
    """How a first day is known that stayed as it was."""
    return {"confidence": known} if known else {}


def form_of(content: str, *, fresh: bool, rev: int | None = None) -> EditionForm:
    """The form of a stored content; a fresh version has no days yet."""
    plain = json.loads(content)
    found = sections(plain)
    places = [place for section in found for place in section.places]
    lines = spans(plain)
    fields: dict[str, Any] = {place.name: field_of(place) for place in places}
    values: dict[str, Any] = {place.name: place.value for place in places} | {"rev": rev}
    for n in range(len(lines)):
        fields |= {f"d{n}__{end}": DayField(word) for end, word in ENDS.items()}
        if not fresh and n < len(plain["in_force"]):
            held = plain["in_force"][n]
            values[f"d{n}__starts"] = dt.date.fromisoformat(held["from"])
            for key, end in (("until", "ends"), ("transition", "transition")):
                given = held.get(key)
                values[f"d{n}__{end}"] = dt.date.fromisoformat(given) if given else None
    made: EditionForm = type("ThisEdition", (EditionForm,), fields)(data=values)
    made.content, made.places, made.spans = plain, places, lines
    return made


__all__ = ["EditionForm", "form_of"]
