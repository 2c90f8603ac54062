"""Markdown to HTML that cannot load, run or style anything, twice over: the parser knows no HTML, then an allow-list.

Links survive only to addresses that the answer cites; everything else keeps its text.
"""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MAX_CHARACTERS = 200_000
TAGS = frozenset("p br hr ul ol li strong em s code pre blockquote h3 h4 sup table thead tbody tr th td a".split())
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_MARKER = re.compile(r"\[(\d{1,3})\]")
_SPACE = re.compile(r"\s+")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")


@lru_cache(maxsize=1)
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False})
    parser.enable(["table", "strikethrough"])
    return parser.disable(["image", "html_block", "html_inline", "reference", "autolink"])


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc


def _with_markers(tokens: "list[Token]", urls: Mapping[int, str]) -> "list[Token]":
    """Turn `[n]` in text into small links to the n-th citation."""
    from markdown_it.token import Token

    done: list[Token] = []
    for token in tokens:
        pieces = _MARKER.split(token.content) if token.type == "text" else [token.content]
        if len(pieces) == 1:
            done.append(token)
            continue
        for index, piece in enumerate(pieces):
            if index % 2 == 0:
                done.append(Token("text", "", 0, content=piece))
                continue
            url = urls.get(int(piece), "")
            done.append(Token("sup_open", "sup", 1))
            if url:
                done.append(Token("link_open", "a", 1, attrs={"href": url}))
            done.append(Token("text", "", 0, content=f"[{piece}]"))
            if url:
                done.append(Token("link_close", "a", -1))
            done.append(Token("sup_close", "sup", -1))
    return done


def _without_foreign_links(tokens: "list[Token]", allowed: Collection[str]) -> "list[Token]":
    done: list[Token] = []
    keep: list[bool] = []
    for token in tokens:
        if token.type == "link_open":
            keep.append(str(token.attrs.get("href", "")) in allowed)
            token.attrs = {"href": token.attrs.get("href", "")}
            if not keep[-1]:
                continue
        elif token.type == "link_close" and not keep.pop():
            continue
        done.append(token)
    return done


def to_html(text: str, allowed_urls: Collection[str] = (), citations: Mapping[int, str] | None = None) -> str:
    """Render an answer as HTML for a page that trusts nobody.

    Args:
        text: Markdown; HTML in it is shown as text. Longer than 200,000 characters is cut.
        allowed_urls: The cited addresses; links elsewhere, and all that are not http or https, lose their address.
        citations: Address by citation number; with it, `[n]` becomes a small link, without it stays text.

    Returns:
        HTML made of `TAGS` only, no attribute but those of links and the start of a list.
    """
    import nh3

    parser = _parser()
    urls = {number: parser.normalizeLink(url) for number, url in (citations or {}).items() if _is_web(url)}
    allowed = {parser.normalizeLink(url) for url in allowed_urls if _is_web(url)} | set(urls.values())
    tokens = parser.parse(_INVISIBLE.sub("", text[:MAX_CHARACTERS]))
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = "h3" if token.tag in {"h1", "h2", "h3"} else "h4"
        if token.children:
            token.children = _without_foreign_links(token.children, allowed)
            if citations is not None:
                token.children = _with_markers(token.children, urls)
    html = parser.renderer.render(tokens, parser.options, {})
    return nh3.clean(
        html,
        tags=set(TAGS),
        clean_content_tags={"script", "style"},
        attributes={"a": {"href", "target"}, "ol": {"start"}},
        attribute_filter=lambda tag, name, value: value if tag != "a" or name != "href" or value in allowed else None,
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def strip_markdown(text: str) -> str:
    """Return the words of a Markdown text, one line for each block, list items after a dash."""
    lines: list[str] = []
    item = False
    for token in _parser().parse(_INVISIBLE.sub("", text[:MAX_CHARACTERS])):
        if token.type == "list_item_open":
            item = True
        elif token.type in {"inline", "fence", "code_block"}:
            children = token.children or [token]
            words = "".join(" " if child.type in {"softbreak", "hardbreak"} else child.content for child in children)
            lines.append(("- " if item else "") + words.strip())
            item = False
    return "\n".join(lines)


def escape_inline(text: str) -> str:
    """Return one line of text, for instance a title, that means nothing to Markdown or HTML.

    Every ASCII punctuation mark becomes a numeric entity, which both show as the character and neither obeys.
    """
    line = _SPACE.sub(" ", _INVISIBLE.sub("", text)).strip()
    return _PUNCTUATION.sub(lambda found: f"&#{ord(found.group())};", line)
