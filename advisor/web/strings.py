"""Every word that the page shows, in one place, ready to be translated; `{…}` are filled in."""

TITLE = "Gig Advisor"
TAGLINE = "Honest, sourced answers about earning money: platforms, skills, taxes, scams."
INFO = "Information, not advice. Figures carry their source and date; check them there before you rely on them."
MODEL_OFFLINE = "Answers come straight from the sources on this machine; no model is used and nothing leaves it."
MODEL_ONLINE = "Answers are written by {model} from the sources on this machine; your question goes to {server}."
CORPUS = "{guides} guides and {facts} dated facts, newest reviewed {reviewed}."
NONE = "none"
CLOSE = "Close"
YES, NO, UNSAID = "Yes", "No", "Not said"
ANY = "Any"
SHARED_OFF = (
    "This page can be opened by others in the network, so files, history and client records are switched off here. "
    "Start it on 127.0.0.1 to use them."
)

NOT_HERE = "There is nothing under this address."
NOT_YOURS = "This conversation belongs to somebody else."
SIGN_IN_FIRST = "Sign in first."
SIGN_IN_TITLE = "Sign in - Gig Advisor"
SIGN_IN = "Sign in"
NAME = "Name"
PASSWORD = "Password"  # noqa: S105 - a label
WRONG_PASSWORD = "Name or password is wrong."  # noqa: S105 - a message
TOO_MANY_TRIES = "Too many wrong passwords. Try again in {minutes} minutes."
TOO_MUCH = "This request is too long."
FOREIGN_ORIGIN = "This request came from another site's page and was refused."
FOREIGN_HOST = "Open this page as http://127.0.0.1 or http://localhost with its port; no other name is answered here.\n"

# Tabs
TAB_CHAT, TAB_TOOLS, TAB_ROADMAP, TAB_LIBRARY = "Chat", "Tools", "Roadmap", "Library"
TAB_FILES, TAB_HISTORY, TAB_CLIENTS, TAB_PROFILE = "My files", "History", "Clients", "About me"

# Chat
PLACEHOLDER = "Ask about a platform, a skill path, a rule or your own numbers"
QUESTION = "Your question"
CONVERSATION = "Conversation"
EMPTY = """## What would you like to know?
Say in your own words where you live, what you can do and what you need.

- **Answers** come with the source and the date of every figure, and a plain "I do not know" where there is none.
- **Sums** (what is left, tax, rates, roadmaps) are worked out in the answer, with every assumption for you to change.
- **Private**: no account, no tracking; your questions are not kept unless you switch History on."""
ASK, STOP, RETRY, COPY, NEW = "Ask", "Stop", "Retry", "Copy answer", "New conversation"
CHANGE = "Change the assumptions: {tool}"
FOLLOW_UPS = "Ask next"
SOURCES = "Sources"
NO_SOURCES = "The sources of an answer appear here."
UNDATED = "undated"
OPEN_GUIDE = "Open the guide"
READ_PASSAGE = "Read the passage"
NOTICE = "Note"
STOPPED = "Stopped."
FAILED = "This question could not be answered: {reason}"
TOO_LONG = "A question can have {limit} characters, yours has {count}. Shorten it and send it again."
STEP_LOOKING = "Looking it up"
STEP_READ = "Reading {count} passages, from {titles}"
STEP_RAN = "Worked out: {tool}"
LABEL_OFFLINE = "From the sources, no model"
LABEL_ONLINE = "Written by {model}, checked against the sources"
LABEL_TIME = "{seconds:.1f} s"
LABEL_CORPUS = "corpus of {day}"
LABEL_INFO = "information, not advice"
ABOUT_YOU = "Used about you: {used}"
LANGUAGE = (
    "The sources are in English and this question does not seem to be ({language}). The answer comes from the English "
    "sources; asking in English finds more."
)
LANGUAGES = {
    "de": "German", "es": "Spanish", "fr": "French", "pt": "Portuguese", "it": "Italian", "nl": "Dutch", "pl": "Polish",
    "other": "another language",
}  # fmt: skip
EXAMPLES_LABEL = "Try one of these"
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

