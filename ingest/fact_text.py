"""Facts, missing values and steps as plain sentences, so that a question about one figure finds one figure."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from advisor.schema import Fact

_SYMBOLS = {"USD": "$", "GBP": "£", "EUR": "€", "INR": "₹"}
_PER = {"engaged_hour": "engaged hour", "online_hour": "online hour"}
_BASIS = {
    "gross": "gross",
    "net": "net",
    "engaged_hour": "per engaged hour",
    "online_hour": "per online hour",
    "worked_hour": "per hour worked",
    "tips_included": "tips included",
    "tips_excluded": "tips not included",
    "advertised": "as advertised",
    "employee": "employees, not gig workers",
    "self_reported": "self-reported",
    "unspecified": "gross or net not stated",
}
KEY_WORDS = {
    "payout.minimum": "minimum payout",
    "payout.timing": "payout timing",
    "payout.methods": "payout methods",
    "eligibility.age": "minimum age",
    "eligibility.countries": "countries",
    "eligibility.identity": "identity documents",
    "policy.closure": "how accounts are closed",
    "policy.appeal": "how to appeal",
    "tax.form": "tax forms",
    "market.success": "share of people who earn anything",
}


def day_words(day: date) -> str:
    """Return a date as `1 May 2025`."""
    return f"{day.day} {day.strftime('%B %Y')}"


def number_words(value: float) -> str:
    """Return a number with thousands separators and no needless decimals."""
    return f"{int(value):,}" if value == int(value) else f"{value:,.4f}".rstrip("0")


def amount_words(low: float, high: float, unit: str) -> str:
    """Return a value or a range with its unit: `0–15%`, `$18.10–$26`, `3 to 5 days`."""

    def money(value: float) -> str:
        is_cents = round(value, 2) == value
        words = f"{value:,.2f}" if value != int(value) and is_cents else number_words(value)
        return f"{_SYMBOLS[unit]}{words}" if unit in _SYMBOLS else f"{unit} {words}"

    if unit == "percent":
        return f"{number_words(low)}%" if low == high else f"{number_words(low)}–{number_words(high)}%"
    if unit.isupper():
        return money(low) if low == high else f"{money(low)}–{money(high)}"
    words = unit.replace("_", " ")
    if unit in {"count", "ratio", ""}:
        return number_words(low) if low == high else f"{number_words(low)} to {number_words(high)}"
    if low == high:
        return f"{number_words(low)} {words if low != 1 else words.removesuffix('s')}"
    return f"{number_words(low)} to {number_words(high)} {words}"


def value_words(fact: Fact) -> str:
    """Return the value of a fact in words."""
    known = [value for value in (fact.low, fact.mid, fact.high) if value is not None]
    if not known:
        return fact.text.rstrip(".")
    low = fact.low if fact.low is not None else known[0]
    high = fact.high if fact.high is not None else known[-1]
    if fact.low is not None and fact.high is None and fact.mid is None:
        words = "from " + amount_words(low, low, fact.unit)
    elif fact.high is not None and fact.low is None and fact.mid is None:
        words = "at most " + amount_words(high, high, fact.unit)
    else:
        words = amount_words(low, high, fact.unit)
    if fact.mid is not None and low != high:
        words += f", typically {amount_words(fact.mid, fact.mid, fact.unit)}"
    if fact.per:
        words += f" per {_PER.get(fact.per, fact.per.replace('_', ' '))}"
    return words


def fact_sentence(fact: Fact, *, named: bool = True) -> str:
    """Return a fact as one sentence with region, scope, validity and basis, and its note as a second one.

    Args:
        fact: The fact.
        named: Begin with the subject's name; a general subject such as a topic is no bearer of the value.
    """
    label = fact.label or KEY_WORDS.get(fact.key.value, fact.key.value.replace(".", " "))
    scope = f" ({fact.scope})" if fact.scope else ""
    bearer = f"{fact.subject_name}, {label}" if named else label[:1].upper() + label[1:]
    parts = [f"{bearer}{scope}: {value_words(fact)}"]
    if fact.basis:
        words = [_BASIS.get(word.strip(), word.strip()) for word in fact.basis.split(",")]
        parts.append(", ".join(words))
    if fact.population:
        parts.append(fact.population)
    if fact.year:
        parts.append(f"measured in {fact.year}")
    if fact.region not in {"global", ""}:
        parts.append(f"in {fact.region.split('/')[-1]}")
    if fact.since and fact.until:
        parts.append(f"from {day_words(fact.since)} to {day_words(fact.until)}")
    elif fact.since:
        parts.append(f"since {day_words(fact.since)}")
    elif fact.until:
        parts.append(f"until {day_words(fact.until)}")
    elif fact.as_of and not fact.year:
        verb = "as of" if fact.source.published else "as read in"
        parts.append(f"{verb} {fact.as_of.strftime('%B %Y')}")
    sentence = ", ".join(parts) + "."
    if fact.values and fact.text:
        sentence += f" Listed: {', '.join(fact.values)}."
    return f"{sentence} {fact.note}".strip()


def series_sentence(facts: Sequence[Fact]) -> str:
    """Return yearly values of one kind as one sentence, oldest first."""
    first = facts[0]
    label = first.label or KEY_WORDS.get(first.key.value, first.key.value.replace(".", " "))
    where = f" in {first.region.split('/')[-1]}" if first.region not in {"global", ""} else ""
    years = "; ".join(f"{fact.year}: {value_words(fact)}" for fact in sorted(facts, key=lambda fact: fact.year or 0))
    return f"{first.subject_name}, {label}{where}, by year: {years}."


def not_found_sentence(name: str, key: str, searched: str, look: str) -> str:
    """Return what could not be found as a sentence that says where to look."""
    words = KEY_WORDS.get(key, key.replace(".", " "))
    return f"{name}, {words}: not found ({searched.rstrip('.')}). Where to look: {look.rstrip('.')}."


def steps_text(steps: Iterable[Any], first_paid: Iterable[Any]) -> str:
    """Return the steps of a path as a list a person can read."""
    lines = []
    for number, step in enumerate(steps, 1):
        name = step.skill.replace("-", " ")
        needs = f", after {', '.join(need.replace('-', ' ') for need in step.needs)}" if step.needs else ""
        cost = amount_words(step.cost_low, step.cost_high, step.currency) if step.cost_high else "free"
        marks = "".join(f" [{resource}]" for resource in step.resources)
        hours = amount_words(step.low, step.high, "hours")
        lines.append(f"{number}. {name}: {hours}{needs}; cost {cost}. {step.proof}{marks}")
    lines += [f"First paid work after {item.after.replace('-', ' ')}: {item.work}" for item in first_paid]
    return "\n".join(lines)
