"""How well one platform, option or path fits a profile, with reasons for and against; the shares are our judgement."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Literal

from babel import Locale
from pydantic import Field

from advisor.facts import Facts
from advisor.schema import Fact, Frozen, Subject
from advisor.tools.eligibility import EligibilityInput, check
from advisor.tools.families import FAMILIES, LIKES, OWN_SKILLS, STRAINS, Family, tags
from advisor.tools.openings import Held, own_pay

_VEHICLES = ("car", "van", "scooter", "bicycle")
SKILL_SHARE, LIKE_SHARE, JOIN_SHARE, THING_SHARE = 0.5, 0.2, 0.15, 0.15
STRAIN_COST, CLOSED_COST, ELSEWHERE_COST, LATE_COST, REPEAT_COST = 0.5, 1.0, 0.2, 0.15, 0.15
"""What each part gives to or takes from a score; the order of the parts is that of the question: can, like, may, have.

The last keeps a list from being ten times the same: it is taken off for each one of the same family that stands above."""
NEAR_SHARE, PATH_ENOUGH = 0.4, 0.67
"""What a skill counts that unpaid work only brings near, and the share of a path's steps that counts as all."""
LEFT_OPEN, GENERIC_SHARE = 0.45, 0.4
"""What each fitting skill of a family leaves open (one gives 0.55 of the share, two 0.8, three 0.9), and what a skill counts
that nearly everybody at a desk has."""
_GENERIC = frozenset(
    {"english-writing", "basic-computer-use", "second-language", "client-communication", "spreadsheets"}
)
_UNITS = {"hour": "an hour", "engaged_hour": "an engaged hour", "year": "a year", "month": "a month"}


class MatchInput(Frozen):
    """What you say about yourself; everything is optional, and nothing else about you is used."""

    skills: tuple[str, ...] = Field(
        (), max_length=100, description="What you can do, in your own words; unpaid work counts."
    )
    languages: tuple[str, ...] = Field((), max_length=20, description="Languages you work in, for instance English.")
    country: str = Field("", pattern="^([A-Z]{2})?$", description="Where you live, as a two-letter code.")
    age: int | None = Field(None, ge=0, le=120, description="Only for age limits that platforms state.")
    hours_per_week: float = Field(10, gt=0, le=112, description="Hours a week for working or learning.")
    equipment: tuple[str, ...] = Field(
        (), max_length=20, description="For instance car, bicycle, laptop, phone, camera."
    )
    capital: float | None = Field(None, ge=0, le=10**9, description="Money you can start with, in US dollars.")
    limits: tuple[str, ...] = Field(
        (), max_length=20, description="What you cannot or will not do, for instance no phone calls."
    )
    likes: tuple[str, ...] = Field(
        (), max_length=20, description="What you like, for instance numbers, people, being outdoors."
    )
    kinds: Literal["all", "platforms", "options", "paths"] = Field("all", description="What to look through.")
    most: int = Field(8, ge=1, le=60, description="How many to show.")


@dataclass
class Fit:
    """One platform, option or path for the person."""

    guide: Subject
    score: float = 0.0
    reasons: list[str] = field(default_factory=list)
    against: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    closed: str = ""
    blocked: bool = False
    """A limit is touched, or nothing of what it needs is there."""


