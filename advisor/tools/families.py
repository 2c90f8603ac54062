"""What each family of work asks of a person and is like: skills, things, strains; our own reading of the guides."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """One family: its name in words, skills that help, things of which one is needed, what it is like, what it strains."""

    words: str
    skills: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    likes: tuple[str, ...] = ()
    strains: tuple[str, ...] = ()
    late: str = ""
    """Why pay comes late, when it does."""


_SCREEN = ("laptop",)
_SOFT = ("client-communication", "english-writing")
FAMILIES = {
    "delivery": Family("delivering", ("driving-licence-and-record", "local-navigation", "multi-app-work", "trip-cost-accounting", "driving for others"), ("car", "bicycle", "scooter", "van"), ("outdoors", "alone", "driving", "flexible"), ("driving", "physical", "outside")),
    "ride-hail": Family("driving passengers", ("driving-licence-and-record", "local-navigation", "customer-service", "driving for others"), ("car",), ("driving", "people", "flexible"), ("driving", "people", "outside")),
    "driving": Family("driving and delivering", ("driving-licence-and-record", "local-navigation", "driving for others"), ("car", "bicycle", "scooter", "van"), ("outdoors", "driving", "flexible"), ("driving", "outside")),
    "freelance-marketplace": Family("selling services to clients online", (*_SOFT, "proposal-writing", "portfolio-building", "python", "javascript", "web-frameworks", "mobile-framework", "databases-and-apis", "cloud-basics", "machine-learning", "data-visualisation", "design-software", "translation-basics", "copywriting-basics", "video-editing-basics", "bookkeeping-basics", "accounting-software", "month-end-and-sales-tax", "customer-service", "calendar-and-inbox", "seo-basics", "paid-ads", "spreadsheets"), _SCREEN, ("home", "variety", "technical", "creative", "words"), ("people", "screen")),
    "ai-data-work": Family("checking and writing data for AI", ("english-writing", "guideline-reading", "fact-checking", "domain-knowledge", "data-labelling", "llm-evaluation", "second-language", "prompt-writing", "python"), _SCREEN, ("home", "alone", "words", "technical"), ("screen",)),
    "microtasks": Family("small online tasks", ("basic-computer-use", "data-labelling", "guideline-reading"), ("laptop", "phone"), ("home", "alone", "flexible"), ("screen",)),
    "research-studies": Family("taking part in research", ("basic-computer-use", "english-writing"), ("laptop", "phone"), ("home", "alone", "flexible"), ("screen",)),
    "content-and-audience": Family("making content for an audience", ("short-video", "content-planning", "community-management", "english-writing", "design-software", "video-editing-basics", "copywriting-basics", "posting and filming online"), ("laptop", "phone", "camera"), ("creative", "home", "words"), ("screen", "camera"), "it takes an audience first"),
    "content": Family("publishing content", ("short-video", "content-planning", "english-writing", "video-editing-basics", "copywriting-basics", "posting and filming online"), ("laptop", "phone", "camera"), ("creative", "home", "words"), ("screen",), "it takes readers or viewers first"),
    "local-services": Family("helping people nearby", ("client-communication", "customer-service", "caring for people", "looking after children", "caring for animals", "cleaning and housekeeping", "repairs and handiwork", "gardening", "moving and lifting", "cooking and baking"), (), ("hands", "people", "outdoors", "animals", "caring"), ("physical", "people", "outside")),
    "online-selling": Family("selling goods online", ("product-listing", "product-research", "order-fulfilment", "sewing and crafts", "selling second-hand", "design-software", "seo-basics", "cooking and baking"), ("laptop", "phone"), ("selling", "creative", "hands", "home"), ("capital",)),
    "online-tutoring": Family("teaching online", ("lesson-planning", "online-teaching", "teaching-certificate", "finding-learning-gaps", "second-language", "domain-knowledge", "explaining and tutoring", "looking after children"), _SCREEN, ("teaching", "people", "home"), ("people", "camera")),
    "teaching": Family("teaching online", ("lesson-planning", "online-teaching", "second-language", "explaining and tutoring", "finding-learning-gaps"), _SCREEN, ("teaching", "people", "home"), ("people", "camera")),
    "investing": Family("investing money", ("spreadsheets",), (), ("numbers", "alone"), ("capital",)),
    "virtual-assets": Family("virtual land", (), _SCREEN, ("technical",), ("capital",)),
    "admin": Family("office help from home", (), _SCREEN, ("home", "people", "numbers"), ("screen", "people")),
    "commerce": Family("running online shops", (), _SCREEN, ("selling", "home"), ("screen",)),
    "data": Family("working with data", (), _SCREEN, ("numbers", "technical", "home", "alone"), ("screen",)),
    "design": Family("design", (), _SCREEN, ("creative", "home"), ("screen",)),
    "education": Family("teaching", (), _SCREEN, ("teaching", "people"), ("people",)),
    "finance": Family("bookkeeping", (), _SCREEN, ("numbers", "home", "alone"), ("screen",)),
    "languages": Family("working with languages", (), _SCREEN, ("words", "home", "alone"), ("screen",)),
    "marketing": Family("marketing", (), _SCREEN, ("creative", "words", "numbers"), ("screen", "people")),
    "media": Family("film and video", (), _SCREEN, ("creative", "technical"), ("screen",)),
    "software": Family("software", (), _SCREEN, ("technical", "home", "alone"), ("screen",)),
    "writing": Family("writing", (), _SCREEN, ("words", "creative", "home", "alone"), ("screen",)),
}  # fmt: skip

_DESIGN = ("design-software", "design-basics", "portfolio-building", "print-and-file-preparation", "ai-image-tools")
OWN_SKILLS = {
    "99designs": _DESIGN, "adobe-stock": (*_DESIGN, "posting and filming online"), "shutterstock": (*_DESIGN, "posting and filming online"),
    "toptal": ("python", "javascript", "web-frameworks", "cloud-basics", "databases-and-apis", "machine-learning", "domain-knowledge"),
    "rover": ("caring for animals",), "printful": ("design-software", "design-basics", "product-listing", "seo-basics"),
    "printify": ("design-software", "design-basics", "product-listing", "seo-basics"), "medium": ("english-writing", "copywriting-basics"),
    "substack": ("english-writing", "copywriting-basics", "content-planning"), "twitch": ("moderating and gaming", "short-video", "posting and filming online"),
    "amazon-kdp": ("english-writing", "design-software", "copywriting-basics"), "udemy": ("lesson-planning", "online-teaching", "video-editing-basics"),
    "etsy": ("sewing and crafts", "product-listing", "design-software", "design-basics"), "ebay": ("selling second-hand", "product-listing", "order-fulfilment"),
    "italki": ("second-language", "online-teaching", "teaching-certificate", "lesson-planning"),
    "cambly": ("online-teaching", "explaining and tutoring", "client-communication"),
}  # fmt: skip
"""Skills of platforms that are narrower than their family."""

LIKES = {
    "outdoors": r"outdoor\w*|outside|fresh air|nature|moving around|active", "people": r"people|social|talk\w*|clients?|customers?|team",
    "alone": r"alone|by myself|quiet|independent\w*|on my own|no boss", "home": r"home|remote\w*|online", "creative": r"creativ\w*|design\w*|art|draw\w*|music|film\w*|photo\w*|craft\w*|making things",
    "technical": r"technical|tech\w*|comput\w+|cod\w+|program\w+|software|puzzles?|logic", "words": r"writ\w+|words?|languages?|read\w*|books?",
    "numbers": r"numbers?|maths?|statistics|data|spreadsheets?|analy\w+|financ\w+", "hands": r"hands?|practical|fix\w*|build\w*|repair\w*|cook\w*|bak\w*|craft\w*|sew\w*",
    "driving": r"driv\w+|cars?|cycl\w+|bik\w+|road", "selling": r"sell\w*|trad\w+|business|shop\w*|market\w*", "teaching": r"teach\w*|explain\w*|tutor\w*|mentor\w*|train\w*",
    "caring": r"car(?:e|ing)\b.*|help\w*|children|kids|elderly", "animals": r"animals?|dogs?|cats?|pets?|horses?", "variety": r"variety|different|change", "flexible": r"flexib\w*|own hours|whenever|no fixed",
}  # fmt: skip
"""What people say they like -> what a family is like."""

STRAINS = {
    "people": r"talk\w*|customers?|people|strangers|social|shy|anxi\w*", "calls": r"phone|calls?|voice", "physical": r"lift\w*|stand\w*|walk\w*|physical\w*|back|heavy|wheelchair|knee|pregnan\w*",
    "driving": r"driv\w*|car|licen[cs]e|traffic", "camera": r"camera|video|face|film\w*|on screen", "outside": r"leave (?:the )?(?:house|home)|outside|away from home|at home|carer|childcare|weather",
    "screen": r"comput\w*|screens?|eyes?|typing|online", "capital": r"money|invest\w*|capital|risk|savings|debts?|lose|losing|up ?front",
}  # fmt: skip
"""What people say they cannot or will not do -> what a family strains."""


def tags(words: tuple[str, ...], table: dict[str, str]) -> set[str]:
    """Return the tags that a person's words name."""
    return {tag for tag, pattern in table.items() for text in words if re.search(rf"\b(?:{pattern})\b", text, re.I)}
