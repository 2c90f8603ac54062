"""Plain words for skills: what people call the skills of the paths, and what informal and unpaid work teaches."""

import re
from dataclasses import dataclass
from functools import lru_cache

# Skill of a path -> what people write for it. A skill's own words are always looked for as well.
_ALIASES = {
    "spreadsheets": r"excel|google sheets|pivot tables?|vlookup|spreadsheet\w*|libreoffice calc",
    "basic-computer-use": r"computer (?:skills|literate|literacy)|ms office|microsoft office|windows|typing|word and excel|google docs|office software",
    "english-writing": r"(?:fluent|native|good|excellent|perfect)(?: in)? english|english (?:writing|degree|\(c[12])|copy ?editing|proofread\w*|essay\w*|blog(?:s|ging)?|(?:good|clear) writ\w+|wr(?:ite|iting|ote) (?:articles|reports|letters|emails)",
    "client-communication": r"(?:deal\w*|talk\w*|work\w*|communicat\w*) with (?:clients|customers)|client (?:calls|meetings)|account manage\w+",
    "customer-service": r"customer (?:service|support|care)|zendesk|freshdesk|live chat|call cent(?:re|er)|help ?desk|receptionist|cashier|shop assistant|retail|waiter|barista|complaints",
    "python": r"python|pandas|django|flask|numpy",
    "sql": r"sql|mysql|postgres\w*|sqlite|bigquery",
    "git": r"git(?:hub|lab)?|version control",
    "html-css": r"html5?|css3?|bootstrap|tailwind",
    "javascript": r"javascript|typescript|jquery|node(?:\.js|js)?|es6",
    "web-frameworks": r"react(?:\.?js)?|vue(?:\.?js)?|angular|next\.?js|laravel|ruby on rails",
    "web-deployment": r"netlify|vercel|web hosting|docker|nginx|deploy\w* (?:web ?)?sites?|wordpress",
    "mobile-framework": r"flutter|react native|kotlin|swift|android app\w*|ios app\w*",
    "cloud-basics": r"aws|azure|google cloud|gcp|docker|kubernetes|cloud",
    "databases-and-apis": r"postgres\w*|mysql|redis|graphql|fastapi|apis?|rest api|mongodb|databases?|back ?end",
    "programming-basics": r"programming|coding|java|c\+\+|c#|php|scratch|software develop\w+",
    "machine-learning": r"machine learning|scikit[- ]learn|xgboost|predictive model\w*",
    "deep-learning": r"deep learning|pytorch|tensorflow|neural networks?|computer vision",
    "llm-evaluation": r"llm evaluation|evaluat\w+ (?:ai|model|chatbot) (?:answers|outputs?|responses)|rlhf",
    "prompt-writing": r"prompt\w*|chatgpt|generative ai",
    "data-labelling": r"data (?:label\w+|annotation|tagging)|annotat\w+|image tagging|transcri\w+",
    "data-visualisation": r"tableau|power ?bi|looker|dashboards?|charts|data visuali[sz]ation|matplotlib",
    "descriptive-statistics": r"statistics|spss|stata|survey analysis|averages and",
    "statistical-inference": r"regression|hypothesis test\w*|a/b test\w*|econometrics",
    "data-modelling": r"data model\w*|dbt|star schema|data warehouse",
    "data-pipelines": r"etl|airflow|data pipelines?|spark",
    "business-reporting": r"(?:monthly|weekly|management|business) reports?|reporting|kpis?",
    "bookkeeping-basics": r"book ?keep\w*|(?:kept|keep|do|doing|did) the (?:books|accounts)|accounts? (?:payable|receivable)|ledgers?|treasurer|invoic\w+|reconcil\w+",
    "accounting-software": r"quickbooks|xero|sage|tally|freshbooks|datev",
    "month-end-and-sales-tax": r"month[- ]end|vat returns?|sales tax|gst returns?|payroll",
    "design-software": r"photoshop|illustrator|indesign|figma|canva|affinity|coreldraw|procreate",
    "design-basics": r"graphic design|logos?|typography|posters?|flyers?|draw\w*|illustrat\w+",
    "ai-image-tools": r"midjourney|dall-?e|stable diffusion|firefly",
    "print-and-file-preparation": r"print[- ]ready|prepress|brochures?",
    "wireframing": r"wirefram\w+|prototyp\w+|user flows?",
    "usability-testing": r"usability|user (?:testing|interviews|research)",
    "interviewing": r"interview(?:ed|ing)? (?:people|users|customers)|focus groups?",
    "video-editing-basics": r"video edit\w*|premiere|final cut|davinci|capcut|imovie|edit(?:ed|ing)? videos?",
    "short-video": r"tiktok|reels|youtube shorts|short videos?",
    "motion-graphics": r"after effects|motion graphics|animation",
    "sound-and-subtitles": r"subtitl\w+|captions|sound edit\w+|podcast edit\w+|audacity",
    "seo-basics": r"seo|keyword research|search engine optimi[sz]ation",
    "technical-seo": r"technical seo|site speed|schema markup|crawl\w*",
    "local-search": r"google business profile|local seo|google maps listing",
    "web-analytics": r"google analytics|ga4|web analytics|conversion rate",
    "paid-ads": r"google ads|facebook ads|meta ads|paid ads|ppc|ad campaigns?",
    "content-planning": r"content (?:plan\w*|calendar|strategy)|editorial calendar",
    "community-management": r"community manage\w+|moderat\w+|facebook group|discord|(?:run|ran|running|manag\w+) (?:the |our |a )?(?:instagram|facebook|social media)",
    "copywriting-basics": r"copywrit\w+|sales pages?|newsletters?|slogans?|ad copy",
    "portfolio-building": r"portfolio",
    "proposal-writing": r"proposals?|grant (?:applications?|writing)|bid writing|tenders?",
    "fact-checking": r"fact[- ]check\w*|source checking|investigat\w+",
    "domain-knowledge": r"degree in|phd|doctor\w*|law degree|medical|nurs\w+|engineer\w*|chemist\w*|physic\w*|biolog\w*|lawyer|accountant",
    "guideline-reading": r"guidelines|style guides?|sop|quality standards|compliance",
    "instruction-writing": r"manuals?|how-to guides?|instructions|standard operating procedures",
    "documentation-tools": r"confluence|markdown|technical documentation|sphinx",
    "second-language": r"bilingual|\w+ native|fluent in (?!english\b)\w+|speak (?!english\b)[A-Z]\w+|native (?!english\b)[A-Z]\w+|(?:two|three|four) languages|multilingual",
    "translation-basics": r"translat\w+|interpret(?:er|ed|ing)|localisation|localization",
    "cat-tools": r"trados|memoq|cat tools?|omegat|wordfast",
    "post-editing": r"post[- ]edit\w+|machine translation",
    "lesson-planning": r"lesson plans?|lesson planning|curriculum|teach(?:ing|er)?|taught|tutor\w*",
    "online-teaching": r"online (?:teach\w*|lessons|tutoring)|zoom lessons|italki|preply",
    "teaching-certificate": r"tefl|celta|tesol|teaching (?:certificate|licen[cs]e)|qualified teacher",
    "finding-learning-gaps": r"help\w* (?:\w+ ){0,3}with (?:\w+ )?homework|diagnos\w+ learning|special needs pupils|mentor\w*",
    "calendar-and-inbox": r"calendar|inbox|scheduling|appointments?|diary management|secretar\w+|personal assistant|office admin\w*|administrative assistant",
    "process-mapping": r"process (?:map\w*|improvement|documentation)|workflows?",
    "automation-tools": r"zapier|make\.com|n8n|power automate|macros",
    "error-handling": r"debug\w*|troubleshoot\w*",
    "quality-checking": r"quality (?:control|check\w*|assurance|inspection)|inspector",
    "test-design": r"test cases?|test plans?|software test\w*|manual testing",
    "test-automation": r"selenium|cypress|playwright|automated tests?",
    "bug-reporting": r"bug reports?|jira|bugs",
    "product-listing": r"(?:list\w*|sell\w*|sold) (?:\w+ ){0,3}(?:on|via) (?:ebay|etsy|amazon|vinted|facebook marketplace|olx|shopee)|product listings?|ebay|etsy|vinted",
    "product-research": r"product research|sourcing|suppliers?|wholesale",
    "order-fulfilment": r"packing|shipping|warehouse|stock ?keeping|inventory|order fulfil\w+|dispatch",
    "driving-licence-and-record": r"(?:driving|driver'?s?) licen[cs]e|cdl|hgv|(?:taxi|bus|truck|lorry|delivery|van) driver|(?<!google )driv(?:e|ing|er)|clean record|chauffeur|courier",
    "local-navigation": r"know (?:my|the) (?:city|town|area)|navigation|tour guide|city guide",
    "trip-cost-accounting": r"fuel costs?|mileage log",
    "multi-app-work": r"several apps|multi[- ]app\w*|uber and lyft",
    "document-search": r"retrieval[- ]augmented|\brag\b|document search|embeddings",
    "model-operation": r"mlops|model deployment|mlflow",
    "app-publishing": r"app store|google play|publish\w* apps?",
}  # fmt: skip


