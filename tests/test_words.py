"""What tools read from plain words: the number goes to the slot whose words stand next to it. None of these is in the evaluation."""

from datetime import date
from typing import Any

import pytest

from advisor import Advisor
from advisor.slots import clause, numbers_in, role_of

TODAY = date(2026, 11, 23)

SAID: list[tuple[str, str, dict[str, Any]]] = [
    ("shop", "crochet bears: yarn 4.80, I list them at 32, box and stamps come to 6. worth it?", {"goods": 4.8, "price": 32, "shipping_paid": 6}),
    ("shop", "each bracelet eats 3 euros of beads, I ask 18 and etsy ads take another 1.50", {"goods": 3, "price": 18, "ads": 1.5, "currency": "EUR"}),
    ("shop", "t-shirt from printful is 12.95 plus 4.69 shipping, I sell it for 26, anything left?", {"goods": 12.95, "shipping_paid": 4.69, "price": 26}),
    ("shop", "amazon item 24.99, landed cost 6.20, amazon takes 15%, ads about 3 per sale, profit?", {"price": 24.99, "goods": 6.2, "ads": 3, "fee_percent": 15}),
    ("letter", "client owes me 780 since October 3, third mail now, what do I write?", {"kind": "late_payment", "step": 3, "amount": 780, "happened_on": "2026-10-03"}),
    ("letter", "need words to tell a long time customer that from january I charge 45 instead of 38", {"kind": "rate_increase", "amount": 38, "new_amount": 45}),
    ("letter", "uber kicked me off, they say I was driving tired, I wasn't. help me write to them", {"kind": "deactivation_appeal", "platform": "uber"}),
    ("letter", "my contract needs a line about who owns the drawings", {"kind": "contract_clause", "clause": "ownership"}),
    ("letter", "write my application for a night porter post at the Grand Hotel", {"kind": "cover_letter", "subject": "night porter"}),
    ("eligibility", "turned 20 last month, Toyota Yaris 2012, Texas: uber yes or no?", {"age": 20, "vehicle": "car", "region": "US-TX"}),
    ("eligibility", "68 and retired in Ohio, can I still sign up for instacart", {"age": 68, "region": "US-OH"}),
    ("eligibility", "im nineteen with a scooter in Manchester, will Deliveroo have me?", {"age": 19, "vehicle": "scooter", "country": "GB"}),
    ("schedule", "I've lectures Mon and Wed 9 to 13 and want 16 hours of deliveries", {"max_hours": 16, "busy": [{"day": "mon", "start": 9, "end": 13}, {"day": "wed", "start": 9, "end": 13}]}),
    ("schedule", "Friday and Saturday night pay 26/h, other times 17, give me 24 hours", {"max_hours": 24, "net_per_hour": 17, "expected": [{"day": "fri", "start": 18, "end": 24, "net_per_hour": 26}, {"day": "sat", "start": 18, "end": 24, "net_per_hour": 26}]}),
    ("schedule", "I never work Sundays, need 10 hours rest between shifts, 35 hours please", {"max_hours": 35, "rest_hours": 10, "busy": [{"day": "sun", "start": 0, "end": 24}]}),
    ("budget", "income jumps: €900, €2,300, €1,400, €700. I need €1,000 to live and have €800 put away", {"incomes": [900, 2300, 1400, 700], "needs": 1000, "buffer": 800}),
    ("rental", "camper worth 30k, 110 per day on outdoorsy, 70 days a year", {"kind": "car", "price": 110, "per": "day", "used_percent": 19.2, "capital": 30000}),
    ("rental", "spare bedroom, thinking 45 nightly, half full, guests stay 3 nights, laundry 12 each time", {"price": 45, "used_percent": 50, "cost_per_stay": 12, "stay_units": 3}),
    ("portfolio", "60k saved, want 250 a month out of it, how long will it last", {"start": 60000, "monthly_income": 250}),
    ("portfolio", "25000 to invest, can't stand losing more than a tenth, 5 years", {"start": 25000, "can_lose": "little", "years": 5}),
    ("offer", "uber ping: 14 min away then 35 min ride for 16.80, 22 miles total", {"pay": 16.8, "minutes": 49, "miles": 22}),
    ("bids", "20 proposals, 5 seen, none answered, each costs me 12 connects", {"sent": 20, "viewed": 5, "replied": 0, "credits_per_bid": 12}),
    ("vehicle", "Camry 2014 gets 27 to the gallon, 1800 miles a month on Uber, cost a mile?", {"miles_per_month": 1800}),
    ("roadmap", "I know basic python and excel; route to data analyst starting january 5 2027", {"target": "data-analyst", "start": "2027-01-05"}),
    ("invoice", "please bill Green Leaf for 6 hours of pruning at £22, my name is Joy Adu, invoice no. 2026-31", {"seller": "Joy Adu", "client": "Green Leaf", "number": "2026-31"}),
]  # fmt: skip


def same(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(same(one, other) for one, other in zip(found, wanted, strict=True))
    if isinstance(wanted, dict):
        return all(same(found[name], value) for name, value in wanted.items())
    if isinstance(wanted, (int, float)):
        return abs(float(found) - float(wanted)) < 0.05
    return bool(str(found) == wanted)


@pytest.mark.parametrize(("tool", "question", "wanted"), SAID)
def test_a_tool_reads_what_was_said(bundled: Advisor, tool: str, question: str, wanted: dict[str, Any]) -> None:
    calls = {call.tool: call.arguments for call in bundled.plan(question, today=TODAY).calls}
    assert tool in calls
    given = calls[tool]
    wrong = {
        name: (given.get(name), value)
        for name, value in wanted.items()
        if name not in given or not same(given[name], value)
    }
    assert wrong == {}


def test_a_number_belongs_to_its_own_clause_and_takes_the_nearest_role() -> None:
    cost, price = numbers_in("I buy cases for 2.10 and resell at 14.99")
    assert clause(cost) == ("i buy cases for ", " ")
    cues = {"goods": "buy", "price": "resell"}
    assert (role_of(cost, cues), role_of(price, cues)) == ("goods", "price")
    assert role_of(cost, {"ads": "campaign"}) == ""


@pytest.mark.parametrize(
    ("question", "tool"),
    [
        ("I owe 8000 on a card at 22% and have 5000 cash, invest or pay off?", "tax"),
        ("it takes me 40 minutes per proposal, I send 10 and get one interview", "offer"),
        ("my time is worth 30 an hour; 50 proposals, 1 win. cost per job?", "rate"),
    ],
)
def test_a_number_calls_no_tool_that_was_not_asked_for(bundled: Advisor, question: str, tool: str) -> None:
    assert tool not in {call.tool for call in bundled.plan(question, today=TODAY).calls}
