"""Make the vectors that ship: of the bundled corpus, so that a first run embeds nothing, and of the tools' examples."""

import sys
import tempfile
from pathlib import Path

import numpy as np

import advisor.tools
from advisor.corpus import vectors_path
from advisor.embedding import open_embedding
from advisor.ledger import Ledger, text_hash
from advisor.settings import Settings, default_corpus_dir
from advisor.tools import registry
from ingest.build import ingest


def write_examples(model: str) -> None:
    """Write the vectors of the tools' example questions next to the tools."""
    pairs = [(name, text) for name, tool in sorted(registry().items()) for text in tool.examples]
    vectors = open_embedding(Settings(embedding="minilm")).embed([text for _, text in pairs]).astype(np.float16)
    target = Path(advisor.tools.__file__).with_name("examples.npz")
    hashes = np.array([text_hash(text) for _, text in pairs])
    with target.open("wb") as file:
        labels = np.array([name for name, _ in pairs])
        np.savez_compressed(file, model=np.array(model), labels=labels, hashes=hashes, vectors=vectors)


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
    write_examples(model)
    print(f"{len(rows)} vectors, {vectors_path(corpus).stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
