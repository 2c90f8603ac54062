"""Guides: Markdown with front matter, to facts, sections and questions, each problem with its line.

This reads and types a guide; the rules that need more than one field or more than one guide are in `ingest.check`.
"""

import difflib
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from advisor.errors import CorpusError
from advisor.schema import NOT_FOUND, Chunk, Fact, FactKey, Source, SourceKind
from ingest.fact_text import KEY_WORDS, fact_sentence, not_found_sentence, steps_text

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

# Only its events are used, values are made in `_scalar`: the C version is ten times as fast, but its composer is
# recursive and ends the process on a file that nests 100,000 lists.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH = 20
_SOURCE_KINDS = tuple(kind for kind in get_args(SourceKind) if kind != "user")

QUESTIONS = "Questions people ask"
PROSE_CHARS = 900
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_LINK = re.compile(r"(?<!!)\[([^\]\n]+)\]\(([^)\s]+)\)")
_MARKER = re.compile(r"\[(s\d+)\]")


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
        CorpusError: When there is no front matter at all, it is not YAML, or the file is not UTF-8.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CorpusError(f"the guide is not UTF-8 ({error}); save it as UTF-8", str(path), 1) from error
    lines = text.split("\n")
    if lines[0].strip() != "---" or "---" not in lines[1:]:
        message = "a guide starts with front matter between two lines of `---`"
        raise CorpusError(message, str(path), 1)
    end = lines.index("---", 1)
    reader = _FrontMatter(str(path))
    top = reader.load("\n".join(lines[1:end]))
    sections, questions = _body(lines, end + 1, reader)
    return reader.guide(path, top, sections, questions)


def _body(lines: list[str], start: int, reader: "_FrontMatter") -> tuple[list[Section], list[Section]]:
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
        elif target is not None and not (match and len(match[1]) == 1):
            target.append(line)
        elif line.strip():
            reader.problem("text before the first `##` section, or a `#` title, is lost; move it", number)
        if line.strip() and not match and in_questions and not questions:
            reader.problem(f"text under {QUESTIONS!r} belongs under a `### Question?`", number)
    made = [
        [Section(title, "\n".join(text).strip(), line, line + 1 + _blank(text)) for title, line, text in part]
        for part in (sections, questions)
    ]
    return made[0], made[1]


def _blank(lines: list[str]) -> int:
    return next((number for number, line in enumerate(lines) if line.strip()), 0)


