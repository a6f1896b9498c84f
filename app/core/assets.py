"""Style sheets, scripts and icons: ours and a short white list of third-party files.

Nothing third-party is committed. Bootstrap and its icons come out of the Bootstrap-Flask package,
htmx and ECharts out of the two wheels unpacked into ASSETS_DIR. Every address holds one build
mark, a digest over all files: browsers keep them for a year, modules import each other by
relative path, and a changed file changes every address.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import flask_bootstrap
from flask import Blueprint, Flask, Response, abort, current_app, request, url_for
from markupsafe import Markup

from app.core.access import public
from app.core.icons import ICONS, sprite

STATIC = Path(__file__).parent.parent / "static"
BOOTSTRAP = Path(flask_bootstrap.__file__).parent / "static/bootstrap5"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
#: name in the address → path inside ASSETS_DIR
UNPACKED = {
    "htmx.js": "django_htmx/static/django_htmx/htmx-2.min.js",
    "echarts.js": "instaui_echarts/static/echarts.esm.min.js",
}
#: SHA-256 of the third-party files as served; a test and `flask doctor` compare them.
PINNED = {
    "bootstrap.css": "8f8173cb2d8f867274aeb0cb15328e60f490c7f272351e51a55f1dabb486e4ff",
    "htmx.js": "71ea67185bfa8c98c39d31717c6fce5d852370fcdfd129db4543774d3145c0de",
    "echarts.js": "28515f26aa57f87eb1e4ed4eb446927eaf329b5f5e02b4bfd4b0264fea40d1da",
}

blueprint = Blueprint("assets", __name__, url_prefix="/assets")


@dataclass(frozen=True)
class Asset:
    """One served file, read when first asked for."""

    name: str
    read: Callable[[], bytes]

    @cached_property
    def body(self) -> bytes:
        return self.read()

    @cached_property
    def packed(self) -> bytes:
        return gzip.compress(self.body, 9, mtime=0)

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    @property
    def mimetype(self) -> str:
        return TYPES[Path(self.name).suffix]


class Assets:
    """All files of one application and their common build mark."""

    def __init__(self, unpacked: Path) -> None:
        self.files = {asset.name: asset for asset in _ours() + _third_party(unpacked)}
        self.build = build_mark(self.files)


def build_mark(files: dict[str, Asset]) -> str:
    """A short digest that any changed, added or dropped file changes."""
    parts = "".join(f"{name}:{files[name].digest}\n" for name in sorted(files))
    return hashlib.sha256(parts.encode()).hexdigest()[:12]


def _ours() -> list[Asset]:
    return [
        Asset(path.relative_to(STATIC).as_posix(), path.read_bytes)
        for path in sorted(STATIC.rglob("*"))
        if path.suffix in TYPES
    ]


def _third_party(unpacked: Path) -> list[Asset]:
    found = [
        Asset("bootstrap.css", _bootstrap_css),
        Asset("icons.svg", sprite),
    ]
    for name, inside in UNPACKED.items():
        if (unpacked / inside).is_file():
            found.append(Asset(name, (unpacked / inside).read_bytes))
    return found


def _bootstrap_css() -> bytes:
    """Bootstrap without the note on its source map, which is not served."""
    whole = (BOOTSTRAP / "css/bootstrap.min.css").read_bytes()
    return whole.split(b"/*# sourceMappingURL=")[0]


def asset_url(name: str) -> str:
    """The address of a file with the build mark.

    :raises KeyError: for a file that is neither ours nor on the white list.
    """
    held: Assets = current_app.extensions["assets"]
    if name not in held.files and name not in UNPACKED:
        raise KeyError(f"no such file among the assets: {name}")
    return url_for("assets.file", build=held.build, name=name)


def has_asset(name: str) -> bool:
    """Whether the file is there: pages work without the two unpacked ones."""
    held: Assets = current_app.extensions["assets"]
    return name in held.files


def missing() -> list[str]:
    """Third-party files that are absent or not the pinned ones, for `flask doctor`."""
    held: Assets = current_app.extensions["assets"]
    return [
        name
        for name, digest in PINNED.items()
        if name not in held.files or held.files[name].digest != digest
    ]


def icon(name: str, label: str | None = None) -> Markup:
    """One icon beside a word; `label` makes it speak where no word stands.

    :raises KeyError: for a name that is not in ICONS.
    """
    if name not in ICONS:
        raise KeyError(f"icon {name!r} is not listed in app/core/icons.py")
    spoken = Markup('role="img" aria-label="{}"').format(label) if label else "aria-hidden=true"
    return Markup('<svg class="bi" {}><use href="{}#{}"/></svg>').format(
        spoken, asset_url("icons.svg"), name
    )


@blueprint.get("/<build>/<path:name>")
@public
def file(build: str, name: str) -> Response:
    """One file. An address of an older build answers too, but is not kept."""
    held: Assets = current_app.extensions["assets"]
    asset = held.files.get(name)
    if asset is None:
        abort(404)
    squeeze = request.accept_encodings.quality("gzip") > 0
    response = Response(asset.packed if squeeze else asset.body, content_type=asset.mimetype)
    if squeeze:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.set_etag(f"{asset.digest[:32]}{'-gz' if squeeze else ''}")
    if build == held.build and not current_app.debug:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


def init_app(app: Flask) -> None:
    """Serve the files and give templates `asset_url`, `has_asset` and `icon`."""
    app.extensions["assets"] = Assets(Path(app.config["ASSETS_DIR"]))
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(asset_url=asset_url, has_asset=has_asset, icon=icon)
