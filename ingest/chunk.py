"""Cut a read document into chunks with heading path and stable ids; guides have their own cutting in readers/guide."""

import hashlib
import re
from collections.abc import Iterator

from advisor.schema import Chunk, Source
from ingest.readers.base import Block, ReadDocument

TARGET_CHARS = 900
MAX_CHARS = 1300

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9\u00c0-\u024f])")


def chunk_id(document: str, heading: str, text: str, seen: dict[str, int]) -> str:
    """Return a stable id from document, heading and text; identical pieces of a document are counted apart."""
    base = hashlib.sha256("\x1f".join((document, heading, text)).encode()).hexdigest()[:24]
    seen[base] = seen.get(base, 0) + 1
    return base if seen[base] == 1 else f"{base}-{seen[base]}"


def chunk_document(document: str, read: ReadDocument, source: Source) -> list[Chunk]:
    """Cut a document at headings, then at paragraphs and sentences, into pieces of about 900 characters.

    Args:
        document: Stable id of the document.
        read: The clean text with headings.
        source: The source that every chunk cites.

    Returns:
        Chunks in reading order; tables and lists stay whole when they fit.
    """
    seen: dict[str, int] = {}
    chunks = []
    title = read.title or source.title
    for heading, text in _pieces(read.blocks):
        chunks.append(
            Chunk(
                id=chunk_id(document, heading, text, seen),
                document=document,
                kind="document",
                title=title,
                heading=heading,
                text=text,
                sources=(source,),
            )
        )
    return chunks


def _pieces(blocks: tuple[Block, ...]) -> Iterator[tuple[str, str]]:
    """Yield `(heading path, text)`, joining short neighbours under one heading and cutting long blocks."""
    heading = ""
    waiting = ""
    for block in blocks:
        path = " › ".join(block.heading)
        parts = list(split_text(block.text, by_line=block.kind != "text"))
        for part in parts:
            if waiting and (path != heading or len(waiting) + len(part) > TARGET_CHARS):
                yield heading, waiting
                waiting = ""
            heading = path
            waiting = f"{waiting}\n{part}" if waiting else part
    if waiting:
        yield heading, waiting


def split_text(text: str, *, by_line: bool = False) -> Iterator[str]:
    """Yield pieces of at most `MAX_CHARS`, cut at lines or sentences, and inside one only where it is longer."""
    text = text.strip()
    if len(text) <= MAX_CHARS:
        if text:
            yield text
        return
    units = text.splitlines() if by_line else _SENTENCE_END.split(text)
    joiner = "\n" if by_line else " "
    piece = ""
    for unit in units:
        for part in (unit[start : start + MAX_CHARS] for start in range(0, len(unit), MAX_CHARS)):
            if piece and len(piece) + len(part) + 1 > TARGET_CHARS:
                yield piece
                piece = ""
            piece = f"{piece}{joiner}{part}" if piece else part
    if piece.strip():
        yield piece