class _FrontMatter:
    """Types the front matter of one guide and collects what is wrong with it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[CorpusError] = []

    def problem(self, message: str, line: int) -> None:
        self.problems.append(CorpusError(message, self.path, line))

    def load(self, text: str) -> "_Map":
        root: _List = _List(1)
        inside: list[_Map | _List] = [root]
        source_lines = text.split("\n")
        event: Any
        try:
            for event in yaml.parse(text, Loader=_LOADER):
                line = event.start_mark.line + 2
                if isinstance(event, yaml.NodeEvent):
                    value = self._value(event, line, source_lines, is_key=inside[-1].awaits_key)
                    self._add(inside[-1], value, line)
                    if isinstance(event, yaml.CollectionStartEvent):
                        inside.append(value)
                elif isinstance(event, yaml.CollectionEndEvent):
                    self._close(inside.pop())
                if len(inside) > _MAX_DEPTH:
                    raise CorpusError("the front matter is nested too deeply", self.path, line)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            message = f"the front matter is not YAML: {getattr(error, 'problem', None) or error}"
            raise CorpusError(message, self.path, mark.line + 2 if mark else 1) from error
        if len(root) != 1 or not isinstance(root[0], _Map):
            raise CorpusError("the front matter must be a mapping of fields", self.path, 2)
        return root[0]

    def _close(self, found: "_Map | _List") -> None:
        if found.is_flow and found:
            message = "write lists and mappings in block style; flow style cuts values at commas and hides wrong ones"
            self.problem(message, found.line)

    def _add(self, parent: "_Map | _List", value: Any, line: int) -> None:
        if isinstance(parent, _List):
            parent.append(value)
            parent.lines.append(line)
        elif not parent.awaits_key:
            parent[parent.key] = value
            parent.awaits_key = True
        elif isinstance(value, _Map | _List):
            raise CorpusError("the name of a field must be a word", self.path, line)
        else:
            if value in parent:
                self.problem(f"the field {value!r} stands twice", line)
            parent.key, parent.awaits_key = str(value), False
            parent.lines[parent.key] = line

    def _value(self, event: Any, line: int, source_lines: list[str], *, is_key: bool) -> Any:
        if event.anchor or getattr(event, "tag", None):
            self.problem("anchors, aliases and tags (`&`, `*`, `!`) are not used; write the value out", line)
        if not isinstance(event, yaml.ScalarEvent):
            return self._container(event, line)
        if is_key:
            return str(event.value)
        if not event.style and " " in event.value:
            end: Any = event.end_mark
            if end.line + 2 != line or source_lines[end.line][end.column :].lstrip().startswith("#"):
                self.problem("YAML cuts or joins this text; put it in double quotes on one line", line)
        return _scalar(event)

    def _container(self, event: Any, line: int) -> Any:
        """Return the empty mapping or list that starts here, empty text for an alias."""
        if isinstance(event, yaml.AliasEvent):
            return ""
        kind = _Map if isinstance(event, yaml.MappingStartEvent) else _List
        return kind(line, is_flow=bool(event.flow_style))

    def fields(self, found: "_Map", allowed: set[str], what: str) -> None:
        for key in found:
            if key not in allowed:
                message = f"{what} has no field {key!r}; allowed are {', '.join(sorted(allowed))}"
                self.problem(message, found.lines[key])

    def text(self, found: "_Map", key: str, default: str = "") -> str:
        value = found.get(key, default)
        if not isinstance(value, str):
            message = f"{key!r} must be text, found {value!r}; put it in double quotes"
            self.problem(message, found.lines.get(key, found.line))
            return default
        return value

    def number(self, found: "_Map", key: str) -> float | None:
        value = found.get(key)
        if value is None and key not in found:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            message = f"{key!r} must be a plain number such as 1000 or 18.5, found {value!r}"
            self.problem(message, found.lines[key])
            return None
        return float(value)

    def day(self, found: "_Map", key: str) -> date | None:
        value = found.get(key)
        if key in found and not isinstance(value, date):
            self.problem(f"{key!r} must be a date such as 2025-05-01, unquoted, found {value!r}", found.lines[key])
            return None
        return value if isinstance(value, date) else None

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
        for needed in ("id", "kind", "name", "sources"):
            if not top.get(needed):
                self.problem(f"the field {needed!r} is missing", 2)
        guide_id, name = self.text(top, "id"), self.text(top, "name")
        sources, source_lines = self._sources(top)
        made = list(self._facts(top, guide_id, name, sources))
        aliases = top.get("aliases")
        lines = {f"aliases.{n}": line for n, line in enumerate(aliases.lines)} if isinstance(aliases, _List) else {}
        return Guide(
            path=path,
            id=guide_id,
            kind=self.text(top, "kind"),
            name=name,
            aliases=self.texts(top, "aliases"),
            family=self.text(top, "family"),
            reviewed=self.day(top, "reviewed"),
            facts=tuple(fact for fact, _ in made),
            fact_lines=tuple(entry.line for _, entry in made),
            not_found=tuple(self._not_found(top)),
            sources=sources,
            source_lines=source_lines,
            steps=tuple(self._steps(top)),
            first_paid=tuple(self._first_paid(top)),
            sections=tuple(sections),
            questions=tuple(questions),
            problems=tuple(self.problems),
            lines=lines | top.lines,
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
            kind = self.text(entry, "source_kind")
            if kind not in _SOURCE_KINDS:
                message = f"{kind!r} is not a source_kind; allowed are {', '.join(_SOURCE_KINDS)}"
                self.problem(message, entry.lines.get("source_kind", line))
                kind = "independent"
            try:
                sources[key] = Source(
                    id=key,
                    title=self.text(entry, "title"),
                    publisher=self.text(entry, "publisher"),
                    url=self.text(entry, "url"),
                    source_kind=kind,
                    published=self.day(entry, "published"),
                    read=self.day(entry, "read"),
                    licence=self.text(entry, "licence"),
                )
            except ValidationError as error:
                self.problem(f"the source {key!r}: {_first(error)}", line)
        return sources, dict(found.lines)

    def _facts(
        self, top: "_Map", guide_id: str, name: str, sources: Mapping[str, Source]
    ) -> Iterator[tuple[Fact, "_Map"]]:
        seen: Counter[str] = Counter()
        for entry in self.maps(top, "facts"):
            self.fields(entry, _FACT, "a fact")
            source = sources.get(self.text(entry, "source"))
            if source is None:
                message = f"a fact needs a source; {entry.get('source')!r} is not under 'sources'"
                self.problem(message, entry.lines.get("source", entry.line))
            values = {key: self.number(entry, key) for key in ("low", "mid", "high", "year")}
            texts = {
                k: self.text(entry, k)
                for k in ("key", "label", "text", "unit", "per", "scope", "population", "basis", "note")
            }
            region = self.text(entry, "region", "global")
            since, until = self.day(entry, "since"), self.day(entry, "until")
            year = values.pop("year")
            if year is not None and (year != int(year) or not 1900 <= year <= 2100):
                self.problem(f"'year' must be a year such as 2025, found {year!r}", entry.lines["year"])
                year = None
            if not self.key(texts["key"], entry) or source is None:
                continue
            identity = "#".join(
                (guide_id, texts["key"], texts["label"], region, texts["scope"], source.id, str(since or ""))
            )
            seen[identity] += 1
            fact_id = identity if seen[identity] == 1 else f"{identity}#{seen[identity]}"
            try:
                fact = Fact(
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
            except ValidationError as error:
                self.problem(f"a fact: {_first(error)}", entry.line)
            else:
                yield fact, entry

    def key(self, key: str, entry: "_Map") -> bool:
        if key in FactKey._value2member_map_:
            return True
        near = difflib.get_close_matches(key, [known.value for known in FactKey], n=3)
        message = f"{key!r} is not a fact key; {'near: ' + ', '.join(near) if near else 'see corpus/README.md, Keys'}"
        self.problem(message, entry.lines.get("key", entry.line))
        return False

    def _not_found(self, top: "_Map") -> Iterator[NotFound]:
        for entry in self.maps(top, "not_found"):
            self.fields(entry, _NOT_FOUND, "a not_found entry")
            for needed in ("key", "searched", "look"):
                if not entry.get(needed):
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
    """A mapping that knows the line of each of its fields, and while it is read, the field whose value comes next."""

    def __init__(self, line: int, *, is_flow: bool = False) -> None:
        super().__init__()
        self.line, self.is_flow = line, is_flow
        self.lines: dict[str, int] = {}
        self.key, self.awaits_key = "", True


class _List(list[Any]):
    """A list that knows the line of each of its items."""

    awaits_key = False

    def __init__(self, line: int, *, is_flow: bool = False) -> None:
        super().__init__()
        self.line, self.is_flow = line, is_flow
        self.lines: list[int] = []


_NUMBER = re.compile(r"^[-+]?\d+(\.\d+)?$")
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def _scalar(event: Any) -> Any:
    """Return a scalar as text, number, date, truth value or None, without YAML's surprises such as sexagesimals."""
    value = str(event.value)
    if event.style:
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


