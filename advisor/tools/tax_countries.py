"""The tax of each country, part by part, from dated facts: bands, contributions, allowances."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from pydantic import Field

from advisor.errors import ToolError
from advisor.facts import Facts
from advisor.schema import Fact, Frozen

COUNTRIES = {
    "US": ("us-federal-income-tax", "USD"), "GB": ("uk-tax-for-the-self-employed", "GBP"), "DE": ("germany-self-employed-tax", "EUR"),
    "IN": ("india-44ada-and-gst", "INR"), "CA": ("canada-self-employed-tax", "CAD"), "AU": ("australia-sole-trader-tax", "AUD"),
}  # fmt: skip
_BAND = re.compile(r"start of the (\d+(?:\.\d+)?) percent band(?:, (single|joint))?$")


class TaxInput(Frozen):
    """A year's profit and what else counts."""

    profit: Decimal = Field(
        ge=0, le=10**9, description="Profit of the year after costs; for mileage see the next fields."
    )
    country: str = Field(pattern="^[A-Z]{2}$", description="Country whose tax is worked out: US, GB, DE, IN, CA or AU.")
    wages: Decimal = Field(Decimal(0), ge=0, le=10**9, description="Wages from a job in the same year.")
    status: str = Field(
        "single", pattern="^(single|joint)$", description="single, or joint for a US couple filing together."
    )
    miles: Decimal = Field(Decimal(0), ge=0, le=200_000, description="US business miles not yet taken off the profit.")
    actual_car_costs: Decimal = Field(
        Decimal(0), ge=0, le=10**7, description="US actual car costs of those miles, to compare with the mileage rate."
    )
    presumptive: bool = Field(
        False, description="India: the profit field holds receipts, and section 44ADA counts half of them."
    )
    on: date | None = Field(None, description="A day of the tax year meant; today when empty.")


@dataclass(frozen=True)
class Part:
    """One part of the bill; what comes off the tax is below zero."""

    name: str
    value: Decimal
    facts: tuple[Fact, ...]


def constant(facts: Facts, subject: str, key: str, words: str, day: date) -> Fact:
    """Return the value of a key whose label holds some words, in force on a day; of several the shortest label.

    Raises:
        ToolError: When there is none; the text says which and where.
    """
    found = [f for f in facts.find(subject, key, on=day) if words.lower() in f.label.lower() and f.mid is not None]
    if found:
        return min(found, key=lambda fact: len(fact.label))
    raise ToolError(
        f"tax: no value of {words!r} in force on {day} is in the corpus ({subject}). Choose another day with `on`, or update the guide."
    )


def _value(fact: Fact) -> Decimal:
    return Decimal(str(fact.mid))


def _bands(facts: Facts, subject: str, day: date, status: str = "") -> list[tuple[Decimal, Decimal, Fact]]:
    """Return (start, rate in percent, fact) of the bands in force, lowest first."""
    found = []
    for fact in facts.find(subject, "threshold.tax", on=day):
        match = _BAND.match(fact.label)
        if match and (match[2] or "") == status and fact.mid is not None:
            found.append((_value(fact), Decimal(match[1]), fact))
    if not found:
        raise ToolError(
            f"tax: no tax bands in force on {day} are in the corpus ({subject}). Choose another day with `on`."
        )
    return sorted(found, key=lambda band: band[0])


def in_bands(income: Decimal, bands: list[tuple[Decimal, Decimal, Fact]]) -> Decimal:
    """Return the tax on an income in layers: each rate on the part above its start and below the next one's."""
    total = Decimal(0)
    for number, (start, rate, _) in enumerate(bands):
        end = bands[number + 1][0] if number + 1 < len(bands) else income
        total += max(Decimal(0), min(income, end) - start) * rate / 100
    return total


