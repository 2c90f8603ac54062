"""Readers: bytes of a file -> cleaned text with headings; one module per format, imported when it is needed."""

import importlib
from pathlib import PurePath

from advisor.errors import ReadError
from ingest.readers.base import MAX_TEXT_CHARS, PARSER_FAILURES, Block, ReadDocument
from ingest.readers.text import looks_binary

__all__ = ["FORMATS", "READERS", "Block", "ReadDocument", "detect", "read"]

FORMATS = {
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".mhtml": "mhtml",
    ".mht": "mhtml",
    ".pdf": "pdf",
    ".docx": "docx",
    ".csv": "table",
    ".tsv": "table",
    ".tab": "table",
    ".txt": "text",
    ".text": "text",
    ".log": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "multipart/related": "mhtml",
    "message/rfc822": "mhtml",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "text/csv": "table",
    "text/tab-separated-values": "table",
    "text/plain": "text",
    "text/markdown": "markdown",
}
"""File suffix or content type -> kind of reader."""

READERS = {
    "html": ("html", "read"),
    "mhtml": ("html", "read_archive"),
    "pdf": ("pdf", "read"),
    "docx": ("docx", "read"),
    "table": ("table", "read"),
    "text": ("text", "read_text"),
    "markdown": ("text", "read_markdown"),
}
"""Kind of reader -> its module in this package and its function."""

HEAD_BYTES = 8192
"""How much of a file `detect` wants to see."""

# Servers send these for anything.
_VAGUE_TYPES = {"", "text/plain", "application/octet-stream", "binary/octet-stream"}
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def detect(name: str, content_type: str, head: bytes) -> str:
    """Return the kind of reader for a file; its first bytes win over the content type, that over the suffix.

    Args:
        name: File name or address.
        content_type: What the server said, empty for a local file.
        head: The first bytes, `HEAD_BYTES` are enough.

    Raises:
        ReadError: `unknown_kind` when no reader knows the format, `encrypted` for a Word file with a password.
    """
    suffix = PurePath(name.split("?")[0].split("#")[0]).suffix.lower()
    stated = content_type.split(";")[0].strip().lower()
    if by_bytes := _by_magic(name, suffix, stated, head):
        return by_bytes
    for kind in (None if stated in _VAGUE_TYPES else FORMATS.get(stated), FORMATS.get(suffix)):
        if kind is not None and kind not in ("pdf", "docx"):
            return kind
    return "html" if head.lstrip().startswith(b"<") and stated != "text/plain" else "text"


def read(data: bytes, name: str, kind: str | None = None, charset: str | None = None) -> ReadDocument:
    """Read a file in this process; `ingest.sandbox` does the same in a child with limits.

    Args:
        data: The whole file.
        name: File name, for the format and as the last choice of a title.
        kind: A key of `READERS`; found by `detect` when None.
        charset: The encoding that a server's header names, if any.

    Raises:
        ReadError: When the file is of an unknown kind, damaged, empty or too large; `reason` says which.
    """
    if not data.strip():
        raise ReadError(f"{name!r} is empty.", "empty")
    kind = kind or detect(name, "", data[:HEAD_BYTES])
    if kind not in READERS:
        raise ReadError(f"{kind!r} is not a kind of reader. Use one of {', '.join(READERS)}.", "unknown_kind")
    module, function = READERS[kind]
    reader = getattr(importlib.import_module(f"ingest.readers.{module}"), function)
    try:
        document: ReadDocument = reader(data, name, charset)
    except PARSER_FAILURES as error:
        raise ReadError(
            f"{name!r} cannot be read as {kind}: {type(error).__name__}: {str(error)[:200]}. "
            "Save it again or convert it.",
            "damaged",
        ) from error
    if not document.blocks:
        raise ReadError(f"{name!r} holds no text that can be read.", "no_text")
    if sum(len(block.text) for block in document.blocks) > MAX_TEXT_CHARS:
        raise ReadError(f"{name!r} holds more than {MAX_TEXT_CHARS:,} characters. Split it.", "too_large")
    return document


def _by_magic(name: str, suffix: str, stated: str, head: bytes) -> str | None:
    """Return the kind that the first bytes give away, None for text that could be several things."""
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        if suffix == ".docx" or FORMATS.get(stated) == "docx" or b"word/" in head:
            return "docx"
        raise _unknown(name, "a zip archive (or a spreadsheet or slides)")
    if head.startswith(_OLD_OFFICE):
        if suffix == ".docx":
            raise ReadError(f"{name!r} is encrypted. Save a copy without a password and try again.", "encrypted")
        raise _unknown(name, "an old Office file")
    if looks_binary(head):
        raise _unknown(name, "binary data")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:HEAD_BYTES].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "html"
    if start.startswith(b"mime-version:") or (start.startswith(b"from:") and b"multipart/related" in start):
        return "mhtml"
    return None


def _unknown(name: str, what: str) -> ReadError:
    return ReadError(
        f"{name!r} is {what}, which no reader knows. Save it as PDF, DOCX, HTML, CSV or text and try again.",
        "unknown_kind",
    )
