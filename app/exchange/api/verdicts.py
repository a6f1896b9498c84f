"""核对结果 of a firm today: in words for all who see outcomes, with values for those who may."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue

from app.core.access import viewer
from app.core.days import today
from app.core.errors import NotFound
from app.core.text import N_
from app.criteria.models import Outcome
from app.criteria.panels import FLAGS
from app.criteria.queries import assess, assess_rules, in_force
from app.criteria.verdict import Finding, Verdict
from app.exchange.api.door import asked, listed, need_open, operation, page_of, shown
from app.exchange.api.shapes import Day, Flag, Many, Part, Shape, Text, Whole, Word, yuan
from app.firms import fields, queries

TAG = N_("核对结果")
SHORT = {word.value: word.text for word in Outcome} | {"short": N_("暂未达到")}
UNIT = N_(
    "数值的单位：yuan 元（两位小数）、heads 二十四分之一人、share 万分之一、months 三十二分之一月，"
    "其余为个数；数值一律是文字，low 与 high 之间是可能的范围，null 为无界。"
)


class VerdictShape(Shape):
    """How a firm stands under a rule; the page says 本表由系统自动比对，不代替主管部门认定."""

    rule = Text(required=True)
    title = Text(required=True)
    version = Whole(required=True)
    day = Day(required=True)
    outcome = Word(Outcome, required=True)
    display = Word(
        SHORT,
        labels=SHORT,
        required=True,
        metadata={"description": N_("页面上的说法：资料不全而按已登记数据不足的，是暂未达到。")},
    )
    reason = Text(
        required=True,
        allow_none=True,
        metadata={"description": N_("为什么；可见范围不含 values 时为 null。")},
    )


class FindingShape(Shape):
    """The outcome of one clause."""

    clause = Text(required=True)
    cite = Text(required=True)
    text = Text(required=True)
    outcome = Word(Outcome, required=True)
    display = Word(SHORT, labels=SHORT, required=True)
    unit = Text(required=True, allow_none=True, metadata={"description": UNIT})
    low = Text(required=True, allow_none=True)
    high = Text(required=True, allow_none=True)
    threshold = Text(required=True, allow_none=True)
    gap = Text(required=True, allow_none=True)


class SheetShape(VerdictShape):
    """A verdict with its clauses."""

    candidate = Flag(required=True)
    manual_review = Flag(required=True)
    findings = Many(Part(FindingShape), required=True)


VerdictPage = page_of(VerdictShape, "VerdictPage")


def shape(one: Verdict, values: bool) -> dict[str, Any]:
    """A verdict as far as it is open."""
    said = str(one.reason) if values or one.outcome is Outcome.NOT_APPLICABLE else ""
    return {
        "rule": one.rule,
        "title": str(one.standard.title),
        "version": one.standard.version,
        "day": one.day,
        "outcome": one.outcome,
        "display": one.display,
        "reason": said or None,
    }


def _finding(one: Finding) -> dict[str, Any]:
    names = ("low", "high", "threshold", "gap")
    return {
        "clause": one.clause,
        "cite": str(one.cited) or one.cite,
        "text": str(one.text),
        "outcome": one.outcome,
        "display": one.display,
        "unit": "yuan" if one.unit == "fen" else one.unit,
        **{name: _number(getattr(one, name), one.unit) for name in names},
    }


def _number(value: int | None, unit: str | None) -> str | None:
    """A value in its base unit as text; fen as yuan."""
    if value is None:
        return None
    return yuan(value) if unit == "fen" else str(value)


@operation(
    "GET", "/firms/<pid>/verdicts", tag=TAG, answer=VerdictPage,
    summary=N_("一家企业今天按各项标准的核对结果"),
)  # fmt: skip
def list_verdicts(pid: str) -> ResponseReturnValue:
    """Today's outcomes; those who see no values get the rules that the firm's page flags."""
    firm = queries.find(viewer(), pid)
    seen = fields.open_to(viewer(), firm.id, today())
    need_open(seen, "outcomes")
    values, held = "values" in seen, in_force(today())
    rules = [rule for rule in held if values or rule in FLAGS]

    def judged(some: list[str]) -> list[dict[str, Any]]:
        found = assess_rules(some, firm.id, today(), items=False) if some else []
        return sorted((shape(one, values) for one in found), key=lambda one: str(one["rule"]))

    return listed(VerdictPage, rules, str, judged)


@operation(
    "GET", "/firms/<pid>/verdicts/<rule>", tag=TAG, answer=SheetShape,
    summary=N_("一家企业按一项标准的逐条核对"),
)  # fmt: skip
def get_verdict(pid: str, rule: str) -> ResponseReturnValue:
    """One rule, clause by clause."""
    firm = queries.find(viewer(), pid)
    need_open(fields.open_to(viewer(), firm.id, today()), "values")
    if rule not in in_force(today()):
        raise NotFound()
    asked()
    one = assess(rule, firm.id, today(), items=False)
    more = {
        "candidate": one.candidate,
        "manual_review": one.manual_review,
        "findings": [_finding(finding) for finding in one.findings],
    }
    return shown(SheetShape, shape(one, True) | more)
