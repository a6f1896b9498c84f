"""The columns of a sheet: how each is called, and how what people type becomes a value."""

from __future__ import annotations

import datetime as dt
import difflib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.core import codes
from app.core.days import Period
from app.core.errors import DomainError
from app.core.filters import day as day_words
from app.core.filters import period as period_words
from app.core.filters import wan_exact
from app.core.forms import (
    FEN_PER_WAN,
    clean_text,
    parse_day,
    parse_scaled,
    parse_wan,
    scaled_text,
)
from app.core.stated import decimal_of
from app.core.text import N_, _
from app.firms.figure_columns import HEAD
from app.firms.forms.parts import RATE_UNITS, parse_heads, show_heads

Words = Callable[[], list[tuple[str, str]]]
YES = {"是": True, "否": False, "yes": True, "no": False, "y": True, "n": False,  # zh: parsed
       "1": True, "0": False, "true": True, "false": False, "√": True, "×": False}  # fmt: skip
#: What people put where there is nothing to say, and what spreadsheets put where they fail.
NOTHING = ("—", "——", "-", "--", "–", "/", "\\", "N/A", "n/a")
BROKEN = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")
#: Units that a head may name, as parse_wan reads them.
MONEY = ("亿元", "万元", "千元", "元")  # zh: parsed
#: Days as spreadsheets count them: from here on they lie within living memory.
SERIAL_DAYS = (20_000, 80_000)
MONTH = re.compile(r"\d{4}\s*[-./年]\s*\d{1,2}\s*月?")  # zh: parsed
#: Numbers with nothing to mend, far below their bounds: whole fen of 万元, whole heads.
CLEAN_WAN = re.compile(r"([0-9]{1,7})(?:\.([0-9]{1,6}))?")
CLEAN_HEADS = re.compile(r"[0-9]{1,5}")
EPOCH = dt.date(1899, 12, 30)
#: How far a reckoned number strays from the one that was meant.
NOISE = Decimal("1e-11")
QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "上半年": 2, "年": 0}  # zh: parsed


@dataclass(frozen=True)
class Field:
    """A column. `text` is its head (source text); `aliases` are other heads that mean it.

    Kinds: text, name, code, day, money, heads, count, items, rate, flag, word, words (several),
    period, scaled (a number up to `most` with up to `places` decimals). `unit_word` is the unit of
    a count.
    """

    key: str
    text: str
    kind: str = "text"
    needed: bool = False
    aliases: tuple[str, ...] = ()
    words: Words | None = None
    signed: bool = False
    longest: int = 200
    sample: str = ""
    unit_word: str = ""
    places: int = 2
    most: int = 1_000
    #: said in the notes of the template
    hint: str = ""

    @property
    def label(self) -> str:
        """The head in the reader's language."""
        return _(self.text)

    @property
    def unit(self) -> str:
        """The unit printed in the head."""
        units = {"money": N_("万元"), "heads": N_("人"), "items": N_("项")}
        return _(units.get(self.kind, self.unit_word))

    @property
    def head(self) -> str:
        """The head with its unit, as templates and exports print it."""
        if not self.unit:
            return self.label
        return _("%(head)s（%(unit)s）", head=self.label, unit=self.unit)


def keyed(*columns: Field) -> dict[str, Field]:
    """key → column, in their order."""
    return {one.key: one for one in columns}


@dataclass(frozen=True)
class Read:
    """A value with what was mended on the way, in words."""

    value: Any
    mend: str = ""


def parse(field: Field, text: str, head_unit: str = "") -> Read:
    """The value of a cell; ValueError says what is wrong and what to type.

    `head_unit`: the unit that the sheet's own head names, e.g. 元 in a column of 万元.
    """
    text = text.strip()
    if len(text) > 2_000:
        raise ValueError(_("这一格超过 %(n)s 个字。", n=2_000))
    if text in NOTHING and field.kind not in ("text", "name"):
        return Read(None)
    if text in BROKEN:
        raise ValueError(_("公式出错的格，没有数值。请填数值。"))
    return PARSERS[field.kind](field, text, head_unit)


