"""Log lines: one JSON object each, in UTC, with ids and codes and never what anybody typed."""

from __future__ import annotations

import datetime as dt
import json
import logging
import sys
import time
import traceback
from typing import Any

from flask import Flask, Response, g, request

from app.core.access import Viewer

log = logging.getLogger("jieli.request")
#: what a line may say besides its message: codes, ids and numbers
FIELDS = ("request", "person", "token", "method", "route", "status", "ms")


class Line(logging.Formatter):
    """A record as one line of JSON; line breaks inside it are escaped."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat("T", "milliseconds"),
            "level": record.levelname,
            "from": record.name,
            "said": record.getMessage(),
        }
        line |= {name: held for name in FIELDS if (held := getattr(record, name, None)) is not None}
        if record.exc_info:
            line["trace"] = _trace(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def _trace(error: BaseException | None) -> list[str]:
    """The kinds of error, the last first, each with the lines of code it came through.

    Not their messages: a database says there what it was given, and so may any other library.
    """
    told: list[str] = []
    while error is not None:
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        state = getattr(error, "sqlstate", None)
        told.append(f"{kind} {state}" if state else kind)
        told += [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ]
        error = error.__cause__ or error.__context__
    return told


def _begin() -> None:
    g.begun = time.perf_counter()


def _note(response: Response) -> Response:
    """One line a request: the pattern of its address, not the address, which may hold a name."""
    rule = request.url_rule
    if rule is not None and rule.endpoint.startswith("assets."):
        return response
    person = g.get("viewer")
    known = {
        "request": g.get("request_id"),
        "person": person.person_id if isinstance(person, Viewer) else None,
        "token": getattr(g.get("bearer"), "pid", None),
        "method": request.method,
        "route": rule.rule if rule is not None else None,
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.begun) * 1000) if "begun" in g else None,
    }
    log.info("request", extra=known)
    return response


def init_app(app: Flask) -> None:
    """Write to standard error at the level that is set; tests keep their own handlers."""
    app.before_request(_begin)
    app.after_request(_note)
    level = app.config["LOG_LEVEL"]
    for logger in (logging.getLogger("jieli"), app.logger):
        logger.setLevel(level)
        if not app.config["TESTING"]:
            handler = logging.StreamHandler(sys.stderr)
            handler.setFormatter(Line())
            logger.handlers[:] = [handler]
            logger.propagate = False
