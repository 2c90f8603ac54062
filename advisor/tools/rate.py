"""What to charge: hourly, daily and project price from target income, costs, tax, billable share and platform fee."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pydantic import Field, model_validator

from advisor.facts import Facts, used
from advisor.schema import FactUsed, Frozen, Table, ToolResult
from advisor.slots import Request
from advisor.tools import Tool
from advisor.tools.fees import main_fee
from advisor.tools.words import amount

_CENT = Decimal("0.01")


class RateInput(Frozen):
    """What the person wants to keep, or the rate they have, and what stands between the two."""

    target_income: Decimal | None = Field(
        None, gt=0, le=10_000_000, description="What you want to keep a year, after tax and costs."
    )
    hourly_rate: Decimal | None = Field(
        None, gt=0, le=100_000, description="A rate you have or were offered an hour, to see what it leaves a year."
    )
    yearly_costs: Decimal = Field(Decimal(0), ge=0, le=10_000_000, description="Costs of the business a year.")
    tax_percent: Decimal = Field(
        Decimal(25), ge=0, lt=100, description="Share of profit set aside for tax, in percent."
    )
    weeks: Decimal = Field(Decimal(46), gt=0, le=52, description="Weeks a year in which you work.")
    hours_per_week: Decimal = Field(Decimal(40), gt=0, le=100, description="Hours you work a week, paid or not.")
    billable_percent: Decimal = Field(Decimal(60), gt=0, le=100, description="Share of those hours a client pays for.")
    platform: str = Field("", description="Id of a platform whose fee is taken off, for instance upwork.")
    fee_percent: Decimal | None = Field(
        None, ge=0, lt=100, description="Platform fee in percent; wins over `platform`."
    )
    project_hours: Decimal | None = Field(None, gt=0, le=10_000, description="Hours of one project, for its price.")
    currency: str = Field("USD", pattern="^[A-Z]{3}$", description="ISO 4217 code, for instance USD.")

    @model_validator(mode="after")
    def _something_to_do(self) -> "RateInput":
        if self.target_income is None and self.hourly_rate is None:
            raise ValueError("give target_income (what you want to keep a year) or hourly_rate (what you charge now)")
        return self


def rate(given: RateInput, facts: Facts, today: date) -> ToolResult:
    """Return the price that yields the target income, and what a given rate leaves.

    Gross needed is `(target / (1 - tax) + costs) / (1 - fee)`; the hourly rate is that over billable hours. This is the
    usual cost-plus price of the self-employed; tax is a flat share of profit, which the tax tools refine. A rate leaves
    the same sum solved for the target: `(rate x billable hours x (1 - fee) - costs) x (1 - tax)`.

    Args:
        given: Target, costs, shares and hours.
        facts: Where a platform's fee is looked up.
        today: The day on which the fee must be in force.
    """
    fee, used_facts, fee_line = _fee(given, facts, today)
    billable = given.weeks * given.hours_per_week * given.billable_percent / 100
    kept = (
        None if given.hourly_rate is None
        else ((given.hourly_rate * billable * (1 - fee / 100) - given.yearly_costs) * (1 - given.tax_percent / 100))
    )  # fmt: skip
    target = given.target_income if given.target_income is not None else max(kept or Decimal(0), Decimal(0))
    profit = target / (1 - given.tax_percent / 100)
    turnover = (profit + given.yearly_costs) / (1 - fee / 100)
    hourly = _money(turnover / billable)
    daily = _money(hourly * 8)
    project = _money(hourly * given.project_hours) if given.project_hours else None
    code = given.currency
    summary = _yields(given, kept, billable, fee) if kept is not None and given.hourly_rate is not None else []
    if given.target_income is not None:
        summary += [
            f"Charge about {amount(hourly, code)} an hour ({amount(daily, code)} for a day of 8 billable hours) to keep "
            f"{amount(given.target_income, code)} a year.",
            f"That is {amount(turnover, code)} of invoices over {billable.normalize():f} billable hours a year.",
        ]
    if project is not None:
        summary.append(f"A project of {given.project_hours} hours comes to {amount(project, code)}.")
    rows = [
        (f"{share}% billable", float(_money(turnover / (given.weeks * given.hours_per_week * Decimal(share) / 100))))
        for share in (40, 50, 60, 70, 80)
    ]
    return ToolResult(
        tool="rate",
        input=given.model_dump(mode="json"),
        output={
            "hourly": float(hourly),
            "daily": float(daily),
            "project": None if project is None else float(project),
            "turnover": float(_money(turnover)),
            "billable_hours": float(billable),
            "fee_percent": float(fee),
            "kept": None if kept is None else float(_money(kept)),
        },
        summary=tuple(summary),
        assumptions=(
            f"You work {given.weeks} weeks of {given.hours_per_week} hours, and clients pay for {given.billable_percent}% "
            "of them; replace the share with your own log.",
            f"{given.tax_percent}% of profit goes to tax; the real share depends on country and income.",
            fee_line,
        ),
        facts=used_facts,
        table=Table(columns=("If so much of your time is", f"{code} an hour"), rows=tuple(rows)),
    )


def _yields(given: RateInput, kept: Decimal, billable: Decimal, fee: Decimal) -> list[str]:
    """Return what a rate leaves a year, a month, and for each hour worked."""
    code, hourly = given.currency, given.hourly_rate or Decimal(0)
    worked = given.weeks * given.hours_per_week
    return [
        f"{amount(hourly, code)} an hour leaves about {amount(_money(kept), code)} a year, {amount(_money(kept / 12), code)} a month, "
        f"from {billable.normalize():f} paid hours.",
        f"For each hour worked, paid or not, that is {amount(_money(kept / worked), code)} after the fee, costs and tax.",
    ]


def _fee(given: RateInput, facts: Facts, today: date) -> tuple[Decimal, tuple[FactUsed, ...], str]:
    if given.fee_percent is not None:
        return given.fee_percent, (), f"The platform takes {given.fee_percent}% of what the client pays you."
    if not given.platform:
        return Decimal(0), (), "No platform takes a share."
    main = main_fee(facts, given.platform, today)
    if main is None:
        return Decimal(0), (), f"No fee in percent is known for {given.platform}; none was taken off."
    value, fact = main
    line = f"{fact.subject_name} takes {value.normalize():f}%, the highest value known for {fact.label or 'its fee'}"
    return value, (used(fact),), f"{line} ({fact.as_of:%B %Y})." if fact.as_of else f"{line}."


def _money(value: Decimal) -> Decimal:
    return value.quantize(_CENT, rounding=ROUND_HALF_UP)


_YEARS = {"year": 1, "month": 12, "week": 46, "day": 220}


def fill(request: Request) -> dict[str, Any] | None:
    """Return the arguments that a question gives: what to keep a year, month or week, and what it names besides."""
    if request.has(r"\b(?:promis\w+|guarant\w+|mentors?|coach\w*|webinars?|live on \d+ hours)\b"):
        return None  # what somebody promises is no income to price for
    wanted = request.wants("rate")
    if not wanted and (
        not (
            request.is_like("rate")
            or request.has(
                r"\b(charge|rates?|price|quote|bill|billable|contractor|ask (?:for|per|an|to)|per hour to replace)\b"
            )
        )
        or request.has(
            r"\b(invoice|raise my|tax rate|interest|mileage|robo|fund|commission|connects?|proposals?|bids?|driv\w+|deliver\w*)\b"
        )
    ):
        return None
    target = next(
        (n for n in request.all("money") if n.per in _YEARS and not n.is_near(r"cost|expense", after=False)), None
    )
    target = target or next((n for n in request.all("money", "") if n.value >= 10_000), None)
    target = target or next((n for n in request.all("count") if n.value >= 10_000), None)
    target = target or next(
        (n for n in request.numbers if n.is_near(r"need|keep|make|earn|ask for", after=False) and n.value >= 500), None
    )
    now = next((n for n in request.all("money", "hour")), None) or next(
        (
            n
            for n in request.numbers
            if n.unit in {"money", "count"}
            and n.value < 1000
            and n is not target
            and n.is_near(r"\b(?:hourly|my rate)(?: rate)?(?: is| of|:)?\W*$", after=False)
        ),
        None,
    )
    asks_back = now is not None and (
        now.is_near(r"\b(?:hourly|my rate)\b", after=False)
        or request.has(
            r"\b(as good as|same as|worth|leaves?|yields?|really|keep|left|equal|equivalent|compare|better|enough)\b"
        )
    )
    if target is None and not asks_back and not wanted:
        return None
    given: dict[str, Any] = {"currency": request.currency}
    if target is not None:
        given["target_income"] = target.value * _YEARS.get(target.per, 1)
    if asks_back and now is not None:
        given["hourly_rate"] = now.value
        if target is not None and target.is_near(r"salary|wage|job"):
            given["target_income"] = round(given["target_income"] * Decimal("0.75"))
            given["_assumed"] = ["The salary is before tax; three quarters of it were taken as what stays."]
    costs = next(
        (
            n
            for n in request.numbers
            if re.match(r"\W*(?:\w+ )?(?:costs?|expenses)\b", n.after)
            and n is not target
            and n is not now
            and n.unit in {"money", "count"}
        ),
        None,
    ) or next(
        (
            n
            for n in request.numbers
            if n.is_near(r"costs?|expenses?", after=False) and n is not target and n is not now
        ),
        None,
    )
    if costs is not None:
        given["yearly_costs"] = costs.value * _YEARS.get(costs.per, 1)
    if request.hours_per_week:
        billable = request.has(
            r"billable hours|\b(?:bill|charge for|invoice) (?:about |around |only )?\d+ (?:hours|hrs|h)\b"
        )
        given |= {"hours_per_week": request.hours_per_week} | ({"billable_percent": 100} if billable else {})
    if off := request.one("weeks", near=r"off|holiday|vacation"):
        given["weeks"] = 52 - off
    elif (weeks := request.one("weeks", "")) is not None and 20 <= weeks <= 52:
        given["weeks"] = weeks
    if (fee := request.one("percent", near=r"fee|commission|platform|cut|agency|marketplace|takes")) is not None:
        given["fee_percent"] = fee
    if hours := request.one(
        "hours", "", near=r"\b(?:project|job|gig|task|website|logo|design|article|video|translation)\b"
    ):
        given["project_hours"] = hours
    share_ = request.one("percent", near=r"billable|my time")
    if share_ is not None or request.has(
        r"half (?:of (?:it|them|that|those) )?(?:of )?(?:my time|is billable|are billable|billable)"
    ):
        given["billable_percent"] = share_ if share_ is not None else 50
    if (tax := request.one("percent", near=r"tax")) is not None:
        given["tax_percent"] = tax
    if platform := request.entity("platform"):
        given["platform"] = platform
    return given


EXAMPLES = (
    "What should I charge to make 50,000 a year?",
    "Which hourly rate gives me 3,000 a month after tax?",
    "How do I set my freelance rate if I need 40k?",
    "I want to keep 30,000 a year, what do I ask per hour on Upwork?",
    "What day rate do I need for 60,000 with 10 weeks off?",
    "Work out my hourly price: target 45,000, costs 5,000, half my time billable",
    "What do I quote for a 30 hour project?",
    "How much per hour to replace a salary of 52,000?",
    "My costs are 400 a month and I need 2,500, which rate?",
    "What must I bill so that 36,000 is left?",
    "Rate calculator for a freelancer with 25 billable hours a week",
    "I want 1,000 a week, what should I charge?",
    "Which price per project if I want 70 an hour net of Fiverr's fee?",
    "Minimum rate to live on 28,000 pounds",
    "How do I turn a yearly wish of 80k into a day rate?",
    "What should a new designer charge to earn 35,000?",
    "Hourly rate for 20 hours a week and 24,000 a year",
    "How much do I have to ask to keep 2,000 euros a month?",
    "Set my tutoring price for 15,000 a year part-time",
    "What rate covers tax, platform fee and holidays at 55,000?",
)
TOOL = Tool(
    "rate",
    "What to charge: hourly, daily and project price from target income",
    RateInput,
    rate,
    EXAMPLES,
    fill=fill,
    needs="what you want to keep a year or a month, or the rate that you were offered",
    specimen=(
        "to keep 30,000 a year after 3,000 of costs, at 30 hours a week",
        {"target_income": 30000, "yearly_costs": 3000, "hours_per_week": 30},
    ),
)
