"""What a broad mix of shares and bonds may do: capital for an income, projection with its spread, the worst stretch."""

import re
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from advisor.errors import ToolError
from advisor.facts import Facts, used
from advisor.schema import Frozen, Table, ToolResult
from advisor.slots import Request
from advisor.tools import Tool
from advisor.tools.words import amount, share

PATHS = 10_000
BLOCK_YEARS = 5
SUBJECT = "historical-market-returns"
SHARES = "total return of large US shares, with dividends"
BONDS = "total return of the ten-year US Treasury bond"
PRICES = "change in US consumer prices"
_MIXES = {"careful": Decimal(30), "balanced": Decimal(60), "growth": Decimal(80)}


class PortfolioInput(Frozen):
    """Money, time and how much loss can be borne; holdings only when they are to be put back to a mix."""

    start: Decimal = Field(Decimal(0), ge=0, le=10**9, description="Money invested now.")
    monthly: Decimal = Field(Decimal(0), ge=0, le=10**7, description="Money added every month.")
    monthly_income: Decimal = Field(Decimal(0), ge=0, le=10**7, description="Income wanted a month, in today's money.")
    years: int = Field(20, ge=1, le=60, description="Years until the money is needed, or years the income must last.")
    shares_percent: Decimal | None = Field(
        None,
        ge=0,
        le=100,
        description="Part in shares, the rest in bonds; chosen from years and `can_lose` when empty.",
    )
    can_lose: Literal["little", "some", "much"] = Field(
        "some", description="How much of the money you could see gone for years without having to sell."
    )
    fee_percent: Decimal = Field(
        Decimal("0.3"), ge=0, le=5, description="Costs of funds and adviser a year, in percent."
    )
    fixed_return_percent: Decimal | None = Field(
        None, ge=-50, le=50, description="Compute with this steady return in place of history, in percent a year."
    )
    compounding_per_year: int = Field(1, ge=1, le=366, description="Times a year a steady return is credited.")
    dividend_yield_percent: Decimal | None = Field(
        None, ge=0, le=20, description="Yield you would live on, to compare with selling a part each year."
    )
    holdings: dict[str, Decimal] = Field({}, description="Value of what you hold by kind: shares, bonds, cash.")
    emergency_months: Decimal = Field(Decimal(0), ge=0, le=120, description="Months of needs that you keep in cash.")
    debt_rate_percent: Decimal = Field(Decimal(0), ge=0, le=500, description="Highest rate you pay on debt, percent.")
    currency: str = Field("USD", pattern="^[A-Z]{3}$", description="ISO 4217 code, for instance USD.")

    @model_validator(mode="after")
    def _something_to_do(self) -> "PortfolioInput":
        if not (self.start or self.monthly or self.monthly_income or self.holdings):
            raise ValueError("give start, monthly, monthly_income or holdings")
        unknown = set(self.holdings) - {"shares", "bonds", "cash"}
        if unknown or any(value < 0 for value in self.holdings.values()):
            raise ValueError("holdings are amounts of 0 or more under shares, bonds and cash")
        return self


