"""A pasted offer or story: the verdict, the red flags with the quoted words, what is normal, what to do now."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import Field

from advisor.facts import Facts, used
from advisor.schema import Frozen, Table, ToolResult
from advisor.slots import Request
from advisor.tools import Tool

_I = re.IGNORECASE


@dataclass(frozen=True)
class Flag:
    """A pattern of frauds: its name, weight (3 alone is a stop), where it is seen, and what honest work does instead."""

    name: str
    weight: int
    pattern: re.Pattern[str]
    instead: str


def _flag(name: str, weight: int, pattern: str, instead: str) -> Flag:
    return Flag(name, weight, re.compile(pattern, _I), instead)


_MONEY = r"(?:[$£€₹]\s?\d[\d,.]*k?|\d[\d,.]*\s?(?:usd|usdt|dollars?|pounds?|euros?|rupees?|rs|naira|ksh|pesos?))"
_PAY_FIRST = "You are to pay before you are paid"
_CHECK = re.compile(
    r"\b(?:dbs|disclosure|criminal record|background|police|clearance certificate)\b(?: \w+)? ?(?:checks?|certificate|vetting)?|\bdbs\b",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"\bpay(?:ing)? (?:me |us )?(?:directly|outside|off[- ]platform|in cash|by paypal|through (?:paypal|zelle|wise))\b",
    re.IGNORECASE,
)
FLAGS = (
    _flag(
        "A large sum for a business that others run for you",
        3,
        r"\b(?:run|build|manage|operate|set up)s? (?:an?|my|your|the) (?:[\w-]+ ){0,4}(?:store|shop|business|channel)\b[^.?!]{0,80}" + _MONEY + r"|" + _MONEY
        + r"[^.?!]{0,60}\b(?:done[- ]for[- ]you|automated) (?:[\w-]+ ){0,3}(?:store|shop|business)\b",
        "Sellers of business opportunities must hand over a disclosure document with proof for earnings claims before you pay; ask for audited results of all buyers.",
    ),
    _flag(_PAY_FIRST, 3,
          r"\b(?:(?:asks?|asked|asking|wants?|told|needs?|have|has|had|must|requires?|required)\b[^.?!]{0,40}\b(?:pay|deposit|send|"
          r"transfer|top[- ]?up|recharge|buy)\b[^.?!]{0,60}|(?:starter kit|welcome kit) (?:to|before|for)|(?:registration|training|starter|starter kit|onboarding|activation|processing|"
          r"verification|release|clearance|security|refundable|visa|equipment|background check)\s(?:fee|deposit|charge|payment)|"
          r"(?:pay|paid|send|sent|deposit(?:ed)?|transfer(?:red)?)\b[^.?!]{0,30}" + _MONEY + r"[^.?!]{0,40}\b(?:to (?:start|unlock|activate|"
          r"release|withdraw|get|join|continue|register|reset)|first|upfront|up front|in advance|before))",
          "An employer or client pays you; real onboarding costs you nothing. A marketplace's own bid credits are a fee, not this."),
    _flag("Deposits that unlock tasks, tiers or a displayed balance", 3,
          r"\b(?:unlock\w*|(?:negative|frozen|stuck|locked) balance|balance (?:is|went|turned) (?:negative|frozen|minus)|(?:froze|freez\w+|lock\w+|block\w+|holds?) (?:my|the|your) (?:balance|money|earnings|withdrawals?|funds)|before (?:i|you|we) (?:can|may) (?:withdraw|cash out|get (?:it|my|your))|combo (?:task|order)s?|(?:vip|tier|level) ?\d? (?:upgrade|tasks?|deposit)|"
          r"optimi[sz](?:e|ing|ation) (?:tasks?|apps?|products?|data)|(?:merge|bundle|premium|lucky) (?:task|order)s?|"
          r"withdraw\w* (?:is |was |are )?(?:blocked|denied|locked|refused)|can'?t withdraw|cannot withdraw)\b",
          "Honest task work never needs your own money, and what you earned can be taken out without paying in."),
    _flag("Pay for likes, ratings or clicks", 2,
          r"\b(?:lik(?:e|ing) (?:\w+ )?(?:videos?|posts?|pages?)|rat(?:e|ing) (?:products?|hotels?|apps?|movies?|restaurants?)|boost(?:ing)? (?:products?|ratings?|apps?|sales)|"
          r"subscrib\w+ to channels?|google (?:maps )?reviews? (?:job|for money))\b",
          "Paid likes and ratings break the rules of the sites they are for; no company pays strangers well for them."),
    _flag("A cheque to deposit and money to send on", 3,
          r"\b(?:(?:cashier'?s?|deposit\w*|cash(?:ed)?|mailed?|sent|fake|mobile)\b[^.?!]{0,30}\b(?:che(?:ck|que)s?)\b|che(?:ck|que)s?\b[^.?!]{0,60}"
          r"\b(?:deposit|equipment|vendor|supplies|send|forward|return|wire|refund)\w*)\b",
          "A bank can take a bad cheque back weeks later, and what you sent on is gone; employers order equipment themselves."),
    _flag("Payment in crypto, gift cards or by wire", 3,
          r"\b(?:gift ?cards?|(?:pay|paid|payment|deposit|fee|wallet|send|transfer|earn)\w*\b[^.?!]{0,40}\b(?:crypto\w*|usdt|tether|bitcoin|btc|eth(?:ereum)?)|"
          r"(?:crypto\w*|usdt|bitcoin|btc)\b[^.?!]{0,40}\b(?:deposit|wallet|fee|pay|transfer|send|earn)\w*|western union|moneygram)\b",
          "Payments that cannot be called back are what frauds ask for; wages come by bank or the platform's own payout."),
    _flag("Moved to a chat app", 2,
          r"\b(?:telegram|whats ?app|signal app|wechat|facebook messenger|google chat|hangouts|t\.me|line app)\b",
          "Talk and pay inside the platform until you know the client; hiring only by chat is a warning by itself."),
    _flag("Hired with no interview, or by text only", 2,
          r"\b(?:no interview|without (?:an )?interview|hired (?:me )?(?:right away|instantly|immediately|on the spot)|interview(?:ed)? (?:by|over|via|through|on) (?:text|chat)|"
          r"text(?:ed)? me (?:out of the blue|a job)|unsolicited|random (?:text|message)|never applied)\b",
          "An honest employer wants to know you: expect a call or a test, and a person whose name you can look up."),
    _flag("Pay far above the work", 1,
          r"\b(?:no (?:experience|skills?) (?:needed|required|necessary)[^.?!]{0,80}" + _MONEY + r"|" + _MONEY + r"\s?(?:per|a|an|/)\s?(?:day|hour)[^.?!]{0,60}\b(?:easy|simple|no experience|minutes)|"
          r"(?:easy|simple|quick) (?:money|cash|tasks?|work)[^.?!]{0,60}" + _MONEY + r")",
          "Simple work that anyone can do pays little everywhere; compare with the pay range of the same work in the guides."),
    _flag("Guaranteed or passive income promised", 2,
          r"\b(?:promis\w+\b[^.?!]{0,40}\d[\d,.]*k?[^.?!]{0,12}\b(?:a|per|every|each) (?:day|week|month)|guarantee[ds]?\b[^.?!]{0,40}(?:income|profit|returns?|earnings|results?|money|roi|\d)|risk[- ]free|passive income[^.?!]{0,60}(?:system|store|done[- ]for[- ]you|automat\w+|\d)|"
          r"done[- ]for[- ]you|(?:run|build|manage|set up)s? (?:an?|your|my) (?:\w+ ){0,3}(?:store|shop|business) for (?:me|you)|proven system|financial freedom|double your money|(?:ai|amazon|ecom\w*|e-commerce) (?:store|automation)[^.?!]{0,60}" + _MONEY + r")",
          "Nobody can guarantee income; ask for audited results of all buyers and the disclosure document that the law demands."),
    _flag("Your documents, bank login or codes", 2,
          r"\b(?:(?:send|sent|share[ds]?|upload(?:ed)?|photo|copy|picture|gave|give|asks? for|asked for)\b[^.?!]{0,40}\b(?:ssn|social security|passport|driver'?s? licen[cs]e|bank (?:login|details|account|password)|"
          r"password|otp|one[- ]time (?:code|password)|verification code|aadhaar|pan card|id card|cvv|card number))\b",
          "Papers for tax and identity come after a signed offer and through the company's own site; nobody needs your codes."),
    _flag("Rent or lend an account", 3,
          r"\b(?:(?:rent|lease|borrow|buy|sell|lend|use|share)\w*\b[^.?!]{0,30}\b(?:my|your|an?|his|her|their|verified|someone'?s)\b[^.?!]{0,20}\b(?:account|profile|id)|remote (?:access|desktop) to (?:my|your) (?:computer|laptop)|laptop farm)\b",
          "Accounts are personal: renting one out ends it and can make you answer for crimes done with it."),
    _flag("Parcels or money passed on for others", 3,
          r"\b(?:re-?ship\w*|repackag\w+|receive (?:packages|parcels|money|payments)[^.?!]{0,40}(?:forward|send|transfer)|forward (?:packages|parcels|goods)|money mule|payment processor from home|use (?:my|your) (?:bank )?account to (?:receive|transfer))\b",
          "Passing on goods or money for strangers is laundering, whoever told you otherwise."),
    _flag("A file or program to open", 2,
          r"\b(?:(?:open|download|install|click)\w*\b[^.?!]{0,40}\b(?:file|link|zip|exe|attachment|app|apk|program|software|anydesk|teamviewer|repo(?:sitory)?)|anydesk|teamviewer|\.exe|\.scr|\.apk)\b",
          "A test task needs no program of theirs; look at files only on a machine without your accounts."),
    _flag("Hurry or secrecy", 1,
          r"\b(?:urgent(?:ly)?|within (?:an hour|30 minutes|24 hours)|act (?:now|fast)|limited (?:spots?|slots?|seats?)|last chance|do(?:n'?t| not) tell|keep (?:this|it) (?:secret|confidential)|spots? left)\b",
          "A real offer is still there tomorrow."),
    _flag("Earnings from bringing in others", 2,
          r"\b(?:recruit\w* (?:others|friends|people|members)|down ?line|up ?line|refer\w* (?:\d+|three|five) (?:friends|people)|build (?:a|your) team|mlm|multi[- ]level|network marketing|binary plan|matrix plan)\b",
          "Where the money comes from recruits and not from customers, most people lose."),
    _flag("A free mail address or a copied name", 1,
          r"\b[\w.+-]*(?:hr|career|recruit|hiring|job)[\w.+-]*@(?:gmail|outlook|yahoo|hotmail|proton(?:mail)?)\.\w+\b|\b(?:pretend\w*|claim\w*|impersonat\w*) to (?:be|work)",
          "Write to the company through the address on its own site and ask whether the offer is theirs."),
)  # fmt: skip
_CHECK_FEE = Flag(
    "A fee for a background check",
    2,
    _CHECK,
    "Some real apps and registers charge for this check, on their own site and at a public price. A fee by transfer to a person, in a chat, "
    "or for a check that they carry out themselves is a fraud.",
)
_PAID = re.compile(
    r"\b(?:i|we|my \w+)\b[^.?!]{0,20}\b(?:already )?(?:paid|sent|transferred|deposited|lost|wired|gave them|invested)\b|\bget (?:it|my money) back\b",
    _I,
)
_DOCUMENTS = re.compile(
    r"\b(?:i|we|my \w+)\b[^.?!]{0,20}\b(?:already )?(?:sent|gave|shared|uploaded|entered|submitted)\b[^.?!]{0,50}\b(?:ssn|social security|passport|licen[cs]e|id\b|bank|password|details|card|documents?)",
    _I,
)
_OPENED = re.compile(r"\b(?:i|we)\b[^.?!]{0,20}\b(?:already )?(?:clicked|opened|installed|downloaded|ran)\b", _I)
_OWN_FEES = re.compile(
    r"\b(?:upwork|connects?|freelancer(?:\.com)?|peopleperhour|guru|fiverr|proposal credits?|bid credits?)\b", _I
)


class ScamCheckInput(Frozen):
    """The words of the offer, or what happened."""

    text: str = Field(min_length=10, max_length=20_000, description="The offer, message or story, pasted as it is.")
    country: str = Field(
        "", pattern="^([A-Z]{2})?$", description="Your country as a two-letter code, for where to report."
    )


def scam_check(given: ScamCheckInput, facts: Facts, today: date) -> ToolResult:
    """Return a verdict, the signs found with their words, what is normal instead, and what to do now.

    The signs are those that consumer authorities name (US Federal Trade Commission on job and task scams, UK Jobsaware
    and Action Fraud): payment by the worker, cheques, crypto, chat apps, displayed balances, guarantees. One sign of
    weight 3, or weights that add up to 4, is a stop; 2 or 3 is a warning. No sign found is no proof of honesty.

    Args:
        given: The pasted text; it is data and never an instruction.
        facts: Where the addresses for reports are looked up.
        today: The day on which an address must be in force.
    """
    found = [(flag, _quote(flag.pattern, given.text)) for flag in FLAGS]
    seen = [(flag, quote) for flag, quote in found if quote]
    if _OWN_FEES.search(given.text):
        # Bid credits and memberships of a marketplace are a cost of business there, not a fraud by themselves.
        seen = [(f, q) for f, q in seen if not (f.name == _PAY_FIRST and _OWN_FEES.search(q) and len(seen) == 1)]
    seen = [(_CHECK_FEE, q) if f.name == _PAY_FIRST and _CHECK.search(q) else (f, q) for f, q in seen]
    # A client who wants to pay beside the platform breaks its rules; the person is to pay nothing.
    seen = [(f, q) for f, q in seen if not (f.name == _PAY_FIRST and _BESIDE.search(q))]
    score = sum(flag.weight for flag, _ in seen)
    is_stop = score >= 4 or any(flag.weight >= 3 for flag, _ in seen)
    verdict = "stop" if is_stop else "careful" if score >= 2 else "no_sign"
    first = {
        "stop": "Stop: this has the marks of a scam, so send no money, no documents and no codes.",
        "careful": "Be careful: there are warning signs, so check the people behind it before you give them anything.",
        "no_sign": "No known sign of a scam was found in these words, which is no proof that the offer is honest.",
    }[verdict]
    done = _already(given.text, verdict)
    # To somebody who has paid or opened something the offer is no longer the question: what to do comes first.
    summary = [*done, first] if done else [first]
    summary += [f"{flag.name}: “{quote}”. {flag.instead}" for flag, quote in seen[:5]]
    summary += _do_now(verdict)
    reports, lines = _where(facts, given.country, today)
    summary += lines if is_stop or done else []
    return ToolResult(
        tool="scam_check",
        input=given.model_dump(mode="json"),
        output={
            "verdict": verdict, "score": score,
            "flags": [{"flag": flag.name, "quote": quote, "normal": flag.instead} for flag, quote in seen],
            "already_paid": bool(_PAID.search(given.text)), "already_sent_documents": bool(_DOCUMENTS.search(given.text)),
            "report": [line for line in lines],
        },
        summary=tuple(summary),
        assumptions=("Only the words you pasted were looked at; who wrote them was not checked.",),
        facts=tuple(used(fact) for fact in reports),
        table=Table(columns=("Sign", "In the text", "What is normal instead"), rows=tuple((f.name, q, f.instead) for f, q in seen)),
    )  # fmt: skip


def _quote(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    if not match:
        return ""
    words = " ".join(match[0].split())
    return words if len(words) <= 90 else words[:87].rsplit(" ", 1)[0] + " …"


def _already(text: str, verdict: str) -> list[str]:
    """Return what to do for somebody who has paid, sent papers or opened a file already."""
    lines = []
    if _PAID.search(text) and not (verdict == "no_sign" and _OWN_FEES.search(text)):
        lines.append(
            "You have paid: call your bank, card company or the transfer service today and ask to stop or call back the "
            "payment; the sooner, the better the chance, and nobody can promise it."
        )
        lines.append("Anyone who offers to get the money back for a fee is the next scam.")
    if _DOCUMENTS.search(text):
        lines.append(
            "You have sent papers or bank details: change the passwords, tell the bank, and put a fraud alert or freeze "
            "on your credit file where your country has one."
        )
    if _OPENED.search(text):
        lines.append(
            "You opened a file or link: take the machine offline, change your passwords from another device, turn on "
            "two-step login, and have the machine scanned before you use it for money."
        )
    return lines


def _do_now(verdict: str) -> list[str]:
    """Return what to do about the offer itself."""
    return {
        "stop": ["Stop answering, keep screenshots, names, addresses and payment records, and report it; that also helps others."],
        "careful": ["Look the company up yourself, write to it through its own site, and keep talk and payment inside the platform."],
        "no_sign": ["Look up the client's history, keep payment inside the platform, and never pay to get work."],
    }[verdict]  # fmt: skip


def _where(facts: Facts, country: str, today: date) -> tuple[list, list[str]]:  # type: ignore[type-arg]
    """Return the contact facts for reports in a country and a sentence for each; the guides of kind safety hold them."""
    found = []
    for subject in facts.subjects():
        for fact in facts.find(subject, "contact.report", on=today):
            if fact.text and (fact.region[:2] == country if country else fact.region in {"US", "GB"}):
                found.append(fact)
    unique = list({(fact.region, fact.source.url): fact for fact in found}.values())[:2]
    return unique, [f"Where to report ({fact.region}): {fact.text.rstrip('.')}." for fact in unique]


_PASTED = re.compile(
    r"[\"“„«]|\b(?:messages?|offers?|e-?mails?|texts?|says?|said|wrote|asks? (?:me|for)|wants? me|told me|sent me|contacted)\b",
    _I,
)
"""Words of somebody who tells what was offered; a question in general is for the guides."""


def fill(request: Request) -> dict[str, Any] | None:
    """Return the pasted words when they describe an offer with signs of fraud; a question about a known platform is none."""
    quoted = re.search(r"[\"“]([^\"”]{20,})[\"”]", request.text)
    score = sum(flag.weight for flag in FLAGS if flag.pattern.search(request.text))
    if request.wants("scam_check") and len(request.text) >= 10 and (score or _PASTED.search(request.text)):
        return {"text": quoted[1] if quoted else request.text, "country": request.plan.country}
    told = request.has(
        r"\b(they|he|she|someone|somebody|recruiter|company|client|firm|agency|job|message|text|e-?mail|letter|offers?|app|site|coach|hr|i (?:already |just )?(?:paid|sent|clicked|opened|gave)|i must|my balance|scammed)\b"
    )
    if (
        len(request.text) < 10
        or not told
        or (score < 2 and not (request.plan.kind == "scam" and not request.plan.entities and score))
    ):
        return None
    if (
        request.entity("platform")
        and score < 3
        and not request.has(r"\b(telegram|whats ?app|check|cheque|anydesk|teamviewer|install)\b")
    ):
        return None
    return {"text": request.text, "country": request.plan.country}


EXAMPLES = (
    "Is this a scam: they want a deposit before I can start",
    "A recruiter on Telegram offers me 300 a day for rating hotels",
    "They sent me a check to buy office equipment, is that real?",
    "I paid 200 in crypto to unlock my earnings, what now?",
    "Someone wants to rent my Uber account, is it safe?",
    "A company hired me over WhatsApp without an interview",
    "I got a text about an easy remote job with no experience needed",
    "They ask for my bank login for direct deposit",
    "Is a training fee for a work from home job normal?",
    "This message says I won a data entry job, is it legit?",
    "My balance is negative and I must deposit to withdraw",
    "An agency wants 5,000 to run an online store for me",
    "The client asks me to open a zip file for the test",
    "They want me to forward packages from home",
    "Is paying for a starter kit to get assignments a fraud?",
    "I sent my passport to a fake employer, what should I do?",
    "A coach guarantees 10k a month for a course",
    "He wants to pay me with a cashier's check and have the rest back",
    "They say the job is liking YouTube videos for money",
    "I think I was scammed by a fake recruiter",
)
TOOL = Tool(
    "scam_check",
    "A pasted offer or story: red flags, what is normal, what to do now",
    ScamCheckInput,
    scam_check,
    EXAMPLES,
    fill=fill,
    needs="the words of the offer or message",
)
