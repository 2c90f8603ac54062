"""Plain text and Markdown, and how bytes of unknown encoding become text."""

import codecs
import re

from advisor.errors import ReadError
from ingest.readers.base import Block, Outline, ReadDocument, clean, parse_date, visible

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Labels that the web uses for the Windows superset: https://encoding.spec.whatwg.org/#names-and-labels
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
# Never text on the web, or a way to smuggle markup past a filter.
_REFUSED_LABELS = {"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "palmos"}
_GUESS_BYTES = 65536
_HEAD_BYTES = 8192
_UNDERLINE = re.compile(r"(=+|-+)\s*")
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.{0,20000}?)\n---[ \t]*(?:\n|$)", re.DOTALL)
_FRONT_VALUE = re.compile(r"^(title|date|published)[ \t]*:[ \t]*(.+)$", re.MULTILINE)


def looks_binary(head: bytes) -> bool:
    """Return whether the first bytes of a file are not text in any encoding that `decode` knows."""
    head = head[:_HEAD_BYTES]
    if head.startswith(tuple(mark for mark, _ in _BYTE_ORDER_MARKS)) or _utf16_without_mark(head):
        return False
    controls = sum(byte < 32 and byte not in (7, 8, 9, 10, 12, 13, 26, 27) for byte in head)
    return b"\0" in head or controls > len(head) * 0.02


def decode(data: bytes, declared: str | None = None) -> str:
    """Turn bytes into text: byte order mark, valid UTF-8, the declared encoding, then a guess.

    Valid UTF-8 with a non-ASCII character comes before the declaration, because that is never an accident and
    declarations often are.

    Args:
        data: The whole file.
        declared: The encoding that a header or a `meta` element names, if any.
    """
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    if wide := _utf16_without_mark(data[:_HEAD_BYTES]):
        return data.decode(wide, "replace")
    stated = _codec(declared)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(stated or _guess(data), "replace")
    if stated and len(text) == len(data):
        return data.decode(stated, "replace")
    return text


def read_text(data: bytes, name: str, charset: str | None = None) -> ReadDocument:
    """Read plain text: paragraphs at blank lines, headings where a line is underlined with `=` or `-`.

    Args:
        data: The whole file.
        name: File name, the title when the text has no heading.
        charset: The encoding that a header names, if any.
    """
    text = visible(_lines(data, name, charset))
    outline, blocks = Outline(), []
    for paragraph in _PARAGRAPH.split(text.strip()):
        lines = paragraph.split("\n")
        if len(lines) > 1 and len(lines[1].strip()) >= 3 and _UNDERLINE.fullmatch(lines[1].strip()):
            outline.enter(1 if lines[1].lstrip().startswith("=") else 2, clean(lines[0]))
            lines = lines[2:]
        if body := "\n".join(line for line in map(clean, lines) if line):
            blocks.append(Block(outline.path, body))
    title = next((block.heading[0] for block in blocks if block.heading), name)
    return ReadDocument(title, tuple(blocks))


def read_markdown(data: bytes, name: str, charset: str | None = None) -> ReadDocument:
    """Read Markdown (CommonMark with tables) by rendering it to HTML, so that raw HTML in it is cleaned as well.

    Args:
        data: The whole file.
        name: File name, the title when there is neither front matter nor a heading.
        charset: The encoding that a header names, if any.
    """
    from markdown_it import MarkdownIt

    from ingest.readers import html

    text = _lines(data, name, charset)
    front: dict[str, str] = {}
    if match := _FRONT_MATTER.match(text):
        front = {key: value.strip().strip("\"'") for key, value in _FRONT_VALUE.findall(match[1])}
        text = text[match.end() :]
    page = html.read_markup(MarkdownIt("commonmark").enable("table").render(text), name)
    published = parse_date(front.get("published") or front.get("date") or "") or page.published
    return ReadDocument(clean(front.get("title", "")) or page.title, page.blocks, published)


def _lines(data: bytes, name: str, charset: str | None) -> str:
    if looks_binary(data):
        raise ReadError(
            f"{name!r} holds binary data, not text. Save it as text, HTML, PDF or DOCX and try again.", "binary"
        )
    return decode(data, charset).replace("\r\n", "\n").replace("\r", "\n")


def _codec(label: str | None) -> str | None:
    """Return the Python codec for an encoding label of the web, None when it is unknown or not for text."""
    try:
        found = codecs.lookup((label or "").strip().strip("\"'"))
        b"text".decode(found.name)  # refuses codecs that give no text, such as `zip`
    except (LookupError, ValueError):
        return None
    if found.name in _REFUSED_LABELS:
        return None
    # An ASCII-compatible page that claims UTF-16 in a `meta` element is UTF-8 by the HTML standard.
    return None if found.name.startswith(("utf-16", "utf-32")) else _SUPERSETS.get(found.name, found.name)


def _utf16_without_mark(head: bytes) -> str | None:
    """Recognise UTF-16 text in Latin script that lacks its mark: every other byte is zero."""
    head = head[: len(head) // 2 * 2]
    if len(head) < 8:
        return None
    even, odd = head[::2].count(0) / (len(head) // 2), head[1::2].count(0) / (len(head) // 2)
    if odd > 0.7 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.7 and odd < 0.05 else None


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes

    sample = data[:_GUESS_BYTES]
    if data.isascii():
        return "cp1252"
    if sample.isascii():
        # The first other character may come late; guess from where it is.
        start = len(data) - len(data.lstrip(bytes(range(128))))
        sample = data[max(0, start - 1024) : start + _GUESS_BYTES]
    best = from_bytes(sample).best()
    return _codec(best.encoding) or "cp1252" if best else "cp1252"