def portfolio(given: PortfolioInput, facts: Facts, today: date) -> ToolResult:
    """Project a mix by drawing blocks of past years, in money of today.

    The stationary bootstrap (Politis and Romano, 1994) draws runs of consecutive years, five on average, of shares,
    bonds and prices together, so that bad years stay together. Real return of a year is (1 + mix - fee) / (1 + prices)
    - 1; contributions and withdrawals come in the middle of the year. A steady return uses the compound interest
    formula start * (1 + r/m)^(m*years) with its annuity.

    Args:
        given: Money, time, mix.
        facts: The table of yearly returns, from the guide `historical-market-returns`.
        today: Only used to pick facts.

    Raises:
        ToolError: When the table of returns is not in the ledger.
    """
    if given.fixed_return_percent is not None:
        return _steady(given)
    years, shares, bonds, prices = _history(facts)
    part = _part_in_shares(given)
    real = _drawn(shares, bonds, prices, float(part), float(given.fee_percent), given.years)
    ends, lasted = _ends(real, given)
    low, middle, high = (float(v) for v in np.percentile(ends, (10, 50, 90)))
    put_in = float(given.start + given.monthly * 12 * given.years)
    code, mix = given.currency, f"{share(part)} shares and {share(100 - part)} bonds"
    summary, output = [], {"shares_percent": float(part), "paid_in": round(put_in, 2)}
    draws_out = bool(given.monthly_income and given.start and not given.monthly)
    gone = float((lasted < given.years).mean() * 100) if draws_out else 0.0
    if draws_out:
        income, pot = amount(given.monthly_income, code), amount(given.start, code)
        kept = f"{pot} paid {income} a month, in today's money, for all {given.years} years in {share(100 - gone)} of the draws"
        middle_year = float(np.median(lasted))
        summary.append(
            f"Yes, mostly: {kept}."
            if gone <= 10
            else f"Perhaps: {kept}, and ran out before in the others."
            if gone < 50
            else f"No: {pot} paid {income} a month, in today's money, for about {middle_year:.0f} years in the middle of the draws, and for all {given.years} years in {share(100 - gone)} of them."
        )
        summary.append(f"{income} a month is {share(given.monthly_income * 1200 / given.start)} of {pot} a year.")
    if (given.start or given.monthly) and gone < 50:
        summary.append(
            f"After {given.years} years in {mix}, {amount(put_in, code)} paid in became {amount(low, code)} in a bad draw "
            f"(one in ten is worse), {amount(middle, code)} in the middle and {amount(high, code)} in a good one, in "
            "today's money and after costs."
        )
        below = float((ends < put_in).mean() * 100)
        summary.append(f"In {share(below)} of the draws less than was paid in was left, after inflation.")
    if given.start or given.monthly:
        output |= {
            "p10": round(low, 2),
            "p50": round(middle, 2),
            "p90": round(high, 2),
            "loss_percent": round(float((ends < put_in).mean() * 100), 2),
        }
    if given.start and not given.monthly and not given.monthly_income:
        pays = float(given.start) / _capital(real, 1.0)[1]
        summary.append(
            f"As an income it could have paid about {amount(pays, code)} a month in today's money, used up after {given.years} "
            "years, in nine of ten draws."
        )
        output["monthly_p90"] = round(pays, 2)
    if given.monthly_income:
        capital = _capital(real, float(given.monthly_income))
        summary.append(
            f"For {amount(given.monthly_income, code)} a month over {given.years} years in today's money you would need "
            f"about {amount(capital[0], code)} to be right in half of the draws and {amount(capital[1], code)} to be right "
            "in nine of ten."
        )
        output |= {"capital_p50": round(capital[0], 2), "capital_p90": round(capital[1], 2)}
        if draws_out:
            output |= {"ran_out_percent": round(gone, 2), "years_lasted_p50": round(float(np.median(lasted)), 1)}
    if given.dividend_yield_percent and given.monthly_income:
        needed = given.monthly_income * 1200 / given.dividend_yield_percent
        summary.append(
            f"Living on a yield of {share(given.dividend_yield_percent)} alone would take {amount(needed, code)}, and the "
            "yield can be cut when you need it most."
        )
        output["capital_by_yield"] = float(round(needed, 2))
    worst, worst_years = _worst(years, shares, bonds, prices, float(part), given.years)
    summary.append(
        f"The worst stretch of the record for this mix was {worst_years}, with {share(worst)} a year after inflation."
    )
    summary += _first_things(given) + _back_to_mix(given, part)
    found = {label: facts_of(facts, label) for label in (SHARES, BONDS, PRICES)}
    return ToolResult(
        tool="portfolio",
        input=given.model_dump(mode="json"),
        output=output | {"worst_percent_a_year": round(worst, 2), "worst_years": worst_years},
        summary=tuple(summary),
        assumptions=(
            f"Results come from {PATHS:,} draws out of the yearly record of large US shares, ten-year US Treasury bonds and "
            f"US prices from {years[0]} to {years[-1]}; the future may be worse than any of it"
            + ("." if code == "USD" else ", and other countries had other returns and prices."),
            f"Costs of {share(given.fee_percent)} a year come off, taxes do not; the mix is put back once a year.",
            *(() if given.shares_percent is not None else (f"{share(part)} in shares was chosen for {given.years} years and "
               f"an ability to lose that you called {given.can_lose}; change it with shares_percent.",)),
        ),
        facts=tuple(used(series[-1]) for series in found.values()),
        table=Table(
            columns=("After years", "Bad draw (P10)", "Middle (P50)", "Good draw (P90)"), rows=_by_year(real, given)
        ),
        chart={
            "kind": "band", "x": "years", "y": code,
            "rows": [list(row) for row in _by_year(real, given, every=1)],
        },
    )  # fmt: skip


