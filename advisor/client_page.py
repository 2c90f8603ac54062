"""The counsellor's page for one client: evidence, options, gaps, steps and sources, as Markdown, DOCX and PDF."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from advisor.errors import AdvisorError
from advisor.facts import Facts
from advisor.occupations import OccupationMatch
from advisor.recognise import Recognised
from advisor.schema import FactUsed, ToolResult
from advisor.tools.match import match, opening_line
from advisor.tools.match_fit import MatchInput
from advisor.tools.roadmap import RoadmapInput, roadmap

MOST_SKILLS, MOST_OPTIONS, MOST_STEPS, MOST_SOURCES = 9, 4, 9, 6
"""So much fits on one sheet of A4."""
_MOST_QUOTE = 70


@dataclass(frozen=True)
class ClientPage:
    """What the page says, before it has a form."""

    title: str
    day: date
    about: tuple[str, ...]
    evidence: tuple[tuple[str, str, str], ...]
    options: tuple[str, ...]
    gaps: tuple[str, ...]
    steps: tuple[tuple[str, str, str, str], ...]
    plan: tuple[str, ...]
    sources: tuple[str, ...]


def client_page(
    recognised: Sequence[Recognised],
    facts: Facts,
    today: date,
    *,
    client: str = "",
    target: str = "",
    hours: float = 8,
    country: str = "",
    likes: Sequence[str] = (),
    limits: Sequence[str] = (),
    equipment: Sequence[str] = (),
    occupations: Sequence[OccupationMatch] = (),
    attributions: Sequence[str] = (),
    confirmed: bool = False,
) -> ClientPage:
    """Put the page together from skills; it says whether the client has confirmed them.

    Args:
        recognised: The skills, as `advisor.recognise` proposed them and the client left or corrected them.
        facts: Guides and facts.
        today: The date of the page.
        client: How the client is to be called on the page; a first name or a number is enough.
        target: Id or name of a path; the best fitting one when empty.
        hours: Hours a week for learning.
        country: Two-letter code, for what platforms require.
        likes: What the client likes.
        limits: What the client cannot or will not do.
        equipment: What the client has.
        occupations: Occupations of O*NET and ESCO that lie near.
        attributions: What the licences of the data that was used ask to be said.
        confirmed: Whether the client has gone through the skills and struck out what is wrong.

    Raises:
        ToolError: When the target is no path.
    """
    # Words of the text itself go along: informal work counts for families of gigs, not only for steps.
    words = [
        *(skill.label for skill in recognised),
        *(item.quote for skill in recognised if skill.because == "informal" for item in skill.evidence),
    ]
    given = MatchInput(
        skills=tuple(dict.fromkeys(words))[:100], country=country, hours_per_week=hours, likes=tuple(likes), limits=tuple(limits), equipment=tuple(equipment), most=20
    )  # fmt: skip
    fits = match(given, facts, today)
    best = match(given.model_copy(update={"kinds": "paths", "most": 1}), facts, today).output["matches"]
    aim = target or (best[0]["id"] if best else "")
    plan = (
        roadmap(RoadmapInput(target=aim, skills=given.skills, hours_per_week=Decimal(f"{hours:g}")), facts, today)
        if aim
        else None
    )
    evidence = tuple(
        (skill.label, "; ".join(f"“{_short(item.quote)}”" for item in skill.evidence[:2]), _sure(skill.confidence))
        for skill in _distinct(recognised)[:MOST_SKILLS]
    )
    open_now = fits.output["open_now"]
    options: tuple[str, ...] = (f"Open now, by our paths: {'; '.join(open_now[:3])}.",) if open_now else ()
    options += tuple(_option(item) for item in fits.output["matches"][:MOST_OPTIONS])
    near = [f"{item.title} ({'O*NET' if item.source == 'onet' else 'ESCO'} {item.code})" for item in occupations[:3]]
    gaps = _gaps(plan, fits)
    shown = {str(item["id"]) for item in fits.output["matches"][:MOST_OPTIONS]}
    cited = (*(fact for fact in fits.facts if fact.subject in shown), *(plan.facts if plan else ()))
    return ClientPage(
        title=f"Skill roadmap{f' for {client}' if client else ''}",
        day=today,
        about=(
            f"Prepared on {today:%d %B %Y} from what the client wrote; "
            + (
                "the client has confirmed or corrected the skills."
                if confirmed
                else "to be gone through with the client: skills are proposals."
            )
            + (f" Near occupations: {', '.join(near)}." if near else ""),
        ),
        evidence=evidence,
        options=options,
        gaps=gaps,
        steps=_steps(plan),
        plan=tuple(plan.summary[:1])
        + tuple(
            re.sub(r"^First paid work comes after [^,]+, week 0 at the slow end", "First paid work is open now", line)
            for line in plan.summary[1:]
            if line.startswith(("First paid", "Pay on record"))
        )
        if plan
        else (),
        sources=(*_sources(cited), *attributions),
    )


def _distinct(recognised: Sequence[Recognised]) -> list[Recognised]:
    """Return skills of paths and of unpaid work first, and of others only what rests on words not shown yet."""
    order = sorted(recognised, key=lambda skill: (skill.source not in ("path", "informal"), -skill.confidence))
    kept: list[Recognised] = []
    seen: list[tuple[int, int]] = []
    for skill in order:
        spans = [(item.start, item.end) for item in skill.evidence]
        own = skill.source in ("path", "informal")
        if own or any(all(end <= a or b <= start for a, b in seen) for start, end in spans):
            kept.append(skill)
            seen += spans
    return kept


def _short(quote: str) -> str:
    text = " ".join(quote.split())
    return text if len(text) <= _MOST_QUOTE else f"{text[: _MOST_QUOTE - 1]}…"


def _sure(confidence: float) -> str:
    return "sure" if confidence >= 0.85 else "likely" if confidence >= 0.6 else "to be checked"


def _option(item: dict[str, object]) -> str:
    good, bad = item["for"], item["against"]
    reasons = " ".join(str(text) for text in good[:2]) if isinstance(good, list) else ""
    against = f" But: {bad[0]}" if isinstance(bad, list) and bad else ""
    return f"{item['name']} ({item['kind']}): {reasons}{against}".strip()


def _gaps(plan: ToolResult | None, fits: ToolResult) -> tuple[str, ...]:
    lines = []
    if plan and plan.output["steps"]:
        names = ", ".join(step["skill"].replace("-", " ") for step in plan.output["steps"])
        lines.append(f"For {plan.output['path'].replace('-', ' ')}: {names}.")
    return (*lines, *(opening_line(row) for row in fits.output["next_skills"]))


def _steps(plan: ToolResult | None) -> tuple[tuple[str, str, str, str], ...]:
    if plan is None or plan.table is None:
        return ()
    return tuple(
        (str(row[0]), str(row[1]), f"{row[4]} to {row[5]}", str(row[6])) for row in plan.table.rows[:MOST_STEPS]
    )


def _sources(facts: Sequence[FactUsed]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for fact in facts:
        if fact.url and len(found) < MOST_SOURCES:
            found.setdefault(fact.url, f"{fact.url}{f' ({fact.as_of})' if fact.as_of else ''}")
    return tuple(found.values())


def markdown(page: ClientPage) -> bytes:
    """Return the page as Markdown."""

    def cell(text: str) -> str:
        return text.replace("|", "\\|").replace("\n", " ")

    lines = [f"# {page.title}", "", *page.about, ""]
    for heading, items in _parts(page):
        lines += [f"## {heading}", ""]
        if items and isinstance(items[0], tuple):
            lines += [f"| {' | '.join(cell(text) for text in items[0])} |", f"|{'---|' * len(items[0])}"]
            lines += [f"| {' | '.join(cell(text) for text in row)} |" for row in items[1:]]
        else:
            lines += [f"- {item}" for item in items]
        lines.append("")
    return "\n".join(lines).encode()


def _parts(page: ClientPage) -> list[tuple[str, tuple[str, ...] | tuple[tuple[str, ...], ...]]]:
    parts: list[tuple[str, tuple[str, ...] | tuple[tuple[str, ...], ...]]] = []
    if page.evidence:
        parts.append(("What you can do", (("Skill", "Shown by", "How sure"), *page.evidence)))
    parts += [("Options", page.options), ("Gaps", page.gaps)]
    if page.steps:
        parts.append(("Steps", (("Step", "Hours", "Weeks", "Proof"), *page.steps)))
    parts += [("Plan", page.plan), ("Sources", page.sources)]
    return [(heading, items) for heading, items in parts if items]


def docx(page: ClientPage) -> bytes:
    """Return the page as a Word file."""
    import docx as word
    from docx.shared import Cm, Pt

    paper = word.Document()
    paper.core_properties.title, paper.core_properties.author = page.title, "Gig Advisor"
    for section in paper.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(1.5)
    normal = paper.styles["Normal"]
    normal.font.size, normal.paragraph_format.space_after = Pt(8.5), Pt(2)
    paper.add_heading(page.title, 1)
    for line in page.about:
        paper.add_paragraph(line)
    for heading, items in _parts(page):
        paper.add_heading(heading, 2)
        if items and isinstance(items[0], tuple):
            table = paper.add_table(rows=0, cols=len(items[0]), style="Light List")
            for row in items:
                for place, text in zip(table.add_row().cells, row, strict=True):
                    place.text = text
        else:
            for item in items:
                paper.add_paragraph(str(item), style="List Bullet")
    out = BytesIO()
    paper.save(out)
    return out.getvalue()


def pdf(page: ClientPage) -> bytes:
    """Return the page as PDF."""
    from advisor.tools.paper import Paper

    class Compact(Paper):
        """Paper with smaller type, so that the page stays one page."""

        def __init__(self, title: str) -> None:
            super().__init__(title)
            for style, size in ((self._small, 6.8), (self._h2, 9.0)):
                style.fontSize, style.leading, style.spaceAfter, style.spaceBefore = size, size + 1.7, 1, 0

    paper = Compact(page.title)
    for line in page.about:
        paper.text(line, small=True)
    for heading, items in _parts(page):
        paper.heading(heading, small=True)
        if items and isinstance(items[0], tuple):
            paper.table([tuple(str(text) for text in row) for row in items])
        else:
            for item in items:
                paper.text(f"• {item}", small=True)
    return paper.done()


FORMS: dict[str, Callable[[ClientPage], bytes]] = {"md": markdown, "docx": docx, "pdf": pdf}


def write(page: ClientPage, path: Path) -> None:
    """Write the page in the form that the file's ending names.

    Raises:
        AdvisorError: When there is no such form, or the file cannot be written.
    """
    make = FORMS.get(path.suffix.lstrip(".").lower())
    if make is None:
        raise AdvisorError(f"A page cannot be written as {path.name!r}. Endings: {', '.join(FORMS)}.")
    try:
        path.write_bytes(make(page))
    except OSError as error:
        raise AdvisorError(f"{str(path)!r} cannot be written: {error.strerror}.") from error
