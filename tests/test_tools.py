"""Tools that need no platform: hand-worked examples, properties, and what bad input says."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor import ToolError, tools
from advisor.facts import Facts
from advisor.schema import ToolResult
from advisor.tools.bids import wilson
from tests.tool_facts import corpus_facts

TODAY = date(2026, 11, 23)


def run(name: str, **arguments: Any) -> ToolResult:
    return tools.run(name, arguments, corpus_facts(), TODAY)


# portfolio


def test_future_value_at_a_steady_rate_is_the_compound_interest_formula() -> None:
    # 1000 * (1 + 0.08/2)^(2*3) = 1000 * 1.04^6 = 1265.319...
    result = run("portfolio", start=1000, fixed_return_percent=8, compounding_per_year=2, years=3)
    assert result.output["value"] == pytest.approx(1265.32, abs=0.005)


def test_monthly_savings_at_a_steady_rate_are_an_annuity() -> None:
    # 100 a month at 12% a year credited monthly for one year: 100 * (1.01^12 - 1) / 0.01 = 1268.25
    result = run("portfolio", monthly=100, fixed_return_percent=12, compounding_per_year=12, years=1)
    assert result.output["value"] == pytest.approx(1268.25, abs=0.005)


def test_a_mix_of_bonds_only_has_its_worst_stretch_where_the_table_has_it() -> None:
    result = run("portfolio", start=1000, years=1, shares_percent=100)
    # 1931: a loss of 43.84% while prices fell by 9.32%: 0.5616 / 0.9068 - 1 = -38.07%
    assert result.output["worst_years"] == "1931 to 1931"
    assert result.output["worst_percent_a_year"] == pytest.approx(-38.07, abs=0.05)


def test_the_projection_repeats_and_is_ordered_and_costs_lower_it() -> None:
    one = run("portfolio", start=10_000, monthly=100, years=15).output
    assert one == run("portfolio", start=10_000, monthly=100, years=15).output
    assert one["p10"] < one["p50"] < one["p90"]
    dear = run("portfolio", start=10_000, monthly=100, years=15, fee_percent=2).output
    assert dear["p50"] < one["p50"]


def test_more_certainty_needs_more_capital() -> None:
    output = run("portfolio", monthly_income=500, years=25).output
    assert 0 < output["capital_p50"] < output["capital_p90"]


def test_what_comes_before_investing_is_said() -> None:
    text = " ".join(run("portfolio", start=100, years=10, debt_rate_percent=24).summary)
    assert "Pay the debt at 24% first" in text
    assert "three to six months" in text


def test_holdings_are_put_back_to_the_mix() -> None:
    text = " ".join(run("portfolio", holdings={"shares": 8000, "bonds": 2000}, years=10, shares_percent=60).summary)
    assert "move USD 2,000 from shares to bonds" in text


def test_portfolio_without_its_table_says_what_to_do() -> None:
    with pytest.raises(ToolError, match="gig-advisor ingest"):
        tools.run("portfolio", {"start": 100}, Facts(()), TODAY)


# budget


def test_the_steady_pay_is_the_least_running_average() -> None:
    # Without tax: 100 buffer; (100+300)/1=400, (100+300+100)/2=250, (100+300+100+500)/3=333 -> 250
    result = run("budget", incomes=[300, 100, 500], tax_percent=0, buffer=100)
    assert result.output["steady_pay"] == 250
    assert min(row[4] for row in result.table.rows) == 0  # type: ignore[union-attr]


@given(
    st.lists(st.integers(0, 9000), min_size=3, max_size=24),
    st.integers(0, 20_000),
    st.integers(0, 60),
)
@settings(max_examples=60, deadline=None)
def test_the_steady_pay_never_overdraws_and_never_exceeds_the_average(
    incomes: list[int], buffer: int, tax: int
) -> None:
    result = run("budget", incomes=incomes, buffer=buffer, tax_percent=tax)
    assert result.table is not None
    assert all(row[4] >= -0.02 * len(incomes) for row in result.table.rows)
    assert result.output["steady_pay"] <= result.output["average"] + 0.01


# shop, rental, bids


def test_one_order_by_hand() -> None:
    # 20 + 4 shipping; 10% fee = 2.40 + 0.30; goods 6; shipping 5; ads 1 -> 24 - 2.4 - 0.3 - 6 - 5 - 1 = 9.30
    output = run(
        "shop",
        price=20,
        shipping_charged=4,
        goods=6,
        shipping_paid=5,
        ads=1,
        fee_percent=10,
        fee_fixed="0.30",
        orders=10,
    ).output
    assert output["profit_per_order"] == pytest.approx(9.30)
    assert output["break_even_ads"] == pytest.approx(10.30)
    assert output["monthly_profit"] == pytest.approx(93.0)


def test_etsy_fees_come_from_the_facts_and_are_named() -> None:
    result = run("shop", price=20, platform="etsy", goods=5)
    assert {fact.subject for fact in result.facts} == {"etsy"}
    assert result.output["profit_per_order"] == pytest.approx(20 - 5 - 20 * 0.095 - 0.25 - 0.20)


@given(st.decimals(1, 500, places=2), st.decimals(0, 100, places=2), st.integers(0, 60))
@settings(max_examples=50, deadline=None)
def test_a_higher_price_never_lowers_the_profit(price: Decimal, goods: Decimal, returns: int) -> None:
    low = run("shop", price=price, goods=goods, returns_percent=returns, fee_percent=10).output["profit_per_order"]
    high = run("shop", price=price + 1, goods=goods, returns_percent=returns, fee_percent=10).output["profit_per_order"]
    assert high >= low


def test_a_losing_order_is_called_one() -> None:
    assert any("loses money" in line for line in run("shop", price=5, goods=9).summary)


def test_the_job_that_saves_most_is_automated_first() -> None:
    chores = [{"name": "mails", "hours": 5, "tool_cost": 10}, {"name": "photos", "hours": 10, "tool_cost": 200}]
    result = run("shop", price=20, chores=chores, hour_worth=15)
    assert result.output["automate"][0] == ["mails", 4.0, 10.0, 50.0]


def test_rent_by_hand() -> None:
    # 50% of 30.4 nights at 100 less 10%: 15.2 * 90 = 1368, less 300
    output = run("rental", price=100, used_percent=50, fee_percent=10, monthly_costs=300).output
    assert output["monthly"] == pytest.approx(1068)
    # Bad year: 15.2 * 0.7 nights at 80 less 10%: 10.64 * 72 - 300
    assert output["monthly_bad"] == pytest.approx(466.08)


@given(st.integers(1, 500), st.integers(0, 99), st.integers(0, 5000))
@settings(max_examples=50, deadline=None)
def test_a_bad_year_is_never_better(price: int, used: int, costs: int) -> None:
    output = run("rental", price=price, used_percent=used, monthly_costs=costs, fee_percent=15).output
    assert output["monthly_bad"] <= output["monthly"]


def test_wilson_interval_against_the_published_example() -> None:
    # Newcombe (1998), table I: 81 of 263 gives 0.2553 to 0.3662.
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_the_leak_is_the_weakest_stage() -> None:
    result = run("bids", sent=80, viewed=40, replied=2, interviewed=1, won=1, credits_per_bid=10, credit_price="0.15")
    assert result.output["leak"] == "replied"
    assert result.output["fees"] == 120


def test_stages_that_rise_are_refused() -> None:
    with pytest.raises(ToolError, match="each stage is part of the one before"):
        run("bids", sent=10, viewed=20)


# scam_check

OFFERS = {
    "We sent you a check, deposit it and buy equipment from our vendor": "stop",
    "To start you pay a refundable registration fee of $50": "stop",
    "Complete 40 optimization tasks, top up 100 USDT to clear your negative balance": "stop",
    "Rent me your verified driver account and I pay 40% a week": "stop",
    "Receive packages at home and forward them to our customers": "stop",
    "Our HR will interview you by text on WhatsApp": "careful",
    "Join our webinar: guaranteed income with a done-for-you store": "careful",
    "We need a bookkeeper for 5 hours a week. Please send your rate and two references.": "no_sign",
    "The client invited me to an interview on Zoom and the contract is on the platform": "no_sign",
    "Upwork charges connects for every proposal that I send": "no_sign",
}


@pytest.mark.parametrize(("text", "verdict"), OFFERS.items())
def test_offers_are_judged_by_their_words(text: str, verdict: str) -> None:
    result = run("scam_check", text=text)
    assert result.output["verdict"] == verdict, result.output
    for flag in result.output["flags"]:
        assert flag["quote"].removesuffix(" …").lower() in text.lower()


def test_somebody_who_paid_hears_what_to_do_and_about_the_next_scam() -> None:
    lines = " ".join(
        run("scam_check", text="I already paid 200 dollars for a job on WhatsApp, can I get it back?").summary
    )
    assert "call your bank" in lines
    assert "next scam" in lines


# schedule


def test_the_best_hours_are_chosen_and_limits_hold() -> None:
    result = run(
        "schedule",
        max_hours=12,
        max_hours_per_day=6,
        days_off=3,
        expected=[{"day": "fri", "start": 17, "end": 23, "net_per_hour": 30}],
    )
    blocks = result.output["blocks"]
    assert ["Friday", "17:00", "23:00", 6, 180.0] in blocks
    assert sum(block[3] for block in blocks) == 12
    assert len({block[0] for block in blocks}) <= 4


def test_nights_keep_their_rest() -> None:
    result = run(
        "schedule",
        max_hours=60,
        max_hours_per_day=14,
        days_off=0,
        rest_hours=11,
        available=[{"day": "every", "start": 0, "end": 24}],
    )
    worked = sorted(h for block in result.output["blocks"] for h in _hours(block))
    for midnight in range(24, 168, 24):
        free = [h for h in range(midnight - 11, midnight + 11) if h not in worked]
        runs = max((sum(1 for k in range(11) if s + k in free) for s in range(midnight - 11, midnight + 1)), default=0)
        assert runs == 11, midnight


def _hours(block: list[Any]) -> range:
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    start = 24 * days.index(block[0]) + int(block[1][:2])
    return range(start, start + block[3])


def test_the_calendar_file_can_be_read_again() -> None:
    from icalendar import Calendar

    result = run("schedule", max_hours=8)
    events = list(Calendar.from_ical(result.output["calendar"]).walk("VEVENT"))
    assert len(events) == len(result.output["blocks"])
    assert events[0].decoded("dtstart").date() >= TODAY


def test_no_open_hour_is_an_error_that_says_what_to_change() -> None:
    with pytest.raises(ToolError, match="Widen `available`"):
        run("schedule", busy=[{"day": "every", "start": 0, "end": 24}])


# invoice, letter, roadmap


def test_invoice_totals_by_rate_and_its_pdf() -> None:
    items = [
        {"description": "Design", "quantity": 3, "price": "33.33"},
        {"description": "Book", "price": 10, "tax_percent": 7},
    ]
    result = run(
        "invoice",
        seller="A <b>",
        client="B",
        items=items,
        tax_name="VAT",
        tax_percent=19,
        issued="2026-11-02",
        currency="EUR",
    )
    # 99.99 * 19% = 19.00, 10 * 7% = 0.70
    assert result.output["total"] == pytest.approx(129.69)
    assert result.output["due"] == "2026-11-16"
    assert "A &lt;b&gt;" in result.output["html"]
    assert tools.get("invoice").exports["pdf"](result).startswith(b"%PDF-")


@pytest.mark.parametrize(
    "kind",
    [
        "late_payment",
        "deactivation_appeal",
        "dispute",
        "chargeback",
        "contract_clause",
        "rate_increase",
        "proposal",
        "cover_letter",
    ],
)
def test_a_letter_marks_its_gaps_and_fills_what_is_known(kind: str) -> None:
    empty = run("letter", kind=kind)
    assert empty.output["gaps"] > 0
    full = run("letter", kind=kind, me="Ana", to="Bob", subject="invoice 7", amount=600, new_amount=700, happened_on="2026-11-01",
               facts=["Delivered on 1 October"], evidence=["chat"], skills=["Ten manuals"], platform="uber")  # fmt: skip
    assert full.output["gaps"] < empty.output["gaps"] or kind == "contract_clause"
    if kind not in {"contract_clause"}:
        assert "Ana" in full.output["draft"]


def test_late_payment_has_three_steps_that_differ() -> None:
    drafts = {run("letter", kind="late_payment", step=step).output["draft"] for step in (1, 2, 3)}
    assert len(drafts) == 3


def test_a_roadmap_respects_needs_and_leaves_out_what_is_held() -> None:
    result = run("roadmap", target="data analyst", skills=["SQL"], hours_per_week=10)
    order = [step["skill"] for step in result.output["steps"]]
    assert "sql" not in order
    for number, step in enumerate(result.output["steps"]):
        assert all(need in order[:number] or need not in order for need in step["needs"])
    slow = run("roadmap", target="data-analyst", skills=["SQL"], hours_per_week=5)
    assert slow.output["weeks_high"] == pytest.approx(2 * result.output["weeks_high"])
    assert tools.get("roadmap").exports["pdf"](result).startswith(b"%PDF-")


def test_an_unknown_path_names_those_there_are() -> None:
    with pytest.raises(ToolError, match="data-analyst"):
        run("roadmap", target="astronaut")


# earnings, vehicle, eligibility, compare


def test_net_pay_by_hand() -> None:
    # 30 h at 20 = 600; 10% fee = 60; 200 miles at 0.30 = 60; left 480; 20% tax = 96; 384 a week, 12.80 an hour
    output = run(
        "earnings", gross_per_hour=20, hours_per_week=30, fee_percent=10, miles_per_week=200, tax_percent=20
    ).output
    assert output["net_per_week"]["typical"] == pytest.approx(384)
    assert output["net_per_hour"]["typical"] == pytest.approx(12.8)


def test_us_self_employment_tax_is_that_of_schedule_se() -> None:
    # 15.3% of 92.35% of the profit: 1000 a week -> 141.30
    result = run("earnings", gross_per_week=1000, hours_per_week=40, country="US")
    assert result.output["net_per_week"]["typical"] == pytest.approx(1000 - 141.30, abs=0.01)
    # An employee with the same in hand needs W with W - 7.65% * 92.35%... the tool halves the rate: 858.70 / 40 / (1 - 0.07065)
    assert result.output["employee_wage"] == pytest.approx(858.70 / 40 / (1 - 0.1413 / 2), abs=0.02)


@given(st.integers(1, 200), st.integers(1, 80), st.integers(0, 1500))
@settings(max_examples=60, deadline=None)
def test_more_pay_never_leaves_less(gross: int, hours: int, miles: int) -> None:
    low = run("earnings", gross_per_hour=gross, hours_per_week=hours, miles_per_week=miles).output["net_per_week"][
        "typical"
    ]
    high = run("earnings", gross_per_hour=gross + 1, hours_per_week=hours, miles_per_week=miles).output["net_per_week"][
        "typical"
    ]
    assert high >= low


def test_a_platform_without_pay_facts_asks_for_the_gross_figure() -> None:
    with pytest.raises(ToolError, match="Give gross_per_hour"):
        run("earnings", platform="etsy")


def test_pay_facts_of_one_basis_are_used_and_named() -> None:
    result = run("earnings", platform="uber", hours_per_week=20)
    assert (
        result.output["net_per_hour"]["low"]
        <= result.output["net_per_hour"]["typical"]
        <= result.output["net_per_hour"]["high"]
    )
    assert {fact.subject for fact in result.facts} >= {"uber"}
    assert any("Pay an hour comes from" in line for line in result.assumptions)


def test_cost_of_a_mile_by_hand() -> None:
    # 3.20 / 25 = 0.128 fuel + 0.18 wear = 0.308; 2000 miles = 616 + 300 fixed = 916; 0.458 a mile
    result = run("vehicle", vehicles=[{"name": "car", "mpg": 25, "monthly": 300}], miles_per_month=2000)
    assert result.output["vehicles"][0]["per_month"] == pytest.approx(916)
    assert result.output["vehicles"][0]["per_mile"] == pytest.approx(0.46)


def test_an_electric_car_pays_back_from_what_it_saves() -> None:
    cars = [{"name": "car", "mpg": 25}, {"name": "EV", "kind": "electric", "kwh_per_100_miles": 30, "price": 10_000}]
    # a mile: 0.128 against 0.051; 3000 miles save 231 a month; 10,000 / 231 = 43.3
    result = run("vehicle", vehicles=cars, miles_per_month=3000)
    assert result.output["payback_months"] == pytest.approx(43.3, abs=0.1)


def test_a_vehicle_without_consumption_is_refused() -> None:
    with pytest.raises(ToolError, match="needs mpg"):
        run("vehicle", vehicles=[{"name": "car"}])


def test_eligibility_says_no_for_the_age_and_unknown_for_what_nobody_said() -> None:
    result = run("eligibility", platform="uber", country="US", region="US-CA", age=19)
    rows = {row["requirement"]: row["verdict"] for row in result.output["platforms"]["uber"]["requirements"]}
    assert rows["Age"] == "no"
    assert set(rows.values()) <= {"yes", "no", "unknown"}
    assert "unknown" in rows.values()
    assert result.output["platforms"]["uber"]["verdict"] == "no"


def test_a_listed_country_is_yes_and_another_no() -> None:
    assert (
        run("eligibility", platform="lyft", country="US").output["platforms"]["lyft"]["requirements"][1]["verdict"]
        == "yes"
    )
    assert run("eligibility", platform="lyft", country="DE").output["platforms"]["lyft"]["verdict"] == "no"


def test_compare_ranks_known_before_unknown_and_shows_the_spread() -> None:
    result = run("compare", items=["etsy", "uber", "DoorDash"])
    assert result.output["ranking"][-1] == "etsy"
    first = result.output["items"][result.output["ranking"][0]]["net_per_hour"]
    assert first == sorted(first)


def test_the_lowest_fee_is_not_sold_as_the_best() -> None:
    result = run("compare", items=["fiverr", "upwork"], matters="fee")
    assert "not the highest pay" in result.summary[0]
    assert result.output["items"]["upwork"]["fee_percent"] == 15


# tax


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        # Schedule SE: 30,000 * 0.9235 * 0.153 = 4,238.87; then (30,000 - 2,119.43 - 16,100) less 20% = 9,424.46 at 10%
        ({"profit": 30_000, "country": "US"}, {"self-employment tax": 4238.87, "federal income tax": 942.45}),
        # A worked example of an independent calculator: 80,000 of profit gives 11,303.64 of self-employment tax.
        ({"profit": 80_000, "country": "US"}, {"self-employment tax": 11_303.64}),
        # UK: 20% and 6% of 20,000 - 12,570
        ({"profit": 20_000, "country": "GB"}, {"Income Tax": 1486, "Class 4 National Insurance": 445.80}),
        # UK above 100,000: the allowance shrinks by 5,000: 37,700 * 20% + 64,730 * 40%
        ({"profit": 110_000, "country": "GB"}, {"Income Tax": 33_432}),
        # Section 32a EStG 2026: z = 0.2201; (173.10 z + 2397) z + 1034.87 = 1570.8, rounded down
        ({"profit": 20_000, "country": "DE"}, {"income tax": 1570}),
        ({"profit": 1_800_000, "country": "IN", "presumptive": True}, {"income tax, new regime": 0}),
        # Canada: (30,000 - 3,500) * 11.9%
        ({"profit": 30_000, "country": "CA"}, {"Canada Pension Plan": 3153.5}),
        # Australia 2026-27: 21,800 * 15% and 2%
        ({"profit": 40_000, "country": "AU"}, {"income tax": 3270, "Medicare levy": 800}),
    ],
)
def test_tax_by_hand(arguments: dict[str, Any], parts: dict[str, float]) -> None:
    output = run("tax", **arguments).output
    for name, value in parts.items():
        assert output["parts"][name] == pytest.approx(value, abs=0.01), name


@given(st.sampled_from(["US", "GB", "DE", "IN", "CA", "AU"]), st.integers(0, 300_000), st.integers(0, 100_000))
@settings(max_examples=80, deadline=None)
def test_more_profit_never_owes_less_and_never_all_of_it(country: str, profit: int, wages: int) -> None:
    low = run("tax", profit=profit, country=country, wages=wages).output
    high = run("tax", profit=profit + 500, country=country, wages=wages).output
    assert 0 <= low["total"] <= high["total"] + 0.02
    assert high["total"] < profit + 500


def test_another_country_or_year_is_refused_with_what_to_do() -> None:
    with pytest.raises(ToolError, match="rule guide"):
        run("tax", profit=1, country="FR")
    with pytest.raises(ToolError, match="Choose another day"):
        run("tax", profit=1, country="US", on="2019-01-01")


# All


@pytest.mark.parametrize("name", tools.NAMES)
def test_every_tool_has_its_examples_and_names_a_bad_field(name: str) -> None:
    tool = tools.get(name)
    assert len(set(tool.examples)) >= 18
    assert all(field.description for field in tool.input_model.model_fields.values())
    with pytest.raises(ToolError, match="no_such_field"):
        run(name, no_such_field=1)
