"""One form for every tool: a pydantic input model to fields, typed values to arguments, refusals to words at the field.

Knows nothing of Gradio; `tools_view.py` turns the fields into components.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from advisor.web import strings
from advisor.web.drawing import number

Kind = Literal[
    "text", "long", "number", "whole", "choice", "flag", "date", "lines", "numbers", "map", "rows", "country", "currency",
    "platform", "platforms", "path",
]  # fmt: skip
_ALTERNATIVES = re.compile(r"^\^\(?([a-zA-Z_|]+)\)?\$$")
_MONEY = re.compile(
    r"pay|price|cost|worth|income|needs|buffer|capital|gross|tips|amount|monthly|goods|ads|shipping|orders_value|start$|fee_fixed|target"
)
LONG = 400


@dataclass(frozen=True)
class Field:
    """One field of a form: what it is called, what it takes, and what is allowed."""

    name: str
    label: str
    help: str
    kind: Kind
    default: Any = None
    required: bool = False
    choices: tuple[str, ...] = ()
    allowed: str = ""
    unit: str = ""
    columns: tuple["Field", ...] = ()


def fields(model: type[BaseModel]) -> list[Field]:
    """Return the fields of an input model, required ones first, else in its order."""
    schema = model.model_json_schema()
    made = [_field(name, part, schema) for name, part in schema.get("properties", {}).items()]
    return sorted(made, key=lambda field: not field.required)


def _field(name: str, part: Mapping[str, Any], schema: Mapping[str, Any]) -> Field:
    kinds = [one for one in part.get("anyOf", [part]) if one.get("type") != "null"]
    main = next((one for one in kinds if one.get("type") in {"number", "integer"}), kinds[0] if kinds else part)
    definitions = schema.get("$defs", {})
    columns: tuple[Field, ...] = ()
    if "$ref" in (items := main.get("items", {})):
        inner = definitions[items["$ref"].rsplit("/", 1)[-1]]
        columns = tuple(
            _field(key, value, {**inner, "$defs": definitions}) for key, value in inner["properties"].items()
        )
    kind, choices = _kind(name, main, part, columns)
    required = name in schema.get("required", [])
    unit = _unit(name, kind)
    label = name.replace("_percent", "").replace("_", " ").capitalize()
    return Field(
        name=name,
        label=label + (f" ({unit})" if unit and unit.lower() not in label.lower() else ""),
        help=str(part.get("description", "")),
        kind=kind,
        default=part.get("default"),
        required=required,
        choices=choices,
        allowed=_allowed(kind, main, choices),
        unit=unit,
        columns=columns,
    )


def _kind(
    name: str, main: Mapping[str, Any], part: Mapping[str, Any], columns: Sequence[Field]
) -> tuple[Kind, tuple[str, ...]]:
    """Return the kind of a field and its choices."""
    form = main.get("type")
    if form in {"number", "integer"}:
        return ("number" if form == "number" else "whole"), ()
    if form == "boolean":
        return "flag", ()
    if form == "object":
        return "map", ()
    if form == "array":
        return _list_kind(name, main.get("items", {}), columns), ()
    return _text_kind(name, main, part)


def _list_kind(name: str, items: Mapping[str, Any], columns: Sequence[Field]) -> Kind:
    if columns:
        return "rows"
    types = {one.get("type") for one in items.get("anyOf", [items])}
    if "number" in types or "integer" in types:
        return "numbers"
    return "platforms" if name == "items" else "lines"


def _text_kind(name: str, main: Mapping[str, Any], part: Mapping[str, Any]) -> tuple[Kind, tuple[str, ...]]:
    pattern = str(main.get("pattern", ""))
    named: dict[str, Kind] = {"platform": "platform", "target": "path", "country": "country", "currency": "currency"}
    if main.get("enum"):
        return "choice", tuple(str(choice) for choice in main["enum"])
    if "const" in main:
        return "choice", (str(main["const"]),)
    if found := _ALTERNATIVES.match(pattern):
        return "choice", tuple(found[1].split("|"))
    if main.get("format") == "date":
        return "date", ()
    if name in named:
        return named[name], ()
    return ("long" if int(main.get("maxLength") or 0) >= LONG else "text"), ()


def _unit(name: str, kind: Kind) -> str:
    if kind not in {"number", "whole", "numbers"}:
        return ""
    words = name.split("_")
    if "percent" in words:
        return strings.UNITS["percent"]
    if words[-2:] == ["per", "mile"] or (words[-2:] == ["per", "hour"] and kind == "number"):
        return strings.UNITS[words[-1]]
    for word in words:
        if word in {"hours", "minutes", "miles", "weeks", "months", "years", "days", "age"}:
            return strings.UNITS[word]
    return strings.UNITS["money"] if _MONEY.search(name) and kind != "whole" else ""


def _allowed(kind: Kind, main: Mapping[str, Any], choices: Sequence[str]) -> str:
    if choices:
        return ", ".join(choices)
    if kind in {"number", "whole"}:
        words = strings.ALLOWED_WHOLE if kind == "whole" else strings.ALLOWED_NUMBER
        if "minimum" in main:
            words += f" from {number(main['minimum'])}"
        if "exclusiveMinimum" in main:
            words += f" above {number(main['exclusiveMinimum'])}"
        if "maximum" in main:
            words += f" to {number(main['maximum'])}"
        if "exclusiveMaximum" in main:
            words += f" below {number(main['exclusiveMaximum'])}"
        return words
    if kind == "date":
        return strings.ALLOWED_DATE
    if kind in {"lines", "numbers", "rows", "map", "platforms"}:
        least, most = main.get("minItems"), main.get("maxItems")
        count = f", {least or 0} to {most}" if most else f", at least {least}" if least else ""
        return strings.ALLOWED_LIST + count
    return strings.ALLOWED_ANY_TEXT + (f" of up to {main['maxLength']} characters" if main.get("maxLength") else "")


def arguments(shown: Sequence[Field], values: Sequence[Any]) -> dict[str, Any]:
    """Return the arguments that typed values give; what was left empty is left out."""
    given: dict[str, Any] = {}
    for field, value in zip(shown, values, strict=True):
        made = _parsed(field, value)
        # A list may be emptied on purpose; an empty text says nothing.
        if made is not None and made != "":
            given[field.name] = made
    return given


def _parsed(field: Field, value: Any) -> Any:
    if value is None:
        return None
    if field.kind == "flag":
        return {strings.YES: True, strings.NO: False}.get(str(value))
    if field.kind == "rows":
        return _rows(field, value)
    if field.kind == "platforms":
        return [str(item).strip() for item in value if str(item).strip()] or None
    if not isinstance(value, str):
        return value
    text = value.strip()
    if field.kind in {"number", "whole"}:
        # 1,200 is how people write it; a comma before any other number of digits stays, and is refused by name.
        return re.sub(r",(?=\d{3}(?:\D|$))", "", text) if text else None
    if field.kind in {"lines", "numbers", "map"}:
        return _many(field.kind, text)
    return text.upper() if field.kind in {"country", "currency"} else text


def _many(kind: Kind, text: str) -> Any:
    if text.startswith(("[", "{")):
        try:
            return json.loads(text)
        except ValueError:
            return text
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if kind == "map":
        pairs = (line.rpartition(":") for line in lines)
        return {name.strip() or amount.strip(): amount.strip() for name, _, amount in pairs}
    if kind == "numbers":
        return [part for part in re.split(r"[;\s]+|,(?!\d{3}\b)\s*", text) if part] or None
    return split_lines(text)


def split_lines(text: str) -> list[str]:
    """Return the entries of a text: one a line, or separated by commas when there is one line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [part.strip() for part in lines[0].split(",") if part.strip()] if len(lines) == 1 else lines


