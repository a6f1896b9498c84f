"""What the chain adds to the firm's page, the list of firms, the rail and the to-dos."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from flask import Flask, current_app, url_for
from sqlalchemy import select

from app.carriers.models import ACCELERATOR, INCUBATOR, PARK
from app.core.access import AnyViewer, Permission
from app.core.days import today, working_days_after
from app.core.db import session
from app.core.kept import kept_count
from app.core.panels import Change, Column, NavEntry, Panel, Todo, registry
from app.core.text import N_, _
from app.firms import fields
from app.firms.models import Firm
from app.pipeline import acts
from app.pipeline.models import GraduationState, TransferState
from app.pipeline.moves.claim import follow_days
from app.pipeline.moves.needs import mode
from app.pipeline.moves.sides import is_district
from app.pipeline.queries import chain, credits, openings, pages, review, ties
from app.pipeline.rail import GROUP, shows
from app.pipeline.stage import Stage, stage_of, stages
from app.pipeline.stations import stations
from app.pipeline.words import GRADUATING, FirmAct, ReturnReason, TransferEnd

P = Permission
MENU = (FirmAct.CLAIM, FirmAct.ACCELERATE, FirmAct.SETTLE)


def until(day: dt.date) -> dt.date:
    """Last day of a follow-up period that begins today."""
    return day + dt.timedelta(days=follow_days())


def firm_panels(viewer: AnyViewer, firm: Firm, day: dt.date) -> Iterator[Panel]:
    """The stage path; ties at the viewer's carriers; who courts the firm."""
    seen = fields.open_to(viewer, firm.id, day)
    if "path" in seen:
        way = stations(firm, day, limit="profile" in seen, waits="history" in seen)
        data: dict[str, Any] = {"stations": way}
        yield Panel("path", "pipeline/path.html", data, 10, "path")
    if "history" in seen:
        graduation = ties.graduation_of(firm)
        mine = {c.id for c in ties.my_carriers(viewer)}
        data = {
            "ties": ties.all_of(firm),
            "mine": mine if viewer.may(P.RESIDENCY_MOVE) else set(),
            "graduation": graduation,
            "claims": chain.live_claims(firm, day),
            "choices": viewer.may(P.CLAIM_CHOOSE),
            "searches": credits.searches([firm.id]).get(firm.id, []),
            "named": credits.names(viewer, firm),
            "own": mine,
        }
        yield Panel("chain", "pipeline/panel.html", data, 25, "side")
    held = pages.claims_for(viewer, firm)
    if held:
        told, state = credits.of_claims(held), pages.standing(day)
        data = {
            "claims": [(row, told[row.id], state(row)) for row in held],
            "others": openings.others([firm.id], viewer, day).get(firm.id, 0),
        }
        yield Panel("own-claim", "pipeline/claim_panel.html", data, 24, "side")


#: Refusals of 办理毕业 that say there is nothing for this carrier to do: no button for those.
NOT_THEIRS = ("move:approval_first", "move:no_approval", "move:never_here", "move:graduated")


def firm_actions(viewer: AnyViewer, firm: Firm, day: dt.date) -> Iterator[dict[str, Any]]:
    """Buttons of the firm's page from the move table, each with its reason when refused."""
    gone = ties.stage_now(firm, day) in (Stage.LEFT, Stage.REGISTERED)
    for one in acts.choices(viewer, firm, day):
        why = one.refusal.message if one.refusal else None
        if one.act in MENU:
            if why is None:
                yield _elsewhere(one, firm)
            continue
        page = acts.PAGES.get(one.act)
        if page is None or (why and not page.primary):
            continue
        if one.act in GRADUATING and one.refusal and one.refusal.code in NOT_THEIRS:
            continue
        if one.act == (FirmAct.GRADUATE if mode() == "approve" else FirmAct.PROPOSE):
            continue
        yield {
            "text": one.act.label,
            "url": url_for("pipeline.act", pid=firm.pid, act=one.act.value),
            "icon": page.icon,
            "primary": page.primary and why is None and not (gone and one.act in GRADUATING),
            "why_not": why,
            "position": page.position,
        }


def _elsewhere(one: acts.Choice, firm: Firm) -> dict[str, Any]:
    if one.act == FirmAct.CLAIM:
        url = url_for("pipeline.openings", firm=firm.pid)
        return {"text": one.act.label, "url": url, "icon": "hand-index", "primary": True}
    url = url_for("pipeline.land", code=firm.code)
    return {"text": _("登记落地"), "url": url, "icon": "door-open", "position": 15}


def todos(viewer: AnyViewer, day: dt.date) -> Iterator[Todo]:
    """Departures to confirm, requests to answer, returned graduations, claims, 核定."""
    limit = current_app.config["DEPARTURE_CONFIRM_DAYS"]
    if viewer.may(P.GRADUATION_REPORT):
        for tie in pages.my_departures(viewer):
            assert tie.ends is not None
            yield _todo(
                working_days_after(tie.ends, limit), _("确认离园"),
                _("毕业，或未毕业离园"), tie.firm, url_for("pipeline.transfers"), _("确认"),
            )  # fmt: skip
        for row in pages.returned(viewer):
            why = ReturnReason(row.return_code or "other").label
            declined = row.state == GraduationState.DECLINED
            title = _("提请毕业未同意") if declined else _("毕业被退回")
            yield _todo(
                day, title, why, row.firm,
                url_for("pipeline.graduation", pid=row.pid), _("更正"),
            )  # fmt: skip
    if viewer.may(P.RESIDENCY_MOVE):
        yield from _request_todos(viewer)
    if viewer.may(P.CLAIM_MAKE):
        yield from _claim_todos(viewer, day)
    if viewer.may(P.GRADUATION_VERIFY):
        yield from _graduation_todos(day)


