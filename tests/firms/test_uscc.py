"""Codes after GB 32100-2015."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import DomainError
from app.firms import uscc
from app.firms.models import LegalForm

VALID = [
    "91310000710924515X",
    "91330100799655058B",
    "914403001922038216",
    "9144030071526726XG",
    "91350200776049653A",
    "91350503MA31DKY80A",
    "91440101MA5CJQ4N59",
    "9135021359498494XQ",
]
characters = st.sampled_from(uscc.ALPHABET)


@st.composite
def codes(draw: st.DrawFn) -> str:
    """Codes whose both check characters fit."""
    inner = "".join(draw(st.lists(characters, min_size=8, max_size=8)))
    prefix = "".join(draw(st.lists(characters, min_size=8, max_size=8)))
    body = prefix + inner + uscc.inner_check(inner)
    return body + uscc.outer_check(body)


@pytest.mark.parametrize("code", VALID)
def test_codes_in_use_fit_both_checks(code: str) -> None:
    assert uscc.check(code) == uscc.Check(outer=True, inner=True)
    assert uscc.parse(code) == code


@pytest.mark.parametrize("code", VALID)
def test_any_other_last_character_is_noticed(code: str) -> None:
    others = [code[:-1] + c for c in uscc.ALPHABET if c != code[-1]]
    assert [uscc.check(other).outer for other in others] == [False] * 30


def test_a_code_in_use_may_not_fit() -> None:
    assert uscc.check("91350203M0001QAY9B").outer is False
    assert uscc.outer_check("91350203M0001QAY9") == "9"


@given(codes(), st.integers(0, 17), characters)
def test_one_wrong_character_never_passes(code: str, place: int, character: str) -> None:
    wrong = code[:place] + character + code[place + 1 :]
    assert uscc.check(code).ok
    assert uscc.check(wrong).outer is (wrong == code)


@given(codes())
def test_ways_of_writing_come_to_the_same(code: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    spaced = f" {code[:4].lower()} {code[4:8]}-{code[8:]}\u3000"
    assert uscc.parse(wide) == uscc.parse(spaced) == code


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "code_length"),
        ("91310000710924515", "code_length"),
        ("91310000710924515XX", "code_length"),
        ("9131000071O924515X", "code_character"),
        ("91310000710924515中", "code_character"),
        ("8.68E+14", "code_length"),
        ("8.68E14", "code_length"),
    ],
)
def test_wrong_shapes_are_refused(text: str, problem: str) -> None:
    with pytest.raises(DomainError) as refused:
        uscc.parse(text)
    wanted = "code_scientific" if "E" in text else problem
    assert (refused.value.code, refused.value.field) == (wanted, "code")


def test_the_refusal_names_the_place() -> None:
    with pytest.raises(DomainError) as refused:
        uscc.parse("9131000071I924515X")
    assert refused.value.values == {"place": 11, "character": "I"}


def test_prefixes_that_decide_the_form() -> None:
    assert uscc.form("92310115MA1K000000") is LegalForm.INDIVIDUAL
    assert uscc.form("52310115MA1K000000") is LegalForm.NON_ENTERPRISE
    assert uscc.form("93310115MA1K000000") is LegalForm.COOPERATIVE
    assert uscc.form("91310115MA1K000000") is None
    assert uscc.is_individual("92310115MA1K000000")
