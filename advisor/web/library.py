"""The corpus as people browse it: guides, facts with their age, the history of a value, coverage; HTML out, nothing changed."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from advisor import Advisor, Chunk, Fact, Subject, to_html
from advisor.web import charts, parts, strings
from advisor.web.drawing import esc

SHOWN = 300
_MARKER = re.compile(r"\[s(\d{1,3})\]")
_FACTS: dict[int, dict[str, list[Fact]]] = {}


def facts_of(advisor: Advisor) -> dict[str, list[Fact]]:
    """Return all facts by subject, read once for each state of the ledger."""
    sequence = advisor.ledger.sequence
    if sequence not in _FACTS:
        grouped: dict[str, list[Fact]] = {}
        for fact in advisor.ledger.facts():
            grouped.setdefault(fact.subject, []).append(fact)
        _FACTS.clear()
        _FACTS[sequence] = grouped
    return _FACTS[sequence]


def is_in(fact: Fact, country: str) -> bool:
    """Return whether a fact holds in a country: it names it, or holds everywhere."""
    return not country or fact.region == "global" or fact.region.split("-")[0] == country


def chosen(advisor: Advisor, kind: str, country: str, find: str) -> list[Subject]:
    """Return the guides that fit the filters, by name; a country wants at least one value of that country itself."""
    words = find.lower().split()
    facts = facts_of(advisor)
    found = []
    for guide in advisor.facts.guides.values():
        own = facts.get(guide.id, [])
        names = " ".join((guide.id, guide.name, guide.family, *guide.aliases)).lower()
        if kind and guide.kind != kind:
            continue
        if country and not any(fact.region.split("-")[0] == country for fact in own):
            continue
        if all(word in names for word in words):
            found.append(guide)
    return sorted(found, key=lambda guide: guide.name.lower())


def guides_table(advisor: Advisor, guides: Sequence[Subject], country: str) -> str:
    """Return the guides as a table with the number and the age of their values."""
    if not guides:
        return f"<p class='ga-intro'>{strings.LIBRARY_NOTHING}</p>"
    facts, rows, total = facts_of(advisor), [], 0
    for guide in guides:
        own = [fact for fact in facts.get(guide.id, []) if is_in(fact, country)]
        total += len(own)
        days = sorted(fact.as_of for fact in own if fact.as_of)
        cells = (
            strings.GUIDE_KINDS.get(guide.kind, guide.kind),
            str(len(own)),
            str(days[0]) if days else "–",
            str(days[-1]) if days else "–",
        )
        name = f"<td><a href='./?guide={esc(guide.id)}' data-guide='{esc(guide.id)}' target='_blank'>{esc(guide.name)}</a></td>"
        rows.append([name, *(f"<td>{esc(cell)}</td>" for cell in cells)])
    count = strings.LIBRARY_COUNT.format(guides=len(guides), facts=total)
    more = strings.LIBRARY_SHOWN.format(shown=SHOWN, count=len(rows)) if len(rows) > SHOWN else ""
    return f"<p class='ga-intro' role='status'>{count}. {more}</p>" + parts.html_table(
        strings.GUIDE_COLUMNS, rows[:SHOWN], strings.LIBRARY_GUIDES
    )


def guide_html(advisor: Advisor, name: str) -> str:
    """Return a whole guide: its text with links to the sources, and its values with their age."""
    guide = advisor.facts.guides.get(name)
    if guide is None:
        return ""
    ledger = advisor.ledger
    chunks = ledger.chunks(ledger.chunk_ids(guide.id))
    inside, heading = [], ""
    for chunk in sorted((c for c in chunks.values() if c.kind in {"prose", "question"}), key=_reading_order):
        if chunk.heading != heading:
            heading = chunk.heading
            inside.append(f"<h3>{esc(heading.rsplit(' > ', 1)[-1])}</h3>")
        inside.append(_text(chunk))
    kind = strings.GUIDE_KINDS.get(guide.kind, guide.kind)
    family = f" · {guide.family}" if guide.family else ""
    values = facts_table(facts_of(advisor).get(guide.id, []), date.today())  # noqa: DTZ011 - the reader's own day
    return (
        f"<article class='ga-doc'><h2>{esc(guide.name)}</h2><p class='ga-quiet'>{esc(kind + family)}</p>"
        f"<div class='ga-body'>{''.join(inside)}</div><h3>{strings.LIBRARY_FACTS}</h3>{values}</article>"
    )


_ORDER = (
    "in short",
    "who can join",
    "how the work",
    "fees",
    "when you",
    "what people",
    "first steps",
    "risks",
    "good to know",
)


def _reading_order(chunk: Chunk) -> tuple[int, int]:
    head = chunk.heading.lower()
    place = next((n for n, word in enumerate(_ORDER) if head.startswith(word)), len(_ORDER))
    return (1 if chunk.kind == "question" else 0, place)


def _text(chunk: Chunk) -> str:
    urls = {int(s.id[1:]): s.url for s in chunk.sources if s.id[1:].isdigit() and s.url}
    return to_html(_MARKER.sub(r"[\1]", chunk.text), set(urls.values()), urls)


def facts_table(facts: Iterable[Fact], today: date, *, named: bool = False) -> str:
    """Return facts with value, place, validity, age and source; those past their shelf life are marked."""
    rows = []
    ordered = sorted(facts, key=lambda fact: (fact.subject, fact.key.value, fact.label, fact.since or date.min))
    for fact in ordered[:SHOWN]:
        age = (today - fact.as_of).days if fact.as_of else None
        stale = fact.is_stale_on(today)
        words = strings.UNDATED if age is None else (strings.AGE_STALE if stale else strings.AGE_FRESH).format(days=age)
        label = fact.label or fact.key.value
        what = f"{fact.subject_name}: {label}" if named else label
        unit = f"{fact.unit}{f' per {fact.per}' if fact.per else ''}"
        value = parts.fact_value(fact.low, fact.mid, fact.high, fact.text, unit)
        force = f"{fact.since or ''} – {fact.until or ''}".strip(" –") if fact.since or fact.until else "–"
        rows.append(
            [
                f"<td>{esc(what)}</td>", f"<td>{esc(value)}</td>", f"<td>{esc(fact.region)}</td>", f"<td>{esc(force)}</td>",
                f"<td class='{'ga-stale' if stale else ''}'>{esc(words)}</td>", f"<td>{parts.link(fact.source.url, fact.source.publisher)}</td>",
            ]
        )  # fmt: skip
    if not rows:
        return f"<p class='ga-intro'>{strings.LIBRARY_NOTHING}</p>"
    more = strings.LIBRARY_SHOWN.format(shown=SHOWN, count=len(ordered)) if len(ordered) > SHOWN else ""
    return (f"<p class='ga-intro'>{more}</p>" if more else "") + parts.html_table(
        strings.LIBRARY_COLUMNS, rows, strings.LIBRARY_FACTS
    )


def keys_of(advisor: Advisor, name: str) -> list[str]:
    """Return the keys that a guide has values for, those with several dates first."""
    counted = Counter(fact.key.value for fact in facts_of(advisor).get(name, []))
    return sorted(counted, key=lambda key: (-counted[key], key))


def history_html(advisor: Advisor, name: str, key: str) -> str:
    """Return every value a key ever had: a picture where it is a number over time, and the table."""
    found = advisor.facts.history(name, key)
    by_label: dict[tuple[str, str], list[Fact]] = {}
    for fact in found:
        if any(value is not None for value in (fact.low, fact.mid, fact.high)):
            by_label.setdefault((fact.label, fact.unit), []).append(fact)
    inside = []
    for (label, unit), facts in by_label.items():
        dated = [(str(fact.since or fact.as_of or "")[:7], _middle(fact)) for fact in facts]
        if len({day for day, _ in dated}) > 1:
            inside.append(
                charts.draw({"kind": "line", "y": unit, "rows": dated}, f"{label or key}: {strings.LIBRARY_HISTORY}")
            )
    if not inside:
        inside.append(f"<p class='ga-intro'>{strings.LIBRARY_NO_HISTORY}</p>")
    return "".join(inside) + facts_table(found, date.today())  # noqa: DTZ011 - the reader's own day


def _middle(fact: Fact) -> float:
    if fact.mid is not None:
        return fact.mid
    known = [value for value in (fact.low, fact.high) if value is not None]
    return sum(known) / len(known)


def coverage_html(advisor: Advisor, country: str) -> str:
    """Return how many values the corpus holds, by kind of guide and kind of value."""
    kinds = {guide.id: guide.kind for guide in advisor.facts.guides.values()}
    counted: Counter[tuple[str, str]] = Counter()
    for subject, facts in facts_of(advisor).items():
        for fact in facts:
            if is_in(fact, country):
                counted[kinds.get(subject, strings.NONE), fact.key.value.split(".")[0]] += 1
    columns = sorted({key for _, key in counted})
    rows = []
    for kind, words in strings.GUIDE_KINDS.items():
        guides = sum(one == kind for one in kinds.values())
        cells = [str(guides), *(str(counted[kind, key] or "–") for key in columns)]
        rows.append([f"<td>{esc(words)}</td>", *(f"<td class='ga-num'>{cell}</td>" for cell in cells)])
    return parts.html_table((strings.LIBRARY_KIND, strings.LIBRARY_GUIDES, *columns), rows, strings.LIBRARY_COVERAGE)
