"""Chinese is the source text, and each text has its English; nothing Chinese bypasses both."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from tests.house.source import ROOT, Module, modules, templates

CJK = re.compile(r"[\u3400-\u9fff\uff01-\uff5e]")
MARKS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
# Chinese that is data or is parsed carries this mark on its line, with the reason after it.
DATA = re.compile(r"#\s*zh: \w")
# The name of the language itself, in the switch.
OWN_NAME = "中文"
ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"])


@cache
def texts() -> dict[str, str]:
    """Every marked text with the place it was found in."""
    found: dict[str, str] = {}
    for path in [*(m.path for m in modules()), *templates()]:
        method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
        with path.open("rb") as source:
            options = {"silent": "false", "extensions": "jinja2.ext.i18n,jinja2.ext.do"}
            for line, message, *_ in extract(method, source, MARKS, (), options):
                for one in message if isinstance(message, tuple) else (message,):
                    if one:
                        found.setdefault(one, f"{path.relative_to(ROOT)}:{line}")
    return found


def catalogues() -> list[Path]:
    return sorted((ROOT / "app" / "translations").glob("*/en/LC_MESSAGES/messages.po"))


@cache
def english() -> dict[str, tuple[str, ...]]:
    """Every text of the catalogues with its English forms."""
    held: dict[str, tuple[str, ...]] = {}
    for path in catalogues():
        with path.open("rb") as source:
            for message in read_po(source, locale="en", abort_invalid=True):
                ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
                said = message.string
                forms = tuple(said) if isinstance(said, tuple | list) else (said,)
                for one in ids:
                    if one and not message.fuzzy:
                        held[one] = forms
    return held


def test_each_text_has_its_english() -> None:
    missing = {
        text: place
        for text, place in texts().items()
        if CJK.search(text) and not all(english().get(text, ("",)))
    }
    assert not missing, f"{len(missing)} texts without English:\n" + "\n".join(
        f"{place}  {text}" for text, place in sorted(missing.items(), key=lambda item: item[1])
    )


def test_english_texts_are_english() -> None:
    wrong = {t: forms for t, forms in english().items() if any(CJK.search(f) for f in forms)}
    assert not wrong


def test_both_languages_name_the_same_values() -> None:
    wrong = [
        f"{text} ≠ {form}"
        for text, forms in english().items()
        for form in forms
        if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(form))
    ]
    assert not wrong, "\n".join(wrong)


def test_one_text_has_one_english() -> None:
    seen: dict[tuple[str, str], tuple[tuple[str, ...], Path]] = {}
    wrong = []
    for path in catalogues():
        with path.open("rb") as source:
            for message in read_po(source, locale="en", abort_invalid=True):
                if not message.id or isinstance(message.id, tuple | list):
                    continue
                forms = (str(message.string),)
                before = seen.setdefault((message.context or "", message.id), (forms, path))
                if before[0] != forms:
                    wrong.append(f"{message.id}: {before[0][0]} / {forms[0]}")
    assert not wrong, "two rooms say it differently:\n" + "\n".join(wrong)


def test_catalogues_hold_nothing_unused() -> None:
    unused = sorted(set(english()) - set(texts()))
    assert not unused, f"{len(unused)} entries that no page uses:\n" + "\n".join(unused)


def bare(module: Module) -> Iterator[str]:
    """Chinese literals that are neither marked nor documentation."""
    fine: set[int] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in MARKS:
                fine |= {id(child) for child in ast.walk(node)}
        body = getattr(node, "body", None)
        if isinstance(body, list):
            fine |= {
                id(statement.value)
                for statement in body
                if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            }
    lines = module.lines()
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if (
            id(node) not in fine
            and CJK.search(node.value)
            and not DATA.search(lines[node.lineno - 1])
        ):
            yield f"{module.shown}:{node.lineno} {node.value[:40]}"


def test_no_chinese_in_code_outside_the_marks() -> None:
    found = [hit for m in modules() for hit in bare(m)]
    assert not found, "\n".join(found)


def plain(source: str) -> Iterator[tuple[int, str]]:
    """Chinese in a template that is neither marked nor a comment."""
    tree = ENVIRONMENT.parse(source)
    fine: set[int] = set()
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in MARKS:
            fine |= {id(child) for child in call.find_all(nodes.Const)}
    for data in tree.find_all(nodes.TemplateData):
        text = data.data.replace(OWN_NAME, "")
        if first := CJK.search(text):
            yield data.lineno + text[: first.start()].count("\n"), text.strip()[:60]
    for constant in tree.find_all(nodes.Const):
        text = constant.value
        if isinstance(text, str) and CJK.search(text) and id(constant) not in fine:
            yield constant.lineno, text[:60]


def test_no_list_is_joined_by_a_chinese_mark() -> None:
    """The mark between the parts of a list is a text of its own: "; " in English."""
    joined = re.compile(r"""["'][；、，]["']\.join|^[A-Z_]+ = ["'][；、，]["']""")
    wrong = [
        f"{module.path.relative_to(ROOT)}:{number}"
        for module in modules()
        for number, line in enumerate(module.path.read_text(encoding="utf-8").splitlines(), 1)
        if joined.search(line)
    ]
    assert not wrong


def test_no_chinese_in_templates_outside_the_marks() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} {text}"
        for path in templates()
        for line, text in plain(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ('{{ _("企业") }}', 0),
        ("<p>企业</p>", 1),
        ('{{ "企业" }}', 1),
        ("{# 企业 #}", 0),
        ('{{ _("共 %(n)s 家", n=1) }}', 0),
    ],
)
def test_the_template_finder_finds(source: str, count: int) -> None:
    assert len(list(plain(source))) == count
