"""A move table: which act is legal in which state, who does it, what it needs and effects.

The same table draws the buttons, guards the post, answers "why can't I?", prints the help page
and feeds the test of every pair.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from app.core.access import AnyViewer, Permission
from app.core.db import session
from app.core.errors import DomainError, Forbidden, NotFound, register_messages
from app.core.text import N_, Coded, _

register_messages(
    {
        "move:not_now": N_("现处“%(state)s”，不能%(action)s。"),
        "move:own_entry": N_("本人登记的事项由另一人办理。"),
    }
)


class Case(Protocol):
    """What a move acts on: somebody, a day, the rows; `state()` reads the state anew."""

    actor: AnyViewer

    def state(self) -> Coded: ...


C = TypeVar("C", bound=Case)


@dataclass(frozen=True)
class Side(Generic[C]):
    """Whose act it is: the host, the claimant, the district …; others see nothing there."""

    text: str
    holds: Callable[[C], bool]


@dataclass(frozen=True)
class Need(Generic[C]):
    """A condition that stands before the form is filled, and the sentence when it fails."""

    code: str
    text: str
    holds: Callable[[C], bool]
    values: Callable[[C], dict[str, object]] | None = None

    def refusal(self, case: C) -> DomainError | None:
        """The refusal, when the condition fails."""
        if self.holds(case):
            return None
        return DomainError(self.code, None, **(self.values(case) if self.values else {}))


@dataclass(frozen=True)
class Effect(Generic[C]):
    """One thing a move does, in words for the help page and as a function."""

    text: str
    run: Callable[[C], None]


@dataclass(frozen=True)
class Move(Generic[C]):
    """One legal step. `to` is not written: it is asserted after the effects."""

    to: frozenset[Coded]
    permission: Permission
    side: Side[C]
    needs: tuple[Need[C], ...] = ()
    effects: tuple[Effect[C], ...] = ()


def move(
    to: Coded, permission: Permission, side: Side[C], *effects: Effect[C],
    needs: tuple[Need[C], ...] = (),
) -> Move[C]:  # fmt: skip
    """A step that leads to one state."""
    return Move(frozenset({to}), permission, side, needs, effects)


@dataclass(frozen=True)
class Offer:
    """A button: its act, and the reason when it cannot be pressed now."""

    action: Coded
    refusal: DomainError | None


class WrongTurn(RuntimeError):
    """The effects of a move left a state that its table does not name."""


class Table(Generic[C]):
    """All legal moves of one kind of thing."""

    def __init__(
        self,
        text: str,
        states: tuple[Coded, ...],
        actions: type[Coded],
        moves: dict[tuple[Coded, Coded], Move[C]],
    ) -> None:
        self.text, self.states, self.actions, self.moves = text, states, actions, moves
        for move in moves.values():
            for need in move.needs:
                register_messages({need.code: need.text})

    def need_words(self, need: Need[C]) -> str:
        """The sentence of a need for the help page, where no firm is in hand."""
        return re.sub(r"%\(\w+\)s", "…", _(need.text))

    def refusal(self, action: Coded, case: C) -> DomainError | None:
        """Why the actor cannot do this now; None when nothing stands against it."""
        state = case.state()
        move = self.moves.get((state, action))
        if move is None:
            return DomainError("move:not_now", state=_(state.text), action=_(action.text))
        if not case.actor.may(move.permission):
            return Forbidden()
        if not move.side.holds(case):
            return NotFound()
        return next(filter(None, (need.refusal(case) for need in move.needs)), None)

    def offers(self, case: C) -> Iterator[Offer]:
        """The acts that this actor has in this state, in the order of the list of acts."""
        state = case.state()
        for action in self.actions:
            move = self.moves.get((state, action))
            if move and case.actor.may(move.permission) and move.side.holds(case):
                refusal = next(filter(None, (need.refusal(case) for need in move.needs)), None)
                yield Offer(action, refusal)

    def perform(self, action: Coded, case: C) -> None:
        """Check and do it. Raises DomainError when refused, WrongTurn for a faulty table."""
        refusal = self.refusal(action, case)
        if refusal is not None:
            raise refusal
        came = case.state()
        move = self.moves[(came, action)]
        for effect in move.effects:
            effect.run(case)
        session.flush()
        if case.state() not in move.to:
            raise WrongTurn(f"{self.text}: ({came}, {action}) ended in {case.state()}")
