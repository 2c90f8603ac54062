"""Job posts for a profile: ranked with reasons, flagged, and what a skill pays in them."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from advisor.embedding import Embedding
from advisor.jobs import Post, database, load
from advisor.ledger import Vectors
from advisor.skill_words import alias_pattern

SKILL_SHARE, TEXT_SHARE, PAY_SHARE, FLAG_COST = 1.0, 0.6, 0.15, 0.5
"""Shares of a post's score: skills it asks for that the person has, nearness of its text, pay against others, each flag."""
HIDDEN_WEIGHT, LEAST_ASKED = 2.0, 4.0
"""What a skill hidden behind `+3` weighs, and the least that a post counts as asking for: one tag alone tells little."""
CANDIDATES = 40
LOW_SHARE, FEWEST = 0.5, 10
"""A post is low-ball when its best hourly rate is under half the median for its skills, from ten posts with a rate on."""
_SUBJECTS = r"(?:chat)?bots?|apis?|integrat\w+|automat\w+|clones?|marketing|mini|web ?apps?|apps?|plugins?|scrap\w+|develop\w+|websites?|modules?|widgets?"


_MAKER = re.compile(r"^(?:microsoft|adobe|google|apple|intuit) ")
"""A feed says Microsoft Excel, a person Excel."""


@dataclass(frozen=True)
class Pay:
    """What posts that ask for a skill pay: quartiles and number, of hourly rates (middle of the range) or of fixed budgets."""

    skill: str
    basis: str
    currency: str
    n: int
    low: float
    median: float
    high: float


@dataclass(frozen=True)
class RankedPost:
    """A post for a profile: score, reasons for and against, and warnings."""

    post: Post
    score: float
    reasons: tuple[str, ...]
    against: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Open:
    posts: tuple[Post, ...]
    vectors: Vectors
    by_skill: dict[str, NDArray[np.int64]]
    names: tuple[str, ...]
    weights: dict[str, float]
    asked: NDArray[np.float64]
    """Weight of all that a post asks for."""
    rates: dict[str, float]


@lru_cache(maxsize=2)
def _opened(path: Path, stamp: int, model: str) -> _Open:
    posts = load(path)
    with database(path) as connection:
        found = dict(connection.execute("SELECT id, vector FROM vectors WHERE model = ?", (model,)))
    width = len(next(iter(found.values()), b"\0\0")) // 2
    vectors = np.zeros((len(posts), width), dtype=np.float32)
    for place, post in enumerate(posts):
        if data := found.get(post.id):
            vectors[place] = np.frombuffer(data, dtype=np.float16)
    counts = Counter(skill.lower() for post in posts for skill in post.skills)
    by_skill: defaultdict[str, list[int]] = defaultdict(list)
    for place, post in enumerate(posts):
        for skill in dict.fromkeys(skill.lower() for skill in post.skills):
            by_skill[skill].append(place)
    weights = {skill: float(np.log(1 + len(posts) / count)) for skill, count in counts.items()}
    rates = {}
    for skill, places in by_skill.items():
        known = [rate for place in places if (rate := posts[place].rate) is not None]
        if len(known) >= FEWEST:
            rates[skill] = float(median(known))
    made = {skill: np.array(places, dtype=np.int64) for skill, places in by_skill.items()}
    asked = np.array(
        [sum(weights[s.lower()] for s in post.skills) + HIDDEN_WEIGHT * post.more_skills for post in posts]
    )
    return _Open(tuple(posts), vectors, made, tuple(sorted(made)), weights, np.maximum(asked, LEAST_ASKED), rates)


def _stamp(path: Path) -> int:
    if not path.is_file():
        with database(path):
            pass
    return path.stat().st_mtime_ns


def named(skill: str, names: Sequence[str]) -> set[str]:
    """Return the names of a feed's skills that a person's skill covers: the same words, or those of a path's skill."""
    words = re.sub(r"[\s_-]+", " ", skill.lower()).strip()
    pattern = alias_pattern(words.replace(" ", "-"))
    return {
        name
        for name in names
        if name == words
        or pattern.fullmatch(name)
        or pattern.fullmatch(_MAKER.sub("", name))
        or (len(words) > 3 and f" {words} " in f" {name} ")
    }


