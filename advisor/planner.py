"""From question, history and profile to a plan: entities, keys, country, kind of question, standalone query.

Everything here is rules over names that the corpus itself gives; no model is called and nothing is looked up elsewhere.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from advisor.gazetteer import Gazetteer, fold
from advisor.person import person_of
from advisor.places import Place, country_name, place_in
from advisor.ranking import asked
from advisor.schema import Plan, Profile, Quantity, QuestionKind

_MAX_QUESTION = 2000

_CARS = (
    "sedan|suv|pickup|hybrid|acura|audi|bmw|buick|chevy|chevrolet|chrysler|dodge|fiat|ford|gmc|honda|hyundai|jeep|kia|lexus|mazda|mercedes|"
    "mitsubishi|nissan|opel|peugeot|prius|renault|skoda|subaru|suzuki|tesla|toyota|vauxhall|volkswagen|vw|volvo|camry|civic|corolla|altima"
)
"""Words for cars: makers, and the models that drivers name most."""
_KEY_PATTERNS: tuple[tuple[str, str], ...] = (
    (
        r"\b(takes?|charges?|keeps?|cut|commission|fee)s?\b.{0,30}\b(from me|me|my (?:pay|earnings|sales?|income)|freelancers?|sellers?|workers?|drivers?)\b",
        "fee.worker",
    ),
    (r"\b(fees?|com+is+ions?|cut|charges?|percent(age)?|keeps?|deduct\w*)\b", "fee"),
    (r"^(?!.*\bhow long\b).*\btakes?\b(?! (?:long|time|part|place|care|home))", "fee"),
    (r"\b(pay ?outs?|paid|payed|with?dra\w*|cash ?out|transfer|clear(ed|ing|ance)?|get my money|payday)\b", "payout"),
    (r"\b(when|how (long|soon|fast|quickly))\b.{0,50}\b(pays?|paid|my money)\b", "payout.timing"),
    (
        r"\b(minimum (pay ?out|withdraw\w*)|threshold to withdraw|(reach|minimum|at least|have to (earn|make|reach|hit))\b.{0,40}"
        r"\b(paid|pay ?out|withdraw\w*|cash(ed)? ?out))\b",
        "payout.minimum",
    ),
    (r"\b(how old|age|minor|teen\w*|under 18|1[3-7] years?|i am 1[3-7]|i'm 1[3-7])\b", "eligibility.age"),
    (r"\b(countr(y|ies)|available in|work from|from (india|nigeria|kenya|pakistan))\b", "eligibility.countries"),
    (r"\b(background check|criminal|felony|record|dui)\b", "eligibility.background"),
    (r"\b(licen[cs]e|permit)\b", "eligibility.licence"),
    (r"\b(id|identity|passport|ssn|verification|verify)\b", "eligibility.identity"),
    (r"\b(earn\w*|make|income|salary|wage|per hour|an hour|hourly|how much)\b", "pay"),
    (r"^(?!.*\b(?:report\w*|tax\w*|declare|deduct\w*)\b).*\b(tips?|tipping)\b", "pay.tips"),
    (rf"\b(car|vehicle|truck|bike|bicycle|scooter|(?:two|four|2|4)[- ]doors?|{_CARS})\b", "requirement.vehicle"),
    (r"\b(insur\w+)\b", "requirement.insurance"),
    (r"\b((mileage|per mile) (rate|allowance|deduction)|standard mileage|cents? (per|a) mile)\b", "rate.mileage"),
    (r"\b(gas|fuel|mileage|per mile|wear|depreciation)\b", "cost"),
    (
        r"\b1099(?:-?[a-z]+)?s?\b(?=[^.?!]*\b(?:give|send|issue|get|from|form)\b)|\b(?:give|send|issue|get)s?\b[^.?!]*\b1099",
        "tax.form",
    ),
    (r"\b(tax(es)?|1099|irs|hmrc|self-employment|deduct\w*)\b", "tax"),
    (
        r"\b(quarterly|deadline|due (?:date|day|by|on)|(?:tax(?:es)?|payment|return) (?:\w+ )?due|when\b.{0,40}\bdue)\b",
        "deadline",
    ),
    (r"\b(deactivat\w+|banned|ban|suspend\w*|closed|terminated|blocked)\b", "policy.closure"),
    (r"\b(appeal\w*|reinstat\w*)\b", "policy.appeal"),
    (r"\b(chatgpt|a\.?i\.?|ai-generated|llm)\b", "policy.ai"),
    (
        r"\b(learn|study|course|certificate|skills?)\b|\bhow long\b.{0,30}\b(learn|become|master|training|path)\b",
        "hours.learn",
    ),
    (r"\b(yields?|returns?|dividends?)\b", "yield"),
    (r"\b(connects?|bids?)\b", "fee.bid"),
    (r"\b(offsite ads?|advertising|ads? (cost|fee)s?)\b", "fee.advertising"),
)
_KEYS = tuple((re.compile(pattern, re.IGNORECASE), key) for pattern, key in _KEY_PATTERNS)

_KIND_PATTERNS: tuple[tuple[str, QuestionKind], ...] = (
    (r"\b(scam|legit|legitimate|fraud|fake|real or|too good)\b", "scam"),
    (r"\b(worth|good idea|should i|pay off|sensible|beat)\b", "worth"),
    (r"\b(which|better|best|versus|vs\.?|or .+\?|compare|instead of|difference between)\b", "which"),
    (r"\b(am i allowed|can i|may i|allowed|eligible|do i need|do i have to|must i|legal|qualif\w+)\b", "allowed"),
    (r"\b(plan|roadmap|path|get into|become|career|switch)\b", "plan"),
    (r"^\s*(why|what happens)\b", "why"),
    (r"\b(fees?|commission|minimum|threshold|rate)\b.*\?", "figure"),
    (r"^\s*(what is|what are|what's|whats|define|meaning of)\s+(a |an |the )?[\w -]{2,40}\??$", "definition"),
    (r"\b(how much|how many|how long|how old|what (percent\w*|rate|fee|share)|when (do|will|am|are))\b", "figure"),
    (r"\b(how (do|can|to|should)|steps?|start|sign up|apply)\b", "how_to"),
)
_KINDS = tuple((re.compile(pattern, re.IGNORECASE), kind) for pattern, kind in _KIND_PATTERNS)

_PAST = re.compile(
    r"\b(used to|history|historical\w*|previous(ly)?|formerly|in the past|before (20\d\d|the change)|old (fee|rate|rules?)"
    r"|changed?|back in|over time|was the)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(
    rf"(?<!since )(?<!born in )(?<!joined in )(?<!started in )\b(20[0-4]\d)\b(?!\s+(?:\w+\s+)?(?:cars?|van|truck|model|{_CARS})\b)",
    re.IGNORECASE,
)
"""A year asked about: not that of a car, nor since when somebody does something."""
_FOLLOW_UP = re.compile(
    r"^\s*(and|or|but|so|then|also|ok(ay)?|what about|how about|what if|why|source|really|are you sure|same|"
    r"is (it|that)|does (it|that)|do they|can (it|they)|for)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(it|its|they|them|their|he|she|him|that|this|those|these|there|the (fee|app|site|platform|company|first|second|third|next|other|same))\b",
    re.I,
)
# A question what follows, or whether something is allowed or was a mistake, is honest and gets its answer.
_HONEST = (
    r"^(?!.*\b(?:what happens|what if|forgot|did ?n'?t|did not|mistake|do i (?:have|need) to|is it (?:legal|illegal|ok|allowed|true)|"
    r"penalt\w+|will i (?:be|get) (?:ban\w*|deactiv\w*|fined|in trouble|punished|charged|taxed)|"
    r"(?:can|could|will|would) (?:they|it|i be|i get (?:ban\w*|deactiv\w*|fined|in trouble))|get(?:ting)? banned (?:for|if)|someone (?:is|has|used|opened)|"
    r"scam\w*|they (?:want|ask|told|say)\w*|asks? me|asked me|used my)\b)"
)
_PAPERS = (
    r"(?:ids?|payslips?|pay ?stubs?|documents?|licen[cs]es?|passports?|reviews?|references?|certificates?|diplomas?|invoices?|statements?|"
    r"proofs?|papers|names?|identit(?:y|ies)|address(?:es)?|degrees?|screenshots?|insurance|selfies?|receipts?)"
)
_EVASIONS = (
    r".*\b(?:hide|conceal|keep (?:secret|quiet)|keep (?:\w+ ){0,3}(?:cash|income|earnings|money|pay))\b"
    r"[^.?!]{0,50}\bfrom\b[^.?!]{0,30}\b(?:tax\w*|irs|hmrc|government|finanzamt|benefits?|job ?cent(?:re|er)|welfare|"
    r"court|child support|creditors|social security|medicaid)\b",
    r".*\b(?:not|never|without|avoid|stop|skip|don'?t|dont)\b (?:(?:want|have|need|wanna|like|going) to )?(?:declar|report)\w*\b[^.?!]{0,50}"
    r"\b(?:income|earnings|tax\w*|cash|money|onlyfans|etsy|uber|gigs?|sales|rent)\b",
    r".*\b(?:make|create|get|give|write|forge|edit|photoshop|buy|print|need|generate|help|use|order)\b[^.?!]{0,40}\b(?:fake|false|forged|phony|bogus)\b"
    rf"[^.?!]{{0,25}}\b{_PAPERS}\b",
    r".*\bbuy(?:ing)?\b[^.?!]{0,25}\b(?:5|five)?[- ]?(?:stars? )?(?:reviews|ratings|followers)\b",
    r".*\b(?:bann?ed|ban|deactivated|suspended|blocked|kicked (?:off|out))\b[^?]{0,90}\b(?:open|make|create|start|get|register|sign up)\b[^?]{0,40}"
    r"\b(?:new|another|second|other|different|fresh)\b[^?]{0,20}\b(?:account|profile|name|id)\b",
    r".*\b(?:open|make|create|register|sign up)\b[^?]{0,30}\b(?:new|another|second|fresh)\b[^?]{0,20}\baccount\b[^?]{0,40}\b(?:after|since|because)\b[^?]{0,30}"
    r"\b(?:bann?ed|ban|deactivated|suspended)\b",
    r".*\b(?:spoof\w*|fake|mock)\b (?:my |the |a )?(?:gps|location)\b",
    r".*\b(?:cheat|trick|beat|pass|get (?:past|around|thru|through)|bypass)\b[^.?!]{0,30}\b(?:id|identity|face|background|selfie)[ -]?(?:check|verification|scan)\b[^.?!]{0,40}"
    r"\b(?:fake|false|with (?:my|a|another)|someone|friend|brother|cousin)\b",
)
_CARE: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"\b(kill(ing)? myself|suicid\w*|end (my life|it all)|self.?harm\w*|(want|wish) to (die|disappear)|can'?t go on|hurt(ing)? myself|"
            r"(don'?t|do not|dont|no longer) want to (live|be alive|exist|wake up)|no (reason|point|will) (to|in) liv(e|ing)|better off (dead|without me)|"
            r"tired of living|nothing to live for|take my (own )?life)\b",
            re.I,
        ),
        "crisis",
    ),
    (
        re.compile(
            r"\b((avoid|evade|dodge|not) (pay\w*|report\w*|declar\w*) (any )?(tax\w*|income)|hide (my )?(income|earnings)|"
            r"under the table|off the books|fake (id|name|identity|documents?|reviews?)|(second|another|new) account after|"
            r"get around (the|a|my) ban|(rent|buy|borrow|share) (an?|someone'?s|my|his|her) [\w ]{0,20}account|"
            r"someone else'?s (account|identity|id|ssn))\b",
            re.I,
        ),
        "evasion",
    ),
    *((re.compile(f"{_HONEST}{pattern}", re.IGNORECASE), "evasion") for pattern in _EVASIONS),
)
_QUANTITY = re.compile(
    r"(?P<currency>[$£€₹])\s?(?P<money>\d[\d,]*(\.\d+)?)(?P<k>k)?\b|"
    r"\b(?P<number>\d[\d,]*(\.\d+)?)(?P<k2>k)?\s*(?P<unit>%|percent|hours?|h|hrs?|miles?|km|weeks?|months?|years?|days?|usd|"
    r"dollars?|euros?|eur|pounds?|gbp|rupees?|inr|mpg)",
    re.IGNORECASE,
)
_QUESTION_WORD = r"(?:how|what|when|where|which|who|why|do|does|did|is|are|can|could|should|will|would|am)"
_SPLIT = re.compile(
    r"(?<=[?])\s+|[,;]?\s+(?:and also|and|also|plus)\s+(?=(?:how|what|when|where|which|why|do i|does it|is it|can i|should i|will i)\b)",
    re.I,
)
_ASKS = re.compile(rf"\?\s*$|^(?:and |also |but |so |then )?{_QUESTION_WORD}\b", re.I)
_LOCAL_KEYS = frozenset({"tax", "threshold", "rate", "deadline", "law"})
_LOCAL = re.compile(
    r"\b(disability|unemployment|benefits?|medicaid|visa|pension|health insurance|minimum wage|social security|food stamps|sick pay)\b",
    re.IGNORECASE,
)
_LOCAL_TOPIC = re.compile(
    r"\b(?:tax\w*|vat|gst|declare|deduct\w*|benefits?|unemployment|pension|visa|minimum wage|insurance|licen[cs]e|register|sole trader|report(?:ing)? (?:it|income))\b",
    re.IGNORECASE,
)
"""What each country settles in its own way: the country that a person is known to be in belongs to the question."""
_PLATFORM_TROUBLE = re.compile(
    r"\b(?:appeal\w*|suspend\w*|deactivat\w*|banned|account (?:was |is |got |been )?(?:closed|locked|restricted|blocked|on hold)"
    r"|my (?:order|account|withdrawal|payout|rating|ranking|gig|listing|proposals?)|the (?:order|buyer|platform|app)|support|chargeback)\b",
    re.IGNORECASE,
)
"""Trouble that each platform settles in its own way."""
_CHOOSING = re.compile(
    r"\b(?:which|what|any)\b[^.?!]*\b(?:gigs?|jobs?|work|side (?:hustles?|jobs?)|apps?|platforms?|skills?|ways?|options?|kinds?|should i)\b"
    r"|\bhow (?:can|could|do|to|should)\b[^.?!]*\b(?:earn|make)\b[^.?!]*\b(?:money|online|income|living|cash|side|home|extra|dollars|more)\b"
    r"|\bhow (?:can|could|do|would) i earn\W*$|\bwhere (?:do|should|can) i start\b",
    re.IGNORECASE,
)
"""Questions that choose among kinds of work, which depend on the person."""
_UNITS = {
    "%": "percent", "percent": "percent", "h": "hours", "hr": "hours", "hrs": "hours", "hour": "hours", "mile": "miles",
    "week": "weeks", "month": "months", "year": "years", "day": "days", "usd": "USD", "dollar": "USD", "dollars": "USD",
    "euro": "EUR", "euros": "EUR", "eur": "EUR", "pound": "GBP", "pounds": "GBP", "gbp": "GBP", "rupee": "INR",
    "rupees": "INR", "inr": "INR", "$": "USD", "£": "GBP", "€": "EUR", "₹": "INR",
}  # fmt: skip


_UNPAID = re.compile(
    r"\bwho (?:pays?|has to pay|must pay)\b|\bnever (?:got )?paid\b|\brefus\w+ to pay\b"
    r"|\b(?:has|have|had|did|does|do|was|were|is|am)(?: ?n['o]?t| not| never) (?:been |be |get |got |yet |being )?"
    r"(?:paid|pay|paying|received|arrived)\b"
    r"|\b(?:missing|unpaid|stuck|lost) (?:pay\w*|money|earnings|deposit)\b",
    re.IGNORECASE,
)


def quantities_in(text: str) -> tuple[Quantity, ...]:
    """Return the amounts named in `text`, with their units."""
    found = []
    for match in _QUANTITY.finditer(text):
        digits = match["money"] or match["number"]
        value = float(digits.replace(",", "")) * (1000 if match["k"] or match["k2"] else 1)
        unit = (match["currency"] or match["unit"]).lower()
        found.append(
            Quantity(value=value, unit=_UNITS.get(unit, unit if unit.endswith("s") else unit + "s"), text=match[0])
        )
    return tuple(found)


def kind_of(question: str) -> QuestionKind:
    """Return the kind of a question, which decides the structure of the answer."""
    for pattern, kind in _KINDS:
        if pattern.search(question):
            return kind
    return "general"


@lru_cache(maxsize=4096)
def keys_in(text: str) -> tuple[str, ...]:
    """Return the fact keys, or first parts of keys, that a question is about."""
    found = list(dict.fromkeys(key for pattern, key in _KEYS if pattern.search(text)))
    if _UNPAID.search(text):
        # Money that did not come is asked about as a trouble, and not as a day of payment.
        found = [key for key in found if key.split(".")[0] != "payout"]
    # "How much" and "income" are in most questions; next to anything more exact they say nothing.
    exact = [key for key in found if not any(other.startswith(key + ".") for other in found)]
    return tuple(key for key in exact if key != "pay" or len(exact) == 1)


def plan(
    question: str,
    gazetteer: Gazetteer,
    *,
    today: date,
    history: Sequence[Mapping[str, str]] = (),
    profile: Profile | None = None,
    leans: bool = False,
) -> Plan:
    """Return what is asked, in a form that retrieval and answering can use.

    Args:
        question: The words of the person; only the first 2,000 characters count.
        gazetteer: Names of the corpus.
        today: The day the answer is for.
        history: Earlier turns, oldest first, `{"role", "content"}`.
        profile: What the person chose to say about themselves.
        leans: Read the question as one that rests on the turn before, whatever its words.
    """
    text = " ".join(question.split())[:_MAX_QUESTION]
    said = [" ".join(t["content"].split())[:_MAX_QUESTION] for t in history if t.get("role") == "user"]
    person = person_of(profile or Profile(), [*said[-6:], text])
    leans = leans or _leans(text)
    standalone, entities = _standalone(text, gazetteer, said, leans=leans)
    context = _context(said) if leans and _says_little(text, entities, gazetteer) else ()
    year = next((int(match) for match in _YEAR.findall(text)), today.year)
    about_past = year < today.year or bool(_PAST.search(text))
    place = _place([text, standalone, *_rule_titles(entities, gazetteer)], person, said)
    person = person.model_copy(update={"country": place.country, "region": place.region or person.region})
    if place.country and not place_in(standalone).country and (_LOCAL_TOPIC.search(standalone)):
        standalone = f"{standalone} ({country_name(place.country)})"
    key, order, among = (
        asked(standalone, gazetteer.families) if not set(entities) & set(gazetteer.families) else ("", "", ())
    )
    understood = Plan(
        question=text,
        query=standalone,
        general=gazetteer.without_platforms(standalone),
        kind=kind_of(standalone),
        entities=tuple(entities),
        keys=keys_in(standalone),
        country=place.country,
        region=place.region,
        person=person,
        day=today,
        about_past=about_past,
        year=year if year < today.year else None,
        quantities=quantities_in(text),
        ranking=(key, order),
        among=among,
        parts=parts_in(text, gazetteer),
        context=context,
        care=next((name for pattern, name in _CARE if pattern.search(text)), ""),
    )
    return understood.model_copy(update={"missing": missing_of(understood)})


def _rule_titles(entities: Sequence[str], gazetteer: Gazetteer) -> list[str]:
    """Return the titles of the rules that a question names: most hold in one country, and are called after it."""
    return [gazetteer.titles[entity] for entity in entities if gazetteer.kinds.get(entity) == "rule"]


def _place(named: Sequence[str], person: Profile, said: Sequence[str]) -> Place:
    """Return the place of a question: as named in it or in the rule it is about, in the profile, or earlier in the conversation."""
    for words in named:
        if (place := place_in(words)).country:
            return place
    if person.country:
        country = person.country.upper()
        named = place_in(f"in {person.region.title()}") if person.region else Place()
        return Place(country, named.region if named.country == country else "")
    return next((place for words in reversed(said) if (place := place_in(words)).country), Place())


def parts_in(text: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    """Return the questions of a text that asks two or three, each with the subject that the others name; else nothing.

    A text is split behind question marks, and before "and how", "and what" and the like when both sides ask something.
    """
    pieces = [piece.strip(" ,;") for piece in _SPLIT.split(text)]
    asked = [piece for piece in pieces if len(fold(piece)) >= 3 and _ASKS.search(piece)]
    if len(asked) < 2 or len(asked) > 3:
        return ()
    subjects = gazetteer.find(text)
    if any(_PRONOUN.search(piece) and len(set(fold(piece)) - _EMPTY) < 2 for piece in asked[1:]):
        return ()  # "and what if it stalls?" says nothing by itself
    found = []
    for piece in asked:
        own = gazetteer.find(piece)
        names = " ".join(gazetteer.titles[subject] for subject in subjects) if subjects and not own else ""
        found.append(piece.rstrip("?. ") + (f" ({names})?" if names else "?"))
    return tuple(found)


def missing_of(plan: Plan) -> tuple[str, ...]:
    """Return at most two things that would change the answer and that the person has not said."""
    person, wanted = plan.person, []
    names_platform = bool(plan.entities)
    if plan.care:
        return ()
    of_platform = any("." in key and key.split(".")[0] in {"payout", "fee"} for key in plan.keys)
    if (of_platform or _PLATFORM_TROUBLE.search(plan.question)) and not names_platform:
        wanted.append("platform")
    # A platform's own deadlines and rates are the same everywhere; its taxes are not.
    local = {"tax"} if names_platform else _LOCAL_KEYS
    is_local = bool(_LOCAL.search(plan.query)) or any(key.split(".")[0] in local for key in plan.keys)
    if not plan.country and is_local:
        wanted.append("country")
    if _CHOOSING.search(plan.query) and not names_platform:
        if not person.country:
            wanted.append("country")
        if not person.skills and not person.equipment:
            wanted.append("skills")
        if person.hours_per_week is None:
            wanted.append("hours")
    return tuple(dict.fromkeys(wanted))[:2]


def _leans(text: str) -> bool:
    """Return whether a question leaves something unsaid that an earlier turn said."""
    words = text.split()
    # "I have 6 hours a week", "only in the evenings": who asks nothing adds to what was asked.
    adds = len(words) <= 8 and not _ASKS.search(text) and "?" not in text
    return (
        adds or bool(_FOLLOW_UP.search(text)) or (bool(_PRONOUN.search(text)) and len(words) <= 14) or len(words) <= 3
    )


def _context(said: Sequence[str]) -> tuple[str, ...]:
    """Return the questions that a follow-up rests on, newest first, back to one that stands alone."""
    found = []
    for text in reversed(said[-6:]):
        found.append(" ".join(text.split())[:_MAX_QUESTION])
        if not _leans(found[-1]):
            break
    return tuple(found)


def _says_little(text: str, entities: Sequence[str], gazetteer: Gazetteer) -> bool:
    """Return whether a follow-up only swaps a name or a number: "and for Lyft?", "what if I work 30 hours?"."""
    if re.match(r"\W*(why|sources?|really|are you sure|thanks?|ok(ay)?)\b", text, re.I):
        return False
    names = {word for entity in entities for word in fold(gazetteer.titles[entity])}
    content = [word for word in fold(text) if word not in _LEANING and word not in names]
    has_number = bool(re.search(r"\d", text))
    if keys_in(text) and not has_number:
        return False  # "what about tax?" asks something else of the same
    return len(content) <= 2 or (has_number and len(content) <= 7)


def _standalone(text: str, gazetteer: Gazetteer, earlier: Sequence[str], *, leans: bool) -> tuple[str, list[str]]:
    """Return the question with what it leaves unsaid taken from earlier turns, and its entities."""
    entities = gazetteer.find(text)
    if not earlier or not leans:
        return text, entities
    last = " ".join(earlier[-1].split())[:_MAX_QUESTION]
    short = len(last.split()) <= 6 and not gazetteer.find(last)
    previous, before = _standalone(last, gazetteer, earlier[:-1], leans=short or _leans(last))
    joined = f"{previous.rstrip(' .')}. {text}" if previous[-1:] not in "?!" else f"{previous} {text}"
    content = [word for word in fold(text) if word not in _LEANING]
    if entities and before and len(content) <= 2 + len(entities):
        swapped = previous
        for old in before:
            swapped = re.sub(re.escape(gazetteer.titles[old]), "", swapped, flags=re.IGNORECASE)
        names = " ".join(gazetteer.titles[entity] for entity in entities)
        return " ".join(f"{swapped} {names}".split()), entities
    if entities:
        return text, entities
    if before:
        subject = " ".join(gazetteer.titles[entity] for entity in before)
        return (f"{text} ({subject})" if len(content) > 2 or keys_in(text) else joined), before
    return joined, entities


_EMPTY = frozenset(
    "it its they them that this what if how and so then do does did is are can will would i my me you when why".split()
)
"""Words of a question that say nothing without the one before it."""
_LEANING = frozenset(
    "and or but so then also ok okay what about how if for the a an is it that this on with same in of to does do".split()
)
