"""The corpus linter: what more than one field, or more than one guide, must keep; and the coverage matrix."""

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from babel.core import get_global

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
        except OSError as error:
            report.errors.append(Problem(str(path), 0, "unreadable", f"the guide cannot be read: {error}"))
            continue
        known.append(guide)
    skills = {step.skill for guide in known for step in guide.steps}
    for guide in known:
        if guide.path not in paths:
            continue
        report.guides.append(guide)
        name = str(guide.path)
        report.errors += [Problem(name, problem.line, "field", problem.message) for problem in guide.problems]
        for rule in ERRORS:
            report.errors += [Problem(name, *finding) for finding in rule(guide)]
        for finding in (*_dates(guide, today), *_style(guide), *_holes(guide), *_needs(guide, skills)):
            report.warnings.append(Problem(name, *finding))
    report.errors += _names(known, set(paths))
    report.errors.sort(key=lambda problem: (problem.path, problem.line))
    report.warnings.sort(key=lambda problem: (problem.path, problem.line))
    return report


# Rules of one guide: errors


def _place(guide: Guide) -> Iterator[Finding]:
    line = guide.lines.get("id", 1)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", guide.id):
        yield line, "id", f"the id {guide.id!r} must be lower case letters, digits and hyphens"
    if guide.path.stem != guide.id:
        yield line, "file-name", f"the file is called {guide.path.name!r}, the id says {guide.id + '.md'!r}"
    if guide.kind not in KINDS:
        yield guide.lines.get("kind", 1), "kind", f"{guide.kind!r} is not a kind; allowed are {', '.join(KINDS)}"
    elif guide.path.parent.name != KINDS[guide.kind]:
        yield guide.lines.get("kind", 1), "folder", f"a guide of kind {guide.kind} belongs in {KINDS[guide.kind]!r}"


def _facts(guide: Guide) -> Iterator[Finding]:
    for fact, line in zip(guide.facts, guide.fact_lines, strict=True):
        yield from ((line, code, message) for code, message in _fact(fact))
    yield from _overlaps(guide)


def _fact(fact: Fact) -> Iterator[tuple[str, str]]:
    """Yield the code and the message of what is wrong with one fact."""
    numbers = [value for value in (fact.low, fact.mid, fact.high) if value is not None]
    if bool(numbers) == bool(fact.text):
        yield "value", "a fact has either numbers (low, mid, high) or a text"
    if fact.values and not fact.text:
        yield "value", "a list of values stands next to a text"
    if numbers != sorted(numbers):
        yield "range", "low, mid and high must rise"
    if fact.unit and fact.unit not in UNITS and fact.unit not in _CURRENCIES:
        allowed = ", ".join(sorted(UNITS))
        yield "unit", f"{fact.unit!r} is not a unit; use one of {allowed} or an ISO 4217 code such as USD"
    if numbers and not fact.unit:
        yield "unit", "a number needs a unit"
    yield from _circumstances(fact)


