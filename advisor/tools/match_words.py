"""From a question to the profile that `match` works on, and questions that show how to ask."""

import re
from typing import Any

from advisor.person import spoken_in
from advisor.skill_words import informal_patterns
from advisor.slots import Request

SAME = {
    "bike": "bicycle", "e-bike": "bicycle", "moped": "scooter", "motorbike": "scooter", "motorcycle": "scooter", "computer": "laptop",
    "pc": "laptop", "notebook": "laptop", "smartphone": "phone", "mobile": "phone", "iphone": "phone",
}  # fmt: skip
"""What people call a thing -> what the families of work call it."""


def fill(request: Request) -> dict[str, Any] | None:
    """Return the arguments that a question gives: what the person can do, has, likes and cannot, when it asks what fits."""
    tells = bool(request.profile.skills or request.profile.limits or request.profile.equipment)
    wanted = request.wants("match")
    if not wanted and (
        request.entity("platform", "path", "option")
        or not (
            tells
            and request.is_like("match")
            or request.has(
                r"\b(?:what|which|any)\b[^.?!]*\b(?:fits?|suits?|match\w*|right for me|good for me|could i (?:do|earn)|can i (?:do|earn)|should i (?:do|try|start)|"
                r"gigs?|side (?:hustles?|jobs?)|kinds? of work|work|options?|ways?)\b|\b(?:for (?:someone|somebody|people) (?:like me|who|with))\b|\b(?:match me|find me|recommend|suggest)\b|\bhow (?:can|could) i (?:earn|make money)\b"
            )
        )
    ):
        return None
    text = request.text
    skills = _after(
        text,
        r"\bi(?:'m| am)? (?:can|know(?: how to)?|have experience (?:in|with)|good at|am good at|used to|speak|look after|organi[sz]e|run)\s+([^.?!;]+)",
    )
    if wanted:
        skills += _after(text, _DONE)
        skills += _after(text, r"\b(?:fits?|suits?|for|like) me: ?([^.?!;]{3,120})")
        skills += [
            match[1] for match in re.finditer(r"\b(\w{3,20}) by trade\b|\bretired (\w{4,20})\b", text, re.I) if match[1]
        ]
        skills += [match[1] for match in re.finditer(r"\bretired (\w{4,20})\b", text, re.I)]
    likes = _after(text, r"\b(?:i|who|that) (?:really |also )?(?:likes?|loves?|enjoys?|prefers?)\s+([^.?!;]+)")
    limits = _after(
        text, r"\b(?:i (?:can'?t|cannot|won'?t|do not want to|don'?t want(?: to)?|hate)|no|without)\s+([^.?!;,]+)"
    )
    owned = _THING if wanted else _OWNED
    things = [
        "car" if re.fullmatch(_MODELS, match[1], re.I) else SAME.get(match[1].lower(), match[1].lower())
        for match in owned.finditer(text)
        if not _NOT_OWNED.search(text[: match.start(1)])
    ]
    informal = [item.skill for item, pattern in informal_patterns() if pattern.search(text)]
    skills = list(dict.fromkeys([*skills, *informal, *request.profile.skills]))
    known = " ".join(request.profile.limits)
    limits = [limit for limit in limits if limit not in known]
    languages = list(request.profile.languages) or (spoken_in(text) if wanted else [])
    skills = [skill for skill in skills if skill not in languages]
    limits = list(
        dict.fromkeys(
            [*request.profile.limits, *(limit for limit in limits if f"no {limit}" not in request.profile.limits)]
        )
    )
    things = list(dict.fromkeys([*things, *request.profile.equipment]))
    # A limit alone fits almost everything: the guides say more than a ranking of nothing known.
    if not (skills or likes or things) and not wanted:
        return None
    given: dict[str, Any] = {
        "skills": skills[:50], "likes": likes[:20], "limits": limits[:20], "equipment": things[:20],
        "languages": languages[:20], "country": request.plan.country,
    }  # fmt: skip
    hours = request.hours_per_week or request.one("hours", "")
    if hours and 0 < hours <= 112:
        given["hours_per_week"] = float(hours)
    if request.profile.capital is not None:
        given["capital"] = request.profile.capital
    if request.profile.age is not None:
        given["age"] = request.profile.age
    return given


