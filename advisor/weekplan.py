"""A week of work planned from the person's own log: expected pay by hour from the log, hours chosen by the schedule tool.

Where the log cannot prove that some hours pay better (`insight.compare`), every hour counts the average, and the plan says
that it gains nothing over the hours worked so far.
"""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from advisor import insight
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
