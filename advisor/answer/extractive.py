"""The answer without a model: sentences of cited passages and tool results, chosen and ordered by the kind of question.

Every sentence is a sentence of a passage or of a tool's summary; the only other words are the fixed phrases below,
which carry no claim and no figure.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache

from advisor.answer.lead import NEAR_ENOUGH, Composer, is_missing, lead_of
from advisor.answer.phrases import ABSTAIN, ABSTAIN_BARE, ABSTAIN_PART, CARE, PHRASES, QUESTIONS_BACK
from advisor.answer.sentences import units_of
from advisor.places import country_name, place_in, region_fits
from advisor.retriever import GENERAL_KINDS
from advisor.schema import VOLATILE_DAYS, Answer, Brief, Citation, Passage, Plan, ToolResult

MAX_SENTENCES = 9
DETAIL_SHARE = 0.7
"""Passages below this share of the best score add nothing to act on."""
NEAR_OWN, NEAR_OTHER, NEAR_PLATFORM = 0.45, 0.6, 0.68
"""Cosines from which a passage of the guide that answers, one of another guide, and one of a platform nobody named adds something to act on."""
LEADING_QUESTION = 0.68
"""Cosine from which a corpus question is answered before the result of a tool."""
NEAR_VERDICT = 0.62
"""Cosine from which a passage is worth reading next to a verdict."""
_VERDICTS = frozenset({"scam_check", "offer", "letter", "invoice", "eligibility"})
"""Tools whose result is the answer, whatever the guides say besides."""
_WANTS_PAPER = re.compile(
    r"\b(?:writ\w+|draft\w*|letters?|templates?|e-?mails?|messages?|word(?:s|ing)|compose|sample|proposal|invoice|bill|appeal for me)\b",
    re.IGNORECASE,
)
"""Words of somebody who wants the paper itself and not first what to do."""

_CATCH_SECTIONS = ("Risks and how it goes wrong", "How it fails", "Common mistakes", "Signs", "Limits and doubts")
_STEP_SECTIONS = ("First steps", "What to do and when", "What to do now", "What to do", "First paid work")


def compose(brief: Brief) -> tuple[str, tuple[Citation, ...]]:
    """Return the answer's text in Markdown and its citations.

    Args:
        brief: All that may be said; passages best first.
    """
    composer = Composer(brief)
    parts: list[str] = []
    if brief.plan.care in CARE:
        parts.append(CARE[brief.plan.care])
    passages = _of_the_subject(brief.plan, brief.passages)
    asking = [result for result in brief.results if "needs" in result.output]
    brief = brief.model_copy(update={"results": tuple(r for r in brief.results if "needs" not in r.output)})
    if any(p.chunk.kind == "question" and p.dense >= LEADING_QUESTION for p in passages[:5]):
        # A guide answers this very question, so nothing need be worked out; only what fits a person depends on the person.
        asking = [result for result in asking if result.tool == "match" or len(result.summary) > 1]
    if any(p.chunk.kind == "question" and p.dense >= LEADING_QUESTION for p in passages[:5]):
        # "Nothing was found in these words" says less than a guide on the very company.
        found = tuple(r for r in brief.results if r.output.get("verdict") != "no_sign")
        brief = brief.model_copy(update={"results": found})
    guide_first = _leads(brief)
    if brief.results and not guide_first:
        parts += _results(brief.results)
        # Next to a result only what is near the question is worth reading.
        least = NEAR_VERDICT if any(r.tool in _VERDICTS for r in brief.results) else NEAR_ENOUGH
        passages = [p for p in passages if p.dense >= least and not is_missing(p)]
    if passages:
        lead, rest = _first(composer, brief, passages, guide_first=guide_first)
        parts += [*lead, *_where(composer, brief)]
        if guide_first:
            parts += [PHRASES["results"], *_results(brief.results)]
        parts += _details(composer, rest)
        if not composer.is_far:
            parts += _catch(composer, passages)
            parts += _next_step(composer, passages)
        parts += _old(composer)
    also = "country" if _is_of_one_country(composer) else ""
    parts += _results(asking)
    parts += _ask_back(brief.plan, also) if also or not asking else []
    return "\n\n".join(part for part in parts if part), tuple(composer.cited.found)


def _first(
    composer: Composer, brief: Brief, passages: list[Passage], *, guide_first: bool
) -> tuple[list[str], list[Passage]]:
    """Return the first paragraph from the guides, and the passages left for the rest."""
    if brief.results and not guide_first and any(r.tool in _VERDICTS for r in brief.results):
        # The verdict is the answer; a guide's question stands next to it under its own words.
        best = next((p for p in passages if p.chunk.kind == "question" and p.dense >= LEADING_QUESTION), None)
        if best is None:
            return [], passages
        said = " ".join(s for s in (composer.say(unit) for unit in units_of(best)) if s)
        return [f"*{best.chunk.heading}* {said}"], [p for p in passages if p is not best]
    if brief.parts and not brief.results:
        return _lead_of_each(composer, brief)
    return lead_of(composer, passages)


def _lead_of_each(composer: Composer, brief: Brief) -> tuple[list[str], list[Passage]]:
    """Return the first paragraph of each question that was asked, under its words, and the passages left for the rest."""
    lines, left = [], list(brief.passages)
    for part in brief.parts:
        if not part.passages:
            lines.append(f"*{part.plan.question}*\n{ABSTAIN_PART}")
            continue
        own = Composer(brief.model_copy(update={"plan": part.plan}), composer)
        lead, rest = lead_of(own, _of_the_subject(part.plan, part.passages))
        said = [line for line in lead if line]
        composer.count = own.count
        if said:
            lines.append("\n".join((f"*{part.plan.question}*", *said)))
        left = [p for p in left if p in rest or p not in part.passages]
    return lines, left


def _is_of_one_country(composer: Composer) -> bool:
    """Return whether all that was said first holds in one country and nobody said which one the person is in."""
    return bool(composer.cited.found) and not composer.plan.country and bool(_country_of(composer))


def _country_of(composer: Composer) -> str:
    """Return the one country that all cited passages hold in, or nothing."""
    countries = {passage.chunk.region[:2] for passage in composer.used}
    return next(iter(countries)) if len(countries) == 1 and not countries & {"gl", "EU", ""} else ""


def _where(composer: Composer, brief: Brief) -> list[str]:
    """Return a line on where the first paragraph holds, when that is not said: one country, or no figure for the town that was asked about."""
    plan, used = brief.plan, composer.used
    if _is_of_one_country(composer):
        name = country_name(_country_of(composer))
        said = any(name in p.chunk.heading or name in p.chunk.title for p in used)
        return [] if said or not used else [PHRASES["where"].format(place=name)]
    if plan.region and "-" in plan.region and place_in(plan.question).region == plan.region and used:
        town = plan.region.partition("/")[2]
        told = any(p.chunk.region.startswith(plan.region) or (town and town in p.chunk.text) for p in used)
        if town and not told and any(re.search(r"\d", p.chunk.text) for p in used):
            return [PHRASES["town"].format(town=town)]
    return []


def _ask_back(plan: Plan, also: str = "") -> list[str]:
    wanted = dict.fromkeys([*plan.missing, also])
    asked = [QUESTIONS_BACK[name] for name in wanted if name in QUESTIONS_BACK][:2]
    return [" ".join((PHRASES["ask"], *asked))] if asked else []


@lru_cache(maxsize=8192)
def _country_in(heading: str) -> str:
    """Return the country that a guide's question names, or nothing."""
    return place_in(heading).country


