"""The acts on a firm that have a page of one form: which form, which service, which words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from app.carriers.models import Carrier
from app.core.access import AnyViewer
from app.core.errors import DomainError, Forbidden, NotFound, register_messages
from app.core.text import N_
from app.firms.models import Destination, Firm, LeaveReason, Residency, ResidencyKind
from app.pipeline import forms, service
from app.pipeline.moves.cases import FirmCase
from app.pipeline.moves.firm import FIRM
from app.pipeline.moves.graduation_effects import Report
from app.pipeline.moves.needs import RECEIVED
from app.pipeline.queries import pages, ties
from app.pipeline.words import GRADUATING, ClaimAct, FirmAct, TransferAct

register_messages({"move:elsewhere": N_("企业现在不在“%(carrier)s”，由现在的载体办理。")})


@dataclass(frozen=True)
class Given:
    """What an act gets: who, when, on what, and the filled form."""

    actor: AnyViewer
    today: dt.date
    firm: Firm
    carrier: Carrier
    form: Any

    @property
    def base(self) -> dict[str, Any]:
        """Arguments that every service takes."""
        return {
            "actor": self.actor,
            "today": self.today,
            "firm": self.firm,
            "carrier": self.carrier,
        }

    @property
    def typed(self) -> dict[str, Any]:
        """What was typed, with codes and the site read."""
        typed = self.form.given()
        if "kind" in typed:
            typed["kind"] = ResidencyKind(typed["kind"])
        if "site" in typed:
            found = pages.sites(self.carrier, self.today)
            typed["site"] = next((s for s in found if s.pid == typed["site"]), None)
        return dict(typed)


def _leave(g: Given) -> Any:
    return service.leave(
        **g.base,
        on=g.form.on.data,
        destination=Destination(g.form.destination.data),
        reason=LeaveReason(g.form.reason.data),
        registered=g.form.registered.data,
        remark=g.form.remark.data,
    )


def _trace(g: Given) -> Any:
    return service.trace(
        **g.base, destination=Destination(g.form.destination.data), remark=g.form.remark.data
    )


def report_of(form: Any) -> Report:
    """What the form of 办理毕业 gives."""
    picked = form.destination.data if "destination" in form else None
    return Report(
        graduated_on=form.graduated_on.data,
        eligible_on=form.eligible_on.data,
        agreement_on=form.agreement_on.data,
        destination=Destination(picked) if picked else None,
        leaves=bool(picked),
        override=form.override.data,
    )


@dataclass(frozen=True)
class ActPage:
    """One act with its form, its service and its icon."""

    form: type[forms.ActForm]
    run: Callable[[Given], Any]
    icon: str
    position: int
    primary: bool = False
    #: what the running tie holds now, by field, for acts that change it
    held: Callable[[Residency], dict[str, Any]] | None = None


def _graduate(g: Given) -> Any:
    return service.graduate(**g.base, report=report_of(g.form))


PAGES: dict[FirmAct, ActPage] = {
    FirmAct.ADMIT: ActPage(
        forms.AdmitForm, lambda g: service.admit(**g.base, **g.typed), "box-arrow-in-down", 10, True
    ),
    FirmAct.GRADUATE: ActPage(forms.GraduateForm, _graduate, "mortarboard", 11, True),
    FirmAct.PROPOSE: ActPage(forms.GraduateForm, _graduate, "mortarboard", 11, True),
    FirmAct.PUSH: ActPage(forms.PlainForm, lambda g: service.push(**g.base), "send", 20),
    FirmAct.UNPUSH: ActPage(forms.PlainForm, lambda g: service.unpush(**g.base), "stop-circle", 21),
    FirmAct.CONFIRM: ActPage(
        forms.PlainForm, lambda g: service.confirm_departure(**g.base), "check-lg", 12
    ),
    FirmAct.TRACE: ActPage(forms.TraceForm, _trace, "geo-alt", 13),
    FirmAct.STAY: ActPage(
        forms.StayForm, lambda g: service.stay(**g.base, **g.typed), "building-check", 30
    ),
    FirmAct.TRANSFER: ActPage(
        forms.TransferForm,
        lambda g: service.transfer(**g.base, on=g.form.on.data),
        "arrow-left-right",
        31,
    ),
    FirmAct.ASK: ActPage(
        forms.AskForm, lambda g: service.ask_transfer(**g.base, **g.typed), "envelope", 32
    ),
    FirmAct.EXTEND: ActPage(
        forms.ExtendForm,
        lambda g: service.extend(**g.base, **g.typed, rev=g.form.rev.data),
        "calendar-plus",
        40,
        held=lambda tie: {"to": tie.extended_to, "reason": tie.extension_reason},
    ),
    FirmAct.TIE: ActPage(
        forms.TieForm, lambda g: service.add_tie(**g.base, **g.typed), "diagram-3", 60
    ),
    FirmAct.LEAVE: ActPage(forms.LeaveForm, _leave, "box-arrow-right", 70),
}


#: how a request to take over a firm is answered, and its service
TRANSFERS: dict[TransferAct, Callable[..., None]] = {
    TransferAct.AGREE: service.agree_transfer,
    TransferAct.REFUSE: service.refuse_transfer,
    TransferAct.WITHDRAW: service.withdraw_transfer,
    TransferAct.DECIDE: service.decide_transfer,
    TransferAct.UPHOLD: service.uphold_refusal,
}
#: how a claim ends before the firm arrives: the form of each act, and its service
END_ACTS: dict[ClaimAct, tuple[type[forms.EndForm], Callable[..., None]]] = {
    ClaimAct.WITHDRAW: (forms.EndForm, service.withdraw),
    ClaimAct.RELEASE: (forms.EndForm, service.release),
    ClaimAct.REFUSE: (forms.DeclineForm, service.decline),
}


#: acts that book a stay from a day of the past
DATED = (FirmAct.ADMIT, FirmAct.STAY, FirmAct.TIE, FirmAct.TRANSFER)


@dataclass(frozen=True)
class Choice:
    """An act that a viewer has on a firm, through one of their carriers."""

    act: FirmAct
    carrier: Carrier
    refusal: DomainError | None


def choices(viewer: AnyViewer, firm: Firm, day: dt.date) -> list[Choice]:
    """The acts the viewer has on a firm; of several carriers the first that may do it."""
    found: dict[FirmAct, Choice] = {}
    for carrier in ties.my_carriers(viewer):
        for offer in FIRM.offers(FirmCase(viewer, day, firm, carrier)):
            act = FirmAct(offer.action.value)
            if act not in found or (found[act].refusal and not offer.refusal):
                found[act] = Choice(act, carrier, offer.refusal)
    return list(found.values())


def choice(viewer: AnyViewer, firm: Firm, act: str, day: dt.date) -> Choice:
    """One act of the viewer on a firm; NotFound when it never was theirs."""
    found = next((c for c in choices(viewer, firm, day) if c.act.value == act), None)
    found = found or _moved_on(viewer, firm, act, day)
    if found is None or found.act not in PAGES:
        raise NotFound()
    return late(found)


def late(choice: Choice) -> Choice:
    """An arrival at a carrier that has ended since: the day that is typed decides."""
    why = choice.refusal
    if choice.act in DATED and why is not None and why.code == RECEIVED.code:
        return replace(choice, refusal=None)
    return choice


def _moved_on(viewer: AnyViewer, firm: Firm, act: str, day: dt.date) -> Choice | None:
    """An act that was the viewer's until the firm's record changed: its page says why not."""
    known = next((one for one in PAGES if one.value == act), None)
    held = own_ties(viewer, firm)
    if known is None or not held:
        return None
    carrier = held[0].carrier
    refusal = FIRM.refusal(known, FirmCase(viewer, day, firm, carrier))
    if isinstance(refusal, NotFound):
        refusal = DomainError("move:elsewhere", carrier=carrier.short_name)
    if refusal is None or isinstance(refusal, Forbidden):
        return None
    return Choice(known, carrier, refusal)


def gone(firm: Firm, choice: Choice) -> bool:
    """Whether a firm about to be reported as graduated has left: its record says where to."""
    tie = ties.latest_at(firm, choice.carrier)
    return choice.act in GRADUATING and tie is not None and tie.ends is not None


def own_ties(viewer: AnyViewer, firm: Firm) -> list[Residency]:
    """Ties of a firm at the viewer's carriers, the latest first."""
    mine = {c.id for c in ties.my_carriers(viewer)}
    return [t for t in ties.all_of(firm) if t.carrier_id in mine]
