"""Judge the answers: `make eval` asks the project's own questions and questions from other fields and prints what holds.

Each line of `questions.jsonl` says what a right answer shows: `subject` (a guide, or several) among the first five passages, `contains`
(words or figures of the text), `tool` (and `slots`) that must be called, `refused` (nothing is known, or help is refused), `history`
(questions asked before). `--sheet FILE` writes every answer to one page for reading by eye; `--dev FILE` asks other questions for it.
"""

import argparse
import json
import re
import sys
import tempfile
import time
from collections import Counter
from datetime import date
from html import escape
from pathlib import Path
from statistics import median
from typing import Any

from advisor import Advisor, Answer, Settings
from tests.test_answers import OFF_TOPIC

QUESTIONS = Path(__file__).parent / "questions.jsonl"
PHRASINGS = Path(__file__).parent / "phrasings.jsonl"
TODAY = date(2026, 11, 23)
_SYLLABLE = re.compile(r"[aeiouy]+", re.IGNORECASE)


def _same(found: Any, wanted: Any) -> bool:
    """Return whether a slot holds the wanted value; 7.50 is 7.5."""
    try:
        return abs(float(str(found)) - float(str(wanted))) < 1e-9
    except ValueError:
        return str(found) == str(wanted)


def main(arguments: list[str] | None = None) -> int:
    """Print the figures and every question that fails.

    Returns:
        0.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sheet", type=Path, help="write every answer to an HTML page")
    parser.add_argument("--dev", type=Path, help="a JSON-lines file of further questions for the sheet")
    options = parser.parse_args(arguments)
    asked = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines() if line.strip()]
    phrasings = [json.loads(line) for line in PHRASINGS.read_text(encoding="utf-8").splitlines() if line.strip()]
    counts: Counter[str] = Counter()
    failures: list[str] = []
    times: list[float] = []
    shown: list[tuple[str, Answer]] = []
    with tempfile.TemporaryDirectory() as folder, Advisor.open(Settings(data_dir=Path(folder))) as advisor:
        advisor.ask("warm up", today=TODAY)
        for item in asked:
            _judge(advisor, item, counts, failures, times, shown)
        for item in phrasings:
            _judge_phrasing(advisor, item, counts, failures)
        known = [question for question in OFF_TOPIC if not advisor.ask(question, today=TODAY).abstained]
        if options.dev and options.dev.is_file():
            for line in options.dev.read_text(encoding="utf-8").splitlines():
                question = json.loads(line)["question"]
                shown.append((question, advisor.ask(question, today=TODAY)))
    times.sort()
    answers = [answer for _, answer in shown if not answer.abstained]
    words = [len(answer.text.split()) for answer in answers] or [0]
    lines = [
        f"questions                          {len(asked)}",
        _share("right subject among the first five", counts, "subject"),
        _share("answer holds what it must", counts, "contains"),
        _share("right tool", counts, "tool"),
        _share("right slots", counts, "slots"),
        _share("phrasings: right tool", counts, "phrasing"),
        _share("phrasings: right slots", counts, "phrasing slots"),
        _share("refused although covered", counts, "refused wrongly"),
        _share("answered although it must refuse", counts, "answered wrongly"),
        f"other fields answered as known     {len(known)} of {len(OFF_TOPIC)}",
        f"sentences with a figure and no source {sum(_bare(answer) for answer in answers)}",
        f"length                             {median(words):.0f} words at the middle, grade {median(_grade(a.text) for a in answers):.1f}",
        f"warm answer                        {median(times):.0f} ms p50, {times[int(len(times) * 0.95)]:.0f} ms p95",
        *(f"fails: {line}" for line in failures),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    if options.sheet:
        options.sheet.write_text(_sheet(shown), encoding="utf-8")
    return 0


def _judge(
    advisor: Advisor,
    item: dict[str, Any],
    counts: Counter[str],
    failures: list[str],
    times: list[float],
    shown: list[tuple[str, Answer]],
) -> None:
    history = [{"role": "user", "content": text} for text in item.get("history", ())]
    question = item["question"]
    start = time.perf_counter()
    answer = advisor.ask(question, history=history, today=TODAY)
    times.append((time.perf_counter() - start) * 1000)
    plan = advisor.plan(question, history=history, today=TODAY)
    shown.append((question, answer))

    def note(name: str, *, holds: bool, found: object) -> None:
        counts[f"{name} of"] += 1
        counts[name] += holds
        if not holds:
            failures.append(f"{name}: {question!r} {str(found)[:120]!r}")

    if item.get("refused"):
        counts["answered wrongly of"] += 1
        helps = answer.abstained or bool(plan.care)
        counts["answered wrongly"] += not helps
        if not helps:
            failures.append(f"must refuse: {question!r} {answer.text[:110]!r}")
        return
    counts["refused wrongly of"] += 1
    counts["refused wrongly"] += answer.abstained
    if "subject" in item:
        wanted = [item["subject"]] if isinstance(item["subject"], str) else item["subject"]
        passages = advisor.retrieval.retrieve(plan)[:5]
        note(
            "subject", holds=any(p.chunk.subject in wanted for p in passages), found=[p.chunk.subject for p in passages]
        )
    if item.get("contains"):
        note("contains", holds=all(text in answer.text for text in item["contains"]), found=answer.text)
    if "tool" in item:
        calls = {call.tool: call.arguments for call in plan.calls}
        note("tool", holds=item["tool"] in calls if item["tool"] else not calls, found=list(calls))
        if item.get("slots") and item["tool"] in calls:
            given = calls[item["tool"]]
            holds = all(_same(given.get(name), value) for name, value in item["slots"].items())
            note("slots", holds=holds, found={name: str(given.get(name)) for name in item["slots"]})


def _judge_phrasing(advisor: Advisor, item: dict[str, Any], counts: Counter[str], failures: list[str]) -> None:
    """Note whether a tool question in somebody's own words calls its tool, and whether the slots hold what the words say."""
    results = {result.tool: result.input for result in advisor.ask(item["question"], today=TODAY).results}
    counts["phrasing of"] += 1
    counts["phrasing"] += item["tool"] in results
    if item["tool"] not in results:
        failures.append(f"phrasing: {item['tool']} {item['question']!r} {list(results)}")
        return
    names = {_fold(name): guide.id for guide in advisor.facts.guides.values() for name in (guide.id, guide.name)}
    given = results[item["tool"]]
    # What no guide is about cannot be filled, and a story told is given whole.
    wanted = {
        name: value
        for name, value in item["slots"].items()
        if not (name in {"platform", "target"} and _fold(str(value)) not in names) and name != "text"
    }
    if not wanted:
        return
    wrong = {name: (value, given.get(name)) for name, value in wanted.items() if not _like(given.get(name), value)}
    counts["phrasing slots of"] += 1
    counts["phrasing slots"] += not wrong
    if wrong:
        failures.append(f"phrasing slots: {item['tool']} {item['question']!r} {wrong}")


