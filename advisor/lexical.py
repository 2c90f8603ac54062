"""The lexical index: BM25 over title, heading and text with tantivy; ids come back, texts stay in the ledger."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import tantivy

from advisor.schema import Chunk

_FIELDS = {"title": 1.0, "heading": 1.0, "body": 1.0}
_ANALYZER = "english"
_MAX_TERMS = 64

# Words that carry no subject in a question; BM25 would give them little weight, dropping them saves time.
_STOP_WORDS = frozenset(
    "a an and are as at be but by can could did do does for from had has have how i if in into is it its me my of on or "
    "our should so that the their them then there these they this to was we were what when where which who why will "
    "with would you your am about any been being he her him his just not no than too very s t".split()
)


@lru_cache(maxsize=1)
def analyzer() -> Any:
    """Return the analyser of the index: simple tokens, lower case, ASCII folding, English stems."""
    filters = tantivy.Filter
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(filters.remove_long(60))
        .filter(filters.lowercase())
        .filter(filters.ascii_fold())
        .filter(filters.stemmer("english"))
        .build()
    )


def tokens(text: str) -> list[str]:
    """Return the stems of `text` as the index sees them."""
    return list(analyzer().analyze(text))


@lru_cache(maxsize=1)
def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    for field in _FIELDS:
        builder.add_text_field(field, stored=False, tokenizer_name=_ANALYZER, index_option="freq")
    return builder.build()


class LexicalIndex:
    """An open lexical index, on disk or in memory."""

    def __init__(self, index: Any) -> None:
        """Wrap a tantivy index.

        Args:
            index: The tantivy index, whose analyser is already registered.
        """
        self._index = index

    @classmethod
    def build(cls, entries: Iterable[tuple[str, str, str, str]], folder: Path | None = None) -> Self:
        """Build an index of `(id, title, heading, text)` entries.

        Args:
            entries: What to index.
            folder: Where to keep it; in memory when None.

        Returns:
            The open index.
        """
        index = tantivy.Index(_schema(), path=str(folder)) if folder else tantivy.Index(_schema())
        index.register_tokenizer(_ANALYZER, analyzer())
        writer = index.writer(heap_size=50_000_000, num_threads=1)
        for entry_id, title, heading, body in entries:
            writer.add_document(tantivy.Document(id=[entry_id], title=[title], heading=[heading], body=[body]))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        return cls(index)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open an index on disk for reading."""
        index = tantivy.Index.open(str(folder))
        index.register_tokenizer(_ANALYZER, analyzer())
        return cls(index)

    def search(self, query: str, k: int, expansions: Sequence[tuple[str, float]] = ()) -> list[tuple[str, float]]:
        """Return `(id, score)` of the `k` best entries; scores are BM25 sums, larger is better.

        Args:
            query: Plain text; no query syntax is interpreted.
            k: How many.
            expansions: Further stems with weights, for instance feedback terms.
        """
        stems = dict.fromkeys(tokens(query))
        weighted = {stem: 1.0 for stem in stems if stem not in _STOP_WORDS} or dict.fromkeys(stems, 1.0)
        for stem, weight in expansions:
            weighted.setdefault(stem, weight)
        clauses = []
        for stem, weight in list(weighted.items())[:_MAX_TERMS]:
            for field, boost in _FIELDS.items():
                term = tantivy.Query.term_query(_schema(), field, stem, index_option="freq")
                clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(term, boost * weight)))
        if not clauses:
            return []
        searcher = self._index.searcher()
        hits = searcher.search(tantivy.Query.boolean_query(clauses), limit=k, count=False).hits
        return [(searcher.doc(address)["id"][0], float(score)) for score, address in hits]


def entry(chunk: Chunk) -> tuple[str, str, str, str]:
    """Return the index entry of a chunk."""
    return chunk.id, chunk.title, chunk.heading, chunk.text