def _us(profit: Decimal, given: TaxInput, facts: Facts, day: date) -> list[Part]:
    """Schedule SE, Form 8959 and Form 1040: 26 USC 1401 and 164(f), section 199A with its smallest deduction since 2026."""
    subject, own = "us-self-employment-tax", "us-federal-income-tax"
    social, medicare = (
        constant(facts, subject, "rate.contribution", "Social Security part", day),
        constant(facts, subject, "rate.contribution", "Medicare part", day),
    )
    base, counted = (
        constant(facts, subject, "threshold.contribution", "wage base", day),
        constant(facts, subject, "rate.deduction", "share of net profit", day),
    )
    floor = constant(facts, subject, "threshold.tax", "self-employment tax is due", day)
    deducted = constant(facts, subject, "rate.deduction", "part of self-employment tax", day)
    extra, line = (
        constant(facts, subject, "rate.contribution", "Additional Medicare Tax", day),
        constant(facts, subject, "threshold.contribution", f"Additional Medicare Tax starts, {given.status}", day),
    )
    net, se, additional = profit * _value(counted) / 100, Decimal(0), Decimal(0)
    if net >= _value(floor):
        se = min(net, max(Decimal(0), _value(base) - given.wages)) * _value(social) / 100 + net * _value(medicare) / 100
        additional = max(Decimal(0), net - max(Decimal(0), _value(line) - given.wages)) * _value(extra) / 100
    standard = constant(facts, own, "threshold.allowance", f"standard deduction, {given.status}", day)
    business = constant(facts, own, "rate.deduction", "business income", day)
    earned = profit - se * _value(deducted) / 100
    before = max(Decimal(0), earned + given.wages - _value(standard))
    off, least = min(earned, before) * _value(business) / 100, _least_business_deduction(earned, facts, day)
    taxable = before - min(before, max(off, _value(least[0]) if least else Decimal(0)))
    bands = _bands(facts, own, day, given.status)
    wages_only = in_bands(max(Decimal(0), given.wages - _value(standard)), bands)
    income = in_bands(taxable, bands) - wages_only
    return [
        Part("self-employment tax", se, (social, medicare, base, counted)),
        *([Part("Additional Medicare Tax", additional, (extra, line))] if additional else []),
        Part(
            "federal income tax",
            max(income, Decimal(0)),
            (standard, business, deducted, *least, *(band[2] for band in bands[:3])),
        ),
    ]


def _least_business_deduction(earned: Decimal, facts: Facts, day: date) -> tuple[Fact, ...]:
    """Return the smallest business income deduction and its line when it holds: since 2026, section 199A(i)."""
    found = {fact.label: fact for fact in facts.find("us-federal-income-tax", "threshold.allowance", on=day)}
    least, line = (
        found.get("smallest qualified business income deduction"),
        found.get("business income from which the smallest deduction holds"),
    )
    return (least, line) if least and line and earned >= _value(line) else ()


def _uk(profit: Decimal, given: TaxInput, facts: Facts, day: date) -> list[Part]:
    """Income Tax Act 2007, sections 10 and 35 (bands, shrinking personal allowance); Class 4 of SSCBA 1992, section 15."""
    subject = COUNTRIES["GB"][0]
    allowance = constant(facts, subject, "threshold.allowance", "trading allowance", day)
    profit = profit if profit > _value(allowance) else Decimal(0)
    bands = _bands(facts, subject, day)
    taper = constant(facts, subject, "threshold.allowance", "personal allowance shrinks", day)

    def income_tax(income: Decimal) -> Decimal:
        free = max(Decimal(0), bands[0][0] - max(Decimal(0), income - _value(taper)) / 2)
        moved = [
            (free, bands[0][1], bands[0][2]),
            *((start - (bands[0][0] - free), rate, fact) for start, rate, fact in bands[1:-1]),
            bands[-1],
        ]
        return in_bands(income, moved)

    main, upper = (
        constant(facts, subject, "rate.contribution", "Class 4 main", day),
        constant(facts, subject, "rate.contribution", "above the upper", day),
    )
    low, high = (
        constant(facts, subject, "threshold.contribution", "lower profits", day),
        constant(facts, subject, "threshold.contribution", "upper profits", day),
    )
    class4 = (
        max(Decimal(0), min(profit, _value(high)) - _value(low)) * _value(main) / 100
        + max(Decimal(0), profit - _value(high)) * _value(upper) / 100
    )
    return [
        Part(
            "Income Tax", income_tax(profit + given.wages) - income_tax(given.wages), tuple(band[2] for band in bands)
        ),
        Part("Class 4 National Insurance", class4, (main, low, high)),
    ]


