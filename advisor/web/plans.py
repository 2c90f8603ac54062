"""Two pictures of time: the hours of a week as a heat map, and the steps of a roadmap as a timeline with what each needs."""

from collections.abc import Mapping, Sequence
from typing import Any

from advisor.web import strings
from advisor.web.drawing import WIDTH, line, number, rect, shorten, svg, text

LEVELS = 5
_LEFT, _CELL, _ROW = 40, 17.8, 24


def week(chart: Mapping[str, Any], title: str) -> str:
    """Return a heat map of 7 days by 24 hours; rows are day (0 Monday), hour, value, and whether the hour is chosen."""
    rows: Sequence[Any] = chart["rows"]
    unit = str(chart.get("unit") or "")
    values = [float(row[2]) for row in rows]
    low, high = min(values), max(values)
    span = high - low
    parts = [text(_LEFT + hour * _CELL, 14, hour, css="ga-quiet") for hour in range(0, 24, 3)]
    parts += [text(0, 38 + day * _ROW, name) for day, name in enumerate(strings.DAYS_SHORT)]
    marked: dict[int, list[int]] = {}
    for day, hour, value, *rest in rows:
        level = 0 if span <= 0 else min(LEVELS - 1, int((float(value) - low) / span * LEVELS))
        x, y = _LEFT + int(hour) * _CELL, 22 + int(day) * _ROW
        chosen = bool(rest and rest[0])
        said = f"{strings.DAYS[int(day)]} {int(hour):02}:00: {number(float(value))} {unit}".strip()
        parts.append(rect(x, y, _CELL - 2, _ROW - 3, f"ga-heat ga-heat{level}", said))
        if chosen:
            marked.setdefault(int(day), []).append(int(hour))
            parts.append(
                f'<circle cx="{x + _CELL / 2 - 1:.1f}" cy="{y + _ROW / 2 - 1.5:.1f}" r="3.6" class="ga-pick"/>'
            )
    y = 22 + 7 * _ROW + 6
    for level in range(LEVELS):
        parts.append(rect(_LEFT + level * 20, y, 18, 12, f"ga-heat ga-heat{level}"))
    scale = strings.WEEK_SCALE.format(low=number(low), high=number(high), unit=unit).strip()
    scale = scale if high > low else f"{number(low)} {unit}".strip()
    parts += [
        text(_LEFT + LEVELS * 20 + 6, y + 11, scale),
        f'<circle cx="{_LEFT + 6}" cy="{y + 27}" r="3.6" class="ga-pick"/>',
        text(_LEFT + 18, y + 31, strings.WEEK_PICKED),
    ]
    picked = [f"{strings.DAYS[day]} {_spans(hours)}" for day, hours in sorted(marked.items())]
    return svg(y + 38, parts, title, f"{scale}. {strings.WEEK_PICKED}: {'; '.join(picked) or strings.NONE}")


def _spans(hours: Sequence[int]) -> str:
    """Return hours as spans, for instance `6–9, 18–20`."""
    found: list[tuple[int, int]] = []
    for hour in sorted(hours):
        if found and found[-1][1] == hour:
            found[-1] = (found[-1][0], hour + 1)
        else:
            found.append((hour, hour + 1))
    return ", ".join(f"{start}–{end}" for start, end in found)


def timeline(chart: Mapping[str, Any], title: str) -> str:
    """Return steps on a time axis; rows are name, first and last week, `edges` say which step needs which."""
    rows: Sequence[Any] = chart["rows"]
    unit = str(chart.get("x") or "weeks")
    last = max(float(row[2]) for row in rows) or 1
    left, right = 6.0, WIDTH - 14.0
    scale = (right - left) / last
    step = next(size for size in (1, 2, 4, 8, 13, 26, 52, 104, 520) if last / size <= 9)
    height = 26 + len(rows) * 44
    parts = []
    for mark in range(0, int(last) + 1, step):
        x = left + mark * scale
        parts += [
            line(x, 20, x, height, "ga-grid"),
            text(x if mark else 0, 13, mark or unit, anchor="middle" if mark else "start", css="ga-quiet"),
        ]
    labels: list[str] = []
    edges: list[str] = []
    place: dict[str, tuple[float, float, float]] = {}
    for index, row in enumerate(rows):
        y = 26 + index * 44
        start, end = float(row[1]), float(row[2])
        x, width = left + (start - 1) * scale, max((end - start + 1) * scale, 6)
        place[str(row[0])] = (x, x + width, y + 26)
        said = strings.WEEKS_SPAN.format(start=number(start), end=number(end))
        name = f"{index + 1}. {shorten(row[0], 40)} · {said}"
        at, anchor = (x, "start") if x < WIDTH * 0.45 else (x + width, "end")
        labels.append(text(at, y + 13, name, anchor=anchor))
        parts += [rect(x, y + 19, width, 14, "ga-bar", f"{row[0]}: {said}")]
    needs = []
    for before, after in chart.get("edges") or ():
        one, two = str(before).replace("-", " "), str(after).replace("-", " ")
        if one in place and two in place:
            needs.append(strings.NEEDS.format(step=two, need=one))
            (_, x1, y1), (x2, _, y2) = place[one], place[two]
            turn = max(x1 - 5, left + 2)
            edges.append(
                f'<path d="M{turn:.1f},{y1 + 7:.1f} L{turn:.1f},{y2:.1f} L{max(x2, turn):.1f},{y2:.1f}" class="ga-edge"/>'
            )
    spans = "; ".join(f"{row[0]}: {strings.WEEKS_SPAN.format(start=row[1], end=row[2])}" for row in rows)
    return svg(height + 6, [*parts, *edges, *labels], title, spans + (". " + "; ".join(needs) if needs else ""))
