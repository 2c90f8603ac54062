"""Price, costs, fees and orders of a shop from plain words: each number takes the role of the words next to it."""

import re
from typing import Any

from advisor.slots import Request, clause, role_of, with_digits

_CUES = {
    "shipping_paid": r"ship\w*|postage|post(?:ing)?|stamps?|mail\w*|courier|envelopes?|box(?:es)?|packag\w*|packing|deliver\w*",
    "ads": r"ads?|adverts?|advertising|marketing|campaigns?",
    "goods": r"costs?(?: me| us)?|cogs|supplier\w*|mak(?:e|es|ing) (?:it|them|one|each)|making|made for|material\w*|ingredients?|beads?|yarn|wool|fabric|clay|leather|silver|"
    r"paint|flour|wax|wood|printing|blanks?|bought|buy|buying|paid|wholesale|landed|base|sourced?|unit|goods|eats|item cost|product cost|components?|parts|cloth|"
    r"thread|paper|filament|resin|stock",
    "price": r"sells?|selling|sold|resell\w*|retails?|ask(?:ing)?|list(?:ed|ing)?|charg\w+|prices?d?|price tag|goes for|go for|average(?: order)?|avg|order value|basket|"
    r"customers? pays?|buyers? pays?|people pay|on sale|revenue|keep from",
    "monthly_costs": r"subscription|monthly (?:plan|fee|cost)|plan|rent",
}
_ASKS = re.compile(
    r"\b(sell\w*|sold|price[ds]?|margin|profit|orders?|sale|etsy|ebay|shopify|shop|store|ads?|dropship\w*|print on demand)\b",
    re.I,
)
_NOT = re.compile(r"\b(deliver\w*|miles?|invoice|invest\w*|shares|land|course)\b", re.I)


def fill(request: Request) -> dict[str, Any] | None:
    """Return the arguments that a question gives: a selling price with a cost, or a price on a named shop platform."""
    wanted = request.wants("shop")
    if not wanted and (not _ASKS.search(request.text) or _NOT.search(request.text)):
        return None
    given: dict[str, Any] = {}
    left = []
    for number in (n for n in request.numbers if n.unit in {"money", "count"} and n.per != "hour"):
        before, after = clause(number)
        if re.match(r"\W*(?:\w+ )?(?:orders|items|sales|pieces|units|customers)\b", after) and not number.currency:
            given.setdefault("orders", number.value)
        elif number.per == "month":
            given.setdefault("monthly_costs", number.value)
        elif number.per:
            continue  # a turnover of a week or a year is the price of nothing
        elif re.search(r"\b(?:cover|pay(?:ing)? for) (?:\w+ ){0,2}(?:at )?$", before) and role_of(number, _CUES) in {
            "",
            "monthly_costs",
        }:
            given.setdefault("monthly_costs", number.value)
        elif re.search(r"\b(?:customer|buyer|they|client)s? pays?\W*$", before) and re.search(
            r"\bship|postage|of (?:it|that)\b", number.before + after
        ):
            given["shipping_charged"] = number.value
        elif (
            re.search(r"\b(?:plus|and)\W*$", number.before)
            and re.match(r"\W*(?:an?|each|per|every) (?:order|sale|item)", number.after)
            and "shipping" not in before
        ):
            given["fee_fixed"] = number.value
        else:
            role = role_of(number, _CUES)
            if role and role not in given:
                given[role] = number.value
            elif not re.match(r"\W*(?:hours|h\b|months?|years?|days?)", number.after):
                left.append(number.value)
    # What is left without a word of its own: the largest is the price, the next what the goods cost.
    for value in sorted(left, reverse=True):
        if "price" not in given and value > given.get("goods", 0):
            if wanted:
                given["price"] = value
        elif "goods" not in given and value < given.get("price", 0):
            given["goods"] = value
    if request.has(
        r"\bno cost (?:of goods|per)|\bcosts? (?:me )?nothing\b|\bnothing to make\b|\bdigital (?:planner|download|product|file)s?\b"
    ):
        given.setdefault("goods", 0)
    for part in request.all("percent"):
        role = role_of(
            part,
            {
                "tax_percent": r"tax\w*",
                "returns_percent": r"returns?|returned|refund\w*|comes? back|sent back",
                "fee_percent": r"fees?|commission|cuts?|takes?|charges?|keeps?",
            },
        )
        if role:
            given[role] = part.value
    back = re.search(
        r"\b(?:1|one) in (\d{1,2}) (?:comes? back|is returned|gets? returned|returned)", with_digits(request.text), re.I
    )
    if back:
        given["returns_percent"] = round(100 / max(1, int(back[1])), 1)
    platform = request.entity("platform")
    if not wanted and ("price" not in given or not ({"goods", "shipping_paid", "ads"} & set(given) or platform)):
        return None
    if (hours := request.one("hours")) is not None:
        given["hours"] = hours
    if request.plan.country:
        given["country"] = request.plan.country
    return given | {"currency": request.currency} | ({"platform": platform} if platform else {})
