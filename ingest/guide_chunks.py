"""A guide cut into chunks: one per question, per fact, per piece of prose; markers stay in the texts."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from babel import Locale

from advisor.places import place_in
from advisor.schema import NOT_FOUND, Chunk, Fact
from ingest.fact_text import KEY_WORDS, fact_sentence, not_found_sentence, series_sentence, steps_text
from ingest.readers.guide_model import Guide

PROSE_CHARS = 900
SERIES_LENGTH = 6
"""From so many yearly values of one kind on, each ten years share one chunk."""
_LINK = re.compile(r"(?<!!)\[([^\]\n]+)\]\(([^)\s]+)\)")
_START = r"^how (?:do|can|should) (?:i|you) (?:start|begin|get started|join|sign up)\b"
_WORTH = (
    r"^(?:is|are) (?:\w+ing (?:on|for|with|at|in) )?(?:an? |the )?{name}\W* (?:really |still |still really )?"
    r"worth (?:it|a|my)\b(?! (?:for|to)\b)"
)
_IMPLIED: dict[str, tuple[tuple[str, str, str], ...]] = {
    "platform": (
        ("First steps", "How do I start with {name}?", _START),
        ("In short", "Is {name} worth it?", _WORTH),
        ("Risks and how it goes wrong", "What are the risks of {name}?", r"\brisks?\b|\bgo(?:es)? wrong\b"),
    ),
    "path": (
        ("Skills and steps", "What skills does {a} {name} need, and how do I learn them?", r"\bskills?\b"),
        ("Proof of skill", "Which certificate or proof does {a} {name} need?", r"\bcertificat|\bproof\b"),
        ("First paid work", "How do I get the first paid work as {a} {name}?", r"\bfirst (?:client|job|paid|customer|work)"),
        ("How AI changes it", "Will AI replace {a} {name}?", r"\bAI\b"),
    ),
}  # fmt: skip
_IMPLIED["option"] = (
    *_IMPLIED["platform"],
    ("What it takes", "What do I need for {name}, in money, time and skills?", r"\b(?:what do i need|money do i need|how much money)\b"),
    ("How it fails", "What mistakes do beginners make with {name}?", r"\bmistakes?\b|\bfails?\b"),
)  # fmt: skip
"""By kind of guide: sections that answer what everybody asks, the question, and how a question of the guide's own on it reads."""
_MARKER = re.compile(r"\[(s\d+)\]")


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


def _series(facts: Sequence[Fact]) -> list[list[Fact]]:
    """Return the facts one by one, and long series of yearly values together, ten years at a time."""
    sizes = Counter(_series_name(fact) for fact in facts)
    groups: dict[object, list[Fact]] = {}
    for fact in facts:
        is_series = fact.year is not None and fact.mid is not None and sizes[_series_name(fact)] >= SERIES_LENGTH
        key = (*_series_name(fact), (fact.year or 0) // 10) if is_series else fact.id
        groups.setdefault(key, []).append(fact)
    return list(groups.values())


def _series_name(fact: Fact) -> tuple[str, ...]:
    return fact.key.value, fact.label, fact.region, fact.scope, fact.source.id


def _asked_for(guide: Guide, heading: str) -> str:
    """Return the country that a question of a general guide names: "Where do I report a scam in the UK?" is for the UK only."""
    return place_in(heading).country if guide.kind in {"rule", "safety"} else ""


def _country(guide: Guide) -> str:
    """Return the country that a rule guide is about: its name says it and three quarters of its facts are of it; else `global`."""
    countries = Counter(fact.region[:2] for fact in guide.facts if fact.region not in {"global", ""})
    if guide.kind != "rule" or not countries:
        return "global"
    country, count = countries.most_common(1)[0]
    name = str(Locale("en").territories.get(country, country))
    # "German tax" names Germany as well as its name does; short codes count only as written.
    code = re.search(rf"\b{'UK' if country == 'GB' else country}\b", guide.name)
    is_named = bool(code) or name[:5].lower() in guide.name.lower()
    return country if is_named and count >= 0.75 * len(guide.facts) else "global"


def _implied(guide: Guide) -> list[tuple[str, str]]:
    """Return the questions that sections answer and that no question of the guide's own asks, with their texts."""
    texts = {section.title: _plain(section.text) for section in guide.sections}
    asked = [question.title for question in guide.questions]
    name = guide.name[:1].lower() + guide.name[1:] if guide.kind == "path" and guide.name[1:2].islower() else guide.name
    short = guide.name.split(" (")[0].rstrip("!")
    article = "an" if name[:1].lower() in "aeiou" else "a"
    return [
        (question.format(name=name, a=article), texts[title])
        for title, question, own in _IMPLIED.get(guide.kind, ())
        if texts.get(title)
        and not any(re.search(own.replace("{name}", re.escape(short)), heading, re.IGNORECASE) for heading in asked)
    ]


def guide_chunks(guide: Guide) -> list[Chunk]:
    """Cut a guide into chunks: one per question, per fact, per piece of prose; markers stay in the texts.

    Args:
        guide: A guide without problems.
    """
    chunks: list[Chunk] = []
    where = _country(guide)
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
            add("prose", section.title, piece, region=where)
    for question in guide.questions:
        add("question", question.title, _plain(question.text), region=_asked_for(guide, question.title) or where)
    for asked, text in _implied(guide):
        add("question", asked, text, region=where)
    if guide.steps or guide.first_paid:
        add("prose", "Skills and steps", steps_text(guide.steps, guide.first_paid))
    for facts in _series(guide.facts):
        fact = facts[0]
        add(
            "fact",
            fact.label or _key_words(fact.key.value),
            fact_sentence(fact, named=guide.kind not in {"topic", "safety"})
            if len(facts) == 1
            else series_sentence(facts),
            region=fact.region,
            since=fact.since,
            until=fact.until,
            fact_ids=tuple(each.id for each in facts),
            sources=(fact.source,),
        )
    for missing in guide.not_found:
        text = not_found_sentence(guide.name, missing.key, missing.searched, missing.look)
        add("fact", _key_words(missing.key), text, fact_ids=(f"{guide.id}#{missing.key}{NOT_FOUND}",))
    return chunks
