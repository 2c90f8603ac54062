"""Which of a platform's fees is the one that most people pay, for tools that take one fee off."""

import re
from datetime import date
from decimal import Decimal

from advisor.facts import Facts
from advisor.schema import Fact

_SPECIAL = re.compile(
    r"\b(direct|introduc\w+|refer\w*|first \d|bring yourself|enterprise|agenc\w+|contest|repeat|older|before|trial|discover|offsite|later|plus|premium|vip|"
    r"share (?:of|that)|took|takes? of|rate that drivers|studies|example)\b",
    re.IGNORECASE,
)


def main_fee(facts: Facts, platform: str, today: date, region: str = "") -> tuple[Decimal, Fact] | None:
    """Return the highest value of the usual fee in percent and its fact, or None.

    Of several fees in force the ones for special cases (clients you bring, first contracts, contests, tiers) are left out
    when others are there; of the rest the highest counts, so that a sum is never too good.
    """
    found = [
        fact for fact in facts.find(platform, "fee.worker", on=today, region=region)
        if fact.unit == "percent" and (fact.year is None or fact.year >= today.year - 2)
    ]  # fmt: skip
    usual = (
        [fact for fact in found if not fact.scope and not _SPECIAL.search(fact.label)]
        or [f for f in found if not f.scope]
        or found
    )
    if not usual:
        return None
    best = max(usual, key=_top)
    return _top(best), best


def _top(fact: Fact) -> Decimal:
    return Decimal(str(next(value for value in (fact.high, fact.mid, fact.low) if value is not None)))
