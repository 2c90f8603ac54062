"""From a plan to passages: fused search, then what the plan knows - entities, country, validity - and the cut-off."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from advisor.embedding import Embedding
from advisor.fusion import Hit, fuse
from advisor.index import Index
from advisor.ledger import Vectors
from advisor.lexical import tokens
from advisor.occupations import asked_about
from advisor.places import region_fits
from advisor.planner import keys_in
from advisor.ranking import ranked
from advisor.schema import NOT_FOUND, Chunk, Passage, Plan

CANDIDATES = 60
DUPLICATE_OVERLAP = 0.85

ENTITY_BOOST = 0.18
OTHER_ENTITY_PENALTY = 0.12
OTHER_REGION_PENALTY, OTHER_LAW_PENALTY = 0.10, 0.35
"""What a passage about another place loses; the law of another country is no answer at all."""
OWN_LAW_BOOST = 0.08
"""What a question about the very country that was asked about gains."""
QUESTION_BOOST = 0.04
HEADING_BOOST, HEADING_BASE = 0.3, 0.2
"""Weight of the words that a guide's question shares with the one asked (Jaccard index), counted from a base on."""
KEY_BOOST = 0.08
QUESTION_KEY_BOOST = 0.14
MISSING_PENALTY = 0.15
"""What a "not found" loses against what was found, unless its key was asked for."""
EXACT_KEY_BOOST = 0.22
STALE_PENALTY = 0.02
UNVERIFIED_PENALTY = 0.05

COVERED_SCORE = 0.48
"""A question whose best passage stays below this cosine is not covered.

Of 30 questions from other fields none came above it, of questions on the subjects of the corpus few came below.
"""

_FIELD = re.compile(
    r"\b(earn\w*|income|sell\w*|(?:own|new) guides?|yaml|front matter|python api|"
    r"this (?:adviser|program|project|tool|app)|save (?:it|my|what)|leaves? my (?:machine|computer)|never too late|too late|laid off|"
    r"paid|pric(?:e|es|ing)|charge|quote|pay ?outs?|gigs?|freelanc\w*|self-employed|sole (?:trader|proprietor)|clients?|customers?|side (?:hustle|job|income)|apps?|platforms?|"
    r"deactivat\w*|suspend\w*|banned|tips?|driv(?:e|ers?|ing)|couriers?|deliver\w*|rides?|airport|proposals?|portfolio|invoices?|llc|contractors?|1099|tax\w*|"
    r"resume|career\w*|skills?|degree|training|annotat\w*|labell?ing|python|sql|excel|spreadsheets?|coding|programm\w+|analytics|analysts?|tutor\w*|translat\w*|copywrit\w*|bookkeep\w*|"
    r"data entry|virtual assistant|web design\w*|video edit\w*|invest\w*|millionaire|surveys?|counsell?ors?|vector store|chunks?|references|deposit|job)\b",
    re.IGNORECASE,
)
"""Words of this field: a question that holds one is answered from nearer passages than one about anything else."""
GENERAL_BOOST, ONE_PLATFORM_PENALTY = 0.03, 0.05
"""For questions that name no subject: topic guides answer them, a single platform's figures and fraud warnings less so."""
GENERAL_KINDS = frozenset({"rule", "topic", "safety"})
"""Kinds of guides that speak of no single platform."""
NEAR_OWN, NEARER, NEAR_GENERAL = 0.66, 0.04, 0.6
"""Cosine from which a platform's own guide answers, how much nearer a general question must be otherwise, and how near."""
GENERAL_FIRST = 0.45
"""What such a question gains: it comes before the passages that share only the platform's name with what was asked."""
OCCUPATION_CHUNKS, OCCUPATION_LEAD = 16, 0.05
"""How many chunks on named occupations are looked at, and how much nearer than every guide they must be to come first."""
KEPT_VECTORS = 16
"""Vectors of the last queries that are kept: a question is embedded once for routing and search."""


