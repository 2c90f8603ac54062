"""Row 2: every file of the data folder damaged in six ways; an answer is the right one or a named error, never a wrong one.

As a child (`python -m tests.torture.damage STORE SEED`) it damages copies of a store and prints one line a case, so
that the parent sees a process that died.
"""

import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from advisor import Advisor, AdvisorError
from advisor.settings import Settings

KINDS = ("flip", "truncate", "empty", "delete", "garbage", "append")
QUESTIONS = (
    "How much does Examplia take from my earnings?",
    "When does Examplia pay me?",
    "How old must I be to join Examplia?",
)


def damage(path: Path, kind: str, chance: random.Random) -> None:
    """Damage one file in one way."""
    data = bytearray(path.read_bytes())
    if kind == "delete":
        path.unlink()
        return
    if kind == "flip":
        for _ in range(max(1, len(data) // 4096)):
            if data:
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    elif kind == "truncate":
        del data[chance.randrange(len(data) + 1) :]
    elif kind == "empty":
        data.clear()
    elif kind == "garbage":
        data[:] = chance.randbytes(len(data) or 100)
    else:
        data += chance.randbytes(512)
    path.write_bytes(data)


def answers(store: Path, corpus: Path) -> list[str]:
    """Return the answers of a store, read with its dense index; nothing is built."""
    with Advisor.open(Settings(data_dir=store, corpus_dir=corpus), build=False) as advisor:
        advisor.index.use_chroma()
        return [advisor.ask(question).text for question in QUESTIONS]


def _tell(line: dict[str, str]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main(store: Path, corpus: Path, seed: int) -> None:
    """Damage each file of a store in each way and print the outcome of each case."""
    right = answers(store, corpus)
    for path in sorted(p.relative_to(store) for p in store.rglob("*") if p.is_file()):
        for kind in KINDS:
            copy = Path(tempfile.mkdtemp())
            shutil.copytree(store, copy, dirs_exist_ok=True)
            damage(copy / path, kind, random.Random(f"{seed} {path} {kind}"))
            _tell({"file": str(path), "kind": kind, "outcome": "begun"})
            try:
                outcome = "right" if answers(copy, corpus) == right else "WRONG"
            except AdvisorError as error:
                outcome = type(error).__name__
            except Exception as error:  # noqa: BLE001 - an error without a name of ours is what is looked for
                outcome = f"UNTYPED {type(error).__name__}: {error}"
            _tell({"file": str(path), "kind": kind, "outcome": outcome})
            shutil.rmtree(copy, ignore_errors=True)


def run(store: Path, corpus: Path, seed: int) -> tuple[Counter[str], list[str]]:
    """Return how often each outcome came and the cases that break the promise."""
    command = [sys.executable, "-m", "tests.torture.damage", str(store), str(corpus), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    ended = [line for line in lines if line["outcome"] != "begun"]
    bad = [f"{x['file']} {x['kind']}: {x['outcome']}" for x in ended if x["outcome"].startswith(("WRONG", "UNTYPED"))]
    if done.returncode != 0 or not ended:
        bad.append(
            f"the process ended with {done.returncode} at {lines[-1] if lines else 'its start'}: {done.stderr[-300:]}"
        )
    return Counter(line["outcome"].split(":")[0] for line in ended), bad


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
