"""Ceilings that keep every piece readable at one sitting."""

from __future__ import annotations

from tests.house.source import ROOT, modules, templates

FILE, FUNCTION, TEMPLATE = 400, 50, 200


def test_files() -> None:
    sizes = {m.shown: len(m.lines()) for m in modules("app", "seed", "config.py", "tests")}
    assert not {name: n for name, n in sizes.items() if n > FILE}


def test_functions() -> None:
    wrong = [
        f"{m.shown}:{f.lineno} {f.name} has {f.end_lineno - f.lineno + 1} lines"
        for m in modules("app", "seed", "config.py")
        for f in m.functions()
        if f.end_lineno is not None and f.end_lineno - f.lineno + 1 > FUNCTION
    ]
    assert not wrong, "\n".join(wrong)


def test_templates() -> None:
    sizes = {str(p.relative_to(ROOT)): len(p.read_text().splitlines()) for p in templates()}
    assert not {name: n for name, n in sizes.items() if n > TEMPLATE}
