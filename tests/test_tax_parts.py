"""The parts of each country's tax below, at and above their lines, worked out by hand."""

from datetime import date
from typing import Any

import pytest

from advisor import ToolError
from advisor.tools.tax import _business_day
from tests.test_tools import run

LOW, SMALL, LEVY = "low income tax offset", "small business income tax offset", "Medicare levy"
FEDERAL, CPP, CPP2 = "federal income tax", "Canada Pension Plan", "second pension contribution (CPP2)"
SLABS, CESS = "income tax, new regime", "health and education cess"
SOLI, SE, EXTRA = "solidarity surcharge", "self-employment tax", "Additional Medicare Tax"


@pytest.mark.parametrize(
    ("country", "arguments", "parts"),
    [
        # Australia, 15% from 18,200: the offset takes no more than the tax of 1,800 * 15%
        ("AU", {"profit": 20_000}, {"income tax": 270, LOW: -270, SMALL: 0, LEVY: 0}),
        # 700 to 37,500, then 5% less of each dollar to 45,000 (325), then 1.5% less to 66,667 (nothing)
        ("AU", {"profit": 37_000}, {LOW: -700}),
        ("AU", {"profit": 37_500}, {"income tax": 2895, LOW: -700, SMALL: -463.20, LEVY: 750}),
        ("AU", {"profit": 40_000}, {"income tax": 3270, LOW: -575, SMALL: -523.20, LEVY: 800}),
        ("AU", {"profit": 45_000}, {LOW: -325}),
        ("AU", {"profit": 45_100}, {LOW: -323.50}),
        ("AU", {"profit": 66_600}, {LOW: -1}),
        ("AU", {"profit": 66_667}, {LOW: 0}),
        ("AU", {"profit": 90_000}, {LOW: 0}),
        # Wages of 40,000 alone had 575 of the offset, 50,000 have 250: the profit costs 325 of it
        ("AU", {"profit": 10_000, "wages": 40_000}, {LOW: 325}),
        # 16% of the tax, 1,000 at most: 6,120 at 52,000 and 6,270 at 52,500
        ("AU", {"profit": 52_000}, {SMALL: -979.20}),
        ("AU", {"profit": 52_500}, {SMALL: -1000}),
        # A quarter of the income is business: 16% of a quarter of 14,520
        ("AU", {"profit": 20_000, "wages": 60_000}, {SMALL: -580.80}),
        # The tax office's own example: 29,000 of taxable income bears a levy of 177.80 with the line of 27,222
        ("AU", {"profit": 29_000}, {LEVY: 177.80}),
        ("AU", {"profit": 27_222}, {LEVY: 0}),
        ("AU", {"profit": 34_027}, {LEVY: 680.50}),
        ("AU", {"profit": 34_028}, {LEVY: 680.56}),
        # Canada: a firm's table of 2026 names 8,460.90 and 832.00 as the most that the self-employed pay
        ("CA", {"profit": 3_500}, {CPP: 0, CPP2: 0, FEDERAL: 0}),
        ("CA", {"profit": 74_600}, {CPP: 8460.90, CPP2: 0}),
        ("CA", {"profit": 80_000}, {CPP: 8460.90, CPP2: 432}),
        ("CA", {"profit": 85_000}, {CPP: 8460.90, CPP2: 832}),
        ("CA", {"profit": 120_000}, {CPP: 8460.90, CPP2: 832}),
        # 26,500 * 4.95% = 1,311.75 earns a credit, 1,841.75 comes off: 14% of (28,158.25 - 16,452 - 1,311.75)
        ("CA", {"profit": 30_000}, {CPP: 3153.50, FEDERAL: 1455.23}),
        # 71,100 * 4.95% = 3,519.45 credit; off 4,941.45 + 432: 8,193.22 + 16,103.55 * 20.5% - 14% of 19,971.45
        ("CA", {"profit": 80_000}, {FEDERAL: 8698.44}),
        # Wages use up the exemption and the ceilings first
        ("CA", {"profit": 10_000, "wages": 3_000}, {CPP: 1130.50}),
        ("CA", {"profit": 10_000, "wages": 30_000}, {CPP: 1190}),
        ("CA", {"profit": 20_000, "wages": 80_000}, {CPP: 0, CPP2: 400}),
        # India: nothing to 12 lakh, relief a little above, 4% of what is left
        ("IN", {"profit": 1_200_000}, {SLABS: 0, CESS: 0}),
        ("IN", {"profit": 1_210_000}, {SLABS: 10_000, CESS: 400}),
        ("IN", {"profit": 1_275_000}, {SLABS: 71_250, CESS: 2850}),
        ("IN", {"profit": 1_800_000}, {SLABS: 160_000, CESS: 6400}),
        ("IN", {"profit": 1_800_000, "presumptive": True}, {SLABS: 0, CESS: 0}),
        # Germany: 11.9% of what the tax exceeds 20,350, later 5.5% of the whole tax
        ("DE", {"profit": 60_000}, {"income tax": 14_233, SOLI: 0}),
        ("DE", {"profit": 74_965}, {"income tax": 20_349, SOLI: 0}),
        ("DE", {"profit": 74_970}, {"income tax": 20_351, SOLI: 0.11}),
        ("DE", {"profit": 90_000}, {"income tax": 26_664, SOLI: 751.36}),
        ("DE", {"profit": 200_000}, {"income tax": 72_864, SOLI: 4007.52}),
        ("GB", {"profit": 32_000}, {"Income Tax": 3886, "Class 4 National Insurance": 1165.80}),
        # US: 20% of 1,557.69 would be 311.54, so 400 come off; half of 2,684.61 before
        ("US", {"profit": 19_000}, {SE: 2684.61, FEDERAL: 115.77}),
        # 0.9% of 92.35% of the profit above 200,000, or 250,000 together, which wages use up first
        ("US", {"profit": 300_000}, {EXTRA: 693.45}),
        ("US", {"profit": 300_000, "status": "joint"}, {EXTRA: 243.45}),
        ("US", {"profit": 20_000, "wages": 190_000}, {EXTRA: 76.23}),
        # 7,000 miles at 72.5 and 76 cents, by days 181 and 184 of 365: 27,603.29 left
        ("US", {"profit": 38_000, "miles": 14_000}, {SE: 3900.18, FEDERAL: 764.23}),
    ],
)
def test_each_part_by_hand(country: str, arguments: dict[str, Any], parts: dict[str, float]) -> None:
    result = run("tax", country=country, **arguments)
    assert result.table is not None
    rows = dict(result.table.rows)
    for name, value in parts.items():
        assert result.output["parts"][name] == pytest.approx(value, abs=0.011), name
        assert rows[name] == result.output["parts"][name]
        assert (name in result.summary[0]) == (value != 0)
    assert result.output["total"] == pytest.approx(sum(result.output["parts"].values()), abs=0.02)


