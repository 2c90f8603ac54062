"""What a work log says: pay by hour of the week, idle share, zones, trend; with intervals, and honest when nothing shows.

Thin cells are pulled toward their neighbours by a kernel over the hour of day, with other days of the week counting less;
whether that beats one plain average is tested on the log's own last quarter before it is used.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from advisor.errors import AdvisorError
from advisor.schema import Table, ToolResult

if TYPE_CHECKING:
    import pandas as pd

GAP_MINUTES = 45
"""A longer pause between two trips ends a stretch of being online, when the log holds no waiting times."""
KERNELS = tuple((width, others) for width in (0.5, 1.5, 3.0, 6.0) for others in (0.1, 0.3, 1.0))
"""Width over the hour of day in hours, and how much other days of the week count; the past chooses among them."""
ZONE_TRIPS = 30
"""Trips that a zone needs before it is compared."""
HELD_OUT = 0.2
MIN_HOURS = 60
DRAWS = 1000


@dataclass(frozen=True)
class HourOfWeek:
    """Pay of one hour of the week: what to expect, an 80 % interval of the estimate, and on how many hours it rests."""

    day: int
    hour: int
    value: float
    low: float
    high: float
    hours: int


@dataclass(frozen=True)
class PatternTest:
    """How the pattern by hour did on held-out hours against one average: mean absolute errors and the difference."""

    pattern: float
    average: float
    by_cell: float
    gain_low: float
    gain_high: float
    hours: int

    @property
    def is_better(self) -> bool:
        """Return whether the whole 95 % interval of the gain over one average is above zero."""
        return self.gain_low > 0


@dataclass(frozen=True)
class ZoneTest:
    """How the zone that was best in the earlier part of a log did afterwards: pay of an engaged hour there and elsewhere."""

    zone: str
    there: float
    elsewhere: float
    gain_low: float
    gain_high: float
    trips: int

    @property
    def is_better(self) -> bool:
        """Return whether the whole 95 % interval of the gain over the other zones is above zero."""
        return self.gain_low > 0


@dataclass(frozen=True)
class Insight:
    """All that a log says."""

    trips: int
    days: int
    pay: float
    tips: float
    per_online_hour: tuple[float, float, float]
    per_engaged_hour: float
    idle_share: float
    cells: tuple[HourOfWeek, ...]
    test: PatternTest | None
    zones: tuple[tuple[str, int, float, float], ...]
    zone_test: ZoneTest | None
    platforms: tuple[tuple[str, int, float], ...]
    trend: tuple[tuple[str, float, float], ...]


def clock_hours(rows: "pd.DataFrame") -> "pd.DataFrame":
    """Return each clock hour worked: pay, minutes engaged and minutes online, trips laid over the hours that they touch.

    Args:
        rows: A work log.
    """
    import pandas as pd

    done = rows[(rows["kind"] == "trip") & rows["pay"].fillna(0).gt(0)]
    start = done["start"].to_numpy("datetime64[s]")
    end = np.maximum(done["end"].fillna(done["start"]).to_numpy("datetime64[s]"), start + np.timedelta64(60, "s"))
    parts = _laid(start, end, done["pay"].to_numpy(float))
    engaged = _laid(*_union(start, end))
    online_start, online_end = _online(rows)
    online = _laid(online_start, online_end)
    table = pd.DataFrame({"pay": parts[1]}, index=pd.DatetimeIndex(parts[0])).groupby(level=0).sum()
    for name, (hours, _, minutes) in (("engaged", engaged), ("online", online)):
        laid = pd.Series(minutes, index=pd.DatetimeIndex(hours)).groupby(level=0).sum()
        table[name] = laid.reindex(table.index).fillna(0.0).clip(upper=60)
    return table


def _laid(
    start: np.ndarray, end: np.ndarray, amount: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return hour, share of the amount, and minutes for each piece of each span that lies in one clock hour."""
    first, last = start.astype("datetime64[h]"), (end - np.timedelta64(1, "s")).astype("datetime64[h]")
    counts = (last - first).astype(int) + 1
    row = np.repeat(np.arange(len(start)), counts)
    offset = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    hour = first[row] + offset.astype("timedelta64[h]")
    begin = np.maximum(start[row], hour.astype("datetime64[s]"))
    stop = np.minimum(end[row], (hour + np.timedelta64(1, "h")).astype("datetime64[s]"))
    seconds = (stop - begin).astype(float)
    total = (end - start).astype(float)[row]
    amounts = np.zeros(len(row)) if amount is None else amount[row] * seconds / total
    return hour.astype("datetime64[ns]"), amounts, seconds / 60


