"""From a platform or a gross figure to what is left: fee, car, costs, waiting and tax off; an hour, a week, a month."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import Field

from advisor.errors import ToolError
from advisor.facts import Facts, used
from advisor.schema import Fact, Frozen, Table, ToolResult
from advisor.slots import Request
from advisor.tools import Tool
from advisor.tools.fees import main_fee
from advisor.tools.words import amount, cents, share

DRIVING = re.compile(r"ride|deliver|courier|driv|shopper|grocery", re.I)
MILES_PER_HOUR = Decimal(15)
_WEEKS = Decimal("4.345")


class EarningsInput(Frozen):
    """Where the money comes from and what goes off; leave out what the facts should fill in."""

    platform: str = Field("", max_length=60, description="Id of a platform whose pay is looked up, for instance uber.")
    gross_per_hour: Decimal | None = Field(
        None, ge=0, le=5000, description="What an hour brings before anything is taken off; wins over the facts."
    )
    gross_per_week: Decimal | None = Field(None, ge=0, le=200_000, description="The same as an amount a week.")
    hours_per_week: Decimal = Field(Decimal(20), gt=0, le=112, description="All hours a week, waiting included.")
    tips_per_hour: Decimal = Field(
        Decimal(0), ge=0, le=500, description="Tips an hour that are not in the gross figure."
    )
    engaged_percent: Decimal = Field(
        Decimal(60),
        gt=0,
        le=100,
        description="Part of the time with a passenger, order or paid task; used when a figure counts only that.",
    )
    fee_percent: Decimal | None = Field(
        None, ge=0, lt=100, description="Share the platform takes from a price you set; looked up for marketplaces."
    )
    miles_per_week: Decimal | None = Field(
        None, ge=0, le=5000, description="All miles a week for work; 15 an hour for driving work when left out."
    )
    cost_per_mile: Decimal = Field(
        Decimal("0.30"), ge=0, le=5, description="Cash and wear of a mile; the vehicle tool works it out."
    )
    other_costs_per_week: Decimal = Field(
        Decimal(0), ge=0, le=10_000, description="Phone, insurance, rent of a car, software a week."
    )
    country: str = Field("US", pattern="^[A-Z]{2}$", description="Where you pay tax, as a two-letter code.")
    region: str = Field("", max_length=40, description="State or city as a code, for instance US-CA.")
    tax_percent: Decimal | None = Field(
        None,
        ge=0,
        lt=100,
        description="Part of profit that goes to tax and contributions; worked out for the US when left out.",
    )
    currency: str = Field("USD", pattern="^[A-Z]{3}$", description="ISO 4217 code, for instance USD.")


@dataclass(frozen=True)
class Hour:
    """What an hour brings in the sources: low, typical, high, whether costs are off already, and from which facts."""

    low: Decimal
    typical: Decimal
    high: Decimal
    is_net: bool
    facts: tuple[Fact, ...]
    words: str


def earnings(given: EarningsInput, facts: Facts, today: date) -> ToolResult:
    """Return what is left of an hour, a week and a month, low, typical and high, and the wage an employee would need for it.

    Net is (gross + tips) * (1 - fee) - miles * cost - other costs; US self-employment tax is its rate on 92.35 % of profit
    (IRS Schedule SE), income tax comes on top and is left out unless `tax_percent` says it. A wage that leaves as much is
    the profit after that tax over (1 - half the rate), since an employer pays the other half.

    Args:
        given: Figures of the person, or a platform.
        facts: Pay, fees and tax rates.
        today: The day on which they must be in force.

    Raises:
        ToolError: When neither a gross figure nor a pay fact is there.
    """
    hour = _hour(given, facts, today)
    fee, fee_facts, fee_line = _fee(given, facts, today, hour)
    miles, miles_line = _miles(given, facts, hour)
    rate, tax_facts, tax_line = _tax(given, facts, today)
    hours, code = given.hours_per_week, given.currency
    rows = {}
    for name, gross in (("low", hour.low), ("typical", hour.typical), ("high", hour.high)):
        before = (gross + given.tips_per_hour) * hours
        profit = before * (1 - fee / 100) - miles * given.cost_per_mile - given.other_costs_per_week
        tax = max(profit, Decimal(0)) * rate / 100
        rows[name] = (
            before,
            before * fee / 100,
            miles * given.cost_per_mile + given.other_costs_per_week,
            tax,
            profit - tax,
        )
    kept = {name: row[4] / hours for name, row in rows.items()}
    month = {name: row[4] * _WEEKS for name, row in rows.items()}
    wage = kept["typical"] / (1 - rate / 2 / 100) if given.country == "US" and given.tax_percent is None else None
    is_range = hour.low != hour.high
    name = facts.guides[given.platform].name if given.platform in facts.guides else "this work"
    span = (
        f"{amount(kept['low'], code)} to {amount(kept['high'], code)} an hour, typically {amount(kept['typical'], code)}"
        if is_range
        else f"{amount(kept['typical'], code)} an hour"
    )
    to_platform = f"{amount(rows['typical'][1], code)} to the platform, " if fee else ""
    summary = [
        f"Of {name}, {span} is left after {'costs and ' if miles or given.other_costs_per_week else ''}{'fees and ' if fee else ''}tax, counting all {hours:f} hours a week.",
        f"That is {amount(rows['typical'][4], code)} a week and {amount(month['typical'], code)} a month"
        + (f", from {amount(month['low'], code)} to {amount(month['high'], code)}." if is_range else "."),
        f"Of {amount(rows['typical'][0], code)} a week gross go {to_platform}"
        f"{amount(rows['typical'][2], code)} to car and other costs and {amount(rows['typical'][3], code)} to tax.",
    ]
    if wage is not None:
        summary.append(
            f"An employee would need a wage of about {amount(wage, code)} an hour to keep as much, before paid leave and benefits."
        )
    found = (*hour.facts, *fee_facts, *tax_facts)
    return ToolResult(
        tool="earnings",
        input=given.model_dump(mode="json"),
        output={
            "net_per_hour": {k: float(cents(v)) for k, v in kept.items()}, "net_per_week": {k: float(cents(r[4])) for k, r in rows.items()},
            "net_per_month": {k: float(cents(v)) for k, v in month.items()}, "gross_per_week": {k: float(cents(r[0])) for k, r in rows.items()},
            "tax_percent": float(rate), "employee_wage": None if wage is None else float(cents(wage)),
        },
        summary=tuple(summary),
        assumptions=tuple(line for line in (hour.words, fee_line, miles_line, tax_line) if line),
        facts=tuple(dict.fromkeys(used(fact) for fact in found)),
        table=Table(
            columns=(f"A week ({code})", "Low", "Typical", "High"),
            rows=tuple(
                (label, *(float(cents(rows[k][i] * sign)) for k in ("low", "typical", "high")))
                for i, (label, sign) in enumerate((("Gross with tips", 1), ("Platform fee", -1), ("Car and other costs", -1), ("Tax", -1), ("Left", 1)))
            ),
        ),
        chart={"kind": "waterfall", "y": code, "rows": [
            ["Gross", float(cents(rows["typical"][0]))], ["Fee", -float(cents(rows["typical"][1]))], ["Costs", -float(cents(rows["typical"][2]))],
            ["Tax", -float(cents(rows["typical"][3]))], ["Left", float(cents(rows["typical"][4]))]]},
    )  # fmt: skip


def _hour(given: EarningsInput, facts: Facts, today: date) -> Hour:
    if given.gross_per_hour is not None or given.gross_per_week is not None:
        value = (
            given.gross_per_hour
            if given.gross_per_hour is not None
            else (given.gross_per_week or Decimal(0)) / given.hours_per_week
        )
        return Hour(
            value, value, value, False, (), "The gross figure is yours; waiting time counts when your hours include it."
        )
    found = pay_per_hour(
        given.platform, facts, today, given.region or given.country, given.currency, given.engaged_percent
    )
    if found is None:
        raise ToolError(
            f"earnings: no pay by the hour in {given.currency} is known for {given.platform or 'no platform'}. Give gross_per_hour or gross_per_week from your own log."
        )
    return found


def pay_per_hour(
    platform: str, facts: Facts, today: date, place: str, currency: str, engaged: Decimal = Decimal(60)
) -> Hour | None:
    """Return what an hour brings at a platform by the facts of one basis: gross by all hours first, then net, then engaged.

    Advertised figures are used only when there is nothing else; figures of other countries never.
    """
    fits = [
        f for f in facts.find(platform, "pay.hourly", on=today, region=place)
        if f.unit == currency and (f.region == "global" or f.region[:2] == place[:2]) and (f.year or today.year) >= today.year - 6
        and "employee" not in f.basis
    ]  # fmt: skip
    for wanted, without in (
        ("gross", ("advertised", "engaged_hour")),
        ("net", ("engaged_hour",)),
        ("engaged_hour", ()),
        ("", ()),
    ):
        group = [f for f in fits if (wanted in f.basis or not wanted) and not any(word in f.basis for word in without)]
        if group:
            break
    else:
        return None
    factor = engaged / 100 if all("engaged_hour" in f.basis for f in group) else Decimal(1)
    lows = [_value(f, "low") for f in group]
    highs = [_value(f, "high") for f in group]
    mids = sorted((_value(f, "low") + _value(f, "high")) / 2 if f.mid is None else Decimal(str(f.mid)) for f in group)
    typical = mids[len(mids) // 2] if len(mids) % 2 else (mids[len(mids) // 2 - 1] + mids[len(mids) // 2]) / 2
    told = "; ".join(
        f"{f.label or 'pay'}, {f.population or f.basis} ({f.source.publisher}, {f.as_of:%B %Y})"
        for f in group[:3]
        if f.as_of
    )
    words = f"Pay an hour comes from: {told}." + (
        f" Figures for engaged time were counted at {share(engaged)} of all hours." if factor != 1 else ""
    )
    is_net = all("net" in f.basis for f in group)
    return Hour(min(lows) * factor, typical * factor, max(highs) * factor, is_net, tuple(group[:4]), words)


def _value(fact: Fact, which: str) -> Decimal:
    order = (fact.low, fact.mid, fact.high) if which == "low" else (fact.high, fact.mid, fact.low)
    return Decimal(str(next(value for value in order if value is not None)))


def _fee(given: EarningsInput, facts: Facts, today: date, hour: Hour) -> tuple[Decimal, tuple[Fact, ...], str]:
    if given.fee_percent is not None:
        return given.fee_percent, (), f"The platform takes {share(given.fee_percent)}, as you gave it."
    if hour.facts or not given.platform:
        # Figures of what workers get are after the platform's share.
        return Decimal(0), (), ""
    if given.platform in facts.guides and DRIVING.search(facts.guides[given.platform].family):
        return (
            Decimal(0),
            (),
            "What a driving or delivery app pays you has its share taken off already, so no fee came off again.",
        )
    if main := main_fee(facts, given.platform, today, given.country):
        value, fact = main
        return (
            value,
            (fact,),
            f"{fact.subject_name} takes {share(value)}, the highest value known for {fact.label or 'its fee'}.",
        )
    return Decimal(0), (), ""


def _miles(given: EarningsInput, facts: Facts, hour: Hour) -> tuple[Decimal, str]:
    if hour.is_net:
        return Decimal(0), "The figures are after car costs already, so none were taken off again."
    if given.miles_per_week is not None:
        return (
            given.miles_per_week,
            f"{given.miles_per_week:f} miles a week cost {given.currency} {given.cost_per_mile} each, fuel and wear.",
        )
    guide = facts.guides.get(given.platform)
    if guide is not None and DRIVING.search(f"{guide.family} {guide.id}"):
        miles = MILES_PER_HOUR * given.hours_per_week
        return (
            miles,
            f"{MILES_PER_HOUR:f} miles an hour were assumed at {given.currency} {given.cost_per_mile} each; use your own miles.",
        )
    return Decimal(0), ""


def _tax(given: EarningsInput, facts: Facts, today: date) -> tuple[Decimal, tuple[Fact, ...], str]:
    if given.tax_percent is not None:
        return given.tax_percent, (), f"{share(given.tax_percent)} of profit goes to tax, as you gave it."
    if given.country == "US":
        for key in ("rate.contribution", "rate.tax"):
            for fact in facts.find("us-self-employment-tax", key, on=today):
                if fact.mid is not None and fact.unit == "percent" and 15 <= fact.mid <= 16:
                    rate = Decimal(str(fact.mid)) * Decimal("0.9235")
                    return (
                        rate,
                        (fact,),
                        f"US self-employment tax of {fact.mid:g}% on 92.35% of profit came off; federal and state income tax come on top.",
                    )
    return (
        Decimal(20),
        (),
        f"20% of profit was set aside for tax as a placeholder, since the rules of {given.country} are not worked out here; ask the tax tool.",
    )


_SPENT = r"\W*(?:a week |a month |weekly |monthly )?(?:on|for) (?:\w+ ){0,3}?(?:wash|phone|tolls?|parking|insurance|bags?|supplies|software|subscriptions?|data)\b"
"""What follows an amount that is spent on the work besides the car's miles."""


