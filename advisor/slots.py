"""Numbers and what they stand for in plain language: amounts with currency and time, hours, miles, percents, counts.

`read` turns a question into a `Request`, which every tool's `fill` takes its arguments from. Nothing here knows a tool.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from advisor.schema import Plan, Profile

_SIGNS = {"$": "USD", "us$": "USD", "£": "GBP", "€": "EUR", "₹": "INR", "rs": "INR", "rs.": "INR", "inr": "INR", "usd": "USD",
          "gbp": "GBP", "eur": "EUR", "₦": "NGN", "ngn": "NGN", "ksh": "KES", "kes": "KES", "₱": "PHP", "php": "PHP", "zar": "ZAR",
          "cad": "CAD", "aud": "AUD", "c$": "CAD", "a$": "AUD", "ca$": "CAD", "au$": "AUD", "brl": "BRL", "r$": "BRL", "pln": "PLN", "pkr": "PKR"}  # fmt: skip
_WORDS = {"dollar": "USD", "buck": "USD", "euro": "EUR", "pound": "GBP", "quid": "GBP", "rupee": "INR", "naira": "NGN",
          "shilling": "KES", "rand": "ZAR", "peso": "PHP", "zloty": "PLN", "reais": "BRL"}  # fmt: skip
_MULTIPLES = {"k": 1000, "thousand": 1000, "grand": 1000, "lakh": 100_000, "lakhs": 100_000, "lac": 100_000, "crore": 10_000_000,
              "m": 1_000_000, "million": 1_000_000}  # fmt: skip
_UNITS = {"%": "percent", "percent": "percent", "per cent": "percent", "pct": "percent", "hour": "hours", "hr": "hours", "h": "hours",
          "minute": "minutes", "min": "minutes", "mile": "miles", "mi": "miles", "km": "km", "kilometer": "km", "kilometre": "km",
          "week": "weeks", "wk": "weeks", "month": "months", "mo": "months", "year": "years", "yr": "years", "day": "days",
          "night": "nights", "mpg": "mpg", "kwh": "kwh"}  # fmt: skip
_PERIODS = {"hour": "hour", "hr": "hour", "h": "hour", "hourly": "hour", "day": "day", "daily": "day", "night": "night",
            "nightly": "night", "week": "week", "wk": "week", "weekly": "week", "month": "month", "mo": "month", "monthly": "month",
            "year": "year", "yr": "year", "yearly": "year", "annum": "year", "annually": "year", "mile": "mile", "trip": "trip"}  # fmt: skip
_NUMBER = re.compile(
    r"(?P<sign>us\$|ca\$|c\$|au\$|a\$|r\$|[$£€₹₦₱]|\b(?:rs\.?|inr|usd|gbp|eur|ngn|ksh|kes|php|zar|cad|aud|brl|pln|pkr)\b)?\s?"
    r"(?<![\w.])(?P<number>\d+(?:,\d{2,3})*(?:\.\d+)?|\.\d+)"
    r"(?:\s?(?P<multiple>k|thousand|grand|lakhs?|lac|crore|million|m(?!\w|i))\b)?"
    r"(?:[\s-]?(?P<word>[$£€](?!\s?\d)|cents?|¢|c(?=\s?(?:an?|per|each|/)\b)|pence|usd|gbp|eur|inr|ngn|kes|php|zar|cad|aud|brl|pln|pkr|dollars?|bucks?|euros?|pounds?|quid|rupees?|naira|shillings?|rand|pesos?|zloty|reais)(?![a-z]))?"
    r"(?:(?:\s(?:delivery|business|work|driving|gig|paid|billable|working|online|free|extra|total|city|highway))?[\s-]?"
    r"(?P<unit>%|(?:percent|per cent|pct|hours?|hrs?|h|minutes?|mins?|miles?|mi|kilomet(?:er|re)s?|kms?|weeks?|wks?|months?|mos?|years?|yrs?|days?|nights?|mpg|kwh)\b))?"
    r"(?:\s?(?:per|an?|each|every|last|this|/)\s?(?P<per>hours?|hr|h|days?|nights?|weeks?|wk|months?|mo|years?|yr|annum|miles?|trips?)\b|[\s-](?P<adverb>hourly|daily|nightly|weekly|monthly|yearly|annually)\b)?",
    re.IGNORECASE,
)
_CURRENCY_OF = {"US": "USD", "GB": "GBP", "IN": "INR", "CA": "CAD", "AU": "AUD", "NG": "NGN", "KE": "KES", "PH": "PHP", "ZA": "ZAR",
                "BR": "BRL", "PL": "PLN", "PK": "PKR", **dict.fromkeys("DE FR ES IT NL AT BE IE PT FI GR".split(), "EUR")}  # fmt: skip


_TIMES = re.compile(
    r"\b([1-7]) (?:evenings?|nights?|days?|mornings?|afternoons?|shifts?|times?)\b[^\d.?!]{0,24}?\b(1?\d(?:\.5)?) ?(?:hours?|hrs?|h)\b"
    r"(?! (?:a|per|every) week)",
    re.IGNORECASE,
)
"""So many times a week so many hours: "3 evenings a week, 4 hours each"."""

ALIKE = 0.6
"""Cosine with an example from which a question counts as asking for that tool, whatever its words."""


@dataclass(frozen=True)
class Number:
    """A number of a text with its unit (`money`, `hours`, `percent`, `count` …), currency, period, and the words around it."""

    value: Decimal
    unit: str
    currency: str
    per: str
    before: str
    after: str
    text: str

    def is_near(self, pattern: str, *, after: bool = True) -> bool:
        """Return whether the words shortly before it, or after it, match."""
        return bool(re.search(pattern, self.before, re.I) or (after and re.search(pattern, self.after, re.I)))


@dataclass(frozen=True)
class Request:
    """A question as tools see it."""

    text: str
    plan: Plan
    profile: Profile
    numbers: tuple[Number, ...]
    kinds: Mapping[str, str] = field(default_factory=dict)
    """Kind of guide of each entity, for instance `path`."""
    likeness: Mapping[str, float] = field(default_factory=dict)
    """Cosine with the nearest example of each tool."""
    wanted: str = ""
    """The tool that the question as a whole asks for, as far as its wording tells."""

    def wants(self, tool: str) -> bool:
        """Return whether the question as a whole asks for a tool, so that its `fill` gives what is there, complete or not."""
        return self.wanted == tool

    def is_like(self, tool: str) -> bool:
        """Return whether the question lies near an example of a tool, nearer than to those of any other."""
        near = self.likeness.get(tool, 0.0)
        return near >= ALIKE and near == max(self.likeness.values(), default=0.0)

    def all(self, unit: str, per: str | None = None) -> list[Number]:
        """Return the numbers of a unit, with a period or without one when `per` is empty."""
        return [n for n in self.numbers if n.unit == unit and (per is None or n.per == per)]

    def one(self, unit: str, per: str | None = None, near: str = "", *, after: bool = True) -> Decimal | None:
        """Return the first number of a unit and period, near some words when given."""
        found = [n for n in self.all(unit, per) if not near or n.is_near(near, after=after)]
        return found[0].value if found else None

    @property
    def currency(self) -> str:
        """Return the currency that was written, else the country's, else US dollars."""
        written = next((n.currency for n in self.numbers if n.currency), "")
        return written or _CURRENCY_OF.get(self.plan.country, "USD")

    @property
    def hours_per_week(self) -> Decimal | None:
        """Return hours a week as written, or as in the profile."""
        written = self.one("hours", "week")
        times = _TIMES.search(with_digits(self.text)) if written is None else None
        if times:
            written = Decimal(times[1]) * Decimal(times[2])
        if written is None and (daily := self.one("hours", "day")) is not None and daily <= 16:
            written = daily * (5 if self.has(r"\b(?:weekdays?|working days?|monday to friday|mon-fri)\b") else 7)
        if written is None and self.profile.hours_per_week:
            return Decimal(str(self.profile.hours_per_week))
        return written

    def entity(self, *kinds: str) -> str:
        """Return the first named subject of one of the kinds, or an empty string."""
        return next((e for e in self.plan.entities if self.kinds.get(e) in kinds), "")

    def has(self, pattern: str) -> bool:
        """Return whether the text matches a pattern, whatever the case."""
        return bool(re.search(pattern, self.text, re.I))