def _of_the_subject(plan: Plan, passages: Sequence[Passage]) -> list[Passage]:
    """Return the passages without those of other platforms than the named ones, as long as some are left."""
    if plan.country:
        # A value that holds in another country only, or a question about one, answers nothing here.
        here = [
            p
            for p in passages
            if (p.chunk.kind != "fact" or region_fits(p.chunk.region, plan.region or plan.country))
            and (p.chunk.kind != "question" or _country_in(p.chunk.heading) in {"", plan.country})
        ]
        passages = here or passages
    if not plan.entities or plan.among or plan.kind == "which":
        return list(passages)
    own = [p for p in passages if p.chunk.guide_kind != "platform" or p.chunk.subject in plan.entities]
    return own or list(passages)


def _leads(brief: Brief) -> bool:
    """Return whether the guides answer before the tools: a question of theirs is near, and no verdict was asked for."""
    near = [p for p in brief.passages[:5] if p.chunk.kind == "question"]
    if any(result.tool == "compare" for result in brief.results):
        # A question about one of the two compares nothing.
        names = [entity.split("-")[0] for entity in brief.plan.entities]
        near = [p for p in near if sum(name in p.chunk.heading.lower() for name in names) > 1]
    best = max((p.dense for p in near), default=0.0)
    verdicts = {r.tool for r in brief.results} & _VERDICTS
    if not _WANTS_PAPER.search(brief.plan.question):
        verdicts -= {"letter"}
    return bool(brief.results) and best >= LEADING_QUESTION and not verdicts


def _results(results: Sequence[ToolResult]) -> list[str]:
    parts = []
    for result in results:
        parts.append("\n".join(result.summary))
        if result.assumptions:
            parts.append("\n".join([PHRASES["assumed"], *(f"- {line}" for line in result.assumptions)]))
    return parts


