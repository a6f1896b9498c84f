"""Rounds of applications as the acts on them read them."""

from __future__ import annotations

import datetime as dt
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import aliased

from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.core.errors import NotFound
from app.core.text import _
from app.criteria.plan import Version
from app.criteria.queries import book, version_for
from app.firms import fields
from app.firms.models import Firm, Milestone, MilestoneKind, Title
from app.firms.queries import visible
from app.pipeline.models import Application, ApplicationRound, ApplicationState, RoundKind

#: rule → the title that it is about; only these are applied for in rounds
TITLES = {
    "hnte": Title.HNTE,
    "tech_sme": Title.TECH_SME,
    "innovative_sme": Title.INNOVATIVE_SME,
    "specialised_sme": Title.SPECIALISED_SME,
    "little_giant": Title.LITTLE_GIANT,
    "sh_tech_giant": Title.SH_TECH_GIANT,
    "sh_tech_giant_cultivation": Title.SH_TECH_GIANT_CULTIVATION,
}

#: handed in, and neither recognised nor failed
UNDER_WAY = (ApplicationState.FILED, ApplicationState.RECOMMENDED, ApplicationState.ANNOUNCED)


def name_of(row: ApplicationRound) -> str:
    """A round in words: 2026 年第 2 批 高新技术企业（复核）."""
    title = TITLES[row.rule].label
    if row.kind is RoundKind.REVIEW:
        title = _("%(title)s（%(kind)s）", title=title, kind=row.kind.label)
    return _("%(year)s 年第 %(batch)s 批 %(title)s", year=row.year, batch=row.batch, title=title)


