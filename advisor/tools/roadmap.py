"""From what you can do to a path: ordered steps over the shared skills, weeks, cost, proof, first paid work, break-even."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pydantic import Field

from advisor.errors import ToolError
from advisor.facts import Facts, used
from advisor.schema import Fact, FirstPaid, Frozen, Step, Subject, Table, ToolResult
from advisor.slots import Request, date_in
from advisor.tools import Tool
from advisor.tools.words import amount


class RoadmapInput(Frozen):
    """Where to, from what, and how much time there is."""

    target: str = Field(
        min_length=1, max_length=80, description="Id or name of a skill path, for instance data-analyst."
    )
    skills: tuple[str, ...] = Field((), max_length=100, description="Skills you have, in your own words.")
    hours_per_week: Decimal = Field(Decimal(8), gt=0, le=80, description="Hours a week you can learn.")
    pay_now: Decimal = Field(Decimal(0), ge=0, le=10**6, description="What an hour of your present work leaves you.")
    pay_then: Decimal | None = Field(
        None, ge=0, le=10**6, description="What an hour of the new work would leave you, if you know."
    )
    work_hours_per_week: Decimal = Field(
        Decimal(20), ge=0, le=80, description="Hours a week you would do the new work."
    )
    variant: str = Field(
        "full",
        pattern="^(full|fast|cheap)$",
        description="full; fast: only up to the first paid work; cheap: free resources first.",
    )
    start: date | None = Field(None, description="First day; today when empty.")
    currency: str = Field("USD", pattern="^[A-Z]{3}$", description="ISO 4217 code, for instance USD.")


def roadmap(given: RoadmapInput, facts: Facts, today: date) -> ToolResult:
    """Return the open steps of a path in an order that respects what each needs, with weeks, costs and first paid work.

    Steps already held are left out; the rest are sorted topologically (Kahn, 1962) and laid end to end at the given
    hours a week, low and high. Break-even is when learning costs are earned back by the difference in pay.

    Args:
        given: Target, skills and hours.
        facts: The paths with their steps, and their pay facts.
        today: The first day when none is given.

    Raises:
        ToolError: When there is no such path; the text lists those there are.
    """
    path = _path(given.target, facts)
    held, unmatched = _held(given.skills, path, facts)
    steps = ordered(path.steps)
    open_steps = [step for step in steps if step.skill not in held]
    goal = _first_goal(path, steps, held)
    if given.variant == "fast" and goal is not None:
        wanted = _ancestors(goal.after, {step.skill: step for step in steps})
        open_steps = [step for step in open_steps if step.skill in wanted]
    start = given.start or today
    rows, low_weeks, high_weeks = _timeline(open_steps, given, start)
    low_cost = sum((Decimal(str(step.cost_low)) for step in open_steps), Decimal(0))
    high_cost = sum(
        (Decimal(str(step.cost_low if given.variant == "cheap" else step.cost_high)) for step in open_steps), Decimal(0)
    )
    code = open_steps[0].currency if open_steps else given.currency
    done = start + timedelta(weeks=float(high_weeks))
    names = ", ".join(_words(step.skill) for step in steps if step.skill in held)
    summary = [
        f"To become {_article(path.name)} at {given.hours_per_week:f} hours a week, plan {_range(low_weeks, high_weeks)} weeks, so until about "
        f"{done:%B %Y} at the slow end, and {amount(low_cost, code)} to {amount(high_cost, code)} of cost."
        if open_steps else f"You already hold every step of the path {path.name}: go for the first paid work."
    ]  # fmt: skip
    if names:
        summary.append(f"Counted as held and left out: {names}.")
    if open_steps:
        first = open_steps[0]
        summary.append(
            f"Start with {_words(first.skill)}, {_range(first.low, first.high)} hours; the proof is: {first.proof.rstrip('.')}."
        )
    pay_facts: list[Fact] = []
    if goal is not None:
        weeks = next((row[5] for row in rows if row[0] == _words(goal.after)), 0)
        summary.append(
            f"First paid work comes after {_words(goal.after)}, week {weeks} at the slow end: {goal.work.rstrip('.')}."
        )
        pay_facts = facts.find(path.id, goal.pay or "pay", on=today)[:1]
    summary += _pay(given, pay_facts, low_cost, high_cost, high_weeks)
    if unmatched:
        summary.append(f"Not matched to a step of this path: {', '.join(unmatched)}.")
    return ToolResult(
        tool="roadmap",
        input=given.model_dump(mode="json"),
        output={
            "path": path.id, "weeks_low": float(low_weeks), "weeks_high": float(high_weeks), "cost_low": float(low_cost),
            "cost_high": float(high_cost), "held": sorted(held), "done_by": done.isoformat(),
            "steps": [
                {"skill": step.skill, "hours_low": step.low, "hours_high": step.high, "needs": list(step.needs),
                 "cost_low": step.cost_low, "cost_high": step.cost_high, "proof": step.proof, "from_week": row[4], "to_week": row[5]}
                for step, row in zip(open_steps, rows, strict=True)
            ],
            "first_paid": [item.model_dump() for item in path.first_paid],
        },
        summary=tuple(summary),
        assumptions=(
            "Hours are planning ranges of the guide, not measured times; people with neighbouring skills need less.",
            f"You learn {given.hours_per_week:f} hours every week, one step after the other.",
        ),
        facts=tuple(used(fact) for fact in pay_facts),
        table=Table(columns=("Step", "Hours", "After", "Cost", "From week", "To week", "Proof"), rows=tuple(rows)),
        chart={"kind": "timeline", "x": "weeks", "rows": [[row[0], row[4], row[5]] for row in rows],
               "edges": [[need, step.skill] for step in steps for need in step.needs], "held": sorted(held)},
    )  # fmt: skip


def _path(target: str, facts: Facts) -> Subject:
    wanted = target.lower().strip().replace(" ", "-")
    paths = {guide.id: guide for guide in facts.guides.values() if guide.steps}
    for guide in paths.values():
        names = {guide.id, *(name.lower().replace(" ", "-") for name in (guide.name, *guide.aliases))}
        if wanted in names:
            return guide
    raise ToolError(f"roadmap: target is {target!r}, which is no skill path. Paths: {', '.join(sorted(paths))}.")


def ordered(steps: Sequence[Step]) -> list[Step]:
    """Return steps so that each comes after what it needs; the order of the guide breaks ties (Kahn, 1962)."""
    waiting, done, here = list(steps), [], {step.skill for step in steps}
    have: set[str] = set()
    while waiting:
        ready = next((s for s in waiting if all(n in have or n not in here for n in s.needs)), waiting[0])
        waiting.remove(ready)
        done.append(ready)
        have.add(ready.skill)
    return done


def _held(skills: Sequence[str], path: Subject, facts: Facts) -> tuple[set[str], list[str]]:
    """Return the skills of the path that the words name, with what those need, and the words that name none."""
    from rapidfuzz import fuzz

    by_skill = {step.skill: step for step in path.steps}
    held: set[str] = set()
    unmatched = []
    for words in skills:
        plain = words.lower().replace("-", " ").strip()
        best = max(by_skill, key=lambda skill: fuzz.token_set_ratio(plain, _words(skill)), default="")
        if best and fuzz.token_set_ratio(plain, _words(best)) >= 85:
            held |= _ancestors(best, by_skill)
        else:
            unmatched.append(words)
    return held, unmatched


def _ancestors(skill: str, by_skill: Mapping[str, Step]) -> set[str]:
    """Return a skill and all that it rests on."""
    found, waiting = set(), [skill]
    while waiting:
        name = waiting.pop()
        if name in by_skill and name not in found:
            found.add(name)
            waiting += by_skill[name].needs
    return found


def _first_goal(path: Subject, steps: Sequence[Step], held: set[str]) -> FirstPaid | None:
    order = {step.skill: number for number, step in enumerate(steps)}
    goals = sorted(path.first_paid, key=lambda item: order.get(item.after, 0))
    return next((item for item in goals if item.after not in held), goals[0] if goals else None)


def _timeline(steps: Sequence[Step], given: RoadmapInput, start: date) -> tuple[list[tuple], Decimal, Decimal]:  # type: ignore[type-arg]
    rows, low, high = [], Decimal(0), Decimal(0)
    for step in steps:
        begin = high
        low += Decimal(str(step.low)) / given.hours_per_week
        high += Decimal(str(step.high)) / given.hours_per_week
        cost = (
            amount(step.cost_low, step.currency)
            if step.cost_low == step.cost_high
            else f"{amount(step.cost_low, step.currency)} to {amount(step.cost_high, step.currency)}"
        )
        rows.append((
            _words(step.skill), _range(step.low, step.high), ", ".join(_words(need) for need in step.needs), cost,
            int(begin) + 1, max(int(begin) + 1, int(high.to_integral_value(rounding="ROUND_CEILING"))), step.proof,
        ))  # fmt: skip
    return rows, low.quantize(Decimal("0.1")), high.quantize(Decimal("0.1"))


def _pay(given: RoadmapInput, found: Sequence[Fact], low: Decimal, high: Decimal, weeks: Decimal) -> list[str]:
    lines = []
    for fact in found:
        known = [value for value in (fact.low, fact.mid, fact.high) if value is not None]
        if known and fact.as_of:
            span = f"{known[0]:,.0f}" if len(set(known)) == 1 else f"{known[0]:,.0f} to {known[-1]:,.0f}"
            who = f", {fact.population}" if fact.population else ""
            lines.append(
                f"Pay on record: {fact.label}, {fact.unit} {span} per {fact.per or 'year'}{who} ({fact.source.publisher}, {fact.as_of:%B %Y})."
            )
    if given.pay_then is not None and given.pay_then > given.pay_now:
        gain = (given.pay_then - given.pay_now) * given.work_hours_per_week
        lost = high + weeks * given.hours_per_week * given.pay_now
        months = weeks / Decimal("4.345") + (lost / gain / Decimal("4.345") if gain else 0)
        lines.append(
            f"If the new work leaves you {amount(given.pay_then, given.currency)} an hour against {amount(given.pay_now, given.currency)} now, the costs and the hours "
            f"not worked are earned back after about {months.quantize(Decimal(1))} months, counted from today."
        )  # fmt: skip
    elif given.pay_then is not None:
        lines.append(
            "At these figures the new work does not pay more than your present work, so learn it for another reason or choose another path."
        )
    return lines


def _range(low: float | Decimal, high: float | Decimal) -> str:
    one, two = f"{float(low):g}", f"{float(high):g}"
    return one if one == two else f"{one} to {two}"


def _words(skill: str) -> str:
    return skill.replace("-", " ")


def _article(name: str) -> str:
    plain = name[0].lower() + name[1:] if name[1:2].islower() else name
    return f"{'an' if plain[0].lower() in 'aeiou' else 'a'} {plain}"


def pdf(result: ToolResult) -> bytes:
    """Return the roadmap as a printable page."""
    from advisor.tools.paper import Paper

    paper = Paper(f"Skill roadmap: {_words(result.output['path'])}")
    for line in result.summary:
        paper.text(line)
    if result.table:
        paper.table([result.table.columns, *(tuple(str(cell) for cell in row) for row in result.table.rows)])
    for line in result.assumptions:
        paper.text(f"Assumed: {line}", small=True)
    for fact in result.facts:
        paper.text(f"Source: {fact.url} ({fact.as_of})", small=True)
    return paper.done()


def fill(request: Request) -> dict[str, Any] | None:
    """Return the arguments that a question gives: a named path, skills said to be held, hours a week."""
    target = request.entity("path")
    wanted = request.wants("roadmap")
    if not wanted and (
        not target
        or not (request.is_like("roadmap") and request.has(r"\b(how|steps?|plan|hours?|weeks?|months?|get)\b"))
        and not request.has(
            r"\b(go from|get from|from \w+(?: \w+)? to|move into|transition|retrain|become|becoming|roadmap|path|route|way to|how (?:long|many (?:weeks|months)|far|much does it cost to learn)|learn\w*|study|steps?|switch|skill plan|plan|start(?:ing)? as|"
            r"from zero|get into|be an?|work as|wants to be)\b"
        )
        or (request.plan.kind in {"worth", "which"} and not request.has(r"\b(steps?|roadmap|become|plan)\b"))
    ):
        return None
    known = re.search(
        r"\bi (?:already )?(?:know|can (?:use|code|do|write)?|have|speak)\s+([^.?!;]+?)(?:,? (?:how|what|can|is|and want|and would)\b|[.?!;]|$)",
        request.text,
        re.I,
    )
    skills = [part.strip() for part in re.split(r",| and ", known[1])] if known else []
    skills = [s for s in [*skills, *request.profile.skills] if s and not re.search(r"\d", s)]
    given: dict[str, Any] = {"target": target, "skills": skills[:20]}
    hours = request.hours_per_week or request.one("hours", "")
    if hours and hours <= 80:
        given["hours_per_week"] = hours
    if request.has(r"\b(fastest|quickest|soonest|first paid)\b"):
        given["variant"] = "fast"
    elif request.has(r"\b(cheap\w*|free|no money)\b"):
        given["variant"] = "cheap"
    if (
        request.has(r"\b(?:start\w*|begin\w*|from)\b")
        and (day := date_in(request.text, request.plan.day))
        and day >= request.plan.day
    ):
        given["start"] = day.isoformat()
    now = request.one("money", "hour")
    return given | ({"pay_now": now} if now is not None else {})


EXAMPLES = (
    "How do I become a data analyst with 10 hours a week?",
    "Give me a roadmap to web developer",
    "I know Excel, what is the path to data analyst?",
    "How long until I can work as a bookkeeper?",
    "Plan to become a video editor from zero",
    "Learning plan for UX design, 6 hours weekly",
    "What steps lead to QA tester?",
    "Fastest way to first paid work as a virtual assistant",
    "I want to switch to copywriting, how many weeks?",
    "Cheapest route to becoming a translator",
    "Roadmap for a client who wants to be a tutor",
    "How much does it cost to learn SEO?",
    "I can code Python, how far is machine learning engineer?",
    "From driver to data annotator, what do I learn?",
    "Skill plan for graphic design at 5 hours a week",
    "What should I learn first for no-code automation?",
    "Steps to become an AI application developer",
    "How many months to be a mobile developer part-time?",
    "Make a study plan for technical writing",
    "I have 12 hours a week, can I be a data engineer by summer?",
)
TOOL = Tool(
    "roadmap",
    "From your skills to a path: steps, weeks, cost, proof, first paid work",
    RoadmapInput,
    roadmap,
    EXAMPLES,
    exports={"pdf": pdf},
    fill=fill,
    needs="the skill path you want to reach",
)
