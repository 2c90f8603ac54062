"""What to charge: hourly, daily and project price from target income, costs, tax, billable share and platform fee."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from pydantic import Field

from advisor.facts import Facts, used
from advisor.schema import FactUsed, Frozen, Table, ToolResult
from advisor.tools import Tool

_CENT = Decimal("0.01")


class RateInput(Frozen):
    """What the person wants to keep, and what stands between that and the price."""

    target_income: Decimal = Field(
        gt=0, le=10_000_000, description="What you want to keep a year, after tax and costs."
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


def rate(given: RateInput, facts: Facts, today: date) -> ToolResult:
    """Return the price that yields the target income.

    Gross needed is `(target / (1 - tax) + costs) / (1 - fee)`; the hourly rate is that over billable hours. This is the
    usual cost-plus price of the self-employed; tax is a flat share of profit, which the tax tools refine.

    Args:
        given: Target, costs, shares and hours.
        facts: Where a platform's fee is looked up.
        today: The day on which the fee must be in force.
    """
    fee, used_facts, fee_line = _fee(given, facts, today)
    profit = given.target_income / (1 - given.tax_percent / 100)
    turnover = (profit + given.yearly_costs) / (1 - fee / 100)
    billable = given.weeks * given.hours_per_week * given.billable_percent / 100
    hourly = _money(turnover / billable)
    daily = _money(hourly * 8)
    project = _money(hourly * given.project_hours) if given.project_hours else None
    code = given.currency
    summary = [
        f"Charge about {code} {hourly} an hour ({code} {daily} for a day of 8 billable hours) to keep {code} "
        f"{_money(given.target_income)} a year.",
        f"That is {code} {_money(turnover)} of invoices over {billable.normalize():f} billable hours a year.",
    ]
    if project is not None:
        summary.append(f"A project of {given.project_hours} hours comes to {code} {project}.")
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


def _fee(given: RateInput, facts: Facts, today: date) -> tuple[Decimal, tuple[FactUsed, ...], str]:
    if given.fee_percent is not None:
        return given.fee_percent, (), f"The platform takes {given.fee_percent}% of what the client pays you."
    if not given.platform:
        return Decimal(0), (), "No platform takes a share."
    found = [
        fact for fact in facts.find(given.platform, "fee.worker", on=today) if fact.unit == "percent" and not fact.scope
    ]
    if not found:
        return Decimal(0), (), f"No fee in percent is known for {given.platform}; none was taken off."
    fact = found[0]
    value = next(v for v in (fact.high, fact.mid, fact.low) if v is not None)
    line = f"{fact.subject_name} takes {value:g}%, the highest value known for {fact.label or 'its fee'}"
    return Decimal(str(value)), (used(fact),), f"{line} ({fact.as_of:%B %Y})." if fact.as_of else f"{line}."


def _money(value: Decimal) -> Decimal:
    return value.quantize(_CENT, rounding=ROUND_HALF_UP)


TOOL = Tool("rate", "What to charge: hourly, daily and project price from target income", RateInput, rate)
