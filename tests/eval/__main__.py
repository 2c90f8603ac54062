"""Ask the project's own questions, and questions from other fields, and print what holds: `make eval`."""

import json
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median

from advisor import Advisor, Settings
from tests.test_answers import OFF_TOPIC

QUESTIONS = Path(__file__).parent / "questions.jsonl"
TODAY = date(2026, 11, 23)


def main() -> int:
    """Print the figures and every question that fails.

    Returns:
        0.
    """
    asked = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    found = right = refused = 0
    failures, times = [], []
    with tempfile.TemporaryDirectory() as folder, Advisor.open(Settings(data_dir=Path(folder))) as advisor:
        advisor.ask("warm up", today=TODAY)
        for item in asked:
            plan = advisor.plan(item["question"], today=TODAY)
            passages = advisor.retrieval.retrieve(plan)[:5]
            has_subject = any(passage.chunk.subject == item["subject"] for passage in passages)
            start = time.perf_counter()
            answer = advisor.ask(item["question"], today=TODAY)
            times.append((time.perf_counter() - start) * 1000)
            holds = all(text in answer.text for text in item["contains"])
            found, right, refused = found + has_subject, right + holds, refused + answer.abstained
            if not holds:
                failures.append(f"{item['question']!r} ({item['subject']}): {answer.text[:110]!r}")
        known = [question for question in OFF_TOPIC if not advisor.ask(question, today=TODAY).abstained]
    times.sort()
    lines = [
        f"questions                        {len(asked)}",
        f"right subject in the first five  {found / len(asked):.0%}",
        f"answer holds what it must        {right / len(asked):.0%}",
        f"refused although covered         {refused / len(asked):.0%}",
        f"other fields answered as known   {len(known)} of {len(OFF_TOPIC)}",
        f"warm answer                      {median(times):.0f} ms p50, {times[int(len(times) * 0.95)]:.0f} ms p95",
        *(f"fails: {line}" for line in failures),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
