"""What people say about themselves in passing - age, hours, things they own, money, languages, limits - as a profile.

Only the person's own words are read, and what they say now replaces what they said before, or what their profile holds.
"""

import re
from collections.abc import Sequence
from typing import Any

from advisor.schema import Profile

_I = re.IGNORECASE
_AGE = re.compile(
    r"\b(?:i am|i'm|im|aged|i (?:just )?turned|at age|my age is)\s*(?:only |just |now )?(\d{1,2})\b"
    r"(?!\s*(?:%|percent|hours?|h\b|hrs?|miles?|dollars?|minutes?|days?|weeks?|months?|km|years? (?:in|of|into)|k\b))"
    r"|\b(\d{1,2})[- ]?(?:years?[- ]old|y/?o|y\.o\.|yrs?(?: old)?(?!\s*(?:of|in|exp\w*|ago|left)\b))\b",
    _I,
)
_HOURS = re.compile(r"\b(\d{1,3}(?:\.\d+)?)\s*(?:h|hrs?|hours?)\s*(?:per|a|each|every|/)\s*(?:week|wk)\b", _I)
_THINGS = {
    "car": "car", "van": "van", "truck": "car", "bike": "bicycle", "bicycle": "bicycle", "e-bike": "bicycle",
    "scooter": "scooter", "moped": "scooter", "motorbike": "scooter", "motorcycle": "scooter", "laptop": "laptop",
    "computer": "laptop", "pc": "laptop", "phone": "phone", "smartphone": "phone", "camera": "camera",
}  # fmt: skip
_THING = "|".join(sorted(_THINGS, key=len, reverse=True))
_OWNED = re.compile(
    rf"\b(?:have|own|got|with|only|and|on|my)\s+(?:only |just )?(?:an? |my )?(?:\w+ )?({_THING})\b(?! (?:repair|dealer|sales|shop|wash|insurance))",
    _I,
)
_LACKED = re.compile(
    rf"\b(?:no|without(?: an?| my| owning an?)?|(?:don'?t|do not|doesn'?t) (?:have|own)(?: an?)?|have no|lost my|broken|sold my)"
    rf"\s+({_THING})\b(?! (?:calls?|number|insurance|payments?|loan))",
    _I,
)
_NO_MONEY = re.compile(
    r"\b(?:(?:no|zero|without(?: any)?) (?:money|capital|savings|cash|funds)|nothing to invest|\$0)\b(?! (?:down|from|back))",
    _I,
)
_CAPITAL = re.compile(
    r"\b(?:have|with|only|saved|got|invest)\s+(?:about |around |just |only )?[$£€₹](\d[\d,]*(?:\.\d+)?)\s?(k)?\b"
    r"(?!\s*(?:a|an|per|/|in (?:debt|loans?))\b)(?:\s+(?:to (?:invest|start|spend|put)|saved|in savings|available|spare))?",
    _I,
)
_SPEAK = re.compile(r"\bi (?:can |also )?(?:speak|am fluent in|write in)\s+([^.?!;]{3,60})", _I)
_LIMITS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, _I), limit)
    for pattern, limit in (
        (r"\b(?:no|without|hate|avoid|can'?t do|don'?t want) (?:any )?(?:phone )?calls?\b|\b(?:no|hate) phone", "no phone calls"),
        (r"\b(?:can'?t|cannot|don'?t want to|not able to) (?:drive|driving)\b|\bno driving\b|\bwithout driving\b", "no driving"),
        (r"\b(?:can'?t|cannot|not able to|shouldn'?t) (?:lift|carry|stand|walk)\w*\b|\bbad (?:back|knee)s?\b|\bwheelchair\b", "no heavy lifting"),
        (r"\b(?:without showing|not show(?:ing)?|don'?t want to show) my face\b|\bnot? (?:on )?camera\b|\bfaceless\b", "not on camera"),
        (r"\b(?:stay|be|work) (?:at|from) home\b|\bhousebound\b|\bcan'?t leave (?:the )?(?:house|home)\b", "from home"),
    )
)  # fmt: skip
_STATUS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, _I), status)
    for pattern, status in (
        (r"\bi(?:'m| am)(?: an?)?(?: \w+){0,2} student\b|\b(?:college|university) student\b|\bmy student visa\b", "student"),
        (r"\bi(?:'m| am) retired\b|\bas a (?:retiree|pensioner)\b", "retired"),
        (r"\bi(?:'m| am) unemployed\b|\b(?:lost my job|got laid off|was laid off|was fired|am out of work)\b", "unemployed"),
        (r"\bi(?:'m| am) a (?:full[- ]?time )?carer\b|\bi (?:care for|look after) my\b|\bstay[- ]at[- ]home (?:mom|mum|dad|parent)\b"
         r"|\bi have (?:\w+ )?(?:small |young |little )?(?:kids?|child(?:ren)?|toddlers?|bab(?:y|ies))\b|\bsingle (?:mom|mum|dad|mother|father|parent)\b", "carer"),
        (r"\bi(?:'m| am) on disability\b|\bmy disability\b|\bi get (?:ssdi|ssi|pip)\b|\bwheelchair\b|\bi have (?:\w+ )?(?:chronic \w+|a disability)\b", "disabled"),
        (r"\bi (?:work|have a job) full[- ]?time\b|\bmy (?:day|full[- ]?time) job\b|\bnext to my job\b", "employed"),
    )
)  # fmt: skip