def read(plan: Plan, profile: Profile, kinds: Mapping[str, str]) -> Request:
    """Return the request of a plan."""
    return Request(plan.query, plan, profile, numbers_in(plan.query), _kinds(plan, kinds))


def read_follow_up(plan: Plan, profile: Profile, kinds: Mapping[str, str]) -> Request:
    """Return the request of a question that leans on the one before: what it says now replaces what was said then."""
    numbers: list[Number] = []
    for text in (plan.question, *plan.context):
        here = numbers_in(text)
        said = {number.unit for number in numbers}
        # "And with 30 hours?" after "25 hours a week" means hours a week.
        if numbers and numbers[0].unit == "count" and len(numbers) == 1 and here:
            # "And if I work 40?" after "30 hours a week at 22 an hour": the nearest of them is meant.
            meant = min(
                here, key=lambda n: abs(math.log(max(float(n.value), 0.01) / max(float(numbers[0].value), 0.01)))
            )
            numbers = [replace(numbers[0], unit=meant.unit, per=meant.per, currency=meant.currency)]
            said = {meant.unit}
        periods = {number.unit: number.per for number in here if number.per}
        numbers = [replace(n, per=n.per or periods.get(n.unit, "")) for n in numbers]
        numbers += [number for number in here if number.unit not in said]
    whole = " ".join((*reversed(plan.context), plan.question))
    return Request(whole, plan, profile, tuple(numbers), _kinds(plan, kinds))