def shown(field: Field, value: Any) -> str:
    """A value as it stands in a cell of an export, and beside another in a preview."""
    if value is None or value == "":
        return ""
    if field.kind == "money":
        return wan_exact(value).replace(",", "").replace("−", "-")
    if field.kind == "heads":
        return show_heads(value)
    if field.kind == "rate":
        return f"{(Decimal(value) / RATE_UNITS).normalize():f}"
    if field.kind == "day":
        return day_words(value)
    if field.kind == "flag":
        return _("是") if value else _("否")
    if field.kind == "word":
        return dict(field.words() if field.words else []).get(str(value), str(value))
    if field.kind == "words":
        known = dict(field.words() if field.words else [])
        return _("、").join(known.get(code, code) for code in value)
    if field.kind == "scaled":
        return scaled_text(value, field.places)
    if field.kind == "period":
        return period_words(value)
    return str(value)


def _text(field: Field, text: str, _unit: str) -> Read:
    found = clean_text(text)
    if found is not None and len(found) > field.longest:
        raise ValueError(_("最多 %(n)s 个字，现为 %(m)s 个。", n=field.longest, m=len(found)))
    return Read(found)


def _name(field: Field, text: str, unit: str) -> Read:
    found = _text(field, text, unit).value
    wide = found.replace("(", "（").replace(")", "）") if found else found  # zh: parsed
    return Read(wide, _("括号改为全角") if wide != found else "")


