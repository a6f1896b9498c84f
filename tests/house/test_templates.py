"""What a template may not contain: it would break escaping, the content policy or the theme."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.house.source import ROOT, templates

SAFE = re.compile(r"\|\s*safe\b|\bMarkup\(|autoescape\s+false")
STYLE = re.compile(r"\sstyle\s*=|<style\b", re.I)
HANDLER = re.compile(r"<[^>]*\son[a-z]+\s*=", re.I)
SCRIPT = re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*type=.application/json.)", re.I)
COLOUR = re.compile(r"(?<![&\w/-])#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b(?!;)", re.I)
OUTSIDE = re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.I)
COMMENT = re.compile(r"\{#.*?#\}", re.S)


def hits(pattern: re.Pattern[str]) -> Iterator[str]:
    for path in templates():
        plain = COMMENT.sub(lambda m: "\n" * m[0].count("\n"), path.read_text(encoding="utf-8"))
        for number, line in enumerate(plain.splitlines(), 1):
            if pattern.search(line):
                yield f"{path.relative_to(ROOT)}:{number} {line.strip()}"


@pytest.mark.parametrize(
    "pattern",
    [SAFE, STYLE, HANDLER, SCRIPT, COLOUR, OUTSIDE],
    ids=["unescaped", "style", "handler", "script", "colour", "outside"],
)
def test_templates_hold_no(pattern: re.Pattern[str]) -> None:
    found = list(hits(pattern))
    assert not found, "\n".join(found)


def test_each_class_of_ours_is_known() -> None:
    """A class that no style and no script knows does nothing, however it is spelt."""
    own = [p for p in (ROOT / "app" / "static").rglob("*") if p.suffix in (".css", ".js")]
    known = set(re.findall(r"jl-[\w-]+", "".join(p.read_text(encoding="utf-8") for p in own)))
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in templates()
        for classes in re.findall(r'class="([^"]*)"', path.read_text(encoding="utf-8"))
        for name in re.findall(r"(?<![\w{-])jl-[a-z][\w-]*(?![\w{-])", classes)
        if not name.endswith("-") and name not in known
    ]
    assert not found, "\n".join(found)


def test_scripts_take_colours_from_the_theme() -> None:
    found = []
    for path in sorted((ROOT / "app" / "static").rglob("*.js")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            quoted = re.search(r"[\"'`]" + COLOUR.pattern + r"[\"'`]", line, re.I)
            if quoted or re.search(r"\b(?:eval|new Function)\(|\.innerHTML\s*=", line):
                found.append(f"{path.relative_to(ROOT)}:{number} {line.strip()}")
    assert not found, "\n".join(found)


def test_the_patterns_find_what_they_forbid() -> None:
    assert SAFE.search("{{ name|safe }}")
    assert STYLE.search('<p style="color:red">')
    assert HANDLER.search('<a href="#" onclick="x()">')
    assert SCRIPT.search("<script>")
    assert not SCRIPT.search('<script type="application/json" id="x">')
    assert not SCRIPT.search('<script defer src="/a.js">')
    assert COLOUR.search("fill: #1f6feb")
    assert not COLOUR.search('href="#facts"')
    assert not COLOUR.search("&#123;")


def test_a_box_that_must_be_filled_is_not_filled_by_blanks() -> None:
    """`Filled` minds blanks; only a password may be made of them."""
    asked = re.compile(r"\b(?:InputRequired|DataRequired)\(\)")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "app").rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if asked.search(line) and "SecretField(" not in line
    ]
    assert found == []
