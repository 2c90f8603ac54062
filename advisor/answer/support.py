"""How far a text backs a claim: shared words, numbers, negation and opposites; it knows words, not the world."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from advisor.answer.figures import figures, found

STOP = frozenset(
    (
        "a an the and or but if then than that this these those there here it its he she they them their his her we"
        " our us you your yours i me my mine is are was were be been being am do does did done doing have has had"
        " having will would shall should can could may might must of in on at by for with from to into onto as about"
        " over under between out up down off so such also too very just only even still yet more most less least much"
        " many some any each every all both other another own same what which who whom whose when where why how not no"
        " nor never without s t re ve ll d m yes well oh let etc because while during after before again once per via"
    ).split()
)
_GROUPS = (
    "charge fee commission deduct levy", "pay payment paid payout wage", "earn income earning earned salary",
    "need require requirement must necessary mandatory", "allow permit permitted let accept",
    "start begin begun began", "buy purchase bought", "work job gig task", "help assist assistance support",
    "big large huge", "film movie", "minimum least lowest", "maximum most highest",
    "rise increase grow growth grew risen", "fall decrease decline fell", "car vehicle", "customer client buyer",
    "cause lead driven drive", "ban prohibit forbid", "temperature warming warm", "child kid", "country nation",
    "author writer write wrote written",
)  # fmt: skip
_OPPOSITES = (
    ("increase", "decrease"), ("rise", "fall"), ("rising", "falling"), ("more", "less"), ("more", "fewer"),
    ("higher", "lower"), ("high", "low"), ("minimum", "maximum"), ("before", "after"), ("gross", "net"),
    ("employee", "contractor"), ("employees", "contractors"), ("legal", "illegal"), ("include", "exclude"),
    ("includes", "excludes"), ("included", "excluded"), ("including", "excluding"), ("allowed", "banned"),
    ("best", "worst"), ("first", "last"), ("always", "never"), ("weekly", "monthly"), ("daily", "weekly"),
    ("daily", "monthly"), ("hourly", "weekly"), ("hourly", "monthly"), ("monthly", "yearly"), ("weekly", "yearly"),
    ("buyer", "seller"), ("client", "freelancer"), ("warming", "cooling"), ("positive", "negative"),
)  # fmt: skip
_NEGATORS = frozenset("not no never without cannot none neither nor nobody nothing cant dont doesnt isnt wont".split())
_WORD = re.compile(r"[^\W\d_]+(?:['’][a-z]+)?|[.;:!?,]|\d[\d.,]*")
_ANY = re.compile(r"\w+")
_NOT_NEGATING = re.compile(
    r"\bnot (?:only|just|merely)\b|\bno (?:more|less|fewer|later|earlier|longer ago) than\b|\bwhether or not\b"
    r"|\bif not\b|\bno matter\b|\bno\. ?(?=\d)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|\n+")
_CAPITAL = re.compile(r"(?<![.!?:]\s)(?<!^)(?<![\n#*-]\s)\b[A-Z][\w&'’]*[a-z0-9]\w*")
_SCOPE = 3


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Return a word without its common English endings, and its synonym's stem where one is listed."""
    return _CANONICAL.get(_strip(word), _strip(word))


def _strip(word: str) -> str:
    for ending, shortest in (("'s", 2), ("’s", 2), ("ingly", 5), ("edly", 5), ("ing", 4), ("ies", 4), ("ied", 4),
                             ("ed", 4), ("es", 4), ("ly", 4), ("s", 3)):  # fmt: skip
        if word.endswith(ending) and len(word) - len(ending) >= shortest - 1 and not word.endswith("ss"):
            word = word[: -len(ending)] + ("y" if ending in {"ies", "ied"} else "")
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 3 else word


_CANONICAL = {_strip(word): f"={group.split()[0]}" for group in _GROUPS for word in group.split()}


def _tokens(text: str) -> list[str]:
    return [found.lower().replace("’", "'") for found in _WORD.findall(_NOT_NEGATING.sub(" ", text))]


@lru_cache(maxsize=2048)
def content(text: str) -> tuple[str, ...]:
    """Return the stems of the words that carry content, in order."""
    return tuple(stem(word) for word in _tokens(text) if word[0].isalpha() and word not in STOP and "n't" not in word)


def _polarity(text: str) -> tuple[dict[str, set[bool]], set[str]]:
    """Return for each content stem whether it occurs negated or not, and the stems right after a negator."""
    seen: dict[str, set[bool]] = {}
    heads: set[str] = set()
    left = 0
    for word in _tokens(text):
        if word in ".;:!?," or word in {"but", "although", "though", "however", "while", "unless", "except", "because"}:
            left = 0
        elif word.replace("'", "") in _NEGATORS or word.endswith("n't"):
            left = _SCOPE
        elif word[0].isalpha() and word not in STOP:
            if left == _SCOPE:
                heads.add(_strip(word))
            seen.setdefault(_strip(word), set()).add(left > 0)
            left -= left > 0
    return seen, heads


