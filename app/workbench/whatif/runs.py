"""Runs of 标准调整测算 that were kept under a name."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core.access import AnyViewer
from app.core.canonical import canonical
from app.core.db import session
from app.core.errors import Conflict, Forbidden, NotFound, register_messages
from app.core.text import N_
from app.criteria.plan import Version
from app.criteria.queries import version_of
from app.criteria.trial import changed_version
from app.criteria.trial_form import TrialForm, trial_form
from app.workbench.models import TrialRun
from app.workbench.whatif.effect import Effect, effect
from app.workbench.whatif.tables import figures

register_messages({"trial:named": N_("您已用这个名称保存过这项标准的一次测算，请换一个名称。")})


def tried(viewer: AnyViewer, base: Version, form: TrialForm, day: dt.date) -> Effect:
    """What the numbers of a read form would change."""
    assert form.made is not None
    return effect(viewer, base, changed_version(base, form.made), day)


def save(
    *, actor: AnyViewer, today: dt.date, base: Version, form: TrialForm, name: str
) -> TrialRun:
    """Keep the numbers that differ and what came out. The rule in force stays as it is.

    Raises Conflict `trial:named` where the author has kept a run of the rule under the name.
    """
    assert actor.person_id is not None
    same = select(TrialRun.id).where(
        TrialRun.rule == base.rule, TrialRun.author_id == actor.person_id, TrialRun.name == name
    )
    if session.scalar(select(same.exists())):
        raise Conflict("trial:named", "name")
    found = figures(tried(actor, base, form, today))
    run = TrialRun(
        rule=base.rule, name=name, author_id=actor.person_id, day=today, standard_id=base.id,
        boxes=canonical(form.address), **found,
    )  # fmt: skip
    session.add(run)
    session.flush()
    return run


def drop(*, actor: AnyViewer, run: TrialRun) -> None:
    """Forget one's own run; Forbidden for another's."""
    if run.author_id != actor.person_id:
        raise Forbidden()
    session.delete(run)
    session.flush()


def kept_runs(_viewer: AnyViewer, rule: str | None = None) -> list[TrialRun]:
    """The runs of a rule or of all, the newest first. Whoever may try, sees them all."""
    statement = select(TrialRun).options(joinedload(TrialRun.author), joinedload(TrialRun.standard))
    if rule is not None:
        statement = statement.where(TrialRun.rule == rule)
    return list(session.scalars(statement.order_by(TrialRun.id.desc())))


def find(_viewer: AnyViewer, pid: str) -> TrialRun:
    """A run by its public id; NotFound without one."""
    found = session.scalars(select(TrialRun).where(TrialRun.pid == pid)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def form_of(run: TrialRun, day: dt.date) -> TrialForm:
    """The run's boxes over the version in force today, read."""
    form = trial_form(version_of(run.rule, day), run.asked)
    form.validate()
    return form
