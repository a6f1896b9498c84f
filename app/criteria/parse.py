"""Plain content → tree, refusing whatever the engine would not understand."""

from __future__ import annotations

import re
from typing import Any

from app.carriers.models import Source
from app.core.text import N_
from app.criteria import checking as check
from app.criteria import measuring
from app.criteria.checking import NONE_OF, Path
from app.criteria.measuring import Measures, most_of
from app.criteria.tree import (
    OPS,
    REMARK,
    Fault,
    Force,
    Group,
    Growth,
    Guard,
    Node,
    Part,
    Points,
    Ref,
    Test,
    Tier,
    Tree,
    keyed,
    versions_of,
    walk,
)

KINDS = ("new", "review")
SUBJECTS = ("firm", "carrier")
STANDINGS = ("official", "local", "own")
MARKS = ("presumed", "judgement", REMARK)
#: how the text of a published standard is known: seen, or restated by a public office; told by
#: others; from memory; not published
CONFIDENCE = ("seen", "restated", "unverified", "unpublished")
UNREACHED = N_("分数高于可得的最高分")
CLAUSE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,11}")
#: where figures come from
SOURCES = tuple(one.value for one in Source)
#: a day that every year and every month of its number has, as MM-DD
YEARLY = r"(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)"
TOP = {
    "rule", "version", "subject", "standing", "title", "short", "instrument", "document", "cite",
    "in_force", "terms", "notices", "assumptions", "applies_to", "condition", "confidence",
}  # fmt: skip
COMMON = {"clause", "cite", "text", "note", "mark", "unclear", "kinds", "confidence"}
#: deepest nesting and number of clauses: what a page can still show
DEEPEST, MOST_CLAUSES = 12, 32
#: of two versions beside each other during a transition, with a heading each
MOST_BESIDE = (MOST_CLAUSES + 1) + (MOST_CLAUSES + 1)


def parse(content: Any) -> Tree:
    """The tree of a standard; Fault at the first thing that is wrong."""
    top = check.mapping(content, (), TOP)
    terms = _terms(top.get("terms"), ("terms",))
    subject = check.choice(top, "subject", SUBJECTS, ())
    reader = _Reader(terms, subject)
    cite = check.text(top, "cite", ())
    tree = Tree(
        rule=check.name(top, "rule", ()),
        version=check.count(top, "version", ()),
        subject=subject,
        standing=check.choice(top, "standing", STANDINGS, ()),
        confidence=_confidence(top, ()),
        title=check.words(top.get("title"), ("title",)),
        short=check.words(top.get("short"), ("short",)),
        instrument=check.words(top.get("instrument"), ("instrument",)),
        document=check.text(top, "document", ()) if top.get("document") else None,
        cite=cite,
        force=_forces(top.get("in_force"), ("in_force",)),
        terms=terms,
        notices=check.word_list(top.get("notices", []), ("notices",)),
        assumptions=check.word_list(top.get("assumptions", []), ("assumptions",)),
        guards=reader.guards(top.get("applies_to", []), ("applies_to",)),
        condition=reader.node(top.get("condition"), ("condition",), 0),
    )
    _whole(tree)
    reader.reached(tree)
    return tree


def _whole(tree: Tree) -> None:
    _source(tree)
    names = [node.clause for node in tree.nodes() if node.clause]
    if not names:
        raise Fault(("condition",), N_("一条条款也没有"))
    most = MOST_BESIDE if versions_of(tree) else MOST_CLAUSES
    if len(names) > most:
        raise Fault(
            ("condition",), N_("有 %(n)s 条条款，最多 %(most)s 条"), n=len(names), most=most
        )
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise Fault(("condition",), N_("条款 %(clause)s 出现两次"), clause=min(twice))
    _remarks(tree)
    for one in tree.nodes():
        if one.clause and not one.text.zh:
            raise Fault(("condition",), N_("条款 %(clause)s 没有条文"), clause=one.clause)


def _remarks(tree: Tree) -> None:
    """Fault where a remark is more than one of several clauses that must all be met: it would be
    left out of the outcome where the outcome needs it."""
    groups = [n for n in tree.nodes() if isinstance(n, Group) and n.op == "all"]
    for group in groups:
        if all(part.mark == REMARK for part in group.parts):
            raise Fault(("condition",), N_("条件里只有提示，没有可判断的条款"))
    beside = {id(part) for group in groups for part in group.parts}
    for node in (*tree.nodes(), *(n for guard in tree.guards for n in walk(guard.test))):
        if node.mark == REMARK and (id(node) not in beside or not node.clause):
            raise Fault(("condition",), N_("提示（remark）只能是 all 之下的条款"))


def _source(tree: Tree) -> None:
    """Fault unless a published standard says where it stands and how its text is known, and a
    rule of our own what it assumes."""
    published = tree.standing != "own"
    if published and not tree.document:
        raise Fault(("document",), N_("公开发布的标准须写明文号"))
    if not published and tree.confidence:
        raise Fault(("confidence",), N_("自定标准没有公开原文，不写 confidence"))
    if not published and not tree.assumptions:
        raise Fault((), N_("自定标准须写明约定（assumptions）"))


