"""The list of returns: who filed, who is late, what to send to those who are."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from app.carriers import service as carriers
from app.carriers.queries.returns import (
    filing,
    narrowed,
    newest_period,
    periods_of,
    reminders,
    returns,
    standing_counts,
)
from app.core.access import Permission, requires, viewer
from app.core.days import Period, today
from app.core.db import write
from app.core.errors import DomainError
from app.core.filters import period as period_words
from app.core.forms import BaseForm, DayField, Filled
from app.core.paging import asked, paginate
from app.core.text import N_, _
from app.firms.queries.evidence import READ_RETURN
from app.firms.queries.returns import missing, progress
from app.firms.views.blueprint import bp


class OpenForm(BaseForm):
    """布置填报: a period and the day it is due."""

    period = SelectField(N_("报告期"), [Filled()])
    due_on = DayField(N_("截止日"), [Filled()])

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        now = Period.of(today())
        periods = [now.previous, now, now.previous.previous, Period(now.year - 1)]
        self.period.choices = [SelectChoice(p.code, period_words(p)) for p in periods]


def _period() -> Period:
    try:
        return Period.parse(request.args.get("period", ""))
    except ValueError:
        return newest_period(viewer()) or Period.of(today()).previous


@bp.get("/returns")
@requires(*READ_RETURN)
def returns_list() -> ResponseReturnValue:
    """Returns of a period in scope, how many have filed, and who is late."""
    period, state, q = _period(), asked("state"), asked("q")
    statement = narrowed(returns(viewer()), period, state=state, q=q, day=today())
    page = paginate(statement)
    late = missing(viewer(), period, today()) if viewer().may(Permission.RETURN_CHECK) else []
    return render_template(
        "firms/returns.html",
        page=page,
        period=period,
        periods=periods_of(viewer()),
        state=state,
        q=q,
        counts=standing_counts(viewer(), period, today()),
        filing=filing(viewer(), period, today()),
        progress=progress(page.items, today()),
        late=late,
        reminded=reminders(page.items),
        opens=OpenForm(formdata=None) if viewer().may(Permission.RETURN_CHECK) else None,
    )


@bp.post("/returns/open")
@requires(Permission.RETURN_CHECK)
def returns_open() -> ResponseReturnValue:
    """布置填报 for a period."""
    form = OpenForm()
    due_on = form.due_on.data
    if not form.validate_on_submit() or due_on is None:
        flash(_("没有布置：请填写报告期和截止日。"), "no")
        return redirect(url_for("firms.returns_list"), 303)
    try:
        with write("return:open", actor=viewer()):
            count = carriers.open_returns(
                actor=viewer(), today=today(), period=Period.parse(form.period.data),
                due_on=due_on,
            )  # fmt: skip
    except DomainError as error:
        flash(error.message, "no")
        return redirect(url_for("firms.returns_list"), 303)
    flash(_("已向 %(n)s 家载体布置填报。", n=count), "ok")
    return redirect(url_for("firms.returns_list", period=form.period.data), 303)


@bp.post("/returns/remind")
@requires(Permission.RETURN_CHECK)
def returns_remind() -> ResponseReturnValue:
    """Note that those who have not filed were reminded today."""
    period = _period()
    with write("return:remind", actor=viewer(), note=period.code):
        count = carriers.note_reminder(actor=viewer(), today=today(), period=period)
    flash(_("已记录：今天向 %(n)s 家载体催报。", n=count), "ok")
    return redirect(url_for("firms.returns_list", period=period.code), 303)
