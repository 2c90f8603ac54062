"""Which skills of the paths a person holds, and which two or three missing ones would open the most paid work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

from advisor.facts import Facts
from advisor.neutral import neutral
from advisor.schema import Fact, Step
from advisor.skill_words import alias_pattern, informal_patterns

FOUNDATIONS = frozenset(
    "programming-basics html-css javascript bookkeeping-basics accounting-software design-basics translation-basics second-language "
    "video-editing-basics copywriting-basics seo-basics machine-learning descriptive-statistics test-design".split()
)
"""Who holds what rests on these holds them too; of others (customer service on product listing) that does not follow."""
_NO_COMPUTER = frozenset(
    "client-communication customer-service english-writing second-language interviewing local-navigation lesson-planning fact-checking "
    "trip-cost-accounting order-fulfilment product-listing finding-learning-gaps domain-knowledge design-basics translation-basics "
    "bookkeeping-basics guideline-reading teaching-certificate".split()
)
"""Skills that show nothing about computers, although the paths take them up after the first steps at one."""
TRANSFERS = {
    "customer-service": ("client-communication", "community-management", "calendar-and-inbox"), "client-communication": ("customer-service",),
    "bookkeeping-basics": ("spreadsheets",), "sql": ("spreadsheets",), "python": ("data-pipelines", "automation-tools"),
    "javascript": ("automation-tools",), "lesson-planning": ("instruction-writing",), "online-teaching": ("client-communication",),
    "translation-basics": ("english-writing", "guideline-reading"), "domain-knowledge": ("fact-checking",),
    "driving-licence-and-record": ("local-navigation",), "calendar-and-inbox": ("client-communication",),
    "copywriting-basics": ("content-planning",), "design-software": ("ai-image-tools",), "short-video": ("content-planning",),
    "quality-checking": ("guideline-reading", "bug-reporting"),
}  # fmt: skip
"""Skill -> skills that it carries over to in part; our judgement."""
AT_ONCE = 3
PAY_BONUS, HOURS_SCALE = 0.5, 100
"""What better pay adds to an opening's worth, and the hours of learning at which a bundle's worth is halved."""
_LEAST_WORTH = 0.05
GENERIC = ("all fields", "all platforms")
"""Pay of everybody on a marketplace says nothing about one kind of work, so it counts as not known."""


@dataclass(frozen=True)
class Held:
    """What a person's words show: skills of paths, informal work, skills that such work brings near, and words not understood."""

    skills: frozenset[str]
    shown: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Item:
    """A first paid work that is not open yet: what it lacks, what it is worth to the person, its pay."""

    lacking: frozenset[str]
    worth: float
    words: str
    pay: float | None


def held_skills(words: Sequence[str], facts: Facts, languages: Sequence[str] = ()) -> Held:
    """Return what a person's words show; informal work is itself a skill and brings those of paths near, no more.

    Args:
        words: What the person says about what they can do.
        facts: The paths with their steps.
        languages: Languages the person works in; two make the skill of a second language.
    """
    steps: dict[str, dict[str, Step]] = {
        guide.id: {step.skill: step for step in guide.steps} for guide in facts.guides.values() if guide.steps
    }
    every = sorted({skill for by_skill in steps.values() for skill in by_skill})
    texts = [neutral(word.replace("-", " ")).text for word in words]
    named: set[str] = {"second-language"} & set(every) if len({one.lower() for one in languages}) > 1 else set()
    informal = set()
    unknown = []
    for word, text in zip(words, texts, strict=True):
        hit = {skill for skill in every if alias_pattern(skill).search(text)}
        work = {item for item, pattern in informal_patterns() if item.skill in text.lower() or pattern.search(text)}
        named |= hit
        informal |= work
        if not hit and not work:
            unknown.append(word)
    held = set(named)
    for by_skill in steps.values():
        for skill in named & set(by_skill):
            held |= implied(skill, by_skill)
    near = {skill for item in informal for skill in item.helps} | {
        skill for name in held for skill in TRANSFERS.get(name, ())
    }
    return Held(frozenset(held), frozenset(item.skill for item in informal), frozenset(near - held), tuple(unknown))


def implied(skill: str, by_skill: Mapping[str, Step]) -> set[str]:
    """Return the foundations that a skill cannot be without."""
    found: set[str] = set()
    waiting = [skill]
    while waiting:
        for need in by_skill[waiting.pop()].needs:
            if need in FOUNDATIONS and need in by_skill and need not in found:
                found.add(need)
                waiting.append(need)
    at_computer = skill not in _NO_COMPUTER and "basic-computer-use" in before(skill, by_skill)
    return found | ({"basic-computer-use"} if at_computer else set())


def before(skill: str, by_skill: Mapping[str, Step]) -> list[str]:
    """Return a skill and all that it rests on, what comes first first."""
    found: list[str] = []

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in by_skill and name not in found and name not in above:
            for need in sorted(by_skill[name].needs):
                visit(need, (*above, name))
            found.append(name)

    visit(skill, ())
    return found


