"""The program's own source, parsed once for all house rules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "core",
    "accounts",
    "carriers",
    "firms",
    "criteria",
    "pipeline",
    "statistics",
    "exchange",
    "workbench",
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One Python file: its dotted name, path and syntax tree."""

    name: str
    path: Path
    given: ast.Module | None = None

    @property
    def tree(self) -> ast.Module:
        return self.given or _parsed(self.path)

    @property
    def shown(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def room(self) -> str | None:
        parts = self.name.split(".")
        return parts[1] if parts[0] == "app" and len(parts) > 1 and parts[1] in ROOMS else None

    @property
    def layer(self) -> str:
        """models, queries, service, forms, views … : the part of a room that the file is of."""
        parts = self.name.split(".")
        return parts[2] if len(parts) > 2 else ""

    def lines(self) -> list[str]:
        return self.path.read_text(encoding="utf-8").splitlines()

    def functions(self) -> Iterator[Function]:
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def modules(*tops: str) -> tuple[Module, ...]:
    """Every module under the given folders (``app`` when none is named)."""
    found = []
    for top in tops or ("app",):
        base = ROOT / top
        for path in [base] if base.is_file() else sorted(base.rglob("*.py")):
            parts = list(path.relative_to(ROOT).with_suffix("").parts)
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found.append(Module(name, path))
    return tuple(found)


@cache
def templates() -> tuple[Path, ...]:
    """Every template."""
    return tuple(sorted((ROOT / "app" / "templates").rglob("*.html")))


@dataclass(frozen=True)
class Import:
    """`source` imports `target`; `inside` when within a function."""

    source: str
    target: str
    line: int
    inside: bool


@cache
def imports() -> tuple[Import, ...]:
    """Imports of our own modules, those for type checking only left out."""
    names = {m.name for m in modules()}
    found = []
    for module in modules():
        for node, inside in _walk(module.tree, False):
            for target in _targets(node, module, names):
                found.append(Import(module.name, target, node.lineno, inside))
    return tuple(found)


def _named(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _walk(node: ast.AST, inside: bool) -> Iterator[tuple[ast.stmt, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and _named(child.test) == "TYPE_CHECKING":
            continue
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, inside
        yield from _walk(child, inside or isinstance(child, Function))


def _targets(node: ast.stmt, module: Module, names: set[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            parts = module.name.split(".")
            drop = node.level - (1 if module.path.name == "__init__.py" else 0)
            base = ".".join([*parts[: len(parts) - drop], *([base] if base else [])])
        for alias in node.names:
            full = f"{base}.{alias.name}"
            if full in names:
                yield full
            elif base in names:
                yield base
