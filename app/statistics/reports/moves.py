"""The move table of reports."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from app.core.access import AnyViewer, System
from app.core.access import Permission as P
from app.core.errors import DomainError, register_messages
from app.core.text import N_, Coded
from app.pipeline.moves.sides import is_district
from app.pipeline.moves.table import Effect, Move, Need, Side, Table
from app.statistics.models import Report
from app.statistics.models import ReportState as S

register_messages({"report:remark": N_("请写明退回的原因。")})


class ReportAct(Coded):
    """What is done with a report once it is made."""

    SIGN = "sign", N_("签发")
    RETURN = "return", N_("退回")


A = ReportAct


@dataclass
class ReportCase:
    """A report in somebody's hands."""

    actor: AnyViewer
    today: dt.date
    row: Report
    remark: str | None = None

    def state(self) -> Coded:
        """Its state now."""
        return self.row.state


def _not_own(case: ReportCase) -> bool:
    return isinstance(case.actor, System) or case.actor.person_id != case.row.made_by


OFFICE: Side[ReportCase] = Side(N_("区主管部门"), lambda case: is_district(case.actor))
NOT_OWN = Need[ReportCase]("report:own", N_("自己生成的报告由另一人签发或退回。"), _not_own)


def _sign(case: ReportCase) -> None:
    case.row.state = S.ISSUED
    case.row.signed_by, case.row.signed_on = case.actor.person_id, case.today


def _return(case: ReportCase) -> None:
    if not case.remark:
        raise DomainError("report:remark", "remark")
    case.row.state, case.row.remark = S.RETURNED, case.remark
    case.row.signed_by, case.row.signed_on = case.actor.person_id, case.today


MOVES: dict[tuple[Coded, Coded], Move[ReportCase]] = {
    (S.PENDING, A.SIGN): Move(
        frozenset({S.ISSUED}), P.REPORT_SIGN, OFFICE, (NOT_OWN,),
        (Effect(N_("报告签发，内容不再变动"), _sign),),
    ),
    (S.PENDING, A.RETURN): Move(
        frozenset({S.RETURNED}), P.REPORT_SIGN, OFFICE, (NOT_OWN,),
        (Effect(N_("报告退回，编号保留，须另行生成"), _return),),
    ),
}  # fmt: skip
REPORT: Table[ReportCase] = Table(N_("统计报告"), tuple(S), A, MOVES)