def _de(profit: Decimal, given: TaxInput, facts: Facts, day: date) -> list[Part]:
    """Tariff of section 32a EStG for single people; solidarity surcharge of sections 3 and 4 SolZG 1995."""
    subject = COUNTRIES["DE"][0]
    names = {
        "free": ("threshold.allowance", "basic allowance"), "one": ("threshold.tax", "first rising zone"), "two": ("threshold.tax", "second rising zone"),
        "three": ("threshold.tax", "42 percent zone"), "a": ("rate.tax", "first zone, square"), "b": ("rate.tax", "first zone, linear"),
        "c": ("rate.tax", "second zone, square"), "d": ("rate.tax", "second zone, linear"), "e": ("rate.tax", "second zone, constant"),
        "f": ("rate.tax", "42 percent zone, constant"), "g": ("rate.tax", "45 percent zone, constant"),
    }  # fmt: skip
    found = {name: constant(facts, subject, key, words, day) for name, (key, words) in names.items()}
    v = {name: _value(fact) for name, fact in found.items()}

    def tariff(income: Decimal) -> Decimal:
        x = Decimal(int(income))
        if x <= v["free"]:
            return Decimal(0)
        if x <= v["one"]:
            y = (x - v["free"]) / 10_000
            return Decimal(int((v["a"] * y + v["b"]) * y))
        if x <= v["two"]:
            z = (x - v["one"]) / 10_000
            return Decimal(int((v["c"] * z + v["d"]) * z + v["e"]))
        return Decimal(int(x * 42 / 100 - v["f"])) if x <= v["three"] else Decimal(int(x * 45 / 100 - v["g"]))

    free, full, most = (
        constant(facts, subject, "threshold.tax", "no solidarity surcharge", day),
        constant(facts, subject, "rate.tax", "surcharge, full share", day),
        constant(facts, subject, "rate.tax", "surcharge, most of the income tax", day),
    )

    def surcharge(tax: Decimal) -> Decimal:
        above = max(Decimal(0), tax - _value(free)) * _value(most) / 100
        return min(tax * _value(full) / 100, above).quantize(Decimal("0.01"), rounding=ROUND_DOWN)

    whole, wages_only = tariff(profit + given.wages), tariff(given.wages)
    return [
        Part("income tax", whole - wages_only, (found["free"], found["one"], found["two"])),
        Part("solidarity surcharge", surcharge(whole) - surcharge(wages_only), (free, full, most)),
    ]


def _in(profit: Decimal, given: TaxInput, facts: Facts, day: date) -> list[Part]:
    """Slabs of the new regime, rebate with marginal relief (section 87A of the Act of 1961), cess on what is left."""
    subject = COUNTRIES["IN"][0]
    bands = _bands(facts, subject, day)
    rebate = constant(facts, subject, "threshold.allowance", "rebate", day)
    cess = constant(facts, subject, "rate.tax", "education cess", day)

    def slabs(income: Decimal) -> Decimal:
        if income <= _value(rebate):
            return Decimal(0)
        # Marginal relief: a little above the limit no more tax than what lies above it.
        return min(in_bands(income, bands), income - _value(rebate))

    due = slabs(profit + given.wages) - slabs(given.wages)
    return [
        Part("income tax, new regime", due, (rebate, *(band[2] for band in bands))),
        Part("health and education cess", due * _value(cess) / 100, (cess,)),
    ]


