"""Parts of a web page that `html.py` needs: what is hidden, tables as rows, the date of publication."""

import datetime
import json
from collections import deque
from collections.abc import Iterator
from typing import Any

from bs4.element import NavigableString, PreformattedString, Tag

from advisor.errors import ReadError
from ingest.readers.base import MAX_TEXT_CHARS, clean, parse_date, row_text

# `del` and `s` mark what no longer holds, such as an old price.
NEVER_TEXT = frozenset(
    "script style template noscript iframe object embed applet svg math canvas audio video map select button textarea "
    "input option datalist head title meta link noframes del s strike".split()
)
_HIDING = frozenset(
    {("display", "none"), ("visibility", "hidden"), ("visibility", "collapse"), ("opacity", "0"), ("opacity", "0.0")}
    | {("font-size", "0" + unit) for unit in ("", "px", "pt", "em", "rem", "%")}
)
_MAX_SPAN = 20
_MAX_NAME_CHARS = 120
_BOLD = frozenset({"b", "strong"})

# Most specific first; the modification date only when the page gives no other.
_META_DATES = (
    "article:published_time",
    "og:article:published_time",
    "citation_publication_date",
    "dcterms.issued",
    "dc.date.issued",
    "dcterms.created",
    "datepublished",
    "pubdate",
    "publishdate",
    "publish-date",
    "publication_date",
    "parsely-pub-date",
    "sailthru.date",
    "dcterms.date",
    "dc.date",
    "date",
    "article:modified_time",
    "og:updated_time",
    "dcterms.modified",
    "datemodified",
    "last-modified",
)


class walk:  # noqa: N801 - used like a function; it is a class because `skip` needs a state
    """Every start, end and text of a tree in reading order; flat, because hostile pages nest deeper than Python recurses."""

    def __init__(self, root: Tag) -> None:
        """Start at the root, whose own start and end are not given."""
        self._waiting: list[tuple[str, Any]] = [("child", child) for child in reversed(root.contents)]
        self._last: list[tuple[str, Any]] = []

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """Yield `("start", tag)`, `("end", tag)` and `("text", string)`."""
        while self._waiting:
            kind, node = self._waiting.pop()
            if kind == "end":
                yield kind, node
            elif isinstance(node, Tag):
                self._last = [("end", node), *(("child", child) for child in reversed(node.contents))]
                yield "start", node
                self._waiting += self._last
            elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
                yield "text", node

    def skip(self) -> None:
        """Leave out everything inside the tag that was just started, and its end."""
        self._last = []


def is_hidden(element: Any) -> bool:
    """Return whether an element is never shown: `hidden`, `aria-hidden`, or an inline style that hides it."""
    if not element.attrs:
        return False
    if element.get("hidden") is not None or element.get("aria-hidden", "").strip().lower() == "true":
        return True
    for declaration in element.get("style", "").lower().split(";"):
        name, _, value = declaration.partition(":")
        if (name.strip(), value.replace("!important", "").strip()) in _HIDING:
            return True
    return False


def is_data_table(table: Any) -> bool:
    """Return whether a table holds data rather than the layout of the page."""
    if table.get("role") in ("presentation", "none") or table.find(["h1", "h2", "h3", "h4"]) is not None:
        return False
    return table.find("table") is None and any(len(_cells(row)) > 1 for row in table.find_all("tr"))


def table_lines(table: Any) -> list[str]:
    """Return the rows of a table, each as `header: value; header: value`.

    Args:
        table: A table element without tables inside.

    Raises:
        ReadError: When the rows would give more text than a document may.
    """
    header: list[str] = []
    lines: list[str] = []
    spans: dict[int, tuple[int, str]] = {}
    size = 0
    for row in table.find_all("tr"):
        if is_hidden(row):
            continue
        cells = [cell for cell in _cells(row) if not is_hidden(cell)]
        if not lines and cells and _is_header(row, cells):
            header = _joined(header, _header_names(cells))
            continue
        line = _row_line(header, cells, spans)
        size += len(line)
        if size > MAX_TEXT_CHARS:
            raise ReadError("A table of the page is too large. Save it as CSV in several parts.", "too_large")
        if line:
            lines.append(line)
    return lines or [line for line in [row_text([], header)] if line]


