"""The closed lists of `corpus/README.md` as the linter enforces them."""

import re

SECTIONS: dict[str, tuple[str, ...]] = {
    "platform": (
        "In short", "Who can join", "How the work and the pay work", "Fees and costs", "When you are paid",
        "What people really earn", "First steps", "Risks and how it goes wrong", "Good to know", "Questions people ask",
    ),
    "option": (
        "In short", "How it works", "What it takes", "What people really earn", "How it fails", "First steps",
        "Tax and rules", "Good to know", "Questions people ask",
    ),
    "path": (
        "In short", "What the work is", "Who hires and what it pays", "Skills and steps", "Proof of skill",
        "First paid work", "How AI changes it", "Risks and how it goes wrong", "Questions people ask",
    ),
    "rule": (
        "In short", "Who it applies to", "The rule in figures", "How to work it out", "What to do and when",
        "Worked example", "Common mistakes", "Where to get help", "Questions people ask",
    ),
    "safety": (
        "In short", "How it works", "Signs", "What is normal instead", "What to do now",
        "If you have already paid or sent documents", "Where to report", "Questions people ask",
    ),
    "occupation": (
        "In short", "What the work is", "Pay and outlook", "How people enter", "How it connects to gig work",
        "Questions people ask",
    ),
    "topic": ("In short", "What is known", "What to do", "Limits and doubts", "Questions people ask"),
}  # fmt: skip

COVERAGE: dict[str, dict[str, tuple[str, ...]]] = {
    "platform": {
        "fee": ("fee.*",),
        "payout timing": ("payout.timing",),
        "payout minimum": ("payout.minimum",),
        "age": ("eligibility.age",),
        "countries": ("eligibility.countries",),
        "documents": (
            "eligibility.identity", "eligibility.background", "eligibility.licence", "requirement.document",
        ),
        "equipment": ("requirement.equipment", "requirement.vehicle"),
        "earnings": ("pay.*",),
        "costs": ("cost.*",),
        "tax forms": ("tax.form",),
        "account closure": ("policy.closure", "policy.appeal"),
    },
    "option": {
        "capital": ("requirement.capital",),
        "hours": ("hours.week",),
        "time to first income": ("hours.start",),
        "earnings": ("pay.*", "yield.*"),
        "base rate": ("market.success",),
        "costs": ("cost.*", "fee.*"),
        "loss": ("risk.loss",),
        "tax": ("tax.form", "threshold.*", "rate.tax"),
    },
    "path": {
        "hours": ("hours.learn",),
        "cost": ("cost.course", "cost.certificate", "cost.equipment", "cost.software"),
        "pay": ("pay.*",),
        "demand": ("market.demand", "market.outlook", "rate.growth"),
    },
    "rule": {
        "figures": ("rate.*", "threshold.*", "law.*"),
        "deadline": ("deadline.*",),
        "form": ("tax.form", "law.duty"),
        "help": ("contact.help",),
    },
    "safety": {"loss": ("risk.loss", "risk.scam"), "report": ("contact.report",), "help": ("contact.help",)},
    "occupation": {
        "pay": ("pay.yearly", "pay.hourly"),
        "outlook": ("market.outlook", "rate.growth"),
        "entry": ("requirement.*",),
    },
    "topic": {},
}  # fmt: skip

UNITS = frozenset(
    "percent days business_days weeks months years hours minutes miles km count points ratio ETH LINDEN".split()
)
BASIS = frozenset(
    "gross net engaged_hour online_hour worked_hour tips_included tips_excluded advertised employee self_reported "
    "unspecified".split()
)
MEASURED_PAY = frozenset({"pay.hourly", "pay.weekly", "pay.monthly", "pay.yearly"})
REGION = re.compile(r"global|EU|[A-Z]{2}(-[A-Z0-9]{1,3})?(/[^/]+)?")
REVIEW_DAYS = 365

BANNED_HOSTS = frozenset(
    "winenfood.com eatsip365.com visualfoodie.com eathealthy365.com reg2.ncvps.org 2024subaru.com m.xeeger.com "
    "ibetubet.com questcommunity.in angel-com027.shop wealthsanta.com liesandseductions.com fastseoul.com "
    "kryptowheel.com legalclarity.org".split()
)

FORM_NAMES = re.compile(
    r"\b(?:Forms? )?(?:1099(?:-[A-Z]+)?|W-?\d(?:-?BEN(?:-E)?)?|1040(?:-[A-Z]+)?|401\(k\)|44ADA|SA\d+|T4A?|T2125|P60|24/7|B2B|"
    r"GA4|H\.?264|MP[34]|3D|2FA|DAC7|F-1|H-1B|ISO \d+|UTF-8|Web3|Office 365|Microsoft 365|PM2\.5|5G|Section \d+\w*|"
    r"Schedule [A-Z0-9]+|Prop(?:osition)? \d+|Class \d|Level \d|Step \d|Part \d|Article \d+)\b|\$0\b",
    re.IGNORECASE,
)
HYPE = re.compile(
    r"\b(?:earn|make|pay|pays|income|earnings|paid)\b[^.]{0,40}\bup to\b|\bup to \W?\d[\d,.]*\W? (?:a|an|per) "
    r"(?:hour|week|month|day|year)\b|\bguaranteed (?:income|earnings|pay|return)",
    re.IGNORECASE,
)
QUOTED = re.compile(r"[\"“”][^\"“”]*[\"“”]")
