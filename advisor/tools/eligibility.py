"""Whether a person can join: yes, no or unknown for each requirement of a platform, with the fact, its date, and what to do."""

import re
from datetime import date
from typing import Literal

from babel import Locale
from pydantic import Field

from advisor.errors import ToolError
from advisor.facts import Facts, used
from advisor.schema import Fact, Frozen, Table, ToolResult
from advisor.tools import Tool
from advisor.tools.eligibility_words import fill

Verdict = Literal["yes", "no", "unknown"]
_VEHICLES = ("car", "bicycle", "scooter", "van")
_WORDS = {
    "eligibility.age": "Age", "eligibility.countries": "Country", "requirement.vehicle": "Vehicle", "eligibility.identity": "Identity papers",
    "eligibility.background": "Background check", "eligibility.licence": "Licence", "requirement.equipment": "Equipment",
    "requirement.insurance": "Insurance", "eligibility.screening": "Test or screening", "requirement.skill": "Skill",
    "requirement.language": "Language", "requirement.capital": "Money to start", "requirement.audience": "Audience",
    "eligibility.status": "Right to work", "requirement.document": "Documents", "eligibility.account": "Account",
}  # fmt: skip
_HELP = {
    "Age": "Wait until the age is reached, or take paid work that the law allows at your age; a parent's account only where the platform says so.",
    "Country": "Look at the platforms that name your country; an account through another country or a VPN ends in a ban.",
    "Vehicle": "Look for categories that take a bicycle or go on foot, or borrow a car only with insurance that covers this work.",
    "Identity papers": "Renew the document first; names must match on document, account and bank.",
    "Background check": "Ask what the check looks at and how far back; you may dispute a wrong report with the firm that made it.",
    "Money to start": "Start with work that sells time and not goods, and set the first income aside.",
}


class EligibilityInput(Frozen):
    """The person, as far as it matters for joining."""

    platform: str = Field("", max_length=60, description="Id or name of one platform; empty for all.")
    country: str = Field("", pattern="^([A-Z]{2})?$", description="Where you live, as a two-letter code.")
    region: str = Field("", max_length=20, description="State or province as a code, for instance US-CA.")
    age: int | None = Field(None, ge=0, le=120, description="Your age in years.")
    vehicle: str | None = Field(
        None,
        pattern="^(car|bicycle|scooter|van|none)$",
        description="What you have: car, bicycle, scooter, van or none.",
    )
    identity: bool | None = Field(None, description="Whether you have a valid photo identity document.")
    record: bool | None = Field(None, description="Whether a background check would find something.")
    work_right: bool | None = Field(None, description="Whether you may do self-employed work where you live.")
    capital: float | None = Field(None, ge=0, le=10**9, description="Money you can start with, in US dollars.")


def eligibility(given: EligibilityInput, facts: Facts, today: date) -> ToolResult:
    """Return a verdict for each requirement, from facts in force; what nobody stated is unknown, never yes.

    Args:
        given: The person.
        facts: Requirements of the platforms.
        today: The day on which they must be in force.

    Raises:
        ToolError: When the platform is not known.
    """
    ids = (
        [_platform(given.platform, facts)]
        if given.platform
        else sorted(g.id for g in facts.guides.values() if g.kind == "platform")
    )
    results = {name: check(name, given, facts, today) for name in ids}
    if len(ids) == 1:
        return _one(ids[0], results[ids[0]], given, facts)
    return _all(results, given, facts)


def _platform(name: str, facts: Facts) -> str:
    wanted = name.lower().strip()
    for guide in facts.guides.values():
        if guide.kind == "platform" and wanted in {
            guide.id,
            guide.name.lower(),
            *(alias.lower() for alias in guide.aliases),
        }:
            return guide.id
    known = ", ".join(sorted(g.id for g in facts.guides.values() if g.kind == "platform"))
    raise ToolError(f"eligibility: platform is {name!r}, which is not in the corpus. Platforms: {known}.")


def check(platform: str, given: EligibilityInput, facts: Facts, today: date) -> list[tuple[str, Verdict, str, Fact]]:
    """Return requirement, verdict, what is required, and the fact, for one platform."""
    place = given.region or given.country
    found = []
    for key, words in _WORDS.items():
        fitting = [
            f for f in facts.find(platform, key, on=today, region=place) if f.year is None or f.year >= today.year - 3
        ]
        if key in {"eligibility.countries", "requirement.vehicle"}:
            # A number of countries or of seats says nothing about one person.
            fitting = [f for f in fitting if f.text]
        for fact in fitting[: 1 if key in {"eligibility.age", "eligibility.countries", "requirement.vehicle"} else 2]:
            found.append((words, _verdict(words, fact, given), _told(fact), fact))
    return found


