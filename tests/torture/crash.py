"""Row 1: kill -9 at named points of an ingest - statements, renames, writes, folders, index builds - loses nothing.

As a child (`python -m tests.torture.crash DATA DOCS POINT N`) it ingests and kills itself at the N-th hit of a point;
with the point `count` it prints how often each point is hit.
"""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from advisor.ledger import Ledger
from advisor.settings import Settings
from benchmarks.kills import losses

FILES = 8
POINTS = (
    "BEGIN",
    "CREATE",
    "INSERT",
    "DELETE",
    "SELECT",
    "COMMIT",
    "mkdir",
    "write_text",
    "rename",
    "rmtree",
    "lexical",
    "dense",
)

WRITES = ("COMMIT", "rename", "write_text", "mkdir", "rmtree", "lexical", "dense")
"""Points after which something is on its way to the disk."""


def cases(counts: dict[str, int]) -> Iterator[tuple[str, int]]:
    """Yield each point with its first, middle and last hit."""
    for point in POINTS:
        total = counts.get(point, 0)
        yield from ((point, n) for n in sorted({1, (total + 1) // 2, total}) if total)


@contextmanager
def prepared() -> Iterator[tuple[Path, Path, str, dict[str, int]]]:
    """Yield a folder for stores, a folder of documents, the digest of a clean run, and the hits of each point in it."""
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        docs = root / "docs"
        docs.mkdir()
        for number in range(FILES):
            (docs / f"d{number:02}.txt").write_text(f"Document {number} tells of harbour {number}. " * 40)
        done = subprocess.run(_command(root / "clean", docs, "count", 0), capture_output=True, text=True, check=True)
        counts = json.loads(done.stdout.splitlines()[-1])
        with Ledger(Settings(data_dir=root / "clean").ledger_path, read_only=True) as ledger:
            yield root, docs, ledger.digest(), counts


def run_case(root: Path, docs: Path, expected: str, point: str, n: int, after: float = 0.0) -> list[str]:
    """Kill an ingest at one hit of a point or some seconds after it, resume it, and return what was lost."""
    data = root / f"{point}-{n}"
    command = [*_command(data, docs, point, n), str(after)]
    killed = subprocess.run(command, capture_output=True, check=False).returncode
    # A kill that comes later than the last step finds a process that is done.
    if killed != -signal.SIGKILL and not (after and killed == 0):
        return [f"{point} {n}: the process ended with {killed} and was not killed"]
    if subprocess.run(_command(data, docs, "resume", 0), capture_output=True, check=False).returncode != 0:
        return [f"{point} {n}: the ingest could not be resumed"]
    found = [f"{point} {n}: {loss}" for loss in losses(Settings(data_dir=data), expected)]
    shutil.rmtree(data)
    return found


def flushes(root: Path, docs: Path, expected: str, counts: dict[str, int], count: int, seed: int) -> list[str]:
    """Kill at so many random hits of the points that write, and a moment after them, while what was written is on its way."""
    chance = random.Random(seed)
    points = [point for point in WRITES if counts.get(point)]
    found = []
    for number in range(count):
        point = points[number % len(points)]
        n = chance.randint(1, counts[point])
        found += run_case(root, docs, expected, point, n, after=chance.choice((0.0, 0.0002, 0.001, 0.005, 0.02)))
    return found


def _command(data: Path, docs: Path, point: str, n: int) -> list[str]:
    return [sys.executable, "-m", "tests.torture.crash", str(data), str(docs), point, str(n)]


def main(data: Path, docs: Path, point: str, n: int, after: float = 0.0) -> None:
    """Ingest and rebuild, counting every point, and die at the chosen one or so many seconds after it."""
    from advisor import index
    from advisor.embedding import open_embedding
    from ingest.build import ingest

    hits: Counter[str] = Counter()

    def hit(name: str) -> None:
        hits[name] += 1
        if name == point and hits[name] == n:
            if after:
                threading.Timer(after, os.kill, (os.getpid(), signal.SIGKILL)).start()
            else:
                os.kill(os.getpid(), signal.SIGKILL)

    _watch(hit)
    settings = Settings(data_dir=data)
    ingest([str(docs)], settings)
    with Ledger(settings.ledger_path) as ledger, ledger.writing():
        index.derive(ledger, settings, rebuild=True, model=open_embedding(settings).name)
    if point == "count":
        sys.stdout.write(json.dumps(hits) + "\n")


def _watch(hit: Callable[[str], None]) -> None:
    """Have every point call `hit` right before it happens."""
    from advisor import dense, lexical

    connect = sqlite3.connect

    def connected(*arguments: Any, **named: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **named)
        if "ledger" in str(arguments[0]):
            connection.set_trace_callback(lambda statement: hit(statement.split(None, 1)[0].strip(";").upper()))
        return connection

    sqlite3.connect = connected  # type: ignore[assignment]
    owners: Iterable[tuple[Any, str, str]] = (
        (Path, "mkdir", "mkdir"), (Path, "write_text", "write_text"), (Path, "rename", "rename"), (shutil, "rmtree", "rmtree"),
        (lexical.LexicalIndex, "build", "lexical"), (dense, "write", "dense"),
    )  # fmt: skip
    for owner, attribute, name in owners:
        _wrap(owner, attribute, partial(hit, name))


def _wrap(owner: Any, attribute: str, before: Callable[[], None]) -> None:
    real = getattr(owner, attribute)

    def wrapped(*arguments: Any, **named: Any) -> Any:
        before()
        return real(*arguments, **named)

    # A class method that is bound already stays bound; a plain method must find its object.
    setattr(owner, attribute, staticmethod(wrapped) if hasattr(real, "__self__") else wrapped)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), float((sys.argv[5:] or ["0"])[0]))