def _rows(field: Field, value: Any) -> list[dict[str, Any]]:
    made = []
    for row in value if isinstance(value, list) else []:
        cells = row.values() if isinstance(row, Mapping) else row
        pairs = zip(field.columns, cells, strict=False)
        filled = {
            column.name: cell for column, cell in pairs if cell is not None and str(cell).strip() not in {"", "nan"}
        }
        if filled:
            made.append(filled)
    return made


def shown_value(field: Field, value: Any) -> Any:
    """Return a value (of a link, a profile, a call of the chat, or the default) as its field shows it."""
    if field.kind == "rows":
        rows = value if isinstance(value, list) else []
        table = [[row.get(column.name, column.default) for column in field.columns] for row in rows]
        return table or [[None for _ in field.columns]]
    if field.kind == "platforms":
        return [str(item) for item in value] if isinstance(value, (list, tuple)) else []
    if field.kind == "flag":
        return strings.UNSAID if value is None else strings.YES if value else strings.NO
    if field.kind in {"number", "whole"}:
        return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    if field.kind == "map" and isinstance(value, Mapping):
        return "\n".join(f"{name}: {amount}" for name, amount in value.items())
    if isinstance(value, (list, tuple)):
        return (", " if field.kind == "numbers" else "\n").join(str(item) for item in value)
    return "" if value is None else str(value)


def from_query(model: type[BaseModel], query: Mapping[str, str]) -> dict[str, Any]:
    """Return the values that a link gives for the fields of a model; anything else in it is left out."""
    found: dict[str, Any] = {}
    for field in fields(model):
        if field.name not in query:
            continue
        text = str(query[field.name])
        structured = field.kind in {"lines", "numbers", "map", "rows", "platforms", "flag"}
        try:
            found[field.name] = json.loads(text) if structured else text
        except ValueError:
            found[field.name] = [text] if field.kind != "flag" else None
    return found


def refusals(error: ValidationError, shown: Sequence[Field]) -> dict[str, str]:
    """Return a message by field name; each names the field, the value and what is allowed."""
    by_name = {field.name: field for field in shown}
    found: dict[str, str] = {}
    for item in error.errors():
        name = str(item["loc"][0]) if item["loc"] else ""
        field = by_name.get(name)
        label = field.label if field else name
        allowed = field.allowed if field else ""
        inner = " ".join(str(part + 1) if isinstance(part, int) else part for part in item["loc"][1:])
        if item["type"] == "missing" and len(item["loc"]) == 1:
            found.setdefault(name, strings.FIELD_MISSING.format(label=label, allowed=allowed))
            continue
        if not item["loc"]:
            # A rule over several fields: it names them itself.
            found.setdefault("", f"{item['msg'].removeprefix('Value error, ').rstrip('.').capitalize()}.")
            continue
        value = item["input"] if not isinstance(item["input"], (dict, list)) else "…"
        where = f"{label}, {inner}" if inner else label
        reason = item["msg"].removeprefix("Value error, ").rstrip(".")
        found.setdefault(name, strings.FIELD_WRONG.format(label=where, value=value, reason=reason, allowed=allowed))
    return found
