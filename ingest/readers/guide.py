"""Guides: Markdown with front matter, to facts, sections and questions, each problem with its line.

This reads and types a guide; the rules that need more than one field or more than one guide are in `ingest.check`.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from advisor.errors import CorpusError
from advisor.schema import Chunk, Fact, Source
from ingest.fact_text import fact_sentence, not_found_sentence, steps_text

KINDS = {
    "platform": "platforms",
    "option": "options",
    "path": "paths",
    "rule": "rules",
    "safety": "safety",
    "occupation": "occupations",
    "topic": "topics",
}
_TOP = {
    "id", "kind", "name", "aliases", "family", "reviewed", "facts", "not_found", "sources", "steps", "first_paid",
}  # fmt: skip
_FACT = {
    "key", "label", "low", "mid", "high", "text", "values", "unit", "per", "region", "scope", "since", "until",
    "population", "year", "basis", "source", "note",
}  # fmt: skip
_SOURCE = {"title", "publisher", "url", "source_kind", "published", "read", "licence"}
_STEP = {"skill", "low", "high", "needs", "cost_low", "cost_high", "currency", "proof", "resources"}
_FIRST_PAID = {"after", "work", "pay"}
_NOT_FOUND = {"key", "searched", "look"}

# Only the composer is used, values are made in `_scalar`; the C version is ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

QUESTIONS = "Questions people ask"
PROSE_CHARS = 900
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_LINK = re.compile(r"(?<!!)\[([^\]\n]+)\]\(([^)\s]+)\)")
_MARKER = re.compile(r"\[(s\d+)\]")


@dataclass(frozen=True)
class Section:
    """A part of the body under one heading: `title`, `text` and the line of its heading."""

    title: str
    text: str
    line: int


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
    """A typed guide, with the line on which each part stands."""

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


def is_guide(data: bytes, name: str) -> bool:
    """Return whether a file is a guide: Markdown whose front matter names an id and a kind."""
    head = data[:2000]
    return name.lower().endswith(".md") and head.startswith(b"---") and b"\nid:" in head and b"\nkind:" in head


def read_guide(path: Path) -> Guide:
    """Read and type a guide.

    Raises:
        CorpusError: The first problem found, with file and line.
    """
    guide = parse_guide(path)
    if guide.problems:
        raise guide.problems[0]
    return guide


def parse_guide(path: Path) -> Guide:
    """Read a guide and keep every problem of form in `problems`.

    Raises:
        CorpusError: When there is no front matter at all or it is not YAML.
    """
    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")
    if lines[0].strip() != "---" or "---" not in lines[1:]:
        raise CorpusError("a guide starts with front matter between two lines of `---`", str(path), 1)
    end = lines.index("---", 1)
    reader = _FrontMatter(str(path))
    top = reader.load("\n".join(lines[1:end]))
    sections, questions = _body(lines, end + 1)
    return reader.guide(path, top, sections, questions)


def _body(lines: list[str], start: int) -> tuple[list[Section], list[Section]]:
    sections: list[tuple[str, int, list[str]]] = []
    questions: list[tuple[str, int, list[str]]] = []
    target: list[str] | None = None
    in_questions = False
    for number, line in enumerate(lines[start:], start + 1):
        match = _HEADING.match(line)
        if match and len(match[1]) == 2:
            in_questions = match[2] == QUESTIONS
            sections.append((match[2], number, []))
            target = sections[-1][2]
        elif match and len(match[1]) == 3 and in_questions:
            questions.append((match[2], number, []))
            target = questions[-1][2]
        elif target is not None:
            target.append(line)
    made = [
        [Section(title, "\n".join(text).strip(), line) for title, line, text in part] for part in (sections, questions)
    ]
    return made[0], made[1]


class _FrontMatter:
    """Types the front matter of one guide and collects what is wrong with it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[CorpusError] = []

    def problem(self, message: str, line: int) -> None:
        self.problems.append(CorpusError(message, self.path, line))

    def load(self, text: str) -> "_Map":
        try:
            node = yaml.compose(text, Loader=_LOADER)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            raise CorpusError(
                f"the front matter is not YAML: {getattr(error, 'problem', error)}",
                self.path,
                mark.line + 2 if mark else 1,
            ) from error
        value = self._value(node) if node is not None else None
        if not isinstance(value, _Map):
            raise CorpusError("the front matter must be a mapping of fields", self.path, 2)
        return value

    def _value(self, node: Any) -> Any:
        line = node.start_mark.line + 2
        if isinstance(node, yaml.MappingNode):
            if node.flow_style:
                self.problem("write mappings in block style, one field a line; flow style hides wrong values", line)
            found = _Map(line)
            for key_node, value_node in node.value:
                key = str(key_node.value)
                if key in found:
                    self.problem(f"the field {key!r} stands twice", key_node.start_mark.line + 2)
                found[key] = self._value(value_node)
                found.lines[key] = key_node.start_mark.line + 2
            return found
        if isinstance(node, yaml.SequenceNode):
            if node.flow_style:
                self.problem("write lists in block style, one item a line; flow style cuts values at commas", line)
            return [self._value(item) for item in node.value]
        return _scalar(node)

    def fields(self, found: "_Map", allowed: set[str], what: str) -> None:
        for key in found:
            if key not in allowed:
                self.problem(f"{what} has no field {key!r}; allowed are {', '.join(sorted(allowed))}", found.lines[key])

    def text(self, found: "_Map", key: str, default: str = "") -> str:
        value = found.get(key, default)
        if not isinstance(value, str):
            self.problem(
                f"{key!r} must be text, found {value!r}; put it in double quotes", found.lines.get(key, found.line)
            )
            return default
        return value

    def number(self, found: "_Map", key: str) -> float | None:
        value = found.get(key)
        if value is None and key not in found:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.problem(f"{key!r} must be a plain number, found {value!r}", found.lines[key])
            return None
        return float(value)

    def day(self, found: "_Map", key: str) -> date | None:
        value = found.get(key)
        if value is not None and not isinstance(value, date):
            self.problem(f"{key!r} must be a date such as 2025-05-01, unquoted, found {value!r}", found.lines[key])
            return None
        return value

    def texts(self, found: "_Map", key: str) -> tuple[str, ...]:
        value = found.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.problem(f"{key!r} must be a list of texts, found {value!r}", found.lines.get(key, found.line))
            return ()
        return tuple(value)

    def maps(self, found: "_Map", key: str) -> list["_Map"]:
        value = found.get(key) or []
        if not isinstance(value, list) or not all(isinstance(item, _Map) for item in value):
            self.problem(f"{key!r} must be a list of mappings", found.lines.get(key, found.line))
            return []
        return value

    def guide(self, path: Path, top: "_Map", sections: list[Section], questions: list[Section]) -> Guide:
        self.fields(top, _TOP, "a guide")
        for needed in ("id", "kind", "name", "reviewed", "sources"):
            if needed not in top:
                self.problem(f"the field {needed!r} is missing", 2)
        guide_id, name = self.text(top, "id"), self.text(top, "name")
        sources, source_lines = self._sources(top)
        facts, fact_lines = self._facts(top, guide_id, name, sources)
        return Guide(
            path=path,
            id=guide_id,
            kind=self.text(top, "kind"),
            name=name,
            aliases=self.texts(top, "aliases"),
            family=self.text(top, "family"),
            reviewed=self.day(top, "reviewed"),
            facts=tuple(facts),
            fact_lines=tuple(fact_lines),
            not_found=tuple(self._not_found(top)),
            sources=sources,
            source_lines=source_lines,
            steps=tuple(self._steps(top)),
            first_paid=tuple(self._first_paid(top)),
            sections=tuple(sections),
            questions=tuple(questions),
            problems=tuple(self.problems),
            lines=dict(top.lines),
        )

    def _sources(self, top: "_Map") -> tuple[dict[str, Source], dict[str, int]]:
        found = top.get("sources")
        if not isinstance(found, _Map):
            self.problem("'sources' must be a mapping of ids to sources", top.lines.get("sources", 2))
            return {}, {}
        sources = {}
        for key, entry in found.items():
            line = found.lines[key]
            if not isinstance(entry, _Map):
                self.problem(f"the source {key!r} must be a mapping", line)
                continue
            self.fields(entry, _SOURCE, "a source")
            try:
                sources[key] = Source(
                    id=key,
                    title=self.text(entry, "title"),
                    publisher=self.text(entry, "publisher"),
                    url=self.text(entry, "url"),
                    source_kind=self.text(entry, "source_kind"),
                    published=self.day(entry, "published"),
                    read=self.day(entry, "read"),
                    licence=self.text(entry, "licence"),
                )
            except ValidationError as error:
                self.problem(f"the source {key!r}: {_first(error)}", line)
        return sources, dict(found.lines)

    def _facts(
        self, top: "_Map", guide_id: str, name: str, sources: Mapping[str, Source]
    ) -> tuple[list[Fact], list[int]]:
        facts: list[Fact] = []
        fact_lines: list[int] = []
        seen: dict[str, int] = {}
        for entry in self.maps(top, "facts"):
            self.fields(entry, _FACT, "a fact")
            source = sources.get(self.text(entry, "source"))
            if source is None:
                self.problem(
                    f"a fact needs a source; {entry.get('source')!r} is not under 'sources'",
                    entry.lines.get("source", entry.line),
                )
                continue
            values = {key: self.number(entry, key) for key in ("low", "mid", "high", "year")}
            texts = {
                k: self.text(entry, k)
                for k in ("key", "label", "text", "unit", "per", "scope", "population", "basis", "note")
            }
            region = self.text(entry, "region", "global")
            since, until = self.day(entry, "since"), self.day(entry, "until")
            identity = "#".join(
                (guide_id, texts["key"], texts["label"], region, texts["scope"], source.id, str(since or ""))
            )
            seen[identity] = seen.get(identity, 0) + 1
            fact_id = identity if seen[identity] == 1 else f"{identity}#{seen[identity]}"
            year = values.pop("year")
            try:
                facts.append(
                    Fact(
                        id=fact_id,
                        subject=guide_id,
                        subject_name=name,
                        region=region,
                        since=since,
                        until=until,
                        year=int(year) if year is not None else None,
                        values=self.texts(entry, "values"),
                        source=source,
                        **values,
                        **texts,
                    )
                )
                fact_lines.append(entry.line)
            except ValidationError as error:
                self.problem(f"a fact: {_first(error)}", entry.line)
        return facts, fact_lines

    def _not_found(self, top: "_Map") -> Iterator[NotFound]:
        for entry in self.maps(top, "not_found"):
            self.fields(entry, _NOT_FOUND, "a not_found entry")
            for needed in ("key", "searched", "look"):
                if not self.text(entry, needed):
                    self.problem(f"a not_found entry needs {needed!r}", entry.line)
            yield NotFound(self.text(entry, "key"), self.text(entry, "searched"), self.text(entry, "look"), entry.line)

    def _steps(self, top: "_Map") -> Iterator[Step]:
        for entry in self.maps(top, "steps"):
            self.fields(entry, _STEP, "a step")
            low, high = self.number(entry, "low"), self.number(entry, "high")
            if not self.text(entry, "skill") or low is None or high is None:
                self.problem("a step needs 'skill', 'low' and 'high' (hours of learning)", entry.line)
                continue
            yield Step(
                skill=self.text(entry, "skill"),
                low=low,
                high=high,
                needs=self.texts(entry, "needs"),
                cost_low=self.number(entry, "cost_low") or 0,
                cost_high=self.number(entry, "cost_high") or 0,
                currency=self.text(entry, "currency", "USD"),
                proof=self.text(entry, "proof"),
                resources=self.texts(entry, "resources"),
                line=entry.line,
            )

    def _first_paid(self, top: "_Map") -> Iterator[FirstPaid]:
        for entry in self.maps(top, "first_paid"):
            self.fields(entry, _FIRST_PAID, "a first_paid entry")
            yield FirstPaid(self.text(entry, "after"), self.text(entry, "work"), self.text(entry, "pay"), entry.line)


