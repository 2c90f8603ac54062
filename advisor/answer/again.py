"""The last answer in another form: its sources, shorter, as a table, in another currency, how a sum was made.

These wishes bring no new question, so nothing is looked up anew: the question before is answered again and shown
differently. They work the same with and without a model.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal

from advisor.answer.extractive import compose
from advisor.answer.phrases import PHRASES
from advisor.schema import Answer, Brief, Citation, FactUsed, ToolResult

Wish = Literal["sources", "short", "table", "currency", "working"]

_PATTERNS: tuple[tuple[str, Wish], ...] = (
    (
        r"^\W*(?:and |ok(?:ay)?,? )?(?:(?:what|where)(?:'s| is| are)? )?(?:(?:your|the|any) )?"
        r"(?:sources?|citations?|references?|proof|links?)(?: please)?\W*$",
        "sources",
    ),
    (
        r"^\W*(?:where (?:is|did|does|are) (?:that|this|it|you)\b.{0,30}(?:from|get)?|how do you know(?: that)?|"
        r"says who|who says (?:that|so))\W*$",
        "sources",
    ),
    (
        r"^.{0,30}\b(?:simpler|shorter|in short|tl;?dr|too long|(?:plain|simple|easy|easier) (?:english|words|language)|"
        r"summar(?:y|i[sz]e)|eli5|like i'?m (?:5|five))\b.{0,25}$",
        "short",
    ),
    (
        r"^.{0,30}\b(?:as|in|make|into) (?:it |that |this )?(?:in)?(?:to )?a? ?table\b.{0,15}$|^\W*table(?: please)?\W*$",
        "table",
    ),
    (
        r"^.{0,30}\b(?:in|into|to) (?:us )?(?:euros?|eur|€|pounds?|gbp|£|dollars?|usd|rupees?|inr|naira|ngn|pesos?|php|"
        r"shillings?|kes|rand|zar|zloty|pln)\b.{0,50}$",
        "currency",
    ),
    (
        r"^\W*(?:why (?:is|so) (?:that|this|it|much|little)\b.{0,30}|how did you (?:get|work|calculate|come).{0,30}|"
        r"show (?:me )?(?:the|your) (?:sums?|calculation|working|math\w*|assumptions?).{0,15})$",
        "working",
    ),
)
_WISHES: tuple[tuple[re.Pattern[str], Wish], ...] = tuple((re.compile(p, re.IGNORECASE), wish) for p, wish in _PATTERNS)
_CODES = {
    "euro": "EUR", "eur": "EUR", "€": "EUR", "pound": "GBP", "gbp": "GBP", "£": "GBP", "dollar": "USD", "usd": "USD", "rupee": "INR",
    "inr": "INR", "naira": "NGN", "ngn": "NGN", "peso": "PHP", "php": "PHP", "shilling": "KES", "kes": "KES", "rand": "ZAR", "zar": "ZAR",
    "zloty": "PLN", "pln": "PLN",
}  # fmt: skip
_SIGNS = {"$": "USD", "£": "GBP", "€": "EUR", "₹": "INR"}
_MONEY = re.compile(r"\b(?P<code>[A-Z]{3}) (?P<a>\d[\d,]*(?:\.\d+)?)|(?P<sign>[$£€₹])(?P<b>\d[\d,]*(?:\.\d+)?)")
_RATE = re.compile(r"\b(?:at|rate(?: of| is)?|=|x)\s*(\d+(?:\.\d+)?)")
_SENTENCES = re.compile(r"(?<=\])\s+(?=[A-Z\"“*])|(?<=[.!?])\s+(?=[A-Z\"“](?![^\[]*$))")
_MAX_WORDS = 14


def wish_of(text: str) -> Wish | None:
    """Return what a person wishes of the last answer, or None when the text is a question of its own."""
    if len(text.split()) > _MAX_WORDS or re.search(r"\d\s*(?:hours?|miles?|h\b)", text):
        return None
    return next((wish for pattern, wish in _WISHES if pattern.search(text.strip())), None)


def last_question(history: Sequence[Mapping[str, str]]) -> int | None:
    """Return the position in `history` of the last question that was one of its own, or None."""
    for position in range(len(history) - 1, -1, -1):
        turn = history[position]
        if turn.get("role") == "user" and wish_of(turn["content"]) is None:
            return position
    return None


def without_wishes(history: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Return a conversation without wishes and the answers to them, which no later question leans on."""
    kept: list[Mapping[str, str]] = []
    skip = False
    for turn in history:
        if turn.get("role") == "user":
            skip = bool(kept) and wish_of(turn["content"]) is not None
        if not skip:
            kept.append(turn)
    return kept


