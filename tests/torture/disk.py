"""Row 3: a full disk, a folder that cannot be written, two writers: chat and search go on, errors are named, nothing is lost.

As a child (`python -m tests.torture.disk writer DATA NAME COUNT`) it stores documents, waiting for the other writer; as
`python -m tests.torture.disk shut DATA CORPUS` it reads and writes a folder that another user owns.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from advisor import Advisor, AdvisorError, Settings, erasure
from advisor.errors import LedgerBusyError
from advisor.ledger import Ledger, StoredDocument
from advisor.schema import Chunk
from advisor.web.signin import People
from advisor.web.store import Store
from ingest.build import ingest

QUESTION = "How much does Examplia take from my earnings?"
NOBODY = 65534
BATCH = 25
WRITER_SECONDS = 600.0


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path | None]:
    """Mount a file system of this size and yield its folder, or None where that is not allowed."""
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if (
        os.geteuid() != 0
        or shutil.which("mount") is None
        or subprocess.run(command, capture_output=True, check=False).returncode
    ):
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def filled_up(disk: Path, free: int) -> Iterator[None]:
    """Leave only so many bytes free."""
    state = os.statvfs(disk)
    filler = disk / "filler"
    with filler.open("wb") as file:
        left = state.f_bavail * state.f_frsize - free
        while left > 0:
            left -= file.write(b"\0" * min(left, 1 << 20))
    yield
    filler.unlink()


def told(work: Callable[[], object], settings: Settings) -> str:
    """Return what is wrong with the way a failure is told; an empty string when it is right, or nothing failed."""
    try:
        work()
    except AdvisorError as error:
        is_told = str(settings.data_dir) in str(error) and (
            "space" in str(error) or "writable" in str(error) or "disk" in str(error)
        )
        return "" if is_told else f"names no path or no need: {error}"
    except Exception as error:  # noqa: BLE001 - an error without a name of ours is what is looked for
        return f"UNTYPED {type(error).__name__}: {error}"
    return ""


def full(settings: Settings, disk: Path, docs: Path, free: int) -> list[str]:
    """Do everything that writes with so little space left, ask and search meanwhile, and return what went wrong."""
    bad: list[str] = []
    with Advisor.open(settings) as advisor:
        right = advisor.ask(QUESTION).text
        own = next(iter(erasure.own_documents(advisor.ledger)), "")
    before = _documents(settings)
    with filled_up(disk, free):
        works: dict[str, Callable[[], object]] = {
            "ingest": lambda: ingest([str(docs)], settings),
            "rebuild": lambda: ingest([str(docs)], settings, rebuild=True),
            "erase": lambda: erasure.erase_document(settings, own),
            "store": lambda: Store(settings.data_dir).save("conversation", "x", {"text": "word " * 50_000}),
            "people": lambda: People(settings.data_dir).add("Anna", "correct horse battery"),
        }
        for name, work in works.items():
            problem = told(work, settings)
            bad += [f"{name} with {free} bytes free {problem}"] if problem else []
            try:
                with Advisor.open(settings) as advisor:
                    advisor.build_dense()
                    if advisor.ask(QUESTION).text != right or not advisor.search("Examplia fee"):
                        bad.append(f"another answer after {name} with {free} bytes free")
            except Exception as error:  # noqa: BLE001 - whatever it is, the person got no answer
                bad.append(f"no answer after {name} with {free} bytes free: {type(error).__name__}: {error}")
    with Ledger(settings.ledger_path) as ledger:
        bad += ledger.check()
    bad += [f"{name} is lost" for name in before - _documents(settings) if name != own]
    return bad


def _documents(settings: Settings) -> set[str]:
    with Ledger(settings.ledger_path, read_only=True) as ledger:
        return {document.id for document in ledger.documents()}


def write(data: Path, name: str, count: int) -> int:
    """Store documents in batches, each under the write lock; return how often the other writer had to be waited for."""
    waited = 0
    end = time.monotonic() + WRITER_SECONDS
    with Ledger(Settings(data_dir=data).ledger_path) as ledger:
        for start in range(0, count, BATCH):
            while True:
                try:
                    with ledger.writing():
                        for number in range(start, min(count, start + BATCH)):
                            _put(ledger, f"{name}{number}")
                    break
                except LedgerBusyError:
                    waited += 1
                    if time.monotonic() > end:
                        raise
                    time.sleep(0.002)
    return waited


def _put(ledger: Ledger, name: str) -> None:
    text = f"document about harbour{name}"
    ledger.put_document(
        StoredDocument(name, f"/{name}", name, name),
        [Chunk(id=name, document=name, kind="document", title=name, heading="", text=text)],
    )


def two_writers(root: Path, count: int) -> tuple[int, list[str]]:
    """Let two processes write `count` documents in all to one ledger; return how often one waited and what was lost."""
    data = root / "shared"
    halves = {"a": (count + 1) // 2, "b": count // 2}
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.torture.disk", "writer", str(data), name, str(half)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for name, half in halves.items()
    ]
    said = [child.communicate()[0] for child in children]
    bad = [f"a writer ended with {child.returncode}" for child in children if child.returncode]
    with Ledger(Settings(data_dir=data).ledger_path) as ledger:
        expected = {f"{name}{number}" for name, half in halves.items() for number in range(half)}
        kept = ledger.chunks(expected)
        bad += ledger.check()
        bad += [
            f"{name} is lost"
            for name in expected
            if name not in kept or kept[name].text != f"document about harbour{name}"
        ]
        bad += [f"{document.id} is not ours" for document in ledger.documents() if document.id not in expected]
        with ledger.writing():
            ledger.put_vectors(
                "m", [(hashed, np.ones(4, dtype=np.float32)) for hashed, _ in ledger.missing_vectors("m")]
            )
    return sum(json.loads(line) for line in said if line.strip()), bad


def shut_folder(corpus: Path) -> list[str]:
    """Return what goes wrong for a user who may read the data folder and not write to it."""
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        root.chmod(0o755)
        copied = shutil.copytree(corpus, root / "corpus")
        for path in (copied, *copied.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        command = [sys.executable, "-m", "tests.torture.disk", "shut", str(root / "data"), str(copied)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return [f"the process ended with {done.returncode}: {done.stderr[-600:]}"]
        found: list[str] = json.loads(done.stdout.splitlines()[-1])
        return found


def _shut(data: Path, corpus: Path) -> list[str]:
    settings = Settings(data_dir=data, corpus_dir=corpus)
    note = data.parent / "note.txt"
    note.write_text("A note on harbours. " * 20)
    with Advisor.open(settings) as advisor:
        advisor.build_dense()
        right = advisor.ask(QUESTION).text
    ingest([str(note)], settings)
    note.write_text("Another note on harbours. " * 20)
    for path in (*data.rglob("*"), data):
        path.chmod(0o555 if path.is_dir() else 0o444)
    if os.geteuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    works: dict[str, Callable[[], object]] = {
        "ingest": lambda: ingest([str(note)], settings),
        "erase": lambda: erasure.erase_document(settings, str(note.resolve())),
        "store": lambda: Store(data).switch(on=True),
        "people": lambda: People(data).add("Anna", "correct horse battery"),
    }
    bad = [f"{name}: {problem}" for name, work in works.items() if (problem := told(work, settings))]
    bad += [f"{name} wrote where it may not" for name in ("people.json", "saved.sqlite3") if (data / name).exists()]
    with Advisor.open(settings) as advisor:
        advisor.build_dense()
        if advisor.ask(QUESTION).text != right or not advisor.search("harbours"):
            bad.append("another answer")
    return bad


def main(arguments: list[str]) -> None:
    """Run a child and print what it found."""
    if arguments[0] == "writer":
        found: object = write(Path(arguments[1]), arguments[2], int(arguments[3]))
    else:
        found = _shut(Path(arguments[1]), Path(arguments[2]))
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
