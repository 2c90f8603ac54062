"""The registry of tools: each is one file with an input model, one pure function and a result."""

import contextlib
import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib import import_module
from typing import Any

from pydantic import BaseModel, ValidationError

from advisor.errors import ToolError
from advisor.facts import Facts
from advisor.schema import ToolResult
from advisor.slots import Request


@dataclass(frozen=True)
class Tool:
    """A registered tool: its name, what it does in one line, its input model and its function."""

    name: str
    summary: str
    input_model: type[BaseModel]
    function: Callable[[Any, Facts, date], ToolResult]
    examples: tuple[str, ...] = ()
    fill: Callable[[Request], dict[str, Any] | None] | None = None
    """From a question to arguments, or None when the question is not one for this tool."""
    needs: str = ""
    """The least that must be known, as words after "I need"."""
    specimen: tuple[str, Mapping[str, Any]] | None = None
    """Made-up arguments that show what comes out, and the same in words after "For example, "."""
    exports: Mapping[str, Callable[[ToolResult], bytes]] = field(default_factory=dict)
    """Other forms of a result by file ending, for instance `pdf`."""


NAMES = (
    "bids",
    "budget",
    "compare",
    "earnings",
    "eligibility",
    "invoice",
    "letter",
    "match",
    "offer",
    "portfolio",
    "rate",
    "rental",
    "roadmap",
    "scam_check",
    "schedule",
    "shop",
    "tax",
    "vehicle",
)
"""The tools: each is the file of that name with a `TOOL`."""


@lru_cache(maxsize=1)
def registry() -> dict[str, Tool]:
    """Return all tools by name; their modules are imported at the first call."""
    modules = (import_module(f"advisor.tools.{name}") for name in NAMES)
    return {module.TOOL.name: module.TOOL for module in modules}


def get(name: str) -> Tool:
    """Return a tool by name.

    Raises:
        ToolError: When there is no such tool; the text lists those there are.
    """
    tools = registry()
    if name not in tools:
        raise ToolError(f"There is no tool {name!r}. Tools: {', '.join(sorted(tools))}.")
    return tools[name]


def run(name: str, arguments: Mapping[str, Any], facts: Facts, today: date | None = None) -> ToolResult:
    """Check the arguments and run a tool.

    Raises:
        ToolError: When the tool is unknown or an argument is not valid; the text names field, value and what is allowed.
    """
    tool = get(name)
    try:
        checked = tool.input_model.model_validate(dict(arguments))
    except ValidationError as error:
        lines = [
            f"{'.'.join(str(part) for part in item['loc']) or 'input'} is {item['input']!r}: {item['msg']}"
            for item in error.errors()
        ]
        raise ToolError(f"{name}: {'; '.join(lines)}. `gig-advisor run {name} --schema` lists the fields.") from error
    return tool.function(checked, facts, today or date.today())  # noqa: DTZ011 - the person's own calendar day is meant


def asking(name: str, arguments: Mapping[str, Any], facts: Facts) -> ToolResult:
    """Return what a tool says instead of a result while it lacks what it needs: that, and what made-up numbers give."""
    tool = get(name)
    lines = [f"To work this out for you I need {tool.needs}."]
    if tool.specimen:
        words, specimen = tool.specimen
        known = {key: arguments[key] for key in ("currency", "country") if arguments.get(key)}
        with contextlib.suppress(ToolError):
            shown = run(name, {**specimen, **known}, facts)
            lines.append(f"For example, {words}: {' '.join(shown.summary[:2])}")
    return ToolResult(tool=name, input=dict(arguments), output={"needs": tool.needs}, summary=tuple(lines))


def exports(result: ToolResult) -> dict[str, Callable[[ToolResult], bytes]]:
    """Return the forms in which a result can be written, by file ending; every result has JSON, one with a table CSV."""
    known = registry().get(result.tool)
    forms: dict[str, Callable[[ToolResult], bytes]] = {"json": _as_json}
    if result.table:
        forms["csv"] = _as_csv
    if "calendar" in result.output:
        forms["ics"] = lambda given: str(given.output["calendar"]).encode()
    if "html" in result.output:
        forms["html"] = lambda given: str(given.output["html"]).encode()
    return forms | dict(known.exports if known else {})


def _as_json(result: ToolResult) -> bytes:
    return result.model_dump_json(indent=2).encode()


def _as_csv(result: ToolResult) -> bytes:
    """Return the table as CSV; a cell that a spreadsheet would run as a formula gets a quote in front."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in (result.table.columns, *result.table.rows) if result.table else ():
        writer.writerow([f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t" else cell for cell in row])
    return out.getvalue().encode()
