"""What the form of 登记落地 books: an arrival of a known firm, or of one that nobody registered."""

from __future__ import annotations

import datetime as dt
from typing import Any

from app.carriers.models import Carrier
from app.core.access import AnyViewer
from app.core.errors import DomainError, register_messages
from app.core.text import N_
from app.firms import queries as firm_queries
from app.firms import uscc
from app.firms.models import Residency
from app.pipeline import service
from app.pipeline.forms import LandForm
from app.pipeline.queries import pages

register_messages(
    {
        "landing:name": N_("这个代码尚未登记，请填写企业名称。"),
        "landing:code": N_("信用代码的长度或用字不对，请核对。"),
    }
)

GIVEN = ("signed_on", "registered_on", "taxed_on", "area_m2", "remark")


def book(viewer: AnyViewer, day: dt.date, carrier: Carrier, form: LandForm) -> Residency:
    """Book the arrival; a code that nobody has registered makes a firm (直接引进)."""
    given: dict[str, Any] = {name: form[name].data or None for name in GIVEN}
    sites = {s.pid: s for s in pages.sites(carrier, day)}
    given["site"] = sites.get(form.site.data or "")
    base: dict[str, Any] = {"actor": viewer, "today": day, "carrier": carrier}
    firm = firm_queries.by_code(form.said("code"))
    if firm is not None:
        return service.land(**base, firm=firm, arrived_on=form.said("arrived_on"), **given)
    if uscc.shape_problem(form.said("code")):
        raise DomainError("landing:code", "code")
    if not form.name.data:
        raise DomainError("landing:name", "name")
    return service.land_unknown(
        **base, arrived_on=form.said("arrived_on"), name=form.name.data, code=form.said("code"),
        code_reason=form.code_reason.data, **given,
    )  # fmt: skip
