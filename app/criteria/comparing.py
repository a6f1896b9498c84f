"""What two versions of a rule say, one beside the other."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from app.core import filters
from app.core.text import _
from app.criteria import citing, showing
from app.criteria.editing import Place, in_unit, sections
from app.criteria.plan import tree_of
from app.criteria.queries import book
from app.criteria.reading import CONFIDENCE
from app.criteria.sources import sources
from app.criteria.tree import Node, Part, Test
from app.criteria.verdict import Text, Words, canonical

#: a number in a content, with its unit
NUMBER = re.compile(r'"\d[\d.]*(?: [^"]+)?"|\b\d+\b')


@dataclass(frozen=True)
class Difference:
    """One thing that a draft would change; None where there is or will be nothing.

    `doubt`: what its reader had better look at. `same`: both say it alike.
    """

    what: Text
    before: str | None
    after: str | None
    doubt: str | None = None
    same: bool = False


def differences(old: str | None, new: str) -> list[Difference]:
    """What two versions (as stored) say differently, as people read it. A clause whose words
    stay while what it computes from changes is named too."""
    return [one for one in compared(old, new, whole=False) if not one.same]


def compared(old: str | None, new: str, whole: bool = True) -> list[Difference]:
    """Everything that two versions (as stored) say, one beside the other: what the new one says
    in its order, then what only the old one says. Unless `whole`, words that stay are left out
    where the numbers behind them change."""
    before, after = _lines(old) if old is not None else {}, _lines(new)
    partner = _partners(before, after)
    found = []
    pairs = [(partner.get(key), key) for key in after]
    pairs += [(key, None) for key in before if key not in partner.values()]
    for other, key in pairs:
        was, now = before.get(other), after.get(key)
        if was and now and str(was.what) != str(now.what):
            was = replace(was, said=f"{was.what}　{was.said}")
        said = (was.said if was else None, now.said if now else None)
        if was and now and was != now and was.said == now.said:
            inside = _numbers(was, now) or (_("现行算法"), _("算法或数据来源有调整"))
            said = inside
            if whole:
                said = (f"{was.said}　{inside[0]}", f"{now.said}　{inside[1]}")
        doubt = None
        if was and now and was.mark != now.mark and was.text == now.text:
            doubt = _("门槛改了，条文没有改：请核对条文里的数字。")
        found.append(Difference((now or was or _NONE).what, *said, doubt, was == now))
    return found


def _partners(before: Mapping[Any, _Line], after: Mapping[Any, _Line]) -> dict[Any, Any]:
    """Line of the new version → line of the old one that it stands beside: of the same clause,
    else the one most like it, by half at least."""
    numbered = [key for key in after if isinstance(key, tuple) and isinstance(key[0], str)]
    found = {key: key for key in after if key in before and key not in numbered}
    alike = (
        (_likeness(was, now), -m, -n, key, other)
        for n, (key, now) in enumerate(after.items()) if key not in found
        for m, (other, was) in enumerate(before.items()) if other not in found
    )  # fmt: skip
    taken = set(found.values())
    for share, _m, _n, key, other in sorted(alike, key=lambda one: one[:3], reverse=True):
        if share + share >= 1 and key not in found and other not in taken:
            found[key] = other
            taken.add(other)
    return found


def _likeness(was: _Line, now: _Line) -> float:
    """From 0 to 1: texts by their words, clauses by the inputs that they are judged by."""
    if bool(was.reads) != bool(now.reads):
        return 0
    if was.reads:
        return len(was.reads & now.reads) / len(was.reads | now.reads)
    same_kind = str(was.what) == str(now.what)
    return SequenceMatcher(None, was.said, now.said).ratio() if same_kind else 0


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
    #: names of the inputs that a clause is judged by
    reads: frozenset[str] = frozenset()


_NONE = _Line(Words("", ""), "")


def _lines(content: str) -> dict[Any, _Line]:
    plain, tree, date = json.loads(content), tree_of(content), dt.date.fromisoformat
    days = _("；").join(
        filters.span(date(one.starts), date(one.ends) if one.ends else None)
        + (" " + _("过渡期至 %(day)s", day=one.transition) if one.transition else "")
        for one in tree.force
    )
    known = _(CONFIDENCE[tree.confidence]) if tree.confidence else ""
    number = citing.document(tree.document) if tree.document else ""
    source = " ".join(str(one) for one in (tree.instrument, number, known) if one)
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
        known = _(CONFIDENCE[node.confidence]) if node.confidence else ""
        said = " ".join(one for one in (text, threshold, str(node.note), known) if one)
        found[clause] = _Line(
            citing.words(node.cite), said, _inside(held), text, threshold, inner.get(clause, ()),
            frozenset(one.what for one in sources(node, tree)),
        )  # fmt: skip
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
    """The bands as the standard orders them: ≥ 30% 20 分；≥ 25% 16 分."""
    said = []
    for band in item["bands"]:
        op = next((one for one in showing.SIGNS if one in band), None)
        asked = _("有") if band.get("is") else _("无")
        if op:
            asked = f"{showing.SIGNS[op]} {in_unit(*band[op].split())}"
        said.append(f"{asked} {_('%(n)s 分', n=band['points'])}")
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


__all__ = ["Difference", "compared", "differences", "mark"]
