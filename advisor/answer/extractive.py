"""The answer without a model: sentences of cited passages and tool results, chosen and ordered by the kind of question.

Every sentence is a sentence of a passage or of a tool's summary; the only other words are the fixed phrases below,
which carry no claim and no figure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from advisor.lexical import tokens
from advisor.planner import keys_in
from advisor.schema import NOT_FOUND, VOLATILE_DAYS, Answer, Brief, Citation, Passage, Plan, Source, ToolResult

MAX_SENTENCES = 9
DETAIL_SHARE = 0.7
"""Passages below this share of the best score add nothing to act on."""
NEAR_ENOUGH = 0.55
"""Below this cosine the first paragraph says that it is only the nearest thing known."""
STRONG_QUESTION = 0.62
"""Cosine from which a corpus question counts as the question that was asked."""

PHRASES = {
    "nearest": "I have no source on exactly this. The nearest that I have:",
    "details": "What else matters:",
    "catch": "The catch:",
    "next": "Next step:",
    "past": "These sources describe an earlier time:",
    "results": "Worked out for you:",
    "assumed": "Assumed:",
    "country": "Which country are you in? Rules, taxes and pay depend on it.",
    "differs": "Sources differ here:",
    "old": "Older than its shelf life, so check it at the source before you rely on it:",
    "document": "From your own documents:",
}

ABSTAIN = (
    "I do not have a source that answers this, so I will not guess. Nearest topics that I do cover: {topics}. "
    "Try naming the platform, the country or the kind of work."
)
ABSTAIN_BARE = (
    "I do not have a source that answers this, so I will not guess. I cover earning options: gig platforms, freelancing, "
    "AI data work, selling, renting, investing for income, skill paths, and the tax and rules around them."
)
CARE = {
    "crisis": (
        "I am sorry that it is this hard right now. Please talk to someone today: the emergency number or a crisis line "
        "of your country, a doctor, or a person you trust. Money trouble can be worked on afterwards, and free debt or "
        "welfare advice exists in most places. I can help with the next small step when you are ready."
    ),
    "evasion": (
        "I do not help with that: it can cost you the account, the money and more. What does work is the open way: "
        "declare what you earn, use your own account and identity, and appeal a closure in writing."
    ),
}

_MARKER = re.compile(r"\s*\[(s\d+|[a-z][\w-]*)\]")
_LIST_SIGN = re.compile(r"^\s*(?:>\s*)?(?:[-*•]|\d{1,2}[.)])\s+")
_BOUNDARY = re.compile(r"(?<=[.!?])[\"”’)*]*(?:\s*\[[\w-]+\])*\s+(?=[\"“(*]*[A-Z0-9$£€])")
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|etc|approx|vs|mr|mrs|ms|dr|no|inc|ltd|st|u\.s|u\.k|a\.m|p\.m)\.$", re.IGNORECASE
)
_CATCH_SECTIONS = ("Risks and how it goes wrong", "How it fails", "Common mistakes", "Signs", "Limits and doubts")
_STEP_SECTIONS = ("First steps", "What to do and when", "What to do now", "What to do", "First paid work")


@dataclass(frozen=True)
class _Unit:
    """One sentence of a passage with the sources it cites."""

    text: str
    sources: tuple[Source, ...]
    passage: Passage
    order: int


class _Citations:
    """Numbers the sources in the order in which the answer uses them."""

    def __init__(self) -> None:
        self.found: list[Citation] = []
        self._numbers: dict[tuple[str, str], int] = {}

    def mark(self, unit: _Unit) -> str:
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


def units_of(passage: Passage) -> list[_Unit]:
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
            found.append(_Unit(text, cited, passage, order))
    return found


class _Composer:
    """Collects the parts of one answer, each sentence once."""

    def __init__(self, brief: Brief) -> None:
        self.brief = brief
        self.plan = brief.plan
        self.cited = _Citations()
        self.query = frozenset(tokens(brief.plan.query))
        self._said: list[frozenset[str]] = []
        self.count = 0

    def say(self, unit: _Unit) -> str:
        """Return a sentence with its markers, or nothing when it was said already."""
        words = frozenset(tokens(unit.text))
        if any(len(words & other) >= 0.7 * max(1, min(len(words), len(other))) for other in self._said):
            return ""
        self._said.append(words)
        self.count += 1
        return f"{unit.text} {self.cited.mark(unit)}"

    def overlap(self, unit: _Unit) -> float:
        """Return how much of the question a sentence takes up, weighted for sentences with figures asked for."""
        words = frozenset(tokens(unit.text))
        if not words:
            return 0.0
        share = len(words & self.query) / (len(self.query) or 1)
        figure = 0.15 if self.plan.kind == "figure" and re.search(r"\d", unit.text) else 0.0
        return share + figure - 0.01 * unit.order


def compose(brief: Brief) -> tuple[str, tuple[Citation, ...]]:
    """Return the answer's text in Markdown and its citations.

    Args:
        brief: All that may be said; passages best first.
    """
    composer = _Composer(brief)
    parts: list[str] = []
    if brief.plan.care in CARE:
        parts.append(CARE[brief.plan.care])
    parts += _results(brief.results)
    passages = list(brief.passages)
    if passages and not (brief.results and not parts):
        lead, rest = _lead(composer, passages)
        parts += lead
        parts += _details(composer, rest)
        parts += _catch(composer, passages)
        parts += _next_step(composer, passages)
        parts += _old(composer)
    if not brief.plan.country and _needs_country(brief):
        parts.append(PHRASES["country"])
    return "\n\n".join(part for part in parts if part), tuple(composer.cited.found)


def _results(results: Sequence[ToolResult]) -> list[str]:
    parts = []
    for result in results:
        parts.append("\n".join(result.summary))
        if result.assumptions:
            parts.append("\n".join([PHRASES["assumed"], *(f"- {line}" for line in result.assumptions)]))
    return parts


def _lead(composer: _Composer, passages: list[Passage]) -> tuple[list[str], list[Passage]]:
    """Return the first paragraph and the passages left for the rest."""
    far = max(p.dense for p in passages[:5]) < NEAR_ENOUGH
    preface = [PHRASES["nearest"]] if far else []
    best = _best_question(composer, passages)
    if best is not None:
        sentences = [composer.say(unit) for unit in units_of(best)]
        return [*preface, " ".join(s for s in sentences if s)], [p for p in passages if p is not best]
    fact = _asked_fact(composer, passages)
    if fact is not None:
        sentences = [composer.say(unit) for unit in units_of(fact)]
        return [" ".join(s for s in sentences if s)], [p for p in passages if p is not fact]
    told = [p for p in passages if not _is_missing(p)] or passages
    pool = [unit for passage in told[:4] for unit in units_of(passage)]
    pool.sort(key=lambda unit: (-(composer.overlap(unit) + 0.5 * unit.passage.score), unit.passage.rank, unit.order))
    chosen = sorted(pool[:3], key=lambda unit: (unit.passage.rank, unit.order))
    # The sentence that takes up most of the question comes first; the others keep their order.
    chosen.sort(key=lambda unit: unit is not pool[0])
    used = [s for s in (composer.say(unit) for unit in chosen) if s]
    return [*preface, " ".join(used)], passages


def _best_question(composer: _Composer, passages: Sequence[Passage]) -> Passage | None:
    """Return the passage whose heading is the question that was asked, where there is one."""
    entities = composer.plan.entities
    candidates = [p for p in passages[:5] if p.chunk.kind == "question"]
    if entities:
        candidates = [p for p in candidates if p.chunk.subject in entities] or candidates
    asked = {key.split(".")[0] for key in composer.plan.keys}
    fitting = [p for p in candidates if asked & {key.split(".")[0] for key in keys_in(p.chunk.heading)}]
    exact = any("." in key for key in composer.plan.keys)
    # A question about another matter of the same subject must not answer one about, say, the day of payment.
    candidates = fitting or ([] if exact and _asked_fact(composer, passages) else candidates)
    if not candidates:
        return None
    best = candidates[0]
    is_near = best.dense >= STRONG_QUESTION or best.rank == 1
    return best if is_near else None


def _asked_fact(composer: _Composer, passages: Sequence[Passage]) -> Passage | None:
    plan = composer.plan
    if plan.kind not in {"figure", "allowed"} and not plan.about_past and not any("." in key for key in plan.keys):
        return None
    for passage in passages[:4]:
        chunk = passage.chunk
        if chunk.kind != "fact" or (plan.entities and chunk.subject not in plan.entities):
            continue
        asked = any(f"#{key}" in fact_id for key in plan.keys for fact_id in chunk.fact_ids)
        if asked or (not plan.keys and not _is_missing(passage)):
            return passage
    return None


def _details(composer: _Composer, passages: Sequence[Passage]) -> list[str]:
    """Return up to four further sentences, one or two a passage, facts asked for first."""
    plan = composer.plan
    own = [p for p in passages if not plan.entities or p.chunk.subject in plan.entities or p.chunk.kind == "document"]
    floor = DETAIL_SHARE * max((p.score for p in composer.brief.passages), default=0.0)
    own = [p for p in own if p.score >= floor and _belongs(p, plan)][:8]

    def weight(passage: Passage) -> float:
        asked = any(f"#{key}" in fact_id for key in plan.keys for fact_id in passage.chunk.fact_ids)
        return passage.score + (0.15 if asked else 0.0)

    lines: list[str] = []
    for passage in sorted(own, key=lambda p: (-weight(p), p.rank)):
        if len(lines) >= (3 if plan.kind != "plan" else 6) or composer.count >= MAX_SENTENCES:
            break
        units = units_of(passage)
        if passage.chunk.kind in {"prose", "document"}:
            units = sorted(units, key=lambda unit: -composer.overlap(unit))[:1]
        said = composer.say(units[0]) if units else ""
        if said and passage.chunk.kind == "fact":
            said = " ".join([said, *(s for s in (composer.say(unit) for unit in units[1:2]) if s)])
        if said:
            # The first sentence of an answer may be a bare yes or no: its question belongs in front of it.
            asked = f"*{passage.chunk.heading}* " if passage.chunk.kind == "question" else ""
            lines.append(f"- {asked}{said}")
    return ["\n".join([PHRASES["details"], *lines])] if lines else []


def _is_missing(passage: Passage) -> bool:
    """Return whether a passage says that a value was looked for and not found."""
    return any(fact_id.endswith(NOT_FOUND) for fact_id in passage.chunk.fact_ids)


def _belongs(passage: Passage, plan: Plan) -> bool:
    """Return whether a fact is of a key that was asked about; other passages belong by their score alone."""
    chunk = passage.chunk
    if chunk.kind == "fact" and not plan.keys:
        return not _is_missing(passage)
    return chunk.kind != "fact" or any(f"#{key}" in i for key in plan.keys for i in chunk.fact_ids)


def _section_unit(composer: _Composer, passages: Sequence[Passage], sections: Sequence[str]) -> str:
    for passage in passages:
        chunk = passage.chunk
        if chunk.heading.split(" › ")[0] not in sections:
            continue
        if composer.plan.entities and chunk.subject not in composer.plan.entities:
            continue
        units = sorted(units_of(passage), key=lambda unit: -composer.overlap(unit))
        for unit in units[:2]:
            said = composer.say(unit)
            if said:
                return said
    return ""


def _catch(composer: _Composer, passages: Sequence[Passage]) -> list[str]:
    said = _section_unit(composer, passages, _CATCH_SECTIONS)
    return [f"**{PHRASES['catch']}** {said}"] if said else []


def _next_step(composer: _Composer, passages: Sequence[Passage]) -> list[str]:
    if composer.plan.kind == "definition":
        return []
    said = _section_unit(composer, passages, _STEP_SECTIONS)
    return [f"**{PHRASES['next']}** {said}"] if said else []


def _old(composer: _Composer) -> list[str]:
    """Return a line that names the cited sources past the shelf life of a fee or a rule."""
    if composer.plan.about_past:
        return []
    limit = max(VOLATILE_DAYS["fee"], VOLATILE_DAYS["policy"])
    old = [c for c in composer.cited.found if c.as_of and (composer.plan.day - c.as_of).days > limit]
    if not old:
        return []
    names = ", ".join(f"{_month(c.as_of)} [{c.n}]" for c in sorted(old, key=lambda c: c.n)[:4] if c.as_of)
    return [f"*{PHRASES['old']} {names}.*"]


def _month(day: date) -> str:
    return day.strftime("%B %Y")


def _needs_country(brief: Brief) -> bool:
    regions = {p.chunk.region for p in brief.passages[:4] if p.chunk.region not in {"", "global"}}
    return bool(regions) and any(
        key.startswith(("tax", "threshold", "rate", "deadline", "law")) for key in brief.plan.keys
    )


def abstention(topics: Sequence[str]) -> str:
    """Return the text for a question that the corpus does not cover."""
    return ABSTAIN.format(topics=", ".join(topics)) if topics else ABSTAIN_BARE


def pieces(text: str) -> Iterator[str]:
    """Yield a text in pieces of about a sentence, so that it can be shown as it is read."""
    yield from (piece for piece in re.split(r"(?<=[.!?\]:] )", text) if piece)


def without_markers(text: str) -> str:
    """Return a passage's text without the markers of its sources."""
    return _MARKER.sub("", text)


def strip_numbers(text: str) -> str:
    """Return a line of an answer without its citation markers."""
    return re.sub(r"\s*\[\d+\]", "", text)


def answer(brief: Brief) -> Answer:
    """Return the whole extractive answer."""
    text, citations = compose(brief)
    return Answer(text=text, citations=citations, results=brief.results, missing=brief.plan.missing)
