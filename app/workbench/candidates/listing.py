"""The firms of a rule: who stands where, how far from the thresholds, and what each lacks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import request

from app.core.access import Viewer
from app.core.db import session
from app.core.paging import paginate
from app.core.text import _
from app.criteria.plan import Version
from app.criteria.queries import assess_many, in_force
from app.firms import fields
from app.firms.models import Firm
from app.workbench.candidates.asked import Asked, Frame, asked, bare, chips, offered
from app.workbench.candidates.lacking import how_far, lacks
from app.workbench.candidates.results import RESULTS, Standing, Tally, near_words, standing, tally
from app.workbench.columns import carrier_cells
from app.workbench.firm_list import named_ids

PAGE = "workbench.candidates"
FARTHEST = "-distance"


@dataclass(frozen=True)
class Row:
    """One firm of the list; None for what its reader may not see. `firm` None: counted only."""

    firm: Firm | None
    place: dict[str, Any] | None = None
    display: str | None = None
    far: str | None = None
    lacks: str | None = None
    #: whether values are open: the sheet may be read
    open: bool = False


@dataclass(frozen=True)
class Listing(Frame):
    """Everything the page shows."""

    version: Version
    result: str
    sort: str
    rows: list[Row]
    near: str


def result_asked() -> str:
    """The result of the address; empty for all whom the rule applies to."""
    given = request.args.get("result", "")
    return given if given in RESULTS else ""


def build(viewer: Viewer, rule: str, day: dt.date) -> Listing:
    """The list as the address asks for it; NotFound for a rule that is not about firms."""
    held, found, result = standing(viewer, rule, day), asked(viewer), result_asked()
    counts = tally(viewer, day, rule, found.now)
    sort = request.args.get("sort", "")
    statement = chosen(held, viewer, day, found, result, sort)
    page = paginate(statement, total=counts.of(result))
    return Listing(
        version=in_force(day)[rule],
        asked=found,
        result=result,
        sort=sort if sort == FARTHEST else "distance",
        page=page,
        rows=rows(viewer, rule, list(page.items), day),
        tabs=tabs(found, rule, result, counts),
        chips=chips(found, PAGE, {"rule": rule}, result=result),
        filters=offered(viewer),
        near=near_words(rule, day),
        bare=bare(found, PAGE, {"rule": rule}),
    )


def chosen(
    held: Standing, viewer: Viewer, day: dt.date, found: Asked, result: str, sort: str
) -> Any:
    """The firms of a result in the order asked for, as a statement."""
    statement = held.firms(viewer, day, found.now).where(held.within(result))
    return statement.order_by(None).order_by(*held.order(viewer, day, sort == FARTHEST))


def rows(viewer: Viewer, rule: str, firms: list[Firm], day: dt.date) -> list[Row]:
    """What the viewer may see of some firms under the rule."""
    ids = named_ids(viewer, [firm.id for firm in firms])
    seen = fields.open_to_each(viewer, ids, day)
    places = carrier_cells(viewer, ids, day) if ids else {}
    verdicts = assess_many(rule, ids, day) if ids else {}
    made = []
    for firm in firms:
        verdict = verdicts.get(firm.id)
        if verdict is None or "outcomes" not in seen[firm.id]:
            made.append(Row(firm if firm.id in ids else None, places.get(firm.id)))
            continue
        values = "values" in seen[firm.id]
        made.append(
            Row(
                firm, places.get(firm.id), verdict.display,
                how_far(verdict) if values else None, lacks(verdict) if values else None, values,
            )
        )  # fmt: skip
    return made


def tabs(found: Asked, rule: str, result: str, counts: Tally) -> list[dict[str, Any]]:
    """The results with their counts; nothing is said of one that nobody has, save the chosen."""
    whole = {"text": _("适用企业"), "href": found.url(PAGE, {"rule": rule}), "count": counts.of(""),
             "current": not result}  # fmt: skip
    return [whole] + [
        {
            "text": _(text),
            "href": found.url(PAGE, {"rule": rule}, result=key),
            "count": counts.of(key),
            "current": key == result,
        }
        for key, text in RESULTS.items()
        if counts.of(key) or key == result
    ]


def all_ids(statement: Any) -> list[int]:
    """Ids of a whole list, in its order."""
    return list(session.scalars(statement.with_only_columns(Firm.id, maintain_column_froms=True)))