def _ca(profit: Decimal, given: TaxInput, facts: Facts, day: date) -> list[Part]:
    """Schedule 8 (both pension contributions, wages first), lines 22200, 22215 and 31000, and the federal brackets."""
    subject = COUNTRIES["CA"][0]
    rate, exempt, most = (
        constant(facts, subject, "rate.contribution", "Pension Plan", day),
        constant(facts, subject, "threshold.contribution", "basic exemption", day),
        constant(facts, subject, "threshold.contribution", "maximum pensionable", day),
    )
    second, ceiling, base = (
        constant(facts, subject, "rate.contribution", "CPP2", day),
        constant(facts, subject, "threshold.contribution", "CPP2", day),
        constant(facts, subject, "rate.contribution", "base part", day),
    )

    def between(low: Fact, high: Fact) -> Decimal:
        """Return how much of the profit, on top of the wages, lies between two lines."""
        counted = [min(earned, _value(high)) - _value(low) for earned in (profit + given.wages, given.wages)]
        return max(Decimal(0), counted[0]) - max(Decimal(0), counted[1])

    first = between(exempt, most)
    cpp, cpp2 = first * _value(rate) / 100, between(most, ceiling) * _value(second) / 100
    credited = first * _value(base) / 2 / 100
    bands, basic = (
        _bands(facts, subject, day),
        constant(facts, subject, "threshold.allowance", "basic personal amount", day),
    )

    def federal(income: Decimal, credits: Decimal) -> Decimal:
        return max(Decimal(0), in_bands(income, bands) - (_value(basic) + credits) * bands[0][1] / 100)

    taxable = max(Decimal(0), profit - (cpp - credited) - cpp2 + given.wages)
    income = federal(taxable, credited) - federal(given.wages, Decimal(0))
    return [
        Part("federal income tax", max(income, Decimal(0)), (basic, base, *(band[2] for band in bands[:3]))),
        Part("Canada Pension Plan", cpp, (rate, exempt, most)),
        Part("second pension contribution (CPP2)", cpp2, (second, ceiling)),
    ]


def _au(profit: Decimal, given: TaxInput, facts: Facts, day: date) -> list[Part]:
    """Resident rates; offsets of ITAA 1997, sections 61-115 and 328-360; Medicare levy with its low-income line."""
    subject = COUNTRIES["AU"][0]
    names = {
        "levy": ("rate.contribution", "Medicare levy"), "levy line": ("threshold.contribution", "Medicare levy"), "levy step": ("rate.contribution", "above its low-income line"),
        "low": ("threshold.allowance", "low income tax offset, most"), "first": ("threshold.allowance", "offset, income from which it shrinks"), "second": ("threshold.allowance", "shrinks more slowly"),
        "cut": ("rate.deduction", "above the first line"), "slow cut": ("rate.deduction", "above the second line"),
        "business": ("rate.deduction", "small business income tax offset"), "most": ("threshold.allowance", "small business income tax offset"),
    }  # fmt: skip
    found = {name: constant(facts, subject, key, words, day) for name, (key, words) in names.items()}
    v = {name: _value(fact) for name, fact in found.items()}
    bands = _bands(facts, subject, day)
    whole, wages_only = in_bands(profit + given.wages, bands), in_bands(given.wages, bands)

    def low_income(income: Decimal, tax: Decimal) -> Decimal:
        steep = max(Decimal(0), min(income, v["second"]) - v["first"]) * v["cut"] / 100
        slow = max(Decimal(0), income - v["second"]) * v["slow cut"] / 100
        return min(tax, max(Decimal(0), v["low"] - steep - slow))

    def medicare(income: Decimal) -> Decimal:
        return min(income * v["levy"] / 100, max(Decimal(0), income - v["levy line"]) * v["levy step"] / 100)

    offset = low_income(profit + given.wages, whole)
    share = profit / (profit + given.wages) if profit else Decimal(0)
    business = min(whole - offset, v["most"], whole * share * v["business"] / 100)
    return [
        Part("income tax", whole - wages_only, tuple(band[2] for band in bands)),
        Part(
            "low income tax offset",
            low_income(given.wages, wages_only) - offset,
            tuple(found[name] for name in ("low", "first", "second", "cut", "slow cut")),
        ),
        Part("small business income tax offset", -business, (found["business"], found["most"])),
        Part(
            "Medicare levy",
            medicare(profit + given.wages) - medicare(given.wages),
            (found["levy"], found["levy line"], found["levy step"]),
        ),
    ]


PARTS = {"US": _us, "GB": _uk, "DE": _de, "IN": _in, "CA": _ca, "AU": _au}
