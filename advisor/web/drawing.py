"""SVG primitives of the charts: numbers to words and places, escaped text, bars, lines; no data is understood here."""

import html
import math
from collections.abc import Sequence

WIDTH = 480
FONT = 13


def esc(value: object) -> str:
    """Return a value as text that is safe in HTML and SVG."""
    return html.escape(str(value), quote=True)


def number(value: float) -> str:
    """Return a number as people read it: thousands separated, at most two decimals."""
    if not math.isfinite(value):
        return "–"
    value = round(value, 2) + 0.0  # minus nothing is nothing
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    if value == int(value):
        return f"{value:.0f}"
    return f"{value:.2f}"


def ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Return round axis values that cover `low` to `high`."""
    if high <= low:
        high = low + 1
    rough = (high - low) / count
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
    first = math.floor(low / step)
    last = math.ceil(high / step - 1e-9)
    return [round(step * place, 10) for place in range(first, last + 1)]


def text(x: float, y: float, words: object, *, anchor: str = "start", css: str = "") -> str:
    """Return one line of text."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{css}">{esc(words)}</text>'


def rect(x: float, y: float, width: float, height: float, css: str, title: str = "") -> str:
    """Return a rectangle with an optional tooltip."""
    inside = f"<title>{esc(title)}</title>" if title else ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" rx="2" '
        f'class="{css}">{inside}</rect>'
    )


def line(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    """Return a straight line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{css}"/>'


def path(points: Sequence[tuple[float, float]], css: str, *, closed: bool = False) -> str:
    """Return a line through points."""
    places = " L".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<path d="M{places}{" Z" if closed else ""}" class="{css}"/>'


def shorten(words: object, limit: int) -> str:
    """Return words cut to `limit` characters with an ellipsis."""
    plain = " ".join(str(words).split())
    return plain if len(plain) <= limit else plain[: limit - 1].rstrip() + "…"


def svg(height: float, parts: Sequence[str], title: str, description: str) -> str:
    """Return a whole picture with its title and description, in a box that scrolls on narrow screens."""
    label = esc(f"{title}. {description}" if description else title)
    return (
        f'<div class="ga-chart" role="group" tabindex="0" aria-label="{esc(title)}">'
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{label}" '
        f'font-size="{FONT}"><title>{esc(title)}</title><desc>{esc(description)}</desc>{"".join(parts)}</svg></div>'
    )