def same_name(name: str) -> str:
    """A name without what people write differently: brackets, width, spaces."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name)).casefold()


def _code(_field: Field, text: str, _unit: str) -> Read:
    try:
        found = codes.parse(text.lstrip("'"))
    except DomainError as error:
        raise ValueError(error.message) from None
    return Read(found, _("去掉空格和分隔符、改为半角大写") if found != text else "")


def _day(_field: Field, text: str, _unit: str) -> Read:
    plain = text.split(" ")[0] if re.match(r"\d{4}-\d\d-\d\d ", text) else text
    if re.fullmatch(r"\d{5}", plain) and SERIAL_DAYS[0] <= int(plain) <= SERIAL_DAYS[1]:
        day = EPOCH + dt.timedelta(days=int(plain))
        return Read(day, _("表格软件的日期序号，读作 %(day)s", day=day.isoformat()))
    if MONTH.fullmatch(unicodedata.normalize("NFKC", plain)):
        raise ValueError(_("只有年和月，请补上日，例如 2026-03-31。"))
    day = parse_day(plain)
    return Read(day, "" if plain == day.isoformat() else _("读作 %(day)s", day=day.isoformat()))


def _money(field: Field, text: str, head_unit: str) -> Read:
    clean = CLEAN_WAN.fullmatch(text) if head_unit in ("", "万元") else None  # zh: parsed
    if clean:  # the usual case, in whole fen
        return Read(int(clean[1]) * FEN_PER_WAN + int((clean[2] or "").ljust(6, "0")))
    own = next((one for one in (*MONEY, "亿", "万") if text.endswith(one)), "")  # zh: parsed
    plain = _plain_number(text)
    if head_unit and not own:
        plain = re.sub(r"^[(（](.+)[)）]$", r"-\1", plain)  # zh: parsed
    typed = f"{plain}{head_unit}" if head_unit and not own else plain
    fen = parse_wan(typed, signed=field.signed)
    unit = own or head_unit
    if unit in ("", "万元"):  # zh: parsed
        return Read(fen)
    words = _("按“%(unit)s”读作 %(wan)s 万元", unit=unit, wan=wan_exact(fen))
    return Read(fen, words)


def _plain_number(text: str) -> str:
    """A number that a spreadsheet keeps as 0.3999999999999986 or 5e-05, without the noise.

    What lies nearer to a fen (six places of 万元) than any reckoning is exact is that fen.
    """
    if not re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", text):
        return text
    if not re.search(r"[eE]", text) and len(text.partition(".")[2]) <= 8:
        return text
    exact = Decimal(text)
    near = exact.quantize(Decimal("0.000001"))
    found = near if abs(near - exact) <= NOISE * max(Decimal(1), abs(exact)) else exact
    return f"{found.normalize():f}"


def _heads(_field: Field, text: str, _unit: str) -> Read:
    if CLEAN_HEADS.fullmatch(text):
        return Read(int(text) * HEAD)
    return Read(parse_heads(_plain_number(text)))


def _count(_field: Field, text: str, _unit: str) -> Read:
    found = decimal_of(_plain_number(text).removesuffix("㎡").removesuffix("平方米"))  # zh: parsed
    if found != int(found) or not 0 <= found <= 100_000_000:
        raise ValueError(_("请填整数，例如 12。"))
    return Read(int(found))


def _rate(_field: Field, text: str, _unit: str) -> Read:
    found = decimal_of(_plain_number(text)) * RATE_UNITS
    if not 0 < found < RATE_UNITS**2:
        raise ValueError(_("汇率应大于 0。"))
    return Read(int(found.to_integral_value()))


def _flag(_field: Field, text: str, _unit: str) -> Read:
    found = YES.get(unicodedata.normalize("NFKC", text).casefold())
    if found is None:
        raise ValueError(_("请填“是”或“否”。"))
    return Read(found)


def _word(field: Field, text: str, _unit: str) -> Read:
    choices = field.words() if field.words else []
    plain = same_name(text)
    for code, word in choices:
        if plain in (same_name(word), code.casefold()):
            return Read(code)
    short = [(code, word) for code, word in choices if len(plain) > 1 and _short(plain, word)]
    if len(short) == 1:
        return Read(short[0][0], _("读作“%(word)s”", word=short[0][1]))
    near = difflib.get_close_matches(text, [word for _code, word in choices], 2, 0.4)
    inside = [word for _code, word in choices if text and text in word][:2]
    offered = _("、").join(near or inside or [word for _code, word in choices][:6])
    raise ValueError(_("没有“%(typed)s”这一项，可填：%(words)s。", typed=text, words=offered))


def _short(plain: str, word: str) -> bool:
    """Whether a text is short for a word: part of it, or some of its characters from the first on,
    as 软著 is of 软件著作权.
    """  # zh: example
    whole = same_name(word)
    left = iter(whole)
    return plain in whole or (plain[0] == whole[0] and all(one in left for one in plain))


def _words(field: Field, text: str, unit: str) -> Read:
    """Several words: 研发、中试; in the order of their list, each once."""
    parts = [part for part in re.split(r"[、,，;；+/\s]+", text) if part]  # zh: parsed
    found = {_word(field, part, unit).value for part in parts}
    order = [code for code, _word_of in (field.words() if field.words else []) if code in found]
    return Read(tuple(order) or None)


def _scaled(field: Field, text: str, _unit: str) -> Read:
    most = field.most * 10**field.places
    return Read(parse_scaled(_plain_number(text), field.places, most))


_QUARTER = r"第?\s*([一二三四1234])\s*季度?|[qQ]\s*([1234])"  # zh: parsed
PERIOD = re.compile(rf"(\d{{4}})\s*[年./-]?\s*(?:{_QUARTER}|(上半年|年度?|全年)?)")  # zh: parsed
_ENDINGS = re.compile(r"(报|累计)+$")  # zh: parsed


def _period(_field: Field, text: str, _unit: str) -> Read:
    plain = _ENDINGS.sub("", unicodedata.normalize("NFKC", text).strip())
    found = PERIOD.fullmatch(plain)
    months = re.fullmatch(r"(\d{4})年?\s*1\s*[-—~至]\s*(3|6|9|12)\s*月", plain)  # zh: parsed
    if months:
        period = Period(int(months[1]), int(months[2]) // 3)
    elif found:
        quarter = found[2] or found[3] or ("2" if found[4] == "上半年" else "0")  # zh: parsed
        period = Period(int(found[1]), QUARTERS[quarter] if quarter in QUARTERS else int(quarter))
    else:
        raise ValueError(_("报告期写作 2026年 或 2026年第3季度。"))
    if not 1990 <= period.year <= 2100:
        raise ValueError(_("报告期写作 2026年 或 2026年第3季度。"))
    return Read(period)


PARSERS: dict[str, Callable[[Field, str, str], Read]] = {
    "text": _text,
    "name": _name,
    "code": _code,
    "day": _day,
    "money": _money,
    "heads": _heads,
    "count": _count,
    "items": _count,
    "rate": _rate,
    "flag": _flag,
    "word": _word,
    "period": _period,
    "words": _words,
    "scaled": _scaled,
}
#: What a template writes into the example row.
SAMPLES = {
    "day": "2026-03-31", "money": "600", "heads": "12", "items": "3", "count": "120", "rate": "7.1",
    "flag": N_("是"), "period": N_("2026年第3季度"), "code": "91310115MA1K00001X",
}  # fmt: skip