def _fold(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", text.lower())


def _like(found: Any, wanted: Any) -> bool:
    """Return whether a slot holds what was said; of lists each wanted thing must be there, in these or wider words."""
    if isinstance(wanted, list):
        there = list(found) if isinstance(found, (list, tuple)) else []
        return all(any(_like(one, other) for one in there) for other in wanted)
    if isinstance(wanted, dict):
        # What a thing is called is a matter of taste.
        named = {name: value for name, value in wanted.items() if name not in {"name", "description"}}
        return isinstance(found, dict) and all(_like(found.get(name), value) for name, value in named.items())
    if isinstance(wanted, bool) or isinstance(found, bool) or isinstance(wanted, (int, float)):
        try:
            return abs(float(found) - float(wanted)) <= 0.01 * max(1.0, abs(float(wanted)))
        except (TypeError, ValueError):
            return False
    one, other = _fold(str(found)), _fold(str(wanted))
    return one == other or (len(min(one, other, key=len)) > 3 and (one in other or other in one))


def _share(label: str, counts: Counter[str], name: str) -> str:
    total = counts[f"{name} of"]
    return f"{label:34} {counts[name] / total:.0%} of {total}" if total else f"{label:34} none asked"


def _bare(answer: Answer) -> int:
    """Return how many sentences outside tool results state a figure without a source."""
    told = {line for result in answer.results for line in (*result.summary, *result.assumptions)}
    told_text = " ".join(told)
    found = 0
    for line in answer.text.splitlines():
        if re.fullmatch(r"\*[^*]+\*", line.strip()):
            continue  # the person's own words above each answer
        plain = line.strip().lstrip("-* ")
        if plain and plain not in told_text and re.search(r"\d", re.sub(r"\[\d+\]", "", plain)) and "[" not in plain:
            found += 1
    return found


def _grade(text: str) -> float:
    """Return the reading grade of a text (Flesch and Kincaid, 1975)."""
    sentences = max(1, len(re.findall(r"[.!?](?:\s|$)", text)))
    words = re.findall(r"[A-Za-z']+", text) or ["a"]
    syllables = sum(max(1, len(_SYLLABLE.findall(word))) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def _sheet(shown: list[tuple[str, Answer]]) -> str:
    rows = "".join(
        f"<h2>{escape(question)}</h2><pre>{escape(answer.text)}</pre><ol>"
        + "".join(
            f"<li>{escape(c.title)}, {escape(c.publisher)}, {escape(c.source_kind)}, {c.as_of} {escape(c.url)}</li>"
            for c in answer.citations
        )
        + "</ol>"
        for question, answer in shown
    )
    style = "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto}pre{white-space:pre-wrap;font:inherit}ol{color:#555;font-size:14px}"
    return f"<!doctype html><meta charset=utf-8><title>Answers</title><style>{style}</style>{rows}"


if __name__ == "__main__":
    sys.exit(main())
