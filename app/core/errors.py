"""Refusals of the domain. Each carries a code; the sentence is made for its reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.core.text import _

#: code → Chinese sentence; rooms add theirs with `register_messages`.
_MESSAGES: dict[str, str] = {}

#: constraint or trigger name → (error code, form field)
_CONSTRAINTS: dict[str, tuple[str, str | None]] = {}


#: What may hold the writer for long.
_HOLDS: list[Callable[[], str]] = []


class DomainError(Exception):
    """A business rule says no. `code` names the rule, `field` the form field it belongs to."""

    status = 422
    #: which of several the refusal is about, where an act was of many
    about: str | None = None

    def __init__(self, code: str, field: str | None = None, **values: Any) -> None:
        super().__init__(code)
        self.code, self.field, self.values = code, field, values

    @property
    def message(self) -> str:
        """What happened and what to do, in the reader's language."""
        said = _(_MESSAGES.get(self.code, self.code), **self.values)
        return f"{self.about}{_('：')}{said}" if self.about else said

    def __str__(self) -> str:
        return f"{self.code} {self.values}" if self.values else self.code


class NotFound(DomainError):
    """The thing does not exist, or not for this reader: the two look the same."""

    status = 404

    def __init__(self, code: str = "not_found", **values: Any) -> None:
        super().__init__(code, None, **values)


class Forbidden(DomainError):
    """The reader lacks the permission for this kind of act."""

    status = 403

    def __init__(self, code: str = "forbidden", **values: Any) -> None:
        super().__init__(code, None, **values)


class Conflict(DomainError):
    """Somebody changed the thing first. Nothing was written."""

    status = 409


class Busy(DomainError):
    """The database could not take the write now; trying again is safe.

    Its sentence is that of whatever is known to hold the writer, else one for all cases.
    """

    status = 503

    def __init__(self) -> None:
        super().__init__("busy")
        self._why = next((said for hold in _HOLDS if (said := hold())), "")

    @property
    def message(self) -> str:
        """What happened and what to do, in the reader's language."""
        return self._why or super().message


def register_hold(told: Callable[[], str]) -> None:
    """Add what may say, in a sentence for the reader, that a long write of its own is under way;
    "" when none is."""
    if told not in _HOLDS:
        _HOLDS.append(told)


def register_messages(messages: dict[str, str]) -> None:
    """Add error codes and their Chinese sentences (marked with N_ by the caller)."""
    for code, text in messages.items():
        if _MESSAGES.setdefault(code, text) != text:
            raise ValueError(f"error code {code} has two sentences")


def register_constraints(names: dict[str, tuple[str, str | None]]) -> None:
    """Say which refusal a database constraint stands for: name → (code, field)."""
    _CONSTRAINTS.update(names)


def from_constraint(text: str) -> DomainError | None:
    """The refusal behind a database integrity error, if its constraint is known."""
    for name in sorted(_CONSTRAINTS, key=len, reverse=True):
        if name in text:
            code, field = _CONSTRAINTS[name]
            return Conflict(code, field)
    return None


def message_codes() -> dict[str, str]:
    """All registered codes; the house tests read them."""
    return dict(_MESSAGES)
