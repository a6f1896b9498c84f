"""里程碑 of a firm: read, logged, corrected and voided as on its page."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue
from marshmallow import fields as kinds
from sqlalchemy import Boolean, Date, Integer

from app.carriers.models import Verification
from app.core.access import viewer
from app.core.days import today
from app.core.db import Code, Fen
from app.core.errors import DomainError, register_messages
from app.core.text import N_
from app.exchange.api.door import asked, given, listed, need_open, operation, page_of, shown
from app.exchange.api.firms import RECORD, recordable
from app.exchange.api.names import Gone
from app.exchange.api.once import matched, written
from app.exchange.api.shapes import (
    Day,
    Flag,
    Money,
    Pid,
    Rate,
    Text,
    Whole,
    Word,
    named,
)
from app.exchange.api.typed import body, typed
from app.firms import fields, queries, service
from app.firms.forms.milestone import LABELS, VoidForm, for_kind
from app.firms.kinds import typed_fields
from app.firms.models import Milestone, MilestoneKind
from app.firms.queries.milestones import find_milestone, of_firm

TAG = N_("大事")
#: amounts of another currency, kept in its hundredths, and what one unit of it costs
OWN: dict[str, type[kinds.Field[Any]]] = {"original": Money, "rate": Rate}

register_messages({"kind_stays": N_("类别不能更正；记错了类别，请作废后重记。")})


def _column(name: str) -> kinds.Field[Any]:
    """A column of milestones as it is shown; null is not recorded."""
    stored = Milestone.__table__.c[name].type
    kw: dict[str, Any] = {"allow_none": True, "metadata": {"description": LABELS[name]}}
    if name in OWN:
        return OWN[name](**kw)
    if isinstance(stored, Code):
        return Word(stored.words, **kw)
    shapes: tuple[tuple[type, type[kinds.Field[Any]]], ...] = (
        (Fen, Money), (Boolean, Flag), (Date, Day), (Integer, Whole),
    )  # fmt: skip
    found = next((shape for kind, shape in shapes if isinstance(stored, kind)), Text)
    return found(**kw)


COLUMNS = sorted({name for kind in MilestoneKind for name in typed_fields(kind)})
MilestoneShape = named(
    "MilestoneShape",
    id=Pid(required=True),
    kind=Word(MilestoneKind, required=True),
    verification=Word(Verification, required=True),
    **{name: _column(name) for name in COLUMNS},
)
MilestonePage = page_of(MilestoneShape, "MilestonePage")

LOG = body("MilestoneBody", *map(for_kind, MilestoneKind), kind=Word(MilestoneKind, required=True))
VOID = body("VoidBody", VoidForm)


def shape(entry: Milestone) -> dict[str, Any]:
    """An entry with the fields of its kind."""
    found = {name: getattr(entry, name) for name in typed_fields(entry.kind)}
    own = {"id": entry.pid, "kind": entry.kind, "verification": entry.verification}
    return found | own


def _with_mark(entry: Milestone) -> tuple[dict[str, Any], int]:
    return shape(entry), entry.rev


def key(entry: Milestone) -> str:
    """What pages are ordered by."""
    return entry.pid


@operation(
    "GET", "/firms/<pid>/milestones", tag=TAG, answer=MilestonePage,
    summary=N_("一家企业的大事"),
)  # fmt: skip
def list_milestones(pid: str) -> ResponseReturnValue:
    """A firm's milestones as far as they are open."""
    firm = queries.find(viewer(), pid)
    need_open(fields.open_to(viewer(), firm.id, today()), "milestones")
    rows = of_firm(viewer(), firm, today())
    return listed(MilestonePage, rows, key, lambda some: [shape(one) for one in some])


@operation(
    "GET", "/firms/<pid>/milestones/<entry_pid>", tag=TAG, answer=MilestoneShape,
    summary=N_("一件大事"),
)  # fmt: skip
def get_milestone(pid: str, entry_pid: str) -> ResponseReturnValue:
    """One milestone."""
    entry = find_milestone(viewer(), queries.find(viewer(), pid), entry_pid, today())
    asked()
    return shown(MilestoneShape, *_with_mark(entry))


@operation(
    "POST", "/firms/<pid>/milestones", tag=TAG, answer=MilestoneShape, may=RECORD, body=LOG,
    status=201, summary=N_("记一件大事"),
)  # fmt: skip
def log_milestone(pid: str) -> ResponseReturnValue:
    """Log a milestone."""
    firm = recordable(pid)
    held = given()
    kind = MilestoneKind(held.pop("kind"))
    form = typed(for_kind(kind), held)

    def log() -> tuple[dict[str, Any], int]:
        entry = service.log_milestone(
            actor=viewer(), today=today(), firm=firm, kind=kind, **form.values()
        )
        return _with_mark(entry)

    return written("milestone:log", log, MilestoneShape, status=201)


@operation(
    "PUT", "/firms/<pid>/milestones/<entry_pid>", tag=TAG, answer=MilestoneShape, may=RECORD,
    body=LOG, matches=True, summary=N_("更正一件大事：给出全部各项，没有给的即清空"),
)  # fmt: skip
def correct_milestone(pid: str, entry_pid: str) -> ResponseReturnValue:
    """Correct a milestone; what it was stays in the history."""
    firm = queries.find(viewer(), pid)
    entry = find_milestone(viewer(), firm, entry_pid, today())
    fields.need_record(viewer(), firm.id, today())
    held = given()
    if held.pop("kind") != entry.kind:
        raise DomainError("kind_stays", "kind")
    form, rev = typed(for_kind(entry.kind), held), matched(entry)

    def correct() -> tuple[dict[str, Any], int]:
        service.correct_milestone(
            actor=viewer(), today=today(), entry=entry, rev=rev, reason=form.reason.data,
            **form.values(),
        )  # fmt: skip
        return _with_mark(entry)

    return written("milestone:correct", correct, MilestoneShape, note=form.reason.data)


@operation(
    "POST", "/firms/<pid>/milestones/<entry_pid>/void", tag=TAG, answer=Gone, may=RECORD,
    body=VOID, matches=True, summary=N_("作废一件大事"),
)  # fmt: skip
def void_milestone(pid: str, entry_pid: str) -> ResponseReturnValue:
    """作废 with a reason."""
    firm = queries.find(viewer(), pid)
    entry = find_milestone(viewer(), firm, entry_pid, today())
    form, rev = typed(VoidForm, given()), matched(entry)

    def void() -> tuple[dict[str, str], None]:
        service.void_entry(
            actor=viewer(), today=today(), row=entry, reason=form.reason.data, rev=rev
        )
        return {"id": entry_pid}, None

    return written("milestone:void", void, Gone, note=form.reason.data)