def facts_of(facts: Facts, label: str) -> list:  # type: ignore[type-arg]
    """Return one yearly series of the table, oldest first.

    Raises:
        ToolError: When the table is not there.
    """
    found = sorted((f for f in facts.find(SUBJECT, "yield") if f.label == label and f.year), key=lambda f: f.year or 0)
    if len(found) < 30:
        raise ToolError(
            "portfolio needs the table of yearly returns (corpus/topics/historical-market-returns.md). Run "
            "`gig-advisor ingest` to take the corpus in again."
        )
    return found


def _history(facts: Facts) -> tuple[list[int], np.ndarray, np.ndarray, np.ndarray]:
    series = [{f.year: f.mid for f in facts_of(facts, label)} for label in (SHARES, BONDS, PRICES)]
    years = sorted(set.intersection(*(set(part) for part in series)))
    return years, *(np.array([part[year] for year in years], dtype=float) / 100 for part in series)  # type: ignore[return-value]


def _part_in_shares(given: PortfolioInput) -> Decimal:
    """Return the share of equities: a broad rule by horizon and ability to lose, never above what was asked for."""
    if given.shares_percent is not None:
        return given.shares_percent
    by_loss = {"little": _MIXES["careful"], "some": _MIXES["balanced"], "much": _MIXES["growth"]}[given.can_lose]
    by_time = Decimal(0) if given.years < 3 else _MIXES["careful"] if given.years < 7 else _MIXES["growth"]
    return min(by_loss, by_time)


def _drawn(
    shares: np.ndarray, bonds: np.ndarray, prices: np.ndarray, part: float, fee: float, years: int
) -> np.ndarray:
    """Return real returns, shape (years, PATHS), drawn in blocks; the seed is fixed so that answers repeat."""
    generator = np.random.default_rng(1928)
    count = len(shares)
    rows = np.empty((years, PATHS), dtype=np.int64)
    rows[0] = generator.integers(count, size=PATHS)
    fresh = generator.random((years, PATHS)) < 1 / BLOCK_YEARS
    jumps = generator.integers(count, size=(years, PATHS))
    for year in range(1, years):
        rows[year] = np.where(fresh[year], jumps[year], (rows[year - 1] + 1) % count)
    weight = part / 100
    real = (1 + weight * shares + (1 - weight) * bonds - fee / 100) / (1 + prices) - 1
    return np.asarray(real[rows])


def _ends(real: np.ndarray, given: PortfolioInput) -> tuple[np.ndarray, np.ndarray]:
    """Return what is left at the end of each draw and for how many whole years it lasted."""
    flow = 12 * float(given.monthly - (given.monthly_income if given.start and not given.monthly else 0))
    value = np.full(real.shape[1], float(given.start))
    lasted = np.full(real.shape[1], float(len(real)))
    for year, returns in enumerate(real):
        value = value * (1 + returns) + flow * (1 + returns / 2)
        lasted = np.where((value < 0) & (lasted == len(real)), year, lasted)
        value = np.maximum(value, 0)
    return value, lasted


