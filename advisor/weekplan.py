"""A week of work planned from the person's own log: expected pay by hour from the log, hours chosen by the schedule tool.

Where the log cannot prove that some hours pay better (`insight.compare`), every hour counts the average, and the plan says
that it gains nothing over the hours worked so far.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from advisor import insight
from advisor.errors import ToolError
from advisor.facts import Facts
from advisor.insight import Insight
from advisor.schema import ToolResult
from advisor.tools.words import amount

if TYPE_CHECKING:
    import pandas as pd


def plan_week(
    rows: "pd.DataFrame", arguments: Mapping[str, Any], facts: Facts, today: date, cost_per_hour: float = 0.0
) -> ToolResult:
    """Return the schedule that the log speaks for, what it is expected to bring with a range, and its gain over the habit.

    Args:
        rows: A work log with at least one paid trip.
        arguments: Arguments of the schedule tool; expected pay in them is replaced by what the log says.
        facts: Facts, as every tool gets them.
        today: The day from which the next Monday is counted.
        cost_per_hour: Car and other costs of an hour at work, taken off the log's pay, in its currency.

    Raises:
        AdvisorError: When the log holds no paid trip.
        ToolError: When an argument of the schedule tool is not valid, or no hour is left.
    """
    from advisor import tools

    found = insight.look(rows)
    proven = found.test is not None and found.test.is_better
    worked = sum(cell.hours for cell in found.cells)
    by_clock = sum(cell.value * cell.hours for cell in found.cells) / max(1, worked)
    mean = found.per_online_hour[0] or by_clock
    # Cells hold the pay of clock hours, some of them worked in part; a plan speaks of whole hours online.
    whole = mean / by_clock if by_clock else 1.0
    expected = [
        {"day": insight.DAYS[cell.day][:3].lower(), "start": cell.hour, "end": cell.hour + 1, "net_per_hour": _cents(cell.value * whole - cost_per_hour)}
        for cell in found.cells
    ] if proven else []  # fmt: skip
    given = dict(arguments) | {"expected": expected, "net_per_hour": max(0.0, _cents(mean - cost_per_hour))}
    made = tools.run("schedule", given, facts, today)
    chosen = [(int(row[0]), int(row[1])) for row in (made.chart or {}).get("rows", []) if row[3]]
    low, high = _range(found, chosen, whole if proven else None, cost_per_hour)
    habit = _cents(mean - cost_per_hour)
    zone = found.zone_test.zone if found.zone_test and found.zone_test.is_better else ""
    gain = _cents((made.output["net_per_hour"] or 0.0) - habit) if proven and chosen else 0.0
    return made.model_copy(
        update={
            "output": made.output | {"low": low, "high": high, "habit_per_hour": habit, "gain_per_hour": gain, "pattern_proven": proven, "zone": zone},
            "summary": (*made.summary, *_sentences(found, made, (low, high), habit, gain, proven=proven)),
            "assumptions": (
                f"Pay by hour comes from your own log of {found.trips:,} trips on {found.days} days, "
                + (f"less {cost_per_hour:.2f} an hour for costs." if cost_per_hour else "before car costs and tax."),
                *made.assumptions[-1:],
            ),
        }
    )  # fmt: skip


def _range(found: Insight, chosen: list[tuple[int, int]], whole: float | None, cost: float) -> tuple[float, float]:
    """Return low and high of the week's expected pay: 80 % intervals of the hours, or the 95 % interval of the average."""
    if whole is None:
        _, low, high = found.per_online_hour
        return _cents((low - cost) * len(chosen)), _cents((high - cost) * len(chosen))
    cells = {(cell.day, cell.hour): cell for cell in found.cells}
    return (
        _cents(sum(cells[at].low * whole - cost for at in chosen)),
        _cents(sum(cells[at].high * whole - cost for at in chosen)),
    )


def _sentences(
    found: Insight, made: ToolResult, span: tuple[float, float], habit: float, gain: float, *, proven: bool
) -> list[str]:
    hours, code = made.output["hours"], str(made.input["currency"])
    if not hours:
        return []
    lines = [
        f"By the spread of your log the week may bring {amount(span[0], code)} to {amount(span[1], code)} on average."
    ]
    if proven and gain > 0:
        lines.append(
            f"The hours you worked so far brought {amount(habit, code)} an hour, so the plan is expected to bring {amount(gain, code)} an hour more."
        )
    elif not proven:
        why = "is too short to" if found.test is None else "does not"
        lines.append(
            f"Your log {why} prove that any hour pays better than another, so the plan gains nothing over your habit; it only fits the hours to your limits."
        )
    if where := insight.zone_sentence(found.zone_test, code):
        lines.append(where)
    return lines


