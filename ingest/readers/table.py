"""CSV and TSV files: every row as `column: value; column: value`."""

import csv
import io
from collections import Counter
from collections.abc import Iterator

from advisor.errors import ReadError
from ingest.readers.base import MAX_TEXT_CHARS, Block, ReadDocument, clean, row_text
from ingest.readers.text import decode, looks_binary

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_CHARS = 20_000
_SAMPLE_ROWS = 50
_MAX_COLUMNS = 1_000
_MAX_NAME_CHARS = 120
MAX_ROWS = 200_000
"""Most rows that one table may have; more is refused as `too_large`."""


def read(data: bytes, name: str, charset: str | None = None) -> ReadDocument:
    """Read a table as one block with one row per line.

    Args:
        data: The whole file.
        name: File name, used as the title.
        charset: The encoding that a header names, if any.

    Raises:
        ReadError: When the file is binary, has too many rows or columns, or breaks the format.
    """
    if looks_binary(data):
        raise ReadError(f"{name!r} holds binary data, not a table. Export it as CSV and try again.", "binary")
    text = decode(data, charset)
    try:
        lines = list(_lines(text, sniff_delimiter(text), name))
    except csv.Error as error:
        raise ReadError(f"{name!r} is not valid CSV: {error}. Export it again.", "damaged") from error
    return ReadDocument(name, (Block((), "\n".join(lines), "table"),) if lines else ())


def sniff_delimiter(text: str) -> str:
    """Return the delimiter that splits the first rows into the same number of columns most often.

    Args:
        text: The table; only its first rows are looked at.
    """
    sample = text[:_SAMPLE_CHARS]
    if len(sample) < len(text):
        sample = sample[: sample.rfind("\n") + 1] or sample
    best, best_score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        try:
            rows = [row for row, _ in zip(_rows(sample, delimiter), range(_SAMPLE_ROWS), strict=False) if any(row)]
        except csv.Error:
            continue
        if not rows:
            continue
        width, count = Counter(map(len, rows)).most_common(1)[0]
        score = (count / len(rows), width)
        if width > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _lines(text: str, delimiter: str, name: str) -> Iterator[str]:
    header: list[str] | None = None
    size = count = 0
    for row in _rows(text, delimiter):
        cells = [clean(cell) for cell in row]
        if not any(cells):
            continue
        if len(cells) > _MAX_COLUMNS:
            raise ReadError(f"{name!r} has a row of {len(cells)} columns, more than {_MAX_COLUMNS}.", "too_large")
        if header is None:
            if not any(map(_is_number, cells)):
                header = [cell[:_MAX_NAME_CHARS] or f"column {place}" for place, cell in enumerate(cells, 1)]
                continue
            header = []
        count += 1
        header += [f"column {place}" for place in range(len(header) + 1, len(cells) + 1)]
        line = row_text(header, cells)
        size += len(line) + 1
        if count > MAX_ROWS or size > MAX_TEXT_CHARS:
            raise ReadError(
                f"{name!r} is too large: more than {MAX_ROWS:,} rows or {MAX_TEXT_CHARS:,} characters. "
                "Split it or keep the columns that matter.",
                "too_large",
            )
        if line:
            yield line
    if header and not count:
        yield row_text([], header)


def _is_number(cell: str) -> bool:
    return cell.replace(",", "").replace(".", "", 1).lstrip("-+").isdigit()