def one_round(viewer: AnyViewer, pid: str) -> ApplicationRound:
    """A round: its notice is public. NotFound for an unknown one."""
    viewer.need(Permission.FIRM_READ)
    found = session.scalars(
        select(ApplicationRound).where(ApplicationRound.pid == pid)
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


def applications(
    viewer: AnyViewer, row: ApplicationRound, pids: list[str], day: dt.date
) -> list[Application]:
    """Some applications of a round, of firms whose milestones the viewer may read, in their order.

    NotFound when one of them is not there for the viewer.
    """
    open_ = fields.current(viewer, "milestones", day)
    firms = visible(viewer).where(open_).with_only_columns(Firm.id).order_by(None)
    statement = (
        select(Application)
        .join(Firm, Firm.id == Application.firm_id)
        .where(
            Application.round_id == row.id, Application.pid.in_(pids),
            Application.firm_id.in_(firms),
        )
        .order_by(Firm.sort_key, Firm.id)
    )  # fmt: skip
    found = list(session.scalars(statement))
    if len(found) != len(set(pids)):
        raise NotFound()
    return found


def of_firm(firm: Firm) -> list[Application]:
    """The firm's applications, the newest round first."""
    statement = (
        select(Application)
        .join(ApplicationRound, ApplicationRound.id == Application.round_id)
        .where(Application.firm_id == firm.id)
        .order_by(ApplicationRound.district_on.desc(), Application.id.desc())
    )
    return list(session.scalars(statement))


def application_in(firm: Firm, row: ApplicationRound) -> Application | None:
    """The firm's application in a round."""
    return session.scalars(
        select(Application).where(Application.firm_id == firm.id, Application.round_id == row.id)
    ).one_or_none()


def application_of_year(firm: Firm, row: ApplicationRound) -> Application | None:
    """The firm's application under the same rule in the same year, in whichever round."""
    return session.scalars(
        select(Application).where(
            Application.firm_id == firm.id, Application.rule == row.rule,
            Application.year == row.year,
        )
    ).one_or_none()  # fmt: skip


def like(rule: str, year: int, batch: int, kind: RoundKind) -> ApplicationRound | None:
    """The round of a rule, year, batch and kind."""
    return session.scalars(
        select(ApplicationRound).where(
            ApplicationRound.rule == rule, ApplicationRound.year == year,
            ApplicationRound.batch == batch, ApplicationRound.kind == kind,
        )
    ).one_or_none()  # fmt: skip


def held_by(milestone_id: int) -> Application | None:
    """The application that a recognition came of."""
    return session.scalars(
        select(Application).where(Application.milestone_id == milestone_id)
    ).one_or_none()


#: the day of a recognition: its certificate's, else its filing's, else its announcement's
SINCE = func.coalesce(Milestone.issued_on, Milestone.filed_on, Milestone.announced_on)


def _entered_since() -> Select[Milestone]:
    """Recognitions of the title applied for, on record since the firm handed in, that belong to
    no application; to be joined to applications."""
    taken = aliased(Application)
    return select(Milestone).where(
        Milestone.firm_id == Application.firm_id, Milestone.kind == MilestoneKind.RECOGNITION,
        Milestone.title == case(TITLES, value=Application.rule), Milestone.revoked_on.is_(None),
        SINCE >= Application.filed_on,
        ~select(taken.id).where(taken.milestone_id == Milestone.id).exists(),
    )  # fmt: skip


def entered_before(row: Application) -> Milestone | None:
    """The recognition of the same title that the firm has had on record since it handed in, and
    that belongs to no other application; the earliest."""
    statement = _entered_since().where(Application.id == row.id).order_by(SINCE, Milestone.id)
    return session.scalars(statement.limit(1)).first()


def day_of(entry: Milestone) -> dt.date:
    """The day from which a recognition counts as had."""
    day = entry.issued_on or entry.filed_on or entry.announced_on
    assert day is not None
    return day


@cache
def listed() -> ColumnElement[bool]:
    """An application still under way whose firm already has the recognition on record, mostly
    since an official list was read in."""
    held = _entered_since().with_only_columns(Milestone.id).correlate(Application).exists()
    return and_(Application.state.in_(UNDER_WAY), held)


def count_in(row: ApplicationRound) -> int:
    """How many firms are in a round, whoever sees them."""
    statement = select(func.count()).select_from(Application)
    return session.scalar(statement.where(Application.round_id == row.id)) or 0


def filed_after(row: ApplicationRound, day: dt.date) -> int:
    """How many firms of a round handed in after a day, whoever sees them."""
    return _filed(row, Application.filed_on > day)


def filed_before(row: ApplicationRound, day: dt.date) -> int:
    """How many firms of a round handed in before a day, whoever sees them."""
    return _filed(row, Application.filed_on < day)


def _filed(row: ApplicationRound, when: ColumnElement[bool]) -> int:
    statement = select(func.count()).select_from(Application)
    return session.scalar(statement.where(Application.round_id == row.id, when)) or 0


def cycle_of(row: ApplicationRound) -> str | None:
    """The name under which a notice has set thresholds of its own for the round: its year and
    batch (2025-4), else its year (2025); None where the general version applies."""
    named = {force[1] for version in book().get(row.rule, []) for force in version.force}
    for name in (f"{row.year}-{row.batch}", str(row.year)):
        if name in named:
            return name
    return None


def version_in(row: ApplicationRound, day: dt.date) -> Version | None:
    """The version by which a firm in the round is judged on a basis day: that of the notice for
    the round, else the general one, read as for a new case where none is for reviews; None where
    no standard is in force."""
    for kind in dict.fromkeys((row.kind.value, RoundKind.NEW.value)):
        try:
            return version_for(row.rule, day, kind, cycle_of(row))
        except NotFound:
            continue
    return None


def kind_in(row: ApplicationRound, day: dt.date) -> str:
    """The kind of case under which that version is in force."""
    version = version_in(row, day)
    cycle = cycle_of(row)
    own = row.kind.value
    if version is not None and any(version.in_force(day, own, c) for c in (cycle, None)):
        return own
    return RoundKind.NEW.value