@dataclass(frozen=True)
class Informal:
    """What unpaid or informal work shows: a pattern, the skill in plain words, the skills of paths it helps with, kinds of work."""

    skill: str
    pattern: str
    helps: tuple[str, ...] = ()
    families: tuple[str, ...] = ()


INFORMAL = (
    Informal("caring for people", r"(?:look\w*|looked|car(?:e|es|ed|ing)|car(?:e|es|ed|ing) for|take care|took care|tak\w+ care) (?:after|for|of) (?:[\w'’]+ ){0,3}(?:grandparent|parent|partner|sibling|relative|grandchild|child|children|neighbou?r|baby|elderly|family|people|patients?|kids?)\w*|\bcarer\b|caregiv\w+|care ?taker for", ("client-communication",), ("local-services",)),
    Informal("looking after children", r"(?:look\w*|car(?:e|es|ed|ing)|took care|tak\w+ care) (?:after|for|of) (?:[\w'’]+ ){0,3}(?:child|children|grandchild\w*|baby|babies|kids?|toddlers?)|baby ?sit\w*|child ?minding|child ?care|rais\w+ (?:\w+ ){0,2}(?:children|kids)|nann(?:y|ied)|(?:children|kids) (?:at home|of my own)|stay-at-home parent|homemaker|play ?group", ("finding-learning-gaps",), ("local-services", "online-tutoring")),
    Informal("organising events", r"(?:run|ran|runs|running|organi[sz]\w*|help\w* (?:run|organi[sz]e)|plan(?:s|ned|ning)?|set up|host\w*) (?:\w+ ){0,4}(?:sales?|fairs?|festivals?|events?|weddings?|part(?:y|ies)|concerts?|tournaments?|fundraisers?|camps?|trips?|markets?|meet ?ups?)", ("calendar-and-inbox", "client-communication", "process-mapping"), ("freelancing", "local-services")),
    Informal("raising money", r"fund ?rais\w*|bake sales?|collect\w* donations|sponsor\w*|crowdfund\w*|charity (?:sale|run|shop)", ("proposal-writing", "client-communication"), ("freelancing",)),
    Informal("handling money and accounts", r"treasurer|household budget|(?:manag\w*|do|did|handl\w*|kept|keep\w*|run|ran) (?:\w+ ){0,3}(?:budget|accounts|books|cash|till|petty cash|bills|finances|money)", ("bookkeeping-basics", "spreadsheets"), ("freelancing",)),
    Informal("cooking and baking", r"\bcook(?:s|ed|ing)?\b|\bbak(?:e|es|ed|ing)\b|catering|meal prep\w*", (), ("local-services", "online-selling")),
    Informal("cleaning and housekeeping", r"clean(?:s|ed|ing)? (?:\w+ ){0,3}(?:house|home|office|flat|church|room|school)s?|house ?keeping|\bcleaner\b", (), ("local-services",)),
    Informal("repairs and handiwork", r"(?:repair\w*|fix\w*|mend\w*) (?:\w+ ){0,3}(?:bikes?|bicycles?|cars?|furniture|appliances?|things|clothes|houses?|homes?|taps?|roofs?|shoes|engines?|machines?|toys|doors?|windows?)|handy(?:person| work)|\bdiy\b|carpent\w+|plumb\w+|paint(?:ed|ing) (?:houses|rooms|walls|fences)|assembl\w+ furniture", ("error-handling",), ("local-services",)),
    Informal("gardening", r"garden\w*|\blawns?\b|allotment|mow\w*", (), ("local-services",)),
    Informal("caring for animals", r"(?:walk\w*|sit\w*|look\w* after|groom\w*) (?:\w+ ){0,2}(?:dogs?|cats?|pets?|horses?)|dog walk\w*|pet sit\w*", (), ("local-services",)),
    Informal("sewing and crafts", r"\bsew(?:s|ing|n|ed)?\b|knit\w*|crochet\w*|handmade|crafts?\b|jewel(?:le)?ry making|pottery|embroider\w*|candles", ("product-listing",), ("online-selling",)),
    Informal("selling second-hand", r"(?:s[eo]ll?\w*|resell\w*|sold) (?:\w+ ){0,4}(?:second[- ]hand|used|old clothes|at (?:flea|car boot|street) \w+|on (?:vinted|ebay|facebook|olx))|flea market|car boot", ("product-listing", "product-research"), ("online-selling",)),
    Informal("coordinating volunteers", r"volunteer\w*|youth (?:group|club|leader)|scouts?\b|coach(?:ed|ing|es)? (?:\w+ ){0,4}(?:team|children|football|soccer|basketball|kids|club)|parent council|\bpta\b|committee|community (?:group|centre|center|kitchen)|church group", ("client-communication", "community-management"), ("freelancing",)),
    Informal("interpreting for others", r"(?:translat\w*|interpret\w*) for (?:\w+ ){0,3}\w+|help\w* (?:\w+ ){0,4}(?:fill in|with) (?:\w+ )?(?:forms|paperwork|letters)", ("translation-basics", "second-language", "customer-service"), ("freelancing", "languages")),
    Informal("explaining and tutoring", r"help\w* (?:\w+ ){0,4}with (?:\w+ ){0,2}(?:homework|school ?work|maths?|reading|studies|exams)|tutor\w*|explain\w* (?:\w+ ){0,3}to (?:\w+ ){0,2}(?:class ?mates|friends|children|students)|taught (?:\w+ ){0,3}to", ("lesson-planning", "finding-learning-gaps"), ("online-tutoring", "teaching")),
    Informal("helping people with technology", r"(?:help\w*|teach\w*|show\w*|set\w* up|fix\w*) (?:\w+ ){0,5}(?:computers?|phones?|smart ?phones?|wi-?fi|printers?|internet|laptops?)|family'?s? (?:it|tech) support", ("basic-computer-use", "customer-service", "error-handling"), ("local-services", "freelancing")),
    Informal("driving for others", r"driv(?:e|es|ing|en)|drove (?:\w+ ){0,4}(?:to|for)|school run|(?:give|gave|giving) (?:\w+ )?lifts", ("driving-licence-and-record", "local-navigation"), ("delivery", "driving", "ride-hail")),
    Informal("posting and filming online", r"(?:instagram|tiktok|youtube|facebook|twitch) (?:page|account|channel|group|posts?|videos?)|my (?:own )?(?:channel|blog|podcast|vlog)|film(?:s|ed|ing)? (?:\w+ ){0,3}(?:videos?|weddings?|events?)|photograph\w*|take (?:\w+ )?photos", ("short-video", "content-planning", "community-management"), ("content-and-audience", "content")),
    Informal("farm and food growing", r"farm\w*|harvest\w*|livestock|chickens|bees?keeping|smallholding", (), ("local-services",)),
    Informal("moving and lifting", r"(?:mov(?:e|ed|ing)|carr(?:y|ied|ying)|lift(?:ed|ing)?) (?:\w+ ){0,3}(?:furniture|boxes|houses|goods|parcels)|removals?", (), ("local-services", "delivery")),
    Informal("welcoming guests", r"(?:rent\w*|let) (?:\w+ ){0,3}room|guests?\b|air ?bnb|hosted (?:\w+ ){0,2}(?:students|tourists)|guest ?house", ("customer-service",), ("local-services",)),
    Informal("moderating and gaming", r"moderator|discord server|gam(?:er|ing)|esports|speed ?runs?", ("community-management", "bug-reporting"), ("content-and-audience",)),
)  # fmt: skip
"""Checked against neutral text (`advisor.neutral`), in which mother and father are both parent."""

