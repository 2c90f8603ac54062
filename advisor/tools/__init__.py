"""The registry of tools: each is one file with an input model, one pure function and a result."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel, ValidationError

from advisor.errors import ToolError
from advisor.facts import Facts
from advisor.schema import ToolResult


@dataclass(frozen=True)
class Tool:
    """A registered tool: its name, what it does in one line, its input model and its function."""

    name: str
    summary: str
    input_model: type[BaseModel]
    function: Callable[[Any, Facts, date], ToolResult]
    examples: tuple[str, ...] = ()


def registry() -> dict[str, Tool]:
    """Return all tools by name; their modules are imported at the first call."""
    from advisor.tools import offer, rate

    return {tool.name: tool for tool in (offer.TOOL, rate.TOOL)}


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