def _capital(real: np.ndarray, monthly: float) -> tuple[float, float]:
    """Return the capital that pays the income in half and in nine of ten draws: discounted sums of the withdrawals."""
    growth = np.cumprod(1 + real, axis=0)
    middle = growth / np.sqrt(1 + real)
    needed = (12 * monthly / middle).sum(axis=0)
    return float(np.percentile(needed, 50)), float(np.percentile(needed, 90))


def _by_year(real: np.ndarray, given: PortfolioInput, every: int = 0) -> tuple[tuple[float, ...], ...]:
    every = every or max(1, given.years // 6)
    flow = 12 * float(given.monthly)
    value = np.full(real.shape[1], float(given.start))
    rows = []
    for number, returns in enumerate(real, 1):
        value = value * (1 + returns) + flow * (1 + returns / 2)
        if number % every == 0 or number == len(real):
            rows.append((number, *(round(float(v)) for v in np.percentile(value, (10, 50, 90)))))
    return tuple(rows)


def _worst(
    years: list[int], shares: np.ndarray, bonds: np.ndarray, prices: np.ndarray, part: float, length: int
) -> tuple[float, str]:
    real = np.log1p((1 + part / 100 * shares + (1 - part / 100) * bonds) / (1 + prices) - 1)
    length = min(length, len(years))
    sums = np.convolve(real, np.ones(length), "valid")
    first = int(sums.argmin())
    return float(np.expm1(sums[first] / length) * 100), f"{years[first]} to {years[first + length - 1]}"


def _first_things(given: PortfolioInput) -> list[str]:
    """Return what comes before investing: debt above what shares return on average, and an emergency fund."""
    lines = []
    if given.debt_rate_percent > 7:
        lines.append(
            f"Pay the debt at {share(given.debt_rate_percent)} first: no mix earns that surely, and paying it back does."
        )
    if given.emergency_months < 3:
        lines.append("Before investing, put three to six months of needs aside in cash; more when income swings.")
    return lines


def _back_to_mix(given: PortfolioInput, part: Decimal) -> list[str]:
    """Return how holdings are put back to the mix; cash is kept apart."""
    held = {kind: given.holdings.get(kind, Decimal(0)) for kind in ("shares", "bonds")}
    total = sum(held.values())
    if not total:
        return []
    move = total * part / 100 - held["shares"]
    if abs(move) < total / 100:
        return ["Your holdings are within one percent of the mix: nothing to do."]
    one, other = ("bonds", "shares") if move > 0 else ("shares", "bonds")
    return [
        f"To get back to {share(part)} shares, move {amount(abs(move), given.currency)} from {one} to {other}; use new "
        "money first, since selling can cost tax."
    ]


def _steady(given: PortfolioInput) -> ToolResult:
    """Return the future value at a steady return: start*(1+r/m)^(m*t) and the annuity of monthly payments."""
    rate = given.fixed_return_percent or Decimal(0)
    times = given.compounding_per_year
    factor = (1 + rate / 100 / times) ** (times * given.years)
    monthly_rate = float(1 + rate / 100 / times) ** (times / 12) - 1
    months = 12 * given.years
    annuity = ((1 + monthly_rate) ** months - 1) / monthly_rate if monthly_rate else months
    value = given.start * factor + given.monthly * Decimal(str(annuity))
    paid = given.start + given.monthly * months
    code = given.currency
    return ToolResult(
        tool="portfolio",
        input=given.model_dump(mode="json"),
        output={"value": float(round(value, 2)), "paid_in": float(paid), "growth": float(round(value - paid, 2))},
        summary=(
            f"At {share(rate)} a year, credited {times} time{'s' if times > 1 else ''} a year, {amount(paid, code)} paid in "
            f"becomes {code} {value:,.2f} after {given.years} years.",
            "No broad investment pays a steady rate: leave fixed_return_percent empty to see the spread of past years.",
        ),
        assumptions=(
            "Nothing is taken off for costs, tax or inflation; monthly money comes at the end of each month.",
        ),
    )


def fill(request: Request) -> dict[str, Any] | None:
    """Return the arguments that a question gives: an amount, a monthly one, an income wanted, years, a steady rate."""
    wanted = request.wants("portfolio")
    if request.has(
        r"\b(?:emergency (?:fund|money|savings)|rainy day|safest place|where (?:to|should i|do i) (?:keep|park))\b"
    ):
        return None  # money that must be there at any time is not drawn for years of shares
    if not wanted and not request.has(
        r"\b(invest\w*|portfolio|dividends?|compound\w*|future value|savings?|passive income|retire\w*|yields?|interest|shares|stocks|bonds|"
        r"index funds?|fund|capital|rebalanc\w*|put away|save|annuity|last me|last \d+ years|run out|become|mix of stocks|what mix|which mix|allocation|stand losing|afford to lose|percent shares|credited|at \d+(?:\.\d+)? ?(?:%|percent)|what mix|give (?:me )?(?:rs|[$£€₹])|pay me)\b"
    ):
        return None
    if not wanted and request.has(
        r"\b(client|customer|boss|owes?|late|overdue|mortgage|loan|credit card|invoice|bitcoin|rent)\b"
    ):
        return None
    plain = [n for n in request.numbers if n.unit in {"money", "count"} and not n.per and n.value >= 50]
    monthly = [n for n in request.all("money") if n.per in {"month", "week", "year"}]
    given: dict[str, Any] = {"currency": request.currency}
    rate, years, months = request.one("percent"), request.one("years"), request.one("months", "")
    if years or months:
        given["years"] = max(1, int(years or 0) or int((months or 0) / 12))
    elif words := re.search(r"\b(two|three|four|five|six|seven|eight|ten|twenty|thirty) years\b", request.text, re.I):
        given["years"] = _WORDS[words[1].lower()]
    times = {"week": Decimal(52) / 12, "month": Decimal(1), "year": Decimal(1) / 12}
    for number in monthly:
        wanted = (
            bool(
                re.search(
                    r"\b(?:to get|gives?(?: me)?|pays?(?: me)?|bring\w*|generat\w+|an income of|live on|draw)\W*(?:\w+\W+)?$",
                    number.before,
                )
            )
            or (
                number.is_near(r"live|income|pay|give|get|need|want|earn|generat|month\?|take", after=False)
                and not number.is_near(r"save|invest|put|add|plus|contribut", after=False)
            )
            or bool(
                re.match(
                    r"\W*(?:out of (?:it|this|that)|(?:of|from|in) (?:dividends?|interest|it\b|my savings|the pot)|income|to live)",
                    number.after,
                )
            )
        )
        given["monthly_income" if wanted else "monthly"] = round(number.value * times[number.per], 2)
    if (
        request.has(r"\b(rebalanc\w*|back to|what to (?:buy|sell)|want (?:it )?\d+ ?(?:%|percent)|i hold|i've got)\b")
        and len(plain) >= 2
    ):
        kinds = {"shares": r"stocks?|shares|equit", "bonds": r"bonds?", "cash": r"cash"}
        held = {
            kind: n.value
            for kind, words in kinds.items()
            for n in plain
            if re.match(rf"\W*(?:in )?(?:{words})", n.after)
        }
        if len(held) >= 2:
            mix = re.search(r"\b(\d{1,2})\s?/\s?(\d{1,2})\b", request.text)
            if mix and int(mix[1]) + int(mix[2]) == 100:
                given["shares_percent"] = int(mix[1])
            elif (share_ := request.one("percent", near=r"shares|stocks|equit")) is not None:
                given["shares_percent"] = share_
            return given | {"holdings": held}
    debts = [
        n
        for n in plain
        if n.is_near(r"\bowe\w*|\bdebts?\b|\bloan|\bcard\b", after=False)
        or re.match(r"\W*(?:\w+ ){0,2}(?:debt|loan|on (?:an? |my )?(?:credit )?card)", n.after)
    ]
    if debts and (dear := request.one("percent")) is not None:
        given["debt_rate_percent"] = dear
        rate = None
    plain = [n for n in plain if n not in debts]
    if (fee := request.one("percent", near=r"\bfees?\b|\bter\b|\bcharges?\b|\bcosts?\b")) is not None:
        given["fee_percent"] = fee
    if plain:
        given["start"] = plain[0].value
    if (
        rate is not None
        and request.has(r"\b(compound\w*|future value|interest|steady|fixed|at \d)")
        and plain
        and not monthly
    ):
        often = next((n for words, n in _OFTEN if request.has(words)), 1)
        return given | {"fixed_return_percent": rate, "compounding_per_year": often}
    if part := re.search(
        r"\blos(?:e|ing)\W+(?:more than |over |up to )?(?:an? |one )?(tenth|fifth|quarter|third|half)\b",
        request.text,
        re.I,
    ):
        given["can_lose"] = {"tenth": "little", "fifth": "some", "quarter": "some", "third": "some", "half": "much"}[
            part[1].lower()
        ]
    elif rate is not None and request.has(r"\blos(?:e|ing|s)\b|\bfall\b|\bdrop\b"):
        given["can_lose"] = "little" if rate <= 15 else "some" if rate <= 35 else "much"
    if request.has(
        r"\b(?:all|only|everything|100 ?(?:%|percent)) in(?:to)? (?:stocks|shares)|\ball[- ]stocks?\b|\b100 ?(?:%|percent) (?:stocks|shares|equit)"
    ):
        given["shares_percent"] = 100
    if "can_lose" not in given and request.has(
        r"\b(?:careful|cautious|can(?:'?t|not) (?:afford to )?lose|no risk|safe\w*|don'?t want (?:to )?(?:it |see it )?(?:lose|drop|fall)|dont wanna see it drop|won'?t lose)\b"
    ):
        given["can_lose"] = "little"
    elif "can_lose" not in given and request.has(
        r"\b(?:could|can) (?:see|stand|take|bear|lose) (?:most|all|half|a lot)\b"
    ):
        given["can_lose"] = "much"
    if rate is not None and request.has(r"\byields?\b"):
        given["dividend_yield_percent"] = rate
    return given if wanted or {"start", "monthly", "monthly_income"} & set(given) else None


_WORDS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "ten": 10,
    "twenty": 20,
    "thirty": 30,
}
_OFTEN = (
    (r"\bsemi-?annual", 2),
    (r"\bhalf-?yearly", 2),
    (r"\bquarterly", 4),
    (r"\bmonthly", 12),
    (r"\bweekly", 52),
    (r"\bdaily", 365),
)


