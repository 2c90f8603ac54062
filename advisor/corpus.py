"""The bundled corpus on disk: its guides, whether they changed, and the vectors that ship with it."""

import hashlib
from pathlib import Path

import numpy as np

from advisor.errors import EmbeddingError
from advisor.ledger import Vectors

FORMAT_VERSION = "13"
"""Part of every source hash: raising it makes each document be read again after a change of reader or chunker."""


def corpus_guides(folder: Path) -> list[Path]:
    """Return the guides of a corpus folder in name order."""
    return sorted(path for path in folder.glob("*/*.md") if path.is_file())


def corpus_fingerprint(folder: Path) -> str:
    """Return a hash over names and contents of all guides."""
    total = hashlib.sha256(FORMAT_VERSION.encode())
    for path in corpus_guides(folder):
        total.update(path.relative_to(folder).as_posix().encode() + b"\x1f" + path.read_bytes() + b"\x1e")
    return total.hexdigest()


def vectors_path(corpus: Path) -> Path:
    """Return where the vectors that ship with a corpus are kept."""
    return corpus / "vectors.npz"


def shipped_vectors(corpus: Path, model: str) -> dict[str, Vectors]:
    """Return the vectors that ship with a corpus, by text hash; empty for another model or without the file.

    Raises:
        EmbeddingError: When the file is damaged.
    """
    path = vectors_path(corpus)
    if not path.is_file():
        return {}
    try:
        with np.load(path, allow_pickle=False) as data:
            if str(data["model"]) != model:
                return {}
            vectors = data["vectors"].astype(np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            return dict(zip((str(item) for item in data["hashes"]), vectors, strict=True))
    except (OSError, ValueError, KeyError) as error:
        raise EmbeddingError(
            f"The file {str(path)!r} is damaged ({error}). Restore it, or delete it: the texts are then embedded anew."
        ) from error
