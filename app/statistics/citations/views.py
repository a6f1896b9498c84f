"""Pages of cited figures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.carriers.models import Carrier
from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import session, steady
from app.core.forms import BaseForm
from app.core.paging import asked, paginate
from app.core.posting import submitted
from app.core.text import language
from app.statistics import addresses
from app.statistics.asof import now
from app.statistics.citations import service
from app.statistics.citations.frozen import Cited, freeze, holds, recounted, shown
from app.statistics.dimensions import DIMENSIONS
from app.statistics.forms import ask
from app.statistics.models import Citation
from app.statistics.queries.figures import Desk, Figure

bp = Blueprint("citations", __name__)
READ = Permission.STATISTICS_READ


class CiteForm(BaseForm):
    """引用此数: nothing is typed."""


@bp.context_processor
def _helpers() -> dict[str, Any]:
    return addresses.helpers() | {"cited": Cited, "tongue": language()}


@bp.post("/statistics/citations")
@requires(READ)
def cite() -> ResponseReturnValue:
    """引用此数: the figure that stands on the page gets its number."""
    steady()
    question = ask(request.form, today())
    desk = Desk.of(viewer(), question.asof)
    filters = {key: request.form[key] for key in request.form if key in DIMENSIONS}
    frozen = freeze(desk, question, request.form.get("indicator", ""), filters)
    row, form = service.cited_before(frozen), CiteForm()
    kept: list[Citation] = [row] if row else []
    if not question.slips and (
        row or submitted(form, "citation:make", lambda: kept.append(service.keep(viewer(), frozen)))
    ):
        return redirect(url_for(".one", number=kept[0].number), 303)
    for said in (*question.slips, *(text for texts in form.errors.values() for text in texts)):
        flash(said, "no")
    back = {**question.here(), "indicator": frozen.asked["indicator"], **filters}
    return redirect(url_for("statistics.listing", **back), 303)


@bp.get("/statistics/citations")
@requires(READ)
def index() -> ResponseReturnValue:
    """数据出处: what was cited; a number that was typed opens its figure."""
    wanted = asked("number")
    row = service.by_number(viewer(), wanted) if wanted else None
    if row is not None:
        return redirect(url_for(".one", number=row.number), 303)
    question = ask(request.args, today())
    return render_template(
        "statistics/citations/index.html",
        page=paginate(service.visible(viewer())),
        wanted=wanted,
        question=question,
        desk=Desk.of(viewer(), question.asof),
    )


@bp.get("/f/<number>")
@requires(READ)
def short(number: str) -> ResponseReturnValue:
    """The address that is written beside a figure."""
    row = service.one(viewer(), number)
    return redirect(url_for(".one", number=row.number), 303)


@bp.get("/statistics/citations/<number>")
@requires(READ)
def one(number: str) -> ResponseReturnValue:
    """A cited figure as it was, counted again at its own cut, and as it is known today."""
    steady()
    row = service.one(viewer(), number)
    held = Cited(row.text)
    desk = Desk.of(viewer(), held.asof)
    again = recounted(held, desk)
    return render_template(
        "statistics/citations/one.html",
        row=row,
        held=held,
        told=held.words(language()),
        again=again,
        recounted=shown(held.entry, *again) if again and held.entry else None,
        latest=_latest(held, desk),
        list_href=_list(held, desk),
    )


def _latest(held: Cited, desk: Desk) -> dict[str, Any] | None:
    """As it is known today for the same day, and why it is another number."""
    asof = held.asof
    latest = desk.at(replace(now(asof.day, asof.count), joined=asof.joined))
    numbers = recounted(held, latest)
    if numbers is None or held.entry is None:
        return None
    split = None
    narrowed = None if asof.joined else _narrowed(held, desk)
    if narrowed:
        split = addresses.split_url(replace(narrowed, asof=latest.asof, value=numbers[0]), asof)
    return {
        "numbers": numbers,
        "same": numbers == held.numbers,
        "shown": shown(held.entry, *numbers),
        "difference": numbers[0] - held.numbers[0],
        "cut": latest.asof.cut,
        "split": split,
    }


def _list(held: Cited, desk: Desk) -> str | None:
    """The list behind it, where one of the reader's has as many rows."""
    figure = _narrowed(held, desk)
    return addresses.list_url(figure) if figure else None


def _narrowed(held: Cited, desk: Desk) -> Figure | None:
    """The cited figure among those of the reader: the same one, or the district's of a carrier."""
    if held.entry is None:
        return None
    figure = held.figure(held.asof, held.numbers[0])
    if holds(held.scope, desk.scope):  # and the other way, or it would not be visible
        return figure
    carrier = held.scope.only_carrier
    if carrier is None or "carrier" in held.filters:
        return None
    pid = session.scalars(select(Carrier.pid).where(Carrier.id == carrier)).one()
    return replace(figure, filters=(*figure.filters, ("carrier", pid)))
