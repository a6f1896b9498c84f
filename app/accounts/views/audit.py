"""The auditor's pages: log of writes, security events, check of the chain."""

from __future__ import annotations

import datetime as dt
import re

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.accounts import audit
from app.accounts.blueprint import bp
from app.accounts.events import Event
from app.core import acts
from app.core import audit as chain
from app.core.access import Permission, requires, viewer
from app.core.days import now
from app.core.forms import parse_day
from app.core.paging import asked, paginate

HEAD = re.compile(r"(\d{1,12}):([0-9a-f]{64})")
#: Revisions whose written data is compared on the page; the command line compares all.
RECENT = 200


def _day(name: str) -> dt.date | None:
    try:
        return parse_day(request.args.get(name, ""))
    except ValueError:
        return None


def _asked() -> dict[str, str]:
    return {k: asked(k) for k in ("action", "who", "since", "until", "kind")}


@bp.get("/audit")
@requires(Permission.AUDIT_READ)
def audit_log() -> ResponseReturnValue:
    """Who wrote what when: codes and numbers, never values."""
    asked = _asked()
    page = paginate(
        audit.revisions(
            viewer(),
            action=asked["action"],
            who=asked["who"],
            since=_day("since"),
            until=_day("until"),
        ),
        scalars=False,
    )
    return render_template("accounts/audit.html", page=page, asked=asked, act=acts.act)


@bp.get("/audit/<int:number>")
@requires(Permission.AUDIT_READ)
def audit_entry(number: int) -> ResponseReturnValue:
    """One write: its seal, and how many records of which kind it touched."""
    found = audit.find(viewer(), number)
    return render_template(
        "accounts/audit_entry.html",
        entry=found,
        touched=audit.touched(viewer(), number),
        act=acts.act,
        record=acts.record,
    )


@bp.get("/audit/events")
@requires(Permission.AUDIT_READ)
def security_events() -> ResponseReturnValue:
    """Sign-ins, refusals, password changes."""
    asked, kinds = _asked(), Event.choices()
    kind = asked["kind"] if asked["kind"] in dict(kinds) else ""
    statement = audit.events(
        viewer(), kind=kind, who=asked["who"], since=_day("since"), until=_day("until")
    )
    page = paginate(statement, scalars=False)
    words = dict(kinds)
    return render_template("accounts/events.html", page=page, asked=asked, kinds=kinds, words=words)


@bp.get("/audit/check")
@requires(Permission.AUDIT_READ)
def audit_check() -> ResponseReturnValue:
    """Whether the chain is whole; with a head noted earlier, whether its tail is still there."""
    noted = HEAD.fullmatch(request.args.get("head", "").strip())
    last, digest = chain.head()
    faults = None
    if "run" in request.args:
        kept = (int(noted[1]), noted[2]) if noted else None
        faults = list(chain.verify(kept=kept, digests_from=max(1, last - RECENT + 1)))
    return render_template(
        "accounts/audit_check.html",
        head=f"{last}:{digest}",
        size=chain.size(),
        faults=faults,
        noted=noted is not None,
        typed=request.args.get("head", ""),
        recent=RECENT,
        at=now(),
    )
