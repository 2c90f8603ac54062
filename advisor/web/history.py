"""Conversations as they are saved and opened again: turns to JSON and back, and as Markdown to take away."""

from collections.abc import Sequence
from typing import Any

from advisor import Answer
from advisor.web import chat, strings
from advisor.web.chat import Turn
from advisor.web.store import Item, Store

CONVERSATION = "conversation"


def to_data(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """Return finished turns as JSON data."""
    return [{"question": turn.question, "answer": turn.answer.model_dump(mode="json")} for turn in turns if turn.answer]


def from_data(data: Any) -> list[Turn]:
    """Return saved turns, drawn anew."""
    return [chat.finished(turn["question"], Answer.model_validate(turn["answer"])) for turn in data or ()]


def keep(store: Store | None, turns: Sequence[Turn], conversation: str) -> str:
    """Save a conversation when saving is on; return its id, or what was given."""
    data = to_data(turns)
    if store is None or not data or not store.is_on:
        return conversation
    return store.save(CONVERSATION, str(data[0]["question"]), data, item=conversation)


def to_markdown(item: Item) -> str:
    """Return a saved conversation as Markdown, each answer with its sources."""
    lines = [f"# {item.title}", ""]
    for turn in item.data:
        answer = Answer.model_validate(turn["answer"])
        lines += [f"## {turn['question']}", "", answer.text, ""]
        lines += [
            f"{c.n}. {c.title}, {c.publisher} ({strings.KINDS.get(c.source_kind, c.source_kind)}, {c.as_of or strings.UNDATED}) {c.url}".rstrip()
            for c in answer.citations
        ]
        lines.append("")
    return "\n".join([*lines, f"*{strings.INFO}*", ""])
