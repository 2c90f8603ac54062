"""Sentences of passages with the sources they cite, and the numbering of those sources in an answer."""

import re
from dataclasses import dataclass

from advisor.schema import Citation, Passage, Source

_MARKER = re.compile(r"\s*\[(s\d+|[a-z][\w-]*)\]")
_LIST_SIGN = re.compile(r"^\s*(?:>\s*)?(?:[-*•]|\d{1,2}[.)])\s+")
_BOUNDARY = re.compile(r"(?<=[.!?])[\"”’)*]*(?:\s*\[[\w-]+\])*\s+(?=[\"“(*]*[A-Z0-9$£€])")
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|etc|approx|vs|mr|mrs|ms|dr|no|inc|ltd|st|u\.s|u\.k|a\.m|p\.m)\.$", re.IGNORECASE
)


@dataclass(frozen=True)
class Unit:
    """One sentence of a passage with the sources it cites."""

    text: str
    sources: tuple[Source, ...]
    passage: Passage
    order: int


class Citations:
    """Numbers the sources in the order in which the answer uses them."""

    def __init__(self) -> None:
        self.found: list[Citation] = []
        self._numbers: dict[tuple[str, str], int] = {}

    def mark(self, unit: Unit) -> str:
        """Return the markers of a sentence, numbering its sources on first use."""
        sources = unit.sources or (own_guide(unit.passage),)
        marks = []
        for source in sources[:3]:
            key = (source.url, source.title)
            if key not in self._numbers:
                self._numbers[key] = len(self.found) + 1
                self.found.append(
                    Citation(
                        n=len(self.found) + 1,
                        title=source.title,
                        publisher=source.publisher,
                        url=source.url,
                        source_kind=source.source_kind,
                        as_of=source.as_of,
                        quote=unit.text,
                    )
                )
            marks.append(f"[{self._numbers[key]}]")
        return "".join(dict.fromkeys(marks))


def own_guide(passage: Passage) -> Source:
    """Return the guide itself as the source of a sentence of advice that cites nothing else."""
    chunk = passage.chunk
    own = next((source for source in chunk.sources if source.id == "guide"), None)
    return own or Source(id="guide", title=chunk.title, publisher="Gig Advisor corpus", source_kind="independent")


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a passage, each with the markers behind it and without list signs."""
    found = []
    for line in text.splitlines():
        if line.lstrip().startswith("|"):
            continue  # a row of a table is no sentence; its figures are facts of the guide
        rest = _LIST_SIGN.sub("", line).strip()
        start = 0
        for boundary in _BOUNDARY.finditer(rest):
            if not _ABBREVIATION.search(rest[start : boundary.start()]):
                found.append(rest[start : boundary.end()].strip())
                start = boundary.end()
        if rest[start:].strip():
            found.append(rest[start:].strip())
    return _with_labels(found)


def _with_labels(sentences: list[str]) -> list[str]:
    """Join a bold label such as `**Age.**` with the sentence that it introduces."""
    joined: list[str] = []
    for sentence in sentences:
        if joined and re.fullmatch(r"\*\*[^*]+\*\*", joined[-1]):
            joined[-1] = f"{joined[-1]} {sentence}"
        else:
            joined.append(sentence)
    return joined


def units_of(passage: Passage) -> list[Unit]:
    """Return the sentences of a passage; one without a marker of its own belongs to the guide."""
    by_id = {source.id: source for source in passage.chunk.sources}
    found = []
    for order, sentence in enumerate(split_sentences(passage.chunk.text)):
        cited = tuple(by_id[mark] for mark in _MARKER.findall(sentence) if mark in by_id)
        text = (
            re.sub(r"\*\*|__", "", _MARKER.sub("", sentence))
            .strip()
            .lstrip("-*•1234567890. " if sentence[:1] in "-*•" else "")
        )
        if passage.chunk.kind in {"fact", "document"} and not cited:
            cited = passage.chunk.sources
        if len(text) > 2:
            found.append(Unit(text, cited, passage, order))
    return found


def without_markers(text: str) -> str:
    """Return a passage's text without the markers of its sources."""
    return _MARKER.sub("", text)


def strip_numbers(text: str) -> str:
    """Return a line of an answer without its citation markers."""
    return re.sub(r"\s*\[\d+\]", "", text)
