"""From a plan to passages: fused search, then what the plan knows - entities, country, validity - and the cut-off."""

from collections.abc import Sequence
from datetime import date

from advisor.embedding import Embedding
from advisor.fusion import Hit, fuse
from advisor.index import Index
from advisor.lexical import tokens
from advisor.schema import Chunk, Passage, Plan

CANDIDATES = 60
DUPLICATE_OVERLAP = 0.85

ENTITY_BOOST = 0.18
OTHER_ENTITY_PENALTY = 0.12
OTHER_REGION_PENALTY = 0.10
QUESTION_BOOST = 0.04
KEY_BOOST = 0.08
EXACT_KEY_BOOST = 0.22
STALE_PENALTY = 0.02
UNVERIFIED_PENALTY = 0.05

COVERED_SCORE = 0.48
"""A question whose best passage stays below this cosine is not covered.

Of 30 questions from other fields none came above it, of questions on the subjects of the corpus few came below.
"""


class HybridRetriever:
    """Dense and lexical search over one open index."""

    def __init__(self, index: Index, embedding: Embedding) -> None:
        """Keep the index and the embedding.

        Args:
            index: The open index.
            embedding: The model whose vectors the index holds.
        """
        self._index, self._embedding = index, embedding

    def search(self, query: str, k: int) -> list[Passage]:
        """Return the `k` best passages for a plain query, without a plan and without a cut-off."""
        hits = self._hits(query, k)
        chunks = self._index.chunks([hit.id for hit in hits])
        return [_passage(hit, chunks[hit.id], hit.score, rank) for rank, hit in enumerate(hits, 1) if hit.id in chunks]

    def retrieve(self, plan: Plan, k: int = 12) -> list[Passage]:
        """Return the passages for a plan, best first; an empty list when nothing is covered.

        Facts that are no longer in force, or not yet, are left out unless the question asks about the past.

        Args:
            plan: What the planner understood.
            k: How many passages at most.
        """
        hits = self._hits(plan.query, CANDIDATES)
        hits += self._asked_facts(plan, {hit.id for hit in hits})
        chunks = self._index.chunks([hit.id for hit in hits])
        scored = []
        for hit in hits:
            chunk = chunks.get(hit.id)
            if chunk is None or not is_wanted(chunk, plan):
                continue
            scored.append((hit.score + adjustment(chunk, plan), hit, chunk))
        scored.sort(key=lambda item: (-item[0], item[1].id))
        passages = [
            _passage(hit, chunk, score, rank)
            for rank, (score, hit, chunk) in enumerate(without_duplicates(scored, k), 1)
        ]
        return passages if is_covered(passages, plan) else []

    def _asked_facts(self, plan: Plan, known: set[str]) -> list[Hit]:
        """Return the facts of the named subjects under the exact keys asked about that the search did not bring."""
        exact = [f"#{key}" for key in plan.keys if "." in key]
        found = []
        for subject in plan.entities if exact else ():
            for chunk in self._index.chunks(self._index.ledger.chunk_ids(subject)).values():
                asked = any(key in fact_id for key in exact for fact_id in chunk.fact_ids)
                if asked and chunk.id not in known:
                    found.append(chunk.id)
        vector = self._embedding.embed([plan.query])[0] if found else None
        ids, vectors = self._index.ledger.vectors(self._index.model, found)
        return [
            Hit(i, float(row @ vector), float(row @ vector), 0.0)
            for i, row in zip(ids, vectors, strict=True)
            if vector is not None
        ]

    def _hits(self, query: str, k: int) -> list[Hit]:
        self._index.refresh()
        vector = self._embedding.embed([query])[0]
        return fuse(
            query,
            vector,
            self._index.search_vector,
            self._index.search_words,
            lambda ids: self._index.ledger.vectors(self._index.model, ids),
            k,
        )


def is_wanted(chunk: Chunk, plan: Plan) -> bool:
    """Return whether a chunk holds at the time asked about: today, a past year, or any time in the past."""
    if plan.year is not None:
        start, end = date(plan.year, 1, 1), date(plan.year, 12, 31)
        return (chunk.since is None or chunk.since <= end) and (chunk.until is None or start <= chunk.until)
    return plan.about_past or is_in_force(chunk, plan.day)


def is_in_force(chunk: Chunk, day: date) -> bool:
    """Return whether a chunk states something that holds on `day`; only facts have validity."""
    return (chunk.since is None or chunk.since <= day) and (chunk.until is None or day <= chunk.until)


def adjustment(chunk: Chunk, plan: Plan) -> float:
    """Return what the plan adds to or takes from a chunk's score."""
    total = 0.0
    if plan.entities:
        if chunk.subject in plan.entities:
            total += ENTITY_BOOST
        elif chunk.guide_kind == "platform":
            total -= OTHER_ENTITY_PENALTY
    if plan.country and not region_fits(chunk.region, plan.country):
        total -= OTHER_REGION_PENALTY
    if chunk.kind == "question":
        total += QUESTION_BOOST
    if chunk.kind == "document":
        total -= UNVERIFIED_PENALTY
    asked = [key for key in plan.keys if any(f"#{key}" in fact_id for fact_id in chunk.fact_ids)]
    if asked:
        total += EXACT_KEY_BOOST if any("." in key for key in asked) else KEY_BOOST
    return total


def region_fits(region: str, country: str) -> bool:
    """Return whether a chunk's region says something to a person in `country`."""
    return region in {"global", ""} or region[:2] == country or (region == "EU" and country in EU_COUNTRIES)


EU_COUNTRIES = frozenset("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split())


def without_duplicates(scored: Sequence[tuple[float, Hit, Chunk]], k: int) -> list[tuple[float, Hit, Chunk]]:
    """Return the first `k` candidates that do not repeat a better one nearly word for word."""
    kept: list[tuple[float, Hit, Chunk]] = []
    seen: list[frozenset[str]] = []
    for item in scored:
        if len(kept) == k:
            break
        words = frozenset(tokens(item[2].text))
        if any(len(words & other) >= DUPLICATE_OVERLAP * max(1, len(words | other)) for other in seen):
            continue
        kept.append(item)
        seen.append(words)
    return kept


def is_covered(passages: Sequence[Passage], plan: Plan) -> bool:
    """Return whether the best passages are near enough to the question to answer from them."""
    if not passages:
        return False
    best = max(passage.dense for passage in passages[:5])
    # A named subject of the corpus is evidence of its own that the question belongs here.
    needed = COVERED_SCORE - (0.12 if plan.entities else 0.0)
    return best >= needed


def _passage(hit: Hit, chunk: Chunk, score: float, rank: int) -> Passage:
    return Passage(chunk=chunk, score=min(1.0, max(0.0, score)), rank=rank, dense=hit.dense, lexical=hit.lexical)
