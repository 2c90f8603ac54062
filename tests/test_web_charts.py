"""Charts as SVG: every kind is well formed, says its values in words, escapes text, and gives way when it cannot be drawn."""

from typing import Any
from xml.etree import ElementTree

import pytest

from advisor import Advisor
from advisor.web.charts import draw
from advisor.web.drawing import number, ticks

SVG = "{http://www.w3.org/2000/svg}"
WEEK = [[day, hour, day + hour / 10, hour in {8, 9}] for day in range(7) for hour in range(24)]
CHARTS: dict[str, dict[str, Any]] = {
    "bar": {"kind": "bar", "y": "USD an hour", "rows": [["Uber", 16.89], ["DoorDash", -2]]},
    "columns": {"kind": "bar", "x": "month", "y": "USD", "line": 900, "rows": [[1, 800.0], [2, 1200.0]]},
    "line": {"kind": "line", "x": "percent let", "y": "USD", "rows": [[0, 0.0], [50, 400.0], [100, 1824.0]]},
    "dates": {"kind": "line", "y": "percent", "rows": [["2023-05", 10.0], ["2025-05", 7.5]]},
    "band": {"kind": "band", "x": "years", "y": "USD", "rows": [[1, 90, 100, 110], [2, 85, 120, 150]]},
    "waterfall": {"kind": "waterfall", "y": "USD", "rows": [["Gross", 100], ["Fee", -10], ["Left", 90]]},
    "week": {"kind": "week", "unit": "USD", "rows": WEEK},
    "timeline": {
        "kind": "timeline",
        "x": "weeks",
        "rows": [["sql", 1, 6], ["data visualisation", 7, 9]],
        "edges": [["sql", "data-visualisation"]],
    },
}


@pytest.mark.parametrize("name", sorted(CHARTS))
def test_every_kind_is_a_picture_with_title_description_and_labels(name: str) -> None:
    root = ElementTree.fromstring(draw(CHARTS[name], "What is left"))  # noqa: S314 - made here
    picture = root.find(f"{SVG}svg")
    assert picture is not None
    assert picture.get("role") == "img"
    assert picture.findtext(f"{SVG}title") == "What is left"
    assert len(picture.findtext(f"{SVG}desc") or "") > 10
    assert picture.findall(f".//{SVG}text")
    assert not [node for node in picture.iter() if node.tag.endswith(("script", "image", "foreignObject"))]


def test_the_last_step_of_a_waterfall_that_repeats_the_sum_is_drawn_as_the_total() -> None:
    assert draw(CHARTS["waterfall"]).count("ga-total") == 1
    assert draw(CHARTS["waterfall"]).count("ga-loss") == 1


def test_the_words_of_a_heat_map_name_the_chosen_hours() -> None:
    assert "Monday 8–10" in draw(CHARTS["week"])


def test_the_words_of_a_timeline_name_what_each_step_needs() -> None:
    assert "data visualisation needs sql" in draw(CHARTS["timeline"])


@pytest.mark.parametrize(
    "chart",
    [None, {}, {"kind": "pie", "rows": [[1, 2]]}, {"kind": "bar", "rows": []}, {"kind": "bar", "rows": [["a"]]}, {"kind": "line", "rows": "x"},
     {"kind": "week", "rows": [["a", "b", "c"]]}, {"kind": "timeline", "rows": [["a", 1, None]]}],
)  # fmt: skip
def test_what_cannot_be_drawn_is_left_to_the_table(chart: dict[str, Any] | None) -> None:
    assert draw(chart) == ""


def test_names_in_a_chart_are_text() -> None:
    drawn = draw({"kind": "bar", "y": "<b>", "rows": [["<script>x</script>", 1]]}, "<i>")
    for forbidden in ("<script", "<b>", "<i>"):
        assert forbidden not in drawn


def test_axes_are_round_and_cover_the_values() -> None:
    assert ticks(0, 1824) == [0, 500, 1000, 1500, 2000]
    marks = ticks(-3.2, 4.1)
    assert marks[0] <= -3.2
    assert marks[-1] >= 4.1
    assert ticks(5, 5)


def test_numbers_are_written_as_people_read_them() -> None:
    assert [number(value) for value in (1234.5, 12, 0.5, -0.0, float("inf"))] == ["1,234", "12", "0.50", "0", "–"]


def test_the_charts_of_the_tools_themselves_can_be_drawn(bundled: Advisor) -> None:
    given: dict[str, dict[str, Any]] = {
        "earnings": {"gross_per_hour": 25, "platform": "uber"}, "compare": {"items": ["uber", "doordash"]}, "budget": {"incomes": [900, 1200, 700]},
        "portfolio": {"monthly": 100}, "rental": {"price": 60}, "roadmap": {"target": "data-analyst"}, "schedule": {}, "shop": {"price": 30},
        "bids": {"sent": 40, "viewed": 10, "won": 1}, "vehicle": {"vehicles": [{"name": "Car", "mpg": 30}]},
    }  # fmt: skip
    for name, arguments in given.items():
        found = bundled.run(name, **arguments)
        assert found.chart is not None, name
        assert "<svg" in draw(found.chart, name), name