_MODELS = "corolla|civic|camry|prius|toyota|honda|ford|nissan|hyundai|kia|yaris|golf|focus|tesla|suv|sedan|hatchback|truck|pickup"
_THINGS = f"{_MODELS}|car|van|bike|bicycle|e-bike|scooter|moped|laptop|computer|phone|smartphone|camera|drone"
_THING = re.compile(rf"\b({_THINGS})s?\b(?! calls?\b)", re.IGNORECASE)
_OWNED = re.compile(
    rf"\b(?:have|own|with|got|only|and)\s+(?:an?|my)?\s*(?:old |small |good )?({_THINGS})\b", re.IGNORECASE
)
_NOT_OWNED = re.compile(
    r"\b(?:no|not|without|sold|need|needs|buy|rent|hate|lack)(?: (?:an?|my|any|the|own))*\s*$|n['’]t (?:have|own|drive)(?: an?| any)?\s*$",
    re.IGNORECASE,
)
_DONE = (
    r"(?:\b(?:\d+|many|some|a few) (?:years?|yrs?) (?:of |in |as an? |doing |with )|\b(?:worked|working|work|trained|job) (?:as an?|as|in) |"
    r"\bmy skills?(?: are|:| include)? |\bskills i have:? |\b(?:decent|good|great|skilled|handy|strong) (?:at|with|in) |\bexperience (?:in|with|as an?) |"
    r"\bi(?:'ve| have) done |\bi am an? (?:trained |qualified |former |ex-)|\bi (?:also )?(?=(?:write|type|code|draw|sew|cook|bake|teach|paint|edit|design|fix|repair|translate)\b))"
    r"([^.?!;]{3,120})"
)
"""Words before what somebody did or can do, when the question as a whole asks what fits."""


def _after(text: str, pattern: str) -> list[str]:
    found = []
    for match in re.finditer(pattern, text, re.I):
        phrase = re.split(r"\b(?:what|which|how|but|so)\b", match[1])[0]
        found += [part.strip() for part in re.split(r",| and | or ", phrase) if part.strip()]
    return [part for part in found if len(part) <= 80 and not _NO_SKILL.match(part)]


_NO_SKILL = re.compile(
    r"(?:have|own|need|want|no|not|without|only|about|live|living|based|from|am|in [A-Z]|remote|a job)\b|\d+ ?(?:h|hours?|hrs?)\b",
    re.IGNORECASE,
)
"""Parts of a list that name a thing, a wish or a time instead of a skill."""


EXAMPLES = (
    "What gigs fit me if I can cook and drive and have a car?",
    "I know Excel and speak Spanish, which side jobs suit me?",
    "I like working with numbers and hate phone calls, what work is right for me?",
    "Which options match someone with a bicycle and no laptop?",
    "I look after my grandmother and run the school bake sale, what could I earn with that?",
    "What can I do for money with a laptop and good English writing?",
    "Match me with platforms: I can edit videos and use Photoshop",
    "I enjoy animals and being outdoors, what gigs are there for me?",
    "I can't lift heavy things and want to stay at home, which work suits me?",
    "Recommend a side hustle for someone who is good at teaching maths",
    "I have a car and 20 hours a week, which kinds of work fit?",
    "What should I try first? I know Python and SQL",
    "I only have a phone, what ways to earn are there?",
    "I used to be a bookkeeper and like working alone, which options are good for me?",
    "Find me gigs that use sewing and crafts",
    "I can translate and I am good at writing, what suits me?",
    "Which gig work is right for me if I don't want to be on camera?",
    "I have no money to invest but own a scooter, what could I do?",
    "Suggest work for my skills: customer service, Excel, organising events",
    "I love drawing and have a laptop, which platforms fit?",
)
