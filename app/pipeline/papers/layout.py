"""The sides of a mediation on one page: what the firm wishes, and each bidder beside it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from flask_babel import force_locale

from app.core.access import AnyViewer
from app.core.canonical import canonical, digest_of
from app.core.terms import term
from app.core.text import LOCALES, _
from app.firms import demand_words, fields
from app.firms.models import Firm
from app.firms.queries.demand import open_of
from app.pipeline.claim_state import LIVE
from app.pipeline.matching.rule import rule_on
from app.pipeline.matching.score import fit
from app.pipeline.matching.words import public
from app.pipeline.models import Claim, ClaimStep, Mediation
from app.pipeline.queries import chain, credits, matches, openings, pages, ties
from app.pipeline.queries.openings import Opening
from app.pipeline.stage import EFFECTIVE, Stage


@dataclass(frozen=True)
class Side:
    """One bidder as the page and the paper say it: its carrier by public id, days as written."""

    pid: str
    carrier: str
    tier: str
    state: str
    live: bool
    opened: str
    planned: str
    #: ㎡ as a number; what was frozen earlier holds a whole one
    area: str | int | None
    step: str
    step_on: str
    contact_on: str
    is_first: bool
    follow_ups: int
    fit: list[tuple[str, str]]


@dataclass(frozen=True)
class Layout:
    """The firm as far as the mediation is about it, and its sides, the first talks on top."""

    firm: str
    sector: str
    stage: str
    ready: str
    host: str
    wish: str
    wish_on: str
    demand: str
    sides: list[Side]


def lay_out(
    row: Mediation, claims: Sequence[Claim], day: dt.date, reader: AnyViewer | None = None
) -> Layout:
    """The sides that some claims are, in the reader's words. The area is that of the room for who
    may read which one it is, else as asked for; the paper, which all sides read, tells it of a
    claim that the firm has chosen."""
    here = ties.here(row.firm, day)
    told, steps = credits.of_claims(claims), pages.steps([one.id for one in claims])
    standing, opening = pages.standing(day), _opening(row.firm, day)
    fits = _fits(row.firm, opening, claims, day)

    def side(claim: Claim) -> Side:
        credit, state = told[claim.id], standing(claim)
        some = [one for one in steps.get(claim.id, []) if one.step in credits.CONTACTS]
        last: ClaimStep | None = next(iter(some), None)
        return Side(
            pid=claim.carrier.pid,
            carrier=claim.carrier.short_name,
            tier=claim.carrier.type.label,
            state=state.label,
            live=state in LIVE,
            opened=claim.opened_on.isoformat(),
            planned=_iso(claim.planned_on),
            area=_area(claim, reader),
            step=last.step.label if last else "",
            step_on=_iso(last.day if last else None),
            contact_on=_iso(credit.own.day if credit.own else None),
            is_first=credit.is_first,
            follow_ups=len(some),
            fit=fits.get(claim.carrier_id, []),
        )

    made = [side(claim) for claim in claims]
    made.sort(key=lambda one: (not one.live, not one.is_first))
    return Layout(
        firm=row.firm.name,
        sector=term("sector", row.firm.sector) or "",
        stage=opening.stage.label,
        ready=_ready(opening),
        host=here.carrier.name if here else "",
        wish=row.wish or "",
        wish_on=_iso(row.wish_on),
        demand=_demand(row.firm),
        sides=made,
    )


def _fits(
    firm: Firm, one: Opening, claims: Sequence[Claim], day: dt.date
) -> dict[int, list[tuple[str, str]]]:
    """carrier id → for and against by the rule of matching, without rooms and rents. What the firm
    looks for counts only once it has agreed that parks know."""
    ids = [claim.carrier_id for claim in claims]
    areas = openings.areas_of({one.carrier_id} if one.carrier_id else set(), day)
    agreed = bool(fields.consents([firm.id], day))
    demand = matches.open_demands([firm.id]).get(firm.id) if agreed else None
    rule, wanted = rule_on(day), matches.wanted_of(one, demand, areas)
    return {i: public(fit(rule, wanted, offer)) for i, offer in matches.offers(ids, day).items()}


def _area(claim: Claim, reader: AnyViewer | None) -> str | None:
    told = claim.state in pages.ROOM_TOLD
    area = pages.area(claim, told or (reader is not None and ties.acts_for(reader, claim.carrier)))
    return None if area is None else f"{area.normalize():f}"


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _opening(firm: Firm, day: dt.date) -> Opening:
    here, push = ties.here(firm, day), chain.push_of(firm, day)
    row = ties.graduation_of(firm)
    graduated = row.graduated_on if row and row.state in EFFECTIVE else None
    return Opening(
        firm.id, firm.sector, Stage(ties.stage_now(firm, day)), here.carrier_id if here else None,
        graduated, push.starts if push else None,
    )  # fmt: skip


def _demand(firm: Firm) -> str:
    """The room that the firm looks for, on one line; empty where nobody has said."""
    row = open_of(firm.id)
    if row is None:
        return ""
    by = _("%(day)s 前入驻", day=row.needed_by.isoformat())
    area = demand_words.area(row.area_low, row.area_high)
    return _("，").join([area, demand_words.brief(row), by])


def _ready(one: Opening) -> str:
    if one.graduated_on:
        return _("%(day)s 毕业", day=one.graduated_on.isoformat())
    if one.pushed_on:
        return _("%(day)s 起推送，尚未毕业", day=one.pushed_on.isoformat())
    return _("尚未毕业")


def freeze(row: Mediation, claims: Sequence[Claim], day: dt.date) -> tuple[str, str]:
    """The sides as they stand today in both languages, canonical JSON, and its SHA-256."""
    told = {}
    for language in LOCALES:
        with force_locale(language):
            told[language] = asdict(lay_out(row, claims, day))
    text = canonical(told)
    return text, digest_of(text)


def thaw(text: str, language: str) -> Layout:
    """The sides as they were frozen."""
    held = json.loads(text)[language]
    sides = [
        Side(**{**one, "fit": [(kind, words) for kind, words in one["fit"]]})
        for one in held.pop("sides")
    ]
    return Layout(**held, sides=sides)
