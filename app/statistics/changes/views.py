"""数据增减变动说明: the key figures at two points; one figure with the firms behind each term."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import session, steady
from app.core.paging import Page
from app.firms import queries as firms
from app.firms.models import Firm
from app.statistics import addresses, dimensions, listing
from app.statistics.changes.asked import Ends, ends, filters_of
from app.statistics.changes.lists import behind, key_splits
from app.statistics.changes.split import MEANINGS, Split, Term, split
from app.statistics.dimensions import in_words
from app.statistics.queries.figures import Desk

bp = Blueprint("changes", __name__, url_prefix="/statistics/changes")


@bp.context_processor
def _helpers() -> dict[str, Any]:
    return addresses.helpers()


def split_url(asked: Ends, found: Split, term: str = "", side: str = "") -> str:
    """The page of one figure between two ends, at one of its terms."""
    more = {"term": term, "side": side} if term else {}
    return addresses.split_url(found.now, asked.then.asof, **more)


@bp.get("")
@requires(Permission.STATISTICS_READ)
def index() -> str:
    """All key figures; with `indicator`, one figure, each of its terms with its list."""
    person = viewer()
    steady()
    asked = ends(request.args, person, today())
    desk = Desk.of(person, asked.now.asof)
    code = request.args.get("indicator", "")
    shared = {
        "asked": asked, "question": asked.now, "desk": desk, "meanings": MEANINGS,
        "split_url": split_url,
    }  # fmt: skip
    if code:
        return render_template("statistics/changes/one.html", **shared, **_one(desk, asked, code))
    rows = key_splits(desk, asked.then.asof)
    terms = [one for one in Term if any(row.part(one.value) for row in rows)]
    return render_template(
        "statistics/changes/index.html", **shared, rows=rows, terms=terms, told=_told
    )


def _one(desk: Desk, asked: Ends, code: str) -> dict[str, Any]:
    filters = filters_of(request.args)
    found = split(desk, asked.then.asof, code, filters)
    shown = behind(desk, found, request.args.get("term", ""), request.args.get("side", ""))
    return {
        "found": found,
        "entry": found.now.indicator,
        "behind": shown,
        "conditions": [
            (name, relation, value, addresses.without(key))
            for key, name, relation, value in in_words(filters)
        ],
        "columns": listing.columns(found.now.indicator),
        "listing": listing,
        "open_ids": _open(desk, shown.page) if shown else set(),
    }


def _told(found: Split) -> str:
    return dimensions.told(dict(found.now.filters))


def _open(desk: Desk, page: Page) -> set[int]:
    """Firms of a page that the viewer may open."""
    ids = [row.firm_id for row in page.items if row.firm_id]
    if not ids:
        return set()
    wanted = firms.visible(desk.viewer).where(Firm.id.in_(ids)).with_only_columns(Firm.id)
    return set(session.scalars(wanted))
