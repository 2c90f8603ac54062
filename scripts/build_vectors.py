"""Make `corpus/vectors.npz`: the vectors of the bundled corpus in fp16, by text hash, so a first run embeds nothing."""

import sys
import tempfile
from pathlib import Path

import numpy as np

from advisor.corpus import vectors_path
from advisor.embedding import open_embedding
from advisor.ledger import Ledger
from advisor.settings import Settings, default_corpus_dir
from ingest.build import ingest


def main() -> int:
    """Ingest the corpus into a temporary ledger and write its vectors.

    Returns:
        0.
    """
    corpus = default_corpus_dir()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), corpus_dir=corpus, embedding="minilm")
        report = ingest([], settings, progress=True)
        refused = [line for line in report.sources if line.status == "refused"]
        if refused:
            print("\n".join(line.message for line in refused))
            return 1
        model = open_embedding(settings).name
        with Ledger(settings.ledger_path, read_only=True) as ledger:
            rows = ledger.text_vectors(model)
    vectors = np.stack([vector for _, vector in rows]).astype(np.float16)
    hashes = np.array([hashed for hashed, _ in rows])
    with vectors_path(corpus).open("wb") as file:
        np.savez_compressed(file, model=np.array(model), hashes=hashes, vectors=vectors)
    print(f"{len(rows)} vectors, {vectors_path(corpus).stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