def _circumstances(fact: Fact) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with where, when and for whom a fact holds."""
    if not REGION.fullmatch(fact.region) or not _is_territory(re.split("[-/]", fact.region)[0]):
        message = f"{fact.region!r} is not global, EU, an ISO 3166 code (GB, US-CA) or code/City"
        yield "region", message
    if fact.since and fact.until and fact.since > fact.until:
        yield "validity", f"since {fact.since} is after until {fact.until}"
    words = {word.strip() for word in fact.basis.split(",") if word.strip()}
    if words - BASIS:
        message = f"{', '.join(sorted(words - BASIS))} is no basis; allowed are {', '.join(sorted(BASIS))}"
        yield "basis", message
    if not fact.text and fact.key.value in MEASURED_PAY and not (fact.population and fact.year and words):
        yield "pay", f"{fact.key.value} needs population, year and basis"


def _is_territory(code: str) -> bool:
    return code in {"global", "EU"} or code in get_global("territory_currencies")


def _span(fact: Fact) -> tuple[date, date]:
    """Return first and last day of validity; a value of one year without dates stands for that year only."""
    if fact.year and not fact.since and not fact.until:
        return date(fact.year, 1, 1), date(fact.year, 12, 31)
    return fact.since or date.min, fact.until or date.max


def _overlaps(guide: Guide) -> Iterator[Finding]:
    seen: dict[tuple[str, ...], list[tuple[Fact, int]]] = {}
    for fact, line in zip(guide.facts, guide.fact_lines, strict=True):
        identity = (fact.key.value, fact.label, fact.region, fact.scope, fact.source.id)
        for other, other_line in seen.setdefault(identity, []):
            (first, last), (other_first, other_last) = _span(fact), _span(other)
            if first <= other_last and other_first <= last:
                yield line, "overlap", f"the same value is already given in line {other_line} for this time"
        seen[identity].append((fact, line))


def _sources(guide: Guide) -> Iterator[Finding]:
    for key, source in guide.sources.items():
        line = guide.source_lines.get(key, 1)
        if not re.fullmatch(r"s\d+", key):
            yield line, "source-id", f"the source {key!r} must be called s and a number, so that [s1] can name it"
        if not source.read and not source.published:
            yield line, "source-date", f"the source {key} has neither 'read' nor 'published'"
        if not source.title or not source.publisher:
            yield line, "source-title", f"the source {key} needs a title and a publisher"
        parts = _address(source.url)
        host = ((parts and parts.hostname) or "").removeprefix("www.")
        if parts is None or parts.scheme not in {"http", "https"} or "." not in host:
            yield line, "source-url", f"the source {key} has the address {source.url!r}; give a full https address"
        if any(host == banned or host.endswith("." + banned) for banned in BANNED_HOSTS):
            yield line, "banned-source", f"{host} makes up or copies its pages; find the original source"


def _address(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


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
        line = next((section.line for section in guide.sections if section.title == QUESTIONS), 1)
        yield line, "questions", f"{count} questions are answered, at least 8 are needed"
    seen: set[str] = set()
    for question in guide.questions:
        if question.title.lower() in seen:
            yield question.line, "question-twice", f"the question {question.title!r} stands twice"
        seen.add(question.title.lower())
        if not question.text:
            yield question.line, "empty", f"the question {question.title!r} has no answer"


def _body(guide: Guide) -> Iterator[Finding]:
    for part in _parts(guide):
        for number, text in enumerate(part.text.split("\n"), part.text_line):
            yield from ((number, code, message) for code, message in _line(guide, text))
        for number, sentence in _sentences_of(part):
            if has_figure(sentence) and not _MARKER.search(sentence):
                yield number, "figure", f"a sentence with a figure needs its source: {sentence[:80]!r}"
            bare = QUOTED.sub("", sentence) if guide.kind == "safety" else sentence
            if HYPE.search(bare):
                yield number, "hype", f"no 'up to' and no 'guaranteed' income: {sentence[:80]!r}"


def _line(guide: Guide, text: str) -> Iterator[tuple[str, str]]:
    for mark in _MARKER.findall(text):
        if mark not in guide.sources:
            yield "marker", f"[{mark}] is not under 'sources'"
    for wrong in _NEAR_MARKER.findall(text):
        yield "marker", f"{wrong} is not a marker; write [s1], and [s1][s2] for two"
    for target in _LINK.findall(text):
        if urlsplit(target).scheme in {"http", "https"}:
            continue
        if not (guide.path.parent / target.split("#")[0]).is_file():
            yield "dead-link", f"the link {target!r} leads to no guide"


def _path(guide: Guide) -> Iterator[Finding]:
    skills = {step.skill for step in guide.steps}
    keys = {fact.key.value for fact in guide.facts}
    if guide.kind == "path" and not (guide.steps and guide.first_paid):
        yield 1, "steps", "a path has 'steps' and 'first_paid'"
    if guide.kind != "path" and (guide.steps or guide.first_paid):
        yield guide.lines.get("steps", guide.lines.get("first_paid", 1)), "steps", "only a path has steps"
    yield from _first_paid(guide, skills, keys)
    yield from _step_values(guide)
    for missing in guide.not_found:
        if missing.key not in FactKey._value2member_map_:
            yield missing.line, "key", f"{missing.key!r} is not a fact key"


def _first_paid(guide: Guide, skills: set[str], keys: set[str]) -> Iterator[Finding]:
    for item in guide.first_paid:
        if item.after not in skills:
            yield item.line, "first-paid", f"{item.after!r} is no skill of this path"
        if item.pay and item.pay not in keys:
            yield item.line, "first-paid", f"{item.pay!r} is no key of a fact of this guide"


def _step_values(guide: Guide) -> Iterator[Finding]:
    for step in guide.steps:
        for resource in step.resources:
            if resource not in guide.sources:
                yield step.line, "resource", f"the resource {resource!r} is not under 'sources'"
        if step.low > step.high or step.cost_low > step.cost_high:
            yield step.line, "range", f"the step {step.skill!r} has a range that falls"
        if step.currency not in _CURRENCIES:
            yield step.line, "unit", f"{step.currency!r} is not an ISO 4217 code such as USD"


ERRORS: tuple[Callable[[Guide], Iterable[Finding]], ...] = (
    _place, _facts, _sources, _sections, _questions, _body, _path,
)  # fmt: skip


# Rules of one guide: warnings


def _dates(guide: Guide, today: date) -> Iterator[Finding]:
    line = guide.lines.get("reviewed", 1)
    if guide.reviewed is None:
        yield line, "review", "the day of the last review is missing; give 'reviewed: 2026-11-22'"
    elif (today - guide.reviewed).days > REVIEW_DAYS:
        yield line, "review", f"last reviewed {guide.reviewed}; read it against its sources again"
    elif guide.reviewed > today:
        yield line, "future", f"reviewed on {guide.reviewed}, which is still to come"
    for key, source in guide.sources.items():
        line = guide.source_lines.get(key, 1)
        if source.read and (source.read > today or (source.published and source.published > source.read)):
            yield line, "future", f"the source {key} was read on {source.read}: before it was published, or not yet"
    for fact, line in zip(guide.facts, guide.fact_lines, strict=True):
        if fact.until is None and fact.year is None and fact.is_stale_on(today):
            yield line, "stale", f"{fact.key.value} ({fact.label}) is of {fact.as_of}, past its shelf life"


def _style(guide: Guide) -> Iterator[Finding]:
    used = {mark for part in _parts(guide) for mark in re.findall(r"\[(s\d+)\]", part.text)}
    used |= {fact.source.id for fact in guide.facts} | {r for step in guide.steps for r in step.resources}
    for key in guide.sources:
        if key not in used:
            yield guide.source_lines.get(key, 1), "unused-source", f"the source {key} is cited nowhere"
    for fact, line in zip(guide.facts, guide.fact_lines, strict=True):
        if _TEXT_FIGURE.search(fact.text):
            message = f"a figure hides in a text, where no tool finds it; make it a fact of its own: {fact.text[:80]!r}"
            yield line, "text-figure", message
    if len(guide.questions) > 20:
        yield (
            guide.questions[20].line,
            "questions",
            f"{len(guide.questions)} questions; more than 20 belong in two guides",
        )
    for question in guide.questions:
        found = list(_sentences_of(question))
        lines = question.text.split("\n")
        prose = [number for number, _ in found if not _ITEM.match(lines[number - question.text_line])]
        if len(found) < 2 or len(prose) > 8:
            yield question.line, "answer-length", f"the answer has {len(found)} sentences; two to six are meant"
        if _DANGLING.match(question.text):
            yield question.line, "dangling", "the first sentence must name what it is about"
        if not question.title.endswith("?"):
            yield question.line, "question-form", f"a question ends with a question mark: {question.title!r}"


def _holes(guide: Guide) -> Iterator[Finding]:
    for cell, state in cells(guide).items():
        if state == "HOLE":
            yield 1, "coverage", f"{cell} is neither a fact nor a not_found entry"


def _needs(guide: Guide, skills: set[str]) -> Iterator[Finding]:
    for step in guide.steps:
        for need in step.needs:
            if need not in skills:
                yield step.line, "skill", f"{need!r} is a step of no path; check the spelling"


# Rules across guides


def _names(guides: Sequence[Guide], shown: set[Path]) -> list[Problem]:
    problems = []
    seen: dict[str, Guide] = {}
    # Guides that are only referred to come first, so that a clash is reported on the guide under check.
    for guide in sorted(guides, key=lambda guide: guide.path in shown):
        lines = {guide.id: guide.lines.get("id", 1)}
        lines.setdefault(guide.name.lower(), guide.lines.get("name", 1))
        for number, alias in enumerate(guide.aliases):
            lines.setdefault(alias.lower(), guide.lines.get(f"aliases.{number}", 1))
        for name, line in lines.items():
            other = seen.setdefault(name, guide)
            if other is not guide and guide.path in shown:
                message = f"the name {name!r} already belongs to {other.path.name}"
                problems.append(Problem(str(guide.path), line, "name", message))
    return problems


# Sentences and coverage


def _parts(guide: Guide) -> list[Section]:
    return [*(s for s in guide.sections if s.title != QUESTIONS), *guide.questions]


_CURRENCIES = frozenset(get_global("all_currencies"))
_MARKER = re.compile(r"\[(s\d+)\]")
_NEAR_MARKER = re.compile(r"\[(?:S\d+|\d{1,3}|s\d+(?:\s*[,;]\s*s?\d+)+|\^s?\d+)\](?!\()")
_LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
_TEXT_FIGURE = re.compile(r"[$£€₹]\s?\d|\d\s?(?:%|percent\b|per cent\b)|\b[A-Z]{3} \d")
_DANGLING = re.compile(r"(?:It|They|This|That|These|Those)\b(?! depends| is possible| who)")
_SENTENCE = re.compile(r"(?<=[.!?])[\"”’)*_]*(?:\s*\[s\d+\])*\s+(?=[\"“(*_]*(?:[A-Z0-9$£€₹]|[a-z]+[A-Z])|\[[^\]]+\]\()")
_SHORT = re.compile(r"\b(?:e\.g|i\.e|etc|approx|vs|mr|mrs|ms|dr|inc|ltd|st|u\.s|u\.k|a\.m|p\.m)\.$", re.IGNORECASE)
_COUNTED = re.compile(r"\b(?:no|sec|art)\.$", re.IGNORECASE)
_ITEM = re.compile(r"\s*(?:>\s*)*(?:[-*•]|\d{1,2}[.)])\s+")
_RULER = re.compile(r"\s*\|[\s:|-]*-[\s:|-]*$")
_NO_PROSE = re.compile(r"\s*(?:#{1,6}\s|```|\|?[\s:|-]+$)")
_NAMES = re.compile(
    r"\b(?![A-Z]{3}\d)[A-Z][A-Za-z]*-?\d\w*"
    r"|\b\d{3,4}-[A-Z]{1,5}\b|\b\d{3}\([a-z]\)(?:\(\d\))?|\b\d[A-Z]\b|\b9-to-5\b|\b24/7\b"
)


def sentences(text: str) -> list[str]:
    """Return the sentences of a paragraph or list item, each with the markers behind it."""
    return [sentence for _, sentence in _cut(text)]


def _cut(text: str) -> Iterator[tuple[int, str]]:
    """Yield each sentence with the number of line ends before it."""
    item = _ITEM.match(text)
    start = item.end() if item else 0
    ends = [
        cut.end()
        for cut in _SENTENCE.finditer(text, start)
        if not _SHORT.search(text[start : cut.start()])
        and not (_COUNTED.search(text[start : cut.start()]) and text[cut.end()].isdigit())
    ]
    for end in [*ends, len(text)]:
        if sentence := text[start:end].strip():
            before = len(text[:start]) + len(text[start:end]) - len(text[start:end].lstrip())
            yield text[:before].count("\n"), sentence
        start = end


def _sentences_of(part: Section) -> Iterator[tuple[int, str]]:
    """Yield the sentences of a part with their lines; wrapped lines are joined, headings and table heads left out."""
    block: list[str] = []
    lines = [*part.text.split("\n"), ""]
    for number, text in enumerate(lines):
        is_head = text.lstrip().startswith("|") and bool(_RULER.match(lines[number + 1]))
        is_break = not text.strip() or bool(_NO_PROSE.match(text)) or is_head
        if is_break or _ITEM.match(text) or text.lstrip().startswith("|"):
            yield from (
                (part.text_line + number - len(block) + before, found) for before, found in _cut("\n".join(block))
            )
            block = []
        if not is_break:
            block.append(text)


def has_figure(sentence: str) -> bool:
    """Return whether a sentence states a figure; form names, links and markers do not count."""
    text = re.sub(r"\]\([^)]*\)", "]", _MARKER.sub("", sentence))
    return bool(re.search(r"\d", _NAMES.sub("", FORM_NAMES.sub("", text))))


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


# Output


def run_check(path: Path | None, *, coverage: bool, as_json: bool, today: date | None = None) -> tuple[str, int]:
    """Lint a guide or a folder and return what to print and the exit code (1 on errors).

    Args:
        path: A guide or a folder; the corpus when None.
        coverage: Show the matrix of cells in place of the problems.
        as_json: Return one JSON value.
        today: The day on which shelf lives are judged.

    Raises:
        CorpusError: When there is nothing to check at the path.
    """
    return _run([] if path is None else [path], coverage=coverage, as_json=as_json, today=today)


def _run(asked: Sequence[Path], *, coverage: bool, as_json: bool, today: date | None = None) -> tuple[str, int]:
    corpus = load().corpus_dir
    base = corpus_guides(corpus)
    paths: list[Path] = []
    for path in asked or [corpus]:
        found = (corpus_guides(path) or sorted(path.glob("*.md"))) if path.is_dir() else [path] * path.is_file()
        if not found:
            raise CorpusError(f"There is no guide at {str(path)!r}. Give a Markdown file or a corpus folder.")
        paths += [found_path.resolve() for found_path in found]
    is_inside = any(path.is_relative_to(corpus) for path in paths)
    report = check(paths, today or date.today(), base=base if is_inside else ())  # noqa: DTZ011 - shelf life
    code = 1 if report.errors else 0
    matrix = _matrix(report.guides)
    if as_json:
        return json.dumps(_as_json(report) | ({"coverage": matrix} if coverage else {})), code
    lines = [f"{_shown(p.path)}:{p.line}: {p.code} {p.message}" for p in report.errors]
    lines += [f"{_shown(p.path)}:{p.line}: warning {p.code} {p.message}" for p in report.warnings]
    if coverage:
        lines = _coverage_lines(matrix)
    facts = sum(len(guide.facts) for guide in report.guides)
    questions = sum(len(guide.questions) for guide in report.guides)
    lines.append(
        f"{len(report.guides)} guides, {facts} facts, {questions} questions: "
        f"{len(report.errors)} errors, {len(report.warnings)} warnings"
    )
    return "\n".join(lines), code


def _shown(path: str) -> str:
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path


_matrix = coverage


def _as_json(report: Report) -> dict[str, object]:
    kinds = Counter(source.source_kind for guide in report.guides for source in guide.sources.values())
    return {
        "guides": len(report.guides),
        "facts": sum(len(guide.facts) for guide in report.guides),
        "questions": sum(len(guide.questions) for guide in report.guides),
        "source_kinds": dict(sorted(kinds.items())),
        "errors": [vars(problem) | {"path": _shown(problem.path)} for problem in report.errors],
        "warnings": [vars(problem) | {"path": _shown(problem.path)} for problem in report.warnings],
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
        f"+ value, - looked for and not found: {decided / total:.0%} decided, "
        f"{states['value'] / total:.0%} with a value"
    )
    return lines


def main(arguments: Sequence[str]) -> int:
    """Run the linter as `python -m ingest.check [PATH…] [--coverage] [--json]` and return the exit code."""
    options = {argument for argument in arguments if argument.startswith("-")}
    paths = [Path(argument) for argument in arguments if not argument.startswith("-")]
    if unknown := options - {"--coverage", "--json"}:
        sys.stderr.write(f"There is no option {sorted(unknown)[0]!r}; use --coverage or --json.\n")
        return 2
    try:
        text, code = _run(paths, coverage="--coverage" in options, as_json="--json" in options)
    except CorpusError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(text + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