def contradicts(claim: str, evidence: str) -> bool:
    """Return whether one of two texts denies what the other says with the same words."""
    said, said_heads = _polarity(claim)
    given, given_heads = _polarity(evidence)
    return any(
        head in said and head in given and said[head].isdisjoint(given[head]) for head in said_heads | given_heads
    )


def opposed(claim: str, evidence: str) -> bool:
    """Return whether the claim uses a word whose opposite stands in the evidence in its place."""
    said, given = set(_tokens(claim)), set(_tokens(evidence))
    return any(
        one in said and other in given and one not in given and other not in said
        for pair in _OPPOSITES
        for one, other in (pair, pair[::-1])
    )


def names(text: str) -> set[str]:
    """Return the capitalised words inside sentences, in lower case."""
    return {word.lower().removesuffix("'s").removesuffix("’s") for word in _CAPITAL.findall(text)}


def split(text: str) -> list[str]:
    """Return the sentences of a plain text."""
    return [part.strip() for part in _SENTENCE.split(text) if part.strip()]


@lru_cache(maxsize=256)
def windows(evidence: str) -> tuple[str, ...]:
    """Return each sentence and each pair of neighbours: the places where one claim may be said."""
    parts = split(evidence)
    return (*parts, *(f"{one} {two}" for one, two in zip(parts, parts[1:], strict=False)))


def _share(wanted: Iterable[str], given: set[str]) -> float:
    weights = {word: min(len(word), 9) for word in wanted}
    total = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in given) / total if total else 0.0


@lru_cache(maxsize=2048)
def _stems(text: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in _ANY.findall(text.lower().replace("’", "'")))


def _in_order(said: Sequence[str], given: Sequence[str]) -> int:
    """Return the length of the longest common subsequence."""
    row = [0] * (len(given) + 1)
    for word in said:
        diagonal = 0
        for index, other in enumerate(given, 1):
            diagonal, row[index] = row[index], diagonal + 1 if word == other else max(row[index], row[index - 1])
    return row[-1]


def best_window(claim: str, evidence: str, pairs: bool = True) -> str:
    """Return the sentence (or, with `pairs`, two neighbours) of the evidence that shares most with the claim."""
    wanted, asked = content(claim), figures(claim)

    def score(window: str) -> float:
        stems = content(window)
        agree = sum(found(figure, figures(window)) for figure in asked) / len(asked) if asked else 0.0
        return _share(wanted, set(stems)) + 0.5 * agree - 0.002 * len(stems)

    return max(windows(evidence) if pairs else split(evidence), key=score, default="")


def supported(
    claim: str,
    evidence: str,
    similarity: Callable[[str, str], float] | None = None,
) -> float:
    """Return how far evidence backs a claim, from 0 (not at all) to 1 (says the same).

    Shares of the claim's stems that occur in the evidence, in its best one or two sentences, and there in the same
    order; lowered when numbers or names are missing, or a negation or an opposite stands in the way. The weights are
    those of a logistic fit on one half of BEGIN, rounded; `benchmarks/groundedness.py` measures the other half.

    Args:
        claim: One sentence without citation markers.
        evidence: Text of one or more passages.
        similarity: Optional cosine of two texts, for instance of the bundled embedding model.
    """
    said = _stems(claim)
    if not said:
        return 0.0
    window = best_window(claim, evidence)
    near = _stems(window)
    everywhere, words = len({*said} & {*_stems(evidence)}), len({*said})
    score = 0.4 * everywhere / words + 0.2 * len({*said} & {*near}) / words
    score += 0.2 * _share(content(claim) or said, {*content(window), *near}) + 0.2 * _in_order(said, near) / len(said)
    if similarity is not None:
        score = 0.7 * score + 0.3 * max(0.0, similarity(claim, window))
    asked = figures(claim)
    if asked:
        close, anywhere = figures(window), figures(evidence)
        agree = sum(1.0 if found(f, close) else 0.5 if found(f, anywhere) else 0.0 for f in asked) / len(asked)
        score -= 0.35 * (1 - agree) + 0.15 * (not all(found(figure, anywhere) for figure in asked))
    called = names(claim)
    if called:
        text = evidence.lower()
        score -= 0.2 * sum(name not in text for name in called) / len(called)
    score -= 0.35 * contradicts(claim, best_window(claim, evidence, pairs=False)) + 0.15 * opposed(claim, window)
    return max(0.0, min(1.0, score))