@lru_cache(maxsize=256)
def _named(skill: str, names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(named(skill, names))


def rank(
    path: Path,
    skills: Sequence[str],
    embedding: Embedding,
    k: int = 10,
    floor: float = 0.0,
    about: str = "",
    *,
    hide_flagged: bool = False,
) -> list[RankedPost]:
    """Return the posts that fit a profile, best first, with reasons for and against.

    Args:
        path: The posts' file.
        skills: The person's skills.
        embedding: The embedding with which the posts were added.
        k: How many.
        floor: The least that an hour must pay; posts under it are left out.
        about: More in the person's own words.
        hide_flagged: Leave out posts with a warning.

    Raises:
        LedgerError: When there are no posts; the text says how to add some.
    """
    found = _opened(path, _stamp(path), embedding.name)
    held = {name: skill for skill in skills for name in _named(skill, found.names)}
    have = np.zeros(len(found.posts))
    for name in held:
        have[found.by_skill[name]] += found.weights[name]
    score = SKILL_SHARE * have / found.asked
    words = ", ".join([*skills, about]).strip(", ")
    if words and found.vectors.shape[1] > 1:
        score = score + TEXT_SHARE * (found.vectors @ embedding.embed([words])[0])
    order = np.argsort(-score, kind="stable")
    ranked: list[RankedPost] = []
    for place in order:
        if len(ranked) >= max(CANDIDATES, 2 * k):
            break
        post = found.posts[place]
        if floor and (post.high if post.high is not None else floor) < floor:
            continue
        flags = warnings(post, found.rates)
        if flags and hide_flagged:
            continue
        usual = _usual(post, found.rates)
        pay = min(1.0, max(-1.0, (post.rate / usual - 1) if post.rate and usual else 0.0))
        total = float(score[place]) + PAY_SHARE * pay - FLAG_COST * len(flags)
        ranked.append(RankedPost(post, round(total, 4), *_reasons(post, held, usual), flags))
    return sorted(ranked, key=lambda item: (-item.score, item.post.id))[:k]


def _usual(post: Post, rates: dict[str, float]) -> float | None:
    known = [rates[skill.lower()] for skill in post.skills if skill.lower() in rates]
    return float(median(known)) if known else None


def _reasons(post: Post, held: dict[str, str], usual: float | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    has = [skill for skill in post.skills if skill.lower() in held]
    lacks = [skill for skill in post.skills if skill.lower() not in held]
    reasons = (
        [f"It asks for {', '.join(has[:5])}, which you have ({len(has)} of {len(post.skills) + post.more_skills})."]
        if has
        else []
    )
    against = [f"It also asks for {', '.join(lacks[:5])}."] if lacks else []
    if post.more_skills:
        against.append(f"The feed hides {post.more_skills} more skills.")
    if post.rate is not None and usual:
        line = f"It pays {post.currency} {post.low:g} to {post.high:g} an hour; the middle for these skills in the feed is {usual:g}."
        (reasons if post.rate >= usual else against).append(line)
    if post.level:
        (against if "expert" in post.level.lower() else reasons).append(f"Level asked for: {post.level}.")
    return tuple(reasons), tuple(against)


def warnings(post: Post, rates: dict[str, float]) -> tuple[str, ...]:
    """Return what speaks against answering a post: signs of a scam in its words, or pay far below the usual.

    A fixed budget is low-ball when it buys less than one hour at the median rate of its skills.
    """
    from advisor.tools.scam_check import FLAGS

    text = f"{post.title}. {post.description}"
    found = [
        f"Scam sign: {flag.name} ({match[0].strip()!r})"
        for flag in FLAGS
        if flag.weight >= 2 and (match := flag.pattern.search(text)) and not _is_subject(text, match)
    ]
    usual = _usual(post, rates)
    if usual and post.high is not None and post.high < LOW_SHARE * usual:
        found.append(
            f"Low-ball: at most {post.currency} {post.high:g} an hour against a median of {usual:g} for its skills"
        )
    if usual and post.budget is not None and post.budget < usual:
        found.append(
            f"Low-ball: {post.currency} {post.budget:g} in all, less than one hour at the median of {usual:g} for its skills"
        )
    return tuple(found)


def _is_subject(text: str, match: re.Match[str]) -> bool:
    """Return whether the words are what the work is about, as in `Telegram bot`, and not how the client behaves."""
    after = rf"\W+(?:\w+\W+)?(?:{_SUBJECTS})"
    return bool(re.match(after, text[match.end() : match.end() + 40], re.I)) or bool(
        re.search(rf"\b(?:{_SUBJECTS})\W+(?:\w+\W+){{0,2}}$", text[max(0, match.start() - 40) : match.start()], re.I)
    )


def pays(path: Path, skill: str) -> list[Pay]:
    """Return what a skill pays in the feed: hourly and fixed, each with quartiles (Hyndman and Fan 1996, type 7) and number.

    Raises:
        LedgerError: When there are no posts.
    """
    posts = load(path)
    names = named(skill, sorted({name.lower() for post in posts for name in post.skills}))
    fitting = [post for post in posts if any(name.lower() in names for name in post.skills)]
    made = []
    stated = [("hour", post.currency, post.rate) for post in fitting]
    stated += [("project", post.currency, post.budget) for post in fitting]
    for basis in ("hour", "project"):
        for currency in sorted({code for kind, code, value in stated if kind == basis and value is not None}):
            known = [value for kind, code, value in stated if (kind, code) == (basis, currency) and value is not None]
            low, middle, high = (float(q) for q in np.quantile(known, (0.25, 0.5, 0.75)))
            made.append(Pay(skill, basis, currency, len(known), round(low, 2), round(middle, 2), round(high, 2)))
    return made
