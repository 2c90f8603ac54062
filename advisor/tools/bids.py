"""Why bids fail: the funnel from sent to won against sourced rates, where it leaks, and what a won job costs."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import Field, model_validator

from advisor.facts import Facts, used
from advisor.schema import Fact, FactUsed, Frozen, Table, ToolResult
from advisor.slots import Request
from advisor.tools import Tool
from advisor.tools.words import amount, share

_STAGES = ("sent", "viewed", "replied", "interviewed", "won")
_CHANGE = {
    "viewed": "Few clients open your bids: bid within the first hour, on posts with few bids and a client who has hired before, and make the first two lines about the client's problem.",
    "replied": "Clients open your bids and do not answer: show one sample that matches the post, name the first step you would take, and ask one question that is easy to answer.",
    "interviewed": "Clients answer and then stop: reply the same day, offer two times for a short call, and name a price range early so that a misfit ends early.",
    "won": "You get to talk and do not win: ask lost clients for the reason, offer a small paid first part, and check your price against others who won.",
}


class BidsInput(Frozen):
    """What you sent and what came of it, over the same time."""

    sent: int = Field(gt=0, le=100_000, description="Proposals or bids sent.")
    viewed: int | None = Field(None, ge=0, le=100_000, description="Opened by the client, where the platform shows it.")
    replied: int | None = Field(None, ge=0, le=100_000, description="Answered by the client.")
    interviewed: int | None = Field(None, ge=0, le=100_000, description="Calls or interviews.")
    won: int = Field(0, ge=0, le=100_000, description="Jobs won.")
    credits_per_bid: Decimal = Field(
        Decimal(0), ge=0, le=1000, description="Bid credits spent on one bid (Connects on Upwork)."
    )
    credit_price: Decimal | None = Field(
        None, ge=0, le=100, description="Price of one credit; looked up for the platform when empty."
    )
    minutes_per_bid: Decimal = Field(Decimal(20), ge=0, le=600, description="Minutes one bid takes you.")
    hour_worth: Decimal = Field(Decimal(15), ge=0, le=1000, description="What an hour of yours is worth to you.")
    platform: str = Field("upwork", description="Id of the platform, for its credit price.")
    currency: str = Field("USD", pattern="^[A-Z]{3}$", description="ISO 4217 code, for instance USD.")

    @model_validator(mode="after")
    def _falls(self) -> "BidsInput":
        known = [(stage, getattr(self, stage)) for stage in _STAGES if getattr(self, stage) is not None]
        for (one, before), (other, after) in zip(known, known[1:], strict=False):
            if after > before:
                raise ValueError(f"{other} is {after} and {one} only {before}; each stage is part of the one before")
        return self


def bids(given: BidsInput, facts: Facts, today: date) -> ToolResult:
    """Return the rate of each stage, the stage that loses most, what to change, and what a won job costs.

    Rates are shares of the stage before; the interval is Wilson's 95 % score interval (Wilson, 1927), since small counts
    say little. The cost of a won job is all credits and all minutes over the jobs won.

    Args:
        given: Counts of one period.
        facts: Where the credit price and published success rates are looked up.
        today: The day on which they must be in force.
    """
    known = [(stage, int(getattr(given, stage))) for stage in _STAGES if getattr(given, stage) is not None]
    rates = [
        (stage, count, before, count / before if before else 0.0, wilson(count, before))
        for (_, before), (stage, count) in zip(known, known[1:], strict=False)
    ]
    # From sent and won alone nobody can tell where bids are lost.
    leak = min((rate for rate in rates if rate[2] and len(known) > 2), key=lambda rate: rate[3], default=None)
    price, price_fact = _price(given, facts, today)
    fees = given.credits_per_bid * price * given.sent
    hours = given.minutes_per_bid * given.sent / 60
    total = fees + hours * given.hour_worth
    low, high = wilson(given.won, given.sent)
    code = given.currency
    summary = [
        f"You won {given.won} of {given.sent} bids, {share(Decimal(given.won) / given.sent * 100)}; with so many bids the true "
        f"rate may lie anywhere from {share(Decimal(str(low * 100)))} to {share(Decimal(str(high * 100)))}."
    ]
    if leak is not None:
        stage = leak[0]
        summary.append(f"The funnel loses most on the way to {stage}: {leak[1]} of {leak[2]}.")
        summary.append(_CHANGE[stage])
    else:
        summary.append(
            "Where they are lost cannot be told from these two numbers: count how many were read and how many answered."
        )
    if given.won:
        summary.append(
            f"A won job cost you {f'{amount(fees / given.won, code)} in fees and ' if fees else ''}{(hours / given.won).quantize(Decimal('0.1'))} hours, "
            f"{amount(total / given.won, code)} in all at your value of an hour."
        )
    else:
        summary.append(
            f"So far {f'{amount(fees, code)} in fees and ' if fees else ''}{hours.quantize(Decimal('0.1'))} hours"
            f"{'' if fees else ', and what the credits cost,'} went into bids without a job; change one thing, send twenty more, and count again."
        )
    references = _references(given, facts, today)
    summary += [
        f"For comparison, {fact.label}: {_value(fact)} ({fact.source.publisher}, {fact.as_of:%B %Y})."
        for fact in references if fact.as_of
    ]  # fmt: skip
    facts_used: tuple[FactUsed, ...] = tuple(
        used(fact) for fact in (*([price_fact] if price_fact else []), *references)
    )
    return ToolResult(
        tool="bids",
        input=given.model_dump(mode="json"),
        output={
            "win_rate_percent": round(given.won / given.sent * 100, 2), "leak": leak[0] if leak else None,
            "fees": float(round(fees, 2)), "hours": float(round(hours, 2)),
            "cost_per_win": float(round(total / given.won, 2)) if given.won else None,
            "rates": {rate[0]: round(rate[3] * 100, 2) for rate in rates},
        },
        summary=tuple(summary),
        assumptions=(
            f"A credit costs {amount(price, code)}" + (f", as {price_fact.source.publisher} stated in {price_fact.as_of:%B %Y}." if price_fact and price_fact.as_of else "."),
            f"A bid takes you {given.minutes_per_bid:f} minutes and an hour is worth {amount(given.hour_worth, code)} to you.",
        ),
        facts=facts_used,
        table=Table(
            columns=("Stage", "Count", "Of the stage before", "95% interval"),
            rows=tuple((s, c, f"{r * 100:.0f}%", f"{lo * 100:.0f}–{hi * 100:.0f}%") for s, c, _, r, (lo, hi) in rates),
        ),
        chart={"kind": "bar", "x": "stage", "y": "count", "rows": [[stage, count] for stage, count in known]},
    )  # fmt: skip


def wilson(count: int, total: int) -> tuple[float, float]:
    """Return Wilson's 95 % score interval of a share (Wilson, 1927)."""
    if not total:
        return 0.0, 1.0
    z, p = 1.959964, count / total
    middle = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * (p * (1 - p) / total + z * z / (4 * total * total)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def _price(given: BidsInput, facts: Facts, today: date) -> tuple[Decimal, Fact | None]:
    if given.credit_price is not None:
        return given.credit_price, None
    for fact in facts.find(given.platform, "fee.bid", on=today):
        if fact.mid is not None and fact.unit == given.currency:
            return Decimal(str(fact.mid)), fact
    return Decimal(0), None


def _references(given: BidsInput, facts: Facts, today: date) -> list[Fact]:
    """Return published success rates in percent of the platform and of freelancing, at most two."""
    found = [
        fact for subject in (given.platform, "proposals-without-reply", "freelancing")
        for fact in facts.find(subject, "market.success", on=today) if fact.unit == "percent"
    ]  # fmt: skip
    return found[:2]


def _value(fact: Fact) -> str:
    known = [v for v in (fact.low, fact.mid, fact.high) if v is not None]
    return f"{known[0]:g}%" if len(set(known)) == 1 else f"{known[0]:g} to {known[-1]:g}%"


def fill(request: Request) -> dict[str, Any] | None:
    """Return the arguments that a question gives: how many bids were sent, and what came of them."""
    wanted = request.wants("bids")
    if not wanted and not request.has(
        r"\b(bid\w*|proposals?|appl(?:y|ied|ications?)|offers i|connects|cover letters?|views?|interviews?)\b"
    ):
        return None
    words = {
        "sent": r"sent|proposals?|bids?|applied|applications?|submissions?|pitches|jobs|offers|rejections|times",
        "viewed": r"view\w*|opened|seen|read", "replied": r"repl\w+|wrote back|got back|answer\w*|respon\w+|chats?|messages?",
        "interviewed": r"interview\w*|calls?", "won": r"won|wins?|hire[ds]?|contracts?|clients?|jobs? won|landed",
    }  # fmt: skip
    given: dict[str, Any] = {}
    for number in request.all("count"):
        if (
            re.search(r"\b(?:at|of|about|for|worth) (?:about |around )?$", number.before)
            and "won" in given
            and number.value > given["won"]
        ):
            continue  # what a contract was worth
        if (
            re.match(r"\W*connects?|\W*credits?", number.after)
            or re.match(r"\W*(?:per|a|each|for each) ?(?:proposals?|bids?|application)?\b", number.after)
            and request.has(r"connects|credits")
        ):
            given["_connects"] = number.value
            continue
        if "sent" in given and re.match(r"\W*(?:jobs?|gigs?|orders?|projects?)\b", number.after):
            given.setdefault("won", int(number.value))
            continue
        for stage, pattern in words.items():
            if stage not in given and (
                re.match(rf"\W*(?:\w+\W+)?(?:were |was )?(?:{pattern})\b", number.after)
                or re.search(rf"\b(?:{pattern})\W*(?:\w+\W+)?$", number.before)
            ):
                given[stage] = int(number.value)
                break
    if "sent" not in given and re.search(
        r"\bhundreds of (?:\w+[ -])*(?:proposals|bids|applications|offers|jobs)", request.text, re.I
    ):
        given |= {"sent": 200, "_assumed": ("“Hundreds” was counted as 200 bids.",)}
    if re.search(r"\b(?:zero|no|none|not one|without any?) (?:of them )?(?:were |was )?view", request.text, re.I):
        given.setdefault("viewed", 0)
    if re.search(r"\b(?:zero|no|none|never|not one) (?:got an? )?(?:repl|answer|respon)", request.text, re.I):
        given.setdefault("replied", 0)
    if not given.get("sent"):
        return {"platform": request.entity("platform") or "upwork"} if wanted else None
    if "won" not in given and re.search(r"\b(?:landed|won|got) (?:just |only )?one\b", request.text, re.I):
        given["won"] = 1
    if "won" not in given and re.search(
        r"\b(?:nothing|none hired|no (?:jobs?|wins?|hires?|contracts?)|zero (?:jobs?|wins?|hires?))\b",
        request.text,
        re.I,
    ):
        given["won"] = 0
    if (minutes := request.one("minutes")) is not None and minutes <= 240:
        given["minutes_per_bid"] = minutes
    if (hourly := request.one("money", "hour")) is not None:
        given["hour_worth"] = hourly
    price = next(
        (
            n.value
            for n in request.all("money")
            if n.value < 2 and (n.per in {"", "item"}) and request.has(r"connects?|credits?")
        ),
        None,
    )
    if price is not None:
        given["credit_price"] = price
    connects = given.pop("_connects", None)
    if connects:
        given["credits_per_bid"] = connects if connects < 60 else round(connects / given["sent"], 1)
    stages = [int(given[stage]) for stage in words if stage in given]
    if any(after > before for before, after in zip(stages, stages[1:], strict=False)):
        return None
    return given | {"platform": request.entity("platform") or "upwork"}


EXAMPLES = (
    "I sent 80 proposals, 20 were viewed and none replied, what is wrong?",
    "Why do my Upwork bids fail: 50 sent, 1 won?",
    "I spent 600 connects on 40 proposals and won 2, is that normal?",
    "100 bids, 30 views, 5 replies, 1 hire",
    "How much does a won job cost me in connects?",
    "My proposals get no views",
    "I applied to 200 jobs and got no answer",
    "What is a good reply rate for proposals?",
    "30 proposals, 12 viewed, 6 replied, 4 interviews, 0 won",
    "Clients read my bids and never answer",
    "I get interviews but no contracts: 60 sent, 10 interviews",
    "Is my win rate of 2 in 70 bad?",
    "How many bids until I get a job if I win 1 in 40?",
    "I wrote 25 offers this week with no luck, where is the leak?",
    "Cost per hire of my bidding at 16 connects each",
    "Sent 120 proposals since June, 3 clients",
    "Nobody opens my proposals on Freelancer",
    "Should I keep bidding after 90 rejections?",
    "Analyse my funnel: sent 45, viewed 22, replied 3, won 1",
    "How do I find out why I am not winning work?",
)
TOOL = Tool(
    "bids",
    "Why bids fail: the funnel, where it leaks, what a won job costs",
    BidsInput,
    bids,
    EXAMPLES,
    fill=fill,
    needs="how many proposals you sent, and how many were read, answered and won",
    specimen=("80 proposals, 20 read, 5 answered, 1 won", {"sent": 80, "viewed": 20, "replied": 5, "won": 1}),
)
