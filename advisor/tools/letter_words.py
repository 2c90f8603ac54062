"""Which letter somebody asks for, and what their words already say for it: names, sums, days, reasons, evidence."""

import re
from typing import Any

from advisor.slots import Request, date_in

_KIND_WORDS: tuple[tuple[str, str], ...] = (
    ("contract_clause", r"\b(?:clauses?|paragraphs?|(?:line|words?|wording|sentence|section|terms?|part) (?:\w+ ){0,4}(?:for|in|of|to) (?:my|the|our) (?:\w+ )?(?:contracts?|agreements?)|(?:contracts?|agreements?) (?:should|must|needs?)|in (?:my|the|our) (?:contracts?|agreements?))\b"),
    ("cover_letter", r"\b(?:cover letter|(?:write|make|draft) (?:my|an|the) application|application (?:for|letter|as)|appl(?:y|ied|ying) (?:for|as|to)|motivation letter|letter of motivation)\b"),
    ("chargeback", r"\b(?:charge ?back|paypal (?:case|claim|dispute)|(?:reversed|disputed) (?:the|my|their) (?:payment|charge)|bank took (?:it|the money) back)\b"),
    ("deactivation_appeal", r"\b(?:appeal|deactivat\w+|re-?activat\w+|reinstat\w+|suspend\w*|account back|ban(?:ned)?|blocked|locked (?:me )?out|kicked (?:me )?(?:off|out)|threw me off|removed me|(?:closed|cancell?ed|ended|terminated|restricted|lock(?:ed|s)|removed) my (?:\w+ ){0,2}(?:account|profile)|my (?:\w+ ){0,2}(?:account|profile) (?:was|is|got|has been) (?:closed|cancell?ed|ended|terminated|restricted|locked|removed)|lost (?:my )?access)\b"),
    ("rate_increase", r"\b(?:rais(?:e|ing) (?:my|our|the)|(?:my|our|the) (?:rates?|prices?|hourly|fee) (?:go(?:es)?|is going|will (?:go|be|rise)|rises?) (?:up|from|to)?|higher (?:rates?|prices?)|new (?:rate|price)s?|(?:rate|price) (?:increase|rise|change)|increase (?:of )?my|put(?:ting)? up my|charge \S+ (?:instead|rather)|ask(?:ing)? for more|more (?:money|pay) (?:per|an) hour|price goes up)\b"),
    ("late_payment", r"\b(?:reminders?|over ?due|unpaid|owes?|owed|final demand|refus\w+ to pay|late payment|invoice|ghosted|outstanding|past due|chas(?:e|ing)|(?:still )?(?:has|have|did|does|do|is|was|will)(?: ?n[o']t| not) (?:been )?(?:\w+ )?(?:paid|payed|pay|transferr?ed|sent (?:the|my) money|settled|paying)|not (?:been )?paid|won'?t pay|waiting for (?:my|the) (?:money|payment))\b"),
    ("dispute", r"\b(?:disput\w+|cancel+ed|refund\w*|complain\w*|contest)\b"),
    ("proposal", r"\b(?:proposals?|bids?|pitch|offer for|answer to (?:a|the|this) (?:job )?post)\b"),
)  # fmt: skip
_CLAUSE_WORDS = (
    ("revisions", r"revision|rounds? of|changes"), ("ownership", r"own|copyright|rights"), ("late_fee", r"late fee|interest"),
    ("cancellation", r"cancel|terminat"), ("ai_use", r"\bai\b"), ("late_fee", r"late"), ("payment", r"pay"),
)  # fmt: skip


_WHY = re.compile(r"\b(?:for|because of|over|due to|after)\s+((?:an? |my |the )?(?!\d)[^.,;:?!]{4,80})", re.IGNORECASE)


