"""How an operation of the interface is declared: once, for the router and the description alike.

An operation finds what its address names within the viewer's scope first, and reads the body
only then: what is not theirs answers 404 whatever stands in the body.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError
from sqlalchemy import Select
from werkzeug.exceptions import UnsupportedMediaType

from app import extensions
from app.core.access import Permission, requires
from app.core.canonical import digest_of
from app.core.db import session
from app.core.errors import DomainError, Forbidden, register_messages
from app.core.problems import PREFIX, Unreadable
from app.core.text import N_
from app.exchange.api.shapes import AskedWhole, Many, Part, Patterned, Shape, Text, faults

register_messages(
    {
        "fields_closed": N_("您对这家企业的可见范围不含这一类内容。"),
        "key_needed": N_("写入须带 Idempotency-Key：8 至 80 个字母、数字或 ._:-，每次一个。"),
    }
)

ROOT = f"{PREFIX}v1"
bp = Blueprint("api", __name__, url_prefix=ROOT)
# A token in a header is nothing that a browser sends by itself: there is nothing to forge.
extensions.csrf.exempt(bp)
LIMIT, MOST = 50, 200
#: The type of a body that is a file.
FILE = "application/octet-stream"
KEY = re.compile(r"[A-Za-z0-9_.:-]{8,80}")


class Refused(DomainError):
    """A refusal with a status of its own."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status


class Paged(Shape):
    """What the address of a list takes."""

    limit = AskedWhole(
        low=1, high=MOST, metadata={"description": N_("一次最多几条，默认 50。")}
    )  # fmt: skip
    cursor = Patterned(
        r"^[A-Za-z0-9_-]{1,400}$",
        "cursor_wrong",
        metadata={"description": N_("从上一次应答的 next 原样取来。")},
    )


class Nothing(Shape):
    """No argument at all."""


class Page(Shape):
    """One page of a list."""

    next = Text(
        required=True,
        allow_none=True,
        metadata={"description": N_("下一页的 cursor；没有更多时为 null。")},
    )


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    name: str
    method: str
    path: str
    tag: str
    summary: str
    permissions: tuple[Permission, ...]
    #: None where the answer is a file
    answer: type[Schema] | None
    #: what the address takes; None: what a list takes, or nothing
    query: Callable[[], type[Shape]] | None = None
    body: Callable[[], type[Shape]] | None = None
    status: int = 200
    #: whether the record carries a revision that a write must name in If-Match
    matches: bool = False
    #: whether the body is a file as it is, in place of an object
    takes_file: bool = False

    @property
    def writes(self) -> bool:
        """Whether it changes anything."""
        return self.method != "GET"

    @property
    def arguments(self) -> type[Shape]:
        """What its address takes."""
        if self.query is not None:
            return self.query()
        return Paged if self.answer is not None and issubclass(self.answer, Page) else Nothing


OPERATIONS: dict[str, Operation] = {}
View = Callable[..., ResponseReturnValue]


def operation(
    method: str, path: str, *, tag: str, summary: str, answer: type[Schema] | None,
    may: Sequence[Permission] = (Permission.FIRM_READ,), **more: Any,
) -> Callable[[View], View]:  # fmt: skip
    """Declare a view as an operation of the interface, under the permissions of the pages."""

    def wrap(view: View) -> View:
        name = view.__name__
        made = Operation(name, method, path, tag, summary, tuple(may), answer, **more)
        guarded = requires(*may)(view)
        bp.add_url_rule(path, name, guarded, methods=[method])
        OPERATIONS[f"api.{name}"] = made
        return guarded

    return wrap


def current() -> Operation:
    """The operation of this request."""
    return OPERATIONS[request.endpoint or ""]


def asked() -> dict[str, Any]:
    """The arguments of the address as described; Unreadable names what does not fit."""
    return _load(current().arguments, {key: request.args[key] for key in request.args})


def given() -> dict[str, Any]:
    """The body as described; Unreadable names what does not fit, Refused lacks its key."""
    wanted = current().body
    assert wanted is not None
    key()
    if not request.is_json:
        raise UnsupportedMediaType()
    try:
        held = json.loads(request.get_data())
    except (ValueError, RecursionError):
        raise Unreadable([("not_object", "", DomainError("not_object").message)]) from None
    return _load(wanted(), held)


