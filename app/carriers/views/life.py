"""前身与承接 of a carrier, and taking back what was announced."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.carriers import queries, service
from app.carriers.forms import VoidForm
from app.carriers.models import Carrier, SuccessionKind
from app.carriers.queries import over_act, succession
from app.carriers.views.blueprint import bp
from app.carriers.views.pages import save_part, show_page
from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.db import write
from app.core.errors import NotFound
from app.core.posting import submitted
from app.core.text import _


@bp.post("/carriers/<pid>/successions")
@requires(Permission.CARRIER_STATUS)
def succession_save(pid: str) -> ResponseReturnValue:
    """Record what the carrier came from, or what it goes on in; with a tick the former closes."""

    def act(carrier: Carrier, form: Any) -> None:
        other = queries.find_public(form.other.data)
        old, new = (carrier, other) if form.side.data == "after" else (other, carrier)
        base = {"actor": viewer(), "today": today(), "day": form.day.data}
        kind, paper = SuccessionKind(form.kind.data), form.document.data
        base |= {"kind": kind, "document": paper, "remark": form.remark.data}
        if form.closes.data and over_act(old, form.day.data) is None:
            service.close_carrier(**base, carrier=old, successor=new)
        else:
            service.add_succession(**base, predecessor=old, successor=new)

    return save_part(pid, "succession", act)


@bp.post("/carriers/<pid>/successions/<int:number>/void")
@requires(Permission.CARRIER_STATUS)
def succession_void(pid: str, number: int) -> ResponseReturnValue:
    """Take a wrong succession out again."""
    carrier = queries.find(viewer(), pid)
    if succession.succession_of(carrier, number) is None:
        raise NotFound()
    form = VoidForm()

    def void() -> None:
        row = succession.succession_of(carrier, number)
        if row is None:
            raise NotFound()
        service.void_succession(actor=viewer(), row=row, reason=form.reason.data)

    if submitted(form, "carrier:unsucceed", void, form.reason.data):
        flash(_("已作废，历史中仍可查。"), "ok")
        return redirect(url_for("carriers.show", pid=pid), 303)
    return show_page(carrier, form.answer, end=form, ending=f"succession-{number}")


@bp.post("/carriers/<pid>/acts/<int:number>/void")
@requires(Permission.CARRIER_STATUS)
def act_void(pid: str, number: int) -> ResponseReturnValue:
    """An announced 取消 or 注销 does not take place."""
    carrier = queries.find(viewer(), pid)
    with write("carrier:unannounce", actor=viewer()):
        row = succession.act_of(carrier, number)
        if row is None:
            raise NotFound()
        service.void_announced(actor=viewer(), today=today(), row=row)
    if succession.afters(carrier.id):
        flash(_("已撤销预告。登记的承接关系没有变；不再承接的，作废那一条。"), "ok")
    else:
        flash(_("已撤销预告。"), "ok")
    return redirect(url_for("carriers.show", pid=pid), 303)
