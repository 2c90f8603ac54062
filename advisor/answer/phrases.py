"""The fixed words of an answer without a model: they connect and ask back, and carry no claim and no figure."""

PHRASES = {
    "nearest": "No guide asks exactly this; what comes nearest:",
    "where": "*This holds for {place}.*",
    "town": "*No figure here is for {town} itself; a week of your own numbers there says more.*",
    "details": "What else matters:",
    "catch": "The catch:",
    "next": "Next step:",
    "past": "These sources describe an earlier time:",
    "results": "Worked out for you:",
    "assumed": "Assumed:",
    "differs": "Sources differ here:",
    "old": "Older than its shelf life, so check it at the source before you rely on it:",
    "no_year": "I have no source for that year; this is what the sources say now:",
    "several": "It depends on the platform; on record are:",
    "lowest": "By what is on record, the lowest first:",
    "highest": "By what is on record, the highest first:",
    "ask": "To fit this to you:",
    "sources": "The last answer rests on:",
    "worked": "The sum was worked out from:",
    "no_result": "The last answer holds no sum and no table.",
}

QUESTIONS_BACK = {
    "platform": "Which platform do you mean?",
    "country": "Which country are you in? Rules, taxes and pay depend on it.",
    "skills": "What can you do already, and what do you have: a car, a bicycle, a laptop, a skill?",
    "hours": "How many hours a week do you have?",
}

ABSTAIN = (
    "I do not have a source that answers this, so I will not guess. Nearest topics that I do cover: {topics}. "
    "Try naming the platform, the country or the kind of work."
)
ABSTAIN_BARE = (
    "I do not have a source that answers this, so I will not guess. I cover earning options: gig platforms, freelancing, "
    "AI data work, selling, renting, investing for income, skill paths, and the tax and rules around them."
)
ABSTAIN_PART = "I do not have a source on this part, so I will not guess."
CARE = {
    "crisis": (
        "I am sorry that it is this hard right now. Please talk to someone today: the emergency number or a crisis line "
        "of your country, a doctor, or a person you trust. Money trouble can be worked on afterwards, and free debt or "
        "welfare advice exists in most places. I can help with the next small step when you are ready."
    ),
    "evasion": (
        "I do not help with that: it can cost you the account, the money and more. What does work is the open way: "
        "declare what you earn, use your own account and identity, and appeal a closure in writing."
    ),
}
