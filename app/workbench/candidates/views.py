"""Pages of 培育名单: all rules, the firms of one, their counts."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires, viewer
from app.core.days import today
from app.workbench.blueprint import bp
from app.workbench.candidates import certificates as certificates_
from app.workbench.candidates import counts, listing
from app.workbench.candidates import near as near_
from app.workbench.candidates import reserve as reserve_
from app.workbench.candidates.expected import record_words


@bp.get("/candidates")
@requires(Permission.FIRM_READ)
def candidate_rules() -> ResponseReturnValue:
    """Every rule about firms with how many stand where."""
    found = counts.overview(viewer(), today())
    return render_template("workbench/candidates/rules.html", counts=found, today_is=today())


@bp.get("/candidates/<rule>")
@requires(Permission.FIRM_READ)
def candidates(rule: str) -> ResponseReturnValue:
    """The firms of one rule by result, the nearest to its thresholds first."""
    found = listing.build(viewer(), rule, today())
    return render_template("workbench/candidates/list.html", list=found, today_is=today())


@bp.get("/candidates/<rule>/counts")
@requires(Permission.FIRM_READ)
def candidate_counts(rule: str) -> ResponseReturnValue:
    """The same by carrier or by sector."""
    found = counts.one(viewer(), rule, today())
    return render_template(
        "workbench/candidates/counts.html", counts=found, rule=rule, today_is=today()
    )


@bp.get("/candidates/certificates")
@requires(Permission.FIRM_READ)
def certificates() -> ResponseReturnValue:
    """Certificates by the day they expire."""
    found = certificates_.build(viewer(), today())
    return render_template("workbench/candidates/certificates.html", list=found)


@bp.get("/candidates/reserve")
@requires(Permission.FIRM_READ)
def reserve() -> ResponseReturnValue:
    """Firms with a 小巨人 title: the reserve of firms to be listed."""
    found = reserve_.build(viewer(), today())
    return render_template("workbench/candidates/reserve.html", list=found)


@bp.get("/candidates/near")
@requires(Permission.FIRM_READ)
def near() -> ResponseReturnValue:
    """准毕业企业清单 with the expected quarter, and how good such forecasts were."""
    found = near_.build(viewer(), today())
    return render_template("workbench/candidates/near.html", list=found, record=record_words())
