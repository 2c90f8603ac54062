"""From a title or description to occupations of O*NET and ESCO, and whether a question names one."""

import math
import re
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from advisor import skills
from advisor.embedding import Embedding
from advisor.errors import LedgerError
from advisor.ledger import Vectors

NEAREST_TITLES = 50
"""How many of the nearest titles have a vote."""
TEMPERATURE = 0.07
"""How fast a vote fades with distance; with 200 votes, or shares of 0.2 and 0.7 for the description, results were within 0.01."""
DESCRIPTION_SHARE, LONG_TEXT_SHARE, LONG_TEXT_WORDS = 0.4, 1.5, 10
SOURCES = ("onet", "esco")

_ASKS = re.compile(
    r"\b(occupations?|jobs? of|what (?:do|does|is|are)\b.*\bdo\b|duties|tasks?|responsibilit\w+|skills?|knowledge|tools?|technolog\w+|software|"
    r"education|degree|training|preparation|job zone|o\*?net|esco|isco|related)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w+#&/.-]*\w[\w+#]*")
_LONGEST_TITLE = 6
_AMBIGUOUS = 3
_SURE, _MOST_CLAUSES = 1.1, 60
OPTIONAL_SHARE = 0.4
"""What an optional skill of an occupation counts next to an essential one; our judgement."""
_LEAST_SHARED, _MOST_MISSING = 3, 3


@dataclass(frozen=True)
class OccupationMatch:
    """An occupation that fits a text: its score, and the title of it that came nearest."""

    id: str
    source: str
    code: str
    title: str
    score: float
    by: str


@dataclass(frozen=True)
class SharedSkills:
    """An occupation that shares skills with a person: which of the person's, and what it asks for besides, most telling first."""

    id: str
    source: str
    code: str
    title: str
    shared: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class TitleIndex:
    """The titles of one source with their vectors; `owners` says which occupation a title belongs to."""

    occupations: tuple[tuple[str, str, str], ...]
    titles: tuple[str, ...]
    owners: NDArray[np.int64]
    title_vectors: Vectors
    about_vectors: Vectors


def build(connection: sqlite3.Connection, source: str, model: str, without: Collection[str] = ()) -> TitleIndex:
    """Build the index of one source.

    Args:
        connection: The open skill graph.
        source: `onet` or `esco`.
        model: Name of the embedding.
        without: Folded titles (`fold`) to leave out, for measuring on titles that must not be known.
    """
    rows = connection.execute(
        "SELECT id, code, title, description FROM occupations WHERE source = ? AND kind = 'occupation' ORDER BY id",
        (source,),
    ).fetchall()
    place = {row[0]: number for number, row in enumerate(rows)}
    pairs = [(row[2], place[row[0]]) for row in rows]
    others = connection.execute("SELECT title, occupation FROM titles ORDER BY occupation, title")
    pairs += [
        (title, place[owner])
        for title, owner in others
        if owner in place and (not without or fold(title) not in without)
    ]
    return TitleIndex(
        tuple((row[0], row[1], row[2]) for row in rows),
        tuple(title for title, _ in pairs),
        np.array([owner for _, owner in pairs], dtype=np.int64),
        skills.vectors_of(connection, model, [title for title, _ in pairs]),
        skills.vectors_of(connection, model, [f"{row[2]}\n{row[3]}" for row in rows]),
    )


def fold(title: str) -> str:
    """Return a title without case, punctuation and what stands in brackets, for comparing."""
    return re.sub(r"\W+", " ", re.sub(r"\(.*?\)", "", title).lower()).strip()