# Results and charts
CHART = "Chart"
CHART_MORE = " and {count} more"
CHART_LINE = "Steady line"
CHART_BAND = (
    "From {start} to {end}: at the end {low} in a bad draw, {mid} in the middle, {high} in a good draw ({unit})"
)
TABLE = "Table: {title}"
ASSUMED = "Assumed"
FACTS_USED = "Facts used"
AS_OF = "as of {day}"
DOWNLOAD = "Download"
DOWNLOAD_AS = {
    "csv": "Table (CSV)", "md": "Text (Markdown)", "pdf": "PDF", "docx": "Word (DOCX)", "ics": "Calendar (ICS)", "json": "Data (JSON)",
}  # fmt: skip
SHARE = "Link to this form"
SHARE_HELP = "Opens the form filled in like this. It holds what you typed, so share it with care."
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAYS_SHORT = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEK_SCALE = "{low} to {high} {unit}"
WEEK_PICKED = "chosen or worked hours"
WEEKS_SPAN = "weeks {start}–{end}"
NEEDS = "{step} needs {need}"

# Tools
TOOL = "Tool"
TOOL_HELP = "Sums done by tested code, from your numbers and dated facts."
TOOL_NAMES = {
    "bids": "Why bids fail", "budget": "Steady budget", "compare": "Compare", "earnings": "What is left", "eligibility": "Can I join?",
    "invoice": "Invoice", "match": "What fits me", "letter": "Letters", "offer": "Take this trip?", "portfolio": "Investing", "rate": "What to charge",
    "rental": "Renting out", "roadmap": "Skill roadmap", "scam_check": "Scam check", "schedule": "Work week",
    "shop": "Shop profit", "tax": "Tax", "vehicle": "Cost of a car", "passive": "Passive income",
}  # fmt: skip
RUN = "Work it out"
MORE_FIELDS = "More fields, already filled with usual values"
REQUIRED = "required"
FIELD_WRONG = "{label} is {value!r}: {reason}. Allowed: {allowed}."
FIELD_MISSING = "{label} is empty: it is needed. Allowed: {allowed}."
FORM_WRONG = "Nothing was worked out yet: {count} to correct above."
LINES_HELP = "One per line."
NUMBERS_HELP = "Numbers in order, separated by commas."
MAP_HELP = "One per line, name: number."
ROWS_HELP = "One row each; leave the rest empty."
DATE_HELP = "Year-month-day."
FROM_PROFILE = "Filled in from About me: {fields}."
ALLOWED_ANY_TEXT, ALLOWED_DATE, ALLOWED_LIST = "text", "a day as YYYY-MM-DD", "one entry per line"
ALLOWED_NUMBER = "a number"
ALLOWED_WHOLE = "a whole number"
UNITS = {
    "percent": "%", "hours": "hours", "hour": "money an hour", "minutes": "minutes", "miles": "miles", "mile": "money a mile", "weeks": "weeks",
    "months": "months", "years": "years", "days": "days", "age": "years", "money": "money",
}  # fmt: skip

# About me
PROFILE_INTRO = (
    "Optional. What you write here stays in this browser, is sent along with your questions to this machine only, and "
    "fills in the forms of the tools."
)
PROFILE_INTRO_ONLINE = (
    "Optional. What you write here stays in this browser and is sent along with your questions; since a model is "
    "configured, it reaches {server} with them."
)
PROFILE_LABELS = {
    "country": "Country", "region": "Region", "age": "Age", "hours_per_week": "Hours a week", "skills": "Skills", "languages": "Languages",
    "equipment": "Equipment", "capital": "Money to start with", "limits": "Limits", "status": "Status",
}  # fmt: skip
PROFILE_HELP = {
    "region": "State, province or city.", "skills": "One per line or separated by commas.", "languages": "For instance English, Polish.",
    "equipment": "For instance car, bicycle, laptop, phone.", "capital": "In your currency.",
    "limits": "What you cannot or will not do, for instance no phone calls.",
    "status": "Student, carer, employed, unemployed, retired.",
}  # fmt: skip
PROFILE_SAVE, PROFILE_ERASE = "Keep in this browser", "Erase everything about me"
PROFILE_SAVED = "Kept in this browser and used from now on: {used}."
PROFILE_ERASED = "Erased from this browser."
PROFILE_EMPTY = "Nothing about you is kept or used."

