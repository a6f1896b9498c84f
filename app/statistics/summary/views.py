"""Pages of 综合情况表: the form of a return, what each number is made of, the paper to sign."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.carriers.queries.returns import find_return
from app.core.access import requires, viewer
from app.core.days import today
from app.core.db import steady
from app.firms.queries.evidence import READ_RETURN
from app.statistics.summary import words
from app.statistics.summary.form import Form, bridge, form_of, item_of
from app.statistics.summary.items import value

bp = Blueprint("summary", __name__, url_prefix="/returns/<pid>/summary")


def _form(pid: str) -> Form:
    person = viewer()
    steady()
    return form_of(person, find_return(person, pid), today())


@bp.get("")
@requires(*READ_RETURN)
def form(pid: str) -> ResponseReturnValue:
    """The form of one carrier and period."""
    return render_template("statistics/summary/form.html", form=_form(pid), words=words)


@bp.get("/print")
@requires(*READ_RETURN)
def paper(pid: str) -> ResponseReturnValue:
    """The form on A4, to be signed and stamped."""
    return render_template("statistics/summary/paper.html", form=_form(pid), words=words)


@bp.get("/<code>")
@requires(*READ_RETURN)
def item(pid: str, code: str) -> ResponseReturnValue:
    """What one number is made of, each part with the place where it is entered."""
    found, one = _form(pid), item_of(code)
    crossed = one.bridges and not found.asked.period.quarter
    return render_template(
        "statistics/summary/item.html", form=found, item=one, words=words,
        value=value(one, found.asked),
        bridge=bridge(one, found.asked, found.asked.fourth) if crossed else None,
    )  # fmt: skip
