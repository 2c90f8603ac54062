"""Drafts that people put off: late payment, appeal, dispute, clause, raise, proposal; with evidence, deadline and gaps marked."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from pydantic import Field

from advisor.facts import Facts, used
from advisor.schema import Fact, Frozen, Table, ToolResult
from advisor.tools import Tool
from advisor.tools.letter_words import fill
from advisor.tools.words import cents, share

Kind = Literal[
    "late_payment", "deactivation_appeal", "dispute", "chargeback", "contract_clause", "rate_increase", "proposal", "cover_letter",
]  # fmt: skip


class LetterInput(Frozen):
    """What the letter is about; whatever is left out shows as a gap in brackets."""

    kind: Kind = Field(description="Which letter.")
    step: int = Field(1, ge=1, le=3, description="Late payment: 1 friendly, 2 firm, 3 final demand.")
    me: str = Field("", max_length=200, description="Your name.")
    to: str = Field("", max_length=200, description="The client, company or team you write to.")
    platform: str = Field("", max_length=60, description="Id or name of the platform, for instance uber.")
    subject: str = Field("", max_length=300, description="The job, project, invoice or account it is about.")
    amount: Decimal | None = Field(None, ge=0, le=10**8, description="Amount owed, disputed or asked for.")
    new_amount: Decimal | None = Field(None, ge=0, le=10**8, description="The new rate or price.")
    currency: str = Field("USD", pattern="^[A-Z]{3}$", description="ISO 4217 code, for instance USD.")
    happened_on: date | None = Field(None, description="Due date of the invoice, or the day it happened.")
    facts: tuple[str, ...] = Field(
        (), max_length=20, description="What happened, in short sentences, with days and numbers."
    )
    evidence: tuple[str, ...] = Field((), max_length=20, description="What you can attach.")
    skills: tuple[str, ...] = Field(
        (), max_length=20, description="Skills or results to name in a proposal or cover letter."
    )
    clause: Literal["payment", "revisions", "ownership", "cancellation", "late_fee", "ai_use"] = Field(
        "payment", description="Which clause."
    )
    country: str = Field("", pattern="^([A-Z]{2})?$", description="Country whose law applies, as a two-letter code.")


_EVIDENCE: dict[str, tuple[str, ...]] = {
    "late_payment": ("the contract or the message in which the work was agreed", "the delivered work and the day of delivery", "the invoice and earlier reminders"),
    "deactivation_appeal": ("the notice with its reason and date", "trip, task or order records of the days in question", "screenshots, chats, receipts, and for drivers dash-cam pictures", "ratings and completion figures before the notice", "identity papers, and for drivers insurance, that are in force"),
    "dispute": ("the order page with what was agreed", "the delivered files and their dates", "messages in which the client approved or changed the task"),
    "chargeback": ("the order and the client's messages", "proof of delivery and of approval", "the terms the client accepted"),
    "contract_clause": (), "rate_increase": ("results since the last price: numbers, thanks, ratings",),
    "proposal": ("one sample that matches the post",), "cover_letter": ("one or two samples or a certificate",),
}  # fmt: skip
_CLAUSES = {
    "payment": "The client pays [half] of the agreed price before work starts and the rest within [14] days of delivery. Work stops while a payment is overdue, and dates move by the same time.",
    "revisions": "The price includes [two] rounds of changes to what was agreed. Further changes, and changes of the task itself, are quoted in writing first and paid at [rate] an hour.",
    "ownership": "All rights to the delivered work pass to the client when the full price has been paid. Until then they stay with the maker. The maker may show the work in a portfolio unless both agree otherwise in writing.",
    "cancellation": "Either side may end the contract in writing with [7] days' notice. The client pays for all work done until then and for costs that cannot be undone; a deposit for booked time is kept.",
    "late_fee": "Amounts not paid on the due date bear interest at [rate] percent a year, or the rate of the law where that is higher, from the day after the due date until payment.",
    "ai_use": "The maker may use AI tools as aids and checks every result. Material that the client marks as confidential is not entered into such tools. On request the maker says where such tools were used.",
}  # fmt: skip


def letter(given: LetterInput, facts: Facts, today: date) -> ToolResult:
    """Return a draft with the person's facts filled in and gaps marked, the evidence to attach, and the deadline.

    The order of a demand (facts, amount, date, consequence) follows the letters before action that courts and labour
    offices publish. Deadlines and addresses come from facts of the platform (`deadline.appeal`, `policy.appeal`), and
    the interest of the law from `late-payment-law`; what is not known is said to be unknown.

    Args:
        given: What it is about.
        facts: Where appeal deadlines, ways and the interest of the law are looked up.
        today: The day of the letter.
    """
    known, lines = _known(given, facts, today)
    last_day = _last_day(given, today)
    draft = _DRAFTS[given.kind](given, today, last_day, lines)
    evidence = list(given.evidence) + [item for item in _EVIDENCE[given.kind] if item not in given.evidence]
    gaps = draft.count("[")
    summary = [
        f"Here is a draft for {given.kind.replace('_', ' ')}"
        + (f"; {gaps} gap{'s' if gaps > 1 else ''} in square brackets are yours to fill." if gaps else "."),
        draft,
    ]
    if evidence:
        summary.append("Attach or have ready: " + "; ".join(evidence) + ".")
    summary += lines
    if last_day and given.kind in {"late_payment", "dispute", "chargeback"}:
        summary.append(f"Give a last day, {_day(last_day)}, and keep a copy with the time you sent it.")
    return ToolResult(
        tool="letter",
        input=given.model_dump(mode="json"),
        output={
            "draft": draft, "evidence": evidence, "gaps": gaps, "deadline": last_day.isoformat() if last_day else None,
            "send_to": lines,
        },
        summary=tuple(summary),
        assumptions=(
            "This is a draft, not legal advice: read it, correct it, and keep to what you can prove.",
            "Names, dates and amounts are those you gave; nothing was looked up about the other side.",
        ),
        facts=tuple(used(fact) for fact in known),
        table=Table(columns=("Evidence",), rows=tuple((item,) for item in evidence)) if evidence else None,
    )  # fmt: skip


def _known(given: LetterInput, facts: Facts, today: date) -> tuple[list[Fact], list[str]]:
    """Return the facts on deadlines, ways and interest, and a sentence for each."""
    platform = given.platform.lower().replace(" ", "-")
    if given.kind == "late_payment" and given.country:
        found = facts.find("late-payment-law", "rate.interest", on=today, region=given.country)[:1]
        return found, [
            f"The law there gives interest of {_value(fact)} a year on late business payments ({fact.source.publisher}, {fact.as_of:%B %Y})."
            for fact in found if fact.as_of
        ]  # fmt: skip
    if given.kind not in {"deactivation_appeal", "dispute", "chargeback"} or platform not in facts.guides:
        return [], []
    found = facts.find(platform, "deadline.appeal", on=today)[:1] + facts.find(platform, "policy.appeal", on=today)[:1]
    lines = [
        f"{fact.subject_name}, {fact.label or 'appeal'}: {fact.text.rstrip('.') or _value(fact)} ({fact.source.publisher}, {fact.as_of:%B %Y})."
        for fact in found if fact.as_of
    ]  # fmt: skip
    return found, lines or [
        f"No deadline for appeals is known for {facts.guides[platform].name}: write within days and say when you learned of it."
    ]


def _value(fact: Fact) -> str:
    known = [value for value in (fact.low, fact.mid, fact.high) if value is not None]
    words = f"{known[0]:,.10g}" if len(set(known)) == 1 else f"{known[0]:,.10g} to {known[-1]:,.10g}"
    return (
        share(Decimal(str(known[0])))
        if fact.unit == "percent" and len(set(known)) == 1
        else f"{words} {fact.unit.replace('_', ' ')}"
    )


def _last_day(given: LetterInput, today: date) -> date | None:
    days = {"late_payment": (7, 7, 14)[given.step - 1], "dispute": 5, "chargeback": 5}.get(given.kind)
    return today + timedelta(days=days) if days else None


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _money(given: LetterInput, value: Decimal | None, gap: str) -> str:
    return f"{given.currency} {cents(value):,}" if value is not None else f"[{gap}]"


def _facts(given: LetterInput, gap: str) -> str:
    return "\n".join(f"- {line.rstrip('.')}." for line in given.facts) or f"- [{gap}]"


def _frame(given: LetterInput, subject: str, body: str) -> str:
    return f"Subject: {subject}\n\nDear {given.to or '[name]'},\n\n{body}\n\nKind regards,\n{given.me or '[your name]'}"


def _late_payment(given: LetterInput, today: date, last: date | None, lines: list[str]) -> str:
    what, money = given.subject or "[invoice number]", _money(given, given.amount, "amount")
    due = _day(given.happened_on) if given.happened_on else "[due date]"
    late = (
        f" It is now {(today - given.happened_on).days} days late."
        if given.happened_on and today > given.happened_on
        else ""
    )
    until = _day(last) if last else "[day]"
    body = (
        f"I hope you are well. {what} over {money} was due on {due} and I have not seen the payment yet. If it is on its way, please ignore this; "
        f"otherwise please let me know by {until} when I can expect it. The invoice is attached again.",
        f"I wrote to you about {what} over {money}, due on {due}.{late} Please pay it by {until}. The work was delivered as agreed:\n"
        f"{_facts(given, 'what was delivered and when')}\nIf something about the work is in dispute, tell me in writing what exactly, and pay the part that is not. "
        "From the due date on I am owed interest under our contract or the law.",
        f"This is my final demand for {money} under {what}, due on {due}.{late} You received the work and have not disputed it:\n"
        f"{_facts(given, 'what was delivered, when, and how it was accepted')}\nIf the full amount is not in my account by {until}, I will take the next step without further "
        "notice: a claim in the small claims court, a complaint to the authority in charge, or a collection agency, and I will claim interest and costs.",
    )[given.step - 1]  # fmt: skip
    title = ("Reminder", "Second reminder", "Final demand")[given.step - 1]
    return _frame(given, f"{title}: {what}", body)


def _appeal(given: LetterInput, today: date, last: date | None, lines: list[str]) -> str:
    day = _day(given.happened_on) if given.happened_on else "[date of the notice]"
    name = given.platform.title() if given.platform else "[platform]"
    body = (
        f"My {name} account ({given.subject or '[account e-mail or number]'}) was closed or restricted on {day}. I ask you to review this decision by a person and to tell me the rule, "
        f"the event and the evidence it rests on.\n\nWhat happened, in order:\n{_facts(given, 'what happened, with dates, trip or order numbers')}\n\n"
        f"What shows it:\n" + ("\n".join(f"- {item}" for item in given.evidence) or "- [screenshots, records, messages]") +
        "\n\nI have followed the rules to my knowledge, and I will correct at once whatever you find wrong. Please restore the account, or name the next level of appeal, and pay out what I have earned until then."
    )  # fmt: skip
    return _frame(given, f"Appeal against the closure of my account, {day}", body)


def _dispute(given: LetterInput, today: date, last: date | None, lines: list[str]) -> str:
    what, money = given.subject or "[order number]", _money(given, given.amount, "amount")
    word = "the payment was called back" if given.kind == "chargeback" else "the order was cancelled or refunded"
    body = (
        f"I dispute the decision on {what} over {money}: {word} although the work was delivered.\n\nIn order:\n{_facts(given, 'what was agreed, delivered, approved, with dates')}\n\n"
        f"I attach the proof and ask you to restore the payment, or to tell me in writing by {_day(last) if last else '[day]'} which rule stands against it. "
        "I have not agreed to give up my rights to the work without payment, so the buyer has no licence to use it."
    )  # fmt: skip
    return _frame(given, f"Dispute: {what}", body)


def _clause(given: LetterInput, today: date, last: date | None, lines: list[str]) -> str:
    text = _CLAUSES[given.clause]
    if given.clause == "late_fee" and given.amount is not None:
        text = text.replace("[rate]", f"{given.amount.normalize():f}", 1)
    return f"{given.clause.replace('_', ' ').capitalize()}. {text}"


def _raise(given: LetterInput, today: date, last: date | None, lines: list[str]) -> str:
    old, new = _money(given, given.amount, "present rate"), _money(given, given.new_amount, "new rate")
    step = ""
    if given.amount and given.new_amount:
        step = f", a change of {share((given.new_amount - given.amount) / given.amount * 100)}"
    start = _day(given.happened_on) if given.happened_on else "[date, a month ahead or more]"
    body = (
        f"Thank you for the work so far on {given.subject or '[project]'}. From {start} my rate will be {new} in place of {old}{step}. Work already agreed stays at the old rate.\n\n"
        f"What you have had since we set the old rate:\n{_facts(given, 'two or three results, with numbers')}\n\nIf the budget is fixed, I can keep the total and reduce the scope; "
        "tell me which you prefer by the end of the week."
    )  # fmt: skip
    return _frame(given, f"My rate from {start}", body)


def _proposal(given: LetterInput, today: date, last: date | None, lines: list[str]) -> str:
    skills = (
        "\n".join(f"- {item}" for item in given.skills)
        or "- [one result that is close to this job, with a number and a link]"
    )
    price = _money(given, given.amount, "price or hourly rate")
    if given.kind == "cover_letter":
        body = (
            f"I am applying for {given.subject or '[position]'}. [One sentence on why this work and this company.]\n\nWhat I bring:\n{skills}\n\n{_told(given)}"
            "I would be glad to show this in a conversation; I can start on [date]."
        )  # fmt: skip
        return _frame(given, f"Application: {given.subject or '[position]'}", body)
    body = (
        f"[One sentence that repeats the client's problem in your words: {given.subject or 'what they need and by when'}.]\n\nHow I would do it: [first step, second step, what you deliver and when].\n\n"
        f"Close to this I have done:\n{skills}\n\n{_told(given)}My price is {price}, with [what is included]. One question so that I quote well: [question that is easy to answer]?"
    )  # fmt: skip
    return body + f"\n\n{given.me or '[your name]'}"


def _told(given: LetterInput) -> str:
    return "\n".join(line.rstrip(".") + "." for line in given.facts) + "\n\n" if given.facts else ""


_DRAFTS = {
    "late_payment": _late_payment, "deactivation_appeal": _appeal, "dispute": _dispute, "chargeback": _dispute,
    "contract_clause": _clause, "rate_increase": _raise, "proposal": _proposal, "cover_letter": _proposal,
}  # fmt: skip
EXAMPLES = (
    "Write an appeal, Uber deactivated me after a false complaint",
    "My client has not paid 600 for three weeks, draft a reminder",
    "Help me write a final demand for an unpaid invoice",
    "Draft a message to raise my rate from 25 to 32",
    "Write a proposal for a web design job",
    "I need a cover letter for a data entry position",
    "Write a clause about revisions for my contract",
    "Draft a dispute for a cancelled order on Fiverr",
    "How do I answer a chargeback, can you write it?",
    "Write a letter to DoorDash to get my account back",
    "Second reminder for an invoice that was due on 1 October",
    "A contract clause on who owns the work",
    "Tell my client politely that my price goes up",
    "Letter for a client who refuses to pay the last part",
    "Please draft an Upwork proposal for translating a manual",
    "Appeal letter for an account suspended without reason",
    "Write a late fee clause",
    "Draft a cancellation clause for freelance contracts",
    "Compose an email to a client who owes me 1,200",
    "Write a complaint because my gig order was refunded after delivery",
)
TOOL = Tool(
    "letter",
    "Drafts: late payment, appeal, dispute, clause, raise, proposal, with evidence and deadline",
    LetterInput,
    letter,
    EXAMPLES,
    fill=fill,
    needs="what happened, with whom and when, and what you want to reach",
)
