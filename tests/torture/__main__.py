"""Run a promise in its long form: `python -m tests.torture [ROW] [N] [SEED]`; all rows without a name.

Every result is appended to `.cache/torture.jsonl` with its seed, so a run that was stopped goes on with the next seed.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from advisor import Advisor, Settings
from benchmarks import kills
from tests.guides import write_corpus
from tests.scripted_server import ScriptedServer
from tests.torture import crash, crossing, damage, disk, hostile, injection, mutants

STEPS = [100]
"""Steps of one run of the model of the store: `python -m tests.torture model RUNS STEPS [SEED]`."""
LOG = Path(".cache/torture.jsonl")
DEFAULTS = {
    "crash": 0,
    "kills": 1000,
    "damage": 5,
    "model": 2000,
    "disk": 0,
    "writers": 10_000,
    "crossing": 10_000,
    "injection": 2500,
    "hostile": 10_000,
    "flushes": 300,
    "mutants": 10_000,
}


def main(arguments: Sequence[str]) -> int:
    """Run one row or all.

    Returns:
        The number of failures.
    """
    rows = [arguments[0]] if arguments else list(DEFAULTS)
    given = list(arguments)
    if rows == ["model"] and len(given) > 2:
        STEPS[0] = int(given.pop(2))
    seed = int(given[2]) if len(given) > 2 else _next_seed()
    bad = 0
    for row in rows:
        if row not in DEFAULTS:
            sys.stderr.write(f"{row!r} is no row; the rows are {', '.join(DEFAULTS)}.\n")
            return 1
        count = int(arguments[1]) if len(arguments) > 1 else DEFAULTS[row]
        start = time.monotonic()
        done, failures = ROWS[row](count, seed)
        line = {
            "row": row,
            "n": done,
            "failures": failures,
            "seed": seed,
            "minutes": round((time.monotonic() - start) / 60, 1),
        }
        LOG.parent.mkdir(exist_ok=True)
        with LOG.open("a") as log:
            log.write(json.dumps(line) + "\n")
        sys.stdout.write(json.dumps(line) + "\n")
        bad += len(failures)
    return bad


def _next_seed() -> int:
    used = [json.loads(line)["seed"] for line in LOG.read_text().splitlines()] if LOG.exists() else []
    return max(used, default=20261122) + 1


def _crash(_count: int, _seed: int) -> tuple[int, list[str]]:
    with crash.prepared() as (root, docs, expected, counts):
        cases = list(crash.cases(counts))
        return len(cases), [loss for point, n in cases for loss in crash.run_case(root, docs, expected, point, n)]


def _kills(count: int, seed: int) -> tuple[int, list[str]]:
    lost = kills.main([str(count), str(seed)])
    return count, [f"{lost} stores lost something"] if lost else []


def _damage(count: int, seed: int) -> tuple[int, list[str]]:
    total, failures = 0, []
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        settings = Settings(data_dir=root / "data", corpus_dir=write_corpus(root / "corpus"))
        with Advisor.open(settings) as advisor:
            advisor.build_dense()
        for one in range(seed, seed + count):
            outcomes, bad = damage.run(settings.data_dir, settings.corpus_dir, one)
            total += sum(outcomes.values())
            failures += bad
    return total, failures


def _model(count: int, seed: int) -> tuple[int, list[str]]:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "tests/test_torture.py",
        "-k",
        "dictionary",
        f"--hypothesis-seed={seed}",
    ]
    environment = {**os.environ, "TORTURE_RUNS": str(count), "TORTURE_STEPS": str(STEPS[0])}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return count, [] if done.returncode == 0 else [done.stdout[-2000:]]


def _disk(_count: int, _seed: int) -> tuple[int, list[str]]:
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        corpus = write_corpus(root / "corpus")
        docs = root / "docs"
        docs.mkdir()
        for number in range(30):
            (docs / f"d{number:02}.txt").write_text(f"Document {number} tells of harbour {number}. " * 200)
        with disk.small_disk(root / "disk", "16m") as mounted:
            if mounted is None:
                return 0, ["mounting a small file system is not allowed here"]
            settings = Settings(data_dir=mounted / "data", corpus_dir=corpus)
            steps = (0, 1024, 4096, 16_384, 65_536, 131_072, 262_144, 524_288, 1_048_576, 2_097_152, 4_194_304)
            failures = [problem for free in steps for problem in disk.full(settings, mounted, docs, free)]
        return 5 * len(steps), failures + disk.shut_folder(corpus)


def _writers(count: int, _seed: int) -> tuple[int, list[str]]:
    with tempfile.TemporaryDirectory() as temporary:
        return count, disk.two_writers(Path(temporary), count)[1]


def _crossing(count: int, seed: int) -> tuple[int, list[str]]:
    return count, crossing.long(count, seed)


def _injection(count: int, seed: int) -> tuple[int, list[str]]:
    from tests.test_injection import ATTACKS

    server = ScriptedServer().start()
    try:
        with tempfile.TemporaryDirectory() as temporary:
            root = Path(temporary)
            settings = Settings(data_dir=root / "data", corpus_dir=write_corpus(root / "corpus"))
            pairs = injection.attacks(count, seed, ATTACKS)
            obeyed, bad = injection.run(settings, root / "planted", pairs, server)
            sys.stdout.write(f"the model was given {obeyed} of {count} attacks and obeyed\n")
            return count, bad
    finally:
        server.stop()


def _hostile(count: int, seed: int) -> tuple[int, list[str]]:
    return count * len(hostile.FORMATS), [bad for form in hostile.FORMATS for bad in hostile.run(form, count, seed)]


def _flushes(count: int, seed: int) -> tuple[int, list[str]]:
    with crash.prepared() as (root, docs, expected, counts):
        return count, crash.flushes(root, docs, expected, counts, count, seed)


def _mutants(count: int, seed: int) -> tuple[int, list[str]]:
    """Return how many faults were tried and those that no test noticed, one in ten of which is no failure."""
    total, failures = 0, []
    for module, tried, noticed, alive in mutants.run(count, seed):
        sys.stdout.write("\n".join([f"{module}: {noticed} of {tried} noticed", *alive, ""]))
        sys.stdout.flush()
        total += tried
        failures += alive if noticed < 0.9 * tried or not tried else []
    return total, failures


ROWS: dict[str, Callable[[int, int], tuple[int, list[str]]]] = {
    "crash": _crash,
    "kills": _kills,
    "damage": _damage,
    "model": _model,
    "disk": _disk,
    "writers": _writers,
    "crossing": _crossing,
    "injection": _injection,
    "hostile": _hostile,
    "flushes": _flushes,
    "mutants": _mutants,
}


if __name__ == "__main__":
    sys.exit(min(1, main(sys.argv[1:])))
