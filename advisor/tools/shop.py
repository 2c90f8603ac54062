"""One order and one month of a shop: fees, goods, shipping, ads, returns; profit, margin, and what to automate first."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from advisor.facts import Facts, used
from advisor.schema import Fact, FactUsed, Frozen, Table, ToolResult
from advisor.tools import Tool
from advisor.tools.shop_words import fill
from advisor.tools.words import amount, cents, share


class Chore(Frozen):
    """A job that comes back, and what doing it by machine would save and cost."""

    name: str = Field(min_length=1, max_length=80, description="What the job is, for instance order e-mails.")
    hours: Decimal = Field(ge=0, le=400, description="Hours a month it takes you now.")
    saved_percent: Decimal = Field(Decimal(80), ge=0, le=100, description="Part of those hours a tool would take over.")
    tool_cost: Decimal = Field(Decimal(0), ge=0, le=100_000, description="What that tool costs a month.")


class ShopInput(Frozen):
    """A typical order and a month; amounts of one order unless the field says month."""

    price: Decimal = Field(gt=0, le=10**6, description="What the customer pays for the goods.")
    goods: Decimal = Field(Decimal(0), ge=0, le=10**6, description="What the goods cost you.")
    shipping_charged: Decimal = Field(Decimal(0), ge=0, le=10**5, description="Shipping the customer pays.")
    shipping_paid: Decimal = Field(Decimal(0), ge=0, le=10**5, description="Shipping and packing you pay.")
    ads: Decimal = Field(Decimal(0), ge=0, le=10**5, description="Advertising cost per order.")
    returns_percent: Decimal = Field(Decimal(0), ge=0, le=100, description="Orders that come back, in percent.")
    platform: str = Field("", description="Id of a platform whose fees apply, for instance etsy.")
    country: str = Field("US", pattern="^[A-Z]{2}$", description="Where you sell from, as a two-letter code.")
    fee_percent: Decimal | None = Field(None, ge=0, lt=100, description="All fees in percent; wins over `platform`.")
    fee_fixed: Decimal | None = Field(None, ge=0, le=10**4, description="All fees per order as an amount.")
    orders: Decimal = Field(Decimal(30), ge=0, le=10**6, description="Orders a month.")
    monthly_costs: Decimal = Field(Decimal(0), ge=0, le=10**7, description="Fixed costs a month, subscriptions too.")
    hours: Decimal = Field(Decimal(0), ge=0, le=744, description="Hours a month you work for the shop.")
    tax_percent: Decimal = Field(Decimal(0), ge=0, lt=100, description="Part of profit that goes to tax.")
    chores: tuple[Chore, ...] = Field((), max_length=30, description="Jobs that come back, to see what to automate.")
    hour_worth: Decimal = Field(Decimal(15), ge=0, le=1000, description="What an hour of yours is worth to you.")
    currency: str = Field("USD", pattern="^[A-Z]{3}$", description="ISO 4217 code, for instance USD.")


def shop(given: ShopInput, facts: Facts, today: date) -> ToolResult:
    """Return profit of an order and of a month.

    Order profit is revenue (price and charged shipping) less goods, shipping, fees and ads, less the loss on returns: a
    returned order refunds the revenue while shipping, ads and fixed fees stay spent and the goods come back. Margin is
    profit over revenue; the break-even advertising cost is the profit before ads. All are accounting identities.

    Args:
        given: An order and a month.
        facts: Where a platform's fees are looked up.
        today: The day on which a fee must be in force.
    """
    percent, fixed, used_facts, fee_line = _fees(given, facts, today)
    revenue = given.price + given.shipping_charged
    fees = revenue * percent / 100 + fixed
    kept = 1 - given.returns_percent / 100
    before_ads = kept * (revenue - given.goods - revenue * percent / 100) - given.shipping_paid - fixed
    profit = before_ads - given.ads
    month = profit * given.orders - given.monthly_costs
    after_tax = month * (1 - given.tax_percent / 100) if month > 0 else month
    hourly = after_tax / given.hours if given.hours else None
    needed = given.monthly_costs / profit if profit > 0 else None
    code = given.currency
    summary = [
        f"An order leaves {amount(profit, code)} of {amount(revenue, code)}, a margin of {share(profit / revenue * 100)}; fees "
        f"take {amount(fees, code)}.",
        f"A month of {given.orders:f} orders leaves {amount(after_tax, code)}"
        + (" after tax." if given.tax_percent else " before tax."),
        f"Advertising may cost {amount(max(before_ads, Decimal(0)), code)} per order before an order makes a loss.",
    ]
    if hourly is not None:
        summary.append(f"For {given.hours:f} hours of work a month that is {amount(hourly, code)} an hour.")
    if needed is None:
        summary.append("Each order loses money, so selling more makes it worse: change price, goods or shipping first.")
    elif given.monthly_costs:
        summary.append(
            f"Fixed costs are covered from {needed.to_integral_value(rounding='ROUND_CEILING'):f} orders a month on."
        )
    chores = _chores(given)
    if chores:
        best = chores[0]
        if best[3] > 0:
            summary.append(
                f"Automate {best[0]} first: it saves {best[1]} hours a month for {amount(best[2], code)}, worth "
                f"{amount(best[3], code)} more than it costs at your value of an hour."
            )
        else:
            summary.append("None of the jobs you named is worth automating at your value of an hour.")
    rows = [
        ("Revenue", revenue), ("Goods", -given.goods), ("Shipping", -given.shipping_paid), ("Fees", -fees),
        ("Returns", profit - (revenue - given.goods - given.shipping_paid - fees - given.ads)), ("Ads", -given.ads),
        ("Profit of an order", profit), ("Profit of a month", month),
    ]  # fmt: skip
    return ToolResult(
        tool="shop",
        input=given.model_dump(mode="json"),
        output={
            "profit_per_order": float(cents(profit)), "margin_percent": float(cents(profit / revenue * 100)),
            "break_even_ads": float(cents(before_ads)), "monthly_profit": float(cents(month)),
            "monthly_after_tax": float(cents(after_tax)), "per_hour": None if hourly is None else float(cents(hourly)),
            "orders_to_break_even": None if needed is None else float(needed.to_integral_value(rounding="ROUND_CEILING")),
            "automate": [list(row) for row in chores],
        },
        summary=tuple(summary),
        assumptions=(
            fee_line,
            f"{share(given.returns_percent)} of orders come back; the goods can be sold again, shipping and ads are lost.",
            "Sales tax or VAT that you collect and pass on is in none of the figures.",
        ),
        facts=used_facts,
        table=Table(columns=("", code), rows=tuple((name, float(cents(value))) for name, value in rows)),
        chart={"kind": "waterfall", "y": code, "rows": [[n, float(cents(v))] for n, v in rows[:7]]},
    )  # fmt: skip


def _fees(given: ShopInput, facts: Facts, today: date) -> tuple[Decimal, Decimal, tuple[FactUsed, ...], str]:
    """Return percent, fixed amount per order, the facts and a line that says where they come from."""
    if given.fee_percent is not None or given.fee_fixed is not None:
        percent, fixed = given.fee_percent or Decimal(0), given.fee_fixed or Decimal(0)
        return (
            percent,
            fixed,
            (),
            f"Fees are {share(percent)} and {amount(fixed, given.currency)} an order, as you gave them.",
        )
    if not given.platform:
        return Decimal(0), Decimal(0), (), "No platform and no payment fee is taken off."
    percent = fixed = Decimal(0)
    taken: list[Fact] = []
    labels: set[tuple[str, str, str]] = set()
    for key in ("fee.worker", "fee.payment", "fee.listing", "fee.regulatory"):
        for fact in facts.find(given.platform, key, on=today, region=given.country):
            value = next((v for v in (fact.mid, fact.high, fact.low) if v is not None), None)
            name = (key, fact.unit, fact.label)
            # One value of a kind: the best source comes first; tiers and special scopes are for the person to enter.
            if value is None or fact.scope or name in labels or any(k == key and u == fact.unit for k, u, _ in labels):
                continue
            if fact.unit == "percent":
                percent += Decimal(str(value))
            elif fact.unit == given.currency and fact.per in {"order", "sale", "payment", "listing", "item", ""}:
                fixed += Decimal(str(value))
            else:
                continue
            labels.add(name)
            taken.append(fact)
    if not taken:
        return percent, fixed, (), f"No fees are known for {given.platform!r} in {given.country}; none were taken off."
    parts = "; ".join(f"{fact.label or fact.key.value} ({fact.as_of:%B %Y})" for fact in taken if fact.as_of)
    line = f"{taken[0].subject_name} takes {share(percent)} and {amount(fixed, given.currency)} an order: {parts}."
    return percent, fixed, tuple(used(fact) for fact in taken), line


def _chores(given: ShopInput) -> list[tuple[str, float, float, float]]:
    """Return name, hours saved, cost and gain a month of each job, most worthwhile first."""
    rows = []
    for chore in given.chores:
        saved = chore.hours * chore.saved_percent / 100
        rows.append(
            (
                chore.name,
                float(cents(saved)),
                float(chore.tool_cost),
                float(cents(saved * given.hour_worth - chore.tool_cost)),
            )
        )
    return sorted(rows, key=lambda row: -row[3])


EXAMPLES = (
    "I sell a mug for 20 on Etsy, it costs me 6 and 4 to ship, what is my profit?",
    "What margin do I make on a 35 dollar shirt with goods at 14?",
    "How much can I spend on ads per order?",
    "Is my shop profitable at 40 orders a month?",
    "What is left of a 50 sale on eBay after fees?",
    "Profit of print on demand: price 25, base cost 12, shipping 5",
    "How many orders do I need to cover 39 a month?",
    "What should I automate first in my shop?",
    "Break-even ad cost for a product at 60 with cost 25",
    "After Shopify and card fees, what do I keep from 30?",
    "My candles sell at 18, wax and jar 5, postage 4, what do I earn an hour?",
    "Dropshipping: sells 45, supplier 22, ads 15, returns 8%",
    "What do I make selling a digital file for 5?",
    "How do returns change my margin?",
    "I sell 100 items a month at 12, cost 4, is it worth my 60 hours?",
    "Calculate Etsy fees on a 75 necklace",
    "What price do I need for a 30 percent margin?",
    "Monthly profit of a store with 200 orders at 28",
    "Is free shipping affordable at price 22 and postage 6?",
    "What does one order leave me?",
)
TOOL = Tool(
    "shop",
    "One order and one month of a shop: profit, margin, break-even ads, what to automate",
    ShopInput,
    shop,
    EXAMPLES,
    fill=fill,
    needs="the price of an order and what the goods and shipping cost you",
    specimen=("an order of 30 with goods for 9 and shipping for 5", {"price": 30, "goods": 9, "shipping_paid": 5}),
)