def fill(request: Request) -> dict[str, Any] | None:
    """Return the arguments that a request for a draft gives; a question about letters is none."""
    wanted = request.wants("letter")
    if not wanted and (
        not request.has(
            r"\b(?:write|draft|send|need|make)\b[^.?!]{0,20}\b(?:mail|e-?mail|message|note|letter|text)\b|\b(write|draft|compose|word|help me (?:write|answer)|can you write|tell my client|i need a (?:cover letter|letter)|letter (?:to|for)|"
            r"(?:second|third|friendly|first) reminder|(?:contract|late fee|revision\w*) clause|a clause|appeal letter)\b"
        )
        or request.has(r"\b(ai-written|should i|hurt me|what is an?|copywrit\w*)\b")
    ):
        return None
    kind = next((kind for kind, words in _KIND_WORDS if request.has(words)), None)
    if kind is None:
        return {"currency": request.currency} if wanted else None
    given: dict[str, Any] = {"kind": kind, "currency": request.currency}
    amounts = [n.value for n in request.all("money")] or [n.value for n in request.all("count") if n.value >= 20]
    if amounts:
        given["amount"] = amounts[0]
    if kind == "rate_increase" and len(amounts) > 1:
        given |= {"amount": min(amounts), "new_amount": max(amounts)}
    if kind == "late_payment":
        given["step"] = (
            3
            if request.has(
                r"\bfinal|\bthird|\b3rd|\blast (?:chance|warning|reminder|demand|letter|one)|\band last\b|refuses|before (?:i|we) (?:go to|sue)|court"
            )
            else 2
            if request.has(r"\bsecond\b|\b2nd\b|\bagain\b|\bfirmer\b|weeks|months")
            else 1
        )
    if kind == "contract_clause":
        given["clause"] = next((clause for clause, words in _CLAUSE_WORDS if request.has(words)), "payment")
    platform = request.entity("platform")
    if platform:
        given["platform"] = platform
    if happened := date_in(request.text, request.plan.day):
        given["happened_on"] = happened.isoformat()
        # The number of the day is no amount.
        if not request.all("money") and given.get("amount") == happened.day:
            given.pop("amount")
    if kind in {"deactivation_appeal", "dispute", "chargeback"} and (why := _WHY.search(request.text)):
        given["facts"] = [f"The reason I was given: {why[1].strip()}."]
    return (
        {name: value for name, value in _said_in(request.text, kind, platform).items() if value}
        | given
        | ({"country": request.plan.country} if request.plan.country else {})
    )


_NAME = r"((?:[A-Z][\w&'’.-]*)(?: (?:[A-Z][\w&'’.-]*|&|of|and(?= [A-Z])))*)"
_OWN_NAME = re.compile(rf"\b(?:[Mm]y name is|[Ss]igned|[Ii] am|[Ii]['’]m) {_NAME}(?=[,.;]| and\b|$)")
_RECIPIENT = re.compile(
    rf"\b(?:to|at|from|for|with|client(?: is)?|customer(?: is)?|company(?: is)?|[Tt]ell|by) (?!My\b|I\b|The\b){_NAME}"
    rf"|, {_NAME}(?= (?:Ltd|LLC|Inc|GmbH|Srl|BV|Pty)\b|[.,;?]|$)"
)
_SUBJECT = (
    r"\b(?:cover letter|application(?: letter)?|motivation letter|apply(?:ing)?|proposal|pitch|bid) (?:for|as|to) (?:an? |the )?(?:job (?:as|of) )?([a-z][\w -]{2,50}?)(?: job| post| role| position)?(?= at\b| with\b|[,.;?]|$)",
    r"\b((?:invoice|order|project|contract|job) (?:no\.? |number |#)?\w*\d\w*)",
    r"\b(?:after (?:i|we) (?:\w+ )?|i )(?:sent|delivered|finished|handed over|completed|made|did) (?:him |her |them )?(?:the |an? |my )?([a-z][\w -]{2,40}?)(?=[,.;?]| and\b| on\b| in\b| for\b|$)",
    r"\bfor (?:the |an? |my )((?:[a-z]+ )?(?:logo|website|translation|design|article|video|photo\w*|editing|app|illustrations?|lessons?|cleaning|report))\b",
)  # fmt: skip
_HAVE = re.compile(
    r"\b(?:i(?:['’]ve)? (?:have|got|kept|saved)|i can attach|i['’]ve got|with) ((?:the |my |all |an? )?(?:\w+ ){0,2}(?:chats?|files?|screenshots?|e?-?mails?|messages?|contract|receipts?|photos?|dash ?cam\w*|video|proof|records?)\b[^.;?]*)",
    re.I,
)
_CAN = re.compile(
    r"\b(?:i(?:['’]ve| have)? got|i have|i know|i can|my skills(?: are)?:?|skills:|experience in|experienced in) ([^.;?]{3,120})",
    re.I,
)


def _said_in(text: str, kind: str, platform: str) -> dict[str, Any]:
    """Return names, the matter, what can be attached and what somebody can do, as far as a request says them."""
    told: dict[str, Any] = {}
    me = _OWN_NAME.search(text)
    if me:
        told["me"] = me[1]
    recipient = next(
        (
            match
            for match in _RECIPIENT.finditer(text)
            if (match[1] or match[2]) and (not me or (match[1] or match[2]) != me[1])
        ),
        None,
    )
    if recipient and not platform:
        told["to"] = (recipient[1] or recipient[2]).rstrip(".")
    told["subject"] = next((match[1].strip() for pattern in _SUBJECT if (match := re.search(pattern, text, re.I))), "")
    if kind in {"cover_letter", "proposal"} and (can := _CAN.search(text)):
        told["skills"] = _listed(can[1])
    elif kind in {"deactivation_appeal", "dispute", "chargeback", "late_payment"} and (have := _HAVE.search(text)):
        told["evidence"] = _listed(have[1])
    return told


def _listed(words: str) -> list[str]:
    """Return the things of a spoken list, each without its article."""
    return [
        piece
        for part in re.split(r",| and | & |\+", words)
        if (piece := re.sub(r"^(?:the|my|all|an?|also)\b ", "", part.strip())) and len(piece) > 2
    ][:10]
