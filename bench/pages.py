"""Server times of the main pages of each role at 12,000 firms, beside a reference.

``./dev bench [--firms N] [--rounds N] [--only TEXT] [--database URL]`` makes the population once,
signs in as each role, fetches each page and prints the median and the 95th percentile in
milliseconds, and the median after a write: counts that the process keeps until the next revision
(`app.core.kept`) are made anew then. Budgets are for pages between writes. A slow page is fetched
fewer times. On SQLite these are processor time, which other work on the machine disturbs little;
on PostgreSQL, where another process does half the work, they are time by the clock.

The reference is a fixed piece of work in plain Python, timed in turn with the page; a page may take
as many references as fit into its seconds on the machine that `REFERENCE` was measured on, so the
verdict is the same on a faster or slower one. Exit 1 when a page takes more.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from alembic import command
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.core.collector import settle
from app.core.days import today
from app.core.kept import KEPT
from config import Config, load
from tests.databases import alembic_config
from tests.lint import Page as Parsed

ROOT = Path(__file__).resolve().parent.parent
FIRMS = 12_000
Clock = Callable[[], float]
WARM_UP = 2
#: Milliseconds after which a page has been fetched often enough, and the least number of times.
LONG, LEAST = 5_000, 5
#: pages fetched as after a write
FRESH = 3
#: Milliseconds of the reference between two pages, on the two cores the speeds are promised for.
REFERENCE = 1.6


@dataclass(frozen=True)
class Page:
    """A page to time: who looks (a demo account), where, and the seconds it may take.

    ``find`` is a pattern: the first address on ``path`` that matches it is timed instead.
    """

    login: str
    path: str
    seconds: float
    find: str | None = None

    @property
    def budget(self) -> float:
        """The seconds as a number of references."""
        return self.seconds * 1000 / REFERENCE


#: Home pages, lists and a firm's page; search; any other page: seconds of the table of speeds.
LIST, SEARCH, OTHER = 0.3, 0.1, 0.5
CLERK, HEAD, DISTRICT, CHIEF = "linxiaolan", "hejun", "shenzhiyuan", "liangshuyan"
PARK, ACCELERATOR, AREA, AGENCY = "zhouqiming", "tangyue", "wangruo", "fangyuan"
AUDITOR, ADMIN = "bianzheng", "admin"
FIRM = r'href="(/firms/[0-9a-z]{12})"'
CARRIER = r'href="(/carriers/[0-9a-z]{12})"'
#: 标准调整测算 with a lower mark for capital
TRIAL, LOWER = "/standards/incubator.graduation/trial", "p__condition__any__1__gt=300"

PAGES = (
    *(
        Page(login, "/", LIST)
        for login in (CLERK, HEAD, DISTRICT, CHIEF, PARK, ACCELERATOR, AREA, AGENCY, AUDITOR, ADMIN)
    ),
    *(Page(login, "/todo", OTHER) for login in (CLERK, DISTRICT, PARK)),
    *(Page(login, "/firms", LIST) for login in (CLERK, DISTRICT, PARK, ACCELERATOR, AREA)),
    Page(CLERK, "/firms", LIST, FIRM),
    Page(DISTRICT, "/firms", LIST, FIRM),
    Page(DISTRICT, "/firms?page=40", LIST),
    Page(DISTRICT, "/firms?near=1", LIST),
    Page(DISTRICT, "/firms?graduation=unknown", LIST),
    Page(DISTRICT, "/firms?limit=over&sort=-months", LIST),
    Page(DISTRICT, "/firms?standing=incubating&sort=carrier", LIST),
    Page(DISTRICT, "/firms?graduated={year}&verified=verified", LIST),
    Page(AREA, "/firms?standing=incubating", LIST),
    Page(CLERK, "/firms?q=科技", SEARCH),
    Page(DISTRICT, "/firms?q=科技", SEARCH),
    Page(DISTRICT, "/firms?q=91310115", SEARCH),
    Page(PARK, "/firms?q=kj", SEARCH),
    Page(DISTRICT, "/firms/gaps?{firms}", OTHER),
    Page(CLERK, "/deadlines", OTHER),
    Page(CLERK, "/returns", LIST),
    Page(DISTRICT, "/returns", LIST),
    Page(CLERK, "/returns", OTHER, r'href="(/returns/[0-9a-z]{12})"'),
    Page(DISTRICT, "/carriers", LIST),
    Page(AREA, "/carriers", LIST),
    Page(DISTRICT, "/carriers", OTHER, CARRIER),
    Page(CLERK, "/carriers", OTHER, CARRIER),
    Page(DISTRICT, "/verification", LIST),
    Page(CHIEF, "/verification", LIST),
    Page(PARK, "/openings", LIST),
    Page(ACCELERATOR, "/openings", LIST),
    Page(PARK, "/claims", LIST),
    *(Page(login, "/statistics", OTHER) for login in (CLERK, DISTRICT, AREA)),
    Page(DISTRICT, "/statistics?as_of={before}", OTHER),
    *(
        Page(DISTRICT, f"/statistics/{tab}", OTHER)
        for tab in ("graduations?by=year", "graduations?by=carrier", "stock", "stock?by=carrier",
                    "hatched", "cohorts", "carriers", "targets", "indicators")
    ),
    *(
        Page(DISTRICT, f"/statistics/list?indicator={code}", OTHER)
        for code in ("S-01", "S-10", "G-01", "G-02", "H-01")
    ),
    Page(DISTRICT, "/standards", OTHER),
    Page(DISTRICT, f"{TRIAL}?{LOWER}", OTHER),
    Page(DISTRICT, f"{TRIAL}/firms?{LOWER}&change=gained", LIST),
    Page(AUDITOR, "/audit", LIST),
    Page(ADMIN, "/people", LIST),
    Page(ADMIN, "/organisations", LIST),
)  # fmt: skip


def reference() -> None:
    """A fixed piece of work: hashing, sorting and joining short texts."""
    rows = [hashlib.sha256(b"%d" % number).hexdigest() for number in range(2_000)]
    "".join(sorted(rows, key=lambda row: row[::-1]))


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


def timed(fetch: Callable[[], object], rounds: int, clock: Clock) -> tuple[list[float], float]:
    """Milliseconds of each fetch, and the median of the reference taken in turn."""
    pages, references = [], []
    for number in range(WARM_UP + rounds):
        begun = clock()
        fetch()
        between = clock()
        reference()
        if number >= WARM_UP:
            pages.append((between - begun) * 1000)
            references.append((clock() - between) * 1000)
        if len(pages) >= LEAST and sum(pages) > LONG:
            break
    return pages, statistics.median(references)


def after_write(app: Flask, client: FlaskClient, path: str, clock: Clock) -> float:
    """Milliseconds of a page when the process has yet to count what it keeps."""
    app.extensions.pop(KEPT, None)
    begun = clock()
    client.get(path)
    return (clock() - begun) * 1000


def address(client: FlaskClient, page: Page) -> str:
    """The address to time: that of the page, or the first one on it that was looked for."""
    before = today() - dt.timedelta(days=1)
    path = page.path.format(year=before.year, before=before.isoformat(), firms="{firms}")
    if "{firms}" in path:
        shown = client.get("/firms?size=100").get_data(as_text=True)
        pids = dict.fromkeys(re.findall(r'href="/firms/([0-9a-z]{12})"', shown))
        path = path.format(firms="&".join(f"firm={pid}" for pid in pids))
    if page.find:
        found = re.search(page.find, client.get(path).get_data(as_text=True))
        if found is None:
            sys.exit(f"{path} has no link like {page.find}")
        path = found[1]
    return path


def measure(app: Flask, pages: Sequence[Page], rounds: int, clock: Clock) -> int:
    """Time the pages and print a line for each; how many are over their budgets."""
    clients: dict[str, FlaskClient] = {}
    over = 0
    for page in pages:
        if page.login not in clients:
            clients[page.login] = signed_in(app, page.login)
        client = clients[page.login]
        path = address(client, page)
        if client.get(path).status_code != 200:
            sys.exit(f"{path} does not open for {page.login}")
        times, unit = timed(partial(client.get, path), rounds, clock)
        fresh = statistics.median(after_write(app, client, path, clock) for _ in range(FRESH))
        ratio = p95(times) / unit
        mark = "" if ratio <= page.budget else "  over"
        over += bool(mark)
        row = f"{page.login:12} {path[:46]:46} {statistics.median(times):9.1f} {p95(times):8.1f}"
        print(f"{row} {fresh:8.1f} {ratio:6.1f} {page.budget:6.0f}{mark}", flush=True)
    return over


def main(args: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./dev bench")
    parser.add_argument("--firms", type=int, default=FIRMS)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", default="", help="only pages whose login or address holds this")
    parser.add_argument("--database", help="address; default: SQLite under .run/")
    chosen = parser.parse_args(args)
    url = chosen.database or f"sqlite:///{ROOT / '.run' / f'bench-{chosen.firms}.db'}"
    (ROOT / ".run").mkdir(exist_ok=True)
    config = load({"APP_ENV": "development", "DEMO": "1", "DATABASE_URL": url})
    app = population(config, chosen.firms)
    settle()  # as each serving process does
    engine = url.split(":")[0]
    clock = time.process_time if engine == "sqlite" else time.perf_counter
    pages = [page for page in PAGES if chosen.only in f"{page.login} {page.path}"]
    print(f"{chosen.firms} firms, {chosen.rounds} rounds, {engine}")
    heads = f"{'median ms':>9} {'p95 ms':>8} {'written':>8} {'ratio':>6} {'budget':>6}"
    print(f"{'login':12} {'page':46} {heads}")
    return 1 if measure(app, pages, chosen.rounds, clock) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
