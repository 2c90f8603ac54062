"""Which platform has the lowest fee, the smallest payout, the youngest age: one dated fact a platform, in order of its value."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from advisor.facts import Facts
from advisor.ledger import Ledger
from advisor.schema import Chunk, Fact

MOST = 8
"""So many platforms are listed; more are no answer."""
_LOW = r"lowest|cheapest|smallest|least|youngest|fewest|lower|low"
_HIGH = r"highest|largest|biggest|most expensive|greatest"
_ASKED = re.compile(
    rf"\b(?:which|what|any|name|list)\b[^.?!]*\b(?:{_LOW}|{_HIGH}|no|zero|without)\b|^\W*(?:the )?(?:{_LOW}|{_HIGH})\b",
    re.IGNORECASE,
)
_PLACES = re.compile(
    r"\b(?:platforms?|sites?|websites?|apps?|marketplaces?|services?|compan(?:y|ies))\b", re.IGNORECASE
)
_KEYS = (
    (re.compile(r"\b(?:fees?|com+is+ions?|cuts?|charges?|takes?)\b", re.I), "fee.worker", ("percent",)),
    (re.compile(r"\b(?:minimum|smallest|lowest|low|small)\b[^.?!]{0,20}\b(?:pay ?outs?|withdraw\w*|cash ?outs?)\b", re.I), "payout.minimum", ("USD", "EUR", "GBP")),
    (re.compile(r"\b(?:age|youngest)\b", re.I), "eligibility.age", ("years",)),
)  # fmt: skip
_FAMILIES = (
    (r"freelanc\w*|marketplaces? for services|gig sites?", ("freelance-marketplace",)),
    (r"deliver\w*|courier\w*", ("delivery",)),
    (r"ride\w*|driv\w*|taxi", ("ride-hail",)),
    (r"tutor\w*|teach\w*|lessons?", ("online-tutoring", "teaching")),
    (r"creators?|fans|subscriptions?|newsletters?|stock|photos?", ("content-and-audience", "content")),
    (r"sell\w*|shops?", ("online-selling",)),
    (r"tasks?|handy\w*|pets?|dog|local", ("local-services",)),
    (r"rent\w*|host\w*", ("renting-out",)),
    (r"microtasks?|surveys?|ai|annotat\w*|label\w*|data work", ("microtasks", "ai-data-work", "research-studies")),
)
_ORDERED = tuple((re.compile(rf"\b(?:{words})\b", re.IGNORECASE), names) for words, names in _FAMILIES)


def asked(text: str, families: Mapping[str, str]) -> tuple[str, str, tuple[str, ...]]:
    """Return by what, in which order and among which platforms a question ranks; empty when it ranks none.

    Args:
        text: A question that names no platform.
        families: The family of each platform, by its id.
    """
    wanted = _ASKED.search(text)
    if not wanted or not _PLACES.search(text):
        return "", "", ()
    key = next((key for pattern, key, _ in _KEYS if pattern.search(text)), "")
    names = next((names for pattern, names in _ORDERED if pattern.search(text)), ())
    among = tuple(sorted(subject for subject, family in families.items() if not names or family in names))
    order = "highest" if re.search(rf"\b(?:{_HIGH})\b", text, re.IGNORECASE) else "lowest"
    return (key, order, among) if key and among else ("", "", ())


def ranked(ledger: Ledger, key: str, order: str, among: Sequence[str], day: date, country: str) -> list[Chunk]:
    """Return the passage of one fact a platform under a key, by its value; those of another unit or country are left out."""
    units = next(units for _, known, units in _KEYS if known == key)
    best: list[tuple[float, float, str, Fact]] = []
    for subject in among:
        facts = Facts(ledger.facts(subject))
        found = [
            fact for fact in facts.find(subject, key, on=day, region=country)
            if fact.unit in units and (fact.mid is not None or fact.high is not None) and (country or fact.region == "global" or key == "eligibility.age")
        ]  # fmt: skip
        # A value for all comes before one for a tier or a way of payment; of several fees a newcomer meets the highest.
        side = -1 if key.startswith("fee") else 1
        found.sort(key=lambda fact: (bool(fact.scope), fact.is_stale_on(day), side * _span(fact)[1]))
        if found:
            best.append((*_span(found[0]), subject, found[0]))
    best.sort(key=lambda item: item[:3])
    if order == "highest":
        best.reverse()
    chunks = []
    for *_, subject, fact in best[:MOST]:
        known = ledger.chunks(ledger.chunk_ids(subject)).values()
        chunks += [chunk for chunk in known if chunk.kind == "fact" and fact.id in chunk.fact_ids][:1]
    return chunks


def _span(fact: Fact) -> tuple[float, float]:
    """Return the middle and the top of a fact's value."""
    low, high = (fact.low if fact.low is not None else fact.mid), (fact.high if fact.high is not None else fact.mid)
    ends = [value for value in (low, high) if value is not None]
    return (fact.mid if fact.mid is not None else sum(ends) / len(ends)), max(ends)
