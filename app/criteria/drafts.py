"""Drafts of a rule beside the version in force: what a second person approves."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from app.accounts.models import Person
from app.core import filters
from app.core.db import session
from app.core.text import _
from app.criteria import citing, showing
from app.criteria.editing import Place, sections
from app.criteria.models import Standard, StandardState
from app.criteria.plan import tree_of
from app.criteria.queries import book
from app.criteria.tree import Node, Part, Test
from app.criteria.verdict import Text, Words, canonical

#: a number in a content, with its unit
NUMBER = re.compile(r'"\d[\d.]*(?: [^"]+)?"|\b\d+\b')
OPEN = (StandardState.DRAFT, StandardState.SUBMITTED)


@dataclass(frozen=True)
class Difference:
    """One thing that a draft would change; None where there is or will be nothing.

    `doubt`: what its reader had better look at.
    """

    what: Text
    before: str | None
    after: str | None
    doubt: str | None = None


@dataclass(frozen=True)
class Draft:
    """A version that is not approved, with its author and what it would change."""

    row: Standard
    author: str | None
    differences: list[Difference]

    @property
    def ready(self) -> bool:
        """Whether a second person may approve it: it was submitted, or loaded from a file."""
        return self.row.state is StandardState.SUBMITTED or self.row.author_id is None


def drafts(rule: str, day: dt.date) -> list[Draft]:
    """The drafts of a rule, the oldest first."""
    rows = session.execute(
        select(Standard, Person.name)
        .outerjoin(Person, Person.id == Standard.author_id)
        .where(Standard.rule == rule, Standard.state.in_(OPEN))
        .order_by(Standard.version)
    )
    held = next((v for v in book().get(rule, []) if v.in_force(day, "new")), None)
    old = held.content if held is not None else None
    return [Draft(row, name, differences(old, row.content)) for row, name in rows]


def waiting(person_id: int | None) -> list[Standard]:
    """Drafts of all rules that this person may approve: those that somebody else submitted, and
    loaded files."""
    statement = select(Standard).where(
        Standard.state.in_(OPEN),
        or_(Standard.state == StandardState.SUBMITTED, Standard.author_id.is_(None)),
        Standard.author_id.is_distinct_from(person_id),
    )
    return list(session.scalars(statement.order_by(Standard.rule, Standard.version)))


def differences(old: str | None, new: str) -> list[Difference]:
    """What two versions (as stored) say differently, as people read it. A clause whose words
    stay while what it computes from changes is named too."""
    before, after = _lines(old) if old is not None else {}, _lines(new)
    keys = [*before, *(key for key in after if key not in before)]
    found = []
    for key in keys:
        was, now = before.get(key), after.get(key)
        if was == now:
            continue
        said = (was.said if was else None, now.said if now else None)
        if was and now and was.said == now.said:
            said = _numbers(was, now) or (_("现行算法"), _("算法或数据来源有调整"))
        doubt = None
        if was and now and was.mark != now.mark and was.text == now.text:
            doubt = _("门槛改了，条文没有改：请核对条文里的数字。")
        found.append(Difference((now or was or _NONE).what, *said, doubt))
    return found


def _numbers(was: _Line, now: _Line) -> tuple[str, str] | None:
    """The numbers that two lines compute with, where nothing else differs: windows, shares,
    counts; None where more does."""
    places = [[one.path for one in line.numbers] for line in (was, now)]
    if places[0] != places[1] or NUMBER.sub("#", was.inside) != NUMBER.sub("#", now.inside):
        return None
    pairs = [(a, b) for a, b in zip(was.numbers, now.numbers, strict=True) if a != b]
    said = [_("、").join(f"{pair[n].word} {pair[n].shown()}" for pair in pairs) for n in (0, 1)]
    return (said[0], said[1]) if pairs else None


@dataclass(frozen=True)
class _Line:
    """What one place of a standard says; `inside` is what it computes from, never shown.

    `text` and `mark` are the words and the threshold within what it says, `numbers` those it
    computes with.
    """

    what: Text
    said: str
    inside: str = ""
    text: str = ""
    mark: str | None = None
    numbers: tuple[Place, ...] = ()


_NONE = _Line(Words("", ""), "")


def _lines(content: str) -> dict[Any, _Line]:
    plain, tree, date = json.loads(content), tree_of(content), dt.date.fromisoformat
    days = _("；").join(
        filters.span(date(one.starts), date(one.ends) if one.ends else None)
        + (" " + _("过渡期至 %(day)s", day=one.transition) if one.transition else "")
        for one in tree.force
    )
    source = " ".join(str(one) for one in (tree.instrument, tree.document) if one)
    found: dict[Any, _Line] = {
        "title": _Line(Words("标准", "Standard"), str(tree.title)),  # zh: both languages
        "source": _Line(Words("依据", "Source"), source),  # zh: both languages
        "days": _Line(Words("起止", "In force"), days),  # zh: both languages
    }  # fmt: skip
    inner = _inner(plain)
    nodes = {node.clause: node for node in tree.clauses_all()}
    for clause, held in _clauses(plain["condition"]):
        node = nodes[clause]
        text, threshold = str(node.text), mark(node)
        said = " ".join(one for one in (text, threshold, str(node.note)) if one)
        found[clause] = _Line(
            citing.words(node.cite), said, _inside(held), text, threshold, inner.get(clause, ())
        )
        for n, item in enumerate(_scored(held.get("score", []))):
            found[clause, n] = _Line(_word(item["text"]), _bands(item), canonical(item))
    for name, texts in (("reading", tree.assumptions), ("notice", tree.notices)):
        what = _READING if name == "reading" else _NOTICE
        found |= {(name, n): _Line(what, str(one)) for n, one in enumerate(texts)}
    for n, guard in enumerate(tree.guards):
        asked = canonical(plain["applies_to"][n])
        found["guard", n] = _Line(_GUARD, str(guard.otherwise), asked)
    found["terms"] = _Line(
        _TERMS,
        _("数据期限与来源顺序"),
        canonical(plain.get("terms")),
        numbers=inner.get("terms", ()),
    )
    return found


def _inner(content: dict[str, Any]) -> dict[str, tuple[Place, ...]]:
    """Clause, or `terms`, → its numbers but the threshold, in the order of its form."""
    return {
        section.clause or str(section.places[0].path[0]): tuple(
            place for place in section.places
            if place.kind != "text" and place.path[-1] not in showing.SIGNS
            and "score" not in place.path
        )
        for section in sections(content)
    }  # fmt: skip


_READING, _NOTICE = Words("口径", "Reading"), Words("提示", "Notice")  # zh: both languages
_GUARD, _TERMS = Words("不适用", "Does not apply"), Words("数据", "Data")  # zh: both languages


def _clauses(part: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(part, dict):
        if part.get("clause") and part.get("cite"):
            yield part["clause"], part
        part = list(part.values())
    for one in part if isinstance(part, list) else []:
        yield from _clauses(one)


def _inside(part: dict[str, Any]) -> str:
    """A clause without what is shown of it, and with clauses below it by their names."""

    def bare(one: Any) -> Any:
        if isinstance(one, dict):
            if one.get("clause") and one is not part:
                return one["clause"]
            return {k: bare(v) for k, v in one.items() if k not in ("cite", "text", "note")}
        return [bare(each) for each in one] if isinstance(one, list) else one

    shown = set(showing.SIGNS) | {"score"}
    return canonical({k: v for k, v in bare(part).items() if k not in shown})


def _scored(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        if item.get("bands"):
            yield item
        for name in ("best", "sum"):
            yield from _scored(item.get(name, []))


def _bands(item: dict[str, Any]) -> str:
    """The bands as the standard writes them: ≥ 30 % 20 分；≥ 25 % 16 分."""
    said = []
    for band in item["bands"]:
        op = next(one for one in showing.SIGNS if one in band)
        points = _("%(n)s 分", n=band["points"])
        said.append(f"{showing.SIGNS[op]} {band[op]} {points}")
    return _("；").join(said)


def _word(text: dict[str, str]) -> Words:
    return Words(text["zh"], text["en"])


def _named(part: Part) -> Text:
    """Another rule's clause in words: 孵化毕业第九条（二）."""
    for version in reversed(book().get(part.rule, [])):
        for node in version.tree.clauses_all():
            if node.clause == part.clause:
                cite, short = citing.words(node.cite), version.tree.short
                return Words(f"{short.zh}{cite.zh}", f"{short.en} {cite.en}")
    return Words(part.rule, part.rule)


def mark(node: Node) -> str | None:
    """The threshold of a clause in words: > 500.00 万元."""
    if not isinstance(node, Test) or node.op not in showing.SIGNS:
        return None
    sign = showing.SIGNS[node.op]
    if isinstance(node.value, Part):
        share = showing.amount("share", node.value.share)
        return f"{sign} {_named(node.value)} × {share}"
    amount = showing.amount(node.unit, int(node.value))
    return f"{sign} {_('%(n)s 万元', n=amount) if node.unit == 'fen' else amount}"


__all__ = ["Difference", "Draft", "differences", "drafts", "mark", "waiting"]
