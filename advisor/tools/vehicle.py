"""What a mile costs in several vehicles: fuel or power, wear, fixed costs; break-even between them, effect on net pay."""

import re
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field, model_validator

from advisor.facts import Facts, used
from advisor.schema import Fact, Frozen, Table, ToolResult
from advisor.slots import Request
from advisor.tools import Tool
from advisor.tools.words import amount, cents

Kind = Literal["petrol", "diesel", "hybrid", "electric", "bicycle"]


class Vehicle(Frozen):
    """One vehicle: what it takes to run and to own."""

    name: str = Field(min_length=1, max_length=60, description="How you call it.")
    kind: Kind = Field("petrol", description="petrol, diesel, hybrid, electric or bicycle.")
    mpg: Decimal | None = Field(None, gt=0, le=200, description="Miles per US gallon; for electric leave out.")
    kwh_per_100_miles: Decimal | None = Field(None, gt=0, le=100, description="Power for 100 miles, electric only.")
    monthly: Decimal = Field(
        Decimal(0), ge=0, le=10_000, description="Loan or rent, extra insurance and parking a month."
    )
    wear_per_mile: Decimal = Field(
        Decimal("0.18"), ge=0, le=5, description="Tyres, service, repairs and loss of value a mile."
    )
    price: Decimal = Field(
        Decimal(0), ge=0, le=10**6, description="What it would cost to switch to it, for the payback."
    )


class VehicleInput(Frozen):
    """The vehicles, how far they go, and what energy costs."""

    vehicles: tuple[Vehicle, ...] = Field(min_length=1, max_length=6, description="One vehicle or several to compare.")
    miles_per_month: Decimal = Field(
        Decimal(2000), gt=0, le=20_000, description="All miles a month for work, empty ones too."
    )
    fuel_price: Decimal = Field(Decimal("3.20"), gt=0, le=20, description="Price of a US gallon of fuel.")
    power_price: Decimal = Field(Decimal("0.17"), gt=0, le=2, description="Price of a kilowatt hour where you charge.")
    gross_per_month: Decimal | None = Field(
        None, ge=0, le=10**6, description="What the work brings a month before car costs."
    )
    currency: str = Field("USD", pattern="^[A-Z]{3}$", description="ISO 4217 code, for instance USD.")

    @model_validator(mode="after")
    def _energy(self) -> "VehicleInput":
        for vehicle in self.vehicles:
            if vehicle.kind in {"petrol", "diesel", "hybrid"} and vehicle.mpg is None:
                raise ValueError(f"{vehicle.name} needs mpg, its miles per gallon")
            if vehicle.kind == "electric" and vehicle.kwh_per_100_miles is None:
                raise ValueError(f"{vehicle.name} needs kwh_per_100_miles")
        return self


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:] if name.startswith(("a ", "an ", "your ", "my ")) else name


