"""统一社会信用代码 by GB 32100-2015: shape, both check characters, what the prefix says."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.codes import (
    ALPHABET,
    LENGTH,
    VALUE,
    inner_check,
    normalise,
    outer_check,
    parse,
)
from app.core.errors import DomainError
from app.firms.models import LegalForm

__all__ = [
    "ALPHABET",
    "Check",
    "check",
    "form",
    "inner_check",
    "is_individual",
    "is_whole",
    "normalise",
    "outer_check",
    "parse",
    "shape_problem",
]

#: First two characters (登记管理部门, 机构类别) → the legal form they alone decide.
FORMS = {
    "52": LegalForm.NON_ENTERPRISE,
    "92": LegalForm.INDIVIDUAL,
    "93": LegalForm.COOPERATIVE,
}


@dataclass(frozen=True)
class Check:
    """What the two check characters of a well-formed code say."""

    outer: bool
    inner: bool

    @property
    def ok(self) -> bool:
        """Both fit."""
        return self.outer and self.inner


def shape_problem(code: str) -> str | None:
    """What is wrong with length or alphabet, as a sentence; None when the shape is right."""
    try:
        parse(code)
    except DomainError as error:
        return error.message
    return None


def check(code: str) -> Check:
    """Both check characters of a code whose shape is right."""
    return Check(outer_check(code[:17]) == code[17], inner_check(code[8:16]) == code[16])


def form(code: str) -> LegalForm | None:
    """The legal form that a code's prefix decides; None for companies of every form."""
    return FORMS.get(code[:2])


def is_individual(code: str) -> bool:
    """Whether the code belongs to a 个体工商户."""
    return form(code) is LegalForm.INDIVIDUAL


def is_whole(text: str) -> bool:
    """Whether a search text is a whole code, so that an exact look-up is meant."""
    return len(text) == LENGTH and all(c in VALUE for c in text)
