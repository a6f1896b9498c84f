"""How values are written on pages: money, numbers, days, instants. Unknown is a dash."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask import Flask, request, url_for
from markupsafe import Markup

from app.core.days import SHANGHAI, Period, today
from app.core.text import N_, _

DASH = "—"
MINUS = "−"
WEEKDAYS = (
    N_("周一"),
    N_("周二"),
    N_("周三"),
    N_("周四"),
    N_("周五"),
    N_("周六"),
    N_("周日"),
)

Number = int | Decimal | None


def num(value: Number, places: int | None = None) -> str:
    """1,234 or 1,234.50; a minus is a minus sign; None is a dash."""
    if value is None:
        return DASH
    exact = Decimal(value)
    if places is not None:
        exact = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{exact:,f}".replace("-", MINUS)


def wan(fen: Number) -> str:
    """Fen as 万元 with two decimals."""
    return DASH if fen is None else num(Decimal(fen) / 1_000_000, 2)


def wan_exact(fen: int | None) -> str:
    """Fen as 万元 with every digit there is, two decimals at least; "" for None."""
    if fen is None:
        return ""
    exact = (Decimal(fen) / 1_000_000).normalize()
    return num(exact) if exact.as_tuple().exponent <= -2 else num(exact, 2)  # type: ignore[operator]


def wan_hidden(fen: int | None) -> str | None:
    """All digits of an amount whose two decimals do not tell all; None where they do."""
    return wan_exact(fen) if fen is not None and fen % 10_000 else None


def yuan(fen: Number) -> str:
    """Fen as yuan with two decimals."""
    return DASH if fen is None else num(Decimal(fen) / 100, 2)


def qian(fen: Number) -> str:
    """Fen as 千元, whole, as the Torch forms ask for it."""
    return DASH if fen is None else num(Decimal(fen) / 100_000, 0)


def m2(dm2: int | None) -> str:
    """Square decimetres as ㎡ with the decimals there are: 1,200 or 126.35."""
    if dm2 is None:
        return DASH
    whole, rest = divmod(dm2, 100)
    return f"{whole:,}" + (f".{rest:02d}".rstrip("0") if rest else "")


def pct(value: Number, places: int = 1) -> str:
    """A share (0.044) in per cent (4.4%)."""
    return DASH if value is None else f"{num(Decimal(value) * 100, places)}%"


def signed(value: Number, places: int | None = None) -> str:
    """A change with its sign: +3, −2, 0."""
    if value is None:
        return DASH
    return ("+" if value > 0 else "") + num(value, places)


def day(value: dt.date | None) -> str:
    """2026-11-23."""
    return value.isoformat()[:10] if value else DASH


def span(starts: dt.date | None, ends: dt.date | None = None) -> str:
    """Since when, and to when where it has an end: 2026-09-01 起."""
    if ends is None and starts is not None:
        return _("%(day)s 起", day=day(starts))
    return f"{day(starts)} — {day(ends)}"


def day_short(value: dt.date | None) -> str:
    """11-23 within this year, else 2025-11-23."""
    if value is None:
        return DASH
    return f"{value:%m-%d}" if value.year == today().year else day(value)


def month(value: dt.date | None) -> str:
    """2026-11."""
    return f"{value:%Y-%m}" if value else DASH


def period(value: Any) -> str:
    """2026 年第 3 季度, or 2026 年, of anything with a year and a quarter (0 is the year)."""
    if not value.quarter:
        return _("%(year)s 年", year=value.year)
    return _("%(year)s 年第 %(quarter)s 季度", year=value.year, quarter=value.quarter)


def quarter(year: int, number: int) -> str:
    """The same of a year and the number of its quarter."""
    return period(Period(year, number))


def weekday(value: dt.date | None) -> str:
    """周一 to 周日 in the reader's language."""
    return _(WEEKDAYS[value.weekday()]) if value else DASH


def instant(value: dt.datetime | None, seconds: bool = False) -> str:
    """A UTC instant as 2026-11-23 09:18 in Shanghai. A naive value is taken as UTC."""
    if value is None:
        return DASH
    aware = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
    return aware.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def instant_short(value: dt.datetime | None) -> str:
    """11-23 09:18 within this year."""
    text = instant(value)
    return text[5:] if value and text.startswith(f"{today().year}-") else text


def dash(value: Any) -> Any:
    """The value, or a grey dash where there is none (0 is a value)."""
    if value is None or value == "":
        return Markup('<span class="jl-3">—</span>')
    return value


def here(**changes: Any) -> str:
    """The present address with some query arguments changed; None takes one out."""
    arguments: dict[str, Any] = request.args.to_dict(flat=False)
    for name, value in changes.items():
        if value is None:
            arguments.pop(name, None)
        else:
            arguments[name] = value
    return url_for(str(request.endpoint), **{**(request.view_args or {}), **arguments})


def init_app(app: Flask) -> None:
    """Register the filters under their own names, `here` and the business day."""
    for function in (
        num, wan, wan_exact, wan_hidden, yuan, qian, m2, pct, signed, day, day_short, month, period,
        quarter, weekday, instant, instant_short, dash,
    ):  # fmt: skip
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.globals.update(here=here, span=span, today=today)