def _graduation_todos(day: dt.date) -> Iterator[Todo]:
    """How many wait for the district's consent, and how many for 核定."""
    url = url_for("pipeline.verification")
    if doubted := len(review.to_review()):
        text = _("%(n)s 家毕业待复查", n=doubted)
        yield Todo(day, text, _("依据的资质或登记内容后有变更"), _("毕业核定"), url, _("复查"))
    if proposed := pages.waiting_count(GraduationState.PROPOSED):
        text = _("%(n)s 家毕业待同意", n=proposed)
        yield Todo(day, text, "", _("毕业核定"), url, _("去办理"), True)
    if count := pages.waiting_count(GraduationState.REPORTED, GraduationState.CHECKED):
        text = _("%(n)s 家毕业待核定", n=count)
        yield Todo(day, text, "", _("毕业核定"), url, _("去核定"), True)


def _request_todos(viewer: AnyViewer) -> Iterator[Todo]:
    mine = {c.id for c in ties.my_carriers(viewer)}
    for row in pages.requests(viewer):
        if row.state == TransferState.OPEN and row.from_id in mine:
            yield _todo(
                row.due_on, _("答复转入申请"), row.to_carrier.short_name, row.firm,
                url_for("pipeline.one_transfer", pid=row.pid), _("答复"),
            )  # fmt: skip


def changes(viewer: AnyViewer, since: dt.date) -> Iterator[Change]:
    """What became of the requests that the viewer's carriers made."""
    if not viewer.may(P.RESIDENCY_MOVE):
        return
    for row, at in pages.answered(viewer, since):
        text = _("转入申请：%(state)s", state=row.state.label)
        if row.end_reason:
            why = TransferEnd(row.end_reason).label
            text = _("转入申请已自动结束：%(why)s", why=why)
        yield Change(
            at=at, subject=row.firm.short_name, text=text, who=row.from_carrier.short_name,
            url=url_for("pipeline.one_transfer", pid=row.pid),
        )  # fmt: skip


def _claim_todos(viewer: AnyViewer, day: dt.date) -> Iterator[Todo]:
    found = pages.claims(viewer, day)
    steps = pages.steps([c.id for c in found])
    for row in found:
        url = url_for("pipeline.one_claim", pid=row.pid)
        last = next(iter(steps.get(row.id, [])), None)
        due, text, detail = row.follow_until, _("跟进期将满"), row.carrier.short_name
        if last and last.next_on:
            due, text, detail = last.next_on, _("下次联系"), last.step.label
        if row.accepted_on is None:
            yield _todo(due, text, detail, row.firm, url, _("记跟进"))
            continue
        # the period no longer runs: what is due is the arrival, on the day planned for it
        days = [one for one in (last.next_on if last else None, row.planned_on) if one]
        text, detail = _("企业已选定，登记落地"), row.carrier.short_name
        if viewer.may(P.LANDING_BOOK):
            land = url_for("pipeline.land", code=row.firm.code, carrier=row.carrier.pid)
            yield _todo(min(days, default=day), text, detail, row.firm, land, _("登记落地"))
        else:
            yield _todo(min(days, default=day), text, detail, row.firm, url, _("记跟进"))


def _todo(due: dt.date, title: str, detail: str, firm: Firm, url: str, action: str) -> Todo:
    return Todo(due, title, detail, firm.short_name, url, action)


def stage_cells(_viewer: AnyViewer, ids: list[int], day: dt.date) -> dict[int, Any]:
    """The stage of each firm on a page of the list."""
    told = stages(day, firms=ids)
    rows = session.execute(select(told.c.firm_id, told.c.stage).order_by(told.c.firm_id))
    return {row.firm_id: Stage(row.stage).label for row in rows}


def init_app(app: Flask) -> None:
    """Register panels, buttons, to-dos, the stage column and the entries of the rail."""
    held = registry(app)
    held.firm.append(firm_panels)
    held.firm_actions.append(firm_actions)
    held.todos.append(todos)
    held.changes.append(changes)
    held.columns.append(
        Column(
            "stage", N_("阶段"), cells=stage_cells, position=15, default=False,
            sort=lambda _viewer, day: stage_of(Firm.id, day),
        )
    )  # fmt: skip
    bidding = shows(P.CLAIM_MAKE, tiers=(ACCELERATOR, PARK))
    held.nav += [
        NavEntry(
            GROUP, N_("承接机会"), "pipeline.openings", "signpost-split", 31, bidding,
            kept_count(lambda v: len(openings.pool(v, today()))),
        ),
        NavEntry(
            GROUP, N_("招商台账"), "pipeline.claims", "hand-index", 32, bidding,
            kept_count(lambda v: len(pages.claims(v, today()))),
        ),
        NavEntry(
            GROUP, N_("登记落地"), "pipeline.land", "door-open", 33,
            shows(P.LANDING_BOOK, tiers=(ACCELERATOR, PARK)),
        ),
        NavEntry(
            GROUP, N_("企业的选择"), "pipeline.choices", "people", 34,
            shows(P.CLAIM_CHOOSE, tiers=(INCUBATOR, ACCELERATOR)),
            kept_count(lambda v: len(pages.suitors(v, today()))),
        ),
        NavEntry(
            GROUP, N_("转入与离园"), "pipeline.transfers", "arrow-left-right", 35,
            shows(P.RESIDENCY_MOVE, tiers=(INCUBATOR,), district=P.TRANSFER_DECIDE),
        ),
        NavEntry(
            GROUP, N_("毕业核定"), "pipeline.verification", "patch-check", 36,
            lambda v: is_district(v) and any(map(v.may, (P.GRADUATION_CHECK, P.GRADUATION_VERIFY))),
            lambda v: pages.waiting_count(),
        ),
    ]  # fmt: skip
