"""A profile to platforms, options and paths: ranked, with reasons for and against, and the next skills that open the most."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from advisor.facts import Facts, used
from advisor.occupations import SharedSkills, by_skills
from advisor.schema import Table, ToolResult
from advisor.tools import Tool
from advisor.tools.families import LIKES, tags
from advisor.tools.match_fit import REPEAT_COST, Fit, MatchInput, fit_of, joining, pay, words_of
from advisor.tools.match_words import EXAMPLES, SAME, fill
from advisor.tools.openings import Held, held_skills, next_skills

LOOKED_AT = 12
"""Requirements and pay are looked up for what is shown and so many more: what fits worse cannot rise above it."""
SHOWN_FROM, SHOWN_LEAST = 0.25, 3
"""What fits less is only shown when there are not three better ones."""
WORTH_TAKING = 0.6
"""Next skills are looked for on paths that fit at least so well as a share of the best one."""


def match(given: MatchInput, facts: Facts, today: date) -> ToolResult:
    """Return what fits a profile, best first, with reasons for and against, and the skills that would open the most.

    The score adds skills held (share of a path's steps, or skills of a family, each further one counting less), likes met, requirements met
    and things owned, and takes off limits touched and doors closed; each further one of the same family stands a little
    lower, so that a list shows several kinds of work. The shares are our judgement, not measured.

    Args:
        given: The profile.
        facts: Guides, requirements and pay.
        today: The day on which facts must be in force.
    """
    held = held_skills(given.skills, facts, given.languages)
    have = {SAME.get(item.lower().strip(), item.lower().strip()) for item in given.equipment}
    wanted = {"platforms": {"platform"}, "options": {"option"}, "paths": {"path"}}.get(
        given.kinds, {"platform", "option", "path"}
    )
    every = [
        fit_of(guide, given, held, have)
        for guide in sorted(facts.guides.values(), key=lambda guide: guide.id)
        if guide.kind in {"platform", "option", "path"}
    ]
    fits = sorted((fit for fit in every if fit.guide.kind in wanted), key=_order)[: LOOKED_AT + given.most]
    for fit in fits:
        if fit.guide.kind == "platform":
            joining(fit, given, facts, today, have)
        pay(fit, facts, today, given.country)
    shown = _varied([fit for fit in sorted(fits, key=_order) if not fit.closed], given.most)
    closed = [fit for fit in sorted(fits, key=_order) if fit.closed]
    paths = {fit.guide.id: fit.score for fit in every if fit.guide.steps and not fit.blocked}
    least = WORTH_TAKING * max(paths.values(), default=0.0)
    worth = {name: score for name, score in paths.items() if score >= least}
    opening, open_now = next_skills(held.skills, facts, today, given.country, worth)
    named = (*given.skills, *(skill.replace("-", " ") for skill in sorted(held.skills)))
    near = by_skills(facts.skill_data, named) if facts.skill_data else []
    return ToolResult(
        tool="match",
        input=given.model_dump(mode="json"),
        output={
            "undecided": not (held.skills or held.shown or have or tags(given.likes, LIKES)),
            "held": sorted(held.skills | held.shown),
            "near": sorted(held.near),
            "not_understood": list(held.unknown),
            "matches": [
                {"id": fit.guide.id, "name": fit.guide.name, "kind": fit.guide.kind, "score": round(fit.score, 3), "for": fit.reasons,
                 "against": fit.against, "missing": fit.missing}
                for fit in shown
            ],
            "closed": [fit.guide.name for fit in closed],
            "open_now": open_now,
            "next_skills": opening,
            "occupations": [
                {"id": item.id, "title": item.title, "source": item.source, "code": item.code, "shared": item.shared, "missing": item.missing}
                for item in near
            ],
        },
        summary=tuple(_summary(given, shown, closed, opening, open_now, held)) + tuple(map(_near_line, near)),
        assumptions=(
            "Only what you said about skills, things, likes and limits was used; a skill you did not name counts as not held.",
            "How much skills, likes and requirements weigh is our judgement; put another weight on them and the order changes.",
        ),
        facts=tuple(dict.fromkeys(used(fact) for fit in shown for fact in fit.facts)),
        table=Table(
            columns=("", "Kind", "For", "Against"),
            rows=tuple((fit.guide.name, fit.guide.kind, " ".join(fit.reasons), " ".join(fit.against)) for fit in shown),
        ),
        chart={"kind": "bar", "x": "", "y": "fit", "rows": [[fit.guide.name, round(max(0.0, fit.score), 2)] for fit in shown]},
    )  # fmt: skip


def _near_line(item: SharedSkills) -> str:
    """Return what an occupation shares with the person, and what it asks for besides, in words."""
    lacking = f"; it also asks for {', '.join(item.missing)}" if item.missing else ""
    return (
        f"As an employee, {item.title} (ESCO {item.code}) uses what you named: {', '.join(item.shared[:5])}{lacking}."
    )


def _order(fit: Fit) -> tuple[float, str]:
    return -fit.score, fit.guide.id


def _varied(fits: Sequence[Fit], most: int) -> list[Fit]:
    """Return the best, of which each has lost a little for every one of its family above it."""
    good = sum(fit.score >= SHOWN_FROM for fit in fits)
    rest, shown, seen = list(fits[: max(good, SHOWN_LEAST)]), list[Fit](), Counter[str]()
    while rest and len(shown) < most:
        best = min(rest, key=lambda fit: (-(fit.score - REPEAT_COST * seen[fit.guide.family]), fit.guide.id))
        rest.remove(best)
        seen[best.guide.family] += 1
        shown.append(best)
    return shown


def _summary(
    given: MatchInput,
    shown: Sequence[Fit],
    closed: Sequence[Fit],
    opening: Sequence[dict[str, Any]],
    open_now: Sequence[str],
    held: Held,
) -> list[str]:
    known = held.skills | held.shown
    if not (known or given.likes or given.limits or given.equipment):
        lines = [
            "Nothing is known about you yet, so this is no ranking: say what you can do, what you have, and what you like or cannot do."
        ]
    else:
        lines = [f"Best fits for what you said: {', '.join(fit.guide.name for fit in shown[:5])}."]
    if known:
        lines.append(f"Counted as yours: {words_of(sorted(known)[:12])}.")
    if held.unknown:
        lines.append(
            f"Not understood, so not counted: {'; '.join(held.unknown[:5])}. Say it in other words, for instance what you did in a day."
        )
    lines += [
        " ".join((f"{fit.guide.name}:", *fit.reasons[:3], *(["But:", *fit.against[:2]] if fit.against else [])))
        for fit in shown[:3]
    ]
    if open_now:
        lines.append(f"You hold what this first paid work needs, by our paths: {'; '.join(open_now[:3])}.")
    lines += [opening_line(row) for row in opening]
    if closed:
        lines.append(
            f"Closed to you as things stand: {', '.join(f'{fit.guide.name} ({fit.closed})' for fit in closed[:8])}."
        )
    return lines


def opening_line(row: dict[str, Any]) -> str:
    """Return what one of the next skills would open, in words."""
    low, high = row["hours"]
    name = words_of([row["skill"]])
    begin = f"Learning {name} ({low:,.10g} to {high:,.10g} hours)"
    if not row["opens"]:
        count = len(row["paths"])
        return f"{begin} comes before other steps; {count} path{'s' if count != 1 else ''} that you could take use{'s' if count == 1 else ''} it."
    more = f", USD {row['pay_added']:,.10g} more than what is open to you now" if row["pay_added"] else ""
    pay = f", on record about USD {row['pay']:,.10g} an hour{more}" if row["pay"] else ""
    count = len(row["opens"])
    return f"{begin} would open {count} kind{'s' if count != 1 else ''} of first paid work{pay}: {'; '.join(row['opens'][:2])}."


TOOL = Tool(
    "match",
    "What fits you: platforms, options and paths ranked with reasons for and against",
    MatchInput,
    match,
    EXAMPLES,
    fill=fill,
    needs="what you can do, what you have (such as a car or a laptop), what you like, and what you cannot do",
)
