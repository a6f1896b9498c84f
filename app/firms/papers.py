"""Where files of evidence are kept: by their SHA-256, behind fsspec, after a look inside.

A file is taken for what it contains, never for what it is called. Only kinds that cannot run
anything are taken; they are always handed out as downloads.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import tempfile
import unicodedata
import zipfile
from dataclasses import dataclass
from typing import IO, Any

import fsspec
from flask import current_app

from app.core.errors import DomainError, register_messages
from app.core.text import N_

CHUNK = 256 * 1024
#: A file larger than this waits on disk while it is looked at.
IN_MEMORY = 1024 * 1024
MEMBERS, UNPACKED, RATIO = 2_000, 300 * 1024 * 1024, 200
NAME_LENGTH = 120

register_messages(
    {
        "paper_empty": N_("文件是空的，没有保存。"),
        "paper_large": N_("文件超过 %(limit)s MB，没有保存；请压缩或分开上传。"),
        "paper_type": N_("只收 PDF、OFD、PNG、JPG、DOCX、XLSX；这个文件的内容不是其中任何一种。"),
        "paper_macro": N_("文件含有宏或可执行的内容，没有保存；请另存为不含宏的文件。"),
        "paper_locked": N_("文件有密码，无法核验；请去掉密码再上传。"),
        "paper_damaged": N_("文件已损坏，打不开。"),
        "paper_bomb": N_("压缩内容异常庞大，没有保存。"),
    }
)

#: media type → ending of the name
KINDS = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "application/ofd": "ofd",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
_BY_ENDING = {ending: kind for kind, ending in KINDS.items()}
#: a member that only this kind of package has → ending
_PACKAGES = {"OFD.xml": "ofd", "word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
_LIVE = re.compile(r"vbaproject|activex|macrosheets|\.(bin|exe|dll|js|vbs|bat|cmd|ps1)$", re.I)
_HARMLESS_BINARY = re.compile(r"printerSettings\d*\.bin$", re.I)
_NEVER_IN_NAMES = re.compile(r'[\\/:*?"<>|]')


@dataclass(frozen=True)
class Stored:
    """A file that is kept: hash, size in bytes, what it is, and a clean name."""

    sha256: str
    size: int
    media_type: str
    name: str


def keep(stream: IO[bytes], name: str) -> Stored:
    """Look at a file, keep it under its hash, and say what it is. No database is touched.

    Raises DomainError `paper_empty`, `paper_large`, `paper_type`, `paper_macro`,
    `paper_locked`, `paper_damaged` or `paper_bomb`; then nothing was kept.
    """
    limit = int(current_app.config["MAX_CONTENT_LENGTH"])
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as waiting:
        digest, size = hashlib.sha256(), 0
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > limit:
                raise DomainError("paper_large", "files", limit=limit // (1024 * 1024))
            digest.update(chunk)
            waiting.write(chunk)
        if not size:
            raise DomainError("paper_empty", "files")
        media_type = sniff(waiting, size)
        _write(digest.hexdigest(), waiting)
    return Stored(digest.hexdigest(), size, media_type, clean_name(name, media_type))


def _place(sha256: str) -> tuple[Any, str]:
    system, root = fsspec.core.url_to_fs(current_app.config["EVIDENCE_URL"])
    return system, f"{root.rstrip('/')}/{sha256[:2]}/{sha256}"


def _write(sha256: str, source: IO[bytes]) -> None:
    """Write beside, then rename, so that a half-written file never has its final name."""
    system, path = _place(sha256)
    if system.exists(path):
        return
    system.makedirs(path.rpartition("/")[0], exist_ok=True)
    beside = f"{path}.{secrets.token_hex(6)}"
    source.seek(0)
    try:
        with system.open(beside, "wb") as target:
            while chunk := source.read(CHUNK):
                target.write(chunk)
        system.mv(beside, path)
    except OSError:
        if system.exists(beside):
            system.rm_file(beside)
        raise


def open_paper(sha256: str) -> IO[bytes]:
    """A kept file for reading; FileNotFoundError when the store has lost it."""
    system, path = _place(sha256)
    opened: IO[bytes] = system.open(path, "rb")
    return opened


def sniff(source: IO[bytes], size: int) -> str:
    """The media type of a file by its content; refuses everything not on the list."""
    source.seek(0)
    head = source.read(16)
    if head.startswith(b"%PDF-"):
        source.seek(max(0, size - 2048))
        if b"%%EOF" not in source.read():
            raise DomainError("paper_damaged", "files")
        return "application/pdf"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"PK\x03\x04"):
        return _BY_ENDING[_package(source)]
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        # an old Office file, or a new one under a password
        raise DomainError("paper_locked" if _is_locked(source) else "paper_type", "files")
    raise DomainError("paper_type", "files")


def _is_locked(source: IO[bytes]) -> bool:
    source.seek(0)
    return "EncryptedPackage".encode("utf-16-le") in source.read()


def _package(source: IO[bytes]) -> str:
    """The ending of a package by its members; only the list is read, nothing is unpacked."""
    source.seek(0)
    try:
        members = zipfile.ZipFile(source).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise DomainError("paper_damaged", "files") from None
    packed = sum(member.compress_size for member in members)
    unpacked = sum(member.file_size for member in members)
    if len(members) > MEMBERS or unpacked > UNPACKED or unpacked > RATIO * max(packed, 1):
        raise DomainError("paper_bomb", "files")
    if any(member.flag_bits & 1 for member in members):
        raise DomainError("paper_locked", "files")
    names = [member.filename for member in members]
    if any(_LIVE.search(n) and not _HARMLESS_BINARY.search(n) for n in names):
        raise DomainError("paper_macro", "files")
    if any(n.startswith("/") or ".." in n.split("/") or "\\" in n for n in names):
        raise DomainError("paper_type", "files")
    for member_name, ending in _PACKAGES.items():
        if member_name in names:
            return ending
    raise DomainError("paper_type", "files")


def clean_name(name: str, media_type: str) -> str:
    """A file name without path or invisible characters, with the ending of its content."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = "".join(c for c in plain if unicodedata.category(c)[0] != "C")
    plain = _NEVER_IN_NAMES.sub("", plain).strip(" .")
    ending = KINDS[media_type]
    stem, dot, said = plain.rpartition(".")
    known = {ending, "jpeg"} if ending == "jpg" else {ending}
    if not dot or said.lower() not in known:
        stem = plain if not dot or said.lower() not in _BY_ENDING else stem
    return f"{(stem or 'file')[:NAME_LENGTH]}.{ending}"
