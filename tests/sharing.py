"""What all applications of a worker share.

Each test has a database and an application of its own. What comes out the same every time, whoever
asks, is made once per worker: the code that spells an address, the code of a template, the text of
a statement.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Hashable, Iterator
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule


def numbers() -> Iterator[int]:
    """Numbers for what is made, six digits at most, that no other worker gives out.

    A database that one worker filled is copied by all.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    return itertools.count(1 + 50_000 * (worker % 19))


class SpelledOnce(Rule):
    """A route whose address is read, and whose address-making code is written, once: nearly all of
    making an application. The kinds of parts (``<int:…>``) are shared with it: none asks the
    application anything."""

    made: dict[tuple[str, bool, str], Callable[..., tuple[str, str]]] = {}
    read: dict[Hashable, tuple[Any, Any, Any, frozenset[str]]] = {}

    def compile(self) -> None:
        elsewhere = self.subdomain or self.host
        assert not elsewhere, "read from the path alone"
        known = tuple(self.map.converters.values())
        key = (self.rule, bool(self.merge_slashes), repr(self.defaults), known)
        if key not in self.read:
            super().compile()
            here = self._parts, self._trace, self._converters, frozenset(self.arguments)
            self.read[key] = here
            return
        self._parts, self._trace, self._converters, named = self.read[key]
        self.arguments |= named
        self._build = self._compile_builder(False).__get__(self, None)
        self._build_unknown = self._compile_builder(True).__get__(self, None)

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (self.rule, append_unknown, repr(self.defaults))
        if key not in self.made:
            self.made[key] = super()._compile_builder(append_unknown)
        return self.made[key]


class Compiled(BytecodeCache):
    """Templates compiled once; the key holds their source."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Hand out the compiled template if its source is the same."""
        bucket.code = self.kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template that was compiled now."""
        self.kept[bucket.key, bucket.checksum] = bucket.code


TEMPLATES = Compiled()

#: per kind of database the first engine of this worker that reached its server
ENGINE: dict[str, Any] = {}


def share_routes() -> None:
    """Before the first application is made."""
    Flask.url_rule_class = SpelledOnce


def share_templates(app: Flask) -> None:
    """Before the first page is rendered."""
    app.jinja_env.bytecode_cache = TEMPLATES


def share_statements(engine: Any) -> None:
    """Before an engine is first used, and once more when it has been.

    What is compiled is kept per engine and dialect; all servers of a kind are the same here.
    """
    first = ENGINE.get(engine.dialect.name)
    if first is None:
        if getattr(engine.dialect, "server_version_info", None):
            ENGINE[engine.dialect.name] = engine
        return
    engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
