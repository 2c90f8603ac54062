"""Skill data: ESCO skills of a sentence, job titles to O*NET occupations, ingest, job posts, swaps, on data of others.

    python -m benchmarks.skills DATA [--folder FOLDER] [--json]

DATA is the folder with `skill_extraction`, `retrieval/onet-titles`, `esco_1_2_0`, `onet_29_2` and `jobs`. Everything is
taken in afresh into a folder that is deleted afterwards, which takes about five minutes; with `--folder`, a data folder
into which it was taken before is used and the ingest is not measured.

RP@5 is R-precision at 5: right labels among the first
five over the smaller of five and the number of right labels. The plain way, in the same run, is the cosine of the
sentence with each of the 13,896 labels. Job titles that are asked for are never among the titles that are searched; the
second figure shows what it is when the release's own alternate titles are all used, which hold every one of them.

Published systems that were trained for this on sentences written by a language model say how far above distant
supervision they are: 15 to 25 points of RP@5 (Decorte et al. 2023, arXiv:2307.10778), 10 points of RP@10 and 22 with
GPT-4 as judge (Clavié and Soulié 2023, arXiv:2307.03539). Nothing here was trained on skills.
"""

import argparse
import csv
import json
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from advisor import occupations, recognise, skills
from advisor.embedding import MiniLM
from advisor.lexical import LexicalIndex
from benchmarks import retrieval, skill_data
from benchmarks.retrieval import embedded, measure, read_jsonl, read_qrels

_NO_LABEL = {"LABEL NOT PRESENT", "UNDERSPECIFIED", ""}


