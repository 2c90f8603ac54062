"""From what a person writes - free text, a list, a CV - to skills with the words that show them and a confidence.

Three ways lead to a skill: it is named (in the words of a path, or exactly as in O*NET or ESCO), informal work shows it
(`advisor.skill_words`), or a clause lies near its name by embedding. Name, age, gender and origin are blanked first.
What comes out is a proposal: a person confirms or corrects it before anything else uses it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from advisor import skills
from advisor.embedding import Embedding
from advisor.ledger import Vectors
from advisor.neutral import Neutral, neutral
from advisor.skill_words import alias_pattern, informal_patterns

MAX_CHARS = 60_000
"""A CV is shorter; what stands beyond is not read."""
WHOLE_SHARE, CLAUSE_SHARE, WORD_SHARE = 0.5, 0.5, 0.2
"""Shares of sentence, best clause and covered words in the score; chosen on the validation sets of TECH and HOUSE."""
NEAR_SCORE, SURE_SCORE = 0.62, 0.95
"""Score below which a near skill is not proposed, and from which it is as sure as a named one."""
PER_SENTENCE, MOST = 3, 60
NAMED, SHOWN = 0.9, 0.7

Because = Literal["named", "informal", "near"]

_SENTENCE = re.compile(r"[^\n.!?;]+(?:\.(?=\w)[^\n.!?;]*)*")
_CUT = re.compile(r"[,;:()/•|]|\s-\s|\b(?:and|or|as well as|to|with)\b|\.\s")
_TOKEN = re.compile(r"[a-z0-9+#]+")
_STOP = frozenset(
    "a an the of and or to in for with on at by from as is are be will you your our we their its that this other".split()
)
_NOT_HELD = re.compile(
    r"(?:\bcan(?:no|['’])t|\bcan ?not|\bnever|\bno (?:experience|knowledge|idea|skills?)|\bnot|n['’]t|\bwithout|\black\w*|\bwant\w* to (?:learn|become|be|study)|"
    r"\bwould like to (?:learn|become|be|study)|\bhop(?:e|ing) to|\bplan\w* to (?:learn|become|study)|\bdream\w*|\binterested in learning)\b[^,.;\n]{0,40}$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Evidence:
    """The words that show a skill and where they stand in the text that was given."""

    start: int
    end: int
    quote: str


@dataclass(frozen=True)
class Recognised:
    """A skill that a text shows: how sure, why, and by which words; `helps` are skills of paths that it brings near."""

    id: str
    label: str
    source: str
    because: Because
    confidence: float
    evidence: tuple[Evidence, ...]
    helps: tuple[str, ...] = ()


@dataclass(frozen=True)
class NameIndex:
    """The names of skills with vectors and words; `owners` says which skill a name belongs to, labels come first."""

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    owners: NDArray[np.int64]
    vectors: Vectors
    words: dict[str, NDArray[np.int64]] = field(repr=False)
    weights: dict[str, float] = field(repr=False)
    totals: NDArray[np.float64] = field(repr=False)
    exact: dict[str, int] = field(repr=False)


def name_index(
    ids: Sequence[str], labels: Sequence[str], others: Sequence[tuple[int, str]], vectors: Vectors
) -> NameIndex:
    """Build an index.

    Args:
        ids: Id of each skill.
        labels: Label of each skill.
        others: `(place of the skill, other name)`.
        vectors: One row for each label, then one for each other name.
    """
    stems = [_stems(re.sub(r"\(.*?\)", "", label)) for label in labels]
    counts = Counter(stem for found in stems for stem in found)
    weights = {stem: float(np.log((len(labels) + 1) / count)) for stem, count in counts.items()}
    words: defaultdict[str, list[int]] = defaultdict(list)
    for place, found in enumerate(stems):
        for stem in found:
            words[stem].append(place)
    exact = {}
    for place, name in [*others, *enumerate(labels)]:
        if len(name) > 1:
            exact[name if _is_short(name) else name.lower()] = place
    owners = [*range(len(labels)), *(place for place, _ in others)]
    return NameIndex(
        tuple(ids),
        tuple(labels),
        np.array(owners, dtype=np.int64),
        vectors,
        {stem: np.array(places, dtype=np.int64) for stem, places in words.items()},
        weights,
        np.array([sum(weights[stem] for stem in found) or 1.0 for found in stems]),
        exact,
    )


def _is_short(name: str) -> bool:
    """Return whether a name is one word with a capital, which counts only as written: Access, Go, Word."""
    return " " not in name and any(letter.isupper() for letter in name)


def _stems(text: str) -> set[str]:
    return {
        re.sub(r"(?:ing|ed|es|s|ment|ion)$", "", word) if len(word) > 4 else word
        for word in _TOKEN.findall(text.lower())
        if word not in _STOP
    }


def clauses(sentence: str) -> list[tuple[int, int]]:
    """Return the sentence itself and its clauses as spans."""
    spans = [(0, len(sentence))]
    start = 0
    for match in [*_CUT.finditer(sentence), None]:
        end = match.start() if match else len(sentence)
        piece = sentence[start:end]
        if len(piece.strip()) > 1 and (start, end) != spans[0]:
            left = len(piece) - len(piece.lstrip())
            spans.append((start + left, start + len(piece.rstrip())))
        start = match.end() if match else end
    return spans


def scores(index: NameIndex, sentence: str, vectors: Vectors) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the score of every skill for a sentence, and which clause lies nearest to it.

    Half the best cosine of the whole sentence with a skill's names, half that of its best clause, and a share of the
    label's words (weighted by inverse document frequency, Sparck Jones 1972) that the sentence holds.

    Args:
        index: The skills.
        sentence: The sentence.
        vectors: Rows for the sentence and then for its clauses, as `clauses` gives them.
    """
    by_name = index.vectors @ vectors.T
    best = by_name[: len(index.labels)].copy()
    np.maximum.at(best, index.owners[len(index.labels) :], by_name[len(index.labels) :])
    parts = best[:, 1:] if best.shape[1] > 1 else best
    covered = np.zeros(len(index.labels))
    for stem in _stems(sentence):
        if (places := index.words.get(stem)) is not None:
            covered[places] += index.weights[stem]
    clause = parts.argmax(axis=1) + (1 if best.shape[1] > 1 else 0)
    total = WHOLE_SHARE * best[:, 0] + CLAUSE_SHARE * parts.max(axis=1) + WORD_SHARE * covered / index.totals
    return total, clause