def _details(composer: Composer, passages: Sequence[Passage]) -> list[str]:
    """Return up to four further sentences, one or two a passage, facts asked for first."""
    plan = composer.plan
    is_general = bool(plan.entities) and not composer.subjects & set(plan.entities)
    own = [
        p for p in passages
        if not plan.entities or p.chunk.subject in plan.entities or p.chunk.kind == "document" or p.chunk.subject in composer.subjects
        or (is_general and p.chunk.guide_kind in GENERAL_KINDS)
    ]  # fmt: skip
    own = [p for p in own if p.chunk.kind != "fact" or plan.about_past or not _is_old(p, plan)] or own
    if not plan.entities:
        # A paragraph about one platform or path says little to a question that names none.
        own = [
            p for p in own if p.chunk.kind != "prose" or p.chunk.guide_kind not in {"platform", "path", "occupation"}
        ]
    floor = DETAIL_SHARE * max((p.score for p in composer.brief.passages), default=0.0)
    own = [p for p in own if p.score >= floor and _belongs(p, plan) and _is_near(composer, p)][:8]

    def weight(passage: Passage) -> float:
        asked = any(f"#{key}" in fact_id for key in plan.keys for fact_id in passage.chunk.fact_ids)
        return passage.score + (0.15 if asked else 0.0)

    lines: list[str] = []
    for passage in sorted(own, key=lambda p: (-weight(p), p.rank)):
        if len(lines) >= (3 if plan.kind != "plan" else 6) or composer.count >= MAX_SENTENCES:
            break
        units = units_of(passage)
        if passage.chunk.kind in {"prose", "document"}:
            units = sorted(units, key=lambda unit: -composer.overlap(unit))[:1]
        said = composer.say(units[0]) if units else ""
        if said and passage.chunk.kind == "fact":
            said = " ".join([said, *(s for s in (composer.say(unit) for unit in units[1:2]) if s)])
        if said:
            # The first sentence of an answer may be a bare yes or no: its question belongs in front of it.
            asked = f"*{passage.chunk.heading}* " if passage.chunk.kind == "question" else ""
            lines.append(f"- {asked}{said}")
    return ["\n".join([PHRASES["details"], *lines])] if lines else []


def _is_near(composer: Composer, passage: Passage) -> bool:
    """Return whether a passage is near enough to the question to be read next to its answer; one of another guide must be nearer."""
    if passage.chunk.kind == "document":
        return True
    if passage.chunk.subject in composer.subjects | set(composer.plan.entities):
        return passage.dense >= NEAR_OWN
    return passage.dense >= (NEAR_PLATFORM if passage.chunk.guide_kind == "platform" else NEAR_OTHER)


def _is_old(passage: Passage, plan: Plan) -> bool:
    """Return whether a fact's source is older than twice the shelf life of a fee."""
    dates = [source.as_of for source in passage.chunk.sources if source.as_of]
    return bool(dates) and (plan.day - max(dates)).days > 2 * VOLATILE_DAYS["fee"]


def _belongs(passage: Passage, plan: Plan) -> bool:
    """Return whether a fact is of a key that was asked about; other passages belong by their score alone."""
    chunk = passage.chunk
    if chunk.kind == "fact" and not plan.keys:
        return not is_missing(passage)
    if is_missing(passage) and (
        chunk.subject not in plan.entities
        or not any("." in key and f"#{key}" in i for key in plan.keys for i in chunk.fact_ids)
    ):
        return False
    return chunk.kind != "fact" or any(f"#{key}" in i for key in plan.keys for i in chunk.fact_ids)


def _section_unit(composer: Composer, passages: Sequence[Passage], sections: Sequence[str]) -> str:
    for passage in passages:
        chunk = passage.chunk
        if chunk.heading.split(" › ")[0] not in sections:
            continue
        # What goes wrong with something else says nothing here.
        if chunk.subject not in (composer.plan.entities or composer.subjects):
            continue
        units = sorted(units_of(passage), key=lambda unit: -composer.overlap(unit))
        for unit in units[:2]:
            said = composer.say(unit)
            if said:
                return said
    return ""


def _catch(composer: Composer, passages: Sequence[Passage]) -> list[str]:
    said = _section_unit(composer, passages, _CATCH_SECTIONS)
    return [f"**{PHRASES['catch']}** {said}"] if said else []


def _next_step(composer: Composer, passages: Sequence[Passage]) -> list[str]:
    if composer.plan.kind == "definition":
        return []
    said = _section_unit(composer, passages, _STEP_SECTIONS)
    return [f"**{PHRASES['next']}** {said}"] if said else []


def _old(composer: Composer) -> list[str]:
    """Return a line that names the cited sources past the shelf life of a fee or a rule."""
    if composer.plan.about_past:
        return []
    limit = max(VOLATILE_DAYS["fee"], VOLATILE_DAYS["policy"])
    old = [c for c in composer.cited.found if c.as_of and (composer.plan.day - c.as_of).days > limit]
    if not old:
        return []
    names = ", ".join(f"{_month(c.as_of)} [{c.n}]" for c in sorted(old, key=lambda c: c.n)[:4] if c.as_of)
    return [f"*{PHRASES['old']} {names}.*"]


def _month(day: date) -> str:
    return day.strftime("%B %Y")


def abstention(topics: Sequence[str]) -> str:
    """Return the text for a question that the corpus does not cover."""
    return ABSTAIN.format(topics=", ".join(topics)) if topics else ABSTAIN_BARE


def pieces(text: str) -> Iterator[str]:
    """Yield a text in pieces of about a sentence, so that it can be shown as it is read."""
    yield from (piece for piece in re.split(r"(?<=[.!?\]:] )", text) if piece)


def answer(brief: Brief) -> Answer:
    """Return the whole extractive answer."""
    text, citations = compose(brief)
    return Answer(text=text, citations=citations, results=brief.results, missing=brief.plan.missing)
