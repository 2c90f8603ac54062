"""Tax and contributions on self-employed profit by country and year: US, UK, Germany, India, Canada, Australia."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from advisor.errors import ToolError
from advisor.facts import Facts, used
from advisor.schema import Fact, Table, ToolResult
from advisor.slots import Request
from advisor.tools import Tool
from advisor.tools.tax_countries import COUNTRIES, PARTS, Part, TaxInput, constant
from advisor.tools.words import amount, cents, share


def tax(given: TaxInput, facts: Facts, today: date) -> ToolResult:
    """Return tax and contributions on a year's profit, part by part, what to set aside, and the dates of the US payments.

    US: self-employment tax is 15.3 % of 92.35 % of profit, its Social Security part up to the wage base less wages (IRS
    Schedule SE); half of it, the standard deduction and the business income deduction come off before the brackets (Form
    1040). UK: bands over the shrinking personal allowance, Class 4. Germany: section 32a EStG and surcharge. India: slabs
    of the new regime with rebate and cess. Canada: federal brackets less credits, both pension contributions (Schedule 8).
    Australia: resident rates, low income and small business offsets, Medicare levy. Every constant is a dated fact of the
    corpus; each country's function names its law or form.

    Args:
        given: Profit, country and year.
        facts: The constants.
        today: The day of the tax year when none is given.

    Raises:
        ToolError: When the country is not worked out, or a constant of that year is missing.
    """
    if given.country not in COUNTRIES:
        raise ToolError(
            f"tax: country is {given.country!r}; worked out are {', '.join(COUNTRIES)}. For others read the rule guide of the country and ask its tax office."
        )
    day = given.on or today
    subject, code = COUNTRIES[given.country]
    profit, mile_line, mile_facts = _after_car(given, facts, day)
    parts = PARTS[given.country](profit, given, facts, day)
    total = sum((part.value for part in parts), Decimal(0))
    rate = total / profit * 100 if profit else Decimal(0)
    left = f" (what is left of {amount(given.profit, code)})" if profit != given.profit else ""
    named = "; ".join(_named(part, code) for part in parts if part.value) or "nothing"
    summary = [
        f"On a profit of {amount(profit, code)}{left} in {_year(given.country, day)} you owe about {amount(total, code)}, {share(rate)} of it: {named}.",
        *(
            [
                f"Set aside {share(min(rate + 3, Decimal(99)))} of each payment, a little more than the bill, and about {amount(total / 12, code)} a month."
            ]
            if total
            else []
        ),
        *([_MISSING[given.country]] if total and given.country in _MISSING else []),
        *([mile_line] if mile_line else []),
    ]
    quarterly = False
    if given.wages:
        summary.append(
            f"The wages of {amount(given.wages, code)} are counted for the bands; what the job withholds already is not taken off here."
        )
    if given.country == "US" and total:
        line = constant(facts, "us-self-employment-tax", "threshold.tax", "quarterly payments are expected", day)
        quarterly = total >= Decimal(str(line.mid))
        summary.append(
            _quarters(total, day, code)
            if quarterly
            else f"Below {amount(Decimal(str(line.mid)), code)} of tax no quarterly payments are expected; pay with the return."
        )
        mile_facts = [*mile_facts, line]
    found = list(dict.fromkeys([*mile_facts, *(fact for part in parts for fact in part.facts)]))
    return ToolResult(
        tool="tax",
        input=given.model_dump(mode="json"),
        output={
            "total": float(cents(total)), "rate_percent": float(cents(rate)), "profit": float(cents(profit)), "currency": code,
            "parts": {part.name: float(cents(part.value)) for part in parts}, "quarterly": float(cents(total / 4)) if quarterly else None,
        },
        summary=tuple(summary),
        assumptions=_assumed(given, day),
        facts=tuple(used(fact) for fact in found[:20]),
        table=Table(columns=("Part", code), rows=(*((part.name, float(cents(part.value))) for part in parts), ("Together", float(cents(total))))),
        chart={"kind": "bar", "x": "", "y": code, "rows": [[part.name, float(cents(part.value))] for part in parts]},
    )  # fmt: skip


# What is left out and usually weighs as much as the sum itself is said with the sum.
_MISSING = {
    "CA": "Provincial tax comes on top and is not in this sum, so set aside more than that.",
    "DE": "Health insurance comes on top and is not in this sum, so set aside more than that.",
}


def _assumed(given: TaxInput, day: date) -> tuple[str, ...]:
    left = {
        "US": "state and local tax, credits and children, the deduction for tips, and the limits of the business income deduction on high incomes",
        "GB": "Scotland's other bands, student loans and pension relief",
        "DE": "health and pension insurance, which lower the taxable income, church tax, trade tax and married couples' splitting",
        "IN": "surcharge on high incomes, the standard deduction from a salary, and the old regime",
        "CA": "provincial tax, Quebec's own plan, other credits and the smaller basic amount of high incomes",
        "AU": "other offsets, family lines of the Medicare levy, its surcharge, and study loans",
    }[given.country]  # fmt: skip
    return (
        f"Tax year: {_year(given.country, day).removeprefix('the tax year ')}; rules in force on {day.day} {day:%B %Y}; left out: {left}.",
        "This is information and not tax advice; a free tax clinic or the tax office of your country can check it.",
    )


def _after_car(given: TaxInput, facts: Facts, day: date) -> tuple[Decimal, str, list[Fact]]:
    if given.country == "IN" and given.presumptive:
        fact = constant(facts, "india-44ada-and-gst", "rate.deduction", "section 44ADA", day)
        most = constant(facts, "india-44ada-and-gst", "threshold.tax", "section 44ADA may be used, mostly digital", day)
        if given.profit > Decimal(str(most.mid)):
            return (
                given.profit,
                f"Section 44ADA ends at receipts of {amount(Decimal(str(most.mid)), 'INR')}, so the whole amount was taken as profit; put in the profit after real costs.",
                [most],
            )
        half = given.profit * Decimal(str(fact.mid)) / 100
        return (
            half,
            f"Section 44ADA counts {fact.mid:g}% of receipts as profit; it fits named professions only.",
            [fact],
        )
    if given.country != "US" or not given.miles:
        return given.profit, "", []
    rates = _mileage_rates(facts, day.year)
    if not rates:
        return given.profit, "", []
    by_rate = given.miles * sum((Decimal(str(fact.mid)) * share for fact, share in rates), Decimal(0))
    better, other = (
        ("the mileage rate", "actual costs")
        if by_rate >= given.actual_car_costs
        else ("actual costs", "the mileage rate")
    )
    off = max(by_rate, given.actual_car_costs)
    line = f"For {given.miles:,.0f} miles take {better}, {amount(off, 'USD')} off the profit" + (
        f", instead of {other}, {amount(min(by_rate, given.actual_car_costs), 'USD')}."
        if given.actual_car_costs
        else "."
    )
    if len(rates) > 1:
        steps = ", ".join(
            f"{fact.mid * 100:g} cents from {fact.since:%B}" for fact, _ in rates if fact.mid and fact.since
        )
        line += f" The rate changed within {day.year} ({steps}); the miles were taken as driven evenly over the year."
    return max(Decimal(0), given.profit - off), line, [fact for fact, _ in rates]


def _mileage_rates(facts: Facts, year: int) -> list[tuple[Fact, Decimal]]:
    """Return the mileage rates of a year, first to last, with the part of the year in which each holds."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    found = []
    for fact in facts.find("us-self-employment-tax", "rate.mileage"):
        start, end = max(fact.since or first, first), min(fact.until or last, last)
        if fact.mid is not None and start <= end:
            found.append((fact, Decimal((end - start).days + 1) / ((last - first).days + 1)))
    return sorted(found, key=lambda item: item[0].since or first)