_LEFT = r"\b(left|remains?|keep|take home|net|after (?:\w+ ){0,3}?(?:gas|petrol|fuel|costs?|expenses|fees?|tax\w*))\b"


def fill(request: Request) -> dict[str, Any] | None:
    """Return the arguments that a question gives: a platform or a gross figure, with hours, miles or a wish for what is left."""
    wanted = request.wants("earnings")
    asks = (
        wanted
        or request.is_like("earnings")
        or request.has(
            r"\b(net|left|remains?|after (?:\w+ ){0,3}?(?:gas|petrol|fuel|costs?|expenses|fees?|tax\w*|car)|really (?:make|earn)|take home|keep|(?:my |the )?real (?:hourly )?(?:pay|wage|income)|gross|how much (?:will|would|can|do|could) (?:i|you) (?:\w+ )?(?:make|earn|keep)|"
            r"what (?:will|would|do|can) i (?:\w+ )?(?:make|earn|keep)|minimum wage|worth it)\b"
        )
    )
    if (
        not asks
        or not wanted
        and request.has(
            r"\b(invest\w*|dividend|rent out|sell\w*|shop|salary of a|charge|quote|billable|contractor|per item|survey|universal credit|benefits?|medicaid|ssdi|ssi|disability|snap)\b"
        )
    ):
        return None
    platform = request.entity("platform")
    assumed = []
    if not platform and request.has(r"\b(rideshare|ride-?hail\w*|ride sharing)\b"):
        platform = "uber"
        assumed.append("Figures of Uber stand for ride-hailing, since no app was named.")
    tips = next(
        (
            n
            for n in request.all("money", "hour")
            if re.match(r"\W*(?:in |of )?tips?\b", n.after)
            or re.search(r"\btips? (?:are |of )?(?:like |about |around )?$", n.before)
        ),
        None,
    )
    hour = next((n.value for n in request.all("money", "hour") if n is not tips), None)
    if hour is None and wanted and request.has(r"\bhour\b"):
        # "a Taskrabbit hour at $38": the only amount, and it is of an hour.
        single = [n.value for n in request.all("money", "") if n is not tips and n.value <= 250]
        hour = single[0] if len(single) == 1 else None
    week = next((n.value for n in request.all("money", "week")), None)
    month = next((n.value for n in request.all("money", "month")), None)
    plain = request.one("hours", "")
    hours = request.hours_per_week or (plain if plain is not None and plain <= 84 else None)
    if not platform and hour is week is month is None and hours and request.has(r"\bi drive\b") and request.has(_LEFT):
        platform = "uber"
        assumed.append("Figures of Uber stand for driving, since no app was named.")
    if (
        hour is None
        and week is None
        and month is None
        and not (
            platform
            and (hours or request.has(r"\b(an hour|per hour|hourly|after|net|left|remains?|worth it|minimum wage)\b"))
        )
    ) and not wanted:
        return None
    # A sale, a salary or a client's fee is not the pay of hours online; without hours only driving is taken for that.
    drives = platform or request.all("miles") or request.has(r"\b(driv\w+|deliver\w*|rides?|courier)\b")
    if not wanted and hour is None and (week is not None or month is not None) and hours is None and not drives:
        return None
    # How cars compare is another question, and so is what one vehicle costs a mile.
    if (
        request.has(r"\b(per mile|cost a mile|ev|electric|hybrid|prius|tesla|rent(?:ing)? a car)\b")
        and hour is week is month is None
        and not wanted
        and not (hours and request.has(_LEFT))
    ):
        return None
    given: dict[str, Any] = {"currency": request.currency, "country": request.plan.country or "US"}
    if platform:
        given["platform"] = platform
    if tips is not None:
        given["tips_per_hour"] = tips.value
    for share_ in request.all("percent"):
        if share_.is_near(r"\b(?:fee|commission|cut|takes?|keeps?|service charge)\b") and not share_.is_near(r"tax"):
            given["fee_percent"] = share_.value
        elif share_.is_near(r"\btax\w*"):
            given["tax_percent"] = share_.value
        elif share_.is_near(r"\b(?:busy|engaged|passenger|occupied|order)\b"):
            given["engaged_percent"] = share_.value
    if request.has(r"\bhalf (?:of )?(?:the|my) time\b") and request.has(
        r"\b(?:passenger|engaged|busy|on an order|empty|waiting)\b"
    ):
        given["engaged_percent"] = 50
    if request.plan.region:
        given["region"] = request.plan.region
    if hour is not None:
        given["gross_per_hour"] = hour
    elif week is not None:
        given["gross_per_week"] = week
    elif month is not None:
        given["gross_per_week"] = round(month / _WEEKS, 2)
    if hours:
        given["hours_per_week"] = hours
    else:
        assumed.append("20 hours a week, since none were given.")
    miles = next((n for n in request.all("miles") if n.per in {"week", "month", "day", ""}), None)
    an_hour = next((n for n in request.all("miles", "hour")), None)
    if miles is None and an_hour is not None:
        given["miles_per_week"] = an_hour.value * (hours or Decimal(20))
    if miles is not None:
        given["miles_per_week"] = miles.value * {"day": Decimal(5), "month": 1 / _WEEKS}.get(miles.per, Decimal(1))
    other = next(
        (
            n
            for n in request.numbers
            if n.unit in {"money", "count"} and n.per in {"", "week", "month"} and re.match(_SPENT, n.after)
        ),
        None,
    )
    if other is not None:
        given["other_costs_per_week"] = round(other.value / (_WEEKS if other.per == "month" else 1), 2)
    if (a_mile := request.one("money", "mile")) is not None:
        given["cost_per_mile"] = a_mile
    if miles is None and request.has(r"\b(?:by|on|with) (?:an? |my )?(?:e-?)?(?:bike|bicycle)\b"):
        given["cost_per_mile"] = Decimal("0.05")
        assumed.append("A bicycle at 5 cents a mile for wear.")
    if (mpg := request.one("mpg")) is not None:
        given["cost_per_mile"] = round(Decimal("3.20") / mpg + Decimal("0.18"), 3)
        assumed.append(f"A gallon at USD 3.20 and {mpg:f} mpg, with 18 cents a mile for wear.")
    elif "cost_per_mile" not in given and request.has(r"\b(?:hybrid|prius)\b"):
        given["cost_per_mile"] = round(Decimal("3.20") / 50 + Decimal("0.18"), 3)
        assumed.append("A hybrid at 50 mpg and USD 3.20 a gallon, with 18 cents a mile for wear.")
    if not request.plan.country:
        assumed.append("US rules, since no country was named.")
    return given | {"_assumed": assumed}


