"""空间供需 for the district: four quarters ahead, each figure with its list."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.core.errors import NotFound
from app.core.paging import page_of
from app.pipeline.queries import balance as reads
from app.pipeline.views.blueprint import bp


@bp.get("/space-balance")
@requires(Permission.STATISTICS_READ)
def balance() -> ResponseReturnValue:
    """Demand, supply and overflow in ㎡ by sector or region."""
    reads.need_all(viewer())
    found = reads.balance(viewer(), request.args.get("by", "sector"), today())
    return render_template("pipeline/balance.html", found=found, later=reads.LATER)


@bp.get("/space-balance/list")
@requires(Permission.STATISTICS_READ)
def balance_list() -> ResponseReturnValue:
    """The searches or units behind a figure."""
    reads.need_all(viewer())
    by, code = request.args.get("by", "sector"), request.args.get("row", "")
    number, kind = request.args.get("quarter", type=int), request.args.get("kind", "")
    if number is None:
        raise NotFound()
    rows = reads.behind(viewer(), by, code, number, kind, today())
    ahead = reads.quarters(today())
    return render_template(
        "pipeline/balance_list.html", page=page_of(rows), by=by, kind=kind,
        sum=sum(one.m2 for one in rows), name=reads.name_of(by, code) if code else None,
        quarter=ahead[number] if number < reads.LATER else None,
        detail=reads.detail_of,
    )  # fmt: skip
