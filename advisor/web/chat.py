"""One turn of the chat: history in, growing text out, and at the end the answer with sources, results and what to ask next."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from advisor import Advisor, AdvisorError, Answer, Passage, Passages, Profile, TextDelta, ToolResult, to_html
from advisor.answer.lead import NEAR_ENOUGH
from advisor.web import downloads, language, parts, strings
from advisor.web.drawing import esc
from advisor.web.profile import said as said_of

UPDATES_A_SECOND, UPDATES_OF_ALL = 8, 48
"""Updates of one answer and of all that are being written: with many at once each is shown in larger steps."""
MAX_QUESTION = 2000
FOLLOW_UPS = 3


@dataclass(frozen=True)
class Turn:
    """A question with what is shown for it; `answer` is there once it is finished."""

    question: str
    html: str = ""
    extra: str = ""
    answer: Answer | None = None
    follow_ups: tuple[str, ...] = ()


def plain_history(history: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Return turns with plain text: the browser sends content as a list of blocks, the API as a string."""
    turns = []
    for turn in history:
        content = turn.get("content", "")
        if isinstance(content, list):
            content = " ".join(block.get("text", "") for block in content if isinstance(block, dict))
        if turn.get("role") in {"user", "assistant"} and isinstance(content, str):
            turns.append({"role": str(turn["role"]), "content": content})
    return turns


def history_of(turns: Sequence[Turn]) -> list[dict[str, str]]:
    """Return finished turns as the adviser takes them."""
    found = []
    for turn in turns:
        if turn.answer is not None:
            found.append({"role": "user", "content": turn.question})
            found.append({"role": "assistant", "content": turn.answer.text})
    return found


def answer_html(answer: Answer) -> str:
    """Return the text of an answer as safe HTML, with its notices below."""
    urls = {citation.n: citation.url for citation in answer.citations if citation.url}
    return to_html(answer.text, set(urls.values()), urls) + "".join(parts.notice(line) for line in answer.notices)


def labels(answer: Answer, corpus_day: str = "", about: str = "") -> str:
    """Return what stands under every answer: who wrote it, how long it took, how old the corpus is, what it is not."""
    offline = answer.model == "offline"
    words = [
        strings.LABEL_OFFLINE if offline else strings.LABEL_ONLINE.format(model=answer.model),
        strings.LABEL_TIME.format(seconds=answer.seconds),
        strings.LABEL_CORPUS.format(day=corpus_day) if corpus_day else "",
        strings.LABEL_INFO,
        strings.ABOUT_YOU.format(used=about) if about else "",
    ]
    return f"<p class='ga-labels'>{''.join(f'<span>{esc(word)}</span>' for word in words if word)}</p>"


def extra_html(answer: Answer, passages: Sequence[Passage] = (), *, day: str = "", about: str = "") -> str:
    """Return what follows the text of an answer: results with charts, sources as cards, labels."""
    shown = [
        parts.result(found, summary=False, endings=_endings(found), query=parts.query_of(found.input))
        for found in answer.results
        if "needs" not in found.output
    ]
    sources = parts.cards(answer.citations, passages) if answer.citations else ""
    return f"<div class='ga-answer'>{sources}{''.join(shown)}{labels(answer, day, about)}</div>"


def _endings(found: ToolResult) -> list[str]:
    # What the person's own log says is no tool with a form, so there is no link that could make it again.
    return downloads.endings(found) if downloads.is_tool(found.tool) else []


def finished(
    question: str, answer: Answer, passages: Sequence[Passage] = (), *, day: str = "", about: str = ""
) -> Turn:
    """Return a turn with its answer, as it is shown now or when it is opened again later."""
    other = language.other_than_english(question)
    note = parts.notice(strings.LANGUAGE.format(language=strings.LANGUAGES[other])) if other else ""
    asked = " ".join(question.lower().split()).rstrip("?")
    # Next to a sum only what lies near the question is worth asking next.
    near = NEAR_ENOUGH if answer.results else 0.0
    headings = [
        passage.chunk.heading.rsplit(" > ", 1)[-1]
        for passage in passages
        if passage.chunk.kind == "question" and passage.dense >= near
    ]
    follow_ups = tuple(
        dict.fromkeys(heading for heading in headings if heading.lower().rstrip("?") != asked and len(heading) < 120)
    )[:FOLLOW_UPS]
    extra = extra_html(answer, passages, day=day, about=about)
    return Turn(question, note + answer_html(answer), extra, answer, follow_ups)


_WRITING: set[object] = set()
"""One object for each answer that is being written."""


def respond(
    advisor: Advisor, question: str, turns: Sequence[Turn] = (), profile: Profile | None = None
) -> Iterator[Turn]:
    """Yield the turn as it grows; every failure ends in a text that says what to do.

    Args:
        advisor: The open adviser.
        question: What the person asks.
        turns: The conversation before it.
        profile: What the person chose to say about themselves.
    """
    if len(question) > MAX_QUESTION:
        yield Turn(question, esc(strings.TOO_LONG.format(limit=MAX_QUESTION, count=len(question))))
        return
    yield Turn(question, _steps([strings.STEP_LOOKING + "…"]))
    person = profile or Profile()
    text, steps, shown = "", [strings.STEP_LOOKING], 0.0
    passages: tuple[Passage, ...] = ()
    writing = object()
    _WRITING.add(writing)
    try:
        for part in advisor.stream(question, history=history_of(turns), profile=person):
            if isinstance(part, Answer):
                yield finished(question, part, passages, day=corpus_day(advisor), about=said_of(person))
                return
            if isinstance(part, Passages):
                passages = part.passages
                titles = list(dict.fromkeys(passage.chunk.title for passage in passages))[:3]
                if titles:
                    steps.append(strings.STEP_READ.format(count=len(passages), titles=", ".join(titles)))
            elif isinstance(part, ToolResult):
                steps.append(strings.STEP_RAN.format(tool=parts.title_of(part.tool)))
            elif isinstance(part, TextDelta):
                text += part.text
            # Each update sends the whole text and costs the server CPU: a few a second are as good as all.
            if time.monotonic() - shown >= max(1 / UPDATES_A_SECOND, len(_WRITING) / UPDATES_OF_ALL):
                shown = time.monotonic()
                yield Turn(question, to_html(text) if text else _steps(steps))
    except AdvisorError as error:
        yield Turn(question, esc(strings.FAILED.format(reason=error)))
    finally:
        _WRITING.discard(writing)


def _steps(steps: Sequence[str]) -> str:
    return f"<p class='ga-steps'>{' '.join(f'<span>{esc(step)}</span>' for step in steps)}</p>"


_DAYS: dict[int, str] = {}


def corpus_day(advisor: Advisor) -> str:
    """Return the day on which the newest source of the corpus was read."""
    sequence = advisor.ledger.sequence
    if sequence not in _DAYS:
        days = [fact.source.read for fact in advisor.ledger.facts() if fact.source.read]
        _DAYS.clear()
        _DAYS[sequence] = max(days).isoformat() if days else ""
    return _DAYS[sequence]
