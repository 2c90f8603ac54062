"""Kill an ingest at random moments, resume it, and count what was lost.

python -m benchmarks.kills [N] [SEED]
"""

import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from advisor.embedding import open_embedding
from advisor.index import Index
from advisor.ledger import Ledger
from advisor.settings import Settings

FILES = 12
CODE = (
    "import sys, pathlib; from advisor.settings import Settings; from ingest.build import ingest; "
    "ingest([sys.argv[2]], Settings(data_dir=pathlib.Path(sys.argv[1])))"
)


def start(data: Path, docs: Path) -> "subprocess.Popen[bytes]":
    """Start an ingest in a process of its own."""
    return subprocess.Popen([sys.executable, "-c", CODE, str(data), str(docs)])


def losses(settings: Settings, expected: str) -> list[str]:
    """Return what differs from a clean run: digest, soundness, missing vectors, vectors that find another text."""
    model = open_embedding(settings).name
    found = []
    with Ledger(settings.ledger_path, read_only=True) as ledger, Index(ledger, settings, model) as index:
        if ledger.digest() != expected:
            found.append("digest")
        found += ledger.check()
        if ledger.missing_vectors(model):
            found.append("missing vectors")
        chunks = ledger.chunks(ledger.chunk_ids())
        for chunk_id, vector in zip(*ledger.vectors(model), strict=True):
            nearest = index.search_vector(vector, 1)[0][0]
            if chunks[nearest].indexed_text != chunks[chunk_id].indexed_text:
                found.append(f"vector of {chunk_id}")
    return found


def main(arguments: Sequence[str]) -> int:
    """Run N kills, each on a store of its own that is then resumed.

    Returns:
        The number of stores that lost something.
    """
    count = int(arguments[0]) if arguments else 200
    seed = int(arguments[1]) if len(arguments) > 1 else random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)
    bad = killed = 0
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        docs = root / "docs"
        docs.mkdir()
        for number in range(FILES):
            (docs / f"d{number:02}.txt").write_text(f"Document {number} tells of harbour {number}. " * 40)
        clean = Settings(data_dir=root / "clean")
        began = time.monotonic()
        start(clean.data_dir, docs).wait()
        whole = time.monotonic() - began
        with Ledger(clean.ledger_path, read_only=True) as ledger:
            expected = ledger.digest()
        for run in range(count):
            settings = Settings(data_dir=root / f"run{run}")
            child = start(settings.data_dir, docs)
            time.sleep(chance.uniform(0.3 * whole, whole))
            child.send_signal(signal.SIGKILL)
            killed += child.wait() != 0
            if start(settings.data_dir, docs).wait() != 0:
                bad += 1
                continue
            bad += bool(losses(settings, expected))
    print(f"seed {seed}: {count} runs, {killed} killed before the end, {bad} lost something")
    return bad


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
