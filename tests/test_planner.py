"""The planner: names, misspellings, countries, amounts, kinds of questions, follow-ups, care."""

from datetime import date

import pytest

from advisor import Advisor, tools
from advisor.gazetteer import Gazetteer
from advisor.ledger import StoredDocument
from advisor.places import place_in
from advisor.planner import kind_of, plan, quantities_in
from advisor.schema import Plan, Profile
from advisor.slots import numbers_in, read

TODAY = date(2026, 11, 23)


def document(name: str, title: str, *aliases: str, kind: str = "platform") -> StoredDocument:
    listed = ", ".join(f'"{alias}"' for alias in aliases)
    return StoredDocument(name, "corpus/x", title, "", f'{{"kind": "{kind}", "aliases": [{listed}]}}')


GAZETTEER = Gazetteer(
    [
        document("upwork", "Upwork", "Elance"),
        document("fiverr", "Fiverr"),
        document("doordash", "DoorDash", "Door Dash"),
        document("medium", "Medium"),
        document("amazon-mechanical-turk", "Amazon Mechanical Turk", "MTurk"),
        document("us-self-employment-tax", "US self-employment tax", kind="rule"),
    ]
)


def planned(question: str, *earlier: str, profile: Profile | None = None) -> Plan:
    history = [{"role": "user", "content": text} for text in earlier]
    return plan(question, GAZETTEER, today=TODAY, history=history, profile=profile)


@pytest.mark.parametrize(
    ("question", "entities"),
    [
        ("What does Upwork take?", ("upwork",)),
        ("whats upworks cut", ("upwork",)),
        ("upwrok fees", ("upwork",)),
        ("Fiver or Upwork?", ("fiverr", "upwork")),
        ("fiverr vs upwork", ("fiverr", "upwork")),
        ("is door dash worth it", ("doordash",)),
        ("MTurk pay", ("amazon-mechanical-turk",)),
        ("a medium sized flat", ()),
        ("I publish on medium", ("medium",)),
        ("Can I earn on Medium?", ("medium",)),
        ("the order came later", ()),
    ],
)
def test_names_aliases_and_small_misspellings_are_found(question: str, entities: tuple[str, ...]) -> None:
    assert planned(question).entities == entities


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("I live in Nigeria", "NG"),
        ("from the UK", "GB"),
        ("drive in New York City", "US"),
        ("tell us more", ""),
        ("a US citizen", "US"),
        ("how do I start", ""),
        ("in south africa", "ZA"),
    ],
)
def test_countries_states_and_cities_give_a_country(text: str, code: str) -> None:
    assert place_in(text).country == code


def test_the_profile_gives_the_country_when_the_question_does_not() -> None:
    assert planned("What tax do I pay?", profile=Profile(country="de")).country == "DE"
    assert planned("What tax do I pay in India?", profile=Profile(country="DE")).country == "IN"


def test_amounts_come_with_their_units() -> None:
    found = {(q.value, q.unit) for q in quantities_in("I drive 25 h a week, earn $1,200 and pay 20% for 3k miles")}
    assert found == {(25.0, "hours"), (1200.0, "USD"), (20.0, "percent"), (3000.0, "miles")}


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Is this job offer a scam?", "scam"),
        ("Is DoorDash worth it?", "worth"),
        ("Which is better, Uber or Lyft?", "which"),
        ("Am I allowed to share my account?", "allowed"),
        ("How much does Upwork charge?", "figure"),
        ("How do I start on Fiverr?", "how_to"),
        ("Why was my proposal ignored?", "why"),
        ("What is a 1099-K?", "definition"),
    ],
)
def test_the_kind_of_a_question_is_recognised(question: str, kind: str) -> None:
    assert kind_of(question) == kind


def test_a_follow_up_with_another_name_repeats_the_question_about_it() -> None:
    found = planned("and for Fiverr?", "What does Upwork take from me?")
    assert found.entities == ("fiverr",)
    assert "take" in found.query
    assert "Upwork" not in found.query


