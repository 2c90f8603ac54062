"""PDF files that hold text; scanned and encrypted ones are refused by name."""

import io
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import PurePath

from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError
from pypdf.generic import Destination

from advisor.errors import ReadError
from ingest.readers.base import PARSER_FAILURES, Block, ReadDocument, clean, parse_date

_DIGITS = re.compile(r"\d+")
_SENTENCE_END = re.compile(r"[.!?:;]['\")\]”’]?$")
_BULLET = re.compile(r"^(?:[•▪◦●○–*-]|\d{1,2}[.)])\s")
_FULL_LINE_CHARS = 45
_MIN_PAGES_FOR_RUNNING_LINES = 4
_MAX_OUTLINE = 5_000
_EMPTY_TITLES = re.compile(r"(?i)^(?:untitled.*|microsoft word - .*|.*\.(?:docx?|indd|pdf|qxd|tex|xlsx?)|)$")


def read(data: bytes, name: str, charset: str | None = None) -> ReadDocument:
    """Read the text of each page under its bookmarks and `Page N`.

    Args:
        data: The whole file.
        name: File name, the title when the file has none.
        charset: Not used: the format carries its own.

    Raises:
        ReadError: `encrypted` when a password is needed, `no_text` when the pages are pictures, `damaged` otherwise.
    """
    try:
        return _read(data, name)
    except (FileNotDecryptedError, DependencyError) as error:
        raise _encrypted(name) from error
    except PyPdfError as error:
        raise ReadError(
            f"{name!r} is not a PDF that can be read: {error}. Save or print it to PDF again.", "damaged"
        ) from error


def _read(data: bytes, name: str) -> ReadDocument:
    reader = PdfReader(io.BytesIO(data), strict=False)
    # Many files are locked against editing only and open with an empty password, as every viewer does.
    if reader.is_encrypted and not reader.decrypt(""):
        raise _encrypted(name)
    pages = [[clean(line) for line in page.extract_text().split("\n")] for page in reader.pages]
    pages = _without_running_lines([[line for line in lines if line] for lines in pages])
    bookmarks = _bookmarks(reader)
    blocks: list[Block] = []
    path: tuple[str, ...] = ()
    for number, lines in enumerate(pages, 1):
        path = bookmarks.get(number - 1, path)
        if text := _reflow(lines):
            blocks.append(Block((*path, f"Page {number}"), text))
    if fields := _form_fields(reader):
        blocks.append(Block(("Form fields",), fields, "table"))
    if not any(character.isalnum() for block in blocks for character in block.text):
        raise ReadError(
            f"{name!r} holds no text: its {len(pages)} pages are scanned pictures. "
            "Run text recognition (OCR) on it and try again.",
            "no_text",
        )
    metadata: Mapping[str, object] = reader.metadata or {}
    title, created = clean(str(metadata.get("/Title", ""))), str(metadata.get("/CreationDate", ""))
    published = parse_date(re.sub(r"\D", "", created)[:8])
    return ReadDocument(PurePath(name).stem if _EMPTY_TITLES.match(title) else title, tuple(blocks), published)


def _encrypted(name: str) -> ReadError:
    return ReadError(f"{name!r} is encrypted. Save a copy without a password and try again.", "encrypted")


def _without_running_lines(pages: list[list[str]]) -> list[list[str]]:
    """Drop the first or last line of the pages where it repeats, apart from its numbers, on most of them."""
    if len(pages) < _MIN_PAGES_FOR_RUNNING_LINES:
        return pages
    for place in (0, -1):
        seen = Counter(_DIGITS.sub("#", lines[place]) for lines in pages if lines)
        repeated = {line for line, count in seen.items() if count > len(pages) / 2}
        for lines in pages:
            if lines and _DIGITS.sub("#", lines[place]) in repeated:
                del lines[place]
    return pages


def _reflow(lines: list[str]) -> str:
    """Join lines that were broken by the page width; a short line or the end of a sentence ends a paragraph."""
    joined: list[str] = []
    last = ""
    for line in lines:
        if joined and last.endswith("-") and len(last) > 1 and last[-2].isalpha() and line[0].islower():
            joined[-1] = joined[-1][:-1] + line
        elif joined and len(last) >= _FULL_LINE_CHARS and not _SENTENCE_END.search(last) and not _BULLET.match(line):
            joined[-1] += " " + line
        else:
            joined.append(line)
        last = line
    return "\n".join(joined)


def _bookmarks(reader: PdfReader) -> dict[int, tuple[str, ...]]:
    """Return the path of the first bookmark on each page, by zero-based page; empty when the outline is damaged."""
    paths: dict[int, tuple[str, ...]] = {}
    try:
        waiting: list[tuple[object, tuple[str, ...]]] = [(reader.outline, ())]
        seen = 0
        while waiting and seen < _MAX_OUTLINE:
            entries, path = waiting.pop(0)
            inner = path
            for entry in entries if isinstance(entries, list) else []:
                seen += 1
                if isinstance(entry, Destination):
                    inner = (*path, clean(str(entry.title or "")))
                    page = reader.get_destination_page_number(entry)
                    if page is not None and inner[-1]:
                        paths.setdefault(page, inner)
                else:
                    waiting.append((entry, inner))
    except (PyPdfError, *PARSER_FAILURES):
        return {}
    return paths


def _form_fields(reader: PdfReader) -> str:
    """Return the filled text fields of a form as `name: value` lines, nothing when the form is damaged."""
    try:
        fields = reader.get_form_text_fields()
    except (PyPdfError, *PARSER_FAILURES):
        return ""
    return "\n".join(f"{clean(name)}: {clean(str(value))}" for name, value in fields.items() if value)
