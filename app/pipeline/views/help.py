"""The chain explained: the move tables, printed."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires
from app.pipeline.moves.claim import CLAIM
from app.pipeline.moves.firm import FIRM
from app.pipeline.moves.graduation import GRADUATION
from app.pipeline.moves.transfer import TRANSFER
from app.pipeline.views.blueprint import bp


@bp.get("/help/chain")
@requires(Permission.ACCOUNT_OWN)
def chain_help() -> ResponseReturnValue:
    """What is legal in which state, who does it, what it needs and what it does."""
    return render_template("pipeline/help.html", tables=(FIRM, GRADUATION, CLAIM, TRANSFER))
