"""Sentences of a guide's body, with their lines and the markers behind them; and whether one states a figure."""

import re
from collections.abc import Iterator

from ingest.readers.guide_model import QUESTIONS, Guide, Section
from ingest.rules import FORM_NAMES

_MARKER = re.compile(r"\[(s\d+)\]")
_SENTENCE = re.compile(r"(?<=[.!?])[\"”’)*_]*(?:\s*\[s\d+\])*\s+(?=[\"“(*_]*(?:[A-Z0-9$£€₹]|[a-z]+[A-Z])|\[[^\]]+\]\()")
_SHORT = re.compile(r"\b(?:e\.g|i\.e|etc|approx|vs|mr|mrs|ms|dr|inc|ltd|st|u\.s|u\.k|a\.m|p\.m)\.$", re.IGNORECASE)
_COUNTED = re.compile(r"\b(?:no|sec|art)\.$", re.IGNORECASE)
ITEM = re.compile(r"\s*(?:>\s*)*(?:[-*•]|\d{1,2}[.)])\s+")
_RULER = re.compile(r"\s*\|[\s:|-]*-[\s:|-]*$")
_NO_PROSE = re.compile(r"\s*(?:#{1,6}\s|```|\|?[\s:|-]+$)")
_NAMES = re.compile(
    r"\b(?![A-Z]{3}\d)[A-Z][A-Za-z]*-?\d\w*"
    r"|\b\d{3,4}-[A-Z]{1,5}\b|\b\d{3}\([a-z]\)(?:\(\d\))?|\b\d[A-Z]\b|\b9-to-5\b|\b24/7\b"
)


def parts(guide: Guide) -> list[Section]:
    """Return the sections and the answered questions of a guide."""
    return [*(s for s in guide.sections if s.title != QUESTIONS), *guide.questions]


def sentences(text: str) -> list[str]:
    """Return the sentences of a paragraph or list item, each with the markers behind it."""
    return [sentence for _, sentence in _cut(text)]


def _cut(text: str) -> Iterator[tuple[int, str]]:
    """Yield each sentence with the number of line ends before it."""
    item = ITEM.match(text)
    start = item.end() if item else 0
    ends = [
        cut.end()
        for cut in _SENTENCE.finditer(text, start)
        if not _SHORT.search(text[start : cut.start()])
        and not (_COUNTED.search(text[start : cut.start()]) and text[cut.end()].isdigit())
    ]
    for end in [*ends, len(text)]:
        if sentence := text[start:end].strip():
            before = len(text[:start]) + len(text[start:end]) - len(text[start:end].lstrip())
            yield text[:before].count("\n"), sentence
        start = end


def sentences_of(part: Section) -> Iterator[tuple[int, str]]:
    """Yield the sentences of a part with their lines; wrapped lines are joined, headings and table heads left out."""
    block: list[str] = []
    lines = [*part.text.split("\n"), ""]
    for number, text in enumerate(lines):
        is_head = text.lstrip().startswith("|") and bool(_RULER.match(lines[number + 1]))
        is_break = not text.strip() or bool(_NO_PROSE.match(text)) or is_head
        if is_break or ITEM.match(text) or text.lstrip().startswith("|"):
            yield from (
                (part.text_line + number - len(block) + before, found) for before, found in _cut("\n".join(block))
            )
            block = []
        if not is_break:
            block.append(text)


def has_figure(sentence: str) -> bool:
    """Return whether a sentence states a figure; form names, links and markers do not count."""
    text = re.sub(r"\]\([^)]*\)", "]", _MARKER.sub("", sentence))
    return bool(re.search(r"\d", _NAMES.sub("", FORM_NAMES.sub("", text))))
