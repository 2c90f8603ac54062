"""One searchable view over ledger, dense and lexical: derived indexes where they are sound, exact search for the rest.

A derived index shows the ledger as it was at one sequence number. What changed since is held in a small overlay that
is searched exactly, so readers see new content at once, without restart and without waiting for a rebuild.
"""

import contextlib
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from advisor import dense, snapshot
from advisor.errors import DerivedIndexError
from advisor.ledger import Ledger, Vectors
from advisor.lexical import LexicalIndex, entry
from advisor.schema import Chunk
from advisor.settings import Settings
from advisor.snapshot import Snapshot

_OVERLAY_SHARE = 0.1
_OVERLAY_MIN = 500


def build_lexical(ledger: Ledger, settings: Settings) -> Snapshot:
    """Build the lexical index of the whole ledger."""
    sequence = ledger.sequence
    chunks = ledger.chunks(ledger.chunk_ids())

    def write(folder: Path) -> None:
        LexicalIndex.build((entry(chunk) for chunk in chunks.values()), folder)

    return snapshot.build(settings.lexical_path, sequence, len(chunks), "", write)


def build_dense(ledger: Ledger, settings: Settings, model: str) -> Snapshot:
    """Build the dense index of all vectors of one embedding model."""
    sequence = ledger.sequence
    ids, vectors = ledger.vectors(model)
    return snapshot.build(
        settings.dense_path, sequence, len(ids), model, lambda folder: dense.write(folder, ids, vectors)
    )


def is_far_behind(found: Snapshot | None, ledger: Ledger) -> bool:
    """Return whether an index lacks so much that building it anew beats searching the difference exactly."""
    if found is None:
        return True
    changed, gone = ledger.changes_since(found.sequence)
    return len(changed) + len(gone) > max(_OVERLAY_MIN, _OVERLAY_SHARE * found.count)


def derive(ledger: Ledger, settings: Settings, *, rebuild: bool = False, model: str = "") -> tuple[str, ...]:
    """Build the lexical index where it is missing, damaged or far behind, and the dense one when `model` is given.

    Returns:
        Notices about what could not be built; search goes on exactly without it.
    """
    notices = []
    found, _ = snapshot.newest(settings.lexical_path, "", ledger.sequence)
    try:
        if rebuild or is_far_behind(found, ledger):
            build_lexical(ledger, settings)
        if model:
            found, _ = snapshot.newest(settings.dense_path, model, ledger.sequence)
            if rebuild or is_far_behind(found, ledger):
                build_dense(ledger, settings, model)
    except DerivedIndexError as error:
        notices.append(str(error))
    return tuple(notices)


