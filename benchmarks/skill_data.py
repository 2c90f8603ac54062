"""What taking in skill data costs and changes: ingest times, answers meanwhile, guides found as before, job posts, swaps."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from advisor import Advisor, Settings, job_rank, jobs
from advisor.embedding import MiniLM
from advisor.recognise import recognise
from ingest.build import ingest
from tests.people import pairs

ROOT = Path(__file__).parent.parent
QUESTIONS = ROOT / "tests" / "eval" / "questions.jsonl"
PROFILES = (
    ("python", "sql", "excel"), ("graphic design", "figma"), ("customer service",), ("video editing", "motion-graphics"),
    ("wordpress", "seo-basics"), ("translation", "spanish"), ("bookkeeping-basics", "accounting-software"), ("data entry",),
)  # fmt: skip


def timed(arguments: Sequence[str], folder: Path, advisor: Advisor | None = None) -> tuple[float, list[float]]:
    """Return the seconds of a command, and those of questions that were asked while it ran.

    Raises:
        RuntimeError: When the command fails.
    """
    environment = {**os.environ, "GIG_ADVISOR_DATA_DIR": str(folder)}
    start = time.perf_counter()
    asked: list[float] = []
    with subprocess.Popen(
        [sys.executable, "-m", "advisor", *arguments], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:  # fmt: skip
        while process.poll() is None:
            if advisor is not None:
                begin = time.perf_counter()
                advisor.ask("How do I get paid by Upwork?")
                asked.append(time.perf_counter() - begin)
            time.sleep(0.5)
        if process.returncode:
            raise RuntimeError(f"{arguments} failed: {process.stderr.read().decode()[-500:] if process.stderr else ''}")
    return time.perf_counter() - start, asked


def top_fives(settings: Settings) -> dict[str, list[str]]:
    """Return the five first passages for every question of the test set."""
    questions = [json.loads(line)["question"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines() if line]
    with Advisor.open(settings) as advisor:
        return {
            question: [passage.chunk.id for passage in advisor.retrieval.retrieve(advisor.plan(question))[:5]]
            for question in questions
        }


def taken_in(data: Path, folder: Path) -> dict[str, Any]:
    """Take in the corpus, O*NET, ESCO and the job posts; return times, answers meanwhile, and what changed for guides."""
    settings = Settings(data_dir=folder)
    ingest([], settings)
    before = top_fives(settings)
    with Advisor.open(settings) as advisor:
        advisor.ask("How do I get paid by Upwork?")
        onet, asked = timed(["ingest", str(data / "onet_29_2"), "--as", "onet"], folder, advisor)
        esco, more = timed(["ingest", str(data / "esco_1_2_0"), "--as", "esco"], folder, advisor)
    again, _ = timed(["ingest", str(data / "onet_29_2"), "--as", "onet"], folder)
    posts, _ = timed(["ingest", str(data / "jobs" / "upwork_jobs.csv"), "--as", "jobs"], folder)
    after = top_fives(settings)
    asked = sorted([*asked, *more])
    return {
        "onet_seconds": round(onet, 1),
        "esco_seconds": round(esco, 1),
        "onet_again_seconds": round(again, 1),
        "jobs_seconds": round(posts, 1),
        "asked_meanwhile": len(asked),
        "meanwhile_p95_ms": round(1000 * asked[int(0.95 * (len(asked) - 1))], 1),
        "questions": len(before),
        "top_five_changed": sum(before[question] != after[question] for question in before),
    }


def ranking(folder: Path) -> dict[str, Any]:
    """Return how many distinct posts there are, and the milliseconds from a profile to 20 ranked posts, warm."""
    path, embedding = jobs.path_in(folder), MiniLM()
    job_rank.rank(path, PROFILES[0], embedding, 20)
    times = []
    for _ in range(5):
        for profile in PROFILES:
            start = time.perf_counter()
            job_rank.rank(path, profile, embedding, 20)
            times.append(1000 * (time.perf_counter() - start))
    times.sort()
    return {"posts": len(jobs.load(path)), "p50_ms": round(median(times), 1), "p95_ms": round(times[int(0.95 * (len(times) - 1))], 1)}  # fmt: skip


def swaps(folder: Path, count: int = 200) -> dict[str, int]:
    """Return in how many pairs of CVs name, age, gender and nationality made no difference."""
    settings, embedding = Settings(data_dir=folder), MiniLM()
    with Advisor.open(settings) as advisor:
        path_skills = {step.skill for guide in advisor.facts.guides.values() for step in guide.steps}

    def shape(text: str) -> list[tuple[str, float, int]]:
        found = recognise(text, path_skills, folder, embedding)
        return [(skill.id, skill.confidence, len(skill.evidence)) for skill in found]

    return {"pairs": count, "same": sum(shape(one) == shape(two) for one, two in pairs(count))}
