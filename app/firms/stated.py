"""自述数据: what only the firm or an expert can say of it, by key, with unit and validity."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.text import N_, _

#: per cent are kept in hundredths of one
HUNDREDTHS = 100


@dataclass(frozen=True)
class StatedKey:
    """One thing to state: `unit` is points (0 to `most`), flag (0 or 1), share (in hundredths of
    one per cent) or years (full ones); `months` is how long it holds unless said otherwise."""

    name: str
    text: str
    unit: str
    most: int = 1
    months: int = 12
    hint: str = ""

    @property
    def label(self) -> str:
        """The word in the reader's language."""
        return _(self.text)

    @property
    def unit_text(self) -> str:
        """The unit in the reader's language."""
        words = {"points": _("分"), "share": "%", "years": _("年"), "flag": ""}
        return words[self.unit]


def _points(name: str, text: str, most: int) -> StatedKey:
    return StatedKey(name, text, "points", most)


def _flag(name: str, text: str, hint: str = "", months: int = 12) -> StatedKey:
    return StatedKey(name, text, "flag", 1, months, hint)


WHOLE = 100 * HUNDREDTHS
KEYS = (
    _points("hnte_advance", N_("专家评分：技术的先进程度"), 8),
    _points("hnte_support", N_("专家评分：对主要产品的核心支持作用"), 8),
    _points("hnte_system", N_("专家评分：研发组织管理制度与核算"), 6),
    _points("hnte_unit", N_("专家评分：研发机构、设备与产学研合作"), 6),
    _points("hnte_transfer", N_("专家评分：成果转化激励与创新创业平台"), 4),
    _points("hnte_talent", N_("专家评分：人才培养、引进与绩效评价"), 4),
    _flag("core_support", N_("知识产权对主要产品起核心支持作用")),
)
BY_KEY = {key.name: key for key in KEYS}


def of_unit(unit: str) -> list[str]:
    """Names of the keys of a unit."""
    return sorted(key.name for key in KEYS if key.unit == unit)
