"""One ranking from two: cosine plus a share of BM25 that grows with the query, then one round of feedback.

The score of a candidate is its cosine with the query plus `w` times its BM25 score over the best BM25 score. `w` runs
from 0.1 for queries of three terms or fewer (titles, names: the embedding knows more than the words) to 0.3 for twelve
terms or more. Queries of six terms or more get one round of Rocchio feedback on the dense side (Rocchio 1971): the
query moves half-way toward the mean of its three best candidates. Measured in `benchmarks/retrieval.py`; what was
tried and rejected stands in CONTRIBUTING.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from advisor.ledger import Vectors
from advisor.lexical import tokens

SHORT_TERMS, LONG_TERMS = 3, 12
SHORT_WEIGHT, LONG_WEIGHT = 0.1, 0.3
FEEDBACK_TERMS, FEEDBACK_DEPTH, FEEDBACK_SHARE = 6, 3, 0.5

Search = Callable[[int], list[tuple[str, float]]]


@dataclass(frozen=True)
class Hit:
    """A fused candidate: its score, its cosine and its share of the best BM25 score."""

    id: str
    score: float
    dense: float
    lexical: float


def lexical_weight(terms: int) -> float:
    """Return the weight of the lexical side for a query of so many distinct terms."""
    share = min(1.0, max(0.0, (terms - SHORT_TERMS) / (LONG_TERMS - SHORT_TERMS)))
    return SHORT_WEIGHT + (LONG_WEIGHT - SHORT_WEIGHT) * share


def fuse(
    query: str,
    vector: Vectors,
    by_vector: Callable[[Vectors, int], list[tuple[str, float]]],
    by_words: Callable[[str, int], list[tuple[str, float]]],
    vectors_of: Callable[[Sequence[str]], tuple[list[str], Sequence[Vectors]]],
    k: int,
    depth: int = 50,
) -> list[Hit]:
    """Return the `k` best candidates of both searches, best first.

    Args:
        query: The query text.
        vector: Its embedding, shape `(d,)`, length one.
        by_vector: Dense search, `(vector, n) -> [(id, cosine)]`.
        by_words: Lexical search, `(query, n) -> [(id, score)]`.
        vectors_of: Vectors of given ids, `ids -> (ids, vectors)`.
        k: How many to return.
        depth: How many candidates each side gives, at least `k`.
    """
    depth = max(depth, k)
    words = dict(by_words(query, depth))
    best = max(words.values(), default=1.0) or 1.0
    lexical = {chunk_id: score / best for chunk_id, score in words.items()}
    terms = len(set(tokens(query)))
    weight = lexical_weight(terms)
    known: dict[str, Vectors] = {}

    def look_up(ids: Sequence[str]) -> None:
        missing = [chunk_id for chunk_id in ids if chunk_id not in known]
        if missing:
            known.update(zip(*vectors_of(missing), strict=True))

    def ranked(query_vector: Vectors) -> list[Hit]:
        cosines = dict(by_vector(query_vector, depth))
        only_words = [chunk_id for chunk_id in lexical if chunk_id not in cosines]
        look_up(only_words)
        cosines.update(
            (chunk_id, float(known[chunk_id] @ query_vector)) for chunk_id in only_words if chunk_id in known
        )
        hits = [
            Hit(i, cosines.get(i, 0.0) + weight * lexical.get(i, 0.0), cosines.get(i, 0.0), lexical.get(i, 0.0))
            for i in cosines.keys() | lexical.keys()
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.id))

    hits = ranked(vector)
    if terms >= FEEDBACK_TERMS and hits:
        top = [hit.id for hit in hits[:FEEDBACK_DEPTH]]
        look_up(top)
        found = [known[chunk_id] for chunk_id in top if chunk_id in known]
        if found:
            moved = vector + FEEDBACK_SHARE * np.mean(found, axis=0)
            first = {hit.id: hit.dense for hit in hits}
            again = ranked((moved / np.linalg.norm(moved)).astype(np.float32))
            # Feedback reorders; the reported cosine stays the one with the question itself where it is known.
            hits = [Hit(hit.id, hit.score, first.get(hit.id, hit.dense), hit.lexical) for hit in again]
    return hits[:k]
