"""The frozen data that passes between the steps; no behaviour beyond small properties, no I/O."""

from datetime import date
from enum import StrEnum
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

SourceKind = Literal["official", "law", "research", "press", "vendor", "forum", "independent", "user"]
GuideKind = Literal["platform", "option", "path", "rule", "safety", "occupation", "topic"]
SectionKind = Literal["prose", "question", "fact", "document"]


class Frozen(BaseModel):
    """Base of all data models: immutable and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FactKey(StrEnum):
    """The closed vocabulary of fact keys; `corpus/README.md` says what each one means."""

    FEE_WORKER = "fee.worker"
    FEE_CLIENT = "fee.client"
    FEE_PAYMENT = "fee.payment"
    FEE_WITHDRAWAL = "fee.withdrawal"
    FEE_CURRENCY = "fee.currency"
    FEE_LISTING = "fee.listing"
    FEE_SUBSCRIPTION = "fee.subscription"
    FEE_BID = "fee.bid"
    FEE_ADVERTISING = "fee.advertising"
    FEE_REGULATORY = "fee.regulatory"
    FEE_OTHER = "fee.other"
    PAY_HOURLY = "pay.hourly"
    PAY_TASK = "pay.task"
    PAY_TRIP = "pay.trip"
    PAY_MILE = "pay.mile"
    PAY_MINUTE = "pay.minute"
    PAY_WEEKLY = "pay.weekly"
    PAY_MONTHLY = "pay.monthly"
    PAY_YEARLY = "pay.yearly"
    PAY_PROJECT = "pay.project"
    PAY_SHARE = "pay.share"
    PAY_TIPS = "pay.tips"
    PAY_BONUS = "pay.bonus"
    PAY_MINIMUM = "pay.minimum"
    PAY_FORMULA = "pay.formula"
    PAYOUT_TIMING = "payout.timing"
    PAYOUT_MINIMUM = "payout.minimum"
    PAYOUT_METHODS = "payout.methods"
    PAYOUT_HOLD = "payout.hold"
    PAYOUT_INSTANT = "payout.instant"
    ELIGIBILITY_AGE = "eligibility.age"
    ELIGIBILITY_COUNTRIES = "eligibility.countries"
    ELIGIBILITY_IDENTITY = "eligibility.identity"
    ELIGIBILITY_BACKGROUND = "eligibility.background"
    ELIGIBILITY_LICENCE = "eligibility.licence"
    ELIGIBILITY_SCREENING = "eligibility.screening"
    ELIGIBILITY_ACCOUNT = "eligibility.account"
    ELIGIBILITY_STATUS = "eligibility.status"
    REQUIREMENT_VEHICLE = "requirement.vehicle"
    REQUIREMENT_INSURANCE = "requirement.insurance"
    REQUIREMENT_EQUIPMENT = "requirement.equipment"
    REQUIREMENT_SKILL = "requirement.skill"
    REQUIREMENT_LANGUAGE = "requirement.language"
    REQUIREMENT_DOCUMENT = "requirement.document"
    REQUIREMENT_CAPITAL = "requirement.capital"
    REQUIREMENT_AUDIENCE = "requirement.audience"
    REQUIREMENT_RECORDS = "requirement.records"
    COST_VEHICLE = "cost.vehicle"
    COST_MILEAGE = "cost.mileage"
    COST_EQUIPMENT = "cost.equipment"
    COST_SOFTWARE = "cost.software"
    COST_INSURANCE = "cost.insurance"
    COST_COURSE = "cost.course"
    COST_CERTIFICATE = "cost.certificate"
    COST_GOODS = "cost.goods"
    COST_OTHER = "cost.other"
    THRESHOLD_REPORTING = "threshold.reporting"
    THRESHOLD_TAX = "threshold.tax"
    THRESHOLD_REGISTRATION = "threshold.registration"
    THRESHOLD_ALLOWANCE = "threshold.allowance"
    THRESHOLD_CONTRIBUTION = "threshold.contribution"
    RATE_TAX = "rate.tax"
    RATE_CONTRIBUTION = "rate.contribution"
    RATE_MILEAGE = "rate.mileage"
    RATE_INTEREST = "rate.interest"
    RATE_PENALTY = "rate.penalty"
    RATE_DEDUCTION = "rate.deduction"
    RATE_GROWTH = "rate.growth"
    YIELD_DIVIDEND = "yield.dividend"
    YIELD_RETURN = "yield.return"
    YIELD_VOLATILITY = "yield.volatility"
    YIELD_RENT = "yield.rent"
    YIELD_INFLATION = "yield.inflation"
    MARKET_SIZE = "market.size"
    MARKET_DEMAND = "market.demand"
    MARKET_WORKERS = "market.workers"
    MARKET_PRICE = "market.price"
    MARKET_SUCCESS = "market.success"
    MARKET_UTILISATION = "market.utilisation"
    MARKET_OUTLOOK = "market.outlook"
    HOURS_WEEK = "hours.week"
    HOURS_LEARN = "hours.learn"
    HOURS_START = "hours.start"
    DEADLINE_FILING = "deadline.filing"
    DEADLINE_PAYMENT = "deadline.payment"
    DEADLINE_APPEAL = "deadline.appeal"
    DEADLINE_REGISTRATION = "deadline.registration"
    TAX_FORM = "tax.form"
    LAW_STATUS = "law.status"
    LAW_RIGHT = "law.right"
    LAW_DUTY = "law.duty"
    POLICY_CLOSURE = "policy.closure"
    POLICY_APPEAL = "policy.appeal"
    POLICY_RULE = "policy.rule"
    POLICY_AI = "policy.ai"
    RISK_LOSS = "risk.loss"
    RISK_SCAM = "risk.scam"
    CONTACT_REPORT = "contact.report"
    CONTACT_HELP = "contact.help"
    EVENT_CHANGE = "event.change"


VOLATILE_DAYS: dict[str, int] = {
    "fee": 365,
    "pay": 540,
    "payout": 540,
    "eligibility": 540,
    "requirement": 540,
    "cost": 540,
    "threshold": 400,
    "rate": 400,
    "yield": 400,
    "market": 730,
    "hours": 1095,
    "deadline": 400,
    "tax": 540,
    "law": 730,
    "policy": 540,
    "risk": 730,
    "contact": 730,
    "event": 36500,
}
"""Shelf life in days by the first part of a fact key; older values are shown with a warning, never as current."""


NOT_FOUND = "#not-found"
"""End of the fact id of a value that was looked for and not found."""


class Source(Frozen):
    """One origin of facts or text, with publisher, kind and dates."""

    id: str
    title: str
    publisher: str
    url: str = ""
    source_kind: SourceKind = "independent"
    published: date | None = None
    read: date | None = None
    licence: str = ""

    @property
    def as_of(self) -> date | None:
        """Return the date that a value from this source stands for: published, else read."""
        return self.published or self.read


class Fact(Frozen):
    """One dated, sourced value; identity is subject, key, label, region, scope and source."""

    id: str
    subject: str
    subject_name: str
    key: FactKey
    low: float | None = None
    mid: float | None = None
    high: float | None = None
    text: str = ""
    unit: str = ""
    per: str = ""
    region: str = "global"
    scope: str = ""
    since: date | None = None
    until: date | None = None
    population: str = ""
    year: int | None = None
    basis: str = ""
    values: tuple[str, ...] = ()
    label: str = ""
    note: str = ""
    source: Source

    @property
    def as_of(self) -> date | None:
        """Return the date of the source, else the day the value came into force."""
        return self.source.as_of or self.since

    def is_valid_on(self, day: date) -> bool:
        """Return whether the value was in force on `day`."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def is_stale_on(self, day: date) -> bool:
        """Return whether the value is past its shelf life on `day` (`VOLATILE_DAYS`)."""
        if self.as_of is None:
            return True
        return (day - self.as_of).days > VOLATILE_DAYS[self.key.value.split(".")[0]]