@lru_cache(maxsize=2)
def _kept(path: Path, stamp: int, model: str) -> NameIndex:
    with skills.opened(path) as connection:
        rows = connection.execute(
            "SELECT id, label FROM skills WHERE kind <> 'group' AND (source = 'esco' OR kind = 'technology') ORDER BY id"
        ).fetchall()
        place = {row[0]: number for number, row in enumerate(rows)}
        named = connection.execute("SELECT skill, name FROM names ORDER BY skill, name")
        others = [(place[skill], name) for skill, name in named if skill in place]
        texts = [row[1] for row in rows] + [name for _, name in others]
        vectors = skills.vectors_of(connection, model, texts)
    return name_index([row[0] for row in rows], [row[1] for row in rows], others, vectors)


def recognise(
    given: str | Iterable[str],
    path_skills: Iterable[str],
    data_dir: Path | None = None,
    embedding: Embedding | None = None,
) -> list[Recognised]:
    """Return the skills that a text or list shows, surest first; nothing the person said about who they are matters.

    Args:
        given: Free text, the text of a CV, or a list.
        path_skills: The skills of the paths, by id.
        data_dir: Where O*NET and ESCO may have been taken in; without them the bundled words are used alone.
        embedding: The embedding with which they were.
    """
    text = (given if isinstance(given, str) else "\n".join(given))[:MAX_CHARS]
    plain = neutral(text)
    found: dict[str, list[tuple[float, Evidence, str, str, Because, tuple[str, ...]]]] = defaultdict(list)

    def add(
        name: str,
        label: str,
        source: str,
        because: Because,
        sure: float,
        span: tuple[int, int],
        helps: tuple[str, ...] = (),
    ) -> None:
        # A clause that lies near a name may itself say that the skill is not there.
        until = span[1] if because == "near" else span[0]
        if not _NOT_HELD.search(plain.text[max(0, span[0] - 80) : until]):
            found[name].append((sure, _evidence(text, plain, span), label, source, because, helps))

    for skill in sorted(set(path_skills)):
        for match in alias_pattern(skill).finditer(plain.text):
            add(skill, skill.replace("-", " "), "path", "named", NAMED, match.span())
    for item, pattern in informal_patterns():
        for match in pattern.finditer(plain.text):
            add(
                f"informal:{item.skill.replace(' ', '-')}",
                item.skill,
                "informal",
                "informal",
                SHOWN,
                match.span(),
                item.helps,
            )
    path = skills.path_in(data_dir) if data_dir else None
    if path and path.is_file() and embedding:
        index = _kept(path, path.stat().st_mtime_ns, embedding.name)
        for name, because, sure, span in _near(index, plain.text, embedding):
            place = index.exact[name] if because == "named" else int(name)
            source = index.ids[place].split(":")[0]
            add(index.ids[place], index.labels[place], source, because, sure, span)
    made = [_joined(name, items) for name, items in found.items()]
    return sorted(made, key=lambda skill: (-skill.confidence, skill.source, skill.id))[:MOST]


