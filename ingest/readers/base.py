"""What every reader returns, and the cleaning, limits and failures that they share; knows no format."""

import datetime
import re
import struct
import zlib
from dataclasses import dataclass
from typing import Any, Literal

BlockKind = Literal["text", "list", "table"]

MAX_TEXT_CHARS = 50_000_000
"""Most text that one document may give; more is refused as `too_large`."""

PARSER_FAILURES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What format libraries raise on damaged files besides their own exceptions."""

# Control characters, lone surrogates, and characters that are invisible but carry text to a model (bidirectional
# overrides, tags, zero-width spaces). The zero-width joiners U+200C and U+200D stay: emoji and many scripts need them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_SPACE = re.compile(r"\s+")
_DATE = re.compile(r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})(?!\d)")


@dataclass(frozen=True)
class Block:
    """A piece of a document under its heading path; a list or table has one item or row per line.

    Attributes:
        heading: Headings from the outermost to the nearest.
        text: The cleaned text.
        kind: `text`, `list` or `table`.
    """

    heading: tuple[str, ...]
    text: str
    kind: BlockKind = "text"


@dataclass(frozen=True)
class ReadDocument:
    """A whole cleaned document: its title, its blocks in reading order, the date it gives for itself."""

    title: str
    blocks: tuple[Block, ...]
    published: datetime.date | None = None


class Outline:
    """The heading path while a document is read from top to bottom."""

    def __init__(self) -> None:
        self._open: list[tuple[int, str]] = []

    def enter(self, level: int, text: str) -> None:
        """Open a heading and close those of the same or a deeper level.

        Args:
            level: 1 for the outermost.
            text: The heading; an empty one is ignored.
        """
        if text:
            self._open = [(other, title) for other, title in self._open if other < level]
            self._open.append((level, text))

    @property
    def path(self) -> tuple[str, ...]:
        """The headings from the outermost to the nearest."""
        return tuple(title for _, title in self._open)


def visible(text: str) -> str:
    """Remove the characters that nobody sees; spaces and line ends stay as they are."""
    return _INVISIBLE.sub("", text)


def clean(text: str) -> str:
    """Remove the characters that nobody sees and make every run of white space one space."""
    return _SPACE.sub(" ", visible(text)).strip()


def parse_date(text: str) -> datetime.date | None:
    """Return the first `YYYY-MM-DD` or `YYYYMMDD` in a text, None when there is none between 1990 and 2100."""
    for match in _DATE.finditer(text):
        try:
            day = datetime.date(*(int(part) for part in match.groups()))
        except ValueError:
            continue
        if 1990 <= day.year <= 2100:
            return day
    return None


def row_text(header: list[str], cells: list[str]) -> str:
    """Write one table row as `header: value; header: value`, empty cells left out.

    Args:
        header: Column names; an empty or missing one leaves the value alone.
        cells: The values.
    """
    names = header + [""] * (len(cells) - len(header))
    return "; ".join(
        f"{name}: {cell}" if name and name != cell else cell for name, cell in zip(names, cells, strict=False) if cell
    )


def to_json(document: ReadDocument) -> dict[str, Any]:
    """Return a document as JSON-ready values."""
    return {
        "title": document.title,
        "published": document.published.isoformat() if document.published else None,
        "blocks": [[list(block.heading), block.text, block.kind] for block in document.blocks],
    }


def from_json(values: Any) -> ReadDocument:
    """Build a document from what `to_json` returned, without trusting it.

    Raises:
        ValueError: When a value is missing or of the wrong type.
    """
    try:
        published = values["published"]
        return ReadDocument(
            _text(values["title"]),
            tuple(
                Block(tuple(_text(part) for part in heading), _text(text), _kind(kind))
                for heading, text, kind in values["blocks"]
            ),
            datetime.date.fromisoformat(published) if published else None,
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a document: {error!r}") from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value


def _kind(value: Any) -> BlockKind:
    if value == "text" or value == "list" or value == "table":
        return value  # type: ignore[no-any-return]
    raise ValueError(f"{value!r} is not a kind of block")
