"""The tax of each country, part by part, from dated facts: bands, contributions, allowances."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

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
    """One part of the bill."""

    name: str
    value: Decimal
    facts: tuple[Fact, ...]


def constant(facts: Facts, subject: str, key: str, words: str, day: date) -> Fact:
    """Return the value of a key whose label holds some words, in force on a day.

    Raises:
        ToolError: When there is none; the text says which and where.
    """
    for fact in facts.find(subject, key, on=day):
        if words.lower() in fact.label.lower() and fact.mid is not None:
            return fact
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
    net = profit * _value(counted) / 100
    se = Decimal(0)
    if net >= _value(floor):
        se = min(net, max(Decimal(0), _value(base) - given.wages)) * _value(social) / 100 + net * _value(medicare) / 100
    standard = constant(facts, own, "threshold.allowance", f"standard deduction, {given.status}", day)
    business = constant(facts, own, "rate.deduction", "business income", day)
    before = max(Decimal(0), profit - se / 2 + given.wages - _value(standard))
    taxable = before - min((profit - se / 2), before) * _value(business) / 100
    bands = _bands(facts, own, day, given.status)
    wages_only = in_bands(max(Decimal(0), given.wages - _value(standard)), bands)
    income = in_bands(taxable, bands) - wages_only
    return [
        Part("self-employment tax", se, (social, medicare, base, counted)),
        Part("federal income tax", max(income, Decimal(0)), (standard, business, *(band[2] for band in bands[:3]))),
    ]


def _uk(profit: Decimal, given: TaxInput, facts: Facts, day: date) -> list[Part]:
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

    return [
        Part(
            "income tax",
            tariff(profit + given.wages) - tariff(given.wages),
            (found["free"], found["one"], found["two"]),
        )
    ]


def _in(profit: Decimal, given: TaxInput, facts: Facts, day: date) -> list[Part]:
    subject = COUNTRIES["IN"][0]
    bands = _bands(facts, subject, day)
    rebate = constant(facts, subject, "threshold.allowance", "rebate", day)

    def slabs(income: Decimal) -> Decimal:
        if income <= _value(rebate):
            return Decimal(0)
        # Marginal relief: a little above the limit no more tax than what lies above it.
        return min(in_bands(income, bands), income - _value(rebate))

    return [
        Part(
            "income tax, new regime",
            slabs(profit + given.wages) - slabs(given.wages),
            (rebate, *(band[2] for band in bands)),
        )
    ]


def _ca(profit: Decimal, given: TaxInput, facts: Facts, day: date) -> list[Part]:
    subject = COUNTRIES["CA"][0]
    rate, exempt = (
        constant(facts, subject, "rate.contribution", "Pension Plan", day),
        constant(facts, subject, "threshold.contribution", "basic exemption", day),
    )
    most = constant(facts, subject, "threshold.contribution", "maximum pensionable", day)
    cpp = (
        max(Decimal(0), min(profit, _value(most) - min(given.wages, _value(most))) - _value(exempt))
        * _value(rate)
        / 100
    )
    bands, basic = (
        _bands(facts, subject, day),
        constant(facts, subject, "threshold.allowance", "basic personal amount", day),
    )

    def federal(income: Decimal) -> Decimal:
        return max(Decimal(0), in_bands(income, bands) - _value(basic) * bands[0][1] / 100)

    income = federal(profit - cpp / 2 + given.wages) - federal(given.wages)
    return [
        Part("federal income tax", max(income, Decimal(0)), (basic, *(band[2] for band in bands[:3]))),
        Part("Canada Pension Plan", cpp, (rate, exempt, most)),
    ]


def _au(profit: Decimal, given: TaxInput, facts: Facts, day: date) -> list[Part]:
    subject = COUNTRIES["AU"][0]
    bands, levy = _bands(facts, subject, day), constant(facts, subject, "rate.contribution", "Medicare levy", day)
    income = in_bands(profit + given.wages, bands) - in_bands(given.wages, bands)
    due = profit * _value(levy) / 100 if profit + given.wages > bands[1][0] else Decimal(0)
    return [Part("income tax", income, tuple(band[2] for band in bands)), Part("Medicare levy", due, (levy,))]


PARTS = {"US": _us, "GB": _uk, "DE": _de, "IN": _in, "CA": _ca, "AU": _au}