# Roadmap
ROADMAP_INTRO = (
    "Pick a path and the hours you have; steps that you tick off are remembered in this browser with their day."
)
ROADMAP_PATH, ROADMAP_HOURS, ROADMAP_SKILLS, ROADMAP_START = "Path", "Hours a week", "Skills you have", "First day"
ROADMAP_VARIANT = "How"
ROADMAP_VARIANTS = {
    "full": "The whole path", "fast": "Only up to the first paid work", "cheap": "Free resources first",
}  # fmt: skip
ROADMAP_DRAW = "Draw the roadmap"
ROADMAP_DONE = "Done so far"
ROADMAP_NEXT = "Next: {step}, {hours} hours. Proof: {proof}"
ROADMAP_ALL_DONE = "Every step of this path is ticked off. Go for the first paid work."
ROADMAP_TICKED = "{step}, done {day}"
ROADMAP_NONE = "There is no path in the corpus yet."
ROADMAP_DUE = "Finish: {step}"

# Library
LIBRARY_INTRO = "What the answers are made of: every guide, every dated fact, and how old each one is."
LIBRARY_KIND, LIBRARY_COUNTRY, LIBRARY_GUIDE, LIBRARY_FIND = "Kind", "Country", "Guide", "Find"
LIBRARY_GUIDES, LIBRARY_FACTS, LIBRARY_HISTORY, LIBRARY_COVERAGE = "Guides", "Facts", "History of a value", "Coverage"
LIBRARY_KEY = "Value"
LIBRARY_COUNT = "{guides} guides, {facts} facts"
LIBRARY_SHOWN = "The first {shown} of {count} are shown; narrow it down to see the rest."
LIBRARY_NOTHING = "Nothing matches. Take a filter away."
LIBRARY_NO_HISTORY = "This value is known from one date only."
LIBRARY_COLUMNS = ("What", "Value", "Where", "In force", "Age", "Source")
GUIDE_COLUMNS = ("Guide", "Kind", "Facts", "Oldest value", "Newest value")
AGE_STALE = "{days} days, past its shelf life"
AGE_FRESH = "{days} days"
GUIDE_KINDS = {
    "platform": "Platform", "option": "Option", "path": "Skill path", "rule": "Rule", "safety": "Safety", "occupation": "Occupation",
    "topic": "Topic",
}  # fmt: skip

