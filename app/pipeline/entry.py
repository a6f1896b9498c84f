"""The part of the page for a new firm that ties it to a carrier."""

from __future__ import annotations

import datetime as dt
from typing import Any

from wtforms import SelectField
from wtforms.validators import Optional

from app.carriers.models import INCUBATOR
from app.core.access import AnyViewer, viewer
from app.core.errors import Conflict, register_messages
from app.core.forms import DayField, Filled, PickField
from app.core.text import N_
from app.firms.models import Firm, FirmKind, ResidencyKind
from app.pipeline import service
from app.pipeline.forms import words
from app.pipeline.queries.ties import my_carrier, my_carriers, team_like
from app.pipeline.words import COUNTED_KINDS, SERVED_KINDS

register_messages({"team:twice": N_("本载体已有同名、同负责人的团队，没有重复登记。")})


def _mine() -> list[tuple[str, str]]:
    return [(c.pid, c.name) for c in my_carriers(viewer())]


class EntryForm:
    """Mix-in: where and since when the firm is counted, or is only served."""

    tie_carrier = SelectField(N_("入驻载体"), choices=_mine)
    tie_starts = DayField(N_("入驻日期"), validators=[Filled()])
    tie_kind = PickField(
        N_("入驻方式"), choices=words(*COUNTED_KINDS, *SERVED_KINDS), default="on_site"
    )
    tie_agreement_on = DayField(N_("孵化协议签订日期"), validators=[Optional()])


def apply(*, actor: AnyViewer, today: dt.date, firm: Firm, form: Any) -> None:
    """入孵 at an incubator, 登记落地 elsewhere, in the write that registers the firm.

    A team of the same name and head that is there already is refused: one press came twice.
    An address or services alone are a tie that does not count: the firm is served, not incubated.
    """
    carrier = my_carrier(actor, form.tie_carrier.data)
    if firm.kind is FirmKind.TEAM and team_like(firm, carrier):
        raise Conflict("team:twice", "name")
    kind, starts = ResidencyKind(form.tie_kind.data), form.tie_starts.data
    base: dict[str, Any] = {"actor": actor, "today": today, "firm": firm, "carrier": carrier}
    agreed = form.tie_agreement_on.data
    if kind in SERVED_KINDS:
        service.add_tie(**base, kind=kind, starts=starts, agreement_on=agreed)
    elif carrier.tier == INCUBATOR:
        service.admit(**base, kind=kind, starts=starts, agreement_on=agreed)
    else:
        service.land(**base, arrived_on=starts)
