"""Every word that the page shows, in one place."""

TITLE = "Gig Advisor"
TAGLINE = "Honest, sourced answers about earning money: platforms, skills, taxes, scams."
PLACEHOLDER = "Ask about a platform, a skill path, a rule or your own numbers"
INFO = "Information, not advice. Figures carry their source and date; check them there before you rely on them."
MODEL_OFFLINE = "Answers come straight from the sources on this machine; no model is used and nothing leaves it."
MODEL_ONLINE = "Answers are written by {model} from the sources on this machine; your question goes to {server}."
CORPUS = "{guides} guides and {facts} dated facts, newest reviewed {reviewed}."
SOURCES = "Sources"
NO_SOURCES = "The sources of an answer appear here."
UNDATED = "undated"
NOTICE = "Note"
STOPPED = "Stopped."
BUSY = "Too many people are asking right now. Try again in a moment."
FAILED = "This question could not be answered: {reason}"
TOO_LONG = "A question can have {limit} characters, yours has {count}. Shorten it and send it again."
EXAMPLES = (
    "What does Upwork take from me?",
    "What do drivers really earn with Uber after car costs?",
    "Can I work on DataAnnotation from Nigeria?",
    "How do I become a data analyst, and how long does it take?",
    "What self-employment tax do I owe in the US?",
    "Is virtual land a good passive income?",
)
KINDS = {
    "official": "official",
    "law": "law",
    "research": "research",
    "press": "press",
    "vendor": "vendor, sells something around it",
    "forum": "forum, what users report",
    "independent": "independent",
    "user": "your own document",
}
COUNTRY = "Your country (optional)"
COUNTRY_HELP = "Rules, taxes and pay depend on it."
EMPTY = "Ask in your own words: who you are, where you live, what you can do, what you need."