def ranked(index: TitleIndex, text: str, vector: Vectors, k: int) -> list[tuple[int, float, str]]:
    """Return `(occupation, score, nearest title)`, best first.

    The score is a soft maximum (log-sum-exp) over the cosines of an occupation's titles among the nearest ones, plus a
    share of the cosine with its description. The share is larger for a description than for a title.

    Args:
        index: The titles of one source.
        text: A title or a description.
        vector: Its embedding, shape `(d,)`.
        k: How many.
    """
    if not index.titles or index.title_vectors.shape[1] != len(vector):
        return []
    cosines = index.title_vectors @ vector
    near = np.argpartition(-cosines, min(NEAREST_TITLES, len(cosines) - 1))[:NEAREST_TITLES]
    own = cosines[: len(index.occupations)]  # The first titles are the occupations' own, in their order.
    votes = np.exp((own - 1) / TEMPERATURE)
    extra = near[near >= len(index.occupations)]
    np.add.at(votes, index.owners[extra], np.exp((cosines[extra] - 1) / TEMPERATURE))
    share = LONG_TEXT_SHARE if len(text.split()) > LONG_TEXT_WORDS else DESCRIPTION_SHARE
    scores = 1 + TEMPERATURE * np.log(votes) + share * (index.about_vectors @ vector)
    best = np.lexsort((np.arange(len(scores)), -scores))[:k]
    by: dict[int, str] = {}
    for place in near[np.argsort(-cosines[near])].tolist():
        by.setdefault(int(index.owners[place]), index.titles[place])
    found = []
    for place in best.tolist():
        title: str = index.occupations[place][2]
        found.append((place, float(scores[place]), by.get(place, title)))
    return found


@lru_cache(maxsize=4)
def _kept(path: Path, stamp: int, source: str, model: str) -> TitleIndex:
    with skills.opened(path) as connection:
        return build(connection, source, model)


def match(data_dir: Path, text: str, embedding: Embedding, k: int = 10, source: str = "") -> list[OccupationMatch]:
    """Return the occupations that fit a title or description, best first, from one source or from both.

    Args:
        data_dir: The data folder with the skill graph.
        text: A title, or what somebody does.
        embedding: The embedding with which the graph was built.
        k: How many of each source.
        source: `onet`, `esco`, or both when empty.

    Raises:
        LedgerError: When no release was taken in yet; the text says how.
    """
    path = skills.path_in(data_dir)
    if not path.is_file():
        with skills.opened(path):
            pass
    vector = embedding.embed([text])[0]
    found = []
    for name in (source,) if source else SOURCES:
        index = _kept(path, path.stat().st_mtime_ns, name, embedding.name)
        for place, score, by in ranked(index, text, vector, k):
            known = index.occupations[place]
            found.append(OccupationMatch(known[0], name, known[1], known[2], score, by))
    return sorted(found, key=lambda item: (-item.score, item.id))


def in_text(data_dir: Path, text: str, embedding: Embedding, k: int = 3) -> list[OccupationMatch]:
    """Return the occupations that single clauses of a longer text name, surest first; what no title comes near is left out.

    Args:
        data_dir: The data folder with the skill graph.
        text: For instance a CV, without what it says of the person (`advisor.neutral`).
        embedding: The embedding with which the graph was built.
        k: How many.
    """
    clauses = [
        piece
        for part in re.split(r"[\n,;:.()|]|\b(?:at|as|for|in)\b", text)
        if 1 <= len((piece := part.strip()).split()) <= _LONGEST_TITLE
    ]
    best: dict[str, OccupationMatch] = {}
    for clause in list(dict.fromkeys(clauses))[:_MOST_CLAUSES]:
        for found in match(data_dir, clause, embedding, 1):
            if found.score >= _SURE and found.score > best.get(found.id, found).score - 1e-9:
                best[found.id] = found
    return sorted(best.values(), key=lambda item: (-item.score, item.id))[:k]


def by_skills(data_dir: Path, words: Collection[str], k: int = 3) -> list[SharedSkills]:
    """Return the ESCO occupations that share most with named skills; one that shares fewer than three says nothing.

    A skill weighs by how few occupations need it (inverse document frequency; Spärck Jones 1972), an optional one less, and
    the sum is set against the root of all that the occupation needs, as in the cosine of two vectors. O*NET's technology
    lists are left out: office software is on nearly all of them, and made a bookkeeper a bricklayer's helper.

    Args:
        data_dir: The data folder with the skill graph.
        words: Names of skills as O*NET or ESCO have them, in any case; other words are passed over.
        k: How many.

    Returns:
        Best first; empty without skill data, or while it is being replaced.
    """
    path = skills.path_in(data_dir)
    if not path.is_file():
        return []
    try:
        with skills.opened(path) as connection:
            return _by_skills(connection, words, k)
    except LedgerError:
        return []