def vehicle(given: VehicleInput, facts: Facts, today: date) -> ToolResult:
    """Return the cost of a mile and a month of each vehicle, the cheapest, and when a switch pays back.

    Energy a mile is fuel price over mpg, or power price times kWh per mile; fixed costs a month are spread over the
    miles. The tax authority's rate a mile is shown beside it: it is an allowance for tax, not a measured cost.

    Args:
        given: Vehicles, miles and prices.
        facts: Where the tax rate a mile is looked up.
        today: The day on which it must be in force.
    """
    rows = []
    for item in given.vehicles:
        energy = energy_per_mile(item, given)
        running = energy + item.wear_per_mile
        month = running * given.miles_per_month + item.monthly
        rows.append((item, energy, running, month, month / given.miles_per_month))
    best = min(rows, key=lambda row: row[3])
    code = given.currency
    first = rows[0]
    summary = [
        f"At {given.miles_per_month:,.0f} miles a month, {item.name} costs {code} {cents(each)} a mile in all: {code} {cents(energy)} energy, "
        f"{code} {cents(item.wear_per_mile)} wear, and {amount(item.monthly, code)} a month fixed; {amount(month, code)} a month."
        for item, energy, _, month, each in rows
    ]  # fmt: skip
    payback = None
    if len(rows) > 1:
        saved = first[3] - best[3]
        summary.insert(0, f"{_capital(best[0].name)} is the cheapest{'' if best[0].price else ' to run'}, {amount(saved, code)} a month below {first[0].name}{'' if best[0].price else ', before its price'}." if best is not first
                       else f"{_capital(first[0].name)} is already the cheapest of these.")  # fmt: skip
        if best is not first and best[0].price and saved > 0:
            payback = best[0].price / saved
            summary.append(
                f"The {amount(best[0].price, code)} for {best[0].name} come back after {payback.quantize(Decimal(1))} months at this mileage."
            )
        elif best is not first and saved > 0:
            months = (Decimal(10_000) / saved).quantize(Decimal(1))
            charging = ", less the time that charging takes away from paid work" if best[0].kind == "electric" else ""
            summary.append(
                f"Whether {best[0].name} pays for itself hangs on its price: the saving comes to {amount(saved * 12, code)} a year{charging}; "
                f"each {amount(Decimal(10_000), code)} of extra price takes about {months} months to come back."
            )
        even = _even(first, best)
        if even is not None:
            summary.append(
                f"The two cost the same at about {even:,.0f} miles a month; above that {_lower(first, best).name} is cheaper."
            )
    if given.gross_per_month is not None:
        left = given.gross_per_month - best[3]
        summary.append(
            f"Of {amount(given.gross_per_month, code)} a month, {amount(left, code)} is left after the costs of {best[0].name}, before tax."
        )
    fact = _tax_rate(facts, today) if code == "USD" else None
    if fact is not None:
        summary.append(
            f"For US tax you may take {code} {fact.mid:.3f} a mile instead of actual costs; that is an allowance and not what your car costs."
        )
    return ToolResult(
        tool="vehicle",
        input=given.model_dump(mode="json"),
        output={
            "vehicles": [{"name": i.name, "per_mile": float(cents(each)), "energy_per_mile": float(cents(energy)), "per_month": float(cents(month))}
                         for i, energy, _, month, each in rows],
            "cheapest": best[0].name, "payback_months": None if payback is None else float(payback.quantize(Decimal("0.1"))),
        },
        summary=tuple(summary),
        assumptions=(
            f"Fuel costs {code} {given.fuel_price} a US gallon and power {code} {given.power_price} a kilowatt hour; put in your own prices.",
            "Wear a mile covers tyres, service, repairs and loss of value; an old car loses less value and breaks more.",
        ),
        facts=(used(fact),) if fact else (),
        table=Table(
            columns=("Vehicle", "Energy a mile", "Wear a mile", "Fixed a month", "All in a mile", "A month"),
            rows=tuple((i.name, float(cents(e)), float(i.wear_per_mile), float(i.monthly), float(cents(a)), float(cents(m))) for i, e, _, m, a in rows),
        ),
        chart={"kind": "bar", "x": "vehicle", "y": f"{code} a month", "rows": [[i.name, float(cents(m))] for i, _, _, m, _ in rows]},
    )  # fmt: skip


def energy_per_mile(item: Vehicle, given: VehicleInput) -> Decimal:
    """Return the cost of fuel or power for a mile."""
    if item.kind == "bicycle":
        return Decimal(0)
    if item.kind == "electric":
        return given.power_price * (item.kwh_per_100_miles or Decimal(0)) / 100
    return given.fuel_price / (item.mpg or Decimal(1))


def _even(one: tuple[Any, ...], other: tuple[Any, ...]) -> float | None:
    """Return the monthly miles at which two vehicles cost the same, where there are such."""
    slope = one[2] - other[2]
    fixed = other[0].monthly - one[0].monthly
    return float(fixed / slope) if slope and fixed / slope > 0 and one is not other else None


def _lower(one: tuple[Any, ...], other: tuple[Any, ...]) -> Vehicle:
    found: Vehicle = one[0] if one[2] < other[2] else other[0]
    return found


def _tax_rate(facts: Facts, today: date) -> Fact | None:
    for subject in ("us-mileage-deduction", "us-self-employment-tax"):
        for fact in facts.find(subject, "rate.mileage", on=today):
            if fact.mid is not None and fact.unit == "USD" and (fact.year or today.year) == today.year:
                return fact
    return None


