"""`flask export`: the lists and figures of the pages, with the rights of a person."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click
from flask import current_app, g

from app.core.access import Viewer
from app.core.days import today
from app.core.db import steady, write
from app.core.errors import DomainError, NotFound
from app.core.forms import parse_day
from app.exchange.cli import acting
from app.exchange.out import csv, plain, xlsx
from app.exchange.out.answer import IN_MEMORY, first_sheet
from app.exchange.out.book import Book, Export, exports

FORMATS = ("xlsx", "csv", "json")
PIECE = 256 * 1024


def offered(what: str) -> Export:
    """The export of a name; ClickException tells the names that there are."""
    one = exports().get(what)
    if one is None:
        raise click.ClickException(f"no list {what}; there are: {', '.join(sorted(exports()))}")
    return one


def day_of(text: str | None) -> dt.date:
    """The day asked for; ClickException when it cannot be read or is still to come."""
    if not text:
        return today()
    try:
        day = parse_day(text)
    except ValueError as error:
        raise click.ClickException(f"--as-of {text}: {error}") from None
    if day > today():
        raise click.ClickException(f"--as-of {day} is after today, {today()}")
    return day


def conditions(texts: Iterable[str]) -> dict[str, list[str]]:
    """`key=value` pairs as the address of the page has them."""
    found: dict[str, list[str]] = {}
    for text in texts:
        key, sign, value = text.partition("=")
        if not sign or not key:
            raise click.ClickException(f"--where {text}: write it as key=value")
        found.setdefault(key, []).append(value)
    return found


def address(one: Export, given: dict[str, list[str]], day: dt.date) -> tuple[str, dict[str, Any]]:
    """(the page's address under the conditions, the arguments of its path)."""
    rule = next(current_app.url_map.iter_rules(one.page))
    lacking = sorted(rule.arguments - set(given))
    if lacking:
        raise click.ClickException(f"{one.page} needs --where {lacking[0]}=…")
    path = {key: values[-1] for key, values in given.items() if key in rule.arguments}
    asked: dict[str, Any] = {k: v for k, v in given.items() if k not in rule.arguments}
    if one.asks_day:
        asked["as_of"] = day.isoformat()
    return current_app.url_map.bind("localhost").build(one.page, {**path, **asked}), path


def put(book: Book, ending: str, into: Any, viewer: Viewer, day: dt.date) -> None:
    """The book in one of the formats."""
    if ending == "xlsx":
        xlsx.write(book, into, first_sheet(book, viewer))
        return
    for piece in csv.pieces(book) if ending == "csv" else plain.pieces(book, day):
        into.write(piece)


@click.command("export", help="Write a list or figure of the pages with the rights of a person.")
@click.argument("what")
@click.option("--as", "login", required=True, help="Login of the person who exports.")
@click.option("--format", "ending", type=click.Choice(FORMATS), default="xlsx")
@click.option("--as-of", "text", help="The day that the list is of; today without it.")
@click.option("--where", "given", multiple=True, help="key=value as in the page's address.")
@click.option(
    "--to",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; standard output without it.",
)
@click.option("--lang", type=click.Choice(("zh", "en")), default="zh", help="Language of heads.")
def export_list(
    what: str, login: str, ending: str, text: str | None, given: Sequence[str],
    file: Path | None, lang: str,
) -> None:  # fmt: skip
    """Rows, columns, order and rights are the page's; noted in the audit before a row is read."""
    g.locale = lang
    one, day, viewer = offered(what), day_of(text), acting(login)
    if not any(viewer.may(permission) for permission in one.permissions):
        raise click.ClickException(f"{login} may not open this list")
    if file is None and ending == "xlsx" and sys.stdout.isatty():
        raise click.ClickException("a workbook is no text: name a file with --to")
    place, path = address(one, conditions(given), day)
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as held:
        try:
            with current_app.test_request_context(place):
                g.locale, g.viewer = lang, viewer
                one.build(viewer, day, path)  # refuses what the page refuses, before it is noted
                with write(f"export:{what}", actor=viewer, reason=ending):
                    pass
                steady()
                put(one.build(viewer, day, path), ending, held, viewer, day)
        except NotFound as error:
            said = f"{what}: nothing is there under these conditions; see the page and --where"
            raise click.ClickException(said) from error
        except DomainError as error:
            raise click.ClickException(f"{what}: {error.message}") from error
        held.seek(0)
        _out(held, file)


def _out(held: Any, file: Path | None) -> None:
    """The whole file, or nothing of it: what stood there stays until the new one is complete."""
    if file is None:
        shutil.copyfileobj(held, sys.stdout.buffer, PIECE)
        sys.stdout.flush()
        return
    part = file.with_name(f".{file.name}.part")
    try:
        with part.open("wb") as into:
            shutil.copyfileobj(held, into, PIECE)
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise click.ClickException(f"{file}: {error.strerror}") from error
