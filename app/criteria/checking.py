"""Pieces of plain content checked one by one; a Fault says what is wrong and where."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from app.core.days import FIRST_DAY, LAST_DAY
from app.core.text import N_
from app.criteria.tree import Fault
from app.criteria.units import FEN, SHOWN, WAN, UnitError, amount
from app.criteria.verdict import Words

NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")
Path = tuple[Any, ...]
NONE_OF = N_("%(value)s 不在可选的值之内：%(among)s")
#: largest whole number of a count, of points and of a version
MOST = WAN * FEN - 1
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def amount_of(value: Any, unit: str, path: Path) -> int:
    try:
        return amount(value, unit)
    except UnitError as error:
        raise Fault(path, error.reason) from None


def period_of(value: Any, unit: str, path: Path) -> int:
    """So many days, months or years; Fault where it goes further back than the calendar of the
    system is long: no day lies there, and a total over its years could not be reckoned."""
    return amount_of(value, unit, path) // SHOWN.get(unit, 1)


def within(value: int, most: int | None, path: Path, reason: str) -> int:
    """A mark that can be reached; Fault for one above `most`."""
    if most is not None and value > most:
        raise Fault(path, reason)
    return value


def mapping(value: Any, path: Path, allowed: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Fault(path, N_("这里应是 键: 值"))
    odd = sorted(str(key) for key in value if key not in allowed)
    if odd:
        raise Fault((*path, odd[0]), N_("不认识的词 %(word)s"), word=repr(odd[0]))
    return value


def sequence(value: Any, path: Path) -> list[Any]:
    if not isinstance(value, list):
        raise Fault(path, N_("这里应是列表"))
    return value


def text(held: dict[str, Any], key: str, path: Path) -> str:
    value = held.get(key)
    if not isinstance(value, str) or not value.strip():
        raise Fault((*path, key), N_("缺少 %(key)s"), key=key)
    return value.strip()


def name(held: dict[str, Any], key: str, path: Path) -> str:
    value = text(held, key, path)
    if not NAME.fullmatch(value):
        raise Fault((*path, key), N_("%(value)s 不能作标准名"), value=repr(value))
    return value


def choice(held: dict[str, Any], key: str, allowed: tuple[str, ...], path: Path) -> str:
    value = text(held, key, path)
    if value not in allowed:
        raise Fault((*path, key), NONE_OF, value=repr(value), among=", ".join(allowed))
    return value


def count(held: dict[str, Any], key: str, path: Path) -> int:
    value = held.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST:
        raise Fault((*path, key), N_("%(key)s 须是 1 至 %(most)s 的整数"), key=key, most=MOST)
    return value


def truth(held: dict[str, Any], key: str, path: Path) -> bool:
    value = held.get(key, False)
    if not isinstance(value, bool):
        raise Fault((*path, key), N_("%(key)s 只能是 true 或 false"), key=key)
    return value


def codes(value: Any, path: Path) -> tuple[str, ...]:
    """A list of words, each once; Fault for an empty one."""
    listed = sequence(value, path)
    for n, one in enumerate(listed):
        if not isinstance(one, str) or not one.strip():
            raise Fault((*path, n), N_("%(word)s 不是词"), word=repr(one))
        if one in listed[:n]:
            raise Fault((*path, n), N_("%(word)s 出现两次"), word=one)
    return tuple(listed)


def day(value: Any, path: Path) -> str:
    """A day as YYYY-MM-DD within the years that the system knows."""
    try:
        if not isinstance(value, str) or not DAY.fullmatch(value):
            raise ValueError
        found = dt.date.fromisoformat(value)
    except ValueError:
        raise Fault(path, N_("%(value)s 不是 YYYY-MM-DD 格式的日期"), value=repr(value)) from None
    if not FIRST_DAY <= found <= LAST_DAY:
        raise Fault(
            path,
            N_("%(value)s 在 %(span)s 之外"),
            value=value,
            span=f"{FIRST_DAY.year}-{LAST_DAY.year}",
        )
    return value


def words(value: Any, path: Path) -> Words:
    if not isinstance(value, dict) or set(value) != {"zh", "en"}:
        raise Fault(path, N_("这里应是 zh 和 en 两种文字"))
    if not all(isinstance(one, str) and one.strip() for one in value.values()):
        raise Fault(path, N_("文字是空的"))
    return Words(value["zh"].strip(), value["en"].strip())


def word_list(value: Any, path: Path) -> tuple[Words, ...]:
    return tuple(words(one, (*path, n)) for n, one in enumerate(sequence(value, path)))
