"""A hand-out for a client: saved answers and roadmaps with their sources and where to get help, as PDF or Markdown."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from advisor import Advisor, Answer, Paper, ToolResult, strip_markdown
from advisor.web import downloads, history, library, parts, strings
from advisor.web.store import Client, Item

ROADMAP = "roadmap"
HELP_KEYS = ("contact.help", "contact.report")
MOST_HELP = 12


def referrals(advisor: Advisor, country: str) -> list[tuple[str, str, str]]:
    """Return where to get help in a country: what, how to reach it, address of the source."""
    found = []
    for facts in library.facts_of(advisor).values():
        for fact in facts:
            own = fact.region.split("-")[0] == country if country else fact.region == "global"
            if fact.key.value in HELP_KEYS and own and fact.text:
                found.append((fact.label or fact.subject_name, fact.text, fact.source.url))
    return sorted(dict.fromkeys(found))[:MOST_HELP]


def to_pdf(advisor: Advisor, client: Client, items: Sequence[Item], *, country: str, notes: bool) -> bytes:
    """Return the hand-out as a printable PDF.

    Args:
        advisor: The open adviser, for the list of help.
        client: Whose hand-out it is; only the pseudonym appears.
        items: What is saved for the client.
        country: Where help is looked for.
        notes: Whether the counsellor's notes are printed as well.
    """
    paper = Paper(strings.HANDOUT_TITLE.format(alias=client.alias))
    paper.text(strings.HANDOUT_DATE.format(day=date.today()), small=True)  # noqa: DTZ011 - the person's own day
    if notes and client.notes:
        paper.heading(strings.CLIENT_NOTES, small=True)
        paper.lines(client.notes)
    for item in items:
        if item.kind == ROADMAP:
            _roadmap(paper, ToolResult.model_validate(item.data))
            continue
        for turn in item.data:
            answer = Answer.model_validate(turn["answer"])
            paper.heading(str(turn["question"]), small=True)
            paper.lines(strip_markdown(answer.text))
            for c in answer.citations:
                when = c.as_of or strings.UNDATED
                paper.text(f"[{c.n}] {c.title}, {c.publisher}, {when}. {c.url}".rstrip(), small=True)
    found = referrals(advisor, country)
    if found:
        paper.heading(strings.CLIENT_REFERRALS, small=True)
        for what, how, url in found:
            paper.text(f"{what}: {how} {url}".rstrip())
    return paper.done()


def _roadmap(paper: Paper, result: ToolResult) -> None:
    paper.heading(f"{parts.title_of(result.tool)}: {str(result.output.get('path', '')).replace('-', ' ')}", small=True)
    for line in result.summary:
        paper.text(line)
    if result.table:
        rows = [tuple(parts.cell(value) for value in row) for row in result.table.rows]
        paper.table([result.table.columns, *rows])
    for line in result.assumptions:
        paper.text(f"{strings.ASSUMED}: {line}", small=True)
    for fact in result.facts:
        paper.text(f"{fact.subject}, {fact.key}: {fact.url} ({fact.as_of or strings.UNDATED})", small=True)


def to_markdown(advisor: Advisor, client: Client, items: Sequence[Item], *, country: str, notes: bool) -> bytes:
    """Return the hand-out as Markdown; arguments as for `to_pdf`."""
    day = date.today()  # noqa: DTZ011 - the person's own day
    lines = [f"# {strings.HANDOUT_TITLE.format(alias=client.alias)}", "", strings.HANDOUT_DATE.format(day=day), ""]
    if notes and client.notes:
        lines += [f"## {strings.CLIENT_NOTES}", "", client.notes, ""]
    for item in items:
        if item.kind == ROADMAP:
            lines.append(downloads.to_markdown(ToolResult.model_validate(item.data), level=2))
        else:
            lines.append(history.to_markdown(item).replace("\n# ", "\n## "))
    found = referrals(advisor, country)
    if found:
        lines += [
            f"## {strings.CLIENT_REFERRALS}",
            "",
            *(f"- {what}: {how} {url}".rstrip() for what, how, url in found),
        ]
    return "\n".join([*lines, ""]).encode()


def title_of(item: Item) -> str:
    """Return how a saved thing is listed."""
    kind: Any = strings.TAB_ROADMAP if item.kind == ROADMAP else strings.CONVERSATION
    return f"{kind}: {item.title} ({item.changed[:16].replace('T', ' ')})"