def _named(part: Part, code: str) -> str:
    return (
        f"{part.name} {amount(part.value, code)}" if part.value > 0 else f"less {part.name} {amount(-part.value, code)}"
    )


def _year(country: str, day: date) -> str:
    """Return the tax year that holds a day, as the country writes it."""
    month, first, sign = {"GB": (4, 6, "/"), "IN": (4, 1, "-"), "AU": (7, 1, "-")}.get(country, (1, 1, ""))
    year = day.year if day >= date(day.year, month, first) else day.year - 1
    return f"the tax year {year}{sign}{(year + 1) % 100:02d}" if sign else f"the tax year {year}"


def _quarters(total: Decimal, day: date, code: str) -> str:
    """Return the next due date of US estimated tax: the 15th of April, June, September and January, a business day."""
    dates = [date(day.year, 4, 15), date(day.year, 6, 15), date(day.year, 9, 15), date(day.year + 1, 1, 15)]
    following = next(d for d in map(_business_day, dates) if d >= day)
    return f"Paid in four parts that is {amount(total / 4, code)} each; the next date is {following.day} {following:%B %Y}."


def _business_day(day: date) -> date:
    """Return the day, or the next one that is no weekend nor a holiday on which US tax cannot fall due.

    Of those near the four dates: Martin Luther King Day, the third Monday of January, and Emancipation Day in Washington,
    16 April, kept on Friday the 15th when the 16th is a Saturday and on Monday the 17th when it is a Sunday.
    """
    emancipation = date(day.year, 4, 16)
    emancipation += timedelta(days={5: -1, 6: 1}.get(emancipation.weekday(), 0))
    while day.weekday() >= 5 or day == emancipation or (day.month == 1 and day.weekday() == 0 and 15 <= day.day <= 21):
        day += timedelta(days=1)
    return day


_MONEY = {"US": "USD", "GB": "GBP", "DE": "EUR", "IN": "INR", "CA": "CAD", "AU": "AUD"}


