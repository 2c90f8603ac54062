"""Pieces of the page as HTML: source cards, tables, tool results. Every word that comes from elsewhere is escaped."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from advisor import Citation, FactUsed, Passage, Table, ToolResult, to_html
from advisor.web import strings
from advisor.web.charts import draw
from advisor.web.drawing import esc, number

MAX_LINK = 4000


def link(url: str, words: str) -> str:
    """Return a link to a web page, or the words alone when the address is none."""
    if not url.startswith(("https://", "http://")):
        return esc(words)
    return f"<a href='{esc(url)}' target='_blank' rel='noopener noreferrer nofollow'>{esc(words)}</a>"


def cards(citations: Sequence[Citation], passages: Sequence[Passage] = ()) -> str:
    """Return the sources of an answer as cards; with the passages, each can be read in place."""
    if not citations:
        return f"<p class='ga-quiet'>{strings.NO_SOURCES}</p>"
    rows = []
    for citation in citations:
        when = citation.as_of.isoformat() if citation.as_of else strings.UNDATED
        kind = esc(strings.KINDS.get(citation.source_kind, citation.source_kind))
        rows.append(
            f"<li><span class='ga-n'>{citation.n}</span><div><strong>{link(citation.url, citation.title)}</strong>"
            f"<span class='ga-meta'>{esc(citation.publisher)} · {kind} · {when}</span>"
            f"<q>{esc(citation.quote[:280])}</q>{_passage(citation, passages)}</div></li>"
        )
    return f"<section class='ga-sources'><h2>{strings.SOURCES}</h2><ol class='ga-cards'>{''.join(rows)}</ol></section>"


def _passage(citation: Citation, passages: Sequence[Passage]) -> str:
    start = " ".join(citation.quote.split())[:40]
    for passage in passages:
        chunk = passage.chunk
        if start and start in " ".join(chunk.text.replace("**", "").split()):
            guide = f"<p>{guide_link(chunk.subject)}</p>" if chunk.subject else ""
            body = to_html(chunk.text)
            return f"<details><summary>{strings.READ_PASSAGE}</summary><div class='ga-passage'>{body}{guide}</div></details>"
    return ""


def guide_link(subject: str) -> str:
    """Return a link that opens a guide in the library, in a page of its own so that the conversation stays."""
    return f"<a href='./?{urlencode({'guide': subject})}' target='_blank'>{strings.OPEN_GUIDE}</a>"


def cell(value: Any) -> str:
    """Return a table cell's words: numbers as people read them."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return strings.YES if value else strings.NO
    if isinstance(value, (int, float)):
        return number(float(value))
    return str(value)


def table(made: Table, title: str) -> str:
    """Return a table that scrolls by itself on narrow screens."""
    rows = [[_td(cell(value), isinstance(value, (int, float))) for value in row] for row in made.rows]
    numeric = [all(isinstance(value, (int, float)) for value in column) for column in zip(*made.rows, strict=False)]
    return html_table(made.columns, rows, title, numeric)


def _td(words: str, numeric: bool) -> str:
    return f"<td class='ga-num'>{esc(words)}</td>" if numeric else f"<td>{esc(words)}</td>"


def html_table(columns: Sequence[str], rows: Sequence[Sequence[str]], title: str, numeric: Sequence[bool] = ()) -> str:
    """Return a table of cells that are HTML already (`<td>…</td>`)."""
    right = [*numeric, *([False] * len(columns))]
    head = "".join(
        f"<th scope='col'{' class=ga-num' if right[place] else ''}>{esc(column)}</th>" if column else "<td></td>"
        for place, column in enumerate(columns)
    )
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    label = esc(strings.TABLE.format(title=title))
    return (
        f"<div class='ga-table' role='region' tabindex='0' aria-label='{label}'><table><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def fact_value(low: float | None, mid: float | None, high: float | None, text: str, unit: str) -> str:
    """Return the value of a fact in words."""
    known = [value for value in (low, high) if value is not None]
    shown = f"{number(known[0])}–{number(known[1])}" if len(known) == 2 and known[0] != known[1] else ""
    if not shown and (known or mid is not None):
        shown = number(mid if mid is not None else known[0])
    elif shown and mid is not None:
        shown += f" ({number(mid)})"
    return f"{shown} {unit}".strip() if shown else text


def _fact(fact: FactUsed) -> str:
    value = esc(fact_value(fact.low, fact.mid, fact.high, fact.text, fact.unit))
    when = f", {strings.AS_OF.format(day=fact.as_of)}" if fact.as_of else ""
    return f"<li>{link(fact.url, f'{fact.subject}, {fact.key}')}: {value}{when}</li>"


def title_of(tool: str) -> str:
    """Return the name of a tool as people read it."""
    return strings.TOOL_NAMES.get(tool, tool.replace("_", " ").capitalize())


def result(found: ToolResult, *, summary: bool = True, endings: Sequence[str] = (), query: str = "") -> str:
    """Return a tool result: sentences, chart, table, assumptions, facts used, downloads.

    Args:
        found: What the tool computed.
        summary: Whether its sentences are shown; in a chat the answer says them already.
        endings: File endings offered as downloads.
        query: The input as a query string, for downloads and for the link that opens the form filled in.
    """
    title = title_of(found.tool)
    inside = [f"<h2>{esc(title)}</h2>"]
    if summary and found.summary:
        first, *rest = found.summary
        inside.append(f"<p class='ga-lead'>{esc(first)}</p>")
        inside += [f"<p class='ga-said'>{esc(line)}</p>" for line in rest]
    inside.append(draw(found.chart, title))
    if found.table and found.table.rows:
        inside.append(table(found.table, title))
    if found.assumptions:
        lines = "".join(f"<li>{esc(line)}</li>" for line in found.assumptions)
        inside.append(
            f"<details{' open' if summary else ''}><summary>{strings.ASSUMED}</summary><ul>{lines}</ul></details>"
        )
    if found.facts:
        lines = "".join(_fact(fact) for fact in found.facts)
        inside.append(
            f"<details><summary>{strings.FACTS_USED} ({len(found.facts)})</summary><ul>{lines}</ul></details>"
        )
    inside.append(downloads(f"export/{quote(found.tool)}", endings, query))
    return f"<section class='ga-result'>{''.join(inside)}</section>"


def downloads(path: str, endings: Sequence[str], query: str = "") -> str:
    """Return links to files in several forms; they are made when they are asked for."""
    if not endings or len(query) > MAX_LINK:
        return ""
    asked = f"?{query}" if query else ""
    links = "".join(
        f"<a class='ga-button' href='./{esc(path)}.{ending}{esc(asked)}' download>{strings.DOWNLOAD_AS.get(ending, ending.upper())}</a>"
        for ending in endings
    )
    return f"<p class='ga-downloads'><span>{strings.DOWNLOAD}</span>{links}</p>"


def notice(words: str) -> str:
    """Return a notice, escaped."""
    return f"<p class='ga-notice'>{strings.NOTICE}: {esc(words)}</p>"


def query_of(arguments: Mapping[str, Any]) -> str:
    """Return arguments as a query string; lists and objects become JSON, what is empty is left out."""
    import json

    pairs = []
    for name, value in arguments.items():
        if value is None or value in ("", [], {}, ()):
            continue
        plain = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
        pairs.append((name, plain))
    return urlencode(pairs)
