"""Work logs: messy exports to rows, what they say, the forecast, and that nothing private is kept."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from advisor import AdvisorError, SourceError, ToolError, insight, weekplan, worklog
from advisor.facts import Facts
from advisor.forecast import WEEK, demand_table, forecast
from advisor.weekplan import plan_by_demand
from ingest.readers.earnings import read_log

SHARED = Path(__file__).parents[2] / "shared" / "data"
shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared test data is not on this machine")

UBER_GERMAN = """Fahrt-UUID;Vorname;Datum;Startzeit;Ende;Auszahlung an dich;Trinkgeld;Strecke
a;Bob;23.11.2025;14:05;14:30;1.012,50 €;2,00 €;4,1
a;Bob;23.11.2025;14:05;14:30;1.012,50 €;2,00 €;4,1
b;Eve;23.11.2025;23:50;00:20;9,00 €;0,00 €;3,0
"""
GRIDWISE = """Report for 2025

Date\tStart time\tEnd time\tApp\tEarnings\tTips\tMiles
11/2/2025\t11:40 PM\t12:20 AM\tDoorDash\t$9.25\t$3.00\t4.1
11/3/2025\tsoon\tlater\tDoorDash\t$9.25\t$3.00\t4.1
"""
LYFT = """Session,Date,,Period,Start Time,End Time,Distance,Duration,Earnings,Tips,Cancel
1,6/19/2019,,Search,5:37:00 PM,5:41:00 PM,0.00,4.00,,,
1,6/19/2019,,Drive,5:41:00 PM,18:01,4.78,15.00,$6.49,$0.00,0
1,6/19/2019,,Drive,6:10:00 PM,6:20 PM,1.00,10.00,,,1
"""


def test_translated_headers_commas_and_a_trip_over_midnight() -> None:
    found = read_log(UBER_GERMAN.encode("cp1252"), "uber.csv")
    assert found.left_out == {"the same trip twice": 1}
    first, second = found.rows.itertuples()
    assert (first.pay, first.tips, first.miles) == (1012.5, 2.0, 4.1)
    assert str(second.end) == "2025-11-24 00:20:00"
    assert (first.platform, second.platform) == ("uber", "uber")


def test_a_preamble_tabs_and_half_days() -> None:
    found = read_log(GRIDWISE.encode(), "gridwise.tsv")
    (row,) = found.rows.itertuples()
    assert (str(row.start), str(row.end), row.pay, row.platform) == (
        "2025-11-02 23:40:00",
        "2025-11-03 00:20:00",
        9.25,
        "doordash",
    )
    assert found.left_out == {"no readable time": 1}


def test_waiting_and_cancelled_rows_are_told_apart() -> None:
    rows = read_log(LYFT.encode(), "LyftData.csv").rows
    assert rows["kind"].tolist() == ["wait", "trip", "trip"]
    assert rows["done"].tolist() == [True, True, False]


def test_names_and_addresses_are_not_kept(tmp_path: Path) -> None:
    text = "trip id,rider name,pickup address,start time,end time,total pay\n1,Zelda Canary,7 Canary Lane,2025-01-05 10:00,2025-01-05 10:20,8\n"
    path = worklog.path_in(tmp_path)
    assert worklog.add(path, read_log(text.encode(), "x.csv").rows) == 1
    assert b"anary" not in path.read_bytes()
    assert worklog.add(path, read_log(text.encode(), "x.csv").rows) == 0
    assert worklog.erase(path)
    assert not path.exists()
    assert worklog.load(path).empty


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n3,4\n", "no column holds the pay"),
        ("total pay,b\n1,2\n", "no column holds a time"),
        ("", "no table"),
    ],
)
def test_a_file_that_is_no_log_says_what_is_missing(text: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        read_log(text.encode(), "x.csv")


def test_the_person_may_say_which_column_is_which() -> None:
    found = read_log(b"alpha,beta\n2025-01-05 10:00,8.5\n", "x.csv", {"start": "alpha", "pay": "beta"})
    assert found.rows["pay"].tolist() == [8.5]


def test_xlsx_is_read(tmp_path: Path) -> None:
    path = tmp_path / "log.xlsx"
    pd.DataFrame({"Start": ["2025-01-05 10:00"], "End": ["2025-01-05 10:30"], "Earnings": ["$7.50"]}).to_excel(
        path, index=False
    )
    assert read_log(path.read_bytes(), path.name).rows["pay"].tolist() == [7.5]


def _log(night_bonus: float, seed: int = 1, days: int = 200) -> pd.DataFrame:
    """Return an invented log: three trips an hour from 16:00 to 23:00, nights paid better by a bonus."""
    random = np.random.default_rng(seed)
    starts = [
        day + pd.Timedelta(hours=hour, minutes=20 * k)
        for day in pd.date_range("2025-01-01", periods=days)
        for hour in range(16, 23)
        for k in range(3)
    ]
    frame = pd.DataFrame({"start": starts})
    frame["end"] = frame["start"] + pd.Timedelta(minutes=15)
    frame["pay"] = 6 + random.normal(0, 1, len(frame)) + np.where(frame["start"].dt.hour >= 21, night_bonus, 0)
    return frame.assign(tips=1.0, miles=3.0, minutes=15.0, zone="A", platform="uber", kind="trip", done=True)


def test_a_real_pattern_is_found_and_named() -> None:
    found = insight.look(_log(night_bonus=4))
    assert found.test is not None
    assert found.test.is_better
    best = max(found.cells, key=lambda cell: cell.value)
    assert best.hour in {21, 22, 23, 0}
    assert found.idle_share == pytest.approx(0.25, abs=0.03)


def test_noise_is_called_noise_and_one_average_is_used() -> None:
    found = insight.look(_log(night_bonus=0))
    assert found.test is not None
    assert not found.test.is_better
    assert len({round(cell.value, 6) for cell in found.cells}) == 1
    assert any("plan with your average" in line for line in insight.sentences(found))


def test_a_plan_takes_the_hours_that_the_log_proves_better() -> None:
    made = weekplan.plan_week(_log(night_bonus=4), {"max_hours": 10, "min_block": 2}, Facts(()), date(2026, 11, 23))
    assert made.output["pattern_proven"]
    assert made.output["hours"] == 10
    assert made.output["gain_per_hour"] > 0
    assert made.output["low"] < made.output["net"] < made.output["high"]
    assert {int(str(row[1])[:2]) for row in made.output["blocks"]} <= {20, 21, 22, 23}
    assert "BEGIN:VCALENDAR" in made.output["calendar"]
    dearer = weekplan.plan_week(_log(night_bonus=4), {"max_hours": 10}, Facts(()), date(2026, 11, 23), cost_per_hour=5)
    assert dearer.output["habit_per_hour"] == pytest.approx(made.output["habit_per_hour"] - 5, abs=0.01)


def test_a_plan_from_noise_claims_no_gain() -> None:
    made = weekplan.plan_week(_log(night_bonus=0), {"max_hours": 10}, Facts(()), date(2026, 11, 23))
    assert not made.output["pattern_proven"]
    assert made.output["gain_per_hour"] == 0
    assert any("gains nothing" in line for line in made.summary)
    assert made.output["net_per_hour"] == pytest.approx(made.output["habit_per_hour"], abs=0.01)


@pytest.mark.parametrize(("bonus", "proven"), [(1.5, True), (0.0, False)])
def test_a_zone_is_named_only_when_later_trips_prove_it(bonus: float, proven: bool) -> None:
    log = _log(night_bonus=0)
    random = np.random.default_rng(3)
    log["zone"] = random.choice(["Harbour", "Hill", "Centre"], len(log))
    log.loc[log["zone"] == "Harbour", "pay"] += bonus
    made = weekplan.plan_week(log, {"max_hours": 10}, Facts(()), date(2026, 11, 23))
    assert made.output["zone"] == ("Harbour" if proven else "")
    line = next(line for line in made.summary if "engaged hour" in line)
    assert line.startswith("Trips that began in Harbour" if proven else "No part of town has proven")
    assert insight.look(_log(night_bonus=0)).zone_test is None


def test_two_apps_at_once_are_one_hour_online() -> None:
    start = pd.Timestamp("2025-01-05 10:00")
    rows = pd.DataFrame({"start": [start, start], "end": [start + pd.Timedelta(hours=1)] * 2, "pay": [10.0, 12.0]})
    rows = rows.assign(tips=0.0, miles=1.0, minutes=60.0, zone="", platform=["uber", "lyft"], kind="trip", done=True)
    found = insight.look(rows)
    assert found.per_online_hour[0] == pytest.approx(22)


def test_an_empty_log_says_what_to_do() -> None:
    with pytest.raises(AdvisorError, match="--as log"):
        insight.look(_log(0).iloc[:0])


def test_a_weekly_pattern_is_forecast_with_its_interval() -> None:
    random = np.random.default_rng(3)
    hours = pd.date_range("2025-01-06", periods=12 * WEEK, freq="h")
    shape = 100 + 80 * np.sin(2 * np.pi * hours.hour / 24) + 30 * (hours.day_of_week >= 5)
    table = pd.DataFrame({"A": np.maximum(0, shape + random.normal(0, 8, len(hours)))}, index=hours)
    made = forecast(table.iloc[:-WEEK])
    truth = table.iloc[-WEEK:]["A"].to_numpy()
    naive = np.abs(truth - table.iloc[-2 * WEEK : -WEEK]["A"].to_numpy()).sum()
    assert np.abs(truth - made["value"].to_numpy()).sum() < 0.9 * naive
    assert 0.7 < ((truth >= made["low"]) & (truth <= made["high"])).mean() < 0.95


def test_a_plan_by_demand_names_the_busiest_hours_and_zones_and_no_money() -> None:
    hours = pd.date_range("2025-01-01", periods=8 * WEEK, freq="h")
    evening = (hours.hour >= 18) & (hours.hour < 22)
    friday, saturday = hours.day_of_week == 4, hours.day_of_week == 5
    table = pd.DataFrame(
        {"Harbour": 10 + 90 * (evening & friday), "Station": 20 + 60 * (evening & saturday)}, index=hours
    )
    made = plan_by_demand(forecast(table, 2), {"max_hours": 8}, Facts(()), date(2025, 2, 26))
    assert [(row[0], row[1], row[2], row[4]) for row in made.output["blocks"]] == [
        ("Friday", "18:00", "22:00", "Harbour"),
        ("Saturday", "18:00", "22:00", "Station"),
    ]
    assert made.output["blocks"][0][5] == 100
    said = " ".join((*made.summary, *made.assumptions, made.output["calendar"]))
    assert "USD" not in said
    assert "not pay" in said
    assert "DTSTART:20250307T180000" in made.output["calendar"]
    with pytest.raises(ToolError, match="whole week"):
        plan_by_demand(forecast(table.iloc[:-24], 1), {"max_hours": 8}, Facts(()), date(2025, 2, 26))


def test_a_demand_table_is_recognised_and_a_short_one_refused() -> None:
    rows = pd.DataFrame({"pickup_dt": ["1/1/2015 1:00", "1/1/2015 2:00"], "borough": ["A", None], "pickups": [3, 4]})
    table = demand_table(rows)
    assert list(table.columns) == ["A", "unknown"]
    with pytest.raises(AdvisorError, match="two weeks"):
        forecast(table)


@shared
def test_the_raw_lyft_file_is_read_to_its_cleaned_twin() -> None:
    folder = SHARED / "earnings" / "lyft_sandiego"
    rows = read_log((folder / "LyftData.csv").read_bytes(), "LyftData.csv").rows
    trips = rows[rows["kind"] == "trip"].reset_index(drop=True)
    clean = pd.read_csv(folder / "CleanLyftData_Drives.csv")
    day = pd.to_datetime(clean["Date"].str[:10])
    for column, hours in (("start", "StartTime"), ("end", "EndTime")):
        clean[column] = day + pd.to_timedelta((clean[hours] * 60).round(), unit="min")
    clean = clean.sort_values("start", kind="stable").reset_index(drop=True)
    assert len(trips) == len(clean) == 122
    assert (trips["start"] == clean["start"]).all()
    assert (trips["end"] == clean["end"]).all()
    assert (trips["done"] == ~clean["Cancel"]).all()
    assert np.allclose(trips["pay"].fillna(-1), clean["Earnings"].fillna(-1))
    assert np.allclose(trips["minutes"], clean["Duration"])


@shared
def test_the_chicago_log_is_read_whole_and_judged_honestly() -> None:
    found = read_log((SHARED / "earnings" / "uber_chicago" / "rides.csv").read_bytes(), "rides.csv")
    assert len(found.rows) == 4594
    assert int(found.rows["done"].sum()) == 4290
    said = insight.look(found.rows)
    assert said.test is not None
    assert said.test.pattern < said.test.average < said.test.by_cell
    assert not said.test.is_better
