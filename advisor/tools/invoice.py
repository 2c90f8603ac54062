"""A numbered invoice with tax lines, due date, late fee and reminders; HTML, and PDF through reportlab."""

from datetime import date, timedelta
from decimal import Decimal
from html import escape
from typing import Any

from pydantic import Field

from advisor.facts import Facts, used
from advisor.schema import Fact, Frozen, Table, ToolResult
from advisor.tools import Tool
from advisor.tools.invoice_words import fill
from advisor.tools.words import cents, share


class Item(Frozen):
    """One line of the invoice."""

    description: str = Field(min_length=1, max_length=300, description="What was delivered.")
    quantity: Decimal = Field(Decimal(1), gt=0, le=10**6, description="How many units or hours.")
    unit: str = Field("", max_length=20, description="For instance hours or pieces.")
    price: Decimal = Field(ge=0, le=10**8, description="Price of one unit, without tax.")
    tax_percent: Decimal | None = Field(
        None, ge=0, le=50, description="Tax of this line; that of the invoice when empty."
    )


class InvoiceInput(Frozen):
    """Who bills whom for what."""

    seller: str = Field(min_length=1, max_length=500, description="Your name and address, lines separated by newlines.")
    client: str = Field(min_length=1, max_length=500, description="The client's name and address.")
    items: tuple[Item, ...] = Field(min_length=1, max_length=200, description="What is billed.")
    number: str = Field(
        "", max_length=40, description="Invoice number; made from the date when empty. Never use one twice."
    )
    issued: date | None = Field(None, description="Day of the invoice; today when empty.")
    delivered: date | None = Field(None, description="Day or end of the work, where the law wants it on the invoice.")
    due_days: int = Field(14, ge=0, le=365, description="Days until payment is due.")
    tax_name: str = Field("", max_length=20, description="For instance VAT, GST or sales tax; empty for none.")
    tax_percent: Decimal = Field(Decimal(0), ge=0, le=50, description="Tax rate on lines without their own.")
    tax_number: str = Field("", max_length=40, description="Your tax or VAT number.")
    tax_note: str = Field("", max_length=300, description="For instance why no tax is charged.")
    late_percent: Decimal | None = Field(
        None, ge=0, le=50, description="Agreed interest on late payment, percent a year."
    )
    country: str = Field(
        "", pattern="^([A-Z]{2})?$", description="Country whose late payment law applies, as a two-letter code."
    )
    pay_to: str = Field("", max_length=500, description="Bank details or payment link.")
    currency: str = Field("USD", pattern="^[A-Z]{3}$", description="ISO 4217 code, for instance USD.")


def invoice(given: InvoiceInput, facts: Facts, today: date) -> ToolResult:
    """Return an invoice with totals per tax rate, the due date, interest on late payment and a ladder of reminders.

    Each line is rounded to the cent, tax is computed on the sum of the lines of one rate (the method of Article 226 of
    Directive 2006/112/EC, taxable amount per rate). Interest on late payment is simple: amount * rate / 365 a day.

    Args:
        given: The parts of the invoice.
        facts: Where the rate of late payment law is looked up (`late-payment-law`).
        today: The day of issue when none is given.
    """
    issued = given.issued or today
    due = issued + timedelta(days=given.due_days)
    number = given.number or f"{issued:%Y%m%d}-01"
    lines = [(item, cents(item.quantity * item.price)) for item in given.items]
    net = sum((value for _, value in lines), Decimal(0))
    taxes: dict[Decimal, Decimal] = {}
    for item, value in lines:
        rate = given.tax_percent if item.tax_percent is None else item.tax_percent
        taxes[rate] = taxes.get(rate, Decimal(0)) + value
    tax_lines = [(rate, base, cents(base * rate / 100)) for rate, base in sorted(taxes.items())]
    tax = sum((value for _, _, value in tax_lines), Decimal(0))
    total = net + tax
    late, fact = _late(given, facts, today)
    per_day = cents(total * late / 100 / 365) if late is not None else None
    code = given.currency
    ladder = [
        (due + timedelta(days=1), "a friendly reminder with the invoice attached"),
        (due + timedelta(days=8), "a second reminder that names a last day and the interest"),
        (
            due + timedelta(days=22),
            "a final demand that says what follows: small claims, a labour office or a collector",
        ),
    ]
    summary = [
        f"Invoice {number} over {code} {total:,.2f}, issued {_day(issued)}, is due on {_day(due)}.",
        f"It comes from {code} {net:,.2f} of work and {code} {tax:,.2f} of {given.tax_name or 'tax'}.",
        *([f"Late payment costs the client {code} {per_day:,.2f} a day at {share(late)} a year."] if per_day and late is not None else []),
        "If no money comes, send " + "; ".join(f"on {_day(day)} {what}" for day, what in ladder) + ".",
    ]  # fmt: skip
    parts: dict[str, Any] = {
        "number": number, "issued": issued.isoformat(), "due": due.isoformat(), "net": float(net), "tax": float(tax),
        "total": float(total), "late_per_day": None if per_day is None else float(per_day),
        "reminders": [[day.isoformat(), what] for day, what in ladder],
        "taxes": [[float(rate), float(base), float(value)] for rate, base, value in tax_lines],
    }  # fmt: skip
    rows = tuple(
        (item.description, f"{item.quantity:f} {item.unit}".strip(), float(item.price), float(value))
        for item, value in lines
    )
    return ToolResult(
        tool="invoice",
        input=given.model_dump(mode="json"),
        output=parts | {"html": html(given, parts, rows)},
        summary=tuple(summary),
        assumptions=(
            "Which tax you must charge and what must stand on an invoice depends on your country; the rule guides say where to look.",
            *((f"The interest is that of the law, as {fact.source.publisher} stated in {fact.as_of:%B %Y}.",) if fact and fact.as_of else ()),
        ),
        facts=(used(fact),) if fact else (),
        table=Table(columns=("What", "Quantity", f"Price ({code})", f"Amount ({code})"), rows=rows),
    )  # fmt: skip