def published_date(root: Any) -> datetime.date | None:
    """Return the date of publication from JSON-LD, `meta` elements or `time`, None when there is none."""
    for script in root.find_all("script"):
        if "ld+json" in script.get("type", "").lower() and (day := _json_date(script.string or "")):
            return day
    stated: dict[str, str] = {}
    for meta in root.find_all("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        stated.setdefault(name.strip().lower(), meta.get("content") or "")
    for name in _META_DATES:
        if day := parse_date(stated.get(name, "")):
            return day
    times = sorted(root.find_all("time"), key=lambda time: time.get("itemprop") != "datePublished")
    for time in times:
        if time.get("itemprop") == "datePublished" or time.get("pubdate") is not None or _is_in_article_head(time):
            day = parse_date(time.get("datetime") or time.get_text())
            if day:
                return day
    return None


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row.children if isinstance(cell, Tag) and cell.name in ("td", "th")]


def _is_header(row: Any, cells: list[Any]) -> bool:
    if row.parent.name == "thead" or all(cell.name == "th" for cell in cells):
        return True
    return len(cells) > 1 and all(_is_bold(cell) for cell in cells)


def _is_bold(cell: Any) -> bool:
    """Return whether a cell holds one bold element and nothing else."""
    parts = [part for part in cell.children if isinstance(part, Tag) or str(part).strip()]
    return len(parts) == 1 and isinstance(parts[0], Tag) and parts[0].name in _BOLD


def _header_names(cells: list[Any]) -> list[str]:
    names: list[str] = []
    for cell in cells:
        text = _cell_text(cell)
        names.extend([text if len(text) <= _MAX_NAME_CHARS else ""] * _span(cell, "colspan"))
    return names


def _joined(upper: list[str], lower: list[str]) -> list[str]:
    """Join two header rows column by column: `Pay` above `low` gives `Pay low`."""
    width = max(len(upper), len(lower))
    pairs = zip(upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower)), strict=True)
    return [clean(f"{above} {below}") if above != below else above for above, below in pairs]


def _row_line(header: list[str], cells: list[Any], spans: dict[int, tuple[int, str]]) -> str:
    """Write one row; `spans` carries short values of `rowspan` cells down to the rows below."""
    values: list[str] = []
    carried = False
    for cell in cells:
        while len(values) in spans:
            values.append(_carry(len(values), spans))
            carried = True
        text, column = _cell_text(cell), len(values)
        values.extend([text] + [""] * (_span(cell, "colspan") - 1))
        rows = _span(cell, "rowspan", 1000)
        if rows > 1 and len(text) <= _MAX_NAME_CHARS and len(spans) < _MAX_SPAN:
            spans[column] = (rows - 1, text)
    while len(values) in spans:
        values.append(_carry(len(values), spans))
    if len(cells) == 1 and len(header) > 1 and not carried and len(values) > 1:
        return values[0]
    if any(header):
        return row_text(header, values)
    filled = [value for value in values if value]
    if len(filled) > 1 and (cells[0].name == "th" or len(values) == 2):
        return f"{filled[0].rstrip(': ')}: {'; '.join(filled[1:])}"
    return " | ".join(filled)


def _carry(column: int, spans: dict[int, tuple[int, str]]) -> str:
    left, text = spans.pop(column)
    if left > 1:
        spans[column] = (left - 1, text)
    return text


def _span(cell: Any, name: str, most: int = _MAX_SPAN) -> int:
    value = cell.get(name)
    if value is None:
        return 1
    value = value.strip()[:6]
    return max(1, min(int(value), most)) if value.isascii() and value.isdigit() else 1


def _cell_text(cell: Any) -> str:
    parts: list[str] = []
    walker = walk(cell)
    for kind, node in walker:
        if kind == "text":
            parts.append(str(node))
        elif kind == "start" and (node.name in NEVER_TEXT or is_hidden(node)):
            walker.skip()
        elif kind == "start" and node.name in ("br", "p", "div", "li", "ul", "ol"):
            parts.append(" ")
    return clean("".join(parts))


def _json_date(text: str) -> datetime.date | None:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    stated: dict[str, datetime.date] = {}
    for key, value in _json_values(data):
        if key in ("datePublished", "dateCreated", "dateModified") and isinstance(value, str):
            day = parse_date(value)
            if day:
                stated.setdefault(key, day)
    return stated.get("datePublished") or stated.get("dateCreated") or stated.get("dateModified")


def _json_values(data: Any) -> Iterator[tuple[str, Any]]:
    waiting = deque([data])
    while waiting:
        item = waiting.popleft()
        if isinstance(item, dict):
            yield from item.items()
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item[:100])


def _is_in_article_head(time: Any) -> bool:
    """Return whether a `time` belongs to the article itself: inside it, but not inside its running text."""
    if time.find_parent(["p", "li", "td", "blockquote", "aside", "nav", "footer"]) is not None:
        return False
    return time.find_parent(["header", "article", "main"]) is not None
