"""What the repository may not name or hold."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.house.source import ROOT

# In pieces, so that this file does not name them either.
HOSTS = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "un" + "pkg.com",
    "js" + "delivr",
    "cdn" + "js",
    "tuna." + "tsinghua",
    "mirrors." + "aliyun",
    "index" + "-url",
    "find" + "-links",
]
SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bghp_\w{30,}|\bsk-\w{32,}"
)
CONFLICT = re.compile(r"^(<{7}|>{7}) ", re.M)
BINARY = {".png", ".jpg", ".ico", ".woff2", ".xlsx", ".pdf", ".zip", ".gz"}
HEAVY = 400_000


def tracked() -> list[Path]:
    """Every file of the repository; of a copy without git, every file."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False, text=True
    )
    if listed.returncode == 0:
        names = [name for name in listed.stdout.split("\0") if name]
        return [ROOT / name for name in names if (ROOT / name).is_file()]
    hidden = re.compile(r"/(\.\w+|instance|__pycache__)/")
    return [p for p in ROOT.rglob("*") if p.is_file() and not hidden.search(str(p))]


def found(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path.suffix not in BINARY
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_package_host_is_named() -> None:
    """Where packages come from is the machine's business: pip's own settings."""
    assert found(re.compile("|".join(re.escape(host) for host in HOSTS))) == []


def test_no_secret() -> None:
    assert found(SECRETS) == []


def test_each_setting_is_told_in_the_guide() -> None:
    read = re.findall(r'\(\s*"([A-Z][A-Z0-9]*_[A-Z0-9_]+)"', (ROOT / "config.py").read_text())
    guide = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [name for name in sorted(set(read)) if f"`{name}`" not in guide] == []


def test_each_decision_has_its_own_number() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs" / "decisions").glob("*.md")]
    assert sorted(numbers) == [f"{n:04d}" for n in range(1, len(numbers) + 1)]


def test_no_merge_was_left_half_done() -> None:
    assert found(CONFLICT) == []


def test_nothing_ignored_is_kept() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    assert listed.stdout.split() == []


def test_nothing_heavy() -> None:
    heavy = {str(p.relative_to(ROOT)): p.stat().st_size for p in tracked()}
    assert {name: size for name, size in heavy.items() if size > HEAVY} == {}


def test_each_requirement_is_pinned_with_hashes() -> None:
    for path in sorted(ROOT.glob("requirements*.txt")):
        text = path.read_text(encoding="utf-8").replace("\\\n", " ")
        for line in (one for one in text.splitlines() if one and not one.startswith("#")):
            assert re.match(r"[\w.\[\]-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line), line[:80]


def test_each_wanted_requirement_is_among_the_pins() -> None:
    for path in sorted(ROOT.glob("requirements*.in")):
        pins = path.with_suffix(".txt").read_text(encoding="utf-8")
        for line in path.read_text(encoding="utf-8").splitlines():
            name = re.match(r"([\w-]+)(?:\[\w+\])?==([\w.]+)", line)
            if name:
                pin = f"{name[1].lower()}=={name[2]} "
                assert f"\n{pin}" in f"\n{pins}", f"{path.name}: {pin}: type ./dev lock"