class Index:
    """The open view: search by vector, search by words, chunks by id."""

    def __init__(self, ledger: Ledger, settings: Settings, model: str) -> None:
        """Open what is there; nothing is built.

        Args:
            ledger: The open ledger.
            settings: Where the derived indexes are.
            model: Name of the embedding model whose vectors are searched.
        """
        self.ledger, self.settings, self.model = ledger, settings, model
        self.states: dict[str, str] = {}
        self._lock = threading.RLock()
        self._chunks: dict[str, Chunk] = {}
        self._vectors: dict[str, Vectors] = {}
        self._sequence = -1
        self._chroma: dense.ChromaIndex | None = None
        self._chroma_at = -1
        self._exact: dense.ExactIndex | None = None
        self._overlay = dense.ExactIndex.empty()
        self._changed: frozenset[str] = frozenset()
        self._words: list[tuple[LexicalIndex, frozenset[str]]] = []
        self.refresh()

    def close(self) -> None:
        """Close the derived indexes; the ledger stays open."""
        if self._chroma:
            self._chroma.close()
            self._chroma = None

    def __enter__(self) -> Self:
        """Return the view itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the derived indexes."""
        self.close()

    def refresh(self) -> bool:
        """Take in what the ledger gained since the last call; return whether anything changed."""
        with self._lock:
            sequence = self.ledger.sequence
            if sequence == self._sequence:
                return False
            self._sequence = sequence
            self._chunks.clear()
            self._vectors.clear()
            self._refresh_words(sequence)
            self._refresh_vectors()
            return True

    def _refresh_words(self, sequence: int) -> None:
        found, state = snapshot.newest(self.settings.lexical_path, "", sequence)
        self._words = []
        changed: list[str] = []
        gone: list[str] = []
        if found:
            changed, gone = self.ledger.changes_since(found.sequence)
            try:
                self._words.append((LexicalIndex.open(found.path), frozenset(changed) | frozenset(gone)))
            except (OSError, ValueError):
                # The folder was replaced between the check and now, or tantivy refuses it.
                found, state = None, "damaged"
        if found is None:
            changed = self.ledger.chunk_ids()
        if changed:
            chunks = self.ledger.chunks(changed)
            self._words.append((LexicalIndex.build(entry(chunk) for chunk in chunks.values()), frozenset()))
        self.states["lexical"] = state

    def _refresh_vectors(self) -> None:
        if self._chroma is None:
            self._exact = dense.ExactIndex(*self.ledger.vectors(self.model))
            self.states.setdefault("dense", "exact")
            return
        changed, gone = self.ledger.changes_since(self._chroma_at)
        self._changed = frozenset(changed) | frozenset(gone)
        self._overlay = (
            dense.ExactIndex(*self.ledger.vectors(self.model, changed)) if changed else dense.ExactIndex.empty()
        )

    def use_chroma(self) -> str:
        """Open the dense index where a sound one is there, else keep exact search; return its state."""
        found, state = snapshot.newest(self.settings.dense_path, self.model, self.ledger.sequence)
        if found:
            try:
                opened = dense.ChromaIndex(found.path, found.count)
            except DerivedIndexError:
                state = "damaged"
            else:
                with self._lock:
                    self.close()
                    self._chroma, self._chroma_at, self._exact = opened, found.sequence, None
                    self._refresh_vectors()
        self.states["dense"] = state
        return state

    def search_vector(self, vector: Vectors, k: int) -> list[tuple[str, float]]:
        """Return `(id, cosine)` of the `k` nearest chunks.

        Args:
            vector: Shape `(d,)`, length one.
            k: How many.
        """
        with self._lock:
            chroma, overlay, changed, exact = self._chroma, self._overlay, self._changed, self._exact
        if chroma is None:
            return exact.search(vector, k) if exact else []
        try:
            base = chroma.search(vector, k + min(len(changed), 200))
        except Exception as error:  # noqa: BLE001 - Chroma raises errors of Rust, SQLite and its own alike
            with self._lock:
                self.close()
                self.states["dense"] = f"damaged ({type(error).__name__})"
                self._refresh_vectors()
                exact = self._exact
            return exact.search(vector, k) if exact else []
        return list(dense.merged([base, overlay.search(vector, k)], k, changed))

    def search_words(self, query: str, k: int, expansions: Sequence[tuple[str, float]] = ()) -> list[tuple[str, float]]:
        """Return `(id, BM25 score)` of the `k` best chunks."""
        found: dict[str, float] = {}
        for words, stale in self._words:
            for chunk_id, score in words.search(query, k + min(len(stale), 200), expansions):
                if chunk_id not in stale:
                    found[chunk_id] = score
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))[:k]

    def chunks(self, ids: Sequence[str]) -> dict[str, Chunk]:
        """Return chunks by id from a cache over the ledger; ids that are gone are left out."""
        with self._lock:
            missing = [chunk_id for chunk_id in ids if chunk_id not in self._chunks]
            if missing:
                self._chunks.update(self.ledger.chunks(missing))
            return {chunk_id: self._chunks[chunk_id] for chunk_id in ids if chunk_id in self._chunks}

    def vectors(self, ids: Sequence[str]) -> tuple[list[str], list[Vectors]]:
        """Return chunk ids and their vectors from a cache over the ledger; what has no vector is left out."""
        with self._lock:
            missing = [chunk_id for chunk_id in ids if chunk_id not in self._vectors]
            if missing:
                self._vectors.update(zip(*self.ledger.vectors(self.model, missing), strict=True))
            found = [chunk_id for chunk_id in ids if chunk_id in self._vectors]
            return found, [self._vectors[chunk_id] for chunk_id in found]

    def state(self) -> dict[str, Any]:
        """Return counts and the state of each derived index."""
        found: dict[str, Any] = {"chunks": 0, "facts": 0}
        with contextlib.suppress(DerivedIndexError):
            found = {"chunks": self.ledger.count_chunks(), "facts": self.ledger.count_facts()}
        return {**found, **self.states}
