"""The chain explained: the move tables, one kind of thing a page, one line an act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.core.access import Permission, requires
from app.core.text import Coded, _
from app.pipeline.moves.explained import TABLES
from app.pipeline.moves.needs import APPROVING, REPORTING, mode
from app.pipeline.moves.table import Move, Table
from app.pipeline.views.blueprint import bp


@dataclass
class Line:
    """One act as it is done from one or more states under the same conditions."""

    act: Coded
    move: Move[Any]
    states: list[Coded]
    ends: list[str]

    def joins(self, act: Coded, move: Move[Any]) -> bool:
        """Whether a move differs from this line in its states only."""
        mine, other = self.move, move
        same = (mine.side, mine.needs, mine.effects) == (other.side, other.needs, other.effects)
        return self.act == act and same


def lines(table: Table[Any]) -> list[Line]:
    """The moves of a table in the order of its acts, those that differ in states only as one.

    Only those of the mode in which the district runs graduations.
    """
    absent = (REPORTING if mode() == "approve" else APPROVING).code
    found: list[Line] = []
    for act in table.actions:
        for (state, action), move in table.moves.items():
            if action != act or any(need.code == absent for need in move.needs):
                continue
            line = next((one for one in found if one.joins(act, move)), None)
            if line is None:
                line = Line(act, move, [], [])
                found.append(line)
            line.states.append(state)
            line.ends += [text for text in _ends(state, move) if text not in line.ends]
    return found


def _ends(state: Coded, move: Move[Any]) -> list[str]:
    if len(move.to) > 4:
        return [_("按记录重算")]
    return [_("不变") if to == state else to.label for to in sorted(move.to, key=str)]


@bp.get("/help/chain")
@requires(Permission.ACCOUNT_OWN)
def chain_help() -> ResponseReturnValue:
    """What is legal in which state, who does it, what it needs and what it does."""
    kind = request.args.get("kind", "")
    kind = kind if kind in TABLES else "firm"
    table = TABLES[kind]
    return render_template(
        "pipeline/help.html", tables=TABLES, kind=kind, table=table, lines=lines(table),
        gate=mode() == "approve",
    )  # fmt: skip
