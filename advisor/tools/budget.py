"""A steady pay out of a swinging income: percentiles, set-asides, the pay that the buffer carries, and for how long."""

import re
from datetime import date
from decimal import Decimal
from statistics import mean, pstdev, quantiles
from typing import Any

from pydantic import Field

from advisor.facts import Facts
from advisor.schema import Frozen, Table, ToolResult
from advisor.slots import Request
from advisor.tools import Tool
from advisor.tools.words import amount, cents, share


class BudgetInput(Frozen):
    """Past incomes in order, and what life costs."""

    incomes: tuple[Decimal, ...] = Field(
        min_length=3, max_length=120, description="Income of each past month before tax, oldest first, at least three."
    )
    needs: Decimal = Field(
        Decimal(0), ge=0, le=10**7, description="What a month costs at the least: rent, food, power."
    )
    tax_percent: Decimal = Field(Decimal(25), ge=0, lt=100, description="Part of each payment set aside for tax.")
    costs_percent: Decimal = Field(Decimal(0), ge=0, lt=100, description="Part of each payment that work itself costs.")
    buffer: Decimal = Field(Decimal(0), ge=0, le=10**9, description="Money you have in reserve now.")
    currency: str = Field("USD", pattern="^[A-Z]{3}$", description="ISO 4217 code, for instance USD.")


def budget(given: BudgetInput, facts: Facts, today: date) -> ToolResult:
    """Return the steady monthly pay that past incomes and the buffer would have carried.

    With net incomes n_1..n_k and buffer B, a pay of P never overdraws when B + n_1 + ... + n_i >= i * P for every month
    i, so the largest such pay is the least of (B + sum of the first i) / i: the method of an income equalisation
    account. The buffer for the average pay is the deepest point of the running sum of n_i - average.

    Args:
        given: Incomes and costs.
        facts: Not used: every number is the person's own.
        today: Not used.
    """
    kept = (100 - given.tax_percent) * (100 - given.costs_percent) / 10_000
    net = [income * kept for income in given.incomes]
    average = mean(net)
    running = [given.buffer]
    for value in net:
        running.append(running[-1] + value)
    steady = min(total / month for month, total in enumerate(running[1:], 1))
    steady = min(steady, average)
    depth = min(Decimal(0), *(total - given.buffer - average * i for i, total in enumerate(running[1:], 1)))
    low, _, middle, _ = (Decimal(str(q)) for q in quantiles([float(v) for v in net], n=5, method="inclusive"))
    swing = pstdev([float(v) for v in net]) / float(average) * 100 if average else 0.0
    code, months = given.currency, len(net)
    aside = mean(given.incomes) * given.tax_percent / 100
    summary = [
        f"Pay yourself {amount(steady, code)} a month: over your {months} months your buffer would never have run dry.",
        f"After tax and costs your months average {amount(average, code)}; the leanest was {amount(min(net), code)}, the best "
        f"{amount(max(net), code)}, and a typical swing around the average is {share(Decimal(str(swing)))}.",
        f"Move {share(given.tax_percent)} of every payment to a tax account on the day it comes, about "
        f"{amount(aside, code)} a month on average.",
        f"To pay yourself the full average every month you would need a buffer of {amount(-depth, code)}.",
    ]
    lasts = None
    if given.needs:
        lasts = given.buffer / given.needs
        gap = given.needs - steady
        summary.append(
            f"Your buffer covers {lasts.quantize(Decimal('0.1'))} months of your needs of {amount(given.needs, code)}; "
            f"three months would be {amount(given.needs * 3, code)}."
        )
        if gap > 0:
            summary.append(
                f"The steady pay is {amount(gap, code)} a month below your needs, so costs, hours or another source of "
                "income have to close the gap."
            )
        short = sum(value < given.needs for value in net)
        summary.append(f"In {short} of {months} months what came in was below your needs.")
    return ToolResult(
        tool="budget",
        input=given.model_dump(mode="json"),
        output={
            "steady_pay": float(cents(steady)), "average": float(cents(average)), "lowest": float(cents(min(net))),
            "p20": float(cents(low)), "p60": float(cents(middle)), "swing_percent": round(swing, 1),
            "buffer_for_average": float(cents(-depth)), "tax_aside": float(cents(aside)),
            "buffer_months": None if lasts is None else float(lasts.quantize(Decimal("0.1"))),
        },
        summary=tuple(summary),
        assumptions=(
            f"{share(given.tax_percent)} for tax is a flat set-aside; the real share depends on country and income.",
            "The next months swing like the past ones; a month worse than any so far is possible.",
        ),
        table=Table(
            columns=("Month", f"Before tax ({code})", "After tax and costs", "Steady pay", "Buffer at the end"),
            rows=tuple(
                (i, float(cents(gross)), float(cents(value)), float(cents(steady)), float(cents(running[i] - steady * i)))
                for i, (gross, value) in enumerate(zip(given.incomes, net, strict=True), 1)
            ),
        ),
        chart={
            "kind": "bar", "x": "month", "y": code, "line": float(cents(steady)),
            "rows": [[i, float(cents(value))] for i, value in enumerate(net, 1)],
        },
    )  # fmt: skip


