"""What of a standard a page may change: its words, amounts and counts, never its structure."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from app.core.text import N_, _
from app.criteria import citing
from app.criteria.models import Standard
from app.criteria.showing import SIGNS
from app.criteria.units import AMOUNT, UNITS

Path = tuple[Any, ...]
#: keys whose text or whole number is edited → how the page calls it
TEXTS = {
    "title": N_("标题"), "short": N_("简称"), "instrument": N_("依据文件"), "document": N_("文号"),
    "cite": N_("条款号"), "text": N_("条文"), "note": N_("说明"), "otherwise": N_("不适用时的说明"),
    "assumptions": N_("口径"), "notices": N_("提示"),
}  # fmt: skip
COUNTS = {
    "at_least": N_("至少满足的项数"), "points": N_("得分"), "least": N_("最低得分"),
    "most": N_("最高分"),
}  # fmt: skip
#: keys of an amount that is no threshold → how the page calls it
AMOUNTS = {
    "months": N_("计算期间"), "years": N_("计算期间"), "days": N_("计算期间"),
    "span": N_("计算期间"), "valid": N_("资质有效期"),
    "freshness": N_("多久不更新算过期"), "settled": N_("受让取得须满"),
    "share": N_("所引条款门槛的"), "outsourced": N_("委托研发计入"), "over": N_("增长超过"),
}  # fmt: skip
#: facts about certificates: their months are how long one is valid that says nothing of its end
TITLES, TERM = ("title_held", "title_announced"), N_("未登记到期日的，有效")
OTHER = N_("数值")
#: texts in two languages stand beside each other, so they come first; the rest as it is kept
FIRST = {key: n for n, key in enumerate(("title", "short", "instrument", "text", "note", "cite"))}
#: longest text of a place, as the columns of a standard hold it
COLUMNS: Any = Standard.__table__.c
HELD = {key: COLUMNS[key].type.length for key in ("title", "instrument", "document")}
LONGEST: dict[str, int] = HELD | dict.fromkeys(("short", "cite"), HELD["document"])
ANY_TEXT = 1_000


def in_unit(number: str, unit: str) -> str:
    """A number as a standard holds it, with its unit in the reader's language."""
    if not unit:
        return number
    if unit == "万元":  # zh: parsed
        return _("%(n)s 万元", n=number)
    return f"{number}%" if unit == "%" else f"{number} {_(unit)}"


@dataclass(frozen=True)
class Place:
    """One value of a standard that a page may change, by its path in the content."""

    path: Path
    kind: str
    word: str
    value: str
    unit: str = ""
    longest: int = ANY_TEXT

    @property
    def name(self) -> str:
        """The name of its field."""
        return "__".join(("p", *map(str, self.path)))

    def shown(self, value: str | None = None) -> str:
        """Its value, or another one, with its unit in the reader's language."""
        return in_unit(self.value if value is None else value, self.unit)

    def stored(self, typed: str) -> Any:
        """What is kept for what was typed; an equal number keeps its spelling."""
        if self.kind == "count":
            return int(typed)
        return f"{typed} {self.unit}" if self.kind == "amount" else typed


@dataclass(frozen=True)
class Section:
    """Places that a page shows together: a clause, or the words above all clauses."""

    title: str
    places: list[Place]
    #: the clause, where it is one
    clause: str = ""

    @property
    def rows(self) -> list[list[Place]]:
        """Places side by side: the two languages of a text, the numbers of one thing."""
        groups = groupby(self.places, key=lambda one: (one.kind == "text", one.path[:-1]))
        return [list(group) for _key, group in groups]


def sections(content: dict[str, Any]) -> list[Section]:
    """Everything that can be edited, in the order of the regulation."""
    head = {key: content[key] for key in ("title", "short", "instrument", "document", "cite")
            if content.get(key)}  # fmt: skip
    found = [Section(_("标题和依据"), list(_places(head, ())))]
    found += _clauses(content["condition"], ("condition",), _("各项条件"))
    for key, title in (
        ("applies_to", _("不适用的情形")), ("assumptions", _("口径")), ("notices", _("提示")),
        ("terms", _("数据期限")),
    ):  # fmt: skip
        found.append(Section(title, list(_places(content.get(key, []), (key,)))))
    return [one for one in found if one.places]


def _clauses(part: Any, path: Path, title: str) -> list[Section]:
    """A section for each clause; what stands above all clauses has one of its own."""
    clause = part.get("clause", "") if isinstance(part, dict) else ""
    if clause:
        title = str(citing.words(part["cite"]))
    found = [Section(title, list(_places(part, path)), clause)]
    for below, where in _below(part, path):
        found += _clauses(below, where, title)
    return found


def _below(part: Any, path: Path) -> Iterator[tuple[dict[str, Any], Path]]:
    """The nearest clauses inside a part."""
    for key, value in _items(part):
        if isinstance(value, dict) and value.get("clause") and value.get("cite"):
            yield value, (*path, key)
        else:
            yield from _below(value, (*path, key))


def _items(part: Any) -> list[tuple[Any, Any]]:
    if isinstance(part, dict):
        return sorted(part.items(), key=lambda held: FIRST.get(held[0], len(FIRST)))
    return list(enumerate(part)) if isinstance(part, list) else []


def _places(part: Any, path: Path, fact: str = "") -> Iterator[Place]:
    """The places of a part without those of clauses inside it; `fact` is what it asks about."""
    if isinstance(part, dict):
        fact = str(part.get("fact", fact))
    for key, value in _items(part):
        here = (*path, key)
        if isinstance(value, dict) and set(value) == {"zh", "en"}:
            word = _(TEXTS[next(one for one in reversed(here) if isinstance(one, str))])
            for tongue, said in (("zh", _("中文")), ("en", _("英文"))):
                yield Place((*here, tongue), "text", f"{word} · {said}", value[tongue],
                            longest=LONGEST.get(str(key), ANY_TEXT))  # fmt: skip
        elif isinstance(value, str):
            yield from _text(str(key), value, here, fact)
        elif key in COUNTS and isinstance(value, int):
            yield Place(here, "count", _(COUNTS[str(key)]), str(value))
        elif not (isinstance(value, dict) and value.get("clause") and value.get("cite")):
            yield from _places(value, here, fact)


def _text(key: str, value: str, here: Path, fact: str) -> Iterator[Place]:
    if key in ("cite", "document"):
        yield Place(here, "text", _(TEXTS[key]), value, longest=LONGEST[key])
        return
    match = AMOUNT.fullmatch(value.strip())
    if match and match[2].strip() in UNITS:
        named = _(TERM) if fact in TITLES else _(AMOUNTS.get(key, OTHER))
        word = _("门槛 %(sign)s", sign=SIGNS[key]) if key in SIGNS else named
        yield Place(here, "amount", word, match[1], match[2].strip())


def changed(content: dict[str, Any], places: list[Place], typed: dict[str, str]) -> dict[str, Any]:
    """A copy of the content with what was typed for each place."""
    made = copy.deepcopy(content)
    for place in places:
        if typed[place.name] != place.value:
            held: Any = made
            for step in place.path[:-1]:
                held = held[step]
            held[place.path[-1]] = place.stored(typed[place.name])
    return made


def spans(content: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Kind and round of each line of days on the page: those of the content, and both kinds."""
    held = [(one["kind"], one.get("round")) for one in content["in_force"]]
    return held + [one for one in (("new", None), ("review", None)) if one not in held]


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two contents differ in nothing but the number of their version."""
    return {**one, "version": 0} == {**other, "version": 0}


__all__ = ["Place", "Section", "changed", "in_unit", "same", "sections", "spans"]
