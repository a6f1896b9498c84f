"""Takes the pictures of README.md: one a role, from the demo, at 1366 × 768.

``./dev shots`` fills the demo if need be, serves it in this process and signs in with the button of
the sign-in page.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app import create_app  # noqa: E402  the path must be set first
from tests.browser import Screen, chromium, screen, served  # noqa: E402

IMAGES = ROOT / "docs" / "img"
# file → demo login, path, and what to press there before the picture is taken
SHOTS: dict[str, tuple[str, str, str | None]] = {
    "clerk": ("linxiaolan", "/firms", "tbody a[href^='/firms/']"),
    "manager": ("hejun", "/", None),
    "park": ("zhouqiming", "/openings", None),
    "district": ("shenzhiyuan", "/statistics", None),
    "verify": ("shenzhiyuan", "/verification", None),
    "area": ("wangruo", "/statistics/carriers", None),
    "auditor": ("bianzheng", "/audit", None),
    "admin": ("admin", "/organisations", None),
}


def take(browser: Any, address: str, name: str) -> None:
    """One picture."""
    login, path, link = SHOTS[name]
    with screen(browser, address) as one:
        one.page.set_default_timeout(60_000)
        sign_in(one, login)
        page = one.open(path)
        if link:
            page.locator(link).first.click()
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(1_500)  # charts draw themselves in
        page.screenshot(path=IMAGES / f"{name}.png")


def sign_in(one: Screen, login: str) -> None:
    """By the demo button of the account."""
    page = one.open("/")
    page.locator(f"form:has(input[name=login][value={login}]) button").click()
    page.wait_for_load_state("networkidle")


def main(names: list[str]) -> None:
    IMAGES.mkdir(exist_ok=True)
    app = create_app()
    with chromium() as browser, served(app) as address:
        for name in names or list(SHOTS):
            take(browser, address, name)
            print(f"docs/img/{name}.png")


if __name__ == "__main__":
    main(sys.argv[1:])