def key() -> str:
    """The key of this request; 400 without one."""
    given = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(given):
        raise Refused(400, "key_needed")
    return given


def _load(shape: type[Shape], held: Any) -> dict[str, Any]:
    try:
        found: dict[str, Any] = shape().load(held)
    except ValidationError as error:
        raise Unreadable(list(faults(error.messages))) from None
    return found


def need_open(fields: frozenset[str], *wanted: str) -> None:
    """Forbidden unless all of these field sets are open."""
    if not fields.issuperset(wanted):
        raise Forbidden("fields_closed")


def shown(shape: type[Schema], found: Any, rev: int | None = None) -> Response:
    """An answer with its mark: 304 where the reader has just this one."""
    return sent(json.dumps(shape().dump(found), ensure_ascii=False), 200, rev)


def sent(text: str, status: int, rev: int | None) -> Response:
    """A text as an answer. Its ETag begins with the revision of the record, if it has one."""
    made = Response(text, status, content_type="application/json")
    sum_ = digest_of(text)[:24]
    made.set_etag(sum_ if rev is None else f"{rev}-{sum_}")
    made.headers["Cache-Control"] = "private, no-cache"
    made.vary.update(("Authorization", "Accept-Language"))
    if request.method == "GET":
        made.make_conditional(request.environ)
    return made


# ── lists ───────────────────────────────────────────────────────────────────────────────────────


def in_state(statement: Select[Any], column: Any) -> Select[Any]:
    """The rows of a list that are in the state which the address names, all where it names none."""
    state = asked().get("state")
    return statement if state is None else statement.where(column == state)


def selected(
    shape: type[Page], statement: Select[Any], column: Any, show: Callable[[list[Any]], list[Any]]
) -> Response:
    """One page of the rows of a statement, in the order of a column that tells them apart.

    Ids are random: a row that is added while somebody pages moves none of the others.
    """
    limit, start = place()
    wanted = statement.order_by(None).where(column > start).order_by(column).limit(limit + 1)
    rows = list(session.scalars(wanted))
    return _page(shape, rows, limit, lambda row: getattr(row, column.key), show)


def listed(
    shape: type[Page], rows: Iterable[Any], key: Callable[[Any], str],
    show: Callable[[list[Any]], list[Any]],
) -> Response:  # fmt: skip
    """One page of rows that are held already, in the order of a key that tells them apart."""
    limit, start = place()
    wanted = [row for row in sorted(rows, key=key) if key(row) > start][: limit + 1]
    return _page(shape, wanted, limit, key, show)


def _page(
    shape: type[Page], rows: list[Any], limit: int, key: Callable[[Any], str],
    show: Callable[[list[Any]], list[Any]],
) -> Response:  # fmt: skip
    """The answer of rows that are held up to one beyond the limit."""
    items, more = rows[:limit], len(rows) > limit
    cursor = encode(key(items[-1])) if more else None
    made = shown(shape, {"items": show(items), "next": cursor})
    if cursor is not None:
        args = {**request.args, "cursor": cursor}
        href = f"{request.path}?{urlencode(args)}"
        made.headers["Link"] = f'<{href}>; rel="next"'
    return made


def place() -> tuple[int, str]:
    """(limit, key after which the page begins) of this request."""
    wanted = asked()
    return wanted.get("limit") or LIMIT, decode(wanted.get("cursor"))


def encode(key: str) -> str:
    """A key as a cursor."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def decode(cursor: str | None) -> str:
    """The key of a cursor; Unreadable for one that was not handed out."""
    if not cursor:
        return ""
    try:
        key = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        key = "\0"
    if not key.isprintable():
        raise Unreadable([("cursor_wrong", "cursor", DomainError("cursor_wrong").message)])
    return key


def page_of(item: type[Schema], name: str) -> type[Page]:
    """The shape of a page of a list."""
    return type(name, (Page,), {"items": Many(Part(item), required=True)})
