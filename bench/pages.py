"""Server times of the main pages at 12,000 firms, beside a reference timed in the same run.

``./dev bench [--firms N] [--rounds N] [--database URL]`` makes the population once, signs in as
each role, fetches each page and prints the median and the 95th percentile in milliseconds. The
reference is a fixed piece of work in plain Python; a page's *ratio* to it may be compared between
machines and under load, its milliseconds only on one quiet machine. Exit 1 when a page takes more
than its budget of references.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from config import Config, load
from tests.databases import alembic_config
from tests.lint import Page as Parsed

ROOT = Path(__file__).resolve().parent.parent
FIRMS = 12_000
WARM_UP = 3


@dataclass(frozen=True)
class Page:
    """A page to time: who looks, where, and how many references it may take at the 95th percentile.

    ``login`` is that of a demo account: a carrier's clerk, the district's, a park's.

    ``find`` is a pattern: the first address on ``path`` that matches it is timed instead.
    """

    login: str
    path: str
    budget: float
    find: str | None = None


PAGES = (
    Page("linxiaolan", "/", 60),
    Page("linxiaolan", "/firms", 60),
    Page("linxiaolan", "/firms", 80, r'href="(/firms/[0-9a-z]{12})"'),
    Page("shenzhiyuan", "/", 80),
    Page("shenzhiyuan", "/firms", 80),
    Page("shenzhiyuan", "/firms?q=科技", 80),
    Page("shenzhiyuan", "/firms?page=40", 80),
    Page("shenzhiyuan", "/statistics", 120),
    Page("shenzhiyuan", "/verification", 80),
    Page("zhouqiming", "/", 80),
    Page("zhouqiming", "/openings", 80),
)


def reference() -> float:
    """Milliseconds of a fixed piece of work: hashing, sorting and joining short texts."""
    begun = time.perf_counter()
    rows = [hashlib.sha256(b"%d" % number).hexdigest() for number in range(2_000)]
    "".join(sorted(rows, key=lambda row: row[::-1]))
    return (time.perf_counter() - begun) * 1000


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[18]


def population(config: Config, firms: int) -> Flask:
    """The application on a database with the demo population, made the first time."""
    command.upgrade(alembic_config(config.DATABASE_URL), "head")
    app = create_app(config)
    done = app.test_cli_runner().invoke(
        args=["seed", "--demo", "--if-empty", "--firms", str(firms)], catch_exceptions=False
    )
    if done.exit_code:
        sys.exit(done.output)
    return app


def signed_in(app: Flask, login: str) -> FlaskClient:
    """A client that pressed the button of a demo account on the sign-in page."""
    client = app.test_client()
    shown = Parsed(client.get("/", follow_redirects=True).get_data(as_text=True))
    for form in shown.all("form"):
        fields = {e.attrs.get("name"): e.attrs.get("value") for e in form.inside}
        if fields.get("login") == login:
            data = {name: fields[name] for name in ("csrf_token", "login")}
            client.post(form.attrs["action"], data=data)
            return client
    sys.exit(f"the sign-in page offers no demo account {login}")


def timed(fetch: Callable[[], int], rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds of the page and of the reference, taken in turn."""
    for _ in range(WARM_UP):
        fetch()
        reference()
    pages, references = [], []
    for _ in range(rounds):
        begun = time.perf_counter()
        status = fetch()
        pages.append((time.perf_counter() - begun) * 1000)
        if status != 200:
            sys.exit(f"the page answers {status}")
        references.append(reference())
    return pages, references


def measure(client: FlaskClient, page: Page, rounds: int) -> tuple[str, float, float, float]:
    """Address, median, 95th percentile, and that as a multiple of the reference's median."""
    path = page.path
    if page.find:
        found = re.search(page.find, client.get(path).get_data(as_text=True))
        if found is None:
            sys.exit(f"{path} has no link like {page.find}")
        path = found[1]
    times, references = timed(lambda: client.get(path).status_code, rounds)
    return path, statistics.median(times), p95(times), p95(times) / statistics.median(references)


def main(args: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./dev bench")
    parser.add_argument("--firms", type=int, default=FIRMS)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--database", help="address; default: SQLite under .run/")
    chosen = parser.parse_args(args)
    url = chosen.database or f"sqlite:///{ROOT / '.run' / f'bench-{chosen.firms}.db'}"
    (ROOT / ".run").mkdir(exist_ok=True)
    config = load({"APP_ENV": "development", "DEMO": "1", "DATABASE_URL": url})
    app = population(config, chosen.firms)
    print(f"{chosen.firms} firms, {chosen.rounds} rounds, {url.split(':')[0]}")
    print(f"{'login':12} {'page':34} {'median ms':>9} {'p95 ms':>8} {'ratio':>6} {'budget':>6}")
    over = 0
    for page in PAGES:
        path, median, high, ratio = measure(signed_in(app, page.login), page, chosen.rounds)
        mark = "" if ratio <= page.budget else "  over"
        over += bool(mark)
        row = f"{page.login:12} {path:34} {median:9.1f} {high:8.1f} {ratio:6.1f} {page.budget:6.0f}"
        print(row + mark)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
