"""Front matter: YAML in block style to mappings and lists that know the line of each of their parts."""

import re
from datetime import date
from typing import Any

import yaml

from advisor.errors import CorpusError

# Only its events are used, values are made in `_scalar`: the C version is ten times as fast, but its composer is
# recursive and ends the process on a file that nests 100,000 lists.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH = 20
_NUMBER = re.compile(r"^[-+]?\d+(\.\d+)?$")
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


class Map(dict[str, Any]):
    """A mapping that knows the line of each of its fields, and while it is read, the field whose value comes next."""

    def __init__(self, line: int, *, is_flow: bool = False) -> None:
        super().__init__()
        self.line, self.is_flow = line, is_flow
        self.lines: dict[str, int] = {}
        self.key, self.awaits_key = "", True


class List(list[Any]):
    """A list that knows the line of each of its items."""

    awaits_key = False

    def __init__(self, line: int, *, is_flow: bool = False) -> None:
        super().__init__()
        self.line, self.is_flow = line, is_flow
        self.lines: list[int] = []


class FrontMatter:
    """Types the front matter of one guide and collects what is wrong with it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[CorpusError] = []

    def problem(self, message: str, line: int) -> None:
        """Note what is wrong on a line."""
        self.problems.append(CorpusError(message, self.path, line))

    def load(self, text: str) -> "Map":
        """Return the front matter as a mapping.

        Raises:
            CorpusError: When it is not YAML, no mapping, or nested too deeply.
        """
        root: List = List(1)
        inside: list[Map | List] = [root]
        source_lines = text.split("\n")
        event: Any
        try:
            for event in yaml.parse(text, Loader=_LOADER):
                line = event.start_mark.line + 2
                if isinstance(event, yaml.NodeEvent):
                    value = self._value(event, line, source_lines, is_key=inside[-1].awaits_key)
                    self._add(inside[-1], value, line)
                    if isinstance(event, yaml.CollectionStartEvent):
                        inside.append(value)
                elif isinstance(event, yaml.CollectionEndEvent):
                    self._close(inside.pop())
                if len(inside) > _MAX_DEPTH:
                    raise CorpusError("the front matter is nested too deeply", self.path, line)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            message = f"the front matter is not YAML: {getattr(error, 'problem', None) or error}"
            raise CorpusError(message, self.path, mark.line + 2 if mark else 1) from error
        if len(root) != 1 or not isinstance(root[0], Map):
            raise CorpusError("the front matter must be a mapping of fields", self.path, 2)
        return root[0]

    def _close(self, found: "Map | List") -> None:
        if found.is_flow and found:
            message = "write lists and mappings in block style; flow style cuts values at commas and hides wrong ones"
            self.problem(message, found.line)

    def _add(self, parent: "Map | List", value: Any, line: int) -> None:
        if isinstance(parent, List):
            parent.append(value)
            parent.lines.append(line)
        elif not parent.awaits_key:
            parent[parent.key] = value
            parent.awaits_key = True
        elif isinstance(value, Map | List):
            raise CorpusError("the name of a field must be a word", self.path, line)
        else:
            if value in parent:
                self.problem(f"the field {value!r} stands twice", line)
            parent.key, parent.awaits_key = str(value), False
            parent.lines[parent.key] = line

    def _value(self, event: Any, line: int, source_lines: list[str], *, is_key: bool) -> Any:
        if event.anchor or getattr(event, "tag", None):
            self.problem("anchors, aliases and tags (`&`, `*`, `!`) are not used; write the value out", line)
        if not isinstance(event, yaml.ScalarEvent):
            return self._container(event, line)
        if is_key:
            return str(event.value)
        if not event.style and " " in event.value:
            end: Any = event.end_mark
            if end.line + 2 != line or source_lines[end.line][end.column :].lstrip().startswith("#"):
                self.problem("YAML cuts or joins this text; put it in double quotes on one line", line)
        return _scalar(event)

    def _container(self, event: Any, line: int) -> Any:
        """Return the empty mapping or list that starts here, empty text for an alias."""
        if isinstance(event, yaml.AliasEvent):
            return ""
        kind = Map if isinstance(event, yaml.MappingStartEvent) else List
        return kind(line, is_flow=bool(event.flow_style))

    def fields(self, found: "Map", allowed: set[str], what: str) -> None:
        """Note every field that is not allowed, with the nearest one that is."""
        for key in found:
            if key not in allowed:
                message = f"{what} has no field {key!r}; allowed are {', '.join(sorted(allowed))}"
                self.problem(message, found.lines[key])

    def text(self, found: "Map", key: str, default: str = "") -> str:
        """Return a field as text; another type is a problem."""
        value = found.get(key, default)
        if not isinstance(value, str):
            message = f"{key!r} must be text, found {value!r}; put it in double quotes"
            self.problem(message, found.lines.get(key, found.line))
            return default
        return value

    def number(self, found: "Map", key: str) -> float | None:
        """Return a field as a number, or None."""
        value = found.get(key)
        if value is None and key not in found:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            message = f"{key!r} must be a plain number such as 1000 or 18.5, found {value!r}"
            self.problem(message, found.lines[key])
            return None
        return float(value)

    def day(self, found: "Map", key: str) -> date | None:
        """Return a field as a date, or None."""
        value = found.get(key)
        if key in found and not isinstance(value, date):
            self.problem(f"{key!r} must be a date such as 2025-05-01, unquoted, found {value!r}", found.lines[key])
            return None
        return value if isinstance(value, date) else None

    def texts(self, found: "Map", key: str) -> tuple[str, ...]:
        """Return a field as a list of texts."""
        value = found.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.problem(f"{key!r} must be a list of texts, found {value!r}", found.lines.get(key, found.line))
            return ()
        return tuple(value)

    def maps(self, found: "Map", key: str) -> list["Map"]:
        """Return a field as a list of mappings."""
        value = found.get(key) or []
        if not isinstance(value, list) or not all(isinstance(item, Map) for item in value):
            self.problem(f"{key!r} must be a list of mappings", found.lines.get(key, found.line))
            return []
        return value


def _scalar(event: Any) -> Any:
    """Return a scalar as text, number, date, truth value or None, without YAML's surprises such as sexagesimals."""
    value = str(event.value)
    if event.style:
        return value
    if _NUMBER.match(value):
        return float(value) if "." in value else int(value)
    if _DAY.match(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    if value.lower() in {"true", "false", "yes", "no", "on", "off"}:
        return value.lower() in {"true", "yes", "on"}
    return None if value in {"", "~", "null"} else value