def test_the_additional_medicare_tax_is_shown_only_where_it_is_due() -> None:
    # 216,000 * 92.35% = 199,476
    assert EXTRA not in run("tax", profit=216_000, country="US").output["parts"]


def test_the_smallest_business_deduction_began_in_2026() -> None:
    # 2025: 19,000 - 1,342.31 - 15,750 = 1,907.69, less 20%, at 10%
    parts = run("tax", profit=19_000, country="US", on="2025-12-31").output["parts"]
    assert parts[FEDERAL] == pytest.approx(152.62, abs=0.011)


@pytest.mark.parametrize(
    ("country", "on", "year"),
    [
        ("US", "2026-12-31", "2026"),
        ("GB", "2027-04-05", "2026/27"),
        ("GB", "2026-04-05", "2025/26"),
        ("IN", "2026-03-31", "2025-26"),
        ("IN", "2026-04-01", "2026-27"),
        ("AU", "2026-06-30", "2025-26"),
        ("AU", "2026-07-01", "2026-27"),
        ("DE", "2026-05-01", "2026"),
        ("CA", "2026-05-01", "2026"),
    ],
)
def test_the_answer_says_its_tax_year(country: str, on: str, year: str) -> None:
    result = run("tax", profit=50_000, country=country, on=on)
    assert f"in the tax year {year} you owe" in result.summary[0]
    assert result.assumptions[0].startswith(f"Tax year: {year};")


