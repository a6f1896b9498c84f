"""Somebody was faster: what is held now beside what was typed, so that nothing is typed twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import InvalidRequestError
from wtforms import BooleanField, Field, FileField, HiddenField, MultipleFileField, SelectField

from app.core.db import session
from app.core.db.revision import Revision
from app.core.filters import DASH, day, num
from app.core.shell import came_from, shell
from app.core.text import Coded, _


@dataclass(frozen=True)
class Row:
    """One field: its name, the value held now, the value typed; both as a reader reads them."""

    label: str
    now: str
    typed: str

    @property
    def differs(self) -> bool:
        """Whether one of the two is lost, whichever is kept."""
        return self.now != self.typed


@dataclass(frozen=True)
class Clash:
    """Who changed the record and when, the fields that differ, and where the held one is shown.

    `gone`: the record was withdrawn meanwhile, so there is no version to set beside.
    """

    who: str
    at: dt.datetime | None
    rows: list[Row]
    keep: str
    gone: bool = False


def clash_of(form: Iterable[Field], record: Any, held: Mapping[str, Any] | None = None) -> Clash:
    """Both versions of a record after a refused save.

    `held` gives values held now, by field name, where the record has them under another name.
    """
    return between(record, lambda: _rows(form, record, held or {}))


def between(record: Any, rows: Callable[[], Iterable[Row]]) -> Clash:
    """The same for what is typed without a form object; `rows` is asked when `record` is fresh."""
    try:
        session.refresh(record)
    except InvalidRequestError:
        return Clash("", None, [], came_from(), gone=True)
    differing = [row for row in rows() if row.differs]
    made = session.get(Revision, record.rev)
    name = shell().name_of(made.person_id) if made and made.person_id else None
    return Clash(name or _("系统"), made.at if made else None, differing, came_from())


def _rows(form: Iterable[Field], record: Any, held: Mapping[str, Any]) -> Iterable[Row]:
    for field in form:
        if isinstance(field, HiddenField | FileField | MultipleFileField):
            continue
        name = field.short_name
        if name in held or hasattr(record, name):
            now = held[name] if name in held else getattr(record, name)
            typed = getattr(field, "value", field.data)
            yield Row(field.label.text, shown(field, now), shown(field, typed))


def typed_rows(form: Iterable[Field]) -> list[tuple[str, str]]:
    """What was typed into a form that cannot be sent again: label and text, filled ones only."""
    skipped = HiddenField | FileField | MultipleFileField
    fields = [field for field in form if not isinstance(field, skipped) and field.data]
    return [(f.label.text, shown(f, getattr(f, "value", f.data))) for f in fields]


def shown(field: Field, value: Any) -> str:
    """A value of a form field as a reader reads it: the word of a choice, a day, 是 or 否, a number
    with its unit, in the words of the field where it has some (`worded`)."""
    if isinstance(field, BooleanField) or isinstance(value, bool):
        return _("是") if value else _("否")
    if value is None or value in ("", [], ()):
        return DASH
    if isinstance(field, SelectField):
        words = {str(choice.value): choice.label for choice in field.iter_choices()}
        codes = value if isinstance(value, list | set | tuple) else [value]
        return _("、").join(words.get(str(getattr(c, "value", c)), str(c)) for c in codes)
    worded = getattr(field, "worded", None)
    if worded is not None and isinstance(value, int):
        return str(worded(value))
    if getattr(field, "unit", None) and isinstance(value, int):
        return f"{plain(value)} {_(field.unit)}"
    return plain(value)


def plain(value: Any) -> str:
    """A value without a field: a coded word, a day, a number, else its text."""
    if isinstance(value, Coded):
        return value.label
    if isinstance(value, dt.date):
        return day(value)
    return num(value) if isinstance(value, int) else str(value)
