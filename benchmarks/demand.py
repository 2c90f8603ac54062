"""Demand forecast: four rolling folds one week ahead against seasonal naive, the median of four weeks, boosting, statsforecast."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from advisor.forecast import WEEK, demand_table, forecast

FOLDS = 4
Model = Callable[[pd.DataFrame], np.ndarray]


def naive(past: pd.DataFrame) -> np.ndarray:
    """Return the last week again."""
    return past.iloc[-WEEK:].to_numpy()


def ours(past: pd.DataFrame) -> np.ndarray:
    """Return the product's forecast, shape (168, zones)."""
    made = forecast(past).pivot_table(index="t", columns="zone", values="value")
    return made[list(past.columns)].to_numpy()


def boosted(past: pd.DataFrame) -> np.ndarray:
    """Return gradient boosting on hour, weekday and the same hour of the last four weeks."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    values = past.to_numpy()
    end, columns = len(values), values.shape[1]
    whole = np.vstack([values, np.full((WEEK, columns), np.nan)])
    at = np.arange(4 * WEEK, end + WEEK)
    stamps = past.index[0] + pd.to_timedelta(at, unit="h")
    made = np.zeros((WEEK, columns))
    rows, answers, ahead = [], [], []
    for column in range(columns):
        lags = np.stack([whole[at - WEEK * i, column] for i in (1, 2, 3, 4)], axis=1)
        scale = lags.mean(axis=1) + 1
        features = np.column_stack(
            [np.full(len(at), column), stamps.hour, stamps.day_of_week, np.log((lags + 1) / scale[:, None])]
        )
        known = at < end
        rows.append(features[known])
        answers.append(np.log((whole[at[known], column] + 1) / scale[known]))
        ahead.append((features[~known], scale[~known]))
    model = HistGradientBoostingRegressor(loss="absolute_error", max_iter=200, learning_rate=0.05, random_state=0)
    model.fit(np.vstack(rows), np.concatenate(answers))
    for column, (features, scale) in enumerate(ahead):
        made[:, column] = np.exp(model.predict(features)) * scale - 1
    return made


def library(name: str) -> Model:
    """Return a model of statsforecast as a function; it is not a dependency, so it may be missing."""
    from statsforecast import StatsForecast
    from statsforecast import models as available

    chosen = {
        "SeasonalWindowAverage": lambda: available.SeasonalWindowAverage(WEEK, 4),
        "SeasonalExponentialSmoothingOptimized": lambda: available.SeasonalExponentialSmoothingOptimized(WEEK),
        "MSTL": lambda: available.MSTL([24, WEEK]),
    }[name]

    def run(past: pd.DataFrame) -> np.ndarray:
        long = past.rename_axis("ds").reset_index().melt("ds", var_name="unique_id", value_name="y")
        made = StatsForecast(models=[chosen()], freq="h").forecast(df=long, h=WEEK)
        values = [column for column in made.columns if column not in {"unique_id", "ds"}][0]
        return made.pivot_table(index="ds", columns="unique_id", values=values)[list(past.columns)].to_numpy()

    return run


def measure(path: Path) -> dict[str, object]:
    """Return weighted absolute percentage errors as ratios to seasonal naive, seconds, and the coverage of the interval."""
    table = demand_table(pd.read_csv(path))
    cuts = [len(table) - WEEK * fold for fold in range(FOLDS, 0, -1)]
    models: dict[str, Model] = {"seasonal naive": naive, "ours": ours, "gradient boosting": boosted}
    for name in ("SeasonalWindowAverage", "SeasonalExponentialSmoothingOptimized", "MSTL"):
        try:
            models[name] = library(name)
        except ImportError:
            print(f"statsforecast is not installed: {name} left out (pip install statsforecast)", file=sys.stderr)
    rows = {}
    base = 0.0
    for name, model in models.items():
        start = time.monotonic()
        pairs = [(table.iloc[cut : cut + WEEK].to_numpy(), model(table.iloc[:cut])) for cut in cuts]
        error = sum(np.abs(truth - made).sum() for truth, made in pairs) / sum(truth.sum() for truth, _ in pairs)
        base = base or error
        rows[name] = {
            "wape": round(float(error), 4),
            "ratio": round(float(error / base), 3),
            "seconds": round(time.monotonic() - start, 1),
        }
    inside = total = 0
    for cut in cuts:
        made = forecast(table.iloc[:cut])
        truth = table.iloc[cut : cut + WEEK].stack().to_numpy()
        inside += int(((truth >= made["low"].to_numpy() - 0.5) & (truth <= made["high"].to_numpy() + 0.5)).sum())
        total += len(truth)
    return {"models": rows, "interval_80_covers": round(inside / total, 3)}


if __name__ == "__main__":
    default = Path(__file__).parents[2] / "shared/data/demand/uber_nyc_2015/hourly_jan_apr.csv"
    print(json.dumps(measure(Path(sys.argv[1]) if len(sys.argv) > 1 else default), indent=2))
