"""What is billed to whom, from plain words, for the invoice; names that were not said are left as gaps."""

import re
from typing import Any

from advisor.slots import Request, date_in, numbers_in


def fill(request: Request) -> dict[str, Any] | None:
    """Return the arguments that a question gives: what is billed; names are left as gaps."""
    wanted = request.wants("invoice")
    if not wanted and (
        not request.has(
            r"^\W*(?:please |can you |could you )?(?:invoice|bill)\b(?! (?:is|was|template|says|number))|\b(make|write|create|generate|draft|draw up|send|need|bill)\b[^.?!]{0,40}\b(invoice|bill|client)\b"
        )
        or request.has(r"\b(reminder|letter|unpaid|overdue|not paid|owes?|should (?:it|stand)|do i need)\b")
    ):
        return None
    text = _NUMBERED.sub(" ", request.text)
    numbers = [n for n in numbers_in(text) if n.unit != "year"]
    money = [n for n in numbers if n.unit == "money" and not n.is_near(r"\b(?:late|fine|fee)\W*$", after=False)]
    price = next(iter(money), None) or next((n for n in numbers if n.unit == "count" and n.value >= 20), None)
    count = next(
        (
            n
            for n in numbers
            if n.unit in {"hours", "days", "count"}
            and n.value <= 10_000
            and n is not price
            and not n.is_near(_NOT_BILLED)
        ),
        None,
    )
    rate_ = next(
        (n for n in numbers if n is not count and n.unit in {"money", "count"} and re.search(r"\bat\W*$", n.before)),
        price,
    )
    if rate_ is None:
        return {"currency": request.currency} if wanted else None
    item: dict[str, Any] = {"description": _described(text), "price": rate_.value}
    if count is not None and count is not rate_:
        item |= {"quantity": count.value, "unit": count.unit if count.unit != "count" else ""}
        if count.unit in {"hours", "days"}:
            item["description"] = item["description"].replace("[what was delivered]", "[work done]")
    if each := re.search(
        r"\b(\d{1,4})\s+([a-z][a-z -]{2,40}?)\s*(?:,|at |for |x |a )?\s*[$£€₹]?(\d+(?:\.\d+)?)\s*(?:dollars |euros |pounds )?(?:each|apiece|a go|per (?:piece|item|unit))\b",
        text, re.I,
    ):  # fmt: skip
        item = {"description": each[2].strip(), "price": each[3], "quantity": each[1]}
    name = re.search(
        r"\b(?:to|for|charge|(?:client|customer)(?: is)?:?|[Ii]nvoice(?: for)?|[Bb]ill) ((?!For\b)[A-Z]\w+(?: [A-Z&]\w*)*)",
        request.text,
    )
    # "12 hours at 45 plus a logo 300": what follows "plus" is a second line.
    more = [
        {"description": match[1].strip(), "price": match[2]}
        for match in re.finditer(
            r"\b(?:plus|and) (?:an? |the )?([a-z][a-z -]{2,30}?) (?:for |at )?[$£€₹]?(\d+(?:\.\d+)?)\b(?!\s*(?:%|percent|days|hours))",
            text, re.I,
        )
    ]  # fmt: skip
    given: dict[str, Any] = {
        "seller": me[1] if (me := _ME.search(text)) else "[your name and address]",
        "client": name[1] if name else "[client's name and address]",
        "items": [item, *more],
        "currency": request.currency,
    }
    tax = request.one("percent", near=r"vat|gst|tax")
    if tax is not None:
        given |= {
            "tax_percent": tax,
            "tax_name": "GST" if request.has(r"\bgst\b") else "VAT" if request.has(r"\bvat\b") else "Tax",
        }
    if number := re.search(
        r"\b(?:invoice |bill )?(?:no\.?|number(?:ed)?|nr\.?|#) ?([A-Z0-9][\w/-]*\d[\w/-]*)", request.text, re.I
    ):
        given["number"] = number[1]
    if own := re.search(
        r"\b(?:my (?:\w+ )?(?:number|no\.?|id)|gstin|vat (?:number|no\.?|id)|tax (?:number|id))(?: is)?:? ?([A-Z0-9]{6,20})\b",
        request.text,
        re.I,
    ):
        given["tax_number"] = own[1]
    if request.has(r"\b(?:finished|delivered|done|completed|ended)\b") and (
        day := date_in(request.text, request.plan.day)
    ):
        given["delivered"] = day.isoformat()
    if (late := request.one("percent", near=r"\b(?:late|interest|overdue)\b")) is not None and late != tax:
        given["late_percent"] = late
    if account := re.search(
        r"\b(?:pay(?:ment)?s? (?:to|into|by)|to) (?:my )?((?:venmo|paypal|zelle|cash ?app|iban|bank account|revolut|wise)\b[^.,;?]*)",
        request.text,
        re.I,
    ):
        given["pay_to"] = account[1].strip()
    if (days := request.one("days", near=r"due|payable|within|to pay|in\W*$")) is not None:
        given["due_days"] = int(days)
    return given | ({"country": request.plan.country} if request.plan.country else {})


_NUMBERED = re.compile(
    r"\b(?:invoice |bill )?(?:no\.?|number(?:ed)?|nr\.?|#) ?(?=\S*\d)[\w/-]+|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*(?: 20\d\d)?",
    re.IGNORECASE,
)
"""Invoice numbers and days, whose digits count nothing."""
_NOT_BILLED = r"\b(?:due|payable|within|pay in)\W*$|^\W*(?:percent|%|days? (?:to pay|after|net))"
_ME = re.compile(r"\b(?:[Ii]['’]?m|[Ii] am|[Mm]y name is|from me,?) ([A-Z]\w+(?: [A-Z]\w+){0,3})")
_WORK = (
    r"\bfor (?:my |the |an? |\d+ (?:hours|days|hrs|h)(?: of)? )?([a-z][a-z -]{2,40}?)(?:,| at| with| in| on|$|\?|\.|\d|;| to\b)",
    r"\b(?:hours?|hrs?|days?) (?:of|for) ([a-z][a-z -]{2,40}?)(?:,| at| with|$|\?|\.|\d|;| to\b)",
    r"\b(?:finished|did|delivered|done with|completed) (?:the |an? |my )?([a-z][a-z -]{2,40}?)(?:,| at| on| with| for|$|\?|\.|\d|;)",
    r"(?:^|[,:;]) ?(?:an? |the )?([a-z][a-z -]{2,30}?) (?:for |at )?[$£€₹]?\d+(?:\.\d+)? ?(?:[$£€₹]|dollars|euros|pounds|usd|eur|gbp)?\b",
    r"\b\d{1,4} ([a-z][a-z -]{2,30}?) (?:at|for)\b",
)  # fmt: skip


def _described(text: str) -> str:
    """Return what was done in the person's words, or a gap."""
    for pattern in _WORK:
        for match in re.finditer(pattern, text, re.I):
            words = match[1].strip()
            # Names begin with a capital, and "getting your money" is why somebody bills and not what for.
            if words[:1].islower() and not re.match(
                r"(?:getting|me|you|it|this|a client|my client|client|hours?|days?|what|due|plus|vat|gst|tax)\b", words
            ):
                return words
    return "[what was delivered]"
