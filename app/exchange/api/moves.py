"""Acts on the chain: admission, transfer, departure, push, and the arrival at a park."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue

from app.carriers.models import ACCELERATOR, PARK
from app.core.access import Permission, viewer
from app.core.days import today
from app.core.text import N_
from app.exchange.api.door import View, given, operation
from app.exchange.api.firms import FirmShape, shapes
from app.exchange.api.once import written
from app.exchange.api.typed import body, typed
from app.firms import queries
from app.pipeline import acts, booking
from app.pipeline.forms import LandForm
from app.pipeline.queries import ties
from app.pipeline.words import FirmAct

TAG = N_("入驻、推送与落地")
MOVE, REPORT = (Permission.RESIDENCY_MOVE,), (Permission.GRADUATION_REPORT,)
#: act → the last part of its address
PATHS = {
    FirmAct.ADMIT: "admission",
    FirmAct.TIE: "tie",
    FirmAct.STAY: "stay",
    FirmAct.TRANSFER: "transfer",
    FirmAct.LEAVE: "departure",
    FirmAct.CONFIRM: "departure/confirmation",
    FirmAct.PUSH: "push",
    FirmAct.UNPUSH: "push/end",
}


def _view(what: FirmAct) -> View:
    """The view of one act: its page's choice of carrier, form and service."""

    def run(pid: str) -> ResponseReturnValue:
        firm = queries.find(viewer(), pid)
        choice = acts.choice(viewer(), firm, what.value, today())
        held = given()
        if choice.refusal is not None:
            raise choice.refusal
        form = typed(acts.PAGES[what].form, held)
        move = acts.Given(viewer(), today(), firm, choice.carrier, form)

        def do() -> tuple[dict[str, Any], None]:
            acts.PAGES[what].run(move)
            return shapes([firm])[0], None

        return written(f"firm:{what.value}", do, FirmShape)

    run.__name__ = f"firm_{what.value}"
    return run


for _act, _path in PATHS.items():
    operation(
        "POST", f"/firms/<pid>/{_path}", tag=TAG, answer=FirmShape,
        may=REPORT if _act is FirmAct.CONFIRM else MOVE, summary=_act.text,
        body=body(f"{_path.title().replace('/', '')}Body", acts.PAGES[_act].form),
    )(_view(_act))  # fmt: skip


@operation(
    "POST", "/landings", tag=TAG, answer=FirmShape, may=(Permission.LANDING_BOOK,),
    body=body("LandingBody", LandForm), summary=N_("按信用代码登记落地；没有登记过的须给出名称"),
)  # fmt: skip
def book_landing() -> ResponseReturnValue:
    """登记落地 of any firm by code."""
    form = typed(LandForm, given())
    mine = ties.my_carriers(viewer(), ACCELERATOR, PARK)
    wanted = form.carrier.data or (mine[0].pid if len(mine) == 1 else "")
    carrier = ties.my_carrier(viewer(), wanted, ACCELERATOR, PARK)

    def book() -> tuple[dict[str, Any], None]:
        tie = booking.book(viewer(), today(), carrier, form)
        return shapes([tie.firm])[0], None

    return written("firm:land", book, FirmShape)
