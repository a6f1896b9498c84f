"""What the rule book adds to the firm's page and to the list of firms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask, g, url_for

from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.core.filters import wan
from app.core.panels import Column, NavEntry, Panel, Todo, registry
from app.core.text import N_, _
from app.criteria import citing, effects, showing
from app.criteria.drafts import waiting
from app.criteria.paper import foretold
from app.criteria.plan import tree_of
from app.criteria.queries import assess_many, assess_rules, followed, in_force
from app.criteria.verdict import Ask, Verdict
from app.criteria.verdicts import standing
from app.firms import answer, fields
from app.firms.hooks import hooks
from app.firms.models import Firm

GRADUATION = "incubator.graduation"
MONEY = "equity_received"
Cells = Callable[[AnyViewer, list[int], dt.date], dict[int, Any]]
#: rules that stand as flags under a firm's stage path, in this order
FLAGS = (GRADUATION, "tech_sme", "incubator.near_graduate", "park.ready", "incubator.clock")


def panels(viewer: AnyViewer, firm: Firm, day: dt.date) -> Iterator[Panel]:
    """Flags and the sheet of graduation conditions; words only where the relation says so."""
    seen = fields.open_to(viewer, firm.id, day)
    if "outcomes" not in seen:
        return
    values = "values" in seen
    standing = in_force(day)
    rules = [rule for rule in FLAGS if rule in standing]
    if not rules:
        return
    verdicts = assess_rules(rules, firm.id, day)
    closed = _("明细仅所在载体和区级可见")
    items = [
        (
            str(one.standard.short),
            one.display,
            str(one.reason) if values or one.display == "not_applicable" else closed,
            url_for("criteria.conditions", pid=firm.pid, rule=one.rule) if values else None,
        )
        for one in verdicts
    ]
    yield Panel("flags", "criteria/flags.html", {"items": items}, 20, "flags")
    for one in verdicts:
        if one.rule == GRADUATION:
            yield Panel(
                "check", "criteria/check.html", check(viewer, one, firm, values), 10, "main"
            )


def check(viewer: AnyViewer, verdict: Verdict, firm: Firm, values: bool) -> dict[str, Any]:
    """Data of the sheet's panel; whoever may record gets the box for what is missing."""
    data: dict[str, Any] = {
        "verdict": verdict, "rows": showing.rows(verdict, firm.pid), "values": values,
        "box": None, "entry": None, "ahead": dict(foretold(verdict)) if values else {},
    }  # fmt: skip
    if verdict.ask is not None and values and fields.may_record(viewer, firm.id, verdict.day):
        data |= asked(viewer, verdict.ask, firm, verdict.day)
    return data


def asked(viewer: AnyViewer, ask: Ask, firm: Firm, day: dt.date) -> dict[str, Any]:
    """The box that takes the missing input, or the page where it is entered.

    What passes on from a firm before is entered there, by those who may.
    """
    missing, entry = answer.missing_of(ask.kind, ask.field, ask.year, ask.milestone_id)
    if entry is not None and entry.firm_id != firm.id:
        if not fields.may_record(viewer, entry.firm_id, day):
            return {}
        older = session.get_one(Firm, entry.firm_id)
        return {"entry": url_for("firms.milestone", pid=older.pid, entry_pid=entry.pid)}
    if missing.answerable:
        return {"box": {"missing": missing, "form": answer.blank(firm, missing, entry)}}
    if entry is not None:
        return {"entry": url_for("firms.milestone", pid=firm.pid, entry_pid=entry.pid)}
    if ask.kind == "stated":
        return {"entry": url_for("firms.stated", pid=firm.pid, key=ask.field)}
    return {"entry": url_for("firms.edit", pid=firm.pid)}