def _verdict(what: str, fact: Fact, given: EligibilityInput) -> Verdict:
    if what == "Age":
        return _age(fact, given.age)
    if what == "Country":
        return _country(fact, given.country)
    if what == "Vehicle":
        return _vehicle(fact, given.vehicle)
    if what == "Identity papers" and given.identity is not None:
        return "yes" if given.identity else "no"
    if what == "Background check" and given.record is not None:
        return "unknown" if given.record else "yes"
    if what == "Right to work" and given.work_right is not None:
        return "yes" if given.work_right else "no"
    if what == "Money to start" and given.capital is not None and fact.unit == "USD":
        need = next(v for v in (fact.low, fact.mid, fact.high) if v is not None)
        return "yes" if given.capital >= need else "no"
    return "unknown"


def _age(fact: Fact, age: int | None) -> Verdict:
    known = [value for value in (fact.low, fact.mid, fact.high) if value is not None]
    if age is None or not known or fact.unit != "years":
        return "unknown"
    return "yes" if age >= max(known) else "no" if age < min(known) else "unknown"


def _country(fact: Fact, country: str) -> Verdict:
    if not country:
        return "unknown"
    if fact.values and all(re.fullmatch("[A-Z]{2}", value) for value in fact.values):
        return "yes" if country in fact.values else "no"
    name = Locale("en").territories.get(country, "")
    named = name and re.search(rf"\b{re.escape(name)}\b", fact.text)
    if named and re.search(r"\b(not (?:in|for)|closed|no service|except|outside|no longer)\b", fact.text, re.I):
        closed = re.search(
            rf"(?:not (?:in|for)|closed|no service to|except|outside)\b[^.;]*\b{re.escape(name)}\b", fact.text, re.I
        )
        return "no" if closed else "unknown"
    if named or (_OPEN.search(fact.text) and not _PARTLY.search(fact.text)):
        return "yes"
    # A plain list of countries without "and others" is the whole list.
    return "no" if fact.region == "global" and _is_list(fact.text) else "unknown"


_OPEN = re.compile(
    r"\b(worldwide|almost anywhere|in most countries|most countries|wherever|any country|all countries)\b", re.I
)
_PARTLY = re.compile(r"\bno (?:official )?list (?:of (?:accepted )?countries )?was found\b|\bnames its\b", re.I)


def _is_list(text: str) -> bool:
    """Return whether a text names countries and nothing that leaves room for others."""
    if re.search(
        r"\b(other|others|many|most|some|among|such as|check|about|wherever|local|similar|or so)\b", text, re.I
    ):
        return False
    names = [str(name) for code, name in Locale("en").territories.items() if len(code) == 2]
    return sum(1 for name in names if re.search(rf"\b{re.escape(name)}\b", text)) >= 2


def _vehicle(fact: Fact, vehicle: str | None) -> Verdict:
    if fact.text.lower().startswith("none"):
        return "yes"
    if vehicle is None:
        return "unknown"
    text = fact.text.lower()
    if vehicle == "none":
        return "yes" if re.search(r"\bon foot|walk", text) else "no"
    if re.search(
        rf"\b(?:no {vehicle}s?|{vehicle}s?\b[^.;]{{0,40}}\b(?:do(?:es)? not count|(?:are|is) not (?:accepted|allowed|enough)|not accepted))\b",
        text,
    ):
        return "no"
    return "yes" if re.search(rf"\b{vehicle}|any vehicle|access to a vehicle", text) else "unknown"


def _told(fact: Fact) -> str:
    if fact.text:
        return fact.text.rstrip(".")
    known = [value for value in (fact.low, fact.mid, fact.high) if value is not None]
    span = f"{known[0]:,.10g}" if len(set(known)) == 1 else f"{known[0]:,.10g} to {known[-1]:,.10g}"
    return (
        f"{fact.label or fact.key.value}: {span} {fact.unit.replace('_', ' ') if fact.unit != 'count' else ''}".strip()
    )


def _one(
    platform: str, rows: list[tuple[str, Verdict, str, Fact]], given: EligibilityInput, facts: Facts
) -> ToolResult:
    name = facts.guides[platform].name
    no = [row for row in rows if row[1] == "no"]
    open_ = [row for row in rows if row[1] == "unknown"]
    if no:
        first = f"As things stand you cannot join {name}: {no[0][0].lower()} is the obstacle ({no[0][2]})."
    elif any(row[1] == "yes" for row in rows):
        first = f"Nothing known stands against you at {name}" + (
            "." if not open_ else f", with {len(open_)} points still to check."
        )
    else:
        first = f"{name} does not state enough to tell; these are the requirements that are known."
    summary = [first]
    for words, verdict, told, fact in rows:
        mark = {"yes": "Yes", "no": "No", "unknown": "Check"}[verdict]
        summary.append(
            f"{words}: {mark}. {told}{f' ({fact.source.publisher}, {fact.as_of:%B %Y})' if fact.as_of else ''}."
        )
    summary += [_HELP[row[0]] for row in no if row[0] in _HELP]
    return _result(given, {platform: rows}, summary)


