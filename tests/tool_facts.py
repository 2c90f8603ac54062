"""The facts and guides of the bundled corpus, read straight from the files, for tests of tools."""

from dataclasses import asdict
from functools import lru_cache
from typing import Any

from advisor.corpus import corpus_guides
from advisor.facts import Facts
from advisor.schema import Fact, FirstPaid, Step, Subject
from advisor.settings import load
from ingest.readers.guide import read_guide


@lru_cache(maxsize=1)
def corpus_facts() -> Facts:
    """Return every fact of the corpus with what its guides are about."""
    facts: list[Fact] = []
    subjects: list[Subject] = []

    def plain(part: Any) -> dict[str, Any]:
        return {key: value for key, value in asdict(part).items() if key != "line"}

    for path in corpus_guides(load().corpus_dir):
        guide = read_guide(path)
        facts += guide.facts
        subjects.append(
            Subject(
                id=guide.id,
                name=guide.name,
                kind=guide.kind,
                family=guide.family,
                aliases=guide.aliases,
                steps=tuple(Step(**plain(step)) for step in guide.steps),
                first_paid=tuple(FirstPaid(**plain(item)) for item in guide.first_paid),
            )
        )
    return Facts(facts, subjects)
