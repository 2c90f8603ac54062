"""Markdown text to sentences with the citation markers that belong to each; it judges nothing."""

import re
from dataclasses import dataclass

_MARKER = re.compile(r"\s?\[\^?(\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*)\]|\s?【(\d{1,3})[^】]*】")
_BETWEEN = re.compile(r"(?<=\d\])\s+(?=\[\d{1,3}\])")
_PLAIN_MARKER = re.compile(r"\s?\[\d{1,3}\]")
_PREFIX = re.compile(r"^(\s*(?:>\s?)*(?:[-*+•]\s+|\d{1,3}[.)]\s+)?)(.*)$")
HEADING = re.compile(r"^\s*#{1,6}\s|^\s*\*\*[^*]+\*\*:?\s*$")
RULER = re.compile(r"^\s*(?:[-*_=]\s*){3,}$|^\s*\|?[\s:|-]+\|[\s:|-]*$|^\s*(?:```|~~~)")
_BOUNDARY = re.compile(r"(?<=[.!?…。！？])[\"”’)*_]*(?:\s*\[\d{1,3}\])*(?:\s+|(?<=[。！？]))(?=[^\sa-z\[])")
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|etc|approx|vs|mr|mrs|ms|dr|no|inc|ltd|st|u\.s|u\.k|a\.m|p\.m|jan|feb|dec)\.$", re.I
)
_LINK = re.compile(r"\[([^\]\n]+)\]\([^)\n]*\)")
_HEADING_WORDS = 10


@dataclass(frozen=True)
class Sentence:
    """A sentence, list item or table row of a Markdown text.

    Attributes:
        text: As written, markers included, without the list or quote sign before it.
        plain: Words only.
        markers: Citation numbers in it.
        kind: `sentence`, `row` of a table, `heading`, or `layout` (rulers, fences, blank lines).
        prefix: List or quote sign and indentation before it.
        line: Zero-based line it stands on.
    """

    text: str
    plain: str
    markers: tuple[int, ...] = ()
    kind: str = "sentence"
    prefix: str = ""
    line: int = 0


def _spread(found: re.Match[str]) -> str:
    """Write `[1, 3-5]`, `[^1]` and `【1†x】` as `[1][3][4][5]`."""
    numbers: list[int] = []
    for part in re.split(r"[,;]", found[1] or found[2]):
        ends = [int(number) for number in re.findall(r"\d+", part)]
        numbers += range(ends[0], min(ends[-1], ends[0] + 20) + 1)
    return " " + "".join(f"[{number}]" for number in numbers)


def _parts(line: str) -> list[str]:
    cuts, start = [], 0
    for boundary in _BOUNDARY.finditer(line):
        if not _ABBREVIATION.search(line[start : boundary.start()]):
            cuts.append(line[start : boundary.end()].strip())
            start = boundary.end()
    return [part for part in (*cuts, line[start:].strip()) if part]


def sentences(text: str) -> list[Sentence]:
    """Split Markdown into sentences with the citation markers that belong to each; layout lines are kept apart."""
    done: list[Sentence] = []
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if not line.strip() or RULER.match(line):
            done.append(Sentence(line, "", kind="layout", line=number))
            continue
        is_head = line.lstrip().startswith("|") and number + 1 < len(lines) and bool(RULER.match(lines[number + 1]))
        plain = line.strip("#*| \t")
        if is_head or (HEADING.match(line) and len(plain.split()) <= _HEADING_WORDS and not plain.endswith(".")):
            done.append(Sentence(line, plain, kind="heading", line=number))
            continue
        match = _PREFIX.match(_BETWEEN.sub("", _MARKER.sub(_spread, line)))
        prefix, rest = (match[1], match[2]) if match else ("", line)
        is_row = rest.startswith("|")
        for part in [rest] if is_row else _parts(rest):
            markers = tuple(dict.fromkeys(int(n) for n in re.findall(r"\[(\d{1,3})\](?!\()", part)))
            plain = re.sub(r"[*_`|]+", " ", _LINK.sub(r"\1", _PLAIN_MARKER.sub("", part)))
            plain = re.sub(r"\s+", " ", plain).strip()
            done.append(Sentence(part.strip(), plain, markers, "row" if is_row else "sentence", prefix, number))
            prefix = ""
    return done
