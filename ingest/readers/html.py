"""Web pages: the text that a person would read, with headings, lists and tables; menus, forms and hidden text dropped.

BeautifulSoup on lxml; never `html.parser`, which is quadratic on hostile pages. Its tree costs about 2.5 s a megabyte of
markup on one core, so pages past `MAX_MARKUP_CHARS` are refused with what to do instead.
"""

import email
import email.policy
import re
import warnings
from email.message import EmailMessage
from typing import Any

from bs4 import BeautifulSoup
from bs4.builder._lxml import LXMLTreeBuilder
from bs4.element import Tag
from lxml import etree  # type: ignore[import-untyped]

from advisor.errors import ReadError
from ingest.readers.base import Block, BlockKind, Outline, ReadDocument, clean, visible
from ingest.readers.html_parts import NEVER_TEXT, is_data_table, is_hidden, published_date, table_lines, walk
from ingest.readers.text import decode

_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_BOILERPLATE = frozenset("nav aside footer header search dialog".split())
_BOILERPLATE_ROLES = frozenset("navigation banner contentinfo search complementary menu menubar dialog".split())
_CONTENT = frozenset({"main", "article", "section"})
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dir div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section summary table tbody td "
    "tfoot th thead tr ul".split()
)
_LISTS = frozenset({"ul", "ol", "dl", "dir", "menu"})
_META_CHARSET = re.compile(rb"<meta[^>]{0,500}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_HEAD_BYTES = 4096
_MAX_HEADING_CHARS = 300
MAX_MARKUP_CHARS = 4_000_000
_LINE_BREAK = "\0"
"""Marks a line end that is meant; `visible` has removed every other one."""


def read(data: bytes, name: str, charset: str | None = None) -> ReadDocument:
    """Read a page.

    Args:
        data: The whole file.
        name: File name, the title when the page has none.
        charset: The encoding that the server's header names, if any.

    Raises:
        ReadError: When tags are nested deeper than the parser goes.
    """
    declared = _META_CHARSET.search(data[:_HEAD_BYTES])
    return read_markup(decode(data, charset or (declared[1].decode("ascii") if declared else None)), name)


def read_archive(data: bytes, name: str, charset: str | None = None) -> ReadDocument:
    """Read the page inside a saved web archive (`.mhtml`).

    Args:
        data: The whole file.
        name: File name, the title when the page has none.
        charset: Not used: each part names its own.

    Raises:
        ReadError: When the archive holds no page.
    """
    message = email.message_from_bytes(data, EmailMessage, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            return read(payload if isinstance(payload, bytes) else b"", name, part.get_content_charset() or charset)
    raise ReadError(f"{name!r} is a web archive without a page in it. Save the page as HTML or PDF instead.", "damaged")


def read_markup(markup: str, name: str) -> ReadDocument:
    """Read a page that is text already.

    Args:
        markup: HTML.
        name: The title when the page has none.

    Raises:
        ReadError: When tags are nested deeper than the parser goes, because the rest would be lost without a word.
    """
    if len(markup) > MAX_MARKUP_CHARS:
        message = f"{name!r} has more than {MAX_MARKUP_CHARS:,} characters of markup. Save the part you need, or a PDF, instead."
        raise ReadError(message, "too_large")
    shown = visible(markup)
    if _is_too_deep(shown):
        raise ReadError(f"{name!r} nests its tags deeper than 2000. Save the page as text or PDF instead.", "too_deep")
    root = _parse(shown)
    # Some pages are one form, or put everything into `aside`: better the menus than nothing.
    blocks = _Walk(root, keep_boilerplate=False).run() or _Walk(root, keep_boilerplate=True).run()
    headings = (block.heading[0] for block in blocks if block.heading)
    title = clean(_title(root)) or next(headings, name)
    return ReadDocument(title, tuple(blocks), published_date(root))


def _parse(markup: str) -> BeautifulSoup:
    """Return the tree of a page; BeautifulSoup's warnings about pages that look like something else are of no use here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return BeautifulSoup(markup, builder=LXMLTreeBuilder(parser=_parser, multi_valued_attributes=None))


def _parser(**options: Any) -> Any:
    return etree.HTMLParser(huge_tree=True, no_network=True, **options)


def _is_too_deep(markup: str) -> bool:
    """Return whether tags are nested deeper than the parser goes: lxml says so in a moment, BeautifulSoup never would."""
    parser = _parser(encoding="utf-8")
    try:
        etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
    return any("Excessive depth" in entry.message for entry in parser.error_log)


def _title(root: Tag) -> str:
    title = root.find("title")
    return title.get_text() if isinstance(title, Tag) and title.find_parent("svg") is None else ""


class _Walk:
    """One pass over a page in reading order; flat, because hostile pages nest deeper than Python recurses."""

    def __init__(self, root: Any, *, keep_boilerplate: bool) -> None:
        self._root, self._keep_boilerplate = root, keep_boilerplate
        self._blocks: list[Block] = []
        self._outline = Outline()
        self._buffer: list[str] = []
        self._heading = 0
        self._headings: list[str] = []
        self._lists: list[int] = []
        self._items: list[str] = []
        self._marker: str | None = None
        self._joint, self._next_joint = " ", ": "
        self._content_depth = self._pre_depth = 0
        self._page_chars: int | None = None

    def run(self) -> list[Block]:
        walker = walk(self._root)
        for kind, node in walker:
            if kind == "text":
                self._add(str(node))
            elif kind == "end":
                self._end(node)
            elif self._is_dropped(node) or self._take_table(node):
                walker.skip()
            else:
                self._start(node)
        self._flush()
        self._close_list()
        if not self._blocks:
            self._emit("\n".join(self._headings), "text")  # a page of nothing but headings
        return self._blocks

    def _is_dropped(self, element: Any) -> bool:
        tag = element.name
        if tag in NEVER_TEXT or is_hidden(element):
            return True
        if self._keep_boilerplate:
            return False
        if tag == "form":
            return not self._is_page_wrapper(element)
        if tag in ("header", "footer") and self._content_depth:
            return False
        return tag in _BOILERPLATE or element.get("role", "").strip().lower() in _BOILERPLATE_ROLES

    def _is_page_wrapper(self, form: Any) -> bool:
        """Return whether a form holds most of the page, as some server frameworks do."""
        if self._page_chars is None:
            self._page_chars = sum(map(len, self._root.strings))
        chars = sum(map(len, form.strings))
        return chars > 500 and chars > self._page_chars / 2

    def _take_table(self, element: Any) -> bool:
        if element.name != "table" or self._lists or self._heading or not is_data_table(element):
            return False
        self._flush()
        caption = element.find("caption")
        if caption is not None and not is_hidden(caption):
            self._emit(clean(caption.get_text()), "text")
        self._emit("\n".join(table_lines(element)), "table")
        return True

    def _start(self, element: Any) -> None:
        tag = element.name
        if tag == "br":
            self._buffer.append(_LINE_BREAK)
        if tag not in _BLOCKS:
            return
        self._flush()
        self._content_depth += tag in _CONTENT
        self._pre_depth += tag == "pre"
        if tag in _LISTS:
            self._lists.append(0 if tag == "ol" else -1)
        elif self._lists and tag in ("li", "dt"):
            self._next_joint = ": "
            if self._lists[-1] >= 0:
                self._lists[-1] += 1
            number = f"{self._lists[-1]}. " if self._lists[-1] > 0 else "- "
            self._marker = "  " * min(len(self._lists) - 1, 8) + (number if tag == "li" else "")
        elif tag == "dd":
            self._joint, self._next_joint = self._next_joint, "; "
        elif tag in _HEADINGS and not self._lists:
            self._heading = _HEADINGS[tag]

    def _end(self, element: Any) -> None:
        tag = element.name
        if tag not in _BLOCKS:
            return
        if _HEADINGS.get(tag) == self._heading:
            self._end_heading()
        self._flush()
        self._content_depth -= tag in _CONTENT
        self._pre_depth -= tag == "pre"
        if tag in _LISTS and self._lists:
            self._lists.pop()
            if not self._lists:
                self._close_list()

    def _add(self, text: str | None) -> None:
        if text:
            self._buffer.append(text.replace("\n", _LINE_BREAK) if self._pre_depth else text)

    def _flush(self) -> None:
        """End the running text: as an item inside a list, as a block elsewhere; inside a heading it goes on."""
        if self._heading:
            self._buffer.append(" ")
            return
        lines = [line for line in map(clean, "".join(self._buffer).split(_LINE_BREAK)) if line]
        self._buffer = []
        if not lines:
            return
        if not self._lists:
            self._emit("\n".join(lines), "text")
        elif self._marker is not None or not self._items:
            self._items.append((self._marker or "") + " ".join(lines))
        else:
            self._items[-1] += self._joint + " ".join(lines)
        self._marker, self._joint = None, " "

    def _end_heading(self) -> None:
        text, level = clean("".join(self._buffer).replace(_LINE_BREAK, " ")), self._heading
        self._heading, self._buffer = 0, []
        if len(text) > _MAX_HEADING_CHARS:
            self._emit(text, "text")  # a heading that was never closed
        elif text:
            self._outline.enter(level, text)
            self._headings.append(text)

    def _close_list(self) -> None:
        self._emit("\n".join(self._items), "list")
        self._items, self._marker = [], None

    def _emit(self, text: str, kind: BlockKind) -> None:
        if text:
            self._blocks.append(Block(self._outline.path, text, kind))