def _cents(value: float) -> float:
    return round(float(value), 2)


def plan_by_demand(expected: "pd.DataFrame", arguments: Mapping[str, Any], facts: Facts, today: date) -> ToolResult:
    """Return the hours of the first whole forecast week in which most is asked for, each block with its busiest zone.

    Demand is not pay: a busy hour draws more drivers too, and how many is not in the table. The plan says so, names no
    money, and gains are claimed only by a person's own log (`plan_week`).

    Args:
        expected: A forecast as `advisor.forecast.forecast` gives it (`t`, `zone`, `value`, `low`, `high`) that holds a Monday to Sunday.
        arguments: Arguments of the schedule tool; expected pay in them is replaced by demand.
        facts: Facts, as every tool gets them.
        today: Not used but for the calendar's default; the week is that of the forecast.

    Raises:
        ToolError: When no whole week is in the forecast, an argument of the schedule tool is not valid, or no hour is left.
    """
    from advisor import tools
    from advisor.schema import Table

    starts = expected["t"].min().normalize()
    monday = starts + timedelta(days=(7 - starts.day_of_week) % 7)
    week = expected[(expected["t"] >= monday) & (expected["t"] < monday + timedelta(days=7))]
    if week["t"].nunique() < 7 * 24:
        raise ToolError(
            "A plan by demand needs a forecast that holds a whole week from Monday: forecast two weeks or more."
        )
    busiest = week.loc[week.groupby("t")["value"].idxmax()].assign(
        day=lambda rows: rows["t"].dt.day_of_week, hour=lambda rows: rows["t"].dt.hour
    )
    top = max(float(busiest["value"].max()), 1e-9)
    # The tool maximises a sum of money; hundredths of the busiest hour stand for it here.
    spans = [
        {"day": insight.DAYS[row.day][:3].lower(), "start": row.hour, "end": row.hour + 1, "net_per_hour": _cents(100 * row.value / top)}
        for row in busiest.itertuples()
    ]  # fmt: skip
    given = dict(arguments) | {"expected": spans, "net_per_hour": 0, "week_of": monday.date()}
    made = tools.run("schedule", given, facts, today)
    rows = []
    for day, start, end, hours, _ in made.table.rows if made.table else ():
        begin, until = int(str(start)[:2]), int(str(end)[:2]) or 24
        inside = week[week["t"].dt.day_name().eq(day) & week["t"].dt.hour.between(begin, until - 1)]
        zones = inside.groupby("zone")[["value", "low", "high"]].mean()
        zone = str(zones["value"].idxmax())
        value, low, high = (round(float(zones.loc[zone, name])) for name in ("value", "low", "high"))
        rows.append((day, start, end, hours, zone, value, low, high))
    planned = sum(int(row[3]) for row in rows)
    return made.model_copy(
        update={
            "output": {"hours": planned, "blocks": [list(row) for row in rows], "calendar": _without_money(str(made.output["calendar"]))},
            "summary": (
                f"The {planned} busiest hours that fit your limits, by the forecast of demand:",
                *(f"{day} {start} to {end}: {zone}, about {value:,} an hour ({low:,} to {high:,})." for day, start, end, _, zone, value, low, high in rows),
                "Demand is not pay: other drivers go where it is busy too. Log two such weeks and compare what an hour left.",
            ),
            "assumptions": (
                "Demand by hour and zone comes from the table, forecast from its last weeks; the ranges held four times in five on its own past.",
                made.assumptions[-1],
            ),
            "table": Table(columns=("Day", "From", "To", "Hours", "Zone", "Demand an hour", "Low", "High"), rows=tuple(rows)),
            "chart": (made.chart or {}) | {"unit": "% of the busiest hour"},
        }
    )  # fmt: skip


def _without_money(calendar: str) -> str:
    """Return a calendar whose entries name the work and no sum."""
    return re.sub(r"SUMMARY:[^\r\n]*(?:\r?\n [^\r\n]*)*", "SUMMARY:Work: busy hours by the forecast", calendar)
