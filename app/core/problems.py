"""Refusals for programs (RFC 9457): the codes and sentences of the pages, as problem+json."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from flask import Response, g, has_request_context, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from app.core.errors import DomainError, register_messages
from app.core.text import N_

#: Addresses below this one are for programs: they take a token, never a session or a cookie.
PREFIX = "/api/"
MEDIA_TYPE = "application/problem+json"

register_messages(
    {
        "bad_request": N_("请求读不懂，没有写入任何内容。请对照接口说明。"),
        "no_such_method": N_("这个地址不接受这种请求方法，允许的方法见 Allow。"),
        "too_large": N_("请求太大，没有写入任何内容。"),
        "not_json": N_("请求内容须为 application/json。"),
        "failed": N_("系统出错了，没有写入任何内容。请把请求编号告诉系统管理员。"),
    }
)
#: what a status says by itself
SAID = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "no_such_method",
    413: "too_large",
    415: "not_json",
    500: "failed",
    503: "busy",
}
#: code, field and sentence of what is wrong in a body or an address
Fault = tuple[str, str, str]


class Unreadable(DomainError):
    """What a program sent does not fit the description; `faults` names each place."""

    def __init__(self, faults: Sequence[Fault], code: str = "unreadable", **values: Any) -> None:
        super().__init__(code, **values)
        self.faults = list(faults)


register_messages({"unreadable": N_("请求内容有 %(n)s 处不合，没有写入任何内容。")})


def asked_by_program() -> bool:
    """Whether this request is one of a program."""
    return has_request_context() and request.path.startswith(PREFIX)


def answer(status: int, code: str, detail: str, faults: Sequence[Fault] = ()) -> Response:
    """A refusal. `code` stays the same in both languages; `detail` is for people to read."""
    said: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES.get(status, "Error"),
        "status": status,
        "code": code,
        "detail": detail,
        "request": g.get("request_id", ""),
    }
    if faults:
        said["errors"] = [{"field": f, "code": c, "detail": d} for c, f, d in faults]
    return Response(json.dumps(said, ensure_ascii=False), status, content_type=MEDIA_TYPE)


def of_domain(error: DomainError) -> Response:
    """A refusal of the domain, with the field that it belongs to.

    Like the page of a status 404, it does not say whether there is such a thing.
    """
    if isinstance(error, Unreadable):
        error.values = {**error.values, "n": len(error.faults)}
        return answer(error.status, error.code, error.message, error.faults)
    if error.status == 404:
        return of_status(404)
    faults = [(error.code, error.field, error.message)] if error.field else []
    made = answer(error.status, error.code, error.message, faults)
    if error.status == 401:
        made.headers["WWW-Authenticate"] = 'Bearer realm="jieli"'
    if (seconds := getattr(error, "seconds", None)) is not None:
        made.headers["Retry-After"] = str(seconds)
    return made


def of_status(status: int, message: str | None = None) -> Response:
    """A refusal that only has a status."""
    code = SAID.get(status) or SAID[500 if status >= 500 else 400]
    return answer(status, code, message or DomainError(code).message)


def of_http(error: HTTPException) -> Response:
    """What the server itself refuses; a 405 keeps its Allow."""
    made = of_status(error.code or 500)
    for name, value in error.get_headers(request.environ):
        if name not in ("Content-Type", "Content-Length"):
            made.headers[name] = value
    return made
