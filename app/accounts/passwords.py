"""Passwords: Argon2id hashes, and what may not be one."""

from __future__ import annotations

import itertools
import re
import secrets
import unicodedata
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from app.core.errors import DomainError, register_messages
from app.core.text import N_

BLOCKED = Path(__file__).with_name("blocked_passwords.txt")
#: Letters and digits that nobody takes for one another when reading them out.
READABLE = "23456789abcdefghjkmnpqrstuvwxyz"
KINDS = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")
LEET = str.maketrans("@401$53!7+", "aaoisseitt")
ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz")

register_messages(
    {
        "password_short": N_("密码至少 %(n)s 个字符，可以用一句话。"),
        "password_long": N_("密码最多 %(n)s 个字符。"),
        "password_common": N_("这个密码太常见，容易被猜到，请换一个。"),
        "password_own": N_("密码里不要用您的登录名、姓名或单位名称。"),
        "password_simple": N_("密码要有大写字母、小写字母、数字和符号中的三种。"),
        "password_same": N_("新密码要与现在的不同。"),
    }
)


@cache
def _hasher(time_cost: int, memory: int, lanes: int) -> PasswordHasher:
    return PasswordHasher(time_cost, memory, lanes, hash_len=32, salt_len=16, type=Type.ID)


def hasher() -> PasswordHasher:
    """Argon2id with the deployment's costs."""
    of = current_app.config
    return _hasher(of["ARGON2_TIME_COST"], of["ARGON2_MEMORY_KIB"], of["ARGON2_PARALLELISM"])


def make_hash(password: str) -> str:
    """The hash to store."""
    return hasher().hash(password)


@cache
def _nobody(time_cost: int, memory: int, lanes: int) -> str:
    return _hasher(time_cost, memory, lanes).hash(secrets.token_hex(16))


def check(stored: str | None, password: str) -> bool:
    """Whether the password fits. Without a stored hash it takes just as long and says no."""
    of = current_app.config
    costs = of["ARGON2_TIME_COST"], of["ARGON2_MEMORY_KIB"], of["ARGON2_PARALLELISM"]
    try:
        return hasher().verify(stored or _nobody(*costs), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(stored: str) -> bool:
    """Whether the hash was made with other costs than the present ones."""
    return hasher().check_needs_rehash(stored)


def first_password() -> str:
    """A random password to be read out once: 16 characters in fours, about 79 bits."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(4))


def refuse_weak(password: str, *own: str, field: str = "new_password") -> None:
    """Raise DomainError for a password that is too short, common, or made of `own` words."""
    of = current_app.config
    if len(password) < of["PASSWORD_MIN_LENGTH"]:
        raise DomainError("password_short", field, n=of["PASSWORD_MIN_LENGTH"])
    if len(password) > of["PASSWORD_MAX_LENGTH"]:
        raise DomainError("password_long", field, n=of["PASSWORD_MAX_LENGTH"])
    bare = _bare(password)
    for word in own:
        short = _bare(word)
        if len(short) >= 2 and short in bare and len(bare.replace(short, "")) < 8:
            raise DomainError("password_own", field)
    if _common(password, bare):
        raise DomainError("password_common", field)
    if of["PASSWORD_COMPLEXITY"] and sum(bool(re.search(k, password)) for k in KINDS) < 3:
        raise DomainError("password_simple", field)


def _bare(text: str) -> str:
    """Lower case, half width, only letters and digits of any script."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())


@cache
def blocked() -> tuple[frozenset[str], frozenset[str]]:
    """(whole passwords, words that carry no secret) of the list that is shipped."""
    whole, words = set(), set()
    for line in BLOCKED.read_text(encoding="utf-8").splitlines():
        if line.startswith("+"):
            words.add(_bare(line[1:]))
        elif line and not line.startswith("#"):
            whole.add(_bare(line))
    return frozenset(whole), frozenset(words)


def _common(password: str, bare: str) -> bool:
    whole, words = blocked()
    read = _bare(password.translate(LEET))
    if bare in whole or read in whole:
        return True
    if len(set(password)) < 5 or _walk(bare):
        return True
    for form in (bare, read):
        rest = form
        for word in sorted(words, key=len, reverse=True):
            rest = rest.replace(word, "")
        if rest != form and len(re.sub(r"\d", "", rest)) < 4 and len(set(rest)) < 6:
            return True
    return False


def _walk(bare: str) -> bool:
    """Whether most of it runs along a row of the keyboard, the alphabet or the digits."""
    steps = 0
    for one, two in itertools.pairwise(bare):
        pair = one + two
        steps += one == two or any(pair in row or pair in row[::-1] for row in ROWS)
    return len(bare) > 1 and steps >= 0.75 * (len(bare) - 1)
