"""A tool result as a file: CSV of its table, Markdown, and for a roadmap Word and a calendar. Returns bytes, writes nothing."""

import csv
import io
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from advisor import Advisor, ToolError, ToolResult, tools
from advisor.web import forms, strings
from advisor.web.parts import cell, title_of

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ics": "text/calendar; charset=utf-8",
}
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def endings(result: ToolResult) -> list[str]:
    """Return the forms in which a result can be had."""
    tool = tools.registry().get(result.tool)
    found = ["csv"] if result.table and result.table.rows else []
    found += [*(tool.exports if tool else ()), "md"]
    if result.tool == "roadmap":
        found += ["docx", "ics"]
    return list(dict.fromkeys(found))


def make(advisor: Advisor, name: str, ending: str, query: Mapping[str, str]) -> bytes:
    """Run a tool on the values of a link and return the result as a file.

    Raises:
        ToolError: When the tool or the form is unknown, or a value is not valid; the text names it.
    """
    tool = tools.get(name)
    result = advisor.run(name, **forms.from_query(tool.input_model, query))
    return to_bytes(result, ending)


def to_bytes(result: ToolResult, ending: str) -> bytes:
    """Return a result in the form of a file ending.

    Raises:
        ToolError: When there is no such form; the text lists those there are.
    """
    tool = tools.registry().get(result.tool)
    if tool and ending in tool.exports:
        return tool.exports[ending](result)
    if ending not in endings(result):
        raise ToolError(f"{result.tool} has no form {ending!r}. Forms: {', '.join(endings(result))}.")
    if ending == "csv":
        return to_csv(result)
    if ending == "docx":
        return to_docx(result)
    if ending == "ics":
        return to_calendar(result)
    return to_markdown(result).encode()


def to_csv(result: ToolResult) -> bytes:
    """Return the table as CSV that spreadsheets read; text that one would run as a formula gets a quote in front."""
    out = io.StringIO()
    writer = csv.writer(out)
    if result.table:
        writer.writerow(result.table.columns)
        for row in result.table.rows:
            writer.writerow([f"'{v}" if isinstance(v, str) and v.startswith(_RISKY) else v for v in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def to_markdown(result: ToolResult, level: int = 1) -> str:
    """Return sentences, table, assumptions and facts with their sources as Markdown."""
    lines = [f"{'#' * level} {title_of(result.tool)}", "", *(f"{line}\n" for line in result.summary)]
    if result.table and result.table.rows:
        lines.append(f"| {' | '.join(_plain(column) for column in result.table.columns)} |")
        lines.append(f"|{' --- |' * len(result.table.columns)}")
        lines += [f"| {' | '.join(_plain(cell(value)) for value in row)} |" for row in result.table.rows]
        lines.append("")
    lines += [f"- {strings.ASSUMED}: {line}" for line in result.assumptions]
    lines += [f"- {fact.subject}, {fact.key}: {fact.url} ({fact.as_of or strings.UNDATED})" for fact in result.facts]
    lines += ["", f"*{strings.INFO}*", ""]
    return "\n".join(lines)


def _plain(words: Any) -> str:
    return " ".join(str(words).replace("|", "/").split())


def to_docx(result: ToolResult) -> bytes:
    """Return the result as a Word document."""
    from docx import Document

    paper = Document()
    paper.add_heading(title_of(result.tool), level=1)
    for line in result.summary:
        paper.add_paragraph(line)
    if result.table:
        made = paper.add_table(rows=1, cols=len(result.table.columns))
        made.style = "Light Grid Accent 1"
        for box, column in zip(made.rows[0].cells, result.table.columns, strict=True):
            box.text = column
        for row in result.table.rows:
            for box, value in zip(made.add_row().cells, row, strict=True):
                box.text = cell(value)
    for line in result.assumptions:
        paper.add_paragraph(f"{strings.ASSUMED}: {line}")
    for fact in result.facts:
        paper.add_paragraph(f"{fact.subject}, {fact.key}: {fact.url} ({fact.as_of or strings.UNDATED})")
    paper.add_paragraph(strings.INFO)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def to_calendar(result: ToolResult) -> bytes:
    """Return a roadmap's steps as all-day events, each from its first to its last week, with a note of the proof."""
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//Gig Advisor//roadmap//EN")
    calendar.add("version", "2.0")
    start = date.fromisoformat(str(result.input["start"])) if result.input.get("start") else date.today()  # noqa: DTZ011
    for step in result.output.get("steps", ()):
        event = Event()
        event.add("summary", str(step["skill"]).replace("-", " "))
        event.add("dtstart", start + timedelta(weeks=int(step["from_week"]) - 1))
        event.add("dtend", start + timedelta(weeks=int(step["to_week"])))
        event.add("description", strings.ROADMAP_DUE.format(step=step["proof"]))
        event.add("uid", f"{result.output['path']}-{step['skill']}-{start}@gig-advisor")
        event.add("dtstamp", datetime.combine(start, time()))
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def is_tool(name: str) -> bool:
    """Return whether a result comes from a registered tool, so that a link can make it again."""
    return name in tools.registry()