def _union(start: np.ndarray, end: np.ndarray, gap: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return spans joined where they overlap, or lie within `gap` seconds: two apps at once are one hour of work."""
    if not len(start):
        return start, end
    order = np.argsort(start, kind="stable")
    start, reach = start[order], np.maximum.accumulate(end[order])
    fresh = np.r_[True, start[1:] > reach[:-1] + np.timedelta64(gap, "s")]
    at = np.flatnonzero(fresh)
    return start[at], reach[np.r_[at[1:] - 1, len(reach) - 1]]


def _online(rows: "pd.DataFrame") -> tuple[np.ndarray, np.ndarray]:
    """Return when the person was online: waiting rows where the log has them, else trips with short pauses joined."""
    known = rows[rows["end"].notna() & (rows["end"] > rows["start"])]
    start, end = known["start"].to_numpy("datetime64[s]"), known["end"].to_numpy("datetime64[s]")
    has_waits = bool((rows["kind"] == "wait").any())
    return _union(start, end, 0 if has_waits else GAP_MINUTES * 60)


def look(rows: "pd.DataFrame") -> Insight:
    """Return what a log says.

    Args:
        rows: A work log with at least one paid trip.

    Raises:
        AdvisorError: When no row holds a paid trip.
    """
    import pandas as pd

    hours = clock_hours(rows)
    if hours.empty:
        raise AdvisorError("The log holds no paid trip. Add an export with `gig-advisor ingest FILE --as log`.")
    trips = rows[(rows["kind"] == "trip") & rows["pay"].fillna(0).gt(0)]
    online, engaged = hours["online"].sum() / 60, hours["engaged"].sum() / 60
    days = hours.index.normalize()
    by_day = hours.groupby(days)[["pay", "online"]].sum()
    low, high = _interval(by_day["pay"].to_numpy(), by_day["online"].to_numpy() / 60)
    monthly = hours.groupby(hours.index.to_period("M"))[["pay", "online"]].sum()
    zones = (
        trips[trips["zone"].fillna("") != ""]
        .groupby("zone")
        .agg(n=("pay", "size"), pay=("pay", "mean"), minutes=("minutes", "mean"))
    )
    zones = zones[zones["n"] >= 10].sort_values("pay", ascending=False)
    apps = trips.groupby(trips["platform"].replace("", "unnamed")).agg(n=("pay", "size"), pay=("pay", "mean"))
    test = compare(hours["pay"])
    cells = by_hour_of_week(hours["pay"], flat=test is None or not test.is_better)
    return Insight(
        trips=len(trips), days=len(by_day), pay=float(trips["pay"].sum()), tips=float(trips["tips"].sum()),
        per_online_hour=(float(hours["pay"].sum() / online) if online else 0.0, low, high),
        per_engaged_hour=float(hours["pay"].sum() / engaged) if engaged else 0.0,
        idle_share=max(0.0, 1 - engaged / online) if online else 0.0,
        cells=cells, test=test,
        zones=tuple((str(name), int(row.n), float(row.pay), float(row.minutes)) for name, row in zones.head(15).iterrows()),
        zone_test=best_zone(trips),
        platforms=tuple((str(name), int(row.n), float(row.pay)) for name, row in apps.iterrows()),
        trend=tuple((str(month), float(row.pay), float(row.pay / row.online * 60) if row.online else 0.0) for month, row in monthly.iterrows()
                    if isinstance(month, pd.Period)),
    )  # fmt: skip


def best_zone(trips: "pd.DataFrame") -> ZoneTest | None:
    """Return how the zone that pays best in the first four fifths of the trips does in the last fifth.

    Pay is per engaged hour of trips that begin in a zone, and a zone with few trips is drawn toward the mean of all. The
    interval of the difference draws whole days again (Efron, 1979).

    Args:
        trips: Paid trips in order of time.

    Returns:
        None when there are not two zones with thirty trips, or the best one has fewer than ten later trips.
    """
    known = trips[(trips["zone"].fillna("") != "") & trips["minutes"].fillna(0).gt(0)].sort_values("start")
    cut = int(len(known) * (1 - HELD_OUT))
    past, later = known.iloc[:cut], known.iloc[cut:]
    sums = past.groupby("zone").agg(n=("pay", "size"), pay=("pay", "sum"), minutes=("minutes", "sum"))
    sums = sums[sums["n"] >= ZONE_TRIPS]
    if len(sums) < 2:
        return None
    mean = past["pay"].sum() / past["minutes"].sum()
    typical = past["minutes"].mean() * ZONE_TRIPS
    best = str(((sums["pay"] + mean * typical) / (sums["minutes"] + typical)).idxmax())
    there = (later["zone"] == best).to_numpy()
    if there.sum() < ZONE_TRIPS // 3 or there.all():
        return None
    pay, minutes = later["pay"].to_numpy(float), later["minutes"].to_numpy(float)
    dates, at = np.unique(later["start"].dt.normalize(), return_inverse=True)
    parts = [np.bincount(at, values * mask, len(dates)) for mask in (there, ~there) for values in (pay, minutes)]
    drawn = np.random.default_rng(7).integers(len(dates), size=(DRAWS, len(dates)))
    pay_in, minutes_in, pay_out, minutes_out = (part[drawn].sum(axis=1) for part in parts)
    fair = (minutes_in > 0) & (minutes_out > 0)
    gains = 60 * (pay_in[fair] / minutes_in[fair] - pay_out[fair] / minutes_out[fair])
    low, high = np.percentile(gains, (2.5, 97.5))
    return ZoneTest(
        best, float(60 * pay[there].sum() / minutes[there].sum()), float(60 * pay[~there].sum() / minutes[~there].sum()),
        float(low), float(high), int(there.sum()),
    )  # fmt: skip


def zone_sentence(test: ZoneTest | None, currency: str) -> str:
    """Return what a log proves about where to work, or an empty string when it names too few places."""
    if test is None:
        return ""
    if test.is_better:
        return (
            f"Trips that began in {test.zone} brought {currency} {test.there:.2f} an engaged hour against {test.elsewhere:.2f} elsewhere in your last trips "
            f"(difference {test.gain_low:.2f} to {test.gain_high:.2f}), so wait for trips there where you can."
        )
    return (
        f"No part of town has proven to pay better: {test.zone} led at first, and afterwards brought {currency} {test.there:.2f} an engaged hour "
        f"against {test.elsewhere:.2f} elsewhere (difference {test.gain_low:.2f} to {test.gain_high:.2f})."
    )


def _interval(pay: np.ndarray, hours: np.ndarray) -> tuple[float, float]:
    """Return a 95 % interval of pay an hour by drawing whole days again (Efron, 1979)."""
    generator = np.random.default_rng(7)
    drawn = generator.integers(len(pay), size=(DRAWS, len(pay)))
    rates = pay[drawn].sum(axis=1) / np.maximum(hours[drawn].sum(axis=1), 1e-9)
    low, high = np.percentile(rates, (2.5, 97.5))
    return float(low), float(high)


def weights_for(day: int, hour: int, days: np.ndarray, hours: np.ndarray, kernel: tuple[float, float]) -> np.ndarray:
    """Return how much each past hour counts for an hour of the week: near hours of day most, other days less."""
    width, others = kernel
    apart = np.minimum((hours - hour) % 24, (hour - hours) % 24)
    # The floor keeps an hour far from all worked ones at the average of all.
    return np.asarray(np.exp(-0.5 * (apart / width) ** 2) * np.where(days == day, 1.0, others) + 1e-6)


def _fitted(past: "pd.Series", kernel: tuple[float, float]) -> dict[tuple[int, int], float]:
    """Return the expected pay of each hour of the week."""
    days, hours, values = past.index.day_of_week.to_numpy(), past.index.hour.to_numpy(), past.to_numpy()
    return {
        (d, h): float(np.average(values, weights=weights_for(d, h, days, hours, kernel)))
        for d in range(7)
        for h in range(24)
    }


def choose(past: "pd.Series") -> tuple[float, float]:
    """Return the kernel that did best on the last part of the past itself."""
    cut = int(len(past) * (1 - HELD_OUT))
    earlier, later = past.iloc[:cut], past.iloc[cut:]
    keys = list(zip(later.index.day_of_week, later.index.hour, strict=True))

    def error(kernel: tuple[float, float]) -> float:
        made = _fitted(earlier, kernel)
        return float(np.abs(later.to_numpy() - np.array([made[key] for key in keys])).mean())

    return min(KERNELS, key=error)


def by_hour_of_week(pay: "pd.Series", *, flat: bool = False) -> tuple[HourOfWeek, ...]:
    """Return the expected pay of each of the 168 hours of the week that are near to hours worked.

    Args:
        pay: Pay by clock hour.
        flat: Use one average for all, since the pattern did not prove itself.
    """
    days, hours, values = pay.index.day_of_week.to_numpy(), pay.index.hour.to_numpy(), pay.to_numpy()
    spread = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    kernel = KERNELS[-1] if flat else choose(pay)
    cells = []
    for day in range(7):
        for hour in range(24):
            weights = np.ones(len(values)) if flat else weights_for(day, hour, days, hours, kernel)
            # Kish's effective number of hours: thin cells lean on their neighbours and have wide intervals.
            effective = weights.sum() ** 2 / (weights**2).sum()
            mean = float((weights * values).sum() / weights.sum())
            half = 1.2816 * spread / max(effective, 1.0) ** 0.5
            count = int(((days == day) & (hours == hour)).sum())
            cells.append(HourOfWeek(day, hour, mean, mean - half, mean + half, count))
    return tuple(cells)


def compare(pay: "pd.Series") -> PatternTest | None:
    """Return how the pattern does on the last part of the log against one average and against the mean of each cell.

    Args:
        pay: Pay by clock hour, in order of time.

    Returns:
        None when there are too few hours to tell.
    """
    import pandas as pd

    if len(pay) < MIN_HOURS:
        return None
    cut = pay.index[int(len(pay) * (1 - HELD_OUT))].normalize()
    past, later = pay[pay.index < cut], pay[pay.index >= cut]
    if len(past) < MIN_HOURS // 2 or len(later) < 10:
        return None
    days, hours, values = past.index.day_of_week.to_numpy(), past.index.hour.to_numpy(), past.to_numpy()
    made = _fitted(past, choose(past))
    cells = pd.Series(values).groupby([days, hours]).mean().to_dict()
    average = float(values.mean())
    keys = list(zip(later.index.day_of_week, later.index.hour, strict=True))
    truth = later.to_numpy()
    errors = {
        "pattern": np.abs(truth - np.array([made[key] for key in keys])),
        "average": np.abs(truth - average),
        "cell": np.abs(truth - np.array([cells.get(key, average) for key in keys])),
    }
    gain = errors["average"] - errors["pattern"]
    # Hours of one day share its luck, so whole days are drawn.
    dates, at = np.unique(later.index.normalize(), return_inverse=True)
    sums, counts = np.bincount(at, gain, len(dates)), np.bincount(at, minlength=len(dates))
    drawn = np.random.default_rng(7).integers(len(dates), size=(DRAWS, len(dates)))
    low, high = np.percentile(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), (2.5, 97.5))
    return PatternTest(
        float(errors["pattern"].mean()), float(errors["average"].mean()), float(errors["cell"].mean()), float(low), float(high),
        len(later),
    )  # fmt: skip


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def sentences(found: Insight, currency: str = "USD") -> list[str]:
    """Return what a log says in words."""
    value, low, high = found.per_online_hour
    lines = [
        f"Your log: {found.trips:,} paid trips on {found.days} days, {currency} {found.pay:,.0f}, of it {currency} {found.tips:,.0f} tips.",
        f"An online hour brought {currency} {value:.2f} before costs (95% interval {low:.2f} to {high:.2f}); an hour with a passenger or order "
        f"{currency} {found.per_engaged_hour:.2f}, since {found.idle_share * 100:.0f}% of the time was waiting.",
    ]
    if found.test is None:
        lines.append("The log is too short to tell good hours from bad ones; keep logging.")
    elif not found.test.is_better:
        lines.append(
            f"Which hour of the week you work made no difference that the last {found.test.hours} hours could prove (mean error {found.test.pattern:.2f} with "
            f"the pattern, {found.test.average:.2f} with one average), so plan with your average."
        )
    else:
        best = sorted((cell for cell in found.cells if cell.hours >= 3), key=lambda cell: -cell.value)[:3]
        named = "; ".join(
            f"{DAYS[c.day]} {c.hour:02}:00, {currency} {c.value:.2f} (80% interval {c.low:.2f} to {c.high:.2f})"
            for c in best
        )
        lines.append(f"Your best hours so far: {named}.")
        lines.append(
            f"On held-out hours this pattern was {found.test.gain_low:.2f} to {found.test.gain_high:.2f} closer an hour than one average."
        )
    if len(found.trend) >= 3:
        lines.append(
            f"Per online hour by month, last three: {', '.join(f'{month} {currency} {rate:.2f}' for month, _, rate in found.trend[-3:])}."
        )
    if where := zone_sentence(found.zone_test, currency):
        lines.append(where)
    return lines


_PARTS = {
    "morning": (6, 12),
    "lunch": (11, 14),
    "afternoon": (12, 17),
    "evening": (17, 22),
    "night": (20, 24),
    "weekend": (0, 24),
}


def asked_part(found: Insight, question: str, currency: str = "USD") -> str:
    """Return a sentence on the day or part of day that a question names, or an empty string."""
    text = question.lower()
    days = [number for number, name in enumerate(DAYS) if name.lower() in text]
    if not days and "weekend" in text:
        days = [5, 6]
    start, end = next((span for word, span in _PARTS.items() if word in text and word != "weekend"), (0, 24))
    if not days and (start, end) == (0, 24):
        return ""
    cells = [c for c in found.cells if (not days or c.day in days) and start <= c.hour < end]
    hours = sum(cell.hours for cell in cells)
    what = " and ".join(DAYS[day] for day in days) or "every day"
    if not hours:
        return f"Your log has no hour of {what} between {start}:00 and {end}:00, so it cannot tell."
    mean = sum(cell.value * cell.hours for cell in cells) / hours
    whole = found.pay / max(1, sum(cell.hours for cell in found.cells))
    return (
        f"For {what} between {start}:00 and {end}:00 your log holds {hours} hours worked, and {currency} {mean:.2f} is expected for one, against "
        f"{currency} {whole:.2f} over all hours."
    )


def result(rows: "pd.DataFrame", question: str = "", currency: str = "USD") -> ToolResult:
    """Return what a log says as a result with a table of months and a heat map of the week.

    Args:
        rows: The work log.
        question: What was asked; a day or part of day named there is answered first.
        currency: ISO 4217 code of the log.

    Raises:
        AdvisorError: When the log holds no paid trip.
    """
    found = look(rows)
    asked = asked_part(found, question, currency)
    value, low, high = found.per_online_hour
    return ToolResult(
        tool="log",
        input={"question": question},
        output={
            "trips": found.trips, "days": found.days, "pay": round(found.pay, 2), "tips": round(found.tips, 2), "per_online_hour": round(value, 2),
            "per_online_hour_low": round(low, 2), "per_online_hour_high": round(high, 2), "per_engaged_hour": round(found.per_engaged_hour, 2),
            "idle_share": round(found.idle_share, 3), "pattern_proven": bool(found.test and found.test.is_better),
            "zones": [list(zone) for zone in found.zones], "platforms": [list(app) for app in found.platforms],
        },
        summary=(*((asked,) if asked else ()), *sentences(found, currency)),
        assumptions=(
            f"Where the log has no waiting times, pauses under {GAP_MINUTES} minutes count as being online.",
            "Pay is before costs and tax; near hours of day count for thin cells, other days of the week less.",
        ),
        table=Table(
            columns=("Month", f"Pay ({currency})", f"Per online hour ({currency})"),
            rows=tuple((month, round(pay, 2), round(rate, 2)) for month, pay, rate in found.trend),
        ),
        chart={"kind": "week", "unit": currency, "rows": [[c.day, c.hour, round(c.value, 2), c.hours > 0] for c in found.cells]},
    )  # fmt: skip
