"""What two versions of a rule say, one beside the other."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from flask_babel import force_locale

from app.core import filters
from app.core.canonical import canonical
from app.core.filters import num
from app.core.text import N_, _, language
from app.criteria import citing, showing
from app.criteria.editing import Path, in_unit
from app.criteria.gaps import KINDS
from app.criteria.placing import Value, at, beside, blank, read_here, values
from app.criteria.plan import tree_of
from app.criteria.queries import book
from app.criteria.reading import CONFIDENCE
from app.criteria.sources import sources
from app.criteria.tree import Node, Part, Test, Tree
from app.criteria.units import SHOWN
from app.criteria.verdict import Text, Words

#: a number as a page shows it
NUMBER = re.compile(r"\d[\d,.]*")
#: between the text of a clause, its mark and its remarks, which stand on a line each
BREAK = "\n"


@dataclass(frozen=True)
class Difference:
    """One thing that a draft would change; None where there is or will be nothing.

    `doubt`: what its reader had better look at. `same`: both say it alike. `sort`: what kind of
    change it is, one of `SORTS`.
    """

    what: Text
    before: str | None
    after: str | None
    doubt: str | None = None
    same: bool = False
    sort: str = ""


#: kinds of change in the order in which a page tells them
SORTS = {
    "mark": N_("门槛"), "words": N_("文字"), "days": N_("日期"), "other": N_("其他"),
    "added": N_("新增"), "dropped": N_("删去"),
}  # fmt: skip


def changes(lines: list[Difference]) -> list[Difference]:
    """Those that differ: thresholds first, then wording, days, and what is added or dropped."""
    order = list(SORTS)
    return sorted((one for one in lines if not one.same), key=lambda one: order.index(one.sort))


def differences(old: str | None, new: str) -> list[Difference]:
    """What two versions (as stored) say differently, as people read it. A clause whose words
    stay while what it computes from changes is named too."""
    return [one for one in compared(old, new, whole=False) if not one.same]


def compared(old: str | None, new: str, whole: bool = True) -> list[Difference]:
    """Everything that two versions (as stored) say, one beside the other: what the new one says
    in its order, then what only the old one says. Unless `whole`, words that stay are left out
    where the numbers behind them change. Which lines stand beside each other and what kind of
    change they make is the same for readers of either language."""
    with force_locale("zh"):  # the language of the standards
        before, after = _lines(old) if old is not None else {}, _lines(new)
        partner = _partners(before, after)
        pairs = [(partner.get(key), key) for key in after]
        pairs += [(key, None) for key in before if key not in partner.values()]
        sorts = [_sort(before.get(other), after.get(key)) for other, key in pairs]
    if language() != "zh":
        before, after = _lines(old) if old is not None else {}, _lines(new)
    return [
        _difference(before.get(other), after.get(key), sort, whole)
        for (other, key), sort in zip(pairs, sorts, strict=True)
    ]


def _difference(was: _Line | None, now: _Line | None, sort: str, whole: bool) -> Difference:
    """One line of either version beside the one of the other."""
    if was is None or now is None:
        said = (was.said if was else None, now.said if now else None)
        return Difference((now or was or _NONE).what, *said, sort=sort)
    moved = _moved(was, now)
    numbers = _renumbered(was, now)
    if str(was.what) != str(now.what):
        was = replace(was, said=f"{was.what}{BREAK}{was.said}")
    told = [_("、").join(str(pair[n]) for pair in moved) for n in (0, 1)]
    if was.inside != now.inside and was.text == now.text:
        algorithm = (_("原算法"), _("算法或数据来源有调整"))
        told = [_("、").join(filter(None, both)) for both in zip(told, algorithm, strict=True)]
    before, after = was.said, now.said
    if told[0] and before == after and not whole:
        before, after = told
    elif told[0]:
        before, after = (f"{before}{BREAK}{told[0]}".strip(), f"{after}{BREAK}{told[1]}".strip())
    doubt = None
    if numbers and now.text and was.text == now.text:
        doubt = _("门槛改了，条文没有改：请核对条文里的数字。")
    return Difference(now.what, before, after, doubt, not sort, sort)


def _sort(was: _Line | None, now: _Line | None) -> str:
    """What kind of change two lines make; nothing where both say the same."""
    if was is None or now is None:
        return "dropped" if was else "added"
    if was == now:
        return ""
    if now.what == _DAYS:
        return "days"
    if _renumbered(was, now):
        return "mark"
    texts = any(one.text for one, _other in _changed(was, now))
    return "words" if texts or was.said != now.said or was.what != now.what else "other"


def _renumbered(was: _Line, now: _Line) -> bool:
    """Whether a number of two lines differs."""
    return was.mark != now.mark or any(not one.text for one, _other in _moved(was, now))


def _moved(was: _Line, now: _Line) -> list[tuple[Value, Value]]:
    """The values behind the words of two lines that stand at the same place and differ; not a
    text that differs in the reader's language too."""
    pairs = _changed(was, now)
    read = {one.path for one, _other in pairs if one.said}
    return [
        (one, other) for one, other in pairs
        if not one.said and not (one.text and beside(one.path) in read)
    ]  # fmt: skip