# My files
FILES_INTRO = (
    "What you add stays on this machine. Documents are searched with your questions, a work log shows when work pays, "
    "a CV gives the skills for your profile and is not kept, and job posts are ranked for you."
)
FILES_PICK, FILES_ADDRESS = "Files", "Or a web address"
FILES_ADDRESS_HELP = "The page is fetched once by this machine."
FILES_KIND = "What are they?"
FILES_DOCUMENT, FILES_LOG = "Documents to search", "My work log (trips, orders, pay)"
FILES_CV, FILES_JOBS = "My CV", "Job posts (CSV, JSON, RSS)"
FILES_CV_FOUND, FILES_CV_NOTHING = (
    "{count} skills found; nothing of the file is kept",
    "No skill was recognised; write in it what you do in a day, also unpaid",
)
FILES_CV_HEAD, FILES_CV_KEEP = "Skills in your CV", "Keep the ticked skills in About me"
FILES_CV_HELP = "Proposals with the words that show them. Tick what is right, take the tick off what is wrong."
FILES_CV_KEPT = "Kept in this browser: {skills}. You can change it under About me."
FILES_CV_NONE = "Tick at least one skill first."
FILES_FEED = "Job posts: {name} ({count})"
POSTS_HEAD, POSTS_SKILLS, POSTS_FLOOR, POSTS_SHOW = (
    "Job posts that fit",
    "Your skills",
    "Least pay an hour",
    "Show the posts that fit",
)
POSTS_SKILLS_HELP = "Separated by commas."
POSTS_NO_SKILLS = "Name at least one skill."
POSTS_NOTHING = "No post fits. Take the least pay away, or name more skills."
POSTS_COLUMNS, POSTS_BUT = ("Post", "For and against it"), "But: {words}"
POSTS_RATE, POSTS_BUDGET, POSTS_UNPAID = (
    "{currency} {low}–{high} an hour",
    "{currency} {budget} in all",
    "Pay not stated",
)
FILES_ADD, FILES_REMOVE, FILES_ERASE_LOG = "Add", "Remove", "Erase the work log"
FILES_MINE = "What you added"
FILES_EMPTY = "You have added no document and no job posts yet."
FILES_NOTHING = "Choose a file or give an address first."
FILES_REMOVED = "{title} was removed."
FILES_NO_LOG = "There is no work log yet."
FILES_LOG_ERASED = "The work log is erased from this machine."
FILES_COLUMNS = ("File", "Result", "Remarks")
FILES_READING = "Reading {name} ({number} of {count})"
FILES_LOG_ROWS = "{rows} rows, {new} of them new"
FILES_LEFT_OUT = "{count} left out: {reason}"
FILES_LOG_HEAD = "What your work log shows"

# History
HISTORY_INTRO = "Off until you switch it on. Saved conversations stay in a file in the data folder of this machine."
HISTORY_SWITCH = "Save my conversations on this machine"
HISTORY_ON, HISTORY_OFF = "From now on conversations are saved.", "Nothing more is saved; delete what is there below."
HISTORY_LIST, HISTORY_FIND, HISTORY_NAME = "Saved conversations", "Search", "Name"
HISTORY_OPEN, HISTORY_RENAME, HISTORY_DELETE, HISTORY_DELETE_ALL = "Open in the chat", "Rename", "Delete", "Delete all"
HISTORY_EXPORT = "Export"
HISTORY_EMPTY = "No saved conversation."
HISTORY_DONE = "Done."
HISTORY_CHOOSE = "Choose a conversation first."

# Clients
CLIENTS_INTRO = (
    "For career counsellors: keep a file per client on this machine. Use pseudonyms, never real names; whoever can open "
    "this machine can read it."
)
CLIENT, CLIENT_NEW, CLIENT_ADD = "Client", "New pseudonym", "Add client"
CLIENT_NOTES, CLIENT_SAVE_NOTES = "Notes", "Save notes"
CLIENT_SAVE_CHAT, CLIENT_SAVE_ROADMAP = "Save the open conversation here", "Save the drawn roadmap here"
CLIENT_ERASE = "Erase this client"
CLIENT_CONFIRM = "Type the pseudonym to erase the client with all notes, conversations and roadmaps"
CLIENT_ERASED = "{alias} is erased with all notes, conversations and roadmaps."
CLIENT_MISMATCH = "Nothing was erased: the pseudonym typed is not {alias}."
CLIENT_EMPTY = "No client yet."
CLIENT_CHOOSE = "Choose a client first."
CLIENT_TAKEN = "There is a client {alias!r} already. Choose another pseudonym."
CLIENT_BLANK = "A pseudonym has 1 to 60 characters."
CLIENT_SAVED = "Saved."
CLIENT_NOTHING_OPEN = "There is nothing to save yet: ask a question or draw a roadmap first."
CLIENT_ITEMS = "Saved for this client"
CLIENT_HANDOUT = "Printable hand-out"
CLIENT_HANDOUT_WITH_NOTES = "Hand-out with my notes"
CLIENT_REFERRALS = "Where to get help"
HANDOUT_TITLE = "Hand-out for {alias}"
HANDOUT_DATE = "Made on {day} with Gig Advisor. Information, not advice; check each figure at its source."