def _key_words(key: str) -> str:
    return KEY_WORDS.get(key, key.replace(".", " "))


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
    counts: Counter[tuple[str, str]] = Counter()

    # The ordinal counts within one heading, so that a change elsewhere in the guide keeps the id.
    def add(kind: Any, heading: str, text: str, **more: Any) -> None:
        counts[kind, heading] += 1
        cited = tuple(guide.sources[mark] for mark in dict.fromkeys(_MARKER.findall(text)) if mark in guide.sources)
        more.setdefault("sources", cited)
        chunks.append(
            Chunk(
                id=_chunk_id(guide, kind, heading, counts[kind, heading]),
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
        for piece in _pieces(_plain(section.text)):
            add("prose", section.title, piece)
    for question in guide.questions:
        add("question", question.title, _plain(question.text))
    if guide.steps or guide.first_paid:
        add("prose", "Skills and steps", steps_text(guide.steps, guide.first_paid))
    for fact in guide.facts:
        add(
            "fact",
            fact.label or _key_words(fact.key.value),
            fact_sentence(fact),
            region=fact.region,
            since=fact.since,
            until=fact.until,
            fact_ids=(fact.id,),
            sources=(fact.source,),
        )
    for missing in guide.not_found:
        text = not_found_sentence(guide.name, missing.key, missing.searched, missing.look)
        add("fact", _key_words(missing.key), text, fact_ids=(f"{guide.id}#{missing.key}{NOT_FOUND}",))
    return chunks