def _near(index: NameIndex, text: str, embedding: Embedding) -> Iterable[tuple[str, Because, float, tuple[int, int]]]:
    """Yield names found word for word, and places of skills whose names lie near a clause."""
    for match in _SENTENCE.finditer(text):
        sentence = match[0]
        tokens = list(re.finditer(r"[\w+#.&'-]*[\w+#]", sentence))
        for start in range(len(tokens)):
            for length in range(min(5, len(tokens) - start), 0, -1):
                end = tokens[start + length - 1].end()
                words = sentence[tokens[start].start() : end]
                key = words if words in index.exact else words.lower() if words.lower() in index.exact else ""
                if key and (length > 1 or len(key) > 1):
                    yield key, "named", NAMED, (match.start() + tokens[start].start(), match.start() + end)
                    break
        if len(_stems(sentence)) < 2:
            continue
        spans = clauses(sentence)
        vectors = embedding.embed([bare(sentence[start:end]) for start, end in spans])
        total, clause = scores(index, sentence, vectors)
        known = {number for number, (start, end) in enumerate(spans) if sentence[start:end].lower() in index.exact}
        for place in np.argsort(-total, kind="stable")[:PER_SENTENCE]:
            # What is named word for word needs no neighbours.
            if total[place] >= NEAR_SCORE and int(clause[place]) not in known:
                start, end = spans[int(clause[place])]
                yield str(place), "near", confidence(float(total[place])), (match.start() + start, match.start() + end)


def bare(clause: str) -> str:
    """Return a clause so that blanks and articles left by what was taken out make no difference."""
    return re.sub(r"\s+([,.])", r"\1", re.sub(r"\s+", " ", re.sub(r"\ban?\b", " ", clause))).strip(" ,.-")


def confidence(score: float) -> float:
    """Return how sure a near skill is: linear between the scores that were right one time in four and nearly always."""
    share = (score - NEAR_SCORE) / (SURE_SCORE - NEAR_SCORE)
    return round(min(NAMED, 0.3 + 0.6 * max(0.0, share)), 2)


def _evidence(text: str, plain: Neutral, span: tuple[int, int]) -> Evidence:
    start, end = plain.span(*span)
    return Evidence(start, end, text[start:end])


def _joined(name: str, items: Sequence[tuple[float, Evidence, str, str, Because, tuple[str, ...]]]) -> Recognised:
    """Return one skill from all that shows it; each further piece of evidence takes a tenth off the doubt."""
    best = max(items, key=lambda item: item[0])
    evidence = {item[1].start: item[1] for item in sorted(items, key=lambda item: item[1].end)}
    doubt = (1 - best[0]) * 0.9 ** (len(evidence) - 1)
    kept = tuple(evidence[start] for start in sorted(evidence))[:5]
    return Recognised(name, best[2], best[3], best[4], round(1 - doubt, 2), kept, best[5])
