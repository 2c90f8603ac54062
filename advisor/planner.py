"""From question, history and profile to a plan: entities, keys, country, kind of question, standalone query.

Everything here is rules over names that the corpus itself gives; no model is called and nothing is looked up elsewhere.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from advisor.ledger import StoredDocument
from advisor.schema import Plan, Profile, Quantity, QuestionKind

_WORD = re.compile(r"[\w][\w'’+&.-]*", re.UNICODE)
_MAX_QUESTION = 2000

# Names that are English words too: they count as names only with a capital inside a sentence or after "on", "for", …
_WORD_NAMES = frozenset("medium bolt grab handy neighbor contra guru rover wag surge care".split())
_NAME_CONTEXT = frozenset(
    "on for with at via from use using join joining called app platform site vs versus or and".split()
)

_KEY_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"\b(fees?|commissions?|take|takes|cut|charges?|percent(age)?|keeps?|deduct\w*)\b", "fee"),
    (r"\b(pay ?outs?|paid|withdraw\w*|cash ?out|transfer|clear(ed|ing|ance)?|get my money|payday)\b", "payout"),
    (r"\bwhen\b.{0,40}\bpays?\b", "payout.timing"),
    (r"\b(minimum (pay ?out|withdraw\w*)|threshold to withdraw)\b", "payout.minimum"),
    (r"\b(how old|age|minor|teen\w*|under 18|1[3-7] years?|i am 1[3-7]|i'm 1[3-7])\b", "eligibility.age"),
    (r"\b(countr(y|ies)|available in|work from|from (india|nigeria|kenya|pakistan))\b", "eligibility.countries"),
    (r"\b(background check|criminal|felony|record|dui)\b", "eligibility.background"),
    (r"\b(licen[cs]e|permit)\b", "eligibility.licence"),
    (r"\b(id|identity|passport|ssn|verification|verify)\b", "eligibility.identity"),
    (r"\b(earn\w*|make|income|salary|wage|per hour|an hour|hourly|how much)\b", "pay"),
    (r"\b(tips?|tipping)\b", "pay.tips"),
    (r"\b(car|vehicle|truck|bike|bicycle|scooter)\b", "requirement.vehicle"),
    (r"\b(insur\w+)\b", "requirement.insurance"),
    (r"\b(gas|fuel|mileage|per mile|wear|depreciation)\b", "cost"),
    (r"\b(tax(es)?|1099|irs|hmrc|self-employment|deduct\w*)\b", "tax"),
    (r"\b(quarterly|deadline|due)\b", "deadline"),
    (r"\b(deactivat\w+|banned|ban|suspend\w*|closed|terminated|blocked)\b", "policy.closure"),
    (r"\b(appeal\w*|reinstat\w*)\b", "policy.appeal"),
    (r"\b(chatgpt|a\.?i\.?|ai-generated|llm)\b", "policy.ai"),
    (r"\b(learn|study|course|certificate|how long|skills?)\b", "hours.learn"),
    (r"\b(yields?|returns?|dividends?)\b", "yield"),
    (r"\b(connects?|bids?)\b", "fee.bid"),
)
_KEYS = tuple((re.compile(pattern, re.IGNORECASE), key) for pattern, key in _KEY_PATTERNS)

_KIND_PATTERNS: tuple[tuple[str, QuestionKind], ...] = (
    (r"\b(scam|legit|legitimate|fraud|fake|real or|too good)\b", "scam"),
    (r"\b(worth|good idea|should i|pay off|sensible|beat)\b", "worth"),
    (r"\b(which|better|best|versus|vs\.?|or .+\?|compare|instead of|difference between)\b", "which"),
    (r"\b(am i allowed|can i|may i|allowed|eligible|do i need|do i have to|must i|legal|qualif\w+)\b", "allowed"),
    (r"\b(plan|roadmap|path|get into|become|career|switch)\b", "plan"),
    (r"^\s*(why|what happens)\b", "why"),
    (r"\b(fees?|commission|minimum|threshold|rate)\b.*\?", "figure"),
    (r"^\s*(what is|what are|what's|whats|define|meaning of)\s+(a |an |the )?[\w -]{2,40}\??$", "definition"),
    (r"\b(how much|how many|how long|how old|what (percent\w*|rate|fee|share)|when (do|will|am|are))\b", "figure"),
    (r"\b(how (do|can|to|should)|steps?|start|sign up|apply)\b", "how_to"),
)
_KINDS = tuple((re.compile(pattern, re.IGNORECASE), kind) for pattern, kind in _KIND_PATTERNS)

_PAST = re.compile(
    r"\b(used to|history|historical\w*|previous(ly)?|formerly|in the past|before (20\d\d|the change)|old (fee|rate|rules?)"
    r"|changed?|back in|over time|was the)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(20[0-4]\d)\b")
_FOLLOW_UP = re.compile(
    r"^\s*(and|or|but|so|then|also|ok(ay)?|what about|how about|what if|why|source|really|are you sure|same|"
    r"is (it|that)|does (it|that)|do they|can (it|they)|for)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(it|its|they|them|their|that|this|those|these|there|the (fee|app|site|platform|company))\b", re.I
)
_CARE: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"\b(kill(ing)? myself|suicid\w*|end (my life|it all)|self.?harm|want to die|can'?t go on)\b", re.I),
        "crisis",
    ),
    (
        re.compile(
            r"\b((avoid|evade|dodge|not) (pay\w*|report\w*|declar\w*) (any )?(tax\w*|income)|hide (my )?(income|earnings)|"
            r"under the table|off the books|fake (id|name|identity|documents?|reviews?)|(second|another|new) account after|"
            r"get around (the|a|my) ban|(rent|buy|borrow|share) (an?|someone'?s|my|his|her) [\w ]{0,20}account|"
            r"someone else'?s (account|identity|id|ssn))\b",
            re.I,
        ),
        "evasion",
    ),
)
_QUANTITY = re.compile(
    r"(?P<currency>[$£€₹])\s?(?P<money>\d[\d,]*(\.\d+)?)(?P<k>k)?\b|"
    r"\b(?P<number>\d[\d,]*(\.\d+)?)(?P<k2>k)?\s*(?P<unit>%|percent|hours?|h|hrs?|miles?|km|weeks?|months?|years?|days?|usd|"
    r"dollars?|euros?|eur|pounds?|gbp|rupees?|inr|mpg)",
    re.IGNORECASE,
)
_UNITS = {
    "%": "percent", "percent": "percent", "h": "hours", "hr": "hours", "hrs": "hours", "hour": "hours", "mile": "miles",
    "week": "weeks", "month": "months", "year": "years", "day": "days", "usd": "USD", "dollar": "USD", "dollars": "USD",
    "euro": "EUR", "euros": "EUR", "eur": "EUR", "pound": "GBP", "pounds": "GBP", "gbp": "GBP", "rupee": "INR",
    "rupees": "INR", "inr": "INR", "$": "USD", "£": "GBP", "€": "EUR", "₹": "INR",
}  # fmt: skip


@dataclass(frozen=True)
class Name:
    """One way a subject of the corpus is called."""

    words: tuple[str, ...]
    subject: str
    kind: str


class Gazetteer:
    """The names and aliases that the corpus itself gives to its subjects."""

    def __init__(self, documents: Iterable[StoredDocument]) -> None:
        """Collect the names.

        Args:
            documents: The documents of the ledger; those of guides carry names, aliases and kind.
        """
        self._names: dict[tuple[str, ...], Name] = {}
        self.titles: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        for document in documents:
            data: Mapping[str, Any] = json.loads(document.data)
            if not data:
                continue
            self.titles[document.id] = document.title
            self.kinds[document.id] = data.get("kind", "")
            for text in (document.title, document.id.replace("-", " "), *data.get("aliases", ())):
                words = tuple(_fold(text))
                if words:
                    self._names.setdefault(words, Name(words, document.id, data.get("kind", "")))
        self._longest = max((len(words) for words in self._names), default=0)
        self._single = sorted(
            {words[0] for words in self._names if len(words) == 1 and len(words[0]) >= 5} - _WORD_NAMES
        )

    def find(self, text: str) -> list[str]:
        """Return the subjects named in `text`, in order of appearance, small misspellings allowed."""
        raw = _WORD.findall(text)
        folded = [_fold_word(word) for word in raw]
        found: list[str] = []
        position = 0
        while position < len(folded):
            for length in range(min(self._longest, len(folded) - position), 0, -1):
                name = self._names.get(tuple(folded[position : position + length]))
                if name and self._counts(name, raw, folded, position):
                    found.append(name.subject)
                    position += length - 1
                    break
            else:
                corrected = self._misspelt(folded[position])
                if corrected:
                    found.append(corrected)
            position += 1
        return list(dict.fromkeys(found))

    @staticmethod
    def _counts(name: Name, raw: Sequence[str], folded: Sequence[str], position: int) -> bool:
        if len(name.words) > 1 or name.words[0] not in _WORD_NAMES:
            return True
        capital = raw[position][:1].isupper() and position > 0
        before = folded[position - 1] if position else ""
        return capital or before in _NAME_CONTEXT

    def _misspelt(self, word: str) -> str:
        if len(word) < 5 or word in _english():
            return ""
        match = process.extractOne(word, self._single, scorer=OSA.normalized_similarity, score_cutoff=0.8)
        return self._names[(match[0],)].subject if match else ""


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    """Return common words that lie near a name and must not be taken for it."""
    return frozenset(
        "later letter after other offer upper under never order older sober rider riders driver drivers ether uber users "
        "user tasks taskers there their lyrics first fever river rover cover mover hover proper paper labor ".split()
    )


def _fold_word(word: str) -> str:
    return re.sub(r"(['’]s)?[.']*$", "", word.lower()).replace("’", "'")


def _fold(text: str) -> list[str]:
    return [_fold_word(word) for word in _WORD.findall(text)]


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Return lower-case English country names, demonyms and common short forms with their ISO codes."""
    from babel import Locale

    names = {name.lower(): code for code, name in Locale("en").territories.items() if len(code) == 2 and code.isalpha()}
    names.update(
        {
            "usa": "US", "u.s": "US", "u.s.": "US", "u.s.a": "US", "america": "US", "american": "US", "uk": "GB",
            "u.k": "GB", "britain": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
            "british": "GB", "indian": "IN", "german": "DE", "french": "FR", "spanish": "ES", "italian": "IT",
            "dutch": "NL", "polish": "PL", "canadian": "CA", "australian": "AU", "nigerian": "NG", "kenyan": "KE",
            "pakistani": "PK", "filipino": "PH", "brazilian": "BR", "mexican": "MX", "irish": "IE", "california": "US",
            "texas": "US", "florida": "US", "new york": "US", "nyc": "US", "chicago": "US", "seattle": "US",
            "minnesota": "US", "washington": "US", "los angeles": "US", "london": "GB", "berlin": "DE", "paris": "FR",
            "ontario": "CA", "toronto": "CA", "sydney": "AU", "mumbai": "IN", "delhi": "IN", "bangalore": "IN",
            "lagos": "NG", "nairobi": "KE", "manila": "PH", "hmrc": "GB", "universal credit": "GB", "irs": "US",
            "1099": "US", "medicaid": "US",
        }
    )  # fmt: skip
    for ambiguous in ("georgia", "jordan", "turkey", "chad", "guinea", "world"):
        names.pop(ambiguous, None)
    return names


