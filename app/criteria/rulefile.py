"""YAML files of standards: read with line numbers, refused with file, line and reason."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from app.core.canonical import canonical, digest_of
from app.core.errors import DomainError, register_messages
from app.core.forms import unseen
from app.core.text import N_
from app.criteria.editing import ANY_TEXT, COLUMNS, LONGEST
from app.criteria.models import StandardForce
from app.criteria.parse import CONFIDENCE, parse
from app.criteria.tree import Fault, Tree
from app.criteria.verdict import Text, said

#: bytes and nodes of a file: far more than any regulation, far less than an attack
LARGEST, MOST_NODES = 1_000_000, 10_000
#: levels of nesting, and digits of a whole number
DEEPEST, DIGITS = 100, 9
WORDS = {"bool": ("true", "false", "yes", "no", "on", "off"), "null": ("", "~", "null")}
#: longest text of a place: as on the page, and as the columns of a standard and its days hold it
HELD: Any = StandardForce.__table__.c
LENGTHS = LONGEST | {"rule": COLUMNS.rule.type.length, "round": HELD.round.type.length}
LENGTHS["standard"] = LENGTHS["rule"]

register_messages(
    {
        "standard_file": N_(
            "文件：%(file)s\n位置：第 %(line)s 行\n原因：%(reason)s\n未作任何改动。"
        ),
        "standard_overlap": N_(
            "%(rule)s 与已批准的第 %(version)s 版在同一时期施行。未作任何改动。"
        ),
        "standard_overlap_at": N_(
            "文件：%(file)s\n位置：第 %(line)s 行\n"
            "原因：%(rule)s 与已批准的第 %(version)s 版在同一时期施行\n"
            "未作任何改动。请先改起止日期。"
        ),
        "standard_not_in_force": N_("%(rule)s 在 %(day)s 没有施行的标准。"),
        "standard_second_person": N_("批准人不能是起草人。"),
        "standard_unsubmitted": N_("起草人还没有提交这份草稿，提交后才能批准。"),
        "standard_changed": N_("这份草稿在您打开之后改过，没有批准。请重新看过再批准。"),
        "standard_gap": N_("没有批准：请先看明、再勾选没有施行版本的日期。%(gaps)s"),
        "standard_unreadable": N_(
            "这份草稿读不懂（%(reason)s），不能批准或修改。请撤回，改好文件后重新导入。"
        ),
        "standard_state": N_("只有草稿或待批准的标准可以批准。"),
    }
)


@dataclass(frozen=True)
class RuleFile:
    """A checked file: its tree, canonical content and hash."""

    path: Path
    tree: Tree
    content: str
    content_hash: str
    lines: dict[tuple[Any, ...], int]

    def refusal(self, key: str, value: str, reason: Text) -> DomainError:
        """What is wrong with the first place where a word has a value; else with the file."""
        held = json.loads(self.content)
        for path, line in self.lines.items():
            if path and path[-1] == key and _at(held, path) == value:
                return refusal(self.path, line, reason)
        return refusal(self.path, self.lines.get((key,), 1), reason)

    def overlapping(self, version: int, force: int) -> DomainError:
        """The entry of `in_force` during which an approved version holds too."""
        line = self.lines.get(("in_force", force), 1)
        return DomainError(
            "standard_overlap_at", file=self.path.name, line=line,
            rule=self.tree.title, version=version,
        )  # fmt: skip


def read(path: Path) -> RuleFile:
    """Read and check one file. DomainError `standard_file` names the line and the reason."""
    try:
        if path.stat().st_size > LARGEST:
            raise refusal(path, 1, said(N_("文件太大，最多 %(most)s 字节"), most=LARGEST))
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise refusal(
            path, 1, said(N_("读不了这个文件（%(problem)s）"), problem=error.strerror)
        ) from None
    except UnicodeDecodeError:
        raise refusal(path, 1, said(N_("不是 UTF-8 编码"))) from None
    return _checked(path, text)


@lru_cache(maxsize=64)
def _checked(path: Path, text: str) -> RuleFile:
    """The file of a text; a file that says the same is not checked again."""
    content, lines = loaded(path, text)
    try:
        _fitting(content, ())
        tree = parse(content)
        if tree.standing != "own" and not tree.confidence:
            raise Fault((), N_("缺少 confidence：%(among)s 之一"), among=", ".join(CONFIDENCE))
    except Fault as fault:
        raise refusal(path, line_of(fault.path, lines), fault.reason) from None
    stored = canonical(content)
    return RuleFile(path, tree, stored, digest_of(stored), lines)


def loaded(path: Path, text: str) -> tuple[Any, dict[tuple[Any, ...], int]]:
    """What a text of YAML holds, and the line of each place in it; refused by its line."""
    try:
        loader = Plain(text)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise refusal(
            path,
            line,
            said(N_("%(code)s 不是文字"), code=f"U+{ord(text[error.position]):04X}"),
        ) from None
    try:
        node = loader.get_single_node()
    except (ValueError, OverflowError):  # of an escape that names no character
        raise refusal(path, loader.line + 1, said(N_("转义没有对应的文字"))) from None
    except yaml.YAMLError as error:
        at = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", None) or error)
        raise refusal(
            path,
            at.line + 1 if at else 1,
            said(N_("YAML 写法有误（%(problem)s）"), problem=problem),
        ) from None
    lines: dict[tuple[Any, ...], int] = {}
    try:
        return _plain(node, (), lines, _Budget()), lines
    except Fault as fault:
        raise refusal(path, line_of(fault.path, lines), fault.reason) from None


class Plain(yaml.SafeLoader):
    """Dates stay text; numbers with a fraction stay text, so that no float ever appears."""

    deep = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """As the library does, which goes down once a level, but not too deep."""
        if self.deep > DEEPEST:
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "nested too deep", mark)
        self.deep += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.deep -= 1


for _tag in ("timestamp", "float"):
    Plain.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in rules if not tag.endswith(f":{_tag}")]
        for first, rules in Plain.yaml_implicit_resolvers.items()
    }


class _Budget:
    def __init__(self) -> None:
        self.nodes = 0
        self.seen: set[int] = set()

    def spend(self, node: yaml.Node, path: tuple[Any, ...]) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise Fault(path, N_("条目太多"))
        if id(node) in self.seen:
            raise Fault(path, N_("不支持锚点和别名"))
        self.seen.add(id(node))


def _plain(
    node: yaml.Node | None, path: tuple[Any, ...], lines: dict[tuple[Any, ...], int],
    budget: _Budget,
) -> Any:  # fmt: skip
    if node is None:
        raise Fault((), N_("文件是空的"))
    lines[path] = node.start_mark.line + 1
    budget.spend(node, path)
    if isinstance(node, yaml.MappingNode):
        made: dict[str, Any] = {}
        for key, value in node.value:
            name = key.value
            if not isinstance(name, str) or unseen(name):
                raise Fault(path, N_("冒号前应是词"))
            lines[(*path, name)] = key.start_mark.line + 1
            if name in made:
                raise Fault((*path, name), N_("%(word)s 出现两次"), word=name)
            made[name] = _plain(value, (*path, name), lines, budget)
        return made
    if isinstance(node, yaml.SequenceNode):
        return [_plain(one, (*path, n), lines, budget) for n, one in enumerate(node.value)]
    return _scalar(node, path)


def _scalar(node: yaml.Node, path: tuple[Any, ...]) -> Any:
    tag = node.tag.rpartition(":")[-1]
    text = str(node.value)
    if bad := unseen(text):
        raise Fault(path, N_("文字里有看不见的字符 %(code)s"), code=f"U+{ord(bad):04X}")
    if tag == "str":
        return text
    if tag == "int":
        if not re.fullmatch("0|[1-9][0-9]*", text):
            raise Fault(path, N_("%(value)s 不是普通的整数"), value=repr(text))
        if len(text) > DIGITS:
            raise Fault(path, N_("整数有 %(n)s 位，最多 %(most)s 位"), n=len(text), most=DIGITS)
        return int(text)
    if text.lower() not in WORDS.get(tag, (text.lower(),)):
        raise Fault(path, N_("%(value)s 不是 %(tag)s"), value=repr(text), tag=tag)
    if tag == "bool":
        return text.lower() in ("true", "yes", "on")
    if tag == "null":
        return None
    raise Fault(path, N_("不支持 %(tag)s 类的值"), tag=tag)


def _fitting(content: Any, path: tuple[Any, ...]) -> None:
    """Fault at a text that is longer than its place on the page and in the book."""
    if isinstance(content, dict | list):
        pairs = content.items() if isinstance(content, dict) else enumerate(content)
        for step, value in pairs:
            _fitting(value, (*path, step))
    elif isinstance(content, str):
        named = next((one for one in reversed(path) if one not in ("zh", "en")), "")
        most = LENGTHS.get(str(named), ANY_TEXT)
        if len(content) > most:
            raise Fault(path, N_("有 %(n)s 个字，最多 %(most)s 个"), n=len(content), most=most)


def _at(held: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        held = held[step]
    return held


def line_of(path: tuple[Any, ...], lines: dict[tuple[Any, ...], int]) -> int:
    """The line of a place, or of the nearest one above it."""
    while path not in lines and path:
        path = path[:-1]
    return lines.get(path, 1)


def refusal(path: Path, line: int, reason: Text) -> DomainError:
    """The refusal of a file, by line and reason."""
    return DomainError("standard_file", file=path.name, line=line, reason=reason)
