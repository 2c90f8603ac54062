"""What may be said: every sentence backed by what it cites, every number found there, else cut or marked.

It judges words against the brief and knows no provider and no page. Numbers: passage i of the brief is `[i]`, results
follow after the passages, in order.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from advisor.answer.claims import HEADING, RULER, Sentence, sentences
from advisor.answer.figures import Figure, figures, found
from advisor.answer.support import best_window, content, contradicts, stem, supported
from advisor.schema import Brief, Passage, ToolResult

MARK = "(not confirmed by the sources)"
SUPPORTED_FROM = 0.55
"""Below this score a cited sentence is marked; on BEGIN it keeps 96 of 100 backed claims."""
ATTACH_FROM = 0.7
"""From this score on an uncited sentence is given the number of the source that backs it."""
CALCULATED_BONUS = 0.25
"""Added for a sentence about a calculation: its numbers are checked, and its labels are shorter than prose."""
CONNECTING = frozenset(
    stem(word)
    for word in (
        "here answer short summary depend depends question follow follows following example instance important note"
        " know unknown known clear unclear source sources say sources' cover find found tell help general information"
        " advice legal tax financial not professional different compare comparison first second third next last finally"
        " also however detail details below above list point points thing things consider considering keep mind case"
        " overall main factor factors good luck sorry happy based step steps option options look sum result results"
        " calculation assumption assumptions assume assumed figure figures number numbers range situation"
    ).split()
)
"""Stems of the words that connecting phrases are made of; a sentence of nothing else claims nothing."""

_ATTRIBUTION = re.compile(
    r"^according to [^,(]{1,60}(?:\([^)]*\))?,|\((?:official|law|research|press|vendor|forum|independent)\b[^)]*\)"
    r"|,? \(?as of [^,.)]{4,20}\)?",
    re.IGNORECASE,
)
_THOUGHT = re.compile(r"^\s*<think>.*?(?:</think>|$)", re.DOTALL | re.IGNORECASE)
_OWN = re.compile(
    r"\b(?:your|if|assum\w+|suppos\w+|you(?:'re| are| said| told| wrote| have| work| drive| earn| asked))\b",
    re.IGNORECASE,
)

_LEADS = re.compile(
    r"\]\(\s*<?([^)\s>]*)|((?:\b[a-z][a-z0-9+.-]*:)?//[^\s<>\"')\]]+|\bwww\.[^\s<>\"')\]]+)|(<[a-z!/?])", re.IGNORECASE
)
"""A link, an address, or a tag."""


@dataclass(frozen=True)
class Grounded:
    """What is left of an answer after the check.

    Attributes:
        text: The answer that may be shown.
        citations: Numbers cited in it, ascending.
        cut: Sentences taken out.
        marked: Sentences kept with `MARK` behind them.
    """

    text: str
    citations: tuple[int, ...] = ()
    cut: tuple[str, ...] = ()
    marked: tuple[str, ...] = ()


def backed(grounded: Grounded) -> str:
    """Return what is left of a checked answer without the sentences that no source confirms."""
    text = grounded.text
    for sentence in grounded.marked:
        text = text.replace(sentence, "")
    return text.replace(MARK, "")


@dataclass(frozen=True)
class _Evidence:
    text: str
    rounded: bool = False
    figures: tuple[Figure, ...] = field(default=())


def _flat(value: object) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{str(key).replace('_', ' ')}: {_flat(item)}." for key, item in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(_flat(item) for item in value)
    return repr(value) if isinstance(value, float) else str(value)


def evidence_text(item: Passage | ToolResult) -> str:
    """Return all that a citation of a passage or result may rest on, dates and publishers included."""
    if isinstance(item, Passage):
        chunk = item.chunk
        origin = [
            f"{s.publisher}: {s.title}. {s.source_kind}, {s.published or ''}, {s.read or ''}." for s in chunk.sources
        ]
        valid = f"{chunk.since or ''} {chunk.until or ''} {chunk.region}"
        return "\n".join([re.sub(r"\s?\[s\d+\]", "", chunk.text), f"{chunk.title}: {chunk.heading}", *origin, valid])
    facts = _flat([json.loads(fact.model_dump_json(exclude_defaults=True)) for fact in item.facts])
    table = [item.table.columns, *item.table.rows] if item.table else []
    summary = "\n".join([*item.summary, *item.assumptions])
    return "\n".join([summary, item.tool, _flat(item.output), _flat(item.input), *map(_flat, table), facts])


def numbering(brief: Brief) -> dict[int, Passage | ToolResult]:
    """Return what each citation number of an answer to this brief stands for."""
    return dict(enumerate((*brief.passages, *brief.results), 1))


def _person(brief: Brief) -> str:
    said = [turn["content"] for turn in brief.history if turn.get("role") == "user"]
    profile = _flat(brief.profile.model_dump(exclude_defaults=True))
    numbers = " ".join(f"{q.value:g} {q.unit}, {q.text}" for q in brief.plan.quantities)
    return "\n".join([brief.plan.question, *said, profile, numbers, brief.plan.day.isoformat()])


def _addresses(brief: Brief, items: Mapping[int, Passage | ToolResult]) -> frozenset[str]:
    """Return the addresses that an answer may hold: of its sources, in guides, and what the person typed."""
    passages = [item.chunk for item in items.values() if isinstance(item, Passage)]
    facts = [fact.url for item in items.values() if isinstance(item, ToolResult) for fact in item.facts]
    texts = [chunk.text for chunk in passages if chunk.guide_kind] + [brief.plan.question]
    said = [found.group(2).rstrip(".,;:!?") for text in texts for found in _LEADS.finditer(text) if found.group(2)]
    return frozenset([*(source.url for chunk in passages for source in chunk.sources), *facts, *said]) - {""}


def _leads_away(text: str, allowed: frozenset[str]) -> bool:
    """Return whether a text links, loads or names an address that is none of these; pages of others may follow it."""
    return any(
        found.group(3) or (found.group(1) or found.group(2) or "").rstrip(".,;:!?") not in allowed
        for found in _LEADS.finditer(text)
    )


class _Judge:
    """One check: the evidence of a brief, prepared once."""

    def __init__(
        self,
        brief: Brief,
        items: Mapping[int, Passage | ToolResult],
        similarity: Callable[[str, str], float] | None,
    ) -> None:
        self.evidence: dict[int, _Evidence] = {}
        for number, item in items.items():
            text = evidence_text(item)
            self.evidence[number] = _Evidence(text, isinstance(item, ToolResult), figures(text))
        self.person = figures(_person(brief))
        self.similarity = similarity
        self.is_english = brief.plan.language == "en"
        named = [item.chunk.title for item in items.values() if isinstance(item, Passage)]
        named += [entity.replace("-", " ") for entity in brief.plan.entities]
        self.subjects = {name.lower() for name in named if len(name) > 2}

    def _numbers_hold(self, plain: str, cited: Sequence[int]) -> bool:
        own = bool(_OWN.search(plain)) or not self.is_english or any(self.evidence[n].rounded for n in cited)
        return all(
            (own and found(figure, self.person))
            or any(found(figure, self.evidence[n].figures, self.evidence[n].rounded) for n in cited)
            for figure in figures(plain)
        )

    def heading_holds(self, plain: str) -> bool:
        """Return whether every figure of a heading was given by the person or stands in the brief."""
        return all(
            found(figure, self.person)
            or any(found(figure, evidence.figures, evidence.rounded) for evidence in self.evidence.values())
            for figure in figures(plain)
        )

    def _score(self, plain: str, cited: Sequence[int]) -> float:
        text = "\n".join(self.evidence[number].text for number in cited)
        plain = _ATTRIBUTION.sub(" ", plain)
        calculated = any(self.evidence[number].rounded for number in cited)
        for figure in figures(plain):
            if calculated or (found(figure, self.person) and not found(figure, figures(text))):
                plain = plain.replace(figure.text, " ")
        score = supported(plain, text, self.similarity)
        return min(1.0, score + CALCULATED_BONUS) if calculated else score

    def _missing_subjects(self, plain: str, cited: Iterable[int]) -> tuple[bool, bool]:
        """Return whether any, and whether every, subject that the sentence names is absent from what it cites."""
        given = " ".join(self.evidence[number].text.lower() for number in cited)
        said = [name for name in self.subjects if re.search(rf"\b{re.escape(name)}\b", plain.lower())]
        missing = [name for name in said if name not in given]
        return bool(missing), bool(said) and len(missing) == len(said)

    def claims_nothing(self, sentence: Sentence) -> bool:
        plain = sentence.plain
        if plain.rstrip('"”’)* ').endswith("?"):
            return all(found(figure, self.person) for figure in figures(plain))
        if all(word in CONNECTING for word in content(plain)) and not figures(plain):
            return True
        own = figures(plain)
        is_assumption = bool(re.search(r"\b(?:assum\w+|suppos\w+|you (?:said|told|wrote|have|work))\b", plain, re.I))
        return is_assumption and bool(own) and all(found(figure, self.person) for figure in own)

    def verdict(self, sentence: Sentence) -> tuple[str, tuple[int, ...]]:
        """Return `keep`, `mark` or `cut`, and the numbers the sentence may carry."""
        plain, cited = sentence.plain, sentence.markers
        if not plain:
            return "cut", ()
        if any(number not in self.evidence for number in cited):
            return "cut", ()
        if not cited:
            if sentence.kind == "sentence" and self.claims_nothing(sentence):
                return "keep", ()
            able = [number for number in self.evidence if self._numbers_hold(plain, [number])]
            if not able:
                return ("mark" if self._numbers_hold(plain, []) else "cut"), ()
            best = max(able, key=lambda number: self._score(plain, [number]))
            is_tool_row = sentence.kind == "row" and self.evidence[best].rounded
            backed = is_tool_row or self._score(plain, [best]) >= ATTACH_FROM
            if not backed or self._missing_subjects(plain, [best])[0]:
                return ("mark" if self._numbers_hold(plain, []) else "cut"), ()
            cited = (best,)
        some_missing, all_missing = self._missing_subjects(plain, cited)
        if all_missing or not self._numbers_hold(plain, cited):
            return "cut", ()
        if not self.is_english or sentence.kind == "row":
            return ("mark" if some_missing else "keep"), cited
        if all(contradicts(plain, best_window(plain, self.evidence[number].text, pairs=False)) for number in cited):
            return "cut", ()
        scores = (self._score(plain, numbers) for numbers in [*((number,) for number in cited), cited])
        is_backed = self.claims_nothing(sentence) or any(score >= SUPPORTED_FROM for score in scores)
        return ("keep" if is_backed and not some_missing else "mark"), cited


def _tidy(rows: list[tuple[str, list[str], Sentence]]) -> str:
    """Join what is left; headings, lead-ins and empty tables with nothing below them go too."""
    lines: list[str] = []
    for prefix, parts, first in reversed(rows):
        is_lead = first.kind == "heading" or (bool(parts) and parts[-1].rstrip("* ").endswith(":"))
        below = next((line for line in lines if line.strip() and not RULER.match(line)), "")
        is_bare = not below or bool(HEADING.match(below))
        if first.text.lstrip().startswith("|") and not first.markers and first.kind != "row":
            is_lead, is_bare = True, not below.lstrip().startswith("|")
        if not parts or (is_lead and is_bare):
            continue
        lines.insert(0, prefix + " ".join(parts))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def check(
    text: str,
    brief: Brief,
    passages_numbering: Mapping[int, Passage | ToolResult] | None = None,
    similarity: Callable[[str, str], float] | None = None,
) -> Grounded:
    """Keep what the brief backs; cut wrong numbers, sources and denials; mark what is only unconfirmed.

    Args:
        text: A model's Markdown answer.
        brief: What the answer may rest on.
        passages_numbering: What each `[n]` stands for; default `numbering(brief)`.
        similarity: Optional cosine of two texts for `supported`.

    Returns:
        The text that may be shown, with a citation added where an uncited sentence is backed by one source.
    """
    numbered = numbering(brief) if passages_numbering is None else passages_numbering
    judge = _Judge(brief, numbered, similarity)
    allowed = _addresses(brief, numbered)
    rows: list[tuple[str, list[str], Sentence]] = []
    used: set[int] = set()
    cut: list[str] = []
    marked: list[str] = []
    line = -1
    for sentence in sentences(_THOUGHT.sub("", text)):
        if sentence.line != line:
            rows.append((sentence.prefix, [], sentence))
            line = sentence.line
        kept = rows[-1][1]
        if _leads_away(sentence.text, allowed):
            cut.append(sentence.text)
            continue
        if sentence.kind == "layout":
            kept.append(sentence.text)
            continue
        if sentence.kind == "heading":
            kept += [sentence.text] if not figures(sentence.plain) or judge.heading_holds(sentence.plain) else []
            continue
        decision, cited = judge.verdict(sentence)
        if decision == "cut":
            cut.append(sentence.text)
            continue
        used.update(cited)
        added = "".join(f"[{number}]" for number in cited if number not in sentence.markers)
        shown = sentence.text
        if added:
            shown = (
                f"{shown.rstrip().removesuffix('|').rstrip()} {added} |"
                if sentence.kind == "row"
                else f"{shown} {added}"
            )
        if decision == "mark":
            marked.append(sentence.text)
            shown = f"{shown} {MARK}"
        kept.append(shown)
    return Grounded(_tidy(rows), tuple(sorted(used)), tuple(cut), tuple(marked))
