"""Reading the YAML files beside this one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(name: str) -> Any:
    """The content of a YAML file of this folder."""
    return yaml.load((HERE / name).read_bytes(), Loader=LOADER)  # noqa: S506 - a safe loader


def names(folder: str) -> list[str]:
    """The YAML files of a subfolder, in order."""
    return sorted(f"{folder}/{path.name}" for path in (HERE / folder).glob("*.yaml"))
