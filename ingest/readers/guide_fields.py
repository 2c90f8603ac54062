"""The fields of a guide's front matter, typed; what is wrong is collected with its line."""

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_args

from pydantic import ValidationError

from advisor.schema import Fact, FactKey, Source, SourceKind
from ingest.readers.front_matter import FrontMatter, List, Map
from ingest.readers.guide_model import FirstPaid, Guide, NotFound, Section, Step

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
_SOURCE_KINDS = tuple(kind for kind in get_args(SourceKind) if kind != "user")


class GuideFields(FrontMatter):
    """Types the front matter of one guide and collects what is wrong with it."""

    def guide(self, path: Path, top: "Map", sections: list[Section], questions: list[Section]) -> Guide:
        """Return the typed guide; what could not be typed is in its `problems`."""
        self.fields(top, _TOP, "a guide")
        for needed in ("id", "kind", "name", "sources"):
            if not top.get(needed):
                self.problem(f"the field {needed!r} is missing", 2)
        guide_id, name = self.text(top, "id"), self.text(top, "name")
        sources, source_lines = self._sources(top)
        made = list(self._facts(top, guide_id, name, sources))
        aliases = top.get("aliases")
        lines = {f"aliases.{n}": line for n, line in enumerate(aliases.lines)} if isinstance(aliases, List) else {}
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

    def _sources(self, top: "Map") -> tuple[dict[str, Source], dict[str, int]]:
        found = top.get("sources")
        if not isinstance(found, Map):
            self.problem("'sources' must be a mapping of ids to sources", top.lines.get("sources", 2))
            return {}, {}
        sources = {}
        for key, entry in found.items():
            line = found.lines[key]
            if not isinstance(entry, Map):
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
        self, top: "Map", guide_id: str, name: str, sources: Mapping[str, Source]
    ) -> Iterator[tuple[Fact, "Map"]]:
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

    def key(self, key: str, entry: "Map") -> bool:
        """Return whether `key` is in the closed vocabulary; a problem names the nearest ones."""
        if key in FactKey._value2member_map_:
            return True
        near = difflib.get_close_matches(key, [known.value for known in FactKey], n=3)
        message = f"{key!r} is not a fact key; {'near: ' + ', '.join(near) if near else 'see corpus/README.md, Keys'}"
        self.problem(message, entry.lines.get("key", entry.line))
        return False

    def _not_found(self, top: "Map") -> Iterator[NotFound]:
        for entry in self.maps(top, "not_found"):
            self.fields(entry, _NOT_FOUND, "a not_found entry")
            for needed in ("key", "searched", "look"):
                if not entry.get(needed):
                    self.problem(f"a not_found entry needs {needed!r}", entry.line)
            yield NotFound(self.text(entry, "key"), self.text(entry, "searched"), self.text(entry, "look"), entry.line)

    def _steps(self, top: "Map") -> Iterator[Step]:
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

    def _first_paid(self, top: "Map") -> Iterator[FirstPaid]:
        for entry in self.maps(top, "first_paid"):
            self.fields(entry, _FIRST_PAID, "a first_paid entry")
            yield FirstPaid(self.text(entry, "after"), self.text(entry, "work"), self.text(entry, "pay"), entry.line)


def _first(error: ValidationError) -> str:
    detail = error.errors()[0]
    return f"{'.'.join(str(part) for part in detail['loc'])} is {detail['input']!r}: {detail['msg']}"