def _changed(was: _Line, now: _Line) -> list[tuple[Value, Value]]:
    """The values that stand at the same place of two lines and differ, in any language."""
    held = {one.key: one for one in was.values}
    pairs = [(held[one.key], one) for one in now.values if one.key in held]
    return [(one, other) for one, other in pairs if one.shown != other.shown]


def _partners(before: Mapping[Any, _Line], after: Mapping[Any, _Line]) -> dict[Any, Any]:
    """Line of the new version → line of the old one that it stands beside: of the same clause or
    at the same place with the same words, else the one most like it, by half at least."""
    numbered = {key for key in after if isinstance(key, tuple) and isinstance(key[0], str)}
    found = {
        key: key for key in after
        if key in before and (key not in numbered or before[key] == after[key])
    }  # fmt: skip
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
    if str(was.what) == str(now.what):
        return SequenceMatcher(None, was.said, now.said).ratio()
    if not was.says or was.says != now.says:
        return 0
    words = (f"{was.what} {was.said}", f"{now.what} {now.said}")
    return SequenceMatcher(None, *words).ratio()


@dataclass(frozen=True)
class _Line:
    """What one place of a standard says; `inside` is the structure that it computes by, never
    shown.

    `text` and `mark` are the words and the numbers within what it says, `values` all that a page
    may change of it.
    """

    what: Text
    said: str
    inside: str = ""
    text: str = ""
    mark: str | None = None
    values: tuple[Value, ...] = ()
    #: keys of the numbers that its words say
    says: tuple[str, ...] = ()
    #: names of the inputs that a clause is judged by
    reads: frozenset[str] = field(default=frozenset(), compare=False)


_NONE = _Line(Words("", ""), "")


_READING, _NOTICE = Words("口径", "Reading"), Words("提示", "Notice")  # zh: both languages
_GUARD, _TERMS = Words("不适用", "Does not apply"), Words("数据", "Data")  # zh: both languages
_DAYS = Words("起止", "In force")  # zh: both languages
_FRAME, _ABOVE = Words("各项条件", "Conditions"), ("condition",)  # zh: both languages


def _lines(content: str) -> dict[Any, _Line]:
    """Everything that a version says, by place."""
    plain, tree = json.loads(content), tree_of(content)
    bare, roots = blank(plain), _roots(plain)
    nodes = {node.clause: node for node in tree.clauses_all()}
    found = _head(tree)
    for path, key in roots.items():
        if key == _FRAME:
            joined = _joined(plain["condition"])
            found[key] = _Line(_FRAME, joined, _inside(bare["condition"]), says=("at_least",))
        elif key in nodes:
            found[key] = _clause(nodes[key], tree, at(bare, path))
        elif isinstance(key, tuple) and key[0] in nodes:
            found[key] = _item(at(plain, path), at(bare, path))
    for what, texts in ((_READING, tree.assumptions), (_NOTICE, tree.notices)):
        found |= {(what.en, n): _Line(what, str(one)) for n, one in enumerate(texts)}
    for n, guard in enumerate(tree.guards):
        said, asked = str(guard.otherwise), canonical(bare["applies_to"][n])
        found[_GUARD.en, n] = _Line(_GUARD, said, asked, said)
    found["terms"] = _Line(_TERMS, _("数据期限与来源顺序"), canonical(bare.get("terms")))
    held = values(plain, roots)
    return {
        key: replace(line, values=tuple(_marked(one, key, line) for one in held.get(key, ())))
        for key, line in found.items()
    }


def _marked(one: Value, key: Any, line: _Line) -> Value:
    """A value with whether its line says it."""
    if one.text:
        hidden = one.path[0] in {"title": ("short",), "source": ("cite",)}.get(key, ())
        said = read_here(one.path) and not hidden
    else:
        said = one.path[0] in line.says and one.path[-1] != "least"
    return replace(one, said=said)


