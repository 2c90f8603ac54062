"""Renting something out: a room, a car, a space, virtual land; income after fees and vacancy, payback, and a bad year."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from advisor.facts import Facts, used
from advisor.schema import FactUsed, Frozen, Table, ToolResult
from advisor.slots import Request
from advisor.tools import Tool
from advisor.tools.fees import main_fee
from advisor.tools.words import amount, cents, share

_DEFAULT_PLATFORM = {"room": "airbnb", "car": "turo", "space": "neighbor", "land": ""}


class RentalInput(Frozen):
    """What is rented out, at what price, how often, and what it costs."""

    kind: Literal["room", "car", "space", "land"] = Field(
        "room", description="Room or flat, car, storage or parking, virtual land."
    )
    price: Decimal = Field(gt=0, le=10**7, description="Rent for one unit of time.")
    per: Literal["night", "day", "week", "month"] = Field("night", description="What the price is for.")
    used_percent: Decimal = Field(Decimal(50), ge=0, le=100, description="Part of the time it is let.")
    platform: str | None = Field(
        None, description="Id of the platform; the usual one of the kind when left out, empty for none."
    )
    fee_percent: Decimal | None = Field(
        None, ge=0, lt=100, description="Platform fee in percent; wins over `platform`."
    )
    monthly_costs: Decimal = Field(Decimal(0), ge=0, le=10**7, description="Loan, insurance, power, parking a month.")
    cost_per_stay: Decimal = Field(Decimal(0), ge=0, le=10**5, description="Cleaning or wear each time it is let.")
    stay_units: Decimal = Field(
        Decimal(3), gt=0, le=365, description="Length of one let in the same unit as the price."
    )
    hours_per_month: Decimal = Field(Decimal(0), ge=0, le=744, description="Hours a month you work for it.")
    capital: Decimal = Field(Decimal(0), ge=0, le=10**9, description="What you pay to get it, for the payback.")
    price_fall_percent: Decimal = Field(Decimal(20), ge=0, le=100, description="Fall in the rent in a bad year.")
    demand_fall_percent: Decimal = Field(Decimal(30), ge=0, le=100, description="Fall in use in a bad year.")
    value_fall_percent: Decimal = Field(
        Decimal(0), ge=0, le=100, description="Fall in what the thing itself is worth, a year."
    )
    tax_percent: Decimal = Field(Decimal(0), ge=0, lt=100, description="Part of profit that goes to tax.")
    currency: str = Field("USD", pattern="^[A-Z]{3}$", description="ISO 4217 code, for instance USD.")


_UNITS_A_MONTH = {"night": Decimal("30.4"), "day": Decimal("30.4"), "week": Decimal("4.345"), "month": Decimal(1)}


def rental(given: RentalInput, facts: Facts, today: date) -> ToolResult:
    """Return what letting leaves a month, the payback of the capital, and the same in a bad year.

    Units let a month are units of an average month (365 / 12 days) times the used share; income is units times price
    less the fee, the costs of each let and the fixed costs. Payback is capital over yearly profit, less what the thing
    loses in value. All are accounting identities; the falls are the person's own assumptions.

    Args:
        given: Price, use and costs.
        facts: Where a platform's fee is looked up.
        today: The day on which a fee must be in force.
    """
    fee, used_facts, fee_line = _fee(given, facts, today)
    normal = _month(given, fee, Decimal(1), Decimal(1))
    bad = _month(given, fee, 1 - given.price_fall_percent / 100, 1 - given.demand_fall_percent / 100)
    yearly = normal * 12 - given.capital * given.value_fall_percent / 100
    payback = given.capital / yearly if given.capital and yearly > 0 else None
    each = given.price * (1 - fee / 100) - given.cost_per_stay / given.stay_units
    units = _UNITS_A_MONTH[given.per]
    needed = given.monthly_costs / each / units * 100 if each > 0 else None
    code = given.currency
    summary = [
        f"Let {share(given.used_percent)} of the time at {amount(given.price, code)} a {given.per}, it leaves "
        f"{amount(normal, code)} a month{' after tax' if given.tax_percent else ' before tax'}.",
        f"In a bad year, with the rent {share(given.price_fall_percent)} and demand {share(given.demand_fall_percent)} lower, "
        f"it leaves {amount(bad, code)} a month.",
    ]
    if needed is not None and given.monthly_costs:
        summary.append(
            f"It covers its fixed costs once it is let {share(needed)} of the time."
            if needed <= 100 else "At this price it cannot cover its fixed costs, however often it is let."
        )  # fmt: skip
    if given.capital:
        summary.append(
            f"The {amount(given.capital, code)} you put in come back after {payback.quantize(Decimal('0.1'))} years."
            if payback else f"The {amount(given.capital, code)} you put in never come back at these figures."
        )  # fmt: skip
    if given.hours_per_month:
        summary.append(
            f"For {given.hours_per_month:f} hours of work a month that is {amount(normal / given.hours_per_month, code)} an hour."
        )
    if given.kind == "land":
        summary.append("For virtual land use a rent that somebody has paid you, not one that was promised.")
    rows = tuple(
        (
            f"{used_share}%",
            float(
                cents(
                    _month(given.model_copy(update={"used_percent": Decimal(used_share)}), fee, Decimal(1), Decimal(1))
                )
            ),
        )
        for used_share in (0, 20, 40, 60, 80, 100)
    )
    return ToolResult(
        tool="rental",
        input=given.model_dump(mode="json"),
        output={
            "monthly": float(cents(normal)), "monthly_bad": float(cents(bad)), "fee_percent": float(fee),
            "payback_years": None if payback is None else float(payback.quantize(Decimal("0.1"))),
            "break_even_used_percent": None if needed is None else float(cents(needed)),
            "per_hour": float(cents(normal / given.hours_per_month)) if given.hours_per_month else None,
        },
        summary=tuple(summary),
        assumptions=(
            fee_line,
            f"A let lasts {given.stay_units:f} {given.per}s; a month has {units} {given.per}s.",
            "Check lease, insurance and local rules first: a cover that excludes letting pays nothing.",
        ),
        facts=used_facts,
        table=Table(columns=("Let of the time", f"Left a month ({code})"), rows=rows),
        chart={"kind": "line", "x": "percent let", "y": code, "rows": [[int(r[0][:-1]), r[1]] for r in rows]},
    )  # fmt: skip


def _month(given: RentalInput, fee: Decimal, price_factor: Decimal, demand_factor: Decimal) -> Decimal:
    units = _UNITS_A_MONTH[given.per] * given.used_percent / 100 * demand_factor
    income = units * given.price * price_factor * (1 - fee / 100)
    left = income - units / given.stay_units * given.cost_per_stay - given.monthly_costs
    return left * (1 - given.tax_percent / 100) if left > 0 else left


def _fee(given: RentalInput, facts: Facts, today: date) -> tuple[Decimal, tuple[FactUsed, ...], str]:
    if given.fee_percent is not None:
        return given.fee_percent, (), f"The platform takes {share(given.fee_percent)}, as you gave it."
    platform = _DEFAULT_PLATFORM[given.kind] if given.platform is None else given.platform
    if not platform:
        return Decimal(0), (), "No platform takes a share."
    if main := main_fee(facts, platform, today):
        value, fact = main
        when = f" ({fact.as_of:%B %Y})" if fact.as_of else ""
        line = f"{fact.subject_name} takes {share(value)}, the highest value known for {fact.label or 'its fee'}{when}."
        return value, (used(fact),), line
    return Decimal(0), (), f"No fee in percent is known for {platform}; none was taken off."


_KINDS = (
    ("land", r"\b(virtual|metaverse|decentraland|sandbox|second life|parcel of land)\b"),
    (
        "car",
        r"\b(cars?|turo|van|camper\w*|rv|motor ?homes?|outdoorsy|vehicle|truck|motorbike|e-bike|bike|scooter|getaround)\b",
    ),
    ("space", r"\b(garage|driveway|parking|storage|basement|attic|shed|neighbor)\b"),
    ("room", r"\b(room|flat|apartment|house|airbnb|cabin|cottage|studio)\b"),
)


def fill(request: Request) -> dict[str, Any] | None:
    """Return the arguments that a question gives: a thing and its rent for a night, day, week or month."""
    wanted = request.wants("rental")
    if not wanted and not request.has(
        r"\b(rent\w*|let|letting|airbnb|turo|neighbor|car sharing|booked|occup\w+|listing|driveway|nights?)\b"
    ):
        return None
    kind = next((kind for kind, words in _KINDS if request.has(words)), "")
    rent = next(
        (
            n
            for n in request.all("money")
            if n.per in {"night", "day", "week", "month"}
            and not n.is_near(r"cost|loan|insur|pay (?:rent|my)", after=False)
        ),
        None,
    )
    platform = request.entity("platform")
    if wanted:
        kind = kind or {"turo": "car", "neighbor": "space"}.get(platform, "room")
        if rent is None:
            single = [n for n in request.all("money", "") if n.value < 2000]
            rent = (
                replace(single[0], per="month" if kind == "space" else "day" if kind == "car" else "night")
                if len(single) == 1
                else None
            )
        if rent is None:
            return {"kind": kind, "currency": request.currency}
    elif not kind or rent is None or request.has(r"\bi (?:drive|spend)\b"):
        return None
    given: dict[str, Any] = {"kind": kind, "price": rent.value, "per": rent.per, "currency": request.currency}
    if (share_ := request.one("percent")) is not None:
        given["used_percent"] = share_
    elif request.has(r"half the (?:nights|days|time)|\bhalf (?:full|empty|booked|occupied)"):
        given["used_percent"] = 50
    elif rent.per == "month":
        given["used_percent"] = 100
    if (
        out := re.search(
            r"\b(?:out|rented|booked|let|used|full) (\d+) (?:of|out of) (?:every )?(\d+)\b|\b(\d+) (?:days|nights) (?:of|out of) (?:every )?(\d+)\b",
            request.text,
            re.I,
        )
    ) or (
        out := re.search(
            r"\b(?:out|rented|booked|let|used|full) (\d+) (?:days|nights) (?:of|out of) (?:every )?(\d+)\b",
            request.text,
            re.I,
        )
    ):
        part, whole = (int(piece) for piece in out.groups() if piece)
        if 0 < part <= whole:
            given["used_percent"] = round(Decimal(100 * part) / whole, 1)
    let = next(
        (n for n in request.numbers if n.unit in {"nights", "days"} and n.per == "month" and n is not rent), None
    )
    if let is not None and rent.per in {"night", "day"} and "used_percent" not in given:
        given["used_percent"] = min(Decimal(100), round(let.value / _UNITS_A_MONTH["day"] * 100, 1))
    yearly = next((n for n in request.numbers if n.unit in {"nights", "days", "weeks"} and n.per == "year"), None)
    weekly = next((n for n in request.numbers if n.unit == "weeks" and n.per == "month"), None)
    if rent.per in {"night", "day"} and "used_percent" not in given:
        if yearly is not None:
            given["used_percent"] = min(
                Decimal(100), round(yearly.value * (7 if yearly.unit == "weeks" else 1) / 365 * 100, 1)
            )
        elif weekly is not None:
            given["used_percent"] = min(Decimal(100), round(weekly.value * 7 / _UNITS_A_MONTH["day"] * 100, 1))
    for share_1 in request.all("percent"):
        if share_1.is_near(r"\b(?:fee|commission|takes?)\b"):
            given["fee_percent"] = share_1.value
        elif share_1.is_near(r"\b(?:prices?|rates?) (?:drop|fall|go down|sink)\w*( by)?\W*$", after=False):
            given["price_fall_percent"] = share_1.value
        elif share_1.is_near(
            r"\b(?:bookings?|demand|nights)\b( (?:drop|fall|go down|sink)\w*)?( by| to)?\W*$", after=False
        ):
            given["demand_fall_percent"] = share_1.value
    if {"fee_percent", "price_fall_percent", "demand_fall_percent"} & set(given) and given.get("used_percent") in {
        given.get("fee_percent"),
        given.get("price_fall_percent"),
        given.get("demand_fall_percent"),
    }:
        given.pop("used_percent")
    if (month_hours := request.one("hours", "month") or request.one("hours", "", near=r"month")) is not None:
        given["hours_per_month"] = month_hours
    if platform:
        given["platform"] = platform
    cleaning = next(
        (
            n
            for n in request.numbers
            if n is not rent
            and re.match(
                r"\W*(?:for )?(?:cleaning|to clean|(?:an?|each|per) (?:trip|stay|guest|time|turnover))\b", n.after
            )
        ),
        None,
    ) or next(
        (n for n in request.numbers if n.is_near(r"clean\w*\W*(?:\w+\W+)?$", after=False) and n is not rent), None
    )
    if cleaning is not None:
        given["cost_per_stay"] = cleaning.value
    if (
        stay := re.search(
            r"\b(?:stays?|trips?|guests?)(?: stay)? (?:(?:of|for) )?(\d+) (?:nights?|days?)", request.text, re.I
        )
    ) or (stay := re.search(r"\b(\d+)[- ](?:night|day) (?:stays?|trips?)", request.text, re.I)):
        given["stay_units"] = int(stay[1])
    costs = [
        n.value
        for n in request.numbers
        if n is not rent
        and n is not let
        and n is not cleaning
        and not re.match(r"\W*(?:an?|each|per) (?:trip|stay|guest|time)\b", n.after)
        and n.unit in {"money", "count"}
        and (
            n.is_near(
                r"(?:costs?(?: of)?|loan|insurance|mortgage|payments?|parking|bills?(?: go(?:es)? up| rise)?|power|heating|electricity)\W*(?:\w+\W+)?$",
                after=False,
            )
            or re.match(
                r"\W*(?:a month |monthly )?(?:in |for |of )?(?:insurance|loan|payments?|mortgage|costs?|parking|lease)\b",
                n.after,
            )
        )
    ]
    if costs:
        given["monthly_costs"] = sum(costs)
    capital = next(
        (
            n
            for n in request.numbers
            if n.unit in {"money", "count"}
            and not n.per
            and n is not rent
            and (n.value not in costs or n.value >= 1000)
            and (n.value >= 500 or n.is_near(r"\b(?:need|buy|bought|paid|costs?|spend|setup|first)\b"))
        ),
        None,
    )
    return given | ({"capital": capital.value} if capital else {})


EXAMPLES = (
    "What would renting my spare room at 60 a night bring?",
    "I want to rent out my car for 45 a day, what is left?",
    "Is it worth listing my garage for 120 a month?",
    "Airbnb income for a room at 80 with half the nights booked",
    "How long until a 20,000 car on Turo pays back?",
    "What do I earn from renting a parking space at 90 a month?",
    "How many nights do I need to cover 900 of costs?",
    "What if bookings fall by a third?",
    "Rent out virtual land for 20 a month, does it pay back 1,500?",
    "Car sharing: 50 a day, loan 350, insurance 120, used 40%",
    "Can I make money letting my driveway?",
    "My flat at 110 a night, 65% occupied, cleaning 40, what is left?",
    "Payback of a 3,000 e-bike that I rent at 25 a day",
    "Renting my camper van at 130 a day in summer",
    "How much does Airbnb leave me after fees?",
    "Storage space 75 a month on Neighbor, what do I keep?",
    "What happens to my Turo profit in a bad year?",
    "Should I buy a second car to rent out for 55 a day?",
    "Income from a room at 700 a month",
    "Break-even occupancy at 95 a night with 1,400 costs",
)
TOOL = Tool(
    "rental",
    "Renting out a room, car, space or virtual land: what is left, payback, a bad year",
    RentalInput,
    rental,
    EXAMPLES,
    fill=fill,
    needs="what you would rent out, and the price a night, a day or a month",
    specimen=(
        "a room at 60 a night, let half of the nights",
        {"kind": "room", "price": 60, "per": "night", "used_percent": 50},
    ),
)
