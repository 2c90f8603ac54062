"""One trip or batch: what an offer leaves per hour and per mile, and whether it beats the person's own floor."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from pydantic import Field

from advisor.facts import Facts
from advisor.schema import Frozen, Table, ToolResult
from advisor.tools import Tool

_CENT = Decimal("0.01")


class OfferInput(Frozen):
    """A trip, delivery or batch as the app shows it, and the person's own costs and floor."""

    pay: Decimal = Field(ge=0, le=100_000, description="What the offer pays in all, tip included, in your currency.")
    miles: Decimal = Field(
        ge=0, le=10_000, description="All miles: to the pickup, the trip, and back to where work is."
    )
    minutes: Decimal = Field(gt=0, le=10_000, description="All minutes: driving, waiting, and the way back.")
    cost_per_mile: Decimal = Field(
        Decimal("0.30"), ge=0, le=10, description="What a mile costs you in cash and wear; use your own figure."
    )
    floor_per_hour: Decimal = Field(Decimal(15), ge=0, le=1000, description="The least you want to keep for an hour.")
    currency: str = Field("USD", pattern="^[A-Z]{3}$", description="ISO 4217 code, for instance USD.")


def offer(given: OfferInput, facts: Facts, today: date) -> ToolResult:
    """Return what an offer leaves after car costs.

    Net is pay less miles times cost per mile; per hour it is net times 60 over minutes. Both are definitions, not
    estimates; the cost per mile is the only assumption.

    Args:
        given: The offer.
        facts: Not used: every number is the person's own.
        today: Not used.
    """
    cost = given.miles * given.cost_per_mile
    net = given.pay - cost
    per_hour = _money(net * 60 / given.minutes)
    per_mile = _money(given.pay / given.miles) if given.miles else None
    needed = _money(given.floor_per_hour * given.minutes / 60 + cost)
    take = per_hour >= given.floor_per_hour
    verdict = "Take it" if take else "Leave it"
    summary = [
        f"{verdict}: after {given.currency} {_money(cost)} of car costs the offer leaves {given.currency} {_money(net)}, "
        f"which is {given.currency} {per_hour} an hour against your floor of {given.currency} {given.floor_per_hour}.",
        f"For {given.minutes} minutes and {given.miles} miles it would have to pay {given.currency} {needed}.",
    ]
    return ToolResult(
        tool="offer",
        input=given.model_dump(mode="json"),
        output={
            "take": take,
            "net": float(_money(net)),
            "net_per_hour": float(per_hour),
            "pay_per_mile": None if per_mile is None else float(per_mile),
            "pay_needed": float(needed),
        },
        summary=tuple(summary),
        assumptions=(
            f"A mile costs you {given.currency} {given.cost_per_mile}, fuel and wear together.",
            "Miles and minutes include the way to the pickup and back; tax is not taken off.",
        ),
        table=Table(
            columns=("", given.currency),
            rows=(("Pay", float(_money(given.pay))), ("Car costs", float(_money(cost))), ("Left", float(_money(net)))),
        ),
    )


def _money(value: Decimal) -> Decimal:
    return value.quantize(_CENT, rounding=ROUND_HALF_UP)


TOOL = Tool("offer", "One trip or batch: net per hour and per mile, take it or leave it", OfferInput, offer)