def _all(results: dict[str, list[tuple[str, Verdict, str, Fact]]], given: EligibilityInput, facts: Facts) -> ToolResult:
    def names(ids: list[str]) -> str:
        return ", ".join(facts.guides[name].name for name in ids)

    out = [name for name, rows in results.items() if any(row[1] == "no" for row in rows)]
    open_ = [name for name in results if name not in out]
    sure = [name for name in open_ if sum(row[1] == "yes" for row in results[name]) >= 2]
    likely = [name for name in open_ if sum(row[1] == "yes" for row in results[name]) == 1]
    rest = len(open_) - len(sure) - len(likely)
    summary = []
    if sure:
        summary.append(
            f"Of {len(results)} platforms, {len(sure)} meet at least two of your points and none against: {names(sure[:14])}."
        )
    if likely:
        begin = (
            "One of your points is met, and none is against you, at"
            if sure
            else f"Of {len(results)} platforms, {len(likely)} meet one of your points and none against:"
        )
        summary.append(f"{begin} {names(likely[:10])}.")
    if not sure and not likely:
        summary.append(
            "No platform's sources confirm what you said; ask about one by name, or tell your country, age and vehicle."
        )
    if out:
        summary.append(f"Closed to you as things stand: {names(out[:14])}.")
    if rest and (sure or likely):
        summary.append(f"For the other {rest} the sources do not say enough; ask about one by name.")
    good = [*sure, *likely]
    return _result(given, {name: results[name] for name in [*good, *out]}, summary)


def _result(
    given: EligibilityInput, results: dict[str, list[tuple[str, Verdict, str, Fact]]], summary: list[str]
) -> ToolResult:
    rows = [(name, *row) for name, part in results.items() for row in part]
    decided = [row for row in rows if row[2] != "unknown"] if len(results) > 1 else rows
    return ToolResult(
        tool="eligibility",
        input=given.model_dump(mode="json"),
        output={
            "undecided": not any(row[2] != "unknown" for row in rows),
            "platforms": {
                name: {
                    "verdict": "no" if any(r[1] == "no" for r in part) else "open" if any(r[1] == "unknown" for r in part) else "yes",
                    "requirements": [{"requirement": r[0], "verdict": r[1], "required": r[2], "as_of": str(r[3].as_of)} for r in part],
                }
                for name, part in results.items()
            }
        },
        summary=tuple(summary),
        assumptions=(
            "Unknown means that no source says it; requirements change and differ by city, so the sign-up page decides.",
            "Nothing you did not say was assumed about you.",
        ),
        facts=tuple(used(row[4]) for row in decided[:40]),
        table=Table(columns=("Platform", "Requirement", "You", "What is required"), rows=tuple((r[0], r[1], r[2], r[3]) for r in rows[:200])),
    )  # fmt: skip


EXAMPLES = (
    "Can I drive for Uber at 19 in California?",
    "Am I old enough for DoorDash if I am 17?",
    "Can I join Upwork from Nigeria?",
    "Which apps can I join with a bicycle in Germany?",
    "I'm 16 and live in the US, which platforms take me?",
    "Can I deliver for Instacart without a car?",
    "Am I eligible for Prolific from India?",
    "I have a felony, can I work for Lyft?",
    "Which gigs can I do at 15 with no car in the UK?",
    "Can I sign up for Etsy from Pakistan at 20?",
    "May I drive for Lyft with a DUI?",
    "I am 18 with a scooter in Spain, where can I deliver?",
    "Do I qualify for DataAnnotation in Kenya?",
    "Can I use TaskRabbit in Canada if I am 21?",
    "What can I join from the Philippines at 25?",
    "Am I allowed on Fiverr at 14?",
    "Which platforms accept people from Ghana aged 30?",
    "Can I teach on Preply from Brazil?",
    "I only have a bike and I am 18, can I do DoorDash?",
    "Could I join Freelancer.com from Russia?",
)
TOOL = Tool(
    "eligibility",
    "Whether you can join: yes, no or unknown per requirement, with date and what to do",
    EligibilityInput,
    eligibility,
    EXAMPLES,
    fill=fill,
    needs="your country and age, and what vehicle you have, if any",
)
