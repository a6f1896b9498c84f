"""The form of a 填报承诺."""

from __future__ import annotations

from typing import Any

from app.core.forms import BaseForm, DayField, Filled, PickField
from app.core.text import N_, _
from app.firms.models import MilestoneKind

#: every kind of milestone at once
ALL = "all"


def _kinds() -> list[tuple[str, str]]:
    return [(ALL, _("全部类型")), *MilestoneKind.choices()]


class PromiseForm(BaseForm):
    """Which kind (ALL: every kind), from when (empty: since the firm was founded), until when."""

    kind = PickField(N_("类型"), choices=_kinds, default=ALL)
    starts = DayField(N_("起始日期"))
    ends = DayField(N_("截止日期"), [Filled()])

    def promise(self) -> dict[str, Any]:
        """What the service takes: kind (None: all kinds), starts, ends."""
        kind = None if self.kind.data == ALL else MilestoneKind(self.kind.data or "")
        return {"kind": kind, "starts": self.starts.data, "ends": self.ends.data}
