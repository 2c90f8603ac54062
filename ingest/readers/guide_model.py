"""What a guide is: its sections, steps, missing values and facts, each with the line on which it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from advisor.errors import CorpusError
from advisor.schema import Fact, Source

KINDS = {
    "platform": "platforms",
    "option": "options",
    "path": "paths",
    "rule": "rules",
    "safety": "safety",
    "occupation": "occupations",
    "topic": "topics",
}
QUESTIONS = "Questions people ask"


@dataclass(frozen=True)
class Section:
    """A part of the body under one heading: `title`, `text`, the line of its heading, and that of its text."""

    title: str
    text: str
    line: int
    text_line: int = 0


@dataclass(frozen=True)
class NotFound:
    """A value that was looked for and not found: where it was searched, and where a reader can look."""

    key: str
    searched: str
    look: str
    line: int


@dataclass(frozen=True)
class Step:
    """One step of a skill path: hours, what comes before, cost, proof and resources (source ids)."""

    skill: str
    low: float
    high: float
    needs: tuple[str, ...] = ()
    cost_low: float = 0
    cost_high: float = 0
    currency: str = "USD"
    proof: str = ""
    resources: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True)
class FirstPaid:
    """The first paid work of a path: after which skill, what work, and the key of its pay fact."""

    after: str
    work: str
    pay: str = ""
    line: int = 0


@dataclass(frozen=True)
class Guide:
    """A typed guide, with the line on which each part stands.

    Attributes:
        fact_lines: Line of each fact, in the order of `facts`.
        source_lines: Line of each source by its id.
        lines: Lines of the top fields, and `aliases.0` for the first alias.
        problems: Everything wrong with the form; empty for a guide that can be used.
    """

    path: Path
    id: str
    kind: str
    name: str
    aliases: tuple[str, ...]
    family: str
    reviewed: date | None
    facts: tuple[Fact, ...]
    fact_lines: tuple[int, ...]
    not_found: tuple[NotFound, ...]
    sources: Mapping[str, Source]
    source_lines: Mapping[str, int]
    steps: tuple[Step, ...]
    first_paid: tuple[FirstPaid, ...]
    sections: tuple[Section, ...]
    questions: tuple[Section, ...]
    problems: tuple[CorpusError, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
