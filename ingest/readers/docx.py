"""Word documents (.docx): headings, paragraphs, lists and tables in document order.

python-docx opens the package; the body is walked as XML, because `Paragraph.text` leaves out inserted text and
content controls.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

import docx
from docx.opc.exceptions import OpcError

from advisor.errors import ReadError
from ingest.readers.base import Block, BlockKind, Outline, ReadDocument, clean, row_text

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VAL = f"{_W}val"
# Deleted text, alternative drawings of the same text, field codes, comments and notes are not what a reader sees.
_SKIPPED = frozenset(
    {f"{_W}{tag}" for tag in ("del", "moveFrom", "instrText", "delText", "pPr", "sdtPr", "tblPr", "drawing", "pict")}
    | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"}
)
_HEADING = re.compile(r"(?i)heading ?([1-9])")
_LIBXML_NO_MEMORY = 2
_MAX_MEMBERS = 5_000
_MAX_BYTES = 300_000_000
_MAX_RATIO = 200
_SMALL_BYTES = 5_000_000
_HEAD_BYTES = 4096


def read(data: bytes, name: str, charset: str | None = None) -> ReadDocument:
    """Read a Word document.

    Args:
        data: The whole file.
        name: File name, the title when the document has none.
        charset: Not used: the format carries its own.

    Raises:
        ReadError: `too_large` for a zip bomb, `hostile` for a document type declaration, `damaged` otherwise.
    """
    try:
        _check_package(data, name)
        document = docx.Document(io.BytesIO(data))
    except (zipfile.BadZipFile, OpcError, SyntaxError) as error:  # lxml's XMLSyntaxError is a SyntaxError
        if getattr(error, "code", None) == _LIBXML_NO_MEMORY:
            raise MemoryError from error
        raise ReadError(
            f"{name!r} is not a Word document that can be read: {error}. Open it and save it again.", "damaged"
        ) from error
    styles = {style.style_id: style.name or "" for style in document.styles}
    outline, title, items = Outline(), clean(document.core_properties.title or ""), list[str]()
    blocks: list[Block] = []
    for kind, style, text in _body(document.element.body, styles):
        if items and kind != "list":
            blocks.append(Block(outline.path, "\n".join(items), "list"))
            items = []
        if kind == "list":
            items.append(text)
        elif heading := _HEADING.match(style):
            outline.enter(int(heading[1]), text)
            title = title or text
        elif style == "Title":
            title = title or text
            outline.enter(0, text)
        else:
            blocks.append(Block(outline.path, text, kind))
    if items:
        blocks.append(Block(outline.path, "\n".join(items), "list"))
    changed = document.core_properties.modified or document.core_properties.created
    return ReadDocument(title or PurePath(name).stem, tuple(blocks), changed.date() if changed else None)


def _check_package(data: bytes, name: str) -> None:
    """Refuse what would fill the memory or resolve entities, before anything is unpacked."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        members = package.infolist()
        if len(members) > _MAX_MEMBERS or sum(member.file_size for member in members) > _MAX_BYTES:
            raise ReadError(f"{name!r} unpacks to more than a document may hold. Split it.", "too_large")
        for member in members:
            if member.file_size > _SMALL_BYTES and member.file_size > _MAX_RATIO * max(member.compress_size, 1):
                raise ReadError(f"{name!r} is a zip bomb: {member.filename!r} is packed too tightly.", "too_large")
            if member.flag_bits & 1:
                raise ReadError(f"{name!r} is encrypted. Save a copy without a password.", "encrypted")
            if member.filename.lower().endswith((".xml", ".rels")):
                with package.open(member) as part:
                    # UTF-16 puts a zero between the letters.
                    if b"<!DOCTYPE" in part.read(_HEAD_BYTES).replace(b"\0", b""):
                        raise ReadError(
                            f"{name!r} declares a document type, which Word never does: it is damaged or hostile.",
                            "hostile",
                        )


def _body(body: Any, styles: dict[str, str]) -> Iterator[tuple[BlockKind, str, str]]:
    """Yield kind, style name and text of every paragraph and table, in order; content controls are opened."""
    waiting = list(reversed(body))
    while waiting:
        element = waiting.pop()
        if element.tag == f"{_W}p":
            kind, style, text = _paragraph(element, styles)
            if text:
                yield kind, style, text
        elif element.tag == f"{_W}tbl":
            if text := "\n".join(_rows(element)):
                yield "table", "", text
        elif element.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}moveTo", f"{_W}customXml"):
            waiting.extend(reversed(element))


def _paragraph(paragraph: Any, styles: dict[str, str]) -> tuple[BlockKind, str, str]:
    text, properties = _text(paragraph), paragraph.find(f"{_W}pPr")
    if properties is None or not text:
        return "text", "", text
    style_id = properties.find(f"{_W}pStyle")
    style = styles.get(style_id.get(_VAL, ""), "") if style_id is not None else ""
    numbering = properties.find(f"{_W}numPr")
    if style.startswith("List") or (numbering is not None and not _HEADING.match(style)):
        level = numbering.find(f"{_W}ilvl") if numbering is not None else None
        depth = level.get(_VAL, "0") if level is not None else (style[-1:] if style[-1:].isdigit() else "1")
        indent = int(depth) if level is not None else int(depth) - 1
        return "list", style, "  " * max(0, min(indent, 8)) + "- " + text
    return "text", style, text


def _rows(table: Any) -> list[str]:
    """Return the rows of a table; the first one names the columns when it has no empty cell."""
    rows = [
        [_text(cell) for cell in row.iter(f"{_W}tc") if next(cell.iterancestors(f"{_W}tr")) is row]
        for row in table.iterchildren(f"{_W}tr")
    ]
    if len(rows) > 1 and len(rows[0]) > 1 and all(rows[0]) and max(map(len, rows[0])) <= 120:
        return [line for line in (row_text(rows[0], row) for row in rows[1:]) if line]
    return [line for line in (" | ".join(cell for cell in row if cell) for row in rows) if line]


def _text(element: Any) -> str:
    parts: list[str] = []
    waiting = [element]
    while waiting:
        item = waiting.pop()
        if item.tag == f"{_W}t":
            parts.append(item.text or "")
        elif item.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr") or (item.tag == f"{_W}p" and item is not element):
            parts.append(" ")
        elif item.tag == f"{_W}noBreakHyphen":
            parts.append("-")
        elif item.tag in _SKIPPED or (item.tag == f"{_W}r" and item.find(f"{_W}rPr/{_W}vanish") is not None):
            continue
        waiting.extend(reversed(item))
    return clean("".join(parts))