def fill(request: Request) -> dict[str, Any] | None:
    """Return the arguments that a question gives: one vehicle's consumption, or two kinds to compare, with miles or fuel spend."""
    wanted = request.wants("vehicle")
    if not wanted and (
        not request.has(
            r"\b(mpg|ev|electric|hybrid|prius|tesla|gas|fuel|per mile|petrol|diesel|car cost\w*|vehicle|e-?bike)\b"
        )
        or request.has(r"\b(tax|deduct\w*|mileage rate|rent out|is \$?\d+[\d.]* for)\b")
    ):
        return None
    mpg = request.one("mpg") or next(
        (n.value for n in request.all("count") if re.match(r"\W*(?:miles )?(?:to the|per|a|/) ?gallon", n.after)), None
    )
    mpg = mpg or next(
        (n.value for n in request.all("miles") if re.match(r"\W*(?:to the|per|a|/) ?gallon", n.after)), None
    )
    miles = next((n for n in request.all("miles")), None)
    wants_ev = request.has(r"\b(ev|electric|tesla)\b")
    fuel = next(
        (
            n
            for n in request.all("money")
            if n.per in {"day", "week", "month"} and (n.is_near(r"gas|fuel|petrol") or wants_ev)
        ),
        None,
    )
    rented = next(
        (
            n
            for n in request.all("money")
            if n.per in {"week", "month", "day"} and n.is_near(r"\brent\w*|\bleas\w+|\bhir(?:e|ing)\b")
        ),
        None,
    )
    kinds = [kind for kind, words in _NAMED if request.has(words)]
    if mpg is None and fuel is None and not (miles is not None and (len(kinds) > 1 or rented)):
        if not wanted:
            return None
        if not kinds:
            return {"currency": request.currency}
    own_is_hybrid = mpg is not None and request.has(r"\b(?:my|this|our) (?:\w+ ){0,2}(?:hybrid|prius)\b")
    given_mpg, mpg = mpg, mpg or Decimal(25)
    month = {"day": Decimal(22), "week": Decimal("4.345"), "month": Decimal(1), "year": Decimal(1) / 12, "": Decimal(1)}
    assumed = []
    if miles is not None:
        distance = miles.value * month.get(miles.per, Decimal(1))
    elif fuel is not None:
        distance = fuel.value * month[fuel.per] / Decimal("3.20") * mpg
        assumed.append(
            f"{amount(fuel.value, request.currency)} a {fuel.per} of fuel at {request.currency} 3.20 a gallon and {mpg:f} mpg is about {distance:,.0f} miles a month, 22 working days."
        )
    else:
        distance = Decimal(2000)
        assumed.append("2,000 miles a month, since no distance was given.")
    if given_mpg is None and fuel is None:
        assumed.append("25 miles a gallon for a petrol car, since none were given.")
    only_hybrid = "hybrid" in kinds and not wants_ev and not request.has(r"\b(or|versus|vs|against|instead|keep)\b")
    cars: list[dict[str, Any]] = [
        {"name": "your car", "kind": "hybrid" if own_is_hybrid or only_hybrid else "petrol", "mpg": mpg}
    ]
    if "hybrid" in kinds and cars[0]["kind"] == "petrol":
        assumed.append("A hybrid does 50 miles a gallon.")
        cars.append({"name": "a hybrid", "kind": "hybrid", "mpg": 50})
    if rented is not None:
        assumed.append("The rented car does 30 miles a gallon, and its rent covers service and loss of value.")
        cars.append(
            {
                "name": "a rented car",
                "kind": "petrol",
                "mpg": 30,
                "wear_per_mile": 0,
                "monthly": round(rented.value * month_of(rented.per), 2),
            }
        )
    if wants_ev:
        assumed.append("An electric car takes 30 kWh for 100 miles and needs less service.")
        cars.append({"name": "an electric car", "kind": "electric", "kwh_per_100_miles": 30, "wear_per_mile": "0.15"})
        price = next((n for n in request.all("money", "") if n.value >= 1000), None)
        if price is not None:
            cars[-1]["price"] = price.value
    price_of = next(
        (
            n.value
            for n in request.numbers
            if n.unit in {"money", "count"}
            and not n.per
            and n.value < 15
            and (
                n.is_near(r"gas|fuel|petrol|gallon|diesel")
                or (n.value > 1 and n.currency and re.search(r"mpg at\W*$", n.before))
            )
        ),
        None,
    )
    power = next(
        (n.value for n in request.all("money") if n.value < 2 and n.is_near(r"electricity|power|kwh|charging")), None
    )
    fixed = sum(
        (
            n.value
            for n in request.numbers
            if n.unit in {"money", "count"} and n.per in {"month", ""} and n is not rented and n.value >= 20
            and (re.match(r"\W*(?:a month |monthly )?(?:for |of |in )?(?:\w+ ){0,2}?(?:loan|insurance|lease|payment|parking)\b", n.after)
                 or re.search(r"\b(?:loan|insurance|lease|payments?|parking)(?: is| of| at)?\W*$", n.before))
        ),
        Decimal(0),
    )  # fmt: skip
    if fixed:
        cars[0]["monthly"] = fixed
    per_100 = re.search(r"\b(\d{1,2}(?:\.\d)?) ?kwh ?(?:/|per) ?100", request.text, re.I)
    wear = next(
        (n for n in request.all("money", "mile") if n.is_near(r"tires?|tyres?|service|wear|repairs?|maintenance")), None
    )
    for car in cars:
        if per_100 and car["kind"] == "electric":
            car["kwh_per_100_miles"] = Decimal(per_100[1])
        if wear is not None and car["kind"] == cars[0]["kind"]:
            car["wear_per_mile"] = wear.value
    if request.has(r"\bdiesel\b") and cars[0]["kind"] == "petrol":
        cars[0]["kind"] = "diesel"
    if request.has(r"\b(?:e-?bike|push ?bike|bicycle|bike)\b"):
        cars.append({"name": "a bicycle", "kind": "bicycle"})
    if (
        kinds == ["electric"]
        and mpg == Decimal(25)
        and given_mpg is None
        and not request.has(r"\b(?:or|versus|vs|against|instead|switch|than|my car)\b")
    ):
        cars = cars[1:]
    gross = next(
        (
            n
            for n in request.numbers
            if n.is_near(r"gross\w*\W*$|earn\w*\W*$|making\W*$", after=False) and n.value >= 200
        ),
        None,
    )
    return (
        ({"power_price": power} if power else {})
        | ({"gross_per_month": gross.value * (1 if gross.per in {"month", ""} else Decimal("4.345"))} if gross else {})
        | {
            "vehicles": cars,
            "miles_per_month": min(distance, Decimal(20_000)),
            "currency": request.currency,
            "_assumed": assumed,
        }
        | ({"fuel_price": price_of} if price_of else {})
    )


