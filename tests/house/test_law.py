"""A number of the law stands in the rule book with its clause, never in Python."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.source import Module, modules

# 0 and 1; and factors that turn a unit into another: fen and yuan, 万元, percent and per mille,
# months of a year, head counts in 24ths, `month_ord`'s month.
UNITS = {0, 1, -1, 10, 12, 24, 32, 100, 1_000, 10_000, 1_000_000}
# Calls whose numbers are sizes of storage, not of the law.
STORAGE = {"String", "mapped_column", "Column", "Fen", "Length", "Index", "Numeric", "Integer"}


def numbers(module: Module) -> Iterator[str]:
    stored: set[int] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in STORAGE:
                stored |= {id(child) for child in ast.walk(node)}
        if isinstance(node, ast.Subscript):
            stored |= {id(child) for child in ast.walk(node.slice)}
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "").endswith("_VERSION"):
            stored.add(id(node.value))
    for node in ast.walk(module.tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, int | float | complex)
            and not isinstance(node.value, bool)
            and id(node) not in stored
            and node.value not in UNITS
        ):
            yield f"{module.shown}:{node.lineno} {node.value}"


# Own sizes of pages, commands and files: rows a page, widths, bytes of a file.
PRESENTATION = ("views", "cli", "forms", "panels", "showing", "paper", "rulefile")


def test_no_legal_number_in_the_rule_book_code() -> None:
    found = [
        hit
        for module in modules("app/criteria")
        if module.layer not in PRESENTATION
        for hit in numbers(module)
    ]
    assert not found, "move it to the YAML, with its clause:\n" + "\n".join(found)


def test_the_finder_finds() -> None:
    tree = ast.parse("A = 0\nB = 5_000_000_00\nC = 0.8\nd = String(24)\ne = row[7]\n")
    module = Module("x", modules()[0].path, tree)
    assert [hit.split()[-1] for hit in numbers(module)] == ["500000000", "0.8"]
