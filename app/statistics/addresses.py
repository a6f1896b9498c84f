"""Addresses of figures and pages, and how shares are written."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from flask import request, url_for

from app.carriers.models import TIER_WORDS
from app.core.filters import DASH, num, signed
from app.core.terms import term
from app.core.text import N_, _
from app.statistics import joined
from app.statistics.asof import AsOf
from app.statistics.intervals import change, rounded
from app.statistics.queries.figures import Figure, Share

#: Units that goals are told in; they are data, their words are ours.
UNITS = (N_("家"), N_("个"), N_("亿元"), N_("万人"), N_("件"), N_("元"), N_("项"))


def unit(text: str) -> str:
    """A goal's unit in the reader's language."""
    return _(text) if text in UNITS else text


def asked(figure: Figure) -> dict[str, Any]:
    """A figure in an address or a form; the cut is pinned, so it is the same tomorrow too."""
    return {
        "indicator": figure.indicator.code,
        "as_of": figure.asof.day.isoformat(),
        "cut": str(figure.asof.cut),
        "count": figure.asof.count.value,
        **({"joined": figure.asof.joined.isoformat()} if figure.asof.joined else {}),
        **dict(figure.filters),
    }


def list_url(figure: Figure) -> str:
    """The list behind a figure, with as many rows."""
    return url_for("statistics.listing", **asked(figure))


def split_url(figure: Figure, then: AsOf, **more: str) -> str:
    """Why a figure is not what it was at another question."""
    earlier: dict[str, Any] = {
        "from_day": then.day.isoformat(), "from_cut": str(then.cut), "from_count": then.count.value,
    }  # fmt: skip
    return url_for("changes.index", **{**asked(figure), **earlier, **more})


def changes_url(asked: Mapping[str, str], code: str, filters: Mapping[str, str]) -> str:
    """Why a figure is not what it was in the last report, or as the last quarter ended."""
    args: dict[str, Any] = {"indicator": code, **asked, **filters}
    return url_for("changes.index", **args)


def percent(value: Fraction | Share | None, places: int = 1) -> str:
    """A share in per cent, half up: 87.2%."""
    if isinstance(value, Share):
        value = value.value
    return DASH if value is None else f"{num(rounded(value * 100, places))}%"


def points(value: Fraction, places: int = 1) -> str:
    """A number to one place, without its per cent."""
    return num(rounded(value, places))


def growth(now: int, before: int) -> str:
    """同比: +3.0%, or a dash where nothing was before."""
    found = change(now, before)
    return DASH if found is None else f"{signed(rounded(found * 100, 1))}%"


def whole_percent(value: Fraction | None) -> int | None:
    """A share as a whole per cent for a meter, cut off at 100."""
    return None if value is None else min(100, int(value * 100))


def without(key: str) -> str:
    """The present address without one of its conditions, on the first page."""
    kept: dict[str, Any] = {
        name: value for name, value in request.args.items() if name not in (key, "page")
    }
    return url_for(str(request.endpoint), **kept)


def helpers() -> dict[str, Any]:
    """What the room's templates are given."""
    return {
        "list_url": list_url,
        "percent": percent,
        "points": points,
        "growth": growth,
        "unit": unit,
        "tier_name": lambda tier: _(TIER_WORDS[tier]),
        "sector": lambda code: term("sector", code),
        "whole_percent": whole_percent,
        "joined_lines": joined.told,
    }
