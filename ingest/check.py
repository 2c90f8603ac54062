"""The corpus linter: what more than one field, or more than one guide, must keep; and the coverage matrix."""

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from advisor.corpus import corpus_guides
from advisor.errors import CorpusError
from advisor.schema import Fact, FactKey
from advisor.settings import load
from ingest.readers.guide import KINDS, QUESTIONS, Guide, Section, parse_guide
from ingest.rules import (
    BANNED_HOSTS,
    BASIS,
    COVERAGE,
    FORM_NAMES,
    HYPE,
    MEASURED_PAY,
    QUOTED,
    REGION,
    REVIEW_DAYS,
    SECTIONS,
    UNITS,
)


@dataclass(frozen=True)
class Problem:
    """One finding: where, which rule, and what to write instead."""

    path: str
    line: int
    code: str
    message: str


@dataclass
class Report:
    """What the linter found."""

    guides: list[Guide] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


Finding = tuple[int, str, str]


def check(paths: Sequence[Path], today: date, *, base: Sequence[Path] | None = None) -> Report:
    """Lint guides.

    Args:
        paths: The guides to report on.
        today: The day on which shelf lives are judged.
        base: All guides that links, names and skills may refer to; `paths` when None.
    """
    report = Report()
    known: list[Guide] = []
    for path in dict.fromkeys([*paths, *(base or ())]):
        try:
            guide = parse_guide(path)
        except CorpusError as error:
            if path in paths:
                report.errors.append(Problem(str(path), error.line, "front-matter", error.message))
            continue
        except (OSError, UnicodeDecodeError) as error:
            report.errors.append(Problem(str(path), 0, "unreadable", f"the guide cannot be read: {error}"))
            continue
        known.append(guide)
    skills = {step.skill for guide in known for step in guide.steps}
    for guide in known:
        if guide.path not in paths:
            continue
        report.guides.append(guide)
        name = str(guide.path)
        report.errors += [Problem(name, p.line, "field", p.message) for p in guide.problems]
        for rule in ERRORS:
            report.errors += [Problem(name, *finding) for finding in rule(guide)]
        for finding in (*_shelf_life(guide, today), *_style(guide), *_holes(guide), *_steps(guide, skills)):
            report.warnings.append(Problem(name, *finding))
    report.errors += _names(known, set(paths))
    return report


# Rules of one guide: errors ---------------------------------------------------------------------------------------------


def _place(guide: Guide) -> Iterator[Finding]:
    line = guide.lines.get("id", 1)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", guide.id):
        yield line, "id", f"the id {guide.id!r} must be lower case letters, digits and hyphens"
    if guide.path.stem != guide.id:
        yield line, "file-name", f"the file is called {guide.path.name!r}, the id says {guide.id + '.md'!r}"
    if guide.kind not in KINDS:
        yield guide.lines.get("kind", 1), "kind", f"{guide.kind!r} is not a kind; allowed are {', '.join(KINDS)}"
    elif guide.path.parent.name != KINDS[guide.kind]:
        yield guide.lines["kind"], "folder", f"a guide of kind {guide.kind} belongs in {KINDS[guide.kind]!r}"


def _facts(guide: Guide) -> Iterator[Finding]:
    for fact, line in zip(guide.facts, guide.fact_lines, strict=True):
        yield from ((line, code, message) for code, message in _fact(fact))
    yield from _overlaps(guide)


def _fact(fact: Fact) -> Iterator[tuple[str, str]]:
    numbers = [value for value in (fact.low, fact.mid, fact.high) if value is not None]
    if bool(numbers) == bool(fact.text):
        yield "value", "a fact has either numbers (low, mid, high) or a text"
    if numbers != sorted(numbers):
        yield "range", "low, mid and high must rise"
    if fact.unit and fact.unit not in UNITS and not re.fullmatch(r"[A-Z]{3}", fact.unit):
        yield (
            "unit",
            f"the unit {fact.unit!r} is not in the list; use one of {', '.join(sorted(UNITS))} or a currency code",
        )
    if numbers and not fact.unit:
        yield "unit", "a number needs a unit"
    if not REGION.fullmatch(fact.region):
        yield "region", f"the region {fact.region!r} is not global, EU, an ISO 3166 code, or code/City"
    if fact.since and fact.until and fact.since > fact.until:
        yield "validity", f"since {fact.since} is after until {fact.until}"
    words = {word.strip() for word in fact.basis.split(",") if word.strip()}
    if words - BASIS:
        yield "basis", f"{', '.join(sorted(words - BASIS))} is no basis; allowed are {', '.join(sorted(BASIS))}"
    if numbers and fact.key.value in MEASURED_PAY and not (fact.population and fact.year and words):
        yield "pay", f"{fact.key.value} needs population, year and basis"