def _kinds(plan: Plan, kinds: Mapping[str, str]) -> dict[str, str]:
    return {entity: kinds.get(entity, "") for entity in plan.entities}


_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_DATE = re.compile(
    r"\b(?P<iso>\d{4}-\d{2}-\d{2})\b|\b(?P<d1>\d{1,2})(?:st|nd|rd|th)? (?:of )?(?P<m1>[a-z]{3,9})\.?(?:,? (?P<y1>20\d\d))?\b"
    r"|\b(?P<m2>[a-z]{3,9})\.? (?P<d2>\d{1,2})(?:st|nd|rd|th)?(?:,? (?P<y2>20\d\d))?\b",
    re.IGNORECASE,
)


_CUT = re.compile(r"[,;.!?:()](?!\d)|\b(?:and|but|plus|while|which|then)\b| [-–] ")


def clause(number: Number) -> tuple[str, str]:
    """Return the words of the number's own clause before it and after it, up to 34 letters each."""
    before = _CUT.split(number.before)[-1]
    after = _CUT.split(number.after, maxsplit=1)[0]
    return before, after


def role_of(number: Number, cues: Mapping[str, str]) -> str:
    """Return the role whose words stand nearest to a number in its own clause, or nothing.

    Args:
        number: A number of a text.
        cues: Role -> a pattern of the words that show it; of two at one distance the first counts.
    """
    before, after = clause(number)
    found: list[tuple[int, int, str]] = []
    for order, (role, words) in enumerate(cues.items()):
        pattern = re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
        ahead = [len(before) - match.end() for match in pattern.finditer(before)]
        # What follows a number describes it a little less often than what leads to it.
        behind = [match.start() + 4 for match in pattern.finditer(after)]
        if ahead or behind:
            found.append((min(ahead + behind), order, role))
    return min(found)[2] if found else ""


def date_in(text: str, today: date) -> date | None:
    """Return the first date that a text names; without a year the last such day that is not after `today`."""
    for match in _DATE.finditer(text):
        try:
            if match["iso"]:
                return date.fromisoformat(match["iso"])
            word = (match["m1"] or match["m2"]).lower()
            month = next((n for n, name in enumerate(_MONTHS, 1) if len(word) >= 3 and name.startswith(word)), 0)
            day, year = int(match["d1"] or match["d2"]), match["y1"] or match["y2"]
            if not month:
                continue
            found = date(int(year) if year else today.year, month, day)
        except ValueError:
            continue
        return found if year or found <= today else found.replace(year=today.year - 1)
    return None


def _plain(number: str, currency: str) -> str:
    """Return a number without separators; "50.000 euros" is fifty thousand, as written where the comma is decimal."""
    points_group = re.fullmatch(r"\d{1,3}(?:\.\d{3})+", number)
    is_continental = re.search(r"€|eur|r\$|brl|reais|pln|zloty", currency, re.IGNORECASE)
    if points_group and (is_continental or number.count(".") > 1):
        return number.replace(".", "")
    return number.replace(",", "")


