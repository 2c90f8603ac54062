"""Retrieval quality on any folder in BEIR layout: dense, lexical, and the product's own blend.

    python benchmarks/retrieval.py FOLDER… [--json]

A folder holds `corpus.jsonl`, `queries.jsonl` and `qrels/*.tsv`. Figures are nDCG@10 and recall@100 of ir_measures.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from advisor.dense import ExactIndex
from advisor.embedding import Embedding, MiniLM
from advisor.fusion import fuse
from advisor.ledger import Vectors
from advisor.lexical import LexicalIndex

CACHE = Path(__file__).parent.parent / ".cache" / "benchmarks"
DEPTH = 100


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """Return the records of a JSON lines file."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def read_qrels(folder: Path) -> dict[str, dict[str, int]]:
    """Return query id → document id → relevance."""
    found: dict[str, dict[str, int]] = {}
    for path in sorted(folder.glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            query, document, *rest = line.split("\t")
            if rest and rest[-1].lstrip("-").isdigit():
                found.setdefault(query, {})[document] = int(rest[-1])
    return found


def embedded(texts: Sequence[str], embedding: Embedding) -> Vectors:
    """Return the vectors of texts, kept in an ignored cache between runs."""
    key = hashlib.sha256("\x1e".join((embedding.name, *texts)).encode()).hexdigest()[:24]
    path = CACHE / f"{key}.npy"
    if path.is_file():
        return np.load(path)
    vectors = embedding.embed(texts)
    CACHE.mkdir(parents=True, exist_ok=True)
    np.save(path, vectors)
    return vectors


def measure(
    qrels: dict[str, dict[str, int]], queries: dict[str, str], rank: Callable[[str], list[str]]
) -> dict[str, float]:
    """Return nDCG@10 and recall@100 of a ranking function over all judged queries."""
    import ir_measures
    from ir_measures import R, nDCG

    run = {
        query: {document: float(DEPTH - place) for place, document in enumerate(rank(query)[:DEPTH])} for query in qrels
    }
    found = ir_measures.calc_aggregate([nDCG @ 10, R @ 100], qrels, run)
    return {"ndcg10": round(found[nDCG @ 10], 4), "recall100": round(found[R @ 100], 4)}


def evaluate(folder: Path, embedding: Embedding) -> dict[str, Any]:
    """Return the figures of one set."""
    documents = read_jsonl(folder / "corpus.jsonl")
    texts = {item["_id"]: item["text"] for item in read_jsonl(folder / "queries.jsonl")}
    qrels = {query: judged for query, judged in read_qrels(folder / "qrels").items() if query in texts}
    ids = [item["_id"] for item in documents]
    vectors = embedded([f"{item.get('title', '')}\n{item['text']}".strip() for item in documents], embedding)
    order = list(qrels)
    query_vectors = dict(zip(order, embedded([texts[query] for query in order], embedding), strict=True))
    exact = ExactIndex(ids, vectors)
    words = LexicalIndex.build((item["_id"], item.get("title", ""), "", item["text"]) for item in documents)
    places = {document: place for place, document in enumerate(ids)}

    def vectors_of(wanted: Sequence[str]) -> tuple[list[str], Vectors]:
        return list(wanted), vectors[[places[item] for item in wanted]]

    def blend(query: str) -> list[str]:
        hits = fuse(texts[query], query_vectors[query], exact.search, words.search, vectors_of, DEPTH, DEPTH)
        return [hit.id for hit in hits]

    return {
        "set": folder.name,
        "documents": len(documents),
        "queries": len(qrels),
        "dense": measure(qrels, texts, lambda query: [i for i, _ in exact.search(query_vectors[query], DEPTH)]),
        "lexical": measure(qrels, texts, lambda query: [i for i, _ in words.search(texts[query], DEPTH)]),
        "blend": measure(qrels, texts, blend),
    }


def main(arguments: Sequence[str]) -> int:
    """Print the figures of every folder.

    Returns:
        0, or 1 when a folder is not in BEIR layout.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    for folder in given.folders:
        if not (folder / "corpus.jsonl").is_file() or not (folder / "qrels").is_dir():
            sys.stderr.write(f"{str(folder)!r} is not in BEIR layout (corpus.jsonl, queries.jsonl, qrels/*.tsv).\n")
            return 1
    rows = [evaluate(folder, MiniLM()) for folder in given.folders]
    if given.json:
        print(json.dumps(rows))
        return 0
    print(f"{'set':16} {'docs':>7} {'queries':>7}   nDCG@10: dense lexical  blend   recall@100: dense lexical  blend")
    for row in rows:
        figures = [row[side][name] for name in ("ndcg10", "recall100") for side in ("dense", "lexical", "blend")]
        shown = (
            "  ".join(f"{value:.3f}" for value in figures[:3])
            + "            "
            + "  ".join(f"{v:.3f}" for v in figures[3:])
        )
        print(f"{row['set']:16} {row['documents']:7} {row['queries']:7}          {shown}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
