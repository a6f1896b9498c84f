"""勾稽: what the form's values must be to each other, said before it is handed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from app.core.text import N_, _
from app.statistics.summary.items import Value
from app.statistics.summary.words import shown

Values = Mapping[str, Value]


@dataclass(frozen=True)
class Rule:
    """A relation. `hard`: a form that breaks it is not handed in without an explanation.

    `holds` says None where a part is not on record.
    """

    text: str
    items: tuple[str, ...]
    holds: Callable[[list[int]], bool]
    hard: bool = True
    #: items of which some may be missing: their sum so far can already be too large
    partly: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What came of a rule: holds, does not, or cannot be said (None)."""

    rule: Rule
    holds: bool | None
    values: str

    @property
    def label(self) -> str:
        """The relation in the reader's language."""
        return _(self.rule.text)

    @property
    def broken(self) -> bool:
        """Whether it stands in the way of handing in."""
        return self.rule.hard and self.holds is False

    @property
    def sentence(self) -> str:
        """The relation with its values."""
        return _("%(rule)s（%(values)s）", rule=self.label, values=self.values)


def _not_above(numbers: list[int]) -> bool:
    return sum(numbers[1:]) <= numbers[0]


RULES = (
    Rule(N_("总收入等于四项收入之和"), ("B1", "B2", "B3", "B4", "B5"),
         lambda n: n[0] == sum(n[1:])),
    Rule(N_("在孵企业用房与公共服务用房之和不超过场地面积"), ("A1", "A2", "A3"), _not_above,
         partly=("A2", "A3")),
    Rule(N_("专业技术人员不超过管理机构从业人员"), ("B11", "B12"), _not_above),
    Rule(N_("在孵企业不超过孵化器内企业总数"), ("C1", "C2"), _not_above),
    Rule(N_("留学人员创办的不超过在孵企业"), ("C2", "C3"), _not_above),
    Rule(N_("累计毕业等于上年累计加当年毕业"), ("C7", "C7:before", "C6"),
         lambda n: n[0] == n[1] + n[2], hard=False),
    Rule(N_("当年风险投资额不超过累计额"), ("D6", "D5"), _not_above),
    Rule(N_("发明专利不超过有效知识产权"), ("D8", "D9"), _not_above),
    Rule(N_("从业人员不少于在孵企业家数"), ("D1", "C2"), lambda n: n[0] // 24 >= n[1], hard=False),
)  # fmt: skip


def _number(rule: Rule, code: str, values: Values) -> int | None:
    """The value of an item for a rule: None where it is not known well enough for it."""
    found = values[code]
    if found.missing and code not in rule.partly:
        return None
    return found.amount if found.amount is not None else (0 if code in rule.partly else None)


def check(values: Values) -> Iterator[Finding]:
    """Every rule on some values; those of the year before stand under `code:before`."""
    for rule in RULES:
        numbers = [_number(rule, code, values) for code in rule.items]
        known = [number for number in numbers if number is not None]
        holds = rule.holds(known) if len(known) == len(numbers) else None
        if holds and any(values[code].missing for code in rule.partly):
            holds = None  # what is missing may yet break it
        told = _("，").join(
            _("%(item)s %(value)s", item=_name(code, values), value=shown(values[code]))
            for code in rule.items
        )
        yield Finding(rule, holds, told)


def _name(code: str, values: Values) -> str:
    label = values[code].item.label
    return _("上年%(item)s", item=label) if code.endswith(":before") else label
