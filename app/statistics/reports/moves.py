"""The move table of reports."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from app.core.access import AnyViewer, System
from app.core.access import Permission as P
from app.core.errors import Conflict, DomainError, register_messages
from app.core.text import N_, Coded
from app.firms.papers import Stored
from app.pipeline.moves.sides import is_district
from app.pipeline.moves.table import Effect, Move, Need, Side, Table
from app.statistics.models import Report
from app.statistics.models import ReportState as S

register_messages(
    {
        "report:remark": N_("请写明退回的原因。"),
        "report:newer": N_("报告刚由另一人改动，现为“%(state)s”；请核对后再按一次。"),
        "report:paper": N_("请上传一份签批件的扫描件。"),
        "report:paper_own": N_("签批人须是生成人以外的人；请填签批件上签字人的姓名。"),
        "report:paper_day": N_("签批日期不能早于报告生成之日，也不能晚于今天。"),
    }
)


class ReportAct(Coded):
    """What is done with a report once it is made."""

    SIGN = "sign", N_("签发")
    RETURN = "return", N_("退回")
    SCAN = "scan", N_("按线下签批件签发")


A = ReportAct


@dataclass(frozen=True)
class SignedPaper:
    """线下签批件: the scan, the name and the day written on it."""

    signer: str
    day: dt.date
    scan: Stored | None
    #: revision of the report that the form was filled from
    seen: int | None


@dataclass
class ReportCase:
    """A report in somebody's hands."""

    actor: AnyViewer
    today: dt.date
    row: Report
    remark: str | None = None
    paper: SignedPaper | None = None

    def state(self) -> Coded:
        """Its state now."""
        return self.row.state


def _not_own(case: ReportCase) -> bool:
    return isinstance(case.actor, System) or case.actor.person_id != case.row.made_by


def _on_paper(case: ReportCase) -> bool:
    return case.row.paper_signer is not None


OFFICE: Side[ReportCase] = Side(N_("区主管部门"), lambda case: is_district(case.actor))
NOT_OWN = Need[ReportCase]("report:own", N_("自己生成的报告由另一人签发或退回。"), _not_own)

ON_PAPER = Need[ReportCase]("report:here", N_("报告已在系统中签发，没有签批件可换。"), _on_paper)


def _sign(case: ReportCase) -> None:
    case.row.state = S.ISSUED
    case.row.signed_by, case.row.signed_on = case.actor.person_id, case.today


def _return(case: ReportCase) -> None:
    if not case.remark:
        raise DomainError("report:remark", "remark")
    case.row.state, case.row.remark = S.RETURNED, case.remark
    case.row.signed_by, case.row.signed_on = case.actor.person_id, case.today


def _folded(name: str) -> str:
    return "".join(filter(str.isalnum, name)).casefold()


def _scan(case: ReportCase) -> None:
    paper = case.paper
    if paper is None or paper.scan is None:
        raise DomainError("report:paper", "files")
    if paper.seen != case.row.rev:
        raise Conflict("report:newer", None, state=case.row.state.label)
    if _folded(paper.signer) in ("", _folded(case.row.author.name)):
        raise DomainError("report:paper_own", "signer")
    if not case.row.made_on <= paper.day <= case.today:
        raise DomainError("report:paper_day", "day")
    row, scan = case.row, paper.scan
    row.state, row.signed_by, row.signed_on = S.ISSUED, case.actor.person_id, paper.day
    row.paper_signer, row.paper_sha256 = paper.signer, scan.sha256
    row.paper_name, row.paper_type = scan.name, scan.media_type


MOVES: dict[tuple[Coded, Coded], Move[ReportCase]] = {
    (S.PENDING, A.SIGN): Move(
        frozenset({S.ISSUED}), P.REPORT_SIGN, OFFICE, (NOT_OWN,),
        (Effect(N_("报告签发，内容不再变动"), _sign),),
    ),
    (S.PENDING, A.RETURN): Move(
        frozenset({S.RETURNED}), P.REPORT_SIGN, OFFICE, (NOT_OWN,),
        (Effect(N_("报告退回，编号保留，须另行生成"), _return),),
    ),
    # a paper signed by another person is the second signature of an office with one official
    (S.PENDING, A.SCAN): Move(
        frozenset({S.ISSUED}), P.REPORT_MAKE, OFFICE, (),
        (Effect(N_("报告签发，签批件随报告留存"), _scan),),
    ),
    (S.ISSUED, A.SCAN): Move(
        frozenset({S.ISSUED}), P.REPORT_MAKE, OFFICE, (ON_PAPER,),
        (Effect(N_("换上正确的签批件，换下的登记留在台账中"), _scan),),
    ),
}  # fmt: skip
REPORT: Table[ReportCase] = Table(N_("统计报告"), tuple(S), A, MOVES)
