"""A week of work: the hours with the best expected pay under your limits, chosen by optimisation, with a calendar file."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import numpy as np
from pydantic import Field, model_validator

from advisor.errors import ToolError
from advisor.facts import Facts
from advisor.schema import Frozen, Table, ToolResult
from advisor.tools import Tool
from advisor.tools.schedule_words import fill
from advisor.tools.words import amount, cents

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HOURS = 168


class Span(Frozen):
    """Hours of one day of the week, or of every day."""

    day: str = Field(
        pattern="^(mon|tue|wed|thu|fri|sat|sun|every|weekdays|weekend)$",
        description="Day, or every, weekdays, weekend.",
    )
    start: int = Field(ge=0, le=23, description="First hour, 0 to 23.")
    end: int = Field(ge=1, le=24, description="Hour at which it ends, 1 to 24.")

    @model_validator(mode="after")
    def _rises(self) -> "Span":
        if self.end <= self.start:
            raise ValueError(f"end {self.end} must be after start {self.start}; cut a night at midnight into two spans")
        return self

    def hours(self) -> list[int]:
        """Return the hours of the week that the span covers, 0 being Monday midnight."""
        days = {"every": range(7), "weekdays": range(5), "weekend": (5, 6)}.get(self.day) or (DAYS.index(self.day),)
        return [24 * day + hour for day in days for hour in range(self.start, self.end)]


class Paying(Span):
    """Hours with the pay you expect there, net of costs."""

    net_per_hour: Decimal = Field(ge=-1000, le=1000, description="Expected net pay of one hour.")


class ScheduleInput(Frozen):
    """When you can, when you cannot, and what an hour is expected to bring."""

    available: tuple[Span, ...] = Field(
        (Span(day="every", start=6, end=23),), description="Hours in which you can work."
    )
    busy: tuple[Span, ...] = Field((), max_length=200, description="Commitments: hours in which you cannot.")
    max_hours: int = Field(20, ge=1, le=84, description="Most hours in the week.")
    max_hours_per_day: int = Field(8, ge=1, le=16, description="Most hours in a day.")
    min_block: int = Field(2, ge=1, le=8, description="Shortest piece of work worth leaving the house for, in hours.")
    rest_hours: int = Field(11, ge=0, le=16, description="Hours of rest in a row in every night.")
    days_off: int = Field(1, ge=0, le=6, description="Whole days a week without work.")
    expected: tuple[Paying, ...] = Field(
        (), max_length=400, description="Expected net pay by hours; later entries win."
    )
    net_per_hour: Decimal = Field(Decimal(12), ge=0, le=1000, description="Expected net pay of every other hour.")
    floor_per_hour: Decimal = Field(Decimal(0), ge=0, le=1000, description="Hours expected below this are left out.")
    week_of: date | None = Field(None, description="Monday of the week for the calendar file; the next one when empty.")
    currency: str = Field("USD", pattern="^[A-Z]{3}$", description="ISO 4217 code, for instance USD.")


def schedule(given: ScheduleInput, facts: Facts, today: date) -> ToolResult:
    """Return the hours of a week with the highest expected net pay under the limits.

    A mixed-integer linear programme over the 168 hours, solved to the optimum by HiGHS (Huangfu and Hall, 2018) through
    scipy.optimize.milp: x_h is 1 where you work; a started block lasts at least `min_block` hours; a day has at most
    `max_hours_per_day`; work at hours closer than `rest_hours` across midnight excludes one another; `days_off` days
    have none. Eleven hours of daily rest are the rule for employees in Article 3 of Directive 2003/88/EC.

    Args:
        given: Limits and expected pay.
        facts: Not used: every number is the person's own or a forecast from their own log.
        today: The day from which the next Monday is counted.

    Raises:
        ToolError: When no hour is left to choose from.
    """
    pay = np.full(_HOURS, float(given.net_per_hour))
    for part in given.expected:
        pay[part.hours()] = float(part.net_per_hour)
    open_hours = np.zeros(_HOURS, dtype=bool)
    for span in given.available:
        open_hours[span.hours()] = True
    for span in given.busy:
        open_hours[span.hours()] = False
    open_hours &= pay >= max(float(given.floor_per_hour), 0.0)
    if not open_hours.any():
        raise ToolError(
            "schedule: no hour is left to work in. Widen `available`, shorten `busy` or lower `floor_per_hour`."
        )
    chosen = _solve(given, pay, open_hours)
    blocks = _blocks(chosen)
    hours, total = int(chosen.sum()), float(pay[chosen].sum())
    monday = given.week_of or today + timedelta(days=(7 - today.weekday()) % 7 or 7)
    monday -= timedelta(days=monday.weekday())
    code = given.currency
    even = float(pay[open_hours].mean()) * hours
    rows = tuple(
        (
            _NAMES[start // 24],
            f"{start % 24:02}:00",
            f"{(end - 1) % 24 + 1:02}:00",
            end - start,
            float(cents(pay[start:end].sum())),
        )
        for start, end in blocks
    )
    summary = [f"Best {hours} hours of your week, expected to bring {amount(total, code)}, {amount(total / hours, code)} an hour:"
               if hours else "No block fits your limits: shorten min_block or rest_hours, or open more hours."]  # fmt: skip
    summary += [
        f"{day} {start} to {end}, {count} hours, about {amount(value, code)}." for day, start, end, count, value in rows
    ]
    if hours and total - even > 0.5:
        summary.append(
            f"That is {amount(total - even, code)} more than the same number of hours spread evenly over the time you have."
        )
    return ToolResult(
        tool="schedule",
        input=given.model_dump(mode="json"),
        output={
            "hours": hours, "net": float(cents(total)), "net_per_hour": float(cents(total / hours)) if hours else None,
            "blocks": [list(row) for row in rows], "calendar": calendar(blocks, monday, pay, code) if blocks else "",
        },
        summary=tuple(summary),
        assumptions=(
            *(() if given.expected else (
                f"Every hour counts {amount(given.net_per_hour, code)}, since no pay by hour was given; your own log tells which are better.",)),
            f"At most {given.max_hours} hours a week and {given.max_hours_per_day} a day, blocks of at least {given.min_block}, "
            f"{given.rest_hours} hours of rest at night, {given.days_off} days off.",
        ),
        table=Table(columns=("Day", "From", "To", "Hours", f"Expected ({code})"), rows=rows),
        chart={"kind": "week", "unit": code, "rows": [[int(h) // 24, int(h) % 24, round(float(pay[h]), 2), bool(chosen[h])] for h in range(_HOURS)]},
    )  # fmt: skip


def _solve(given: ScheduleInput, pay: np.ndarray, open_hours: np.ndarray) -> np.ndarray:
    """Return which of the 168 hours are worked."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    rests = _rests(given.rest_hours)
    n = 2 * _HOURS + 7 + len(rests)  # work, start of a block, day used, night's rest
    rows: list[tuple[dict[int, float], float]] = []  # sum of coefficients <= bound
    rows.append((dict.fromkeys(range(_HOURS), 1.0), given.max_hours))
    for day in range(7):
        hours = range(24 * day, 24 * day + 24)
        rows.append((dict.fromkeys(hours, 1.0) | {2 * _HOURS + day: -float(given.max_hours_per_day)}, 0))
    rows.append((dict.fromkeys(range(2 * _HOURS, 2 * _HOURS + 7), 1.0), 7 - given.days_off))
    for hour in np.flatnonzero(open_hours).tolist():
        before = {hour - 1: -1.0} if hour else {}
        rows.append(({hour: 1.0, _HOURS + hour: -1.0} | before, 0))  # a worked hour follows one, or starts a block
        block = {later: -1.0 for later in range(hour, hour + given.min_block) if later < _HOURS}
        rows.append(({_HOURS + hour: float(given.min_block)} | block, 0))
    # Every night has one stretch of rest; an hour inside it is not worked.
    for midnight in range(24, _HOURS, 24):
        tonight = [(column, start) for column, (night, start) in enumerate(rests) if night == midnight]
        if not tonight:
            continue
        rows.append(({2 * _HOURS + 7 + column: -1.0 for column, _ in tonight}, -1))
        for hour in range(midnight - given.rest_hours, midnight + given.rest_hours):
            covering = {2 * _HOURS + 7 + c: 1.0 for c, start in tonight if start <= hour < start + given.rest_hours}
            if covering and open_hours[hour]:
                rows.append(({hour: 1.0} | covering, 1))
    entries = [(value, number, column) for number, (terms, _) in enumerate(rows) for column, value in terms.items()]
    values, at, to = zip(*entries, strict=True)
    matrix = coo_array((values, (at, to)), shape=(len(rows), n)).tocsr()
    upper = np.concatenate([open_hours.astype(float), open_hours.astype(float), np.ones(7 + len(rests))])
    # A hair off for each started block, so that equal pay gives long blocks and the earliest hours.
    cost = np.concatenate([-(pay + 1e-6) + 1e-7 * np.arange(_HOURS), np.full(_HOURS, 1e-3), np.zeros(7 + len(rests))])
    found = milp(
        cost,
        constraints=LinearConstraint(matrix, -np.inf, np.array([bound for _, bound in rows], dtype=float)),
        bounds=Bounds(0, upper),
        integrality=np.ones(n),
        options={"time_limit": 3, "mip_rel_gap": 1e-3},
    )
    if found.x is None:
        raise ToolError(
            f"schedule: the limits cannot all be kept ({found.message}). Loosen min_block, rest_hours or days_off."
        )
    return np.asarray(found.x[:_HOURS] > 0.5)