def own_pay(facts: Facts, subject: str, key: str, today: date, country: str) -> list[Fact]:
    """Return the pay facts of one kind of work that hold for the whole country or everywhere, best first."""
    return [
        fact
        for fact in facts.find(subject, key, on=today, region=country)
        if fact.region in ("global", country)
        and not fact.is_stale_on(today)
        and not any(words in f"{fact.label} {fact.population}" for words in GENERIC)
        and any(value is not None for value in (fact.low, fact.mid, fact.high))
    ]


def next_skills(
    held: frozenset[str], facts: Facts, today: date, country: str = "", worth: Mapping[str, float] | None = None
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return up to three missing skills that together open the most, in the order to learn them, and what is open already.

    All bundles of up to three skills that complete what some first paid work lacks are compared. A bundle's worth is the sum over
    the paid work it opens of the square of how well the path fits, half as much again when that pays more than what is
    open already, divided by 1 + hours / 100. Later work of a path needs what its earlier work needs. The weights are our
    judgement.

    Args:
        held: Skills held.
        facts: The paths.
        today: The day on which pay must be in force.
        country: For pay.
        worth: Path -> how well it fits; paths that are not in it are left out. All count alike when None.
    """
    hours: dict[str, tuple[float, float]] = {}
    used_by: dict[str, list[str]] = {}
    items: list[_Item] = []
    needs: dict[str, list[str]] = {}
    open_now: list[str] = []
    open_pay = 0.0
    for guide in sorted(facts.guides.values(), key=lambda guide: guide.id):
        if worth is not None and guide.id not in worth:
            continue
        by_skill = {step.skill: step for step in guide.steps}
        for step in guide.steps:
            if step.skill not in held:
                low, high = hours.get(step.skill, (step.low, step.high))
                hours[step.skill] = (min(low, step.low), max(high, step.high))
                used_by.setdefault(step.skill, []).append(guide.id)
        lacking: list[str] = []
        for paid in guide.first_paid:
            lacking += [skill for skill in before(paid.after, by_skill) if skill not in held and skill not in lacking]
            words = f"{guide.name}: {paid.work.rstrip('.')}"
            pay = _dollars(own_pay(facts, guide.id, "pay.hourly", today, country))
            if not lacking:
                open_pay = max(open_pay, pay or 0.0)
                open_now.append(words)
                continue
            value = max(_LEAST_WORTH, worth[guide.id]) ** 2 if worth is not None else 1.0
            items.append(_Item(frozenset(lacking), value, words, pay))
            for place, skill in enumerate(lacking):
                needs.setdefault(skill, []).extend(lacking[:place])
    bundle = _best(items, hours, open_pay)
    if not bundle:
        order = sorted(used_by, key=lambda skill: (-len(used_by[skill]), hours[skill][0], skill))[:AT_ONCE]
        return [_row(skill, used_by, hours) for skill in order], open_now
    rows = []
    learnt: set[str] = set()
    for skill in sorted(bundle, key=lambda skill: (sum(other in needs.get(skill, ()) for other in bundle), skill)):
        opened = [item for item in items if skill in item.lacking and item.lacking <= learnt | {skill}]
        learnt.add(skill)
        best = max((item.pay for item in opened if item.pay is not None), default=None)
        added = round(best - open_pay, 2) if best is not None and best > open_pay > 0 else None
        rows.append(_row(skill, used_by, hours, [item.words for item in opened], best, added))
    return rows, open_now


def _row(
    skill: str,
    used_by: Mapping[str, list[str]],
    hours: Mapping[str, tuple[float, float]],
    opens: Sequence[str] = (),
    pay: float | None = None,
    added: float | None = None,
) -> dict[str, Any]:
    return {"skill": skill, "paths": used_by[skill], "opens": list(opens), "pay": pay, "pay_added": added, "hours": list(hours[skill])}  # fmt: skip


def _dollars(facts: Sequence[Fact]) -> float | None:
    for fact in facts:
        if fact.unit == "USD" and fact.per == "hour":
            return next(value for value in (fact.mid, fact.low, fact.high) if value is not None)
    return None


def _best(items: Sequence[_Item], hours: Mapping[str, tuple[float, float]], open_pay: float) -> frozenset[str]:
    """Return the bundle worth most; of equals the one with fewer skills, then by name."""
    sets = sorted({item.lacking for item in items if len(item.lacking) <= AT_ONCE}, key=sorted)
    bundles = {frozenset().union(*some) for size in range(1, AT_ONCE + 1) for some in combinations(sets, size)}

    def worth(bundle: frozenset[str]) -> float:
        gained = sum(
            item.worth * (1 + PAY_BONUS * (item.pay is not None and item.pay > open_pay))
            for item in items
            if item.lacking <= bundle
        )
        return gained / (1 + sum(sum(hours[skill]) / 2 for skill in bundle) / HOURS_SCALE)

    small = [bundle for bundle in bundles if len(bundle) <= AT_ONCE]
    return min(small, key=lambda bundle: (-round(worth(bundle), 9), len(bundle), sorted(bundle)), default=frozenset())
