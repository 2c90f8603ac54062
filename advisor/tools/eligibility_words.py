"""What somebody says of themselves that decides whether they may join: age, place, vehicle, papers, record."""

import re
from typing import Any

from advisor.slots import Request, with_digits

_CALLED = {"bike": "bicycle", "e-bike": "bicycle", "moped": "scooter", "motorbike": "scooter", "motorcycle": "scooter"} | dict.fromkeys(
    "sedan hatchback suv truck prius civic corolla hybrid".split(), "car"
)  # fmt: skip
"""What people call a vehicle -> the kind that requirements speak of."""


def fill(request: Request) -> dict[str, Any] | None:
    """Return the arguments that a question gives: a platform with what the person says about themselves, or all with two points."""
    if request.has(r"\bvisas?\b"):
        return None  # the law of the country decides that, not the platform
    if request.has(r"\b(?:deactivat\w+|banned|suspend\w+|my (?:\w+ )?rating|dropped to)\b"):
        return None  # who is in already does not ask who may join
    if request.has(
        r"\bshould i (?:buy|rent|lease|finance|get)\b|\b(?:unemployment|universal credit|disability (?:pay\w*|benefits?)|ssdi?|medicaid|benefits)\b"
    ):
        return None  # a purchase, and what a benefit allows, are not the platform's to decide
    wanted = request.wants("eligibility")
    if not wanted and not request.has(
        r"\b(can (?:i|an?|my|someone|somebody|people|you|he|she)|may i|am i|could i|do i (?:need|meet|fit)|accept(?:s|ed)? me|let(?:s)? me|take(?:s)? me|who (?:would|will|can)|eligible|allowed|qualify|join|old enough|which (?:apps|platforms|sites)|what can i|where can i|sign up)\b"
    ):
        return None
    given: dict[str, Any] = {"country": request.plan.country}
    if (age := _age(request)) is not None:
        given["age"] = age
    if request.plan.region:
        given["region"] = request.plan.region.split("/")[0]
    owned = next((kind for kind in ("car", "van", "scooter", "bicycle") if kind in request.profile.equipment), "")
    if owned:
        given["vehicle"] = owned
    elif re.search(r"\b(?:no|without an?|don'?t have an?|have no) (?:car|vehicle)\b", request.text, re.I):
        given["vehicle"] = "bicycle" if request.has(r"\b(bike|bicycle|e-bike)\b") else "none"
    elif kind := re.search(
        r"\b(?:with (?:an?|my)|have an?|only an?|by|on an?|my) (?:\w+ )?(bike|bicycle|e-bike|scooter|moped|motorbike|motorcycle|van|car|sedan|hatchback|suv|truck|prius|civic|corolla|hybrid)\b",
        request.text,
        re.I,
    ):
        given["vehicle"] = _CALLED.get(kind[1].lower(), kind[1].lower())
    elif request.has(_CARS):
        given["vehicle"] = "car"
    for name, yes, no in _POINTS:
        if request.has(no):
            given[name] = name == "record" and False
        elif request.has(yes):
            given[name] = True
    platform = request.entity("platform")
    said = {"age", "vehicle", "record", "identity", "work_right"} & set(given)
    if platform and (said or wanted or (given["country"] and request.has(r"\b(from|in|live)\b"))):
        return given | {"platform": platform}
    return (
        given
        if not platform
        and len(said) + bool(given["country"]) >= (1 if wanted else 2)
        and (wanted or request.has(r"\b(which|what|where|who|any|apps|platforms|sites|gigs?)\b"))
        else None
    )


_CARS = r"\b(?:toyota|honda|nissan|ford|kia|hyundai|chevy|chevrolet|mazda|subaru|volkswagen|vw|bmw|audi|mercedes|tesla|lexus|jeep|dodge|skoda|renault|peugeot|fiat|opel|vauxhall|prius|civic|corolla|camry|yaris|altima|sedan|suv)\b"
_POINTS = (
    ("record", r"\b(?:felony|criminal record|conviction|misdemeanou?r|dui|arrest\w*|been to (?:prison|jail)|record from)\b", r"\b(?:clean|no|without an?) (?:criminal |driving )?record\b|\bnever (?:been )?(?:arrested|convicted)\b"),
    ("identity", r"\b(?:have|with|got|hold|valid) (?:an? |my |valid )*(?:passport|photo id|id card|driving licen[cs]e|driver'?s licen[cs]e|national id)\b", r"\b(?:no|without(?: an?| any)?|lost my|expired) (?:valid )?(?:id|passport|papers|identity|documents?)\b(?! check)"),
    ("work_right", r"\b(?:have|with|got|hold) (?:an? |my )*(?:work(?:ing)? (?:permit|right|authori[sz]ation)|green card|right to work|settled status|citizenship)|\b(?:i am|i'm) an? (?:us |uk |eu |british |american )?citizen\b", r"\b(?:no|without(?: an?)?) (?:work(?:ing)? (?:permit|right|authori[sz]ation|visa)|papers|green card)\b"),
)  # fmt: skip
"""Points of the tool, words that grant and words that deny them."""
_AGES = (
    r"\b(?:i am|i'?m|aged?|turn(?:ed|ing)?|is|he's|she's) *(?:only |just |now |already )?(\d{1,2})\b(?!\s*(?:%|hours?|miles?|dollars?|h\b|km|minutes?|doors?|\$|€|£))",
    r"\b(\d{1,2})[- ]?(?:years?[- ]olds?|y/?o|yrs?(?: old)?|years? of age)\b",
    r"^(\d{2}) (?:and|yo?\b|from|in|with|years)|(?:^|[,;(] ?)(?:age |at )?(\d{2}) ?(?=[,;.)?-]|$| -| and\b| from\b| in\b| with\b| years?\b)",
    r"\b(?:at|for|if) (\d{2})\b(?!\s*(?:%|hours?|miles?|dollars?|h\b|km|minutes?|doors?))",
)  # fmt: skip


def _age(request: Request) -> int | None:
    """Return the age that a question tells, "nineteen" as well as "19 yo" or a bare "68, retired"; else that of the profile."""
    text = with_digits(request.text)
    for pattern in _AGES:
        for match in re.finditer(pattern, text, re.I):
            value = int(next(piece for piece in match.groups() if piece))
            if 10 <= value <= 99 and not re.search(r"\bwith (?:my|our|an?|her|his)\W*$", text[: match.start()], re.I):
                return value
    return request.profile.age
