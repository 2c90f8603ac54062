"""What a guide should keep: dates within their shelf life, style, filled cells, known skills; and the coverage matrix."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from ingest.check_errors import Finding
from ingest.readers.guide_model import Guide
from ingest.rules import COVERAGE, REVIEW_DAYS
from ingest.sentences import ITEM, parts, sentences_of

_TEXT_FIGURE = re.compile(r"[$£€₹]\s?\d|\d\s?(?:%|percent\b|per cent\b)|\b[A-Z]{3} \d")
_DANGLING = re.compile(r"(?:It|They|This|That|These|Those)\b(?! depends| is possible| who)")


def _dates(guide: Guide, today: date) -> Iterator[Finding]:
    line = guide.lines.get("reviewed", 1)
    if guide.reviewed is None:
        yield line, "review", "the day of the last review is missing; give 'reviewed: 2026-11-22'"
    elif (today - guide.reviewed).days > REVIEW_DAYS:
        yield line, "review", f"last reviewed {guide.reviewed}; read it against its sources again"
    elif guide.reviewed > today:
        yield line, "future", f"reviewed on {guide.reviewed}, which is still to come"
    for key, source in guide.sources.items():
        line = guide.source_lines.get(key, 1)
        if source.read and (source.read > today or (source.published and source.published > source.read)):
            yield line, "future", f"the source {key} was read on {source.read}: before it was published, or not yet"
    for fact, line in zip(guide.facts, guide.fact_lines, strict=True):
        if fact.until is None and fact.year is None and fact.is_stale_on(today):
            yield line, "stale", f"{fact.key.value} ({fact.label}) is of {fact.as_of}, past its shelf life"


def _style(guide: Guide) -> Iterator[Finding]:
    used = {mark for part in parts(guide) for mark in re.findall(r"\[(s\d+)\]", part.text)}
    used |= {fact.source.id for fact in guide.facts} | {r for step in guide.steps for r in step.resources}
    for key in guide.sources:
        if key not in used:
            yield guide.source_lines.get(key, 1), "unused-source", f"the source {key} is cited nowhere"
    for fact, line in zip(guide.facts, guide.fact_lines, strict=True):
        if _TEXT_FIGURE.search(fact.text):
            message = f"a figure hides in a text, where no tool finds it; make it a fact of its own: {fact.text[:80]!r}"
            yield line, "text-figure", message
    if len(guide.questions) > 20:
        yield (
            guide.questions[20].line,
            "questions",
            f"{len(guide.questions)} questions; more than 20 belong in two guides",
        )
    for question in guide.questions:
        found = list(sentences_of(question))
        lines = question.text.split("\n")
        prose = [number for number, _ in found if not ITEM.match(lines[number - question.text_line])]
        if len(found) < 2 or len(prose) > 8:
            yield question.line, "answer-length", f"the answer has {len(found)} sentences; two to six are meant"
        if _DANGLING.match(question.text):
            yield question.line, "dangling", "the first sentence must name what it is about"
        if not question.title.endswith("?"):
            yield question.line, "question-form", f"a question ends with a question mark: {question.title!r}"


def _holes(guide: Guide) -> Iterator[Finding]:
    for cell, state in cells(guide).items():
        if state == "HOLE":
            yield 1, "coverage", f"{cell} is neither a fact nor a not_found entry"


def _needs(guide: Guide, skills: set[str]) -> Iterator[Finding]:
    for step in guide.steps:
        for need in step.needs:
            if need not in skills:
                yield step.line, "skill", f"{need!r} is a step of no path; check the spelling"


def cells(guide: Guide) -> dict[str, str]:
    """Return each cell of a guide's kind with `value`, `not found` or `HOLE`."""
    have = {fact.key.value for fact in guide.facts}
    missing = {entry.key for entry in guide.not_found}

    def fits(keys: set[str], patterns: Iterable[str]) -> bool:
        return any(key == p or (p.endswith("*") and key.startswith(p[:-1])) for key in keys for p in patterns)

    return {
        cell: "value" if fits(have, patterns) else "not found" if fits(missing, patterns) else "HOLE"
        for cell, patterns in COVERAGE.get(guide.kind, {}).items()
    }


def coverage(guides: Sequence[Guide]) -> dict[str, dict[str, dict[str, str]]]:
    """Return the matrix kind → guide → cell → state."""
    matrix: dict[str, dict[str, dict[str, str]]] = {}
    for guide in guides:
        if COVERAGE.get(guide.kind):
            matrix.setdefault(guide.kind, {})[guide.id] = cells(guide)
    return matrix


def warnings(guide: Guide, today: date, skills: set[str]) -> Iterator[Finding]:
    """Yield every warning of one guide; `skills` are those of all paths."""
    yield from _dates(guide, today)
    yield from _style(guide)
    yield from _holes(guide)
    yield from _needs(guide, skills)