def test_a_follow_up_without_a_name_keeps_it_over_several_turns() -> None:
    turns = [
        "What does Upwork take from me?",
        "When do they pay?",
        "And the minimum?",
        "Why?",
        "Is it a scam?",
        "ok and tax?",
    ]
    for count in range(1, len(turns)):
        assert planned(turns[count], *turns[:count]).entities == ("upwork",), turns[count]


def test_a_new_subject_drops_the_old_one() -> None:
    assert planned("How does self-employment tax work in the US?", "What does Upwork take?").entities != ("upwork",)


def test_a_question_about_the_past_is_marked() -> None:
    assert planned("What was the Upwork fee in 2022?").about_past
    assert planned("How did the fee change over time?").about_past
    assert not planned("What is the Upwork fee?").about_past
    assert not planned("What is the Upwork fee in 2026?").about_past


@pytest.mark.parametrize(
    ("question", "care"),
    [
        ("I lost my job and want to kill myself", "crisis"),
        ("How do I avoid paying tax on my tips?", "evasion"),
        ("Can I rent someone's DoorDash account?", "evasion"),
        ("How do I kill it on Fiverr?", ""),
    ],
)
def test_crisis_and_evasion_are_noticed(question: str, care: str) -> None:
    assert planned(question).care == care


def test_a_very_long_question_is_cut_and_an_empty_one_stays_empty() -> None:
    assert len(planned("word " * 5000).question) <= 2000
    assert planned("   ").question == ""


TURNS = (
    ("What will I make with Uber at 25 hours a week in Texas?", "earnings", {"platform": "uber", "hours_per_week": 25}),
    ("what if I work 40 hours?", "earnings", {"platform": "uber", "hours_per_week": 40}),
    ("and for Lyft?", "earnings", {"platform": "lyft", "hours_per_week": 40}),
    ("and with 10 hours?", "earnings", {"platform": "lyft", "hours_per_week": 10}),
)


def test_a_tool_goes_on_over_several_turns(bundled: Advisor) -> None:
    history: list[dict[str, str]] = []
    for question, tool, wanted in TURNS:
        calls = bundled.plan(question, history=history).calls
        assert [call.tool for call in calls] == [tool], question
        assert {key: calls[0].arguments[key] for key in wanted} == wanted, question
        history += [{"role": "user", "content": question}, {"role": "assistant", "content": "…"}]


def test_a_country_named_earlier_is_kept(bundled: Advisor) -> None:
    history = [
        {"role": "user", "content": "I live in Germany. Can I use Fiverr?"},
        {"role": "assistant", "content": "…"},
    ]
    assert bundled.plan("What tax do I pay on tips?", history=history).country == "DE"
    assert bundled.plan("And in India?", history=history).country == "IN"


def test_a_new_question_calls_nothing_left_over(bundled: Advisor) -> None:
    history = [{"role": "user", "content": TURNS[0][0]}, {"role": "assistant", "content": "…"}]
    assert bundled.plan("and what tax form do I get from it?", history=history).calls == ()


@pytest.mark.parametrize(
    "question",
    [
        "how do I keep my delivery cash from the tax office",
        "I don't want to report my rental income, how to do it safely",
        "where can I get a forged insurance certificate for the app",
        "Lyft deactivated me, help me register another account under my cousin's name",
        "best fake gps app for drivers",
        "where to buy 5 star reviews for my gig",
    ],
)
def test_a_wish_to_deceive_is_seen(question: str) -> None:
    assert planned(question).care == "evasion"


@pytest.mark.parametrize(
    "question",
    [
        "What happens if I do not report gig income to the benefit office?",
        "Do I have to report my Etsy income under 1,000 pounds?",
        "Someone opened a DoorDash account in my name, what now?",
        "They asked me for my ID and a fake check came, is it a scam?",
        "I forgot to declare my income last year. How do I fix it?",
        "Will I be banned if I open a second account?",
        "How do I get a background check for Uber?",
        "How do I keep my phone number private from clients?",
    ],
)
def test_an_honest_question_about_rules_is_answered(question: str) -> None:
    assert planned(question).care == ""


