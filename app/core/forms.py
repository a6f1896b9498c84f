"""Form fields of this house: money in 万元, days as people type them, choices as buttons."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import TextInput

from app.core.clash import Clash, clash_of
from app.core.days import FIRST_DAY, LAST_DAY
from app.core.db.types import FEN_LIMIT
from app.core.errors import DomainError, register_messages
from app.core.field_words import FieldWords, needed
from app.core.filters import wan_exact
from app.core.text import N_, _

FEN_PER_WAN = 1_000_000

register_messages({"field_needed": N_("这一项需要填写。")})

_CONTROL = {"Cc", "Cf", "Cs", "Co", "Cn"}


def clean_text(value: str | None) -> str | None:
    """Trimmed text; None when empty. Control and bidirectional characters are refused."""
    if value is None:
        return None
    value = unicodedata.normalize("NFC", value).strip()
    bad = unseen(value)
    if bad:
        raise ValueError(_("含有看不见的字符（U+%(code)04X），请删去。", code=ord(bad)))
    return value or None


def unseen(value: str) -> str:
    """The first control or bidirectional character of a text; empty when there is none."""
    if value.isprintable():  # the usual case, without a look at each character
        return ""
    bad = (c for c in value if unicodedata.category(c) in _CONTROL and c not in "\n\r\t")
    return next(bad, "")


DAY_AS_WRITTEN = r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?"  # zh: parsed


def parse_day(text: str) -> dt.date:
    """A day as people write it: 2026-3-1, 2026.03.01, 2026/3/1, 20260301, 2026年3月1日."""
    text = unicodedata.normalize("NFKC", text).strip()
    match = re.fullmatch(DAY_AS_WRITTEN, text)
    match = match or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
    if not match:
        raise ValueError(_("日期写作 2026-03-31 或 2026.3.31。"))
    try:
        day = dt.date(*(int(part) for part in match.groups()))
    except ValueError:
        raise ValueError(_("没有这一天，请核对月和日。")) from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(_("日期应在 1990 年至 2100 年之间。"))
    return day


#: commas stand before groups of three; "1,5" is refused rather than read as 15
GROUPED = r"^\D*\d{1,3}(,\d{3})+(\.\d*)?\D*$"
#: endings of an amount, the longest first, with the fen in one of them
MONEY_UNITS = {
    "亿元": 10_000 * FEN_PER_WAN,  # zh: parsed
    "万元": FEN_PER_WAN,  # zh: parsed
    "千元": FEN_PER_WAN // 10,  # zh: parsed
    "亿": 10_000 * FEN_PER_WAN,  # zh: parsed
    "万": FEN_PER_WAN,  # zh: parsed
    "元": FEN_PER_WAN // 10_000,  # zh: parsed
}


def parse_wan(text: str, *, signed: bool = False) -> int:
    """An amount in 万元 as people write it, in fen.

    Read are 1,234.56, １２３, 500万, 500万元, 1.2亿, 3,200元 (the unit written wins), and what
    Excel makes of a negative: −20, (20.00).
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if re.search(r"\d\s+\d", text) or ("," in text and not re.search(GROUPED, text)):
        raise ValueError(_("金额写作 1234.56，单位万元。"))
    text = text.replace(",", "").replace(" ", "")
    text = re.sub(r"^\((.+)\)$", r"-\1", text).replace("−", "-")
    scale = Decimal(FEN_PER_WAN)
    for unit, fen_each in MONEY_UNITS.items():
        if text.endswith(unit):
            text, scale = text.removesuffix(unit), Decimal(fen_each)
            break
    if text in {"-", "—", "–", "/"}:
        raise ValueError(_("“%(typed)s”看不出是零还是没有：是零填 0，没有就留空。", typed=text))
    if not re.fullmatch(r"[+-]?(\d{1,15}(\.\d{0,8})?|\.\d{1,8})", text):
        raise ValueError(_("金额写作 1234.56，单位万元。"))
    try:
        exact = Decimal(text) * scale
    except InvalidOperation:
        raise ValueError(_("金额写作 1234.56，单位万元。")) from None
    fen = int(exact.to_integral_value(ROUND_HALF_EVEN))
    if exact != fen:
        raise ValueError(_("金额最多到分，即万元后 6 位小数。"))
    if fen < 0 and not signed:
        raise ValueError(_("金额不能为负。"))
    if abs(fen) > FEN_LIMIT:
        raise ValueError(_("金额超过上限 1 亿万元。"))
    return fen


