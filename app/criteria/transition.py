"""过渡期: until a stated day the version before may still be relied on beside a new one.

A day of the transition has one version: the new one whose condition is met where either is met.
It is made here as a content of its own, so that whatever judges one version judges it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from app.core.canonical import canonical, digest_of
from app.core.errors import DomainError, register_messages
from app.core.text import N_
from app.criteria import citing
from app.criteria.parse import parse
from app.criteria.plan import Version, tree_of
from app.criteria.tree import Fault, Force, Group, Tree
from app.criteria.verdict import Words

register_messages(
    {
        "transition_first": N_(
            "%(starts)s 以前没有同类的施行版本，不能设过渡期。请清空“过渡期至”。"
        ),
        "transition_guards": N_(
            "新旧两版的不适用情形或数据期限不同，不能并行核对。请改成一致，或清空“过渡期至”。"
        ),
        "transition_shape": N_(
            "这项标准不是由并列条款组成，或系统按它计算期限，不能设过渡期。请清空“过渡期至”。"
        ),
        "transition_large": N_(
            "两版的条款合起来太多或太深，不能并行核对。请清空“过渡期至”，改用新老划断。"
        ),
    }
)

#: standards whose numbers other pages reckon with, one version at a time
RECKONED = ("incubator.clock",)


def line_of(tree: Tree, day: dt.date, kind: str, cycle: str | None) -> Force | None:
    """The line of days in whose transition a day lies."""
    at = day.isoformat()
    for one in tree.force:
        ends = one.transition if (one.kind, one.round) == (kind, cycle) else None
        if ends is not None and one.starts <= at < ends:
            return one
    return None


def before(versions: Iterable[Version], line: Force, content_hash: str) -> Version | None:
    """The version that gave way to a content: in force on the day before, for the round or else
    in general."""
    eve = dt.date.fromisoformat(line.starts) - dt.timedelta(1)
    held = [one for one in versions if one.content_hash != content_hash]
    for cycle in dict.fromkeys((line.round, None)):
        for one in held:
            if one.in_force(eve, line.kind, cycle):
                return one
    return None


@lru_cache
def both(new: Version, old: Version, until: str) -> Version:
    """The new version with the old one beside it; Fault where the two do not fit in one."""
    content = json.loads(new.content)
    parts = [_part(new, until, True), _part(old, until, False)]
    numbers = (new.number, old.number)
    zh = "过渡期：{} 以前按第 {} 版或第 {} 版核对，符合其一即为符合。"  # zh: both languages
    en = "Transition: before {} by version {} or version {}; either is enough."
    told = {"zh": zh.format(until, *numbers), "en": en.format(until, *numbers)}
    content["notices"] = [*content.get("notices", []), told]
    content["condition"] = {"any": parts}
    text = canonical(content)
    parse(json.loads(text))
    return replace(new, content=text, content_hash=digest_of(text))


def _part(version: Version, until: str, new: bool) -> dict[str, Any]:
    plain, number = json.loads(version.content), version.number
    document, instrument = plain.get("document"), plain["instrument"]
    source = citing.document(document) if document else Words(**instrument)
    zh = f"按第 {number} 版（{source.zh}）"  # zh: both languages
    en = f"By version {number} ({source.en})"
    if not new:
        zh, en = f"{zh}，{until} 以前仍可适用", f"{en}, usable before {until}"  # zh: both languages
    condition = _named(plain["condition"], number, "" if new else f".v{number}")
    return {
        "clause": f"V{number}", "cite": f"v{number}", "text": {"zh": zh, "en": en},
        "all": [condition],
    }  # fmt: skip


def _named(part: Any, number: int, suffix: str) -> Any:
    """A condition whose clauses are cited with their version, and names of the old told apart."""
    if isinstance(part, list):
        return [_named(one, number, suffix) for one in part]
    if not isinstance(part, dict):
        return part
    found = {
        key: value if key == "with" else _named(value, number, suffix)
        for key, value in part.items()
    }
    if found.get("clause") and found.get("cite"):
        found |= {"clause": f"{found['clause']}{suffix}", "cite": f"v{number} {found['cite']}"}
    if "most" in found and found.get("key"):
        found["key"] += suffix.replace(".", "_")
    if isinstance(found.get("points"), str):
        found["points"] += suffix.replace(".", "_")
    return found


def check(versions: Iterable[Version], content: str, field: str | None = None) -> None:
    """DomainError, at a field, where a transition of a content cannot be judged."""
    tree, plain, versions = tree_of(content), json.loads(content), list(versions)
    for line in tree.force:
        if line.transition is None:
            continue
        old = before(versions, line, digest_of(content))
        if old is None:
            raise DomainError("transition_first", field, starts=line.starts)
        other = json.loads(old.content)
        if any(plain.get(key) != other.get(key) for key in ("applies_to", "terms")):
            raise DomainError("transition_guards", field)
        conditions = (tree.condition, old.tree.condition)
        if tree.rule in RECKONED or not all(isinstance(one, Group) for one in conditions):
            raise DomainError("transition_shape", field)
        try:
            both(replace(old, number=old.number + 1, content=content), old, line.transition)
        except Fault:
            raise DomainError("transition_large", field) from None


__all__ = ["before", "both", "check", "line_of"]
