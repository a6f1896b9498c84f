"""The one script: it says plainly what is missing and what to type."""

from __future__ import annotations

import builtins
import errno
import importlib.util
import os
import re
import socket
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, working in an empty folder."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = SourceFileLoader("dev_script", str(ROOT / "dev"))
    spec = importlib.util.spec_from_loader("dev_script", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    made: Any = module
    made.ROOT = tmp_path
    made.VENV, made.BIN = tmp_path / ".venv", tmp_path / ".venv" / "bin"
    made.RUN, made.ASSETS = tmp_path / ".run", tmp_path / ".assets"
    made.SETTINGS = tmp_path / "instance" / "settings.env"
    made.DATABASE = tmp_path / "instance" / "jieli.db"
    return module


def stopped(dev: Any, work: Any, *args: Any) -> str:
    with pytest.raises(dev.Stop) as stop:
        work(*args)
    return str(stop.value)


def test_every_command_is_explained(dev: Any) -> None:
    assert set(re.findall(r"^\s*\./dev (\w+)", dev.__doc__, re.M)) == set(dev.COMMANDS)
    done = subprocess.run([ROOT / "dev", "nonsense"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "./dev run" in done.stdout


def test_make_knows_the_same_words(dev: Any) -> None:
    targets = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.M)
    assert targets is not None
    assert set(targets[1].split()) == set(dev.COMMANDS) - {"flask"}


def test_continuous_integration_calls_the_same_command() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert re.search(r"^exec \./dev test", script, re.M)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


OLD = (
    "import sys; sys.version_info = (3, 9, 2); sys.argv = ['dev', 'help']; exec(open('dev').read())"
)


def as_old_python(path: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", OLD],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": path},
    )


def test_an_old_python_is_told_so(tmp_path: Path) -> None:
    done = as_old_python(str(tmp_path))
    assert done.returncode == 1
    assert "needs Python 3.11 or later; this is 3.9" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_old_python_looks_for_a_newer_one(tmp_path: Path) -> None:
    (tmp_path / "python3.12").symlink_to(sys.executable)
    done = as_old_python(str(tmp_path))
    assert done.returncode == 0
    assert "./dev run" in done.stdout


def test_a_python_without_venv_is_told_what_to_install(
    dev: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any) -> Any:
        if name == "ensurepip":
            raise ImportError(name)
        return real(name, *args)

    monkeypatch.setattr(builtins, "__import__", without)
    said = stopped(dev, dev.make_venv)
    assert re.search(r"apt-get install python3\.\d+-venv", said)


def test_a_port_in_use_names_the_next_one(dev: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = stopped(dev, dev.free_port, "127.0.0.1", port)
    assert f"PORT={port + 1} ./dev run" in said


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused(
    dev: Any, monkeypatch: pytest.MonkeyPatch, port: str
) -> None:
    monkeypatch.setenv("PORT", port)
    assert "is not a port" in stopped(dev, dev.run, [])


def test_a_folder_that_cannot_be_written_is_named(
    dev: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    dev.need_folder()
    dev.ROOT = dev.ROOT / "gone"
    assert "into a folder of your own" in stopped(dev, dev.need_folder)

    def refused(_args: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "/srv/x")

    monkeypatch.setattr(dev, "need_folder", lambda: None)
    monkeypatch.setattr(sys, "argv", ["dev", "check"])
    monkeypatch.setitem(dev.COMMANDS, "check", refused)
    with pytest.raises(SystemExit) as ended:
        dev.main()
    assert str(ended.value).startswith("/srv/x: Permission denied. Copy the project")


def test_production_is_not_started_by_it(dev: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_ENV", "production")
    assert "README.md" in stopped(dev, dev.run, [])


def test_a_missing_browser_is_never_passed_over(dev: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda _name: None)
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000)
    said = stopped(dev, dev.need_browser)
    assert "sudo apt-get install" in said
    assert "chromium-headless-shell" in said


def test_work_is_done_once_for_the_same_inputs(dev: Any, tmp_path: Path) -> None:
    done: list[str] = []
    stamp = tmp_path / "stamp"
    for mark in ("a", "a", "b", "b"):
        dev.once(stamp, mark, lambda mark=mark: done.append(mark))
    assert done == ["a", "b"]


def test_unfinished_work_is_done_again(dev: Any, tmp_path: Path) -> None:
    def fail() -> None:
        raise dev.Stop("no")

    with pytest.raises(dev.Stop):
        dev.once(tmp_path / "stamp", "a", fail)
    assert dev.once(tmp_path / "stamp", "a", lambda: None)


def test_secrets_are_made_once_and_kept_private(dev: Any) -> None:
    dev.settings()
    first = dev.SETTINGS.read_text()
    dev.settings()
    assert dev.SETTINGS.read_text() == first
    assert dev.SETTINGS.stat().st_mode & 0o077 == 0
    assert len(set(re.findall(r"_KEY=(\S{60,})", first))) == 2


def test_half_a_population_is_not_kept(dev: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def call(program: Path, *_args: object, **_how: object) -> None:
        if program.name == "alembic":
            dev.DATABASE.parent.mkdir()
            dev.DATABASE.touch()
        else:
            raise dev.Stop("no")

    monkeypatch.setattr(dev, "call", call)
    monkeypatch.setattr(dev, "digest", lambda *_paths: "")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert stopped(dev, dev.fill) == "no"
    assert not dev.DATABASE.exists()
    assert not (dev.RUN / "filled").exists()


def test_a_population_cut_short_is_begun_again(
    dev: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Killed without a chance to clean up: database and mark are both still there."""
    found = []

    def call(program: Path, *_args: object, **_how: object) -> None:
        found.append((program.name, dev.DATABASE.exists()))

    monkeypatch.setattr(dev, "call", call)
    monkeypatch.setattr(dev, "digest", lambda *_paths: "")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for path in (dev.DATABASE, dev.RUN / "filling"):
        path.parent.mkdir()
        path.touch()
    dev.fill()
    assert found == [("alembic", False), ("flask", False)]
    assert "starting it again" in capsys.readouterr().out
    assert not (dev.RUN / "filling").exists()


def test_a_failing_command_shows_what_it_said(dev: Any) -> None:
    said = stopped(dev, dev.call, sys.executable, "-c", "print('why'); raise SystemExit(3)")
    assert "why" in said
    assert "exit 3" in said
