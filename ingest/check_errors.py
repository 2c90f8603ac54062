"""Rules that a guide must keep: identity, facts, sources, sections, questions, sentences, steps."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from urllib.parse import SplitResult, urlsplit

from babel.core import get_global

from advisor.schema import Fact, FactKey
from ingest.readers.guide_model import KINDS, QUESTIONS, Guide
from ingest.rules import BANNED_HOSTS, BASIS, HYPE, MEASURED_PAY, QUOTED, REGION, SECTIONS, UNITS
from ingest.sentences import has_figure, parts, sentences_of

Finding = tuple[int, str, str]
_CURRENCIES = frozenset(get_global("all_currencies"))
_MARKER = re.compile(r"\[(s\d+)\]")
_NEAR_MARKER = re.compile(r"\[(?:S\d+|\d{1,3}|s\d+(?:\s*[,;]\s*s?\d+)+|\^s?\d+)\](?!\()")
_LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")


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
    for part in parts(guide):
        for number, text in enumerate(part.text.split("\n"), part.text_line):
            yield from ((number, code, message) for code, message in _line(guide, text))
        for number, sentence in sentences_of(part):
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