def judged(viewer: AnyViewer, ids: list[int], day: dt.date) -> dict[int, dict[str, Any]]:
    """Outcome, reason and financing of a page of firms, as far as each may be seen; nothing of
    those that are not judged each day, as no list by outcome has them.

    The columns of one page share one assessment.
    """
    key = (viewer.code, day, tuple(ids))
    kept: tuple[Any, dict[int, dict[str, Any]]] | None = g.get("judged")
    if kept is None or kept[0] != key:
        kept = g.judged = key, judged_of(viewer, sorted(followed(ids, day)), day)
    return kept[1]


def judged_of(viewer: AnyViewer, ids: list[int], day: dt.date) -> dict[int, dict[str, Any]]:
    """The same of whichever firms."""
    if GRADUATION not in in_force(day):
        return {}
    seen, found = fields.open_to_each(viewer, ids, day), assess_many(GRADUATION, ids, day)
    return {
        firm_id: {
            "display": one.display,
            "reason": str(one.reason) if "values" in seen.get(firm_id, ()) else None,
            "money": _money(one) if "values" in seen.get(firm_id, ()) else None,
        }
        for firm_id, one in found.items()
        if "outcomes" in seen.get(firm_id, ())
    }


def _money(verdict: Verdict) -> str | None:
    """Capital received as the clause on it counts it; None before the first that is certain."""
    held = next((f for f in verdict.findings if f.fact == MONEY), None)
    return str(wan(held.low)) if held is not None and held.low else None


def others(viewer: AnyViewer, firm: Firm, day: dt.date) -> Iterator[Panel]:
    """Name and outcome of each standard that has no flag; sheets only where figures are open."""
    seen = fields.open_to(viewer, firm.id, day)
    if "outcomes" not in seen:
        return
    rules = [rule for rule in sorted(in_force(day)) if rule not in FLAGS]
    held, shown, values = in_force(day), standing(rules, firm.id, day), "values" in seen
    items = [
        (
            str(held[rule].tree.short),
            shown[rule],
            url_for("criteria.conditions", pid=firm.pid, rule=rule) if values else None,
        )
        for rule in rules
        if rule in shown
    ]
    if items:
        yield Panel("standards", "criteria/others.html", {"items": items}, 40, "main")


def part(name: str) -> Cells:
    """The cells of a column: one part of what a page of firms was judged to."""

    def cells(viewer: AnyViewer, ids: list[int], day: dt.date) -> dict[int, Any]:
        return {firm_id: one[name] for firm_id, one in judged(viewer, ids, day).items()}

    return cells


def todos(viewer: AnyViewer, day: dt.date) -> Iterator[Todo]:
    """Drafts of standards that wait for this viewer; those of one's own wait for somebody else."""
    if not viewer.may(Permission.STANDARD_APPROVE):
        return
    for row in waiting(viewer.person_id):
        yield Todo(
            due=day,
            title=_("标准草稿待批准"),
            detail=_("第 %(n)s 版", n=row.version),
            subject=str(tree_of(row.content).title),
            url=url_for("criteria.standard", rule=row.rule),
            action=_("查看"),
        )


def init_app(app: Flask) -> None:
    """Register panels, columns and what a write tells of its effect."""
    hooks(app).effects.append(effects.told)
    app.jinja_env.filters["points"] = showing.points
    app.jinja_env.filters["document"] = citing.document
    held = registry(app)
    held.firm += [panels, others]
    held.todos.append(todos)
    held.nav.append(
        NavEntry(
            group=N_("报表与标准"), text=N_("标准"), endpoint="criteria.standards", icon="book",
            position=75, shows=lambda v: v.may(Permission.STANDARD_READ),
        )
    )  # fmt: skip
    held.columns += [
        Column(
            "graduation", N_("毕业条件"), cells=part("display"), template="criteria/cell.html",
            position=30,
        ),
        Column("basis", N_("依据或差距"), cells=part("reason"),
               template="criteria/basis.html", position=32, shows=fields.reached("values")),
        Column("money", N_("累计到账融资"), N_("万元"), cells=part("money"), numeric=True,
               position=36, shows=fields.reached("values")),
    ]  # fmt: skip