class BaseForm(FlaskForm):
    """A form that refuses invisible characters and can carry refusals of the domain.

    Labels and descriptions are source texts; they are translated when the form is made.
    """

    class Meta(FlaskForm.Meta):
        """Trim and check each text."""

        def bind_field(self, form: Any, unbound: Any, options: dict[str, Any]) -> Any:
            filters = list(unbound.kwargs.get("filters", ()))
            kind = unbound.field_class
            if issubclass(kind, StringField) and not issubclass(kind, RevField):
                if clean_text not in filters:
                    filters.append(clean_text)
                options = {**options, "filters": filters}
                unbound.kwargs.pop("filters", None)
            words = FieldWords()
            field = super().bind_field(form, unbound, {**options, "translations": words})
            words.field = field
            return field

    #: After a refused save: both versions, shown by `ui.errors` above the form as it was typed.
    clash: Clash | None = None
    #: After a refusal of the domain: the status of its answer.
    refused: int | None = None

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        for field in self:
            field.label.text = _(field.label.text)
            field.description = _(field.description)

    @property
    def answer(self) -> int:
        """Status of the page that shows the form: 200 when it is opened, else why it came back."""
        return self.refused or (422 if self.errors else 200)

    def refuse(
        self, error: DomainError, record: Any = None, held: Mapping[str, Any] | None = None
    ) -> None:
        """Put a refusal at its field, or on top of the form.

        With the `record` that somebody else changed first: show both versions, keep what was
        typed, and let the next press of the form's own button save it over the version shown.
        `held` as in :func:`app.core.clash.clash_of`.
        """
        self.refused = error.status
        if error.code == "stale" and record is not None:
            self.clash = clash_of(self, record, held)
            for field in self:
                if isinstance(field, RevField) and not self.clash.gone:
                    field.renew(record.rev)
        target = self._fields.get(error.field or "")
        if target is None:
            self.form_errors.append(error.message)
        else:
            said = needed(target) if error.code == "field_needed" else error.message
            target.errors = [*target.errors, said]


