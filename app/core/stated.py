"""What can only be stated (自述数据): a key with its unit, and its values as typed and shown."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from app.core.days import add_months
from app.core.text import _

#: per cent are kept in hundredths of one
HUNDREDTHS = 100
WHOLE = 100 * HUNDREDTHS
#: fen of one 万元
WAN = 1_000_000
MOST_YEARS = 200
MOST_COUNT = 100_000_000
MOST_FEN = 10**14
YES, NO = ("是", "有", "yes", "y", "1"), ("否", "无", "no", "n", "0")  # zh: parsed
Range = tuple[int, int]


@dataclass(frozen=True)
class StatedKey:
    """One thing to state: `unit` is points (0 to `most`), flag (0 or 1), share (in hundredths of
    one per cent), years (full ones), grade, items, firms, m2, or fen (typed in 万元); `months` is
    how long it holds unless said otherwise. What is said of a year (`of_year`: 当年, 截至上年末)
    holds within the calendar year in which it is said, and no longer whatever is said. Where the
    day is that of an `event`, a yes holds for so many months from it, the last day included."""

    name: str
    text: str
    unit: str
    most: int = 1
    months: int = 12
    of_year: bool = False
    event: int = 0

    def until(self, day: dt.date, low: int | None = None) -> dt.date:
        """The first day on which what was said on a day holds no longer, unless said otherwise."""
        if self.of_year:
            return dt.date(day.year + 1, 1, 1)
        if self.event and low:
            return add_months(day, self.event) + dt.timedelta(days=1)
        return add_months(day, self.months)

    @property
    def label(self) -> str:
        """The word in the reader's language."""
        return _(self.text)

    @property
    def unit_text(self) -> str:
        """The unit in the reader's language."""
        words = {
            "points": _("分"), "share": "%", "years": _("年"), "flag": "", "items": _("项"),
            "m2": "㎡", "fen": _("万元"), "firms": _("家"), "grade": _("级"),
        }  # fmt: skip
        return words[self.unit]


def of_unit(keys: Iterable[StatedKey], unit: str) -> list[str]:
    """Names of the keys of a unit."""
    return sorted(key.name for key in keys if key.unit == unit)


def decimal_of(text: str) -> Decimal:
    """A plain decimal as people type it; ValueError on anything else."""
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", "").replace("−", "-")
    if not re.fullmatch(r"[+-]?(\d{1,12}(\.\d{0,8})?|\.\d{1,8})", plain):
        raise ValueError(_("请填写数字，例如 12 或 12.5。"))
    return Decimal(plain)


def parse_stated(key: StatedKey, text: str) -> Range:
    """What was typed (8, 7-8, 12.5%, 是) as low and high; ValueError with words for the reader."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if key.unit == "flag":
        if plain not in YES + NO:
            raise ValueError(_("请填写“是”或“否”。"))
        value = int(plain in YES)
        return value, value
    plain = re.sub(r"万元|m2|[%分年项家级\s]", "", plain)  # zh: parsed
    ends = re.split(r"[-~至]", plain)  # zh: parsed
    if len(ends) > 2:
        raise ValueError(_("请填写一个数，或“下限-上限”。"))
    low, high = _number(key, ends[0]), _number(key, ends[-1])
    if low > high:
        raise ValueError(_("上限不能小于下限。"))
    return low, high


def _number(key: StatedKey, text: str) -> int:
    tops = {"points": key.most, "grade": key.most, "share": WHOLE, "years": MOST_YEARS}
    most = (tops | {"fen": MOST_FEN}).get(key.unit, MOST_COUNT)
    factor = {"share": HUNDREDTHS, "fen": WAN}.get(key.unit, 1)
    value = decimal_of(text) * factor
    if value != int(value):
        raise ValueError(_("请填写整数；比例最多两位小数。"))
    if not 0 <= value <= most:
        raise ValueError(_("应在 0 到 %(most)s 之间。", most=most // factor))
    return int(value)


def show_stated(key: StatedKey, low: int | None, high: int | None) -> str:
    """Low and high as they are typed."""
    if key.unit == "flag":
        return _("是") if low else _("否") if high == 0 else _("不明")
    ends = [show_end(key, end) or "" for end in (low, high)]
    return ends[0] if low == high else "-".join(ends)


def show_end(key: StatedKey, value: int | None) -> str | None:
    """One end of a range in the unit of the key; None where there is none."""
    if value is None:
        return None
    factor = {"share": HUNDREDTHS, "fen": WAN}.get(key.unit, 1)
    if factor == 1:
        return str(value)
    whole, part = divmod(value, factor)
    digits = len(str(factor)) - 1
    return f"{whole}.{part:0{digits}d}".rstrip("0").rstrip(".")