_UNITS_IN_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS_IN_WORDS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_IN_WORDS = {word: n for n, word in enumerate(_UNITS_IN_WORDS)} | {
    word: 10 * n for n, word in enumerate(_TENS_IN_WORDS, 2)
}
_WRITTEN = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(_TENS_IN_WORDS)})[ -](?P<ones>{'|'.join(_UNITS_IN_WORDS[1:10])})|(?P<simple>{'|'.join(_IN_WORDS)}))"
    r"(?P<hundred> hundred)?\b(?P<ahead>[ -]\w+)?",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"[ -](?:hours?|hrs?|minutes?|mins?|days?|weeks?|months?|years?|miles?|dollars?|bucks?|euros?|pounds?|quid|cents?|jobs?|wins?|repl(?:y|ies)|nights?|evenings?)$",
    re.IGNORECASE,
)


def with_digits(text: str) -> str:
    """Return a text whose number words are digits: "seventy five" is 75, "12 hundred" 1200, "half an hour" 30 minutes.

    "One" is left where nothing counted follows, since it mostly stands for a thing: "which one".
    """

    def digits(match: re.Match[str]) -> str:
        ahead = match["ahead"] or ""
        if (match["simple"] or "").lower() == "one" and not match["hundred"] and not _COUNTED.match(ahead):
            return match[0]
        value = (
            _IN_WORDS[match["simple"].lower()]
            if match["simple"]
            else _IN_WORDS[match["tens"].lower()] + _IN_WORDS[match["ones"].lower()]
        )
        return f"{value * (100 if match['hundred'] else 1)}{ahead}"

    text = re.sub(r"\ban hour and a half\b", "90 minutes", text, flags=re.IGNORECASE)
    text = re.sub(r"\bhalf an hour\b", "30 minutes", text, flags=re.IGNORECASE)
    text = re.sub(r"\ba (hundred|thousand)\b", r"1 \1", text, flags=re.IGNORECASE)
    text = _WRITTEN.sub(digits, text)
    return re.sub(r"\b(\d{1,2}) hundred\b", lambda match: str(int(match[1]) * 100), text, flags=re.IGNORECASE)


_FORMS = re.compile(
    r"\b(?:1099(?:-?[a-z]{1,4})?|1040(?:-?[a-z]{1,2})?|w-?[29]|w-?8\s?ben|401\s?\(?k\)?|form \d{3,4}|section \d+\w*)\b",
    re.IGNORECASE,
)
"""Names of forms and laws whose number counts nothing."""


def numbers_in(text: str) -> tuple[Number, ...]:
    """Return every number of a text with what it stands for."""
    text = _FORMS.sub(lambda form: re.sub(r"\d", "x", form[0]), with_digits(text))
    found = []
    for match in _NUMBER.finditer(text):
        value = Decimal(_plain(match["number"], match["sign"] or match["word"] or ""))
        value *= _MULTIPLES.get((match["multiple"] or "").lower(), 1)
        word = (match["word"] or "").lower()
        if word in {"cent", "cents", "¢", "c", "pence"}:
            value, word = value / 100, "pounds" if word == "pence" else "dollars"
        currency = (
            _SIGNS.get((match["sign"] or "").lower().strip(), "")
            or _SIGNS.get(word, "")
            or _WORDS.get(word.rstrip("s"), "")
        )
        unit = (match["unit"] or "").lower()
        unit = _UNITS.get(unit) or _UNITS.get(unit.rstrip("s"), "")
        period = (match["per"] or match["adverb"] or "").lower()
        per = _PERIODS.get(period) or _PERIODS.get(period.rstrip("s"), "")
        if currency:
            unit = "money"
        elif not unit:
            is_year = re.fullmatch(r"(?:19|20)\d\d", match["number"]) and not per
            unit = "year" if is_year else "money" if per and per not in {"trip"} else "count"
        # The pattern may have taken the space: words in front are always followed by one.
        if re.search(r"\bper $", text[: match.start()].lower().rstrip() + " ") and not match["sign"]:
            continue  # "28 kWh per 100 miles" counts no miles
        if unit == "hours" and not per and re.match(r" (?:week|wk)\b", text[match.end() :], re.IGNORECASE):
            per = "week"
        before = text[max(0, match.start() - 34) : match.start()].lower().rstrip() + " "
        after = text[match.end() : match.end() + 34].lower()
        found.append(Number(value, unit, currency, per, before, after, match[0].strip()))
    return tuple(found)