def _late(given: InvoiceInput, facts: Facts, today: date) -> tuple[Decimal | None, Fact | None]:
    if given.late_percent is not None:
        return given.late_percent, None
    if given.country:
        for fact in facts.find("late-payment-law", "rate.interest", on=today, region=given.country):
            value = next((v for v in (fact.mid, fact.low, fact.high) if v is not None), None)
            if value is not None and fact.unit == "percent" and fact.region != "global":
                return Decimal(str(value)), fact
    return None, None


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def html(given: InvoiceInput, parts: dict[str, Any], rows: tuple[tuple[Any, ...], ...]) -> str:
    """Return the invoice as one HTML page without scripts and without anything from elsewhere."""
    code = given.currency

    def lines(text: str) -> str:
        return "<br>".join(escape(line) for line in text.splitlines())

    body = "".join(
        f"<tr><td>{escape(what)}</td><td>{escape(count)}</td><td class=n>{price:,.2f}</td><td class=n>{value:,.2f}</td></tr>"
        for what, count, price, value in rows
    )
    taxes = "".join(
        f"<tr><td colspan=3>{escape(given.tax_name or 'Tax')} {share(rate)} of {base:,.2f}</td><td class=n>{value:,.2f}</td></tr>"
        for rate, base, value in parts["taxes"] if rate
    )  # fmt: skip
    notes = [given.tax_note, f"Tax number: {given.tax_number}" if given.tax_number else "",
             f"Work done: {_day(given.delivered)}" if given.delivered else "", given.pay_to]  # fmt: skip
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Invoice " + escape(parts["number"]) + "</title><style>"
        "body{font:15px/1.5 sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}table{width:100%;border-collapse:collapse}"
        "td,th{padding:.4rem;border-bottom:1px solid #ccc;text-align:left}.n{text-align:right}h1{font-size:1.6rem}</style>"
        f"<h1>Invoice {escape(parts['number'])}</h1><p>{lines(given.seller)}</p><p><b>To</b><br>{lines(given.client)}</p>"
        f"<p>Date: {parts['issued']}<br>Due: <b>{parts['due']}</b></p><table><tr><th>What<th>Quantity<th class=n>Price<th class=n>Amount ({code})</tr>"
        f"{body}<tr><td colspan=3>Net</td><td class=n>{parts['net']:,.2f}</td></tr>{taxes}"
        f"<tr><td colspan=3><b>Total</b></td><td class=n><b>{code} {parts['total']:,.2f}</b></td></tr></table>"
        + "".join(f"<p>{lines(note)}</p>" for note in notes if note) + "</html>"
    )  # fmt: skip


def pdf(result: ToolResult) -> bytes:
    """Return the invoice of a result as a PDF of A4 pages."""
    from advisor.tools.paper import Paper

    given = InvoiceInput.model_validate(result.input)
    parts, code = result.output, given.currency
    paper = Paper(f"Invoice {parts['number']}")
    paper.lines(given.seller)
    paper.heading("To", small=True)
    paper.lines(given.client)
    paper.text(f"Date: {parts['issued']}    Due: {parts['due']}")
    table: list[tuple[str, ...]] = [("What", "Quantity", "Price", f"Amount ({code})")]
    table += [(str(a), str(b), f"{c:,.2f}", f"{d:,.2f}") for a, b, c, d in (result.table.rows if result.table else ())]
    table.append(("Net", "", "", f"{parts['net']:,.2f}"))
    table += [(f"{given.tax_name or 'Tax'} {share(r)}", "", "", f"{v:,.2f}") for r, _, v in parts["taxes"] if r]
    table.append(("Total", "", "", f"{code} {parts['total']:,.2f}"))
    paper.table(table)
    for note in (given.tax_note, f"Tax number: {given.tax_number}" if given.tax_number else "", given.pay_to):
        if note:
            paper.lines(note)
    return paper.done()


EXAMPLES = (
    "Make an invoice for 10 hours at 40 to Acme",
    "Write me an invoice over 500 dollars due in 30 days",
    "How do I bill a client with VAT?",
    "Create an invoice for logo design, 350 euros",
    "I need a bill for 3 articles at 80 each",
    "Invoice with 20% VAT for 12 hours",
    "Generate an invoice with a late fee",
    "Bill my client 1,200 for web development",
    "Invoice template for a sole trader",
    "Can you draft an invoice numbered 2026-014?",
    "Invoice in pounds for tutoring, 6 lessons at 30",
    "What should stand on my invoice?",
    "Make a PDF invoice for my cleaning work",
    "When do I send reminders for an unpaid bill?",
    "Invoice for 4 days at 300 a day, payable in 14 days",
    "Bill with GST for an Indian client",
    "I have to send an invoice for translation, 5,000 words at 0.08",
    "Draw up an invoice without tax because I am a small business",
    "Interest on an invoice that is overdue",
    "Invoice for two items and shipping",
)
TOOL = Tool(
    "invoice",
    "A numbered invoice with tax, due date, late fee and reminders",
    InvoiceInput,
    invoice,
    EXAMPLES,
    exports={"pdf": pdf},
    fill=fill,
    needs="who the invoice is for, what you did, and the amount or the hours and your rate",
)