def country_in(text: str) -> str:
    """Return the ISO code of the first country, state or large city named in `text`, or an empty string."""
    words = _fold(text)
    names = _countries()
    for length in (3, 2, 1):
        for start in range(len(words) - length + 1):
            code = names.get(" ".join(words[start : start + length]))
            if code:
                return code
    return "US" if re.search(r"\bUS\b", text) else ""


def quantities_in(text: str) -> tuple[Quantity, ...]:
    """Return the amounts named in `text`, with their units."""
    found = []
    for match in _QUANTITY.finditer(text):
        digits = match["money"] or match["number"]
        value = float(digits.replace(",", "")) * (1000 if match["k"] or match["k2"] else 1)
        unit = (match["currency"] or match["unit"]).lower()
        found.append(
            Quantity(value=value, unit=_UNITS.get(unit, unit if unit.endswith("s") else unit + "s"), text=match[0])
        )
    return tuple(found)


def kind_of(question: str) -> QuestionKind:
    """Return the kind of a question, which decides the structure of the answer."""
    for pattern, kind in _KINDS:
        if pattern.search(question):
            return kind
    return "general"


def keys_in(text: str) -> tuple[str, ...]:
    """Return the fact keys, or first parts of keys, that a question is about."""
    found = list(dict.fromkeys(key for pattern, key in _KEYS if pattern.search(text)))
    # "How much" and "income" are in most questions; next to anything more exact they say nothing.
    exact = [key for key in found if not any(other.startswith(key + ".") for other in found)]
    return tuple(key for key in exact if key != "pay" or len(exact) == 1)


