"""One turn of the chat: history in, growing text and source cards out, a few times a second."""

import html
import time
from collections.abc import Iterator, Sequence
from typing import Any

from advisor import Advisor, AdvisorError, Answer, Citation, Profile, TextDelta
from advisor.answer.render import to_html
from advisor.web import strings

UPDATES_A_SECOND = 8
MAX_QUESTION = 2000

Turn = dict[str, str]


def plain_history(history: Sequence[dict[str, Any]]) -> list[Turn]:
    """Return turns with plain text: the browser sends content as a list of blocks, the API as a string."""
    turns = []
    for turn in history:
        content = turn.get("content", "")
        if isinstance(content, list):
            content = " ".join(block.get("text", "") for block in content if isinstance(block, dict))
        if turn.get("role") in {"user", "assistant"} and isinstance(content, str):
            turns.append({"role": str(turn["role"]), "content": content})
    return turns


def cards(citations: Sequence[Citation]) -> str:
    """Return the sources of an answer as HTML cards; all text is escaped, links go to the cited pages only."""
    if not citations:
        return f"<p class='quiet'>{strings.NO_SOURCES}</p>"
    rows = []
    for citation in citations:
        title = html.escape(citation.title)
        if citation.url.startswith(("https://", "http://")):
            link = html.escape(citation.url, quote=True)
            title = f"<a href='{link}' target='_blank' rel='noopener noreferrer nofollow'>{title}</a>"
        when = citation.as_of.isoformat() if citation.as_of else strings.UNDATED
        kind = html.escape(strings.KINDS.get(citation.source_kind, citation.source_kind))
        rows.append(
            f"<li><span class='n'>{citation.n}</span><div><strong>{title}</strong>"
            f"<span class='meta'>{html.escape(citation.publisher)} · {kind} · {when}</span>"
            f"<q>{html.escape(citation.quote[:280])}</q></div></li>"
        )
    return f"<h2>{strings.SOURCES}</h2><ol class='cards'>{''.join(rows)}</ol>"


def answer_html(answer: Answer) -> str:
    """Return the finished answer as safe HTML, with its notices below."""
    urls = {citation.n: citation.url for citation in answer.citations if citation.url}
    body = to_html(answer.text, set(urls.values()), urls)
    notices = "".join(f"<p class='notice'>{strings.NOTICE}: {html.escape(line)}</p>" for line in answer.notices)
    return body + notices


def respond(
    advisor: Advisor, question: str, history: Sequence[dict[str, Any]], country: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield `(answer so far as HTML, source cards as HTML)`; every failure ends in a text that says what to do."""
    if len(question) > MAX_QUESTION:
        yield html.escape(strings.TOO_LONG.format(limit=MAX_QUESTION, count=len(question))), cards(())
        return
    text = ""
    shown = 0.0
    try:
        parts = advisor.stream(question, history=plain_history(history), profile=Profile(country=country or ""))
        for part in parts:
            if isinstance(part, TextDelta):
                text += part.text
                # Each update sends the whole text and costs the server CPU: a few a second are as good as all.
                if time.monotonic() - shown >= 1 / UPDATES_A_SECOND:
                    shown = time.monotonic()
                    yield to_html(text), cards(())
            elif isinstance(part, Answer):
                yield answer_html(part), cards(part.citations)
    except AdvisorError as error:
        yield html.escape(strings.FAILED.format(reason=error)), cards(())
