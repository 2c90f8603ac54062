"""The first paragraph of an answer without a model: the corpus question that was asked, the fact, or the nearest sentences."""

import re
from collections.abc import Sequence

from advisor.answer.phrases import PHRASES
from advisor.answer.sentences import Citations, Unit, units_of
from advisor.lexical import tokens
from advisor.planner import keys_in
from advisor.retriever import GENERAL_KINDS, shared_words
from advisor.schema import NOT_FOUND, Brief, Passage

NEAR_ENOUGH = 0.55
"""Below this cosine, and without a named subject, an answer says that it shows only the nearest things known."""
STRONG_QUESTION = 0.62
"""Cosine from which a corpus question counts as the question that was asked."""
FIRST_RANKS, FIRST_MARGIN = 3, 0.08
"""A corpus question of these ranks answers as a whole, which reads better than sentences from several places."""
LOOKED_AT = 5
"""Rank up to which a corpus question is taken as asked though its heading shares no key with the question."""
SAME_WORDS = 0.3
"""Share of words that a guide's question has in common with the one asked from which it answers it, however far it lies."""
MAX_NEAREST, NEAREST_MARGIN = 3, 0.08
"""So many of the nearest questions are shown to one that no guide answers, none much farther than the first."""
MAX_PLATFORMS = 4
"""So many platforms are listed when a question about platforms names none."""


_LEANS = re.compile(
    r"(?:then|second|third|next|also|but|so|and|or|it|its|this|that|they|these|those|he|she)\b", re.IGNORECASE
)
"""Words that a sentence taken out of its place must not begin with."""


_ASKS_HOW = re.compile(
    r"\s*(?:and |but |so )?(?:how (?!(?:legit|safe|real)\b)|why|what|which|where|when|who)\b", re.IGNORECASE
)
_ABOUT_FRAUD = re.compile(r"\b(?:scams?|legit|legitimate|fraud|fake)\b", re.IGNORECASE)
_ASKS_YES_NO = re.compile(
    r"\b(?:is|are|was|were|am|do|does|did|can|could|may|might|must|shall|should|will|would|has|have|had)(?:n['\u2019]?t)? (?:not )?"
    r"(?:i|we|you|he|she|it|they|there|that|this|these|those|my|your|our|the|a|an|any|anyone|someone|people|\w+)\b[^.?!]*\?"
    r"|^\W*(?:is|are|do|does|did|can|could|may|must|should|will|would|has|have)\b|\b(?:worth it|legit|allowed|ok|real|safe)\W*$",
    re.IGNORECASE,
)
_YES_NO = re.compile(r"(?:yes|no|often yes|usually (?:yes|no)|mostly (?:yes|no)|only)\b", re.IGNORECASE)
_ABBREVIATION = re.compile(r"\b[A-Z]{3,5}\b")
PLAIN_MARGIN = 0.06
"""How much farther a corpus question may lie that answers "how" with more than yes or no."""


QUESTION_MARGIN = 0.07
"""How much nearer a corpus question must lie than one ranked before it to be the one that was asked."""
MUCH_NEARER = 0.1
"""How much nearer a fact must lie than the corpus question to come before it."""


class Composer:
    """Collects the parts of one answer, each sentence once."""

    def __init__(self, brief: Brief, whole: "Composer | None" = None) -> None:
        """Start an answer, or a part of the answer `whole`, with which it shares citations and what was said."""
        self.brief = brief
        self.plan = brief.plan
        self.query = frozenset(tokens(brief.plan.query))
        self.cited: Citations = whole.cited if whole else Citations()
        self._said: list[frozenset[str]] = whole._said if whole else []
        self.count: int = whole.count if whole else 0
        self.is_far = False
        self.subjects: set[str] = whole.subjects if whole else set()
        self.used: list[Passage] = whole.used if whole else []

    def say(self, unit: Unit) -> str:
        """Return a sentence with its markers, or nothing when it was said already."""
        words = frozenset(tokens(unit.text))
        if any(len(words & other) >= 0.7 * max(1, min(len(words), len(other))) for other in self._said):
            return ""
        self._said.append(words)
        self.subjects.add(unit.passage.chunk.subject)
        self.used.append(unit.passage)
        self.count += 1
        return f"{unit.text} {self.cited.mark(unit)}"

    def overlap(self, unit: Unit) -> float:
        """Return how much of the question a sentence takes up, weighted for sentences with figures asked for."""
        words = frozenset(tokens(unit.text))
        if not words:
            return 0.0
        share = len(words & self.query) / (len(self.query) or 1)
        figure = 0.15 if self.plan.kind == "figure" and re.search(r"\d", unit.text) else 0.0
        return share + figure - 0.01 * unit.order


