"""统一社会信用代码 by GB 32100-2015: its shape and both check characters."""

from __future__ import annotations

import re
import unicodedata

from app.core.errors import DomainError, register_messages
from app.core.text import N_

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VALUE = {character: index for index, character in enumerate(ALPHABET)}
WEIGHTS = tuple(pow(3, position, 31) for position in range(17))
INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
LENGTH = 18
#: A code as it should be: nothing to mend.
CLEAN = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")

register_messages(
    {
        "code_scientific": N_("代码已被表格软件改成科学计数，无法还原，请按营业执照重新填写。"),
        "code_length": N_("统一社会信用代码应为 18 位，现为 %(n)s 位。"),
        "code_character": N_("第 %(place)s 位不能是“%(character)s”：代码不用字母 I、O、S、V、Z。"),
    }
)


def normalise(text: str | None) -> str:
    """Trimmed, half width, upper case, without separators."""
    plain = unicodedata.normalize("NFKC", text or "")
    return re.sub(r"[\s\-_.·]", "", plain).upper()


def parse(text: str | None, field: str = "code") -> str:
    """A normalised code whose length and alphabet are right.

    Raises DomainError `code_scientific`, `code_length` or `code_character`.
    """
    if text and CLEAN.fullmatch(text):
        return text
    code = normalise(text)
    if len(code) != LENGTH and re.fullmatch(r"\d+(\.\d+)?E\+?\d+", code):
        raise DomainError("code_scientific", field)
    if len(code) != LENGTH:
        raise DomainError("code_length", field, n=len(code))
    for place, character in enumerate(code, start=1):
        if character not in VALUE:
            raise DomainError("code_character", field, place=place, character=character)
    return code


def outer_check(body: str) -> str:
    """The 18th character for the first 17."""
    total = sum(VALUE[c] * w for c, w in zip(body, WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def inner_check(body: str) -> str:
    """The check character of the 9-character subject code (GB 11714-1997) for its first 8."""
    values = (int(c, 36) for c in body)
    rest = 11 - sum(v * w for v, w in zip(values, INNER_WEIGHTS, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))