def fill(request: Request) -> dict[str, Any] | None:
    """Return the arguments that a question gives: an amount earned a year, month or week, and the country."""
    if request.has(
        r"\b(?:do i (?:need|have) to|must i|should i|am i required to)\b[^.?!]{0,40}\b(?:tell|report|declare|register|file|submit|send)\b"
    ):
        return None  # whether something is to be reported is a rule, and not a sum: below the tax-free amount it can be due all the same
    if request.has(r"\bowe\b[^.?!]{0,30}\b(?:card|debt|loan|bank|friend|landlord)\b"):
        return None
    wanted = request.wants("tax")
    if not wanted and (
        not request.has(
            r"\b(tax(?:es)?|self-employment tax|owe|national insurance|class 4|irs|hmrc|set aside|quarterly|finanzamt|einkommensteuer|cpp|ato|cra)\b"
        )
        or request.has(r"\b(vat|gst|sales tax|w-?8|1099-?k?|dividend|dac7|form|penalt\w+|invoice|interest)\b")
    ):
        return None
    times = {"year": 1, "month": 12, "week": 52, "": 1}
    number = next((n for n in request.all("money") if n.per in times and n.value >= 100), None)
    number = number or next((n for n in request.all("count") if n.value >= 1000), None)
    if number is None or number.per == "hour":
        return {} if wanted else None
    country = request.plan.country or {"GBP": "GB", "EUR": "DE", "INR": "IN", "CAD": "CA", "AUD": "AU"}.get(
        number.currency, "US"
    )
    if country not in COUNTRIES:
        return {} if wanted else None
    if (
        number.currency
        and number.currency != _MONEY[country]
        and not (number.currency == "USD" and country in {"CA", "AU"})
    ):
        # Dollars earned in India are no rupees: the rate of the day decides, and the person knows it.
        return {"country": country} if wanted else None
    given: dict[str, Any] = {"profit": number.value * times[number.per], "country": country}
    assumed = (
        [] if request.plan.country or number.currency not in {"", "USD"} else ["US rules, since no country was named."]
    )
    if not request.has(r"\b(profit|net|after (?:costs|expenses))\b"):
        assumed.append("The amount was taken as profit after costs.")
    wage = next(
        (
            n
            for n in request.numbers
            if n is not number
            and (
                n.is_near(r"(?:wages?|salary|employed)\W*(?:\w+\W+){0,3}$", after=False)
                or re.match(r"\W*(?:\w+\W+){0,2}?(?:job|salary|wages?|employment|paye|w-?2)\b", n.after)
                or re.search(r"\bjob\W*(?:\w+\W+){0,3}$", n.before)
            )
        ),
        None,
    )
    if wage is not None:
        given["wages"] = wage.value * times.get(wage.per, 1)
    if (miles := request.one("miles")) is not None and country == "US":
        given["miles"] = miles
    if country == "IN" and request.has(r"\b44ada|presumptive\b"):
        given["presumptive"] = True
    if (
        request.has(
            r"\b(married|joint(?:ly)?|(?:my )?(?:wife|husband|spouse|partner) and (?:i|me)|my wife|my husband|spouse|file together)\b"
        )
        and country == "US"
    ):
        given["status"] = "joint"
    elif request.has(r"\bsingle\b") and country == "US":
        given["status"] = "single"
    return given | {"_assumed": assumed}


EXAMPLES = (
    "How much tax do I owe on 30,000 of gig income?",
    "I made 18,000 driving for Uber, what are my taxes?",
    "What self-employment tax do I pay on 12,500 profit?",
    "Tax on 25,000 pounds as a sole trader in the UK",
    "How much should I set aside from 4,000 a month for taxes?",
    "I earn 35,000 euros freelancing in Germany, how much tax?",
    "Freelancer in India with 18 lakh under 44ADA, what tax?",
    "What tax do I owe in Canada on 28,000 of self-employed income?",
    "Australian sole trader with 60,000, how much tax?",
    "I have a job at 40,000 and made 9,000 on the side, what tax on it?",
    "What do I owe the IRS quarterly on 50,000?",
    "Married filing jointly with 45,000 from DoorDash, how much tax?",
    "Taxes on 22,000 with 14,000 business miles",
    "How much National Insurance on a profit of 20,000?",
    "Will I owe tax on 900 pounds of side income in the UK?",
    "What is left after tax from 70,000 as a contractor?",
    "How much tax on 600 a week self-employed?",
    "Estimate my tax: 33,000 net from Upwork",
    "Tax on 1,500 a month from tutoring in England",
    "How big is my tax bill on 100,000 freelance profit?",
)
TOOL = Tool(
    "tax",
    "Tax and contributions on self-employed profit: US, UK, Germany, India, Canada, Australia",
    TaxInput,
    tax,
    EXAMPLES,
    fill=fill,
    needs="your profit of the year, in the money of the country, and one of these countries: the US, the UK, Germany, India, Canada or Australia",
)