class _Reader:
    def __init__(self, terms: dict[str, Any], subject: str) -> None:
        self.measures = Measures(terms, subject)
        #: part of a score, the points asked of it, and where
        self.points: list[tuple[str, int, Path]] = []

    def reached(self, tree: Tree) -> None:
        """Fault for points that their part of the score cannot give."""
        parts = keyed(tree)
        for key, value, path in self.points:
            if key not in parts:
                raise Fault(path, N_("评分中没有名为 %(key)s 的部分"), key=key)
            check.within(value, parts[key].most, path, UNREACHED)

    def guards(self, content: Any, path: Path) -> tuple[Guard, ...]:
        made = []
        for n, one in enumerate(check.sequence(content, path)):
            here = (*path, n)
            held = check.mapping(one, here, {"test", "otherwise"})
            test = self.node(held.get("test"), (*here, "test"), 1)
            made.append(Guard(test, check.words(held.get("otherwise"), (*here, "otherwise"))))
        return tuple(made)

    def node(self, content: Any, path: Path, depth: int) -> Node:
        if depth > DEEPEST:
            raise Fault(path, N_("嵌套超过 %(n)s 层"), n=DEEPEST)
        if not isinstance(content, dict):
            raise Fault(path, N_("这里应是一项条件"))
        common = self._common(content, path)
        rest = {key: value for key, value in content.items() if key not in COMMON}
        for op in ("all", "any", "at_least"):
            if op in rest:
                return self._group(op, rest, common, path, depth)
        if "tier" in rest:
            return self._tier(rest, common, path, depth)
        if "standard" in rest:
            check.mapping(rest, path, {"standard"})
            return Ref(**common, rule=check.name(rest, "standard", path))
        return self._test(rest, common, path)

    def _common(self, content: dict[str, Any], path: Path) -> dict[str, Any]:
        clause = content.get("clause")
        if clause is not None and not CLAUSE.fullmatch(str(clause)):
            raise Fault((*path, "clause"), N_("%(value)s 不能作条款编号"), value=repr(clause))
        mark = content.get("mark", "")
        if "mark" in content and mark not in MARKS:
            raise Fault((*path, "mark"), NONE_OF, value=repr(mark), among=", ".join(MARKS))
        if clause is not None and "cite" not in content:
            raise Fault((*path, "cite"), N_("条款 %(clause)s 没有引用条文（cite）"), clause=clause)
        kinds = check.codes(content.get("kinds", []), (*path, "kinds"))
        if set(kinds) - set(KINDS):
            raise Fault((*path, "kinds"), N_("申请种类只有 %(among)s"), among=", ".join(KINDS))
        given = {key: content[key] for key in ("text", "note") if key in content}
        return {
            "clause": str(clause) if clause is not None else None,
            "cite": check.text(content, "cite", path) if "cite" in content else "",
            "mark": mark,
            "confidence": _confidence(content, path),
            "unclear": check.truth(content, "unclear", path),
            "kinds": kinds,
        } | {key: check.words(value, (*path, key)) for key, value in given.items()}

    def _group(
        self, op: str, rest: dict[str, Any], common: dict[str, Any], path: Path, depth: int
    ) -> Node:
        held = check.mapping(rest, path, {op, "of"} if op == "at_least" else {op})
        key = "of" if op == "at_least" else op
        parts = check.sequence(held.get(key), (*path, key))
        if not parts:
            raise Fault((*path, key), N_("下面一项也没有"))
        made = tuple(self.node(p, (*path, key, n), depth + 1) for n, p in enumerate(parts))
        count = check.count(held, op, path) if op == "at_least" else 0
        if count > len(made):
            raise Fault((*path, op), N_("%(m)s 项中无法满足 %(n)s 项"), n=count, m=len(made))
        return Group(**common, op=op, count=count, parts=made)

    def _tier(self, rest: dict[str, Any], common: dict[str, Any], path: Path, depth: int) -> Node:
        cases = check.sequence(check.mapping(rest, path, {"tier"})["tier"], (*path, "tier"))
        made, otherwise = [], None
        for n, one in enumerate(cases):
            here = (*path, "tier", n)
            if isinstance(one, dict) and "otherwise" in one:
                otherwise = self.node(one["otherwise"], (*here, "otherwise"), depth + 1)
                continue
            held = check.mapping(one, here, {"when", "then"})
            made.append(
                (
                    self.node(held.get("when"), (*here, "when"), depth + 1),
                    self.node(held.get("then"), (*here, "then"), depth + 1),
                )
            )
        if otherwise is None or not made:
            raise Fault((*path, "tier"), N_("分档（tier）要有各档和 otherwise"))
        return Tier(**common, cases=tuple(made), otherwise=otherwise)

    def _test(self, rest: dict[str, Any], common: dict[str, Any], path: Path) -> Node:
        ops = [op for op in OPS if op in rest]
        if len(ops) != 1:
            raise Fault(path, N_("这里应有 %(among)s 之一"), among=", ".join(OPS))
        (op,) = ops
        measure = {key: value for key, value in rest.items() if key != op}
        if "score" in measure:
            score = self.measures.score(measure, path)
            mark = check.amount_of(rest[op], "points", (*path, op))
            check.within(mark, sum(item.most for item in score.items), (*path, op), UNREACHED)
            return Test(**common, measure=score, unit="points", op=self._op(op, path), value=mark)
        found, unit, kind = self.measures.read(measure, path)
        if isinstance(found, Growth) and op not in ("ge", "gt"):
            raise Fault(path, N_("增长率用 ge 或 gt 比较"))
        value = self._value(rest[op], op, unit, kind, (*path, op))
        if isinstance(value, int):
            check.within(value, most_of(found), (*path, op), measuring.UNREACHED)
        if isinstance(found, Points):
            self._op(op, path)
            self.points.append((found.key, value if isinstance(value, int) else 0, (*path, op)))
        return Test(**common, measure=found, unit=unit, op=op, value=value)

    def _op(self, op: str, path: Path) -> str:
        if op not in ("ge", "gt"):
            raise Fault(path, N_("得分用 ge 或 gt 比较"))
        return op

    def _value(self, value: Any, op: str, unit: str, kind: str, path: Path) -> Any:
        if kind == "flag":
            if op != "is" or not isinstance(value, bool):
                raise Fault(path, N_("是否类数据项用 is: true 或 is: false"))
            return value
        if kind == "code":
            if op not in ("in", "not_in"):
                raise Fault(path, N_("代码类数据项用 in 或 not_in"))
            return check.codes(value, path)
        if op in ("is", "in", "not_in"):
            raise Fault(path, N_("数量用 gt、ge、lt 或 le 比较"))
        if isinstance(value, dict):
            held = check.mapping(value, path, {"rule", "clause", "share"})
            share = check.amount_of(held.get("share"), "share", (*path, "share"))
            return Part(check.name(held, "rule", path), str(held.get("clause")), share)
        return check.amount_of(value, unit, path)


