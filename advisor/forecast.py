"""Demand by hour and zone for the next weeks: three seasonal medians averaged, with intervals from its own past errors.

Measured on hourly pickups of a large city (`python -m benchmarks.demand`), the mean of three robust seasonal forecasts
beat seasonal naive, gradient boosting on lags and weather, and the models of statsforecast; CONTRIBUTING has the table.
"""

from typing import TYPE_CHECKING

import numpy as np

from advisor.errors import AdvisorError

if TYPE_CHECKING:
    import pandas as pd

WEEK = 168
LONG, SHORT, SMOOTHING = 10, 4, 0.8
"""Weeks of the long and the short memory, and the weight of the newest week in the level."""
BACKTESTS = 4


def demand_table(data: "pd.DataFrame") -> "pd.DataFrame":
    """Return a table of demand as one hourly row and one column a zone.

    Args:
        data: Columns for time, count and, where there are several, zone; found by their content.

    Raises:
        AdvisorError: When no time or no count column can be found.
    """
    import pandas as pd

    named = {str(column).lower().strip(): column for column in data.columns}

    def pick(*words: str) -> str | None:
        return next((named[n] for word in words for n in named if n == word), None) or next(
            (named[n] for word in words for n in named if word in n), None
        )

    time = pick("pickup_dt", "datetime", "time", "timestamp", "hour", "date")
    count = pick("pickups", "trips", "orders", "rides", "count", "demand", "requests")
    zone = pick("borough", "zone", "area", "region", "district", "zip", "city")
    if time is None or count is None:
        raise AdvisorError(
            f"A demand table needs a time and a count column; found {', '.join(map(str, data.columns))}."
        )
    times = pd.to_datetime(data[time], errors="coerce", format="mixed")
    zones = data[zone].fillna("unknown").astype(str) if zone is not None else pd.Series("all", index=data.index)
    made = pd.DataFrame({"t": times.dt.floor("h"), "zone": zones, "n": pd.to_numeric(data[count], errors="coerce")})
    table = made.dropna(subset=["t"]).pivot_table(index="t", columns="zone", values="n", aggfunc="sum")
    return table.asfreq("h").ffill().fillna(0.0)


def forecast(table: "pd.DataFrame", weeks: int = 1, level: float = 0.8) -> "pd.DataFrame":
    """Return expected demand with an interval for each hour and zone of the next weeks.

    The forecast is the mean of three: the median of the last weeks; the median daily shape of a long memory times the
    median size of that weekday; the median weekly shape times an exponentially smoothed level. The interval comes from
    the relative errors that the same forecast made on the last weeks (split conformal prediction, Lei et al., 2018).

    Args:
        table: Hourly rows, one column a zone, no gaps, at least two weeks.
        weeks: How many weeks ahead, 1 to 4.
        level: How often the interval should hold.

    Returns:
        Columns `t`, `zone`, `value`, `low`, `high`.

    Raises:
        AdvisorError: When there are less than two weeks, or `weeks` is not 1 to 4.
    """
    import pandas as pd

    if not 1 <= weeks <= 4:
        raise AdvisorError(f"weeks is {weeks!r}; it must be 1 to 4.")
    values = table.to_numpy(dtype=float)
    if len(values) < 2 * WEEK:
        raise AdvisorError(f"A forecast by hour needs two weeks of data or more; there are {len(values)} hours.")
    week = _week(values)
    low, high = _errors(values, level)
    ahead = np.tile(week, (weeks, 1))
    # What is further away is less sure: the interval widens with the square root of the distance.
    wider = np.sqrt(np.repeat(np.arange(1, weeks + 1), WEEK))[:, None]
    scale = np.sqrt(ahead + 1) * np.sqrt(np.maximum(ahead, 1))
    hours = pd.date_range(table.index[-1] + pd.Timedelta(hours=1), periods=weeks * WEEK, freq="h")
    parts = {
        "value": ahead,
        "low": np.maximum(0, ahead + np.tile(low, (weeks, 1)) * wider * scale),
        "high": ahead + np.tile(high, (weeks, 1)) * wider * scale,
    }
    frames = [
        pd.DataFrame(part, index=hours, columns=table.columns).stack().rename(name) for name, part in parts.items()
    ]
    return pd.concat(frames, axis=1).rename_axis(["t", "zone"]).reset_index()


def _past_weeks(values: np.ndarray, count: int) -> np.ndarray:
    """Return the last whole weeks, newest first, shape (count, 168, zones)."""
    count = min(count, len(values) // WEEK)
    end = len(values)
    return np.stack([values[end - WEEK * (i + 1) : end - WEEK * i] for i in range(count)])


def _week(values: np.ndarray) -> np.ndarray:
    """Return the forecast of the next week, shape (168, zones)."""
    short, long = _past_weeks(values, SHORT), _past_weeks(values, LONG)
    return np.asarray((np.median(short, axis=0) + _by_day(long) + _by_level(long)) / 3)


def _by_day(weeks: np.ndarray) -> np.ndarray:
    count, _, zones = weeks.shape
    days = weeks.reshape(count, 7, 24, zones)
    sizes = days.sum(axis=2)
    shape = np.median(days / np.maximum(sizes[:, :, None], 1), axis=0)
    shape /= np.maximum(shape.sum(axis=1, keepdims=True), 1e-9)
    return np.asarray((shape * np.median(sizes[:SHORT], axis=0)[:, None]).reshape(WEEK, zones))


def _by_level(weeks: np.ndarray) -> np.ndarray:
    sizes = weeks.sum(axis=1)
    shape = np.median(weeks / np.maximum(sizes[:, None], 1), axis=0)
    shape /= np.maximum(shape.sum(axis=0), 1e-9)
    smooth = sizes[-1]
    for size in sizes[::-1]:
        smooth = SMOOTHING * size + (1 - SMOOTHING) * smooth
    return np.asarray(shape * smooth)


def _errors(values: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the relative errors that bound `level` of the past weeks' errors, for each hour of day and zone."""
    origins = [len(values) - WEEK * i for i in range(1, BACKTESTS + 1) if len(values) - WEEK * i >= 2 * WEEK]
    zones = values.shape[1]
    if not origins:
        spread = np.full((WEEK, zones), 0.5)
        return -spread, spread
    errors = []
    for origin in origins:
        made = _week(values[:origin])
        errors.append((values[origin : origin + WEEK] - made) / (np.sqrt(made + 1) * np.sqrt(np.maximum(made, 1))))
    by_day = np.stack(errors).reshape(-1, 24, zones)
    # Neighbouring hours share their errors, so that four weeks are enough for a quantile.
    pooled = np.concatenate([np.roll(by_day, shift, axis=1) for shift in (-1, 0, 1)])
    edge = (1 - level) / 2
    low, high = np.quantile(pooled, edge, axis=0), np.quantile(pooled, 1 - edge, axis=0)
    return np.tile(low, (7, 1)), np.tile(high, (7, 1))