def _overlaps(guide: Guide) -> Iterator[Finding]:
    seen: dict[tuple[str, ...], list[tuple[Fact, int]]] = {}
    for fact, line in zip(guide.facts, guide.fact_lines, strict=True):
        identity = (fact.key.value, fact.label, fact.region, fact.scope, fact.source.id)
        for other, other_line in seen.setdefault(identity, []):
            if (fact.since or date.min) <= (other.until or date.max) and (other.since or date.min) <= (
                fact.until or date.max
            ):
                yield line, "overlap", f"the same value is already given in line {other_line} for this time"
        seen[identity].append((fact, line))


def _sources(guide: Guide) -> Iterator[Finding]:
    for key, source in guide.sources.items():
        line = guide.source_lines.get(key, 1)
        if not source.read and not source.published:
            yield line, "source-date", f"the source {key} has neither 'read' nor 'published'"
        if not source.title or not source.publisher:
            yield line, "source-title", f"the source {key} needs a title and a publisher"
        parts = urlsplit(source.url)
        host = (parts.hostname or "").removeprefix("www.")
        if parts.scheme not in {"http", "https"} or "." not in host:
            yield line, "source-url", f"the source {key} has the address {source.url!r}; give a full https address"
        if any(host == banned or host.endswith("." + banned) for banned in BANNED_HOSTS):
            yield line, "banned-source", f"{host} makes up or copies its pages; find the original source"


def _sections(guide: Guide) -> Iterator[Finding]:
    wanted = list(SECTIONS.get(guide.kind, ()))
    found = [section.title for section in guide.sections]
    for title in wanted:
        if title not in found:
            yield 1, "section", f"the section {title!r} is missing"
    for section in guide.sections:
        if section.title not in wanted:
            yield section.line, "section", f"{section.title!r} is no section of a {guide.kind}"
        elif not section.text and section.title != QUESTIONS:
            yield section.line, "empty", f"the section {section.title!r} is empty"
    in_order = [title for title in found if title in wanted]
    if in_order != [title for title in wanted if title in found]:
        yield 1, "order", f"the sections must come in this order: {', '.join(wanted)}"


def _questions(guide: Guide) -> Iterator[Finding]:
    count = len(guide.questions)
    if count < 8:
        yield 1, "questions", f"{count} questions are answered, at least 8 are needed"
    seen: set[str] = set()
    for question in guide.questions:
        if question.title.lower() in seen:
            yield question.line, "question-twice", f"the question {question.title!r} stands twice"
        seen.add(question.title.lower())
        if not question.text:
            yield question.line, "empty", f"the question {question.title!r} has no answer"


def _body(guide: Guide) -> Iterator[Finding]:
    for part in _parts(guide):
        for offset, text in enumerate(part.text.split("\n"), 1):
            line = part.line + offset
            for mark in re.findall(r"\[(s\d+)\]", text):
                if mark not in guide.sources:
                    yield line, "marker", f"[{mark}] is not under 'sources'"
            for sentence in sentences(text):
                if has_figure(sentence) and not re.search(r"\[s\d+\]", sentence):
                    yield line, "figure", f"a sentence with a figure needs its source: {sentence[:80]!r}"
                bare = QUOTED.sub("", sentence) if guide.kind == "safety" else sentence
                if HYPE.search(bare):
                    yield line, "hype", f"no 'up to' and no 'guaranteed' income: {sentence[:80]!r}"
            for target in re.findall(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)", text):
                if not target.startswith(("http://", "https://")) and not (guide.path.parent / target).exists():
                    yield line, "dead-link", f"the link {target!r} leads to no guide"


def _first_paid(guide: Guide) -> Iterator[Finding]:
    skills = {step.skill for step in guide.steps}
    keys = {fact.key.value for fact in guide.facts}
    for item in guide.first_paid:
        if item.after not in skills:
            yield item.line, "first-paid", f"{item.after!r} is no skill of this path"
        if item.pay and item.pay not in keys:
            yield item.line, "first-paid", f"{item.pay!r} is no key of a fact of this guide"
    for step in guide.steps:
        for resource in step.resources:
            if resource not in guide.sources:
                yield step.line, "resource", f"the resource {resource!r} is not under 'sources'"
        if step.low > step.high or step.cost_low > step.cost_high:
            yield step.line, "range", f"the step {step.skill!r} has a range that falls"
    for missing in guide.not_found:
        if missing.key not in FactKey._value2member_map_:
            yield missing.line, "key", f"{missing.key!r} is not a fact key"