def test_australia_had_a_first_rate_of_16_percent_until_june_2026() -> None:
    parts = run("tax", profit=40_000, country="AU", on="2026-06-30").output["parts"]
    assert parts["income tax"] == 3488
    assert parts[SMALL] == pytest.approx(-558.08)


@pytest.mark.parametrize("country", ["US", "GB", "DE", "IN", "CA", "AU"])
def test_what_is_counted_is_not_called_left_out(country: str) -> None:
    left = run("tax", profit=90_000, country=country).assumptions[0]
    assert not any(word in left for word in ("CPP2", "cess", "solidarity", "low income", "Additional Medicare"))


@pytest.mark.parametrize(("country", "word"), [("CA", "Provincial tax"), ("DE", "Health insurance")])
def test_what_weighs_as_much_and_is_left_out_is_said_with_the_sum(country: str, word: str) -> None:
    assert any(word in line for line in run("tax", profit=50_000, country=country).summary)


def test_receipts_above_the_line_of_44ada_are_not_halved() -> None:
    assert run("tax", profit=7_500_000, country="IN", presumptive=True).output["profit"] == 3_750_000
    above = run("tax", profit=7_500_001, country="IN", presumptive=True)
    assert above.output["profit"] == 7_500_001
    assert any("44ADA ends" in line for line in above.summary)


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 4, 15), date(2026, 4, 15)),
        (date(2027, 1, 15), date(2027, 1, 15)),
        (date(2024, 6, 15), date(2024, 6, 17)),
        # Days that the tax authority named: Martin Luther King Day in 2023, Emancipation Day in 2022 and 2023
        (date(2023, 1, 15), date(2023, 1, 17)),
        (date(2022, 4, 15), date(2022, 4, 18)),
        (date(2023, 4, 15), date(2023, 4, 18)),
        (date(2028, 1, 15), date(2028, 1, 18)),
    ],
)
def test_a_due_day_is_a_business_day(day: date, due: date) -> None:
    assert _business_day(day) == due


@pytest.mark.parametrize(
    ("on", "due"),
    [
        ("2026-04-15", "15 April 2026"),
        ("2026-04-16", "15 June 2026"),
        ("2026-09-15", "15 September 2026"),
        ("2026-11-23", "15 January 2027"),
    ],
)
def test_the_next_quarterly_day_is_named(on: str, due: str) -> None:
    assert due in run("tax", profit=30_000, country="US", on=on).summary[-1]


def test_a_small_us_bill_needs_no_quarterly_payments() -> None:
    # 7,000 * 0.9235 * 0.153 = 989.07, below 1,000; 7,100 give 1,003.20
    small = run("tax", profit=7_000, country="US")
    assert small.output["quarterly"] is None
    assert "no quarterly payments" in small.summary[-1]
    assert run("tax", profit=7_100, country="US").output["quarterly"] == pytest.approx(250.80, abs=0.01)


def test_a_year_without_its_facts_is_refused() -> None:
    with pytest.raises(ToolError, match="Choose another day"):
        run("tax", profit=50_000, country="DE", on="2025-06-01")


def test_a_couple_has_its_own_bands_in_2025_and_2026() -> None:
    # 100,000: 14,129.55 of self-employment tax, half of it and the standard deduction off, less 20% of what is left.
    # 2025: 61,435.23 * 80% = 49,148.18: 2,385 + 12% above 23,850; 2026: 60,735.23 * 80%: 2,480 + 12% above 24,800
    for on, value in (("2025-12-31", 5420.78), ("2026-12-31", 5334.58)):
        parts = run("tax", profit=100_000, country="US", status="joint", on=on).output["parts"]
        assert parts[FEDERAL] == pytest.approx(value, abs=0.011)
