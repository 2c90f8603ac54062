"""A plan of 20 hours a week on held-out weeks of a real driver's log: pay an hour of the planned hours against the driver's own.

Only hours that the driver worked have a known pay, so the plan chooses among these: the 20 that the log before the held-out
weeks expected to pay best, against all hours of the same week. Weeks are drawn again for the interval.
"""

import json
import sys
from pathlib import Path

import numpy as np

from advisor import insight
from ingest.readers.earnings import read_log

HOURS = 20
WEEKS = 13


def main(path: str) -> int:
    """Print pay an hour of plan and habit on the last 13 weeks, the difference with a 95 % interval, and what the product says."""
    rows = read_log(Path(path).read_bytes(), Path(path).name).rows
    hours = insight.clock_hours(rows)
    week = hours.index.to_period("W")
    held = sorted(week.unique())[-WEEKS:]
    past = hours[week < held[0]]
    cells = {(cell.day, cell.hour): cell.value for cell in insight.by_hour_of_week(past["pay"])}
    plan, habit = [], []
    for period in held:
        here = hours[week == period]
        if len(here) <= HOURS:
            continue
        expected = np.array(
            [cells[day, hour] for day, hour in zip(here.index.day_of_week, here.index.hour, strict=True)]
        )
        best = here.iloc[np.argsort(-expected, kind="stable")[:HOURS]]
        plan.append(float(best["pay"].mean()))
        habit.append(float(here["pay"].mean()))
    gain = np.array(plan) - np.array(habit)
    drawn = np.random.default_rng(7).integers(len(gain), size=(2000, len(gain)))
    low, high = np.percentile(gain[drawn].mean(axis=1), (2.5, 97.5)) if len(gain) else (float("nan"),) * 2
    found = insight.look(rows)
    print(
        json.dumps(
            {
                "weeks": len(gain), "plan_per_hour": round(float(np.mean(plan)), 2), "habit_per_hour": round(float(np.mean(habit)), 2),
                "gain": round(float(gain.mean()), 2), "gain_low": round(float(low), 2), "gain_high": round(float(high), 2),
                "product_claims_a_pattern": bool(found.test and found.test.is_better),
            },
            indent=1,
        )
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
