"""Slowing down guesses: counted in the database per account, per address and over all."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import unicodedata
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import Connection, delete, func, insert, select

from app.accounts.models import Attempt
from app.core.days import now
from app.core.db import aside

#: Wrong tries that cost nothing but the time of the hash; then each waits twice as long.
FREE_TRIES = 3
LONGEST_WAIT = 60
#: Wrong tries in a window from one address: a whole incubator may sit behind one.
PER_ADDRESS = 60
#: Wrong tries in a window over all addresses, beyond which single ones get less.
OVER_ALL = 600
TIGHT_ACCOUNT, TIGHT_ADDRESS = 4, 8


@dataclass(frozen=True)
class Try:
    """A try that was let in (`number` is its row) or must wait some seconds."""

    number: int | None
    wait: int = 0


def plain_login(login: str) -> str:
    """A login as it is compared: half width, lower case, trimmed."""
    return unicodedata.normalize("NFKC", login).strip().lower()


def _key(login: str) -> str:
    """What stands for a login in the table: people sometimes type their password there."""
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, f"attempt:{plain_login(login)}".encode(), hashlib.sha256).hexdigest()


def reserve(login: str, address: str | None) -> Try:
    """Let a try in and count it as wrong at once, or say how long to wait.

    Counting comes before checking, so that tries side by side cannot pass the limit together.
    """
    at, window = now(), current_app.config["SIGNIN_WINDOW"]
    key, where = _key(login), address or "-"
    with aside(alone=True) as connection:
        connection.execute(delete(Attempt).where(Attempt.at <= at - window))
        wait = _wait(connection, key, where, at, window)
        if wait > 0:
            return Try(None, wait)
        made = insert(Attempt).values(at=at, login_hash=key, address=where).returning(Attempt.id)
        return Try(connection.execute(made).scalar_one())


def _wait(
    connection: Connection, key: str, where: str, at: dt.datetime, window: dt.timedelta
) -> int:
    of_account = list(
        connection.scalars(
            select(Attempt.at).where(Attempt.login_hash == key).order_by(Attempt.at.desc())
        )
    )
    of_address = connection.scalar(select(func.count()).where(Attempt.address == where)) or 0
    in_all = connection.scalar(select(func.count()).select_from(Attempt)) or 0
    most_account, most_address = current_app.config["SIGNIN_TRIES"], PER_ADDRESS
    if in_all >= OVER_ALL:
        most_account, most_address = TIGHT_ACCOUNT, TIGHT_ADDRESS
    waits = [0.0]
    if len(of_account) >= most_account:
        waits.append((of_account[most_account - 1] + window - at).total_seconds())
    if len(of_account) >= FREE_TRIES:
        pause = min(2 ** (len(of_account) - FREE_TRIES + 1), LONGEST_WAIT)
        waits.append(pause - (at - of_account[0]).total_seconds())
    if of_address >= most_address:
        oldest = connection.scalar(select(func.min(Attempt.at)).where(Attempt.address == where))
        waits.append((oldest + window - at).total_seconds() if oldest else 0)
    return int(-(-max(waits) // 1))


def forgive(one: Try) -> None:
    """Take a try back that turned out right. Earlier wrong ones stay counted."""
    if one.number is not None:
        with aside() as connection:
            connection.execute(delete(Attempt).where(Attempt.id == one.number))