def sentences(path: Path, labels: set[str]) -> dict[str, set[str]]:
    """Return each sentence with its right labels; sentences without one are left out."""
    found: dict[str, set[str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["label"] not in _NO_LABEL and row["label"] in labels:
                found.setdefault(row["sentence"], set()).add(row["label"])
    return found


def label_index(labels: Sequence[str], graph: Path, embedding: MiniLM) -> recognise.NameIndex:
    """Return the index of the given labels with the other names that the graph has for them."""
    place = {label: number for number, label in enumerate(labels)}
    with skills.opened(graph) as connection:
        rows = connection.execute(
            "SELECT s.label, n.name FROM skills s JOIN names n ON n.skill = s.id WHERE s.source = 'esco'"
        )
        others = sorted((place[label], name) for label, name in rows if label in place)
    vectors = np.vstack([embedded(labels, embedding), embedded([name for _, name in others], embedding)])
    return recognise.name_index(labels, labels, others, vectors)


def precision(ranked: Sequence[int], right: set[str], labels: Sequence[str]) -> float:
    """Return R-precision at 5."""
    return sum(labels[place] in right for place in ranked[:5]) / min(5, len(right))


def skill_figures(data: Path, graph: Path) -> list[dict[str, Any]]:
    """Return RP@5 of both ways for each set."""
    embedding = MiniLM()
    labels = [
        line.strip()
        for line in (data / "skill_extraction" / "skills_en_label.txt").read_text().splitlines()
        if line.strip()
    ]
    index = label_index(labels, graph, embedding)
    words = LexicalIndex.build((str(place), label, "", label) for place, label in enumerate(labels))
    rows = []
    for name in ("tech_test", "house_test", "tech_validation", "house_validation"):
        given = sentences(data / "skill_extraction" / f"{name}_annotations.csv", set(labels))
        plain = lexical = ours = 0.0
        for text, right in given.items():
            spans = recognise.clauses(text)
            vectors = embedding.embed([recognise.bare(text[start:end]) for start, end in spans])
            whole = embedding.embed([text])[0]
            plain += precision(
                np.argsort(-(index.vectors[: len(labels)] @ whole), kind="stable").tolist()[:5], right, labels
            )
            lexical += precision([int(found) for found, _ in words.search(text, 5)], right, labels)
            total, _ = recognise.scores(index, text, vectors)
            ours += precision(np.argsort(-total, kind="stable").tolist()[:5], right, labels)
        count = len(given)
        rows.append(
            {
                "set": name,
                "sentences": count,
                "lexical": round(lexical / count, 4),
                "plain": round(plain / count, 4),
                "rp5": round(ours / count, 4),
                "times": round(ours / plain, 3),
            }
        )
    return rows


def title_figures(data: Path, graph: Path) -> list[dict[str, Any]]:
    """Return nDCG@10 of titles to occupations, without the titles that are asked for and with all of the release."""
    folder = data / "retrieval" / "onet-titles"
    texts = {item["_id"]: item["text"] for item in read_jsonl(folder / "queries.jsonl")}
    qrels = {query: judged for query, judged in read_qrels(folder / "qrels").items() if query in texts}
    embedding = MiniLM()
    order = list(qrels)
    vectors = dict(zip(order, embedded([texts[query] for query in order], embedding), strict=True))
    rows = []
    # What a title carries in brackets is another way to ask for it, so that is left out as well.
    short = (inside for text in texts.values() for inside in re.findall(r"\((.*?)\)", text))
    asked = frozenset(occupations.fold(text) for text in (*texts.values(), *short))
    for name, without in (("without the titles asked for", asked), ("all titles of the release", frozenset[str]())):
        with skills.opened(graph) as connection:
            index = occupations.build(connection, "onet", embedding.name, without)

        def rank(query: str, index: occupations.TitleIndex = index) -> list[str]:
            return [
                index.occupations[place][1]
                for place, _, _ in occupations.ranked(index, texts[query], vectors[query], 100)
            ]

        rows.append({"titles": name, "searched": len(index.titles), **measure(qrels, texts, rank)})
    return rows


def figures(data: Path, folder: Path, *, fresh: bool) -> dict[str, Any]:
    """Return every figure; with `fresh`, the data is taken in first and that is measured too."""
    found: dict[str, Any] = {"ingest": skill_data.taken_in(data, folder)} if fresh else {}
    graph = skills.path_in(folder)
    stock = retrieval.evaluate(data / "retrieval" / "onet-titles", MiniLM())
    return found | {
        "skills": skill_figures(data, graph),
        "titles": title_figures(data, graph),
        "titles_plain": stock["dense"],
        "titles_lexical": stock["lexical"],
        "jobs": skill_data.ranking(folder),
        "swaps": skill_data.swaps(folder),
    }


PUBLISHED = (
    "published: +15 to 25 RP@5 over distant supervision, trained on a language model's sentences (Decorte et al. 2023, arXiv:2307.10778); zero-shot +10, "
    "with re-ranking by a large model +22 RP@10 over it (Clavié and Soulié 2023, arXiv:2307.03539)"
)
"""As the abstracts say; other baselines and for the second another measure, so they stand beside ours and are not compared."""


def table(found: dict[str, Any]) -> list[str]:
    """Return the figures as lines: what, ours, what it is compared with."""
    lines = [f"{'what':58} {'ours':>8}  next to"]

    def line(what: str, ours: object, other: str) -> None:
        lines.append(f"{what:58} {ours!s:>8}  {other}")

    if row := found.get("ingest"):
        both = row["onet_seconds"] + row["esco_seconds"]
        line("O*NET and ESCO taken in, s", round(both, 1), f"at most 900; O*NET again {row['onet_again_seconds']}")
        line("answer meanwhile, p95 ms", row["meanwhile_p95_ms"], f"{row['asked_meanwhile']} questions asked")
        line("questions whose five first passages changed", row["top_five_changed"], f"of {row['questions']}")
        line("18,600 job posts taken in, s", row["jobs_seconds"], "at most 360")
    for row in found["skills"]:
        line(
            f"{row['set']}, {row['sentences']} sentences, RP@5",
            f"{row['rp5']:.3f}",
            f"MiniLM {row['plain']:.3f} (x {row['times']:.2f}), lexical {row['lexical']:.3f}",
        )
    plain = {row["set"]: 100 * (row["rp5"] - row["plain"]) for row in found["skills"]}
    line(
        "points of RP@5 over labels alone, TECH and HOUSE test",
        " ".join(f"+{plain[name]:.0f}" for name in ("tech_test", "house_test")),
        PUBLISHED,
    )
    for row in found["titles"]:
        line(
            f"onet-titles, {row['titles']}, nDCG@10",
            f"{row['ndcg10']:.3f}",
            f"MiniLM {found['titles_plain']['ndcg10']:.3f}, lexical {found['titles_lexical']['ndcg10']:.3f}",
        )
    row = found["jobs"]
    line("distinct job posts", row["posts"], "5,051")
    line("profile to 20 ranked posts, warm, p50 ms", row["p50_ms"], f"at most 100; p95 {row['p95_ms']}")
    row = found["swaps"]
    line("CVs with name, age, gender, nationality swapped, same", row["same"], f"of {row['pairs']} pairs")
    return lines


def main(arguments: Sequence[str]) -> int:
    """Print the figures.

    Returns:
        0, or 1 when the data is not there.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    if not (given.data / "skill_extraction").is_dir():
        sys.stderr.write(f"{str(given.data / 'skill_extraction')!r} is not there.\n")
        return 1
    if given.folder is not None:
        found = figures(given.data, given.folder, fresh=False)
    else:
        with tempfile.TemporaryDirectory() as folder:
            found = figures(given.data, Path(folder), fresh=True)
    print(json.dumps(found) if given.json else "\n".join(table(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