ERRORS: tuple[Callable[[Guide], Iterable[Finding]], ...] = (
    _place, _facts, _sources, _sections, _questions, _body, _first_paid,
)  # fmt: skip


# Rules of one guide: warnings -------------------------------------------------------------------------------------------


def _shelf_life(guide: Guide, today: date) -> Iterator[Finding]:
    if guide.reviewed is None or (today - guide.reviewed).days > REVIEW_DAYS:
        yield (
            guide.lines.get("reviewed", 1),
            "review",
            f"last reviewed {guide.reviewed}; read it against its sources again",
        )
    for fact, line in zip(guide.facts, guide.fact_lines, strict=True):
        if fact.until is None and fact.year is None and fact.is_stale_on(today):
            yield line, "stale", f"{fact.key.value} ({fact.label}) is of {fact.as_of}, past its shelf life"


def _style(guide: Guide) -> Iterator[Finding]:
    used = {mark for part in _parts(guide) for mark in re.findall(r"\[(s\d+)\]", part.text)}
    used |= {fact.source.id for fact in guide.facts} | {r for step in guide.steps for r in step.resources}
    for key in guide.sources:
        if key not in used:
            yield guide.source_lines.get(key, 1), "unused-source", f"the source {key} is cited nowhere"
    if len(guide.questions) > 20:
        yield 1, "questions", f"{len(guide.questions)} questions; more than 20 belong in two guides"
    for question in guide.questions:
        count = sum(len(sentences(text)) for text in question.text.split("\n"))
        if not 2 <= count <= 9:
            yield question.line, "answer-length", f"the answer has {count} sentences; two to six are meant"
        if re.match(r"(It|They|This|That|These|Those)\b", question.text):
            yield question.line, "dangling", "the first sentence must name what it is about"


def _holes(guide: Guide) -> Iterator[Finding]:
    for cell, state in cells(guide).items():
        if state == "HOLE":
            yield 1, "coverage", f"{cell} is neither a fact nor a not_found entry"


def _steps(guide: Guide, skills: set[str]) -> Iterator[Finding]:
    for step in guide.steps:
        for need in step.needs:
            if need not in skills:
                yield step.line, "skill", f"{need!r} is a step of no path; check the spelling"


# Rules across guides ----------------------------------------------------------------------------------------------------


def _names(guides: Sequence[Guide], shown: set[Path]) -> list[Problem]:
    problems = []
    seen: dict[str, Guide] = {}
    # Guides that are only referred to come first, so that a clash is reported on the guide under check.
    for guide in sorted(guides, key=lambda guide: guide.path in shown):
        for name in {guide.id, guide.name.lower(), *(alias.lower() for alias in guide.aliases)}:
            other = seen.setdefault(name, guide)
            if other is not guide and guide.path in shown:
                message = f"the name {name!r} already belongs to {other.path.name}"
                problems.append(Problem(str(guide.path), guide.lines.get("aliases", 1), "name", message))
    return problems


# Sentences and coverage -------------------------------------------------------------------------------------------------


def _parts(guide: Guide) -> list[Section]:
    return [*(s for s in guide.sections if s.title != QUESTIONS), *guide.questions]


_SENTENCE = re.compile(r"(?<=[.!?])[\"”’)*_]*(?:\s*\[s\d+\])*\s+(?=[\"“(*_]*[A-Z0-9$£€])")
_SHORT = re.compile(r"\b(?:e\.g|i\.e|etc|approx|vs|mr|mrs|ms|dr|no|inc|ltd|st|u\.s|u\.k|a\.m|p\.m)\.$", re.IGNORECASE)


def sentences(line: str) -> list[str]:
    """Return the sentences of one line of a guide, each with the markers behind it."""
    rest = re.sub(r"^\s*(?:>\s*)?(?:[-*•]|\d{1,2}[.)])\s+", "", line).strip()
    found, start = [], 0
    for cut in _SENTENCE.finditer(rest):
        if not _SHORT.search(rest[start : cut.start()]):
            found.append(rest[start : cut.end()].strip())
            start = cut.end()
    return [*found, rest[start:].strip()] if rest[start:].strip() else found


def has_figure(sentence: str) -> bool:
    """Return whether a sentence states a figure; form names, links and markers do not count."""
    text = re.sub(r"\[s\d+\]", "", sentence)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return bool(re.search(r"\d", FORM_NAMES.sub("", text)))


