"""Wherever a hostile text stands - question, title, passage, metadata, profile, error - the page runs, loads and links nothing."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from advisor import (
    Advisor,
    AdvisorError,
    Answer,
    Citation,
    Passage,
    Passages,
    Profile,
    Settings,
    TextDelta,
    ToolResult,
    to_html,
)
from advisor.answer.render import TAGS
from advisor.schema import Chunk, FactUsed, Source, Table
from advisor.web import chat, chat_view, history, parts, profile_view, signin
from advisor.web.files import Line
from advisor.web.files_view import _table
from advisor.web.profile import said
from advisor.web.store import Item
from tests.payloads import EVIL, payloads
from tests.scripted_server import Handler, ScriptedServer
from tests.test_render import PAYLOADS

ALL = list(dict.fromkeys([*PAYLOADS, *payloads()]))
CITED = "https://help.examplia.example/fees"
BENIGN = "plain words"
HARMLESS = {("ol", "start"), ("code", "class"), ("td", "style"), ("th", "style")}
"""The number of a list; the language of a block of code and the sides of a column, which Markdown gives a question."""
HEADINGS = {"h1", "h2"}


class Seen(HTMLParser):
    """What a browser would make of HTML: tags, attributes and addresses."""

    def __init__(self, html: str) -> None:
        """Read the HTML."""
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.links: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}
        self.links |= {value or "" for name, value in attrs if name in {"href", "src", "action", "data"}}

    def handle_comment(self, data: str) -> None:
        """Count a comment as a tag."""
        self.tags.add("!--")

    def handle_decl(self, decl: str) -> None:
        """Count a declaration as a tag."""
        self.tags.add("!")

    def handle_pi(self, data: str) -> None:
        """Count an instruction as a tag."""
        self.tags.add("?")


def answer(**more: object) -> Answer:
    return Answer.model_validate({"text": "Examplia takes 10%. [1]", "citations": [citation()], **more})


def citation(**more: object) -> Citation:
    plain = {
        "n": 1,
        "title": "Fees",
        "publisher": "Examplia",
        "url": CITED,
        "source_kind": "official",
        "as_of": date(2026, 5, 1),
        "quote": "Examplia takes 10%.",
    }
    return Citation.model_validate({**plain, **more})


def passage(text: str, subject: str = "examplia", title: str = "Fees", heading: str = "Fees") -> Passage:
    source = Source.model_validate(
        {"id": "s1", "title": title, "publisher": "Examplia", "url": CITED, "source_kind": "official"}
    )
    chunk = Chunk(
        id="c",
        document="d",
        kind="document",
        title=title,
        heading=heading,
        text=text,
        subject=subject,
        sources=(source,),
    )
    return Passage(chunk=chunk, score=1.0, rank=1)


def result(**more: object) -> ToolResult:
    plain = {"tool": "fees", "input": {"gross": 1}, "output": {}, "summary": ("You keep 90.",)}
    return ToolResult.model_validate({**plain, **more})


class Failing:
    """An adviser whose stream shows a title and then fails."""

    def __init__(self, payload: str) -> None:
        """Keep the payload."""
        self.payload = payload

    def stream(self, *_: object, **__: object) -> Iterator[object]:
        """Yield a passage, a text and an error that all hold the payload."""
        yield Passages(passages=(passage("x", title=self.payload),))
        yield TextDelta(text=self.payload)
        raise AdvisorError(self.payload)


def _in_browser(content: object) -> str:
    """Return a Markdown message as a browser would make it with a renderer that lets HTML through."""
    return str(MarkdownIt("commonmark", {"html": True}).enable("table").render(str(content)))


def _fact(payload: str) -> FactUsed:
    return FactUsed.model_validate(
        {"subject": payload, "key": payload, "text": payload, "unit": payload, "url": payload}
    )


PLACES: dict[str, Callable[[str], str]] = {
    "question": lambda p: _in_browser(chat_view.messages([chat.Turn(p)])[0]["content"]),
    "answer": lambda p: chat.answer_html(answer(text=f"Before {p} after. [1]\n\n{p}")),
    "notice": lambda p: chat.answer_html(answer(notices=(p,))),
    "source": lambda p: parts.cards([citation(title=p, publisher=p, quote=p, source_kind=p, url=p)]),
    "document": lambda p: parts.cards([citation(quote=p)], [passage(f"{p}\n\n{p}", subject=p.encode("utf-8", "replace").decode(), title=p, heading=p)]),
    "profile": lambda p: chat.labels(answer(), "2026-11-23", said(Profile(region=p, skills=(p,), limits=(p,), status=p))),
    "profile shown": lambda p: profile_view._state(Profile(region=p, skills=(p,), status=p)),
    "model": lambda p: chat.labels(answer(model=p)),
    "error": lambda p: [turn.html for turn in chat.respond(Failing(p), p)][-1],  # type: ignore[arg-type]
    "steps": lambda p: "".join(turn.html for turn in chat.respond(Failing(p), p)),  # type: ignore[arg-type]
    "result": lambda p: parts.result(result(summary=(p, p), assumptions=(p,), facts=(_fact(p),), table=Table(columns=(p,), rows=((p,),)))),
    "chart": lambda p: parts.result(result(chart={"kind": "bar", "title": p, "unit": p, "x": p, "y": p, "rows": [{"label": p, "value": 1}]})),
    "files": lambda p: _table([Line(p, p, p)]),
    "sign-in": lambda p: signin.form(p),
    "kept": lambda p: chat_view.messages(history.from_data([{"question": "x", "answer": answer(text=p).model_dump(mode="json")}]))[1]["content"],
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_no_payload_adds_a_tag_an_attribute_or_a_foreign_link(place: str) -> None:
    draw = PLACES[place]
    # A passage that is longer, or a word in another language, may show parts of the page that plain words do not.
    plain = Seen("".join(draw(words) for words in (BENIGN, CITED, f"[1] {BENIGN} [x]({CITED})")))
    bad = []
    for payload in ALL:
        seen = Seen(draw(payload))
        links = {link for link in seen.links if not link.startswith("./") and link != CITED} - plain.links
        if place in {"source", "result"}:
            # A source's own address is what may be linked to; it is a web page or no link at all.
            links -= {payload} if re.match(r"https?://", payload) else set()
        extra = (seen.tags - plain.tags - TAGS - (HEADINGS if place == "question" else set())) | {
            f"{t}[{a}]" for t, a in seen.attributes - plain.attributes - HARMLESS
        }
        if extra or links:
            bad.append((payload, sorted(extra), sorted(links)))
    assert bad == []


def test_there_are_five_hundred_payloads() -> None:
    assert len(ALL) >= 500
    assert sum(EVIL in payload for payload in ALL) > 150


def test_a_stream_cut_at_any_place_shows_nothing_more() -> None:
    """The page renders an answer again and again while it grows: each beginning of each payload is an answer."""
    bad = []
    for payload in ALL:
        for cut in range(1, len(payload) + 1):
            seen = Seen(to_html(payload[:cut], {CITED}, {1: CITED}))
            if (
                seen.tags - TAGS
                or seen.links - {CITED}
                or {name for _, name in seen.attributes} - {"href", "target", "rel", "start"}
            ):
                bad.append(payload[:cut])
    assert bad == []


@pytest.mark.parametrize(
    "payload",
    [
        "![ü](https://evil.example/ü)",
        "<img src=x onerror=alert(1)> – €",
        "[x](javascript:alert(1)) 𝄞",
        "\u202ehttps://evil.example",
    ],
)
def test_a_model_that_sends_single_bytes_shows_nothing_more(
    settings: Settings, scripted_server: ScriptedServer, payload: str
) -> None:
    def single_bytes(handler: Handler) -> None:
        handler.head()
        choice = {
            "index": 0,
            "delta": {"role": "assistant", "content": f"Examplia takes 0–15%. [1] {payload}"},
            "finish_reason": "stop",
        }
        event = json.dumps(
            {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]},
            ensure_ascii=False,
        )
        for byte in f"data: {event}\n\ndata: [DONE]\n\n".encode():
            handler.send(bytes([byte]))

    scripted_server.queue(single_bytes)
    asked = settings.model_copy(update={"model": "openai:scripted", "base_url": scripted_server.url})
    with Advisor.open(asked) as advisor:
        turns = list(chat.respond(advisor, "How much does Examplia take?"))
    assert turns[-1].answer is not None
    for turn in turns:
        seen = Seen(turn.html)
        assert seen.tags <= TAGS | {"span"}
        assert not any("evil" in link or "javascript" in link for link in seen.links)
    assert "Examplia takes" in turns[-1].html


def test_a_question_is_shown_as_it_was_typed_and_comes_back_so_when_edited() -> None:
    for typed in ("Is 5 < 7 [sic] & fair?", "plain words", "**bold** `x`"):
        assert chat_view.as_typed(str(chat_view.messages([chat.Turn(typed)])[0]["content"])) == typed


def test_a_kept_conversation_as_text_keeps_its_words() -> None:
    item = Item(
        "i",
        history.CONVERSATION,
        "x",
        [{"question": "<b>x</b>", "answer": answer().model_dump(mode="json")}],
        "",
        "2026-11-23",
    )
    assert "Examplia takes 10%" in history.to_markdown(item)