class Filled(InputRequired):
    """Something was typed, and not only blanks. What cannot be read keeps its own complaint."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.raw_data and not str(field.raw_data[0]).strip():
            field.raw_data = [""]
        super().__call__(form, field)


class RevField(HiddenField):
    """The revision the form was filled from; a later one means somebody was faster."""

    data: int | None

    def renew(self, rev: int) -> None:
        """Count as filled from a later revision, which the reader has now seen."""
        self.data, self.raw_data = rev, None

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = int(valuelist[0]) if valuelist and valuelist[0].isdigit() else None


class DayField(Field):
    """A business day, typed freely."""

    widget = TextInput()
    sample = "2026-03-31"

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist and valuelist[0].strip():
            self.data = parse_day(valuelist[0])


class MoneyField(Field):
    """An amount typed in 万元 and held in fen."""

    widget = TextInput()
    sample = "600"

    def __init__(self, *args: Any, signed: bool = False, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.signed = signed
        self.unit = N_("万元")

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return wan_exact(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist and valuelist[0].strip():
            self.data = parse_wan(valuelist[0], signed=self.signed)

    def worded(self, value: int) -> str:
        """A value as a sentence says it."""
        return f"{wan_exact(value)} {_(self.unit)}"


def options(pairs: Any) -> Any:
    """(code, word) pairs, or a function that gives them, as the field library wants them."""
    if callable(pairs):
        return lambda: options(pairs())
    if pairs is None:
        return None
    return [p if isinstance(p, SelectChoice) else SelectChoice(*p) for p in pairs]


class DropField(SelectField):
    """One of many choices in a drop-down. An empty code stands for none."""

    def __init__(self, *args: Any, choices: Any = None, **kw: Any) -> None:
        super().__init__(*args, choices=options(choices), **kw)

    def process_data(self, value: Any) -> None:
        self.data = "" if value is None else str(value)


class PickField(RadioField):
    """One of a few choices shown as buttons. `optional=True` lets it stay empty."""

    def __init__(self, *args: Any, optional: bool = False, choices: Any = None, **kw: Any) -> None:
        super().__init__(*args, validate_choice=True, choices=options(choices), **kw)
        self.optional = optional

    def process_data(self, value: Any) -> None:
        self.data = None if value is None else str(value)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist and valuelist[0] else None

    def pre_validate(self, form: Any) -> None:
        if self.data is None:
            if not self.optional:
                raise ValidationError(needed(self))
            return
        super().pre_validate(form)


class CodeField(StringField):
    """A unified social credit code: trimmed, upper case, half width, without separators."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = unicodedata.normalize("NFKC", valuelist[0] if valuelist else "")
        self.data = re.sub(r"[\s\-_.]", "", text).upper() or None


def parse_scaled(text: str, places: int, most: int | None = None) -> int:
    """A number as people write it, in units of its last decimal place: 126.35 with two is 12635.

    A unit of area, length or rent written behind it is passed over. Raises ValueError for what is
    no such number, and above `most`, in the same units.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    text = re.sub(r"\s*(元/m2·天|平方米|平米|m2|米|m|元)$", "", text, flags=re.I)  # zh: parsed
    grouped = "," not in text or re.search(GROUPED, text)
    text = text.replace(",", "")
    if re.fullmatch(r"[-−]\d+(\.\d*)?", text):
        raise ValueError(_("不能小于 0。"))
    if not grouped or not re.fullmatch(r"\d{1,12}(\.\d*)?|\.\d+", text):
        raise ValueError(_("请填数字，例如 12.5。"))
    exact = Decimal(text).scaleb(places)
    if exact != exact.to_integral_value():
        said = _("最多 %(n)s 位小数。", n=places) if places else _("请填整数，例如 12。")
        raise ValueError(said)
    if most is not None and exact > most:
        raise ValueError(_("不能大于 %(max)s。", max=scaled_text(most, places)))
    return int(exact)


def scaled_text(value: int | None, places: int) -> str:
    """The same number as it is typed, without needless zeros; "" for None."""
    return "" if value is None else f"{Decimal(value).scaleb(-places).normalize():f}"


class ScaledField(Field):
    """A number typed with up to `places` decimals and held as a whole number of the last one."""

    widget = TextInput()

    def __init__(
        self, *args: Any, places: int = 2, unit: str = "", most: int | None = None,
        sample: str = "", **kw: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kw)
        self.places, self.unit, self.most = places, unit, most
        self.sample = sample or "12.5"

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return scaled_text(self.data, self.places)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist and valuelist[0].strip():
            self.data = parse_scaled(valuelist[0], self.places, self.most)

    def worded(self, value: int) -> str:
        """A value as a sentence says it."""
        return f"{scaled_text(value, self.places)} {_(self.unit)}".strip()


class TicksField(SelectMultipleField):
    """Several of a few choices, which `ui.field` draws as buttons that stay pressed."""

    def __init__(self, *args: Any, choices: Any = None, **kw: Any) -> None:
        super().__init__(*args, choices=options(choices), **kw)

    def process_data(self, value: Any) -> None:
        self.data = [str(one) for one in value or ()]
