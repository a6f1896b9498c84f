"""A fit in words: in full for the bidder, without rooms and rents for the firm's side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.carriers.models import UnitUse
from app.core.filters import num
from app.core.forms import scaled_text
from app.core.terms import term
from app.core.text import N_, _
from app.firms.unit_words import place
from app.pipeline.matching.rule import WHOLE, MatchRule
from app.pipeline.matching.score import NO, OPEN, YES, Criterion, Fit

NAMES = {
    "sector": N_("领域"), "area": N_("面积"), "technical": N_("技术条件"), "time": N_("时间"),
    "region": N_("意向片区"), "budget": N_("预算"),
}  # fmt: skip
LEVELS = {"high": N_("高"), "medium": N_("中"), "low": N_("低")}
#: sentences against come first where only a few are shown
ORDER = {NO: 0, YES: 1, OPEN: 2}
UNSAID = ("firm", "carrier", "blank")
Reason = tuple[str, str]


def _sector(one: Criterion) -> str:
    return {
        "first": _("本园（载体）定位的领域"), "lead": _("主导产业之一"),
        "other": _("非主导产业"), "firm": _("领域未填"), "carrier": _("主导产业未登记"),
    }[one.case]  # fmt: skip


def _unsaid(one: Criterion, by_firm: str, by_carrier: str | None = None) -> str:
    """Who has not said what: the firm, or the carrier of its rooms."""
    if one.case == "blank":
        return _("房源的用途未填，未作比对")
    return by_firm if one.case == "firm" else by_carrier or _("房源未登记")


def _area(one: Criterion) -> str:
    facts = one.facts
    if one.case in UNSAID:
        return _unsaid(one, _("面积未填"))
    said = {"room": place(facts["room"]), "n": num(facts["area"]), "need": num(facts["need"])}
    if one.case == "one":
        return _("%(room)s 有 %(n)s ㎡ 可供", **said)
    if one.case == "several":
        together = num(facts["together"])
        return _("需几间合用：最大 %(n)s ㎡，合计 %(sum)s ㎡", sum=together, **said)
    return _("单间最大 %(n)s ㎡，需 %(need)s ㎡", **said)


def _value(key: str, value: Any) -> str:
    if key == "height_mm":
        return scaled_text(value, 3)
    if key == "uses":
        return " + ".join(use.label for use in UnitUse if use in value)
    return num(value) if isinstance(value, int) else str(value.label)


UNITS = {"load_kg": " kg/㎡", "power_kw": " kW"}


def _name(key: str) -> str:
    return {
        "uses": _("用途"), "load_kg": _("承重"), "height_mm": _("层高"), "power_kw": _("供电"),
        "exhaust": _("排风"), "clean": _("洁净"), "approved": _("环评"),
    }[key]  # fmt: skip


def _technical(one: Criterion) -> str:
    if one.case in UNSAID:
        return _unsaid(one, _("技术条件未填"))
    told = [_wrong(*failed) for failed in one.facts["wrong"]]
    if one.facts["unknown"]:
        names = _("、").join(_name(key) for key, *_rest in one.facts["unknown"])
        told.append(_("房源的%(what)s未填", what=names))
    return _("；").join(told) or _("用途和技术条件符合")


def _wrong(key: str, _met: Any, wanted: Any, there: Any) -> str:
    """A condition that the room fails."""
    if key == "approved":
        return _("环评未覆盖所需用途")
    unit = f" {_('米')}" if key == "height_mm" else UNITS.get(key, "")
    return _(
        "%(what)s需 %(need)s，现有 %(has)s%(unit)s", what=_name(key),
        need=_value(key, wanted), has=_value(key, there), unit=unit,
    )  # fmt: skip


def _time(one: Criterion) -> str:
    if one.case in UNSAID:
        return _unsaid(one, _("时间未填"))
    day = one.facts["free_from"].isoformat()
    if one.case == "early":
        return _("%(day)s 起可入驻", day=day)
    return _("%(day)s 起才可入驻，晚 %(n)s 天", day=day, n=num(one.facts["late"]))


def _region(one: Criterion) -> str:
    if one.case == "near":
        area = term("area", one.facts["area"])
        return _("现载体同在%(area)s", area=area)
    if one.case == "wished":
        return _("意向片区%(area)s", area=term("area", one.facts["area"]))
    if one.case == "elsewhere":
        wished = _("、").join(term("area", code) for code in one.facts["areas"])
        return _("意向片区为%(areas)s", areas=wished)
    return {
        "inside": _("现载体在本园内"), "any": _("片区不限"), "firm": _("片区未填"),
        "carrier": _("场地片区未登记"),
    }[one.case]  # fmt: skip


def _budget(one: Criterion) -> str:
    if one.case in UNSAID:
        return _unsaid(one, _("预算未填"), _("房源挂牌价未填"))
    if one.case == "within":
        return _("预算与挂牌价相符")
    most, rent = (scaled_text(one.facts[name], 2) for name in ("most", "rent"))
    return _("预算 %(most)s，挂牌 %(rent)s 元/㎡·天", most=most, rent=rent)


FULL: dict[str, Callable[[Criterion], str]] = {
    "sector": _sector, "area": _area, "technical": _technical, "time": _time,
    "region": _region, "budget": _budget,
}  # fmt: skip


def sentence(one: Criterion) -> str:
    """What decided a criterion, for the bidder whose rooms they are."""
    return FULL[one.key](one)


def reasons(found: Fit, most: int = 3) -> list[Reason]:
    """For and against, at most so many: nothing against is left out while anything for is shown."""
    told = [(one.answer, sentence(one)) for one in found.criteria]
    unsaid = [s for answer, s in told if answer == OPEN]
    plain = [one for one in told if one[0] != OPEN]
    chosen = sorted(plain, key=lambda one: ORDER[one[0]])[:most]
    shown = sorted(chosen, key=lambda one: (one[0] == NO, told.index(one)))
    for text in unsaid:
        if len(shown) < most and (OPEN, text) not in shown:
            shown.append((OPEN, text))
    return shown


def account(rule: MatchRule, found: Fit) -> list[tuple[str, str, str, int, str]]:
    """How the score came about: (criterion, answer, sentence, weight, points of it)."""
    return [
        (_(NAMES[one.key]), one.answer, sentence(one), rule.weights[one.key],
         points(rule.weights[one.key] * one.points))
        for one in found.criteria
    ]  # fmt: skip


def points(parts: int) -> str:
    """Hundredths of a point as people write them."""
    return f"{parts / WHOLE:.1f}".removesuffix(".0")


def public(found: Fit) -> list[Reason]:
    """The same for the firm's side: sector and region in words; of rooms only whether they do,
    of rents nothing."""
    said = {
        ("area", YES): _("面积合适"), ("area", NO): _("面积不足"),
        ("technical", YES): _("技术条件符合"), ("technical", NO): _("技术条件有差距"),
        ("time", YES): _("时间合适"), ("time", NO): _("可入驻时间较晚"),
    }  # fmt: skip
    told = []
    for one in found.criteria:
        if one.key in ("sector", "region") and one.answer != OPEN:
            told.append((one.answer, sentence(one)))
        elif (one.key, one.answer) in said:
            told.append((one.answer, said[one.key, one.answer]))
    return told
