"""Served files: white list, pinned digests, caching, compression."""

from __future__ import annotations

import gzip
import hashlib
import re

import pytest
from flask import Flask

from app.core import assets
from app.core.icons import ICONS, sprite
from tests.clients import Client
from tests.house.source import ROOT


def test_third_party_files_are_the_pinned_ones(frame: Flask) -> None:
    held = frame.extensions["assets"].files
    served = {name: hashlib.sha256(held[name].body).hexdigest() for name in assets.PINNED}
    assert served == assets.PINNED
    assert assets.missing() == []


def test_nothing_else_is_served(frame: Flask, visitor: Client) -> None:
    held = frame.extensions["assets"]
    ours = {
        p.relative_to(assets.STATIC).as_posix() for p in assets.STATIC.rglob("*") if p.is_file()
    }
    assert set(held.files) == ours | set(assets.PINNED) | {"icons.svg"}
    for name in ("bootstrap.css.map", "../../config.py", "js/none.js", "..%2f..%2fconfig.py"):
        assert visitor.get(f"/assets/{held.build}/{name}").status_code == 404


def test_a_file_is_kept_for_a_year_and_an_old_address_is_not(frame: Flask, visitor: Client) -> None:
    url = assets.asset_url("theme.css")
    answer = visitor.get(url)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.mimetype == "text/css"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    old = visitor.get("/assets/000000000000/theme.css")
    assert (old.status_code, old.headers["Cache-Control"]) == (200, "no-cache")
    again = visitor.get(url, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", sorted([*assets.PINNED, "icons.svg", "theme.css", "js/app.js"]))
def test_compressed_and_plain_are_the_same_file(frame: Flask, visitor: Client, name: str) -> None:
    url = assets.asset_url(name)
    plain = visitor.get(url, headers={"Accept-Encoding": "identity"})
    packed = visitor.get(url, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.data) == plain.data
    assert plain.headers["ETag"] != packed.headers["ETag"]


def test_a_changed_file_changes_every_address(frame: Flask) -> None:
    held = frame.extensions["assets"]
    before = held.build
    theme = held.files["theme.css"]
    held.files["theme.css"] = assets.Asset("theme.css", lambda: theme.body + b"/* */")
    assert assets.build_mark(held.files) != before


def test_the_sprite_holds_just_our_icons() -> None:
    names = re.findall(r'<symbol id="([^"]+)"', sprite().decode())
    assert names == sorted(ICONS)
    assert len(sprite()) < 100_000


def test_an_unknown_icon_or_file_is_refused(frame: Flask) -> None:
    with pytest.raises(KeyError, match="unicorn"):
        assets.icon("unicorn")
    with pytest.raises(KeyError, match=r"jquery\.js"):
        assets.asset_url("jquery.js")


def test_templates_name_only_listed_icons() -> None:
    named = {
        (name, path.relative_to(ROOT).as_posix())
        for path in (ROOT / "app" / "templates").rglob("*.html")
        for name in re.findall(r'icon\("([a-z0-9-]+)"', path.read_text("utf-8"))
    }
    assert {(n, p) for n, p in named if n not in ICONS} == set()
