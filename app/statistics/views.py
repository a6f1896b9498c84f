"""Pages of the room. Each reads one question from the address and answers it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import session, steady
from app.core.errors import NotFound
from app.core.paging import paginate
from app.firms import queries as firms
from app.firms.models import Firm
from app.statistics import addresses, charts, listing, tables
from app.statistics.dimensions import DIMENSIONS, in_words
from app.statistics.forms import Question, ask
from app.statistics.indicators import REGISTER, indicator
from app.statistics.queries import capacity, carriers, cohorts, overview, plan
from app.statistics.queries.figures import Desk

bp = Blueprint("statistics", __name__, url_prefix="/statistics")
READ = Permission.STATISTICS_READ
#: Rows of the table on the first page.
FIRST_ROWS = 8


@bp.context_processor
def _helpers() -> dict[str, Any]:
    return addresses.helpers()


def _asked() -> tuple[Question, Desk]:
    """The question of the address, answered from one snapshot."""
    person = viewer()
    steady()
    question = ask(request.args, today())
    return question, Desk.of(person, question.asof)


@bp.get("")
@requires(READ)
def index() -> str:
    """毕业统计."""
    question, desk = _asked()
    cohort_pair = [cohorts.cohort(desk, *years) for years in cohorts.pair(desk.asof)]
    moved, by_year = overview.flow(desk), overview.years(desk)
    return render_template(
        "statistics/overview.html",
        question=question,
        desk=desk,
        key=overview.key(desk),
        tiers=overview.tiers(desk),
        flow=moved,
        flow_data=charts.flow(moved),
        room=capacity.capacity(desk, today()),
        years=by_year,
        years_data=charts.years(by_year),
        cohorts=cohort_pair,
        curve_data=charts.curves(cohort_pair),
        marks=cohorts.MARKS,
        coverage=overview.coverage(desk),
        comparison=carriers.compare(desk),
        first_rows=FIRST_ROWS,
    )


@bp.get("/list", endpoint="listing")
@requires(READ)
def behind() -> str:
    """The list behind a figure."""
    question, desk = _asked()
    entry = indicator(request.args.get("indicator", ""))
    filters = {key: request.args[key] for key in request.args if key in DIMENSIONS}
    cut, page = entry.cuts(filters), paginate(desk.listed(entry.code, filters), scalars=False)
    ids = [row.firm_id for row in page.items if row.firm_id]
    wanted = firms.visible(desk.viewer).where(Firm.id.in_(ids)).with_only_columns(Firm.id)
    open_ids = set(session.scalars(wanted)) if ids else set()
    return render_template(
        "statistics/list.html",
        question=question,
        desk=desk,
        entry=entry,
        page=page,
        open_ids=open_ids,
        share=desk.share(entry.code, **entry.outside(filters)) if entry.part and not cut else None,
        conditions=[
            (name, relation, value, addresses.without(key))
            for key, name, relation, value in in_words(filters)
        ],
        cited=None if cut else addresses.asked(desk.figure(entry.code, page.total, **filters)),
        columns=listing.columns(entry),
        listing=listing,
        changes_url=None
        if desk.asof.joined and "carrier" in filters
        else addresses.changes_url(question.here(), entry.code, filters),
    )


@bp.get("/graduations")
@requires(READ)
def graduations() -> str:
    """Graduations by one dimension."""
    question, desk = _asked()
    by = request.args.get("by", "year")
    return _table(question, desk, "graduations", tables.graduations(desk, by, _year(desk)))


@bp.get("/stock")
@requires(READ)
def stock() -> str:
    """Firms and teams by what they are and where."""
    question, desk = _asked()
    by = request.args.get("by", "type")
    return _table(question, desk, "stock", tables.stock(desk, by))


@bp.get("/hatched")
@requires(READ)
def hatched() -> str:
    """孵化高企 by carrier or another dimension."""
    question, desk = _asked()
    by = request.args.get("by", "carrier")
    return _table(question, desk, "hatched", tables.hatched(desk, by))


@bp.get("/cohorts")
@requires(READ)
def cohort_years() -> str:
    """Entry years and what became of each."""
    question, desk = _asked()
    return _table(question, desk, "cohorts", tables.cohort_years(desk))


def _year(desk: Desk) -> int:
    year = request.args.get("year", desk.asof.year, type=int)
    if not 1990 <= year <= desk.asof.year:
        raise NotFound()
    return year


def _table(question: Question, desk: Desk, page: str, table: tables.Table) -> str:
    return render_template(
        "statistics/table.html", question=question, desk=desk, here_page=page, table=table
    )


@bp.get("/carriers")
@requires(READ)
def comparison() -> str:
    """Incubators side by side."""
    question, desk = _asked()
    return render_template(
        "statistics/carriers.html",
        question=question,
        desk=desk,
        comparison=carriers.compare(desk),
    )


@bp.get("/targets")
@requires(READ)
def targets() -> str:
    """规划目标."""
    question, desk = _asked()
    return render_template(
        "statistics/targets.html", question=question, desk=desk, sets=plan.plan(desk)
    )


@bp.get("/indicators")
@requires(READ)
def definitions() -> str:
    """统计口径: the register of indicators."""
    question, desk = _asked()
    return render_template(
        "statistics/indicators.html", question=question, desk=desk, entries=REGISTER.values()
    )