def _confidence(content: dict[str, Any], path: Path) -> str:
    return check.choice(content, "confidence", CONFIDENCE, path) if "confidence" in content else ""


def _terms(content: Any, path: Path) -> dict[str, Any]:
    held = check.mapping(content or {}, path, {"freshness", "figures_due", "sources", "valid"})
    terms: dict[str, Any] = {}
    if "freshness" in held:
        terms["freshness"] = check.period_of(held["freshness"], "days", (*path, "freshness"))
    if "valid" in held:
        terms["valid"] = check.period_of(held["valid"], "months", (*path, "valid"))
    if "figures_due" in held:
        text = str(held["figures_due"])
        if not re.fullmatch(YEARLY, text):
            raise Fault(
                (*path, "figures_due"), N_("%(value)s 不是 MM-DD 格式的日期"), value=repr(text)
            )
        terms["figures_due"] = text
    if "sources" in held:
        here = (*path, "sources")
        terms["sources"] = check.codes(held["sources"], here)
        odd = [n for n, one in enumerate(terms["sources"]) if one not in SOURCES]
        if odd or not terms["sources"]:
            raise Fault(
                (*here, *odd[:1]),
                N_("来源（sources）只能是 %(among)s 中的几种"),
                among=", ".join(SOURCES),
            )
    return terms


def _forces(content: Any, path: Path) -> tuple[Force, ...]:
    made: list[Force] = []
    for n, one in enumerate(check.sequence(content, path)):
        here = (*path, n)
        words = {"kind", "from", "until", "round", "transition", "confidence"}
        held = check.mapping(one, here, words)
        kind = check.choice(held, "kind", KINDS, here)
        starts = check.day(held.get("from"), (*here, "from"))
        ends = check.day(held["until"], (*here, "until")) if "until" in held else None
        if ends is not None and ends <= starts:
            raise Fault((*here, "until"), N_("止日不晚于起日"))
        cycle = check.text(held, "round", here) if "round" in held else None
        given = held.get("transition")
        transition = check.day(given, (*here, "transition")) if "transition" in held else None
        if transition is not None and not starts < transition <= (ends or transition):
            reason = N_("过渡期须在起日之后结束，且不晚于止日")
            raise Fault((*here, "transition"), reason)
        new = Force(kind, starts, ends, cycle, transition, _confidence(held, here))
        if any(overlap(new, old) for old in made):
            raise Fault(here, N_("同一时期重复施行"))
        made.append(new)
    if not made:
        raise Fault(path, N_("没有施行日期"))
    return tuple(made)


def overlap(one: Force, other: Force) -> bool:
    """Whether both are in force on a day for the same kind of case and round."""
    if (one.kind, one.round) != (other.kind, other.round):
        return False
    begins = max(one.starts, other.starts)
    return all(f.ends is None or begins < f.ends for f in (one, other))
