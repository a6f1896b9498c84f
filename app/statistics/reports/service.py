"""Making, signing and finding numbered reports."""

from __future__ import annotations

from typing import IO

from sqlalchemy import Select, select

from app.core.access import AnyViewer
from app.core.days import today
from app.core.db import Revision, session
from app.core.errors import NotFound
from app.firms.papers import open_paper
from app.statistics.models import Report, ReportBody, ReportState
from app.statistics.reports.frozen import Body
from app.statistics.reports.moves import REPORT, ReportAct, ReportCase, SignedPaper
from app.statistics.scope import scope_of


def add(actor: AnyViewer, title: str, body: Body) -> Report:
    """Keep a frozen body under the next number of the year. Inside a write."""
    day = today()
    assert actor.person_id is not None
    row = Report(
        year=day.year, serial=Report.next_serial(day.year), title=title,
        state=ReportState.PENDING, as_of=body.asof.day, cut=body.asof.cut,
        made_by=actor.person_id, made_on=day, digest=body.digest,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add(ReportBody(report_id=row.id, text=body.text))
    return row


def act(
    actor: AnyViewer,
    pid: str,
    action: ReportAct,
    remark: str | None = None,
    paper: SignedPaper | None = None,
) -> Report:
    """签发, 退回, or entering the paper that was signed. Inside a write. Raises NotFound,
    Forbidden, or DomainError with what is missing."""
    row = one(actor, pid)
    REPORT.perform(action, ReportCase(actor, today(), row, remark, paper))
    return row


def open_scan(row: Report) -> IO[bytes]:
    """The scan of the paper that was signed. Raises NotFound where there is none."""
    if row.paper_sha256 is None:
        raise NotFound()
    try:
        return open_paper(row.paper_sha256)
    except FileNotFoundError:
        raise NotFound() from None


def seal_of(row: Report) -> str:
    """Head of the audit chain at the cut of a report: the hash of its last revision."""
    return session.scalars(select(Revision.hash).where(Revision.id == row.cut)).one() or ""


def visible(viewer: AnyViewer) -> Select[Report]:
    """Reports that a viewer may open, the newest first: whoever reads the whole district's
    figures, all of them; others none."""
    found = select(Report).order_by(Report.year.desc(), Report.serial.desc())
    return found if scope_of(viewer).whole else found.where(Report.id.is_(None))


def one(viewer: AnyViewer, pid: str) -> Report:
    """A report. Raises NotFound."""
    row = session.scalar(visible(viewer).where(Report.pid == pid))
    if row is None:
        raise NotFound()
    return row


def by_number(viewer: AnyViewer, text: str) -> Report | None:
    """The report whose number somebody typed: TJ-2026-0012, 2026-12; None without one."""
    read = Report.read(text)
    if read is None:
        return None
    year, serial = read
    return session.scalar(visible(viewer).where(Report.year == year, Report.serial == serial))


def body_of(row: Report) -> Body:
    """What a report froze."""
    return Body(
        session.scalars(select(ReportBody.text).where(ReportBody.report_id == row.id)).one()
    )
