"""The dense index: Chroma with ids and vectors only, and exact search for when Chroma is not there.

The sealed snapshot is never opened itself: Chroma writes to what it opens, so each process works on a copy of its own.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from advisor.errors import DerivedIndexError
from advisor.ledger import Vectors

_COLLECTION = "chunks"
_BATCH = 5000  # Chroma refuses more than 5,461 records in one call.


def _client(folder: Path) -> Any:
    # Importing Chroma takes two seconds: only the serving process and index builds pay for it.
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))


def _release(client: Any, folder: Path) -> None:
    """Close a client so that its files are complete and can be hashed or deleted."""
    from chromadb.api.shared_system_client import SharedSystemClient

    with contextlib.suppress(KeyError, AttributeError):
        client._system.stop()
    # Chroma keeps one system per path for the life of the process; a later client would get the stopped one.
    SharedSystemClient._identifier_to_system.pop(str(folder), None)


def write(folder: Path, ids: Sequence[str], vectors: Vectors) -> None:
    """Write a new Chroma collection of `vectors` (shape `(n, d)`, rows of length one) into an empty folder."""
    client = _client(folder)
    try:
        collection = client.create_collection(
            _COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine", "ef_search": 200}}
        )
        for start in range(0, len(ids), _BATCH):
            collection.add(ids=list(ids[start : start + _BATCH]), embeddings=vectors[start : start + _BATCH])
    finally:
        _release(client, folder)


class ChromaIndex:
    """A Chroma collection opened on a private copy of a snapshot."""

    def __init__(self, snapshot: Path, count: int) -> None:
        """Copy a sealed snapshot and open the copy.

        Args:
            snapshot: The sealed folder.
            count: Number of vectors that must be in it.

        Raises:
            DerivedIndexError: When the copy cannot be made or does not hold what it should.
        """
        self._folder = snapshot.parent / f"open-{os.getpid()}-{snapshot.name}"
        try:
            shutil.rmtree(self._folder, ignore_errors=True)
            shutil.copytree(snapshot, self._folder)
            self._client = _client(self._folder)
            self._collection = self._client.get_collection(_COLLECTION, embedding_function=None)
            found = self._collection.count()
        except Exception as error:  # noqa: BLE001 - Chroma raises errors of Rust, SQLite and its own alike
            shutil.rmtree(self._folder, ignore_errors=True)
            raise DerivedIndexError(
                f"The dense index {str(snapshot)!r} cannot be opened ({type(error).__name__}: {error}). Exact search is "
                "used instead; `gig-advisor ingest --rebuild` makes a new index."
            ) from error
        if found != count:
            self.close()
            raise DerivedIndexError(f"The dense index {str(snapshot)!r} holds {found} vectors, expected {count}.")

    def search(self, vector: Vectors, k: int) -> list[tuple[str, float]]:
        """Return `(id, cosine)` of the `k` nearest vectors, nearest first."""
        answer = self._collection.query(query_embeddings=[vector.tolist()], n_results=k, include=["distances"])
        return [(i, 1.0 - float(d)) for i, d in zip(answer["ids"][0], answer["distances"][0], strict=True)]

    def close(self) -> None:
        """Close Chroma and delete the private copy."""
        _release(self._client, self._folder)
        shutil.rmtree(self._folder, ignore_errors=True)


class ExactIndex:
    """Exact cosine search over vectors in memory: 20,000 vectors take about 15 ms."""

    def __init__(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Keep the vectors.

        Args:
            ids: Chunk ids.
            vectors: Shape `(n, d)`, rows of length one.
        """
        self._ids = list(ids)
        self._vectors = vectors

    @classmethod
    def empty(cls) -> Self:
        """Return an index without vectors."""
        return cls([], np.zeros((0, 0), dtype=np.float32))

    def search(self, vector: Vectors, k: int) -> list[tuple[str, float]]:
        """Return `(id, cosine)` of the `k` nearest vectors, nearest first; ties in id order."""
        if not self._ids:
            return []
        scores = self._vectors @ vector
        best = np.argpartition(-scores, min(k, len(scores) - 1))[:k]
        ordered = sorted(best.tolist(), key=lambda i: (-scores[i], self._ids[i]))
        return [(self._ids[i], float(scores[i])) for i in ordered]

    def close(self) -> None:
        """Release the memory."""
        self._vectors = np.zeros((0, 0), dtype=np.float32)
        self._ids = []


def merged(parts: Sequence[list[tuple[str, float]]], k: int, without: frozenset[str]) -> Iterator[tuple[str, float]]:
    """Yield the `k` best of several result lists; ids in `without` count only from the last list."""
    best: dict[str, float] = {}
    for position, part in enumerate(parts):
        for chunk_id, score in part:
            if position == len(parts) - 1 or chunk_id not in without:
                best[chunk_id] = score
    yield from sorted(best.items(), key=lambda item: (-item[1], item[0]))[:k]