class Step(Frozen):
    """One step of a skill path: hours of learning as a range, what comes before, cost and proof."""

    skill: str
    low: float
    high: float
    needs: tuple[str, ...] = ()
    cost_low: float = 0
    cost_high: float = 0
    currency: str = "USD"
    proof: str = ""
    resources: tuple[str, ...] = ()


class FirstPaid(Frozen):
    """The first paid work of a path: after which skill, what work, and the key of its pay fact."""

    after: str
    work: str
    pay: str = ""


class Subject(Frozen):
    """What a guide is about: its names, kind and family, and for a path its steps."""

    id: str
    name: str
    kind: str
    family: str = ""
    aliases: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    first_paid: tuple[FirstPaid, ...] = ()


class Chunk(Frozen):
    """A piece of a document with a stable id and heading path, as the ledger keeps it."""

    id: str
    document: str
    kind: SectionKind
    title: str
    heading: str
    text: str
    subject: str = ""
    guide_kind: str = ""
    region: str = "global"
    since: date | None = None
    until: date | None = None
    fact_ids: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()

    @property
    def indexed_text(self) -> str:
        """Return what is embedded and searched: title and heading path before the text."""
        return f"{self.title}: {self.heading}\n{self.text}" if self.heading else f"{self.title}\n{self.text}"

    @property
    def embedded_texts(self) -> tuple[str, ...]:
        """Return the texts whose mean vector stands for the chunk: of a question its heading besides the whole.

        A question that is asked lies nearer to the question answered than to the answer's words.
        """
        return (self.heading, self.indexed_text) if self.kind == "question" else (self.indexed_text,)


