"""统计报告: numbered, frozen at a cut, signed by another; read as they were frozen."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask.typing import ResponseReturnValue

from app.core.access import Permission, viewer
from app.core.text import N_, language
from app.exchange.api.door import Paged, asked, in_state, operation, page_of, selected, shown
from app.exchange.api.shapes import Day, Many, Part, Pid, Shape, Text, Whole, Word
from app.statistics.asof import Count
from app.statistics.models import Report, ReportState
from app.statistics.reports import service

TAG = N_("统计报告")
READ = (Permission.STATISTICS_READ,)


class ReportShape(Shape):
    """A numbered report."""

    id = Pid(required=True)
    number = Text(required=True)
    title = Text(required=True)
    state = Word(ReportState, required=True)
    as_of = Day(required=True)
    cut = Whole(required=True, metadata={"description": N_("数据截至的修订号。")})
    made_on = Day(required=True)
    signed_on = Day(required=True, allow_none=True)
    remark = Text(required=True, allow_none=True, metadata={"description": N_("退回的原因。")})
    sum = Text(required=True, metadata={"description": N_("报告内容的校验码（SHA-256）。")})


class NarrowedShape(Shape):
    """What a figure was narrowed to."""

    by = Text(required=True)
    value = Text(required=True)


class FrozenShape(Shape):
    """A figure as it was frozen, with the definition that held then."""

    code = Text(required=True)
    name = Text(required=True)
    version = Whole(required=True)
    definition = Text(required=True)
    day = Day(required=True)
    count = Word(Count, required=True)
    narrowed = Many(Part(NarrowedShape), required=True)
    value = Whole(required=True)


class WholeReportShape(ReportShape):
    """A report with its figures."""

    figures = Many(Part(FrozenShape), required=True)


ReportPage = page_of(ReportShape, "ReportPage")


class ReportsAsked(Paged):
    """Which of them."""

    state = Word(ReportState)


def shape(row: Report) -> dict[str, Any]:
    """A report as its list tells it."""
    names = ("number", "title", "state", "as_of", "cut", "made_on", "signed_on", "remark")
    return {"id": row.pid, "sum": row.digest, **{name: getattr(row, name) for name in names}}


@operation(
    "GET", "/reports", tag=TAG, answer=ReportPage, may=READ, query=lambda: ReportsAsked,
    summary=N_("统计报告；限看得到全区数字的岗位"),
)  # fmt: skip
def list_reports() -> ResponseReturnValue:
    """Reports within the viewer's scope."""
    statement = in_state(service.visible(viewer()), Report.state)
    return selected(ReportPage, statement, Report.pid, lambda rows: list(map(shape, rows)))


@operation(
    "GET", "/reports/<pid>", tag=TAG, answer=WholeReportShape, may=READ,
    summary=N_("一份统计报告，数字与固定时相同"),
)  # fmt: skip
def get_report(pid: str) -> ResponseReturnValue:
    """One report with the very figures that were frozen."""
    row = service.one(viewer(), pid)
    asked()
    body = service.body_of(row)
    told = {one["code"]: one for one in body.definitions(language())}
    figures = [
        {
            **{name: told[one["code"]][name] for name in ("code", "name", "version", "definition")},
            **{name: one[name] for name in ("count", "value")},
            "day": dt.date.fromisoformat(one["day"]),
            "narrowed": [{"by": by, "value": str(value)} for by, value in one["filters"]],
        }
        for one in body.content["figures"]
    ]
    return shown(WholeReportShape, shape(row) | {"figures": figures}, row.rev)