def fit_of(guide: Subject, given: MatchInput, held: Held, have: set[str]) -> Fit:
    """Return how well a guide's work fits what a person can do, has, likes and cannot; joining and pay are not looked at."""
    fit = Fit(guide)
    family = FAMILIES.get(guide.family, Family(guide.family.replace("-", " ") or "other work"))
    if guide.steps:
        _by_steps(fit, given, held)
    else:
        wanted = OWN_SKILLS.get(guide.id, family.skills)
        fitting = [skill for skill in wanted if skill in held.skills or skill in held.shown]
        near = [skill for skill in wanted if skill in held.near]
        fitting.sort(key=lambda skill: skill in _GENERIC)
        points = sum(GENERIC_SHARE if skill in _GENERIC else 1.0 for skill in fitting) + NEAR_SHARE * len(near) / 2
        fit.score += SKILL_SHARE * (1 - LEFT_OPEN**points)
        if fitting:
            fit.reasons.append(f"What you can do fits {family.words}: {words_of(fitting[:4])}.")
        if near:
            fit.reasons.append(f"What you do brings you near {words_of(near[:3])}.")
        if not fitting and given.skills:
            fit.score -= THING_SHARE
            fit.against.append(f"Nothing you named is typical for {family.words}.")
    if liked := _liked(given.likes) & set(family.likes):
        fit.score += LIKE_SHARE * min(1.0, len(liked) / 2)
        fit.reasons.append(f"It is close to what you like: {words_of(sorted(liked))}.")
    touched = _touched(given.limits, family, have)
    if touched:
        fit.score -= STRAIN_COST
        fit.blocked = True
        fit.against.append(f"It may touch what you cannot or will not do: {'; '.join(touched)}.")
    if family.things and have:
        owned = [thing for thing in family.things if thing in have]
        fit.score += THING_SHARE if owned else -THING_SHARE
        fit.blocked = fit.blocked or not owned
        (fit.reasons if owned else fit.against).append(
            f"You have what it needs: {words_of(owned)}." if owned else f"It needs one of: {words_of(family.things)}."
        )
    if family.late:
        fit.score -= LATE_COST
        fit.against.append(f"Pay comes late: {family.late}.")
    if "capital" in family.strains and given.capital == 0:
        fit.score -= STRAIN_COST
        fit.against.append("It takes money to start, and you have none to spare.")
    return fit


def _touched(limits: Sequence[str], family: Family, have: set[str]) -> list[str]:
    """Return the limits, in the person's words, that a family strains; who has a bicycle needs no car where that will do."""
    other = any(thing in have for thing in family.things if thing in ("bicycle", "scooter"))
    found = []
    for limit in limits:
        strained = _strained(limit) & set(family.strains)
        if strained - ({"driving"} if other else set()):
            found.append(limit.strip())
    return found


@lru_cache(maxsize=256)
def _strained(limit: str) -> frozenset[str]:
    return frozenset(tags((limit,), STRAINS))


@lru_cache(maxsize=256)
def _liked(likes: tuple[str, ...]) -> frozenset[str]:
    return frozenset(tags(likes, LIKES))


def _by_steps(fit: Fit, given: MatchInput, held: Held) -> None:
    steps = fit.guide.steps
    has = [step.skill for step in steps if step.skill in held.skills]
    near = [step.skill for step in steps if step.skill in held.near]
    fit.missing = [step.skill for step in steps if step.skill not in held.skills]
    # Of a path as of a family, enough is less than all: two thirds of the steps carry most first paid work.
    fit.score += SKILL_SHARE * min(1.0, (len(has) + NEAR_SHARE * len(near)) / (len(steps) * PATH_ENOUGH))
    if has:
        fit.reasons.append(f"You hold {len(has)} of its {len(steps)} steps: {words_of(has)}.")
    if near:
        fit.reasons.append(f"What you do brings you near {words_of(near[:3])}.")
    low = sum(step.low for step in steps if step.skill not in held.skills)
    high = sum(step.high for step in steps if step.skill not in held.skills)
    if fit.missing and high:
        first, last = max(1, round(low / given.hours_per_week)), max(1, round(high / given.hours_per_week))
        weeks = f"{first} to {last} weeks" if first < last else f"{last} week{'s' if last > 1 else ''}"
        more = f" and {len(fit.missing) - 4} more" if len(fit.missing) > 4 else ""
        fit.against.append(
            f"Still to learn: {words_of(fit.missing[:4])}{more}; {low:,.10g} to {high:,.10g} hours, {weeks} at {given.hours_per_week:,.10g} a week."
        )


