"""What every request gets: an id, error pages in the reader's language, headers, filters."""

from __future__ import annotations

import errno
import logging
import secrets
from typing import Any

from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter

from app.core import problems
from app.core.errors import Busy, DomainError, register_messages
from app.core.refusals import page as error_page
from app.core.text import N_

log = logging.getLogger("jieli")

register_messages(
    {
        "not_found": N_("没有这个页面，或者不在您的查看范围内。"),
        "forbidden": N_("您当前的岗位不能做这件事。"),
        "signed_out": N_("请先登录。"),
        "stale": N_("未保存：刚才有人改过这条记录。您填的内容已保留，请核对后再提交。"),
        "no_tables": N_(
            "数据库里还没有表，没有写入任何内容。系统管理员在服务器上执行 alembic upgrade head，"
            "再执行 flask seed。"
        ),
        "busy": N_("系统正忙，没有写入任何内容，请稍后再试。"),
    }
)


class RowNumber(IntegerConverter):
    """A number in an address that a column can hold; a longer one is no address: 404."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2**63 - 1)


class Segment(UnicodeConverter):
    """Text between two strokes of an address, without NUL, which no database holds: 404."""

    def __init__(self, url_map: Map, *args: Any, **kw: Any) -> None:
        super().__init__(url_map, *args, **kw)
        self.regex = self.regex.replace("[^/]", r"[^/\x00]")


def init_app(app: Flask) -> None:
    """Request ids, texts and numbers in addresses, and error pages."""
    app.url_map.converters["int"] = RowNumber
    app.url_map.converters["default"] = app.url_map.converters["string"] = Segment

    @app.before_request
    def begin() -> None:
        g.request_id = secrets.token_hex(8)

    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(OSError, _device)
    app.register_error_handler(Exception, _unexpected)


def _domain(error: DomainError) -> ResponseReturnValue:
    if problems.asked_by_program():
        return problems.of_domain(error)
    message = None if error.status == 404 else error.message
    return error_page(error.status, message)


def _csrf(_error: CSRFError) -> ResponseReturnValue:
    return error_page(400)


KNOWN = {400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503}


def _http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400:
        return error.get_response()
    if problems.asked_by_program():
        return problems.of_http(error)
    if isinstance(error, SecurityError):
        # Under a foreign host name no address can be built, so there is no page of ours to show.
        return Response("400 Bad Request\n", 400, mimetype="text/plain")
    return error_page(code if code in KNOWN else 400 if code < 500 else 500)


def no_table(error: DBAPIError) -> bool:
    """Whether the database lacks a table: nobody has made them yet."""
    return getattr(error.orig, "sqlstate", None) == "42P01" or "no such table" in str(error.orig)


def _database(error: DBAPIError) -> ResponseReturnValue:
    if no_table(error):
        log.error("database: a table is missing; type: alembic upgrade head")
        return _bare(500, DomainError("no_tables").message)
    if not isinstance(error, OperationalError | InterfaceError):
        return _unexpected(error)
    log.error("database: %s", type(error.orig).__name__, extra={"request": g.get("request_id")})
    return _bare(503, Busy().message)


def _device(error: OSError) -> ResponseReturnValue:
    """Evidence that cannot be kept: the disk is full, over its quota, or read-only."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        return _unexpected(error)
    log.error("disk: %s", error.strerror, extra={"request": g.get("request_id")})
    return error_page(503, Busy().message)


def _unexpected(error: Exception) -> ResponseReturnValue:
    log.exception("unexpected error", exc_info=error, extra={"request": g.get("request_id")})
    return _bare(500)


def _bare(status: int, message: str | None = None) -> ResponseReturnValue:
    """A page without the rail, whose counts would ask the database that just failed."""
    g.pop("viewer", None)
    return error_page(status, message)


def wanted_path() -> str:
    """The path to come back to after signing in, from this request only."""
    return request.full_path.rstrip("?") if request.method == "GET" else request.path