def _by_skills(connection: sqlite3.Connection, words: Collection[str], k: int) -> list[SharedSkills]:
    own: dict[str, str] = {}
    for word in words:
        named = connection.execute(
            "SELECT id FROM skills WHERE label = :word COLLATE NOCASE AND source = 'esco' AND kind <> 'group' "
            "UNION SELECT skill FROM names JOIN skills ON id = skill WHERE name = :word COLLATE NOCASE AND source = 'esco'",
            {"word": word.strip()},
        )
        own.update((skill, word) for (skill,) in named)
    if len(set(own.values())) < _LEAST_SHARED:
        return []
    count = connection.execute("SELECT COUNT(*) FROM occupations WHERE source = 'esco'").fetchone()[0]
    shared: dict[str, dict[str, float]] = {}
    for skill, word in own.items():
        rows = connection.execute("SELECT occupation, relation FROM needs WHERE skill = ?", (skill,)).fetchall()
        for occupation, relation in rows:
            found = shared.setdefault(occupation, {})
            weight = (1.0 if relation == "essential" else OPTIONAL_SHARE) * math.log(count / len(rows))
            found[word] = max(weight, found.get(word, 0.0))
    scores = {}
    for occupation, found in shared.items():
        if len(found) >= _LEAST_SHARED:
            needs = connection.execute(
                "SELECT SUM(CASE relation WHEN 'essential' THEN 1.0 ELSE ? END) FROM needs WHERE occupation = ?",
                (OPTIONAL_SHARE, occupation),
            ).fetchone()[0]
            scores[occupation] = sum(found.values()) / math.sqrt(needs)
    return [
        _shared(connection, occupation, shared[occupation], set(own))
        for occupation in sorted(scores, key=lambda item: (-scores[item], item))[:k]
    ]


def _shared(connection: sqlite3.Connection, occupation: str, found: Mapping[str, float], own: set[str]) -> SharedSkills:
    source, code, title = connection.execute(
        "SELECT source, code, title FROM occupations WHERE id = ?", (occupation,)
    ).fetchone()
    asked = connection.execute(
        "SELECT s.id, s.label FROM needs n JOIN skills s ON s.id = n.skill WHERE n.occupation = ? AND n.relation = 'essential' "
        "ORDER BY (SELECT COUNT(*) FROM needs o WHERE o.skill = s.id), s.label",
        (occupation,),
    ).fetchall()
    missing = tuple(label for skill, label in asked if skill not in own)[:_MOST_MISSING]
    return SharedSkills(
        occupation, source, code, title, tuple(sorted(found, key=lambda word: (-found[word], word))), missing
    )


def asked_about(data_dir: Path, question: str) -> list[str]:
    """Return the ids of occupations whose make-up a question asks about by name; empty without skill data.

    A name that belongs to more than three occupations names none of them.
    """
    path = skills.path_in(data_dir)
    if not path.is_file() or not _ASKS.search(question):
        return []
    words = _WORD.findall(question)
    try:
        with skills.opened(path) as connection:
            for length in range(min(_LONGEST_TITLE, len(words)), 0, -1):
                for start in range(len(words) - length + 1):
                    if found := _titled(connection, " ".join(words[start : start + length])):
                        return found
    except LedgerError:
        # A question is answered from the guides when the graph is damaged or being replaced.
        return []
    return []


def _titled(connection: sqlite3.Connection, name: str) -> list[str]:
    plural = f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"
    own = connection.execute(
        "SELECT id FROM occupations WHERE kind = 'occupation' AND title COLLATE NOCASE IN (?, ?) ORDER BY id DESC",
        (name, plural),
    ).fetchall()
    other = connection.execute(
        "SELECT DISTINCT occupation FROM titles WHERE title = ? COLLATE NOCASE", (name,)
    ).fetchall()
    found = [row[0] for row in own] or [row[0] for row in other if len(other) <= _AMBIGUOUS]
    return found[:_AMBIGUOUS]