def lead_of(composer: Composer, passages: list[Passage]) -> tuple[list[str], list[Passage]]:
    """Return the first paragraph and the passages left for the rest."""
    if max(p.dense for p in passages[:5]) < NEAR_ENOUGH and not composer.plan.entities:
        same = max(shared_words(p.chunk.heading, composer.plan.query) for p in passages[:3])
        if same < SAME_WORDS:
            return _nearest(composer, passages), []
    if composer.plan.among:
        listed = [p for p in passages if p.chunk.kind == "fact" and p.dense >= 1.0 and p.rank == 1]
        if listed:
            # These sentences are alike on purpose, so none counts as said already.
            lines = "\n".join(f"- {unit.text} {composer.cited.mark(unit)}" for unit in (units_of(p)[0] for p in listed))
            composer.count += len(listed)
            return [PHRASES[composer.plan.ranking[1]], lines], [p for p in passages if p not in listed]
    best = _best_question(composer, passages)
    dated = (
        _of_the_year(composer, passages) or _of_the_amount(composer, passages) or _nearer_fact(composer, best, passages)
    )
    if dated is not None:
        told = [dated, best] if best is not None else [dated]
        sentences = [composer.say(unit) for passage in told for unit in units_of(passage)]
        return [" ".join(s for s in sentences if s)], [p for p in passages if p not in told]
    if composer.plan.year and composer.plan.keys and not _tells_the_year(composer, best, passages):
        now, rest = _lead_now(composer, best, passages)
        return [PHRASES["no_year"], *now], rest
    return _lead_now(composer, best, passages)


def _tells_the_year(composer: Composer, best: Passage | None, passages: Sequence[Passage]) -> bool:
    """Return whether the nearest texts name the past year that was asked about."""
    return any(str(composer.plan.year) in passage.chunk.text for passage in [*([best] if best else []), *passages[:3]])


def _lead_now(composer: Composer, best: Passage | None, passages: list[Passage]) -> tuple[list[str], list[Passage]]:
    """Return the first paragraph from the corpus question `best`, from facts, or from the nearest sentences."""
    if best is not None:
        sentences = [composer.say(unit) for unit in units_of(best)]
        steps = best.chunk.text.lstrip().startswith("1. ")  # the order of these sentences is part of the answer
        said = (
            "\n".join(f"{n}. {s}" for n, s in enumerate((s for s in sentences if s), 1))
            if steps
            else " ".join(s for s in sentences if s)
        )
        # A yes or no is the answer to another question than "how" or "why": that question stands before it.
        asks = composer.plan.question
        other = _ASKS_HOW.match(asks) or not _ASKS_YES_NO.search(asks)
        title = f"*{best.chunk.heading}* " if other and _YES_NO.match(said) else ""
        return [title + said], [p for p in passages if p is not best]
    several = _several(composer, passages)
    if several:
        lines = [" ".join(s for s in (composer.say(unit) for unit in units_of(p)[:2]) if s) for p in several]
        listed = "\n".join(f"- {line}" for line in lines if line)
        return [PHRASES["several"], listed], [p for p in passages if p not in several]
    fact = _asked_fact(composer, passages)
    if fact is not None:
        sentences = [composer.say(unit) for unit in units_of(fact)]
        return [" ".join(s for s in sentences if s)], [p for p in passages if p is not fact]
    told = [p for p in passages if not is_missing(p)] or passages
    # Facts of the kind asked about say more than the nearest sentences.
    asked = [p for p in told if any(f"#{key}" in i for key in composer.plan.keys for i in p.chunk.fact_ids)][:3]
    if asked and composer.plan.entities and composer.plan.kind in {"figure", "how_to", "allowed", "general"}:
        told = asked
    pool = [unit for passage in told[:4] for unit in units_of(passage)]
    pool = [unit for unit in pool if not _LEANS.match(unit.text)] or pool
    pool.sort(key=lambda unit: (-(composer.overlap(unit) + 0.5 * unit.passage.score), unit.passage.rank, unit.order))
    chosen = sorted(pool[:3], key=lambda unit: (unit.passage.rank, unit.order))
    # The sentence that takes up most of the question comes first; the others keep their order.
    chosen.sort(key=lambda unit: unit is not pool[0])
    used = [s for s in (composer.say(unit) for unit in chosen) if s]
    return [" ".join(used)], passages


