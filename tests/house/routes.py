"""Every address of the program with the permission words it asks for.

``python -m tests.house.routes`` writes ``routes.txt`` anew; read the difference before you commit
it, for it is where a door would be left open.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

FILE = Path(__file__).with_name("routes.txt")
#: below this a token opens what a session does not
PROGRAMS = "/api/"
SILENT = {"HEAD", "OPTIONS"}
# Stand-ins for what stands in an address: well formed, but nothing has them.
SAMPLES: dict[str, Any] = {"RowNumber": 999_999_999, "FloatConverter": 0.5}
NOTHING = "zzzzzzzzzzzz"


def methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - SILENT)


def words(app: Flask, rule: Rule) -> str:
    """The permissions of a view, `public`, or `?` when it declares none."""
    declared = getattr(app.view_functions[rule.endpoint], "permissions", None)
    if declared is None:
        return "?"
    return " | ".join(sorted(str(word) for word in declared)) or "public"


def table(app: Flask) -> list[str]:
    """One line a route and method."""
    return sorted(
        f"{rule.rule}  {method}  {words(app, rule)}"
        for rule in app.url_map.iter_rules()
        for method in methods(rule)
    )


def addresses(app: Flask, method: str) -> list[tuple[str, str]]:
    """(rule, address) of every route that takes a method, with stand-ins filled in."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if method not in methods(rule):
                continue
            converters = rule._converters
            values = {
                name: SAMPLES.get(type(converters[name]).__name__, NOTHING)
                for name in rule.arguments
                if name not in (rule.defaults or {})
            }
            address = rule.build({**(rule.defaults or {}), **values}, append_unknown=False)
            if address is not None:
                found.append((rule.rule, address[1]))
    return sorted(found)


def main() -> None:
    from app import create_app  # the command only
    from config import Config

    app = create_app(Config(ENV="testing", TESTING=True, TLS=False, SECRET_KEY="x" * 40))
    FILE.write_text("\n".join(table(app)) + "\n", encoding="utf-8")
    print(len(table(app)))


if __name__ == "__main__":
    main()
