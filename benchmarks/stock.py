"""The product next to the stock recipe: ingest throughput, index size, memory, query latency, on the same files.

    python -m benchmarks.stock FOLDER_IN_BEIR_LAYOUT [--documents N]

The stock recipe is what most tutorials show: langchain's RecursiveCharacterTextSplitter (1000 characters, 200 overlap),
`Chroma.from_documents`, similarity search; with the same MiniLM in fp32, from the cache that
`scripts/build_embedding_model.py` fills. Each side runs in a process of its own, two threads for the model.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.retrieval import read_jsonl

ROOT = Path(__file__).parent.parent
FP32 = ROOT / ".cache" / "minilm-fp32"


def size_of(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def figures(
    texts: int, seconds: float, folder: Path, search: Callable[[str], Any], queries: Sequence[str]
) -> dict[str, Any]:
    """Return the figures of one side; each query runs once to warm up and once for the clock."""
    times = []
    for query in queries[:5]:
        search(query)
    for query in queries:
        start = time.perf_counter()
        search(query)
        times.append(time.perf_counter() - start)
    times.sort()
    return {
        "documents_per_second": texts / seconds,
        "bytes": size_of(folder),
        "p50_ms": median(times) * 1000,
        "p95_ms": times[int(len(times) * 0.95)] * 1000,
        "max_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def ours(docs: Path, queries: Sequence[str], folder: Path) -> dict[str, Any]:
    """Ingest with the product and search through Chroma, tantivy and the fusion."""
    from advisor import Advisor, Settings
    from ingest.build import ingest

    settings = Settings(data_dir=folder / "ours", corpus_dir=folder / "none", threads=2)
    start = time.perf_counter()
    report = ingest([str(docs)], settings)
    with Advisor.open(settings, build=False) as advisor:
        advisor.build_dense()
        seconds = time.perf_counter() - start
        return figures(len(report.sources), seconds, settings.data_dir, lambda q: advisor.search(q, k=10), queries)


def stock(docs: Path, queries: Sequence[str], folder: Path) -> dict[str, Any]:
    """Ingest and search with the stock recipe."""
    import numpy as np
    import onnxruntime
    import tokenizers
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_core.embeddings import Embeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    class Fp32(Embeddings):
        """MiniLM as sentence-transformers runs it: fp32, batches of 32, longest first, padded to the longest."""

        def __init__(self) -> None:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 2
            self.session = onnxruntime.InferenceSession(
                str(FP32 / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
            self.tokenizer = tokenizers.Tokenizer.from_file(str(FP32 / "tokenizer.json"))
            self.tokenizer.enable_truncation(256)
            self.tokenizer.enable_padding()

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            order = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
            out = np.zeros((len(texts), 384), dtype=np.float32)
            for start in range(0, len(order), 32):
                places = order[start : start + 32]
                encoded = self.tokenizer.encode_batch([texts[place] for place in places])
                feed = {
                    "input_ids": np.array([item.ids for item in encoded], dtype=np.int64),
                    "attention_mask": np.array([item.attention_mask for item in encoded], dtype=np.int64),
                }
                out[places] = self.session.run(None, feed)[0]
            return out.tolist()

        def embed_query(self, text: str) -> list[float]:
            return self.embed_documents([text])[0]

    embeddings = Fp32()
    start = time.perf_counter()
    paths = sorted(docs.iterdir())
    loaded = [Document(page_content=path.read_text(), metadata={"source": path.name}) for path in paths]
    pieces = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(loaded)
    store = Chroma.from_documents(pieces[:5000], embeddings, persist_directory=str(folder / "stock"))
    for begin in range(5000, len(pieces), 5000):
        store.add_documents(pieces[begin : begin + 5000])
    seconds = time.perf_counter() - start
    return figures(len(paths), seconds, folder / "stock", lambda q: store.similarity_search(q, k=10), queries)


def in_child(side: str, docs: Path, queries: Path, folder: Path) -> dict[str, Any]:
    """Run one side in its own process and return its figures."""
    command = [sys.executable, "-m", "benchmarks.stock", "--side", side, str(docs), str(queries), str(folder)]
    environment = {**os.environ, "ANONYMIZED_TELEMETRY": "False"}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def compare(source: Path, count: int) -> None:
    """Print both sides and their ratios."""
    if not (FP32 / "model.onnx").is_file():
        print(f"stock recipe: skipped, {FP32.relative_to(ROOT)} is missing; run scripts/build_embedding_model.py")
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        docs = folder / "docs"
        docs.mkdir()
        for place, item in enumerate(read_jsonl(source / "corpus.jsonl")[:count]):
            (docs / f"{place:06}.txt").write_text(f"{item.get('title', '')}\n\n{item['text']}\n")
        queries = folder / "queries.json"
        queries.write_text(json.dumps([item["text"] for item in read_jsonl(source / "queries.jsonl")][:200]))
        sides = {side: in_child(side, docs, queries, folder) for side in ("stock", "ours")}
    print(f"{source.name}, {count} files          stock       ours   ours/stock")
    for name in sides["stock"]:
        one, two = sides["stock"][name], sides["ours"][name]
        print(f"{name:24} {one:12.1f} {two:12.1f} {two / one:10.2f}")


def main(arguments: Sequence[str]) -> int:
    """Compare, or run one side as the child process.

    Returns:
        0.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--documents", type=int, default=1400)
    parser.add_argument("--side", choices=("stock", "ours"))
    given = parser.parse_args(arguments)
    if given.side:
        docs, queries, folder = given.paths
        run = ours if given.side == "ours" else stock
        print(json.dumps(run(docs, json.loads(queries.read_text()), folder)))
    else:
        compare(given.paths[0], given.documents)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