class HybridRetriever:
    """Dense and lexical search over one open index."""

    def __init__(self, index: Index, embedding: Embedding) -> None:
        """Keep the index and the embedding.

        Args:
            index: The open index.
            embedding: The model whose vectors the index holds.
        """
        self._index, self._embedding = index, embedding
        self._vectors: dict[str, Vectors] = {}

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
        general = self._general_questions(plan, hits, chunks)
        hits = [*general, *(hit for hit in hits if hit.id not in {other.id for other in general})]
        chunks = self._index.chunks([hit.id for hit in hits])
        scored = []
        for hit in hits:
            chunk = chunks.get(hit.id)
            if chunk is None or not is_wanted(chunk, plan):
                continue
            promoted = GENERAL_FIRST if hit in general else 0.0
            scored.append((hit.score + promoted + adjustment(chunk, plan), hit, chunk))
        scored.sort(key=lambda item: (-item[0], item[1].id))
        passages = [
            _passage(hit, chunk, score, rank)
            for rank, (score, hit, chunk) in enumerate(without_duplicates(scored, k), 1)
        ]
        first = self._ranked(plan)
        return self._with_occupations(plan, first + passages if first or is_covered(passages, plan) else [])

    def _ranked(self, plan: Plan) -> list[Passage]:
        """Return the facts by which a question ranks platforms, in their order, before all else."""
        if not plan.among:
            return []
        chunks = ranked(self._index.ledger, *plan.ranking, plan.among, plan.day, plan.country)
        return [_passage(Hit(chunk.id, 1.0, 1.0, 0.0), chunk, 1.0, 1) for chunk in chunks] if len(chunks) > 1 else []

    def _with_occupations(self, plan: Plan, guides: list[Passage]) -> list[Passage]:
        """Return the guides' passages with what reference data says about an occupation that the question names.

        Guides are ranked without that data and none is dropped for it; it comes first only when it is clearly nearer.
        """
        ids = [
            i
            for name in asked_about(self._index.settings.data_dir, plan.query)
            for i in self._index.ledger.chunk_ids(name)
        ]
        if not ids:
            return guides
        chunks = list(self._index.chunks(ids[:OCCUPATION_CHUNKS]).values())
        cosines = self._embedding.embed([chunk.indexed_text for chunk in chunks]) @ self.vector(plan.query)
        needed = COVERED_SCORE - 0.12
        near = sorted(zip(cosines.tolist(), chunks, strict=True), key=lambda pair: (-pair[0], pair[1].id))
        found = [
            _passage(Hit(chunk.id, cosine, cosine, 0.0), chunk, cosine)
            for cosine, chunk in near[:2]
            if cosine >= needed
        ]
        first = found and found[0].dense > OCCUPATION_LEAD + max((passage.dense for passage in guides), default=0.0)
        both = [*found, *guides] if first else [*guides, *found]
        return [passage.model_copy(update={"rank": rank}) for rank, passage in enumerate(both, 1)]

    def _asked_facts(self, plan: Plan, known: set[str]) -> list[Hit]:
        """Return the facts of the named subjects under the exact keys asked about that the search did not bring."""
        exact = [f"#{key}" for key in plan.keys if "." in key]
        if "platform" in plan.missing and exact:
            return self._of_any_platform(exact, known)
        found = []
        for subject in plan.entities if exact else ():
            for chunk in self._index.chunks(self._index.ledger.chunk_ids(subject)).values():
                asked = any(key in fact_id for key in exact for fact_id in chunk.fact_ids)
                if asked and chunk.id not in known:
                    found.append(chunk.id)
        vector = self.vector(plan.query) if found else None
        ids, vectors = self._index.vectors(found)
        return [
            Hit(i, float(row @ vector), float(row @ vector), 0.0)
            for i, row in zip(ids, vectors, strict=True)
            if vector is not None
        ]

    def _general_questions(self, plan: Plan, hits: Sequence[Hit], chunks: Mapping[str, Chunk]) -> list[Hit]:
        """Return questions of general guides that are nearer to what is asked than all that the named platforms' guides say.

        "Will Uber income reduce my benefits?" is about benefits: with the name in it, the platform's own guide looks near.
        """
        own = max(
            (hit.dense for hit in hits if hit.id in chunks and chunks[hit.id].subject in plan.entities), default=0.0
        )
        exact = [f"#{key}" for key in plan.keys if "." in key]
        known = any(
            chunk.kind == "fact" and chunk.subject in plan.entities
            and any(key in i and not i.endswith(NOT_FOUND) for key in exact for i in chunk.fact_ids)
            for chunk in chunks.values()
        )  # fmt: skip
        if not plan.general or own >= NEAR_OWN or known:
            return []
        found = self._hits(plan.general, CANDIDATES)
        about = self._index.chunks([hit.id for hit in found])
        nearer = max(NEAR_GENERAL, own + NEARER)
        return [
            hit for hit in found
            if hit.id in about and hit.dense >= nearer and about[hit.id].kind == "question"
            and about[hit.id].guide_kind in GENERAL_KINDS and region_fits(about[hit.id].region, plan.region or plan.country)
        ][:2]  # fmt: skip

    def _of_any_platform(self, keys: Sequence[str], known: set[str]) -> list[Hit]:
        """Return the facts of platforms under the keys of a question that names no platform."""
        hits = self._hits(" ".join(key.strip("#").replace(".", " ") for key in keys), CANDIDATES)
        chunks = self._index.chunks([hit.id for hit in hits])
        return [
            hit for hit in hits
            if hit.id not in known and hit.id in chunks and any(k in i for k in keys for i in chunks[hit.id].fact_ids)
        ]  # fmt: skip

    def vector(self, query: str) -> Vectors:
        """Return the vector of a query; those of the last few queries are kept."""
        found = self._vectors.pop(query, None)
        if found is None:
            found = self._embedding.embed([query])[0]
        self._vectors[query] = found
        while len(self._vectors) > KEPT_VECTORS:
            self._vectors.pop(next(iter(self._vectors)), None)
        return found

    def _hits(self, query: str, k: int) -> list[Hit]:
        self._index.refresh()
        vector = self.vector(query)
        return fuse(
            query,
            vector,
            self._index.search_vector,
            self._index.search_words,
            self._index.vectors,
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


def audience_of(plan: Plan) -> frozenset[str]:
    """Return the guides written for people like the one who asks, by what they said about themselves."""
    person = plan.person
    found = {name for status, name in _WRITTEN_FOR.items() if person.status == status}
    if person.age is not None and person.age >= OLDER:
        found.add("starting-after-50")
    if person.age is not None and person.age < ADULT:
        found.add("age-limits")
    return frozenset(found)


_WRITTEN_FOR = {
    "student": "earning-as-a-student",
    "carer": "earning-as-a-carer-or-parent",
    "disabled": "working-with-a-disability",
}
OLDER, ADULT = 50, 18
AUDIENCE_BOOST = 0.1
"""What a guide gains that is written for somebody like the one who asks."""


def adjustment(chunk: Chunk, plan: Plan) -> float:
    """Return what the plan adds to or takes from a chunk's score."""
    total = AUDIENCE_BOOST if chunk.subject in audience_of(plan) else 0.0
    if plan.entities:
        if chunk.subject in plan.entities:
            total += ENTITY_BOOST
        elif chunk.guide_kind == "platform":
            total -= OTHER_ENTITY_PENALTY
    else:
        total += _general(chunk, plan)
    total += _region(chunk, plan)
    if chunk.kind == "question":
        total += QUESTION_BOOST + HEADING_BOOST * max(0.0, shared_words(chunk.heading, plan.query) - HEADING_BASE)
        if plan.entities and plan.keys and _shares_key(chunk.heading, plan):
            total += QUESTION_KEY_BOOST
    if chunk.kind == "document":
        total -= UNVERIFIED_PENALTY
    asked = [key for key in plan.keys if any(f"#{key}" in fact_id for fact_id in chunk.fact_ids)]
    if asked:
        total += EXACT_KEY_BOOST if any("." in key for key in asked) else KEY_BOOST
    elif any(fact_id.endswith(NOT_FOUND) for fact_id in chunk.fact_ids):
        total -= MISSING_PENALTY
    return total


def _region(chunk: Chunk, plan: Plan) -> float:
    """Return what the place of a passage adds to or takes from its score, next to the place asked about."""
    if not region_fits(chunk.region, plan.region or plan.country):
        return -(OTHER_LAW_PENALTY if chunk.guide_kind in {"rule", "safety"} else OTHER_REGION_PENALTY)
    is_own = bool(plan.country) and chunk.region.startswith(plan.country)
    return OWN_LAW_BOOST if is_own and chunk.kind == "question" else 0.0


def shared_words(heading: str, query: str) -> float:
    """Return the Jaccard index of the stemmed words of a heading and a query, 0 to 1."""
    ours, asked = frozenset(tokens(heading)), frozenset(tokens(query))
    return len(ours & asked) / max(1, len(ours | asked))


def _shares_key(heading: str, plan: Plan) -> bool:
    """Return whether the question of a guide is about what was asked about, such as fees or payouts."""
    asked = {key.split(".")[0] for key in plan.keys}
    return bool(asked & {key.split(".")[0] for key in keys_in(heading)})


def _general(chunk: Chunk, plan: Plan) -> float:
    """Return the adjustment of a question that names no subject: general guides before one platform's, fraud when asked."""
    if chunk.guide_kind == "safety":
        return GENERAL_BOOST if plan.kind == "scam" else -ONE_PLATFORM_PENALTY
    if chunk.guide_kind == "platform":
        return -ONE_PLATFORM_PENALTY
    if chunk.guide_kind == "path" and plan.kind == "plan":
        return GENERAL_BOOST
    return GENERAL_BOOST if chunk.guide_kind == "topic" and chunk.kind == "question" else 0.0


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
    # A fact asked about of a named subject is an answer, whatever words a follow-up uses.
    if any(
        passage.chunk.subject in plan.entities and not passage.chunk.fact_ids[0].endswith(NOT_FOUND)
        for passage in passages[:5]
        if any(f"#{key}" in fact_id for key in plan.keys for fact_id in passage.chunk.fact_ids)
    ):
        return True
    # A named subject of the corpus is evidence of its own that the question belongs here.
    needed = COVERED_SCORE - (0.12 if plan.entities else 0.07 if _FIELD.search(plan.query) else 0.0)
    return best >= needed


def _passage(hit: Hit, chunk: Chunk, score: float, rank: int = 0) -> Passage:
    return Passage(chunk=chunk, score=min(1.0, max(0.0, score)), rank=rank, dense=hit.dense, lexical=hit.lexical)