def cells(guide: Guide) -> dict[str, str]:
    """Return each cell of a guide's kind with `value`, `not found` or `HOLE`."""
    have = {fact.key.value for fact in guide.facts}
    missing = {entry.key for entry in guide.not_found}

    def fits(keys: set[str], patterns: Iterable[str]) -> bool:
        return any(key == p or (p.endswith("*") and key.startswith(p[:-1])) for key in keys for p in patterns)

    return {
        cell: "value" if fits(have, patterns) else "not found" if fits(missing, patterns) else "HOLE"
        for cell, patterns in COVERAGE.get(guide.kind, {}).items()
    }


def coverage(guides: Sequence[Guide]) -> dict[str, dict[str, dict[str, str]]]:
    """Return the matrix kind → guide → cell → state."""
    matrix: dict[str, dict[str, dict[str, str]]] = {}
    for guide in guides:
        if COVERAGE.get(guide.kind):
            matrix.setdefault(guide.kind, {})[guide.id] = cells(guide)
    return matrix


# Output -----------------------------------------------------------------------------------------------------------------


def run_check(path: Path | None, *, coverage: bool, as_json: bool, today: date | None = None) -> tuple[str, int]:
    """Lint a guide or a folder and return what to print and the exit code (1 on errors).

    Raises:
        CorpusError: When there is nothing to check at the path.
    """
    corpus = load().corpus_dir
    base = corpus_guides(corpus)
    if path is None:
        paths = base
    elif path.is_dir():
        paths = corpus_guides(path) or sorted(path.glob("*.md"))
    else:
        paths = [path] if path.is_file() else []
    if not paths:
        raise CorpusError(f"There is no guide at {str(path or corpus)!r}. Give a Markdown file or a corpus folder.")
    outside = path is not None and not path.resolve().is_relative_to(corpus)
    resolved = paths if outside else [p.resolve() for p in paths]
    report = check(resolved, today or date.today(), base=() if outside else base)  # noqa: DTZ011 - shelf life
    code = 1 if report.errors else 0
    matrix = _matrix(report.guides)
    if as_json:
        return json.dumps(_as_json(report) | ({"coverage": matrix} if coverage else {})), code
    lines = [f"{p.path}:{p.line}: {p.code} {p.message}" for p in report.errors]
    lines += [f"{p.path}:{p.line}: warning {p.code} {p.message}" for p in report.warnings]
    if coverage:
        lines = _coverage_lines(matrix)
    facts = sum(len(guide.facts) for guide in report.guides)
    questions = sum(len(guide.questions) for guide in report.guides)
    lines.append(
        f"{len(report.guides)} guides, {facts} facts, {questions} questions: "
        f"{len(report.errors)} errors, {len(report.warnings)} warnings"
    )
    return "\n".join(lines), code


_matrix = coverage


def _as_json(report: Report) -> dict[str, object]:
    kinds = Counter(source.source_kind for guide in report.guides for source in guide.sources.values())
    return {
        "guides": len(report.guides),
        "facts": sum(len(guide.facts) for guide in report.guides),
        "questions": sum(len(guide.questions) for guide in report.guides),
        "source_kinds": dict(sorted(kinds.items())),
        "errors": [vars(problem) for problem in report.errors],
        "warnings": [vars(problem) for problem in report.warnings],
    }


def _coverage_lines(matrix: dict[str, dict[str, dict[str, str]]]) -> list[str]:
    signs = {"value": "+", "not found": "-", "HOLE": "HOLE"}
    lines = []
    states: Counter[str] = Counter()
    for kind, rows in matrix.items():
        names = list(next(iter(rows.values())))
        width = max(len(name) for name in rows)
        lines.append(f"{kind.upper():{width}}  " + "  ".join(names))
        for guide, row in rows.items():
            states.update(row.values())
            lines.append(f"{guide:{width}}  " + "  ".join(f"{signs[row[name]]:{len(name)}}" for name in names))
    total = sum(states.values()) or 1
    decided = states["value"] + states["not found"]
    lines.append(
        f"+ value, - looked for and not found: {decided / total:.0%} decided, {states['value'] / total:.0%} with a value"
    )
    return lines


def main(arguments: Sequence[str]) -> int:
    """Run the linter as `python -m ingest.check [PATH] [--coverage] [--json]`."""
    paths = [argument for argument in arguments if not argument.startswith("--")]
    text, code = run_check(
        Path(paths[0]) if paths else None, coverage="--coverage" in arguments, as_json="--json" in arguments
    )
    sys.stdout.write(text + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
