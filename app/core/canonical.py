"""One text for one content, and its digest: what is frozen can be told apart for good."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any


def canonical(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, no escapes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Frozen:
    """Canonical JSON that was kept for good, read again."""

    text: str

    @cached_property
    def content(self) -> dict[str, Any]:
        """What was frozen."""
        return json.loads(self.text)  # type: ignore[no-any-return]

    @property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return digest_of(self.text)