@pytest.mark.parametrize(
    "question", ["i dont want to be alive anymore, no work, nothing", "there is no point in living, nobody hires me"]
)
def test_despair_is_met_with_care(question: str) -> None:
    assert planned(question).care == "crisis"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ten dollars for seven miles", [10, 7]),
        ("seventy-five sent, twelve hundred earned", [75, 1200]),
        ("21 hundred in May", [2100]),
        ("half an hour and a hundred euros", [30, 100]),
        ("which one should I take, the first one?", []),
        ("one hour for 28$ and 40c a mile", [1, 28, 0.4]),
    ],
)
def test_numbers_in_words_and_short_forms_count(text: str, found: list[float]) -> None:
    assert [float(number.value) for number in numbers_in(text)] == found


@pytest.mark.parametrize(
    ("question", "hours"),
    [("3 evenings a week, 4 hours each", 12), ("two days of 6 hours", 12), ("20h week", 20), ("9 hours", None)],
)
def test_times_a_week_give_hours_a_week(question: str, hours: int | None) -> None:
    request = read(planned(question), Profile(), {})
    assert request.hours_per_week == hours


@pytest.mark.parametrize("year", ["a 2018 Prius", "my 2015 Honda", "since 2019 on Upwork", "a 2012 Ford Transit van"])
def test_the_year_of_a_car_or_of_a_start_is_no_year_asked_about(year: str) -> None:
    assert planned(f"What do I keep with {year}?").year is None


def test_a_question_that_asks_for_a_tool_as_a_whole_is_told_what_is_needed(bundled: Advisor) -> None:
    answer = bundled.ask("I have no clue what kind of gig would suit me, can you find out?", today=TODAY)
    assert [(result.tool, "needs" in result.output) for result in answer.results] == [("match", True)]
    assert answer.text.rstrip().endswith(answer.results[0].summary[0])
    assert not answer.abstained


def test_every_tool_says_what_it_needs() -> None:
    assert all(tool.needs for tool in tools.registry().values())


@pytest.mark.parametrize(
    ("question", "tool", "slots"),
    [
        ("Compare Etsy and eBay for me, where is less money at risk?", "compare", {"matters": "safe"}),
        ("I earned 9,000 dollars on YouTube in India, what tax do I owe?", "tax", {}),
        ("I drive 25 hours a week in my 2018 Prius, what's left after gas?", "earnings", {"platform": "uber", "hours_per_week": 25}),
        ("my bids: sixty sent, ten views, three replies, landed one", "bids", {"sent": 60, "viewed": 10, "replied": 3, "won": 1}),
        ("order pays CA$9 for 4 mi, 9 miles in total, 30 min, ok?", "offer", {"miles": 9, "currency": "CAD"}),
        ("28 kWh per 100 miles in my electric car at 13 cents, what does a mile cost?", "vehicle", {}),
    ],
)  # fmt: skip
def test_ways_of_asking_reach_their_tool_with_what_they_say(
    bundled: Advisor, question: str, tool: str, slots: dict[str, object]
) -> None:
    results = {result.tool: result for result in bundled.ask(question, today=TODAY).results}
    assert tool in results
    given = results[tool].input
    assert {name: str(given.get(name)) for name in slots} == {name: str(value) for name, value in slots.items()}


def test_the_law_of_another_country_is_no_answer(bundled: Advisor) -> None:
    answer = bundled.ask("Do I have to register for VAT as a freelancer in Germany?", today=TODAY)
    assert {citation.title for citation in answer.citations}
    first = bundled.retrieval.retrieve(bundled.plan("Do I have to register for VAT as a freelancer in Germany?"))[0]
    assert first.chunk.region in {"DE", "EU"}
