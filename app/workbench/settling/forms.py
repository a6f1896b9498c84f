"""The form of 整体转入."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import HiddenField, StringField
from wtforms.validators import Length

from app.core.forms import BaseForm, DayField, DropField, Filled, options
from app.core.text import N_


class ResettleForm(BaseForm):
    """Who receives the firms, from which day, why and by what document."""

    receiver = DropField(N_("接收载体"), choices=[("", "—")], validators=[Filled()])
    day = DayField(N_("转入日期"), [Filled()])
    reason = StringField(N_("理由"), [Filled(), Length(max=120)])
    document = StringField(N_("文号"), [Length(max=80)])
    seen = HiddenField()

    def offer(self, carriers: Iterable[tuple[str, str]]) -> None:
        """Let one of these (public id, name) be chosen."""
        self.receiver.choices = options([("", "—"), *carriers])

    @property
    def remark(self) -> str:
        """What is kept on each new tie."""
        return " · ".join(filter(None, (self.reason.data, self.document.data)))