def _rests(length: int) -> list[tuple[int, int]]:
    """Return (midnight, first hour) of every stretch of rest that touches a midnight within the week."""
    return [
        (midnight, start)
        for midnight in range(24, _HOURS, 24)
        for start in range(midnight - length, midnight + 1)
        if length and start + length <= _HOURS
    ]


def _blocks(chosen: np.ndarray) -> list[tuple[int, int]]:
    """Return first hour and end of each run of worked hours, cut at midnight."""
    blocks: list[tuple[int, int]] = []
    for hour in np.flatnonzero(chosen):
        if blocks and blocks[-1][1] == hour and hour % 24:
            blocks[-1] = (blocks[-1][0], int(hour) + 1)
        else:
            blocks.append((int(hour), int(hour) + 1))
    return blocks


def calendar(blocks: list[tuple[int, int]], monday: date, pay: np.ndarray, code: str) -> str:
    """Return the blocks as an iCalendar file (RFC 5545), in floating local time."""
    from icalendar import Calendar, Event

    made = Calendar()
    made.add("prodid", "-//gig-advisor//schedule//EN")
    made.add("version", "2.0")
    for number, (start, end) in enumerate(blocks):
        event = Event()
        begin = datetime.combine(monday, time()) + timedelta(hours=start)
        event.add("uid", f"{monday:%Y%m%d}-{number}@gig-advisor")
        event.add("dtstamp", datetime.combine(monday, time()))
        event.add("dtstart", begin)
        event.add("dtend", begin + timedelta(hours=end - start))
        event.add("summary", f"Work: about {amount(float(pay[start:end].sum()), code)} expected")
        made.add_component(event)
    return str(made.to_ical().decode())


