"""Unified social credit codes for invented firms, both check characters right (GB 32100-2015)."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = [pow(3, i, 31) for i in range(17)]
INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
VALUE = {char: i for i, char in enumerate(ALPHABET)}
#: Values in the inner code of GB 11714-1997: letters from A = 10 on, none left out.
INNER = {char: int(char, 36) for char in ALPHABET}


def uscc(number: int, kind: str = "91") -> str:
    """The code of the `number`-th invented firm; `kind` 92 is an individual business."""
    return uscc_of(_body(number), kind)


def uscc_of(body: str, kind: str = "91", district: str = "310115") -> str:
    """The code around the eight characters that name a firm, with both checks."""
    inner = (11 - sum(INNER[c] * w for c, w in zip(body, INNER_WEIGHTS, strict=True)) % 11) % 11
    code = f"{kind}{district}{body}{'X' if inner == 10 else inner}"
    check = (31 - sum(VALUE[c] * w for c, w in zip(code, WEIGHTS, strict=True)) % 31) % 31
    return code + ALPHABET[check]


def _body(number: int) -> str:
    chars = []
    for _ in range(6):
        number, rest = divmod(number, 31)
        chars.append(ALPHABET[rest])
    if number:
        raise ValueError("more firms than codes")
    return "MA" + "".join(reversed(chars))
