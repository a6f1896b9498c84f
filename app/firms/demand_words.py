"""A search for room in words: the same on the firm's page, in lists, matches and history."""

from __future__ import annotations

from typing import Any

from app.carriers.models import Exhaust, UnitUse
from app.core.filters import num, wan
from app.core.forms import scaled_text
from app.core.terms import term
from app.core.text import _
from app.firms.models import ANYWHERE

Facts = list[tuple[str, str | None]]


def area(low: int, high: int) -> str:
    """㎡ from low to high."""
    if low == high:
        return _("%(n)s ㎡", n=num(low))
    return _("%(low)s—%(high)s ㎡", low=num(low), high=num(high))


def uses(codes: Any) -> str:
    """What the rooms are for: 研发 + 中试."""
    return " + ".join(use.label for use in UnitUse if use in (codes or ()))


def regions(codes: Any) -> str | None:
    """片区 or 不限; None where nobody has said."""
    if not codes:
        return None
    words = [_("不限") if code == ANYWHERE else term("area", code) or code for code in codes]
    return _("、").join(words)


def rent(fen: int | None) -> str | None:
    """The most it pays, under a name that says so."""
    return None if fen is None else _("%(n)s 元/㎡·天", n=scaled_text(fen, 2))


def rent_within(fen: int | None) -> str | None:
    """The most it pays, in a sentence."""
    return None if fen is None else _("%(n)s 元/㎡·天以内", n=scaled_text(fen, 2))


def _load(value: int | None, unit: str) -> str | None:
    if value is None:
        return None
    return _("无要求") if value == 0 else f"{num(value)} {unit}"


def _yes(value: bool | None) -> str | None:
    return None if value is None else _("需要") if value else _("不需要")


def loads(row: Any) -> Facts:
    """What the rooms must bear and have; None where nobody has said."""
    height = row.height_mm
    high = _("%(n)s 米", n=scaled_text(height, 3)) if height else None
    return [
        (_("楼面承重"), _load(row.load_kg, "kg/㎡")),
        (_("层高"), _("无要求") if height == 0 else high),
        (_("供电"), _load(row.power_kw, "kW")),
        (_("排风"), row.exhaust and row.exhaust.label),
        (_("洁净等级"), row.clean and row.clean.label),
        (_("环评"), _yes(row.assessment)),
    ]


def facts(row: Any) -> Facts:
    """All of a demand, or of one of its former versions, as (name, value or None)."""
    talent = [_("%(n)s 人", n=num(row.talents)) if row.talents is not None else None,
              row.talent_note]  # fmt: skip
    money = [_("%(n)s 万元", n=wan(row.finance)) if row.finance is not None else None,
             row.finance_note]  # fmt: skip
    return [
        (_("面积"), area(row.area_low, row.area_high)),
        (_("用途"), uses(row.uses)),
        (_("最迟入驻日"), row.needed_by.isoformat()),
        (_("意向片区"), regions(row.regions)),
        (_("租金预算上限"), rent(row.rent_most)),
        *loads(row),
        (_("人才需求"), " · ".join(filter(None, talent)) or None),
        (_("融资需求"), " · ".join(filter(None, money)) or None),
        (_("其他要求"), row.remark),
    ]


def said(row: Any) -> Facts:
    """Those of them that somebody has said."""
    return [(name, value) for name, value in facts(row) if value]


def brief(row: Any) -> str:
    """On one line: 研发 + 中试,承重 1,000 kg/㎡."""
    held = [f"{name} {value}" for name, value in loads(row)[:3] if value]
    if row.exhaust not in (None, Exhaust.NONE):
        held.append(row.exhaust.label)
    held += [row.clean.label] if row.clean else []
    return _("，").join([uses(row.uses), *held])


def differences(before: Any, after: Any) -> Facts:
    """(name, old → new) of what changed between two versions."""
    return [
        (name, f"{old or '—'} → {new or '—'}")
        for (name, old), (_same, new) in zip(facts(before), facts(after), strict=True)
        if old != new
    ]
