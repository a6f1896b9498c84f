"""Forms of the pages read from JSON: their fields make the shape, their checks are the checks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from marshmallow import fields
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    MultipleFileField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange

from app.core.errors import DomainError, register_messages
from app.core.forms import BaseForm, DayField, MoneyField, PickField, ScaledField, TicksField
from app.core.problems import Unreadable
from app.core.text import N_, language
from app.exchange.api.shapes import Day, Flag, Many, Money, Pid, Rate, Shape, Text, Whole, Word
from app.firms.forms.parts import RateField, YesNoField

F = TypeVar("F", bound=BaseForm)

register_messages({"not_of_kind": N_("这一类大事没有这一项。"), "wrong": N_("这一项不合。")})


def blank(form: type[F]) -> F:
    """A form as it is when opened."""
    return form(formdata=None, meta={"csrf": False})


def columns(form: type[BaseForm]) -> dict[str, fields.Field[Any]]:
    """The fields of a form as parts of a shape; files and what only pages need left out."""
    return {one.short_name: shape for one in blank(form) if (shape := _column(one)) is not None}


def _column(one: Field) -> fields.Field[Any] | None:
    if isinstance(one, HiddenField | MultipleFileField):
        return None
    checks = {type(check): check for check in one.validators}
    needed = any(isinstance(check, InputRequired) for check in one.validators) or (
        isinstance(one, PickField) and not one.optional
    )
    kw: dict[str, Any] = {
        "required": needed and one.default is None,
        "allow_none": not needed,
        "metadata": {"description": one.label.text},
    }
    if isinstance(one, BooleanField | YesNoField):
        return Flag(**kw)
    if isinstance(one, DayField):
        return Day(**kw)
    if isinstance(one, MoneyField):
        return Money(**kw)
    if isinstance(one, RateField):
        return Rate(**kw)
    if isinstance(one, IntegerField):
        span = next((one for one in checks.values() if isinstance(one, NumberRange)), None)
        return Whole(low=span.min if span else 0, high=span.max if span else 2**53 - 1, **kw)
    if isinstance(one, TicksField):
        told = {c.value: str(c.label) for c in one.iter_choices()}
        return Many(Word(told, labels=told), **kw)
    if isinstance(one, PickField) or (isinstance(one, SelectField) and one.choices):
        told = {c.value: str(c.label) for c in one.iter_choices() if c.value}
        return Word(told, labels=told, **kw)
    if isinstance(one, SelectField):
        return Pid(**kw)
    if isinstance(one, ScaledField):
        counts = _held(one)
        if counts is None:
            return Text(20, **kw)
        return Whole(high=one.most or 2**53 - 1, **kw | {"metadata": {"description": counts}})
    assert isinstance(one, StringField)
    size = checks.get(Length)
    return Text(size.max if size else None, **kw)


#: endings of names of columns that hold a whole number of a small unit
SMALL = {"_dm2": N_("面积，以 0.01 ㎡ 计。"), "_mm": N_("以毫米计。")}


def _held(one: ScaledField) -> str | None:
    """What a whole number counts where the name says so; typed in a larger unit on the page."""
    return next((told for end, told in SMALL.items() if one.short_name.endswith(end)), None)


def body(name: str, /, *forms: type[BaseForm], **more: fields.Field[Any]) -> Any:
    """A function that gives the shape of a body with the fields of some forms, in the reader's
    language; of several forms nothing is needed, as which one is meant is said by `more`."""

    @cache
    def made(_language: str) -> type[Shape]:
        found: dict[str, fields.Field[Any]] = {}
        for form in forms:
            for key, column in columns(form).items():
                if len(forms) > 1:
                    column.required, column.allow_none = False, True
                    held = found.get(key)
                    if isinstance(held, Word) and isinstance(column, Word):
                        column.widen(held)
                found[key] = column
        return type(name, (Shape,), found | more)

    return lambda: made(language())


def typed(form: type[F], held: Mapping[str, Any], ignored: Iterable[str] = ()) -> F:
    """The form filled as a person would have typed it, and found right.

    Raises Unreadable with the complaints of the page at their fields.
    """
    opened = blank(form)
    known = {one.short_name for one in opened}
    said = DomainError("not_of_kind").message
    strange = [key for key in held if key not in known and key not in ignored]
    if strange:
        raise Unreadable([("not_of_kind", key, said) for key in strange])
    given = {key: _text(opened[key], value) for key, value in held.items() if key in known}
    for one in opened:
        if one.short_name not in given and one.default is not None:
            default = one.default() if callable(one.default) else one.default
            given[one.short_name] = _text(one, default)
    filled = form(formdata=MultiDict({k: v for k, v in given.items() if v is not None}),
                  meta={"csrf": False})  # fmt: skip
    if not filled.validate():
        raise Unreadable(
            [
                ("wrong", key or "", str(message))
                for key, messages in filled.errors.items()
                for message in messages
            ]
        )
    return filled


def _text(one: Field, value: Any) -> str | list[str] | None:
    """A value as it is typed into its box, or ticked."""
    if value is None:
        return None
    if isinstance(one, TicksField):
        return [str(word) for word in value]
    if isinstance(one, ScaledField) and _held(one):
        return f"{Decimal(value).scaleb(-one.places):f}"
    if isinstance(one, YesNoField):
        return "yes" if value else "no"
    if isinstance(one, BooleanField):
        return "1" if value else None
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(one, MoneyField):
        return f"{value}元"  # zh: parsed
    return str(value)