EXAMPLES = (
    "Plan my week: 20 hours, not on Sundays",
    "When should I drive if I can only work evenings?",
    "Make me a schedule of 15 hours after school runs",
    "I can work Monday to Friday 9 to 15, which hours?",
    "Best 25 hours for delivery this week",
    "Give me a calendar file for my driving hours",
    "I have a day job until 5 pm and want 12 hours of gigs",
    "Which shifts should I take with at most 6 hours a day?",
    "Weekend only, 10 hours, how do I lay it out?",
    "Plan around my classes Tuesday and Thursday morning",
    "Fit 30 hours of Instacart into my week with rest",
    "Fridays pay 28 an hour and the rest 15, plan 16 hours",
    "When do I have to work to make 300 a week?",
    "I want two days off, schedule 35 hours",
    "A week plan with blocks of at least 3 hours",
    "Schedule my freelance hours around child care from 8 to 14",
    "What hours should I be online this week?",
    "Plan night hours, but at least 11 hours rest",
    "How do I spread 18 hours over the week?",
    "Export my work plan to my calendar",
)
TOOL = Tool(
    "schedule",
    "A week of work: the best hours under your limits, with a calendar file",
    ScheduleInput,
    schedule,
    EXAMPLES,
    fill=fill,
    needs="how many hours a week you want, and on which days and at what times you can work",
)
