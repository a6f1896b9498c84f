"""自述数据 of a firm: what only it or an expert can say, with the days for which it holds."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue

from app.carriers.models import Verification
from app.core.access import viewer
from app.core.days import today
from app.core.stated import StatedKey, show_end
from app.core.text import N_
from app.exchange.api.door import asked, given, listed, operation, page_of, shown
from app.exchange.api.firms import RECORD, recordable
from app.exchange.api.once import matched, written
from app.exchange.api.shapes import Day, Number, Shape, Text, Word
from app.exchange.api.typed import body, typed
from app.firms import service
from app.firms.forms.milestone import VoidForm
from app.firms.forms.stated import StatedEdit, StatedForm
from app.firms.models import StatedFigure
from app.firms.queries.figures import find_stated, stated_of
from app.firms.stated import BY_KEY, KEYS

TAG = N_("自述数据")
WORDS = {key.name: key.text for key in KEYS}
PLACE = "/firms/<pid>/stated/<key>/<day>"


class StatedShape(Shape):
    """What was stated for a day, as low and high; a yes is 1, a no 0, what nobody knows null."""

    key = Word(WORDS, labels=WORDS, required=True)
    day = Day(required=True)
    until = Day(
        required=True, metadata={"description": N_("自这一天起不再有效。")}
    )  # fmt: skip
    low = Number(required=True, allow_none=True)
    high = Number(required=True, allow_none=True)
    unit = Text(required=True)
    verification = Word(Verification, required=True)


class StatementName(Shape):
    """A statement that no longer counts; its history stays."""

    key = Word(WORDS, labels=WORDS, required=True)
    day = Day(required=True)


StatedPage = page_of(StatedShape, "StatedPage")
Stated = tuple[StatedKey, StatedFigure]


def shape(held: Stated) -> dict[str, Any]:
    """A statement as its page tells it."""
    key, row = held
    return {
        "key": row.key, "day": row.day, "until": row.until, "unit": key.unit,
        "low": show_end(key, row.low), "high": show_end(key, row.high),
        "verification": row.verification,
    }  # fmt: skip


@operation(
    "GET", "/firms/<pid>/stated", tag=TAG, answer=StatedPage, may=RECORD,
    summary=N_("一家企业的自述数据"),
)  # fmt: skip
def list_stated(pid: str) -> ResponseReturnValue:
    """All that was stated of a firm."""
    return listed(
        StatedPage, stated_of(recordable(pid)), lambda held: f"{held[1].key} {held[1].day}",
        lambda some: list(map(shape, some)),
    )  # fmt: skip


@operation("GET", PLACE, tag=TAG, answer=StatedShape, may=RECORD, summary=N_("一条自述数据"))
def get_stated(pid: str, key: str, day: str) -> ResponseReturnValue:
    """What was stated under a key for a day."""
    held = find_stated(recordable(pid), key, day)
    asked()
    return shown(StatedShape, shape(held), held[1].rev)


@operation(
    "POST", "/firms/<pid>/stated", tag=TAG, answer=StatedShape, may=RECORD, status=201,
    body=body("StatedBody", StatedForm), summary=N_("登记一条自述数据；同一天再说一次即更正"),
)  # fmt: skip
def state(pid: str) -> ResponseReturnValue:
    """Record a statement; for the same day it corrects the one that stands."""
    firm, form = recordable(pid), typed(StatedForm, given())
    key, day = BY_KEY[form.key.data], form.day.data or today()
    low, high = form.stated or (None, None)

    def record() -> tuple[dict[str, Any], int]:
        row = service.state_figure(
            actor=viewer(), today=today(), firm=firm, key=key.name, day=day, low=low, high=high,
            until=form.until.data or key.until(day, low), reason=form.reason.data,
        )  # fmt: skip
        return shape((key, row)), row.rev

    return written("stated:record", record, StatedShape, status=201, note=form.reason.data)


@operation(
    "PUT", PLACE, tag=TAG, answer=StatedShape, may=RECORD, matches=True,
    body=body("StatedEditBody", StatedEdit), summary=N_("更正一条自述数据"),
)  # fmt: skip
def correct_stated(pid: str, key: str, day: str) -> ResponseReturnValue:
    """Correct what was stated; what it was stays in the history."""
    known, row = find_stated(recordable(pid), key, day)
    form = typed(StatedForm, given() | {"key": row.key, "day": row.day})
    rev = matched(row)
    low, high = form.stated or (None, None)

    def correct() -> tuple[dict[str, Any], int]:
        made = service.correct_stated(
            actor=viewer(), today=today(), row=row, rev=rev, low=low, high=high,
            until=form.until.data or known.until(row.day, low), reason=form.reason.data,
        )  # fmt: skip
        return shape((known, made)), made.rev

    return written("stated:correct", correct, StatedShape, note=form.reason.data)


@operation(
    "POST", f"{PLACE}/void", tag=TAG, answer=StatementName, may=RECORD, matches=True,
    body=body("VoidStatedBody", VoidForm), summary=N_("作废一条自述数据"),
)  # fmt: skip
def void_stated(pid: str, key: str, day: str) -> ResponseReturnValue:
    """作废 with a reason."""
    _known, row = find_stated(recordable(pid), key, day)
    form, rev = typed(VoidForm, given()), matched(row)
    gone = {"key": row.key, "day": row.day}

    def void() -> tuple[dict[str, Any], None]:
        service.void_entry(
            actor=viewer(), today=today(), row=row, reason=form.reason.data, rev=rev
        )  # fmt: skip
        return gone, None

    return written("stated:void", void, StatementName, note=form.reason.data)