class Passage(Frozen):
    """A chunk as retrieved, with its score in 0..1 and its rank from 1."""

    chunk: Chunk
    score: float
    rank: int = 0
    dense: float = 0.0
    lexical: float = 0.0


class Quantity(Frozen):
    """A number found in a question, with its unit when one was given."""

    value: float
    unit: str = ""
    text: str = ""


class Profile(Frozen):
    """What a person chose to say about themselves; every field is optional."""

    country: str = Field("", description="ISO 3166 two-letter code, for instance US.")
    region: str = Field("", description="State, province or city.")
    age: int | None = Field(None, ge=0, le=120)
    hours_per_week: float | None = Field(None, ge=0, le=112)
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    equipment: tuple[str, ...] = Field((), description="For instance car, bicycle, laptop, phone.")
    capital: float | None = Field(None, ge=0, description="Money to start with, in the person's currency.")
    limits: tuple[str, ...] = Field(
        (), description="What the person cannot or will not do, for instance no phone calls."
    )
    status: str = Field("", description="Student, carer, employed, unemployed, retired.")


class ToolCall(Frozen):
    """A tool that the plan wants to run, with its arguments and what was assumed."""

    tool: str
    arguments: dict[str, Any] = {}
    assumed: tuple[str, ...] = ()
    asked: bool = False
    """Whether the question as a whole asks for the tool: then the answer says what is still needed for it."""


QuestionKind = Literal["figure", "how_to", "worth", "which", "allowed", "scam", "plan", "why", "definition", "general"]


class Plan(Frozen):
    """What the planner understood: a standalone query, entities, tool calls, what is missing."""

    question: str
    query: str
    general: str = Field("", description="The query without the platforms' names, when it names any.")
    kind: QuestionKind = "general"
    entities: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    country: str = ""
    region: str = Field("", description="State or city with its country, for instance `US-TX` or `US-WA/Seattle`.")
    person: "Profile" = Field(
        default_factory=lambda: Profile(), description="The profile with what was said in passing."
    )
    parts: tuple[str, ...] = Field(
        (), description="The questions of a question that asks several, each standing alone."
    )
    day: date
    about_past: bool = False
    year: int | None = Field(None, description="The past year that was asked about.")
    quantities: tuple[Quantity, ...] = ()
    ranking: tuple[str, str] = Field(
        ("", ""), description="By which key platforms are ranked, and lowest or highest first."
    )
    among: tuple[str, ...] = Field((), description="The platforms that are ranked.")
    calls: tuple[ToolCall, ...] = ()
    missing: tuple[str, ...] = ()
    care: str = Field("", description="Name of the care rule that applies, for instance `crisis` or `evasion`.")
    language: str = "en"
    context: tuple[str, ...] = Field((), description="The questions before that this one leans on, newest first.")


class FactUsed(Frozen):
    """A fact as a tool result reports it."""

    subject: str
    key: str
    low: float | None = None
    mid: float | None = None
    high: float | None = None
    text: str = ""
    unit: str = ""
    as_of: date | None = None
    url: str = ""


class Table(Frozen):
    """Rows under named columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


class ToolResult(Frozen):
    """What a tool computed, with its assumptions and the facts it used."""

    tool: str
    input: dict[str, Any]
    output: dict[str, Any]
    summary: tuple[str, ...] = Field((), description="Sentences, built by the tool from its own numbers.")
    assumptions: tuple[str, ...] = ()
    facts: tuple[FactUsed, ...] = ()
    table: Table | None = None
    chart: dict[str, Any] | None = None


class Citation(Frozen):
    """A numbered source of an answer, with the quoted span."""

    n: int
    title: str
    publisher: str
    url: str
    source_kind: str
    as_of: date | None = None
    quote: str = ""


class Part(Frozen):
    """One of several questions asked at once, with the passages found for it."""

    plan: Plan
    passages: tuple[Passage, ...] = ()


class Brief(Frozen):
    """All that an answerer may use."""

    plan: Plan
    passages: tuple[Passage, ...]
    parts: tuple[Part, ...] = ()
    results: tuple[ToolResult, ...] = ()
    profile: Profile = Profile()
    history: tuple[dict[str, str], ...] = ()


class Answer(Frozen):
    """The final answer with everything that backs it."""

    text: str
    citations: tuple[Citation, ...] = ()
    results: tuple[ToolResult, ...] = ()
    missing: tuple[str, ...] = ()
    abstained: bool = False
    model: str = "offline"
    seconds: float = 0.0
    notices: tuple[str, ...] = ()


class TextDelta(Frozen):
    """A piece of the answer's text while it is being written."""

    text: str


class Passages(Frozen):
    """The passages that the answer is being written from, sent before the text."""

    passages: tuple[Passage, ...]


StreamPart: TypeAlias = TextDelta | ToolResult | Passages | Answer