class _Map(dict[str, Any]):
    """A mapping that knows the line of each of its fields."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


_NUMBER = re.compile(r"^[-+]?\d+(\.\d+)?$")
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def _scalar(node: Any) -> Any:
    """Return a scalar as text, number, date, truth value or None, without YAML's surprises such as sexagesimals."""
    value = str(node.value)
    if node.style:
        return value
    if _NUMBER.match(value):
        return float(value) if "." in value else int(value)
    if _DAY.match(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    if value.lower() in {"true", "false", "yes", "no", "on", "off"}:
        return value.lower() in {"true", "yes", "on"}
    return None if value in {"", "~", "null"} else value


def _first(error: ValidationError) -> str:
    detail = error.errors()[0]
    return f"{'.'.join(str(part) for part in detail['loc'])} is {detail['input']!r}: {detail['msg']}"


# Chunks -------------------------------------------------------------------------------------------------------------


def _chunk_id(guide: Guide, kind: str, heading: str, ordinal: int) -> str:
    return hashlib.sha256("\x1f".join((guide.id, kind, heading, str(ordinal))).encode()).hexdigest()[:24]


def _plain(text: str) -> str:
    return _LINK.sub(r"\1", text).strip()


def _pieces(text: str) -> list[str]:
    """Return paragraphs joined to pieces of about `PROSE_CHARS`; lists stay with the line that introduces them."""
    pieces: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        part = paragraph.strip()
        if not part:
            continue
        if pieces and (len(pieces[-1]) + len(part) <= PROSE_CHARS or pieces[-1].endswith(":")):
            pieces[-1] = f"{pieces[-1]}\n\n{part}"
        else:
            pieces.append(part)
    return pieces


def guide_chunks(guide: Guide) -> list[Chunk]:
    """Cut a guide into chunks: one per question, per fact, per piece of prose; markers stay in the texts.

    Args:
        guide: A guide without problems.
    """
    chunks: list[Chunk] = []

    def add(kind: Any, heading: str, ordinal: int, text: str, **more: Any) -> None:
        cited = tuple(guide.sources[mark] for mark in dict.fromkeys(_MARKER.findall(text)) if mark in guide.sources)
        more.setdefault("sources", cited)
        chunks.append(
            Chunk(
                id=_chunk_id(guide, kind, heading, ordinal),
                document=guide.id,
                kind=kind,
                title=guide.name,
                heading=heading,
                text=text,
                subject=guide.id,
                guide_kind=guide.kind,
                **more,
            )
        )

    for section in guide.sections:
        for ordinal, piece in enumerate(_pieces(_plain(section.text))):
            add("prose", section.title, ordinal, piece)
    for ordinal, question in enumerate(guide.questions):
        add("question", question.title, ordinal, _plain(question.text))
    if guide.steps:
        add("prose", "Skills and steps", 1000, steps_text(guide.steps, guide.first_paid))
    counts: dict[str, int] = {}
    for fact in guide.facts:
        heading = fact.label or fact.key.value
        counts[heading] = counts.get(heading, 0) + 1
        add(
            "fact",
            heading,
            counts[heading],
            fact_sentence(fact),
            region=fact.region,
            since=fact.since,
            until=fact.until,
            fact_ids=(fact.id,),
            sources=(fact.source,),
        )
    for ordinal, missing in enumerate(guide.not_found):
        add(
            "fact",
            missing.key,
            1000 + ordinal,
            not_found_sentence(guide.name, missing.key, missing.searched, missing.look),
        )
    return chunks