def _head(tree: Tree) -> dict[Any, _Line]:
    """What stands above the conditions: title, source, days."""
    date = dt.date.fromisoformat
    several = len({(one.kind, one.round) for one in tree.force}) > 1
    days = _("；").join(
        (" ".join((_(KINDS[one.kind]), *filter(None, (one.round,)), "")) if several else "")
        + filters.span(date(one.starts), date(one.ends) if one.ends else None)
        + (" " + _("过渡期至 %(day)s", day=one.transition) if one.transition else "")
        for one in tree.force
    )
    known = _(CONFIDENCE[tree.confidence]) if tree.confidence else ""
    number = citing.document(tree.document) if tree.document else ""
    source = " ".join(str(one) for one in (tree.instrument, number, known) if one)
    return {
        "title": _Line(Words("标准", "Standard"), str(tree.title)),  # zh: both languages
        "source": _Line(Words("依据", "Source"), source),  # zh: both languages
        "days": _Line(_DAYS, days),
    }  # fmt: skip


def _clause(node: Node, tree: Tree, bare: dict[str, Any]) -> _Line:
    text, threshold = str(node.text), mark(node)
    known = _(CONFIDENCE[node.confidence]) if node.confidence else ""
    asked = _("门槛：%(mark)s", mark=threshold) if threshold else ""
    said = BREAK.join(one for one in (text, asked, str(node.note), known) if one)
    return _Line(
        citing.words(node.cite), said, _inside(bare), text, threshold,
        says=tuple(showing.SIGNS) if threshold else (),
        reads=frozenset(one.what for one in sources(node, tree)),
    )  # fmt: skip


def _item(item: dict[str, Any], bare: dict[str, Any]) -> _Line:
    """A part of a score: its bands, or the most that it gives."""
    said = _bands(item) if item.get("bands") else _("最高 %(n)s 分", n=item["most"])
    inside = {key: len(one) if key in ("best", "sum") else one for key, one in bare.items()}
    words = _word(item["text"])
    says = ("bands",) if item.get("bands") else ("most",)
    return _Line(words, said, canonical(inside), str(words), said, says=says)


def _joined(part: dict[str, Any]) -> str:
    """How the conditions are joined."""
    if "at_least" in part:
        return _("至少满足 %(n)s 项", n=part["at_least"])
    return _("满足任一项") if "any" in part else _("逐项满足")


def _roots(plain: dict[str, Any]) -> dict[Path, Any]:
    """Path of what a line says → its key. A part of a score is (clause, number)."""
    found: dict[Path, Any] = {("terms",): "terms"}
    for what, name in (
        (_READING, "assumptions"), (_NOTICE, "notices"), (_GUARD, "applies_to"),
    ):  # fmt: skip
        found |= {(name, n): (what.en, n) for n in range(len(plain.get(name, ())))}
    found[_ABOVE] = _FRAME
    for clause, path in _clauses(plain["condition"], _ABOVE):
        found[path] = clause
        parts = _scored(at(plain, path).get("score", []), (*path, "score"))
        found |= {one: (clause, n) for n, one in enumerate(parts)}
    return found


def _clauses(part: Any, path: Path) -> Iterator[tuple[str, Path]]:
    if isinstance(part, dict) and part.get("clause") and part.get("cite"):
        yield part["clause"], path
    for key, one in _steps(part):
        yield from _clauses(one, (*path, key))


def _steps(part: Any) -> list[tuple[Any, Any]]:
    if isinstance(part, dict):
        return list(part.items())
    return list(enumerate(part)) if isinstance(part, list) else []


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


def _scored(items: list[dict[str, Any]], path: Path) -> Iterator[Path]:
    """The parts of a score, each before those that it is made of."""
    for n, item in enumerate(items):
        yield (*path, n)
        for name in ("best", "sum"):
            yield from _scored(item.get(name, []), (*path, n, name))


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
    """The threshold of a clause in words, exact: > 500.00 万元."""
    if not isinstance(node, Test) or node.op not in showing.SIGNS:
        return None
    sign = showing.SIGNS[node.op]
    if isinstance(node.value, Part):
        return f"{sign} {_named(node.value)} × {_exact('share', node.value.share)}"
    amount = _exact(node.unit, int(node.value))
    return f"{sign} {_('%(n)s 万元', n=amount) if node.unit == 'fen' else amount}"


def _exact(unit: str, value: int) -> str:
    """A threshold as a page shows it, with all its decimals where the page would round it."""
    shown = showing.amount(unit, value)
    number, exact = NUMBER.search(shown), Decimal(value) / SHOWN.get(unit, 1)
    if unit not in SHOWN or number is None or Decimal(number[0].replace(",", "")) == exact:
        return shown
    return shown.replace(number[0], num(exact.normalize()))


__all__ = ["BREAK", "Difference", "compared", "differences", "mark"]