def _nearest(composer: Composer, passages: Sequence[Passage]) -> list[str]:
    """Return what lies nearest to a question that no guide answers, said to be just that: questions with their first words."""
    told = [p for p in passages if not is_missing(p)]
    asked = sorted([p for p in told if p.chunk.kind == "question"] or told, key=lambda p: -p.dense)
    near = [p for p in asked if p.dense >= asked[0].dense - NEAREST_MARGIN]
    lines = []
    for passage in near[:MAX_NEAREST]:
        units = units_of(passage)
        # The nearest is told whole, the others begin.
        said = " ".join(s for s in (composer.say(unit) for unit in (units if passage is near[0] else units[:2])) if s)
        title = f"*{passage.chunk.heading}* " if passage.chunk.kind == "question" else ""
        if said:
            lines.append(f"- {title}{said}")
    composer.is_far = True
    return [PHRASES["nearest"], "\n".join(lines)]


def _best_question(composer: Composer, passages: Sequence[Passage]) -> Passage | None:
    """Return the passage whose heading is the question that was asked, where there is one."""
    entities = composer.plan.entities
    candidates = [p for p in passages[:8] if p.chunk.kind == "question"]
    if entities:
        fit = [p for p in candidates if p.chunk.subject in entities or p.chunk.guide_kind in GENERAL_KINDS]
        candidates = fit or candidates
    # "Income" and "earn" are in most questions and choose nothing.
    asked = {key.split(".")[0] for key in composer.plan.keys} - {"pay"}
    fitting = [p for p in candidates if asked & {key.split(".")[0] for key in keys_in(p.chunk.heading)}]
    exact = any("." in key for key in composer.plan.keys)
    # A question about another matter of the same subject must not answer one about, say, the day of payment.
    # "How much does it take?" asks for a value; a question about another matter of the same subject is no answer to it.
    asks_value = composer.plan.kind == "figure" and bool(asked) and bool(entities) and not fitting
    told = _asked_fact(composer, passages) if exact or asks_value else None
    candidates = fitting or ([] if told is not None and not is_missing(told) else candidates)
    if not candidates:
        return None
    if composer.plan.kind != "scam":
        # "Is it a scam?" is no answer to how much or how.
        candidates = [p for p in candidates if not _ABOUT_FRAUD.search(p.chunk.heading)] or candidates
    # SSDI and SSI, IRS and HMRC lie near each other for a model and are two things.
    short = set(_ABBREVIATION.findall(composer.plan.question.upper()))
    candidates = [p for p in candidates if short & set(_ABBREVIATION.findall(p.chunk.heading))] or candidates
    best = candidates[0]
    nearer = max(candidates, key=lambda p: p.dense)
    if nearer.rank <= LOOKED_AT and nearer.dense >= best.dense + QUESTION_MARGIN:
        best = nearer
    if _ASKS_HOW.match(composer.plan.question) and _YES_NO.match(best.chunk.text):
        plain = [p for p in candidates if not _YES_NO.match(p.chunk.text) and p.dense >= best.dense - PLAIN_MARGIN]
        best = plain[0] if plain else best
    if told is not None and not is_missing(told) and entities and best.chunk.subject not in entities:
        return None  # the named platform's own value says more than a general question
    if not fitting and (best.rank > LOOKED_AT or (exact and best.dense < STRONG_QUESTION)):
        return None
    if exact and not entities and best.chunk.guide_kind == "platform" and _several(composer, passages):
        return None
    nearest = max(p.dense for p in passages[:FIRST_RANKS])
    is_near = best.dense >= STRONG_QUESTION or (best.rank <= FIRST_RANKS and best.dense >= nearest - FIRST_MARGIN)
    return best if is_near else None


def _nearer_fact(composer: Composer, best: Passage | None, passages: Sequence[Passage]) -> Passage | None:
    """Return the first passage when it is a fact that lies much nearer to what is asked than the nearest question does."""
    first = passages[0]
    if (
        best is None
        or first.chunk.kind != "fact"
        or is_missing(first)
        or composer.plan.kind in {"worth", "why", "plan", "scam"}
    ):
        return None
    own = not composer.plan.entities or first.chunk.subject in composer.plan.entities
    return first if own and first.dense >= best.dense + MUCH_NEARER else None