EXAMPLES = (
    "What could 200 dollars a month become in 20 years?",
    "How much money do I need to live on 1,500 a month from investments?",
    "I have 10,000 to invest for 10 years, what can I expect?",
    "How much capital gives me 500 a month in dividends?",
    "If I save 300 monthly until retirement in 30 years, what will I have?",
    "Can 50,000 pay me 1,000 a month?",
    "What is 5,000 at 6 percent compounded monthly for 4 years?",
    "Future value of 1,000 at 8% for three years",
    "How do I rebalance 8,000 in stocks and 2,000 in bonds?",
    "Should I take 80 percent shares for 15 years?",
    "How likely is it that my savings run out if I take 2,000 a month?",
    "What is the worst that could happen to 20,000 in index funds over 10 years?",
    "How much do I have to invest for a passive income of 1,000 a month?",
    "Project my savings: 15,000 now plus 250 a month for 12 years",
    "Compound interest on 2,500 at 5% for 10 years",
    "What would investing 100 a month turn into?",
    "How large must a portfolio be for 3,000 a month at a 4% yield?",
    "I can put away 50 euros a month, what is it worth in 25 years?",
    "Will 300,000 last 25 years at 1,200 a month?",
    "What mix of stocks and bonds suits 5 years?",
)
TOOL = Tool(
    "portfolio", "What a broad mix may become, or the capital for an income, with its spread", PortfolioInput,
    portfolio, EXAMPLES,
    fill=fill,
    needs="how much you have or can save a month, and for how many years",
    specimen=("10,000 and 100 a month for 15 years", {"start": 10000, "monthly": 100, "years": 15}))  # fmt: skip
