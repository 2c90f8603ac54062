"""The planner: names, misspellings, countries, amounts, kinds of questions, follow-ups, care."""

from datetime import date

import pytest

from advisor.ledger import StoredDocument
from advisor.planner import Gazetteer, country_in, kind_of, plan, quantities_in
from advisor.schema import Plan, Profile

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
    assert country_in(text) == code


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
