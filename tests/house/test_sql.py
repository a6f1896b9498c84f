"""SQL is written with SQLAlchemy; hand-written SQL stands only in the places named here."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.house.source import Module, modules

# Engine-specific ground: pragmas, triggers, advisory lock, savepoints of the two engines.
PLACES = ("app/core/db/",)
WORDS = re.compile(
    r"^\s*(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(OR|TABLE|INDEX|TRIGGER"
    r"|TEMP)|DROP\s+(TABLE|INDEX|TRIGGER)|ALTER\s+TABLE|PRAGMA\s|WITH\s+\w+\s+AS\s)",
    re.S,
)
RAW_CALLS = {"text", "exec_driver_sql", "literal_column", "TextClause", "DDL"}


def conditions(module: Module) -> Iterator[int]:
    """Conditions of partial indexes in a model's declaration."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.keyword) and node.arg in ("sqlite_where", "postgresql_where"):
            yield from (id(child) for child in ast.walk(node.value))


def raw(module: Module) -> Iterator[str]:
    imported = {
        alias.asname or alias.name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        for alias in node.names
    }
    declared = set(conditions(module))
    for node in ast.walk(module.tree):
        if id(node) in declared:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if WORDS.match(node.value):
                yield f"{module.shown}:{node.lineno} {node.value.strip()[:60]}"
        elif isinstance(node, ast.Call):
            function = node.func
            name = (
                function.attr
                if isinstance(function, ast.Attribute)
                else getattr(function, "id", "")
            )
            known = name in imported or name == "exec_driver_sql"
            if name in RAW_CALLS and known:
                yield f"{module.shown}:{node.lineno} {name}(…)"


def test_raw_sql_only_in_the_places_named() -> None:
    found = [
        hit
        for module in modules("app", "seed")
        if not module.shown.startswith(PLACES)
        for hit in raw(module)
    ]
    assert not found, "\n".join(found)


def test_the_finder_finds() -> None:
    source = "from sqlalchemy import text\ntext('x')\nq = 'SELECT a FROM b'\n"
    module = Module("x", modules()[0].path, ast.parse(source))
    assert len(list(raw(module))) == 2


def test_views_and_services_load_through_queries() -> None:
    """`session.get` knows no scope: a row of another organisation would be loaded by its id."""
    found = []
    for module in modules():
        if module.layer not in ("views", "service", "forms") or module.room == "core":
            continue
        for node in ast.walk(module.tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("get", "get_one")
                and ast.unparse(node.func.value) in ("session", "session()", "db.session")
            ):
                found.append(f"{module.shown}:{node.lineno} {ast.unparse(node)[:80]}")
    assert not found, "load through a query that takes the viewer:\n" + "\n".join(found)


def test_only_write_commits() -> None:
    found = [
        f"{module.shown}:{node.lineno}"
        for module in modules("app", "seed")
        if not module.shown.startswith(PLACES)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
        and "session" in ast.unparse(node.func.value)
    ]
    assert not found, "\n".join(found)
