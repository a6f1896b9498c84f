"""Rooms and layers depend in one direction only, and nothing depends on itself."""

from __future__ import annotations

from tests.house.source import ROOMS, Import, imports, modules

# What may be imported by a layer, inside its own room.
BELOW = {
    "models": {"models"},
    "queries": {"models", "queries"},
    "service": {"models", "queries", "service"},
    "forms": {"models", "queries", "forms"},
}


def room_of(name: str) -> str | None:
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in ROOMS else None


def layer_of(name: str) -> str:
    parts = name.split(".")
    return parts[2] if len(parts) > 2 else ""


def show(one: Import) -> str:
    return f"{one.source}:{one.line} imports {one.target}"


def test_rooms_look_down_only() -> None:
    wrong = []
    for one in imports():
        source, target = room_of(one.source), room_of(one.target)
        if source and target and ROOMS.index(target) > ROOMS.index(source):
            wrong.append(show(one))
        if source and target is None and one.target == "app":
            wrong.append(show(one))
    assert not wrong, "a room imports one above it:\n" + "\n".join(wrong)


def test_layers_of_a_room_look_down_only() -> None:
    wrong = []
    for one in imports():
        if room_of(one.source) != room_of(one.target) or room_of(one.source) in (None, "core"):
            continue
        allowed = BELOW.get(layer_of(one.source))
        if allowed and layer_of(one.target) in {*BELOW, "views"} - allowed:
            wrong.append(show(one))
    assert not wrong, "a layer imports one above it:\n" + "\n".join(wrong)


def test_nothing_imports_views() -> None:
    wrong = [
        show(one)
        for one in imports()
        if layer_of(one.target) == "views"
        and layer_of(one.source) != "views"
        and one.source != f"app.{room_of(one.target)}"
    ]
    assert not wrong, "only a room's init_app reaches its views:\n" + "\n".join(wrong)


def test_no_cycle() -> None:
    graph: dict[str, set[str]] = {m.name: set() for m in modules()}
    for one in imports():
        if one.source != one.target:
            graph[one.source].add(one.target)
    found = [" → ".join(cycle) for cycle in cycles(graph)]
    assert not found, "modules import one another in a circle:\n" + "\n".join(found)


def cycles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Strongly connected parts with more than one member (Tarjan)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(graph[node]):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            part = []
            while not part or part[-1] != node:
                part.append(stack.pop())
            if len(part) > 1:
                found.append(sorted(part))

    for name in sorted(graph):
        if name not in index:
            visit(name)
    return found


def test_the_cycle_finder_finds() -> None:
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]
    assert cycles({"a": {"b"}, "b": set()}) == []


def test_an_import_inside_a_function_says_why() -> None:
    by_name = {m.name: m for m in modules()}
    wrong = []
    for one in imports():
        if one.inside and "#" not in by_name[one.source].lines()[one.line - 1]:
            wrong.append(show(one))
    assert not wrong, "add a comment with the reason:\n" + "\n".join(wrong)


def test_no_room_for_odds_and_ends() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
    wrong = [m.shown for m in modules("app", "seed") if vague & set(m.name.split("."))]
    assert not wrong, f"name them by what they hold: {wrong}"
