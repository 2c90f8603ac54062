"""The chart of a tool result, which is data, to a picture: inline SVG made here, with words for those who do not see it.

No script and no colour of its own: classes take the colours of the page, light or dark. An unknown kind gives no picture.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from advisor.web import strings
from advisor.web.drawing import WIDTH, esc, line, number, path, rect, shorten, svg, text, ticks
from advisor.web.plans import timeline, week

Row = Sequence[Any]
MAX_ROWS = 200
LEFT, RIGHT, TOP = 56, 14, 22


def draw(chart: Mapping[str, Any] | None, title: str = "") -> str:
    """Return the picture of chart data as SVG, or an empty string when there is none to draw.

    Args:
        chart: `kind` and `rows`, with `x`, `y` or `unit` as names of what is shown.
        title: What the picture is called.
    """
    if not chart:
        return ""
    kinds: dict[str, Callable[[Mapping[str, Any], str], str]] = {
        "bar": _bar, "line": _line, "band": _band, "waterfall": _waterfall, "week": week, "timeline": timeline,
    }  # fmt: skip
    rows = chart.get("rows")
    made = kinds.get(str(chart.get("kind", "")))
    if made is None or not isinstance(rows, (list, tuple)) or not rows:
        return ""
    try:
        return made({**chart, "rows": list(rows)[:MAX_ROWS]}, title or strings.CHART)
    except (TypeError, ValueError, IndexError, KeyError):
        # A tool of another maker may give rows of another shape; its table still says everything.
        return ""


def _unit(chart: Mapping[str, Any]) -> str:
    return str(chart.get("y") or chart.get("unit") or "")


def _said(rows: Sequence[Row], unit: str) -> str:
    shown = [f"{row[0]}: {number(float(row[1]))}" for row in rows[:12]]
    more = strings.CHART_MORE.format(count=len(rows) - 12) if len(rows) > 12 else ""
    return "; ".join(shown) + (f" ({unit})" if unit else "") + more


def _bar(chart: Mapping[str, Any], title: str) -> str:
    rows = chart["rows"]
    if all(isinstance(row[0], (int, float)) for row in rows):
        return _columns(chart, title)
    unit = _unit(chart)
    values = [float(row[1]) for row in rows]
    low, high = min(0.0, *values), max(0.0, *values)
    span = (high - low) or 1
    room = WIDTH - 90
    zero = -low / span * room
    parts = [text(0, 14, unit, css="ga-quiet")] if unit else []
    y = 24.0
    for row, value in zip(rows, values, strict=True):
        width = abs(value) / span * room
        left = zero if value >= 0 else zero - width
        parts += [
            text(0, y + 12, shorten(row[0], 56)),
            rect(
                left, y + 18, max(width, 1.5), 16, "ga-bar" if value >= 0 else "ga-loss", f"{row[0]}: {number(value)}"
            ),
            text(left + width + 6, y + 31, number(value), css="ga-strong"),
        ]
        y += 46
    return svg(y + 2, parts, title, _said(rows, unit))


def _columns(chart: Mapping[str, Any], title: str) -> str:
    rows, unit = chart["rows"], _unit(chart)
    values = [float(row[1]) for row in rows]
    steady = chart.get("line")
    extra = [float(steady)] if isinstance(steady, (int, float)) else []
    frame, place, height = _frame(min(0.0, *values, *extra), max(0.0, *values, *extra), unit)
    room = (WIDTH - LEFT - RIGHT) / len(rows)
    parts = [*frame]
    for index, (row, value) in enumerate(zip(rows, values, strict=True)):
        x = LEFT + index * room
        top, bottom = min(place(value), place(0)), max(place(value), place(0))
        css = "ga-bar" if value >= 0 else "ga-loss"
        parts.append(rect(x + room * 0.15, top, room * 0.7, max(bottom - top, 1), css, f"{row[0]}: {number(value)}"))
        if len(rows) <= 14 or index % (len(rows) // 10 + 1) == 0:
            parts.append(text(x + room / 2, height - 22, row[0], anchor="middle"))
    said = _said(rows, unit)
    for value in extra:
        parts += [
            line(LEFT, place(value), WIDTH - RIGHT, place(value), "ga-mark"),
            text(WIDTH - RIGHT, place(value) - 5, number(value), anchor="end", css="ga-strong"),
        ]
        said += f". {strings.CHART_LINE}: {number(value)}"
    parts.append(text(WIDTH - RIGHT, height - 4, chart.get("x", ""), anchor="end", css="ga-quiet"))
    return svg(height, parts, title, said)


def _frame(
    low: float, high: float, unit: str, height: float = 250
) -> tuple[list[str], Callable[[float], float], float]:
    """Return the grid of a picture with a value axis, the place of a value, and the height."""
    marks = ticks(low, high)
    bottom, top = marks[0], marks[-1]
    room = height - TOP - 40

    def place(value: float) -> float:
        return TOP + (top - value) / (top - bottom) * room

    parts = [text(0, 13, unit, css="ga-quiet")] if unit else []
    for mark in marks:
        parts += [
            line(LEFT, place(mark), WIDTH - RIGHT, place(mark), "ga-zero" if mark == 0 else "ga-grid"),
            text(LEFT - 6, place(mark) + 4, number(mark), anchor="end", css="ga-quiet"),
        ]
    return parts, place, height


def _places(rows: Sequence[Row]) -> tuple[list[float], list[int]]:
    """Return the x of each row and the rows whose label is shown; numbers are spaced by value, words evenly."""
    keys = [row[0] for row in rows]
    if all(isinstance(key, (int, float)) and not isinstance(key, bool) for key in keys) and len(set(keys)) > 1:
        low, high = min(keys), max(keys)
        shares = [(key - low) / (high - low) for key in keys]
    else:
        shares = [(index + 0.5) / len(rows) for index in range(len(rows))]
    step = max(1, round(len(rows) / 6))
    shown = [index for index in range(len(rows)) if index % step == 0]
    return [LEFT + 8 + share * (WIDTH - LEFT - RIGHT - 16) for share in shares], shown


def _line(chart: Mapping[str, Any], title: str) -> str:
    rows, unit = chart["rows"], _unit(chart)
    values = [float(row[1]) for row in rows]
    low, high = min(values), max(values)
    floor = 0.0 if 0 <= low <= 0.6 * high else low
    frame, place, height = _frame(min(floor, low), high, unit)
    xs, shown = _places(rows)
    points = [(x, place(value)) for x, value in zip(xs, values, strict=True)]
    dots = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" class="ga-dot"><title>{esc(row[0])}: {number(value)}</title></circle>'
        for (x, y), row, value in zip(points, rows, values, strict=True)
    ]
    labels = [text(xs[index], height - 22, shorten(rows[index][0], 12), anchor="middle") for index in shown]
    named = text(WIDTH - RIGHT, height - 4, chart.get("x", ""), anchor="end", css="ga-quiet")
    return svg(height, [*frame, path(points, "ga-line"), *dots, *labels, named], title, _said(rows, unit))


def _band(chart: Mapping[str, Any], title: str) -> str:
    rows, unit = chart["rows"], _unit(chart)
    lows, mids, highs = ([float(row[column]) for row in rows] for column in (1, 2, 3))
    frame, place, height = _frame(min(0.0, *lows), max(highs), unit)
    xs, shown = _places(rows)
    up = [(x, place(value)) for x, value in zip(xs, highs, strict=True)]
    down = [(x, place(value)) for x, value in zip(xs, lows, strict=True)]
    middle = [(x, place(value)) for x, value in zip(xs, mids, strict=True)]
    labels = [text(xs[index], height - 22, rows[index][0], anchor="middle") for index in shown]
    ends = [
        text(xs[-1] - 4, place(series[-1]) + shift, number(series[-1]), anchor="end", css="ga-strong")
        for series, shift in ((highs, -6), (mids, -6), (lows, 15))
    ]
    said = strings.CHART_BAND.format(
        start=rows[0][0], end=rows[-1][0], low=number(lows[-1]), mid=number(mids[-1]), high=number(highs[-1]), unit=unit
    )
    named = text(WIDTH - RIGHT, height - 4, chart.get("x", ""), anchor="end", css="ga-quiet")
    parts = [
        *frame,
        path([*up, *reversed(down)], "ga-band", closed=True),
        path(middle, "ga-line"),
        *ends,
        *labels,
        named,
    ]
    return svg(height, parts, title, said)


def _waterfall(chart: Mapping[str, Any], title: str) -> str:
    rows, unit = chart["rows"], _unit(chart)
    bars: list[tuple[str, float, float, float, str]] = []
    total = 0.0
    for index, row in enumerate(rows):
        value = float(row[1])
        # A row that repeats the running sum is the result, drawn from zero; any other row is a step.
        if index and abs(value - total) <= max(0.03, abs(total) * 0.001):
            bars.append((str(row[0]), value, 0.0, value, "ga-total"))
            total = value
            continue
        bars.append((str(row[0]), value, total, total + value, "ga-bar" if value >= 0 else "ga-loss"))
        total += value
    low = min(0.0, *(min(bar[2], bar[3]) for bar in bars))
    high = max(0.0, *(max(bar[2], bar[3]) for bar in bars))
    label, side = 128, 84
    room = WIDTH - label - side
    scale = room / ((high - low) or 1)

    def place(value: float) -> float:
        return label + (value - low) * scale

    parts = [text(0, 13, unit, css="ga-quiet")] if unit else []
    y = 22.0
    for name, value, start, end, css in bars:
        left, right = place(min(start, end)), place(max(start, end))
        shown = number(value) if css == "ga-total" or value <= 0 or start == 0 else f"+{number(value)}"
        parts += [
            text(0, y + 17, shorten(name, 19), css="ga-strong" if css == "ga-total" else ""),
            rect(left, y + 3, max(right - left, 1.5), 20, css, f"{name}: {shown}"),
            text(WIDTH, y + 17, shown, anchor="end", css="ga-strong"),
        ]
        y += 30
    parts.append(line(place(0), 20, place(0), y, "ga-zero"))
    return svg(y + 6, parts, title, _said(rows, unit))
