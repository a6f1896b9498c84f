"""Looks at a packed workbook before anybody parses it: its members, their sizes, what they are."""

from __future__ import annotations

import io
import zipfile
import zlib

from app.core.text import _
from app.exchange.reading.limits import MAX_INFLATED, MAX_MEMBERS, MAX_RATIO, Refused

PIECE = 64 * 1024
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Names inside an OLE file, as UTF-16: a locked workbook of the new kind, and macros.
LOCKED = "EncryptedPackage".encode("utf-16-le")
MACROS = "_VBA_PROJECT".encode("utf-16-le")
#: How far into a part a document type is looked for; it must stand before the first element.
PROLOGUE = 4_096
#: Small parts may be packed very well; a bomb is large.
SMALL = 1024 * 1024


def inspect(content: bytes) -> None:
    """Raise Refused unless the workbook is whole, plain and of bearable size once inflated.

    Declared sizes are not believed: every part is inflated, piece by piece, and counted.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = packed.infolist()
            _directory(members, len(content))
            left = MAX_INFLATED
            for member in members:
                left -= _count(packed, member, left)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError) as error:
        raise Refused("file_broken") from error
    except NotImplementedError as error:
        raise Refused("file_kind") from error
    except RuntimeError as error:
        raise Refused("file_locked") from error


def _directory(members: list[zipfile.ZipInfo], size: int) -> None:
    names = {member.filename.lower() for member in members}
    if len(members) > MAX_MEMBERS or len(names) < len(members):
        raise Refused("file_large", limit=_("%(n)s 个部件", n=MAX_MEMBERS))
    if any(member.flag_bits & 0x1 for member in members):
        raise Refused("file_locked")
    if any(_outside(member.filename) for member in members):
        raise Refused("file_broken")
    if "[content_types].xml" not in names or not any(n.endswith("workbook.xml") for n in names):
        raise Refused("file_kind")
    if any(name.endswith("vbaproject.bin") for name in names):
        raise Refused("file_macro")
    declared = sum(member.file_size for member in members)
    if declared > MAX_INFLATED or declared > max(SMALL, MAX_RATIO * size):
        raise Refused("file_large", limit=f"{MAX_INFLATED // 1024 // 1024} MB")


def _outside(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name


def _count(packed: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> int:
    """Bytes of a member once inflated; Refused when there are more than `left`."""
    found = 0
    with packed.open(member) as part:
        while piece := part.read(PIECE):
            if not found and _has_doctype(piece[:PROLOGUE]):
                raise Refused("file_kind")
            found += len(piece)
            if found > left or found > max(SMALL, MAX_RATIO * max(1, member.compress_size)):
                raise Refused("file_large", limit=f"{MAX_INFLATED // 1024 // 1024} MB")
    return found


def _has_doctype(start: bytes) -> bool:
    """Whether a part begins with a document type: no workbook has one, entity bombs need it."""
    plain = start.replace(b"\0", b"").upper()
    return b"<!DOCTYPE" in plain or b"<!ENTITY" in plain