def answer(wish: Wish, text: str, brief: Brief) -> Answer:
    """Return the answer of a brief in another form.

    Args:
        wish: What was wished.
        text: The words of the wish, which may hold an exchange rate.
        brief: The brief of the question before.
    """
    whole, citations = compose(brief)
    said = {
        "sources": lambda: _sources(citations, brief.results),
        "short": lambda: _short(whole, brief.results),
        "table": lambda: _table(brief.results, citations),
        "currency": lambda: _currency(text, whole),
        "working": lambda: _working(brief.results) or whole,
    }[wish]()
    kept = tuple(c for c in citations if wish == "sources" or f"[{c.n}]" in said)
    return Answer(text=said, citations=kept, results=brief.results if wish in {"table", "working"} else ())


def _sources(citations: Sequence[Citation], results: Sequence[ToolResult]) -> str:
    lines = []
    for cited in citations:
        date = f", {cited.as_of:%d %B %Y}".replace(", 0", ", ") if cited.as_of else ""
        lines.append(f"- {cited.title}, {cited.publisher} ({cited.source_kind}{date}): “{cited.quote}” [{cited.n}]")
    facts = dict.fromkeys(fact for result in results for fact in result.facts if fact.url)
    lines += [f"- {_fact_words(fact)}: {fact.url}" for fact in facts]
    return "\n".join((PHRASES["sources"], *lines)) if lines else PHRASES["no_result"]


def _fact_words(fact: FactUsed) -> str:
    known = [f"{value:g}" for value in (fact.low, fact.mid, fact.high) if value is not None]
    value = fact.text or " to ".join(dict.fromkeys(known)) + (f" {fact.unit}" if fact.unit else "")
    date = f", {fact.as_of:%B %Y}" if fact.as_of else ""
    return f"{fact.subject}, {fact.key} {value}{date}"


def _short(whole: str, results: Sequence[ToolResult]) -> str:
    """Return the first two sentences of an answer and its next step; a paper stays whole."""
    paper = next((result for result in results if result.tool in {"letter", "invoice"}), None)
    if paper is not None:
        return "\n".join(paper.summary)
    paragraphs = [p for p in whole.split("\n\n") if p not in PHRASES.values()]
    asked = [p for p in paragraphs if re.match(r"\*[^*].*\?\*\n", p)]
    if asked:
        return "\n\n".join("\n".join((p.split("\n")[0], _SENTENCES.split(p.split("\n")[1])[0])) for p in asked)
    first = next((p for p in paragraphs if not p.startswith(("-", "*", PHRASES["assumed"]))), paragraphs[0])
    lines = first.split("\n")
    sentences = _SENTENCES.split(lines[0])
    parts = [" ".join(sentences[:2]) if len(lines) == 1 else "\n".join(lines[:2])]
    parts += [p for p in paragraphs if p.startswith(f"**{PHRASES['next']}")]
    return "\n\n".join(parts)


def _table(results: Sequence[ToolResult], citations: Sequence[Citation]) -> str:
    for result in results:
        if result.table and result.table.rows:
            columns = result.table.columns
            return "\n".join(_row(cells) for cells in (columns, ["---"] * len(columns), *result.table.rows))
    if not citations:
        return PHRASES["no_result"]
    head = (("What", "Source", "Date", ""), ("---",) * 4)
    rows = [(c.quote, c.publisher, f"{c.as_of:%B %Y}" if c.as_of else "", f"[{c.n}]") for c in citations]
    return "\n".join(_row(cells) for cells in (*head, *rows))


def _row(cells: Sequence[object]) -> str:
    return "| " + " | ".join(" ".join(str(cell).replace("|", "/").split()) for cell in cells) + " |"


def _currency(text: str, whole: str) -> str:
    """Return an answer with each amount in the wished currency beside it, at the rate that the person names."""
    words = re.findall(r"[\w€£]+", text.lower())
    wished = [_CODES.get(word) or _CODES.get(word.rstrip("s")) for word in words]
    code = next((found for found in reversed(wished) if found), "")
    rate = _RATE.search(text)
    if not rate or not Decimal(rate[1]):
        return (
            f"I have no exchange rate for today and will not guess one. Look the rate up and tell me, in the form: "
            f"in {code or 'EUR'} at the rate you found for one unit of the other currency."
        )

    def beside(match: re.Match[str]) -> str:
        if (match["code"] or _SIGNS[match["sign"]]) == code:
            return match[0]
        value = (Decimal((match["a"] or match["b"]).replace(",", "")) * Decimal(rate[1])).quantize(Decimal("0.01"))
        return f"{match[0]} ({code} {value:,})"

    changed = _MONEY.sub(beside, whole)
    return changed if changed != whole else PHRASES["no_result"]


def _working(results: Sequence[ToolResult]) -> str:
    lines = [f"- {line}" for result in results for line in result.assumptions]
    lines += [f"- {_fact_words(f)}" for f in dict.fromkeys(f for r in results for f in r.facts)]
    return "\n".join((PHRASES["worked"], *lines)) if lines else ""
