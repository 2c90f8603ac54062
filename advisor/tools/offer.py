"""One trip or batch: what an offer leaves per hour and per mile, and whether it beats the person's own floor."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pydantic import Field

from advisor.facts import Facts
from advisor.schema import Frozen, Table, ToolResult
from advisor.slots import Request
from advisor.tools import Tool

_CENT = Decimal("0.01")


class OfferInput(Frozen):
    """A trip, delivery or batch as the app shows it, and the person's own costs and floor."""

    pay: Decimal = Field(ge=0, le=100_000, description="What the offer pays in all, tip included, in your currency.")
    miles: Decimal = Field(
        ge=0, le=10_000, description="All miles: to the pickup, the trip, and back to where work is."
    )
    minutes: Decimal | None = Field(
        None,
        gt=0,
        le=10_000,
        description="All minutes: driving, waiting, and the way back; left out, the most it may take.",
    )
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
    if given.minutes is None:
        return _without_minutes(given)
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


def _without_minutes(given: OfferInput) -> ToolResult:
    """Return the most minutes that an offer may take before it falls below the floor."""
    code = given.currency
    cost = given.miles * given.cost_per_mile
    net = given.pay - cost
    most = (net / given.floor_per_hour * 60).quantize(Decimal(1)) if given.floor_per_hour and net > 0 else Decimal(0)
    line = (
        f"Take it if it is done within {most} minutes, waiting and the way back included: after {code} {_money(cost)} of car "
        f"costs it leaves {code} {_money(net)}, and your floor is {code} {given.floor_per_hour} an hour."
        if net > 0
        else f"Leave it: car costs of {code} {_money(cost)} are more than the pay of {code} {_money(given.pay)}."
    )
    return ToolResult(
        tool="offer",
        input=given.model_dump(mode="json"),
        output={"take": None if net > 0 else False, "net": float(_money(net)), "most_minutes": float(most)},
        summary=(line,),
        assumptions=(f"A mile costs you {code} {given.cost_per_mile}, fuel and wear together; tax is not taken off.",),
    )


def _money(value: Decimal) -> Decimal:
    return value.quantize(_CENT, rounding=ROUND_HALF_UP)


def fill(request: Request) -> dict[str, Any] | None:
    """Return the arguments that a question gives: one amount without a period, and miles or minutes."""
    wanted = request.wants("offer")
    if not wanted and not request.has(
        r"\b(offer|order|trip|ride|batch|delivery|deliver|stops?|stacked|accept|decline|take|worth|floor|minutes?|mins?)\b"
    ):
        return None
    pay = request.one("money", "")
    if pay is None:
        # "14.50 for 11 miles": the first bare number is the pay.
        pay = next((n.value for n in request.all("count") if not n.is_near(r"floor|stops?", after=False)), None)
    in_all = next(
        (
            n.value
            for n in request.all("miles")
            if re.match(r"\W*(?:in )?(?:total|all|altogether|both ways|round)", n.after)
        ),
        None,
    )
    # "82 total" after "41 miles": the way back counts as well.
    in_all = in_all or next(
        (
            n.value
            for n in request.all("count")
            if request.one("miles") and re.match(r"\W*(?:in )?(?:total|altogether|both ways|round trip)", n.after)
        ),
        None,
    )
    miles, km = in_all or request.one("miles"), request.one("km")
    minutes, hours = request.one("minutes"), request.one("hours", "")
    if minutes is None and hours is None and request.has(r"\bone hour\b"):
        hours = Decimal(1)
    if (
        minutes is None
        and hours is None
        and request.has(r"\b(?:about |around |roughly )?an hour\b(?! (?:after|net))")
        and request.one("money", "hour") is None
    ):
        hours = Decimal(1)
    if len(legs := [n.value for n in request.all("minutes")]) > 1 and request.has(
        r"\b(?:away|pick ?up|wait\w*|then|plus|drive)\b"
    ):
        minutes = sum(legs, Decimal(0))
    if not wanted and request.has(r"\b(?:proposals?|bids?|interviews?|per (?:article|lesson|logo))\b"):
        return None
    lacks = pay is None or (miles is None and km is None and minutes is None)
    if not wanted and (lacks or pay is None or pay > 2000 or request.one("hours", "week")):
        return None
    given: dict[str, Any] = {"currency": request.currency} | ({"pay": pay} if pay is not None else {})
    if miles is not None or km is not None:
        given["miles"] = miles if miles is not None else round((km or Decimal(0)) / Decimal("1.609344"), 2)
    elif not wanted:
        given["miles"] = Decimal(0)
    given["minutes"] = minutes if minutes is not None else hours * 60 if hours is not None else None
    cost, floor = request.one("money", "mile"), request.one("money", "hour")
    return (
        given
        | ({"cost_per_mile": cost} if cost is not None else {})
        | ({"floor_per_hour": floor} if floor is not None else {})
    )


EXAMPLES = (
    "Is 9 dollars for 6 miles and 25 minutes worth taking?",
    "The app offers 14.50 for 11 miles, 35 min, should I accept?",
    "Should I take a $7 order that is 3 miles away?",
    "A batch pays 22 for 8 miles and 55 minutes",
    "Accept or decline: $5.25, 4.2 miles, 18 minutes",
    "Is $12 for a 10 mile trip good?",
    "What do I make an hour on 18 dollars, 14 miles, 40 minutes?",
    "Shop and deliver for 16, 2 miles, one hour: take it?",
    "Is this ride worth it: 31 miles, 45 min, $28",
    "8 pounds for 5 miles in 30 minutes, yes or no?",
    "How much would a 9 mile delivery have to pay?",
    "6.50 for a stacked order of 7 miles and 32 minutes",
    "Do I lose money on a 4 dollar order with 6 miles?",
    "An airport trip of 24 miles pays 30, 50 minutes with the way back",
    "Offer: $10.75, 25 minutes, 5 miles. My car costs 0.35 a mile",
    "What does this offer leave after gas, 20 for 15 miles in 40 minutes?",
    "Is a dollar a mile enough for a 12 minute trip of 4 miles?",
    "Take or leave a 13 euro order over 9 km?",
    "My floor is 20 an hour, is 11 for 22 minutes and 6 miles ok?",
    "Good order? 3 stops, 19 dollars, 13 miles, 1 hour",
)
TOOL = Tool(
    "offer",
    "One trip or batch: net per hour and per mile, take it or leave it",
    OfferInput,
    offer,
    EXAMPLES,
    fill=fill,
    needs="what the offer pays, and its miles and minutes",
    specimen=("9 for 6 miles and 25 minutes", {"pay": 9, "miles": 6, "minutes": 25}),
)