def joining(fit: Fit, given: MatchInput, facts: Facts, today: date, have: set[str]) -> None:
    """Take in whether the person may join a platform: what is met, closed, named for others, or to be checked."""
    no_vehicle = "driving" in tags(given.limits, STRAINS)
    vehicle = next((item for item in _VEHICLES if item in have), "none" if no_vehicle else None)
    person = EligibilityInput(country=given.country, age=given.age, vehicle=vehicle, capital=given.capital)
    unknown = []
    for words, verdict, told, fact in check(fit.guide.id, person, facts, today):
        if verdict == "no":
            _close(fit, words.lower(), told, fact)
        elif verdict == "yes":
            fit.score += JOIN_SHARE / 3
            fit.facts.append(fact)
        elif words == "Country" and (elsewhere := _names_others(fact.text, given.country)):
            fit.score -= ELSEWHERE_COST
            fit.against.append(f"Your country is not among those that are named: {elsewhere}.")
            fit.facts.append(fact)
        else:
            unknown.append(words.lower())
    for fact in facts.find(fit.guide.id, "eligibility.countries", on=today):
        if not fit.closed and _says_not(fact, given.country):
            _close(fit, "country", (fact.note or fact.text).rstrip("."), fact)
    for fact in facts.find(fit.guide.id, "event.change", on=today):
        if fact.label.startswith("no new "):
            fit.score -= STRAIN_COST
            fit.against.append(f"Closing: {fact.text.rstrip('.')}.")
            fit.facts.append(fact)
            break
    language = facts.value(fit.guide.id, "requirement.language", on=today)
    if language is not None and given.languages:
        named = [one for one in given.languages if re.search(rf"\b{re.escape(one)}\b", language.text, re.I)]
        if "English" in language.text and not any(one.lower() == "english" for one in given.languages):
            fit.against.append(f"Language: {language.text.rstrip('.')}.")
            fit.facts.append(language)
            fit.score -= STRAIN_COST
        elif named:
            fit.reasons.append(f"You speak what it asks for: {words_of(named)}.")
    if unknown:
        fit.against.append(f"Check before you count on it: {words_of(tuple(dict.fromkeys(unknown))[:4])}.")


def _close(fit: Fit, what: str, told: str, fact: Fact) -> None:
    fit.closed = fit.closed or what
    fit.score -= CLOSED_COST
    fit.against.append(f"Closed as things stand: {what} ({told}).")
    fit.facts.append(fact)


@lru_cache(maxsize=256)
def _country_name(country: str) -> str:
    return str(Locale("en").territories.get(country, "")) if country else ""


@lru_cache(maxsize=1)
def _countries() -> re.Pattern[str]:
    names = sorted(
        (str(name) for code, name in Locale("en").territories.items() if len(code) == 2), key=len, reverse=True
    )
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")


def _says_not(fact: Fact, country: str) -> bool:
    """Return whether a fact or its note says that a platform is not in a country."""
    name = _country_name(country)
    return bool(name) and bool(re.search(rf"\bnot in (?:the )?{re.escape(name)}\b", f"{fact.text} {fact.note}"))


@lru_cache(maxsize=1024)
def _names_others(text: str, country: str) -> str:
    """Return what a fact says of countries when it names three or more as open ones and not this one."""
    name = _country_name(country)
    if not name or name in text or _NOT_OPEN.match(text) or _AND_OTHERS.search(text):
        return ""
    return text.rstrip(".") if len(set(_countries().findall(text))) >= 3 else ""


_NOT_OPEN = re.compile(r"\s*(?:not|no|except)\b", re.I)
_AND_OTHERS = re.compile(r"\b(?:most|many|nearly|any|all|other)\b", re.I)


def pay(fit: Fit, facts: Facts, today: date, country: str) -> None:
    """Add what is on record for this kind of work where the person lives, by the hour, project or task, or else by the year."""
    yearly = ("pay.yearly",) if fit.guide.kind == "path" else ()
    for key in ("pay.hourly", "pay.project", "pay.task", *yearly):
        # A ceiling alone says least.
        known_pay = own_pay(facts, fit.guide.id, key, today, country)
        for fact in sorted(known_pay, key=lambda fact: fact.low is None and fact.mid is None)[:1]:
            known = [value for value in (fact.low, fact.mid, fact.high) if value is not None]
            span = "up to " if fact.low is None and fact.mid is None else ""
            span += f"{known[0]:,g}" if known[0] == known[-1] else f"{known[0]:,g} to {known[-1]:,g}"
            unit = _UNITS.get(fact.per, f"per {fact.per.replace('_', ' ')}") if fact.per else ""
            who = f"; {fact.population}" if fact.population else ""
            when = f", {fact.as_of:%B %Y}" if fact.as_of else ""
            fit.reasons.append(
                f"Pay on record: {fact.unit} {span} {unit}".rstrip() + f" ({fact.source.publisher}{when}{who})."
            )
            fit.facts.append(fact)
            return


def words_of(skills: Sequence[str]) -> str:
    """Return skills as words."""
    return ", ".join(skill.replace("-", " ") for skill in skills)