def _of_the_year(composer: Composer, passages: Sequence[Passage]) -> Passage | None:
    """Return the fact that held in the past year asked about: its label names the year, or it began or ended by a known day."""
    year, keys = composer.plan.year, composer.plan.keys
    if year is None:
        return None
    facts = [p for p in passages[:LOOKED_AT] if p.chunk.kind == "fact" and not is_missing(p)]
    named = [p for p in facts if str(year) in p.chunk.heading]
    bounded = [p for p in facts if p.chunk.until and any(f"#{key}" in i for key in keys for i in p.chunk.fact_ids)]
    return next(iter([*named, *bounded]), None)


def _several(composer: Composer, passages: Sequence[Passage]) -> list[Passage]:
    """Return one fact a platform for a question about platforms that names none, or nothing when fewer than two are known."""
    plan = composer.plan
    exact = [key for key in plan.keys if "." in key]
    if plan.entities or not exact or plan.kind in {"scam", "plan", "why", "worth"}:
        return []
    found: dict[str, Passage] = {}
    for passage in passages:
        chunk = passage.chunk
        asked = any(f"#{key}" in fact_id for key in exact for fact_id in chunk.fact_ids)
        if asked and chunk.kind == "fact" and chunk.guide_kind == "platform" and not is_missing(passage):
            found.setdefault(chunk.subject, passage)
    # A platform without such a figure ("none, because …") says less than one with it.
    best = sorted(
        found.values(),
        key=lambda passage: (
            not re.search(r"\d", passage.chunk.text.split(",")[1:2][0] if "," in passage.chunk.text else "")
        ),
    )
    return best[:MAX_PLATFORMS] if len(best) > 1 else []


def _asked_fact(composer: Composer, passages: Sequence[Passage]) -> Passage | None:
    plan = composer.plan
    if plan.kind not in {"figure", "allowed"} and not plan.about_past and not any("." in key for key in plan.keys):
        return None
    if plan.kind in {"worth", "which", "scam", "plan", "why"}:
        return None
    for passage in passages[:4]:
        chunk = passage.chunk
        if chunk.kind != "fact" or (plan.entities and chunk.subject not in plan.entities):
            continue
        asked = any(f"#{key}" in fact_id for key in plan.keys for fact_id in chunk.fact_ids)
        if asked or (not plan.keys and not is_missing(passage)):
            return passage
    return None


def _of_the_amount(composer: Composer, passages: Sequence[Passage]) -> Passage | None:
    """Return the fact asked about whose band ("201 to 400 hours taught") holds an amount in the question."""
    plan = composer.plan
    for quantity in plan.quantities:
        for passage in passages:
            chunk = passage.chunk
            if chunk.kind != "fact" or (plan.entities and chunk.subject not in plan.entities):
                continue
            asked = any(f"#{key}" in fact_id for key in plan.keys for fact_id in chunk.fact_ids)
            if asked and any(low <= quantity.value <= high for low, high in bands_in(chunk.text, quantity.unit)):
                return passage
    return None


def bands_in(text: str, unit: str) -> list[tuple[float, float]]:
    """Return the bands of amounts in brackets that are counted in `unit`: "21 to 50 hours", "over 400 hours", "first 500 dollars"."""
    found = []
    words = _MONEY_WORDS.get(unit, (unit, unit.removesuffix("s")))
    for inside in re.findall(r"\(([^()]*)\)", text):
        if not any(word in inside.lower() for word in words):
            continue
        numbers = [float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", inside)]
        if len(numbers) == 2:
            found.append((numbers[0], numbers[1]))
        elif len(numbers) == 1 and re.search(r"\b(?:over|above|from|more than|at least)\b", inside):
            found.append((numbers[0], float("inf")))
        elif len(numbers) == 1 and re.search(r"\b(?:up to|below|under|first|less than|at most)\b", inside):
            found.append((0.0, numbers[0]))
    return found


_MONEY_WORDS = {
    "USD": ("dollar", "usd", "$"),
    "EUR": ("euro", "eur", "€"),
    "GBP": ("pound", "gbp", "£"),
    "INR": ("rupee", "inr", "₹"),
}


def is_missing(passage: Passage) -> bool:
    """Return whether a passage says that a value was looked for and not found."""
    return any(fact_id.endswith(NOT_FOUND) for fact_id in passage.chunk.fact_ids)