_ORDINARY = (
    "i we my our the a an and work working worked experience education skills skill profile summary objective about contact curriculum vitae resume cv "
    "references hobbies interests languages language employment history training certificates qualifications volunteer volunteering projects "
    "software web senior junior lead head data business sales marketing customer service support office project product graphic video "
    "developer engineer designer manager assistant analyst teacher driver nurse carer cook chef cleaner worker technician specialist consultant "
    "accountant bookkeeper writer editor translator tutor student intern clerk cashier receptionist secretary operator officer agent supervisor "
    "coordinator electrician plumber carpenter mechanic farmer tailor artist photographer musician researcher scientist lawyer doctor since "
    "currently previously also then now today because while when after before for from with in on at this that these it there here they you people "
    "everyone everybody nobody somebody someone family team school university college company restaurant hospital church shop farm home "
    "organised organized managed looked helped ran taught drove cooked cleaned cared volunteered organising teaching driving cooking cleaning "
    "helping caring looking running building making selling monday tuesday wednesday thursday friday saturday sunday january february march april "
    "may june july august september october november december part full time self employed freelance personal professional key core technical "
    "microsoft google adobe excel python java sql english quickbooks photoshop other good fluent native basic what who how which where when why "
    "machine learning computer social media public private human resources health care child community content digital online"
).split()  # fmt: skip


@lru_cache(maxsize=1)
def ordinary_words() -> frozenset[str]:
    """Return words that begin a line or sentence with a capital and are no name."""
    return frozenset(_ORDINARY)


@lru_cache(maxsize=512)
def alias_pattern(skill: str) -> re.Pattern[str]:
    """Return the pattern under which a skill of the paths is named in plain text."""
    own = re.escape(skill.replace("-", " ")).replace(r"\ ", "[ -]")
    words = own if skill not in _ALIASES else f"{own}|{_ALIASES[skill]}"
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE)


@lru_cache(maxsize=1)
def informal_patterns() -> tuple[tuple[Informal, re.Pattern[str]], ...]:
    """Return what informal work teaches with its compiled patterns."""
    return tuple((item, re.compile(rf"(?<![\w-])(?:{item.pattern})(?![\w-])", re.IGNORECASE)) for item in INFORMAL)