def said(text: str) -> dict[str, Any]:
    """Return the fields of a profile that a person's own words give.

    Args:
        text: One question or message of the person.
    """
    found: dict[str, Any] = {}
    if (age := _AGE.search(text)) and 8 <= int(age[1] or age[2]) <= 99:
        found["age"] = int(age[1] or age[2])
    if (hours := _HOURS.search(text)) and 0 < float(hours[1]) <= 112:
        found["hours_per_week"] = float(hours[1])
    lacked = {_THINGS[match[1].lower()] for match in _LACKED.finditer(text)}
    owned = {_THINGS[match[1].lower()] for match in _OWNED.finditer(text)} - lacked
    if owned:
        found["equipment"] = tuple(sorted(owned))
    limits = [limit for pattern, limit in _LIMITS if pattern.search(text)]
    limits += [f"no {thing}" for thing in sorted(lacked)]
    if limits:
        found["limits"] = tuple(limits)
    if _NO_MONEY.search(text):
        found["capital"] = 0.0
    elif capital := _CAPITAL.search(text):
        found["capital"] = float(capital[1].replace(",", "")) * (1000 if capital[2] else 1)
    if spoken := _SPEAK.search(text):
        found["languages"] = tuple(
            language for language in _languages() if re.search(rf"\b{language}\b", spoken[1], _I)
        )
    status = next((status for pattern, status in _STATUS if pattern.search(text)), "")
    if status:
        found["status"] = status
    return {name: value for name, value in found.items() if value not in ((), "")}


def person_of(profile: Profile, texts: Sequence[str]) -> Profile:
    """Return a profile with what the person said, oldest text first; lists are added to, single values replaced.

    A thing that the person says they do not have (any more) leaves the list of things.
    """
    values: dict[str, Any] = profile.model_dump()
    for text in texts:
        for name, value in said(text).items():
            values[name] = tuple(dict.fromkeys((*values[name], *value))) if isinstance(value, tuple) else value
        gone = {limit.removeprefix("no ") for limit in said(text).get("limits", ())}
        values["equipment"] = tuple(thing for thing in values["equipment"] if thing not in gone)
        back = set(said(text).get("equipment", ()))
        values["limits"] = tuple(limit for limit in values["limits"] if limit.removeprefix("no ") not in back)
    return Profile(**values)


def spoken_in(text: str) -> list[str]:
    """Return the languages that a text names; "English" in a job title is one too, so ask only where somebody tells of themselves."""
    return [language for language in _languages() if re.search(rf"\b{language}\b", text)]


def _languages() -> tuple[str, ...]:
    """Return the English names of the languages that people work in."""
    from babel import Locale

    names = Locale("en").languages
    return tuple(sorted({str(name) for code, name in names.items() if len(code) == 2 and str(name).isalpha()}))
