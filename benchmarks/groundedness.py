"""Measure how well `supported` tells backed claims from others, next to plain token overlap.

Data: BEGIN (responses of dialogue systems against the knowledge they were given; backed means "Fully attributable")
and Climate-FEVER (claims against single evidence sentences; backed means SUPPORTS). "begin-altered" holds the backed
BEGIN responses that have a number or a plain verb next to themselves with that number changed or that verb negated:
what a fluent model gets wrong. The threshold is chosen for F1 on one half of each set and reported on the other.

    python -m benchmarks.groundedness [FOLDER] [--json]
"""

import argparse
import csv
import json
import random
import re
import time
from collections.abc import Callable
from pathlib import Path

from advisor.answer.support import supported

Example = tuple[str, str, bool]
DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "groundedness"


def begin(path: Path) -> list[Example]:
    """Return (response, knowledge, fully attributable) of one BEGIN file."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        (row["response"], row["knowledge"], row["begin_label"].strip() == "Fully attributable")
        for row in rows
        if row["begin_label"]
    ]


def climate_fever(path: Path) -> list[Example]:
    """Return (claim, evidence sentence, supports) of Climate-FEVER."""
    examples = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        examples += [(row["claim"], one["evidence"], one["evidence_label"] == "SUPPORTS") for one in row["evidences"]]
    return examples


def altered(examples: list[Example]) -> list[Example]:
    """Return backed claims next to themselves with a number changed or a verb negated."""
    pairs: list[Example] = []
    for claim, evidence, backed in examples:
        wrong = re.sub(r"\d+", lambda found: str(int(found.group()) + 3), claim, count=1)
        if wrong == claim:
            wrong = re.sub(r"\b(is|are|was|were|has been|can|will)\b(?! not)", r"\1 not", claim, count=1)
        if backed and wrong != claim:
            pairs += [(claim, evidence, True), (wrong, evidence, False)]
    return pairs


def overlap(claim: str, evidence: str) -> float:
    """Return the share of the claim's tokens that occur in the evidence: the baseline."""
    said = set(re.findall(r"\w+", claim.lower()))
    return len(said & set(re.findall(r"\w+", evidence.lower()))) / len(said) if said else 0.0


def figures_at(threshold: float, scored: list[tuple[float, bool]]) -> tuple[float, float, float]:
    """Return precision, recall and F1 of calling everything at or above the threshold backed."""
    hits = sum(backed for score, backed in scored if score >= threshold)
    said = sum(score >= threshold for score, _ in scored)
    backed_count = sum(backed for _, backed in scored)
    precision, recall = hits / max(said, 1), hits / max(backed_count, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def auc(scored: list[tuple[float, bool]]) -> float:
    """Return the chance that a backed claim scores above one that is not (ties count half)."""
    ranked = sorted(scored)
    total, index = 0.0, 0
    while index < len(ranked):
        end = index
        while end < len(ranked) and ranked[end][0] == ranked[index][0]:
            end += 1
        total += sum(backed for _, backed in ranked[index:end]) * (index + end + 1) / 2
        index = end
    good = sum(backed for _, backed in scored)
    bad = len(scored) - good
    return (total - good * (good + 1) / 2) / max(good * bad, 1)


def measure(score: Callable[[str, str], float], examples: list[Example]) -> tuple[float, ...]:
    """Return threshold (from the first half), precision, recall, F1 and AUC (on the second), ms per claim."""
    started = time.perf_counter()
    scored = [(score(claim, evidence), backed) for claim, evidence, backed in examples]
    cost = (time.perf_counter() - started) / max(len(examples), 1) * 1000
    half = len(scored) // 2
    threshold = max((step / 100 for step in range(101)), key=lambda step: figures_at(step, scored[:half])[2])
    return threshold, *figures_at(threshold, scored[half:]), auc(scored[half:]), cost


def main() -> None:
    """Print one line for each set and scorer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=DATA)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sets: dict[str, list[Example]] = {path.stem: begin(path) for path in sorted(options.folder.glob("begin_*.tsv"))}
    if sets:
        sets["begin (all)"] = [example for examples in sets.values() for example in examples]
        sets["begin-altered"] = altered(sets["begin (all)"])
    for path in options.folder.glob("climate-fever.jsonl"):
        sets["climate-fever"] = climate_fever(path)
    if not sets:
        raise SystemExit(f"No begin_*.tsv or climate-fever.jsonl in {options.folder}: give their folder.")
    columns = ("threshold", "precision", "recall", "f1", "auc", "ms")
    rows = []
    for name, examples in sets.items():
        random.Random(7).shuffle(examples)
        for scorer, score in (("token overlap", overlap), ("supported", supported)):
            values = dict(zip(columns, measure(score, examples), strict=True))
            backed = sum(example[2] for example in examples)
            rows.append({"set": name, "claims": len(examples), "backed": backed, "scorer": scorer, **values})
    if options.json:
        print(json.dumps(rows))
        return
    print(f"{'set':16} {'claims':>6} {'backed':>6} {'scorer':14}", *(f"{column:>9}" for column in columns))
    for row in rows:
        numbers = " ".join(f"{row[column]:9.3f}" for column in columns)
        print(f"{row['set']:16} {row['claims']:6} {row['backed']:6} {row['scorer']:14} {numbers}")


if __name__ == "__main__":
    main()
