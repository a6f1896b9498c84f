"""What a condition measures, read from plain content: a fact, a share, a growth, a score."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

from app.core.text import N_
from app.criteria import checking as check
from app.criteria.checking import Path
from app.criteria.facts import CATALOGUE
from app.criteria.facts.base import Param
from app.criteria.interval import WHOLE
from app.criteria.tree import (
    HOW,
    Band,
    Fault,
    Growth,
    Item,
    Measure,
    Points,
    Score,
    Share,
    Test,
    Use,
)

UNREACHED = N_("没有企业能达到的比例")
#: total → its parts: none is more than all of it
PARTS = {
    "revenue": ("main_revenue", "hitech_revenue"),
    "total_income": ("revenue", "main_revenue", "hitech_revenue", "service_income",
                     "property_income", "investment_income", "other_income"),
}  # fmt: skip


def most_of(measure: Measure) -> int | None:
    """The highest mark for a ratio: the whole where it is a share of one, twice as much for other
    amounts of money, ten thousand for each so many; None for what is no ratio."""
    if not isinstance(measure, Share):
        return None
    if measure.per:
        return WHOLE * (WHOLE // measure.per)
    columns = [use.arguments.get("column") for use in (measure.part, measure.whole)]
    money = CATALOGUE[measure.part.fact].unit == "fen"
    part = not money or columns[0] in PARTS.get(str(columns[1]), ())
    return WHOLE if part else WHOLE + WHOLE


class Measures:
    """Reads measures under the terms of one standard."""

    def __init__(self, terms: dict[str, Any], subject: str = "firm") -> None:
        self.terms, self.subject = terms, subject

    def read(self, content: dict[str, Any], path: Path) -> tuple[Measure, str, str]:
        """A fact, a share of two, or a growth: with its unit and kind."""
        if "share" in content:
            share = self._share(content, path)
            return share, f"per{share.per}" if share.per else "share", "quantity"
        if "growth" in content:
            return self._growth(content, path), "share", "quantity"
        if "points" in content:
            held = check.mapping(content, path, {"points"})
            return Points(check.name(held, "points", path)), "points", "quantity"
        check.mapping(content, path, {"fact", "with"})
        use, _unit = self._use(content, path)
        fact = CATALOGUE[use.fact]
        return use, fact.unit, fact.kind

    def _share(self, content: dict[str, Any], path: Path) -> Share:
        here = (*path, "share")
        held = check.mapping(content, path, {"share"})["share"]
        held = check.mapping(held, here, {"part", "whole", "zero", "per"})
        part, unit = self._use(held.get("part"), (*here, "part"))
        whole, other = self._use(held.get("whole"), (*here, "whole"))
        per = check.count(held, "per", here) if "per" in held else 0
        if per and WHOLE % per:
            raise Fault((*here, "per"), N_("%(per)s 不能整除 %(whole)s"), per=per, whole=WHOLE)
        if unit != other and not per:
            raise Fault(
                here, N_("分子的单位（%(unit)s）与分母的（%(other)s）不同"), unit=unit, other=other
            )
        if held.get("zero", "none") != "none":
            raise Fault((*here, "zero"), N_("zero 只能写 none，或不写"))
        return Share(part, whole, "zero" in held, per)

    def _growth(self, content: dict[str, Any], path: Path) -> Growth:
        here = (*path, "growth")
        held = check.mapping(content, path, {"growth"})["growth"]
        held = check.mapping(held, here, {"fact", "with", "how"})
        how = check.choice(held, "how", tuple(HOW), here)
        given = check.mapping(held.get("with", {}), (*here, "with"), set(_params(held, here)))
        if "back" not in _params(held, here):
            raise Fault(here, N_("%(fact)s 不是年度数据项"), fact=held["fact"])
        years = [
            self._use({"fact": held["fact"], "with": {**given, "back": back}}, here)[0]
            for back in reversed(range(HOW[how]))
        ]
        return Growth(tuple(years), how)

    def _use(self, content: Any, path: Path) -> tuple[Use, str]:
        held = check.mapping(content, path, {"fact", "with"})
        _params(held, path)
        fact = CATALOGUE[str(held["fact"])]
        if fact.subject != self.subject:
            raise Fault(
                (*path, "fact"),
                N_("%(fact)s 不是 %(subject)s 的数据项"),
                fact=fact.name,
                subject=self.subject,
            )
        given = check.mapping(held.get("with", {}), (*path, "with"), set(fact.params))
        params = {
            name: param_of(param, given.get(name), name in given, (*path, "with", name))
            for name, param in fact.params.items()
        }
        for name in fact.terms:
            if name not in self.terms:
                raise Fault(
                    ("terms",), N_("数据项 %(fact)s 需要 %(name)s"), name=name, fact=fact.name
                )
            params[name] = self.terms[name]
        return Use(fact.name, tuple(sorted(params.items()))), fact.unit

    def score(self, content: Any, path: Path) -> Score:
        """The parts of a score."""
        items = check.sequence(check.mapping(content, path, {"score"})["score"], (*path, "score"))
        return Score(tuple(self._item(i, (*path, "score", n)) for n, i in enumerate(items)))

    def _where(self, content: Any, path: Path) -> Test:
        """A fact that must reach a number for a part to give any points."""
        held = check.mapping(content, path, {"fact", "with", "ge"})
        if "ge" not in held:
            raise Fault(path, N_("前提须是达到某数（ge）的数据项"))
        use, unit, kind = self.read({k: v for k, v in held.items() if k != "ge"}, path)
        if kind != "quantity":
            raise Fault(path, N_("前提须是数量"))
        value = check.amount_of(held["ge"], unit, (*path, "ge"))
        return Test(measure=use, unit=unit, op="ge", value=value)

    def _item(self, content: Any, path: Path) -> Item:
        words = {"text", "most", "key", "measure", "bands", "best", "sum", "where"}
        held = check.mapping(content, path, words)
        item = Item(
            check.words(held.get("text"), (*path, "text")),
            check.count(held, "most", path),
            key=check.name(held, "key", path) if "key" in held else "",
            where=self._where(held["where"], (*path, "where")) if "where" in held else None,
        )
        for way in ("best", "sum"):
            if way in held:
                parts = check.sequence(held[way], (*path, way))
                made = tuple(self._item(p, (*path, way, n)) for n, p in enumerate(parts))
                if not made:
                    raise Fault((*path, way), N_("下面一项也没有"))
                return replace(item, best=made) if way == "best" else replace(item, sum=made)
        measure, unit, kind = self.read(held.get("measure") or {}, (*path, "measure"))
        if isinstance(measure, Score | Points):
            raise Fault((*path, "measure"), N_("评分的一项须衡量数据项"))
        if "bands" not in held:
            if unit != "points" or kind != "quantity":
                raise Fault(path, N_("缺少分级（bands）：衡量的不是分数"))
            return replace(item, measure=measure)
        listed = check.sequence(held["bands"], (*path, "bands"))
        bands = tuple(_band(b, unit, kind, (*path, "bands", n)) for n, b in enumerate(listed))
        for n, band in enumerate(bands):
            op = next((one for one in ("ge", "gt", "le") if one in listed[n]), "is")
            check.within(band.mark, most_of(measure), (*path, "bands", n, op), UNREACHED)
        down = all(_place(a) > _place(b) for a, b in pairwise(bands))
        falling = all(a.points >= b.points and a.least >= b.least for a, b in pairwise(bands))
        mixed = {band.op == "le" for band in bands} == {True, False}
        if isinstance(measure, Growth) and any(band.op == "le" for band in bands):
            raise Fault((*path, "bands"), N_("按增长率给分用 ge 或 gt"))
        if not down or not falling or mixed or any(b.points > item.most for b in bands):
            raise Fault((*path, "bands"), N_("分级（bands）从高到低排列，且不超过 most"))
        return replace(item, measure=measure, bands=bands)


def _place(band: Band) -> tuple[int, bool]:
    """Where a band lies: above a mark is better than at it, and less where less is better."""
    return (-band.mark, False) if band.op == "le" else (band.mark, band.op == "gt")


def _band(content: Any, unit: str, kind: str, path: Path) -> Band:
    held = check.mapping(content, path, {"ge", "gt", "le", "is", "points", "least"})
    points = check.count(held, "points", path)
    least = held.get("least", points)
    if not isinstance(least, int) or isinstance(least, bool) or not 0 <= least <= points:
        raise Fault((*path, "least"), N_("least 须是不超过 points 的整数"))
    if kind == "flag":
        if not isinstance(held.get("is"), bool):
            raise Fault(path, N_("是否类数据项按 is: true 或 is: false 给分"))
        return Band(int(held["is"]), points, least, "ge")
    ops = [op for op in ("ge", "gt", "le") if op in held]
    if len(ops) != 1 or kind != "quantity":
        raise Fault(path, N_("分级以 ge、gt 或 le 开头"))
    (op,) = ops
    return Band(check.amount_of(held[op], unit, path), points, least, op)


def _params(held: dict[str, Any], path: Path) -> dict[str, Param]:
    """Parameters of the fact that is named; Fault when there is none."""
    fact = CATALOGUE.get(str(held.get("fact")))
    if fact is None:
        raise Fault((*path, "fact"), N_("没有名为 %(fact)s 的数据项"), fact=held.get("fact"))
    return fact.params


def param_of(param: Param, value: Any, given: bool, path: Path) -> Any:
    """A parameter as its fact takes it; Fault when it is not one."""
    if not given:
        if param.required:
            raise Fault(path, N_("缺少参数"))
        return param.default
    if param.kind == "codes":
        codes = tuple(sorted(check.codes(value, path)))
        if param.words and set(codes) - set(param.words):
            raise Fault(
                path,
                N_("没有这些代码：%(codes)s"),
                codes=", ".join(sorted(set(codes) - set(param.words))),
            )
        return codes
    if param.kind == "code":
        if not isinstance(value, str) or value not in param.words:
            raise Fault(path, N_("没有 %(value)s 这个代码"), value=repr(value))
        return str(value)
    if param.kind in ("months", "years", "days", "share"):
        reader = check.amount_of if param.kind == "share" else check.period_of
        found = reader(value, param.kind, path)
        if param.words and found not in param.words:
            if not isinstance(param.words, tuple):
                raise Fault(path, N_("%(value)s 不是可用的值"), value=repr(value))
            among = ", ".join(map(str, param.words))
            raise Fault(path, check.NONE_OF, value=repr(value), among=among)
        return found
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= check.MOST:
        raise Fault(path, N_("这里应是整数"))
    if param.words and value not in param.words:
        raise Fault(path, N_("%(value)s 超过 %(most)s"), value=value, most=param.words[-1])
    return value
