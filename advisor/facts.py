"""Facts by subject, key and date, for tools and answers; a sum and the sentence next to it read the same value."""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from advisor.ledger import StoredDocument
from advisor.places import region_fits
from advisor.schema import Fact, FactUsed, Subject

_KIND_ORDER = {"law": 0, "official": 1, "research": 2, "press": 3, "independent": 4, "vendor": 5, "forum": 6, "user": 7}


class Facts:
    """All facts of a ledger, looked up by subject and key."""

    def __init__(self, facts: Iterable[Fact], guides: Iterable[Subject] = (), skill_data: Path | None = None) -> None:
        """Group the facts.

        Args:
            facts: Any number of facts.
            guides: What the guides are about, for tools that look through all of them.
            skill_data: The data folder in which O*NET and ESCO may have been taken in.
        """
        self.skill_data = skill_data
        self.guides: dict[str, Subject] = {guide.id: guide for guide in guides}
        self._by_subject: dict[str, list[Fact]] = {}
        for fact in facts:
            self._by_subject.setdefault(fact.subject, []).append(fact)

    def subjects(self) -> tuple[str, ...]:
        """Return all subjects in alphabetical order."""
        return tuple(sorted(self._by_subject))

    def find(
        self, subject: str, key: str, *, on: date | None = None, region: str = "", scope: str | None = None
    ) -> list[Fact]:
        """Return matching facts, best first.

        Better means: the region asked for before a wider one, law and official sources before others, newer before
        older.

        Args:
            subject: Id of the guide, for instance `upwork`.
            key: A whole key (`fee.worker`) or its first part (`fee`).
            on: Only facts in force on that day; all when None.
            region: Country or subdivision asked about, for instance `US` or `US-CA`.
            scope: Only this tier, vehicle or account type; any when None.
        """
        found = [
            fact
            for fact in self._by_subject.get(subject, ())
            if (fact.key.value == key or fact.key.value.startswith(key + "."))
            and (on is None or fact.is_valid_on(on))
            and (scope is None or fact.scope == scope)
            and region_fits(fact.region, region)
        ]
        return sorted(
            found,
            key=lambda fact: (
                -_region_rank(fact.region, region),
                _KIND_ORDER[fact.source.source_kind],
                -(fact.as_of or date.min).toordinal(),
                fact.id,
            ),
        )

    def value(self, subject: str, key: str, *, on: date, region: str = "", scope: str | None = None) -> Fact | None:
        """Return the best fact in force on a day, or None."""
        found = self.find(subject, key, on=on, region=region, scope=scope)
        return found[0] if found else None

    def history(self, subject: str, key: str) -> list[Fact]:
        """Return all values that a key ever had, oldest first."""
        return sorted(self.find(subject, key), key=lambda fact: (fact.since or fact.as_of or date.min, fact.id))


def subjects(documents: Iterable[StoredDocument]) -> list[Subject]:
    """Return what the guides among the documents of a ledger are about."""
    found = []
    for document in documents:
        data = json.loads(document.data)
        if data:
            found.append(Subject(id=document.id, name=document.title, **data))
    return found


def used(fact: Fact) -> FactUsed:
    """Return a fact in the form that a tool result reports."""
    return FactUsed(
        subject=fact.subject,
        key=fact.key.value,
        low=fact.low,
        mid=fact.mid,
        high=fact.high,
        text=fact.text,
        unit=fact.unit,
        as_of=fact.as_of,
        url=fact.source.url,
    )


def _region_rank(fact_region: str, asked: str) -> int:
    if not asked or fact_region == "global":
        return 0
    return 3 if fact_region == asked else 2 if asked.startswith(fact_region) else 1
