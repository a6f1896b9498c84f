"""差距清单: where chosen firms stand under a rule, and what they still owe us."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from app.core.access import Viewer
from app.core.db import session
from app.core.errors import NotFound
from app.core.text import _
from app.criteria.panels import judged_of
from app.criteria.queries import assess_many, assess_rows, in_force, rows_of
from app.firms import fields, queries
from app.firms.models import Firm
from app.workbench.candidates.expected import Expected, expected, record_words
from app.workbench.candidates.lacking import open_ways, ways
from app.workbench.candidates.results import GRADUATION
from app.workbench.columns import carrier_cells, months_cells
from app.workbench.outlook.ahead import Outlook, from_rows
from app.workbench.outlook.record import record_words as rule_record

#: A list of chosen firms is one page of the list at most.
MOST = 100


@dataclass(frozen=True)
class Gap:
    """One firm: where it is, how it stands, why, and the capital received in 万元.

    What the viewer may not see is None.
    """

    firm: Firm
    carrier: str | None
    display: str | None
    reason: str | None
    money: str | None
    #: ways that are still open, the shortest first, and the quarter it is expected in
    ways: tuple[str, ...] = ()
    expected: Expected | None = None
    #: beside each way by when its clause is expected to be met; None where figures do not tell
    ahead: tuple[str | None, ...] = ()
    outlook: Outlook | None = None
    months: dict[str, Any] | None = None

    @property
    def reminder(self) -> str:
        """One line to send: the firm and what is open."""
        what = self.reason if self.reason and self.expected else _("；").join(self.ways)
        return _("%(firm)s：%(what)s", firm=self.firm.name, what=what or self.reason or "—")


def rule_asked(day: dt.date) -> str:
    """The rule of the address; graduation where none is named. NotFound for one not in force."""
    rule = request.args.get("rule", GRADUATION)
    if rule != GRADUATION and rule not in in_force(day):
        raise NotFound()
    return rule


def build(viewer: Viewer, pids: Sequence[str], day: dt.date, rule: str = GRADUATION) -> list[Gap]:
    """The chosen firms within the viewer's scope, in the order of their names."""
    wanted = queries.visible(viewer).where(Firm.pid.in_(list(pids)[:MOST]))
    firms = list(session.scalars(wanted.order_by(None).order_by(Firm.sort_key, Firm.id)))
    return _graduation(viewer, firms, day) if rule == GRADUATION else _by(viewer, rule, firms, day)


def _by(viewer: Viewer, rule: str, firms: list[Firm], day: dt.date) -> list[Gap]:
    """By any other rule, each clause with its forecast."""
    ids = [firm.id for firm in firms]
    seen, places = fields.open_to_each(viewer, ids, day), carrier_cells(viewer, ids, day)
    rows = list(rows_of(rule, [one for one in ids if "outcomes" in seen[one]], day))
    told = assess_rows(rule, rows, day)
    looked = from_rows([row for row in rows if "values" in seen[row[1]["id"]]], day)
    found = []
    for firm in firms:
        verdict, place = told.get(firm.id), places[firm.id]["carrier"]
        if verdict is None:
            found.append(Gap(firm, place, None, None, None))
            continue
        outlook = looked.get(firm.id)
        if outlook is None:
            found.append(Gap(firm, place, verdict.display, None, None))
            continue
        open_ = open_ways(verdict)
        answers = [outlook.clauses.get(clause) for clause, _text in open_]
        found.append(
            Gap(
                firm, place, verdict.display, str(verdict.reason), None,
                tuple(text for _clause, text in open_),
                ahead=tuple(one.words if one else None for one in answers), outlook=outlook,
            )
        )  # fmt: skip
    return found


def forecast_cells(gap: Gap) -> list[str | None]:
    """By when it is expected, and by what, as a file has it; nothing where values are closed."""
    if gap.expected is not None:
        return [gap.expected.words, gap.expected.why or None]
    if gap.outlook is None:
        return [None, None]
    pairs = zip(gap.ways, gap.ahead, strict=True)
    told = _("；").join(_("%(way)s：%(ahead)s", way=w, ahead=a) for w, a in pairs if a)
    return [gap.outlook.words, told or None]


def record(rule: str) -> list[str]:
    """How often forecasts under a rule were right on earlier days."""
    return record_words() if rule == GRADUATION else rule_record(rule)


def _graduation(viewer: Viewer, firms: list[Firm], day: dt.date) -> list[Gap]:
    ids = [firm.id for firm in firms]
    held, places = judged_of(viewer, ids, day), carrier_cells(viewer, ids, day)
    seen, months = fields.open_to_each(viewer, ids, day), months_cells(viewer, ids, day)
    open_ = [one for one in ids if "values" in seen[one] and one in held]
    told = expected({one: held[one]["display"] for one in open_}, day)
    # while no standard is in force, what was found before is shown without ways
    judging = open_ and GRADUATION in in_force(day)
    verdicts = assess_many(GRADUATION, open_, day) if judging else {}
    return [
        Gap(
            firm, places[firm.id]["carrier"], *_shown(held.get(firm.id, {})),
            ways(verdicts[firm.id]) if firm.id in verdicts else (), told.get(firm.id),
            months=months.get(firm.id),
        )
        for firm in firms
    ]  # fmt: skip


def _shown(one: dict[str, Any]) -> tuple[Any, Any, Any]:
    return one.get("display"), one.get("reason"), one.get("money")
