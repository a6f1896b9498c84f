"""佐证材料: listed, added and handed out by the rights of the record that a file hangs on."""

from __future__ import annotations

import io
from typing import Any

from flask import Response, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.exceptions import UnsupportedMediaType

from app.core.access import Permission, viewer
from app.core.days import today
from app.core.db import session
from app.core.errors import NotFound
from app.core.text import N_
from app.exchange.api.door import (
    FILE,
    asked,
    given,
    key,
    listed,
    need_open,
    operation,
    page_of,
    shown,
)
from app.exchange.api.firms import RECORD, recordable
from app.exchange.api.names import Gone
from app.exchange.api.once import matched, written
from app.exchange.api.shapes import Instant, Pid, Shape, Text, Whole
from app.exchange.api.typed import body, typed
from app.firms import fields, queries, service
from app.firms.forms.milestone import VoidForm
from app.firms.models import Evidence, Milestone
from app.firms.papers import NAME_LENGTH, Stored, keep, open_paper
from app.firms.queries.evidence import find_evidence, of_firm
from app.firms.queries.milestones import find_milestone

TAG = N_("佐证材料")
READ = (Permission.FIRM_READ, Permission.CARRIER_READ)


class EvidenceShape(Shape):
    """A file and the record that it belongs to."""

    id = Pid(required=True)
    name = Text(required=True)
    media_type = Text(required=True)
    size = Whole(required=True, metadata={"description": N_("字节数。")})
    sha256 = Text(required=True)
    added_at = Instant(required=True)
    milestone = Pid(
        required=True, allow_none=True,
        metadata={"description": N_("所证明的大事；不属于某件大事的为 null。")},
    )  # fmt: skip


EvidencePage = page_of(EvidenceShape, "EvidencePage")


class FileAsked(Shape):
    """What goes with a file that is sent."""

    name = Text(NAME_LENGTH, required=True, metadata={"description": N_("文件名。")})


class EvidenceAsked(FileAsked):
    """What goes with a file of a firm."""

    milestone = Pid(metadata={"description": N_("所证明的大事；不给出的为企业的材料。")})


def shapes(rows: list[Evidence]) -> list[dict[str, Any]]:
    """Files as they are listed."""
    ids = {row.milestone_id for row in rows if row.milestone_id is not None}
    statement = select(Milestone.id, Milestone.pid).where(Milestone.id.in_(ids))
    known = dict(session.execute(statement.order_by(Milestone.id)).all())
    names = ("name", "media_type", "size", "sha256", "added_at")
    return [
        {
            "id": row.pid,
            "milestone": known.get(row.milestone_id or 0),
            **{name: getattr(row, name) for name in names},
        }
        for row in rows
    ]


def one(row: Evidence) -> tuple[dict[str, Any], int]:
    """A file with its revision."""
    return shapes([row])[0], row.rev


def sent_file(name: str) -> Stored:
    """The file that is the body of this request, looked at and kept.

    Only the type for files of any kind is taken: what a file is, its content says.
    """
    key()
    if request.mimetype != FILE:
        raise UnsupportedMediaType()
    return keep(io.BytesIO(request.get_data()), name)


@operation(
    "GET", "/firms/<pid>/evidence", tag=TAG, answer=EvidencePage,
    summary=N_("一家企业的佐证材料"),
)  # fmt: skip
def list_evidence(pid: str) -> ResponseReturnValue:
    """All files of a firm, for those who see its evidence."""
    firm = queries.find(viewer(), pid)
    need_open(fields.open_to(viewer(), firm.id, today()), "evidence")
    return listed(EvidencePage, of_firm(firm), lambda row: row.pid, shapes)


@operation(
    "POST", "/firms/<pid>/evidence", tag=TAG, answer=EvidenceShape, may=RECORD, status=201,
    takes_file=True, query=lambda: EvidenceAsked,
    summary=N_("上传一份佐证材料：文件即请求内容"),
)  # fmt: skip
def add_evidence(pid: str) -> ResponseReturnValue:
    """Attach a file to a firm or to one of its milestones."""
    firm = recordable(pid)
    wanted, entry = asked(), None
    if wanted.get("milestone"):
        entry = find_milestone(viewer(), firm, wanted["milestone"], today())
    stored = sent_file(wanted["name"])

    def add() -> tuple[dict[str, Any], int]:
        made = service.add_evidence(
            actor=viewer(), today=today(), firm=firm, stored=stored, milestone=entry
        )
        return one(made)

    return written("evidence:add", add, EvidenceShape, status=201)


@operation(
    "GET", "/evidence/<pid>", tag=TAG, answer=EvidenceShape, may=READ,
    summary=N_("一份佐证材料的说明"),
)  # fmt: skip
def get_evidence(pid: str) -> ResponseReturnValue:
    """What a file is."""
    row = find_evidence(viewer(), pid, today())
    asked()
    return shown(EvidenceShape, *one(row))


@operation(
    "GET", "/evidence/<pid>/content", tag=TAG, answer=None, may=READ,
    summary=N_("下载一份佐证材料"),
)  # fmt: skip
def get_evidence_content(pid: str) -> ResponseReturnValue:
    """The file itself, always as a download."""
    row = find_evidence(viewer(), pid, today())
    asked()
    try:
        opened = open_paper(row.sha256)
    except FileNotFoundError:
        raise NotFound() from None
    made: Response = send_file(
        opened, mimetype=row.media_type, as_attachment=True, download_name=row.name,
        conditional=False, etag=row.sha256, max_age=0,
    )  # fmt: skip
    made.vary.add("Authorization")
    return made.make_conditional(request.environ)


@operation(
    "POST", "/evidence/<pid>/void", tag=TAG, answer=Gone, may=RECORD, matches=True,
    body=body("VoidEvidenceBody", VoidForm), summary=N_("作废一份佐证材料"),
)  # fmt: skip
def void_evidence(pid: str) -> ResponseReturnValue:
    """作废 with a reason; the row stays in the history."""
    row = find_evidence(viewer(), pid, today())
    form = typed(VoidForm, given())
    matched(row)

    def void() -> tuple[dict[str, str], None]:
        service.void_evidence(actor=viewer(), today=today(), paper=row, reason=form.reason.data)
        return {"id": pid}, None

    return written("evidence:void", void, Gone, note=form.reason.data)
