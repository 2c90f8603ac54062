"""Several platforms or options side by side: net per hour with its spread, days to first pay, money at risk, eligibility."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from advisor.errors import ToolError
from advisor.facts import Facts, used
from advisor.schema import Fact, Frozen, Subject, Table, ToolResult
from advisor.slots import Request
from advisor.tools import Tool
from advisor.tools.earnings import DRIVING, EarningsInput, earnings
from advisor.tools.eligibility import EligibilityInput, check
from advisor.tools.fees import main_fee
from advisor.tools.words import amount, share

Matters = Literal["pay", "soon", "safe", "fee"]


class CompareInput(Frozen):
    """What is compared, for whom, and what matters most."""

    items: tuple[str, ...] = Field(
        min_length=2, max_length=8, description="Ids or names of platforms or options, for instance uber, doordash."
    )
    matters: Matters = Field(
        "pay", description="pay: net per hour; soon: days to first pay; safe: least money at risk; fee: lowest fee."
    )
    country: str = Field("US", pattern="^[A-Z]{2}$", description="Where you are, as a two-letter code.")
    age: int | None = Field(None, ge=0, le=120, description="Your age in years.")
    vehicle: str | None = Field(
        None,
        pattern="^(car|bicycle|scooter|van|none)$",
        description="What you have: car, bicycle, scooter, van or none.",
    )
    hours_per_week: Decimal = Field(Decimal(20), gt=0, le=112, description="Hours a week.")
    cost_per_mile: Decimal = Field(Decimal("0.30"), ge=0, le=5, description="What a mile costs you.")
    currency: str = Field("USD", pattern="^[A-Z]{3}$", description="ISO 4217 code, for instance USD.")


def compare(given: CompareInput, facts: Facts, today: date) -> ToolResult:
    """Return the items in one table and one unit, ranked by what matters, and what would change the ranking.

    Net per hour is that of the `earnings` tool with the same assumptions for all; days to first pay are `hours.start` or
    `payout.timing`; money at risk is `requirement.capital`. What no source states is shown as unknown and ranked last.

    Args:
        given: Items and person.
        facts: Everything that is compared.
        today: The day on which facts must be in force.

    Raises:
        ToolError: When an item is not in the corpus, or nothing is known to compare.
    """
    rows = [_row(_subject(item, facts), given, facts, today) for item in dict.fromkeys(given.items)]
    worst = Decimal("Infinity")
    order: dict[Matters, Any] = {
        "pay": lambda row: -(row["net"][1] if row["net"] else -worst), "soon": lambda row: row["days"] if row["days"] is not None else worst,
        "safe": lambda row: row["risk"] if row["risk"] is not None else worst, "fee": lambda row: row["fee"] if row["fee"] is not None else worst,
    }  # fmt: skip
    ranked = sorted(rows, key=lambda row: (row["closed"], order[given.matters](row)))
    code = given.currency
    summary = [_first(ranked, given)]
    for row in ranked:
        net = (
            f"{amount(row['net'][0], code)} to {amount(row['net'][2], code)} an hour left"
            if row["net"]
            else "pay an hour not known from sources"
        )
        parts = [net, f"fee {share(row['fee'])}" if row["fee"] is not None else "", row["timing"], f"needs about {amount(row['risk'], code)} to start" if row["risk"] else "",
                 f"closed to you: {row['closed_why']}" if row["closed"] else ""]  # fmt: skip
        summary.append(f"{row['name']}: {'; '.join(part for part in parts if part)}.")
    summary += _what_changes(ranked, code)
    found: list[Fact] = [fact for row in ranked for fact in row["facts"]]
    return ToolResult(
        tool="compare",
        input=given.model_dump(mode="json"),
        output={
            "ranking": [row["id"] for row in ranked],
            "undecided": summary[0] == UNRANKED,
            "items": {row["id"]: {"net_per_hour": [float(v) for v in row["net"]] if row["net"] else None, "days_to_pay": _float(row["days"]),
                                  "money_at_risk": _float(row["risk"]), "fee_percent": _float(row["fee"]), "closed": row["closed"]} for row in ranked},
        },
        summary=tuple(summary),
        assumptions=(
            f"The same {given.hours_per_week:f} hours a week and {code} {given.cost_per_mile} a mile for all; pay figures differ in who was asked and when.",
            f"Ranked by {dict(pay='what an hour leaves', soon='days to the first pay', safe='money at risk', fee='the fee taken')[given.matters]}; ask for another order.",
        ),
        facts=tuple(dict.fromkeys(used(fact) for fact in found)),
        table=Table(
            columns=("", f"Left an hour ({code}), low", "typical", "high", "Fee", "First pay", "Money to start"),
            rows=tuple(
                (row["name"], *((float(v) for v in row["net"]) if row["net"] else ("?", "?", "?")), share(row["fee"]) if row["fee"] is not None else "?",
                 row["timing"] or "?", _float(row["risk"]) if row["risk"] is not None else "?") for row in ranked
            ),
        ),
        chart={"kind": "bar", "x": "", "y": f"{code} an hour", "rows": [[row["name"], float(row["net"][1])] for row in ranked if row["net"]]},
    )  # fmt: skip


def _subject(item: str, facts: Facts) -> Subject:
    wanted = item.lower().strip()
    for guide in facts.guides.values():
        if guide.kind in {"platform", "option"} and wanted in {
            guide.id,
            guide.name.lower(),
            *(alias.lower() for alias in guide.aliases),
        }:
            return guide
    raise ToolError(
        f"compare: {item!r} is no platform or option of the corpus. `gig-advisor check --coverage` lists them."
    )


def _row(subject: Subject, given: CompareInput, facts: Facts, today: date) -> dict[str, Any]:
    net, found = None, []
    try:
        asked = EarningsInput(
            platform=subject.id,
            hours_per_week=given.hours_per_week,
            country=given.country,
            cost_per_mile=given.cost_per_mile,
            currency=given.currency,
        )
        result = earnings(asked, facts, today)
        per_hour = result.output["net_per_hour"]
        net = tuple(Decimal(str(per_hour[k])) for k in ("low", "typical", "high"))
        found += facts.find(subject.id, "pay.hourly", on=today, region=given.country)[:2]
    except ToolError:
        pass
    # What a ride or delivery app keeps of the fare is not a fee on the worker's price.
    main = (
        None
        if subject.kind == "platform" and DRIVING.search(f"{subject.family} {subject.id}")
        else main_fee(facts, subject.id, today, given.country)
    )
    fee, fee_fact = main if main else (None, None)
    timing, days, time_fact = _timing(subject, facts, today, given.country)
    risk_fact = next(
        (f for f in facts.find(subject.id, "requirement.capital", on=today) if f.unit == given.currency), None
    )
    risk = (
        None
        if risk_fact is None
        else Decimal(str(next(v for v in (risk_fact.mid, risk_fact.high, risk_fact.low) if v is not None)))
    )
    person = EligibilityInput(platform=subject.id, country=given.country, age=given.age, vehicle=given.vehicle)
    no = [row for row in check(subject.id, person, facts, today) if row[1] == "no"]
    return {
        "id": subject.id, "name": subject.name, "net": net, "fee": fee, "timing": timing, "days": days, "risk": risk, "closed": bool(no),
        "closed_why": f"{no[0][0].lower()} ({no[0][2]})" if no else "", "facts": [*found, *(f for f in (fee_fact, time_fact, risk_fact) if f)],
    }  # fmt: skip


_IN_DAYS = {
    "hours": Decimal(1) / 24,
    "days": Decimal(1),
    "business_days": Decimal("1.4"),
    "weeks": Decimal(7),
    "months": Decimal("30.4"),
}


def _timing(subject: Subject, facts: Facts, today: date, country: str) -> tuple[str, Decimal | None, Fact | None]:
    for key in ("hours.start", "payout.timing", "payout.hold"):
        for fact in facts.find(subject.id, key, on=today, region=country):
            value = next((v for v in (fact.high, fact.mid, fact.low) if v is not None), None)
            if value is not None and fact.unit in _IN_DAYS:
                words = f"{fact.label or 'first pay'}: {value:,.10g} {fact.unit.replace('_', ' ')}"
                return words, Decimal(str(value)) * _IN_DAYS[fact.unit], fact
    return "", None, None


UNRANKED = "The sources do not state enough to rank these by that; here is what is known of each."


def _first(ranked: list[dict[str, Any]], given: CompareInput) -> str:
    best, code = ranked[0], given.currency
    if best["closed"]:
        return "None of these is open to you as things stand."
    if given.matters == "pay" and best["net"]:
        return f"By what an hour leaves, {best['name']} comes first with typically {amount(best['net'][1], code)} after costs and tax, by the figures on record."
    if given.matters == "soon" and best["days"] is not None:
        return f"{best['name']} pays soonest, by the figures on record."
    if given.matters == "safe" and best["risk"] is not None:
        return f"{best['name']} puts the least money at risk."
    if given.matters == "fee" and best["fee"] is not None:
        return f"{best['name']} takes the lowest fee of these, {share(best['fee'])}; the lowest fee is not the highest pay."
    return UNRANKED


def _what_changes(ranked: list[dict[str, Any]], code: str) -> list[str]:
    known = [row for row in ranked if row["net"] and not row["closed"]]
    if len(known) < 2:
        return []
    one, two = known[0], known[1]
    gap = one["net"][1] - two["net"][1]
    overlap = two["net"][2] > one["net"][0]
    line = f"Between {one['name']} and {two['name']} lie {amount(abs(gap), code)} an hour"
    return [
        f"{line}, less than the spread inside each, so your own log of two weeks can turn the order."
        if overlap
        else f"{line}, more than the spread inside each."
    ]


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def fill(request: Request) -> dict[str, Any] | None:
    """Return the arguments that a question gives: two named platforms or options and a word that compares."""
    named = [e for e in request.plan.entities if request.kinds.get(e) in {"platform", "option"}]
    weighs = request.has(
        r"\b(compare|better|best|versus|vs\.?|against|which|difference|pays? more|more money|cheaper|lower|instead|rather)\b|^\W*should i\b"
    )
    # "Does driving for Uber or Lyft affect my benefits?" compares nothing: a bare "or" counts only in a short question.
    if len(named) == 1 and request.wants("compare") and request.has(r"\b(or|vs\.?|versus|against|than|between)\b"):
        return {"items": named}  # the other name is unknown here: the answer asks for two known ones
    if len(named) < 2 or not (
        request.wants("compare")
        or weighs
        or (request.has(r"\bor\b") and len(request.text.split()) <= 2 * len(named) + 4)
    ):
        return None
    matters = (
        "fee"
        if request.has(r"\b(fees?|com+is+ions?|takes?|cut|cheap\w*|skim\w*)\b")
        else "safe"
        if request.has(r"\b(risk\w*|safe\w*|lose)\b")
        else "soon"
        if request.has(r"\b(fast\w*|soon\w*|quick\w*|pays? out|first pay|paid first|paid (?:by|before|today))\b")
        else "pay"
    )
    given: dict[str, Any] = {
        "items": named[:8],
        "matters": matters,
        "currency": request.currency,
        "country": request.plan.country or "US",
    }
    if request.hours_per_week:
        given["hours_per_week"] = request.hours_per_week
    if request.profile.age is not None:
        given["age"] = request.profile.age
    if owned := next((kind for kind in ("car", "van", "scooter", "bicycle") if kind in request.profile.equipment), ""):
        given["vehicle"] = owned
    return given | ({} if request.plan.country else {"_assumed": ["US rules, since no country was named."]})


EXAMPLES = (
    "Uber or Lyft, which pays more?",
    "Compare DoorDash and Instacart for me",
    "Is Upwork better than Fiverr?",
    "Which takes the lower fee, Upwork or Freelancer.com?",
    "Uber Eats vs DoorDash for 15 hours a week",
    "Prolific or Mechanical Turk, what is more money?",
    "Should I drive for Uber or do TaskRabbit?",
    "Rover against Wag for a dog walker",
    "Difference between Outlier and DataAnnotation in pay",
    "Etsy or eBay, which is cheaper to sell on?",
    "Which pays out faster, Fiverr or Upwork?",
    "Dividends versus virtual land",
    "Compare Preply, italki and Cambly",
    "Toptal or Upwork for a developer?",
    "Amazon Flex or Walmart Spark?",
    "Is Lyft better than Instacart in Texas?",
    "Printify vs Printful for a small shop",
    "Airbnb or Turo, what is less risk?",
    "Which one is best: Uber, Lyft or DoorDash?",
    "Substack or Medium for a writer, which pays more?",
)
TOOL = Tool(
    "compare",
    "Platforms or options side by side: net per hour, first pay, fee, money at risk, eligibility",
    CompareInput,
    compare,
    EXAMPLES,
    fill=fill,
    needs="two platforms or kinds of work that I know",
)