def month_of(per: str) -> Decimal:
    """Return how many of a period a month has, 22 days being worked."""
    return {"day": Decimal(22), "week": Decimal("4.345"), "year": Decimal(1) / 12}.get(per, Decimal(1))


_NAMED = (
    ("electric", r"\b(ev|electric (?:car|vehicle)?|electric|tesla)\b"),
    ("hybrid", r"\b(hybrid|prius)\b"),
    ("petrol", r"\b(gas|petrol|gasoline|diesel)(?: car)?\b"),
)
"""Kinds of cars as people call them."""


EXAMPLES = (
    "I spend $30 a day on gas, would an EV save money?",
    "What does a mile cost me in a 25 mpg car?",
    "Is a hybrid cheaper than my 20 mpg truck at 1,500 miles a month?",
    "Cost per mile of a Prius at 50 mpg",
    "Would a Tesla pay for itself if I drive 3,000 miles a month at 22 mpg?",
    "My fuel bill is 400 a month, should I go electric?",
    "Compare an electric car and my 30 mpg sedan for delivery",
    "How much does driving 1,000 miles a week cost at 28 mpg?",
    "What is my car cost per mile at 18 mpg?",
    "Does an EV make sense for rideshare with $200 a week on gas?",
    "Gas is eating my pay, 35 a day, what could I save with electric?",
    "How far until an electric car for 25,000 pays back at 24 mpg?",
    "Hybrid or petrol for Uber with 2,500 miles a month?",
    "What do I spend on fuel at 33 mpg and 1,200 miles a month?",
    "E-bike against my car at 26 mpg for deliveries",
    "Vehicle cost of a 2015 car with 27 mpg",
    "Break-even of an EV against 30 mpg",
    "My van does 16 mpg, what does each mile cost?",
    "Is a diesel at 40 mpg cheaper than electric?",
    "How much of my earnings goes to fuel at 21 mpg and 900 miles a month?",
)
TOOL = Tool(
    "vehicle",
    "What a mile costs in petrol, hybrid, electric or on a bicycle; break-even, payback",
    VehicleInput,
    vehicle,
    EXAMPLES,
    fill=fill,
    needs="the miles a gallon of your car, or the vehicles you want to compare, and your miles a month",
)
