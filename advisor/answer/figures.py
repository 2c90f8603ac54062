"""Numbers, dates and form names in running text, in comparable form; it knows spellings, not meanings.

`1,000`, `1.000`, `$1k`, `ten percent`, `10 %`, `0–15%`, `1 May 2025`, `1099-K`: a claim's figure is `found` among those
of its evidence when value and unit agree, whatever the spelling.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

_CODES = "USD|EUR|GBP|CAD|AUD|NZD|INR|JPY|CHF|SEK|NOK|DKK|PLN|BRL|MXN|ZAR|KES|NGN|PHP|PKR|BDT|IDR|SGD|HKD|ETH"
_SIGNS = {"$": "$", "US$": "$", "C$": "$", "A$": "$", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}
_DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "$"})
_UNIT_WORDS = {
    "%": "percent", "percent": "percent", "per cent": "percent", "pct": "percent", "prozent": "percent",
    "dollar": "$", "buck": "$", "cent": "", "euro": "EUR", "pound": "GBP", "rupee": "INR",
    "hour": "hour", "hr": "hour", "minute": "minute", "min": "minute", "day": "day", "business day": "day",
    "working day": "day", "week": "week", "month": "month", "year": "year", "mile": "mile", "km": "km",
}  # fmt: skip
_UNIT = "|".join(sorted((re.escape(word) for word in _UNIT_WORDS), key=len, reverse=True))
_MULTIPLES = {
    "k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9,
    "lakh": 1e5, "crore": 1e7, "hundred": 1e2,
}  # fmt: skip
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DATE = re.compile(
    r"\b(?P<iso>\d{4}-\d{2}(?:-\d{2})?)\b(?!-)"
    r"|\b(?P<slash>\d{1,2}/\d{1,2}/\d{4})\b"
    rf"|\b(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH.format('m1')}(?:,?\s(?P<y1>\d{{4}})\b)?"
    rf"|\b{_MONTH.format('m2')}\s(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?![.,]?\d)(?:,?\s(?P<y2>\d{{4}})\b)?"
    rf"|\b{_MONTH.format('m3')},?\s(?P<y3>\d{{4}})\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    rf"\b(?!(?:{_CODES})\d)(?:[A-Z][A-Za-z]*-?\d[\w]*(?:-[A-Z0-9]+)*|[a-z]+\d\w*)\b"
    r"|\b\d{3,4}-[A-Z]{1,5}\b|\b\d{3}\([a-z]\)|\b\d+(?:[-/]\d+){2,}\b|\b\d{1,2}:\d{2}\b|\b24/7\b|\b\d+[A-Z](?!\w)"
)
_NUMBER = re.compile(
    rf"(?:(?:(?P<sign>US\$|C\$|A\$|[$€£¥₹])|\b(?P<code>{_CODES}))[ \u00a0]?)?"
    r"(?P<number>(?<![\w.])\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?![\d])|\d+(?:[.,'’]\d+)*)"
    r"(?:[ \u00a0-]?(?P<multiple>k|m|mn|bn|b|thousand|million|billion|lakh|crore)\b)?\+?(?:st|nd|rd|th)?"
    rf"(?:[ \u00a0-]?(?P<unit>{_UNIT}|{_CODES}|€|£)(?:s\b|\b|(?<=[%€£])))?",
    re.IGNORECASE,
)
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORD_VALUES = {word: float(value) for value, word in enumerate(_SMALL)} | {
    word: 20.0 + 10 * index for index, word in enumerate(_TENS)
}
_WORDS = re.compile(
    rf"\b(?P<word>{'|'.join(sorted(_WORD_VALUES, key=len, reverse=True))})(?:[- ](?P<ones>{'|'.join(_SMALL[1:10])}))?"
    rf"(?:[ -](?P<multiple>hundred|thousand|million|billion))?(?:[ -](?P<unit>{_UNIT})s?)?\b"
    r"(?!\s(?:things?|ways?|options?|points?|reasons?|steps?|questions?|parts?|kinds?|sides?|of the))",
    re.IGNORECASE,
)
_FRACTIONS = re.compile(
    r"\b(?P<half>half(?!-))\b|\b(?P<third>(?:a|one)[- ]third)\b|\b(?P<quarter>(?:a|one)[- ]quarter of)\b"
    r"|\b(?P<thirds>two[- ]thirds)\b|\b(?P<quarters>three[- ]quarters)\b|\b(?P<double>twice|doubles?|doubled)\b"
    r"|\b(?P<triple>triples?|tripled)\b|\b(?P<dozen>dozens?)\b",
    re.IGNORECASE,
)
_FRACTION_VALUES: dict[str, tuple[float, ...]] = {
    "half": (0.5, 50), "third": (1 / 3, 33, 33.3), "quarter": (0.25, 25), "thirds": (2 / 3, 66.7, 67, 66),
    "quarters": (0.75, 75), "dozen": (12,),
}  # fmt: skip
_RANGE = re.compile(r"^\+?\s?(?:[-–—−]|to|bis|à)\s?$", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+|\]\([^)]*\)")
_HEDGE = re.compile(r"(?:about|around|roughly|approximately|nearly|almost|some|~|≈)\s?$", re.IGNORECASE)


@dataclass(frozen=True)
class Figure:
    """A number, date or numbered name as written in a text.

    Attributes:
        text: As written.
        start: Where it begins.
        values: Readings of a number; `1.000` has two.
        unit: Canonical unit, `calendar` for a bare year, empty when none is written.
        keys: Readings of a date (`2025-05-01`, `2025-05`, `--05-01`) or of a name in lower case.
        decimals: Digits after the decimal sign.
        hedged: Whether the text says about, around, nearly.
    """

    text: str
    start: int
    values: tuple[float, ...] = ()
    unit: str = ""
    keys: tuple[str, ...] = ()
    decimals: int = 0
    hedged: bool = False


def _readings(number: str) -> tuple[tuple[float, ...], int]:
    number = re.sub(r"[\s'’]", "", number)
    groups = re.split(r"[.,]", number)
    whole = float("".join(groups))
    if len(groups) == 1:
        return (whole,), 0
    decimals = len(groups[-1])
    last = number[len(number) - decimals - 1]
    decimal = float("".join(groups[:-1]) + "." + groups[-1])
    if len(groups) > 2:
        mixed = last not in number[: len(number) - decimals - 1]
        return ((decimal,), decimals) if mixed else ((whole,), 0)
    if decimals != 3 or number.startswith("0"):
        return (decimal,), decimals
    return ((whole,), 0) if last == "," else ((whole, decimal), 0)


def _date(found: re.Match[str]) -> Figure:
    part = found.groupdict()
    if part["iso"]:
        keys: tuple[str, ...] = (part["iso"],)
    elif part["slash"]:
        first, second, year = part["slash"].split("/")
        keys = (f"{year}-{int(second):02}-{int(first):02}", f"{year}-{int(first):02}-{int(second):02}")
    else:
        month = _MONTHS.index((part["m1"] or part["m2"] or part["m3"])[:3].lower()) + 1
        day, year = part["d1"] or part["d2"], part["y1"] or part["y2"] or part["y3"]
        keys = (f"{year or '-'}-{month:02}" + (f"-{int(day):02}" if day else ""),)
    return Figure(found.group(), found.start(), keys=keys)


def _number(found: re.Match[str], text: str) -> Figure:
    values, decimals = _readings(found["number"])
    times = _MULTIPLES.get((found["multiple"] or "").lower(), 1.0)
    suffix = (found["unit"] or "").lower()
    unit = _SIGNS.get((found["sign"] or "").upper(), "") or (found["code"] or "").upper()
    unit = unit or _UNIT_WORDS.get(suffix, _SIGNS.get(suffix, suffix.upper()))
    if not unit and times == 1 and re.fullmatch(r"(?:19|20)\d\d", found["number"]):
        unit = "calendar"
    hedged = bool(_HEDGE.search(text[max(0, found.start() - 16) : found.start()]))
    return Figure(found.group(), found.start(), tuple(value * times for value in values), unit, (), decimals, hedged)


def _fraction(found: re.Match[str]) -> Figure:
    kind = found.lastgroup or ""
    values = _FRACTION_VALUES.get(kind, ())
    return Figure(found.group(), found.start(), values, keys=() if values else (f"({kind})",))


def _worded(found: re.Match[str]) -> Figure | None:
    word, unit = found["word"].lower(), _UNIT_WORDS.get((found["unit"] or "").lower(), "")
    if word == "one" and not unit and not found["multiple"]:
        return None
    value = _WORD_VALUES[word] + (_WORD_VALUES[found["ones"].lower()] if found["ones"] and word in _TENS else 0)
    return Figure(found.group(), found.start(), (value * _MULTIPLES.get((found["multiple"] or "").lower(), 1),), unit)


@lru_cache(maxsize=2048)
def figures(text: str) -> tuple[Figure, ...]:
    """Return every figure of a text in order; addresses are skipped, the ends of a range share their unit."""
    text = _ADDRESS.sub(lambda found: " " * len(found.group()), text)
    done: list[Figure] = []

    def blank(pattern: re.Pattern[str], make: "object") -> None:
        nonlocal text
        for found in pattern.finditer(text):
            figure = make(found)  # type: ignore[operator]
            if figure is not None:
                done.append(figure)
        text = pattern.sub(lambda found: "\0" * len(found.group()), text)

    blank(_DATE, _date)
    blank(_NAME, lambda found: Figure(found.group(), found.start(), keys=(found.group().lower(),)))
    blank(_FRACTIONS, _fraction)
    source = text
    blank(_NUMBER, lambda found: _number(found, source))
    blank(_WORDS, _worded)
    done.sort(key=lambda figure: figure.start)
    for index in range(len(done) - 1):
        low, high = done[index], done[index + 1]
        if low.values and high.values and _RANGE.match(source[low.start + len(low.text) : high.start]):
            if low.unit in {"", "calendar"} and high.unit not in {"", "calendar"}:
                done[index] = replace(low, unit=high.unit)
            elif high.unit == "" and low.unit not in {"", "calendar"}:
                done[index + 1] = replace(high, unit=low.unit)
            times = _MULTIPLES.get(re.sub(r"[^a-z]", "", high.text.lower().removesuffix(high.unit)), 1)
            if times > 1 and low.values[0] < 1000:
                done[index] = replace(done[index], values=(*low.values, *(value * times for value in low.values)))
    return tuple(done)


def _same_unit(one: str, other: str) -> bool:
    if one == other or not one or not other:
        return True
    return {one, other} <= _DOLLARS and "$" in {one, other}


def _same_date(claim: str, evidence: str) -> bool:
    return claim == evidence or evidence.startswith(f"{claim}-") or (claim[:2] == "--" and evidence.endswith(claim[1:]))


def _same_number(claim: Figure, evidence: Figure, rounded: bool) -> bool:
    for said in claim.values:
        for given in evidence.values:
            if math.isclose(said, given, rel_tol=1e-9):
                return True
            if not rounded:
                continue
            scaled = [given, given * 100] if claim.unit == "percent" and abs(given) <= 1 else [given]
            if any(math.isclose(said, round(value, claim.decimals), rel_tol=1e-9) for value in scaled):
                return True
            if claim.hedged and math.isclose(said, given, rel_tol=0.05):
                return True
    return False


def found(claim: Figure, evidence: Iterable[Figure], rounded: bool = False) -> bool:
    """Return whether a claim's figure is among the evidence's.

    Args:
        claim: The figure that was said.
        evidence: The figures that may be said.
        rounded: Whether the evidence is a calculation, whose results may be rounded to the digits said.
    """
    for given in evidence:
        if claim.keys:
            if any(_same_date(key, other) for key in claim.keys for other in given.keys):
                return True
        elif given.keys:
            if claim.unit in {"", "calendar"} and any(key[:4] == f"{claim.values[0]:.0f}" for key in given.keys):
                return True
        elif _same_unit(claim.unit, given.unit) and _same_number(claim, given, rounded):
            return True
    return False