def fill(request: Request) -> dict[str, Any] | None:
    """Return the arguments that a question gives: three incomes or more in a row, needs and a reserve."""
    wanted = request.wants("budget")
    if not wanted and not request.has(
        r"\b(months?|income|incomes|made|earned|irregular|swing\w*|pay myself|budget|draw|buffer|smooth|steady|set aside|months like|income like)\b"
    ):
        return None
    named = r"rent|needs?|bills|reserve|savings|buffer|minimum|life is|live on|exist\w*|spend|fixed costs?|costs?|expenses|saved|mortgage"
    incomes = [
        n
        for n in request.numbers
        if n.unit in {"money", "count"}
        and not n.per
        and not n.is_near(rf"(?:{named})\b[^.;]*$", after=False)
        and not re.match(
            r"[^\w.;]*(?:\w+ )?(?:saved|in (?:the |my )?savings|in reserve|put (?:aside|away)|aside|in the bank|months?|to (?:live|exist|survive)|for (?:rent|bills|living))\b",
            n.after,
        )
    ]
    if len(incomes) < 3:
        return {"currency": request.currency} if wanted else None
    given: dict[str, Any] = {"incomes": [n.value for n in incomes], "currency": request.currency}
    shares = [n for n in request.numbers if n.unit == "percent"]
    for share_ in shares:
        if share_.is_near(r"\btax\w*|put (?:it )?away|aside"):
            given["tax_percent"] = share_.value
        elif share_.is_near(r"\b(?:gas|fuel|costs?|expenses|supplies|material|work)\b"):
            given["costs_percent"] = share_.value
    amounts = [n for n in request.numbers if n.unit in {"money", "count"} and n not in incomes]
    needs = next(
        (
            n
            for n in amounts
            if n.is_near(
                r"(?:rent|needs?|bills|minimum|life is|live on|exist\w*|spend|fixed costs?|costs|expenses|mortgage)\b[^,;.]*$",
                after=False,
            )
            or re.match(r"\W*(?:a month )?(?:to (?:live|exist|survive)|for (?:rent|bills|living))\b", n.after)
        ),
        None,
    )
    reserve = next(
        (
            n
            for n in amounts
            if n.is_near(r"(?:reserve|savings|buffer)\b[^,;.]*$", after=False)
            or re.match(
                r"[^\w.;]*(?:\w+ )?(?:saved|in (?:the |my )?savings|in reserve|put (?:aside|away)|aside|in the bank)\b",
                n.after,
            )
        ),
        None,
    )
    if reserve is None and request.has(
        r"\b(?:nothing|no money|zero) (?:in reserve|saved|in savings|in the bank|put aside)\b|\bno (?:savings|reserve|buffer)\b"
    ):
        given["buffer"] = Decimal(0)
    return given | ({"needs": needs.value} if needs else {}) | ({"buffer": reserve.value} if reserve else {})


EXAMPLES = (
    "My last months were 1200, 3400, 800, 2600, what can I pay myself?",
    "How do I smooth my freelance income?",
    "I made 2000, 500, 3100 and 1900, how much should I set aside?",
    "What steady salary can I take from an irregular income?",
    "My income swings, how big a buffer do I need?",
    "I earned 900, 1500, 400, 2200 and rent is 800, will it work?",
    "How many months does my reserve of 3000 last?",
    "Make a budget from these months: 2500, 1800, 3200, 1400",
    "How much of each payment should go into a tax account?",
    "How do I budget when my pay changes every month?",
    "Incomes 4000, 0, 3500, 1000: what is safe to spend?",
    "How large should my emergency fund be with income like 700, 1900, 1200?",
    "Turn my gig income into a regular monthly pay",
    "I get paid irregularly, how do I plan my bills?",
    "What is a safe monthly draw from 1500, 2500, 900, 3000, 1200?",
    "How long would my savings of 5000 last if needs are 1600 a month?",
    "Average and worst month of 1100, 1300, 600, 2000",
    "Feast or famine months, how do I even them out?",
    "Can I cover 1200 of needs with months like 800, 1700, 1500?",
    "What buffer lets me pay myself my average?",
)
TOOL = Tool(
    "budget",
    "A steady pay out of a swinging income, with buffer and set-asides",
    BudgetInput,
    budget,
    EXAMPLES,
    fill=fill,
    needs="what came in during each of the last three months or more, and what a month costs you at the least",
    specimen=(
        "months of 1,200, 2,600, 800 and 1,900, when a month costs 1,100 at the least",
        {"incomes": [1200, 2600, 800, 1900], "needs": 1100},
    ),
)
