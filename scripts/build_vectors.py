"""Make the vectors that ship: of the bundled corpus, so that a first run embeds nothing, and of the tools' examples."""

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import softmax

import advisor.tools
from advisor.corpus import vectors_path
from advisor.embedding import open_embedding
from advisor.ledger import Ledger, Vectors, text_hash
from advisor.router import NONE, number_features
from advisor.settings import Settings, default_corpus_dir
from advisor.tools import registry
from ingest.build import ingest

QUESTIONS = Path(__file__).with_name("router_questions.jsonl")
FAR = 0.62
"""Cosine with every example below which a guide's question stands for questions that no tool answers."""
NONE_SHARE, PENALTY = 0.1, 3e-4
"""What such a question weighs, since there are seven times as many of them, and the L2 penalty."""


def write_examples(model: str, corpus: Path) -> None:
    """Write what routes a question to a tool: the vectors of the tools' examples, and weights learnt from questions.

    The weights are a multinomial logistic regression over the vector of a question and its `router.number_features`, one
    class a tool and one for questions to the guides. It learns from the tools' examples, from `router_questions.jsonl`
    (people's own words), and, for the last class, from the guides' questions that no example comes near.
    """
    embedding = open_embedding(Settings(embedding="minilm"))
    pairs = [(name, text) for name, tool in sorted(registry().items()) for text in tool.examples]
    vectors = embedding.embed([text for _, text in pairs]).astype(np.float16)
    asked = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    headings = [
        line.removeprefix("### ").strip()
        for path in sorted(corpus.glob("*/*.md"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("### ")
    ]
    of_guides = embedding.embed(headings)
    far = (of_guides @ vectors.T.astype(np.float32)).max(axis=1) < FAR
    texts = [text for _, text in pairs] + [item["question"] for item in asked]
    texts += [text for text, kept in zip(headings, far, strict=True) if kept]
    labels = [name for name, _ in pairs] + [item["tool"] for item in asked] + [NONE] * int(far.sum())
    known = np.concatenate(
        [vectors.astype(np.float32), embedding.embed([item["question"] for item in asked]), of_guides[far]]
    )
    features = np.hstack([known, np.stack([number_features(text) for text in texts])])
    classes = [*sorted(registry()), NONE]
    weights, offsets = learn(features, np.array([classes.index(label) for label in labels]), len(classes))
    target = Path(advisor.tools.__file__).with_name("examples.npz")
    with target.open("wb") as file:
        np.savez_compressed(
            file, model=np.array(model), labels=np.array([name for name, _ in pairs]), vectors=vectors,
            hashes=np.array([text_hash(text) for _, text in pairs]), classes=np.array(classes),
            weights=weights.astype(np.float16), offsets=offsets.astype(np.float16),
        )  # fmt: skip


def learn(features: Vectors, labels: NDArray[np.int64], classes: int) -> tuple[Vectors, Vectors]:
    """Return weights `(d, classes)` and offsets of a multinomial logistic regression (Bishop 2006, section 4.3.4), L2 penalised."""
    shares = np.where(labels == classes - 1, NONE_SHARE, 1.0)
    shares /= shares.sum()
    wanted, width = np.eye(classes)[labels], features.shape[1]

    def loss(flat: Vectors) -> tuple[float, Vectors]:
        weights, offsets = flat[: width * classes].reshape(width, classes), flat[width * classes :]
        found = softmax(features @ weights + offsets, axis=1)
        error = (found - wanted) * shares[:, None]
        total = (
            -(shares * np.log(found[np.arange(len(labels)), labels] + 1e-12)).sum() + PENALTY / 2 * (weights**2).sum()
        )
        return float(total), np.concatenate([(features.T @ error + PENALTY * weights).ravel(), error.sum(axis=0)])

    flat = minimize(loss, np.zeros((width + 1) * classes), jac=True, method="L-BFGS-B", options={"maxiter": 400}).x
    return flat[: width * classes].reshape(width, classes), flat[width * classes :]


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
    write_examples(model, corpus)
    print(f"{len(rows)} vectors, {vectors_path(corpus).stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