EXAMPLES = (
    "I drive 25 h a week in Chicago in a 2018 Prius, what's left after gas and taxes?",
    "How much will I really make an hour with DoorDash?",
    "What do I keep of 22 an hour at 30 hours a week?",
    "Net pay for Uber at 40 hours a week",
    "After car costs, is Lyft above minimum wage?",
    "I gross 900 a week in 45 hours and drive 700 miles, what is my real pay?",
    "What is left of 1,500 a month from Instacart for 25 hours a week?",
    "How much do I take home from 35 an hour on Upwork?",
    "What can I earn on Prolific for 10 hours a week?",
    "My gross is 25 an hour, 20 mpg, 15 hours a week",
    "What would I earn after fees with 50 an hour on Fiverr?",
    "Is 18 an hour delivering worth it after gas?",
    "Real hourly pay of Uber after expenses and tax",
    "How much do I make with DataAnnotation at 12 hours weekly?",
    "Net income of 800 a week for 38 hours of rideshare",
    "What would an employee need to earn to match 24 an hour gross?",
    "How much can I make with Lyft part-time, 15 hours a week?",
    "What do I keep from TaskRabbit at 32 an hour?",
    "After taxes and mileage what is 20 dollars an hour?",
    "I make 1,100 a week before costs in 50 hours, how much is that really?",
)
TOOL = Tool(
    "earnings",
    "What is left of a platform's pay or a gross figure after fees, car, costs and tax",
    EarningsInput,
    earnings,
    EXAMPLES,
    fill=fill,
    needs="the platform, or what you make an hour or a week before costs, and your hours",
    specimen=(
        "20 an hour gross, 20 hours and 300 miles a week",
        {"gross_per_hour": 20, "hours_per_week": 20, "miles_per_week": 300},
    ),
)
