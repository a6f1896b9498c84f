"""Conditions of the list of firms on standing verdicts, read from the verdict cache."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Flask
from sqlalchemy import Select, exists, or_, select

from app.core.access import AnyViewer
from app.core.panels import Filter, registry
from app.core.text import N_, _
from app.criteria.live import showing
from app.criteria.models import Outcome, Standard, StandardForce, StandardState, Verdict
from app.firms.models import Firm


def standing(rule: str, day: dt.date) -> Select[Any]:
    """Id of the approved standard of a rule in force on a day for new cases."""
    return (
        select(Standard.id)
        .join(StandardForce, StandardForce.standard_id == Standard.id)
        .where(
            Standard.rule == rule,
            Standard.state == StandardState.APPROVED,
            StandardForce.kind == "new",
            StandardForce.round.is_(None),
            StandardForce.starts <= day,
            or_(StandardForce.ends.is_(None), StandardForce.ends > day),
        )
        .order_by(StandardForce.starts.desc())
        .limit(1)
    )


def judged(statement: Select[Any], rule: str, shown: str, day: dt.date) -> Select[Any]:
    """Firms whose verdict under a rule shows an outcome: the cached one if it is of the day."""
    live = showing(rule, shown, day)
    if live is not None:
        return statement.where(Firm.id.in_(live))
    return statement.where(
        exists().where(
            Verdict.subject_id == Firm.id,
            Verdict.standard_id == standing(rule, day).scalar_subquery(),
            Verdict.kind == "new",
            Verdict.display == shown,
        )
    )


def graduation(statement: Select[Any], _viewer: AnyViewer, value: str, day: dt.date) -> Select[Any]:
    """By outcome of the graduation conditions."""
    return judged(statement, "incubator.graduation", value, day)


def near(statement: Select[Any], _viewer: AnyViewer, _value: str, day: dt.date) -> Select[Any]:
    """Near-graduates."""
    return judged(statement, "incubator.near_graduate", Outcome.MET, day)


def shown() -> list[tuple[str, str]]:
    """Outcomes as pages show them: 暂未达到 stands apart from 资料不全."""
    return [
        (Outcome.MET.value, Outcome.MET.label),
        ("short", _("暂未达到")),
        (Outcome.UNKNOWN.value, Outcome.UNKNOWN.label),
        (Outcome.NOT_MET.value, Outcome.NOT_MET.label),
        (Outcome.NOT_APPLICABLE.value, Outcome.NOT_APPLICABLE.label),
    ]


def init_app(app: Flask) -> None:
    """Register the conditions unless the rule book has its own."""
    held = registry(app)
    taken = {one.key for one in held.filters}
    offered = (
        Filter("graduation", N_("毕业条件"), shown, graduation, 16),
        Filter("near", N_("准毕业"), lambda: [("1", _("是"))], near, 17),
    )
    held.filters += [one for one in offered if one.key not in taken]