def plan(
    question: str,
    gazetteer: Gazetteer,
    *,
    today: date,
    history: Sequence[Mapping[str, str]] = (),
    profile: Profile | None = None,
) -> Plan:
    """Return what is asked, in a form that retrieval and answering can use.

    Args:
        question: The words of the person; only the first 2,000 characters count.
        gazetteer: Names of the corpus.
        today: The day the answer is for.
        history: Earlier turns, oldest first, `{"role", "content"}`.
        profile: What the person chose to say about themselves.
    """
    person = profile or Profile()
    text = " ".join(question.split())[:_MAX_QUESTION]
    standalone, entities = _standalone(text, gazetteer, [t["content"] for t in history if t.get("role") == "user"])
    year = next((int(match) for match in _YEAR.findall(text)), today.year)
    about_past = year < today.year or bool(_PAST.search(text))
    return Plan(
        question=text,
        query=standalone,
        kind=kind_of(standalone),
        entities=tuple(entities),
        keys=keys_in(standalone),
        country=country_in(standalone) or person.country.upper(),
        day=today,
        about_past=about_past,
        year=year if year < today.year else None,
        quantities=quantities_in(text),
        care=next((name for pattern, name in _CARE if pattern.search(text)), ""),
    )


def _standalone(text: str, gazetteer: Gazetteer, earlier: Sequence[str]) -> tuple[str, list[str]]:
    """Return the question with what it leaves unsaid taken from earlier turns, and its entities."""
    entities = gazetteer.find(text)
    words = text.split()
    leans = bool(_FOLLOW_UP.search(text)) or (bool(_PRONOUN.search(text)) and len(words) <= 14) or len(words) <= 3
    if not earlier or not leans:
        return text, entities
    previous, before = _standalone(" ".join(earlier[-1].split())[:_MAX_QUESTION], gazetteer, earlier[:-1])
    content = [word for word in _fold(text) if word not in _LEANING]
    if entities and before and len(content) <= 2 + len(entities):
        swapped = previous
        for old in before:
            swapped = re.sub(re.escape(gazetteer.titles[old]), "", swapped, flags=re.IGNORECASE)
        names = " ".join(gazetteer.titles[entity] for entity in entities)
        return " ".join(f"{swapped} {names}".split()), entities
    if entities:
        return text, entities
    if before:
        subject = " ".join(gazetteer.titles[entity] for entity in before)
        return (f"{text} ({subject})" if len(content) > 2 else f"{previous} {text}"), before
    return f"{previous} {text}", entities


_LEANING = frozenset(
    "and or but so then also ok okay what about how if for the a an is it that this on with same in of to does do".split()
)
